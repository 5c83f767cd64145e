"""Customer acquisition cost: who is new, which spend bought them, over its days, and where a cost is not known."""

from datetime import date

import pytest

from metrics import QuestionError, Scope, explain, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
EUR = {"currency": "EUR"}
MARCH = {"start": date(2024, 3, 1), "end": date(2024, 3, 31)}
SAME_DAYS = {"lag_days": 0}


def won(number, account, closed, amount=100, opened="2024-01-01", **more):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": "Won", "opened_on": opened, "closed_on": closed,
        "amount": amount, **EUR, **more,
    }  # fmt: skip


def cost(amount, spent_on="2024-03-10", until=None, program=None, **more):
    return {"spent_on": spent_on, "spent_until": until, "amount": amount, "program": program, **EUR, **more}


def company_of(deals=(), costs=(), targets=(), **more):
    accounts = [
        {"account_id": f"a{n}", "name": f"a{n}", "is_target": f"a{n}" in targets, "industry": ("Air", "Rail")[n % 2]}
        for n in range(1, 7)
    ]
    return {
        "accounts": accounts, "stages": STAGES, "as_of": "2024-06-30", "opportunities": list(deals),
        "spend": list(costs), **more,
    }  # fmt: skip


def row(snapshot, scope=None, options=None):
    (only,) = measure(snapshot, "customer_acquisition_cost", scope, options).rows()
    return only


def test_by_hand(opened):
    """
    March 2024, the spend of the same days

    account  wins                     new in March
    a1       5 March                  yes
    a2       20 March, 1 May          yes
    a3       29 February, 20 March    no: first won before
    a4       1 April                  no
    a5       31 March                 yes

    cost                              of it in March
    abm    300, 15 Feb – 15 March     15 of 30 days: 150
    other   60, 31 March              60
    other   70, 1 April               0
    none    12, 10 March              12
    abm     40, 29 Feb – 3 March      3 of 4 days: 30
    all                               252 ÷ 3 = 84
    """
    snapshot = opened(**company_of(
        [won(1, "a1", "2024-03-05"), won(2, "a2", "2024-03-20"), won(3, "a2", "2024-05-01"),
         won(4, "a3", "2024-02-29"), won(5, "a3", "2024-03-20"), won(6, "a4", "2024-04-01"),
         won(7, "a5", "2024-03-31")],
        [cost(300, "2024-02-15", "2024-03-15", "abm"), cost(60, "2024-03-31", None, "other"),
         cost(70, "2024-04-01", None, "other"), cost(12), cost(40, "2024-02-29", "2024-03-03", "abm", side="sales")],
    ))  # fmt: skip
    found = row(snapshot, Scope(**MARCH), SAME_DAYS)
    assert found == {
        "segment": "All", "value": pytest.approx(84), "n": 3, "spend": pytest.approx(252), "customers": 3,
        "abm": pytest.approx(180), "other": 60, "shared_unallocated": 12, "payback_months": None, "lag_days": 0,
    }  # fmt: skip
    behind = list_rows(snapshot, "customer_acquisition_cost", Scope(**MARCH), SAME_DAYS)
    assert list(behind["account_id"]) == ["a1", "a2", "a5"]
    told = explain(snapshot, "customer_acquisition_cost", Scope(**MARCH), SAME_DAYS)
    assert told["formula"] == ["All: 252 spent ÷ 3 new customers = 84"]
    assert told["used"] == 3


def test_the_spend_is_that_of_the_days_before(opened):
    """Days to won: 60, 60, 80 and 90, the median is 70: the wins of March were bought 22 December to 21 January."""
    snapshot = opened(**company_of(
        [won(1, "a1", "2024-03-01", opened="2024-01-01"), won(2, "a2", "2024-03-31", opened="2024-01-31"),
         won(3, "a3", "2024-04-10", opened="2024-01-21"), won(4, "a4", "2024-04-30", opened="2024-01-31")],
        [cost(3100, "2024-01-01", "2024-01-31"), cost(7, "2023-12-22"), cost(500, "2023-12-21"), cost(900)],
    ))  # fmt: skip
    found = row(snapshot, Scope(**MARCH))
    assert (found["lag_days"], found["spend"], found["value"]) == (70, pytest.approx(2107), pytest.approx(1053.5))
    longer = row(snapshot, Scope(**MARCH), {"lag_days": 71})
    assert longer["spend"] == pytest.approx(500 + 7 + 2000)
    assert row(snapshot, Scope(**MARCH), SAME_DAYS)["spend"] == 900


def test_half_a_day_of_lag_is_rounded_up(opened):
    deals = [won(1, "a1", "2024-03-01", opened="2024-02-20"), won(2, "a2", "2024-03-01", opened="2024-02-19")]
    assert row(opened(**company_of(deals, [cost(1)])))["lag_days"] == 11  # between 10 and 11


def test_a_month_without_customers_has_costs_and_no_cost_of_a_customer(opened):
    """February: 20, nobody. March: 40, a1. April: nothing at all. May: a2, no spend."""
    snapshot = opened(**company_of(
        [won(1, "a1", "2024-03-05"), won(2, "a2", "2024-05-05")],
        [cost(20, "2024-02-03"), cost(40), cost(1, "2024-06-03")],
    ))  # fmt: skip
    answer = measure(snapshot, "customer_acquisition_cost", Scope(grain="month", end=date(2024, 5, 31)), SAME_DAYS)
    assert [(r["period"], r["value"], r["spend"], r["customers"]) for r in answer.rows()] == [
        ("2024-02", None, 20, 0), ("2024-03", 40, 40, 1), ("2024-04", None, None, 0), ("2024-05", None, None, 1),
    ]  # fmt: skip
    asked = Scope(grain="month", start=date(2024, 1, 1), end=date(2024, 5, 31))
    early = measure(snapshot, "customer_acquisition_cost", asked, SAME_DAYS)
    assert [(r["period"], r["n"], r["lag_days"]) for r in early.rows()] == [
        ("2024-01", 0, 0), ("2024-02", 0, 0), ("2024-03", 1, 0), ("2024-04", 0, 0), ("2024-05", 1, 0),
    ]  # fmt: skip
    # of the whole time, not of January alone, of which none is
    assert not [said for said in early.warnings if "none is known of the days" in said]


def test_a_cost_of_0_is_known_and_no_cost_is_not(opened):
    deals = [won(1, "a1", "2024-03-05")]
    free = row(opened(**company_of(deals, [cost(0)])), Scope(**MARCH), SAME_DAYS)
    assert (free["value"], free["spend"]) == (0, 0)
    unknown = row(opened(**company_of(deals, [cost(5, "2024-02-01")])), Scope(**MARCH), SAME_DAYS)
    assert (unknown["value"], unknown["spend"], unknown["abm"], unknown["customers"]) == (None, None, None, 1)
    answer = measure(opened(**company_of(deals)), "customer_acquisition_cost", Scope(**MARCH), SAME_DAYS)
    (nothing,) = answer.rows()
    assert (nothing["value"], nothing["spend"], nothing["customers"]) == (None, None, 1)
    assert any("needs spend" in warning for warning in answer.warnings)


def test_without_a_period_all_there_is_but_the_spend_of_the_last_days(opened):
    """A lag of 30 days: what was spent after 31 May has not had its time to win. A win without a day stays in."""
    snapshot = opened(**company_of(
        [won(1, "a1", "2020-03-05"), won(2, "a2", "2024-05-05"), won(3, "a3", None)],
        [cost(20, "2024-02-03"), cost(40, "2024-05-31"), cost(80, "2024-06-01")],
    ))  # fmt: skip
    found = row(snapshot, None, {"lag_days": 30})
    assert (found["value"], found["spend"], found["customers"]) == (20, 60, 3)
    answer = measure(snapshot, "customer_acquisition_cost", Scope(start=date(2024, 1, 1)), {"lag_days": 30})
    assert (answer.rows()[0]["spend"], answer.rows()[0]["customers"]) == (60, 1)
    assert dict(answer.excluded) == {"customer whose first win or revenue has no day": 1}


def test_a_cost_without_a_day_counts_where_no_period_is_set(opened):
    snapshot = opened(**company_of(
        [{**won(1, "a1", "2024-03-05"), "currency": None}],
        [{**cost(10), "currency": None}, {**cost(5, None), "currency": None}],
    ))  # fmt: skip
    assert row(snapshot, None, SAME_DAYS)["spend"] == 15
    answer = measure(snapshot, "customer_acquisition_cost", Scope(**MARCH), SAME_DAYS)
    assert answer.rows()[0]["spend"] == 10
    assert dict(answer.excluded) == {"cost without a day": 1}


def test_costs_that_cannot_be_used_are_counted_by_reason(opened):
    snapshot = opened(**company_of(
        [won(1, "a1", "2024-03-05")],
        [cost(100), {**cost(100), "currency": "USD"}, {**cost(100), "currency": "GBP"}, {**cost(100), "currency": None},
         cost(None), cost(100, "2024-03-10", "2024-03-09"), {**cost(100, "2023-03-10"), "currency": "GBP"}],
        exchange_rates=[{"currency": "USD", "valid_on": "2024-01-01", "rate": 0.5}],
    ))  # fmt: skip
    answer = measure(snapshot, "customer_acquisition_cost", Scope(**MARCH), SAME_DAYS)
    assert answer.rows()[0]["spend"] == 150
    assert dict(answer.excluded) == {
        "cost, no exchange rate": 1, "cost, no currency": 1, "cost, no amount": 1, "cost, ends before it begins": 1,
    }  # fmt: skip


def test_a_campaigns_cost_is_not_counted_beside_the_spend_that_was_loaded_for_it(opened):
    """Spring: 999 by the campaign, 300 loaded as spend. Fair: 120 by the campaign only, over February and March."""
    campaigns = [
        {"campaign_id": "c1", "campaign": "Spring", "program": "abm", "starts_on": "2024-03-01",
         "ends_on": "2024-03-31", "actual_cost": 999, **EUR},
        {"campaign_id": "c2", "campaign": "Fair", "program": "other", "starts_on": "2024-02-01",
         "ends_on": "2024-03-31", "actual_cost": 120, **EUR},
    ]  # fmt: skip
    snapshot = opened(**company_of(
        [won(1, "a1", "2024-03-05")], [cost(300, program="abm", campaign="spring")], campaigns=campaigns
    ))  # fmt: skip
    found = row(snapshot, Scope(**MARCH), SAME_DAYS)
    assert (found["abm"], found["other"]) == (300, pytest.approx(120 * 31 / 60))


@pytest.mark.parametrize(
    ("tables", "first"),
    [
        ({}, "2024-03-05"),
        ({"invoices": [{"invoice_id": "i1", "invoiced_on": "2024-04-02", "amount": 50}]}, "2024-03-05"),
        ({"invoices": [{"invoice_id": "i1", "invoiced_on": "2022-04-02", "amount": 0}]}, "2022-04-02"),
        ({"contracts": [{"contract_id": "k1", "started_on": "2024-02-02", "monthly_revenue": 50}]}, "2024-02-02"),
        ({"contracts": [{"contract_id": "k1", "started_on": None, "monthly_revenue": 50}]}, "2024-03-05"),
    ],
    ids=["win alone", "invoiced after the win", "a customer of old", "contract before the win", "trial"],
)
def test_the_first_win_or_revenue_makes_a_customer_new(opened, tables, first):
    """A customer of two years ago who wins again is not new; one who wins in March and pays in April is March's."""
    tables = {name: [{"account_id": "a1", **EUR, **r} for r in rows] for name, rows in tables.items()}
    snapshot = opened(**company_of([won(1, "a1", "2024-03-05")], [cost(10)], **tables))
    listed = list_rows(snapshot, "customer_acquisition_cost")
    assert [str(day.date()) for day in listed["first_on"]] == [first]


def test_the_cost_of_target_accounts_is_the_abm_spend(opened):
    """Target a1, a2 (new: a1, a2): 150 ÷ 2. Rest (new: a4): 60. The shared 12 is in neither. Industries: n/a."""
    rows = company_of(
        [won(1, "a1", "2024-03-05"), won(2, "a2", "2024-03-06"), won(3, "a4", "2024-03-07")],
        [cost(150, program="abm"), cost(60, program="other"), cost(12, program="shared")], targets=("a1", "a2"),
    )  # fmt: skip
    snapshot = opened(**rows)
    answer = measure(snapshot, "customer_acquisition_cost", Scope(by="target", **MARCH), SAME_DAYS)
    columns = ("segment", "value", "spend", "customers", "abm", "other", "shared_unallocated")
    assert [tuple(r[c] for c in columns) for r in answer.rows()] == [
        ("target", 75, 150, 2, 150, None, 12), ("rest", 60, 60, 1, None, 60, 12),
    ]  # fmt: skip
    assert any("shared spend is in neither" in warning for warning in answer.warnings)
    for side, value in (("target", 75), ("rest", 60)):
        assert row(snapshot, Scope(filters=(("target", (side,)),), **MARCH), SAME_DAYS)["value"] == value
    answer = measure(snapshot, "customer_acquisition_cost", Scope(by="industry", **MARCH), SAME_DAYS)
    assert [(r["segment"], r["value"], r["spend"], r["customers"]) for r in answer.rows()] == [
        ("Air", None, None, 2), ("Rail", None, None, 1),
    ]  # fmt: skip
    assert any("Spend has no account" in warning for warning in answer.warnings)
    air = measure(snapshot, "customer_acquisition_cost", Scope(filters=(("industry", ("Air",)),), **MARCH), SAME_DAYS)
    assert (air.rows()[0]["value"], air.rows()[0]["customers"]) == (None, 2)
    assert any("Spend has no account" in warning for warning in air.warnings)


def test_target_accounts_have_no_cost_where_no_spend_is_of_abm(opened):
    rows = company_of([won(1, "a1", "2024-03-05")], [cost(150), cost(2, program="other")], targets=("a1", "a2"))
    answer = measure(opened(**rows), "customer_acquisition_cost", Scope(by="target", **MARCH), SAME_DAYS)
    assert [(r["segment"], r["value"], r["spend"]) for r in answer.rows()] == [
        ("target", None, None),
        ("rest", None, 2),
    ]


def test_a_filter_on_deals_does_not_reach_it_and_says_so(opened):
    snapshot = opened(**company_of([won(1, "a1", "2024-03-05", product="A"), won(2, "a2", "2024-03-05")], [cost(10)]))
    answer = measure(snapshot, "customer_acquisition_cost", Scope(filters=(("product", ("A",)),), **MARCH), SAME_DAYS)
    assert answer.rows()[0]["value"] == 5
    assert any("Not filtered by product" in warning for warning in answer.warnings)
    with pytest.raises(QuestionError, match="channel"):
        measure(snapshot, "customer_acquisition_cost", Scope(by="channel"))


def test_a_period_whose_spend_is_not_known_says_so(opened):
    deals = [won(1, "a1", "2024-03-05", opened="2024-02-04"), won(2, "a2", "2023-12-05")]
    snapshot = opened(**company_of(deals, [cost(10, "2024-02-15"), cost(20, "2024-06-15")]))

    def said(*, options=None, **period):
        return " ".join(measure(snapshot, "customer_acquisition_cost", Scope(**period), options).warnings)

    assert (
        "The spend of the period, 30 days earlier, begins before the first spend that is known, on 2024-02-15"
        in said(**MARCH, options={"lag_days": 30})
    )
    assert "begins before" not in said(start=date(2024, 4, 1), options={"lag_days": 30})
    assert "2 of the customers were won before the spend that is known, from 2024-02-15" in said(
        options={"lag_days": 30}
    )
    assert "from 2024-02-15 to 2024-06-15 only" in said(
        start=date(2023, 12, 1), end=date(2023, 12, 31), options={"lag_days": 30}
    )


def test_the_lag_is_not_known_without_wins_that_have_both_days(opened):
    snapshot = opened(**company_of([won(1, "a1", "2024-03-05", opened=None)], [cost(10)]))
    answer = measure(snapshot, "customer_acquisition_cost", Scope(**MARCH))
    assert (answer.rows()[0]["lag_days"], answer.rows()[0]["value"]) == (0, 10)
    assert any("How long a deal takes to be won is not known" in warning for warning in answer.warnings)
    with pytest.raises(QuestionError, match="below the least"):
        measure(snapshot, "customer_acquisition_cost", None, {"lag_days": -2})


def test_payback_by_contracts(opened):
    """
    a1 starts on 5 March with 100 and 20 a month (another 500 from April is expansion), a2 with 60: a month 90.
    Cost 1,800 ÷ 2 = 900: 10 months; at a margin of 0.5: 20.
    """
    contracts = [
        {"contract_id": f"k{n}", "account_id": account, "started_on": start, "monthly_revenue": monthly, **EUR}
        for n, (account, start, monthly) in enumerate(
            [("a1", "2024-03-05", 100), ("a1", "2024-03-05", 20), ("a1", "2024-04-05", 500), ("a2", "2024-03-09", 60),
             ("a3", "2023-03-09", 7000)]
        )
    ]  # fmt: skip
    snapshot = opened(**company_of([], [cost(1800)], contracts=contracts))
    assert row(snapshot, Scope(**MARCH), SAME_DAYS)["payback_months"] == pytest.approx(10)
    half = row(snapshot, Scope(**MARCH), {**SAME_DAYS, "margin": 0.5})
    assert (half["payback_months"], half["value"]) == (pytest.approx(20), 900)


def test_payback_by_invoices_takes_the_first_year(opened):
    """a1 pays 1,200 on 1 June 2023 and as much a year later, outside of its first year; a2 is not followed so long."""
    invoices = [
        {"invoice_id": f"i{n}", "account_id": account, "invoiced_on": day, "amount": amount, **EUR}
        for n, (account, day, amount) in enumerate(
            [("a1", "2023-06-01", 1200), ("a1", "2023-12-01", 600), ("a1", "2024-06-01", 9000), ("a2", "2023-06-30", 1)]
        )
    ]
    snapshot = opened(**company_of([], [cost(900, "2023-06-20")], invoices=invoices, as_of="2024-06-15"))
    june = Scope(start=date(2023, 6, 1), end=date(2023, 6, 30))
    found = row(snapshot, june, SAME_DAYS)
    assert (found["value"], found["payback_months"]) == (450, pytest.approx(450 / (1800 / 12)))


def test_the_difference_of_the_sides_has_an_interval(opened):
    """Ten target accounts of forty won, ten of the rest: 1,000 and 400 each buy as many customers."""
    accounts = [{"account_id": f"a{n}", "name": f"a{n}", "is_target": n < 20} for n in range(60)]
    deals = [won(n, f"a{n}", "2024-03-05") for n in (*range(10), *range(30, 40))]
    snapshot = opened(**{
        **company_of(deals, [cost(1000, program="abm"), cost(400, program="other")]), "accounts": accounts
    })  # fmt: skip
    answer = measure(snapshot, "customer_acquisition_cost", Scope(by="target", **MARCH), SAME_DAYS)
    (compared,) = answer.comparison
    assert (compared.values, compared.difference) == ((100, 40), 60)
    assert compared.low < 60 < compared.high
    assert "rest is better" in compared.sentence or "no clear difference" in compared.sentence
    few = opened(**company_of([won(1, "a1", "2024-03-05")], [cost(1, program="abm"), cost(1, program="other")],
                               targets=("a1",)))  # fmt: skip
    assert measure(
        few, "customer_acquisition_cost", Scope(by="target", **MARCH), SAME_DAYS
    ).comparison[0].verdict == "too few to say"  # fmt: skip


@pytest.mark.parametrize(
    ("lag", "value", "said"), [(0, 100, None), (60, None, "none is known of the days"), (100000, None, "none is known")]
)
def test_a_cost_of_days_without_known_spend_is_not_known_rather_than_too_low(opened, lag, value, said):
    """100 spent on 10 March, one customer in March; 60 days earlier and long before nothing is known."""
    snapshot = opened(**company_of([won(1, "a1", "2024-03-20")], [cost(100)]))
    answer = measure(snapshot, "customer_acquisition_cost", Scope(**MARCH), {"lag_days": lag})
    assert [r["value"] for r in answer.rows()] == [value]
    warnings = " ".join(answer.warnings)
    assert "too low" not in warnings or lag == 0
    assert said is None or said in warnings
