"""Account penetration: how many people, departments and roles are engaged, and which accounts hang on one person."""

from collections import defaultdict
from datetime import date
from statistics import median

import pytest
from random_customers import AS_OF, happened, is_response
from random_people import random_people

from metrics import Scope, list_rows, measure


def touch(number, account, person, kind="web_visit", at="2024-05-01", **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "contact_id": person, "kind": kind, "side": "marketing",
        "direction": "in", "is_done": True, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(*touches, accounts=4, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}", "is_target": n <= 2} for n in range(1, accounts + 1)],
        "activities": [touch(n, *given[:2], **given[2]) for n, given in enumerate(touches)],
        "as_of": "2024-06-30", **more,
    }  # fmt: skip


def person(name, account, department=None, role=None, **more):
    return {"contact_id": name, "account_id": account, "department": department, "buying_role": role, **more}


PEOPLE = [
    person("p1", "a1", "IT", "Champion"), person("p2", "a1", "Finance", "Decision maker"), person("p3", "a1", "it"),
    person("p4", "a1", "Legal"), person("p5", "a2", "IT"), person("p6", "a2", None, "Blocker"),
    person("p7", "a3", "IT"),
]  # fmt: skip
TOUCHES = [
    ("a1", "p1", {"at": "2024-01-05"}), ("a1", "p2", {"kind": "meeting", "side": "sales", "direction": "out"}),
    ("a1", "p3", {"kind": "form"}), ("a1", "p1", {"kind": "content"}), ("a1", "p9", {"kind": "call"}),
    ("a2", "p5", {"kind": "email_reply"}), ("a2", "p6", {"kind": "email_sent", "direction": "out"}),
    ("a3", "p7", {"kind": "meeting", "is_done": False}), ("a3", None, {"kind": "webinar"}),
    ("a4", "p8", {"kind": "web_visit", "at": "2024-07-15"}),
]  # fmt: skip


def test_by_hand(opened):
    """
    account  people engaged                    known          departments      roles of the 3   beyond the first
    a1       p1 p2 p3 p9 (no contact of ours)  p1–p4, p9: 5   it, finance of 3  2                3 people, 1 department
    a2       p5 (p6 was only sent an e-mail)   p5 p6: 2       it of 1           0                0
    a3       nobody: planned, or no person     p7: 1          0 of 1            0                0
    a4       nobody: after the as-of day       0              -                 0                0
    """
    snapshot = opened(**company_of(*TOUCHES, contacts=PEOPLE, export_day="2024-08-01"))
    options = {"required_roles": "Champion, decision maker, Budget holder"}
    answer = measure(snapshot, "account_penetration", None, options)
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["reached"], row["people_of_reached"]) == (0.5, 4, 2, 2.5)
    assert (row["people_known"], row["people_share"]) == (1.5, 0.5)  # shares 4/5, 1/2, 0
    assert (row["departments"], row["departments_share"]) == (0.5, pytest.approx(2 / 3))  # 2/3, 1, 0
    assert (row["roles_covered"], row["roles_required"]) == (0, 3)
    assert (row["single_threaded"], row["expansion"]) == (0.75, 0)
    assert dict(answer.excluded) == {"touch without a person": 1}
    listed = {r["account_id"]: r for r in list_rows(snapshot, "account_penetration", None, options).to_dict("records")}
    assert {i: r["measure"] for i, r in listed.items()} == {"a1": 4, "a2": 1, "a3": 0, "a4": 0}
    assert {i: r["people_band"] for i, r in listed.items()} == {"a1": "many", "a2": "one", "a3": "none", "a4": "none"}
    first = listed["a1"]
    assert (first["roles_covered"], first["expansion"], first["new_people"], first["new_departments"]) == (2, 4, 3, 1)
    assert first["last_touch_on"].date() == date(2024, 5, 1)


def test_the_first_touched_may_be_before_the_period(opened):
    """p1 was the first, in January: of May's p1, p2, p3 and p9 three are beyond, and Finance beside the first IT."""
    snapshot = opened(**company_of(*TOUCHES, contacts=PEOPLE))
    scope = Scope(start=date(2024, 5, 1), end=date(2024, 5, 31), grain="month")
    (row,) = list_rows(snapshot, "account_penetration", scope, where={"account_id": "a1"}).to_dict("records")
    assert (row["measure"], row["new_people"], row["new_departments"]) == (4, 3, 1)
    later = [*TOUCHES, ("a1", "p4", {"at": "2024-06-03"})]
    scope = Scope(start=date(2024, 6, 1), end=date(2024, 6, 30))
    (row,) = list_rows(opened(**company_of(*later, contacts=PEOPLE)), "account_penetration", scope,
                       where={"account_id": "a1"}).to_dict("records")  # fmt: skip
    assert (row["measure"], row["expansion"]) == (1, 2)


def test_roles_that_half_of_the_won_deals_had_are_needed_where_none_are_named(opened):
    """Won: d1 has Champion and Blocker, d2 Champion, d3 no role; lost d4 has Legal. Needed: Champion, of 2 in 3."""
    deals = [{"opportunity_id": f"d{n}", "account_id": "a4", "stage": stage, "opened_on": "2024-01-01",
              "closed_on": "2024-02-01"} for n, stage in enumerate(["Won", "Won", "Won", "Lost"], start=1)]  # fmt: skip
    on_deal = [{"opportunity_id": deal, "contact_id": name, "role": role} for deal, name, role in
               [("d1", "p1", "Champion; Blocker"), ("d2", "p2", "champion"), ("d4", "p4", "Legal")]]  # fmt: skip
    snapshot = opened(**company_of(
        *TOUCHES, contacts=PEOPLE, opportunities=deals, opportunity_contacts=on_deal,
        stages={"Open": "open", "Won": "won", "Lost": "lost"},
    ))  # fmt: skip
    answer = measure(snapshot, "account_penetration", Scope(by="account"))
    covered = {row["account_id"]: (row["roles_covered"], row["roles_required"]) for row in answer.rows()}
    assert covered == {"a1": (1, 1), "a2": (0, 1), "a3": (0, 1), "a4": (0, 1)}


def test_a_required_role_that_nobody_has_is_told(opened):
    snapshot = opened(**company_of(*TOUCHES, contacts=PEOPLE))
    answer = measure(snapshot, "account_penetration", None, {"required_roles": "champion, Decison"})
    told = [said for said in answer.warnings if "required_roles" in said]
    assert told == ["Nobody has the buying role “Decison”, which required_roles asks for: look at its spelling."]


def test_what_is_not_known_is_no_number(opened):
    (row,) = measure(opened(**company_of()), "account_penetration").rows()  # no activities
    assert (row["value"], row["low"], row["single_threaded"], row["reached"], row["n"]) == (None, None, None, None, 4)
    nobody = measure(opened(**company_of(("a1", None, {}))), "account_penetration")
    (row,) = nobody.rows()
    unknown = ("value", "people_known", "people_share", "departments", "roles_covered", "single_threaded", "expansion")
    assert {row[name] for name in unknown} == {None}
    assert nobody.warnings[0].startswith("No touch names a person")
    (row,) = measure(opened(**company_of(("a1", "p1", {}))), "account_penetration", Scope(by="account")).rows()[:1]
    assert (row["value"], row["people_known"], row["departments"], row["roles_covered"]) == (1, None, None, None)


def test_target_against_the_rest(opened):
    """Two people at each of 6 targets, none at 6 others: the medians differ clearly."""
    touches = [(f"a{n}", f"p{n}{x}", {}) for n in range(1, 7) for x in "xy"]
    given = company_of(*touches, ("a7", "z", {}), accounts=12)
    for n, account in enumerate(given["accounts"]):
        account["is_target"] = n < 6
    answer = measure(opened(**given), "account_penetration", Scope(by="target"))
    assert {row["segment"]: (row["value"], row["n"], row["low"]) for row in answer.rows()} == {
        "target": (2, 6, 2), "rest": (0, 6, 0),
    }  # fmt: skip
    (compared,) = answer.comparison
    assert (compared.difference, compared.verdict) == (2, "better")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("days", [(None, None), (date(2023, 10, 1), date(2024, 3, 31))])
def test_a_second_answer(seed, days):
    drawn, (start, end) = random_people(seed), days
    contacts = {c["contact_id"]: c for c in drawn.contacts}
    roles = {name: {r.strip().lower() for r in [c["buying_role"]] if r} for name, c in contacts.items()}
    for row in drawn.opportunity_contacts:
        roles[row["contact_id"]] |= {r.strip().lower() for r in (row["role"] or "").split(";") if r.strip()}
    touches = sorted(
        (t for t in drawn.activities if t["account_id"] and t["contact_id"] and happened(t)
         and (is_response(t) or t["kind"] in ("meeting", "call"))),
        key=lambda t: (t["occurred_at"] is None, t["occurred_at"] or 0, t["activity_id"]),
    )  # fmt: skip
    met, first = defaultdict(set), {}
    for t in touches:
        first.setdefault(t["account_id"], t["contact_id"])
        on = t["occurred_at"] and t["occurred_at"].date()
        if start is None or (on and start <= on <= end):
            met[t["account_id"]].add(t["contact_id"])
    found = []
    for account in (a["account_id"] for a in drawn.accounts):
        own = {n for n, c in contacts.items() if c["account_id"] == account
               and (c["created_on"] is None or c["created_on"] <= (end or AS_OF))}  # fmt: skip
        known, people = own | met[account], met[account]
        of = {name: (contacts[name]["department"] or "").strip().lower() for name in known}
        departments = {of[name] for name in people} - {""}
        all_departments = set(of.values()) - {""}
        wanted = {"champion", "budget holder"}
        found.append({
            "account_id": account, "measure": len(people), "people_known": len(known),
            "people_share": len(people) / len(known) if known else None, "departments": len(departments),
            "departments_share": len(departments) / len(all_departments) if all_departments else None,
            "roles_covered": len(set().union(*(roles[n] for n in people)) & wanted) if people else 0,
            "new_people": len(people - {first.get(account)}),
        })  # fmt: skip
    options, scope = {"required_roles": "Champion, Budget Holder"}, Scope(start=start, end=end)
    listed = list_rows(drawn.snapshot, "account_penetration", scope, options).set_index("account_id")
    for row in found:
        told = listed.loc[row["account_id"]]
        for name, value in row.items():
            if name != "account_id":
                assert (None if told[name] != told[name] else told[name]) == pytest.approx(value), (row, name)
    (answer,) = measure(drawn.snapshot, "account_penetration", scope, options).rows()
    middle = {"value": "measure", "people_share": "people_share", "departments": "departments",
              "departments_share": "departments_share", "roles_covered": "roles_covered"}  # fmt: skip
    for column, name in middle.items():
        assert answer[column] == pytest.approx(median(r[name] for r in found if r[name] is not None)), column
    assert answer["single_threaded"] == sum(r["measure"] <= 1 for r in found) / 30
