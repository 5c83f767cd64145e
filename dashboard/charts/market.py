"""The market: shares over two properties at once, lift by a property's values, and two sides on unlike measures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import value_axis
from dashboard.charts.theme import CLEAR, HEADER, VALUE, Palette, palette
from dashboard.text import numbers, safe, say

_CELL_HEIGHT, _CELL_MARK, _GRID_TOP = 34, 28, 34
_SIDE_APART, _SIDE_WIDTH = 0.21, 0.34
_LABEL_SHARE = 0.66
"""How far the longest bar of a measure reaches: the rest is room for its words."""


def share_grid(
    frame: pd.DataFrame,
    *,
    across: Sequence[str],
    down: Sequence[str],
    selected: tuple[str, str] | None = None,
    mode: str = "light",
) -> go.Figure:
    """A cell for each pair of values with its share in it, darker for more; "3 of 4" without a colour below five.

    `frame`: `across`, `down`, `value` (a rate), `numerator`, `denominator`, optional `low`, `high`; a pair without a
    row stays blank. `selected`: (across, down) of the cell to frame. Marks carry {"across", "down"}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "across", "down", "value", "numerator", "denominator")
    colours = palette(mode)
    left = rows.gutter(down)
    height = _CELL_HEIGHT * len(down) + _GRID_TOP + 6
    figure = rows.row_figure(len(down), colours, left=left, right=6, height=height)
    figure.update_layout(height=height, margin={"t": _GRID_TOP, "b": 6})
    figure.update_xaxes(range=[-0.5, len(across) - 0.5])
    known = frame[frame["across"].isin(across) & frame["down"].isin(down) & (frame["denominator"] > 0)]
    for _, cell in known.iterrows():
        _cell(figure, cell, list(across).index(cell["across"]), list(down).index(cell["down"]), selected, colours)
    room = (rows.NARROW_HALF - left) / max(len(across), 1) - 6
    for column, name in enumerate(across):
        head: rows.Place = {"x": column, "y": 1, "yref": "paper", "yshift": 14, "xanchor": "center"}
        rows.note(figure, rows.fitted(name, room, HEADER), colour=colours.muted, **head)
    rows.row_names(figure, down, colours, left=left)
    figure.add_scatter(
        x=[list(across).index(name) for name in known["across"]], y=[list(down).index(name) for name in known["down"]],
        mode="markers", marker={"symbol": "square", "size": _CELL_MARK, "color": CLEAR, "line": {"width": 0}},
        customdata=[{"across": str(a), "down": str(d)} for a, d in zip(known["across"], known["down"], strict=True)],
        hovertext=[_cell_hover(cell) for _, cell in known.iterrows()], hoverinfo="text", name="cells",
    )  # fmt: skip
    return figure


def _cell(
    figure: go.Figure, cell: pd.Series, column: int, row: int, selected: tuple[str, str] | None, colours: Palette
) -> None:
    is_few = cell["denominator"] < numbers.FEW
    step = min(int(float(cell["value"]) * len(colours.sequential)), len(colours.sequential) - 1)
    fill = CLEAR if is_few else colours.sequential[step]
    chosen = selected == (cell["across"], cell["down"])
    line = {"width": 2 if chosen else 0, "color": colours.text}
    figure.add_shape(type="rect", x0=column - 0.485, x1=column + 0.485, y0=row - 0.46, y1=row + 0.46, line=line,
                     fillcolor=fill, layer="below")  # fmt: skip
    text = safe.for_plotly(numbers.rate(cell["value"], cell["numerator"], cell["denominator"]))
    ink = colours.muted if is_few else colours.sequential_ink[step]
    rows.note(figure, text if is_few else rows.bold(text), colour=ink, size=HEADER if is_few else VALUE, x=column,
              xanchor="center", y=row)  # fmt: skip


def _cell_hover(cell: pd.Series) -> str:
    share = numbers.rate(cell["value"], cell["numerator"], cell["denominator"])
    lines = [safe.for_plotly(share)]
    if "low" in cell and not numbers.is_missing(cell["low"]):
        span = numbers.interval(cell["low"], cell["high"], "percent")
        lines.append(safe.for_plotly(say("charts.dots.interval", interval=span)))
    return rows.hover(f"{cell['down']}, {cell['across']}", *lines, f"n = {numbers.count(cell['denominator'])}")


def lift_bars(
    frame: pd.DataFrame,
    *,
    highlight: int | None = None,
    selected: int | None = None,
    mode: str = "light",
    height: int = 330,
) -> go.Figure:
    """A bar a row from 0 to its lift with a line for the interval; a dashed line at 1×, what all have.

    `frame`: `attribute`, `attribute_value`, `label`, `value` (lift), `low`, `high` (of the lift), `rate`, `numerator`,
    `denominator`, in the order to draw. Below 30 the bar is hollow, below five there is none. `highlight`, `selected`:
    the position of the row in ink, of the row to band. Marks carry {"attribute", "attribute_value"}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "label", "value", "low", "high", "rate", "numerator", "denominator")
    colours, table = palette(mode), frame.reset_index(drop=True)
    few = list(table["denominator"] < numbers.FEW)
    columns = _lift_columns(table, few, colours)
    left, right = rows.gutter(list(table["label"]), high=210), rows.columns_width(columns) + 8
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height, bottom=26)
    sure = table[[not own for own in few]]
    end = max([1.25, *(float(x) for name in ("value", "high") for x in sure[name] if not numbers.is_missing(x))]) * 1.04
    value_axis(figure, 0, end, colours, kind="ratio", most=rows.ticks(rows.NARROW_HALF, left, right))
    ticks = figure.layout.xaxis.tickvals
    figure.update_xaxes(ticktext=["0" if tick == 0 else numbers.times(tick) for tick in ticks])
    if selected is not None:
        rows.row_band(figure, selected, colours, left=left, right=right)
    _lifts(figure, table, few, highlight, colours)
    middle = {"color": colours.muted, "width": 1, "dash": "3px,3px"}
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", line=middle, layer="above")
    rows.row_names(figure, list(table["label"]), colours, left=left, strong=[i == highlight for i in table.index])
    rows.value_columns(figure, columns, colours, right=right)
    keys = [{"attribute": str(a), "attribute_value": str(v)}
            for a, v in zip(table["attribute"], table["attribute_value"], strict=True)]  # fmt: skip
    rows.row_clicks(figure, keys, [_lift_hover(row) for _, row in table.iterrows()], start=0, end=end)
    return figure


def _lift_columns(table: pd.DataFrame, few: Sequence[bool], colours: Palette) -> list[rows.Column]:
    lifts, rates, counts = [], [], []
    for is_few, (_, row) in zip(few, table.iterrows(), strict=True):
        lifts.append("" if is_few else safe.for_plotly(numbers.times(row["value"])))
        rates.append(safe.for_plotly(numbers.rate(row["rate"], row["numerator"], row["denominator"])))
        counts.append(numbers.count(row["denominator"]) + ("*" if row["denominator"] < numbers.SMALL else ""))
    return [
        rows.Column(say("charts.lift.lift"), lifts, colour=colours.text, bold=True),
        rows.Column(say("charts.lift.good"), rates, width=52),
        rows.Column(say("charts.n"), counts, width=44),
    ]


def _lifts(
    figure: go.Figure, table: pd.DataFrame, few: Sequence[bool], highlight: int | None, colours: Palette
) -> None:
    inks = [colours.ink if row == highlight else colours.rest for row in table.index]
    hollow = table["denominator"] < numbers.SMALL
    fills = [colours.background if empty else ink for ink, empty in zip(inks, hollow, strict=True)]
    figure.add_bar(
        x=[0.0 if is_few else float(value) for value, is_few in zip(table["value"], few, strict=True)],
        y=list(table.index), width=0.5, orientation="h", hoverinfo="skip", name="lift",
        marker={"color": fills, "line": {"width": [1.5 if empty else 0 for empty in hollow], "color": inks},
                "cornerradius": 2},
    )  # fmt: skip
    for row, (low, high) in enumerate(zip(table["low"], table["high"], strict=True)):
        if few[row] or numbers.is_missing(low):
            continue
        line = {"width": 2, "color": colours.rest_soft if inks[row] == colours.ink and not hollow[row] else colours.ink}
        value = float(table["value"].iloc[row])  # inside the bar the line needs another ink than beyond it
        for x0, x1, ink in ((low, value, line), (value, high, {"width": 2, "color": colours.ink})):
            figure.add_shape(type="line", x0=x0, x1=x1, y0=row, y1=row, line=ink, layer="above")


def _lift_hover(row: pd.Series) -> str:
    rate = numbers.rate(row["rate"], row["numerator"], row["denominator"])
    lines = [safe.for_plotly(say("charts.lift.rate", rate=rate))]
    if row["denominator"] >= numbers.FEW and not numbers.is_missing(row["value"]):
        span = f"{numbers.times(row['low'])}–{numbers.times(row['high'])}"
        lines = [safe.for_plotly(numbers.times(row["value"])),
                 safe.for_plotly(say("charts.dots.interval", interval=span)), *lines]  # fmt: skip
    return rows.hover(row["label"], *lines, f"n = {numbers.count(row['denominator'])}")


def paired_bars(
    frame: pd.DataFrame,
    *,
    sides: tuple[str, str],
    names: tuple[str, str],
    beside: tuple[str, Sequence[str]] | None = None,
    selected: str | None = None,
    mode: str = "light",
    height: int = 300,
) -> go.Figure:
    """Two bars a measure, one a side, the first in ink, or target's accent; each measure has its own scale from 0.

    `frame`: `measure`, `label`, `side`, `value` (missing: no bar), `text`, `difference` (words, the same for both sides
    of a measure), optional `interval` of it. `sides`: their keys, `names`: their words. `beside`: header and cells of
    a further column, a measure each. `selected`: the measure to band. Marks carry {"measure"}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "measure", "label", "side", "value", "text", "difference")
    colours = palette(mode)
    measures = frame.drop_duplicates("measure").set_index("measure")
    keys = [str(key) for key in measures.index]
    apart = rows.Column(
        say("charts.paired.difference"), [safe.for_plotly(t) for t in measures["difference"]],
        colour=colours.text, bold=True,
    )  # fmt: skip
    labels, columns = list(measures["label"]), [apart]
    if beside:
        columns.insert(0, rows.Column(safe.for_plotly(beside[0]), [safe.for_plotly(cell) for cell in beside[1]]))
    left, right = rows.gutter(labels), rows.columns_width(columns) + 8
    figure = rows.row_figure(len(keys), colours, left=left, right=right, height=height)
    figure.update_xaxes(range=[0, 1])
    if selected in keys:
        rows.row_band(figure, keys.index(str(selected)), colours, left=left, right=right)
    values = frame.pivot_table(index="measure", columns="side", values="value", sort=False, dropna=False)
    values = values.reindex(index=keys, columns=list(sides)).astype(float)
    longest = values.max(axis=1)
    texts = {(str(m), str(s)): str(t) for m, s, t in zip(frame["measure"], frame["side"], frame["text"], strict=True)}
    inks = (colours.segment(sides[0]) if sides[0] == "target" else colours.ink, colours.rest)
    for side, ink, offset in zip(sides, inks, (-_SIDE_APART, _SIDE_APART), strict=True):
        lengths = (values[side] / longest.where(longest > 0) * _LABEL_SHARE).fillna(0.0)
        figure.add_bar(
            x=lengths.tolist(), y=[row + offset for row in range(len(keys))], width=_SIDE_WIDTH, orientation="h",
            hoverinfo="skip", name=side, marker={"color": ink, "line": {"width": 0}, "cornerradius": 2},
        )  # fmt: skip
        for row, key in enumerate(keys):
            at: rows.Place = {"x": float(lengths.iloc[row]), "xanchor": "left", "xshift": 8, "y": row + offset}
            text = safe.for_plotly(texts.get((key, side), numbers.MISSING))
            rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    legend = "   ".join(f"<span style='color:{ink}'>■</span> {safe.for_plotly(name)}"
                        for name, ink in zip(names, inks, strict=True))  # fmt: skip
    rows.header(figure, legend, colours)
    rows.row_names(figure, labels, colours, left=left)
    rows.value_columns(figure, columns, colours, right=right)
    intervals = [str(span) for span in measures.get("interval", pd.Series("", index=measures.index))]
    hovers = [
        rows.hover(label, *(safe.for_plotly(f"{name}: {texts.get((key, side), numbers.MISSING)}")
                            for side, name in zip(sides, names, strict=True)),
                   *_paired_interval(interval))
        for key, label, interval in zip(keys, labels, intervals, strict=True)
    ]  # fmt: skip
    rows.row_clicks(figure, [{"measure": key} for key in keys], hovers, start=0, end=1)
    return figure


def _paired_interval(span: str) -> list[str]:
    return [safe.for_plotly(say("charts.paired.interval", interval=span))] if span else []
