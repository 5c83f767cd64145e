"""Customer lifetime value: what customers brought, what they are expected to bring, and what their cost leaves."""

from datetime import date

import pytest

from metrics import Scope, list_rows, measure

EUR = {"currency": "EUR"}
STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
SAME_DAYS = {"lag_days": 0}


def contract(number, account, started, ended=None, monthly=100, **more):
    return {
        "contract_id": f"k{number}", "account_id": account, "started_on": started, "ended_on": ended,
        "monthly_revenue": monthly, **EUR, **more,
    }  # fmt: skip


def invoice(number, account, day, amount=100, **more):
    return {"invoice_id": f"i{number}", "account_id": account, "invoiced_on": day, "amount": amount, **EUR, **more}


def company_of(accounts=12, targets=(), **more):
    rows = [
        {"account_id": f"a{n}", "name": f"a{n}", "is_target": f"a{n}" in targets, "industry": ("Air", "Rail")[n % 2]}
        for n in range(1, accounts + 1)
    ]
    return {"accounts": rows, "stages": STAGES, "as_of": "2024-06-30", **more}


def row(snapshot, scope=None, options=None):
    (only,) = measure(snapshot, "customer_lifetime_value", scope, options).rows()
    return only


def test_by_hand_from_contracts(opened):
    """
    Twelve months to 30 June 2024: from 1 July 2023.

    contract                       to date            in the 12 months       months at risk   lost
    a1  from 2022-07-01, 100       24 × 100 = 2,400   1,200                  12               0
    a2  2023-01-01 – 2024-01-01    12 × 100 = 1,200     600                   6               1
    a3  from 2024-04-16, 60        2.5 × 60 =   150     150                   2.5             0
    a4  2020-01-01 – 2021-01-01    12 × 100 = 1,200       0                   0               0
    all                                     4,950     1,950                  20.5             1

    Observed 4,950 ÷ 4. A month 1,950 ÷ 20.5; monthly churn 1 ÷ 20.5, which is 20.5 months: predicted 1,950.
    """
    snapshot = opened(**company_of(contracts=[
        contract(1, "a1", "2022-07-01"), contract(2, "a2", "2023-01-01", "2024-01-01"),
        contract(3, "a3", "2024-04-16", monthly=60), contract(4, "a4", "2020-01-01", "2021-01-01"),
    ]))  # fmt: skip
    found = row(snapshot)
    wanted = {
        "value": 1237.5, "n": 4, "predicted": 1950, "revenue": 4950, "revenue_per_month": 1950 / 20.5,
        "monthly_churn": 1 / 20.5, "customers_lost": 1, "customer_months": 20.5,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)
    assert (found["few_losses"], found["repeat_rate"], found["net"], found["ratio"]) == (True, None, None, None)
    half = row(snapshot, None, {"margin": 0.5})
    assert (half["value"], half["predicted"]) == (618.75, pytest.approx(975))
    assert row(snapshot, None, {"cap_months": 10})["predicted"] == pytest.approx(19500 / 20.5)
    listed = list_rows(snapshot, "customer_lifetime_value")
    assert dict(zip(listed["account_id"], listed["measure"], strict=True)) == {
        "a1": 2400, "a2": 1200, "a3": pytest.approx(150), "a4": 1200,
    }  # fmt: skip


def test_nobody_lost_predicts_nothing(opened):
    answer = measure(opened(**company_of(contracts=[contract(1, "a1", "2022-07-01")])), "customer_lifetime_value")
    (found,) = answer.rows()
    assert (found["value"], found["predicted"], found["monthly_churn"]) == (2400, None, 0)
    assert any("No customer was lost" in warning for warning in answer.warnings)


def test_a_segment_that_lost_few_has_the_churn_of_all(opened):
    """
    From 1 July 2023, 100 a month each. Rail (a1, a3, a5 …, 15 accounts): 6 end on 1 January 2024 after 6 months, 9 stay
    12: 144 months, 6 lost. Air (15): 1 ends after 6 months, 14 stay: 174 months, 1 lost, so the churn of all: 7 ÷ 318.
    """
    ending = {"a1", "a3", "a5", "a7", "a9", "a11", "a2"}
    snapshot = opened(**company_of(30, contracts=[
        contract(n, f"a{n}", "2023-07-01", "2024-01-01" if f"a{n}" in ending else None) for n in range(1, 31)
    ]))  # fmt: skip
    rail, air = sorted(
        measure(snapshot, "customer_lifetime_value", Scope(by="industry")).rows(), key=lambda r: r["few_losses"]
    )
    assert (rail["segment"], rail["few_losses"], rail["customers_lost"]) == ("Rail", False, 6)
    assert rail["predicted"] == pytest.approx(100 * 144 / 6)
    assert (air["segment"], air["few_losses"], air["customers_lost"]) == ("Air", True, 1)
    assert air["predicted"] == pytest.approx(100 * 318 / 7)
    filtered = row(snapshot, Scope(filters=(("industry", ("Air",)),)))
    assert filtered["predicted"] == pytest.approx(100 * 318 / 7)


def test_a_renewal_in_the_grace_period_is_no_loss(opened):
    """Ended on 1 March, renewed on 20 March: within 30 days no loss, with no grace one. A reactivation is a loss."""
    snapshot = opened(**company_of(contracts=[
        contract(1, "a1", "2023-01-01", "2024-03-01"), contract(2, "a1", "2024-03-20"),
    ]))  # fmt: skip
    assert row(snapshot)["customers_lost"] == 0
    assert row(snapshot, None, {"grace_days": 0})["customers_lost"] == 1


def test_by_invoices_with_credits_and_zeros(opened):
    """
    a1  100 on two days, −30 on a third      170, revenue on two days
    a2  100 twice on one day                 200, one day
    a3  0 and 50                             50, one day: a 0 is no revenue
    a4  0                                    0, no day: an invoice of any amount makes a customer
    """
    invoices = [
        invoice(1, "a1", "2024-01-05"), invoice(2, "a1", "2024-02-05"), invoice(3, "a1", "2024-03-05", -30),
        invoice(4, "a2", "2024-01-05"), invoice(5, "a2", "2024-01-05"), invoice(6, "a3", "2024-01-05", 0),
        invoice(7, "a3", "2024-02-05", 50), invoice(8, "a4", "2024-01-05", 0), invoice(9, None, "2024-01-05"),
        invoice(10, "a5", "2024-07-05"),
    ]  # fmt: skip
    answer = measure(opened(**company_of(invoices=invoices)), "customer_lifetime_value")
    (found,) = answer.rows()
    assert (found["value"], found["n"], found["repeat_rate"]) == (105, 4, 0.25)
    assert dict(answer.excluded) == {"invoice without an account": 1, "invoiced after as-of": 1}
    assert any("Revenue is invoices, before margin" in warning for warning in answer.warnings)


def test_an_amount_without_a_rate_is_not_0(opened):
    """a1 has 100 EUR and 100 GBP without a rate: 100. a2 has GBP alone: left out. Both count as days of revenue."""
    invoices = [invoice(1, "a1", "2024-01-05"), {**invoice(2, "a1", "2024-02-05"), "currency": "GBP"},
                {**invoice(3, "a2", "2024-01-05"), "currency": "GBP"}]  # fmt: skip
    answer = measure(opened(**company_of(invoices=invoices, settings={"currency": "EUR"})), "customer_lifetime_value")
    (found,) = answer.rows()
    assert (found["value"], found["n"], found["repeat_rate"]) == (100, 1, 1)
    assert dict(answer.excluded) == {"no exchange rate": 2, "customer without a known amount": 1}


def test_by_won_amounts_nobody_knows_who_left(opened):
    deals = [
        {"opportunity_id": f"d{n}", "account_id": account, "stage": "Won", "opened_on": "2024-01-01", "closed_on": day,
         "amount": amount, **EUR}
        for n, (account, day, amount) in enumerate(
            [("a1", "2024-02-01", 300), ("a1", "2024-03-01", 100), ("a2", "2024-02-01", 50), ("a3", None, 7)]
        )
    ]  # fmt: skip
    answer = measure(opened(**company_of(opportunities=deals)), "customer_lifetime_value")
    (found,) = answer.rows()
    assert (found["value"], found["n"], found["repeat_rate"], found["predicted"]) == (225, 2, 0.5, None)
    assert dict(answer.excluded) == {"no closing date": 1}
    assert any("it is not known who has left" in warning for warning in answer.warnings)


def test_a_contract_that_was_never_invoiced_brought_nothing_so_far(opened):
    snapshot = opened(**company_of(
        invoices=[invoice(1, "a1", "2024-01-05")],
        contracts=[contract(1, "a1", "2024-01-01"), contract(2, "a2", "2024-01-01")],
    ))  # fmt: skip
    answer = measure(snapshot, "customer_lifetime_value")
    assert (answer.rows()[0]["value"], answer.rows()[0]["n"]) == (50, 2)
    assert any(w.startswith("1 customers have a contract and no invoice") for w in answer.warnings)


def test_net_and_ratio_against_the_cost_of_a_customer(opened):
    """
    a1 (target) 2,400 and a2 1,200 to date; predicted of both 100 × 18 months at risk ÷ 1 lost = 1,800.
    Cost 500 abm, 200 other, 100 shared: 400 a customer; of a target 500, of the rest 200.
    """
    spend = [{"spent_on": "2022-07-01", "amount": amount, "program": program, **EUR}
             for amount, program in ((500, "abm"), (200, "other"), (100, "shared"))]  # fmt: skip
    snapshot = opened(**company_of(
        targets=("a1",), spend=spend,
        contracts=[contract(1, "a1", "2022-07-01"), contract(2, "a2", "2023-01-01", "2024-01-01")],
    ))  # fmt: skip
    found = row(snapshot, None, SAME_DAYS)
    assert [found[c] for c in ("predicted", "net", "ratio", "acquisition_cost", "company_cost")] == [
        pytest.approx(1800), pytest.approx(1400), pytest.approx(4.5), 400, False,
    ]  # fmt: skip
    observed = row(snapshot, None, {**SAME_DAYS, "lifetime": "observed"})
    assert (observed["net"], observed["ratio"]) == (1400, 4.5)
    by_target = measure(snapshot, "customer_lifetime_value", Scope(by="target"), {**SAME_DAYS, "lifetime": "observed"})
    assert [(r["segment"], r["net"], r["ratio"], r["company_cost"]) for r in by_target.rows()] == [
        ("target", 1900, 4.8, False), ("rest", 1000, 6, False),
    ]  # fmt: skip
    by_industry = measure(
        snapshot, "customer_lifetime_value", Scope(by="industry"), {**SAME_DAYS, "lifetime": "observed"}
    )
    assert [(r["segment"], r["net"], r["acquisition_cost"], r["company_cost"]) for r in by_industry.rows()] == [
        ("Air", 800, 400, True), ("Rail", 2000, 400, True),
    ]  # fmt: skip
    cost = measure(snapshot, "customer_acquisition_cost", None, SAME_DAYS).rows()[0]["value"]
    assert found["acquisition_cost"] == cost


def test_the_cost_is_that_of_the_period_where_one_is_set(opened):
    """In 2023 one customer for 30; in 2022 one for 500. The value itself is of all customers to date."""
    spend = [{"spent_on": day, "amount": amount, **EUR} for day, amount in (("2022-07-01", 500), ("2023-01-01", 30))]
    snapshot = opened(**company_of(
        spend=spend, contracts=[contract(1, "a1", "2022-07-01"), contract(2, "a2", "2023-01-01", "2024-01-01")],
    ))  # fmt: skip
    found = row(snapshot, Scope(start=date(2023, 1, 1), end=date(2023, 12, 31)), SAME_DAYS)
    assert (found["value"], found["acquisition_cost"]) == (1800, 30)


def test_a_free_customer_has_no_ratio(opened):
    spend = [{"spent_on": "2022-07-01", "amount": 0, **EUR}]
    snapshot = opened(**company_of(spend=spend, contracts=[contract(1, "a1", "2022-07-01", "2024-01-01")]))
    found = row(snapshot, None, SAME_DAYS)
    assert (found["acquisition_cost"], found["ratio"]) == (0, None)
    assert found["net"] == pytest.approx(found["predicted"])


def test_the_sides_are_compared(opened):
    invoices = [invoice(n, f"a{n}", "2024-01-05", 1000 + n if n <= 6 else 100 + n) for n in range(1, 13)]
    snapshot = opened(**company_of(targets=tuple(f"a{n}" for n in range(1, 7)), invoices=invoices))
    (compared,) = measure(snapshot, "customer_lifetime_value", Scope(by="target")).comparison
    assert compared.verdict == "better"
    assert compared.low <= compared.difference <= compared.high


def test_customers_lost_between_invoices_and_back_are_told(opened):
    """Twelve months to June 2024. a1 paid in January 2023 and May 2024: lost in January 2024, and back. a2 paid in May
    2023 only: lost. a3 paid in 2021 and 2023: lost in 2022, before the year. a4 pays every month. The
    churn rate of July 2023 to June 2024 has a1, a3 and a4 paying in both years and a2 gone."""
    snapshot = opened(**company_of(invoices=[
        invoice(1, "a1", "2023-01-10"), invoice(2, "a1", "2024-05-10"), invoice(3, "a2", "2023-05-10"),
        invoice(4, "a3", "2021-05-10"), invoice(5, "a3", "2023-06-10"), invoice(6, "a3", "2024-06-09"),
        *(invoice(7 + n, "a4", f"{2023 + n // 12}-{n % 12 + 1:02}-01") for n in range(18)),
    ]))  # fmt: skip
    assert row(snapshot)["customers_lost"] == 2
    (year,) = measure(snapshot, "churn_rate").rows()
    assert (year["customers"], year["gone"]) == (4, 1)
    (said,) = (w for w in measure(snapshot, "customer_lifetime_value").warnings if w.startswith("Lost here"))
    assert "back by the as-of day: 1 customers" in said
