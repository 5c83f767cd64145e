"""Marketing velocity: from the first marketing touch of any kind to engaged, to a deal, to a win; MQL to SQL."""

from collections import defaultdict
from datetime import date
from statistics import median

import pytest
from random_customers import AS_OF, happened, is_response, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
SENT = {"email_sent", "direct_mail", "campaign_sent", "ad_impression"}


def touch(number, account, kind, at, **more):
    return {"activity_id": f"t{number:03}", "account_id": account, "kind": kind, "side": "marketing", "occurred_at": at,
            "is_done": True, **more}  # fmt: skip


def deal(name, account, opened, closed=None, **more):
    return {"opportunity_id": name, "account_id": account, "stage": "Won" if closed else "Demo", "opened_on": opened,
            "closed_on": closed, **more}  # fmt: skip


def small(**more):
    return {"accounts": [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(1, 6)], "stages": STAGES,
            "as_of": "2024-06-30", **more}  # fmt: skip


def only(answer):
    (row,) = answer.rows()
    return row


def by_segment(answer):
    return {row["segment"]: row for row in answer.rows()}


ROWS = {
    "activities": [
        touch(1, "a1", "ad_impression", "2024-01-01", channel="Ads"),
        touch(2, "a1", "form", "2024-01-11", channel="Web"), touch(3, "a2", "form", "2024-02-01", channel="Web"),
        touch(4, "a3", "email_open", "2024-01-01", channel="Mail"),
        touch(5, "a3", "webinar", "2024-01-31", channel="Web"),
        touch(6, "a4", "email_sent", "2024-01-01", channel="Mail"),
        touch(7, "a5", "meeting", "2024-01-01", side="sales"), touch(8, "a1", "form", "2023-01-01", is_done=False),
    ],
    "opportunities": [
        deal("d1", "a1", "2024-01-21", "2024-03-01", product="A"), deal("d2", "a1", "2024-01-05", product="B"),
        deal("d3", "a2", "2024-01-01", "2024-01-15", product="A"), deal("d4", "a2", "2024-02-21", product="A"),
        deal("d5", "a5", "2024-02-01"),
    ],
    "contacts": [
        {"contact_id": "c1", "account_id": "a1", "mql_on": "2024-01-01", "sql_on": "2024-01-05"},
        {"contact_id": "c2", "account_id": "a2", "mql_on": "2024-01-01", "sql_on": "2024-01-11"},
        {"contact_id": "c3", "account_id": "a3", "mql_on": "2024-01-03", "sql_on": "2024-01-01"},
        {"contact_id": "c4", "account_id": None, "mql_on": "2024-01-01", "sql_on": "2024-01-02"},
    ],
}  # fmt: skip


def test_by_hand(opened):
    """
    account  first marketing touch  engaged      first deal after it    first win after it
    a1       impression 1 January   11 January   5 January (4 days)     1 March (60 days)
    a2       form 1 February        1 February   21 February (20 days)  won before it: none
    a3       open 1 January         31 January   none
    a4       send 1 January         never
    a5       none (a meeting of sales); its deal has no beginning in marketing
    engaged after 10, 0, 30 days; deals after 4, 20; wins after 60; leads in 4 and 10 days (c3 was SQL before MQL)
    """
    answer = measure(opened(**small(**ROWS)), "marketing_velocity")
    row = only(answer)
    assert (row["value"], row["n"], row["to_opportunity"], row["to_won"], row["mql_to_sql"]) == (10, 3, 12, 60, 7)
    assert (row["opportunity_n"], row["won_n"], row["sql_n"]) == (2, 1, 2)
    assert dict(answer.excluded) == {"SQL before MQL": 1, "contact without an account": 1}
    listed = list_rows(opened(**small(**ROWS)), "marketing_velocity")
    assert dict(zip(listed["account_id"], listed["measure"], strict=True)) == {"a1": 10, "a2": 0, "a3": 30}


def test_by_channel_it_is_that_of_the_first_touch(opened):
    rows = by_segment(measure(opened(**small(**ROWS)), "marketing_velocity", Scope(by="channel")))
    assert {name: (row["value"], row["n"], row["to_opportunity"]) for name, row in rows.items()} == {
        "Ads": (10, 1, 4), "Mail": (30, 1, None), "Web": (0, 1, 20),
    }  # fmt: skip
    assert (rows["Ads"]["mql_to_sql"], rows["Web"]["mql_to_sql"]) == (4, 10)


def test_by_product_deals_stand_under_their_own(opened):
    """a1 has a deal of each product: 4 days to B, 20 to A; a2's first deal of A after its touch took 20."""
    rows = by_segment(measure(opened(**small(**ROWS)), "marketing_velocity", Scope(by="product")))
    assert (rows["A"]["to_opportunity"], rows["A"]["opportunity_n"], rows["A"]["to_won"]) == (20, 2, 60)
    assert (rows["B"]["to_opportunity"], rows["B"]["won_n"], rows["B"]["to_won"]) == (4, 0, None)
    assert (rows["(none)"]["value"], rows["(none)"]["n"]) == (10, 3)


def test_engaged_by_sales_before_marketing_is_left_out(opened):
    """With any touch a meeting engages: a2 was engaged before marketing touched it."""
    more = [*ROWS["activities"], touch(9, "a2", "meeting", "2024-01-02", side="sales")]
    answer = measure(
        opened(**small(**ROWS | {"activities": more})), "marketing_velocity", None, {"preset": "any_touch"}
    )
    assert only(answer)["n"] == 2
    assert dict(answer.excluded)["engaged before the first marketing touch"] == 1


def test_a_period_takes_the_ways_that_ended_in_it_and_keeps_where_they_began(opened):
    january = Scope(start=date(2024, 1, 10), end=date(2024, 1, 31))
    row = only(measure(opened(**small(**ROWS)), "marketing_velocity", january))
    assert (row["value"], row["n"], row["to_opportunity"], row["mql_to_sql"]) == (20, 2, None, 10)
    monthly = measure(opened(**small(**ROWS)), "marketing_velocity", Scope(grain="month"))
    assert [r["n"] for r in monthly.rows()] == [2, 1, 0, 0, 0, 0]  # January to June


def test_without_a_touch_there_is_no_pace(opened):
    row = only(measure(opened(**small(opportunities=ROWS["opportunities"])), "marketing_velocity"))
    assert (row["value"], row["n"]) == (None, 0)


def is_marketing(touch):
    sent = touch["side"] == "marketing" or (touch["kind"] in SENT and touch["side"] is None)
    return is_response(touch) or (happened(touch) and sent)


def second_answer(company, by_channel):
    """{segment: (engaged, opportunity, won, leads) lists of days}, one account at a time."""
    found = defaultdict(lambda: ([], [], [], []))
    for account in company.accounts:
        own = [t for t in company.activities if t["account_id"] == account["account_id"] and t["occurred_at"]]
        marketing = [t for t in own if is_marketing(t)]
        first = min(marketing, key=lambda t: (t["occurred_at"], t["activity_id"]), default=None)
        segment = ((first and first["channel"]) or "(none)") if by_channel else "All"
        for c in company.contacts:
            mine = c["account_id"] == account["account_id"] and c["mql_on"] and c["sql_on"]
            if mine and c["mql_on"] <= c["sql_on"] <= AS_OF:
                found[segment][3].append((c["sql_on"] - c["mql_on"]).days)
        if first is None:
            continue
        start = first["occurred_at"].date()
        engaged = min((t["occurred_at"].date() for t in own if is_response(t)), default=None)
        if engaged:
            found[segment][0].append((engaged - start).days)
        deals = [d for d in company.opportunities if d["account_id"] == account["account_id"]]
        openings = [d["opened_on"] for d in deals if d["opened_on"] and start <= d["opened_on"] <= AS_OF]
        wins = [
            d["closed_on"] for d in deals if outcome(d) == "won" and d["closed_on"] and start <= d["closed_on"] <= AS_OF
        ]
        for days, ends in ((found[segment][1], openings), (found[segment][2], wins)):
            if ends:
                days.append((min(ends) - start).days)
    return found


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("by", [None, "channel"])
def test_a_second_answer(seed, by):
    company = random_customers(seed)
    rows = by_segment(measure(company.snapshot, "marketing_velocity", Scope(by=by)))
    expected = second_answer(company, by == "channel")
    for segment, lists in expected.items():
        columns = ("value", "to_opportunity", "to_won", "mql_to_sql")
        assert [rows[segment][c] for c in columns] == [median(days) if days else None for days in lists]
        counts = ("n", "opportunity_n", "won_n", "sql_n")
        assert [rows[segment][c] for c in counts] == [len(days) for days in lists]
