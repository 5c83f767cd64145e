"""Lines over time or age: labelled at their ends, the subject in ink, intervals as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import rounded_end, value_axis
from dashboard.charts.theme import CLEAR, HEADER, Palette, palette, soft, template
from dashboard.text import numbers, safe, say, segment_name

_JUDGED = ("percent", "score")
_LABEL_STEP = 16  # pixels between two labels at the lines' ends
_BOTTOM = 38
_TOP = 14


def line_figure(colours: Palette, *, height: int, right: int, left: int = 46, bottom: int = _BOTTOM) -> go.Figure:
    """An empty upright figure with fixed margins."""
    figure = go.Figure()
    margin = {"l": left, "r": right, "t": _TOP, "b": bottom, "pad": 0}
    figure.update_layout(template=template(colours.mode), height=height, margin=margin)
    return figure


def trend_lines(
    frame: pd.DataFrame,
    *,
    x: str = "period",
    series: str = "segment",
    kind: str = "count",
    currency: str | None = None,
    names: Mapping[str, str] | None = None,
    inks: Mapping[str, str] | None = None,
    subject: str | None = None,
    between: tuple[str, str] | None = None,
    behind: str = "n",
    mode: str = "light",
    height: int = 250,
) -> go.Figure:
    """One line a series over calendar units, its last value and name at its end, in its colour.

    `frame`: `x` (labels such as "2026-03", in order), the series column, `value`; optional `low`, `high` (a band),
    `n`. Missing values break the line. A rate or a score of fewer than five `behind` it is missing, one of fewer than
    thirty hollow (metrics.md §1; `few_points` says so): where all are, the axes stand alone. `inks`: series → "ink",
    "rest", "accent" or another colour of the palette (default: by the segment's meaning). `subject`: the series drawn
    thicker. `between`: two series whose gap is shaded.
    Marks carry {x: label, series: name}. ValueError for an empty frame.
    """
    rows.require_rows(frame, x, series, "value")
    rows.require_rows(frame.dropna(subset=["value"]))
    colours = palette(mode)
    start, end = _extent(frame, kind == "count")
    if kind in _JUDGED:
        frame = _judged(frame, behind)
    labels = list(dict.fromkeys(str(label) for label in frame[x]))
    kinds = list(dict.fromkeys(str(name) for name in frame[series]))
    shown = {name: (names or {}).get(name, segment_name(name)) for name in kinds}
    lines = {name: _values(frame[frame[series].astype(str) == name], x, labels) for name in kinds}
    ends = [
        _end(name, line, shown[name], kind, currency, labels)
        for name, line in lines.items()
        if line["value"].notna().any()
    ]
    right = min(max((int(rows.text_width(text, HEADER)) for _, _, _, text in ends), default=40) + 22, 150)
    figure = line_figure(colours, height=height, right=right)
    colour = {name: _ink(name, position, inks, colours) for position, name in enumerate(kinds)}
    value_axis(figure, start, end, colours, kind=kind, currency=currency, most=4, upright=True)
    _period_axis(figure, labels)
    if between:
        _shade(figure, lines[between[0]], lines[between[1]], colours)
    for name in kinds:
        _line(figure, name, lines[name], labels, colour[name], x, series, shown[name], kind, currency, name == subject,
              colours.background)  # fmt: skip
    end_labels(
        figure, [(at, value, text, colour[name]) for name, at, value, text in ends], (start, end), height, colours
    )
    return figure


def _judged(frame: pd.DataFrame, behind: str) -> pd.DataFrame:
    """The points that may be drawn; `is_small`: hollow."""
    if behind not in frame:
        return frame
    counts = pd.to_numeric(frame[behind])
    bare = [name for name in ("value", "low", "high") if name in frame]
    kept = {name: frame[name].where(~(counts < numbers.FEW)) for name in bare}
    return frame.assign(**kept, is_small=counts < numbers.SMALL)


def few_points(
    frame: pd.DataFrame, behind: str = "n", series: str = "segment", names: Mapping[str, str] | None = None
) -> str:
    """What `trend_lines` leaves out or draws hollow of the points of a rate, in words; "" where all are of many."""
    known = frame.dropna(subset=["value"])
    counts = pd.to_numeric(known[behind])
    gone = [str(name) for name, own in counts.groupby(known[series].astype(str), sort=False) if own.max() < numbers.FEW]
    kept = counts[~known[series].astype(str).isin(gone)]
    few, small = int((kept < numbers.FEW).sum()), bool(kept.between(numbers.FEW, numbers.SMALL, "left").any())
    shown = ", ".join((names or {}).get(name, segment_name(name)) for name in gone)
    said = (
        say("charts.lines.gone", names=shown) if gone else "",
        say("charts.lines.few", n=few, count=numbers.count(few), of=numbers.count(len(kept))) if few else "",
        say("charts.lines.small") if small else "",
    )
    return " · ".join(part for part in said if part)


def _values(own: pd.DataFrame, x: str, labels: Sequence[str]) -> pd.DataFrame:
    wanted = [name for name in ("value", "low", "high", "n", "is_small") if name in own]
    return own.assign(_x=own[x].astype(str)).groupby("_x")[wanted].first().reindex(list(labels)).reset_index(drop=True)


def _end(
    name: str, line: pd.DataFrame, label: str, kind: str, currency: str | None, labels: Sequence[str]
) -> tuple[str, float, float, str]:
    """The line's label: right of the chart, and naming its last unit where that is not the chart's last."""
    known = line["value"].dropna()
    at, value = known.index[-1], float(known.iloc[-1])
    text = (
        f"{numbers.shown(value, kind, currency)} {label}"
        if kind == "count"
        else f"{label} {numbers.shown(value, kind, currency)}"
    )
    if at < len(labels) - 1:
        text = f"{text}, {numbers.period(labels[at], short=True)}"
    return name, float(len(labels) - 1), value, text


def _ink(name: str, position: int, inks: Mapping[str, str] | None, colours: Palette) -> str:
    if inks and name in inks:
        return str(getattr(colours, inks[name]))
    return colours.segment(name, position)


def _extent(frame: pd.DataFrame, whole: bool) -> tuple[float, float]:
    values = pd.concat([pd.to_numeric(frame[name]) for name in ("value", "low", "high") if name in frame]).dropna()
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    return low * 1.06, rounded_end(high * 1.04, whole=whole) or 1.0


def _period_axis(figure: go.Figure, labels: Sequence[str]) -> None:
    """Short labels under at most twelve ticks; the year under the first and under each year's first unit."""
    step = -(-len(labels) // 12)
    ticks = list(range((len(labels) - 1) % step, len(labels), step))
    texts, year = [], ""
    for tick in ticks:
        short = safe.for_plotly(numbers.period(labels[tick], short=True))
        new_year = labels[tick][:4]
        texts.append(f"{short}<br>{new_year}" if short != new_year and new_year != year else short)
        year = new_year
    figure.update_xaxes(range=[-0.3, max(len(labels) - 1, 1) + 0.15], tickvals=ticks, ticktext=texts)


def _line(
    figure: go.Figure,
    name: str,
    line: pd.DataFrame,
    labels: Sequence[str],
    colour: str,
    x: str,
    series: str,
    label: str,
    kind: str,
    currency: str | None,
    subject: bool,
    background: str,
) -> None:
    places = list(range(len(labels)))
    if "low" in line and line["low"].notna().any():
        band(figure, places, list(line["low"]), list(line["high"]), soft(colour))
    hovers = [_hover(label, labels[i], row, kind, currency) for i, (_, row) in enumerate(line.iterrows())]
    figure.add_scatter(
        x=places,
        y=[None if numbers.is_missing(value) else float(value) for value in line["value"]],
        mode="lines+markers" if len(labels) <= 36 else "lines",
        line={"color": colour, "width": 3 if subject else 2},
        marker=_marker(line, colour, background),
        customdata=[{x: period, series: name} for period in labels],
        hovertext=hovers,
        hoverinfo="text",
        cliponaxis=False,
        name=safe.for_plotly(label),
    )


def _marker(line: pd.DataFrame, colour: str, background: str) -> dict[str, Any]:
    """A dot at each point, hollow where few are behind it."""
    small = line["is_small"].fillna(False).astype(bool) if "is_small" in line else [False] * len(line)
    fills = [background if hollow else colour for hollow in small]
    return {"size": 7, "color": fills, "opacity": 1, "line": {"width": 1.5, "color": colour}}


def band(
    figure: go.Figure, x: Sequence[float], low: Sequence[Any], high: Sequence[Any], fill: str, **line: Any
) -> None:
    """A shaded area between two bounds, where both are known."""
    known = [i for i in range(len(x)) if not numbers.is_missing(low[i]) and not numbers.is_missing(high[i])]
    if not known:
        return
    across = [x[i] for i in known] + [x[i] for i in reversed(known)]
    around = [float(high[i]) for i in known] + [float(low[i]) for i in reversed(known)]
    edge = {"width": 0, "color": CLEAR} | line
    figure.add_scatter(x=across, y=around, fill="toself", fillcolor=fill, mode="lines", line=edge, hoverinfo="skip")


def _shade(figure: go.Figure, first: pd.DataFrame, second: pd.DataFrame, colours: Palette) -> None:
    low = pd.concat([first["value"], second["value"]], axis=1).min(axis=1, skipna=False)
    high = pd.concat([first["value"], second["value"]], axis=1).max(axis=1, skipna=False)
    band(figure, list(range(len(low))), list(low), list(high), colours.band)


def end_labels(
    figure: go.Figure,
    ends: Sequence[tuple[float, float, str, str]],
    extent: tuple[float, float],
    height: int,
    colours: Palette,
) -> None:
    """Labels (x, y, text, colour) right of the lines' ends, moved apart where they would touch."""
    room = height - _TOP - _BOTTOM
    scale = room / ((extent[1] - extent[0]) or 1.0)
    ordered = sorted(ends, key=lambda end: (-end[1], end[2]))
    for (x, y, text, colour), placed in zip(ordered, _apart([end[1] * scale for end in ordered]), strict=True):
        wanted = y * scale
        safe_text = rows.bold(rows.fitted(text, 140, HEADER))
        colour = colours.muted if colour == colours.rest else colour  # the grey of marks is too light for text
        shift: rows.Place = {"xshift": 9, "xanchor": "left", "yshift": round(placed - wanted)}
        rows.note(figure, safe_text, colour=colour, x=x, y=y, **shift)


def _apart(wanted: Sequence[float]) -> list[float]:
    """Where labels stand that would like to be at these heights (pixels, falling): apart, and not below the axis."""
    placed: list[float] = []
    for height in wanted:
        placed.append(min(height, placed[-1] - _LABEL_STEP) if placed else height)
    least = min([0.0, *wanted])
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = max(placed[place], least)
        least = placed[place] + _LABEL_STEP
    return placed


def ring(figure: go.Figure, x: float, y: float, ink: str) -> None:
    """Around the point whose rows are listed."""
    marker = {"symbol": "circle-open", "size": 14, "color": ink, "opacity": 1, "line": {"width": 2}}
    figure.add_scatter(x=[x], y=[y], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False)


def _hover(label: str, period: str, row: pd.Series, kind: str, currency: str | None) -> str:
    if numbers.is_missing(row["value"]):
        return ""
    lines = [numbers.period(period), safe.for_plotly(numbers.shown(row["value"], kind, currency, unit=True))]
    if "low" in row and not numbers.is_missing(row["low"]):
        lines.append(safe.for_plotly(numbers.interval(row["low"], row["high"], kind, currency)))
    if "n" in row and not numbers.is_missing(row["n"]):
        lines.append(f"n = {numbers.count(row['n'])}")
    return rows.hover(label, *lines)


def sparkline(values: Sequence[float | None], *, target: bool = False, alarm: bool = False, mode: str = "light",
              height: int = 44) -> go.Figure:  # fmt: skip
    """A card's small line (13 points): grey, accent for a scope of target accounts only, red only as an alarm."""
    known = [None if value is None or numbers.is_missing(value) else float(value) for value in values]
    if not any(value is not None for value in known):
        raise ValueError("no values: leave the line away")
    colours = palette(mode)
    colour = colours.bad if alarm else colours.accent if target else colours.rest
    figure = go.Figure()
    figure.update_layout(template=template(mode), height=height, margin={"l": 2, "r": 2, "t": 4, "b": 4})
    figure.add_scatter(x=list(range(len(known))), y=known, mode="lines", line={"color": colour, "width": 2}, hoverinfo="skip", cliponaxis=False)  # fmt: skip # noqa: E501
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(showticklabels=False)
    return figure
