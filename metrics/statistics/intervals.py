"""95 % intervals of a rate (Wilson), of a median (order statistics) and of a difference of rates (Newcombe)."""

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrik

Z = 1.959963984540054
MEDIAN_FROM_N = 6
Numbers = npt.NDArray[np.float64]


def wilson(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """The Wilson score interval of numerator ÷ denominator, element by element; NaN where the denominator is 0.

    Wilson (1927), without continuity correction. Of none it begins at 0, of all it ends at 1, exactly.
    """
    k, n = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    low, high = np.where(k <= 0, 0.0, np.maximum(centre - half, 0)), np.where(k >= n, 1.0, np.minimum(centre + half, 1))
    return np.where(n <= 0, np.nan, low), np.where(n <= 0, np.nan, high)


def newcombe(k1: float, n1: float, k2: float, n2: float) -> tuple[float, float]:
    """The interval of k1/n1 − k2/n2 by Newcombe's hybrid score method (1998, method 10)."""
    (low1, low2), (high1, high2) = wilson([k1, k2], [n1, n2])
    p1, p2 = k1 / n1, k2 / n2
    low = p1 - p2 - np.sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    high = p1 - p2 + np.sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return float(low), float(high)


def median_rank(n: int) -> int | None:
    """The k for which the k-th smallest and k-th largest of n values bound their median with at least 95 %.

    The largest k with P(Binomial(n, ½) < k) ≤ 2.5 %; None below six values, where there is none.
    """
    if n < MEDIAN_FROM_N:
        return None
    k = int(bdtrik(0.025, n, 0.5)) + 1
    return k if bdtr(k - 1, n, 0.5) <= 0.025 else k - 1
