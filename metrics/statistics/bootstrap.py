"""The interval of a difference that no formula gives: a percentile bootstrap over accounts."""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

DRAWS = 2000
SEED = 20250101
BLOCKS = 4000
"""Of more accounts than this, random blocks of them are drawn together: it moves an interval's width by about 1 %,
less than the draws themselves do, and keeps half a million deals within a second."""
_CELLS = 8_000_000
"""How many numbers one chunk of draws may hold, so that memory stays flat."""

Statistic = Literal["mean", "median", "sum", "ratio"]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Side = tuple[Numbers, Numbers, npt.NDArray[np.generic]]


def difference_interval(statistic: Statistic, one: Side, other: Side) -> tuple[float, float]:
    """The 95 % percentile interval of statistic(one) − statistic(other) over 2,000 draws of accounts, fixed seed.

    Each side is (measure, weight, account) of its rows; a draw takes whole accounts, with replacement, as many as
    there are. `ratio` is Σ measure ÷ Σ weight; the others ignore the weight.
    """
    rng = np.random.default_rng(SEED)
    lows, highs = _bounds((_draws(statistic, *one, rng) - _draws(statistic, *other, rng))[:, None])
    return float(lows[0]), float(highs[0])


def difference_intervals(
    statistic: Statistic, one: Side, other: Side, groups: tuple[Codes, Codes], n: int
) -> tuple[Numbers, Numbers]:
    """The intervals of `n` differences, one a group of rows, which the same draws of accounts serve.

    `groups` are the groups (0 … n − 1) of each side's rows. A draw takes accounts of the whole side: how many of them
    have rows in a group is drawn too. (lows, highs), NaN where no draw has a difference.
    """
    rng = np.random.default_rng(SEED)
    sides = [_grouped_draws(statistic, *side, group, n, rng) for side, group in zip((one, other), groups, strict=True)]
    return _bounds(sides[0] - sides[1])


def _bounds(differences: Numbers) -> tuple[Numbers, Numbers]:
    """The 2.5 % and 97.5 % quantiles of each column of draws × differences, over the draws that have one."""
    differences = np.where(np.isfinite(differences), differences, np.nan)
    bounds = np.full((2, differences.shape[1]), np.nan)
    usable = ~np.isnan(differences).all(axis=0)
    bounds[:, usable] = np.nanquantile(differences[:, usable], [0.025, 0.975], axis=0)
    return bounds[0], bounds[1]


def ratio_intervals(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """The intervals of several differences of ratios of the same accounts, which the same draws serve.

    Each side is (measures, weights), accounts × ratios; the answer is (lows, highs), NaN where no draw has a ratio.
    """
    rng = np.random.default_rng(SEED)
    return _bounds(_ratios(*one, rng) - _ratios(*other, rng))


def _ratios(measures: Numbers, weights: Numbers, rng: np.random.Generator) -> Numbers:
    """Draws × ratios."""
    accounts = len(measures)
    found = []
    for chosen in _chosen(accounts, rng):
        times = _times(chosen, accounts)
        found.append(_divided(times @ measures, times @ weights))
    return np.concatenate(found)


def _times(chosen: Codes, accounts: int) -> Numbers:
    """How often each account is drawn, draws × accounts."""
    times = np.empty((len(chosen), accounts))
    for draw, row in enumerate(chosen):
        times[draw] = np.bincount(row, minlength=accounts)
    return times


def _divided(over: Numbers, under: Numbers) -> Numbers:
    """`over` ÷ `under`; NaN where that is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under == 0, np.nan, over / under)


def _draws(
    statistic: Statistic, measure: Numbers, weight: Numbers, accounts: npt.NDArray[np.generic], rng: np.random.Generator
) -> Numbers:
    """The statistic of each draw."""
    return _grouped_draws(statistic, measure, weight, accounts, np.zeros(len(measure), dtype=np.intp), 1, rng)[:, 0]


def _grouped_draws(
    statistic: Statistic, measure: Numbers, weight: Numbers, accounts: npt.NDArray[np.generic], group: Codes, n: int,
    rng: np.random.Generator,
) -> Numbers:  # fmt: skip
    """The statistic of each draw in each group, draws × groups; NaN where a draw has no row of the group."""
    keys = accounts if accounts.dtype.kind in "iu" else accounts.astype(str)
    names, account = np.unique(keys, return_inverse=True)
    units = len(names)
    if not units:
        return np.full((DRAWS, n), np.nan)
    if units > BLOCKS:
        # Blocks of equal size: with uneven ones a sum would vary with how many accounts are drawn.
        size = -(-units // BLOCKS)
        account = (np.random.default_rng(SEED).permutation(units) // size)[account]
        units = -(-units // size)
    of_draws = _STATISTICS[statistic](measure, weight, account, group, (units, n))
    return np.concatenate([of_draws(_times(chosen, units)) for chosen in _chosen(units, rng)])


def _chosen(accounts: int, rng: np.random.Generator) -> Iterator[Codes]:
    """Draws × accounts: who is drawn, in chunks."""
    step = max(1, _CELLS // accounts)
    for start in range(0, DRAWS, step):
        yield rng.integers(0, accounts, size=(min(step, DRAWS - start), accounts), dtype=np.int32)


_OfDraws = Callable[[Numbers], Numbers]
"""From how often each account is drawn (draws × accounts) to the statistic (draws × groups)."""
_Shape = tuple[int, int]


def _totals(values: Numbers, account: Codes, group: Codes, shape: _Shape) -> Numbers:
    """Accounts × groups."""
    cells = np.bincount(account * shape[1] + group, weights=values, minlength=shape[0] * shape[1])
    return cells.astype(float).reshape(shape)


def _ratio(measure: Numbers, weight: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    over, under = _totals(measure, account, group, shape), _totals(weight, account, group, shape)
    return lambda times: _divided(times @ over, times @ under)


def _mean(measure: Numbers, _: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    return _ratio(measure, np.ones_like(measure), account, group, shape)


def _sum(measure: Numbers, _: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    total = _totals(measure, account, group, shape)
    return lambda times: times @ total


def _median(measure: Numbers, _: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    own = [group == one for one in range(shape[1])]
    medians = [_median_of_one(measure[rows], account[rows], shape[0]) for rows in own]
    return lambda times: np.stack([median(times) for median in medians], axis=1)


def _median_of_one(measure: Numbers, account: Codes, accounts: int) -> _OfDraws:
    """The median of the rows of one group, a number a draw."""
    if not len(measure):
        return lambda times: np.full(len(times), np.nan)
    order = np.argsort(measure, kind="stable")
    measure, account = measure[order], account[order]
    sizes = np.bincount(account, minlength=accounts)
    first, last = _near_the_median(account, sizes)
    below = np.bincount(account[:first], minlength=accounts)
    near, near_account = measure[first:last], account[first:last]

    def of_draws(times: Numbers) -> Numbers:
        n, passed = times @ sizes, times @ below
        upto = passed[:, None] + np.cumsum(times[:, near_account], axis=1)
        lower = np.argmax(upto > ((n - 1) // 2)[:, None], axis=1)
        upper = np.argmax(upto > (n // 2)[:, None], axis=1)
        return np.where(n > 0, (near[lower] + near[upper]) / 2, np.nan)

    return of_draws


def _near_the_median(account: Codes, sizes: npt.NDArray[np.intp]) -> tuple[int, int]:
    """The positions, of rows in order, between which the median of every draw lies: seven standard deviations wide.

    A drawn account moves the median's rank by how far the rows that it has below it are from half of its rows.
    """
    half = np.bincount(account[: len(account) // 2], minlength=len(sizes)) - sizes / 2
    reach = 7 * float(np.sqrt((half**2).sum())) + 7 * float(sizes.max())
    middle = len(account) / 2
    return max(0, int(middle - reach)), min(len(account), int(middle + reach) + 1)


_STATISTICS: dict[str, Callable[[Numbers, Numbers, Codes, Codes, _Shape], _OfDraws]] = {
    "mean": _mean, "median": _median, "sum": _sum, "ratio": _ratio,
}  # fmt: skip
