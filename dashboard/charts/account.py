"""One account: its history on a time line, and its figures beside those of its peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import HEADER, TICK, Palette, ink_on, palette
from dashboard.text import numbers, safe, say

DAY_MS, NOMINAL_WIDTH, LANE, MOST_MARKS = 86_400_000, 660, 0.62, 4_000
_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60)


def account_timeline(
    stays: pd.DataFrame, marks: pd.DataFrame, lanes: Sequence[str], *, start: date, end: date,
    quiet: tuple[date, date] | None = None, quiet_words: str = "", mode: str = "light",
) -> go.Figure:  # fmt: skip
    """Bars for stays (deals in stages, contracts), marks for single days (touches, invoices), a lane a row.

    `stays`: `group` ("deal" or, hollow, "contract"), `lane`, `begins`, `ends` (dates), `label`, `shade` (0 to 3),
    `lines`. `marks`: `lane`, `day`, `side`
    ("sales" square ink, "marketing" dot, "won", "lost", "invoice"), `lines`. `quiet`: days to shade, with their words.
    `lines` are the hover's, plain text. ValueError where there is no lane.
    """
    if not lanes:
        raise ValueError("there is nothing to draw: show the empty state instead")
    colours = palette(mode)
    left = rows.gutter(lanes, high=215)
    figure = rows.row_figure(len(lanes), colours, left=left, right=16, height=26 * len(lanes) + 66, bottom=28)
    place = {lane: row for row, lane in enumerate(lanes)}
    for row in range(len(lanes)):
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=row, y1=row, layer="below",
                         line={"color": colours.grid, "width": 1})  # fmt: skip
    rows.row_names(figure, list(lanes), colours, left=left)
    if quiet:
        _quiet(figure, quiet, quiet_words, colours)
    _bars(figure, stays[stays["lane"].isin(place)], place, start, end, colours)
    _marks(figure, marks[marks["lane"].isin(place)].tail(MOST_MARKS), place, colours)
    days = _month_starts(start, end)
    figure.update_xaxes(
        type="date", range=[start.isoformat(), (end + timedelta(days=2)).isoformat()], showticklabels=True,
        tickvals=[day.isoformat() for day in days], ticktext=[_month(day, days) for day in days],
    )  # fmt: skip
    return figure


def _bars(
    figure: go.Figure, stays: pd.DataFrame, place: Mapping[str, int], start: date, end: date, colours: Palette
) -> None:
    if stays.empty:
        return
    span = max((end - start).days, 1)
    begins = [max(day, start) for day in stays["begins"]]
    ends = [min(day, end + timedelta(days=1)) for day in stays["ends"]]
    days = [max((last - first).days, 1) for first, last in zip(begins, ends, strict=True)]
    room = [NOMINAL_WIDTH * n / span - 10 for n in days]
    labels = [
        safe.for_plotly(label) if rows.text_width(safe.one_line(label), TICK) <= width else ""
        for label, width in zip(stays["label"], room, strict=True)
    ]
    fills = [
        colours.background if group == "contract" else colours.stages[int(shade)]
        for group, shade in zip(stays["group"], stays["shade"], strict=True)
    ]
    figure.add_bar(
        x=[n * DAY_MS for n in days], base=[day.isoformat() for day in begins],
        y=[place[lane] for lane in stays["lane"]], width=LANE, orientation="h", text=labels,
        textposition="inside", insidetextanchor="start", textangle=0,
        textfont={"size": TICK, "color": [ink_on(fill) for fill in fills]},
        marker={"color": fills,
                "line": {"color": colours.rest, "width": 1}},
        hovertext=[_hover(lines) for lines in stays["lines"]], hoverinfo="text", name="stays", constraintext="none",
    )  # fmt: skip


def _marks(figure: go.Figure, marks: pd.DataFrame, place: Mapping[str, int], colours: Palette) -> None:
    looks: dict[str, dict[str, Any]] = {
        "marketing": {"symbol": "circle", "size": 8, "color": colours.rest},
        "sales": {"symbol": "square", "size": 8, "color": colours.ink},
        "won": {"symbol": "diamond", "size": 11, "color": colours.good},
        "lost": {"symbol": "x", "size": 9, "color": colours.bad},
        "invoice": {"symbol": "diamond", "size": 8, "color": colours.muted},
        "renewal": {"symbol": "diamond", "size": 11, "color": colours.warn},
    }
    for side, look in looks.items():
        own = marks[marks["side"] == side]
        if own.empty:
            continue
        figure.add_scatter(
            x=[day.isoformat() for day in own["day"]], y=[place[lane] for lane in own["lane"]], mode="markers",
            marker={**look, "line": {"color": colours.background, "width": 1}},
            hovertext=[_hover(lines) for lines in own["lines"]], hoverinfo="text", name=side, cliponaxis=False,
        )  # fmt: skip


def _hover(lines: Sequence[str]) -> str:
    """The first line in bold, the others below it."""
    return rows.hover(lines[0], *(safe.for_plotly(line) for line in lines[1:]))


def _quiet(figure: go.Figure, days: tuple[date, date], words: str, colours: Palette) -> None:
    first, last = (day.isoformat() for day in days)
    figure.add_shape(type="rect", x0=first, x1=last, yref="paper", y0=0, y1=1, fillcolor=colours.warn, opacity=0.12,
                     line={"width": 0}, layer="below")  # fmt: skip
    rows.note(figure, safe.for_plotly(words), colour=colours.warn, size=TICK, x=last, xanchor="right", y=1,
              yref="paper", yshift=11)  # fmt: skip


def _month_starts(start: date, end: date, most: int = 9) -> list[date]:
    """The first days of months within, at most so many, a round number of months apart."""
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((step for step in _MONTHS if months / step <= most), _MONTHS[-1])
    first = start.year * 12 + start.month - 1 + (start.day > 1)
    first = -(-first // step) * step
    last = end.year * 12 + end.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1, step)]


def _month(day: date, days: Sequence[date]) -> str:
    """The month, with its year where that begins or changes."""
    position = days.index(day)
    new = position == 0 or days[position - 1].year != day.year
    return numbers.period(f"{day:%Y-%m}", short=not new)


def peer_rows(figures: Sequence[Mapping[str, Any]], *, side: str, mode: str = "light") -> go.Figure:
    """A row a figure, each on a scale of its own: the peers' middle half as a line, a tick at their median, the mark.

    Each row: `name`, `value`, `p25`, `median`, `p75`, `n`, and in words `own`, `peers`, `range`; `is_bad` draws the
    account as a warning. `side`: "target" is drawn in the accent. ValueError for no rows.
    """
    if not figures:
        raise ValueError("there is nothing to compare: show the empty state instead")
    colours = palette(mode)
    names = [str(one["name"]) for one in figures]
    inks = [colours.bad if one["is_bad"] else colours.text for one in figures]
    columns = [
        rows.Column(say("accounts.peers.own"), [safe.for_plotly(one["own"]) for one in figures], bold=True,
                    width=64, cell_colours=inks),
        rows.Column(say("accounts.peers.median"), [safe.for_plotly(one["peers"]) for one in figures], width=56,
                    colour=colours.muted),
    ]  # fmt: skip
    left, right = rows.gutter(names), rows.columns_width(columns) + 16
    figure = rows.row_figure(len(figures), colours, left=left, right=right, height=38 * len(figures) + 40)
    rows.row_names(figure, names, colours, left=left)
    rows.value_columns(figure, columns, colours, right=right)
    for row, one in enumerate(figures):
        _peer(figure, row, one, colours.accent if side == "target" else colours.ink, colours)
    figure.update_xaxes(range=[-0.03, 1.03], showticklabels=False)
    return figure


def _peer(figure: go.Figure, row: int, one: Mapping[str, Any], accent: str, colours: Palette) -> None:
    top = max(float(one["p75"]), float(one["value"]), float(one["median"])) or 1.0
    low, middle, high, own = (float(one[name]) / top for name in ("p25", "median", "p75", "value"))
    lines = [safe.for_plotly(say(f"accounts.peers.hover.{key}", value=value)) for key, value in
             (("own", one["own"]), ("median", one["peers"]), ("range", one["range"]))]  # fmt: skip
    hover = rows.hover(one["name"], *lines, safe.for_plotly(f"n = {numbers.count(one['n'])}"))
    figure.add_scatter(x=[low, high], y=[row, row], mode="lines", line={"color": colours.rest, "width": 3},
                       hoverinfo="skip", name="range")  # fmt: skip
    figure.add_shape(type="line", x0=middle, x1=middle, y0=row - 0.22, y1=row + 0.22,
                     line={"color": colours.text, "width": 2})  # fmt: skip
    figure.add_scatter(
        x=[own], y=[row], mode="markers", hovertext=[hover], hoverinfo="text", name="account", cliponaxis=False,
        marker={"symbol": "diamond" if one["is_bad"] else "circle", "size": HEADER,
                "color": colours.bad if one["is_bad"] else accent, "line": {"color": colours.background, "width": 1}},
    )  # fmt: skip
