"""Accounts in market: which signals count, for how long, what is said without any, what being in market changes."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from company import company

from metrics import Scope, explain, list_rows, measure, open_snapshot

AS_OF = date(2024, 6, 30)
STAGES = {"Open": "open", "Won": "won", "Lost": "lost"}


def signal(account, day, score=60, topic="payroll", vendor="V", **more):
    return {"account_id": account, "observed_on": str(day), "score": score, "topic": topic, "vendor": vendor, **more}


def company_of(*signals, accounts=5, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}", "owner": f"Seat {n}"} for n in range(1, accounts + 1)],
        "as_of": str(AS_OF), "intent": list(signals), **more,
    }  # fmt: skip


def value(snapshot, scope=None, **options):
    (row,) = measure(snapshot, "in_market_accounts", scope, options).rows()
    return row["value"]


def test_by_hand(opened):
    """
    account  signals                                    in market on 30 June, with the 30 days to it
    a1       60 on 30 June                              yes, and not on 23 June: new
    a2       59.9 on 30 June                            no: too weak
    a3       60 on 1 June, the first of the 30 days     yes
    a4       90 on 31 May                               no: a day too old (it was on 23 June)
    a5       9 of 10 on 20 June, after as-of on 1 July  yes
    """
    snapshot = opened(**company_of(
        signal("a1", "2024-06-30"), signal("a2", "2024-06-30", 59.9), signal("a3", "2024-06-01"),
        signal("a4", "2024-05-31", 90), signal("a5", "2024-06-20", 9, scale=10), signal("a5", "2024-07-01", 90),
        signal("nobody", "2024-06-30", 90, domain="nobody.example"),
    ))  # fmt: skip
    answer = measure(snapshot, "in_market_accounts")
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["share"], row["new_this_week"], row["proxy"]) == (3, 5, 0.6, 1, False)
    assert (row["low"], row["high"]) == (pytest.approx(0.2307244), pytest.approx(0.8823792))  # Wilson, 3 of 5
    assert dict(answer.excluded) == {"signal without an account": 1, "signal after as-of": 1}
    listed = list_rows(snapshot, "in_market_accounts")
    assert [(r.account_id, r.topics, r.is_new, r.owner) for r in listed.itertuples()] == [
        ("a1", 1, True, "Seat 1"), ("a3", 1, False, "Seat 3"), ("a5", 1, False, "Seat 5"),
    ]  # fmt: skip
    assert explain(snapshot, "in_market_accounts")["used"] == 3
    assert value(snapshot, intent_min=59.9) == 4
    assert value(snapshot, intent_days=31) == 4
    assert value(snapshot, intent_days=1) == 1


def test_topics_are_counted_within_one_vendor(opened):
    """
    account  topics of 60 and more within 30 days              with two topics
    a1       payroll of V, tax of V                            yes
    a2       payroll of V, tax of W                            no: two vendors
    a3       payroll of V twice, once spelt “Payroll”          no: one topic
    a4       payroll on 1 June, tax on 30 June                 yes
    a5       payroll on 31 May, tax on 30 June                 no: not both within 30 days
    """
    snapshot = opened(**company_of(
        signal("a1", "2024-06-30"), signal("a1", "2024-06-30", topic="tax"),
        signal("a2", "2024-06-30"), signal("a2", "2024-06-30", topic="tax", vendor="W"),
        signal("a3", "2024-06-30"), signal("a3", "2024-06-29", topic="Payroll"),
        signal("a4", "2024-06-01"), signal("a4", "2024-06-30", topic="tax"),
        signal("a5", "2024-05-31"), signal("a5", "2024-06-30", topic="tax"),
    ))  # fmt: skip
    assert value(snapshot) == 5
    assert value(snapshot, intent_topics=2) == 2
    assert set(list_rows(snapshot, "in_market_accounts", None, {"intent_topics": 2})["account_id"]) == {"a1", "a4"}
    assert value(snapshot, intent_topics=3) == 0


def test_signals_that_are_all_old_are_none_and_that_is_told(opened):
    snapshot = opened(**company_of(signal("a1", "2024-05-01", 90)))
    answer = measure(snapshot, "in_market_accounts")
    assert (answer.rows()[0]["value"], answer.rows()[0]["proxy"]) == (0, False)
    assert any("60 days older than the as-of day" in warning for warning in answer.warnings)


def test_researching_a_competitor(opened):
    """
    account  fit tier  topic, of 60 and more                    counted
    a1       A         “Rivalsoft pricing”, a deal's competitor  Rivalsoft
    a2       A         “Otherco”, marked a competitor            Otherco
    a3       C         “Otherco”, marked a competitor            no ideal customer: in the number, not in the list
    a4       A         “rivalsofter”: no word of its own         no
    a5       A         “Thirdco”, known by the option only       Thirdco
    """
    rows = company_of(
        signal("a1", "2024-06-30", 80, "Rivalsoft pricing"),
        signal("a2", "2024-06-30", 90, "Otherco", is_competitor=True),
        signal("a3", "2024-06-30", 90, "Otherco", is_competitor=True), signal("a4", "2024-06-30", 90, "rivalsofter"),
        signal("a5", "2024-06-30", 61, "Thirdco"),
        stages=STAGES,
        opportunities=[{"opportunity_id": "d", "account_id": "a1", "stage": "Open", "competitor": "Rivalsoft"}],
    )  # fmt: skip
    for account, tier in zip(rows["accounts"], "AACAA", strict=True):
        account["fit_tier"] = tier
    snapshot = opened(**rows)
    (row,) = measure(snapshot, "in_market_accounts").rows()
    assert (row["competitor_n"], row["of_icp"]) == (3, 1.0)
    by = Scope(by="competitor")
    answer = measure(snapshot, "in_market_accounts", by, {"competitors": "Nobody, Thirdco"})
    assert [(r["competitor"], r["value"]) for r in answer.rows()] == [("Otherco", 1), ("Rivalsoft", 1), ("Thirdco", 1)]
    assert set(answer.rows()[0]) == {"segment", "competitor", "value", "n"}
    assert "win_rate" not in row
    listed = list_rows(snapshot, "in_market_accounts", by)
    assert [(r.account_id, r.competitor, r.topic, r.owner) for r in listed.itertuples()] == [
        ("a1", "Rivalsoft", "Rivalsoft pricing", "Seat 1"), ("a2", "Otherco", "Otherco", "Seat 2"),
    ]  # fmt: skip


def test_without_intent_engagement_stands_for_it(opened):
    """
    Won deals opened on 1 March; points in the 30 days before: a1 30 (a webinar on 31 January, day 30), a2 10, a3 0
    (a webinar on the day of the opening is not before). Median 10.
    In the 30 days to 30 June: a1 9 pages (9), a2 a download (10), a4 a webinar on 1 June (30), a5 one on 31 May.
    """
    touched = [
        ("a1", "webinar", "2024-01-31"), ("a2", "content", "2024-02-20"), ("a3", "webinar", "2024-03-01"),
        *(("a1", "web_visit", f"2024-06-{n:02}") for n in range(10, 19)), ("a2", "content", "2024-06-10"),
        ("a4", "webinar", "2024-06-01"), ("a5", "webinar", "2024-05-31"),
    ]  # fmt: skip
    rows = company_of(
        stages=STAGES,
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": "Won", "opened_on": "2024-03-01",
             "closed_on": "2024-04-01"}
            for n in (1, 2, 3)
        ],
        activities=[
            {"activity_id": str(n), "account_id": a, "kind": k, "side": "marketing", "direction": "in",
             "occurred_at": d}
            for n, (a, k, d) in enumerate(touched)
        ],
    )  # fmt: skip
    answer = measure(opened(**rows), "in_market_accounts")
    (row,) = answer.rows()
    assert (row["value"], row["proxy"], row["competitor_n"]) == (2, True, None)
    assert any("a proxy" in warning for warning in answer.warnings)
    assert set(list_rows(opened(**rows), "in_market_accounts")["account_id"]) == {"a2", "a4"}
    east = Scope(filters=(("owner", ("Seat 4",)),))
    assert value(opened(**rows), east) == 1  # the median is that of all won accounts, whatever the filter
    sides = measure(opened(**rows), "in_market_accounts", Scope(by="in_market"))
    assert [(r["in_market"], r["value"], r["win_rate"]) for r in sides.rows()] == [("yes", 2, None), ("no", 3, None)]
    assert any("not known" in warning for warning in sides.warnings)


def test_without_intent_and_touches_it_is_undefined(opened):
    (row,) = measure(opened(**company_of()), "in_market_accounts").rows()
    assert (row["value"], row["share"], row["n"]) == (None, None, 5)


def sided():
    """
    Signals since 1 January. d1 and d2 opened within 30 days after one (d2 on the 30th day), d3 on its 31st, d4 on the
    day of the signal itself, d5 before any signal was observed at all.

    deal  account  signal      opened      outcome         in market before  amount
    d1    a1       1 February  2 February  won, 10 days    yes               100
    d2    a2       1 February  2 March     lost            yes               50
    d3    a3       1 February  3 March     won, 30 days    no                400
    d4    a4       1 March     1 March     open            no                1
    d5    a5       1 March     31 Dec.     won             left out
    """
    deals = [
        ("d1", "a1", "Won", "2024-02-02", "2024-02-12", 100), ("d2", "a2", "Lost", "2024-03-02", "2024-04-01", 50),
        ("d3", "a3", "Won", "2024-03-03", "2024-04-02", 400), ("d4", "a4", "Open", "2024-03-01", None, 1),
        ("d5", "a5", "Won", "2023-12-31", "2024-01-05", 7),
    ]  # fmt: skip
    return company_of(
        signal("a5", "2024-01-01"), *(signal(f"a{n}", "2024-02-01") for n in (1, 2, 3)),
        *(signal(f"a{n}", "2024-03-01") for n in (4, 5)),
        stages=STAGES,
        opportunities=[
            dict(zip(("opportunity_id", "account_id", "stage", "opened_on", "closed_on", "amount"), d, strict=True))
            | {"currency": "EUR"} for d in deals
        ],
        contacts=[
            {"contact_id": "c1", "account_id": "a1", "created_on": "2024-02-10", "sql_on": "2024-02-20"},
            {"contact_id": "c2", "account_id": "a2", "created_on": "2024-02-10"},
            {"contact_id": "c3", "account_id": "a3", "created_on": "2024-03-20"},
            {"contact_id": "c4", "account_id": "a3", "created_on": "2023-03-20", "sql_on": "2023-04-20"},
        ],
        activities=[
            {"activity_id": f"t{n}", "account_id": a, "kind": "webinar", "campaign": "Spring",
             "occurred_at": "2024-02-05"}
            for n, a in enumerate(("a1", "a1", "a2", "a3", None))
        ],
        spend=[{"spent_on": "2024-02-01", "campaign": "Spring", "amount": 1000, "currency": "EUR"}],
    )  # fmt: skip


def test_what_being_in_market_changes(opened):
    """
    Win rate 1 of 2 against 1 of 1; days 10 and 30; leads created in market c1, c2 (one SQL), otherwise c3 (none; c4
    came before any signal). The campaign cost 200 a touch: 600 on a1 and a2 with one
    customer, 200 on a3 (and a4) with one.
    """
    answer = measure(opened(**sided()), "in_market_accounts", Scope(by="in_market"))
    names = ("in_market", "deals", "win_rate", "median_days", "amount", "sql_rate", "cost_per_customer")
    assert [tuple(r[name] for name in names) for r in answer.rows()] == [
        ("yes", 2, 0.5, 10, 150, 0.5, 600), ("no", 2, 1.0, 30, 401, 0.0, 200),
    ]  # fmt: skip
    assert dict(answer.excluded)["deal opened before the first signal"] == 1


def many_sided():
    """Six accounts (a1–a6) in market before deals all won in 10 days and leads all SQL; ten (a7–a16) not in market:
    five deals won in 30 days, five lost, no lead of theirs SQL. A touch each bears 100."""
    first, before = date(2024, 3, 1), range(1, 7)
    deals = [
        {"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": "Won" if n < 12 else "Lost",
         "opened_on": str(first), "closed_on": str(first + timedelta(days=10 if n in before else 30)), "amount": n,
         "currency": "EUR"}
        for n in range(1, 17)
    ]  # fmt: skip
    return company_of(
        *(signal(f"a{n}", "2024-02-20") for n in before), signal("a16", "2024-01-01", score=1),
        stages=STAGES, accounts=16, opportunities=deals,
        contacts=[
            {"contact_id": f"c{n}", "account_id": f"a{n}", "created_on": str(first + timedelta(days=n)),
             "sql_on": "2024-04-20" if n in before else None}
            for n in range(1, 17)
        ],
        activities=[
            {"activity_id": f"t{n}", "account_id": f"a{n}", "kind": "webinar", "campaign": "Spring",
             "occurred_at": "2024-02-05"}
            for n in range(1, 17)
        ],
        spend=[{"spent_on": "2024-02-01", "campaign": "Spring", "amount": 1600, "currency": "EUR"}],
    )  # fmt: skip


def wilson_by_hand(k, n):
    z = 1.959963984540054
    middle, half = k + z * z / 2, z * (k * (n - k) / n + z * z / 4) ** 0.5
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def newcombe_by_hand(k1, n1, k2, n2):
    (l1, u1), (l2, u2), p1, p2 = wilson_by_hand(k1, n1), wilson_by_hand(k2, n2), k1 / n1, k2 / n2
    return (p1 - p2 - ((p1 - l1) ** 2 + (u2 - p2) ** 2) ** 0.5, p1 - p2 + ((u1 - p1) ** 2 + (p2 - l2) ** 2) ** 0.5)


def test_how_sure_the_differences_are(opened):
    """Win rate 6 of 6 against 5 of 10, leads 6 of 6 against none of 10; days 10 against 30 in every draw; cost per
    customer 100 against 1,000 ÷ 5 = 200."""
    snapshot = opened(**many_sided())
    yes, no = measure(snapshot, "in_market_accounts", Scope(by="in_market")).rows()
    assert (yes["win_rate"], no["win_rate"], yes["sql_rate"], no["sql_rate"]) == (1.0, 0.5, 1.0, 0.0)
    assert (yes["win_rate_apart_low"], yes["win_rate_apart_high"]) == pytest.approx(newcombe_by_hand(6, 6, 5, 10))
    assert (yes["sql_rate_apart_low"], yes["sql_rate_apart_high"]) == pytest.approx(newcombe_by_hand(6, 6, 0, 10))
    assert (yes["median_days_apart_low"], yes["median_days_apart_high"]) == (-20, -20)
    assert (yes["cost_per_customer"], no["cost_per_customer"]) == (100, 200)
    assert yes["cost_per_customer_apart_low"] < -100 < yes["cost_per_customer_apart_high"] <= 0
    assert no["win_rate_apart_low"] is None


def test_too_few_on_a_side_have_no_interval(opened):
    yes, _ = measure(opened(**sided()), "in_market_accounts", Scope(by="in_market")).rows()
    assert all(value is None for name, value in yes.items() if "_apart_" in name)


def random_signals(seed):
    draw = random.Random(seed)
    signals = [
        signal(
            f"a{draw.randrange(40)}", AS_OF - timedelta(days=draw.randrange(-3, 120)),
            draw.choice([20, 59, 60, 75, 99]),
            draw.choice(["tax", "payroll", "Rivalsoft", "cloud", "crm"]), draw.choice(["V", "W"]),
            is_competitor=False,
        )
        for _ in range(600)
    ]  # fmt: skip
    deals = [
        {"opportunity_id": f"d{n}", "account_id": f"a{draw.randrange(40)}",
         "stage": draw.choice(["Won", "Lost", "Open"]),
         "opened_on": str(opened := AS_OF - timedelta(days=draw.randrange(0, 150))),
         "closed_on": str(opened + timedelta(days=draw.randrange(0, 60))), "amount": n, "currency": "EUR"}
        for n in range(80)
    ]  # fmt: skip
    return signals, deals


def in_market_on(signals, day, topics, least, days):
    """The accounts in market on `day`, by a set for each account and vendor."""
    found = defaultdict(set)
    for s in signals:
        age = (day - date.fromisoformat(s["observed_on"])).days
        if s["score"] >= least and 0 <= age < days and date.fromisoformat(s["observed_on"]) <= AS_OF:
            found[s["account_id"], s["vendor"]].add(s["topic"])
    return {account for (account, _), seen in found.items() if len(seen) >= topics}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("topics", "least", "days"), [(1, 60, 30), (2, 60, 30), (3, 59, 45), (1, 75, 7)])
def test_a_second_answer(seed, topics, least, days):
    signals, deals = random_signals(seed)
    snapshot = open_snapshot(company(**company_of(*signals, accounts=40, stages=STAGES, opportunities=deals)))
    options = {"intent_topics": topics, "intent_min": least, "intent_days": days}
    known = {f"a{n}" for n in range(1, 41)}
    now, week_ago = (
        in_market_on(signals, day, topics, least, days) & known for day in (AS_OF, AS_OF - timedelta(days=7))
    )
    (row,) = measure(snapshot, "in_market_accounts", None, options).rows()
    assert (row["value"], row["new_this_week"]) == (len(now), len(now - week_ago))
    first = min(date.fromisoformat(s["observed_on"]) for s in signals)
    sides = defaultdict(list)
    for deal in deals:
        opened = date.fromisoformat(deal["opened_on"])
        if deal["account_id"] in known and opened > first:
            before = in_market_on(signals, opened - timedelta(days=1), topics, least, days)
            sides["yes" if deal["account_id"] in before else "no"].append(deal)
    for row in measure(snapshot, "in_market_accounts", Scope(by="in_market"), options).rows():
        own = sides[row["in_market"]]
        closed = [d for d in own if d["stage"] != "Open"]
        won = [d for d in closed if d["stage"] == "Won"]
        assert row["deals"] == (len(own) or None)
        assert row["win_rate"] == (pytest.approx(len(won) / len(closed)) if closed else None)
        assert row["amount"] == (sum(d["amount"] for d in own if d["amount"] or d["stage"] != "Open") if own else None)
    snapshot.close()


def test_new_this_week_is_not_known_where_the_signals_begin_later(opened):
    """A week before 30 June is 23 June: with signals since 24 June nobody knows who was in market then."""
    late = [signal("a1", "2024-06-30"), signal("a2", "2024-06-24")]
    snapshot = opened(**company_of(*late))
    (row,) = measure(snapshot, "in_market_accounts").rows()
    assert (row["value"], row["new_this_week"]) == (2, None)
    assert list_rows(snapshot, "in_market_accounts")["is_new"].isna().all()
    (row,) = measure(opened(**company_of(*late, signal("a3", "2024-06-23"))), "in_market_accounts").rows()
    assert (row["value"], row["new_this_week"]) == (3, 2)


def test_a_competitor_named_by_the_option_is_words_of_a_topic(opened):
    snapshot = opened(**company_of(
        signal("a1", "2024-06-30", topic="Rivalsoft pricing"), signal("a2", "2024-06-30", topic="rivalsofter"),
        signal("a3", "2024-06-30", topic="moving from Other Co"), signal("a4", "2024-06-30", topic="payroll"),
    ))  # fmt: skip
    by = Scope(by="competitor")
    found = measure(snapshot, "in_market_accounts", by, {"competitors": "Rivalsoft,  other co"}).rows()
    assert [(row["competitor"], row["value"]) for row in found] == [("Rivalsoft", 1), ("other co", 1)]
    assert measure(snapshot, "in_market_accounts", by).rows() == []


def test_amounts_are_held_against_each_other_by_the_deal(opened):
    """Eight deals of a1, in market before, of 100 to 800; six of a2 of 1,000: 450 and 1,000 a deal."""
    deals = [
        {"opportunity_id": f"{account}-{n}", "account_id": account, "stage": "Open", "opened_on": "2024-06-15",
         "amount": amount, "currency": "EUR"}
        for account, amounts in (("a1", range(100, 900, 100)), ("a2", [1000] * 6)) for n, amount in enumerate(amounts)
    ]  # fmt: skip
    snapshot = opened(**company_of(signal("a1", "2024-06-10"), opportunities=deals, stages=STAGES))
    yes, no = measure(snapshot, "in_market_accounts", Scope(by="in_market")).rows()
    assert [(row["in_market"], row["amount"], row["amount_per_deal"]) for row in (yes, no)] == [
        ("yes", 3600, 450), ("no", 6000, 1000),
    ]  # fmt: skip
    assert (yes["amount_per_deal_apart_low"], yes["amount_per_deal_apart_high"]) == (-550, -550)  # one account a side
