"""Goals from a file: known by its headers, metrics by name or title, rates in percent."""

from datetime import date

import pytest

from metrics import can_have_goal, catalog
from tests.exports.conftest import Parse

GOAL = "metric, starts_on, ends_on, dimension, segment, value"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def test_a_sheet_of_goals_needs_no_mapping(load: Parse) -> None:
    parsed = load(
        "Metric,From,To,Dimension,Segment,Goal\nWon revenue,2026-01-01,2026-12-31,,,14800000\n"
        "won_revenue,2026-01-01,2026-12-31,target,target,9000000\nWin rate,2026-01-01,2026-12-31,,,38.5 %\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("goals", "goals")
    assert parsed.verdict == (3, 3, 0, 0, 0, 0)
    assert parsed.rows("goals", GOAL) == [
        ("won_revenue", FIRST, LAST, None, None, 14_800_000),
        ("won_revenue", FIRST, LAST, "target", "target", 9_000_000),
        ("win_rate", FIRST, LAST, None, None, pytest.approx(0.385)),
    ]  # fmt: skip


def test_other_words_and_a_goal_without_days(load: Parse) -> None:
    parsed = load("KPI,Start Date,End Date,Target\nAccounts in market,,,\nDeal velocity,2026-01-01,,75\n")
    assert parsed.report["object"] == "goals"
    assert parsed.rows("goals", "metric, starts_on, ends_on, value") == [("deal_velocity", FIRST, None, 75)]
    assert parsed.verdict == (2, 1, 1, 0, 0, 0)


def test_every_metric_that_can_have_a_goal_is_known_by_its_title(load: Parse) -> None:
    aimed = [metric for metric in catalog().values() if can_have_goal(metric)]
    lines = "".join(f"{metric.title},0.5\n" for metric in aimed)
    parsed = load(f"Metric,Goal\n{lines}")
    assert [name for (name,) in parsed.rows("goals", "metric")] == [metric.name for metric in aimed]


def test_the_median_of_a_figure_is_named_by_its_title(load: Parse) -> None:
    parsed = load(
        'Metric,From,Goal\n"Deal velocity, median",2026-01-01,75\nMedian days to win,2026-02-01,80\n'
        "deal_velocity.median,2026-03-01,90\n"
    )
    assert [name for (name,) in parsed.rows("goals", "metric")] == ["deal_velocity.median"] * 3


@pytest.mark.parametrize("header", ["Deal Name,Amount,Target", "Company name,Domain,Target", "Campaign,Metric,Clicks"])
def test_what_is_no_sheet_of_goals_is_not_taken_for_one(load: Parse, header: str) -> None:
    report = load(f"{header}\na,b,1\nc,d,2\n").report
    assert report.get("object") != "goals"
