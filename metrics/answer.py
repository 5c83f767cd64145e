"""An answer: always the same tidy shape, so that any chart, table, export or test takes any metric."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from metrics.metric import Metric
from metrics.scope import Scope

Verdict = Literal["better", "worse", "no clear difference", "too few to say"]
COUNTS = ("n", "numerator", "denominator", "deals", "visits", "customers", "accounts", "size", "open_n")
"""Columns that are whole numbers where they are known, and 0 where there is nothing."""


@dataclass(frozen=True)
class Comparison:
    """Two values held against each other: `difference` = first − second, with its 95 % interval where there is one.

    `keys` are the row's keys (stage, step…), `segments` the two sides, `lift` the difference ÷ the second value.
    `to_come`: against a goal that the figure may still reach, the days of its period that are left, and all of them;
    `due`: what of that goal was due by the as-of day, None where it is no sum or nothing was due yet.
    """

    keys: dict[str, Any]
    column: str
    segments: tuple[str, str]
    values: tuple[float | None, float | None]
    difference: float | None
    lift: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    sentence: str
    to_come: tuple[int, int] | None = None
    due: float | None = None

    def as_json(self) -> dict[str, Any]:
        named = {
            "column": self.column, "segments": list(self.segments), "difference": self.difference, "lift": self.lift,
            "low": self.low, "high": self.high, "verdict": self.verdict, "sentence": self.sentence,
        }  # fmt: skip
        return {**self.keys, **{key: plain(value) for key, value in named.items()}}


@dataclass(frozen=True)
class Answer:
    """What a metric says in a scope.

    `frame` has one row a segment (× period × keys): segment, period?, keys…, value, n, then the metric's other columns.
    `excluded` are the rows that the metric could not use, by reason; `excluded_of` those of each value of its first
    key, where the metric tells. `warnings` are sentences.
    """

    metric: Metric
    scope: Scope
    sentence: str
    as_of: date
    currency: str | None
    frame: pd.DataFrame
    excluded: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    excluded_of: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain dictionaries: ISO dates, None for undefined."""
        return [{str(k): plain(v) for k, v in row.items()} for row in self.frame.to_dict("records")]

    @property
    def is_empty(self) -> bool:
        """Nothing to show: no row, or no row with a value."""
        return self.frame.empty or bool(self.frame["value"].isna().all())

    def as_json(self) -> dict[str, Any]:
        """The shape that `show` prints."""
        answer: dict[str, Any] = {
            "metric": self.metric.name, "title": self.metric.title, "unit": self.metric.format,
            "as_of": self.as_of.isoformat(), "scope": self.sentence,
        }  # fmt: skip
        if self.metric.format == "money" or self.currency:
            answer["currency"] = self.currency
        answer["rows"] = self.rows()
        answer["excluded"] = [{"reason": reason, "n": n} for reason, n in self.excluded]
        answer["warnings"] = list(self.warnings)
        if self.comparison:
            answer["comparison"] = [c.as_json() for c in self.comparison]
        return answer


def in_figures(value: object) -> str:
    """A number in a formula: six digits that count, never as a power of ten; "n/a" where there is none."""
    if value is None:
        return "n/a"
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6g}"


def plain(value: object) -> Any:
    """A cell as JSON has it: None for undefined, numbers and booleans of Python, ISO dates."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else float(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    item = getattr(value, "item", None)
    return plain(item()) if callable(item) else value


def row_name(parts: Iterable[Any]) -> tuple[Any, ...]:
    """What names a row of an answer, its keys' values; what is missing as None, since no NaN equals another."""
    return tuple(None if pd.isna(part) else part for part in parts)
