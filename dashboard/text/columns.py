"""What the columns of answers are called in tables, and in which unit they stand."""

from __future__ import annotations

import pandas as pd

from dashboard.text import has, numbers, safe, say, segment_name

PERCENT = frozenset((
    "step_rate", "overall_rate", "by_value", "broad", "share", "share_deals", "touched_before", "touched_during",
    "uninfluenced", "sourced", "from_engaged", "won_by_30", "won_by_60", "won_by_90", "won_by_180", "win_rate",
))  # fmt: skip
MONEY = frozenset(("amount", "weighted", "revenue"))
DAYS = frozenset((
    "mean", "median", "p10", "p25", "p75", "p90", "km_median", "open_median_age", "median_days", "median_age",
    "median_low", "median_high", "limit_days",
))  # fmt: skip
_OF_THE_VALUE = frozenset(("value", "low", "high"))


def unit_of(name: str, kind: str) -> str:
    """The unit of a column in the answer of a metric of this `kind`: percent, money, days or count (a plain number).

    The value and its interval have the metric's own; a median beside money (`average_deal_size`) is money too.
    """
    if name in _OF_THE_VALUE or (kind == "money" and name == "median"):
        return kind
    if name in PERCENT:
        return "percent"
    if name in MONEY:
        return "money"
    return "days" if name in DAYS else "count"


def heading(
    name: str, kind: str = "count", currency: str | None = None, *, value: str = "", language: str = "en"
) -> str:
    """ "amount" → "Amount, €", "p90" → "P90, days", "step_rate" → "Of the step before, %".

    `value`: what the column `value` is called (the metric's title). An unknown column stands under its own name.
    """
    words = value if name == "value" and value else ""
    if not words:
        words = say(f"columns.{name}", language) if has(f"columns.{name}", language) else safe.one_line(name)
    unit = unit_of(name, kind)
    if unit == "money":
        symbol = numbers.currency_symbol(currency, language)
        return f"{words}, {symbol}" if symbol else words
    return say(f"units.{unit}", language, name=words) if has(f"units.{unit}", language) else words


def readable(frame: pd.DataFrame, kind: str, currency: str | None = None, *, value: str = "",
             language: str = "en") -> pd.DataFrame:  # fmt: skip
    """An answer as a table for people: headings with units, rates in per cent, segments and periods by their names.

    Columns without any value are left away; numbers stay numbers, with all their digits.
    """
    table = frame[[name for name in frame.columns if frame[name].notna().any()]].copy()
    for name in table.columns:
        if unit_of(str(name), kind) == "percent" and pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name] * 100
        elif name == "segment":
            table[name] = [segment_name(cell, language) for cell in table[name]]
        elif name in ("period", "cohort"):
            table[name] = [numbers.period(cell, language) for cell in table[name]]
    return table.rename(columns={c: heading(str(c), kind, currency, value=value, language=language) for c in table})
