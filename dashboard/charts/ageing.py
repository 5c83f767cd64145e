"""Open deals at their age in the present stage, against how long completed visits took there."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import value_axis
from dashboard.charts.theme import TICK, Palette, palette
from dashboard.text import numbers, safe, say, segment_name

MOST_MARKS = 2000
_BEYOND = 0.05
"""The most of the marks that may stand beyond the axis."""
_LABEL_WIDTH, _NOMINAL_WIDTH = 130, 640  # pixels; the second of the marks' area on a narrow screen


def ageing_strip(
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    selected: str | None = None,
    mode: str = "light",
    height: int = 356,
) -> go.Figure:
    """One mark an open deal at its days in the stage; shaded to P50, P75, P90 of completed visits; ◆ past P90.

    `frame`: `opportunity_id`, `stage`, `days`, `stalled` (bool), `segment`; optional `name` (shown in hover and
    at the oldest marks), `amount_text`. `limits`, one row a stage in stage order: `stage`, `median` (or `value`),
    `p75`, `p90` (NaN where not judged), `open_n`, `stalled_n`. A mark's height in its row follows from its id, so
    that the figure is the same each time. At most 2,000 marks: all stalled ones stay, the others are thinned evenly.
    Marks far beyond three times the longest P90 stand at the right edge as ▸ under "older".
    A mark carries {"opportunity_id", "stage"}, the row beneath {"stage"}. ValueError for an empty frame.
    """
    rows.require_rows(frame, "opportunity_id", "stage", "days", "stalled", "segment")
    rows.require_rows(limits, "stage", "p75", "p90", "open_n", "stalled_n")
    colours = palette(mode)
    table = limits if "median" in limits else limits.rename(columns={"value": "median"})
    stages = [str(stage) for stage in table["stage"]]
    marks = _thinned(frame[frame["stage"].astype(str).isin(stages)].dropna(subset=["days"]))
    gutters = _columns(table, colours)
    left, right = rows.gutter(stages), rows.columns_width(gutters) + 24
    figure = rows.row_figure(len(stages), colours, left=left, right=right, height=height, bottom=28)
    end = _extent(marks, table)
    marks = marks.assign(at=marks["days"].astype(float).clip(upper=end * 0.99), beyond=marks["days"] > end)
    value_axis(figure, 0, end, colours, kind="days", most=5)
    figure.update_xaxes(showgrid=False)
    if selected in stages:
        rows.row_band(figure, stages.index(selected), colours, left=left, right=right)
    for row, (_, limit) in enumerate(table.iterrows()):
        _shades(figure, row, limit, colours)
    _header(figure, table, colours)
    rows.row_names(figure, stages, colours, left=left)
    rows.value_columns(figure, gutters, colours, right=right)
    hovers = [_row_hover(str(limit["stage"]), limit) for _, limit in table.iterrows()]
    rows.row_clicks(figure, [{"stage": stage} for stage in stages], hovers, start=0, end=end)
    _marks(figure, marks, stages, colours)
    _name_oldest(figure, marks, stages, end, colours)
    if marks["beyond"].any():
        place: rows.Place = {"x": 1, "xref": "paper", "xanchor": "right", "y": 1, "yref": "paper", "yshift": 11}
        rows.note(figure, say("charts.ageing.older"), colour=colours.muted, size=TICK, **place)
    return figure


def _extent(marks: pd.DataFrame, limits: pd.DataFrame) -> float:
    """The last day of the axis: the oldest mark, but at most three times the longest P90, to tell the rest apart;
    later where more than two deals, and a twentieth of them, would then be bunched at the edge."""
    p90 = pd.to_numeric(limits["p90"]).max()
    oldest = pd.to_numeric(marks["days"]).max()
    known = [float(value) for value in (p90, oldest) if not numbers.is_missing(value)]
    end = max([*known, 1.0]) * 1.04
    if numbers.is_missing(p90):
        return end
    beyond = max(2, int(len(marks) * _BEYOND))
    most = float(pd.to_numeric(marks["days"]).nlargest(beyond + 1).min()) * 1.04 if len(marks) > beyond else 0.0
    return min(end, max(float(p90) * 3, most, 1.0))


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) <= MOST_MARKS:
        return frame
    stalled = frame[frame["stalled"].astype(bool)].nlargest(MOST_MARKS, "days")
    others = frame[~frame["stalled"].astype(bool)]
    room = max(MOST_MARKS - len(stalled), 0)
    step = -(-len(others) // room) if room else len(others) + 1
    return pd.concat([others.iloc[step - 1 :: step], stalled])


def jitter(identifier: object) -> float:
    """A height within the row, −0.3 to 0.3, that depends on nothing but the id."""
    return (zlib.crc32(str(identifier).encode()) % 1000 / 999 - 0.5) * 0.6


def _shades(figure: go.Figure, row: int, limit: pd.Series, colours: Palette) -> None:
    start = 0.0
    shades = (colours.band, colours.grid, colours.rest_soft)
    ends = ("median", "p75", "p90")
    for name, fill in zip(ends, (shades[0], shades[0], shades[1]), strict=True):
        end = limit[name]
        if numbers.is_missing(end):
            continue
        figure.add_shape(type="rect", x0=start, x1=float(end), y0=row - 0.36, y1=row + 0.36, fillcolor=fill,
                         line={"width": 0}, layer="below")  # fmt: skip
        start = float(end)
    if not numbers.is_missing(limit["p90"]):
        x = float(limit["p90"])
        line = {"color": colours.bad, "width": 1.5}
        figure.add_shape(type="line", x0=x, x1=x, y0=row - 0.4, y1=row + 0.4, line=line, layer="between")


def _header(figure: go.Figure, table: pd.DataFrame, colours: Palette) -> None:
    """P50, P75 and P90 above the first row that has them, each where it will not touch the one before."""
    judged = table[table["p90"].notna()]
    if judged.empty or str(judged.index[0]) != str(table.index[0]):
        return
    first = judged.iloc[0]
    at: rows.Place = {"y": 1, "yref": "paper", "yshift": 11, "xanchor": "center"}
    rows.note(figure, "P90", colour=colours.bad, size=TICK, x=float(first["p90"]), **at)
    gap = float(figure.layout.xaxis.range[1]) * 0.05
    if not numbers.is_missing(first["median"]) and first["p90"] - first["median"] > gap:
        rows.note(figure, "P50", colour=colours.muted, size=TICK, x=float(first["median"]), **at)
        if first["p90"] - first["p75"] > gap and first["p75"] - first["median"] > gap:
            rows.note(figure, "P75", colour=colours.muted, size=TICK, x=float(first["p75"]), **at)


def _columns(table: pd.DataFrame, colours: Palette) -> list[rows.Column]:
    opened = [numbers.count(n) for n in table["open_n"]]
    stalled = [numbers.count(n) for n in table["stalled_n"]]
    known = pd.to_numeric(table["stalled_n"])
    most = known.max()
    worst = [bool(n == most and most >= 5 and (known == most).sum() == 1) for n in known]
    inks = [colours.bad if is_worst else colours.text for is_worst in worst]
    return [
        rows.Column(say("charts.ageing.open"), opened, width=44),
        rows.Column(say("charts.ageing.stalled"), stalled, width=58, bold=True, cell_colours=inks),
    ]


def _marks(figure: go.Figure, marks: pd.DataFrame, stages: Sequence[str], colours: Palette) -> None:
    place = {stage: row for row, stage in enumerate(stages)}
    for stalled, symbol, size in ((False, "circle", 7), (True, "diamond", 10)):
        own = marks[marks["stalled"].astype(bool) == stalled]
        if own.empty:
            continue
        names = [_name(row) for _, row in own.iterrows()]
        figure.add_scatter(
            x=[float(days) for days in own["at"]],
            y=[place[str(s)] + jitter(i) for s, i in zip(own["stage"], own["opportunity_id"], strict=True)],
            mode="markers",
            marker={
                "symbol": ["triangle-right" if beyond else symbol for beyond in own["beyond"]],
                "size": size,
                "color": [colours.accent if name == "target" else colours.rest for name in own["segment"].astype(str)],
                "line": {"width": 1, "color": colours.background},
                "opacity": 1,
            },
            customdata=[
                {"opportunity_id": str(i), "stage": str(s)}
                for i, s in zip(own["opportunity_id"], own["stage"], strict=True)
            ],
            hovertext=[_hover(name, row) for name, (_, row) in zip(names, own.iterrows(), strict=True)],
            hoverinfo="text",
            cliponaxis=False,
            name="stalled" if stalled else "open",
        )


def _name(row: pd.Series) -> str:
    name = row.get("name")
    return str(row["opportunity_id"]) if name is None or name != name else str(name)


def _hover(name: str, row: pd.Series) -> str:
    amount = row.get("amount_text")
    lines = [
        safe.for_plotly(say("charts.ageing.in_stage", days=numbers.days(row["days"], unit=True), stage=row["stage"])),
        safe.for_plotly(segment_name(row["segment"])) if str(row["segment"]) != "All" else "",
        safe.for_plotly(amount) if isinstance(amount, str) else "",
    ]
    return rows.hover(name, *lines)


def _row_hover(stage: str, limit: pd.Series) -> str:
    parts = [(label, limit[name]) for label, name in (("P50", "median"), ("P75", "p75"), ("P90", "p90"))]
    known = [f"{label} {numbers.days(value)}" for label, value in parts if not numbers.is_missing(value)]
    opened = say("charts.ageing.row", open=numbers.count(limit["open_n"]), stalled=numbers.count(limit["stalled_n"]))
    return rows.hover(stage, safe.for_plotly(" · ".join(known)), safe.for_plotly(opened))


def _name_oldest(figure: go.Figure, marks: pd.DataFrame, stages: Sequence[str], end: float, colours: Palette) -> None:
    """Names above the oldest stalled marks, where they stand apart from each other and from the edge."""
    if "name" not in marks:
        return
    spots = [(float(d), stages.index(str(s)) + jitter(i))
             for d, s, i in zip(marks["at"], marks["stage"], marks["opportunity_id"], strict=True)]  # fmt: skip
    for _, row in marks[marks["stalled"].astype(bool)].nlargest(12, "days").iterrows():
        at, y = float(row["at"]), stages.index(str(row["stage"])) + jitter(row["opportunity_id"])
        label = rows.fitted(row["name"], _LABEL_WIDTH, TICK) if row["name"] == row["name"] else ""
        if label and row["beyond"]:
            label += f", {numbers.days(row['days'])}"
        room = rows.text_width(label, TICK) * end / _NOMINAL_WIDTH
        left = at - (room if at > end * 0.9 else room / 2)
        covered = any(
            left - 0.01 * end < x < left + room + 0.01 * end and -0.55 < height - y < -0.1 for x, height in spots
        )
        if label and at > end * 0.6 and not covered and y > -0.2:
            spots += [(left + room * part / 4, y - 0.3) for part in range(5)]
            side: rows.Place = {"xanchor": "right" if at > end * 0.9 else "center", "yshift": 14}
            rows.note(figure, label, colour=colours.text, size=TICK, x=at, y=y, **side)
