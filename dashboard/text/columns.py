"""What the columns of answers are called in tables. Their units are said by the metrics."""

from __future__ import annotations

import pandas as pd

from dashboard.text import has, numbers, safe, say, segment_name
from metrics import Metric, unit_of


def heading(
    name: str, metric: Metric | None = None, currency: str | None = None, *, value: str = "", language: str = "en"
) -> str:
    """ "amount" → "Amount, €", "p90" → "P90, days", "step_rate" → "Of the step before, %".

    `metric`: whose answer the column is in; without one the heading has no unit. `value`: what the column `value` is
    called (the metric's title). A column may have words of its own in one metric (`columns_of.<metric>`); one that has
    none at all stands under its own name.
    """
    words = value if name == "value" and value else ""
    if not words:
        own, shared = f"columns_of.{metric.name if metric else ''}.{name}", f"columns.{name}"
        key = own if has(own, language) else shared
        words = say(key, language) if has(key, language) else safe.one_line(name)
    unit = unit_of(name, metric) if metric else "plain"
    if unit == "money":
        symbol = numbers.currency_symbol(currency, language)
        return f"{words}, {symbol}" if symbol else words
    return say(f"units.{unit}", language, name=words) if has(f"units.{unit}", language) else words


def readable(frame: pd.DataFrame, metric: Metric, currency: str | None = None, *, value: str = "",
             language: str = "en") -> pd.DataFrame:  # fmt: skip
    """An answer as a table for people: headings with units, rates in per cent, segments and periods by their names.

    Columns without any value are left away, and a pipeline where all rows are of one; numbers stay numbers, with all
    their digits.
    """
    table = frame[[name for name in frame.columns if frame[name].notna().any()]].copy()
    if "pipeline" in table and "stage" in table and table["pipeline"].nunique() == 1:
        table = table.drop(columns="pipeline")
    for name in table.columns:
        if unit_of(str(name), metric) == "percent" and pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name] * 100
        elif name == "segment":
            table[name] = [segment_name(cell, language) for cell in table[name]]
        elif name == "step":
            table[name] = [_step(cell, language) for cell in table[name]]
        elif name in ("period", "cohort"):
            table[name] = [numbers.period(cell, language) for cell in table[name]]
    table.columns = pd.Index(unique([heading(str(c), metric, currency, value=value, language=language) for c in table]))
    return table


def _step(step: object, language: str) -> str:
    """A step of a funnel or a bridge by its name."""
    return say(f"steps.{step}", language) if has(f"steps.{step}", language) else str(step)


def unique(names: list[str]) -> list[str]:
    """The headings with a number behind those that are there already: no table has two columns of one name."""
    found: list[str] = []
    for name in names:
        number = 2
        told = name
        while told in found:
            told, number = f"{name} ({number})", number + 1
        found.append(told)
    return found
