"""Plain lying bars: shares of a whole, and the pipeline from one date to the next."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import VALUE, palette, template
from dashboard.text import numbers, safe, say, segment_name


def share_bars(
    frame: pd.DataFrame,
    *,
    key: str = "reason",
    length: str = "deals",
    share: str = "value",
    kind: str = "count",
    currency: str | None = None,
    names: Mapping[str, str] | None = None,
    highlight: str | None = None,
    selected: str | None = None,
    limit: int = 9,
    mode: str = "light",
    height: int = 250,
) -> go.Figure:
    """A bar a row of `length`, largest first, its `share` in a column; in ink the one row that the title speaks of.

    `frame`: the key, `length`, `share`; one row a key. `kind`: what the length is (count or money). Beyond `limit`
    rows the smallest stand together as "Other", which cannot be clicked. Marks carry {key: value}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, key, length, share)
    colours = palette(mode)
    table = _largest(frame, key, length, share, limit)
    labels = [(names or {}).get(str(name), segment_name(name)) for name in table[key]]
    shares = [safe.for_plotly(numbers.percent(value)) for value in table[share]]
    column = rows.Column("", shares, width=50)
    left, right = rows.gutter(labels), rows.columns_width([column]) + (46 if kind == "count" else 70)
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height, header=False)
    end = max(float(table[length].max()), 1.0)
    figure.update_xaxes(range=[0, end])
    if selected in set(table[key]):
        rows.row_band(figure, list(table[key]).index(selected), colours, left=left, right=right)
    strong = [name == highlight for name in table[key]]
    fills = [colours.ink if is_strong else colours.rest for is_strong in strong]
    fills = [fill if own else colours.rest_soft for fill, own in zip(fills, table["_own"], strict=True)]
    _bars(figure, list(table[length]), [0.0] * len(table), fills)
    texts = [safe.for_plotly(numbers.shown(value, kind, currency)) for value in table[length]]
    for row, (value, text) in enumerate(zip(table[length], texts, strict=True)):
        at: rows.Place = {"x": float(value), "xanchor": "left", "xshift": 8, "y": row}
        rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    rows.row_names(figure, labels, colours, left=left, strong=strong)
    rows.value_columns(figure, [column], colours, right=right)
    whole = table[table["_own"]]
    hovers = [rows.hover(labels[row], texts[row], shares[row]) for row in whole.index]
    rows.row_clicks(figure, [{key: str(name)} for name in whole[key]], hovers, start=0, end=end)
    return figure


def _largest(frame: pd.DataFrame, key: str, length: str, share: str, limit: int) -> pd.DataFrame:
    table = frame[[key, length, share]].copy()
    table[length] = pd.to_numeric(table[length]).fillna(0.0)
    table = table.sort_values(length, ascending=False, kind="stable").reset_index(drop=True).assign(_own=True)
    if len(table) <= limit:
        return table
    tail = table.iloc[limit - 1 :]
    other = {key: "Other", length: tail[length].sum(), share: tail[share].sum(), "_own": False}
    return pd.concat([table.iloc[: limit - 1], pd.DataFrame([other])], ignore_index=True)


def _bars(figure: go.Figure, lengths: list[float], bases: list[float], fills: list[str]) -> None:
    figure.add_bar(
        x=lengths,
        base=bases,
        y=list(range(len(lengths))),
        width=0.62,
        orientation="h",
        marker={"color": fills, "line": {"width": 0}, "cornerradius": 2},
        hoverinfo="skip",
    )


def bridge(
    frame: pd.DataFrame,
    *,
    value: str = "amount",
    kind: str = "money",
    currency: str | None = None,
    unit: str = "",
    mode: str = "light",
    height: int = 262,
) -> go.Figure:
    """From what was open at the start to what is open at the end: what came, what left; totals in ink, changes in grey.

    `frame`: `step` (open_at_start, created, won, lost, no_decision, open_at_end; others as they stand), the `value`
    column (as positive sizes; won, lost and no_decision are taken away), `n`. Marks carry {"step": …}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "step", value)
    colours = palette(mode)
    sizes = [0.0 if numbers.is_missing(size) else abs(float(size)) for size in frame[value]]
    steps = [str(step) for step in frame["step"]]
    bases, level = [], 0.0
    for step, size in zip(steps, sizes, strict=True):
        if step.startswith("open_at"):
            bases.append(0.0)
            level = size
        elif step in ("won", "lost", "no_decision"):
            level -= size
            bases.append(level)
        else:
            bases.append(level)
            level += size
    labels = [say(f"steps.{step}") for step in steps]
    counts = [numbers.count(n) for n in frame["n"]] if "n" in frame else [""] * len(steps)
    column = rows.Column(safe.for_plotly(unit), counts, width=60)
    left, right = rows.gutter(labels), rows.columns_width([column]) + 84
    figure = rows.row_figure(len(steps), colours, left=left, right=right, height=height)
    end = max([base + size for base, size in zip(bases, sizes, strict=True)] + [1.0])
    figure.update_xaxes(range=[min(0.0, *bases), end])
    fills = [colours.ink if step.startswith("open_at") else colours.rest for step in steps]
    _bars(figure, sizes, bases, fills)
    texts = [_change(step, size, kind, currency) for step, size in zip(steps, sizes, strict=True)]
    for row, text in enumerate(texts):
        at: rows.Place = {"x": bases[row] + sizes[row], "xanchor": "left", "xshift": 8, "y": row}
        rows.note(figure, rows.bold(text), colour=colours.text, size=VALUE, **at)
    rows.row_names(figure, labels, colours, left=left)
    rows.value_columns(figure, [column], colours, right=right)
    hovers = [
        rows.hover(labels[row], texts[row], f"n = {counts[row]}" if counts[row] else "") for row in range(len(steps))
    ]
    rows.row_clicks(figure, [{"step": step} for step in steps], hovers, start=0, end=end)
    return figure


def _change(step: str, size: float, kind: str, currency: str | None) -> str:
    text = numbers.shown(size, kind, currency)
    sign = (
        ""
        if step.startswith("open_at") or size == 0
        else numbers.MINUS
        if step in ("won", "lost", "no_decision")
        else "+"
    )
    return safe.for_plotly(sign + text)


def reconciliation(
    parts: Mapping[str, int], *, labels: Mapping[str, str] | None = None, mode: str = "light", height: int = 50
) -> go.Figure:
    """One bar over the whole width: where the rows of a file went. `parts`: loaded, duplicate, blank, footer,
    rejected and the like → rows, in the order to draw; zeros are left away. The first is grey, rejected red, the rest
    soft. Marks carry {"part": …}. ValueError where nothing was read.
    """
    shown = {name: int(rows_) for name, rows_ in parts.items() if rows_}
    if not shown:
        raise ValueError("no rows were read: show the empty state instead of a chart")
    colours = palette(mode)
    figure = go.Figure()
    figure.update_layout(
        template=template(mode), height=height, margin={"l": 2, "r": 2, "t": 4, "b": 26}, barmode="overlay"
    )
    total, start = sum(shown.values()), 0.0
    smallest = total * 0.004  # a single rejected row among thousands must still be seen
    for position, (name, size) in enumerate(shown.items()):
        label = (labels or {}).get(name, name)
        fill = colours.bad if name == "rejected" else colours.rest if position == 0 else colours.rest_soft
        text = f"{numbers.count(size)} {label}"
        figure.add_bar(
            x=[max(size, smallest)], base=[start], y=[0], width=1, orientation="h", name=safe.for_plotly(name),
            marker={"color": fill, "line": {"width": 1.5, "color": colours.background}},
            customdata=[{"part": name}], hovertext=[rows.hover(label, safe.for_plotly(text))], hoverinfo="text",
        )  # fmt: skip
        start += max(size, smallest)
    first, *others = shown
    for names, side in (([first], "left"), (others, "right")):
        words = " · ".join(f"{numbers.count(shown[name])} {(labels or {}).get(name, name)}" for name in names)
        rows.note(figure, safe.for_plotly(words), colour=colours.text, x=0 if side == "left" else 1, xref="paper",
                  xanchor=side, y=0, yref="paper", yshift=-12)  # fmt: skip
    figure.update_xaxes(range=[0, start], showticklabels=False)
    figure.update_yaxes(range=[-0.5, 0.5], showticklabels=False)
    return figure
