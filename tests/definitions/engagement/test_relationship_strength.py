"""Relationship strength: its five parts and their weights, what is missing, and the history beside it."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from statistics import mean, median, stdev

import pytest
from random_customers import AS_OF, STAGES, happened, is_response
from random_people import SENIORITY, random_people

from metrics import Scope, list_rows, measure


def touch(number, account, kind, at, **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(*touches, accounts=5, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, accounts + 1)],
        "activities": [touch(n, *given[:3], **(given[3] if len(given) > 3 else {})) for n, given in enumerate(touches)],
        "as_of": "2024-06-30", **more,
    }  # fmt: skip


SALES = {"side": "sales", "direction": "out"}
TOUCHES = [
    ("a1", "meeting", "2024-06-21", SALES | {"contact_id": "p1", "sentiment": 0.5}),
    ("a1", "email_reply", "2024-05-31", {"contact_id": "p2", "sentiment": -1}),
    ("a1", "form", "2024-05-01"), ("a1", "email_sent", "2024-06-22", SALES),
    ("a1", "email_sent", "2024-06-23", {"direction": "out"}), ("a1", "email_open", "2024-06-29"),
    ("a1", "meeting", "2024-06-29", SALES | {"is_done": False}), ("a1", "note", "2024-06-29", {"sentiment": 7}),
    ("a2", "webinar", "2024-01-31", {"contact_id": "p3"}), ("a2", "webinar", "2024-01-01"),
    ("a3", "web_visit", "2024-06-30", {"direction": None}),
    ("a4", "email_sent", "2024-06-30", {"direction": "out"}), ("a5", "webinar", "2024-07-10"),
]  # fmt: skip
CONTACTS = [
    {"contact_id": "p1", "account_id": "a1", "title": "VP Operations"},
    {"contact_id": "p2", "account_id": "a1", "seniority": "Manager", "title": "CEO"},
    {"contact_id": "p3", "account_id": "a2", "title": "CEO"},
]  # fmt: skip


def test_by_hand(opened):
    """As of 30 June:

    part        a1                                                a2 (151 days)  a3 (a visit today)
    recency     meeting 9 days ago: 1 − 9/90 = 0.9                 0              1
    frequency   weeks 1, 4 and 8 of the last 13: 3/13              0              1/13
    two-way     in: reply, form; out: meeting, sales' e-mail: 1    -              -: no direction is known
    depth       (30 × .9 + 10 × ⅓) / (these + 2 × ⅔)               -: faded       0
    seniority   vice president .8, the other a manager             -: not lately  -: nobody known
    score       100 × their weighted mean                          0              (30 + 25/13) / 70

    a1: gaps of 30 and 21 days; a2: one of 30. a4 was only sent something, a5's webinar is after the as-of day.
    """
    snapshot = opened(**company_of(*TOUCHES, contacts=CONTACTS, export_day="2024-08-01"))
    answer = measure(snapshot, "relationship_strength")
    listed = {r["account_id"]: r for r in list_rows(snapshot, "relationship_strength").to_dict("records")}
    depth = (27 + 10 / 3) / (27 + 10 / 3 + 4 / 3)
    scores = {
        "a1": 30 * 0.9 + 25 * 3 / 13 + 15 + 15 * depth + 15 * 0.8, "a2": 0, "a3": 100 * (30 + 25 / 13) / 70,
    }  # fmt: skip
    assert {i: r["measure"] for i, r in listed.items()} == pytest.approx(scores)
    assert {i: r["missing"] for i, r in listed.items() if r["missing"] == r["missing"]} == {
        "a2": "two-way, depth, seniority", "a3": "two-way, seniority",
    }  # fmt: skip
    assert {i: r["band"] for i, r in listed.items()} == {"a1": "60-79", "a2": "0-19", "a3": "40-59"}
    (row,) = answer.rows()
    told = {
        "value": scores["a3"], "n": 3, "recency": 0.9, "frequency": 1 / 13, "two_way": 1, "depth": depth / 2,
        "seniority": 0.8, "partial_n": 2, "longest_gap_days": 30, "sentiment": -0.25, "sentiment_n": 2,
        "regularity": 1 - stdev([30, 21]) / 25.5,
    }  # fmt: skip
    assert {name: row[name] for name in told} == pytest.approx(told)
    assert row["stages_moved"] is None
    assert dict(answer.excluded) == {"account without a touch": 2, "sentiment beyond −1 to 1": 1}


def test_an_account_whose_touches_have_no_date_was_touched(opened):
    """a1: a form on a known day; a2: a meeting without one; a3: a send, which is no touch; the others: nothing."""
    rows = company_of(*TOUCHES[:1], contacts=CONTACTS, export_day="2024-08-01")
    touch = rows["activities"][0]
    rows["activities"] = [
        touch
        | {
            "activity_id": "u1",
            "account_id": "a1",
            "kind": "form",
            "side": "marketing",
            "direction": "in",
            "occurred_at": "2024-06-01 10:00",
        },
        touch | {"activity_id": "u2", "account_id": "a2", "kind": "meeting", "occurred_at": None},
        touch | {"activity_id": "u3", "account_id": "a3", "kind": "email_sent", "occurred_at": None},
    ]
    answer = measure(opened(**rows), "relationship_strength")
    assert answer.rows()[0]["n"] == 1
    assert dict(answer.excluded) == {
        "account without a touch": 3, "account without a dated touch": 1, "touch without a date": 1,
    }  # fmt: skip


def test_moves_to_later_stages(opened):
    """a1: Demo → Offer → Demo → Won is 2 moves ahead (the second of them over Offer); a2: Demo → Lost is none."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-01"), ("a2", "form", "2024-06-01"), ("a3", "form", "2024-06-01"),
        stages={"Demo": "open", "Offer": "open", "Won": "won", "Lost": "lost"},
        opportunities=[{"opportunity_id": d, "account_id": a, "stage": s, "opened_on": "2024-01-01",
                        "closed_on": "2024-05-01"} for d, a, s in [("d1", "a1", "Won"), ("d2", "a2", "Lost")]],
        entered=[("d1", "Demo", "2024-01-01"), ("d1", "Offer", "2024-02-01"), ("d1", "Demo", "2024-03-01"),
                 ("d1", "Won", "2024-05-01"), ("d2", "Demo", "2024-01-01"), ("d2", "Lost", "2024-05-01")],
    ))  # fmt: skip
    listed = list_rows(snapshot, "relationship_strength").set_index("account_id")["stages_moved"]
    assert (listed["a1"], listed["a2"], listed.isna()["a3"]) == (2, 0, True)
    assert measure(snapshot, "relationship_strength").rows()[0]["stages_moved"] == 1


def test_what_is_not_there_is_not_known(opened):
    (row,) = measure(opened(**company_of()), "relationship_strength").rows()
    assert (row["value"], row["n"], row["recency"], row["sentiment"]) == (None, 0, None, None)
    (row,) = measure(opened(**company_of(("a1", "form", "2024-06-30"))), "relationship_strength").rows()
    assert row["value"] == pytest.approx(100 * (30 + 25 / 13 + 0 + 15) / 85)  # in only: nobody answered
    assert (row["two_way"], row["seniority"], row["partial_n"], row["sentiment"]) == (0, None, 1, None)
    assert (row["longest_gap_days"], row["regularity"]) == (None, None)


def test_the_window_and_the_points_are_editable(opened):
    snapshot = opened(**company_of(*TOUCHES, contacts=CONTACTS))
    where = {"account_id": "a1"}
    (row,) = list_rows(snapshot, "relationship_strength", None, {"window_days": 18}, where).to_dict("records")
    assert (row["recency"], row["depth"], row["seniority"], row["two_way"]) == (0.5, 1, 0.8, 0)
    (row,) = list_rows(snapshot, "relationship_strength", None, {"deep_points": 31}, where).to_dict("records")
    assert row["depth"] == 0


def test_target_against_the_rest(opened):
    touches = [(f"a{n}", "form", "2024-06-29" if n <= 6 else "2024-04-03") for n in range(1, 13)]
    given = company_of(*touches, accounts=12)
    for n, account in enumerate(given["accounts"]):
        account["is_target"] = n < 6
    answer = measure(opened(**given), "relationship_strength", Scope(by="target"))
    rows = {row["segment"]: (row["n"], row["low"] == row["value"] == row["high"]) for row in answer.rows()}
    assert rows == {"target": (6, True), "rest": (6, True)}
    (compared,) = answer.comparison
    assert compared.verdict == "better"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_second_answer(seed):
    """Each account from its touches alone, in plain Python."""
    drawn = random_people(seed)
    level = {c["contact_id"]: SENIORITY[c["seniority"], c["title"]] for c in drawn.contacts}
    points = {"content": 10, "form": 10, "webinar": 30, "event": 30, "meeting": 30, "web_visit": 1, "email_click": 1}
    own, direct, felt = defaultdict(list), defaultdict(list), []
    for t in drawn.activities:
        if not t["account_id"] or not happened(t) or t["occurred_at"] is None:
            continue
        age = (AS_OF - t["occurred_at"].date()).days
        if is_response(t) or t["kind"] in ("meeting", "call"):
            own[t["account_id"]].append((age, points.get(t["kind"], 2), t["contact_id"]))
        sent = t["kind"] in ("email_sent", "direct_mail") and t["side"] == "marketing"
        if age < 90 and not sent and t["kind"] not in ("ad_impression", "campaign_sent", "email_open", "task", "note"):
            direct[t["account_id"]].append(t["direction"])
        felt.append((t["account_id"], t["sentiment"]))
    scores, gaps_of, steady = {}, [], []
    for account, touches in own.items():
        ages = sorted({age for age, _, _ in touches})
        fading = [(max(0, 1 - age / 90) * worth, worth) for age, worth, _ in touches]
        came, went = (direct[account].count(way) for way in ("in", "out"))
        known = [level[p] for age, _, p in touches if p and age < 90 and level[p] is not None]
        parts = {
            (30, "recency"): max(0, 1 - ages[0] / 90), (25, "frequency"): len({a // 7 for a in ages if a < 91}) / 13,
            (15, "two_way"): min(came, went) / max(came, went) if came or went else None,
            (15, "depth"): sum(p for p, w in fading if w >= 10) / sum(p for p, _ in fading) if ages[0] < 90 else None,
            (15, "seniority"): max(known) if known else None,
        }  # fmt: skip
        there = {key: value for key, value in parts.items() if value is not None}
        scores[account] = 100 * sum(w * v for (w, _), v in there.items()) / sum(w for w, _ in there)
        gaps = [b - a for a, b in pairwise(ages)]
        gaps_of += [max(gaps)] if gaps else []
        steady += [max(0, 1 - stdev(gaps) / mean(gaps))] if len(gaps) > 1 else []
    listed = list_rows(drawn.snapshot, "relationship_strength").set_index("account_id")
    assert dict(listed["measure"]) == pytest.approx(scores)
    (answer,) = measure(drawn.snapshot, "relationship_strength").rows()
    assert (answer["value"], answer["n"]) == (pytest.approx(median(scores.values())), len(scores))
    assert answer["longest_gap_days"] == median(gaps_of)
    assert answer["regularity"] == pytest.approx(median(steady))
    told = [score for account, score in felt if account in scores and score is not None]
    assert (answer["sentiment"], answer["sentiment_n"]) == (pytest.approx(mean(told)), len(told))
    assert answer["stages_moved"] == median(moves(drawn, scores))


def moves(drawn, accounts):
    """The moves ahead of each account that has deals with a history."""
    order, home = list(STAGES)[:3], {d["opportunity_id"]: d["account_id"] for d in drawn.opportunities}
    found, before = {}, {}
    for deal, stage, day in drawn.entered:
        if home[deal] not in accounts or datetime.fromisoformat(day).date() > AS_OF:
            continue
        now = order.index(stage) if stage in order else None
        last = before.get(deal)
        found[home[deal]] = found.get(home[deal], 0) + (now is not None and last is not None and now > last)
        before[deal] = now
    return found.values()
