"""Qualified accounts: what touches are worth, within which days, and in which period an account qualifies."""

from datetime import date, timedelta

import pytest
from random_customers import RESPONSES, happened, is_response, random_customers

from metrics import Scope, list_rows, measure


def touch(number, account, kind, at, **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(*touches, accounts=4, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, accounts + 1)], "as_of": "2024-06-30",
        "activities": [touch(n, *given[:3], **(given[3] if len(given) > 3 else {})) for n, given in enumerate(touches)],
        **more,
    }  # fmt: skip


def test_by_hand(opened):
    """
    account  touches                                                      points within 90 days
    a1       3 webinars of May (90) and a download (10)                   100: qualified by the download
    a2       3 meetings held by sales (90), 5 views, a click, a reply (8)  98
    a3       2 webinars in January, 2 in June (60 and 60)                  60
    a4       4 webinars planned, 9 e-mails sent and opened                 0
    """
    snapshot = opened(**company_of(
        *(("a1", "webinar", f"2024-05-{day:02} 10:00") for day in (1, 2, 3)), ("a1", "content", "2024-05-20 10:00"),
        *(("a2", "meeting", f"2024-05-{day:02}", {"side": "sales", "direction": "out"}) for day in (1, 2, 3)),
        *(("a2", "web_visit", f"2024-05-0{n} 10:00") for n in range(1, 6)), ("a2", "email_click", "2024-05-06"),
        ("a2", "email_reply", "2024-05-07"),
        *(("a3", "webinar", f"2024-{month}-{day}") for month in ("01", "06") for day in ("10", "11")),
        *(("a4", "webinar", f"2024-05-0{n}", {"is_done": False}) for n in range(1, 5)),
        *(("a4", "email_sent", f"2024-05-0{n}", {"direction": "out"}) for n in range(1, 5)),
        *(("a4", "email_open", f"2024-05-0{n}") for n in range(1, 6)),
    ))  # fmt: skip
    answer = measure(snapshot, "qualified_accounts")
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["share"], row["numerator"], row["denominator"]) == (1, 4, 0.25, 1, 4)
    assert (row["low"], row["high"]) == (pytest.approx(0.0455873), pytest.approx(0.6993582))  # Wilson, 1 of 4
    (listed,) = list_rows(snapshot, "qualified_accounts").to_dict("records")
    assert (listed["account_id"], listed["qualified_on"].date(), listed["most_points"]) == (
        "a1", date(2024, 5, 20), 100,
    )  # fmt: skip
    for points, value in ((98, 2), (99, 1), (60, 3), (0.5, 3)):
        assert measure(snapshot, "qualified_accounts", None, {"qualified_points": points}).rows()[0]["value"] == value


def test_points_are_editable(opened):
    """Each class of touch alone reaches 100 once it is worth that."""
    kinds = {
        "page_points": ["web_visit"], "click_points": ["email_click"],
        "reply_points": ["email_reply", "campaign_response", "chat", "call"], "download_points": ["content", "form"],
        "webinar_points": ["webinar", "event"], "meeting_points": ["meeting"],
    }  # fmt: skip
    every = [kind for of_one in kinds.values() for kind in of_one]
    touches = [(f"a{n}", kind, "2024-05-01") for n, kind in enumerate(every, start=1)]
    snapshot = opened(**company_of(*touches, accounts=len(every)))
    for option, of_one in kinds.items():
        listed = list_rows(snapshot, "qualified_accounts", None, {option: 100})
        assert [every[int(i[1:]) - 1] for i in sorted(listed["account_id"], key=lambda i: int(i[1:]))] == of_one


def test_in_any_90_days(opened):
    """Four webinars (120): a1's first and last are 90 days apart, a2's 91."""
    snapshot = opened(**company_of(
        *(("a1", "webinar", day) for day in ("2024-01-01", "2024-01-02", "2024-01-03", "2024-03-31")),
        *(("a2", "webinar", day) for day in ("2024-01-01", "2024-01-02", "2024-01-03", "2024-04-01")),
    ))  # fmt: skip
    assert list(list_rows(snapshot, "qualified_accounts")["account_id"]) == ["a1"]


def test_history_before_the_period_counts_with_the_touch_in_it(opened):
    """90 points in March and 30 on 2 April qualify in April; what went before is no second time."""
    snapshot = opened(**company_of(
        *(("a1", "webinar", f"2024-03-{day}") for day in (20, 21, 22)), ("a1", "webinar", "2024-04-02 09:00"),
        ("a1", "web_visit", "2024-05-02 09:00"), ("a2", "form", None), (None, "form", "2024-04-01"),
    ))  # fmt: skip
    answer = measure(
        snapshot, "qualified_accounts", Scope(start=date(2024, 3, 1), end=date(2024, 6, 30), grain="month")
    )
    assert {row["period"]: row["value"] for row in answer.rows()} == {
        "2024-03": 0, "2024-04": 1, "2024-05": 1, "2024-06": 0,
    }  # fmt: skip
    assert dict(answer.excluded) == {"touch without a date": 1, "touch without an account": 1}


def test_what_is_not_loaded_is_not_known(opened):
    (row,) = measure(opened(**company_of()), "qualified_accounts").rows()
    assert (row["value"], row["share"], row["low"], row["n"]) == (None, None, None, 4)
    (row,) = measure(opened(**company_of(("a1", "email_sent", "2024-05-10"))), "qualified_accounts").rows()
    assert (row["value"], row["share"], row["n"]) == (0, 0, 4)


POINTS = {
    "web_visit": 1, "email_click": 1, "email_reply": 2, "campaign_response": 2, "chat": 2, "call": 2, "content": 10,
    "form": 10, "webinar": 30, "event": 30, "meeting": 30,
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("threshold", [20, 60])
def test_a_second_answer(seed, threshold):
    """Every touch tried as the last of 90 days."""
    company = random_customers(seed)
    earning = [
        t for t in company.activities
        if t["occurred_at"] and t["account_id"] and happened(t)
        and (is_response(t) if t["kind"] in RESPONSES else t["kind"] in ("meeting", "call"))
    ]  # fmt: skip
    for start, end in ((None, None), (date(2023, 10, 1), date(2024, 3, 31))):
        qualified = set()
        for last in earning:
            if start is not None and not start <= last["occurred_at"].date() <= end:
                continue
            within = (
                t for t in earning
                if t["account_id"] == last["account_id"]
                and timedelta(0) <= last["occurred_at"] - t["occurred_at"] <= timedelta(days=90)
            )  # fmt: skip
            if sum(POINTS[t["kind"]] for t in within) >= threshold:
                qualified.add(last["account_id"])
        scope, options = Scope(start=start, end=end), {"qualified_points": threshold}
        (row,) = measure(company.snapshot, "qualified_accounts", scope, options).rows()
        listed = list_rows(company.snapshot, "qualified_accounts", scope, options)
        assert set(listed["account_id"]) == qualified
        assert (row["value"], row["n"]) == (len(qualified), 30)
