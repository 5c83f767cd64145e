"""The list of planted truths: how to ask for each, which row and column to read, what to expect and how closely."""

from collections.abc import Mapping
from typing import Any

import numpy as np

EXACT = 1e-9


class Truths:
    """The list being written, and the scope that the next truths are asked under."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.by: str | None = None
        self.where: dict[str, str] = {}
        self.period: list[str] | None = None

    def under(
        self,
        *,
        by: str | None = None,
        where: Mapping[str, str] | None = None,
        period: tuple[np.datetime64, np.datetime64] | None = None,
    ) -> None:
        """Set the split, the filters and the period (first and last day) of the truths that follow."""
        self.by, self.where = by, dict(where or {})
        self.period = [str(day) for day in period] if period else None

    def ask(
        self, metric: str, column: str, expected: float, says: str, *, tolerance: float = EXACT, **row: str | int
    ) -> None:
        """A truth that a metric states, in the row with these keys. Tolerances are absolute."""
        self.asked.append(
            {
                "says": says,
                "metric": metric,
                "by": self.by,
                "where": self.where,
                "period": self.period,
                "row": {"segment": "All"} | row,
                "column": column,
                "expected": float(expected),
                "tolerance": tolerance,
            }
        )
