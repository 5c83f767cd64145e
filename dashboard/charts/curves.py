"""Curves over time since a start: what share has closed (Kaplan–Meier), and how cohorts develop."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.axes import round_ticks, tick_texts, value_axis
from dashboard.charts.heatmap import unfinished
from dashboard.charts.lines import band, end_labels, line_figure, ring
from dashboard.charts.theme import CLEAR, HEADER, Palette, palette, soft
from dashboard.text import numbers, safe, say, segment_name

_AGES_TO_TELL = 4
_CURVE_WIDTH, _LABEL_HEIGHT, _ALONG = 180, 14, 4  # pixels: the curves of a card on a narrow screen, a label, a step
_COHORT = re.compile(r"(\d{4})-(?:(\d{2})|Q([1-4]))")


def survival_curves(
    frame: pd.DataFrame,
    *,
    medians: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
    inks: Mapping[str, str] | None = None,
    until: float | None = None,
    told: str = "charts.survival.by",
    selected: tuple[str, float] | None = None,
    mode: str = "light",
    height: int = 250,
) -> go.Figure:
    """Share closed by days since the start, open ones counted as not yet closed; a step curve a segment with its band.

    `frame`: `segment`, `t` (days, ascending), `value` (share closed by then, 0 to 1), optional `low`, `high`, `n`
    (followed that long). `medians`: segment → median days for the labels (missing where never reached).
    `until`: last day drawn. `inks`: segment → "ink" or "rest" (default: by the segment's meaning). `told`: the words
    of a share and its days. `selected`: the point (segment, t) under a ring. Marks carry {"segment": …, "t": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", "t", "value")
    colours = palette(mode)
    kinds = sorted(frame["segment"].astype(str).unique(), key=lambda name: {"target": 0, "rest": 1}.get(name, 2))[:5]
    last = float(until if until is not None else frame["t"].max()) or 1.0
    shown = {name: _with_median(name, names, medians) for name in kinds}
    right = min(int(max(rows.text_width(label, HEADER) for label in shown.values())) + 24, 160)
    figure = line_figure(colours, height=height, right=right, bottom=28)
    value_axis(figure, 0, 1.02, colours, kind="percent", most=2, upright=True)
    ticks = round_ticks(0, last, 4, whole=True)
    figure.update_xaxes(range=[0, last], tickvals=ticks, ticktext=tick_texts(ticks, "days"))
    half = {"color": colours.muted, "width": 1, "dash": "3px,3px"}
    figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=0.5, y1=0.5, line=half, layer="between")
    ends = []
    for position, name in enumerate(kinds):
        curve = _from_zero(frame[frame["segment"].astype(str) == name], last)
        ink = str(getattr(colours, inks[name])) if inks and name in inks else colours.segment(name, position)
        if "low" in curve:
            band(figure, list(curve["t"]), list(curve["low"]), list(curve["high"]), soft(ink), shape="hv")
        _curve(figure, curve, name, (names or {}).get(name, segment_name(name)), ink, told)
        if selected and selected[0] == name:
            at = curve[curve["t"] <= selected[1]].iloc[-1]
            ring(figure, selected[1], float(at["value"]), ink)
        ends.append((last, float(curve["value"].iloc[-1]), shown[name], ink))
    end_labels(figure, ends, (0.0, 1.02), height, colours)
    return figure


def _with_median(name: str, names: Mapping[str, str] | None, medians: Mapping[str, float] | None) -> str:
    label = (names or {}).get(name, segment_name(name))
    median = (medians or {}).get(name)
    if medians is None:
        return label
    if numbers.is_missing(median):
        return say("charts.survival.no_median", name=label)
    return say("charts.survival.median", name=label, days=numbers.days(median))


def _from_zero(curve: pd.DataFrame, last: float) -> pd.DataFrame:
    """The curve from 0 at day 0, cut at `last` and carried on to it."""
    wanted = [name for name in ("t", "value", "low", "high", "n") if name in curve]
    own = curve[curve["t"] <= last][wanted].astype(float).sort_values("t", kind="stable")
    if own.empty or own["t"].iloc[0] > 0:
        start = pd.DataFrame([dict.fromkeys(wanted, 0.0)])
        if "n" in start:  # at first all of them are followed
            start["n"] = float(curve["n"].max())
        own = pd.concat([start, own], ignore_index=True) if len(own) else start
    if own["t"].iloc[-1] < last:
        unknown = {"n": float("nan")} if "n" in own else {}
        own = pd.concat([own, own.iloc[[-1]].assign(t=last, **unknown)], ignore_index=True)
    return own.reset_index(drop=True)


def _curve(figure: go.Figure, curve: pd.DataFrame, name: str, label: str, ink: str, told: str) -> None:
    hovers = []
    for _, row in curve.iterrows():
        days = numbers.days(row["t"], unit=True)
        lines = [safe.for_plotly(say(told, share=numbers.percent(row["value"]), days=days))]
        if "low" in row and not numbers.is_missing(row["low"]) and row["t"] > 0:
            span = numbers.interval(row["low"], row["high"], "percent")
            lines.append(safe.for_plotly(say("charts.dots.interval", interval=span)))
        if "n" in row and not numbers.is_missing(row["n"]):
            lines.append(safe.for_plotly(say("charts.cohorts.followed", n=numbers.count(row["n"]))))
        hovers.append(rows.hover(label, *lines))
    figure.add_scatter(
        x=list(curve["t"]),
        y=list(curve["value"]),
        mode="lines+markers",  # a line alone cannot be clicked
        marker={"size": 8, "color": CLEAR, "line": {"width": 0}},
        line={"color": ink, "width": 3 if name in ("target", "All") else 2, "shape": "hv"},
        customdata=[{"segment": name, "t": float(t)} for t in curve["t"]],
        hovertext=hovers,
        hoverinfo="text",
        name=safe.for_plotly(label),
    )


def pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Cohorts of months pooled by quarter, of quarters by year: columns `cohort`, `age`, `value`, `size`.

    At each age only where every cohort of the group has its complete cell; weighted by the cohorts' sizes. Cohorts of
    years, or fewer than four, stay as they are.
    """
    cells = frame[~unfinished(frame)].dropna(subset=["value"])
    names = [str(cohort) for cohort in cells["cohort"].unique()]
    groups = {name: group for name in names if (group := pooled_name(name)) is not None}
    if len(names) < 4 or len(groups) < len(names):
        return cells[["cohort", "age", "value", "size"]].reset_index(drop=True)
    cells = cells.assign(group=[groups[str(c)] for c in cells["cohort"]], weight=cells["value"] * cells["size"])
    members = cells.groupby("group")["cohort"].nunique()
    table = cells.groupby(["group", "age"]).agg(
        size=("size", "sum"), weight=("weight", "sum"), seen=("cohort", "nunique")
    )
    table = table.reset_index()
    table = table[table["seen"] == table["group"].map(members)]
    value = table["weight"] / table["size"].where(table["size"] > 0)
    return table.assign(cohort=table["group"], value=value)[["cohort", "age", "value", "size"]].reset_index(drop=True)


def pooled_name(cohort: str) -> str | None:
    """The larger unit that a cohort's label falls into; None for a year, and for no calendar unit."""
    found = _COHORT.fullmatch(cohort)
    if found is None:
        return None
    year, month, _ = found.groups()
    return f"{year}-Q{(int(month) + 2) // 3}" if month else year


def cohort_curves(
    frame: pd.DataFrame,
    *,
    subject: str | None = None,
    unit: str = "",
    most: int = 4,
    selected: tuple[str, int] | None = None,
    mode: str = "light",
    height: int = 330,
) -> go.Figure:
    """A line a (pooled) cohort over its age, the newest `most`; the subject (else the newest with four ages) in ink.

    `frame`: `cohort`, `age`, `value`, `size`. `unit`: the age's unit for the last tick, plural ("months").
    `selected`: the point (cohort, age) under a ring. Marks carry {"cohort": …, "age": …}. ValueError for an empty
    frame.
    """
    rows.require_rows(frame, "cohort", "age", "value", "size")
    rows.require_rows(frame.dropna(subset=["value"]))
    colours = palette(mode)
    cells = frame.dropna(subset=["value"]).sort_values(["cohort", "age"], kind="stable")
    ages = cells.groupby("cohort")["age"].nunique()
    cohorts = [str(name) for name in ages.index[ages > 1]] or [str(name) for name in ages.index]
    cohorts = cohorts[-most:]
    told = [name for name in cohorts if ages[name] >= _AGES_TO_TELL]
    chosen = subject if subject in cohorts else (told or cohorts)[-1]
    figure = line_figure(colours, height=height, right=92, bottom=28)
    drawn = cells[cells["cohort"].isin(cohorts)]
    end = float(drawn["value"].max()) * 1.08 or 1.0
    value_axis(figure, 0, end, colours, kind="percent", most=3, upright=True)
    last = max(float(drawn["age"].max()), 1.0)
    ticks = round_ticks(0, last, 4, whole=True)
    texts = [numbers.count(tick) for tick in ticks]
    texts[-1] = safe.for_plotly(f"{texts[-1]} {unit}".strip())
    figure.update_xaxes(range=[-0.02 * last, last], tickvals=ticks, ticktext=texts)
    _cohort_lines(figure, drawn, cohorts, str(chosen), colours)
    at = drawn[(drawn["cohort"] == selected[0]) & (drawn["age"] == selected[1])] if selected else drawn.iloc[:0]
    if selected and len(at):
        ring(figure, selected[1], float(at["value"].iloc[0]), colours.ink if selected[0] == chosen else colours.rest)
    _cohort_labels(figure, drawn, cohorts, str(chosen), last, (0.0, end), height, colours)
    return figure


def _cohort_lines(
    figure: go.Figure, cells: pd.DataFrame, cohorts: Sequence[str], subject: str, colours: Palette
) -> None:
    for name in cohorts:
        own = cells[cells["cohort"] == name]
        is_subject = str(name) == subject
        ink = colours.ink if is_subject else colours.rest
        sizes = [0] * (len(own) - 1) + [9]
        figure.add_scatter(
            x=[int(age) for age in own["age"]],
            y=[float(value) for value in own["value"]],
            mode="lines+markers",
            line={"color": ink, "width": 3 if is_subject else 2},
            marker={"size": sizes, "color": ink, "opacity": 1, "line": {"width": 0}},
            customdata=[{"cohort": str(name), "age": int(age)} for age in own["age"]],
            hovertext=[_cohort_hover(row) for _, row in own.iterrows()],
            hoverinfo="text",
            cliponaxis=False,
            name=safe.for_plotly(name),
        )


def _cohort_labels(
    figure: go.Figure,
    cells: pd.DataFrame,
    cohorts: Sequence[str],
    subject: str,
    last: float,
    extent: tuple[float, float],
    height: int,
    colours: Palette,
) -> None:
    """Right of the longest lines' ends; above and left of the others', where older lines pass on the right."""
    right: list[tuple[float, float, str, str]] = []
    taken: list[tuple[float, float, float]] = []
    scale = (_CURVE_WIDTH / (last or 1.0), (height - 52) / ((extent[1] - extent[0]) or 1.0))
    ends = {name: cells[cells["cohort"] == name].iloc[-1] for name in cohorts}
    points = [point for name in cohorts for point in _along(cells[cells["cohort"] == name], scale)]
    beside = [name for name, end in ends.items() if end["age"] >= last or end["age"] <= last * 0.2]
    for name in sorted(cohorts, key=lambda one: (one not in beside, one != subject)):
        end = ends[name]
        ink = colours.ink if name == subject else colours.muted
        label = numbers.period(name)
        x, y, width = float(end["age"]) * scale[0], float(end["value"]) * scale[1], rows.text_width(label, HEADER)
        if name in beside:
            right.append((float(end["age"]), float(end["value"]), label, ink))
            taken.append((x + 9 + width, y, width))
            continue
        shift = min((12, -14, 26, -28, 40, -42, 54, -56), key=lambda up: _covered(x - 7, y + up, width, taken, points))
        taken.append((x - 7, y + shift, width))
        at: rows.Place = {"x": float(end["age"]), "y": float(end["value"]), "xanchor": "right", "xshift": -7,
                          "yshift": shift, "bgcolor": soft(colours.background, 0.8), "borderpad": 0}  # fmt: skip
        rows.note(figure, rows.bold(label) if name == subject else label, colour=ink, **at)
    end_labels(figure, right, extent, height, colours)


def _along(own: pd.DataFrame, scale: tuple[float, float]) -> list[tuple[float, float]]:
    """Points in pixels along a cohort's line, a few pixels apart."""
    x, y = own["age"].to_numpy(dtype=float) * scale[0], own["value"].to_numpy(dtype=float) * scale[1]
    at = np.arange(x[0], x[-1] + _ALONG, _ALONG)
    return list(zip(at.tolist(), np.interp(at, x, y).tolist(), strict=True))


def _covered(
    right: float, middle: float, width: float, taken: Sequence[tuple[float, float, float]],
    points: Sequence[tuple[float, float]],
) -> int:  # fmt: skip
    """How much a label (right edge, middle, width in pixels) would lie over other labels, and over marks."""
    labels = sum(
        abs(middle - y) < _LABEL_HEIGHT and right - width < x + 4 and x - other < right + 4 for x, y, other in taken
    )
    marks = sum(abs(middle - y) < _LABEL_HEIGHT / 2 and right - width < x < right for x, y in points)
    return 100 * labels + marks


def _cohort_hover(row: pd.Series) -> str:
    value = safe.for_plotly(numbers.percent(row["value"]))
    return rows.hover(numbers.period(row["cohort"]), value, f"n = {numbers.count(row['size'])}")
