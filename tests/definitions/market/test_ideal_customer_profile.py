"""The ideal customer profile: who is a good account, what is known by which day, and how well the fit sorts later ones."""

# ruff: noqa: E501 - the rows are tables

import math
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from statistics import median

import pytest
from company import company
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics import Scope, list_rows, measure, open_snapshot
from metrics.periods import add_months

STAGES = {"Open": "open", "Won": "won", "Lost": "lost", "Dropped": "no_decision"}
AS_OF = date(2024, 6, 30)


def deal(number, account, stage, opened, closed=None, amount=100):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": stage, "opened_on": opened,
        "closed_on": closed, "amount": amount, "currency": "EUR",
    }  # fmt: skip


def company_of(accounts, deals=(), **more):
    return {"stages": STAGES, "as_of": str(AS_OF), "accounts": list(accounts), "opportunities": list(deals), **more}


def profile(snapshot, scope=None, **options):
    answer = measure(snapshot, "ideal_customer_profile", scope, options)
    return answer, {(r["attribute"], r["attribute_value"]): r for r in answer.rows()}


def by_hand():
    """
    industry  account  what became of it                                     good (value)  good (won)
    Rail      r1       won 900                                               yes           yes
    Rail      r2       won 500                                               yes           yes
    Rail      r3-r10   lost                                                  no            no
    Air       s1       won 100, and lost another                             neither       yes
    Air       s2       created on 30 June 2023, no deal: a year is over      no            no
    Air       s3       created on 1 July 2023, no deal: the year is not over not known     not known
    Air       s4       open deal                                             not known     not known
    Air       s5       no decision only                                      not known     not known
    Air       s6       no creation date, no deal                             not known     not known
    Air       s7-s16   created in 2020, first deal a year and a day later, open  no        no
    The customers' median value is 500.
    """
    accounts = [
        {"account_id": f"r{n}", "name": f"R{n}", "industry": "Rail", "created_on": "2023-01-01"} for n in range(1, 11)
    ]
    deals = [
        deal(1, "r1", "Won", "2023-02-01", "2023-03-01", 900),
        deal(2, "r2", "Won", "2023-02-01", "2023-03-02", 500),
    ]
    deals += [deal(n, f"r{n}", "Lost", "2023-02-01", f"2023-04-{n:02}") for n in range(3, 11)]
    created = {1: "2023-01-01", 2: "2023-06-30", 3: "2023-07-01", 4: "2023-08-01", 5: "2023-08-01", 6: None}
    accounts += [
        {"account_id": f"s{n}", "name": f"S{n}", "industry": "Air", "created_on": created.get(n, "2020-01-01")}
        for n in range(1, 17)
    ]
    deals += [
        deal(21, "s1", "Won", "2023-02-01", "2023-05-01", 100), deal(22, "s1", "Lost", "2023-02-01", "2023-02-02"),
        deal(23, "s4", "Open", "2023-09-01"), deal(24, "s5", "Dropped", "2023-09-01", "2023-10-01"),
    ] + [deal(30 + n, f"s{n}", "Open", "2021-01-02") for n in range(7, 17)]  # fmt: skip
    return company_of(accounts, deals)


def test_without_any_known_value_nobody_can_be_good_by_value(opened):
    """The same company without an amount: by value the won rate is not 0 but not known, by any win it is."""
    rows = by_hand()
    rows["opportunities"] = [one | {"amount": None} for one in rows["opportunities"]]
    snapshot = opened(**rows)
    for scope in (None, Scope(by="target")):
        answer, found = profile(snapshot, scope, icp_goal="value")
        air = found["industry", "Air"]
        unknown = ("value", "won_rate", "overall", "numerator", "low", "high")
        assert [air[name] for name in unknown] == [None] * len(unknown)
        assert (air["n"], air["customers"]) == (11, 1)
        assert dict(answer.excluded) == {"customer without a known value": 3, "no outcome yet": 4}
        assert any(said.startswith("3 customers, but none with a known lifetime value") for said in answer.warnings)
    answer, found = profile(snapshot, icp_goal="won")
    assert (found["industry", "Rail"]["won_rate"], found["industry", "Air"]["numerator"]) == (0.2, 1)
    assert not any("lifetime value" in said for said in answer.warnings)


def test_without_any_customer_the_won_rate_is_0(opened):
    rows = by_hand()
    rows["opportunities"] = [one for one in rows["opportunities"] if one["stage"] != "Won"]
    _, found = profile(opened(**rows), icp_goal="value")
    assert (found["industry", "Air"]["won_rate"], found["industry", "Air"]["numerator"]) == (0, 0)


def test_who_is_good_by_hand(opened):
    snapshot = opened(**by_hand())
    answer, rows = profile(snapshot)
    rail, air = rows["industry", "Rail"], rows["industry", "Air"]
    assert (rail["numerator"], rail["n"], rail["customers"], rail["average_value"]) == (2, 10, 2, 700)
    assert (air["numerator"], air["n"], air["customers"], air["average_value"]) == (0, 11, 1, 100)
    assert (rail["won_rate"], rail["overall"], rail["value"]) == (0.2, pytest.approx(2 / 21), pytest.approx(2.1))
    assert dict(answer.excluded) == {"customer of less value": 1, "no outcome yet": 4}
    assert rail["log_odds"] is None
    assert rail["auc"] is None
    assert any("Too few good accounts" in said for said in answer.warnings)
    _, rows = profile(snapshot, icp_goal="won")
    assert (rows["industry", "Air"]["numerator"], rows["industry", "Air"]["n"]) == (1, 12)
    assert rows["industry", "Rail"]["value"] == pytest.approx(0.2 / (3 / 22))
    listed = list_rows(snapshot, "ideal_customer_profile", where={"attribute": "industry", "attribute_value": "Air"})
    assert len(listed) == 11
    assert set(listed["is_positive"]) == {False}


def test_few_accounts_of_a_value_are_pooled_and_a_missing_one_is_unknown(opened):
    """Industries of 12 Rail, 9 Air, 4 Sea, 10 without: Air and Sea are (other)."""
    names = ["Rail"] * 12 + ["Air"] * 9 + ["Sea"] * 4 + [None] * 10
    accounts = [{"account_id": f"a{n}", "name": f"A{n}", "industry": name} for n, name in enumerate(names)]
    deals = [deal(n, f"a{n}", "Won" if n % 2 else "Lost", "2023-01-01", "2023-02-01") for n in range(35)]
    _, rows = profile(opened(**company_of(accounts, deals)))
    assert {key: row["n"] for key, row in rows.items()} == {
        ("industry", "Rail"): 12, ("industry", "(other)"): 13, ("industry", "unknown"): 10,
    }  # fmt: skip


def test_behaviour_is_that_of_the_year_before_the_first_deal(opened):
    """
    Each of ten lost on a deal of 1 June 2023. Visits count from 1 June 2022 to 31 May 2023: none of those of the day
    itself, of later, of the year before, sent by us or planned.
    """
    accounts = [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(10)]
    days = ["2023-06-01", "2023-06-15", "2022-05-31"]
    touches = [("form", day, True, "in") for day in days] + [
        ("email_sent", "2023-01-01", True, "out"),
        ("webinar", "2023-01-01", False, "in"),
    ]
    counted = [("form", "2022-06-01", True, "in"), ("form", "2023-05-31", True, "in")]
    rows = company_of(
        accounts, [deal(n, f"a{n}", "Lost", "2023-06-01", "2023-07-01") for n in range(10)],
        activities=[
            {"activity_id": f"{n}.{i}", "account_id": f"a{n}", "kind": kind, "occurred_at": at, "is_done": done, "direction": way, "side": "marketing"}
            for n in range(10) for i, (kind, at, done, way) in enumerate(touches)
        ],
    )  # fmt: skip
    _, found = profile(opened(**rows))
    assert [key for key in found if key[0] == "touches"] == [("touches", "0")]
    rows["activities"] += [
        {"activity_id": f"{n}.{i}+", "account_id": f"a{n}", "kind": kind, "occurred_at": at, "is_done": done, "direction": way, "side": "marketing"}
        for n in range(10) for i, (kind, at, done, way) in enumerate(counted)
    ]  # fmt: skip
    _, found = profile(opened(**rows))
    assert [key for key in found if key[0] == "touches"] == [("touches", "1–2")]


def test_topics_of_strong_signals_before_the_first_deal(opened):
    rows = company_of(
        [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(20)],
        [deal(n, f"a{n}", "Lost", "2023-06-01", "2023-07-01") for n in range(20)],
        intent=[
            {"account_id": f"a{n}", "topic": topic, "vendor": "V", "score": score, "observed_on": day} for n in range(10)
            for topic, score, day in [("x", 60, "2023-05-31"), ("X", 90, "2023-04-01"), ("y", 59, "2023-05-31"), ("z", 90, "2023-06-01")]
        ],
    )  # fmt: skip
    _, found = profile(opened(**rows))
    assert {key[1]: row["n"] for key, row in found.items() if key[0] == "intent_topics"} == {"0": 10, "1–2": 10}


def random_company(seed, accounts=420):
    """Accounts whose industry and headquarters move their chances, with the trouble of real exports."""
    draw = random.Random(seed)
    rows, deals, touches = [], [], []
    for n in range(accounts):
        created = date(2020, 1, 1) + timedelta(days=draw.randrange(1500))
        industry, seat = draw.choice(["Rail", "Rail", "Air", "Sea", "Rare", None]), draw.choice(["Hill", "Coast", None])
        if industry == "Rare" and draw.random() < 0.9:
            industry = None
        rows.append({
            "account_id": f"a{n}", "name": f"A{n}", "industry": industry, "Seat": seat, "employees": draw.choice([5, 500, None]),
            "created_on": str(created) if draw.random() < 0.95 else None, "fit_score": draw.choice([None, 20, 50, 90]),
            "technology": draw.choice([None, "X", "X;Y", "Y; Z"]),
        })  # fmt: skip
        chance = 0.25 + 0.3 * (industry == "Rail") + 0.2 * (seat == "Coast")
        for i in range(draw.choice([0, 1, 1, 1, 2])):
            opened = created + timedelta(days=draw.randrange(500))
            stage = (
                draw.choice(["Open", "Dropped"])
                if draw.random() < 0.15
                else "Won"
                if draw.random() < chance
                else "Lost"
            )
            closed = opened + timedelta(days=draw.randrange(200))
            if opened <= AS_OF:
                stage = "Open" if closed > AS_OF else stage
                deals.append(deal(f"{n}.{i}", f"a{n}", stage, str(opened), str(closed), draw.choice([100, 300, 900])))
        for i in range(draw.choice([0, 0, 1, 4, 12])):
            at = created + timedelta(days=draw.randrange(700))
            touches.append(
                {
                    "activity_id": f"{n}.{i}",
                    "account_id": f"a{n}",
                    "kind": "form",
                    "side": "marketing",
                    "occurred_at": str(at),
                }
            )
    return rows, deals, touches


def outcomes(rows, deals, goal, day):
    """account → (good or not, the day of its outcome), of what is known on `day`; and every customer's value."""
    found, values = {}, {}
    for row in rows:
        own = [d for d in deals if d["account_id"] == row["account_id"]]
        closed = [d for d in own if d["stage"] in ("Won", "Lost") and date.fromisoformat(d["closed_on"]) <= day]
        won = [d for d in closed if d["stage"] == "Won"]
        if won:
            values[row["account_id"]] = sum(d["amount"] for d in won)
            found[row["account_id"]] = (None, min(date.fromisoformat(d["closed_on"]) for d in won))
            continue
        ends = [date.fromisoformat(d["closed_on"]) for d in closed]
        if row["created_on"]:
            idle = add_months(date.fromisoformat(row["created_on"]), 12)
            first = min((date.fromisoformat(d["opened_on"]) for d in own), default=None)
            if idle <= day and (first is None or first > idle):
                ends.append(idle)
        if ends:
            found[row["account_id"]] = (False, min(ends))
    middle = median(values.values()) if values else 0
    for account, value in values.items():
        found[account] = (True if goal == "won" or value >= middle else None, found[account][1])
    return found, values


def traits(row, deals, touches, before):
    first = min(
        (date.fromisoformat(d["opened_on"]) for d in deals if d["account_id"] == row["account_id"]), default=None
    )
    before = min(d for d in (first, before) if d)
    n = sum(
        add_months(before, -12) <= date.fromisoformat(t["occurred_at"]) < before for t in touches
        if t["account_id"] == row["account_id"] and date.fromisoformat(t["occurred_at"]) <= AS_OF
    )  # fmt: skip
    size = {5: "1–50", 500: "201–1000", None: "unknown"}[row["employees"]]
    return {
        "industry": [row["industry"] or "unknown"], "Seat": [row["Seat"] or "unknown"], "size": [size],
        "technology": [t.strip() for t in row["technology"].split(";")] if row["technology"] else ["unknown"],
        "touches": ["0" if n == 0 else "1–2" if n <= 2 else "3–9" if n <= 9 else "10+"],
    }  # fmt: skip


class Fit:
    """The second answer: the same rules, account by account."""

    def __init__(self, rows, deals, touches, goal):
        self.by_id = {row["account_id"]: row for row in rows}
        self.deals, self.touches = defaultdict(list), defaultdict(list)
        for own, given in ((self.deals, deals), (self.touches, touches)):
            for row in given:
                own[row["account_id"]].append(row)
        self.final, self.values = outcomes(rows, deals, goal, AS_OF)
        days = sorted(day for good, day in self.final.values() if good is not None)
        self.day = days[math.ceil(0.7 * len(days) - 1e-9) - 1]
        then, _ = outcomes(rows, deals, goal, self.day)
        self.train = {a: (good, day) for a, (good, day) in then.items() if good is not None}
        self.test = {
            a: (good, day) for a, (good, day) in self.final.items()
            if good is not None and day > self.day and a not in self.train
        }  # fmt: skip
        self.counts = defaultdict(lambda: [0, 0])
        seen = Counter()
        for account, (_, day) in self.train.items():
            seen.update((attribute, value) for attribute, value in self.pairs(account, day))
        self.kept = {pair for pair, n in seen.items() if n >= 10}
        for account, (good, day) in self.train.items():
            for pair in {self.bucket(pair) for pair in self.pairs(account, day)}:
                self.counts[pair][0 if good else 1] += 1
        self.good = sum(good for good, _ in self.train.values())
        self.bad = len(self.train) - self.good

    def pairs(self, account, day):
        return [
            (a, v)
            for a, values in traits(self.by_id[account], self.deals[account], self.touches[account], day).items()
            for v in values
        ]

    def bucket(self, pair):
        return pair if pair in self.kept else (pair[0], "(other)")

    def log_odds(self, pair):
        if pair not in self.counts:
            return 0.0
        good, bad = self.counts[pair]
        return math.log((good + 0.5) / (bad + 0.5)) - math.log((self.good + 0.5) / (self.bad + 0.5))

    def total(self, account, day):
        shares = traits(self.by_id[account], self.deals[account], self.touches[account], day)
        return round(
            sum(sum(self.log_odds(self.bucket((a, v))) for v in values) / len(values) for a, values in shares.items()),
            9,
        )


@cache
def drawn(seed):
    rows, deals, touches = random_company(seed)
    return rows, deals, touches, open_snapshot(company(**company_of(rows, deals, activities=touches)))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("goal", ["won", "value"])
def test_a_second_answer(seed, goal):
    rows, deals, touches, snapshot = drawn(seed)
    fit = Fit(rows, deals, touches, goal)
    answer, found = profile(snapshot, icp_goal=goal)
    some = answer.rows()[0]
    assert some["fitted_on"] == str(fit.day)
    assert some["positives"] == fit.good >= 30
    scores = {a: fit.total(a, day) for a, (_, day) in fit.test.items()}
    good, bad = ([scores[a] for a, (g, _) in fit.test.items() if g is side] for side in (True, False))
    assert some["auc_n"] == len(scores)
    assert some["auc"] == pytest.approx(stats.mannwhitneyu(good, bad).statistic / (len(good) * len(bad)))
    uploaded = [
        [fit.by_id[a]["fit_score"] for a, (g, _) in fit.test.items() if g is side and fit.by_id[a]["fit_score"]]
        for side in (True, False)
    ]
    assert some["uploaded_auc"] == pytest.approx(
        stats.mannwhitneyu(*uploaded).statistic / (len(uploaded[0]) * len(uploaded[1]))
    )
    check_lift(fit, found)
    check_grades(fit, snapshot, goal)


def check_lift(fit, found):
    known = {a: (good, day) for a, (good, day) in fit.final.items() if good is not None}
    overall = sum(good for good, _ in known.values()) / len(known)
    groups, seen = defaultdict(set), Counter()
    for account, (_, day) in known.items():
        seen.update(fit.pairs(account, day))
    for account, (_, day) in known.items():
        for pair in fit.pairs(account, day):
            groups[pair if seen[pair] >= 10 else (pair[0], "(other)")].add(account)
    assert set(found) == set(groups)
    for pair, accounts in groups.items():
        row, good = found[pair], sum(known[a][0] for a in accounts)
        assert (row["n"], row["numerator"]) == (len(accounts), good)
        assert row["value"] == pytest.approx(good / len(accounts) / overall)
        low, high = proportion_confint(good, len(accounts), method="wilson")
        assert (row["low"], row["high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
        assert row["log_odds"] == (pytest.approx(fit.log_odds(pair)) if pair in fit.counts else None)


def check_grades(fit, snapshot, goal):
    tomorrow = AS_OF + timedelta(days=1)
    totals = {account: fit.total(account, tomorrow) for account in fit.by_id}
    everything = list(totals.values())
    scores = {a: stats.percentileofscore(everything, total, kind="mean") for a, total in totals.items()}
    graded = list_rows(snapshot, "icp_accounts", None, {"icp_goal": goal}, part="judged").set_index("account_id")
    assert len(graded) == len(scores)
    for account, score in scores.items():
        assert graded.loc[account, "score"] == pytest.approx(score)
        assert graded.loc[account, "grade"] == (
            "A" if score >= 80 else "B" if score >= 60 else "C" if score >= 40 else "D"
        )
    (row,) = measure(snapshot, "icp_accounts", None, {"icp_goal": goal}).rows()
    assert row["value"] == sum(score >= 60 for score in scores.values())
    assert row["share"] == pytest.approx(row["value"] / len(scores))


def test_scores_are_the_companys_whatever_the_filter():
    *_, snapshot = drawn(1)
    options = {"icp_goal": "won"}
    whole = list_rows(snapshot, "icp_accounts", None, options, part="judged").set_index("account_id")["score"]
    coast = Scope(filters=(("Seat", ("Coast",)),))
    part = list_rows(snapshot, "icp_accounts", coast, options, part="judged").set_index("account_id")["score"]
    assert len(part) < len(whole)
    assert part.to_dict() == whole[part.index].to_dict()
    segments = measure(snapshot, "icp_accounts", Scope(by="Seat"), options).rows()
    assert sum(r["value"] for r in segments) == measure(snapshot, "icp_accounts", None, options).rows()[0]["value"]


def test_the_share_of_a_rank_has_no_interval_of_all_accounts_only():
    """A and B are the upper 40 % of all accounts, whatever the company: no other share could have come out."""
    *_, snapshot = drawn(1)
    options = {"icp_goal": "won"}
    (whole,) = measure(snapshot, "icp_accounts", None, options).rows()
    assert whole["share"] is not None
    assert (whole["low"], whole["high"]) == (None, None)
    parts = measure(snapshot, "icp_accounts", Scope(by="Seat"), options).rows()
    assert all(0 <= row["low"] <= row["share"] <= row["high"] <= 1 for row in parts)


def test_uploaded_fit(opened):
    """Score 60 or tier A, B…: a1 by score, a2 by tier, a3 by neither, a4 has none. The market has 8 companies, all of the
    rail industry, and a2 is not of them."""
    snapshot = opened(**company_of(
        [{"account_id": "a1", "name": "A1", "fit_score": 60, "industry": "Rail"},
         {"account_id": "a2", "name": "A2", "fit_tier": "tier 1", "fit_score": 1},
         {"account_id": "a3", "name": "A3", "fit_tier": "C", "fit_score": 59.9}, {"account_id": "a4", "name": "A4"}],
        market=[{"segment": "All", "industry": "Rail", "companies": 8}],
    ))  # fmt: skip
    answer = measure(snapshot, "icp_accounts")
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["share"], row["share_of_market"]) == (2, 4, 0.5, 0.125)
    assert (row["low"], row["high"]) == (pytest.approx(0.1500390), pytest.approx(0.8499610))  # Wilson, 2 of 4
    assert dict(answer.excluded) == {"no fit known": 1}
    assert measure(snapshot, "icp_accounts", None, {"icp_score_min": 59, "icp_tiers": "C"}).rows()[0]["value"] == 2
    assert measure(snapshot, "icp_accounts", None, {"icp_source": "fit"}).rows()[0]["value"] is None


def test_without_accounts(opened):
    answer = measure(opened(**company_of([])), "ideal_customer_profile")
    assert answer.rows() == []
    (row,) = measure(opened(**company_of([])), "icp_accounts").rows()
    assert (row["value"], row["n"]) == (None, 0)
