"""Two sides held against each other: verdict, interval and sentence."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from metrics import QuestionError, Scope, find_metric, measure, medians_apart
from metrics.comparison import compare_sides, in_words

D = date.fromisoformat
SIDES = ("target", "rest")


def rates(*sides):
    """Answer rows of `numerator` of `denominator`, one a side."""
    return tuple(
        pd.DataFrame([{"value": k / n if n else None, "n": n, "numerator": k, "denominator": n}]) for k, n in sides
    )


@pytest.mark.parametrize(
    ("target", "rest", "verdict", "sentence"),
    [
        ((60, 100), (30, 100), "better",
         "Win rate: target 60 % against rest 30 %; target is better by 30 points (95 % interval 16.3 to 42.2 points)."),
        ((30, 100), (60, 100), "worse",
         "Win rate: target 30 % against rest 60 %; rest is better by 30 points (95 % interval 16.3 to 42.2 points)."),
        ((50, 100), (45, 100), "no clear difference",
         "Win rate: target 50 % against rest 45 %; no clear difference (95 % interval −8.7 to 18.4 points)."),
        ((4, 4), (30, 100), "too few to say", "Win rate: target 100 % against rest 30 %; too few to say."),
        ((0, 0), (30, 100), "too few to say", "Win rate: target n/a against rest 30 %; too few to say."),
    ],
)  # fmt: skip
def test_verdict_and_sentence_of_rates(target, rest, verdict, sentence):
    (found,) = compare_sides(find_metric("win_rate"), SIDES, rates(target, rest), None, [])
    assert found.verdict == verdict
    assert found.sentence == sentence


def test_difference_and_lift():
    (found,) = compare_sides(find_metric("win_rate"), SIDES, rates((60, 100), (30, 100)), None, [])
    assert found.difference == pytest.approx(0.3)
    assert found.lift == pytest.approx(1.0)
    assert found.low < 0.3 < found.high
    (zero,) = compare_sides(find_metric("win_rate"), SIDES, rates((60, 100), (0, 100)), None, [])
    assert zero.lift is None


def times(values, name):
    frame = pd.DataFrame([{"value": float(np.mean(values)), "n": len(values)}])
    return frame, pd.DataFrame({"drawn": values, "cluster": [f"{name}{i}" for i in range(len(values))]})


def test_lower_is_better_for_times():
    quick, slow = times(np.arange(20.0, 40.0), "a"), times(np.arange(60.0, 80.0), "b")
    (found,) = compare_sides(find_metric("deal_velocity"), SIDES, (quick[0], slow[0]), (quick[1], slow[1]), [])
    assert (found.verdict, found.difference) == ("better", -40.0)
    assert found.low < -40 < found.high < 0
    again = next(compare_sides(find_metric("deal_velocity"), SIDES, (quick[0], slow[0]), (quick[1], slow[1]), []))
    assert (again.low, again.high) == (found.low, found.high), "the draws have a fixed seed"


def test_draws_are_of_accounts_not_of_deals():
    """Twenty deals of one account say as much as one: the interval of many equal accounts is the narrower."""
    values = np.tile([10.0, 50.0], 20)
    other = times(np.full(40, 30.0), "b")
    frame = pd.DataFrame([{"value": 30.0, "n": 40}])
    widths = []
    for clusters in (range(40), [i % 4 for i in range(40)]):
        behind = pd.DataFrame({"drawn": values, "cluster": [f"a{c}" for c in clusters]})
        (found,) = compare_sides(find_metric("deal_velocity"), SIDES, (frame, other[0]), (behind, other[1]), [])
        widths.append(found.high - found.low)
    assert widths[0] < widths[1]


def test_target_against_rest(firm):
    answer = measure(firm, "win_rate", Scope(by="target"))
    (found,) = answer.comparison
    assert (found.segments, found.column) == (SIDES, "value")
    assert found.difference == pytest.approx(6 / 8 - 10 / 13)
    assert found.verdict == "no clear difference"
    told = answer.as_json()["comparison"][0]
    assert set(told) == {"column", "segments", "difference", "lift", "low", "high", "verdict", "sentence"}


def test_medians_beside_a_mean_are_compared_as_medians(opened):
    """Won after 10, 20, 30, 40, 100 days and 50 to 90: medians 30 and 70, means 40 and 70."""
    days = {"a": (10, 20, 30, 40, 100), "b": (50, 60, 70, 80, 90)}
    snapshot = opened(
        stages={"Won": "won"},
        accounts=[{"account_id": f"{side}{i}", "is_target": side == "a"} for side in days for i in range(5)],
        opportunities=[
            {"opportunity_id": f"{side}{i}", "account_id": f"{side}{i}", "stage": "Won", "opened_on": D("2024-01-01"),
             "closed_on": D("2024-01-01") + timedelta(n)}
            for side, each in days.items() for i, n in enumerate(each)
        ],
    )  # fmt: skip
    answer = measure(snapshot, "deal_velocity", Scope(by="target"))
    assert answer.comparison[0].values == (40, 70)
    (found,) = medians_apart(snapshot, answer)
    assert (found.values, found.difference, found.column) == ((30, 70), -40, "median")
    assert found.low < -40 < found.high
    assert found.verdict in ("better", "no clear difference")
    assert medians_apart(snapshot, measure(snapshot, "win_rate", Scope(by="target"))) == []
    assert medians_apart(snapshot, measure(snapshot, "deal_velocity")) == []


def test_more_than_two_segments_are_not_compared(firm):
    assert measure(firm, "win_rate", Scope(by="region")).comparison == ()
    assert len(measure(firm, "win_rate", Scope(by="industry").where("industry", ("Rail", "Air"))).comparison) == 1


def test_against_the_previous_period(firm):
    scope = Scope(start=D("2024-02-01"), end=D("2024-02-29"), compare="previous")
    answer = measure(firm, "won_revenue", scope)
    (found,) = answer.comparison
    assert found.values == (200 + 1400, 100 + 1300)
    assert (found.difference, found.segments) == (200, ("this period", "the previous period"))
    assert found.verdict == "too few to say"
    assert len(answer.frame) == 1, "the other period is no row of the answer"


def test_against_a_year_without_data(firm):
    scope = Scope(start=D("2024-01-01"), end=D("2024-12-31"), compare="last-year")
    (found,) = measure(firm, "won_revenue", scope).comparison
    assert (found.difference, found.low, found.verdict) == (None, None, "too few to say")
    assert "n/a" in found.sentence


def test_an_unfinished_period_is_compared_to_the_same_day_of_the_other(opened):
    """March until the 10th holds one deal; February until the 10th one too, its second came later."""
    days = ["2024-02-05", "2024-02-20", "2024-03-05"]
    snapshot = opened(
        stages={"Won": "won"}, as_of="2024-03-10",
        opportunities=[{"opportunity_id": day, "stage": "Won", "opened_on": day, "amount": 1} for day in days],
    )  # fmt: skip
    scope = Scope(start=D("2024-03-01"), end=D("2024-03-31"), compare="previous")
    (found,) = measure(snapshot, "opportunities_created", scope).comparison
    assert found.values == (1, 1)


def test_a_split_is_compared_segment_by_segment(firm):
    scope = Scope(start=D("2024-02-01"), end=D("2024-02-29"), compare="previous", by="industry")
    found = {c.keys["segment"]: c.values for c in measure(firm, "won_revenue", scope).comparison}
    assert found == {}, "January's deals are of accounts in Rail, February's of accounts in Air"
    scope = Scope(start=D("2024-07-01"), end=D("2024-12-31"), compare="previous", by="industry")
    found = {c.keys["segment"]: c.values for c in measure(firm, "won_revenue", scope).comparison}
    assert found["Air"] == (800 + 1000 + 1200, 200 + 400 + 600 + 1400)
    assert found["Rail"] == (700 + 900 + 1100, 100 + 300 + 500 + 1300 + 1500)


@pytest.mark.parametrize("wrong", [Scope(compare="previous"), Scope(compare="last-year", end=D("2024-03-31"))])
def test_a_comparison_needs_a_period(firm, wrong):
    with pytest.raises(QuestionError, match="needs a period"):
        measure(firm, "win_rate", wrong)


def test_a_state_has_no_other_period(firm):
    with pytest.raises(QuestionError, match="cannot be compared with another period"):
        measure(firm, "open_pipeline", Scope(start=D("2024-01-01"), compare="previous"))


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [(None, "percent", "n/a"), (0.63, "percent", "63 %"), (84.25, "days", "84.2 days"), (1234.4, "money", "1,234"),
     (1284, "count", "1,284"), (2.8912, "ratio", "2.89")],
)  # fmt: skip
def test_values_in_words(value, form, said):
    assert in_words(value, form) == said
