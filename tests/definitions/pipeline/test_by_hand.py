"""Pipeline metrics on a company small enough to count on paper.

Stages: Prospecting, Proposal (open), Won, Lost, Dropped (no decision). As-of 2024-06-30, EUR.

| deal | account | stage       | opened     | closed or expected | amount | p   | reason | competitor | owner |
|------|---------|-------------|------------|--------------------|--------|-----|--------|------------|-------|
| d1   | a1      | Won         | 2024-01-10 | 2024-02-01         | 1000   |     |        |            | One   |
| d2   | a1      | Won         | 2024-02-20 | 2024-03-31         | 3000   |     |        |            | One   |
| d3   | a2      | Won         | 2024-03-01 | 2024-04-01         | –      |     |        |            | Two   |
| d4   | a2      | Lost        | 2024-01-05 | 2024-03-15         | 500    |     | price  | Rival      | Two   |
| d5   | –       | Lost        | 2024-01-20 | 2024-03-20         | –      |     | –      | Rival      | Two   |
| d6   | a3      | Dropped     | 2024-02-01 | 2024-05-05         | 700    |     |        |            | One   |
| d7   | a3      | Proposal    | 2024-03-10 | 2024-06-20         | 2000   | 0.5 |        |            | One   |
| d8   | a1      | Proposal    | 2024-05-01 | 2024-07-15         | 0      | 0.5 |        |            | –     |
| d9   | –       | Prospecting | –          | –                  | 400    |     |        |            | Two   |
| d10  | a2      | Won         | 2024-06-01 | 2024-07-20         | 9000   |     |        |            | Two   |
"""

from datetime import date

import pytest

from metrics import Scope, list_rows, measure

STAGES = {"Prospecting": "open", "Proposal": "open", "Won": "won", "Lost": "lost", "Dropped": "no_decision"}
ROWS = [
    # deal, account, stage, opened, closed or expected, amount, probability, reason, competitor, owner
    ("d1", "a1", "Won", "2024-01-10", "2024-02-01", 1000, None, None, None, "One"),
    ("d2", "a1", "Won", "2024-02-20", "2024-03-31", 3000, None, None, None, "One"),
    ("d3", "a2", "Won", "2024-03-01", "2024-04-01", None, None, None, None, "Two"),
    ("d4", "a2", "Lost", "2024-01-05", "2024-03-15", 500, None, "price", "Rival", "Two"),
    ("d5", None, "Lost", "2024-01-20", "2024-03-20", None, None, None, "Rival", "Two"),
    ("d6", "a3", "Dropped", "2024-02-01", "2024-05-05", 700, None, None, None, "One"),
    ("d7", "a3", "Proposal", "2024-03-10", "2024-06-20", 2000, 0.5, None, None, "One"),
    ("d8", "a1", "Proposal", "2024-05-01", "2024-07-15", 0, 0.5, None, None, None),
    ("d9", None, "Prospecting", None, None, 400, None, None, None, "Two"),
    ("d10", "a2", "Won", "2024-06-01", "2024-07-20", 9000, None, None, None, "Two"),
]
COLUMNS = (
    "opportunity_id", "account_id", "stage", "opened_on", "closed_on", "amount", "probability", "loss_reason",
    "competitor", "owner",
)  # fmt: skip
Q1 = Scope(start=date(2024, 1, 1), end=date(2024, 3, 31))
Q2 = Scope(start=date(2024, 4, 1), end=date(2024, 6, 30))


@pytest.fixture
def firm(opened):
    def make(**more):
        deals = [{**dict(zip(COLUMNS, row, strict=True)), "currency": "EUR", "pipeline": "Sales"} for row in ROWS]
        accounts = [{"account_id": f"a{i}", "name": f"Account {i}"} for i in (1, 2, 3)]
        given = {"stages": STAGES, "accounts": accounts, "opportunities": deals, "as_of": "2024-06-30"}
        return opened(**{**given, **more})

    return make


def only(answer):
    (row,) = answer.rows()
    return row


def test_win_rate(firm):
    """Won d1 d2 d3 d10 of those and lost d4 d5: 4 of 6; d6 only in the broad rate: 4 of 7. 13000 of 13500 by value."""
    row = only(measure(firm(), "win_rate"))
    assert (row["numerator"], row["denominator"], row["value"]) == (4, 6, pytest.approx(4 / 6))
    assert row["broad"] == pytest.approx(4 / 7)
    assert row["by_value"] == pytest.approx(13000 / 13500)
    assert (row["won_amount"], row["decided_amount"]) == (13000, 13500)


def test_win_rate_of_a_quarter_ends_with_its_last_day(firm):
    """Q1: d1, d2 (on 31 March) won, d4, d5 lost. Q2: d3 (on 1 April) won; d10 closes after the as-of day."""
    snapshot = firm()
    assert only(measure(snapshot, "win_rate", Q1))["value"] == 0.5
    later = measure(snapshot, "win_rate", Q2)
    assert (only(later)["numerator"], only(later)["denominator"]) == (1, 1)
    assert dict(later.excluded) == {"closed after as-of": 1, "no amount (by value only)": 1}  # d10; d3
    assert dict(measure(snapshot, "win_rate", Q1).excluded) == {"no amount (by value only)": 1}  # d5


def test_won_revenue(firm):
    """All: 1000 + 3000 + 9000, d3 has no amount. Q1: 4000."""
    snapshot = firm()
    whole = measure(snapshot, "won_revenue")
    assert only(whole) == {"segment": "All", "value": 13000, "n": 3, "deals": 4}
    assert dict(whole.excluded) == {"no amount": 1}
    assert only(measure(snapshot, "won_revenue", Q1)) == {"segment": "All", "value": 4000, "n": 2, "deals": 2}
    assert only(measure(snapshot, "won_revenue", Q2)) == {"segment": "All", "value": None, "n": 0, "deals": 1}


def test_average_deal_size(firm):
    """Of 1000, 3000 and 9000: mean 13000/3, median 3000."""
    row = only(measure(firm(), "average_deal_size"))
    assert (row["value"], row["median"], row["n"], row["deals"]) == (pytest.approx(13000 / 3), 3000, 3, 4)
    assert (row["median_low"], row["median_high"]) == (None, None)


def test_opportunities_created(firm):
    """All ten, worth 1000 + 3000 + 500 + 700 + 2000 + 400 + 9000. In Q1: d1 to d7, worth 7200; d9 has no date."""
    snapshot = firm()
    assert only(measure(snapshot, "opportunities_created")) == {"segment": "All", "value": 10, "n": 10, "amount": 16600}
    quarter = measure(snapshot, "opportunities_created", Q1)
    assert only(quarter) == {"segment": "All", "value": 7, "n": 7, "amount": 7200}
    assert dict(quarter.excluded) == {"no opening date": 1}


def test_open_pipeline(firm):
    """Prospecting: d9. Proposal: d7 (2000, half likely, open for 112 days) and d8 (a 0 is no amount, 60 days)."""
    rows = measure(firm(), "open_pipeline").rows()
    assert [(r["stage"], r["value"], r["n"], r["deals"], r["weighted"], r["median_age"]) for r in rows] == [
        ("Prospecting", 400, 1, 1, None, None),
        ("Proposal", 2000, 1, 2, 1000, 86),
    ]
    assert {r["pipeline"] for r in rows} == {"Sales"}


def test_a_stage_gives_its_probability_where_the_deal_has_none(firm):
    stages = [
        {"stage": s, "outcome": o, "stage_order": i, "probability": p}
        for i, (s, o, p) in enumerate(
            [("Prospecting", "open", 0.1), ("Proposal", "open", 0.4), ("Won", "won", 1)], start=1
        )
    ] + [{"stage": "Lost", "outcome": "lost"}, {"stage": "Dropped", "outcome": "no_decision"}]
    rows = measure(firm(stages=stages), "open_pipeline").rows()
    assert [r["weighted"] for r in rows] == [40, 1000]


def test_pipeline_bridge(firm):
    """Q1: nothing open before; d1 to d7 created; d1, d2 won, d4, d5 lost; d3, d6, d7 open at the end.

    Q2: those three, and d8 created (d10 closes after the as-of day, d9 has no opening date); d3 won on the first day
    was open at the start; d6 without decision; d7, d8 open at the end.
    """
    snapshot = firm()
    first, second = measure(snapshot, "pipeline_bridge", Q1), measure(snapshot, "pipeline_bridge", Q2)
    assert [(r["step"], r["value"], r["amount"]) for r in first.rows()] == [
        ("open_at_start", 0, None), ("created", 7, 7200), ("won", 2, 4000), ("lost", 2, 500), ("no_decision", 0, None),
        ("open_at_end", 3, 2700),
    ]  # fmt: skip
    assert [(r["step"], r["value"], r["amount"]) for r in second.rows()] == [
        ("open_at_start", 3, 2700), ("created", 1, None), ("won", 1, None), ("lost", 0, None), ("no_decision", 1, 700),
        ("open_at_end", 2, 2000),
    ]  # fmt: skip
    assert dict(second.excluded) == {"closed after as-of": 1, "no opening date": 1}


def test_pipeline_bridge_of_all_there_is(firm):
    """10 created = 4 won + 2 lost + 1 without decision + 3 open."""
    rows = {r["step"]: r["value"] for r in measure(firm(), "pipeline_bridge").rows()}
    assert rows == {"open_at_start": 0, "created": 10, "won": 4, "lost": 2, "no_decision": 1, "open_at_end": 3}


def test_loss_reasons(firm):
    """d4 for its price, d5 without a reason; both to the same competitor."""
    snapshot = firm()
    rows = measure(snapshot, "loss_reasons").rows()
    assert [(r["reason"], r["value"], r["deals"], r["n"], r["amount"]) for r in rows] == [
        ("(none)", 0.5, 1, 2, None), ("price", 0.5, 1, 2, 500),
    ]  # fmt: skip
    assert only(measure(snapshot, "loss_reasons", Scope(by="competitor")))["reason"] == "Rival"


def test_loss_reasons_by_last_stage(firm):
    """d4 went to Proposal and back to Prospecting before it was lost; of d5 nothing is known."""
    entered = [
        ("d4", "Prospecting", "2024-01-05"), ("d4", "Proposal", "2024-02-01"), ("d4", "Prospecting", "2024-03-01"),
        ("d4", "Lost", "2024-03-15"),
    ]  # fmt: skip
    snapshot = firm(entered=entered)
    rows = measure(snapshot, "loss_reasons", Scope(by="last_stage")).rows()
    assert [(r["reason"], r["deals"]) for r in rows] == [("(none)", 1), ("Prospecting", 1)]
    without = measure(firm(), "loss_reasons", Scope(by="last_stage"))
    assert any("No stage history" in warning for warning in without.warnings)


def test_stage_funnel_without_history(firm):
    """Ten begin. Proposal or later: d7, d8 and the won d1 d2 d3 d10; the lost and dropped d4 d5 d6 are not known
    there."""
    answer = measure(firm(), "stage_funnel")
    assert [(r["stage"], r["value"], r["step_rate"], r["overall_rate"], r["amount"]) for r in answer.rows()] == [
        ("Prospecting", 10, None, 1, 16600),
        ("Proposal", 6, 0.6, 0.6, 15000),
        ("Won", 4, pytest.approx(4 / 6), 0.4, 13000),
    ]
    assert [(r["skipped"], r["backward"]) for r in answer.rows()] == [(None, None)] * 3
    assert dict(answer.excluded) == {"furthest stage unknown": 3}


def test_stage_funnel_with_history(firm):
    """d4 was in Proposal and lost: it counts there. d1 was won from Prospecting: it skipped Proposal.

    d7 went back from Proposal to Prospecting and forward again. Of the deals without history, d2, d3, d10 (won) and d8
    (Proposal), nobody knows what they skipped.
    """
    entered = [
        ("d4", "Prospecting", "2024-01-05"), ("d4", "Proposal", "2024-02-01"), ("d4", "Lost", "2024-03-15"),
        ("d1", "Prospecting", "2024-01-10"), ("d1", "Won", "2024-02-01"),
        ("d7", "Prospecting", "2024-03-10"), ("d7", "Proposal", "2024-03-12"), ("d7", "Prospecting", "2024-03-20"),
        ("d7", "Proposal", "2024-03-25"),
    ]  # fmt: skip
    rows = measure(firm(entered=entered), "stage_funnel").rows()
    assert [(r["stage"], r["value"], r["skipped"], r["backward"]) for r in rows] == [
        ("Prospecting", 10, 0, 1), ("Proposal", 7, 1, 0), ("Won", 4, 0, 0),
    ]  # fmt: skip


TOUCHES = [
    # d7 itself was called 20 days before; an impression does not count, nor does what is planned
    {"opportunity_id": "d7", "kind": "call", "side": "sales", "occurred_at": "2024-06-10 10:00:00", "is_done": True},
    {"opportunity_id": "d7", "kind": "ad_impression", "side": "marketing", "occurred_at": "2024-06-29"},
    {"opportunity_id": "d7", "kind": "meeting", "side": "sales", "occurred_at": "2024-06-28", "is_done": False},
    # a form of the account a1 and of no deal: d8's
    {"account_id": "a1", "kind": "form", "side": "marketing", "occurred_at": "2024-06-17 09:00:00"},
    # a mail on another deal of a1 is not d8's, and bulk mail is nobody's
    {"opportunity_id": "d1", "kind": "email_reply", "side": "sales", "occurred_at": "2024-06-25"},
    {"account_id": "a1", "kind": "email_sent", "side": "marketing", "occurred_at": "2024-06-27"},
]


def test_overdue_deals(firm):
    """d7: expected 10 days ago, last touched 20 days ago: both. d8: expected later, touched 13 days ago: neither.

    d9: no expected closing, never touched, opening unknown: no activity.
    """
    snapshot = firm(activities=[{"activity_id": f"t{i}", **touch} for i, touch in enumerate(TOUCHES)])
    rows = measure(snapshot, "overdue_deals").rows()
    assert [(r["opportunity_id"], r["value"], r["reason"], r["last_touch"]) for r in rows] == [
        ("d7", 10, "both", "2024-06-10"), ("d9", None, "no_activity", None),
    ]  # fmt: skip
    assert (rows[0]["owner"], rows[0]["amount"], rows[0]["stage"]) == ("One", 2000, "Proposal")
    wider = measure(snapshot, "overdue_deals", options={"idle_days": 13}).rows()
    assert ("d8", None, "no_activity", "2024-06-17") in [
        (r["opportunity_id"], r["value"], r["reason"], r["last_touch"]) for r in wider
    ]


def test_overdue_deals_without_activities(firm):
    """Only the expected closing is judged, and it is said."""
    answer = measure(firm(), "overdue_deals")
    assert [r["opportunity_id"] for r in answer.rows()] == ["d7"]
    assert any("No activities" in warning for warning in answer.warnings)
    assert dict(answer.excluded) == {"no expected closing": 1}


def test_the_accounts_last_activity_stands_in_for_touches(firm):
    accounts = [
        {"account_id": "a1", "last_activity_on": "2024-06-20"}, {"account_id": "a2"},
        {"account_id": "a3", "last_activity_on": "2024-06-01"},
    ]  # fmt: skip
    rows = measure(firm(accounts=accounts), "overdue_deals").rows()
    assert [(r["opportunity_id"], r["reason"]) for r in rows] == [("d7", "both"), ("d9", "no_activity")]


@pytest.mark.parametrize(
    ("metric", "counted"),
    [
        ("win_rate", "n"), ("won_revenue", "n"), ("average_deal_size", "n"), ("opportunities_created", "n"),
        ("open_pipeline", "deals"), ("pipeline_bridge", "n"), ("loss_reasons", "deals"), ("stage_funnel", "n"),
        ("overdue_deals", "n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scope", [Scope(), Q1, Scope(by="owner")], ids=["all", "quarter", "owner"])
def test_a_mark_lists_as_many_deals_as_it_says(firm, metric, counted, scope):
    snapshot = firm(entered=[("d4", "Proposal", "2024-02-01"), ("d7", "Proposal", "2024-03-12")])
    answer = measure(snapshot, metric, scope)
    assert answer.rows()
    for row in answer.rows():
        where = {key: row[key] for key in ("segment", *answer.metric.keys)}
        listed = list_rows(snapshot, metric, scope, where=where)
        assert len(listed) == row[counted]
        assert listed["opportunity_id"].is_unique
