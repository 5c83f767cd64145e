"""An answer's columns and cells as people read them: units in the header, the interval in one column."""

from typing import TYPE_CHECKING

from metrics.adding import REASONS
from metrics.columns import unit_of
from metrics.metric import Metric

if TYPE_CHECKING:
    from metrics.answer import Answer
    from metrics.contributions import Change

_INTERVALS = {"low": ("low", "high"), "median_low": ("median_low", "median_high")}
_UPPER_ENDS = {"high", "median_high"}


def columns_in_words(answer: "Answer") -> tuple[list[str], list[str]]:
    """The headers with their units, and which of them are numbers."""
    headers, numbers = [], []
    for column in answer.frame.columns:
        if column in _UPPER_ENDS:
            continue
        header = _header(column, answer)
        headers.append(header)
        if answer.frame[column].dtype.kind in "iuf":
            numbers.append(header)
    return headers, numbers


def rows_in_words(answer: "Answer") -> list[list[str | None]]:
    """The rows, one text a column of `columns_in_words`; None where a value is undefined."""
    return [
        [_cell(column, row, answer.metric) for column in answer.frame.columns if column not in _UPPER_ENDS]
        for row in answer.rows()
    ]


def _header(column: str, answer: "Answer") -> str:
    sign = {"percent": "%", "money": answer.currency or "", "days": "days"}.get(unit_of(column, answer.metric), "")
    name = {"low": "95 % interval", "median_low": "95 % interval of the median"}.get(column, column)
    return f"{name}, {sign}" if sign else name


def _cell(column: str, row: dict[str, object], metric: Metric) -> str | None:
    unit = unit_of(column, metric)
    if column in _INTERVALS:
        low, high = (_number(row.get(end), unit) for end in _INTERVALS[column])
        return None if low is None or high is None else f"{low} to {high}"
    value = row[column]
    return _number(value, unit) if isinstance(value, (int, float)) else None if value is None else str(value)


def _number(value: object, unit: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return str(value)
    if unit == "percent":
        return f"{value * 100:.1f}"
    if isinstance(value, int) or value == int(value):
        return f"{value:,.0f}"
    if unit == "money":
        return f"{value:,.2f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.3g}"


def change_in_words(change: "Change", form: str) -> tuple[str, list[str], list[list[str | None]]]:
    """What led to a change: a sentence, and a table (headers, rows) whose last row is the whole and, where the segments
    add up, the sum of those above it. Percentages stand as in the tables of answers, without their sign."""
    from metrics.rounding import digits_of, rounded

    digits = digits_of(change, form)
    shown = rounded(change, digits)
    scale = 100 if form == "percent" else 1

    def cell(value: float | None, sign: str = "") -> str | None:
        return None if value is None else f"{value * scale:{sign},.{digits - 2 * (scale == 100)}f}"

    own, mix = _EFFECTS.get(change.kind, ("", ""))
    tells = change.because == "median"
    effects = (
        {"effect": "effect", own: "own", mix: "mix"} if change.adds_up else {"without": "without"} if tells else {}
    )
    effects.pop("", None)
    rows = [
        [part.segment, cell(part.before), cell(part.now), f"{part.n_before:,}", f"{part.n_now:,}",
         *(cell(getattr(part, name), "+") for name in effects.values())]
        for part in shown.parts
    ]  # fmt: skip
    total = {
        name: cell(sum(getattr(part, name) or 0.0 for part in shown.parts), "+") for name in ("effect", "own", "mix")
    }
    total["without"] = cell(shown.difference, "+")
    rows.append(["All", cell(shown.before), cell(shown.now), None, None, *(total[name] for name in effects.values())])
    moved = "" if shown.difference is None else f" ({cell(shown.difference, '+')})"
    unit = {"percent": " in %", "days": " in days"}.get(form, "")
    adds = "which add up to it" if change.adds_up else f"which don't add up: {REASONS.get(change.because, _UNKNOWN)}"
    said = f"From {cell(shown.before) or 'n/a'} to {cell(shown.now) or 'n/a'}{moved}{unit}. The segments, {adds}:"
    return said, ["segment", "before", "now", "n_before", "n_now", *effects], rows


_UNKNOWN = "the figure of one of the periods is not known"
_EFFECTS = {"rate": ("own rate", "weight"), "mean": ("own mean", "weight"), "ratio": ("by numerator", "by denominator")}
"""What the two effects of a segment are called, where there are two."""
