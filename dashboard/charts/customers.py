"""Customers: what became of their revenue, who left when, and what a new one cost by kind of spend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import rounded_end, value_axis
from dashboard.charts.lines import line_figure
from dashboard.charts.theme import CLEAR, HEADER, TICK, VALUE, Palette, palette
from dashboard.text import numbers, safe, say

SIGNS = {"start": 0, "new": 1, "expansion": 1, "contraction": -1, "lost": -1, "end": 0}
"""The steps of the bridge in their order: what each does to the revenue, 0 for how much there is."""
_MOST_LABELS = 13
_HEADROOM = 1.14
"""Room above the longest interval for its rate, as a share of it."""
_FOOTROOM = 0.04
"""Room below zero for half a dot, as a share of the axis."""
_LEGEND = 18


def revenue_bridge(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
    currency: str | None = None,
    selected: str | None = None,
    mode: str = "light",
    height: int = 262,
) -> go.Figure:
    """From the revenue at the start to that at the end: what came, what went. Totals in ink, changes in grey.

    `frame`: `step` (those of SIGNS, in order), `value` (sizes, never negative). `names`: step → words. `columns`:
    title → cells, one a step. A hairline leads from each bar to the next. Marks carry {"step": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "step", "value")
    colours = palette(mode)
    steps = [str(step) for step in frame["step"]]
    sizes = [0.0 if numbers.is_missing(size) else abs(float(size)) for size in frame["value"]]
    bases, levels = _levels(steps, sizes)
    beside = [rows.Column(safe.for_plotly(title), [safe.for_plotly(cell) for cell in cells])
              for title, cells in columns.items()]  # fmt: skip
    labels = [names[step] for step in steps]
    left, right = rows.gutter(labels, high=190), rows.columns_width(beside) + 92
    figure = rows.row_figure(len(steps), colours, left=left, right=right, height=height)
    end = max([*(base + size for base, size in zip(bases, sizes, strict=True)), 1e-9])
    figure.update_xaxes(range=[0, end])
    if selected in steps:
        rows.row_band(figure, steps.index(str(selected)), colours, left=left, right=right)
    fills = [colours.rest if SIGNS[step] else colours.ink for step in steps]
    figure.add_bar(
        x=sizes, base=bases, y=list(range(len(steps))), width=0.56, orientation="h", hoverinfo="skip", name="steps",
        marker={"color": fills, "line": {"width": 0}, "cornerradius": 2},
    )  # fmt: skip
    for row, level in enumerate(levels[:-1]):
        line = {"color": colours.muted, "width": 1}
        figure.add_shape(type="line", x0=level, x1=level, y0=row + 0.28, y1=row + 0.72, line=line, layer="below")
    texts = [_signed(step, size, currency) for step, size in zip(steps, sizes, strict=True)]
    for row, text in enumerate(texts):
        at: rows.Place = {"x": bases[row] + sizes[row], "xanchor": "left", "xshift": 8, "y": row}
        rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    rows.row_names(figure, labels, colours, left=left, strong=[not SIGNS[step] for step in steps])
    rows.value_columns(figure, beside, colours, right=right)
    hovers = [rows.hover(labels[row], texts[row], *(f"{c.title} {c.cells[row]}" for c in beside if c.cells[row]))
              for row in range(len(steps))]  # fmt: skip
    rows.row_clicks(figure, [{"step": step} for step in steps], hovers, start=0, end=end)
    return figure


def _levels(steps: Sequence[str], sizes: Sequence[float]) -> tuple[list[float], list[float]]:
    """Where each bar begins, and how much revenue there is after its step."""
    bases, levels, level = [], [], 0.0
    for step, size in zip(steps, sizes, strict=True):
        sign = SIGNS[step]
        bases.append(0.0 if not sign else max(level if sign > 0 else level - size, 0.0))
        level = size if not sign else level + sign * size
        levels.append(level)
    return bases, levels


def _signed(step: str, size: float, currency: str | None) -> str:
    sign = {1: "+", -1: numbers.MINUS}.get(SIGNS[step], "") if size else ""
    return safe.for_plotly(sign + numbers.money(size, currency))


def churn_marks(
    frame: pd.DataFrame, *, selected: str | None = None, mode: str = "light", height: int = 262
) -> go.Figure:
    """A dot a period at its churn with its interval, hollow below 30 customers or while the period runs; the churn of
    revenue as a grey dash beside it.

    `frame`: `period` (labels in order), `value`, `low`, `high`, `n`, `gone`, `revenue_churn`, `running`. Marks carry
    {"period": …}. ValueError for an empty frame.
    """
    rows.require_rows(frame, "period", "value", "n")
    known = frame.dropna(subset=["value"]).reset_index(drop=True)
    rows.require_rows(known)
    colours = palette(mode)
    figure = line_figure(colours, height=height, right=18)
    figure.update_layout(margin={"t": rows.HEADER_HEIGHT})
    top = max(float(known[name].max()) for name in ("value", "high", "revenue_churn") if known[name].notna().any())
    end = rounded_end(max(top * _HEADROOM, 0.005)) or 1.0
    value_axis(figure, -_FOOTROOM * end, end, colours, kind="percent", upright=True)
    places = list(range(len(known)))
    _period_ticks(figure, list(known["period"]))
    if selected in set(known["period"]):
        at = list(known["period"]).index(selected)
        figure.add_shape(type="rect", x0=at - 0.5, x1=at + 0.5, y0=0, y1=1, yref="paper", fillcolor=colours.band,
                         line={"width": 0}, layer="below")  # fmt: skip
    for place, (_, row) in zip(places, known.iterrows(), strict=True):
        if not numbers.is_missing(row["low"]):
            line = {"color": colours.rest, "width": 2}
            figure.add_shape(type="line", x0=place, x1=place, y0=row["low"], y1=row["high"], line=line, layer="between")
    beside = known["revenue_churn"].notna()
    figure.add_scatter(
        x=[place for place in places if beside[place]], y=known.loc[beside, "revenue_churn"].tolist(), mode="markers",
        marker={"symbol": "line-ew", "size": 16, "color": colours.rest, "opacity": 1,
                "line": {"width": 3, "color": colours.rest}}, hoverinfo="skip", cliponaxis=False, name="revenue",
    )  # fmt: skip
    hollow = (known["n"] < numbers.SMALL) | known["running"].astype(bool)
    figure.add_scatter(
        x=places, y=known["value"].astype(float).tolist(), mode="markers", cliponaxis=False, hoverinfo="skip",
        marker={"size": 11, "color": [colours.background if empty else colours.ink for empty in hollow],
                "line": {"width": 2, "color": colours.ink}, "opacity": 1}, name="customers",
    )  # fmt: skip
    _churn_labels(figure, known, end, height, colours)
    figure.add_bar(
        x=places, y=[end] * len(places), width=1.0, marker={"color": CLEAR, "line": {"width": 0}}, name="rows",
        customdata=[{"period": str(period)} for period in known["period"]],
        hovertext=[_churn_hover(row) for _, row in known.iterrows()], hoverinfo="text",
    )  # fmt: skip
    gone, revenue = safe.for_plotly(say("charts.churn.customers")), safe.for_plotly(say("charts.churn.revenue"))
    dot, dash = f"<span style='color:{colours.ink}'>●</span>", f"<span style='color:{colours.rest}'>▬</span>"
    legend = f"{dot} {gone}   {dash} {revenue}"
    rows.header(figure, legend, colours, shift=-40)
    return figure


def _period_ticks(figure: go.Figure, labels: Sequence[str]) -> None:
    """A short name under at most twelve periods, the year under the first of each."""
    step = -(-len(labels) // 12)
    ticks = list(range((len(labels) - 1) % step, len(labels), step))
    texts, year = [], ""
    for tick in ticks:
        short, own = safe.for_plotly(numbers.period(labels[tick], short=True)), labels[tick].partition("-")[0]
        texts.append(f"{short}<br>{own}" if own not in (short, year) else short)
        year = own
    figure.update_xaxes(range=[-0.5, len(labels) - 0.5], tickvals=ticks, ticktext=texts)


def _churn_labels(figure: go.Figure, known: pd.DataFrame, end: float, height: int, colours: Palette) -> None:
    """The rates above their own dots, where there is room for them; above the churn of revenue only where that is in
    their way."""
    if len(known) > _MOST_LABELS:
        return
    pixel = end / (height - rows.HEADER_HEIGHT - 40)
    for place, (_, row) in enumerate(known.iterrows()):
        text = safe.for_plotly(numbers.fine_rate(row["value"], row["gone"], row["n"]))
        top, low = float(row["value"]) + 7 * pixel, -pixel
        if not numbers.is_missing(row["high"]):
            top = max(top, float(row["high"]))
        if not numbers.is_missing(row["revenue_churn"]) and top + low <= float(row["revenue_churn"]) < top + 19 * pixel:
            top = float(row["revenue_churn"]) + 2 * pixel
        at: rows.Place = {"x": place, "y": min(top, end), "xanchor": "center", "yshift": 9}
        rows.note(figure, rows.bold(text), colour=colours.text, size=TICK, **at)


def _churn_hover(row: pd.Series) -> str:
    lines = [say("charts.churn.gone", share=numbers.fine_rate(row["value"], row["gone"], row["n"]),
                 gone=numbers.count(row["gone"]), of=numbers.count(row["n"]))]  # fmt: skip
    if not numbers.is_missing(row["low"]):
        span = numbers.interval(row["low"], row["high"], "percent")
        lines.append(say("charts.dots.interval", interval=span))
    if not numbers.is_missing(row["revenue_churn"]):
        lines.append(say("charts.churn.revenue_share", share=numbers.percent(row["revenue_churn"])))
    if row["running"]:
        lines.append(say("charts.churn.running"))
    return rows.hover(numbers.period(row["period"]), *(safe.for_plotly(line) for line in lines))


def cost_bars(
    frame: pd.DataFrame,
    *,
    key: str,
    names: Mapping[str, str],
    parts: Mapping[str, str],
    texts: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    selected: str | None = None,
    mode: str = "light",
    height: int = 262,
) -> go.Figure:
    """A bar a row, put together from the parts of its cost; the whole in words at its end, further columns beside.

    `frame`: `key` and a column a part (missing: none of it). `parts`: column → words, "abm" in the accent, "other" in
    grey, any further one soft. `texts`: the whole in words, a row each. Marks carry {key: value}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, key, *parts)
    colours = palette(mode)
    keys = [str(name) for name in frame[key]]
    labels = [names.get(name, name) for name in keys]
    shown = [safe.for_plotly(text) for text in texts]
    beside = [rows.Column(safe.for_plotly(title), [safe.for_plotly(cell) for cell in cells])
              for title, cells in columns.items()]  # fmt: skip
    room = int(max(rows.text_width(text, VALUE) for text in shown)) + 20
    left, right = rows.gutter(labels), rows.columns_width(beside) + room
    figure = rows.row_figure(len(frame), colours, left=left, right=right, height=height)
    figure.update_layout(height=figure.layout.height + _LEGEND, margin={"t": rows.HEADER_HEIGHT + _LEGEND})
    starts = [0.0] * len(frame)
    fills = {part: _fill_of(part, colours) for part in parts}
    for part, words in parts.items():
        lengths = [float(x) for x in pd.to_numeric(frame[part]).fillna(0.0)]
        figure.add_bar(
            x=lengths, base=list(starts), y=list(range(len(frame))), width=0.56, orientation="h", hoverinfo="skip",
            name=safe.for_plotly(words),
            marker={"color": fills[part], "line": {"width": 1.5, "color": colours.background}},
        )  # fmt: skip
        starts = [start + length for start, length in zip(starts, lengths, strict=True)]
    end = max([*starts, 1e-9])
    figure.update_xaxes(range=[0, end])
    if selected in keys:
        rows.row_band(figure, keys.index(str(selected)), colours, left=left, right=right)
    for row, text in enumerate(shown):
        at: rows.Place = {"x": starts[row], "xanchor": "left", "xshift": 8, "y": row}
        rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    legend = "   ".join(f"<span style='color:{fills[part]}'>■</span> {safe.for_plotly(words)}"
                        for part, words in parts.items())  # fmt: skip
    top: rows.Place = {"x": 0, "xref": "paper", "xshift": 4 - left, "y": 1, "yref": "paper", "yshift": 13 + _LEGEND}
    rows.note(figure, legend, colour=colours.muted, size=HEADER, xanchor="left", **top)
    rows.row_names(figure, labels, colours, left=left)
    rows.value_columns(figure, beside, colours, right=right)
    hovers = [
        rows.hover(labels[row], shown[row], *_parts_of(frame.iloc[row], parts, texts[row]),
                   *(f"{c.title} {c.cells[row]}" for c in beside if c.cells[row]))
        for row in range(len(frame))
    ]  # fmt: skip
    rows.row_clicks(figure, [{key: name} for name in keys], hovers, start=0, end=end)
    return figure


def _fill_of(part: str, colours: Palette) -> str:
    """The accent for ABM, which is of target accounts; grey for the other, soft for what nobody has allocated."""
    return {"abm": colours.accent, "other": colours.rest}.get(part, colours.rest_soft)


def _parts_of(row: pd.Series, parts: Mapping[str, str], whole: str) -> list[str]:
    """How the cost divides; nothing where there is none."""
    known = {words: float(row[part]) for part, words in parts.items() if not numbers.is_missing(row[part])}
    total = sum(known.values())
    if total <= 0 or whole == numbers.MISSING:
        return []
    return [safe.for_plotly(f"{words} {numbers.percent(size / total)}") for words, size in known.items() if size]
