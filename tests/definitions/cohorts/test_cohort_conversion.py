"""Conversion by cohort: from the first engagement to an opportunity, or a win."""

from datetime import date

import pytest
from random_customers import AS_OF, is_response, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}


def company_of(deals, forms, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, 7)], "stages": STAGES,
        "opportunities": [
            {"opportunity_id": f"d{n}", "account_id": account, "stage": stage, "opened_on": opened, "closed_on": closed}
            for n, (account, stage, opened, closed) in enumerate(deals)
        ],
        "activities": [
            {"activity_id": f"t{n}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
             "is_done": True, "occurred_at": at, "channel": "Web" if n % 2 else "Events"}
            for n, (account, kind, at) in enumerate(forms)
        ], "as_of": "2024-04-30", "export_day": "2024-12-31", **more,
    }  # fmt: skip


HAND = company_of(
    [("a1", "Won", "2024-02-20", "2024-04-15"), ("a2", "Demo", "2024-04-01", None),
     ("a3", "Lost", "2023-12-01", "2024-01-10"), (None, "Demo", "2024-02-01", None)],
    [("a1", "form", "2024-01-31 23:59"), ("a1", "form", "2024-03-01"), ("a2", "form", "2024-02-01"),
     ("a3", "form", "2024-02-10"), ("a4", "form", "2024-02-10"), ("a5", "email_sent", "2024-02-10")],
)  # fmt: skip


def cells(answer, name="numerator"):
    return {(row["cohort"], row["age"]): row[name] for row in answer.rows()}


def test_by_hand(opened):
    """
    account  first form   first deal       first win
    a1       31 January   20 February      15 April
    a2       1 February   1 April
    a3       10 February  1 December 2023: older, so from age 0
    a4       10 February  -
    a5       only an e-mail was sent to it: in no cohort
    """
    snapshot = opened(**HAND)
    answer = measure(snapshot, "cohort_conversion")
    assert cells(answer) == {
        ("2024-01", 0): 0, ("2024-01", 1): 1, ("2024-01", 2): 1, ("2024-01", 3): 1,
        ("2024-02", 0): 1, ("2024-02", 1): 1, ("2024-02", 2): 2,
    }  # fmt: skip
    assert cells(answer, "size")["2024-02", 2] == 3
    assert dict(answer.excluded) == {"deal without an account": 1}
    won = measure(snapshot, "cohort_conversion", None, {"to": "won"})
    assert [v for (cohort, _), v in cells(won).items() if cohort == "2024-01"] == [0, 0, 0, 1]
    for (cohort, age), reached in cells(answer).items():
        assert len(list_rows(snapshot, "cohort_conversion", where={"cohort": cohort, "age": age})) == reached


def test_an_unripe_cell_is_absent(opened):
    snapshot = opened(**{**HAND, "as_of": "2024-04-29"})
    assert ("2024-02", 2) not in cells(measure(snapshot, "cohort_conversion"))


def test_a_period_chooses_cohorts_and_leaves_the_first_engagement_where_it_is(opened):
    """a1 was touched again in March: its cohort stays January."""
    answer = measure(opened(**HAND), "cohort_conversion", Scope(start=date(2024, 2, 1), end=date(2024, 4, 30)))
    assert {cohort for cohort, _ in cells(answer)} == {"2024-02"}


def test_the_first_engagement_follows_the_preset_and_the_number_of_touches(opened):
    answer = measure(opened(**HAND), "cohort_conversion", None, {"engaged_min": 2})
    assert cells(answer) == {("2024-03", 0): 1, ("2024-03", 1): 1}


def test_by_channel_the_first_touch_of_each(opened):
    answer = measure(opened(**HAND), "cohort_conversion", Scope(by="channel"))
    sizes = {(r["segment"], r["cohort"]): r["size"] for r in answer.rows()}
    assert sizes == {("Events", "2024-01"): 1, ("Events", "2024-02"): 2, ("Web", "2024-02"): 1, ("Web", "2024-03"): 1}


def test_an_account_whose_deals_have_no_day_is_left_out(opened):
    snapshot = opened(
        **company_of([("a1", "Demo", None, None)], [("a1", "form", "2024-02-01"), ("a2", "form", "2024-02-01")])
    )
    answer = measure(snapshot, "cohort_conversion")
    assert cells(answer, "size")["2024-02", 0] == 1
    assert dict(answer.excluded) == {"no opening date": 1}
    assert cells(measure(snapshot, "cohort_conversion", None, {"to": "won"}), "size")["2024-02", 0] == 2


def test_deals_of_an_import_tell_no_day(opened):
    """30 deals of one day: their accounts are left out, and with fewer than 5 others there is no answer."""
    deals = [(f"a{n % 2 + 1}", "Demo", "2024-03-05", None) for n in range(30)]
    forms = [(f"a{n}", "form", "2024-02-01") for n in range(1, 7)]
    answer = measure(opened(**company_of(deals, forms)), "cohort_conversion")
    assert answer.rows() == []
    assert dict(answer.excluded) == {"bulk load": 2}


def test_few_accounts_are_shown_where_no_bulk_load_is_among_them(opened):
    """30 deals of one day are of a1 and a2, which are East: of West's three accounts nothing is unknown, a4 of East is
    one beside the bulk load, and no answer. A filter to West asks the same."""
    deals = [(f"a{n % 2 + 1}", "Demo", "2024-03-05", None) for n in range(30)]
    deals.append(("a3", "Demo", "2024-03-20", None))
    rows = company_of(deals, [(f"a{n}", "form", "2024-02-01") for n in (1, 2, 3, 4, 5, 6)])
    rows["accounts"] = [account | {"region": "East" if account["account_id"] in ("a1", "a2", "a4") else "West"}
                        for account in rows["accounts"]]  # fmt: skip
    snapshot = opened(**rows)
    answer = measure(snapshot, "cohort_conversion", Scope(by="region"))
    assert {row["segment"] for row in answer.rows()} == {"West"}
    assert dict(answer.excluded) == {"bulk load": 2}
    west = measure(snapshot, "cohort_conversion", Scope((("region", ("West",)),)))
    for found in (answer, west):
        assert cells(found) == {("2024-02", 0): 0, ("2024-02", 1): 1, ("2024-02", 2): 1}
        assert set(cells(found, "size").values()) == {3}
    assert dict(west.excluded) == {}


def months(on):
    return on.year * 12 + on.month - 1


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("to", ["opportunity", "won"])
@pytest.mark.parametrize("period", [(None, None), (date(2023, 6, 10), date(2024, 1, 20))])
def test_a_second_answer(seed, to, period):
    company = random_customers(seed)
    expected = {}
    for account in (a["account_id"] for a in company.accounts):
        days = [t["occurred_at"].date() for t in company.activities
                if t["account_id"] == account and is_response(t) and t["occurred_at"]]  # fmt: skip
        first = min(days, default=None)
        deals = [d for d in company.opportunities if d["account_id"] == account]
        deals = deals if to == "opportunity" else [d for d in deals if outcome(d) == "won"]
        dates = [d["opened_on"] if to == "opportunity" else d["closed_on"] for d in deals]
        reached = min((d for d in dates if d), default=None)
        if first is None or (deals and reached is None) or (period[0] and not period[0] <= first <= period[1]):
            continue
        for unit in range(months(first), months(AS_OF)):
            label = f"{months(first) // 12}-{months(first) % 12 + 1:02}"
            cell = expected.setdefault((label, unit - months(first)), [0, 0])
            cell[0] += reached is not None and months(reached) <= unit
            cell[1] += 1
    answer = measure(company.snapshot, "cohort_conversion", Scope(start=period[0], end=period[1]), {"to": to})
    assert {(r["cohort"], r["age"]): [r["numerator"], r["size"]] for r in answer.rows()} == expected
