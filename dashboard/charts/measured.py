"""Lying bars of any measure, its value at their end and further columns beside them: a table that can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import VALUE, Palette, palette
from dashboard.text import safe, segment_name

_LABEL = 0.12
"""The share of a card's axis that the value's words take at the end of a bar."""


def _fill(key: str, name: str, is_subject: bool, colours: Palette) -> str:
    """Ink for the row that the title speaks of, accent for target accounts, else grey."""
    if is_subject:
        return colours.ink
    return colours.accent if key == "segment" and name == "target" else colours.rest


def measured_bars(
    frame: pd.DataFrame,
    *,
    key: str,
    texts: Sequence[str],
    columns: Mapping[str, Sequence[str]] | None = None,
    names: Mapping[str, str] | None = None,
    header: str = "",
    highlight: str | None = None,
    selected: str | None = None,
    end: float | None = None,
    mode: str = "light",
    height: int = 250,
) -> go.Figure:
    """A bar a row as long as `value`, in the order given; one without a value has no bar and keeps its text.

    `frame`: `key`, `value`, optional `reference` (a tick across the row). `texts`: the value in words, a row each;
    `columns`: title → cells. `highlight`: the row in ink; `end`: where the axis ends. Marks carry {key: value}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, key, "value")
    colours = palette(mode)
    values = [float(value) for value in pd.to_numeric(frame["value"]).fillna(0.0)]
    references = [float(r) for r in pd.to_numeric(frame["reference"])] if "reference" in frame else []
    labels = [(names or {}).get(str(name), segment_name(name)) for name in frame[key]]
    shown = [safe.for_plotly(own) for own in texts]
    beside = [rows.Column(safe.for_plotly(title), [safe.for_plotly(cell) for cell in cells])
              for title, cells in (columns or {}).items()]  # fmt: skip
    room = max(rows.text_width(own, VALUE) for own in texts) + 20
    left, right = rows.gutter(labels), rows.columns_width(beside) + int(room)
    figure = rows.row_figure(len(frame), colours, left=left, right=right, height=height)
    known = [*values, *(r for r in references if r == r)]
    last = end if end is not None else max([*known, 1e-9])
    figure.update_xaxes(range=[0, last])
    keys = [str(name) for name in frame[key]]
    if selected in keys:
        rows.row_band(figure, keys.index(str(selected)), colours, left=left, right=right)
    strong = [name == highlight for name in keys]
    figure.add_bar(
        x=values, y=list(range(len(frame))), width=0.56, orientation="h", hoverinfo="skip",
        marker={"color": [_fill(key, name, name == highlight, colours) for name in keys], "line": {"width": 0},
                "cornerradius": 2},
    )  # fmt: skip
    for row, reference in enumerate(references):
        if reference == reference:
            tick = {"color": colours.ink, "width": 3}
            figure.add_shape(type="line", x0=reference, x1=reference, y0=row - 0.36, y1=row + 0.36, line=tick)
    for row, (value, text) in enumerate(zip(values, shown, strict=True)):
        reference = references[row] if references else float("nan")
        in_the_way = 0 <= reference - value < _LABEL * last
        at: rows.Place = {"x": reference if in_the_way else value, "xanchor": "left", "xshift": 8, "y": row}
        rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    rows.header(figure, safe.for_plotly(header), colours)
    rows.row_names(figure, labels, colours, left=left, strong=strong)
    rows.value_columns(figure, beside, colours, right=right)
    hovers = [
        rows.hover(labels[row], shown[row], *(f"{c.title} {c.cells[row]}" for c in beside if c.cells[row]))
        for row in range(len(frame))
    ]
    rows.row_clicks(figure, [{key: name} for name in keys], hovers, start=0, end=last)
    return figure
