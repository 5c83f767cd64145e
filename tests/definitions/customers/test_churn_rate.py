"""Churn by contracts and by invoices, counted by hand from rows drawn in the docstrings."""

from datetime import date

import pytest

from metrics import Scope, explain, list_rows, measure

MARCH = Scope(start=date(2024, 3, 1), end=date(2024, 3, 31))


def accounts(n, **more):
    return [{"account_id": f"a{i}", "name": f"a{i}", "industry": "Rail" if i % 2 else None, "is_target": i <= n // 2}
            | more for i in range(1, n + 1)]  # fmt: skip


def contracts(*rows):
    """(account, started, ended, monthly revenue[, product[, currency]])."""
    return [
        {"contract_id": f"k{n}", "account_id": account, "started_on": started, "ended_on": ended,
         "monthly_revenue": revenue, "product": more[0] if more else None,
         "currency": more[1] if len(more) > 1 else "EUR"}
        for n, (account, started, ended, revenue, *more) in enumerate(rows)
    ]  # fmt: skip


def invoices(*rows):
    """(account, day, amount[, currency])."""
    return [
        {"invoice_id": f"i{n}", "account_id": account, "invoiced_on": on, "amount": amount,
         "currency": more[0] if more else "EUR"}
        for n, (account, on, amount, *more) in enumerate(rows)
    ]  # fmt: skip


def row(answer):
    (only,) = answer.rows()
    return only


def counts(answer, key="period"):
    return {r[key]: (r["customers"], r["gone"]) for r in answer.rows()}


STARTED = "2023-01-01"
SIGNED = contracts(
    ("a1", STARTED, None, 100), ("a2", STARTED, "2024-03-20", 200), ("a3", STARTED, "2024-03-20", 100),
    ("a3", "2024-04-19", None, 100), ("a4", STARTED, "2024-03-20", 100), ("a4", "2024-04-20", None, 100),
    ("a5", STARTED, "2024-03-31", 50), ("a6", STARTED, "2024-04-01", 50), ("a7", STARTED, "2024-03-01", 10),
    ("a8", "2024-03-01", None, 70), ("a9", "2024-03-02", None, 30), ("a10", STARTED, None, 60),
    ("a10", STARTED, "2024-03-15", 40), ("a11", STARTED, "2024-03-10", 100, "A"), ("a11", "2024-03-10", None, 30, "B"),
    ("a11", "2024-03-10", None, 30, "C"),
)  # fmt: skip


@pytest.fixture
def signed(opened):
    return opened(accounts=accounts(11), contracts=SIGNED, as_of="2024-05-31", export_day="2024-06-01")


def test_contracts_by_hand(signed):
    """
    account  contract                                    first day  last day  March 2024
    a1       runs on, 100                                yes        yes       stays
    a2       ends 20 March, 200                          yes        no        gone
    a3       ends 20 March, the next one 30 days later   yes        (yes)     stays, a renewal in the grace period
    a4       ends 20 March, the next one 31 days later   yes        no        gone; back in April
    a5       ends on the last day, 50                    yes        no        gone
    a6       ends on the day after it, 50                yes        yes       stays
    a7       ends on the first day                       no                   none at the start
    a8       starts on the first day, 70                 yes        yes       stays
    a9       starts on the second day                    no                   none at the start
    a10      60, and 40 that ends 15 March               yes        yes       contraction of 40
    a11      100 for A, from 10 March 30 for B, 30 for C yes        yes       contraction of 40, with more products

    3 of 9 gone. 870 at the start; lost 200 + 100 + 50, contracted 40 + 40: 430.
    """
    answer = measure(signed, "churn_rate", MARCH)
    found = row(answer)
    assert {c: found[c] for c in ("value", "n", "numerator", "denominator", "customers", "gone")} == {
        "value": 3 / 9, "n": 9, "numerator": 3, "denominator": 9, "customers": 9, "gone": 3,
    }  # fmt: skip
    assert found["revenue_churn"] == pytest.approx(430 / 870)
    assert 0 < found["low"] < 3 / 9 < found["high"] < 1
    assert dict(answer.excluded) == {"customer gone on the first day of the period: not one at its start": 1}
    assert "Customers and their revenue are those of the contracts." in answer.warnings
    listed = list_rows(signed, "churn_rate", MARCH)
    assert len(listed) == 9
    assert set(listed[listed["is_gone"]]["account_id"]) == {"a2", "a4", "a5"}
    (formula,) = explain(signed, "churn_rate", MARCH)["formula"]
    assert formula.startswith("All: 3 gone ÷ 9 customers at the start = 0.333")


def test_the_grace_period_is_a_setting(signed):
    """Without any grace a3 is gone, with 31 days a4 stays."""
    assert row(measure(signed, "churn_rate", MARCH, {"grace_days": 0}))["gone"] == 4
    assert row(measure(signed, "churn_rate", MARCH, {"grace_days": 31}))["gone"] == 2


def test_in_its_grace_a_customer_is_one_at_the_start_too(signed):
    """On 1 April a3 waits for its renewal and is a customer of 100; a4 is none, and none that is new in March."""
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    listed = set(list_rows(signed, "churn_rate", april)["account_id"])
    assert listed == {"a1", "a3", "a8", "a9", "a10", "a11"}
    assert row(measure(signed, "churn_rate", april))["gone"] == 0


def test_who_leaves_on_the_first_day_can_be_counted(signed):
    """a7 of the 9 of 29 February, where a8 is none yet: its contract's last day is in February, its end in March."""
    answer = measure(signed, "churn_rate", MARCH, {"first_day_leavers": True})
    assert (row(answer)["gone"], row(answer)["customers"]) == (4, 9)
    assert row(answer)["revenue_churn"] == pytest.approx(440 / 810)
    assert answer.excluded == ()


def test_months_each_for_itself(signed):
    """a7 is in effect on the last day of February; a6 ends on 1 April: neither month counts it, and it says so."""
    scope = Scope(start=date(2024, 1, 1), end=date(2024, 5, 31), grain="month")
    answer = measure(signed, "churn_rate", scope)
    assert counts(answer) == {
        "2024-01": (9, 0), "2024-02": (9, 0), "2024-03": (9, 3), "2024-04": (6, 0), "2024-05": (7, 0),
    }  # fmt: skip
    assert dict(answer.excluded) == {"customer gone on the first day of the period: not one at its start": 2}
    leaving = measure(signed, "churn_rate", scope, {"first_day_leavers": True})
    assert counts(leaving) == {
        "2024-01": (9, 0), "2024-02": (9, 0), "2024-03": (9, 4), "2024-04": (7, 1), "2024-05": (7, 0),
    }  # fmt: skip


def test_without_a_period_the_twelve_months_to_the_as_of_day(signed):
    """On 1 June 2023 a1 to a7, a10, a11; on 31 May 2024 a3, a4 are back, a2, a5, a6, a7 are not."""
    answer = measure(signed, "churn_rate")
    assert counts(answer, "segment") == {"All": (9, 4)}
    assert row(answer) == row(measure(signed, "churn_rate", Scope(start=date(2023, 6, 1), end=date(2024, 5, 31))))
    assert row(answer) == row(measure(signed, "churn_rate", Scope(end=date(2024, 5, 31))))


def test_segments_filters_and_target_against_rest(signed):
    """Rail is the odd ones: of a1, a3, a5 and a11 a5 is gone. Of the targets, a1 to a5, these are a2, a4 and a5."""
    by_industry = measure(signed, "churn_rate", Scope(start=MARCH.start, end=MARCH.end, by="industry"))
    assert counts(by_industry, "segment") == {"(none)": (5, 2), "Rail": (4, 1)}
    rail = Scope(start=MARCH.start, end=MARCH.end, filters=(("industry", ("Rail",)),))
    assert counts(measure(signed, "churn_rate", rail), "segment") == {"All": (4, 1)}
    answer = measure(signed, "churn_rate", Scope(start=MARCH.start, end=MARCH.end, by="target"))
    assert counts(answer, "segment") == {"target": (5, 3), "rest": (4, 0)}
    (comparison,) = answer.comparison
    assert comparison.difference == pytest.approx(0.6)
    assert comparison.verdict == "too few to say"
    by_account = measure(signed, "churn_rate", Scope(start=MARCH.start, end=MARCH.end, by="account"))
    assert {r["account_id"]: r["value"] for r in by_account.rows() if r["value"]} == {"a2": 1, "a4": 1, "a5": 1}


def test_a_month_without_customers_is_undefined_and_churn_0_is_0(opened):
    """a1 leaves in January and comes back in March: February has no customer, March nobody who leaves."""
    signed = contracts(("a1", "2024-01-01", "2024-01-20", 10), ("a1", "2024-02-25", None, 10))
    snapshot = opened(accounts=accounts(1), contracts=signed, as_of="2024-03-31", export_day="2024-06-01")
    scope = Scope(grain="month")
    january, february, march = measure(snapshot, "churn_rate", scope).rows()
    assert (january["value"], january["customers"]) == (1, 1)
    assert [february[c] for c in ("value", "n", "numerator", "customers", "gone", "revenue_churn")] == [
        None, 0, 0, 0, 0, None,
    ]  # fmt: skip
    assert [march[c] for c in ("value", "customers", "gone", "revenue_churn", "low")] == [0, 1, 0, 0, 0]
    assert march["high"] > 0.5


def test_a_renewal_that_is_signed_for_after_the_as_of_day_is_no_churn(opened):
    signed = contracts(("a1", STARTED, "2024-03-20", 10), ("a1", "2024-04-10", None, 10), ("a2", STARTED, None, 10))
    snapshot = opened(accounts=accounts(2), contracts=signed, as_of="2024-03-31", export_day="2024-04-15")
    assert row(measure(snapshot, "churn_rate", MARCH))["gone"] == 0


def test_overlapping_contracts_are_one_customer(opened):
    """a1 is renewed before the old contract ends: one customer, of 10 at the start and at the end. What a2 has beside
    its contract brings less than half of it, and is an addition: 10 + 4 at the start and 4 at the end."""
    signed = contracts(
        ("a1", STARTED, "2024-03-20", 10), ("a1", "2024-03-01", "2024-09-01", 10), ("a3", STARTED, None, 5),
        ("a2", STARTED, "2024-03-20", 10), ("a2", "2024-03-01", "2024-09-01", 4),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(3), contracts=signed, as_of="2024-04-30", export_day="2024-06-01")
    found = row(measure(snapshot, "churn_rate", MARCH))
    assert (found["customers"], found["gone"]) == (3, 0)
    assert found["revenue_churn"] == pytest.approx(10 / 29)


def test_what_is_wrong_with_contracts_is_counted(opened):
    signed = contracts(
        ("a1", STARTED, None, 10), ("a2", STARTED, None, None), ("a3", STARTED, None, 10, "A", "CHF"),
        (None, STARTED, None, 7), ("a4", None, None, 7), ("a5", "2024-03-05", "2024-03-05", 7),
        (None, "2024-05-01", None, 7),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(5), contracts=signed, as_of="2024-05-31", export_day="2024-06-01")
    answer = measure(snapshot, "churn_rate", MARCH)
    assert (row(answer)["customers"], row(answer)["gone"], row(answer)["revenue_churn"]) == (3, 0, 0)
    assert dict(answer.excluded) == {
        "contract without an account": 1, "contract without a start": 1,
        "contract ends on or before the day it starts": 1, "no amount (revenue churn only)": 1,
        "no exchange rate (revenue churn only)": 1,
    }  # fmt: skip


BILLED = invoices(
    ("a1", "2024-02-01", 10), ("a1", "2024-03-31", 10), ("a2", "2024-02-29", 20), ("a2", "2024-04-01", 20),
    ("a3", "2024-02-10", 0), ("a3", "2024-03-10", 30), ("a4", "2024-02-10", 40), ("a4", "2024-03-10", 0),
    ("a5", "2024-03-01", 50), ("a6", "2024-02-10", 60), ("a6", "2024-02-20", -60), ("a7", "2024-02-15", 100),
    ("a7", "2024-03-15", 30), ("a8", "2024-01-31", 5), ("a1", "2024-01-01", 10), ("a2", "2024-01-30", 20),
)  # fmt: skip


@pytest.fixture
def billed(opened):
    return opened(accounts=accounts(8), invoices=BILLED, as_of="2024-04-30", export_day="2024-06-01")


def test_invoices_by_hand(billed):
    """
    account  February       March        a customer at the start of March
    a1       10 (first day) 10 (last)    yes, stays
    a2       20 (29th)      - (1 April)  yes, gone
    a3       0              30           no: nothing was paid
    a4       40             0            yes, gone: an invoice of nothing is no revenue
    a5       -              50 (first)   no
    a6       60 − 60        -            no: nothing is left
    a7       100            30           yes, contracts by 70
    a8       -              -            no: its last invoice is of January

    2 of 4 gone; of 10 + 20 + 40 + 100, lost 20 + 40 and 70 contracted.
    """
    answer = measure(billed, "churn_rate", MARCH)
    found = row(answer)
    assert (found["value"], found["customers"], found["gone"]) == (0.5, 4, 2)
    assert found["revenue_churn"] == pytest.approx(130 / 170)
    assert "There are no contracts: customers and their revenue are those of the invoices." in answer.warnings
    assert answer.excluded == ()


def test_months_are_compared_with_months_and_other_periods_with_as_many_days(billed):
    """16 to 31 March against 29 February to 15 March: a2, a3, a5 and a7 paid then; of these nobody did after."""
    found = row(measure(billed, "churn_rate", Scope(start=date(2024, 3, 16), end=date(2024, 3, 31)), {}))
    assert (found["customers"], found["gone"], found["value"]) == (4, None, None)  # 16 days, bills a month apart
    listed = list_rows(billed, "churn_rate", Scope(start=date(2024, 3, 16), end=date(2024, 3, 31)))
    assert set(listed["account_id"]) == {"a2", "a3", "a5", "a7"}
    quarter = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    assert set(list_rows(billed, "churn_rate", quarter)["account_id"]) == {"a1", "a3", "a5", "a7"}


def test_a_yearly_bill_says_nothing_of_a_month(opened):
    """Three customers pay on 10 March of each year: nobody can be told to have left in April. In a year, a3 did."""
    yearly = invoices(*((f"a{n}", f"{year}-03-10", 100) for n in (1, 2) for year in (2021, 2022, 2023, 2024)),
                      ("a3", "2022-03-10", 100), ("a3", "2023-03-10", 100))  # fmt: skip
    snapshot = opened(accounts=accounts(3), invoices=yearly, as_of="2024-12-31", export_day="2025-01-01")
    answer = measure(snapshot, "churn_rate", Scope(start=date(2024, 4, 1), end=date(2024, 4, 30)))
    found = row(answer)
    assert [found[c] for c in ("value", "numerator", "gone", "revenue_churn", "low")] == [None] * 5
    assert (found["customers"], found["n"], found["denominator"]) == (2, 2, 2)
    assert dict(answer.excluded) == {"invoices further apart than the period is long": 2}
    months = measure(snapshot, "churn_rate", Scope(start=date(2024, 1, 1), end=date(2024, 12, 31), grain="month"))
    assert all(r["value"] is None for r in months.rows())
    assert counts(measure(snapshot, "churn_rate"), "segment") == {"All": (3, 1)}
    assert row(measure(snapshot, "churn_rate"))["value"] == pytest.approx(1 / 3)


def test_a_bill_each_month_is_no_longer_than_february(opened):
    """31 days lie between the bills of January and February, and a month is a month."""
    monthly = invoices(*(("a1", f"2024-0{m}-01", 10) for m in range(1, 7)))
    snapshot = opened(accounts=accounts(1), invoices=monthly, as_of="2024-06-30", export_day="2024-07-01")
    answer = measure(snapshot, "churn_rate", Scope(grain="month"))
    assert [r["value"] for r in answer.rows()] == [0] * 5
    assert answer.rows()[0]["period"] == "2024-02"  # before its first bill it is no customer


def test_contracts_win_where_both_exist(opened):
    """a1 has a contract and no invoice in March, a2 has invoices only."""
    snapshot = opened(
        accounts=accounts(2), as_of="2024-04-30", export_day="2024-06-01",
        contracts=contracts(("a1", STARTED, None, 10)),
        invoices=invoices(("a1", "2024-02-10", 10), ("a2", "2024-02-10", 10)),
    )  # fmt: skip
    assert counts(measure(snapshot, "churn_rate", MARCH), "segment") == {"All": (1, 0)}


def test_who_pays_without_a_contract_is_no_customer_and_is_counted(opened):
    """
    account  contract  invoices                       March, held against February
    a1       yes       none                           the one customer
    a2       none      10 in February, 10 in March    counted, once
    a3       none      10 in January                  before both months
    a4       none      0 in March                     nothing was paid
    a5       of no day 10 in March                    counted: no usable contract
    """
    snapshot = opened(
        accounts=accounts(5), as_of="2024-04-30", export_day="2024-06-01",
        contracts=contracts(("a1", STARTED, None, 10), ("a5", "2024-02-01", "2024-02-01", 10)),
        invoices=invoices(("a2", "2024-02-10", 10), ("a2", "2024-03-10", 10), ("a3", "2024-01-31", 10),
                          ("a4", "2024-03-10", 0), ("a5", "2024-03-31", 10)),
    )  # fmt: skip

    def said(metric, scope):
        answer = measure(snapshot, metric, scope)
        (warning,) = (w for w in answer.warnings if w.startswith("Accounts with invoices and no contract: "))
        return row(answer)["n"], dict(answer.excluded).get("account with invoices and no contract"), warning[40]

    for metric in ("churn_rate", "revenue_retention"):
        assert said(metric, MARCH) == (1, 2, "2")
        assert said(metric, Scope()) == (1, 3, "3")
        targets = Scope((("target", ("target",)),), MARCH.start, MARCH.end)
        assert said(metric, targets) == (1, 1, "1")  # a1 and a2 are the target accounts
    n, left_out, counted = said("customer_lifetime_value", Scope())
    assert (n, left_out, counted) == (5, None, "3")  # in its revenue, yet not in its churn


def test_without_contracts_or_with_one_for_each_nobody_pays_unsigned(opened, billed):
    signed = opened(
        accounts=accounts(1), as_of="2024-04-30", export_day="2024-06-01",
        contracts=contracts(("a1", STARTED, "2023-06-01", 10)), invoices=invoices(("a1", "2024-03-10", 10)),
    )  # fmt: skip
    for snapshot in (billed, signed):
        answer = measure(snapshot, "churn_rate", MARCH)
        assert not [w for w in answer.warnings if "no contract:" in w]
        assert "account with invoices and no contract" not in dict(answer.excluded)


def test_an_amount_without_a_rate_makes_a_customer_and_no_revenue(opened):
    """a1 pays francs that no rate converts, and stays; a2 pays euros, then francs; a3 leaves."""
    paid = invoices(
        ("a1", "2024-02-10", 10, "CHF"), ("a1", "2024-03-10", 10, "CHF"), ("a2", "2024-02-10", 20),
        ("a2", "2024-03-10", 5, "CHF"), ("a3", "2024-02-10", 30), ("a4", "2024-02-10", 40), ("a4", "2024-03-10", 40),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(4), invoices=paid, as_of="2024-04-30", export_day="2024-06-01")
    answer = measure(snapshot, "churn_rate", MARCH)
    assert counts(answer, "segment") == {"All": (4, 1)}
    assert row(answer)["revenue_churn"] == pytest.approx(30 / 70)
    assert dict(answer.excluded) == {
        "no exchange rate (revenue churn only)": 3,
        "customer whose amounts are known at one end only (revenue churn only)": 1,
    }


def test_that_no_new_deal_was_won_is_no_churn(opened):
    snapshot = opened(
        accounts=accounts(1), stages={"Demo": "open", "Won": "won"}, as_of="2024-12-31",
        opportunities=[{"opportunity_id": "d", "account_id": "a1", "stage": "Won", "opened_on": "2022-01-01",
                        "closed_on": "2022-02-01", "amount": 10, "currency": "EUR"}],
    )  # fmt: skip
    answer = measure(snapshot, "churn_rate")
    assert (row(answer)["value"], row(answer)["n"]) == (None, 0)
    assert any("that no new deal was won is no churn" in warning for warning in answer.warnings)
