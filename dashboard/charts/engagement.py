"""Engagement: how accounts are spread over bands, as parts of a whole a segment, and over two bands at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import CLEAR, VALUE, Palette, ink_on, palette
from dashboard.text import numbers, safe, say, segment_name

_LEGEND, _CELL_HEIGHT, _CELL_MARK = 18, 44, 40


def part_bars(
    frame: pd.DataFrame,
    *,
    part: str,
    parts: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]] | None = None,
    selected: tuple[str, str] | None = None,
    inside: int = rows.NARROW_HALF,
    mode: str = "light",
    height: int = 170,
) -> go.Figure:
    """A bar to 100 % a segment, cut into the parts in their order, the last one darkest; the legend above all.

    `frame`: `segment`, the column `part`, `share` (of the segment, adding to 1), `n`. `parts`: key → words. `columns`:
    title → segment → cell. `selected`: (segment, part) to frame. `inside`: pixels inside the narrowest card
    that it stands in: a part too small for its number there has none. Marks carry {"segment", part}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", part, "share", "n")
    colours = palette(mode)
    segments = list(dict.fromkeys(frame["segment"].astype(str)))
    labels = [segment_name(name) for name in segments]
    beside = [rows.Column(safe.for_plotly(title), [safe.for_plotly(cells.get(name, "")) for name in segments])
              for title, cells in (columns or {}).items()]  # fmt: skip
    left, right = rows.gutter(labels, 56, 128), rows.columns_width(beside) + 10
    figure = rows.row_figure(len(segments), colours, left=left, right=right, height=height)
    figure.update_layout(height=figure.layout.height + _LEGEND, margin={"t": rows.HEADER_HEIGHT + _LEGEND})
    figure.update_xaxes(range=[0, 1])
    start = dict.fromkeys(segments, 0.0)
    fills = dict(zip(parts, _fills(len(parts), colours), strict=True))
    for key, words in parts.items():
        own = frame[frame[part].astype(str) == key].set_index(
            frame["segment"].astype(str)[frame[part].astype(str) == key]
        )
        shares = [float(own["share"].get(name, 0.0)) for name in segments]
        counts = [own["n"].get(name, 0) for name in segments]
        chosen = [selected == (name, key) for name in segments]
        figure.add_bar(
            x=shares, base=[start[name] for name in segments], y=list(range(len(segments))), width=0.62,
            orientation="h", name=words, hoverinfo="text",
            marker={"color": fills[key], "line": {"width": [3 if own_mark else 1 for own_mark in chosen],
                    "color": [colours.accent if own_mark else colours.background for own_mark in chosen]}},
            customdata=[{"segment": name, part: key} for name in segments],
            hovertext=[
                rows.hover(label, safe.for_plotly(f"{words}: {numbers.percent(share)}"), f"n = {numbers.count(n)}")
                for label, share, n in zip(labels, shares, counts, strict=True)
            ],
        )  # fmt: skip
        for row, (name, share) in enumerate(zip(segments, shares, strict=True)):
            label = numbers.percent(share)
            if share * (inside - left - right) >= rows.text_width(label, VALUE) + 4:
                text = rows.bold(safe.for_plotly(label))
                at: rows.Place = {"x": start[name] + share / 2, "xanchor": "center", "y": row}
                rows.note(figure, text, colour=ink_on(fills[key]), size=VALUE, **at)
            start[name] += share
    legend = "   ".join(f"<span style='color:{fills[key]}'>■</span> {safe.for_plotly(words)}"
                        for key, words in parts.items())  # fmt: skip
    top: rows.Place = {"x": 0, "xref": "paper", "xshift": 4 - left, "y": 1, "yref": "paper", "yshift": 13 + _LEGEND}
    rows.note(figure, legend, colour=colours.muted, xanchor="left", **top)
    rows.row_names(figure, labels, colours, left=left)
    rows.value_columns(figure, beside, colours, right=right)
    return figure


def _fills(count: int, colours: Palette) -> Sequence[str]:
    """Greys from the faintest to ink: the more, the further from the background."""
    return [*colours.stages, colours.ink][-count:]


def band_grid(
    frame: pd.DataFrame,
    *,
    across: tuple[str, Mapping[str, str]],
    down: tuple[str, Mapping[str, str]],
    titles: tuple[str, str],
    selected: tuple[str, str] | None = None,
    mode: str = "light",
) -> go.Figure:
    """How many are in each pair of bands: a cell each, darker for more, its number in it; an empty cell stays blank.

    `frame`: the two band columns and `n`. `across`, `down`: (column, band → words in order). `titles`: of both
    sides. `selected`: (across, down) of the cell to frame. Marks carry both bands. ValueError for an empty frame.
    """
    (wide, wide_bands), (tall, tall_bands) = across, down
    rows.require_rows(frame, wide, tall, "n")
    colours = palette(mode)
    left = rows.gutter([*tall_bands.values(), titles[1]], 90, 150)
    height = _CELL_HEIGHT * len(tall_bands) + 52
    figure = rows.row_figure(len(tall_bands), colours, left=left, right=6, height=height)
    figure.update_layout(height=height, margin={"t": 46, "b": 6})
    figure.update_xaxes(range=[-0.5, len(wide_bands) - 0.5])
    counts = {(str(a), str(d)): int(n) for a, d, n in zip(frame[wide], frame[tall], frame["n"], strict=True)}
    whole, most = max(sum(counts.values()), 1), max([*counts.values(), 1])
    steps = len(colours.sequential)
    for column, a in enumerate(wide_bands):
        for row, d in enumerate(tall_bands):
            n = counts.get((a, d), 0)
            if not n:
                continue
            step = min(int(n / most * steps), steps - 1)
            line = {"width": 2, "color": colours.text} if selected == (a, d) else {"width": 0}
            figure.add_shape(type="rect", x0=column - 0.485, x1=column + 0.485, y0=row - 0.46, y1=row + 0.46, line=line,
                             fillcolor=colours.sequential[step], layer="below")  # fmt: skip
            text = f"{rows.bold(numbers.count(n))} · {safe.for_plotly(numbers.percent(n / whole))}"
            at: rows.Place = {"x": column, "xanchor": "center", "y": row}
            rows.note(figure, text, colour=colours.sequential_ink[step], size=VALUE, **at)
    _cells(figure, counts, (wide, wide_bands), (tall, tall_bands), whole)
    for column, words in enumerate(wide_bands.values()):
        head: rows.Place = {"x": column, "y": 1, "yref": "paper", "yshift": 10, "xanchor": "center"}
        rows.note(figure, safe.for_plotly(words), colour=colours.muted, **head)
    top: rows.Place = {"x": 0, "xref": "paper", "y": 1, "yref": "paper", "yshift": 32, "xanchor": "left"}
    rows.note(figure, safe.for_plotly(titles[0]), colour=colours.muted, **top)
    side: rows.Place = {"x": 0, "xref": "paper", "xshift": 4 - left, "y": 1, "yref": "paper", "yshift": 10}
    rows.note(figure, safe.for_plotly(titles[1]), colour=colours.muted, xanchor="left", **side)
    rows.row_names(figure, list(tall_bands.values()), colours, left=left)
    return figure


def _cells(
    figure: go.Figure, counts: Mapping[tuple[str, str], int], across: tuple[str, Mapping[str, str]],
    down: tuple[str, Mapping[str, str]], whole: int,
) -> None:  # fmt: skip
    """Transparent marks over the cells, which take the click and show the hover."""
    (wide, wide_bands), (tall, tall_bands) = across, down
    columns, lines = list(wide_bands), list(tall_bands)
    known = [(a, d) for a, d in counts if a in wide_bands and d in tall_bands]
    figure.add_scatter(
        x=[columns.index(a) for a, _ in known], y=[lines.index(d) for _, d in known], mode="markers", name="cells",
        marker={"symbol": "square", "size": _CELL_MARK, "color": CLEAR, "line": {"width": 0}},
        customdata=[{wide: a, tall: d} for a, d in known], hoverinfo="text",
        hovertext=[
            rows.hover(f"{wide_bands[a]}, {tall_bands[d]}", safe.for_plotly(numbers.percent(counts[a, d] / whole)),
                       say("charts.bands.accounts", n=numbers.count(counts[a, d])))
            for a, d in known
        ],
    )  # fmt: skip
