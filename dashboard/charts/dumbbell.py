"""Target against the rest over several measures: by how much better, and how sure that is."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import round_ticks
from dashboard.charts.theme import TICK, Palette, palette
from dashboard.text import numbers, safe, say, segment_name

_TICK_GAP = -3  # pixels between two texts of the axis, whose widths are over-estimated by about a tenth
_FURTHEST = 3.0  # +300 %: beyond it a line is cut at the edge rather than flattening all others


def target_dumbbell(
    frame: pd.DataFrame,
    *,
    currency: str | None = None,
    selected: str | None = None,
    mode: str = "light",
    height: int = 312,
) -> go.Figure:
    """One row a measure: the rest at zero, target at its relative difference, turned so that right is better.

    `frame`, one row a measure in the order to show: `metric` (key of the mark), `label`, `kind` (percent, money, days,
    count, ratio, score), `better` ("higher" or "lower"), `target`, `rest` (values), `difference`, `low`, `high`
    (target − rest and its 95 % interval, in the measure's own unit), `verdict` ("better", "worse", "no clear
    difference", "too few to say"), `n_target`, `n_rest`.
    Not clear: hollow dot and "unclear". Too few, or nothing to divide by: no dot. Marks carry {"metric": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "metric", "label", "kind", "target", "rest", "difference", "low", "high", "verdict")
    colours = palette(mode)
    table = frame.reset_index(drop=True).assign(**_relative(frame.reset_index(drop=True)))
    gutters = _columns(table, currency, colours)
    left, right = rows.gutter(list(table["label"]), 84, 136), rows.columns_width(gutters) + 12
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height, bottom=26)
    start, end = _extent(table)
    _axis(figure, start, end, max(rows.NARROW_HALF - left - right, 60), colours)
    if selected in set(table["metric"]):
        rows.row_band(figure, list(table["metric"]).index(selected), colours, left=left, right=right)
    _marks(figure, table, start, end, colours)
    rows.row_names(figure, list(table["label"]), colours, left=left)
    rows.value_columns(figure, gutters, colours, right=right)
    hovers = [_hover(row, currency) for _, row in table.iterrows()]
    rows.row_clicks(figure, [{"metric": str(name)} for name in table["metric"]], hovers, start=start, end=end)
    return figure


def _relative(table: pd.DataFrame) -> dict[str, pd.Series]:
    """`at`, `from`, `to`: difference and interval as shares of the rest's value, positive where target is better."""
    better = table["better"] if "better" in table else pd.Series("higher", index=table.index)
    sign = better.map(lambda word: -1.0 if word == "lower" else 1.0)
    base = pd.to_numeric(table["rest"]).abs()
    base = base.where(base > 0)
    parts = {name: pd.to_numeric(table[name]) * sign / base for name in ("difference", "low", "high")}
    usable = table["verdict"] != "too few to say"
    ends = pd.DataFrame({"low": parts["low"], "high": parts["high"]})
    return {
        "at": parts["difference"].where(usable),
        "from": ends.min(axis=1, skipna=False).where(usable),
        "to": ends.max(axis=1, skipna=False).where(usable),
    }


def _extent(table: pd.DataFrame) -> tuple[float, float]:
    values = pd.concat([table["at"], table["from"], table["to"]]).dropna()
    if values.empty:
        return -0.1, 1.0
    start = max(min(float(values.min()), 0.0), -_FURTHEST)
    end = min(max(float(values.max()), 0.0), _FURTHEST)
    pad = max(end - start, 0.2) * 0.06
    return start - pad, end + pad


def _tick_words(tick: float) -> str:
    return say("charts.dumbbell.same") if tick == 0 else numbers.signed_percent(tick)


def _apart(candidates: list[float], span: float, room: int) -> list[float]:
    """Zero first, then the furthest, and of the others those whose words do not touch."""
    ticks: list[float] = []
    for tick in sorted(candidates, key=lambda t: (t != 0, -abs(t))):
        width = rows.text_width(_tick_words(tick), TICK)
        gaps = [abs(tick - other) / span * room - (rows.text_width(_tick_words(other), TICK) + width) / 2
                for other in ticks]  # fmt: skip
        if all(gap > _TICK_GAP for gap in gaps):
            ticks.append(tick)
    return ticks


def _axis(figure: go.Figure, start: float, end: float, room: int, colours: Palette) -> None:
    """Round values with "same" at zero; those are left away that would touch a neighbour in `room` pixels.

    Where only zero would be left, smaller steps have a value further out that has room.
    """
    kept = [_apart(round_ticks(start, end, most), end - start, room) for most in (2, 4, 8)]
    ticks = sorted(next((found for found in kept if len(found) > 1), kept[0]))
    texts = [safe.for_plotly(_tick_words(tick)) for tick in ticks]
    figure.update_xaxes(range=[start, end], tickvals=ticks, ticktext=texts, showticklabels=True, showgrid=True)
    zero = {"color": colours.rest, "width": 1.5}
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line=zero, layer="between")


def _marks(figure: go.Figure, table: pd.DataFrame, start: float, end: float, colours: Palette) -> None:
    drawn = [row for row in range(len(table)) if not numbers.is_missing(table["at"].iloc[row])]
    for row in drawn:
        at, low, high = (min(max(float(table[name].iloc[row]), start), end) for name in ("at", "from", "to"))
        backing = {"color": colours.accent_soft, "width": 6}
        figure.add_shape(type="line", x0=0, x1=at, y0=row, y1=row, line=backing, layer="between")
        if not numbers.is_missing(table["from"].iloc[row]):
            line = {"color": colours.accent, "width": 2}
            figure.add_shape(type="line", x0=low, x1=high, y0=row, y1=row, line=line, layer="between")
    _dots(figure, [0.0] * len(drawn), drawn, [colours.background] * len(drawn), colours.rest, 10)
    sure = [table["verdict"].iloc[row] in ("better", "worse") for row in drawn]
    fills = [colours.accent if is_sure else colours.background for is_sure in sure]
    _dots(
        figure, [min(max(float(table["at"].iloc[row]), start), end) for row in drawn], drawn, fills, colours.accent, 13
    )


def _dots(figure: go.Figure, x: list[float], y: list[int], fills: list[str], line: str, size: int) -> None:
    marker = {"size": size, "color": fills, "line": {"width": 2.2, "color": line}, "opacity": 1}
    figure.add_scatter(x=x, y=y, mode="markers", marker=marker, cliponaxis=False, hoverinfo="skip")


def _columns(table: pd.DataFrame, currency: str | None, colours: Palette) -> list[rows.Column]:
    def cells(name: str) -> list[str]:
        return [safe.for_plotly(_side(row, name, currency)) for _, row in table.iterrows()]

    by = [_better_by(row, currency) for _, row in table.iterrows()]
    inks = [colours.text if row["verdict"] in ("better", "worse") else colours.muted for _, row in table.iterrows()]
    by = [rows.bold(text) if ink == colours.text else text for text, ink in zip(by, inks, strict=True)]
    target = rows.Column(segment_name("target"), cells("target"), 54, colours.accent, bold=True, coloured_title=True)
    return [
        target,
        rows.Column(segment_name("rest"), cells("rest"), width=52),
        rows.Column(say("charts.dumbbell.better_by"), by, width=62, cell_colours=inks),
    ]


def _side(row: pd.Series, name: str, currency: str | None) -> str:
    """One side's value; a rate of fewer than five as "3 of 4"."""
    n = row.get(f"n_{name}")
    if row["kind"] == "percent" and not numbers.is_missing(n) and not numbers.is_missing(row[name]):
        return numbers.rate(row[name], round(float(row[name]) * float(n or 0)), n)
    return numbers.shown(row[name], row["kind"], currency)


def _better_by(row: pd.Series, currency: str | None) -> str:
    if row["verdict"] == "too few to say":
        return safe.for_plotly(say("charts.dumbbell.too_few"))
    if row["verdict"] not in ("better", "worse"):
        return (
            numbers.MISSING
            if numbers.is_missing(row["difference"])
            else safe.for_plotly(say("charts.dumbbell.unclear"))
        )
    if numbers.is_missing(row["at"]):  # nothing to divide by: the rest is at 0
        return safe.for_plotly(numbers.difference(row["difference"], row["kind"], currency))
    return safe.for_plotly(numbers.signed_percent(row["at"]))


def _hover(row: pd.Series, currency: str | None) -> str:
    kind = row["kind"]
    lines = []
    for name in ("target", "rest"):
        n = row.get(f"n_{name}")
        shown = numbers.days(row[name], unit=True) if kind == "days" else _side(row, name, currency)
        tail = "" if numbers.is_missing(n) else f", n = {numbers.count(n)}"
        lines.append(safe.for_plotly(f"{segment_name(name)} {shown}{tail}"))
    if not numbers.is_missing(row["at"]):
        gap = numbers.difference(row["difference"], kind, currency)
        lines.append(safe.for_plotly(say("charts.dumbbell.difference", difference=gap)))
        if not numbers.is_missing(row["low"]):
            span = numbers.interval(row["low"], row["high"], kind, currency)
            lines.append(safe.for_plotly(say("charts.dots.interval", interval=span)))
    return rows.hover(row["label"], *lines)
