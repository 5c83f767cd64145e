"""Engagement quality: how deep, how often, how long and with how many; and who engages though nobody works them."""

from collections import defaultdict
from datetime import date, timedelta
from math import ceil
from statistics import median

import pytest
from random_customers import AS_OF, happened, is_response
from random_people import random_people

from metrics import Scope, list_rows, measure


def touch(number, account, kind, at, **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(*touches, accounts=4, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, accounts + 1)],
        "activities": [touch(n, *given[:3], **(given[3] if len(given) > 3 else {})) for n, given in enumerate(touches)],
        "as_of": "2024-06-30", **more,
    }  # fmt: skip


TOUCHES = [
    ("a1", "webinar", "2024-06-30", {"contact_id": "p1", "minutes": 45, "is_personal": False}),
    ("a1", "web_visit", "2024-05-16", {"contact_id": "p2", "minutes": 3, "is_personal": False}),
    ("a1", "meeting", "2024-06-30", {"side": "sales", "direction": "out", "contact_id": "p1", "is_personal": True}),
    ("a1", "email_sent", "2024-06-30", {"direction": "out", "contact_id": "p3", "minutes": 9}),
    ("a2", "web_visit", "2024-06-30", {"contact_id": "p4"}), ("a2", "email_click", "2024-06-21", {"contact_id": "p4"}),
    ("a3", "form", "2024-04-01"), ("a3", "meeting", "2024-04-02", {"is_done": False}),
    ("a4", "meeting", "2024-06-30", {"side": "sales", "direction": "out"}),
    ("a5", "email_sent", "2024-06-30", {"direction": "out"}), ("a6", "form", "2024-07-20"),
]  # fmt: skip


def test_by_hand(opened):
    """As of 30 June; the data begin on 1 April: 91 days, 13 weeks.

    account  touches that count, days ago → points    depth      minutes  a touch  weeks  first to last
    a1       webinar 0 → 30, meeting 0 → 30,          60/60.5    48       24       2/13   45 days
             visit 45 → 0.5
    a2       visit 0 → 1, click 9 → 0.9               0          -        -        2/13   9 days
    a3       form 90 → 0                              -: faded
    a4       engaged by no visit or response; a5 was sent an e-mail; a6 after the as-of day
    """
    snapshot = opened(**company_of(*TOUCHES, accounts=7, export_day="2024-08-01"))
    answer = measure(snapshot, "engagement_quality")
    (row,) = answer.rows()
    assert row["n"] == 2
    told = {
        "value": 60 / 60.5 / 2, "points": (60.5 + 1.9) / 2, "minutes": 48, "minutes_per_touch": 24, "frequency": 2 / 13,
        "duration_weeks": (45 + 9) / 2 / 7, "people": 1.5, "personal": (1 / 3 + 0) / 2, "not_worked": 1,
    }  # fmt: skip
    assert {name: row[name] for name in told} == pytest.approx(told)
    assert (row["low"], row["high"]) == (None, None)  # under six accounts
    assert dict(answer.excluded) == {"all points faded": 1}
    listed = {r["account_id"]: r for r in list_rows(snapshot, "engagement_quality").to_dict("records")}
    assert {i: (r["depth_band"], r["recency_band"]) for i, r in listed.items()} == {
        "a1": ("nearly all", "0-6"), "a2": ("none", "0-6"),
    }  # fmt: skip
    touched = list_rows(snapshot, "engagement_quality", part="by_touch")
    assert {(r.account_id, r.touch): (r.touches, r.measure) for r in touched.itertuples()} == {
        ("a1", "webinar"): (1, 30), ("a1", "meeting"): (1, 30), ("a1", "light"): (1, 0.5),
        ("a2", "light"): (2, pytest.approx(1.9)),
    }  # fmt: skip


def test_engaged_and_not_worked(opened):
    """Worked within 90 days: a1 by a call, a2 by an e-mail of sales, a3 by a call of nobody's side. Not: a4 (90
    days ago), a5 (planned), a6 (an impression of sales), a7 (never). a8 is worked, but by nobody engaged."""
    sales = {"side": "sales", "direction": "out"}
    snapshot = opened(**company_of(
        *((f"a{n}", "form", "2024-06-10") for n in range(1, 8)), ("a7", "webinar", "2024-06-11"),
        ("a1", "call", "2024-04-02", sales), ("a2", "email_sent", "2024-06-29", sales),
        ("a3", "call", "2024-06-01", {"side": None, "direction": None}), ("a4", "call", "2024-04-01", sales),
        ("a5", "meeting", "2024-06-20", sales | {"is_done": False}), ("a6", "ad_impression", "2024-06-20", sales),
        ("a8", "call", "2024-06-20", sales), accounts=8,
    ))  # fmt: skip
    listed = list_rows(snapshot, "engagement_quality", part="not_worked").set_index("account_id")
    assert sorted(listed.index) == ["a4", "a5", "a6", "a7"]
    assert (listed.loc["a4", "last_sales_on"].date(), listed.loc["a7", "touches"]) == (date(2024, 4, 1), 2)
    assert listed.loc["a7", "measure"] > listed.loc["a6", "measure"]
    assert measure(snapshot, "engagement_quality").rows()[0]["not_worked"] == 4
    assert measure(snapshot, "engagement_quality", None, {"window_days": 91}).rows()[0]["not_worked"] == 3


def test_without_any_touch_of_sales_nobody_can_be_said_not_to_be_worked(opened):
    (row,) = measure(opened(**company_of(("a1", "form", "2024-06-10"))), "engagement_quality").rows()
    assert (row["value"], row["n"], row["not_worked"], row["minutes"], row["people"], row["personal"]) == (
        1, 1, None, None, None, None,
    )  # fmt: skip


def test_nothing_is_undefined_not_zero(opened):
    for given in (company_of(), company_of(("a1", "email_sent", "2024-06-10"))):
        (row,) = measure(opened(**given), "engagement_quality").rows()
        assert (row["value"], row["points"], row["frequency"], row["n"]) == (None, None, None, 0)


def test_points_and_presets_are_editable(opened):
    """With visits worth 10 points the visit is deep too; with meetings counting as engagement a4 is in."""
    snapshot = opened(**company_of(*TOUCHES, accounts=7, export_day="2024-08-01"))
    (row,) = measure(snapshot, "engagement_quality", None, {"page_points": 10, "click_points": 30}).rows()
    assert row["value"] == 1
    (row,) = measure(snapshot, "engagement_quality", None, {"preset": "any_touch"}).rows()
    assert row["n"] == 3
    (row,) = measure(snapshot, "engagement_quality", None, {"window_days": 200}).rows()
    assert row["n"] == 3
    (row,) = measure(snapshot, "engagement_quality", None, {"deep_points": 31}).rows()
    assert row["value"] == 0


def test_a_month_has_its_own_window(opened):
    """In April a3's form of the 1st is 29 days old at the month's end, and 2 sevenths of its weeks is 1 of 5."""
    snapshot = opened(**company_of(*TOUCHES, accounts=7, export_day="2024-08-01"))
    scope = Scope(start=date(2024, 4, 1), end=date(2024, 6, 30), grain="month")
    rows = {row["period"]: row for row in measure(snapshot, "engagement_quality", scope).rows()}
    assert (rows["2024-04"]["value"], rows["2024-04"]["points"]) == (1, pytest.approx(10 * (1 - 29 / 90)))
    assert rows["2024-04"]["frequency"] == 1 / 5
    assert (rows["2024-05"]["value"], rows["2024-06"]["n"]) == (0, 2)


def test_target_against_the_rest(opened):
    given = company_of(
        *((f"a{n}", "webinar" if n <= 6 else "web_visit", "2024-06-20") for n in range(1, 13)), accounts=12
    )
    for n, account in enumerate(given["accounts"]):
        account["is_target"] = n < 6
    answer = measure(opened(**given), "engagement_quality", Scope(by="target"))
    assert {row["segment"]: (row["value"], row["n"], row["low"]) for row in answer.rows()} == {
        "target": (1, 6, 1), "rest": (0, 6, 0),
    }  # fmt: skip
    (compared,) = answer.comparison
    assert (compared.difference, compared.verdict) == (1, "better")


POINTS = {
    "web_visit": 1, "email_click": 1, "email_reply": 2, "campaign_response": 2, "chat": 2, "call": 2, "content": 10,
    "form": 10, "webinar": 30, "event": 30, "meeting": 30,
}  # fmt: skip


def engaged_touches(drawn, start, end):
    """account → its touches that earn points, where it has a visit or response in the period."""
    earning, engaged = defaultdict(list), set()
    for t in drawn.activities:
        if not t["account_id"] or not happened(t):
            continue
        on = t["occurred_at"] and t["occurred_at"].date()
        if start is not None and not (on and start <= on <= end):
            continue
        if is_response(t):
            engaged.add(t["account_id"])
        if on and (is_response(t) or t["kind"] in ("meeting", "call")):
            earning[t["account_id"]].append(t)
    return {account: earning[account] for account in engaged}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("days", [(None, None), (date(2023, 10, 1), date(2024, 3, 31))])
def test_a_second_answer(seed, days):
    drawn, (start, end) = random_people(seed), days
    last = end or AS_OF
    begun = min(t["occurred_at"].date() for t in drawn.activities if t["occurred_at"] and t["is_done"] is not False)
    weeks = ceil(((last - max(start or begun, begun)).days + 1) / 7)
    found = {}
    for account, touches in engaged_touches(drawn, start, end).items():
        ages = [(last - t["occurred_at"].date()).days for t in touches]
        points = [POINTS[t["kind"]] * max(0, 1 - age / 90) for t, age in zip(touches, ages, strict=True)]
        if not sum(points):
            continue
        minutes = [t["minutes"] for t in touches if t["minutes"] is not None]
        found[account] = {
            "measure": sum(p for p, t in zip(points, touches, strict=True) if POINTS[t["kind"]] >= 10) / sum(points),
            "points": sum(points), "minutes": sum(minutes) if minutes else None,
            "minutes_per_touch": sum(minutes) / len(minutes) if minutes else None,
            "frequency": len({age // 7 for age in ages}) / weeks, "duration_weeks": (max(ages) - min(ages)) / 7,
            "people": len({t["contact_id"] for t in touches} - {None}),
            "personal": sum(t["is_personal"] is True for t in touches) / len(touches),
        }  # fmt: skip
    scope = Scope(start=start, end=end)
    listed = list_rows(drawn.snapshot, "engagement_quality", scope).set_index("account_id")
    assert set(listed.index) == set(found)
    (answer,) = measure(drawn.snapshot, "engagement_quality", scope).rows()
    assert answer["n"] == len(found)
    for name in next(iter(found.values())):
        known = [row[name] for row in found.values() if row[name] is not None]
        assert answer["value" if name == "measure" else name] == pytest.approx(median(known)), name
    sold = {
        t["account_id"] for t in drawn.activities
        if t["is_done"] is not False and t["occurred_at"] and t["kind"] != "ad_impression"
        and (t["side"] == "sales" or (t["side"] is None and t["kind"] in ("meeting", "call")))
        and last - timedelta(days=89) <= t["occurred_at"].date() <= last
    }  # fmt: skip
    missed = list_rows(drawn.snapshot, "engagement_quality", scope, part="not_worked")
    assert set(missed["account_id"]) == set(found) - sold
    assert answer["not_worked"] == len(missed)
