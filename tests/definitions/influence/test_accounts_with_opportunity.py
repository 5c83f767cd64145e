"""Accounts with an opportunity: open at any time in the period, and opened after the first engagement."""

from datetime import date
from statistics import median

import pytest
from random_customers import AS_OF, is_response, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}


def deal(number, account, stage, opened, closed=None):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": stage, "opened_on": opened, "closed_on": closed,
        "amount": 100, "currency": "EUR",
    }  # fmt: skip


def form(number, account, at):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": "form", "side": "marketing", "direction": "in",
        "is_done": True, "occurred_at": at,
    }  # fmt: skip


def company_of(deals, touches=(), accounts=5, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, accounts + 1)], "stages": STAGES,
        "opportunities": [deal(n, *given) for n, given in enumerate(deals)],
        "activities": [form(n, *given) for n, given in enumerate(touches)], "as_of": "2024-06-30", **more,
    }  # fmt: skip


def test_by_hand(opened):
    """
    account  deal                       first form   in April   opened after the form
    a1       20 March – won 1 April     1 March      yes        yes, 19 days
    a2       1 May – open               30 April     no         -
    a3       10 January – lost 31 March -            no         -
    a4       30 April – open            30 April     yes        no: on the same day
    a5       -                          2 April      no         no
    (none)   1 April – open                          left out
    """
    snapshot = opened(**company_of(
        [("a1", "Won", "2024-03-20", "2024-04-01"), ("a2", "Demo", "2024-05-01"),
         ("a3", "Lost", "2024-01-10", "2024-03-31"), ("a4", "Demo", "2024-04-30"), (None, "Demo", "2024-04-01")],
        [("a1", "2024-03-01 10:00"), ("a2", "2024-04-30 10:00"), ("a4", "2024-04-30 08:00"), ("a5", "2024-04-02")],
    ))  # fmt: skip
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    answer = measure(snapshot, "accounts_with_opportunity", april)
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["numerator"], row["denominator"]) == (0.4, 5, 2, 5)
    assert (row["from_engaged"], row["median_days"]) == (0.25, 19)  # a1 of a1, a2, a4, a5
    assert dict(answer.excluded) == {"deal without an account": 1}
    (row,) = measure(snapshot, "accounts_with_opportunity").rows()
    assert (row["numerator"], row["from_engaged"], row["median_days"]) == (4, 0.5, 10)  # a1 19 days, a2 1 day
    assert len(list_rows(snapshot, "accounts_with_opportunity", april)) == 5


def test_a_deal_closed_without_a_date_is_open_in_no_period(opened):
    snapshot = opened(**company_of([("a1", "Lost", "2024-01-10"), ("a2", "Demo", None)]))
    assert measure(snapshot, "accounts_with_opportunity").rows()[0]["numerator"] == 2
    answer = measure(snapshot, "accounts_with_opportunity", Scope(start=date(2024, 1, 1), end=date(2024, 6, 30)))
    assert answer.rows()[0]["numerator"] == 0
    assert dict(answer.excluded) == {"no closing date": 1, "no opening date": 1}


def test_a_filter_on_deals_leaves_the_accounts_in_scope(opened):
    snapshot = opened(**company_of([("a1", "Demo", "2024-01-10"), ("a2", "Won", "2024-01-10", "2024-02-01")]))
    (row,) = measure(snapshot, "accounts_with_opportunity", Scope(filters=(("stage", ("Demo",)),))).rows()
    assert (row["numerator"], row["denominator"]) == (1, 5)


def test_two_deals_of_an_account_are_one_account(opened):
    snapshot = opened(**company_of([("a1", "Demo", "2024-01-10"), ("a1", "Demo", "2024-02-10")]))
    assert measure(snapshot, "accounts_with_opportunity").rows()[0]["numerator"] == 1


def test_deals_of_an_import_say_nothing_of_what_came_first(opened):
    """30 deals opened on one day: an import. Their accounts have an opportunity, but since when cannot be told."""
    snapshot = opened(**company_of(
        [(f"a{n % 5 + 1}", "Demo", "2024-05-05") for n in range(30)], [("a1", "2024-05-01 10:00")],
    ))  # fmt: skip
    answer = measure(snapshot, "accounts_with_opportunity")
    (row,) = answer.rows()
    assert (row["numerator"], row["from_engaged"], row["median_days"]) == (5, None, None)
    assert any("30 deals seem to have been created by an import" in warning for warning in answer.warnings)


def test_nobody_engaged_gives_no_rate(opened):
    (row,) = measure(opened(**company_of([("a1", "Demo", "2024-01-10")])), "accounts_with_opportunity").rows()
    assert (row["value"], row["from_engaged"], row["median_days"]) == (0.2, None, None)


def open_in(given, start, end):
    """Whether the deal was open on any day from `start` to `end`, or without these by the as-of day."""
    opened, closed = given["opened_on"], given["closed_on"]
    if start is None:
        return opened is None or opened <= AS_OF or (closed is not None and closed <= AS_OF)
    if closed and start <= closed <= end and outcome(given) != "open":
        return True
    if opened is None or opened > end:
        return False
    return outcome(given) == "open" or (closed is not None and closed >= start)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("period", [(None, None), (date(2023, 10, 1), date(2024, 3, 31)), (date(2024, 6, 1), AS_OF)])
def test_a_second_answer(seed, period):
    company = random_customers(seed)
    start, end = period
    first = {}
    for touch in company.activities:
        if is_response(touch) and touch["account_id"] and touch["occurred_at"]:
            on = touch["occurred_at"].date()
            first[touch["account_id"]] = min(on, first.get(touch["account_id"], on))
    engaged = {account: on for account, on in first.items() if end is None or on <= end}
    deals = [d for d in company.opportunities if d["account_id"] and open_in(d, start, end)]
    days = []
    for account, on in engaged.items():
        after = [d["opened_on"] for d in deals if d["account_id"] == account and d["opened_on"] and d["opened_on"] > on]
        days += [(min(after) - on).days] if after else []
    (row,) = measure(company.snapshot, "accounts_with_opportunity", Scope(start=start, end=end)).rows()
    assert (row["numerator"], row["denominator"]) == (len({d["account_id"] for d in deals}), 30)
    assert row["from_engaged"] == pytest.approx(len(days) / len(engaged))
    assert row["median_days"] == pytest.approx(median(days))


def test_deals_outside_the_period_are_not_missed(opened):
    """Of two deals without an account one was open in April."""
    snapshot = opened(
        stages={"Demo": "open", "Lost": "lost"}, accounts=[{"account_id": "a1", "name": "North"}], as_of="2024-06-30",
        opportunities=[
            {"opportunity_id": "d1", "account_id": None, "stage": "Lost", "opened_on": "2024-01-01",
             "closed_on": "2024-03-31"},
            {"opportunity_id": "d2", "account_id": None, "stage": "Demo", "opened_on": "2024-02-01"},
        ],
    )  # fmt: skip
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    assert dict(measure(snapshot, "accounts_with_opportunity", april).excluded) == {"deal without an account": 1}
    assert dict(measure(snapshot, "accounts_with_opportunity").excluded) == {"deal without an account": 2}
