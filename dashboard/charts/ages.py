"""Lines over the age of cohorts taken together: target beside the rest, or all in one, each with its interval."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import round_ticks, rounded_end, value_axis
from dashboard.charts.lines import band, end_labels, line_figure, ring
from dashboard.charts.theme import HEADER, TICK, Palette, palette, soft
from dashboard.text import numbers, safe, say, segment_name

_ORDER = {"rest": 0, "target": 1}
"""The subject is drawn last, over the other."""


def age_curves(
    frame: pd.DataFrame, *, unit: Callable[[float], str], at: int | None = None,
    selected: tuple[str, int] | None = None, mode: str = "light", height: int = 330,
) -> go.Figure:  # fmt: skip
    """A line a segment over the age: rates from 0, with their band where they have one.

    `frame`: `segment`, `age` (0, 1, …), `value`, `n` (followed that long), optional `low`, `high`. `unit`: the age's
    unit by how many ("month", "months"). `at`: the age that the title speaks of, marked, its values in place of the
    last ones. `selected`: the point (segment, age) under a ring. Marks carry {"segment": …, "age": …}. ValueError for
    an empty frame.
    """
    rows.require_rows(frame, "segment", "age", "value", "n")
    known = frame.dropna(subset=["value"])
    rows.require_rows(known)
    colours = palette(mode)
    names = sorted(known["segment"].astype(str).unique(), key=lambda name: _ORDER.get(name, 2))
    marked = at if at is not None and at < int(known["age"].max()) and (known["age"] == at).any() else None
    texts = {name: _label(known[known["segment"] == name], name, valued=marked is None) for name in names}
    right = min(int(max(rows.text_width(text, HEADER) for text in texts.values())) + 22, 150)
    figure = line_figure(colours, height=height, right=right, bottom=28)
    top = known[[name for name in ("value", "high") if name in known]].max().max()
    end = rounded_end(float(top) * 1.04) or 1.0
    value_axis(figure, 0, end, colours, kind="percent", most=4, upright=True)
    last = max(float(known["age"].max()), 1.0)
    ticks = round_ticks(0, last, 4, whole=True)
    words = [numbers.count(tick) for tick in ticks]
    words[-1] = safe.for_plotly(f"{words[-1]} {unit(ticks[-1])}".strip())
    figure.update_xaxes(range=[-0.02 * last, last * 1.02], tickvals=ticks, ticktext=words)
    ends = []
    for position, name in enumerate(names):
        own = known[known["segment"] == name].sort_values("age", kind="stable")
        ink = colours.segment(name, position)
        if "low" in own and own["low"].notna().any():
            band(figure, list(own["age"]), list(own["low"]), list(own["high"]), soft(ink))
        _line(figure, own, name, ink, unit, marked)
        there = own[own["age"] == selected[1]] if selected and selected[0] == name else own.iloc[:0]
        if selected and len(there):
            ring(figure, selected[1], float(there["value"].iloc[0]), ink)
        ends.append((float(own["age"].iloc[-1]), float(own["value"].iloc[-1]), texts[name], ink))
    end_labels(figure, ends, (0.0, end), height, colours)
    if marked is not None:
        _mark_age(figure, known[known["age"] == marked], marked, unit, end, height, colours)
    return figure


def _mark_age(
    figure: go.Figure, there: pd.DataFrame, age: int, unit: Callable[[float], str], end: float, height: int,
    colours: Palette,
) -> None:  # fmt: skip
    """A hairline at the age and the value of each line there, above the higher and below the others."""
    line = {"color": colours.muted, "width": 1, "dash": "3px,3px"}
    figure.add_shape(type="line", x0=age, x1=age, y0=0, y1=end, line=line, layer="below")
    name = safe.for_plotly(f"{numbers.count(age)} {unit(age)}")
    foot = float(there["value"].max()) > 0.6 * end  # the name stands where the values do not
    where: rows.Place = {"x": age, "y": 0 if foot else end, "xanchor": "left", "xshift": 4,
                         "yanchor": "bottom" if foot else "top"}  # fmt: skip
    rows.note(figure, name, colour=colours.muted, size=TICK, **where)
    scale = (height - 52) / (end or 1.0)
    ordered = there.sort_values("value", ascending=False, kind="stable")
    for place, (_, row) in enumerate(ordered.iterrows()):
        ink = colours.segment(str(row["segment"]), place)
        text = rows.bold(safe.for_plotly(numbers.percent(row["value"])))
        up = place == 0 and (len(ordered) > 1 or float(row["value"]) * scale < height / 2)
        at: rows.Place = {"x": age, "y": float(row["value"]), "xanchor": "left", "xshift": 5}
        rows.note(figure, text, colour=colours.muted if ink == colours.rest else ink, yshift=13 if up else -13, **at)


def _label(own: pd.DataFrame, name: str, *, valued: bool) -> str:
    if not valued:
        return segment_name(name)
    last = own.sort_values("age", kind="stable").iloc[-1]
    return f"{segment_name(name)} {numbers.percent(last['value'])}"


def _line(
    figure: go.Figure, own: pd.DataFrame, name: str, ink: str, unit: Callable[[float], str], marked: int | None
) -> None:
    sizes = [11 if age == marked else 6 for age in own["age"]]
    figure.add_scatter(
        x=[int(age) for age in own["age"]], y=[float(value) for value in own["value"]], mode="lines+markers",
        line={"color": ink, "width": 2 if name == "rest" else 3}, marker={"size": sizes, "color": ink, "opacity": 1},
        customdata=[{"segment": name, "age": int(age)} for age in own["age"]],
        hovertext=[_hover(name, row, unit) for _, row in own.iterrows()], hoverinfo="text", cliponaxis=False,
        name=safe.for_plotly(segment_name(name)),
    )  # fmt: skip


def _hover(name: str, row: pd.Series, unit: Callable[[float], str]) -> str:
    age = int(row["age"])
    words = say("charts.cohorts.cell", age=age, units=unit(age), value=numbers.percent(row["value"]))
    span = ""
    if "low" in row and not numbers.is_missing(row["low"]):
        span = say("charts.dots.interval", interval=numbers.interval(row["low"], row["high"], "percent"))
    followed = say("charts.cohorts.followed", n=numbers.count(row["n"]))
    return rows.hover(segment_name(name), *(safe.for_plotly(line) for line in (words, span, followed)))
