"""Rates of several rows held against each other: which is clearly lower or higher, by the intervals of every answer."""

import numpy as np
import numpy.typing as npt

from metrics.comparison import FEW
from metrics.statistics.intervals import newcombe, wilson


def rates_differ(k1: float, n1: float, k2: float, n2: float) -> bool:
    """Whether k1/n1 and k2/n2 differ clearly: Newcombe's interval of the difference leaves out 0.

    Never where either is of fewer than five.
    """
    if min(n1, n2) < FEW:
        return False
    low, high = newcombe(k1, n1, k2, n2)
    return not low <= 0 <= high


def against_others(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """By how much each row's rate lies above (or, negative, below) that of all other rows together; 0 where not clear.

    A row of few is not clear only by its own interval; others of fewer than five say nothing.
    """
    won, of = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    found = np.zeros(len(won))
    for row in range(len(won)):
        rest_won, rest_of = won.sum() - won[row], of.sum() - of[row]
        if of[row] <= 0 or rest_of < FEW:
            continue
        low, high = newcombe(won[row], of[row], rest_won, rest_of)
        if not low <= 0 <= high:
            found[row] = won[row] / of[row] - rest_won / rest_of
    return found


def clearly_lowest(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[int, bool]:
    """The row with the lowest rate, and whether its Wilson interval lies below those of all others."""
    won, of = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    lows, highs = wilson(won, of)
    worst = int(np.nanargmin(won / of))
    return worst, all(highs[worst] < low for place, low in enumerate(lows) if place != worst)
