"""Team alignment: each measure by hand, what it lacks, and a second answer from the rows alone."""

import random
from datetime import date, datetime, timedelta
from statistics import median

import pytest
from company import company
from random_customers import AS_OF, happened, is_response, random_customers

from metrics import Scope, list_rows, measure, open_snapshot

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost", "Abandoned": "no_decision"}


def touch(number, account, kind, at, side="marketing", **more):
    return {
        "activity_id": f"t{number}", "account_id": account, "kind": kind, "side": side, "is_done": True,
        "occurred_at": at, "direction": "in" if side == "marketing" else "out", **more,
    }  # fmt: skip


def company_of(*touches, accounts=("a1", "a2", "a3", "a4"), targets=(), **more):
    rows = [touch(n, *given[:4], **(given[4] if len(given) > 4 else {})) for n, given in enumerate(touches)]
    return {
        "accounts": [{"account_id": a, "name": a, "is_target": a in targets or None} for a in accounts],
        "stages": STAGES, "as_of": "2024-06-30", "activities": rows, **more,
    }  # fmt: skip


def by_measure(answer, segment="All"):
    return {row["measure"]: row for row in answer.rows() if row["segment"] == segment}


def parts(answer, name):
    row = by_measure(answer)[name]
    return row["numerator"], row["denominator"]


def test_followed_up_by_hand(opened):
    """
    account  first engaged       next sales touch     after         within 5 days
    a1       3 June 10:00        3 June 14:00         4 hours       yes
    a2       3 June 10:00        8 June 10:00         5 days        yes: on the minute
    a3       3 June 10:00        8 June 10:01         5 days        no
    a4       3 June 10:00        2 June, and none     -             no
    a5       25 June 10:00       none                 -             no: five days are over
    a6       26 June 10:00       26 June 11:00        1 hour        not asked: four days ago
    2 of 5; of the two followed up the middle is (4 + 120) / 2 hours
    """
    engaged = [
        (f"a{n}", "form", f"2024-06-{day:02} 10:00") for n, day in ((1, 3), (2, 3), (3, 3), (4, 3), (5, 25), (6, 26))
    ]
    sales = [("a1", "call", "2024-06-03 14:00", "sales"), ("a2", "call", "2024-06-08 10:00", "sales"),
             ("a3", "call", "2024-06-08 10:01", "sales"), ("a4", "call", "2024-06-02 10:00", "sales"),
             ("a6", "call", "2024-06-26 11:00", "sales"), ("a5", "form", "2024-06-29 10:00")]  # fmt: skip
    snapshot = opened(**company_of(*engaged, *sales, accounts=[f"a{n}" for n in range(1, 7)]))
    answer = measure(snapshot, "team_alignment")
    row = by_measure(answer)["followed_up"]
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 5, pytest.approx(0.4))
    assert (row["median_hours"], row["hours_n"]) == (pytest.approx(62), 2)
    assert row["median_days"] == pytest.approx(62 / 24)
    assert row["low"] < 0.4 < row["high"]
    assert dict(answer.excluded) == {"engaged under follow_up_days ago": 1}
    assert parts(measure(snapshot, "team_alignment", None, {"follow_up_days": 6}), "followed_up") == (3, 4)
    assert parts(measure(snapshot, "team_alignment", None, {"follow_up_days": 0}), "followed_up") == (0, 6)


def test_dates_count_days_and_the_day_itself(opened):
    """Stamps without a time of day: the same day is day 0, and there are no hours. a3's engaging touch is sales' own
    inbound one, which is not its own follow-up."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-03"), ("a1", "call", "2024-06-03", "sales"),
        ("a2", "form", "2024-06-03"), ("a2", "email_sent", "2024-06-08", "sales"),
        ("a3", "email_reply", "2024-06-03", "sales", {"direction": "in"}),
        ("a4", "form", "2024-06-03"), ("a4", "call", "2024-06-09", "sales"),
    ))  # fmt: skip
    row = by_measure(measure(snapshot, "team_alignment"))["followed_up"]
    assert (row["numerator"], row["denominator"]) == (2, 4)
    assert (row["median_days"], row["median_hours"], row["hours_n"]) == (2.5, None, 0)


def test_a_date_and_a_stamp_of_one_day_are_a_day_0(opened):
    """The form came at 15:00; of the call only the day is known: it follows, though midnight lies before 15:00. Of two
    on that day the one with a time tells more."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-03 15:00"), ("a1", "call", "2024-06-03", "sales"),
        ("a2", "form", "2024-06-03 15:00"), ("a2", "call", "2024-06-03", "sales"),
        ("a2", "call", "2024-06-03 18:00", "sales"),
        ("a3", "form", "2024-06-03 15:00"), ("a3", "call", "2024-06-03 14:00", "sales"),
    ))  # fmt: skip
    rows = list_rows(snapshot, "team_alignment", where={"measure": "followed_up"})
    assert list(zip(rows["account_id"], rows["state"], strict=True)) == [
        ("a1", "followed up"), ("a2", "followed up"), ("a3", "not followed up"),
    ]  # fmt: skip
    row = by_measure(measure(snapshot, "team_alignment"))["followed_up"]
    assert (row["median_hours"], row["hours_n"], row["median_days"]) == (pytest.approx(3), 1, pytest.approx(3 / 48))


def test_the_period_is_that_of_the_engagement_and_the_touch_may_come_later(opened):
    snapshot = opened(**company_of(
        ("a1", "form", "2024-05-31 10:00"), ("a1", "call", "2024-06-02 10:00", "sales"),
        ("a2", "form", "2024-06-01 10:00"),
    ))  # fmt: skip
    may, june = ((date(2024, month, 1), date(2024, month, 30)) for month in (5, 6))
    assert parts(measure(snapshot, "team_alignment", Scope(start=may[0], end=date(2024, 5, 31))), "followed_up") == (
        1,
        1,
    )
    assert parts(measure(snapshot, "team_alignment", Scope(start=june[0], end=june[1])), "followed_up") == (0, 1)


def test_who_engaged_before_sales_kept_touches_is_not_judged(opened):
    snapshot = opened(**company_of(
        ("a1", "form", "2024-01-10"), ("a2", "form", "2024-03-01"), ("a3", "call", "2024-03-06", "sales"),
    ))  # fmt: skip
    answer = measure(snapshot, "team_alignment")
    assert parts(answer, "followed_up") == (0, 1)
    assert dict(answer.excluded) == {"engaged before sales touches were recorded": 1}


def test_overlap_by_hand(opened):
    """
    account  target  marketing                 sales           is worked by
    a1       yes     form                      call            both
    a2       yes     campaign sent             -               marketing
    a3       no      impression (never work)   meeting         sales
    a4       no      -                         planned call    neither
    a5       yes     form in 2023              call in 2023    both, but not in 2024
    of all time: 2 of 4 overlap, of targets 2 of 3; in 2024: 1 of 3, and 1 of 3
    """
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-03 10:00"), ("a1", "call", "2024-05-03", "sales"),
        ("a2", "campaign_sent", "2024-06-03", "marketing", {"direction": "out"}),
        ("a3", "ad_impression", "2024-06-03"), ("a3", "meeting", "2024-06-03", None, {"direction": None}),
        ("a4", "call", "2024-06-03", "sales", {"is_done": False}),
        ("a5", "form", "2023-06-03"), ("a5", "call", "2023-06-03", "sales"),
        accounts=["a1", "a2", "a3", "a4", "a5"], targets=["a1", "a2", "a5"],
    ))  # fmt: skip
    answer = measure(snapshot, "team_alignment")
    assert (parts(answer, "overlap"), parts(answer, "both")) == ((2, 4), (2, 3))
    year = Scope(start=date(2024, 1, 1), end=date(2024, 6, 30))
    answer = measure(snapshot, "team_alignment", year)
    assert (parts(answer, "overlap"), parts(answer, "both")) == ((1, 3), (1, 3))
    rows = list_rows(snapshot, "team_alignment", year, where={"measure": "overlap"})
    assert dict(zip(rows["account_id"], rows["state"], strict=True)) == {
        "a1": "both", "a2": "marketing only", "a3": "sales only",
    }  # fmt: skip
    sides = measure(snapshot, "team_alignment", Scope(by="target"))
    assert by_measure(sides, "rest")["both"]["denominator"] == 0
    assert by_measure(sides, "rest")["both"]["value"] is None
    assert [by_measure(sides, s)["overlap"]["denominator"] for s in ("target", "rest")] == [3, 1]


def test_a_target_is_one_by_the_end_of_each_period(opened):
    """a1 is a target from 15 May on: of May and June, not of April."""
    snapshot = opened(**company_of(
        *((a, kind, f"2024-0{month}-02", side) for a in ("a1", "a2") for month in (4, 5, 6)
          for kind, side in (("form", "marketing"), ("call", "sales"))),
        account_lists=[{"account_id": "a1", "list": "Named", "since": "2024-05-15"}],
    ))  # fmt: skip
    answer = measure(snapshot, "team_alignment", Scope(start=date(2024, 4, 1), end=date(2024, 6, 30), grain="month"))
    both = {row["period"]: (row["numerator"], row["denominator"]) for row in answer.rows() if row["measure"] == "both"}
    assert both == {"2024-04": (0, 0), "2024-05": (1, 1), "2024-06": (1, 1)}


def test_the_work_lists_by_hand(opened):
    """In June: a1 engaged and was called; a2 engaged, called in May only; a3 called only; a4 got marketing's e-mail."""
    snapshot = opened(**company_of(
        ("a1", "form", "2024-06-03"), ("a1", "call", "2024-06-04", "sales"), ("a2", "form", "2024-06-03"),
        ("a2", "call", "2024-05-04", "sales"), ("a3", "call", "2024-06-04", "sales"), ("a3", "form", "2024-04-04"),
        ("a4", "email_sent", "2024-06-04", "marketing", {"direction": "out"}),
    ))  # fmt: skip
    june = Scope(start=date(2024, 6, 1), end=date(2024, 6, 30))
    worked = list_rows(snapshot, "team_alignment", june, part="no_sales_touch")
    assert list(worked["account_id"]) == ["a2"]
    assert worked["last_sales_on"].iloc[0].date() == date(2024, 5, 4)
    worked = list_rows(snapshot, "team_alignment", june, part="no_marketing")
    assert list(worked["account_id"]) == ["a3"]
    assert worked["last_marketing_on"].iloc[0].date() == date(2024, 4, 4)


def deal(number, account, stage, opened_on, closed_on, amount):
    return {"opportunity_id": f"d{number}", "account_id": account, "stage": stage, "opened_on": opened_on,
            "closed_on": closed_on, "amount": amount, "currency": "EUR"}  # fmt: skip


def test_uninfluenced_pipeline_by_hand(opened):
    """
    deal  account  amount  opened   closed     touch                       at the end of June   of March
    d0    a1       100     1 March  -          form 20 Feb.                touched              touched
    d1    a2       300     1 March  -          form 10 May                 touched              uninfluenced
    d2    a3       200     1 March  -          form 1 Dec.: 91 days before uninfluenced         uninfluenced
    d3    a4       400     1 March  won 1 May  -                           closed               uninfluenced
    d4    (none)   400     1 June   -          -                           uninfluenced         not opened
    June: 600 of 1,000; March: 900 of 1,000
    """
    snapshot = opened(**company_of(
        ("a1", "form", "2024-02-20"), ("a2", "form", "2024-05-10"), ("a3", "form", "2023-12-01"),
        ("a4", "call", "2024-03-05", "sales"),
        opportunities=[
            deal(0, "a1", "Demo", "2024-03-01", None, 100), deal(1, "a2", "Demo", "2024-03-01", None, 300),
            deal(2, "a3", "Demo", "2024-03-01", None, 200), deal(3, "a4", "Won", "2024-03-01", "2024-05-01", 400),
            deal(4, None, "Demo", "2024-06-01", None, 400), deal(5, "a1", "Demo", None, None, 50),
            deal(6, "a1", "Demo", "2024-03-01", None, None),
        ],
    ))  # fmt: skip
    answer = measure(snapshot, "team_alignment")
    row = by_measure(answer)["uninfluenced"]
    assert (row["value"], row["amount"], row["uninfluenced_amount"], row["n"]) == (pytest.approx(0.6), 1000, 600, 4)
    assert (row["numerator"], row["low"]) == (None, None)
    assert {"no opening date": 1, "no amount": 1}.items() <= dict(answer.excluded).items()
    march = measure(snapshot, "team_alignment", Scope(start=date(2024, 3, 1), end=date(2024, 3, 31)))
    row = by_measure(march)["uninfluenced"]
    assert (row["value"], row["amount"], row["n"]) == (pytest.approx(0.9), 1000, 4)
    wide = by_measure(measure(snapshot, "team_alignment", None, {"window_days": 91}))["uninfluenced"]
    assert wide["uninfluenced_amount"] == 400
    own = {row["of"]: row for row in measure(snapshot, "marketing_influence").rows()}["pipeline"]
    assert own["uninfluenced"] == pytest.approx(0.6)


def lead(number, account, **more):
    return {"contact_id": f"c{number}", "account_id": account, **more}


def test_rejected_hand_overs_by_hand(opened):
    """
    contact  MQL      status        rejected on  is
    c0       1 June   Unqualified   -            rejected
    c1       1 June   Connected     -            taken
    c2       1 June   -             -            without a status: left out
    c3       1 May    rejected      -            rejected, in May
    c4       -        Unqualified   -            never handed over
    """
    contacts = [
        lead(0, "a1", mql_on="2024-06-01", lead_status="Unqualified"),
        lead(1, "a2", mql_on="2024-06-01", lead_status="Connected"),
        lead(2, None, mql_on="2024-06-01"), lead(3, None, mql_on="2024-05-01", lead_status="rejected"),
        lead(4, "a1", lead_status="Unqualified"),
    ]  # fmt: skip
    snapshot = opened(**company_of(contacts=contacts))
    answer = measure(snapshot, "team_alignment")
    assert parts(answer, "rejected") == (2, 3)
    assert dict(answer.excluded) == {"hand-over without a status": 1}
    june = Scope(start=date(2024, 6, 1), end=date(2024, 6, 30))
    assert parts(measure(snapshot, "team_alignment", june), "rejected") == (1, 2)
    rows = list_rows(snapshot, "team_alignment", where={"measure": "rejected", "state": "rejected"})
    assert set(rows["reason"]) == {"Unqualified", "rejected"}
    other = measure(snapshot, "team_alignment", None, {"rejected_statuses": "connected"})
    assert parts(other, "rejected") == (1, 3)


def test_a_date_of_rejection_counts_from_the_hand_over_on(opened):
    """c1 was rejected before it was handed over again; a date of rejection anywhere makes its absence tell."""
    snapshot = opened(**company_of(contacts=[
        lead(0, "a1", mql_on="2024-06-01", rejected_on="2024-06-10"),
        lead(1, "a1", mql_on="2024-06-01", rejected_on="2024-05-10"),
        lead(2, "a1", mql_on="2024-06-01"),
    ]))  # fmt: skip
    assert parts(measure(snapshot, "team_alignment"), "rejected") == (1, 3)


def test_without_dates_of_mql_leads_are_handed_over_by_their_creation(opened):
    snapshot = opened(**company_of(contacts=[
        lead(0, "a1", is_lead=True, created_on="2024-06-01", lead_status="Closed - Not Converted"),
        lead(1, "a1", is_lead=True, created_on="2024-06-01", lead_status="Closed - Converted"),
        lead(2, "a1", created_on="2024-06-01", lead_status="Unqualified"),
    ]))  # fmt: skip
    assert parts(measure(snapshot, "team_alignment"), "rejected") == (1, 2)


def reply(number, score, day, person=None, wave="W1", **more):
    return {"answer_id": f"s{number}", "survey": "Teams", "wave": wave, "question": "alignment", "score": score,
            "scale_min": 1, "scale_max": 5, "answered_on": day, "contact_id": person, **more}  # fmt: skip


def test_agreement_by_hand(opened):
    """Scores 5, 3 and 2 of 1–5 are 1, 0.5 and 0.25; c1's first answer gives way to the later, 9 is off the scale."""
    contacts = [lead(1, None, email="c1@x.example")]
    snapshot = opened(**company_of(contacts=contacts, survey_answers=[
        reply(0, 5, "2024-06-01"), reply(1, 1, "2024-05-01", "c1"), reply(2, 3, "2024-06-02", "c1"),
        reply(3, 2, "2024-06-03"), reply(4, 9, "2024-06-03"), reply(5, 5, "2024-06-03", question="trust"),
    ]))  # fmt: skip
    answer = measure(snapshot, "team_alignment")
    row = by_measure(answer)["agreement"]
    assert (row["value"], row["n"], row["numerator"]) == (pytest.approx(1.75 / 3), 3, None)
    assert {"answered again in the same wave": 1, "score outside its scale": 1}.items() <= dict(answer.excluded).items()
    may = measure(snapshot, "team_alignment", Scope(start=date(2024, 5, 1), end=date(2024, 5, 31)))
    assert (by_measure(may)["agreement"]["value"], by_measure(may)["agreement"]["n"]) == (None, 0)
    split = measure(snapshot, "team_alignment", Scope(by="target"))
    assert {row["value"] for row in split.rows() if row["measure"] == "agreement"} == {None}


@pytest.mark.parametrize(
    ("rows", "lacking"),
    [
        ({}, {"followed_up": "marketing touches", "overlap": "marketing touches", "both": "target accounts",
              "uninfluenced": "deals", "rejected": "status of hand-overs", "agreement": "alignment survey"}),
        ({"activities": [touch(0, "a1", "form", "2024-06-01")]},
         {"followed_up": "sales touches", "overlap": "sales touches", "both": "target accounts"}),
        ({"activities": [touch(0, "a1", "call", "2024-06-01", "sales")]},
         {"followed_up": "marketing touches", "overlap": "marketing touches"}),
        ({"opportunities": [deal(0, "a1", "Demo", "2024-06-01", None, 100)]}, {"uninfluenced": "marketing touches"}),
        ({"contacts": [lead(0, "a1", mql_on="2024-06-01")]}, {"rejected": "status of hand-overs"}),
    ],
)  # fmt: skip
def test_what_is_not_loaded_is_named_and_is_not_0(opened, rows, lacking):
    """Marketing touches decide first, then those of sales."""
    snapshot = opened(**{**company_of(), **rows})
    answer = measure(snapshot, "team_alignment")
    found = by_measure(answer)
    assert {name: found[name]["missing"] for name in lacking} == lacking
    assert {found[name]["value"] for name in lacking} == {None}
    assert {found[name]["numerator"] for name in lacking} == {None}
    assert all(any(f"for want of {lack}" in warning for warning in answer.warnings) for lack in lacking.values())


def test_before_a_side_is_recorded_overlap_is_not_known(opened):
    snapshot = opened(**company_of(("a1", "form", "2024-01-10"), ("a1", "call", "2024-03-01", "sales")))
    february = measure(snapshot, "team_alignment", Scope(start=date(2024, 2, 1), end=date(2024, 2, 29)))
    assert by_measure(february)["overlap"]["missing"] == "sales touches so early"
    march = measure(snapshot, "team_alignment", Scope(start=date(2024, 3, 1), end=date(2024, 3, 31)))
    assert parts(march, "overlap") == (0, 1)


def test_sides_are_compared_each_in_its_way(opened):
    """Overlap by counts: 6 of 6 against 0 of 6 is clear. Uninfluenced amounts by the bootstrap: less is better."""
    accounts = [f"a{n}" for n in range(12)]
    snapshot = opened(**company_of(
        *((a, "form", "2024-05-01", "marketing") for a in accounts[:6]),
        *((a, "call", "2024-05-02", "sales") for a in accounts),
        accounts=accounts, targets=accounts[:6],
        opportunities=[deal(n, a, "Demo", "2024-05-10", None, 100 + n) for n, a in enumerate(accounts)],
    ))  # fmt: skip
    answer = measure(snapshot, "team_alignment", Scope(by="target"))
    found = {c.keys["measure"]: c for c in answer.comparison}
    assert (found["overlap"].verdict, found["overlap"].difference) == ("better", 1)
    assert (found["uninfluenced"].verdict, found["uninfluenced"].difference) == ("better", -1)
    assert found["uninfluenced"].sentence.endswith("target is better by 100 points (95 % interval 100 to 100 points).")


SALES_KINDS, SIDELESS = ("meeting", "call"), ("task", "note", "email_open")


def worked_by(row):
    if row["kind"] == "ad_impression":
        return None
    if row["side"]:
        return row["side"]
    return "sales" if row["kind"] in SALES_KINDS else None if row["kind"] in SIDELESS else "marketing"


def drawn_company(seed):
    """The rows of random_customers with targets, statuses and a survey, as they were loaded."""
    draw, base = random.Random(f"alignment {seed}"), random_customers(seed)
    accounts = [row | {"is_target": True if draw.random() < 0.4 else None} for row in base.accounts]
    contacts = [
        row | {"lead_status": draw.choice([None, "Unqualified", "Connected", "BAD TIMING"])} for row in base.contacts
    ]
    answers = [
        reply(n, draw.choice([1, 2, 3, 4, 5, None]), AS_OF - timedelta(days=draw.randrange(300)),
              draw.choice([None, "c1", "c2"]),
              draw.choice(["W1", "W2"])) for n in range(40)
    ]  # fmt: skip
    tables = {"accounts": accounts, "opportunities": base.opportunities, "activities": base.activities,
              "contacts": contacts, "survey_answers": answers}  # fmt: skip
    stages = {"Discovery": "open", "Proposal": "open", **{s: o for s, o in STAGES.items() if s != "Demo"}}
    return tables, open_snapshot(company(stages=stages, as_of=AS_OF.isoformat(), export_day="2024-09-30", **tables))


def is_midnight(at):
    return at == datetime.combine(at.date(), datetime.min.time())


def delay(at, touches):
    """(days, hours or None) from `at` to the first of sales' touches after it; None without one."""
    found = []
    for row in touches:
        then = row["occurred_at"]
        if then is None or worked_by(row) != "sales" or then.date() < at.date():
            continue
        dated = is_midnight(then) or is_midnight(at)
        if (then == at and row["direction"] == "in") or (then < at and not is_midnight(then)):
            continue
        hours = None if dated else (then - at).total_seconds() / 3600
        days = float((then.date() - at.date()).days) if dated else hours / 24
        found.append((then.date(), is_midnight(then), then, days, hours))
    return min(found)[3:] if found else None


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("days", [None, (date(2023, 10, 1), date(2024, 3, 31))])
def test_a_second_answer(seed, days):
    tables, snapshot = drawn_company(seed)
    start, end = days or (date.min, AS_OF)
    touches = [row for row in tables["activities"] if happened(row)]
    of_account = {
        a["account_id"]: [t for t in touches if t["account_id"] == a["account_id"]] for a in tables["accounts"]
    }
    answer = by_measure(measure(snapshot, "team_alignment", Scope(start=days and start, end=days and end)))

    def within(day):
        return days is None if day is None else start <= day <= min(end, AS_OF)

    sales_from = min(t["occurred_at"].date() for t in touches if worked_by(t) == "sales" and t["occurred_at"])
    judged, followed = 0, []
    for own in of_account.values():
        moments = [t["occurred_at"] for t in own if is_response(t) and t["occurred_at"]]
        if not moments or not within(min(moments).date()):
            continue
        at = min(moments)
        if (AS_OF - at.date()).days < 5 or (sales_from - at.date()).days > 5:
            continue
        judged += 1
        after = delay(at, own)
        if after is not None and after[0] <= 5:
            followed.append(after)
    row = answer["followed_up"]
    assert (row["numerator"], row["denominator"]) == (len(followed), judged)
    assert row["median_days"] == (pytest.approx(median(d for d, _ in followed)) if followed else None)
    timed = [hours for _, hours in followed if hours is not None]
    assert row["hours_n"] == len(timed)
    assert row["median_hours"] == (pytest.approx(median(timed)) if timed else None)

    sides = {a: {worked_by(t) for t in own if within(t["occurred_at"] and t["occurred_at"].date())} - {None}
             for a, own in of_account.items()}  # fmt: skip
    targets = {a["account_id"] for a in tables["accounts"] if a["is_target"]}
    both = {a for a, found in sides.items() if len(found) == 2}
    assert (answer["overlap"]["numerator"], answer["overlap"]["denominator"]) == (
        len(both),
        sum(map(bool, sides.values())),
    )
    assert (answer["both"]["numerator"], answer["both"]["denominator"]) == (len(both & targets), len(targets))

    last = min(end, AS_OF)
    amount = alone = 0
    for row in tables["opportunities"]:
        is_open = row["stage"] in ("Discovery", "Proposal")
        still = is_open or (row["closed_on"] and last < row["closed_on"] <= AS_OF)
        if row["opened_on"] is None or row["opened_on"] > last or not still or (row["amount"] in (None, 0) and is_open):
            continue
        if row["amount"] is None:
            continue
        amount += row["amount"]
        touched = any(
            is_response(t)
            and t["occurred_at"]
            and t["occurred_at"].date() <= last
            and (row["opened_on"] - t["occurred_at"].date()).days <= 90
            for t in of_account.get(row["account_id"], ())
        )
        alone += 0 if touched else row["amount"]
    assert answer["uninfluenced"]["amount"] == pytest.approx(amount)
    assert answer["uninfluenced"]["value"] == pytest.approx(alone / amount)

    handed = [c for c in tables["contacts"] if c["mql_on"] and within(c["mql_on"])
              and (c["lead_status"] or c["sql_on"] or c["is_converted"])]  # fmt: skip
    refused = [c for c in handed if c["lead_status"] in ("Unqualified", "BAD TIMING")]
    assert (answer["rejected"]["numerator"], answer["rejected"]["denominator"]) == (len(refused), len(handed))

    newest = {}
    for row in tables["survey_answers"]:
        if row["score"] is not None:
            said = (row["answered_on"], row["answer_id"], row)
            key = (row["contact_id"] or row["answer_id"], row["wave"])
            newest[key] = max(newest.get(key, said), said, key=lambda one: one[:2])
    kept = [(row["score"] - 1) / 4 for day, _, row in newest.values() if within(day)]
    assert answer["agreement"]["n"] == len(kept)
    assert answer["agreement"]["value"] == pytest.approx(sum(kept) / len(kept))
