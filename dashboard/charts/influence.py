"""What marketing touched: the parts of pipeline and revenue, and which channel reached which open deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import HEADER, TICK, VALUE, Palette, palette
from dashboard.text import channel_name, numbers, safe, say, segment_name

PARTS = {"touched_before": "before", "touched_during": "during", "uninfluenced": "uninfluenced"}
_LEAST_LABELLED = 0.17


def influence_bars(
    frame: pd.DataFrame,
    *,
    currency: str | None = None,
    selected: tuple[str, str] | None = None,
    mode: str = "light",
    height: int = 250,
) -> go.Figure:
    """A bar to the whole amount a row: touched before, touched during, uninfluenced; sourced and amount in columns.

    `frame`: `segment`, `of` (pipeline, won), the three parts (shares that add up to 1; all of a part missing: it is not
    asked for), optional `sourced`, `amount`,
    `deals`. `selected`: (of, segment) of the row to band. Marks carry {"of", "segment", "influence"}.
    ValueError for an empty frame.
    """
    rows.require_rows(frame, "segment", "of", *PARTS)
    colours = palette(mode)
    table = frame.reset_index(drop=True)
    labels = [_label(row["of"], row["segment"], table) for _, row in table.iterrows()]
    columns = _columns(table, currency)
    left, right = rows.gutter(labels, high=190), rows.columns_width(columns) + 10
    figure = rows.row_figure(len(table), colours, left=left, right=right, height=height)
    figure.update_xaxes(range=[0, 1])
    for row, (of, segment) in enumerate(zip(table["of"], table["segment"], strict=True)):
        if selected == (str(of), str(segment)):
            rows.row_band(figure, row, colours, left=left, right=right)
    start = pd.Series(0.0, index=table.index)
    for part in PARTS:
        share = pd.to_numeric(table[part]).fillna(0.0).clip(lower=0.0)
        _part(figure, table, part, start, share, labels, colours)
        _part_labels(figure, part, start, share, colours)
        start = start + share
    rows.header(
        figure, _legend(colours, [part for part in PARTS if table[part].notna().any()]), colours, shift=4 - left
    )
    rows.row_names(figure, labels, colours, left=left)
    rows.value_columns(figure, columns, colours, right=right)
    return figure


def _label(of: object, segment: object, table: pd.DataFrame) -> str:
    name = say(f"charts.influence.{of}")
    if table["segment"].nunique() == 1 and str(segment) == "All":
        return name
    return say("charts.influence.of_segment", of=name, segment=segment_name(segment))


def _columns(table: pd.DataFrame, currency: str | None) -> list[rows.Column]:
    columns = []
    if "amount" in table:
        cells = [safe.for_plotly(numbers.money(value, currency)) for value in table["amount"]]
        columns.append(rows.Column(say("columns.amount"), cells))
    if "sourced" in table and table["sourced"].notna().any():
        cells = [safe.for_plotly(numbers.percent(value)) for value in table["sourced"]]
        columns.append(rows.Column(say("charts.influence.sourced"), cells))
    return columns


def _fills(colours: Palette) -> dict[str, tuple[str, str]]:
    """Each part's fill, and the ink of the label on it."""
    return {"touched_before": (colours.ink, colours.background), "touched_during": (colours.rest, colours.background),
            "uninfluenced": (colours.rest_soft, colours.text)}  # fmt: skip


def _legend(colours: Palette, parts: Sequence[str]) -> str:
    squares = [f"<span style='color:{fill}'>■</span> {safe.for_plotly(say(f'charts.influence.{PARTS[part]}'))}"
               for part, (fill, _) in _fills(colours).items() if part in parts]  # fmt: skip
    return "   ".join(squares)


def _part(
    figure: go.Figure, table: pd.DataFrame, part: str, start: pd.Series, share: pd.Series, labels: Sequence[str],
    colours: Palette,
) -> None:  # fmt: skip
    word = say(f"charts.influence.{PARTS[part]}")
    influence = {"touched_before": "touched before", "touched_during": "touched during"}.get(part, part)
    keys = [{"of": str(of), "segment": str(segment), "influence": influence}
            for of, segment in zip(table["of"], table["segment"], strict=True)]  # fmt: skip
    hovers = [rows.hover(label, safe.for_plotly(f"{numbers.percent(value)} {word}"))
              for label, value in zip(labels, share, strict=True)]  # fmt: skip
    figure.add_bar(
        x=list(share), base=list(start), y=list(range(len(table))), width=0.62, orientation="h", name=word,
        marker={"color": _fills(colours)[part][0], "line": {"width": 1, "color": colours.background}},
        customdata=keys, hovertext=hovers, hoverinfo="text",
    )  # fmt: skip


def _part_labels(figure: go.Figure, part: str, start: pd.Series, share: pd.Series, colours: Palette) -> None:
    for row, (begun, size) in enumerate(zip(start, share, strict=True)):
        if size >= _LEAST_LABELLED:
            text = rows.bold(safe.for_plotly(numbers.percent(size)))
            at: rows.Place = {"x": begun + size / 2, "xanchor": "center", "y": row}
            rows.note(figure, text, colour=_fills(colours)[part][1], size=VALUE, **at)


def coverage_grid(
    deals: pd.DataFrame,
    touches: pd.DataFrame,
    *,
    reached: Mapping[str, float],
    currency: str | None = None,
    selected: str | None = None,
    mode: str = "light",
    height: int = 330,
) -> go.Figure:
    """Open deals down, channels across: a dot where the channel touched the deal, larger for more touches.

    `deals`: `opportunity_id`, `name`, `amount`; one row a deal, in the order to draw. `touches`: `opportunity_id`,
    `channel`, `touches`. `reached`: channel → share of all open deals, in the order to draw. Marks carry
    {"channel"} or, a row, {"opportunity_id"}. ValueError for an empty frame.
    """
    rows.require_rows(deals, "opportunity_id", "name", "amount")
    colours = palette(mode)
    amounts = [safe.for_plotly(numbers.money(value, currency)) for value in deals["amount"]]
    column = rows.Column(say("columns.amount"), amounts, width=64)
    left, right = rows.gutter(list(deals["name"]), high=230), rows.columns_width([column]) + 10
    figure = rows.row_figure(len(deals), colours, left=left, right=right, height=height)
    figure.update_layout(margin={"t": 48}, height=figure.layout.height + 48 - rows.HEADER_HEIGHT)
    channels = list(reached)
    figure.update_xaxes(range=[-0.5, max(len(channels), 1) - 0.5])
    ids = [str(own) for own in deals["opportunity_id"]]
    if selected in ids:
        rows.row_band(figure, ids.index(str(selected)), colours, left=left, right=right)
    covered = set(touches["opportunity_id"].astype(str))
    hovers = [rows.hover(name, "" if own in covered else say("charts.coverage.none"))
              for own, name in zip(ids, deals["name"], strict=True)]  # fmt: skip
    rows.row_clicks(
        figure, [{"opportunity_id": own} for own in ids], hovers, start=-0.5, end=max(len(channels), 1) - 0.5
    )
    for bar in figure.data:
        bar.base = [-0.5] * len(ids)
    _dots(figure, touches, ids, channels, dict(zip(ids, deals["name"], strict=True)), colours)
    room = max((rows.NARROW_CARD + rows.NARROW_SIDE - left - right) / max(len(channels), 1) - 8, 92)
    for position, (channel, share) in enumerate(reached.items()):
        at: rows.Place = {"x": position, "y": 1, "yref": "paper", "xanchor": "center"}
        rows.note(
            figure,
            rows.fitted(channel_name(channel), min(room, 200), HEADER),
            colour=colours.text,
            size=HEADER,
            yshift=32,
            **at,
        )
        rows.note(figure, safe.for_plotly(numbers.percent(share)), colour=colours.muted, size=TICK, yshift=15, **at)
    rows.row_names(figure, list(deals["name"]), colours, left=left, strong=[own not in covered for own in ids])
    rows.value_columns(figure, [column], colours, right=right)
    return figure


def _dots(
    figure: go.Figure, touches: pd.DataFrame, ids: Sequence[str], channels: Sequence[str], names: Mapping[str, str],
    colours: Palette,
) -> None:  # fmt: skip
    own = touches[touches["opportunity_id"].astype(str).isin(ids) & touches["channel"].isin(channels)]
    if own.empty:
        return
    counts = [int(n) for n in own["touches"]]
    deals = [str(deal) for deal in own["opportunity_id"]]
    said = [
        say("charts.coverage.touches", n=n, channel=safe.for_plotly(channel_name(channel)))
        for n, channel in zip(counts, own["channel"], strict=True)
    ]
    figure.add_scatter(
        x=[channels.index(channel) for channel in own["channel"]], y=[ids.index(deal) for deal in deals],
        mode="markers", marker={"size": [9 + min(n, 10) for n in counts], "color": colours.ink, "opacity": 0.85},
        customdata=[{"channel": str(channel)} for channel in own["channel"]],
        hovertext=[rows.hover(names[deal], text) for deal, text in zip(deals, said, strict=True)], hoverinfo="text",
    )  # fmt: skip
