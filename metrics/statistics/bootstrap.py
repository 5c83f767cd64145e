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

Statistic = Literal["mean", "median", "sum", "ratio", "iqr_ratio", "correlation"]
"""`iqr_ratio` is (p75 − p25) ÷ median; `correlation` is Spearman's, of measure and weight."""
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Side = tuple[Numbers, Numbers, npt.NDArray[np.generic]]


def difference_interval(statistic: Statistic, one: Side, other: Side) -> tuple[float, float]:
    """The 95 % percentile interval of statistic(one) − statistic(other) over 2,000 draws of accounts, fixed seed.

    Each side is (measure, weight, account) of its rows; a draw takes whole accounts, with replacement, as many as
    there are. `ratio` is Σ measure ÷ Σ weight, `correlation` that of the two; the others ignore the weight.
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


def product_interval(one: Numbers, other: Numbers, powers: Numbers) -> tuple[float, float]:
    """The interval of a difference of products of totals, each total to its power (1, or −1 to divide by it).

    Each side is accounts × factors; a draw takes whole accounts, so that all factors are of the same ones.
    """
    rng = np.random.default_rng(SEED)
    lows, highs = _bounds((_products(one, powers, rng) - _products(other, powers, rng))[:, None])
    return float(lows[0]), float(highs[0])


def _products(totals: Numbers, powers: Numbers, rng: np.random.Generator) -> Numbers:
    """A number a draw; NaN where it would divide by nothing."""
    totals = _in_blocks(totals)
    accounts = len(totals)
    found = []
    for chosen in _chosen(accounts, rng):
        drawn = _times(chosen, accounts) @ totals
        found.append(_divided(drawn[:, powers > 0].prod(axis=1), drawn[:, powers < 0].prod(axis=1)))
    return np.concatenate(found)


def _in_blocks(totals: Numbers) -> Numbers:
    """Accounts × factors, as random blocks of equal size where there are more accounts than BLOCKS."""
    if len(totals) <= BLOCKS:
        return totals
    block = _blocks(len(totals))
    together = np.zeros((int(block.max()) + 1, totals.shape[1]))
    np.add.at(together, block, totals)
    return together


def _blocks(units: int) -> Codes:
    """The block of each unit: of equal size, as with uneven ones a sum would vary with how many are drawn."""
    size = -(-units // BLOCKS)
    return np.asarray(np.random.default_rng(SEED).permutation(units) // size, dtype=np.intp)


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
        block = _blocks(units)
        account, units = block[account], int(block.max()) + 1
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
    medians = [_quantile_of_one(measure[rows], account[rows], shape[0], 0.5) for rows in own]
    return lambda times: np.stack([median(times) for median in medians], axis=1)


def _iqr_ratio(measure: Numbers, _: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    own = [group == one for one in range(shape[1])]
    quartiles = [
        [_quantile_of_one(measure[rows], account[rows], shape[0], share) for share in (0.25, 0.5, 0.75)] for rows in own
    ]

    def of_draws(times: Numbers) -> Numbers:
        found = [[quartile(times) for quartile in of_group] for of_group in quartiles]
        return np.stack([_divided(high - low, middle) for low, middle, high in found], axis=1)

    return of_draws


def _quantile_of_one(measure: Numbers, account: Codes, accounts: int, share: float) -> _OfDraws:
    """A quantile of the rows of one group, a number a draw, linear between the two rows around it."""
    if not len(measure):
        return lambda times: np.full(len(times), np.nan)
    order = np.argsort(measure, kind="stable")
    measure, account = measure[order], account[order]
    sizes = np.bincount(account, minlength=accounts)
    first, last = _near_the_quantile(account, sizes, share)
    below = np.bincount(account[:first], minlength=accounts)
    near, near_account = measure[first:last], account[first:last]

    def of_draws(times: Numbers) -> Numbers:
        n, passed = times @ sizes, times @ below
        upto = passed[:, None] + np.cumsum(times[:, near_account], axis=1)
        position = (n - 1) * share
        lower = near[np.argmax(upto > np.floor(position)[:, None], axis=1)]
        upper = near[np.argmax(upto > np.ceil(position)[:, None], axis=1)]
        return np.where(n > 0, lower + (position % 1) * (upper - lower), np.nan)

    return of_draws


def _near_the_quantile(account: Codes, sizes: npt.NDArray[np.intp], share: float) -> tuple[int, int]:
    """The positions, of rows in order, between which the quantile of every draw lies: seven standard deviations wide.

    A drawn account moves the quantile's rank by how far the rows that it has below it are from that share of its rows.
    """
    middle = len(account) * share
    below = np.bincount(account[: int(middle)], minlength=len(sizes)) - sizes * share
    reach = 7 * float(np.sqrt((below**2).sum())) + 7 * float(sizes.max())
    return max(0, int(middle - reach)), min(len(account), int(middle + reach) + 1)


def _correlation(measure: Numbers, weight: Numbers, account: Codes, group: Codes, shape: _Shape) -> _OfDraws:
    own = [group == one for one in range(shape[1])]
    found = [_correlation_of_one(measure[rows], weight[rows], account[rows]) for rows in own]
    return lambda times: np.stack([correlation(times) for correlation in found], axis=1)


def _correlation_of_one(measure: Numbers, weight: Numbers, account: Codes) -> _OfDraws:
    """Spearman's correlation of the rows of one group, a number a draw: every draw is ranked anew."""
    if not len(measure):
        return lambda times: np.full(len(times), np.nan)
    step = max(1, _CELLS // (8 * len(measure)))

    def of_draws(times: Numbers) -> Numbers:
        chunks = (times[start : start + step, account] for start in range(0, len(times), step))
        return np.concatenate([_drawn_correlation(measure, weight, rows) for rows in chunks])

    return of_draws


def _drawn_correlation(measure: Numbers, weight: Numbers, times: Numbers) -> Numbers:
    """The correlation of the ranks, each row as often as it is drawn (draws × rows)."""
    n = times.sum(axis=1, keepdims=True)
    one, other = (_drawn_ranks(values, times) - (n + 1) / 2 for values in (measure, weight))
    spread = np.sqrt((times * one**2).sum(axis=1) * (times * other**2).sum(axis=1))
    return _divided((times * one * other).sum(axis=1), np.where(spread < 1e-9, 0, spread))


def _drawn_ranks(values: Numbers, times: Numbers) -> Numbers:
    """The rank of each row among the drawn ones, draws × rows; equal values share the mean of theirs."""
    order = np.argsort(values, kind="stable")
    _, starts, tie = np.unique(values[order], return_index=True, return_inverse=True)
    sizes = np.add.reduceat(times[:, order], starts, axis=1)
    shared = np.cumsum(sizes, axis=1) - (sizes - 1) / 2
    found = np.empty_like(times)
    found[:, order] = shared[:, tie]
    return found


_STATISTICS: dict[str, Callable[[Numbers, Numbers, Codes, Codes, _Shape], _OfDraws]] = {
    "mean": _mean, "median": _median, "sum": _sum, "ratio": _ratio, "iqr_ratio": _iqr_ratio,
    "correlation": _correlation,
}  # fmt: skip
