"""A metric's formula in words, with an answer's figures in it: "304 won ÷ 938 won or lost"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboard.text import numbers, safe, say
from dashboard.text.columns import heading
from metrics import Metric, unit_of

_PLACE = re.compile(r"\{(\w+)[^}]*\}")


def formula_words(metric: Metric, column: str = "value") -> str:
    """The formula with what its figures are called in their places: "[Counted] won ÷ [Out of] won or lost"; that of
    another figure of the answer where it has one of its own."""
    words = "; ".join(metric.formulas.values()) or metric.formula or metric.title
    words = metric.figures[column].formula if column in metric.figures else words
    return _PLACE.sub(lambda found: f"[{heading(found[1])}]", words)


def formula_with(metric: Metric, row: Mapping[str, Any], currency: str | None = None, column: str = "value") -> str:
    """The formula with this row's figures (of the figure in `column`); the name of one that the row does not have."""

    def figure(found: re.Match[str]) -> str:
        name = found[1]
        return _figure(name, row[name], metric, currency) if name in row else f"[{heading(name)}]"

    return _PLACE.sub(figure, metric.formula_of(row, column))


def value_words(metric: Metric, value: object, currency: str | None = None, column: str = "value") -> str:
    """What comes out, with its unit: "32.4 %", "€ 10,638,120", "94.5 days"."""
    return _figure(column, value, metric, currency, unit=True)


def _figure(name: str, value: object, metric: Metric, currency: str | None, *, unit: bool = False) -> str:
    if not isinstance(value, int | float):
        return numbers.MISSING if value is None else safe.one_line(value)
    if numbers.is_missing(value):
        return numbers.MISSING
    own = unit_of(name, metric)
    if own == "percent":
        return f"{numbers.exact(round(value * 100, 1))}{numbers.NBSP}%"
    if own == "money":
        symbol = numbers.currency_symbol(currency)
        return f"{symbol}{numbers.NBSP}{numbers.exact(round(value, 2))}" if symbol else numbers.exact(round(value, 2))
    text = numbers.exact(round(value, 2))
    return say("charts.days_tick", days=text) if own == "days" and unit else text
