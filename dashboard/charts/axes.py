"""Axes with two to four round values, the unit on the last tick only."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.theme import Palette
from dashboard.text import numbers, safe, say


def round_ticks(start: float, end: float, most: int = 4, *, whole: bool = False) -> list[float]:
    """Round values within [start, end], 0 among them where it is inside: at most `most` steps of 1, 2, 2.5 or 5."""
    span = end - start
    if span <= 0 or not math.isfinite(span):
        return [start]
    raw = span / most
    magnitude = 10.0 ** math.floor(math.log10(raw))
    steps = [factor * magnitude for factor in (1, 2, 2.5, 5, 10)]
    if whole:
        steps = [step for step in steps if step >= 1 and step == int(step)] or [max(1.0, math.ceil(raw))]
    step = next((step for step in steps if span / step <= most + 1e-9), steps[-1])
    first = math.ceil(start / step - 1e-9)
    last = math.floor(end / step + 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, last + 1)]


def rounded_end(end: float, most: int = 4, *, whole: bool = False) -> float:
    """The end, moved out to the next tick where that is near, so that the top line closes the figure."""
    ticks = round_ticks(0, end, most, whole=whole)
    if len(ticks) < 2:
        return end
    following = ticks[-1] + (ticks[1] - ticks[0])
    return following * 1.01 if following <= end * 1.15 else end


def tick_texts(ticks: Sequence[float], kind: str, currency: str | None = None) -> list[str]:
    """Numbers alone, the unit on the last: "0", "20 %", "40 %" for rates; "0", "20", "40 days"."""
    if kind == "percent":
        return ["0" if tick == 0 else safe.for_plotly(numbers.percent(tick)) for tick in ticks]
    if kind == "money":
        return ["0" if tick == 0 else safe.for_plotly(numbers.money(tick, currency)) for tick in ticks]
    plain = [numbers.days(tick) if kind == "days" else numbers.number(tick) for tick in ticks]
    if kind == "days" and plain:
        plain[-1] = say("charts.days_tick", days=plain[-1])
    return plain


def value_axis(
    figure: go.Figure,
    start: float,
    end: float,
    colours: Palette,
    *,
    kind: str,
    currency: str | None = None,
    most: int = 4,
    upright: bool = False,
) -> None:
    """Sets the axis of values: x of lying charts, y with `upright`; grid lines across, a firmer line at zero."""
    ticks = round_ticks(start, end, most, whole=kind == "count")
    texts = tick_texts(ticks, kind, currency)
    settings = {
        "range": [start, end],
        "tickvals": ticks,
        "ticktext": texts,
        "showgrid": True,
        "gridcolor": colours.grid,
        "gridwidth": 1,
        "showticklabels": True,
    }
    if upright:
        figure.update_yaxes(**settings)
    else:
        figure.update_xaxes(**settings)
