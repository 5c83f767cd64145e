"""Intervals of what people think: a share of some less a share of others, a mean of scores on a scale."""

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from metrics.statistics.intervals import wilson

MEAN_FROM_N = 6
"""A mean of fewer scores has no interval, as a median of fewer values has none."""
Numbers = npt.NDArray[np.float64]


def net_interval(ups: npt.ArrayLike, downs: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """The 95 % interval of (ups − downs) ÷ n, two shares of the same n answers; NaN where n is 0.

    Wilson's intervals of both shares put together as Newcombe does for paired shares (Statistics in Medicine 17, 1998,
    method 10), with the correlation −√(p q ÷ ((1 − p)(1 − q))) that shares p, q of one whole have. Within −1 to 1.
    """
    up, down, size = (np.asarray(values, dtype=float) for values in (ups, downs, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = up / size, down / size
        spread = p * (1 - p) * q * (1 - q)
        together = np.where(spread > 0, -p * q / np.sqrt(np.where(spread > 0, spread, 1)), 0.0)
    (low_p, high_p), (low_q, high_q) = wilson(up, size), wilson(down, size)
    below = _joined(p - low_p, high_q - q, together)
    above = _joined(high_p - p, q - low_q, together)
    return p - q - below, p - q + above


def _joined(one: Numbers, other: Numbers, correlation: Numbers) -> Numbers:
    return np.sqrt(np.maximum(one**2 - 2 * correlation * one * other + other**2, 0))


def mean_interval(mean: npt.ArrayLike, spread: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Student's 95 % interval of a mean of shares of a scale, cut to 0 and 1; `spread`: standard deviation with n − 1.

    NaN below six scores.
    """
    middle, deviation, size = (np.asarray(values, dtype=float) for values in (mean, spread, n))
    size = np.where(size >= MEAN_FROM_N, size, np.nan)
    reach = stdtrit(size - 1, 0.975) * deviation / np.sqrt(size)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


def change_interval(
    before: tuple[Numbers, Numbers, Numbers], now: tuple[Numbers, Numbers, Numbers]
) -> tuple[Numbers, Numbers]:
    """The interval of now − before from (value, low, high) of both, of different people (Newcombe's method 10)."""
    (was, was_low, was_high), (value, low, high) = before, now
    change = value - was
    below = np.sqrt((value - low) ** 2 + (was_high - was) ** 2)
    above = np.sqrt((high - value) ** 2 + (was - was_low) ** 2)
    return change - below, change + above
