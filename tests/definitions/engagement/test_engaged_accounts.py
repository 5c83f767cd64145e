"""Engaged accounts: who counts as engaged, in which days, by which preset and where they stand."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from random_customers import AS_OF, happened, is_response, random_customers

from metrics import QuestionError, Scope, list_rows, measure


def touch(number, account, kind, at, **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(*touches, accounts=4, **more):
    ids = [f"a{n}" for n in range(1, accounts + 1)]
    touches = [touch(n, *given[:3], **(given[3] if len(given) > 3 else {})) for n, given in enumerate(touches)]
    return {
        "accounts": [{"account_id": i, "name": i} for i in ids], "activities": touches, "as_of": "2024-06-30",
        "stages": {"Demo": "open", "Offer": "open", "Won": "won", "Lost": "lost"}, **more,
    }  # fmt: skip


def shares(answer, key="segment"):
    return {row[key]: (row["numerator"], row["denominator"]) for row in answer.rows()}


def test_by_hand(opened):
    """
    account  touches                                             engaged
    a1       visit 10 May, form 12 May                           yes, twice
    a2       e-mail sent, opened, ad impression                  no: nothing came back
    a3       webinar planned (not done), meeting held            no: a meeting is no visit or response
    a4       e-mail reply to sales, inbound                      yes
    a5       -                                                   no
    """
    snapshot = opened(**company_of(
        ("a1", "web_visit", "2024-05-10 09:00"), ("a1", "form", "2024-05-12 09:00"),
        ("a2", "email_sent", "2024-05-10", {"direction": "out"}), ("a2", "email_open", "2024-05-11"),
        ("a2", "ad_impression", "2024-05-11", {"direction": "out"}),
        ("a3", "webinar", "2024-05-10", {"is_done": False}),
        ("a3", "meeting", "2024-05-11", {"side": "sales", "direction": "out"}),
        ("a4", "email_reply", "2024-05-10", {"side": "sales"}),
        accounts=5,
    ))  # fmt: skip
    (row,) = measure(snapshot, "engaged_accounts").rows()
    assert (row["value"], row["n"], row["numerator"], row["denominator"]) == (0.4, 5, 2, 5)
    assert (row["low"], row["high"]) == (pytest.approx(0.1176208), pytest.approx(0.7692757))  # Wilson, 2 of 5
    assert measure(snapshot, "engaged_accounts", None, {"preset": "any_touch"}).rows()[0]["numerator"] == 3
    assert measure(snapshot, "engaged_accounts", None, {"engaged_min": 2}).rows()[0]["numerator"] == 1
    assert len(list_rows(snapshot, "engaged_accounts")) == 5


def test_the_side_decides_where_it_is_known(opened):
    """Outbound sales chats are no engagement; a visit of which neither side nor direction is known is."""
    snapshot = opened(**company_of(
        ("a1", "chat", "2024-05-10", {"side": "sales", "direction": "out"}),
        ("a2", "chat", "2024-05-10", {"side": "marketing", "direction": "out"}),
        ("a3", "web_visit", "2024-05-10", {"side": None, "direction": None, "is_done": None}),
        ("a4", "chat", "2024-05-10", {"side": None, "direction": "out"}),
    ))  # fmt: skip
    rows = list_rows(snapshot, "engaged_accounts")
    assert set(rows[rows["is_engaged"]]["account_id"]) == {"a2", "a3"}


def test_a_period_holds_its_first_and_last_day(opened):
    snapshot = opened(**company_of(
        ("a1", "form", "2024-04-01 00:00"), ("a2", "form", "2024-04-30 23:59:59"), ("a3", "form", "2024-05-01 00:00"),
        ("a4", "form", "2024-03-31 23:59:59"), ("a4", "form", None), (None, "form", "2024-04-10"),
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", Scope(start=date(2024, 4, 1), end=date(2024, 4, 30)))
    assert shares(answer) == {"All": (2, 4)}
    assert dict(answer.excluded) == {"touch without a date": 1, "touch without an account": 1}
    by_month = measure(
        snapshot, "engaged_accounts", Scope(start=date(2024, 3, 1), end=date(2024, 6, 30), grain="month")
    )
    assert shares(by_month, "period") == {"2024-03": (1, 4), "2024-04": (2, 4), "2024-05": (1, 4), "2024-06": (0, 4)}


def test_a_touch_without_a_date_counts_where_no_period_is_set(opened):
    snapshot = opened(**company_of(("a1", "form", None)))
    assert shares(measure(snapshot, "engaged_accounts")) == {"All": (1, 4)}
    assert shares(measure(snapshot, "engaged_accounts", Scope(start=date(2000, 1, 1)))) == {"All": (0, 4)}


def test_three_page_views_in_30_days(opened):
    """
    a1  1 May, 15 May, 31 May: exactly 30 days from the first to the third   yes
    a2  1 May, 15 May, 1 June                                                 no
    a3  three forms                                                           no: no page views
    """
    snapshot = opened(**company_of(
        *(("a1", "web_visit", f"2024-05-{day:02} 08:00") for day in (1, 15, 31)),
        *(("a2", "web_visit", f"2024-{day} 08:00") for day in ("05-01", "05-15", "06-01")),
        *(("a3", "form", f"2024-05-{day:02} 08:00") for day in (1, 2, 3)),
    ))  # fmt: skip
    assert shares(measure(snapshot, "engaged_accounts", None, {"preset": "page_views"})) == {"All": (1, 4)}
    june = Scope(start=date(2024, 6, 1), end=date(2024, 6, 30))
    assert shares(measure(snapshot, "engaged_accounts", june, {"preset": "page_views"})) == {"All": (0, 4)}


def test_ten_minutes_in_90_days(opened):
    """a1: 4 + 6 minutes 90 days apart; a2: the same 91 days apart; a3: 12 minutes of a meeting, no visit."""
    snapshot = opened(**company_of(
        ("a1", "web_visit", "2024-01-01", {"minutes": 4.0}), ("a1", "content", "2024-03-31", {"minutes": 6.0}),
        ("a2", "web_visit", "2024-01-01", {"minutes": 4.0}), ("a2", "content", "2024-04-01", {"minutes": 6.0}),
        ("a3", "meeting", "2024-03-01", {"minutes": 12.0}),
    ))  # fmt: skip
    rows = list_rows(snapshot, "engaged_accounts", None, {"preset": "minutes"})
    assert set(rows[rows["is_engaged"]]["account_id"]) == {"a1"}


def test_by_standing(opened):
    """
    account  deals                 stands at   touched in the 30 days to 30 June (from 1 June)
    a1       open: Demo and Offer  Offer       yes, on 1 June
    a2       won, and open: Demo   Demo        no, on 31 May
    a3       won                   customer    yes
    a4       lost                  no_deal     no
    a5       -                     no_deal     yes
    """
    deals = [("a1", "Demo"), ("a1", "Offer"), ("a2", "Won"), ("a2", "Demo"), ("a3", "Won"), ("a4", "Lost")]
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-01 00:00"), ("a2", "form", "2024-05-31 23:00"), ("a3", "form", "2024-06-30 23:59"),
        ("a4", "email_sent", "2024-06-20"), ("a5", "form", "2024-06-20"),
        accounts=5,
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": a, "stage": s, "opened_on": f"2024-01-{n + 1:02}",
             "closed_on": "2024-02-01"} for n, (a, s) in enumerate(deals)
        ],
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", Scope(by="standing"))
    assert [(r["standing"], r["numerator"], r["denominator"]) for r in answer.rows()] == [
        ("no_deal", 1, 2), ("Demo", 0, 1), ("Offer", 1, 1), ("customer", 1, 1),
    ]  # fmt: skip
    assert set(answer.frame["segment"]) == {"All"}
    listed = list_rows(snapshot, "engaged_accounts", Scope(by="standing"), where={"standing": "no_deal"})
    assert set(listed["account_id"]) == {"a4", "a5"}
    assert "standing" not in measure(snapshot, "engaged_accounts").frame


def test_an_invoice_makes_a_customer_and_then_a_won_deal_alone_does_not(opened):
    snapshot = opened(**company_of(
        accounts=2,
        invoices=[{"invoice_id": "i", "account_id": "a1", "invoiced_on": "2024-05-01", "amount": 1, "currency": "EUR"}],
        opportunities=[{"opportunity_id": "d", "account_id": "a2", "stage": "Won", "opened_on": "2024-01-01",
                        "closed_on": "2024-02-01"}],
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", Scope(by="standing"))
    assert shares(answer, "standing") == {"no_deal": (None, 1), "customer": (None, 1)}


def test_by_channel_an_account_may_be_engaged_twice(opened):
    snapshot = opened(**company_of(
        ("a1", "form", "2024-05-10", {"channel": "Web"}), ("a1", "webinar", "2024-05-11", {"channel": "Events"}),
        ("a2", "form", "2024-05-10", {"channel": "Web"}),
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", Scope(by="channel"))
    assert shares(answer) == {"Events": (1, 4), "Web": (2, 4)}
    assert any("do not add up" in warning for warning in answer.warnings)


def test_accounts_are_targets_on_the_last_day_of_the_period(opened):
    """a1 became a target on 1 May, a2 ceased to be one on 1 May."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-04-10"),
        account_lists=[{"account_id": "a1", "list": "L", "since": "2024-05-01"},
                       {"account_id": "a2", "list": "L", "since": "2023-01-01", "until": "2024-05-01"}],
    ))  # fmt: skip
    april, may = (Scope(start=date(2024, 4, 1), end=end, by="target") for end in (date(2024, 4, 30), date(2024, 5, 31)))
    assert shares(measure(snapshot, "engaged_accounts", april)) == {"target": (0, 1), "rest": (1, 3)}
    assert shares(measure(snapshot, "engaged_accounts", may)) == {"target": (1, 1), "rest": (0, 3)}


def test_without_accounts_or_touches(opened):
    (row,) = measure(opened(**company_of(accounts=0)), "engaged_accounts").rows()
    assert (row["value"], row["n"], row["low"]) == (None, 0, None)
    (row,) = measure(opened(**company_of()), "engaged_accounts").rows()
    assert (row["value"], row["n"]) == (None, 4)  # nothing loaded is not nobody engaged
    (row,) = measure(opened(**company_of(("a1", "email_sent", "2024-05-10"))), "engaged_accounts").rows()
    assert (row["value"], row["n"]) == (0, 4)


def test_a_deals_attribute_is_no_split_of_accounts(opened):
    with pytest.raises(QuestionError, match="cannot be split by product"):
        measure(opened(**company_of()), "engaged_accounts", Scope(by="product"))


def qualifying(activities, preset):
    """The touches that qualify, by account, in order: the second answer's own way."""
    kept = defaultdict(list)
    for given in activities:
        if given["account_id"] is None or not happened(given):
            continue
        if is_response(given) or (preset == "any_touch" and given["kind"] in ("meeting", "call")):
            kept[given["account_id"]].append(given)
    if preset in ("visit_or_response", "any_touch"):
        return {account: [t["occurred_at"] for t in touches] for account, touches in kept.items()}
    found = {}
    for account, touches in kept.items():
        dated = sorted((t for t in touches if t["occurred_at"]), key=lambda t: t["occurred_at"])
        if preset == "page_views":
            views = [t["occurred_at"] for t in dated if t["kind"] == "web_visit"]
            found[account] = [c for a, c in zip(views, views[2:], strict=False) if c - a <= timedelta(days=30)]
        else:
            found[account] = [
                t["occurred_at"] for t in dated
                if sum(u["minutes"] or 0 for u in dated
                       if timedelta(0) <= t["occurred_at"] - u["occurred_at"] <= timedelta(days=90)) >= 10
            ]  # fmt: skip
    return found


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("preset", ["visit_or_response", "any_touch", "page_views", "minutes"])
@pytest.mark.parametrize("engaged_min", [1, 2])
def test_a_second_answer(seed, preset, engaged_min):
    company = random_customers(seed)
    moments = qualifying(company.activities, preset)
    for start, end in ((None, None), (date(2023, 10, 1), date(2024, 3, 31))):
        counts = {
            account: sum(
                start is None or (at is not None and start <= at.date() <= end) for at in touched
            ) for account, touched in moments.items()
        }  # fmt: skip
        engaged = sum(n >= engaged_min for n in counts.values())
        scope = Scope(start=start, end=end)
        (row,) = measure(
            company.snapshot, "engaged_accounts", scope, {"preset": preset, "engaged_min": engaged_min}
        ).rows()
        assert (row["numerator"], row["denominator"]) == (engaged, 30)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_answer_by_standing(seed):
    company = random_customers(seed)
    moments = qualifying(company.activities, "visit_or_response")
    first = datetime.combine(AS_OF - timedelta(days=29), datetime.min.time())
    expected = defaultdict(lambda: [0, 0])
    for account in (a["account_id"] for a in company.accounts):
        stages = {d["stage"] for d in company.opportunities if d["account_id"] == account}
        standing = next(
            (s for s in ("Proposal", "Discovery") if s in stages), "customer" if "Won" in stages else "no_deal"
        )
        expected[standing][0] += any(at and at >= first for at in moments.get(account, ()))
        expected[standing][1] += 1
    answer = measure(company.snapshot, "engaged_accounts", Scope(by="standing"))
    assert shares(answer, "standing") == {k: tuple(v) for k, v in expected.items()}


def test_a_deal_opened_after_as_of_is_no_standing(opened):
    """a1's deal is open on the as-of day, a2's is opened a month later: that account has none yet."""
    snapshot = opened(**company_of(
        ("a1", "web_visit", "2024-06-10"),
        accounts=2,
        opportunities=[
            {"opportunity_id": "d1", "account_id": "a1", "stage": "Demo", "opened_on": "2024-05-01"},
            {"opportunity_id": "d2", "account_id": "a2", "stage": "Offer", "opened_on": "2024-08-01"},
        ],
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", Scope(by="standing"))
    assert shares(answer, "standing") == {"no_deal": (0, 1), "Demo": (1, 1)}


def test_touches_outside_the_period_are_not_missed(opened):
    """Of three touches without an account one is in April, of which the period is; without a period all are missed."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-04-01"), (None, "form", "2024-03-31"), (None, "form", "2024-04-10"),
        (None, "form", "2024-05-01"),
    ))  # fmt: skip
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    assert dict(measure(snapshot, "engaged_accounts", april).excluded) == {"touch without an account": 1}
    assert dict(measure(snapshot, "engaged_accounts").excluded) == {"touch without an account": 3}


@pytest.mark.parametrize(
    ("preset", "lacking"), [("page_views", "No web visits"), ("minutes", "No visit or response has")]
)
def test_a_preset_without_its_input_finds_nobody_and_says_why(opened, preset, lacking):
    """A form without minutes, and a meeting with: neither tells of page views, nor of minutes of a visit."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-04-01"), ("a2", "meeting", "2024-04-01", {"side": "sales", "minutes": 30}),
    ))  # fmt: skip
    answer = measure(snapshot, "engaged_accounts", options={"preset": preset})
    (row,) = answer.rows()
    assert (row["value"], row["numerator"], row["low"], row["denominator"]) == (None, None, None, 4)
    assert any(warning.startswith(lacking) for warning in answer.warnings)
    funnel = measure(snapshot, "account_funnel", options={"preset": preset})
    assert {step["step"]: step["value"] for step in funnel.rows()}["engaged"] is None
    assert any(warning.startswith(lacking) for warning in funnel.warnings)
    assert not any(warning.startswith(lacking) for warning in measure(snapshot, "engaged_accounts").warnings)
