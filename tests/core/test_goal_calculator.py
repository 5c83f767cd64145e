"""The goal calculator: each step divides by its rate, and what is not known makes what follows unknown."""

from dataclasses import replace

import pytest

from metrics import GoalRates, QuestionError, Scope, goal_plan, goal_rates, measure

RATES = GoalRates(
    revenue=800_000, deal_size=20_000, win_rate=0.25, win_rate_by_value=0.2, engaged_to_opportunity=0.4,
    target_to_engaged=0.5, market_left=1_000,
)  # fmt: skip


def test_by_hand():
    """
    goal                   deals  pipeline   opportunities  engaged  target  the market has 1,000 left
    1,000,000                 50  5,000,000            200      500   1,000  just enough
    880,000   (+10 %)         44  4,400,000            176      440     880  enough
    1,200,000 (+50 %)         60  6,000,000            240      600   1,200  not enough
    """
    goal, ten, fifty = goal_plan(RATES, 1_000_000, growth=(0.1, 0.5))
    assert (goal.growth, goal.deals, goal.pipeline, goal.opportunities) == (None, 50, 5_000_000, 200)
    assert (goal.engaged_accounts, goal.target_accounts, goal.market_left, goal.is_enough) == (500, 1_000, 1_000, True)
    assert (ten.growth, ten.revenue) == (0.1, pytest.approx(880_000))
    assert (ten.deals, ten.target_accounts, ten.is_enough) == (pytest.approx(44), pytest.approx(880), True)
    assert (fifty.opportunities, fifty.target_accounts, fifty.is_enough) == (240, 1_200, False)


def test_three_scenarios_by_default():
    assert [plan.growth for plan in goal_plan(RATES)] == [0.1, 0.25, 0.5]
    assert goal_plan(replace(RATES, revenue=None)) == []


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("deal_size", {"deals", "opportunities", "engaged_accounts", "target_accounts"}),
        ("win_rate", {"opportunities", "engaged_accounts", "target_accounts"}),
        ("win_rate_by_value", {"pipeline"}),
        ("engaged_to_opportunity", {"engaged_accounts", "target_accounts"}),
        ("target_to_engaged", {"target_accounts"}),
        ("market_left", {"market_left"}),
    ],
)
@pytest.mark.parametrize("nothing", [None, 0])
def test_what_is_not_known_is_never_0(missing, unknown, nothing):
    (plan,) = goal_plan(replace(RATES, **{missing: nothing if missing != "market_left" else None}), 1_000_000, ())
    figures = ("deals", "pipeline", "opportunities", "engaged_accounts", "target_accounts", "market_left")
    assert {name for name in figures if getattr(plan, name) is None} == unknown
    assert (plan.is_enough is None) == bool(unknown & {"target_accounts", "market_left"})


@pytest.mark.parametrize(("goal", "growth"), [(0, ()), (-5, ()), (float("nan"), ()), (1, (-1,)), (1, (float("nan"),))])
def test_impossible_goals(goal, growth):
    with pytest.raises(QuestionError):
        goal_plan(RATES, goal, growth)


def test_the_rates_are_those_of_the_metrics_over_a_year(opened):
    """Of the year to 30 June 2024: wins of 100 and 300, one lost of 100; the win of 2023-06-30 is a day too old."""
    deals = [
        ("Won", "2024-05-01", 100),
        ("Won", "2023-07-01", 300),
        ("Lost", "2024-04-01", 100),
        ("Won", "2023-06-30", 9),
    ]
    snapshot = opened(
        as_of="2024-06-30", stages={"Open": "open", "Won": "won", "Lost": "lost"},
        accounts=[{"account_id": f"a{n}", "name": f"N{n}", "industry": "Rail", "is_target": n < 6} for n in range(8)],
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": stage, "opened_on": "2023-06-01",
             "closed_on": day, "amount": amount, "currency": "EUR"} for n, (stage, day, amount) in enumerate(deals)
        ],
        activities=[
            {"activity_id": f"t{n}", "account_id": f"a{n}", "kind": "form", "side": "marketing",
             "occurred_at": "2024-03-01"} for n in (0, 1, 2, 5, 7)
        ],
        market=[{"segment": "Rail", "industry": "Rail", "companies": 50}],
    )  # fmt: skip
    rates = goal_rates(snapshot)
    assert (rates.revenue, rates.deal_size) == (400, 200)
    assert (rates.win_rate, rates.win_rate_by_value) == (pytest.approx(2 / 3), pytest.approx(0.8))
    year = Scope(filters=(("target", ("target",)),), start=snapshot.as_of.replace(2023, 7, 1), end=snapshot.as_of)
    steps = {row["step"]: row["step_rate"] for row in measure(snapshot, "account_funnel", year).rows()}
    assert (rates.target_to_engaged, rates.engaged_to_opportunity) == (steps["engaged"], steps["with_opportunity"])
    assert rates.market_left == 47  # three of the 50 are customers
    rail = goal_rates(snapshot, Scope(filters=(("stage", ("Lost",)),)))
    assert (rail.revenue, rail.deal_size) == (None, None)
    assert goal_plan(rail) == []


def test_without_touches_the_steps_from_and_to_engaged_are_not_known(opened):
    """Three of four targets have a deal: that is a share of all targets and none of the engaged, who are not known.

    With touches of two of them, one without a deal, all four are engaged or further, and three of these have a deal.
    """
    rows = {
        "as_of": "2024-06-30", "stages": {"Open": "open", "Won": "won"},
        "accounts": [{"account_id": f"a{n}", "name": f"N{n}", "is_target": True} for n in range(4)],
        "opportunities": [
            {"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": "Won", "opened_on": "2024-01-01",
             "closed_on": "2024-02-01", "amount": 100, "currency": "EUR"} for n in range(3)
        ],
    }  # fmt: skip
    unknown = goal_rates(opened(**rows))
    assert (unknown.engaged_to_opportunity, unknown.target_to_engaged) == (None, None)
    (plan,) = goal_plan(unknown, 1_000, growth=())
    assert (plan.deals, plan.opportunities) == (10, 10)
    assert (plan.engaged_accounts, plan.target_accounts, plan.is_enough) == (None, None, None)

    sent = [{"activity_id": "t0", "account_id": "a3", "kind": "email_sent", "side": "marketing",
             "occurred_at": "2024-03-01"}]  # fmt: skip
    assert goal_rates(opened(**rows, activities=sent)).target_to_engaged is None  # a send engages nobody
    touched = [
        {
            "activity_id": f"t{n}",
            "account_id": f"a{n}",
            "kind": "form",
            "side": "marketing",
            "occurred_at": "2024-03-01",
        }
        for n in (0, 3)
    ]
    known = goal_rates(opened(**rows, activities=touched))
    assert (known.target_to_engaged, known.engaged_to_opportunity) == (1.0, 0.75)
    (plan,) = goal_plan(known, 1_000, growth=())
    assert (plan.engaged_accounts, plan.target_accounts) == (pytest.approx(40 / 3), pytest.approx(40 / 3))
