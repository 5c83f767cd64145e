"""What all lying charts share: rows with names in a left gutter, values in columns at the right under a header row.

Row i sits at y = i, the first on top. Gutters have fixed widths in pixels, so that the chart doubles as its table;
texts stand in them by `xref="paper"` and `xshift`. Marks carry `customdata`, one dict of key columns each, from which
the page knows what was clicked (`clicked`).
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.theme import CLEAR, HEADER, NAME, VALUE, Palette, template
from dashboard.text import safe

Place = dict[str, Any]
"""Where a text stands, in plotly's own words: x, y, xref, xshift, xanchor…"""

HEADER_HEIGHT = 30
NARROW_CARD, NARROW_HALF, NARROW_SIDE = 548, 396, 310  # pixels inside the cards of a page 1280 wide
_TICK_ROOM = 60
_LEAST_PITCH, _MOST_PITCH = 24, 64  # pixels a row: names stay apart, bars do not become blocks
_TAG = re.compile(r"<[^>]+>")
_NARROW, _WIDE = set("iljtfrI.,:;'|! ()[]-·"), set("mwMW@%—…")


class Column(NamedTuple):
    """A column of values in the right gutter. `cells` is one plotly-safe text a row, "" for none.

    `width` is the least in pixels; wider texts take more. `colour` is that of the cells, and of the title with
    `coloured_title`, where the column names a segment.
    """

    title: str
    cells: Sequence[str]
    width: int = 48
    colour: str = ""
    bold: bool = False
    cell_colours: Sequence[str] = ()
    coloured_title: bool = False

    @property
    def room(self) -> int:
        """Pixels that the column takes, the gap to its left neighbour included."""
        texts = [(self.title, HEADER), *((cell, VALUE) for cell in self.cells)]
        widest = max(text_width(html.unescape(_TAG.sub("", text)), size) for text, size in texts)
        return max(self.width, math.ceil(widest) + 10)


def require_rows(frame: pd.DataFrame, *columns: str) -> None:
    """ValueError where there is nothing to draw: the page shows an empty state, never an empty chart."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ValueError(f"the frame has no column {', '.join(missing)}")
    if frame.empty:
        raise ValueError("the frame has no rows: show the empty state instead of a chart")


def text_width(text: str, size: float = NAME) -> float:
    """About how many pixels a text takes in Inter; a little more rather than less."""
    ems = 0.0
    for character in text:
        if ord(character) > 0x2E7F:
            ems += 1.0
        elif character in _NARROW:
            ems += 0.32
        elif character in _WIDE:
            ems += 0.88
        else:
            ems += 0.68 if character.isupper() or character.isdigit() else 0.58
    return ems * size


def fitted(text: object, width: float, size: float = NAME) -> str:
    """The text shortened with an ellipsis to a width in pixels, safe for plotly."""
    line = safe.one_line(text)
    limit = len(line)
    while limit > 1 and text_width(safe.shorten(line, limit), size) > width:
        limit -= 1
    return safe.for_plotly(safe.shorten(line, limit))


def gutter(names: Sequence[object], low: int = 100, high: int = 160) -> int:
    """Width in pixels of the left gutter for these row names, within bounds."""
    widest = max((text_width(safe.one_line(name)) for name in names), default=0)
    return min(max(math.ceil(widest) + 16, low), high)


def ticks(inside: int, left: int, right: int) -> int:
    """How many round values have room on the axis between the gutters of a card."""
    return min(max((inside - left - right) // _TICK_ROOM, 2), 4)


def bold(text: str) -> str:
    """A plotly-safe text in semi-bold."""
    return f"<span style='font-weight:600'>{text}</span>" if text else ""


def row_figure(
    rows: int, palette: Palette, *, left: int, right: int, height: int, bottom: int = 8, header: bool = True,
    most_pitch: int = _MOST_PITCH,
) -> go.Figure:  # fmt: skip
    """An empty figure with numeric rows from the top, and room for gutters, header and axis in pixels.

    `height` is kept where it gives each row between 24 and `most_pitch` pixels; few rows make it lower, many higher.
    """
    top = HEADER_HEIGHT if header else 6
    pitch = min(max((height - top - bottom) / rows, _LEAST_PITCH), most_pitch)
    figure = go.Figure()
    figure.update_layout(
        template=template(palette.mode),
        height=round(rows * pitch) + top + bottom,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        barmode="overlay",
    )
    figure.update_yaxes(range=[rows - 0.5, -0.5], showticklabels=False)
    figure.update_xaxes(showticklabels=False)
    return figure


def pitch(figure: go.Figure, rows: int) -> float:
    """Pixels from row to row."""
    margin = figure.layout.margin
    return float(figure.layout.height - margin.t - margin.b) / rows


def note(figure: go.Figure, text: str, *, colour: str, size: float = HEADER, **where: Any) -> None:
    """One text without arrow; `where` are plotly's own coordinates (x, y, xref, xshift, xanchor…)."""
    notes(figure, [placed(text, colour=colour, size=size, **where)])


def placed(text: str, *, colour: str, size: float = HEADER, **where: Any) -> Place:
    """A text for `notes`, placed as by `note`."""
    place: Place = {"showarrow": False, "yanchor": "middle", "align": "left"} | where
    return {"text": text, "font": {"size": size, "color": colour}, **place}


def notes(figure: go.Figure, texts: Sequence[Place]) -> None:
    """Several texts at once: plotly copies all that a figure has with every call. Empty ones are left out."""
    if shown := [place for place in texts if place["text"]]:
        figure.layout.annotations = [*figure.layout.annotations, *shown]


def row_names(
    figure: go.Figure, names: Sequence[object], palette: Palette, *, left: int, strong: Sequence[bool] = ()
) -> None:
    """Names in the left gutter, shortened to its width; the full name belongs into the row's hover."""
    texts = []
    for row, name in enumerate(names):
        label = fitted(name, left - 14)
        label = bold(label) if strong and strong[row] else label
        texts.append(placed(label, colour=palette.text, size=NAME, x=0, xref="paper", xshift=4 - left, xanchor="left",
                            y=row))  # fmt: skip
    notes(figure, texts)


def columns_width(columns: Sequence[Column]) -> int:
    """Pixels that the columns take at the right edge."""
    return sum(column.room for column in columns) + 4


def value_columns(figure: go.Figure, columns: Sequence[Column], palette: Palette, *, right: int) -> None:
    """Right-aligned columns at the outer edge of the right gutter, their titles in the header row."""
    edge, texts = right - 4, []
    for column in reversed(columns):
        colour = column.colour or palette.muted
        place: Place = {"x": 1, "xref": "paper", "xshift": edge, "xanchor": "right"}
        ink = colour if column.coloured_title else palette.muted
        texts.append(placed(column.title, colour=ink, y=1, yref="paper", yshift=13, **place))
        for row, cell in enumerate(column.cells):
            own = column.cell_colours[row] if column.cell_colours else ""
            text = bold(cell) if column.bold else cell
            texts.append(placed(text, colour=own or colour, size=VALUE, y=row, **place))
        edge -= column.room
    notes(figure, texts)


def header(figure: go.Figure, text: str, palette: Palette, *, shift: int = 0) -> None:
    """The header row's words above the marks; `text` is already safe."""
    note(
        figure,
        text,
        colour=palette.muted,
        x=0,
        xref="paper",
        xshift=shift,
        xanchor="left",
        y=1,
        yref="paper",
        yshift=13,
    )


def row_band(figure: go.Figure, row: int, palette: Palette, *, left: int, right: int) -> None:
    """The soft band over a chosen row, gutters included: three pieces, because a gutter is outside the axes."""
    piece: dict[str, Any] = {
        "type": "rect",
        "y0": row - 0.5,
        "y1": row + 0.5,
        "xref": "paper",
        "fillcolor": palette.band,
        "line": {"width": 0},
        "layer": "below",
    }
    figure.add_shape(x0=0, x1=1, **piece)
    figure.add_shape(x0=-left, x1=0, xsizemode="pixel", xanchor=0, **piece)
    figure.add_shape(x0=0, x1=right, xsizemode="pixel", xanchor=1, **piece)


def row_clicks(
    figure: go.Figure, keys: Sequence[Mapping[str, Any]], hovers: Sequence[str], *, start: float, end: float
) -> None:
    """A transparent bar over the whole of each row: takes the click (`customdata`) and shows the hover."""
    figure.add_bar(
        x=[end - start] * len(keys),
        base=[start] * len(keys),
        y=list(range(len(keys))),
        width=1.0,
        orientation="h",
        marker={"color": CLEAR, "line": {"width": 0}},
        customdata=[dict(key) for key in keys],
        hovertext=list(hovers),
        hoverinfo="text",
        name="rows",
    )


def hover(name: object, *lines: str) -> str:
    """The hover box: the name in bold, then one line a fact; empty lines are dropped. `lines` are already safe."""
    return "<br>".join([f"<b>{safe.for_plotly(name)}</b>", *(line for line in lines if line)])


def clicked(selection: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The key columns of the first mark in a `st.plotly_chart` selection, read as a dict; None without one."""
    points = ((selection or {}).get("selection") or {}).get("points") or []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, Mapping):
            return {str(name): str(value) for name, value in data.items()}
    return None
