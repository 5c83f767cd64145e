"""Laws that hold for every chart: same input same figure, no `nan`, no empty chart, hostile text stays text."""

from collections.abc import Callable, Iterator
from typing import Any

import chart_frames as frames
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import charts

Draw = Callable[[pd.DataFrame, str], go.Figure]
CHARTS: dict[str, tuple[Callable[[], pd.DataFrame], Draw]] = {
    "funnel": (frames.funnel_split, lambda f, m: charts.funnel(f, unit="deals", highlight="Proposal", mode=m)),
    "interval_dots": (frames.win_rates, lambda f, m: charts.interval_dots(f, title="Win rate", reference=0.3, mode=m)),
    "target_dumbbell": (frames.measures, lambda f, m: charts.target_dumbbell(f, currency="EUR", mode=m)),
    "duration_bars": (frames.durations, lambda f, m: charts.duration_bars(f, earlier=f, period="2026", mode=m)),
    "stage_durations": (frames.stage_days, lambda f, m: charts.stage_durations(f, mode=m)),
    "ageing_strip": (frames.open_deals, lambda f, m: charts.ageing_strip(f, frames.limits(), mode=m)),
    "cohort_heatmap": (frames.cohorts, lambda f, m: charts.cohort_heatmap(f, mode=m)),
    "cohort_curves": (frames.cohorts, lambda f, m: charts.cohort_curves(f, mode=m)),
    "age_curves": (frames.ages, lambda f, m: charts.age_curves(f, unit=lambda _: "months", mode=m)),
    "trend_lines": (frames.flow, lambda f, m: charts.trend_lines(f, mode=m)),
    "survival_curves": (frames.survival, lambda f, m: charts.survival_curves(f, medians={"target": 45.0}, mode=m)),
    "share_bars": (frames.reasons, lambda f, m: charts.share_bars(f, mode=m)),
    "influence_bars": (frames.influenced, lambda f, m: charts.influence_bars(f, currency="EUR", mode=m)),
    "measured_bars": (
        frames.steadiness,
        lambda f, m: charts.measured_bars(f, key="stage", texts=["x"] * len(f), columns={"n": ["1"] * len(f)}, mode=m),
    ),
    "coverage_grid": (
        frames.uncovered,
        lambda f, m: charts.coverage_grid(f, frames.covering(), reached={"Web": 0.6, "Mail": 0.3}, mode=m),
    ),
    "part_bars": (
        frames.banded,
        lambda f, m: charts.part_bars(
            f, part="band", parts={"one": "One", "many": "Many"}, columns={"Known": {"target": "3"}}, mode=m
        ),
    ),
    "band_grid": (
        frames.deep_and_recent,
        lambda f, m: charts.band_grid(
            f,
            across=("depth", {"flat": "Flat", "deep": "Deep"}),
            down=("age", {"new": "New", "old": "Old"}),
            titles=("Depth", "Age"),
            mode=m,
        ),
    ),
    "share_grid": (
        frames.shares_of_pairs,
        lambda f, m: charts.share_grid(
            f, across=list(dict.fromkeys(f["across"])), down=list(dict.fromkeys(f["down"])), mode=m
        ),
    ),
    "lift_bars": (frames.lifted, lambda f, m: charts.lift_bars(f, highlight=0 if len(f) else None, mode=m)),
    "paired_bars": (
        frames.paired,
        lambda f, m: charts.paired_bars(f, sides=("yes", "no"), names=("before", "not"), mode=m),
    ),
    "revenue_bridge": (
        frames.retained,
        lambda f, m: charts.revenue_bridge(
            f, names={s: s.title() for s in f["step"]}, columns={"Accounts": ["7"] * len(f)}, currency="EUR", mode=m
        ),
    ),
    "churn_marks": (frames.churned, lambda f, m: charts.churn_marks(f, mode=m)),
    "cost_bars": (
        frames.costs,
        lambda f, m: charts.cost_bars(
            f,
            key="segment",
            names={},
            parts={"abm": "ABM", "other": "Other", "shared": "Shared"},
            texts=["€ 5 k"] * len(f),
            columns={"New": ["4"] * len(f)},
            mode=m,
        ),
    ),
    "bridge": (frames.steps, lambda f, m: charts.bridge(f, currency="EUR", mode=m)),
}
HOSTILE = '<a href="javascript:alert(1)">x</a><b>&'
TEXT_COLUMNS = ("segment", "stage", "reason", "label", "name")


def texts(part: Any) -> Iterator[str]:
    """Every text of a figure's JSON that plotly would render, customdata left out: it is never shown."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name not in ("customdata", "template"):
                yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)
    elif isinstance(part, str):
        yield part


@pytest.fixture(params=CHARTS, ids=str)
def chart(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Draw]:
    frame, draw = CHARTS[request.param]
    return frame(), draw


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_same_answer_gives_the_same_figure_so_that_a_selection_survives(chart, mode):
    frame, draw = chart
    assert draw(frame, mode).to_json() == draw(frame.copy(), mode).to_json()


def test_a_figure_never_shows_nan_or_none(chart):
    frame, draw = chart
    for text in texts(draw(frame, "light").to_plotly_json()):
        assert "nan" not in text.lower().replace("finance", "")
        assert "None" not in text


def test_nothing_to_draw_is_refused_so_that_the_page_says_why(chart):
    frame, draw = chart
    with pytest.raises(ValueError, match="no rows"):
        draw(frame.iloc[:0], "light")


def test_text_of_a_crm_stays_text(chart):
    frame, draw = chart
    for name in TEXT_COLUMNS:
        if name in frame and name != "segment":
            frame[name] = [f"{HOSTILE}{value}" for value in frame[name]]
    if set(frame.get("segment", [])) - {"target", "rest", "All"}:
        frame["segment"] = [f"{HOSTILE}{value}" for value in frame["segment"]]
    for text in texts(draw(frame, "light").to_plotly_json()):
        assert "<a" not in text
        assert "href=" not in text or "&lt;a" in text


def test_marks_can_be_clicked_back_to_their_keys(chart):
    frame, draw = chart
    carried = [trace.customdata for trace in draw(frame, "light").data if trace.customdata is not None]
    assert carried
    for data in carried:
        assert all(isinstance(keys, dict) and keys for keys in data)
        assert all(isinstance(value, str | int | float) for keys in data for value in keys.values())


def test_the_template_is_small_and_quiet(chart):
    frame, draw = chart
    layout = draw(frame, "dark").layout
    assert len(layout.template.to_plotly_json()["layout"]) < 20
    assert layout.template.layout.dragmode is False
    assert layout.template.layout.showlegend is False
    assert layout.height is not None


def test_a_click_is_read_back_as_keys():
    event = {"selection": {"points": [{"x": 1}, {"customdata": {"stage": "Proposal", "age": 3}}]}}
    assert charts.clicked(event) == {"stage": "Proposal", "age": "3"}
    assert charts.clicked(None) is None
    assert charts.clicked({"selection": {"points": []}}) is None
