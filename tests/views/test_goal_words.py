"""What a card says of its goal: in each unit, reached, on the way, missed, with too few and without one."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from company import company

from dashboard import visit
from dashboard.cards import goal_line, reading
from dashboard.cards.page import Page
from dashboard.cards.question import Question
from dashboard.filters import Choice
from dashboard.text.numbers import MINUS, NBSP
from dashboard.text.scope import scope_words
from dashboard.topics.figures import coverage_words
from metrics import Answer, Comparison, Scope, find_metric, measure, open_snapshot

UNFINISHED = Choice(period="this_quarter", compare="goal")


def held(value: float | None, goal: float, verdict: str) -> Comparison:
    difference = None if value is None else value - goal
    return Comparison(
        {}, "value", ("this period", "the goal"), (value, goal), difference, None, None, None, verdict, ""
    )


def answer(name: str) -> Answer:
    return Answer(metric=find_metric(name), scope=Scope(), sentence="", as_of=date(2026, 10, 31), currency="EUR",
                  frame=pd.DataFrame())  # fmt: skip


@pytest.mark.parametrize(("name", "value", "goal", "verdict", "words", "delta", "colour"), [
    ("won_revenue", 760_000.0, 1_000_000.0, "no clear difference", "76 % of goal € 1 M", "-24 %", "off"),
    ("won_revenue", 760_000.0, 1_000_000.0, "worse", "76 % of goal € 1 M", "-24 %", "normal"),
    ("won_revenue", 1_000_000.0, 1_000_000.0, "no clear difference", "Goal € 1 M reached", "0 %", "off"),
    ("won_revenue", 1_200_000.0, 1_000_000.0, "better", "€ 200 k beyond goal € 1 M", "+20 %", "off"),
    ("win_rate", 0.38, 0.35, "no clear difference", "3 pts beyond goal 35 %", "+3 pts", "off"),
    ("win_rate", 0.25, 0.35, "worse", "10 pts below goal 35 %", "-10 pts", "normal"),
    ("deal_velocity", 84.0, 75.0, "worse", "9 days above goal 75", "+9 days", "inverse"),
    ("deal_velocity", 70.0, 75.0, "better", "5 days under goal 75", "-5 days", "off"),
    ("win_rate", None, 0.35, "too few to say", "Goal 35 %", "too few", "off"),
])  # fmt: skip
def test_the_goal_in_words(name, value, goal, verdict, words, delta, colour):
    found, told = held(value, goal, verdict), answer(name)
    assert goal_line.goal_words(told, found).replace(NBSP, " ") == words
    change = goal_line.goal_change(told, found)
    assert (change["delta"].replace(NBSP, " "), change["delta_color"]) == (delta, colour)
    assert MINUS not in change["delta"]


def test_the_time_gone_stands_beside_what_is_missing_and_is_never_all_before_the_last_day():
    told = answer("won_revenue")
    for days, gone in ((61, "87 %"), (1, "99.8 %"), (457, "0 %")):
        found = replace(held(760_000.0, 1_000_000.0, "no clear difference"), to_come=(days, 457))
        words = f"76 % of goal € 1 M, {gone} of time gone"
        assert goal_line.goal_words(told, found).replace(NBSP, " ") == words
    reached = replace(held(1_000_000.0, 1_000_000.0, "no clear difference"), to_come=(61, 457))
    assert goal_line.goal_words(told, reached).replace(NBSP, " ") == "Goal € 1 M reached"


@pytest.mark.parametrize(("name", "value", "goal", "due", "delta", "words", "beside"), [
    ("won_revenue", 13_527_550.0, 15.9e6, 13_247_826.0, "+2 %",
     "85 % of goal € 15.9 M, 2 % ahead of the € 13.2 M due by now", "85 % of goal € 15.9 M, € 13.2 M due by now"),
    ("won_revenue", 752_000.0, 1e6, 750_000.0, "+0.3 %",
     "75 % of goal € 1 M, as much as the € 750 k due by now", "75 % of goal € 1 M, € 750 k due by now"),
    ("won_revenue", 600_000.0, 1e6, 750_000.0, "-20 %",
     "60 % of goal € 1 M, 20 % behind the € 750 k due by now", "60 % of goal € 1 M, € 750 k due by now"),
    ("won_revenue", 1.2e6, 1e6, 750_000.0, "+60 %", "€ 200 k beyond goal € 1 M", "€ 200 k beyond goal € 1 M"),
    ("won_revenue", 0.0, 1e6, None, "-€ 1 M", "0 % of goal € 1 M, 75 % of time gone",
     "0 % of goal € 1 M, 75 % of time gone"),
    ("engaged_accounts", 0.3, 0.4, None, "-10 pts", "10 pts below goal 40 %, 75 % of time gone", "Goal 40 %"),
])  # fmt: skip
def test_an_unfinished_period_is_held_to_what_of_its_goal_is_due_by_now(name, value, goal, due, delta, words, beside):
    """13,527,550 ÷ 13,247,826 = 1.021; 752 ÷ 750 = 1.003; 600 ÷ 750 = 0.8; 1,200 ÷ 750 = 1.6; of a share of accounts,
    and before the first day, nothing is due."""
    found = replace(held(value, goal, "no clear difference"), to_come=(25, 100), due=due)
    assert goal_line.goal_change(answer(name), found)["delta"].replace(NBSP, " ") == delta
    assert goal_line.goal_words(answer(name), found).replace(NBSP, " ") == words
    assert goal_line.goal_words(answer(name), found, beside_chip=True).replace(NBSP, " ") == beside


def test_beside_a_chip_that_says_how_far_the_goal_is_enough():
    told = replace(held(0.25, 0.35, "worse"), keys={})
    assert goal_line.goal_words(answer("win_rate"), told, beside_chip=True).replace(NBSP, " ") == "Goal 35 %"
    share = held(760_000.0, 1_000_000.0, "worse")
    words = goal_line.goal_words(answer("won_revenue"), share, beside_chip=True)
    assert words.replace(NBSP, " ") == "76 % of goal € 1 M"


def test_without_a_goal_the_card_says_so():
    assert goal_line.goal_change(answer("win_rate"), None) == {
        "delta": "no goal", "delta_color": "off", "delta_arrow": "off",
    }  # fmt: skip


def test_the_scope_says_that_the_period_is_not_over_and_what_it_is_compared_with():
    words = scope_words(UNFINISHED, date(2026, 10, 31), has_targets=True)
    assert "31 October 2026 (unfinished, ends 31 Dec 2026), compared with the goal" in words
    over = scope_words(UNFINISHED, date(2026, 12, 31), has_targets=True)
    assert "unfinished" not in over


@pytest.mark.parametrize(
    ("as_of", "end"), [(date(2026, 10, 31), date(2026, 10, 31)), (date(2026, 10, 12), date(2026, 9, 30))]
)
def test_a_month_that_is_not_over_is_not_drawn(as_of, end):
    figure = reading.Figure("won_revenue", "Won revenue", Question("won_revenue", Scope(start=date(2026, 1, 1))))
    assert reading.trend_end(figure, as_of) == end
    stands = replace(figure, trend_where=("step", "open_at_end"))
    assert reading.trend_end(stands, as_of) == as_of


def test_a_comparison_with_the_goal_is_with_no_other_period():
    choice = UNFINISHED.settled(date(2026, 10, 31), date(2026, 10, 30))
    assert choice.compare == "goal"
    scope = choice.scope(date(2026, 10, 31), has_targets=False)
    assert choice.compared(scope, find_metric("won_revenue")).compare is None


@pytest.mark.parametrize(("as_of", "chosen", "words"), [
    ("2024-05-15", {"period": "five_quarters"}, "€ 800 due this quarter, € 100 of it overdue, 1.0× of € 800 left"),
    ("2024-04-01", {"period": "this_quarter"}, "€ 800 due this quarter, 0.8× of € 1 k left"),
    ("2024-05-15", {"period": "last_quarter"}, ""),
    ("2024-05-15", {"period": "custom", "start": date(2023, 1, 1), "end": date(2023, 3, 31)}, ""),
])  # fmt: skip
def test_what_is_due_this_quarter_says_what_of_it_is_overdue(monkeypatch, as_of, chosen, words):
    """300 + 400 to come and 100 that should have closed on 1 April, which on that day is not overdue yet; 200 of the
    goal of 1,000 won on 30 April. Of a period that has ended nothing is due any more."""
    deals = [
        {"opportunity_id": f"d{i}", "account_id": "a", "amount": amount, "currency": "EUR", "stage": stage,
         "opened_on": "2024-01-01", "closed_on": day}
        for i, (amount, stage, day) in enumerate([(300, "Open", "2024-06-30"), (100, "Open", "2024-04-01"),
                                                  (400, "Open", "2024-06-01"), (200, "Won", "2024-04-30"),
                                                  (70, "Open", "2024-07-01")])
        if stage == "Open" or day <= as_of
    ]  # fmt: skip
    goal = {"metric": "won_revenue", "starts_on": "2024-04-01", "ends_on": "2024-06-30", "value": 1000}
    firm = open_snapshot(company(stages={"Open": "open", "Won": "won"}, accounts=[{"account_id": "a"}],
                                 opportunities=deals, goals=[goal], as_of=as_of))  # fmt: skip
    monkeypatch.setattr(visit, "ask", lambda name, scope, options: measure(firm, name, scope, options))
    page = Page(Choice(**chosen), date.fromisoformat(as_of), has_targets=False, pipelines=("(none)",))
    assert coverage_words(page).replace(NBSP, " ") == words
