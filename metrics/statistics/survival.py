"""Time until something happens, counting also those to whom it has not happened yet (right-censored)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from metrics.statistics.intervals import Z

HALF = 0.5 + 1e-9
HORIZONS = (30, 60, 90, 180)
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LifeTable:
    """Counts at each distinct time: `ended` in all, `won` among them, `censored`; times ascending, in days."""

    time: Numbers
    ended: Numbers
    won: Numbers
    censored: Numbers

    @classmethod
    def of(cls, time: npt.ArrayLike, ended: npt.ArrayLike, won: npt.ArrayLike, censored: npt.ArrayLike) -> "LifeTable":
        """The table of rows in any order, equal times added up."""
        moments, at = np.unique(np.asarray(time, dtype=float), return_inverse=True)
        sums = [
            np.bincount(at, weights=np.asarray(x, dtype=float), minlength=len(moments)).astype(float)
            for x in (ended, won, censored)
        ]
        return cls(moments, *sums)

    @property
    def at_risk(self) -> Numbers:
        leaving = self.ended + self.censored
        return leaving.sum() - np.concatenate(([0.0], np.cumsum(leaving)[:-1]))

    @property
    def survival(self) -> Numbers:
        """Kaplan–Meier (1958): the share still open after each time."""
        return np.cumprod(1 - self.ended / self.at_risk, dtype=np.float64)

    def band(self) -> tuple[Numbers, Numbers]:
        """The 95 % interval of `survival`, by Greenwood's variance on the log(−log) scale; NaN at 0 and 1."""
        s = self.survival
        with np.errstate(divide="ignore", invalid="ignore"):
            greenwood = np.cumsum(self.ended / (self.at_risk * (self.at_risk - self.ended)))
            spread = Z * np.sqrt(greenwood) / np.abs(np.log(s))
            low, high = s ** np.exp(spread), s ** np.exp(-spread)
        edge = (s <= 0) | (s >= 1)
        return np.where(edge, np.nan, low), np.where(edge, np.nan, high)

    def median(self) -> float | None:
        """The first time at which half or fewer are still open; None if the curve stays above ½."""
        below = np.flatnonzero(self.survival <= HALF)
        return float(self.time[below[0]]) if len(below) else None

    def won_by(self, days: float) -> float | None:
        """Aalen–Johansen: the share won by `days`, losing competing; None where nobody was followed that long."""
        if not len(self.time) or self.time[-1] < days:
            return None
        before = np.concatenate(([1.0], self.survival[:-1]))
        upto = self.time <= days
        return float((before * self.won / self.at_risk)[upto].sum())


def logrank(one: LifeTable, other: LifeTable) -> float | None:
    """The p value of Mantel's log-rank test that two curves are one; None if nothing ended."""
    moments = np.union1d(one.time, other.time)
    observed = expected = variance = 0.0
    for t in moments:
        d1, n1 = _at(one, t)
        d2, n2 = _at(other, t)
        d, n = d1 + d2, n1 + n2
        if d == 0 or n < 2 or n1 == 0 or n2 == 0:
            observed, expected = observed + d1, expected + (d * n1 / n if n else 0)
            continue
        observed += d1
        expected += d * n1 / n
        variance += d * (n1 / n) * (n2 / n) * (n - d) / (n - 1)
    return float(chdtrc(1, (observed - expected) ** 2 / variance)) if variance > 0 else None


def _at(table: LifeTable, t: float) -> tuple[float, float]:
    position = int(np.searchsorted(table.time, t))
    if position == len(table.time):
        return 0.0, 0.0
    ended = table.ended[position] if table.time[position] == t else 0.0
    return float(ended), float(table.at_risk[position])
