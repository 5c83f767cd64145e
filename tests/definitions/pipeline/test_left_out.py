"""What a metric cannot use is counted, once and by its reason; what had not begun on the as-of day is not there yet."""

from datetime import date

import pytest

from metrics import Scope, measure

STAGES = {"Demo": "open", "Offer": "open", "Won": "won", "Lost": "lost", "Dropped": "no_decision"}
QUARTER = Scope(start=date(2024, 4, 1), end=date(2024, 6, 30))


def deal(number, stage="Demo", opened="2024-01-10", closed=None, amount=100, **more):
    return {
        "opportunity_id": f"d{number}", "account_id": "a1", "stage": stage, "opened_on": opened, "closed_on": closed,
        "amount": amount, "currency": "EUR", **more,
    }  # fmt: skip


def company_of(*deals, **more):
    return {
        "stages": STAGES, "accounts": [{"account_id": "a1", "name": "North"}], "opportunities": list(deals),
        "as_of": "2024-06-30", **more,
    }  # fmt: skip


LATER = company_of(
    deal(1), deal(2, opened="2024-06-30"), deal(3, opened="2024-07-01"), deal(4, opened=None),
    deal(5, "Won", "2024-07-02", "2024-07-20"), deal(6, "Won", "2024-02-01", "2024-03-01"),
    activities=[{"activity_id": "t", "account_id": "a1", "kind": "form", "side": "marketing", "direction": "in",
                 "is_done": True, "occurred_at": "2024-06-30 10:00"}],
)  # fmt: skip


@pytest.fixture
def later(opened):
    """Of the open deals d3 opens on the day after the as-of day; so does the won d5."""
    return opened(**LATER)


@pytest.mark.parametrize(
    ("metric", "value", "reasons"),
    [
        ("open_pipeline", 300, {"opened after as-of": 1, "no opening date (median age only)": 1,
                                "no probability (weighted only)": 3}),
        ("opportunities_created", 4, {"opened after as-of": 2}),
        ("stage_funnel", 4, {"opened after as-of": 2}),
        ("deal_velocity", 29, {"closed after as-of": 1, "not won, not followed: opened after as-of": 1,
                               "not won, not followed: no opening date": 1}),
        ("cohort_win_rate", 0, {"opened after as-of": 2, "no opening date": 1}),
    ],
)  # fmt: skip
def test_deals_opened_after_the_as_of_day_are_not_there_yet(later, metric, value, reasons):
    answer = measure(later, metric)
    assert answer.rows()[0]["value"] == value
    assert dict(answer.excluded) == reasons


def test_the_open_pipeline_is_what_the_bridge_ends_with(later):
    """d1, d2 and d4 are open; in the quarter d4 is left out by the bridge, for want of a date."""
    (row,) = measure(later, "open_pipeline").rows()
    whole = measure(later, "pipeline_bridge")
    steps = {step["step"]: step for step in whole.rows()}
    assert (steps["open_at_end"]["value"], steps["open_at_end"]["amount"]) == (row["deals"], row["value"]) == (3, 300)
    assert (steps["created"]["value"], steps["won"]["value"]) == (4, 1)
    assert dict(whole.excluded) == {"opened after as-of": 2}
    quarter = measure(later, "pipeline_bridge", QUARTER)
    assert [step["value"] for step in quarter.rows()] == [1, 1, 0, 0, 0, 2]
    assert dict(quarter.excluded) == {"opened after as-of": 2, "no opening date": 1}
    assert dict(measure(later, "pipeline_bridge", Scope(end=date(2024, 3, 31))).excluded) == {"no opening date": 1}


def test_a_period_that_ends_before_the_as_of_day_leaves_nothing_out(later):
    answer = measure(later, "opportunities_created", Scope(start=date(2024, 1, 1), end=date(2024, 3, 31)))
    assert (answer.rows()[0]["value"], dict(answer.excluded)) == (2, {"no opening date": 1})


def test_influence_and_lists_do_not_see_them_either(later):
    influence = measure(later, "marketing_influence")
    assert {row["of"]: row["deals"] for row in influence.rows()} == {"pipeline": 2, "won": 2}
    assert dict(influence.excluded) == {"opened after as-of": 1, "no opening date": 1}
    overdue = measure(later, "overdue_deals", None, {"idle_days": 1})
    assert (overdue.rows(), dict(overdue.excluded)) == ([], {"no expected closing": 3, "opened after as-of": 1})


def test_an_account_has_no_opportunity_before_it_opens(opened):
    snapshot = opened(**company_of(deal(1, opened="2024-07-01")))
    answer = measure(snapshot, "accounts_with_opportunity")
    assert (answer.rows()[0]["numerator"], dict(answer.excluded)) == (0, {"opened after as-of": 1})


def test_an_open_deal_without_probability_is_counted(opened):
    """Demo: 100 at 0.5, and 300 of unknown probability. Offer: nothing known of any, so that nothing is weighted."""
    snapshot = opened(**company_of(deal(1, probability=0.5), deal(2, amount=300), deal(3, "Offer"),
                                   deal(4, "Offer", amount=None)))  # fmt: skip
    answer = measure(snapshot, "open_pipeline")
    assert [(row["stage"], row["value"], row["weighted"]) for row in answer.rows()] == [
        ("Demo", 400, 50), ("Offer", 100, None),
    ]  # fmt: skip
    assert dict(answer.excluded) == {"no amount": 1, "no probability (weighted only)": 2}


def test_win_rate_says_what_its_parts_leave_out(opened):
    """By value: 100 ÷ (100 + 300); the won d2 has no amount. In the quarter two deals have no closing date."""
    snapshot = opened(**company_of(
        deal(1, "Won", closed="2024-05-01"), deal(2, "Won", closed="2024-05-01", amount=None),
        deal(3, "Lost", closed="2024-05-01", amount=300), deal(4, "Lost", closed=None),
        deal(5, "Dropped", closed=None), deal(6, "Dropped", closed="2024-05-01", amount=None),
    ))  # fmt: skip
    answer = measure(snapshot, "win_rate", QUARTER)
    (row,) = answer.rows()
    assert (row["numerator"], row["denominator"], row["by_value"], row["broad"]) == (2, 3, 0.25, 0.5)
    assert dict(answer.excluded) == {
        "no closing date": 1, "no closing date (broad only)": 1, "no amount (by value only)": 1,
    }  # fmt: skip


def test_owners_median_needs_five_deals_beside_a_bulk_load(opened):
    """20 open deals of one day; One won 5 others after 10 to 14 days, Two won 4 and one opened after its closing."""
    deals = [deal(n, opened="2024-01-01", owner="One") for n in range(20)]
    deals += [deal(20 + n, "Won", f"2024-0{n + 1}-10", f"2024-0{n + 1}-{20 + n}", owner="One") for n in range(5)]
    deals += [deal(30 + n, "Won", f"2024-0{n + 1}-12", f"2024-0{n + 1}-20", owner="Two") for n in range(4)]
    deals += [deal(40, "Won", "2024-05-20", "2024-05-10", owner="Two")]
    answer = measure(opened(**company_of(*deals)), "owner_performance")
    assert {row["owner"]: (row["deals"], row["median_days"]) for row in answer.rows()} == {
        "One": (5, 12), "Two": (5, None),
    }  # fmt: skip
    assert dict(answer.excluded) == {"negative duration (median days only)": 1}


def test_contracts_that_cannot_be_are_counted(opened):
    contract = {"account_id": "a1", "monthly_revenue": 10, "currency": "EUR"}
    spans = [("2024-01-01", None), ("2024-02-01", "2024-01-01"), ("2024-02-01", "2024-02-01"), ("2024-07-01", None),
             (None, None)]  # fmt: skip
    contracts = [
        {**contract, "contract_id": f"k{n}", "started_on": start, "ended_on": end}
        for n, (start, end) in enumerate(spans)
    ]
    snapshot = opened(**company_of(contracts=contracts))
    for metric in ("cohort_logo_retention", "cohort_revenue_retention"):
        assert dict(measure(snapshot, metric).excluded) == {
            "contract ends on or before the day it starts": 2, "contract starts after as-of": 1,
            "contract without a start": 1,
        }  # fmt: skip


def test_a_deal_opened_after_the_as_of_day_is_in_no_stage_and_no_amount(opened):
    """d1 (5) opened 1 May; d2 (5) opens 1 August, a month after the as-of day; no history says where they are."""
    snapshot = opened(
        stages={"Demo": "open", "Won": "won"}, as_of="2024-06-30", accounts=[{"account_id": "a1", "name": "North"}],
        opportunities=[
            {"opportunity_id": "d1", "account_id": "a1", "stage": "Demo", "opened_on": "2024-05-01", "amount": 5},
            {"opportunity_id": "d2", "account_id": "a1", "stage": "Demo", "opened_on": "2024-08-01", "amount": 5},
        ],
    )  # fmt: skip
    (stage,) = measure(snapshot, "days_in_stage").rows()
    assert (stage["open_n"], stage["open_median_age"]) == (1, 60)
    steps = {row["step"]: row["amount"] for row in measure(snapshot, "account_funnel").rows()}
    assert steps["with_opportunity"] == 5
