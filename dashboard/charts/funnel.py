"""Funnels: how many reached each step, where they are lost, target beside the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import HEADER, VALUE, Palette, palette
from dashboard.text import numbers, safe, say, segment_name

_LABEL_ROOM = 54
_MOST_PITCH, _MOST_BAR = 104, 38  # pixels: a row of a pipeline of three stages, and the bar in it


def funnel(
    frame: pd.DataFrame,
    *,
    whole: pd.DataFrame | None = None,
    key: str = "stage",
    names: dict[str, str] | None = None,
    unit: str = "",
    highlight: str | None = None,
    selected: str | None = None,
    columns: Sequence[str] = ("step", "segments", "overall", "days"),
    mode: str = "light",
    height: int = 330,
) -> go.Figure:
    """Lying bars, one row a step in the frame's order, split by `segment` where the frame has several.

    `frame`: columns `segment`, the key (`stage` or `step`), `value` (how many reached it); optional `step_rate`,
    `overall_rate`, `median_days`. `whole`: the same answer without the split; where absent and the frame is split,
    totals are the sums over segments and no days are shown.
    `names`: step → label. `unit`: plural noun for the header ("deals"). `highlight`: the step whose drop-off is
    named in red. `selected`: the step under the soft band. `columns`: which value columns, of "step", "segments",
    "overall", "days"; columns without data are left away.
    Marks carry {key: step}. ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", key, "value")
    colours = palette(mode)
    frame, whole = _keyed(frame, key), None if whole is None else _keyed(whole, key)
    table = _totals(frame, whole, key)
    reached = frame.pivot_table(index=key, columns="segment", values="value", sort=False, aggfunc="sum").fillna(0)
    reached = _at_most_four(reached.reindex(table.index).fillna(0))
    labels = [(names or {}).get(str(step), str(step)) for step in table.index]
    gutters = _value_columns(table, frame, key, list(reached.columns), columns, colours, highlight)
    left, right = rows.gutter(labels), rows.columns_width(gutters) + _LABEL_ROOM
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height, most_pitch=_MOST_PITCH)
    end = max(float(table["value"].max()), 1.0)
    figure.update_xaxes(range=[0, end])
    if selected in table.index:
        rows.row_band(figure, list(table.index).index(selected), colours, left=left, right=right)
    _bars(figure, reached, table, colours, highlight, min(0.56, _MOST_BAR / rows.pitch(figure, len(table))))
    area = (rows.NARROW_CARD if len(gutters) > 3 else rows.NARROW_HALF) - left - right
    _bar_labels(figure, table, colours, highlight, max(area, 40))
    rows.row_names(figure, labels, colours, left=left, strong=[step == highlight for step in table.index])
    rows.header(figure, _legend(reached, unit, colours), colours)
    rows.value_columns(figure, gutters, colours, right=right)
    hovers = [
        _hover(label, row, parts, unit)
        for label, (_, row), (_, parts) in zip(labels, table.iterrows(), reached.iterrows(), strict=True)
    ]
    rows.row_clicks(figure, [{key: str(step)} for step in table.index], hovers, start=0, end=end)
    return figure


def _keyed(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame.assign(**{key: frame[key].fillna("(none)").astype(str)})


def _totals(frame: pd.DataFrame, whole: pd.DataFrame | None, key: str) -> pd.DataFrame:
    """One row a step: value, step_rate, overall_rate and, where known, median_days."""
    source = frame if whole is None or whole.empty else whole
    single = source["segment"].nunique() == 1 and source[key].is_unique
    table = source.groupby(key, sort=False, dropna=False)[["value"]].sum()
    before = table["value"].shift()
    table["before"] = before
    table["step_rate"] = table["value"] / before.where(before > 0)
    first = table["value"].iloc[0]
    table["overall_rate"] = table["value"] / first if first else float("nan")
    if single:
        known = source.set_index(key)
        for name in ("step_rate", "overall_rate", "median_days"):
            if name in known.columns:
                table[name] = pd.to_numeric(known[name]).reindex(table.index)
    return table


def _at_most_four(reached: pd.DataFrame) -> pd.DataFrame:
    """Target before the rest; beyond four segments the smallest together as "Other"."""
    order = {"target": -2, "rest": -1}
    first = reached.iloc[0].to_dict()
    columns = sorted(reached.columns, key=lambda name: (order.get(str(name), 0), -float(first[name])))
    reached = reached[columns]
    if len(columns) <= 4:
        return reached
    return reached[columns[:4]].assign(Other=reached[columns[4:]].sum(axis=1))


def _bars(
    figure: go.Figure, reached: pd.DataFrame, table: pd.DataFrame, colours: Palette, highlight: str | None,
    width: float,
) -> None:  # fmt: skip
    base = pd.Series(0.0, index=reached.index)
    several = len(reached.columns) > 1
    for position, segment in enumerate(reached.columns):
        fill: str | list[str] = colours.segment(segment, position)
        if not several and highlight is not None:
            fill = [colours.ink if step == highlight else colours.rest for step in table.index]
        figure.add_bar(
            x=reached[segment].tolist(),
            base=base.tolist(),
            y=list(range(len(reached))),
            width=width,
            orientation="h",
            marker={
                "color": fill,
                "line": {"width": 1.5 if several else 0, "color": colours.background},
                "cornerradius": 0 if several else 2,
            },
            hoverinfo="skip",
            name=safe.for_plotly(segment),
        )
        base = base + reached[segment]


def _bar_labels(figure: go.Figure, table: pd.DataFrame, colours: Palette, highlight: str | None, area: float) -> None:
    for position, (step, row) in enumerate(table.iterrows()):
        label = numbers.count(row["value"])
        at: rows.Place = {"x": float(row["value"]), "xanchor": "left", "y": position}
        rows.note(figure, rows.bold(label), colour=colours.text, size=VALUE, xshift=8, **at)
        if step == highlight and position and row["before"] > row["value"]:
            shift = 16 + rows.text_width(label, VALUE)
            free = area + _LABEL_ROOM - shift - area * float(row["value"]) / float(table["value"].max())
            lost = _lost(row["before"] - row["value"], free)
            rows.note(figure, safe.for_plotly(lost), colour=colours.bad, xshift=shift, **at)


def _lost(count: float, free: float) -> str:
    """How many are not at this step, in as many words as there is room for."""
    words = say("charts.funnel.not_here_yet", count=numbers.count(count))
    short = f"{numbers.MINUS}{numbers.count(count)}"
    return next((text for text in (words, short) if rows.text_width(text, HEADER) <= free), "")


def _value_columns(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    key: str,
    segments: list[object],
    wanted: Sequence[str],
    colours: Palette,
    highlight: str | None,
) -> list[rows.Column]:
    found: list[rows.Column] = []
    two = [name for name in ("target", "rest") if name in segments]
    if "step" in wanted:
        ink = [colours.bad if step == highlight else colours.text for step in table.index]
        cells = [_rate(row["step_rate"], row["value"], row["before"]) for _, row in table.iterrows()]
        found.append(rows.Column(say("charts.funnel.step"), cells, bold=True, cell_colours=ink))
    if "segments" in wanted:
        for name in two:
            found.append(_segment_column(frame, table, key, name, colours))
    if "overall" in wanted:
        cells = [""] + [
            _rate(row["overall_rate"], row["value"], table["value"].iloc[0]) for _, row in table.iloc[1:].iterrows()
        ]
        found.append(rows.Column(say("charts.funnel.overall"), cells, width=56))
    if "days" in wanted and "median_days" in table and table["median_days"].notna().any():
        cells = ["" if numbers.is_missing(value) else numbers.days(value) for value in table["median_days"]]
        found.append(rows.Column(say("charts.funnel.days"), cells, width=44))
    return found


def _segment_column(frame: pd.DataFrame, table: pd.DataFrame, key: str, name: str, colours: Palette) -> rows.Column:
    own = frame[frame["segment"] == name].groupby(key, sort=False)["value"].sum().reindex(table.index).fillna(0)
    cells = [_rate(now / before if before else None, now, before) for now, before in zip(own, own.shift(), strict=True)]
    title = safe.for_plotly(segment_name(name))
    ink = colours.accent if name == "target" else colours.muted
    return rows.Column(title, cells, width=50, colour=ink, coloured_title=True)


def _rate(value: object, numerator: object, denominator: object) -> str:
    """The step's rate; nothing in the first row, which has no step before it."""
    if numbers.is_missing(denominator):
        return ""
    return safe.for_plotly(numbers.rate(value, numerator, denominator))


def _legend(reached: pd.DataFrame, unit: str, colours: Palette) -> str:
    named = [(str(name), colours.segment(name, position)) for position, name in enumerate(reached.columns)]
    if [name for name, _ in named] == ["target", "rest"]:
        rest = say("charts.funnel.and_rest" if unit else "charts.funnel.and_rest_bare", unit=unit)
        target = f"<span style='color:{colours.accent};font-weight:600'>{say('segments.target')}</span>"
        return target + safe.for_plotly(numbers.NBSP + rest)
    if len(named) == 1:
        return safe.for_plotly(unit[:1].upper() + unit[1:])
    inks = [
        colours.muted if ink == colours.rest else ink for _, ink in named
    ]  # the grey of marks is too light for text
    parts = [
        f"<span style='color:{ink};font-weight:600'>{rows.fitted(name, 110, HEADER)}</span>"
        for (name, _), ink in zip(named, inks, strict=True)
    ]
    return "  ".join(parts)


def _hover(label: str, row: pd.Series, parts: pd.Series, unit: str) -> str:
    lines = [safe.for_plotly(f"{numbers.count(row['value'])} {unit}".strip())]
    if not numbers.is_missing(row["before"]):
        rate = numbers.rate(row["step_rate"], row["value"], row["before"])
        lines.append(
            safe.for_plotly(say("charts.funnel.of_step_before", rate=rate, count=numbers.count(row["before"])))
        )
    if len(parts) > 1:
        lines += [safe.for_plotly(f"{segment_name(name)}: {numbers.count(value)}") for name, value in parts.items()]
    return rows.hover(label, *lines)
