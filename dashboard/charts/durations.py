"""How long things take: percentiles before means, the middle half as a bar, the earlier period hollow."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import value_axis
from dashboard.charts.theme import NAME, Palette, palette
from dashboard.text import numbers, safe, say, segment_name


def duration_bars(
    frame: pd.DataFrame,
    *,
    earlier: pd.DataFrame | None = None,
    period: str = "",
    earlier_period: str = "",
    mode: str = "light",
    height: int = 262,
) -> go.Figure:
    """Days of each segment: bar p25–p75, thin line to p90 (from p10 where known), tick at the median.

    `frame`: `segment`, `median`, `p25`, `p75`, `p90`, `n`; optional `p10` and `mean` (a column of its own).
    `earlier`: the same for the compared period, drawn hollow under its segment; `period`, `earlier_period` name the
    two ("2026", "2025").
    Below six the frame has no spread to show: the row says "too few". Marks carry {"segment": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", "median", "p25", "p75", "p90", "n")
    colours = palette(mode)
    table = _paired(frame, earlier)
    column_cells = [_median_cell(row) for _, row in table.iterrows()], [numbers.count(n) for n in table["n"]]
    now = [not bool(old) for old in table["old"]]
    medians = [rows.bold(text) if is_now else text for text, is_now in zip(column_cells[0], now, strict=True)]
    inks = [colours.text if is_now else colours.muted for is_now in now]
    gutters = [rows.Column(say("charts.durations.median"), medians, width=60, cell_colours=inks)]
    if "mean" in table:
        means = [safe.for_plotly(numbers.days(value)) for value in table["mean"]]
        gutters.append(rows.Column(say("charts.durations.mean"), means, width=48, cell_colours=inks))
    gutters.append(rows.Column(say("charts.n"), column_cells[1], width=40))
    name_room = rows.gutter([segment_name(name) for name in table["segment"]], 44, 110)
    left = name_room + (int(rows.text_width(max(period, earlier_period, key=len))) + 12 if earlier is not None else 10)
    right = rows.columns_width(gutters) + 10
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height, bottom=26)
    end = _furthest(table)
    value_axis(figure, 0, end, colours, kind="days", most=rows.ticks(rows.NARROW_HALF, left, right))
    for row, (_, data) in enumerate(table.iterrows()):
        ink = colours.segment(data["segment"])
        _box(figure, row, data, ink, colours, hollow=bool(data["old"]), width=0.5)
        _names(
            figure,
            row,
            data,
            name_room,
            left,
            period if now[row] else earlier_period,
            ink,
            colours,
            earlier is not None,
        )
    rows.value_columns(figure, gutters, colours, right=right)
    hovers = [
        _hover(segment_name(data["segment"]), data, earlier_period if data["old"] else period)
        for _, data in table.iterrows()
    ]
    rows.row_clicks(figure, [_key(data) for _, data in table.iterrows()], hovers, start=0, end=end)
    return figure


def _paired(frame: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    parts = []
    for segment in frame["segment"]:
        parts.append(frame[frame["segment"] == segment].assign(old=False))
        if earlier is not None and not earlier.empty:
            parts.append(earlier[earlier["segment"] == segment].assign(old=True))
    return pd.concat([part for part in parts if not part.empty], ignore_index=True)


def _key(data: pd.Series) -> dict[str, str]:
    """The mark's keys; `compared` tells the pages that the earlier period was clicked."""
    key = {"segment": str(data["segment"])}
    return key | ({"compared": "earlier"} if bool(data.get("old", False)) else {})


def _median_cell(data: pd.Series) -> str:
    return safe.for_plotly(numbers.days(data["median"]))


def _furthest(table: pd.DataFrame) -> float:
    values = pd.concat([pd.to_numeric(table[name]) for name in ("median", "p75", "p90") if name in table]).dropna()
    return max(float(values.max()) if len(values) else 0.0, 1.0) * 1.04


def _names(
    figure: go.Figure,
    row: int,
    data: pd.Series,
    name_room: int,
    left: int,
    period: str,
    ink: str,
    colours: Palette,
    two: bool,
) -> None:
    at: rows.Place = {"x": 0, "xref": "paper", "xanchor": "left", "y": row}
    if not data["old"]:
        name_ink = ink if str(data["segment"]) == "target" else colours.text
        label = rows.fitted(segment_name(data["segment"]), name_room - 8)
        rows.note(figure, rows.bold(label), colour=name_ink, size=NAME, xshift=4 - left, **at)
    if two:
        rows.note(figure, safe.for_plotly(period), colour=colours.muted, size=NAME, xshift=4 - left + name_room, **at)


def _box(
    figure: go.Figure,
    row: float,
    data: pd.Series,
    ink: str,
    colours: Palette,
    *,
    hollow: bool,
    width: float,
    gap: bool = False,
) -> None:
    """Line to P90, bar of the middle half, and the median as a tick (or as a gap in the bar with `gap`)."""
    if any(numbers.is_missing(data[name]) for name in ("p25", "p75", "median")):
        return
    low = data["p10"] if "p10" in data and not numbers.is_missing(data["p10"]) else data["p25"]
    high = data["p75"] if numbers.is_missing(data["p90"]) else data["p90"]
    line = {"color": ink, "width": 1.8}
    figure.add_shape(type="line", x0=low, x1=high, y0=row, y1=row, line=line, layer="between")
    figure.add_bar(
        x=[float(data["p75"]) - float(data["p25"])],
        base=[float(data["p25"])],
        y=[row],
        width=width,
        orientation="h",
        marker={
            "color": colours.background if hollow else ink,
            "line": {"width": 1.5 if hollow else 0, "color": ink},
            "cornerradius": 3,
        },
        hoverinfo="skip",
    )
    inside = gap or (ink == colours.ink and not hollow)
    reach = 0 if inside else 0.06
    tick = {"color": colours.background if inside else colours.ink, "width": 2}
    middle = float(data["median"])
    y0, y1 = row - width / 2 - reach, row + width / 2 + reach
    figure.add_shape(type="line", x0=middle, x1=middle, y0=y0, y1=y1, line=tick)


def _hover(label: str, data: pd.Series, period: str = "") -> str:
    spread = [(name, data[name]) for name in ("p10", "p25", "p75", "p90") if name in data]
    known = [f"{name.upper()} {numbers.days(value)}" for name, value in spread if not numbers.is_missing(value)]
    median = say("charts.durations.median_days", days=numbers.days(data["median"], unit=True))
    lines = [safe.for_plotly(period), safe.for_plotly(median), safe.for_plotly(" · ".join(known))]
    if "low" in data and not numbers.is_missing(data["low"]):
        span = numbers.interval(data["low"], data["high"], "days")
        lines.append(safe.for_plotly(say("charts.dots.interval", interval=span)))
    return rows.hover(label, *lines, f"n = {numbers.count(data['n'])}")


def stage_durations(
    frame: pd.DataFrame,
    *,
    change: Mapping[str, float] | None = None,
    change_title: str = "",
    clear: Mapping[str, bool] | None = None,
    highlight: str | None = None,
    selected: str | None = None,
    mode: str = "light",
    height: int = 262,
) -> go.Figure:
    """Days in each stage, target above the rest (or all together): bar p25–p75 with a gap at the median, line to P90.

    `frame`: `segment`, `stage` in stage order, `value` (the median; or `median`), `p25`, `p75`, `p90`, `n`.
    `change`: stage → days by which its median moved, in a column titled `change_title` ("vs 2025"); red where `clear`
    says that it is a clear lengthening. `highlight`: the stage of the title. Marks carry {"stage": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", "stage", "p25", "p75", "p90", "n")
    colours = palette(mode)
    table = frame if "median" in frame else frame.rename(columns={"value": "median"})
    stages = list(dict.fromkeys(str(stage) for stage in table["stage"]))
    segments = sorted(table["segment"].astype(str).unique(), key=lambda name: {"target": 0, "rest": 1}.get(name, 2))[:3]
    by_place = {(str(row["stage"]), str(row["segment"])): row for _, row in table.iterrows()}
    gutters = _stage_columns(by_place, stages, segments, colours)
    if change:
        gutters.append(_change_column(change, change_title, clear or {}, stages, colours))
    left, right = rows.gutter(stages), rows.columns_width(gutters) + 14
    figure = rows.row_figure(len(stages), colours, left=left, right=right, height=height, bottom=26)
    end = _furthest(table)
    value_axis(figure, 0, end, colours, kind="days", most=rows.ticks(rows.NARROW_HALF, left, right))
    if selected in stages:
        rows.row_band(figure, stages.index(selected), colours, left=left, right=right)
    thick = 0.3 if len(segments) > 1 else 0.46
    for row, stage in enumerate(stages):
        for place, segment in enumerate(segments):
            offset = (place - (len(segments) - 1) / 2) * (thick + 0.06)
            data = by_place.get((stage, segment))
            if data is not None:
                ink = colours.segment(segment, place)
                _box(figure, row + offset, data, ink, colours, hollow=False, width=thick, gap=True)
    rows.row_names(figure, stages, colours, left=left, strong=[stage == highlight for stage in stages])
    rows.value_columns(figure, gutters, colours, right=right)
    hovers = [_stage_hover(stage, segments, by_place) for stage in stages]
    rows.row_clicks(figure, [{"stage": stage} for stage in stages], hovers, start=0, end=end)
    return figure


def _stage_columns(
    by_place: Mapping[tuple[str, str], pd.Series], stages: list[str], segments: list[str], colours: Palette
) -> list[rows.Column]:
    columns = []
    for place, segment in enumerate(segments):
        found = [by_place.get((stage, segment)) for stage in stages]
        cells = ["" if data is None else _median_cell(data) for data in found]
        ink = colours.segment(segment, place) if segment != "rest" else colours.muted
        title = say("charts.durations.median") if segment == "All" else rows.fitted(segment_name(segment), 70)
        bold = segment in ("target", "All")
        columns.append(rows.Column(title, cells, 52, ink, bold=bold, coloured_title=segment != "All"))
    return columns


def _change_column(
    change: Mapping[str, float], title: str, clear: Mapping[str, bool], stages: list[str], colours: Palette
) -> rows.Column:
    cells, inks = [], []
    for stage in stages:
        value = change.get(stage)
        text = "" if numbers.is_missing(value) else safe.for_plotly(numbers.signed(numbers.days(value), value))
        alarm = bool(clear.get(stage)) and value is not None and value > 0
        cells.append(rows.bold(text) if alarm else text)
        inks.append(colours.bad if alarm else colours.muted)
    return rows.Column(safe.for_plotly(title), cells, width=66, cell_colours=inks)


def _stage_hover(stage: str, segments: list[str], by_place: Mapping[tuple[str, str], pd.Series]) -> str:
    lines = []
    for segment in segments:
        data = by_place.get((stage, segment))
        if data is not None:
            median = numbers.days(data["median"], unit=True)
            lines.append(safe.for_plotly(f"{segment_name(segment)} {median}, n = {numbers.count(data['n'])}"))
    return rows.hover(stage, *lines)
