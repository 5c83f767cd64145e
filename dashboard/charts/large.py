"""Figures for a screen on the wall: a number to be read from afar with its line, and any chart enlarged."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import palette, template
from dashboard.text import safe

SIZE, HEIGHT = 44, 84
_LINE_FROM = 0.62  # the share of the width from which the line is drawn, right of the number
_GROWING = {"size", "height", "l", "r", "t", "b", "xshift", "yshift"}
"""Lengths in pixels of a figure, wherever they stand in it."""


def large_number(value: str, *, trend: Sequence[float] | None = None, mode: str = "light") -> go.Figure:
    """The number as words at the left, and at the right its months as a line without axis; NaN breaks the line."""
    colours = palette(mode)
    figure = go.Figure()
    margin = {"l": 0, "r": 4, "t": 0, "b": 0, "pad": 0}
    figure.update_layout(template=template(colours.mode), height=HEIGHT, margin=margin)
    points = list(trend or ())
    line = {"color": colours.rest, "width": 3}
    figure.add_scatter(x=list(range(len(points))), y=points, mode="lines", line=line, hoverinfo="skip")
    figure.update_xaxes(domain=[_LINE_FROM, 1], showticklabels=False)
    figure.update_yaxes(domain=[0.15, 0.85], showticklabels=False)
    rows.note(figure, f"<b>{safe.for_plotly(value)}</b>", colour=colours.text, size=SIZE, x=0, y=0.5, xref="paper",
              yref="paper", xanchor="left")  # fmt: skip
    return figure


def enlarged(figure: go.Figure, factor: float) -> go.Figure:
    """The same figure with its texts, margins, marks and height `factor` times as large; as wide as its place."""
    return go.Figure(_grown(copy.deepcopy(figure.to_dict()), factor))


def _grown(part: Any, factor: float) -> Any:
    if isinstance(part, list):
        return [_grown(one, factor) for one in part]
    if isinstance(part, tuple):
        return tuple(_grown(one, factor) for one in part)
    if isinstance(part, dict):
        return {name: _length(name, value, factor) for name, value in part.items()}
    return part


def _length(name: str, value: Any, factor: float) -> Any:
    if name in _GROWING and isinstance(value, int | float) and not isinstance(value, bool):
        return value * factor
    return _grown(value, factor)
