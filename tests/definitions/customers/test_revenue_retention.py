"""Net and gross revenue retention with their bridge, renewals and what single accounts did, counted by hand."""

from dataclasses import replace
from datetime import date

import pytest

from metrics import Scope, list_rows, measure

MARCH = Scope(start=date(2024, 3, 1), end=date(2024, 3, 31))
STARTED = "2023-01-01"
BRIDGE = ("revenue_start", "expansion", "contraction", "lost", "new", "revenue_end")


def accounts(n):
    return [{"account_id": f"a{i}", "name": f"a{i}", "industry": "Rail" if i % 2 else None, "is_target": i <= n // 2}
            for i in range(1, n + 1)]  # fmt: skip


def contracts(*rows):
    """(account, started, ended, monthly revenue[, product[, renews on]])."""
    return [
        {"contract_id": f"k{n}", "account_id": account, "started_on": started, "ended_on": ended,
         "monthly_revenue": revenue, "product": more[0] if more else None,
         "renews_on": more[1] if len(more) > 1 else None, "currency": "EUR"}
        for n, (account, started, ended, revenue, *more) in enumerate(rows)
    ]  # fmt: skip


def invoices(*rows):
    return [
        {"invoice_id": f"i{n}", "account_id": account, "invoiced_on": on, "amount": amount,
         "product": more[0] if more else None, "currency": more[1] if len(more) > 1 else "EUR"}
        for n, (account, on, amount, *more) in enumerate(rows)
    ]  # fmt: skip


def row(answer):
    (only,) = answer.rows()
    return only


def bridge(found):
    return tuple(found[column] for column in BRIDGE)


def assert_it_adds_up(found):
    """at the start + expansion − contraction − lost + new = at the end, and both rates follow from it."""
    start, expansion, contraction, lost, new, end = bridge(found)
    assert start + expansion - contraction - lost + new == pytest.approx(end)
    assert found["value"] == pytest.approx((start + expansion - contraction - lost) / start)
    assert found["grr"] == pytest.approx((start - contraction - lost) / start)


SIGNED = contracts(
    ("a1", STARTED, None, 100, "A"), ("a1", "2024-03-10", None, 50, "B"), ("a2", STARTED, "2024-03-20", 200, "A"),
    ("a3", STARTED, "2024-03-20", 100, "A"), ("a3", "2024-04-10", None, 120, "A"),
    ("a4", STARTED, "2024-03-10", 100, "A"),
    ("a4", "2024-03-10", None, 30, "B"), ("a4", "2024-03-10", None, 30, "C"), ("a5", "2024-03-02", None, 70, "A"),
    ("a6", STARTED, None, 80, "A"), ("a6", STARTED, "2024-03-15", 20, "B"), ("a7", STARTED, None, 0, "A"),
)  # fmt: skip


@pytest.fixture
def signed(opened):
    return opened(accounts=accounts(7), contracts=SIGNED, as_of="2024-05-31", export_day="2024-06-01")


def test_contracts_by_hand(signed):
    """
    account  1 March  31 March          movement in March        products at the end
    a1       100      100 + 50          expansion 50             A, B
    a2       200      -                 lost 200
    a3       100      100: in its grace, the renewal of 120 follows in April             A
    a4       100      30 + 30           contraction 40           B, C: more of them for less
    a5       -        70                new 70                   A
    a6       80 + 20  80                contraction 20           A
    a7       0        0                 unchanged: a customer who pays nothing yet       A

    NRR (600 + 50 − 60 − 200) ÷ 600, GRR (600 − 260) ÷ 600. 8 products of 6 customers at the end.
    Due in March: a2's, a3's, a4's first and a6's second; a3's and a4's were renewed. One of six brings more.
    """
    answer = measure(signed, "revenue_retention", MARCH)
    found = row(answer)
    assert bridge(found) == (600, 50, 60, 200, 70, 460)
    assert_it_adds_up(found)
    assert (found["value"], found["grr"]) == (pytest.approx(390 / 600), pytest.approx(340 / 600))
    assert (found["n"], found["customers"]) == (6, 6)
    assert found["products_per_account"] == pytest.approx(8 / 6)
    assert (found["renewals_due"], found["renewal_rate"]) == (4, 0.5)
    assert found["upsell_rate"] == pytest.approx(1 / 6)
    assert answer.excluded == ()
    listed = list_rows(signed, "revenue_retention", MARCH)
    assert dict(zip(listed["account_id"], listed["movement"], strict=True)) == {
        "a1": "expansion", "a2": "lost", "a3": "unchanged", "a4": "contraction", "a6": "contraction", "a7": "unchanged",
    }  # fmt: skip
    assert listed["revenue_before"].sum() == 600
    assert set(list_rows(signed, "revenue_retention", MARCH, part="newcomers")["account_id"]) == {"a5"}


def test_months_follow_on_each_other(signed):
    """The end of March is the beginning of April; there a3's renewal is an expansion of 20."""
    months = measure(
        signed, "revenue_retention", Scope(start=date(2024, 2, 1), end=date(2024, 5, 31), grain="month")
    ).rows()
    for found in months:
        assert_it_adds_up(found)
    by_month = {found["period"]: bridge(found) for found in months}
    assert by_month["2024-02"] == (600, 0, 0, 0, 0, 600)
    assert by_month["2024-04"] == (460, 20, 0, 0, 0, 480)
    assert by_month["2024-05"] == (480, 0, 0, 0, 0, 480)
    assert {found["period"]: found["renewal_rate"] for found in months}["2024-05"] is None


def test_without_a_period_the_twelve_months_to_the_as_of_day(signed):
    """Of 600 on 1 June 2023: a1 150, a2 -, a3 120, a4 60, a6 80. Due are the four that ended; what runs on without an
    end is never due."""
    found = row(measure(signed, "revenue_retention"))
    assert bridge(found) == (600, 70, 60, 200, 70, 480)
    assert (found["renewals_due"], found["renewal_rate"]) == (4, 0.5)


def test_segments_and_target_against_rest(signed):
    """Targets are a1 to a3: 400 at the start, 250 now; of the rest 200, 140 now."""
    answer = measure(signed, "revenue_retention", Scope(start=MARCH.start, end=MARCH.end, by="target"))
    assert {r["segment"]: (r["revenue_start"], r["value"]) for r in answer.rows()} == {
        "target": (400, 250 / 400), "rest": (200, pytest.approx(0.7)),
    }  # fmt: skip
    assert answer.comparison[0].verdict == "too few to say"
    rail = Scope(start=MARCH.start, end=MARCH.end, filters=(("industry", ("Rail",)),))
    assert bridge(row(measure(signed, "revenue_retention", rail))) == (200, 50, 0, 0, 70, 320)


def test_target_against_rest_has_an_interval_over_accounts(opened):
    """Eight targets each bring a half more, eight others a half less."""
    rows = [(f"a{n}", STARTED, "2024-03-10", 100 + n) for n in range(1, 17)]
    rows += [(f"a{n}", "2024-03-10", None, (100 + n) * (1.5 if n <= 8 else 0.5)) for n in range(1, 17)]
    snapshot = opened(accounts=accounts(16), contracts=contracts(*rows), as_of="2024-05-31", export_day="2024-06-01")
    (found,) = measure(snapshot, "revenue_retention", Scope(start=MARCH.start, end=MARCH.end, by="target")).comparison
    assert found.difference == pytest.approx(1)
    assert found.low == pytest.approx(1)  # every draw of accounts gives the same two rates
    assert found.verdict == "better"


BILLED = invoices(
    ("a1", "2024-02-01", 10, "A"), ("a1", "2024-03-31", 15, "B"), ("a2", "2024-02-29", 20, "A"),
    ("a3", "2024-02-10", 0, "A"), ("a3", "2024-03-10", 30, "A"), ("a4", "2024-02-10", 40, "A"),
    ("a4", "2024-03-10", 0, "B"), ("a5", "2024-03-01", 50, "A"), ("a7", "2024-02-15", 100, "A"),
    ("a7", "2024-03-15", 30, "A"), ("a7", "2024-03-16", 30, "B"), ("a7", "2024-03-17", -40, "B"),
    ("a6", "2024-02-10", 25, "A"), ("a6", "2024-03-02", -5, "A"),
)  # fmt: skip


def test_invoices_by_hand(opened):
    """
    account  February  March        movement
    a1       10        15           expansion 5
    a2       20        -            lost 20
    a3       0         30           new 30
    a4       40        0            lost 40
    a5       -         50           new 50
    a6       25        −5           lost 30: more was paid back than came in
    a7       100       30 + 30 − 40 contraction 80
    """
    snapshot = opened(accounts=accounts(7), invoices=BILLED, as_of="2024-04-30", export_day="2024-06-01")
    answer = measure(snapshot, "revenue_retention", MARCH)
    found = row(answer)
    assert bridge(found) == (195, 5, 80, 90, 80, 110)
    assert_it_adds_up(found)
    assert found["n"] == 5
    # a1 B, a3 A, a5 A, a7 A and B; what cost nothing is no product held
    assert found["products_per_account"] == pytest.approx(5 / 4)
    assert found["renewal_rate"] is None
    assert found["upsell_rate"] == pytest.approx(1 / 5)


def test_amounts_without_a_rate_are_left_out_on_both_sides(opened):
    """a1 pays euros, then francs that no rate converts: its change is unknown. a2 pays both at both ends."""
    paid = invoices(
        ("a1", "2024-02-10", 10), ("a1", "2024-03-10", 10, None, "CHF"), ("a2", "2024-02-10", 20),
        ("a2", "2024-02-11", 5, None, "CHF"), ("a2", "2024-03-10", 30), ("a2", "2024-03-11", 5, None, "CHF"),
        ("a3", "2024-02-10", 7, None, "CHF"), ("a4", "2024-03-10", 9, None, "CHF"),
    )  # fmt: skip
    snapshot = opened(
        accounts=accounts(4), invoices=paid, as_of="2024-04-30", export_day="2024-06-01", settings={"currency": "EUR"}
    )
    answer = measure(snapshot, "revenue_retention", MARCH)
    assert bridge(row(answer)) == (20, 10, 0, 0, 0, 30)
    assert row(answer)["n"] == 1
    assert dict(answer.excluded) == {
        "no exchange rate": 5, "customer whose amounts are known at one end only": 1,
    }  # fmt: skip


OF_A = Scope((("product", ("A",)),), start=MARCH.start, end=MARCH.end)


def test_of_one_product_by_hand(opened, signed):
    """Contracts of A alone: 580 on 1 March, 100 each of a1, a3 and a4, 200 of a2, 80 of a6; lost a2 and a4, who goes on
    with B and C; new a5. Invoices of A: a1's and a4's of March are for B, a7's are 30."""
    found = row(measure(signed, "revenue_retention", OF_A))
    assert bridge(found) == (580, 0, 0, 300, 70, 350)
    assert (found["products_per_account"], found["n"]) == (1, 6)
    churned = row(measure(signed, "churn_rate", OF_A))
    assert (churned["gone"], churned["customers"], churned["revenue_churn"]) == (2, 6, pytest.approx(300 / 580))
    billed = opened(accounts=accounts(7), invoices=BILLED, as_of="2024-04-30", export_day="2024-06-01")
    assert bridge(row(measure(billed, "revenue_retention", OF_A))) == (195, 0, 70, 100, 80, 105)
    (unknown,) = (
        w for w in measure(signed, "churn_rate", Scope((("product", ("Z",)),))).warnings if w.startswith("No ")
    )
    assert unknown == "No contract or invoice has the product “Z”."
    # what deals alone have does not reach contracts
    staged = measure(signed, "customer_lifetime_value", Scope((("stage", ("Won",)),)))
    assert "Not filtered by stage: it is no property of what is counted." in staged.warnings
    assert row(staged) == row(measure(signed, "customer_lifetime_value"))


@pytest.mark.parametrize(
    "metric",
    ["revenue_retention", "churn_rate", "customer_lifetime_value", "lifetime_value_impact", "cohort_logo_retention",
     "cohort_revenue_retention"],
)  # fmt: skip
def test_one_product_is_as_if_no_other_were_sold(opened, signed, metric):
    for table, rows, whole in (
        ("contracts", SIGNED, signed),
        (
            "invoices",
            BILLED,
            opened(accounts=accounts(7), invoices=BILLED, as_of="2024-05-31", export_day="2024-06-01"),
        ),
    ):
        alone = opened(accounts=accounts(7), as_of="2024-05-31", export_day="2024-06-01",
                       **{table: [r for r in rows if r["product"] == "A"]})  # fmt: skip
        found = measure(whole, metric, Scope((("product", ("A",)),))).rows()
        assert found == measure(alone, metric).rows() != []
        assert metric != "revenue_retention" or found != measure(whole, metric).rows()


def test_nobody_at_the_start_gives_no_rate(opened):
    snapshot = opened(
        accounts=accounts(1),
        contracts=contracts(("a1", "2024-03-10", None, 10)),
        as_of="2024-05-31",
        export_day="2024-06-01",
    )
    found = row(measure(snapshot, "revenue_retention", MARCH))
    assert (found["value"], found["grr"], found["n"], found["new"]) == (None, None, 0, 10)


def test_a_contract_is_due_on_its_end_and_on_a_renewal_day_that_it_ran_past(opened):
    """
    account  from             ends      renews on     due in March
    a1       2021                       15 March      yes, renewed: it runs on
    a2       20 March 2023              -             no: nobody knows when it might have ended
    a3       2023             25 March  -             yes, over
    a4       2023                       1 March 2025  no: one term of two years, or a renewal that is not told
    a5       2023             10 March  -             yes, renewed by the contract of the same product from 20 February
    a6       2023             10 March  -             yes, over: what began on 20 February is another product
    a7       2023             10 March  -             two, both over: the one from 20 February ends on the same day
    a8       2023             10 March  -             yes, over: what began 91 days before its end is no renewal
    """
    signed = contracts(
        ("a1", "2021-03-15", None, 10, None, "2024-03-15"), ("a2", "2023-03-20", None, 10),
        ("a3", STARTED, "2024-03-25", 10), ("a4", "2023-03-01", None, 10, None, "2025-03-01"),
        *((f"a{n}", STARTED, "2024-03-10", 10, "A") for n in (5, 6, 7, 8)), ("a5", "2024-02-20", None, 12, "A"),
        ("a6", "2024-02-20", None, 12, "B"), ("a7", "2024-02-20", "2024-03-10", 12, "A"),
        ("a8", "2023-12-10", None, 12, "A"),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(8), contracts=signed, as_of="2024-05-31", export_day="2024-06-01")
    answer = measure(snapshot, "revenue_retention", MARCH)
    assert (row(answer)["renewals_due"], row(answer)["renewal_rate"]) == (7, pytest.approx(2 / 7))
    assert any(w.startswith("Contracts that run for over a year without a known renewal: 2.") for w in answer.warnings)
    assert row(measure(snapshot, "revenue_retention", MARCH, {"early_days": 91}))["renewal_rate"] == pytest.approx(
        3 / 7
    )


def test_a_contraction_with_more_products(opened):
    """Both paid 100 for Core. a1 pays 80 for Core and Seats, under a contract that begins before the old one's end and
    has Core in it: renewed. a2 pays 80 for Bolts, which renews no Core. At the end a1 holds two products, a2 one; each
    has one more."""
    both = contracts(
        ("a1", STARTED, "2024-03-15", 100, "Core"), ("a1", "2024-03-10", None, 80, "Core + Seats"),
        ("a2", STARTED, "2024-03-15", 100, "Core"), ("a2", "2024-03-10", None, 80, "Bolts"),
    )  # fmt: skip
    both[1]["_products"] = ["Core", "Seats"]
    snapshot = opened(accounts=accounts(2), contracts=both, as_of="2024-05-31", export_day="2024-06-01")
    found = row(measure(snapshot, "revenue_retention", MARCH))
    assert bridge(found) == (200, 0, 40, 0, 0, 160)
    assert_it_adds_up(found)
    assert (found["value"], found["upsell_rate"], found["products_per_account"]) == (0.8, 0, 1.5)
    assert (found["renewals_due"], found["renewal_rate"]) == (2, 0.5)
    added = {
        r["segment"]: r["products_added"]
        for r in measure(snapshot, "revenue_retention", replace(MARCH, by="account")).rows()
    }
    assert added == {"a1": 1, "a2": 1}


def test_a_contract_that_renews_every_so_many_months_counts_once_a_period(opened):
    """
    contract  every      renewal days             ended       in March            in the 12 months to May
    k0        month      15 Feb to 15 May 2024    -           renewed             renewed, once
    k1        12 months  31 March 2023, 2024      -           renewed             renewed
    k2        month      15 Feb                   15 March    not                 not: it ended after a renewal
    k3        -          -                        -           not known           not known
    k4        week       too many to list         -           not known           not known: it runs since January
    """
    signed = contracts(
        ("a1", "2024-01-15", None, 100, None, "2024-06-15"), ("a2", "2022-03-31", None, 100, None, "2025-03-31"),
        ("a3", "2024-01-15", "2024-03-15", 100), ("a4", STARTED, None, 100),
        ("a5", "2024-01-01", None, 100, None, "2024-06-03"),
    )  # fmt: skip
    for contract, months in zip(signed, (1, 12, 1, None, 12 / 52), strict=True):
        contract["_renews_every"] = months
    snapshot = opened(accounts=accounts(5), contracts=signed, as_of="2024-05-31", export_day="2024-06-01")
    for scope in (MARCH, Scope()):
        answer = measure(snapshot, "revenue_retention", scope)
        assert (row(answer)["renewals_due"], row(answer)["renewal_rate"]) == (3, pytest.approx(2 / 3))
        assert any(
            w.startswith("Contracts that run for over a year without a known renewal: 1.") for w in answer.warnings
        )
    before = row(measure(snapshot, "revenue_retention", Scope(start=date(2023, 3, 1), end=date(2023, 3, 31))))
    assert (before["renewals_due"], before["renewal_rate"]) == (1, 1)


def test_where_no_contract_was_ever_renewed_there_is_no_renewal_rate(opened):
    """One of three is over, and nobody knows if that was its end or a notice."""
    signed = contracts(("a1", STARTED, None, 10), ("a2", STARTED, "2024-03-20", 10), ("a3", STARTED, None, 10))
    snapshot = opened(accounts=accounts(3), contracts=signed, as_of="2024-05-31", export_day="2024-06-01")
    answer = measure(snapshot, "revenue_retention", MARCH)
    assert (row(answer)["renewals_due"], row(answer)["renewal_rate"]) == (0, None)
    assert any("the renewal rate is n/a" in w for w in answer.warnings)


TURNING = contracts(
    ("a1", "2023-01-01", "2024-03-01", 1000, "A"), ("a1", "2024-03-01", None, 500, "A"),
    ("a2", "2023-01-01", "2024-03-01", 300), ("a3", "2024-03-01", None, 200), ("a4", "2023-01-01", None, 100),
)  # fmt: skip


def test_what_moves_on_the_first_day_is_said_or_counted(opened):
    """
    account  29 February  1 March       31 March
    a1       1,000        500           500     its contract turns over
    a2       300          -             -       gone
    a3       -            200           200     new
    a4       100          100           100

    By the first day 800 at the start, and 800 of them now. By the day before 1,400: contraction 500, lost 300, new 200.
    """
    snapshot = opened(accounts=accounts(4), contracts=TURNING, as_of="2024-05-31", export_day="2024-06-01")
    answer = measure(snapshot, "revenue_retention", MARCH)
    assert bridge(row(answer)) == (800, 0, 0, 0, 0, 800)
    (left,) = (w for w in answer.warnings if w.startswith("Customers who left on the first day"))
    (moved,) = (w for w in answer.warnings if w.startswith("Between the end of one period"))
    assert "period: 1, with 300 of monthly revenue" in left
    assert "fell by 500 (customers: 1) and rose by 200 (1, new ones included)" in moved

    months = Scope(start=date(2024, 2, 1), end=date(2024, 4, 30), grain="month")
    counting = measure(snapshot, "revenue_retention", months, {"first_day_leavers": True})
    found = counting.rows()
    assert [bridge(r) for r in found] == [
        (1400, 0, 0, 0, 0, 1400), (1400, 0, 500, 300, 200, 800), (800, 0, 0, 0, 0, 800),
    ]  # fmt: skip
    assert (found[1]["value"], found[1]["n"]) == (pytest.approx(600 / 1400), 3)
    assert not [w for w in counting.warnings if "first_day_leavers" in w]
    churned = measure(snapshot, "churn_rate", MARCH, {"first_day_leavers": True})
    assert (row(churned)["gone"], row(churned)["customers"]) == (1, 3)
    assert row(churned)["revenue_churn"] == pytest.approx(800 / 1400)


def test_with_a_grain_the_first_days_of_all_its_units_are_told(opened):
    """
    account  to June  July to November  from December  unknown revenue
    a1       100      70                70
    a2       200      200               200
    a3       -        -                 100
    a4                from September    from November  until September in francs, then 10, gone in November
    a5                                                 until November in francs, gone

    Contracts that change on the first day of a month are in no month: 1 July −30, 1 December +100. On 1 September
    nobody knows by how much a4 changed; on 1 November a4 left with 10 and a5 with what nobody knows.
    """
    changing = contracts(
        ("a1", STARTED, "2024-07-01", 100), ("a1", "2024-07-01", None, 70), ("a2", STARTED, None, 200),
        ("a3", "2024-12-01", None, 100), ("a4", STARTED, "2024-09-01", 10), ("a4", "2024-09-01", "2024-11-01", 10),
        ("a5", STARTED, "2024-11-01", 10),
    )  # fmt: skip
    for number in (4, 6):
        changing[number]["currency"] = "CHF"
    snapshot = opened(
        accounts=accounts(5),
        contracts=changing,
        as_of="2024-12-31",
        export_day="2025-01-01",
        settings={"currency": "EUR"},
    )

    def said(since, until, grain, beginning):
        scope = Scope(start=since, end=until, grain=grain)
        warnings = measure(snapshot, "revenue_retention", scope).warnings
        return [w.removeprefix(beginning) for w in warnings if w.startswith(beginning)]

    moved = "Between the end of one period and the start of the next, on the first day, monthly revenue "
    half = date(2024, 6, 1), date(2024, 12, 31)
    unsaid = ". That is in no period; first_day_leavers=true counts it."
    together = f"fell by 30 (customers: 1) and rose by 100 (1, new ones included), all 2 first days together{unsaid}"
    assert said(*half, "month", moved) == [together]
    assert said(*half, None, moved) == []
    assert said(*half, "quarter", moved) == [f"fell by 30 (customers: 1) and rose by 0 (0, new ones included){unsaid}"]
    assert said(*half, "month", "Customers whose revenue changed on the first day of a period, by how much") == [
        " is not known: 1."
    ]
    left = "Customers who left on the first day of a period: "
    both = "2, with 10 of monthly revenue, as far as it is known. They are in no period; first_day_leavers=true counts"
    assert said(*half, "month", left) == [f"{both} them."]
    november = date(2024, 11, 1), date(2024, 11, 30)
    assert said(*november, None, left) == [f"{both} them."]


def test_an_early_renewal_takes_over_from_its_first_day(opened):
    """
    account  from         until        a month  product  31 December  counts until
    a1       1 Jan 2024   1 Feb 2025   100      Core     -            1 December: the next one begins then
    a1       1 Dec 2024   -            100      Core     100
    a2       1 Jan 2024   1 Feb 2025   100      Core     100          its end: what begins on it is the renewal,
    a2       1 Dec 2024   -            30       Core     30           and this one an addition
    a2       1 Feb 2025   -            90       Core     (begins)
    a3       1 Jan 2024   1 Feb 2025   100      none     100          its end: 40 is less than half of it, an addition
    a3       1 Dec 2024   -            40       none     40
    a4       1 Jan 2024   1 Feb 2025   100      none     -            1 December: 60 is its renewal
    a4       1 Dec 2024   -            60       none     60
    a5       1 Jan 2024   1 Mar 2024   50       Core     -

    December: 400 on 30 November, 430 on 31 December: a2 +30, a3 +40, a4 −40. a1's two contracts are one revenue.
    """
    signed = contracts(
        ("a1", "2024-01-01", "2025-02-01", 100, "Core"), ("a1", "2024-12-01", None, 100, "Core"),
        ("a2", "2024-01-01", "2025-02-01", 100, "Core"), ("a2", "2024-12-01", None, 30, "Core"),
        ("a2", "2025-02-01", None, 90, "Core"), ("a3", "2024-01-01", "2025-02-01", 100), ("a3", "2024-12-01", None, 40),
        ("a4", "2024-01-01", "2025-02-01", 100), ("a4", "2024-12-01", None, 60),
        ("a5", "2024-01-01", "2024-03-01", 50, "Core"),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(5), contracts=signed, as_of="2024-12-31", export_day="2025-01-01")
    quarter = Scope(start=date(2024, 11, 15), end=date(2024, 12, 31))
    answer = measure(snapshot, "revenue_retention", quarter)
    assert bridge(row(answer)) == (400, 70, 40, 0, 0, 430)
    assert_it_adds_up(row(answer))
    (said,) = (w for w in answer.warnings if w.startswith("Contracts whose renewal began before their end"))
    assert "end: 2. From that day the renewal alone counts" in said
    both = row(measure(snapshot, "revenue_retention", quarter, {"early_days": 0}))
    assert bridge(both) == (400, 230, 0, 0, 0, 630)
    a_third = row(measure(snapshot, "revenue_retention", quarter, {"early_share": 0.3}))
    assert bridge(a_third) == (400, 30, 100, 0, 0, 330)  # a3's 40 is its renewal too

    worth = row(measure(snapshot, "customer_lifetime_value"))
    # a1 1,200, a2 1,200 + 30, a3 1,200 + 40, a4 1,100 + 60, a5 100
    assert worth["revenue"] == pytest.approx(1200 + 1230 + 1240 + 1160 + 100)
    assert row(measure(snapshot, "churn_rate", quarter))["revenue_churn"] == pytest.approx(40 / 400)


def test_an_addition_renews_nothing_that_was_dropped(opened):
    """
    account  until 1 July   then                       renewed  a customer on 31 July
    a1       100 of Core    10 of Seats from 1 July    no       yes
    a2       100 of Core    60 of Suite from 11 July   yes      yes
    a3       100 of Core    10 of Core from 1 July     yes      yes
    a4       100 of Core    10 of none from 11 July    no       yes
    a5       100 of Core    -                          no       no
    """
    signed = contracts(
        *((f"a{n}", "2024-01-01", "2024-07-01", 100, "Core") for n in range(1, 6)),
        ("a1", "2024-07-01", None, 10, "Seats"), ("a2", "2024-07-11", None, 60, "Suite"),
        ("a3", "2024-07-01", None, 10, "Core"), ("a4", "2024-07-11", None, 10),
    )  # fmt: skip
    snapshot = opened(accounts=accounts(5), contracts=signed, as_of="2024-12-31", export_day="2025-01-01")
    july = Scope(start=date(2024, 6, 15), end=date(2024, 7, 31))
    found = row(measure(snapshot, "revenue_retention", july))
    assert (found["renewals_due"], found["renewal_rate"]) == (5, pytest.approx(2 / 5))
    assert bridge(found) == (500, 0, 310, 100, 0, 90)
    churn = row(measure(snapshot, "churn_rate", july))
    assert (churn["gone"], churn["customers"]) == (1, 5)
    any_share = row(measure(snapshot, "revenue_retention", july, {"early_share": 0}))
    assert any_share["renewal_rate"] == pytest.approx(4 / 5)


def test_the_days_of_grace_before_a_renewal_bring_revenue_everywhere(opened):
    """100 a month to 11 January, 310 a month from 21 January: the ten days between are of the first contract. On
    31 January 310; January 100 × 20 ÷ 31 + 310 × 11 ÷ 31. Without grace the ten days bring nothing."""
    signed = contracts(("a1", "2024-01-01", "2024-01-11", 100), ("a1", "2024-01-21", None, 310))
    snapshot = opened(accounts=accounts(1), contracts=signed, as_of="2024-01-31", export_day="2024-02-01")
    for grace, days in ((30, 20), (0, 10)):
        earned = row(measure(snapshot, "customer_lifetime_value", None, {"grace_days": grace}))["revenue"]
        assert earned == pytest.approx(100 * days / 31 + 110)
        (first,) = measure(snapshot, "cohort_revenue_retention", None, {"grace_days": grace}).rows()
        assert first["revenue"] == pytest.approx(earned)


def test_endings_known_of_one_day_only_are_said(opened):
    """Two left on the as-of day, and nobody before: of the last month that is churn, of a year it is too low."""
    signed = contracts(*((f"a{n}", STARTED, "2024-05-31" if n < 3 else None, 10) for n in range(1, 6)))
    snapshot = opened(accounts=accounts(5), contracts=signed, as_of="2024-05-31", export_day="2024-06-01")

    def said(metric, scope=None, at=snapshot):
        return any(w.startswith("All 2 endings of contracts") for w in measure(at, metric, scope).warnings)

    for metric in ("churn_rate", "revenue_retention"):
        assert said(metric)
        assert not said(metric, Scope(start=date(2024, 5, 1), end=date(2024, 5, 31)))
        assert said(metric, Scope(start=date(2024, 4, 1), end=date(2024, 4, 30)))
    for metric in ("customer_lifetime_value", "cohort_logo_retention", "cohort_revenue_retention"):
        assert said(metric)
    earlier = contracts(*((f"a{n}", STARTED, f"2024-05-{29 + n}", 10) for n in (1, 2)))
    assert not said("churn_rate", at=opened(accounts=accounts(2), contracts=earlier, as_of="2024-05-31",
                                            export_day="2024-06-01"))  # fmt: skip


def test_account_by_account(opened):
    """
    account  contracts due before May    points in the 90 days before   renewed
    a1       20 January                  30 (a meeting)                 yes
    a2       21 January                  30                             yes
    a3       22 January                  30                             no
    a4 to a6 23 to 25 January            1 (a visit)                    no
    a7       26 January                  -                              yes
    a8, a9   27, 28 January              -                              no

    A third of the nine: up to 0.67 points, up to 10.67, above. By its points of the 90 days to the end of April, b1 (a
    meeting) is like a1, a2, a3: 2 of 3. b2 (a visit) is like a4, a5, a6: 0 of 3. b3 (nothing) 1 of 3.
    """
    due = [("a1", 20, True), ("a2", 21, True), ("a3", 22, False), ("a4", 23, False), ("a5", 24, False),
           ("a6", 25, False), ("a7", 26, True), ("a8", 27, False), ("a9", 28, False)]  # fmt: skip
    rows = [(name, STARTED, f"2024-01-{day}", 10, "A") for name, day, _ in due]
    rows += [(name, f"2024-01-{day}", "2024-05-01", 10, "A") for name, day, renewed in due if renewed]
    rows += [("b1", "2023-11-02", None, 10, "A"), ("b1", "2023-12-15", None, 5, "B"),
             ("b2", "2023-11-02", None, 10, "A"), ("b3", "2023-11-02", None, 10, "A")]  # fmt: skip
    touch = {"a1": "meeting", "a2": "meeting", "a3": "meeting", "a4": "web_visit", "a5": "web_visit", "a6": "web_visit"}
    touches = [(name, kind, "2024-01-10") for name, kind in touch.items()]
    touches += [("b1", "meeting", "2024-03-28"), ("b2", "web_visit", "2024-03-01"), ("b1", "meeting", "2023-06-01")]
    snapshot = opened(
        accounts=[{"account_id": name, "name": name.upper()} for name in (*touch, "a7", "a8", "a9", "b1", "b2", "b3")],
        contracts=contracts(*rows), as_of="2024-04-30", export_day="2024-06-01",
        activities=[{"activity_id": f"t{n}", "account_id": name, "kind": kind, "occurred_at": f"{on} 10:00",
                     "is_done": True, "side": "sales" if kind == "meeting" else "marketing"}
                    for n, (name, kind, on) in enumerate(touches)],
    )  # fmt: skip
    scope = Scope(start=date(2023, 12, 1), end=date(2024, 4, 30), by="account")
    found = {r["account_id"]: r for r in measure(snapshot, "revenue_retention", scope).rows()}
    outlook = {name: (r["renewal_likelihood"], r["likelihood_n"]) for name, r in found.items()}
    assert outlook["b1"] == (pytest.approx(2 / 3), 3)
    assert outlook["b2"] == (0, 3)
    assert outlook["b3"] == (pytest.approx(1 / 3), 3)
    assert outlook["a4"] == (None, 0)  # gone: nothing is to be renewed
    assert (found["b1"]["yearly_change"], found["b1"]["products_added"], found["b1"]["account"]) == (60, 1, "B1")
    assert (found["b2"]["yearly_change"], found["b2"]["products_added"]) == (0, 0)
    assert found["a3"]["yearly_change"] == -120
    whole = row(measure(snapshot, "revenue_retention", Scope(start=scope.start, end=scope.end)))
    assert not {"yearly_change", "products_added", "renewal_likelihood", "likelihood_n"} & set(whole)


def test_yearly_spend_by_invoices(opened):
    """a1 paid 100 + 20 in the twelve months to April 2024, and 70 in the twelve before."""
    paid = invoices(("a1", "2024-04-30", 100), ("a1", "2023-05-01", 20), ("a1", "2023-04-30", 30),
                    ("a1", "2022-05-01", 40), ("a1", "2022-04-30", 999))  # fmt: skip
    snapshot = opened(accounts=accounts(1), invoices=paid, as_of="2024-04-30", export_day="2024-06-01")
    found = row(measure(snapshot, "revenue_retention", Scope(by="account")))
    assert (found["yearly_change"], found["value"]) == (50, pytest.approx(120 / 70))
    assert found["renewal_likelihood"] is None
