"""Lifetime value at equal age: revenue after the first win, of accounts followed that long only."""

from datetime import date

import pytest

from metrics import Scope, list_rows, measure

EUR = {"currency": "EUR"}
STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}


def invoice(number, account, day, amount=100):
    return {"invoice_id": f"i{number}", "account_id": account, "invoiced_on": day, "amount": amount, **EUR}


def company_of(targets=(), **more):
    accounts = [{"account_id": f"a{n}", "name": f"a{n}", "is_target": f"a{n}" in targets} for n in range(1, 8)]
    return {"accounts": accounts, "stages": STAGES, "as_of": "2024-06-30", **more}


def ages(snapshot, scope=None, column="value"):
    return {r["age_months"]: r[column] for r in measure(snapshot, "lifetime_value_impact", scope).rows()}


def test_by_hand(opened):
    """
    account  invoices                                                     first        followed   3      6      12
    a1       10 Jan 23: 100, 9 Apr: 20, 10 Apr: 7, 10 Jul: 1, 30 Jun 24   10 Jan 23    17 months  120    127    128
    a2       1 Jan 24: 60, 30 Jun 24: 6                                   1 Jan 24     6 months   60     66     –
    a3       2 Jan 24: 600                                                2 Jan 24     5 months   600    –      –
    a4       1 Apr 24: 40                                                 1 Apr 24     3 months   40     –      –
    a5       2 Apr 24: 4,000                                              2 Apr 24     under 3    –      –      –
    mean                                                                               820 ÷ 4    96.5   128
    """
    invoices = [
        invoice(n, account, day, amount) for n, (account, day, amount) in enumerate([
            ("a1", "2023-01-10", 100), ("a1", "2023-04-09", 20), ("a1", "2023-04-10", 7), ("a1", "2023-07-10", 1),
            ("a1", "2024-06-30", 5000), ("a2", "2024-01-01", 60), ("a2", "2024-06-30", 6), ("a3", "2024-01-02", 600),
            ("a4", "2024-04-01", 40), ("a5", "2024-04-02", 4000),
        ])
    ]  # fmt: skip
    snapshot = opened(**company_of(invoices=invoices))
    answer = measure(snapshot, "lifetime_value_impact")
    assert [(r["age_months"], r["value"], r["n"], r["median"], r["revenue"]) for r in answer.rows()] == [
        (3, 205, 4, 90, 820), (6, 96.5, 2, 96.5, 193), (12, 128, 1, 128, 128),
    ]  # fmt: skip
    assert dict(answer.excluded) == {"not followed for 3 months yet": 1}
    listed = list_rows(snapshot, "lifetime_value_impact", where={"age_months": 3})
    assert dict(zip(listed["account_id"], listed["measure"], strict=True)) == {"a1": 120, "a2": 60, "a3": 600, "a4": 40}


def test_the_period_is_that_of_the_first_win(opened):
    invoices = [invoice(1, "a1", "2023-01-10"), invoice(2, "a1", "2023-02-10"), invoice(3, "a2", "2023-02-01", 7)]
    snapshot = opened(**company_of(invoices=invoices))
    assert ages(snapshot, Scope(start=date(2023, 2, 1), end=date(2023, 2, 28))) == {3: 7, 6: 7, 12: 7}
    monthly = measure(snapshot, "lifetime_value_impact", Scope(grain="month"))
    assert [(r["period"], r["value"]) for r in monthly.rows() if r["age_months"] == 3] == [
        ("2023-01", 200), ("2023-02", 7),
    ]  # fmt: skip


def test_the_first_win_begins_the_time_and_is_in_it(opened):
    """By won amounts: 300 won on 1 February, 50 on 30 April, 8 on 1 May."""
    deals = [
        {"opportunity_id": f"d{n}", "account_id": "a1", "stage": "Won", "opened_on": "2023-01-01", "closed_on": day,
         "amount": amount, **EUR}
        for n, (day, amount) in enumerate([("2023-02-01", 300), ("2023-04-30", 50), ("2023-05-01", 8)])
    ]  # fmt: skip
    assert ages(opened(**company_of(opportunities=deals))) == {3: 350, 6: 358, 12: 358}


def test_won_before_it_was_paid(opened):
    """Won on 1 February, invoiced 100 from 1 March: two invoices in three months from the win. a2 never paid."""
    deals = [
        {"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": "Won", "opened_on": "2023-01-01",
         "closed_on": "2023-02-01", "amount": 1, **EUR}
        for n in (1, 2)
    ]  # fmt: skip
    invoices = [invoice(n, "a1", f"2023-0{n}-01") for n in range(3, 10)]
    snapshot = opened(**company_of(opportunities=deals, invoices=invoices))
    assert ages(snapshot) == {3: 200, 6: 500, 12: 700}
    assert ages(snapshot, column="n") == {3: 1, 6: 1, 12: 1}


def test_contracts_by_their_days_and_leavers_stay_in(opened):
    """
    a1  100 a month from 16 April 2023: 15 of 30 days, May, June, 15 of 31 days: 50 + 200 + 1,500 ÷ 31 in three months
    a2  30 a month from 1 April to 1 June 2023, gone since: 60 at every age
    """
    contracts = [
        {"contract_id": "k1", "account_id": "a1", "started_on": "2023-04-16", "monthly_revenue": 100, **EUR},
        {"contract_id": "k2", "account_id": "a2", "started_on": "2023-04-01", "ended_on": "2023-06-01",
         "monthly_revenue": 30, **EUR},
    ]  # fmt: skip
    found = ages(opened(**company_of(contracts=contracts)))
    first = 50 + 200 + 1500 / 31
    assert found == {
        3: pytest.approx((first + 60) / 2),
        6: pytest.approx((50 + 500 + 1500 / 31 + 60) / 2),
        12: pytest.approx((50 + 1100 + 50 + 60) / 2),
    }


def test_amounts_that_are_not_known(opened):
    invoices = [{**invoice(1, "a1", "2023-01-01"), "currency": "GBP"}, invoice(2, "a1", "2023-05-01", 9),
                invoice(3, "a2", "2023-01-01", 5)]  # fmt: skip
    answer = measure(opened(**company_of(invoices=invoices)), "lifetime_value_impact")
    assert {r["age_months"]: (r["value"], r["n"]) for r in answer.rows()} == {3: (5, 1), 6: (7, 2), 12: (7, 2)}
    assert dict(answer.excluded) == {"no exchange rate": 1, "customer without a known amount": 1}


def test_target_accounts_against_the_rest_at_equal_age(opened):
    """The old customers of the rest brought more to date; at equal age the target accounts bring more."""
    invoices = [invoice(n, f"a{n}", "2024-01-05", 500) for n in (1, 2, 3)]
    invoices += [invoice(10 * n + y, f"a{n}", f"{y}-01-05", 400) for n in (4, 5) for y in range(2015, 2025)]
    answer = measure(
        opened(**company_of(("a1", "a2", "a3"), invoices=invoices)), "lifetime_value_impact", Scope(by="target")
    )
    assert [(r["segment"], r["age_months"], r["value"], r["n"]) for r in answer.rows()] == [
        ("target", 3, 500, 3), ("rest", 3, 400, 2), ("rest", 6, 400, 2), ("rest", 12, 400, 2), ("rest", 24, 800, 2),
    ]  # fmt: skip
    assert [c.keys for c in answer.comparison] == [{"age_months": 3}]
