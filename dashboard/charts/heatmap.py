"""Cohort tables: a coloured cell an age, six steps with a fixed ink, blank where the unit has not ended; hollow where
the cohort is small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.heatmap_words import cell_numbers, click_marks, cohort_names, last_row
from dashboard.charts.theme import TICK, Palette, palette, template
from dashboard.text import numbers

ROW_HEIGHT = 28
_TOP, _COUNT_ROOM = 26, 44
_GAP, _EDGE = 2, 2  # pixels between cells, and of a hollow cell's edge


def _no_unit(_: float) -> str:
    return ""


def cohort_heatmap(
    frame: pd.DataFrame,
    *,
    diverging: bool = False,
    together: Mapping[int, tuple[float, int]] | None = None,
    unit: Callable[[float], str] = _no_unit,
    selected: tuple[str, int] | None = None,
    last: int = 24,
    most_ages: int = 18,
    mode: str = "light",
) -> go.Figure:
    """One row a cohort (the newest `last`), one column an age (the first `most_ages`); the numbers are per cent.

    `frame`: `cohort` ("2026-03", "2026-Q1"), `age`, `value` (a rate), `size`; optional `partial` (true: the
    unit has not ended, so the number stands without a colour), `numerator`, `denominator`. Absent cells stay blank.
    A cohort of fewer than 30 has a star at its size and hollow cells; one of fewer than 5 no percentages: "3/4".
    `diverging`: colours around 100 % (retention) in place of six steps from the lowest to the highest value.
    `together`: a last row, all cohorts taken together: age → (rate, units followed that long).
    `unit`: the age's unit by how many, for the hover ("month", "months"). Height: 28 a row and the header.
    Marks carry {"cohort": …, "age": …}. ValueError for an empty frame or one without any value.
    """
    rows.require_rows(frame, "cohort", "age", "value", "size")
    cells = frame.dropna(subset=["value"]).copy()
    rows.require_rows(cells)
    colours = palette(mode)
    cells = cells[cells["age"] < int(cells["age"].min()) + most_ages]
    cohorts = sorted(cells["cohort"].astype(str).unique())[-last:]
    cells = cells[cells["cohort"].astype(str).isin(cohorts)]
    ages = list(range(int(cells["age"].min()), int(cells["age"].max()) + 1))
    levels, inks, fills = _levels(cells["value"], _telling(cells), diverging, colours)
    count = len(cohorts) + int(bool(together))
    left = rows.gutter([numbers.period(cohort) for cohort in cohorts], 60, 100) + _COUNT_ROOM
    figure = _canvas(count, ages, left, colours)
    _fill(figure, cells, cohorts, ages, levels, fills, colours)
    cell_numbers(figure, cells, cohorts, _inks(cells, levels, inks, colours))
    cohort_names(figure, cells, cohorts, left, colours)
    if together:
        last_row(figure, {age: together[age] for age in ages if age in together}, len(cohorts), left, unit, colours)
    if selected and selected[0] in cohorts:
        _frame_cell(figure, cohorts.index(selected[0]), selected[1], colours)
    click_marks(figure, cells, cohorts, unit)
    return figure


def _canvas(count: int, ages: Sequence[int], left: int, colours: Palette) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template=template(colours.mode),
        height=ROW_HEIGHT * count + _TOP + 6,
        margin={"l": left, "r": 4, "t": _TOP, "b": 6, "pad": 0},
    )
    step = max(1, -(-len(ages) // 16))
    ticks = [age for age in ages if (age - ages[0]) % step == 0]
    figure.update_xaxes(
        range=[ages[0] - 0.5, ages[-1] + 0.5],
        side="top",
        tickvals=ticks,
        ticktext=[str(age) for age in ticks],
        tickfont={"size": TICK, "color": colours.muted},
    )
    figure.update_yaxes(range=[count - 0.5, -0.5], showticklabels=False)
    return figure


def _levels(
    values: pd.Series, scaled: pd.Series, diverging: bool, colours: Palette
) -> tuple[pd.Series, Sequence[str], Sequence[str]]:
    """The step of each value, and the inks and fills of the steps."""
    if diverging:
        return _step(values, diverging_edges(values)), colours.diverging_ink, colours.diverging
    return _step(values, sequential_edges(float(scaled.max()))), colours.sequential_ink, colours.sequential


def _step(values: pd.Series, edges: Sequence[float]) -> pd.Series:
    return pd.Series([sum(float(value) >= edge - 1e-9 for edge in edges) for value in values], index=values.index)


def _telling(cells: pd.DataFrame) -> pd.Series:
    """The values that the steps are spread over: without the first age where that is 100 % for every cohort."""
    first = cells["age"] == cells["age"].min()
    later = cells.loc[~first, "value"]
    return later if len(later) and (cells.loc[first, "value"] == 1).all() else cells["value"]


def diverging_edges(values: pd.Series) -> list[float]:
    """Six edges between the seven steps around 100 %, wide enough for the value furthest from it (10 to 100 points)."""
    furthest = round(min(max(float((values - 1).abs().max()), 0.1), 1.0), 6)
    wide = next(step for step in (0.15, 0.3, 0.6, 1.0) if furthest <= step)
    apart = [0.005, wide / 3, wide * 2 / 3]
    return [1 - distance for distance in reversed(apart)] + [1 + distance for distance in apart]


def sequential_edges(highest: float) -> list[float]:
    """Five round edges between the six steps, from about an eighth of the highest value up to it."""
    if highest <= 0:
        return [float("inf")] * 5
    raw = highest / 6
    magnitude = 10.0 ** int(f"{raw:e}".split("e")[1])
    factor = next((f for f in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if f * magnitude * 6 >= highest), 10)
    return [factor * magnitude * step for step in range(1, 6)]


def _fill(
    figure: go.Figure,
    cells: pd.DataFrame,
    cohorts: Sequence[str],
    ages: Sequence[int],
    levels: pd.Series,
    fills: Sequence[str],
    colours: Palette,
) -> None:
    ended = cells.assign(level=levels)[~unfinished(cells) & (cells["size"] >= numbers.FEW)]
    steps = len(fills)
    scale = [[(step + end) / steps, fill] for step, fill in enumerate(fills) for end in (0, 1)]
    _blocks(figure, ended, cohorts, ages, scale, (-0.5, steps - 0.5), _GAP)
    small = ended[ended["size"] < numbers.SMALL].assign(level=0)
    if len(small):  # the page's own colour over all of a cell but its edge
        inside = [[end, colours.background] for end in (0, 1)]
        _blocks(figure, small, cohorts, ages, inside, (0, 1), _GAP + 2 * _EDGE)


def _blocks(
    figure: go.Figure,
    cells: pd.DataFrame,
    cohorts: Sequence[str],
    ages: Sequence[int],
    scale: list[list[Any]],
    extent: tuple[float, float],
    gap: int,
) -> None:
    """The cells' column `level` as blocks of colour, `gap` pixels apart."""
    position = {cohort: row for row, cohort in enumerate(cohorts)}
    grid: list[list[float | None]] = [[None] * len(ages) for _ in cohorts]
    for cohort, age, level in zip(cells["cohort"], cells["age"], cells["level"], strict=True):
        grid[position[str(cohort)]][int(age) - ages[0]] = int(level)
    figure.add_heatmap(
        z=grid,
        x=list(ages),
        y=list(range(len(cohorts))),
        zmin=extent[0],
        zmax=extent[1],
        colorscale=scale,
        showscale=False,
        xgap=gap,
        ygap=gap,
        hoverinfo="skip",
        hoverongaps=False,
    )


def _inks(cells: pd.DataFrame, levels: pd.Series, inks: Sequence[str], colours: Palette) -> list[str]:
    """The ink of each cell's number: muted where nothing is coloured, the page's own where the cell is hollow."""
    plain = unfinished(cells) | (cells["size"] < numbers.FEW)
    return [
        colours.muted if is_plain else colours.text if size < numbers.SMALL else inks[level]
        for is_plain, size, level in zip(plain, cells["size"], levels, strict=True)
    ]


def unfinished(cells: pd.DataFrame) -> pd.Series:
    """Which cells' units have not ended."""
    if "partial" not in cells:
        return pd.Series(False, index=cells.index)
    return cells["partial"].astype("boolean").fillna(False).astype(bool)


def _frame_cell(figure: go.Figure, row: int, age: int, colours: Palette) -> None:
    figure.add_shape(
        type="rect", x0=age - 0.5, x1=age + 0.5, y0=row - 0.5, y1=row + 0.5, line={"color": colours.ink, "width": 2}
    )
