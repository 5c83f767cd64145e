"""A question: one metric in one scope. What a card shows, explains and lists."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard import visit
from metrics import Answer, Metric, Scope, find_metric


@dataclass(frozen=True)
class Question:
    """`options` are (name, value) pairs of the metric's own switches; `part` is which of its lists a click opens.
    `column` and `row` (a key's name and value) say which figure of the answer the card shows."""

    name: str
    scope: Scope
    options: tuple[tuple[str, Any], ...] = ()
    part: str = "rows"
    column: str = "value"
    row: tuple[str, str] | None = None

    @property
    def metric(self) -> Metric:
        return find_metric(self.name)

    def answer(self) -> Answer:
        return visit.ask(self.name, self.scope, dict(self.options))

    def rows(self, where: Mapping[str, str]) -> pd.DataFrame:
        """The rows behind the mark with these keys."""
        return visit.rows_of(self.name, self.scope, dict(self.options), dict(where), self.part)

    def not_narrowed_by(self) -> tuple[str, ...]:
        """The dimensions that the page is narrowed by and that do not reach this figure."""
        return visit.not_reached(self.name, self.scope)

    def is_before_the_data(self) -> bool:
        """Whether the period ends before anything in the data, so that a 0 would say nothing."""
        begins, end = visit.begins(), self.scope.end
        return self.metric.clock != "as_of" and begins is not None and end is not None and end < begins

    def count(self) -> int | None:
        """How many units are behind it; None where it has no rows of its own."""
        return visit.counted(self.name, self.scope, dict(self.options))

    def told(self) -> dict[str, Any]:
        return visit.told(self.name, self.scope, dict(self.options))

    def but(self, **changes: Any) -> "Question":
        """The same question in a scope with these changes (by=, start=, grain=…)."""
        return replace(self, scope=replace(self.scope, **changes))

    def life(self) -> dict[str, Any]:
        """The life table of each segment."""
        return {str(key[0]): table for key, table in visit.lives(self.name, self.scope, dict(self.options)).items()}

    def missing_tables(self, *more: str) -> list[str]:
        """The tables that the metric (and `more`) needs and that hold nothing."""
        counts = visit.snapshot().row_counts
        return [table for table in (*self.metric.needs, *more) if not counts.get(table)]
