"""Retention by cohort, of customers and of revenue: by invoices, by contracts, by won amounts."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from customer_days import in_effect, usable
from random_customers import AS_OF, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}


def accounts(n=4):
    return [{"account_id": f"a{i}", "name": f"a{i}", "industry": "Rail" if i % 2 else None} for i in range(1, n + 1)]


def invoices(*rows):
    return [
        {"invoice_id": f"i{n}", "account_id": account, "invoiced_on": on, "amount": amount, "currency": "EUR"}
        for n, (account, on, amount) in enumerate(rows)
    ]


def cells(answer, name):
    return {(row["cohort"], row["age"]): row[name] for row in answer.rows()}


def both(snapshot, scope=None, **options):
    logo = measure(snapshot, "cohort_logo_retention", scope, options)
    return logo, measure(snapshot, "cohort_revenue_retention", scope, options)


BILLED = invoices(
    ("a1", "2024-01-31", 100), ("a1", "2024-02-01", 50), ("a1", "2024-02-28", 30), ("a1", "2024-04-02", 0),
    ("a2", "2024-01-05", 300), ("a2", "2024-03-10", -40), ("a3", "2024-03-01", 0), ("a3", "2024-04-01", 20),
    (None, "2024-01-01", 999), ("a4", "2024-05-01", 7),
)  # fmt: skip


def test_invoices_by_hand(opened):
    """
    account  January  February  March  April (to the 15th)  first revenue
    a1       100      50 + 30   -      0                    January
    a2       300      -         -40    -                    January
    a3       -        -         0      20                   March: an invoice of any amount
    a4       only after the as-of day
    """
    snapshot = opened(accounts=accounts(), invoices=BILLED, as_of="2024-04-15", export_day="2024-06-01")
    logo, revenue = both(snapshot)
    january = [("2024-01", age) for age in range(4)]
    assert cells(logo, "customers") == {
        **dict(zip(january, [2, 1, 1, 1], strict=True)), ("2024-03", 0): 1, ("2024-03", 1): 1,
    }  # fmt: skip
    assert cells(logo, "value")["2024-01", 1] == 0.5
    assert cells(revenue, "revenue") == {
        **dict(zip(january, [400, 80, -40, 0], strict=True)), ("2024-03", 0): 0, ("2024-03", 1): 20,
    }  # fmt: skip
    values = cells(revenue, "value")
    assert [values[cell] for cell in january] == [1, 0.2, -0.1, 0]
    assert (values["2024-03", 0], values["2024-03", 1]) == (None, None)  # ÷ 0
    for answer in (logo, revenue):
        assert {cell for cell, partial in cells(answer, "partial").items() if partial} == {
            ("2024-01", 3),
            ("2024-03", 1),
        }
        assert set(cells(answer, "size").values()) == {2, 1}
        assert dict(answer.excluded) == {"invoice without an account": 1, "invoiced after as-of": 1}
    for (cohort, age), customers in cells(logo, "customers").items():
        assert len(list_rows(snapshot, "cohort_logo_retention", where={"cohort": cohort, "age": age})) == customers
        listed = list_rows(snapshot, "cohort_revenue_retention", where={"cohort": cohort, "age": age})
        assert len(listed) == cells(revenue, "n")[cohort, age]
        assert listed["measure"].sum() == cells(revenue, "revenue")[cohort, age]


def test_a_unit_that_is_over_is_whole(opened):
    snapshot = opened(accounts=accounts(), invoices=BILLED, as_of="2024-04-30", export_day="2024-06-01")
    assert not any(cells(both(snapshot)[0], "partial").values())


def test_a_period_chooses_cohorts_by_the_first_revenue_of_all_time(opened):
    snapshot = opened(accounts=accounts(), invoices=BILLED, as_of="2024-04-15", export_day="2024-06-01")
    for answer in both(snapshot, Scope(start=date(2024, 2, 1))):
        assert {cohort for cohort, _ in cells(answer, "size")} == {"2024-03"}


def test_quarters_and_segments(opened):
    snapshot = opened(accounts=accounts(), invoices=BILLED, as_of="2024-04-15", export_day="2024-06-01")
    logo, revenue = both(snapshot, cohort_grain="quarter")
    assert cells(logo, "customers") == {("2024-Q1", 0): 3, ("2024-Q1", 1): 2}
    assert cells(revenue, "revenue") == {("2024-Q1", 0): 440, ("2024-Q1", 1): 20}
    by_industry = measure(snapshot, "cohort_logo_retention", Scope(by="industry"), {"cohort_grain": "quarter"})
    assert {(r["segment"], r["age"]): r["size"] for r in by_industry.rows()} == {
        ("(none)", 0): 1, ("(none)", 1): 1, ("Rail", 0): 2, ("Rail", 1): 2,
    }  # fmt: skip


def test_contracts_prorated_by_day(opened):
    """
    contract                              January        February       March
    k1  310 a month, 16 January, on       16/31 = 160    310            310
    k2  290 a month, 1 Jan. to 11 Feb.    290            10/29 = 100    -
    """
    contracts = [
        {"contract_id": "k1", "account_id": "a1", "started_on": "2024-01-16",
         "monthly_revenue": 310, "currency": "EUR"},
        {"contract_id": "k2", "account_id": "a2", "started_on": "2024-01-01", "ended_on": "2024-02-11",
         "monthly_revenue": 290, "currency": "EUR"},
    ]  # fmt: skip
    snapshot = opened(accounts=accounts(), contracts=contracts, as_of="2024-03-31", export_day="2024-06-01")
    logo, revenue = both(snapshot)
    assert list(cells(logo, "customers").values()) == [2, 2, 1]
    assert list(cells(revenue, "revenue").values()) == pytest.approx([450, 410, 310])
    assert list(cells(revenue, "value").values()) == pytest.approx([1, 410 / 450, 310 / 450])
    snapshot = opened(accounts=accounts(), contracts=contracts, as_of="2024-03-15", export_day="2024-06-01")
    assert cells(both(snapshot)[1], "revenue")["2024-01", 2] == pytest.approx(150)  # 15 of 31 days so far


def test_whether_contracts_alone_keep_customers_is_said(opened):
    """Nineteen contracts have ended: too few to say. Twenty ended after 366 days; or one of the twenty after 100."""
    early, whole = "2023-04-11", "2024-01-02"

    def said(ends, grain="month"):
        contracts = [{"contract_id": f"k{n}", "account_id": "a1", "started_on": "2023-01-01", "ended_on": end,
                      "monthly_revenue": 10, "currency": "EUR"} for n, end in enumerate(ends)]  # fmt: skip
        snapshot = opened(accounts=accounts(), contracts=contracts, as_of="2024-01-31", export_day="2024-06-01")
        answer = measure(snapshot, "cohort_logo_retention", None, {"cohort_grain": grain})
        return [w for w in answer.warnings if w.startswith("Of the contracts that have ended, 19 of 20 ran for ")]

    assert said([whole] * 19) == []
    (found,) = said([whole] * 20)
    assert "ran for 366 days or more: until then a customer is kept by contract" in found
    (found,) = said([early, *[whole] * 19])
    assert "ran for 100 days or more" in found
    assert said([early, *[whole] * 19], "quarter") == []


def test_contracts_without_a_value_are_left_out_by_their_reason(opened):
    """k1 names no amount, k2 an amount in a currency without a rate, the others are in euros."""
    started = {"started_on": "2024-01-01"}
    contracts = [{"contract_id": "k1", "account_id": "a1", "currency": "EUR", **started},
                 {"contract_id": "k2", "account_id": "a2", "monthly_revenue": 10, "currency": "CHF", **started},
                 {"contract_id": "k3", "account_id": "a2", "monthly_revenue": 10, "currency": "EUR", **started},
                 {"contract_id": "k4", "account_id": "a2", "monthly_revenue": 10, "currency": "EUR", **started},
    ]  # fmt: skip
    snapshot = opened(accounts=accounts(), contracts=contracts, as_of="2024-01-31", export_day="2024-06-01")
    assert dict(both(snapshot)[1].excluded) == {"no amount": 1, "no exchange rate": 1}


def test_a_contract_that_ends_on_a_units_first_day_was_not_active_in_it(opened):
    contracts = [{"contract_id": "k", "account_id": "a1", "started_on": "2024-01-01", "ended_on": "2024-02-01",
                  "monthly_revenue": 10, "currency": "EUR"}]  # fmt: skip
    snapshot = opened(accounts=accounts(), contracts=contracts, as_of="2024-02-29", export_day="2024-06-01")
    assert cells(both(snapshot)[0], "customers") == {("2024-01", 0): 1, ("2024-01", 1): 0}


def test_won_amounts_where_there_is_nothing_else(opened):
    deals = [("a1", "2024-01-10", 100), ("a1", "2024-03-01", 60), ("a2", "2024-01-31", None), ("a3", None, 5),
             (None, "2024-01-10", 7), ("a4", "2024-06-01", 9)]  # fmt: skip
    snapshot = opened(
        accounts=accounts(), stages=STAGES, as_of="2024-03-31", export_day="2024-06-30",
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": account, "stage": "Won", "opened_on": f"2023-10-{n + 1:02}",
             "closed_on": on, "amount": amount, "currency": "EUR"} for n, (account, on, amount) in enumerate(deals)
        ],
    )  # fmt: skip
    logo, revenue = both(snapshot)
    assert list(cells(logo, "customers").values()) == [2, 0, 1]
    assert list(cells(revenue, "value").values()) == [1, 0, pytest.approx(0.6)]
    reasons = {"won deal without an account": 1, "no closing date": 1, "closed after as-of": 1}
    assert dict(logo.excluded) == reasons
    assert dict(revenue.excluded) == {**reasons, "no amount": 1}


def test_without_any_revenue_there_is_no_row_and_a_reason(opened):
    for answer in both(opened(accounts=accounts())):
        assert answer.rows() == []
        assert any("No revenue is known" in warning for warning in answer.warnings)


def test_a_unit_of_whose_revenue_nothing_is_known_is_not_one_without_revenue(opened):
    """100 in January, francs that no rate converts in February, nothing in March."""
    francs = [bill | {"currency": "CHF"} for bill in invoices(("a1", "2024-02-10", 90))]
    bills = [*invoices(("a1", "2024-01-10", 100)), *({**bill, "invoice_id": "chf"} for bill in francs)]
    snapshot = opened(accounts=accounts(1), invoices=bills, as_of="2024-03-31", settings={"currency": "EUR"})
    logo, revenue = both(snapshot)
    assert list(cells(revenue, "revenue").values()) == [100, None, 0]
    assert list(cells(revenue, "value").values()) == [1, None, 0]
    assert list(cells(revenue, "customers").values()) == list(cells(logo, "customers").values()) == [1, 1, 0]
    assert dict(revenue.excluded) == {"no exchange rate": 1}


def months(on):
    return on.year * 12 + on.month - 1


def together(*amounts):
    """The sum of those that are known, None without any."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def revenue_by_month(company, source):
    """{account: {month: revenue}} of the months with an invoice, an active contract or a won deal, by day.

    None where no amount of it is known.
    """
    found = {a["account_id"]: {} for a in company.accounts}
    paid = [(i["account_id"], i["invoiced_on"], i["amount"]) for i in company.invoices]
    if source == "won amounts":
        paid = [(d["account_id"], d["closed_on"], d["amount"]) for d in company.opportunities if outcome(d) == "won"]
    for account, on, amount in paid:
        if account and on and on <= AS_OF:
            found[account][months(on)] = together(found[account].get(months(on)), amount)
    contracts = usable(company.contracts)
    for contract in contracts:
        day, account = contract["started_on"], contract["account_id"]
        while day and account and day <= AS_OF and in_effect(contract, day, contracts):
            monthly = contract["monthly_revenue"] if source == "contracts" else 0
            earned = None if monthly is None else monthly / monthrange(day.year, day.month)[1]
            found[account][months(day)] = together(found[account].get(months(day)), earned)
            day += timedelta(days=1)
    return found


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("source", ["invoices", "contracts", "both", "won amounts"])
def test_a_second_answer(seed, source):
    company = random_customers(seed, source)
    by_account = {a: m for a, m in revenue_by_month(company, source if source != "both" else "invoices").items() if m}
    customers, revenue, sizes = {}, {}, {}
    for earned in by_account.values():
        first = min(earned)
        for unit in range(first, months(AS_OF) + 1):
            cell = (f"{first // 12}-{first % 12 + 1:02}", unit - first)
            sizes[cell] = sizes.get(cell, 0) + 1
            customers[cell] = customers.get(cell, 0) + (unit in earned)
            revenue.setdefault(cell, [])
            if unit in earned:
                revenue[cell].append(earned[unit])
    revenue = {cell: together(*paid) if paid else 0 for cell, paid in revenue.items()}
    logo, money = both(company.snapshot)
    assert cells(logo, "size") == cells(money, "size") == sizes
    assert cells(logo, "customers") == customers
    assert cells(money, "revenue") == pytest.approx(revenue)
    for (cohort, age), value in cells(money, "value").items():
        start = revenue[cohort, 0]
        is_known = start and revenue[cohort, age] is not None
        assert value == (pytest.approx(revenue[cohort, age] / start) if is_known else None)


def test_target_against_rest_cell_by_cell(opened):
    """12 accounts with twice the revenue a month later, 12 with half of it."""
    names = [f"a{n}" for n in range(24)]
    billed = [(name, "2024-01-10", 100 + n) for n, name in enumerate(names)]
    billed += [(name, "2024-02-10", (200 if n < 12 else 50) + n) for n, name in enumerate(names)]
    snapshot = opened(
        accounts=[{"account_id": name, "name": name, "is_target": n < 12} for n, name in enumerate(names)],
        invoices=invoices(*billed), as_of="2024-02-29", export_day="2024-06-01",
    )  # fmt: skip
    scope = Scope(by="target")
    same, later = measure(snapshot, "cohort_revenue_retention", scope).comparison
    assert (same.keys, same.verdict) == ({"cohort": "2024-01", "age": 0}, "no clear difference")
    assert (later.keys, later.verdict) == ({"cohort": "2024-01", "age": 1}, "better")
    assert later.low < later.difference < later.high
    assert [c.verdict for c in measure(snapshot, "cohort_logo_retention", scope).comparison] == [
        "no clear difference"
    ] * 2


def test_customers_known_by_their_tenure_began_before_anything_else(opened):
    """As of 31 January 2020, a1 is a customer of 25 months, a2 one of 2 that has left: no other date is in the data."""
    tenures = [{"contract_id": name, "account_id": name, "monthly_revenue": 10, "currency": "EUR", "_tenure_months": n,
                "_churned": churned} for name, n, churned in (("a1", 25, False), ("a2", 2, True))]  # fmt: skip
    snapshot = opened(accounts=accounts(2), contracts=tenures, as_of="2020-01-31", export_day="2020-01-31")
    customers = cells(measure(snapshot, "cohort_logo_retention", None, {"cohort_grain": "year"}), "customers")
    assert customers == {("2017", 0): 1, ("2017", 1): 1, ("2017", 2): 1, ("2017", 3): 1, ("2019", 0): 1, ("2019", 1): 1}


@pytest.mark.parametrize(("grain", "of_revenue", "of_customers"), [("month", 91, 61), ("quarter", None, None)])
def test_bills_further_apart_than_the_cells_are_told(opened, grain, of_revenue, of_customers):
    """What is billed each quarter is nothing in two months of three; quarters show what it is.

    a1: 90 each quarter, 91 days apart; a2: 1 a month, usually 31 days apart. Of what a bill follows 180 of 187 are
    billed 91 days apart; the middle of 91 and 31 is 61.
    """
    bills = [("a1", day, 90) for day in ("2024-01-15", "2024-04-15", "2024-07-15")]
    bills += [("a2", f"2024-0{month}-15", 1) for month in range(1, 9)]
    snapshot = opened(
        accounts=[{"account_id": a, "name": a} for a in ("a1", "a2")], as_of="2024-09-30",
        invoices=[{"invoice_id": f"{a}{day}", "account_id": a, "invoiced_on": day, "amount": amount}
                  for a, day, amount in bills],
    )  # fmt: skip
    for metric, days in (("cohort_revenue_retention", of_revenue), ("cohort_logo_retention", of_customers)):
        told = [w for w in measure(snapshot, metric, options={"cohort_grain": grain}).warnings if "days apart" in w]
        assert [w.split(" are ")[1].split(" days")[0] for w in told] == ([] if days is None else [str(days)])
