"""What stands in and around the cells of a cohort table: rates, the cohorts with their sizes, all of them together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.theme import CLEAR, HEADER, Palette
from dashboard.text import numbers, safe, say

_CELL_MARK, _ROOMY = 26, 10
_COUNT_SHIFT, _TIMES_FROM = -10, 10
_TEXT_DROP = 0.06  # rows; plotly sets the text of marks a little high


def cell_numbers(figure: go.Figure, cells: pd.DataFrame, cohorts: Sequence[str], shades: Sequence[str]) -> None:
    """The rate in each cell, in the ink of its shade; `shades`: one a cell."""
    size = HEADER if len(set(cells["age"])) <= _ROOMY else HEADER - 1
    for shade in dict.fromkeys(shades):  # a trace an ink: only then a click elsewhere cannot fade the numbers
        own = cells[[ink == shade for ink in shades]]
        steady = {"textfont": {"color": shade}}
        figure.add_scatter(
            x=own["age"].astype(int).tolist(),
            y=[cohorts.index(str(cohort)) + _TEXT_DROP for cohort in own["cohort"]],
            text=[_in_cell(cell) for cell in own.to_dict("records")],
            mode="text",
            textfont={"size": size, "color": shade},
            selected=steady,
            unselected=steady,
            hoverinfo="skip",
            cliponaxis=False,
        )


def click_marks(figure: go.Figure, cells: pd.DataFrame, cohorts: Sequence[str], unit: Callable[[float], str]) -> None:
    """What a click on a cell tells, and what the cell says under the pointer."""
    figure.add_scatter(
        x=cells["age"].astype(int).tolist(),
        y=[cohorts.index(str(cohort)) for cohort in cells["cohort"]],
        mode="markers",
        marker={"symbol": "square", "size": _CELL_MARK, "color": CLEAR, "line": {"width": 0}},
        customdata=[{"cohort": str(c), "age": int(a)} for c, a in zip(cells["cohort"], cells["age"], strict=True)],
        hovertext=[_cell_hover(cell, unit) for _, cell in cells.iterrows()],
        hoverinfo="text",
        name="cells",
    )


def _in_cell(cell: Mapping[Hashable, Any]) -> str:
    """The percentage; of fewer than five units how many of how many, and nothing where that cannot be said."""
    if cell["size"] >= numbers.FEW:
        return _cell_text(cell["value"])
    known = not numbers.is_missing(cell.get("numerator"))
    return safe.for_plotly(f"{numbers.count(cell['numerator'])}/{numbers.count(cell['denominator'])}" if known else "·")


def _cell_text(value: float) -> str:
    """A percentage without its sign: "31"; "<1" rather than 0 where it is not none; from ten times on "31×"."""
    if value >= _TIMES_FROM:
        return safe.for_plotly(f"{numbers.count(value)}×")
    return safe.for_plotly("<1" if 0 < value < 0.005 else numbers.count(value * 100))


def cohort_names(figure: go.Figure, cells: pd.DataFrame, cohorts: Sequence[str], left: int, colours: Palette) -> None:
    """Each cohort's name and size at the left of its row; a star where it is small."""
    sizes = cells.groupby(cells["cohort"].astype(str))["size"].max()
    head: rows.Place = {
        "x": 0,
        "xref": "paper",
        "xshift": _COUNT_SHIFT,
        "xanchor": "right",
        "y": 1,
        "yref": "paper",
        "yshift": 11,
    }
    rows.note(figure, say("charts.n"), colour=colours.muted, **head)
    for row, cohort in enumerate(cohorts):
        at: rows.Place = {"x": 0, "xref": "paper", "y": row}
        label = safe.for_plotly(numbers.period(cohort))
        rows.note(figure, label, colour=colours.text, xshift=4 - left, xanchor="left", **at)
        size = numbers.count(sizes[cohort]) + ("*" if sizes[cohort] < numbers.SMALL else "")
        rows.note(figure, size, colour=colours.muted, xshift=_COUNT_SHIFT, xanchor="right", **at)


def last_row(
    figure: go.Figure,
    together: Mapping[int, tuple[float, int]],
    row: int,
    left: int,
    unit: Callable[[float], str],
    colours: Palette,
) -> None:
    """All cohorts together: its numbers in bold, lighter where they are of few; who is behind each in its hover."""
    name = say("charts.cohorts.together")
    at: rows.Place = {"x": 0, "xref": "paper", "xshift": 4 - left, "xanchor": "left", "y": row}
    rows.note(figure, name, colour=colours.muted, **at)
    together = {age: (value, n) for age, (value, n) in together.items() if n >= numbers.FEW}
    for age, (value, n) in together.items():
        text, is_small = _cell_text(value), n < numbers.SMALL
        ink = colours.muted if is_small else colours.text
        rows.note(figure, text if is_small else rows.bold(text), colour=ink, x=age, xanchor="center", y=row)
    hovers = [
        rows.hover(
            name,
            safe.for_plotly(say("charts.cohorts.cell", age=age, units=unit(age), value=numbers.percent(value))),
            safe.for_plotly(say("charts.cohorts.followed", n=numbers.count(n))),
            _few(n),
        )
        for age, (value, n) in together.items()
    ]
    figure.add_scatter(
        x=list(together), y=[row] * len(together), mode="markers", hovertext=hovers, hoverinfo="text", name="together",
        marker={"symbol": "square", "size": _CELL_MARK, "color": CLEAR, "line": {"width": 0}},
    )  # fmt: skip


def _cell_hover(cell: pd.Series, unit: Callable[[float], str]) -> str:
    """The cell in words: its cohort, its rate with the interval, and of how many."""
    value = numbers.percent(cell["value"])
    if cell["size"] < numbers.FEW:
        known = not numbers.is_missing(cell.get("numerator"))
        value = numbers.few(cell["numerator"], cell["denominator"]) if known else numbers.MISSING
    text = say("charts.cohorts.cell", age=int(cell["age"]), units=unit(cell["age"]), value=value)
    span = ""
    if cell["size"] >= numbers.FEW and not numbers.is_missing(cell.get("low")):
        span = safe.for_plotly(
            say("charts.dots.interval", interval=numbers.interval(cell["low"], cell["high"], "percent"))
        )
    partial = say("charts.cohorts.partial") if bool(cell.get("partial", False)) else ""
    size = f"n = {numbers.count(cell['size'])}"
    return rows.hover(numbers.period(cell["cohort"]), safe.for_plotly(text), span, partial, size, _few(cell["size"]))


def _few(n: float) -> str:
    return safe.for_plotly(say("charts.cohorts.few")) if n < numbers.SMALL else ""
