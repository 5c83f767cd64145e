"""Rates with their intervals, one row a segment."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import value_axis
from dashboard.charts.theme import Palette, palette
from dashboard.text import numbers, safe, say, segment_name


def interval_dots(
    frame: pd.DataFrame,
    *,
    key: str = "segment",
    kind: str = "percent",
    currency: str | None = None,
    title: str = "",
    reference: float | None = None,
    names: Mapping[str, str] | None = None,
    selected: str | None = None,
    limit: int = 12,
    sort: bool = True,
    beside: tuple[str, str] | None = None,
    mode: str = "light",
    height: int = 330,
) -> go.Figure:
    """A dot a segment at `value`, a thin line from `low` to `high`; hollow and `*` below 30, "3 of 4" below 5.

    `frame`: the key, `value`, `n`; optional `low`, `high`, and for rates `numerator`, `denominator`.
    `kind`: the metric's format. `title`: header of the value column ("Win rate"). `reference`: the value of all
    together, drawn as a dashed line. Target before the rest, else the largest value first (unless not `sort`), those
    with too few at the end; at most `limit` rows, the ones with the largest n, and a last row saying how many more
    the table has. `beside`: a further column of the frame in the metric's unit, and its header.
    Marks carry {key: segment}. ValueError for an empty frame.
    """
    rows.require_rows(frame, key, "value", "n")
    colours = palette(mode)
    table, more = _chosen(frame, key, limit, sort)
    labels = [(names or {}).get(str(name), segment_name(name)) for name in table[key]]
    few = [_is_few(row) for _, row in table.iterrows()]
    right_columns = _columns(table, few, kind, currency, title, colours)
    if beside:
        right_columns.insert(1, _beside(table, few, *beside, kind, currency))
    shown = [*labels, say("charts.more_rows", n=more)] if more else labels
    left, right = rows.gutter(labels, 84, 128), rows.columns_width(right_columns) + 8
    figure = rows.row_figure(len(shown), colours, left=left, right=right, height=height, bottom=26)
    start, end = _extent(table, few, reference, kind)
    most = rows.ticks(rows.NARROW_SIDE, left, right)
    value_axis(figure, start, end, colours, kind=kind, currency=currency, most=most)
    if selected in set(table[key]):
        rows.row_band(figure, list(table[key]).index(selected), colours, left=left, right=right)
    if reference is not None:
        _reference(figure, reference, kind, currency, colours)
    _dots(figure, table, few, key, colours)
    for row, is_few in enumerate(few):
        if is_few:
            text = safe.for_plotly(say("charts.dots.too_few"))
            at: rows.Place = {"x": 0, "xref": "paper", "xshift": 4, "xanchor": "left", "y": row}
            rows.note(figure, text, colour=colours.muted, bgcolor=colours.background, **at)
    rows.row_names(figure, labels, colours, left=left)
    if more:
        place: rows.Place = {"x": 0, "xref": "paper", "xshift": 4 - left, "xanchor": "left", "y": len(labels)}
        rows.note(figure, shown[-1], colour=colours.muted, **place)
    rows.value_columns(figure, right_columns, colours, right=right)
    hovers = [_hover(label, row, kind, currency) for label, (_, row) in zip(labels, table.iterrows(), strict=True)]
    rows.row_clicks(figure, [{key: str(name)} for name in table[key]], hovers, start=start, end=end)
    return figure


def _is_few(row: pd.Series) -> bool:
    return bool(numbers.is_missing(row["value"]) or row["n"] < numbers.FEW)


def _chosen(frame: pd.DataFrame, key: str, limit: int, sort: bool) -> tuple[pd.DataFrame, int]:
    table = frame.copy()
    if key == "segment" and set(table[key]) == {"target", "rest"}:
        return table.sort_values(key, ascending=False).reset_index(drop=True), 0
    more = max(len(table) - limit, 0)
    if more:
        keep = table.sort_values("n", ascending=False, kind="stable").index[:limit]
        table = table.loc[[index for index in table.index if index in set(keep)]]
    if sort:
        few = table.apply(_is_few, axis=1)
        table = table.assign(_few=few).sort_values(["_few", "value"], ascending=[True, False], kind="stable")
    return table.reset_index(drop=True), more


def _extent(table: pd.DataFrame, few: list[bool], reference: float | None, kind: str) -> tuple[float, float]:
    sure = table[[not is_few for is_few in few]]
    values = [
        float(x) for name in ("value", "low", "high") if name in sure for x in sure[name] if not numbers.is_missing(x)
    ]
    values += [reference] if reference is not None else []
    end = max(values, default=1.0 if kind == "percent" else 10.0) or 1.0
    start = min(0.0, min(values, default=0.0))
    return start, min(end * 1.04, 1.02) if kind == "percent" else end * 1.04


def _reference(figure: go.Figure, value: float, kind: str, currency: str | None, colours: Palette) -> None:
    figure.add_shape(
        type="line",
        x0=value,
        x1=value,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": colours.muted, "width": 1, "dash": "3px,3px"},
        layer="between",
    )
    label = safe.for_plotly(say("charts.dots.all", value=numbers.shown(value, kind, currency)))
    low, high = figure.layout.xaxis.range
    beyond_middle = value - low > 0.5 * (high - low)
    side: rows.Place = {"xanchor": "right", "xshift": -6} if beyond_middle else {"xanchor": "left", "xshift": 6}
    rows.note(figure, label, colour=colours.muted, x=value, y=1, yref="paper", yshift=13, **side)


def _dots(figure: go.Figure, table: pd.DataFrame, few: list[bool], key: str, colours: Palette) -> None:
    inks = [colours.segment(name) if str(name) in ("target", "rest") else colours.ink for name in table[key]]
    for row, (_, data) in enumerate(table.iterrows()):
        if not few[row] and "low" in table and not numbers.is_missing(data["low"]):
            line = inks[row] if inks[row] == colours.accent else colours.rest
            figure.add_shape(
                type="line",
                x0=data["low"],
                x1=data["high"],
                y0=row,
                y1=row,
                line={"color": line, "width": 2},
                layer="between",
            )
    sure = [row for row, is_few in enumerate(few) if not is_few]
    hollow = [bool(table["n"].iloc[row] < numbers.SMALL) for row in sure]
    figure.add_scatter(
        x=[float(table["value"].iloc[row]) for row in sure],
        y=sure,
        mode="markers",
        marker={
            "size": 12,
            "color": [colours.background if empty else inks[row] for row, empty in zip(sure, hollow, strict=True)],
            "line": {"width": 2, "color": [inks[row] for row in sure]},
            "opacity": 1,
        },
        cliponaxis=False,
        hoverinfo="skip",
        name="values",
    )


def _columns(
    table: pd.DataFrame, few: list[bool], kind: str, currency: str | None, title: str, colours: Palette
) -> list[rows.Column]:
    values, counts = [], []
    for is_few, (_, row) in zip(few, table.iterrows(), strict=True):
        n = numbers.count(row["n"])
        values.append("" if is_few else safe.for_plotly(numbers.shown(row["value"], kind, currency)))
        if is_few and "numerator" in table:
            n = numbers.few(row["numerator"], row["denominator"])
        counts.append(n + ("*" if not is_few and row["n"] < numbers.SMALL else ""))
    wide = max(52, int(rows.text_width(title)) + 10)
    return [
        rows.Column(safe.for_plotly(title), values, width=wide, colour=colours.text, bold=True),
        rows.Column(say("charts.n"), counts, width=44),
    ]


def _beside(
    table: pd.DataFrame, few: list[bool], name: str, title: str, kind: str, currency: str | None
) -> rows.Column:
    cells = ["" if is_few or numbers.is_missing(value) else safe.for_plotly(numbers.shown(value, kind, currency))
             for value, is_few in zip(table[name], few, strict=True)]  # fmt: skip
    return rows.Column(safe.for_plotly(title), cells)


def _hover(label: str, row: pd.Series, kind: str, currency: str | None) -> str:
    if _is_few(row):
        shown = numbers.few(row["numerator"], row["denominator"]) if "numerator" in row else numbers.MISSING
        return rows.hover(label, safe.for_plotly(shown), f"n = {numbers.count(row['n'])}")
    lines = [safe.for_plotly(numbers.shown(row["value"], kind, currency, unit=True))]
    if "low" in row and not numbers.is_missing(row["low"]):
        span = numbers.interval(row["low"], row["high"], kind, currency)
        lines.append(safe.for_plotly(say("charts.dots.interval", interval=span)))
    return rows.hover(label, *lines, f"n = {numbers.count(row['n'])}")
