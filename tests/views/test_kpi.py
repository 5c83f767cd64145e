"""A figure's card: what its colour says of a change, and what its sparkline draws where a month is not known."""

import math
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.cards import reading
from dashboard.cards.question import Question
from dashboard.filters import Choice
from dashboard.topics.comparison import EVERY, MEASURES, measure_of
from metrics import Answer, Comparison, Scope, find_metric

FIGURE = reading.Figure("win_rate", "Win rate", Question("win_rate", Scope()))


def answer(better: str, verdict: str, difference: float) -> Answer:
    compared = Comparison(
        {}, "value", ("now", "then"), (0.3, 0.3 - difference), difference, None, None, None, verdict, ""
    )
    return Answer(
        metric=replace(find_metric("win_rate"), better=better), scope=Scope(), sentence="", as_of=date(2024, 6, 30),
        currency=None, frame=pd.DataFrame(), comparison=(compared,),
    )  # fmt: skip


@pytest.mark.parametrize(("better", "verdict", "difference", "colour"), [
    ("higher", "worse", -0.1, "normal"), ("lower", "worse", 0.1, "inverse"), ("higher", "better", 0.1, "off"),
    ("higher", "no clear difference", -0.1, "off"), ("none", "worse", -0.1, "off"), ("none", "better", 0.1, "off"),
])  # fmt: skip
def test_only_a_clear_change_to_the_worse_is_red(better, verdict, difference, colour):
    """Where no side is better, worse only says lower: that is no bad news."""
    assert reading.change_of(FIGURE, Choice(), answer(better, verdict, difference), "percent")["delta_color"] == colour


@pytest.mark.parametrize(("better", "now", "colour"), [
    ("lower", 50.0, "inverse"), ("higher", 10.0, "normal"), ("higher", 50.0, "off"), ("none", 10.0, "off"),
    ("none", 50.0, "off"),
])  # fmt: skip
def test_a_column_beside_the_compared_one_goes_by_the_better_side_too(monkeypatch, better, now, colour):
    """30 days before (28 to 32), clearly other now (within 1 day)."""
    figure = reading.Figure("days", "Days", Question("deal_velocity", Scope()), column="median",
                        bounds=("median_low", "median_high"))  # fmt: skip

    def told(value: float, around: float) -> Answer:
        frame = pd.DataFrame([{"median": value, "median_low": value - around, "median_high": value + around}])
        scope = Scope(start=date(2024, 4, 1), end=date(2024, 6, 30), compare="previous")
        return replace(answer(better, "better", 0.0), frame=frame, scope=scope)

    monkeypatch.setattr(reading.visit, "ask", lambda *_: told(30.0, 2.0))
    assert reading.plain_change(figure, told(now, 1.0), "days")["delta_color"] == colour


def test_every_measure_that_the_scoreboard_counts_has_a_better_side():
    measures = [measure_of(name) for name in EVERY]
    assert {find_metric(one.metric).better_of(dict([one.row] if one.row else [])) for one in measures} <= {
        "higher",
        "lower",
    }
    assert set(MEASURES) < set(EVERY)


def test_a_sparkline_breaks_where_a_month_is_not_known(monkeypatch):
    """Its next month stands a month later and not beside."""
    months = pd.DataFrame({"period": ["2024-01", "2024-02", "2024-03", "2024-04"], "value": [0.1, 0.2, None, 0.4]})
    monkeypatch.setattr(reading.visit, "ask", lambda *_: replace(answer("higher", "better", 0.1), frame=months))
    drawn = reading.trend_of(FIGURE, date(2024, 4, 30))
    assert drawn is not None
    assert drawn[:2] == [0.1, 0.2]
    assert math.isnan(drawn[2])
    assert drawn[3] == 0.4


def test_two_known_months_are_no_trend(monkeypatch):
    months = pd.DataFrame({"period": ["2024-01", "2024-02", "2024-03"], "value": [0.1, None, 0.4]})
    monkeypatch.setattr(reading.visit, "ask", lambda *_: replace(answer("higher", "better", 0.1), frame=months))
    assert reading.trend_of(FIGURE, date(2024, 3, 31)) is None
