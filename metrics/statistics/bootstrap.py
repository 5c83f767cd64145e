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
    differences = _draws(statistic, *one, rng) - _draws(statistic, *other, rng)
    usable = differences[np.isfinite(differences)]
    if not len(usable):
        return float("nan"), float("nan")
    low, high = np.quantile(usable, [0.025, 0.975])
    return float(low), float(high)


def ratio_intervals(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """The intervals of several differences of ratios of the same accounts, which the same draws serve.

    Each side is (measures, weights), accounts × ratios; the answer is (lows, highs), NaN where no draw has a ratio.
    """
    rng = np.random.default_rng(SEED)
    differences = _ratios(*one, rng) - _ratios(*other, rng)
    bounds = np.full((2, differences.shape[1]), np.nan)
    usable = ~np.isnan(differences).all(axis=0)
    bounds[:, usable] = np.nanquantile(differences[:, usable], [0.025, 0.975], axis=0)
    return bounds[0], bounds[1]


def _ratios(measures: Numbers, weights: Numbers, rng: np.random.Generator) -> Numbers:
    """Draws × ratios."""
    accounts = len(measures)
    found = []
    for chosen in _chosen(accounts, rng):
        times = np.empty(chosen.shape)
        for draw, row in enumerate(chosen):
            times[draw] = np.bincount(row, minlength=accounts)
        found.append(_divided(times @ measures, times @ weights))
    return np.concatenate(found)


def _divided(over: Numbers, under: Numbers) -> Numbers:
    """`over` ÷ `under`; NaN where that is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under == 0, np.nan, over / under)


def _draws(
    statistic: Statistic, measure: Numbers, weight: Numbers, accounts: npt.NDArray[np.generic], rng: np.random.Generator
) -> Numbers:
    keys = accounts if accounts.dtype.kind in "iu" else accounts.astype(str)
    names, account = np.unique(keys, return_inverse=True)
    units = len(names)
    if units > BLOCKS:
        # Blocks of equal size: with uneven ones a sum would vary with how many accounts are drawn.
        size = -(-units // BLOCKS)
        account = (np.random.default_rng(SEED).permutation(units) // size)[account]
        units = -(-units // size)
    of_draw = _STATISTICS[statistic](measure, weight, account, units)
    return np.concatenate([of_draw(chosen) for chosen in _chosen(units, rng)])


def _chosen(accounts: int, rng: np.random.Generator) -> Iterator[Codes]:
    """Draws × accounts: who is drawn, in chunks."""
    step = max(1, _CELLS // accounts)
    for start in range(0, DRAWS, step):
        yield rng.integers(0, accounts, size=(min(step, DRAWS - start), accounts), dtype=np.int32)


_OfDraw = Callable[[Codes], Numbers]


def _totals(values: Numbers, account: Codes, accounts: int) -> Numbers:
    return np.bincount(account, weights=values, minlength=accounts).astype(float)


def _ratio(measure: Numbers, weight: Numbers, account: Codes, accounts: int) -> _OfDraw:
    over, under = _totals(measure, account, accounts), _totals(weight, account, accounts)

    def of_draw(chosen: Codes) -> Numbers:
        return _divided(over[chosen].sum(axis=1), under[chosen].sum(axis=1))

    return of_draw


def _mean(measure: Numbers, _: Numbers, account: Codes, accounts: int) -> _OfDraw:
    return _ratio(measure, np.ones_like(measure), account, accounts)


def _sum(measure: Numbers, _: Numbers, account: Codes, accounts: int) -> _OfDraw:
    total = _totals(measure, account, accounts)
    return lambda chosen: total[chosen].sum(axis=1)


def _median(measure: Numbers, _: Numbers, account: Codes, accounts: int) -> _OfDraw:
    order = np.argsort(measure, kind="stable")
    measure, account = measure[order], account[order]
    sizes = np.bincount(account, minlength=accounts)
    first, last = _near_the_median(account, sizes)
    below = np.bincount(account[:first], minlength=accounts)
    near, near_account = measure[first:last], account[first:last]

    def of_draw(chosen: Codes) -> Numbers:
        n = sizes[chosen].sum(axis=1)
        passed = below[chosen].sum(axis=1)
        times = np.stack([np.bincount(row, minlength=accounts).astype(np.int32) for row in chosen])
        upto = passed[:, None] + np.cumsum(times[:, near_account], axis=1, dtype=np.int32)
        lower = np.argmax(upto > ((n - 1) // 2)[:, None], axis=1)
        upper = np.argmax(upto > (n // 2)[:, None], axis=1)
        return (near[lower] + near[upper]) / 2

    return of_draw


def _near_the_median(account: Codes, sizes: npt.NDArray[np.intp]) -> tuple[int, int]:
    """The positions, of rows in order, between which the median of every draw lies: seven standard deviations wide.

    A drawn account moves the median's rank by how far the rows that it has below it are from half of its rows.
    """
    half = np.bincount(account[: len(account) // 2], minlength=len(sizes)) - sizes / 2
    reach = 7 * float(np.sqrt((half**2).sum())) + 7 * float(sizes.max())
    middle = len(account) / 2
    return max(0, int(middle - reach)), min(len(account), int(middle + reach) + 1)


_STATISTICS: dict[str, Callable[[Numbers, Numbers, Codes, int], _OfDraw]] = {
    "mean": _mean, "median": _median, "sum": _sum, "ratio": _ratio,
}  # fmt: skip
