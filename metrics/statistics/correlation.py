"""Whether two quantities rise together, by their ranks."""

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import Z

LEAST = 4
"""With fewer pairs neither the correlation nor its interval says anything."""
Numbers = npt.NDArray[np.float64]


def ranks(values: npt.ArrayLike) -> Numbers:
    """The ranks from 1 on; equal values share the mean of theirs."""
    _, at, times = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(times) - (times - 1) / 2)[at], dtype=float)


def spearman(one: npt.ArrayLike, other: npt.ArrayLike) -> tuple[float, float, float]:
    """(ρ, low, high): Spearman's (1904) rank correlation of pairs with its 95 % interval.

    The interval is Fisher's z with the variance (1 + ρ²/2) ÷ (n − 3) of Bonett and Wright (2000). NaN for all three
    with fewer than four pairs or where one side does not vary; NaN bounds at ρ = ±1, where z is infinite.
    """
    first, second = ranks(one), ranks(other)
    n = len(first)
    if n < LEAST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan"), float("nan"), float("nan")
    first, second = first - first.mean(), second - second.mean()
    rho = float(np.clip((first @ second) / np.sqrt((first @ first) * (second @ second)), -1, 1))
    if 1 - abs(rho) < 1e-12:
        return rho, float("nan"), float("nan")
    half = Z * np.sqrt((1 + rho**2 / 2) / (n - 3))
    low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
    return rho, float(low), float(high)
