"""What customers cost, brought and returned, a second time in plain Python, day by day, from drawn companies."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from statistics import median

import pytest
from company import company
from random_customers import AS_OF, FIRST, STAGES, happened, is_response, outcome, random_customers

from metrics import Scope, measure, open_snapshot

DAY = timedelta(days=1)
RATES = (("USD", date(2023, 6, 1), 0.9), ("USD", date(2024, 1, 1), 1.1))
HALF = (date(2023, 10, 10), date(2024, 3, 20))
SOURCES = [(seed, revenue) for seed in range(3) for revenue in ("won amounts", "invoices", "contracts", "both")]


@cache
def drawn(seed, revenue):
    """The rows of a company with spend, campaigns and target accounts, and its snapshot."""
    draw, base = random.Random(100 + seed), random_customers(seed, revenue)
    rows = {
        "accounts": [{**a, "is_target": draw.random() < 0.4} for a in base.accounts],
        "opportunities": list(base.opportunities), "invoices": list(base.invoices), "contracts": list(base.contracts),
        "activities": [{**t, "campaign": draw.choice(["Spring", "Fair", None])} for t in base.activities],
        "spend": [spend(draw) for _ in range(60)],
        "exchange_rates": [{"currency": c, "valid_on": d, "rate": r} for c, d, r in RATES],
    }  # fmt: skip
    path = company(
        stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", settings={"currency": "EUR"}, **rows
    )
    return rows, open_snapshot(path)


def spend(draw):
    first = FIRST + timedelta(days=draw.randrange(500))
    return {
        "spent_on": first, "spent_until": draw.choice([None, first + timedelta(days=draw.randrange(-2, 70))]),
        "amount": draw.choice([0, 10, 333.3, 1200, None]), "currency": draw.choice(["EUR", "EUR", "USD", "GBP"]),
        "program": draw.choice(["abm", "other", "shared", None]), "campaign": draw.choice(["Spring", "Fair", None]),
        "uses_intent": None, "channel": draw.choice(["Web", "Email", "Fees"]),
    }  # fmt: skip


def cost_by_day(row):
    """{day: part of the cost}, nothing for a cost that cannot be used."""
    first, last = row["spent_on"], row["spent_until"] or row["spent_on"]
    known = [rate for currency, since, rate in RATES if currency == row["currency"] and since <= first]
    rate = 1.0 if row["currency"] == "EUR" else known[-1] if known else None
    if row["amount"] is None or rate is None or last < first:
        return {}
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return dict.fromkeys(days, row["amount"] * rate / len(days))


def cost(rows, first, last, **wanted):
    """The costs of the days, of the rows that have all of `wanted`; None where no cost has a day there."""
    parts = [
        part for row in rows["spend"] if all(row[name] in values for name, values in wanted.items())
        for day, part in cost_by_day(row).items() if first <= day <= last
    ]  # fmt: skip
    return sum(parts) if parts else None


def wins(rows):
    return [o for o in rows["opportunities"] if outcome(o) == "won" and o["account_id"]]


def kept(contract):
    """Whether the contract ever began."""
    started, ended = contract["started_on"], contract["ended_on"]
    return contract["account_id"] and started and started <= AS_OF and (ended is None or ended > started)


def revenue_days(rows):
    """{account: days of revenue or of a contract's beginning}, by the rule for who is a customer."""
    days = defaultdict(list)
    for row in rows["invoices"]:
        if row["account_id"] and row["invoiced_on"] <= AS_OF:
            days[row["account_id"]].append(row["invoiced_on"])
    for row in filter(kept, rows["contracts"]):
        days[row["account_id"]].append(row["started_on"])
    if not rows["invoices"] and not rows["contracts"]:
        for row in wins(rows):
            if row["closed_on"] and row["closed_on"] <= AS_OF:
                days[row["account_id"]].append(row["closed_on"])
    return days


def firsts(rows):
    """{account: first win or revenue}; None where the day is not known or not yet there."""
    found = {row["account_id"]: None for row in wins(rows)}
    for account, days in revenue_days(rows).items():
        found[account] = min(days)
    for row in wins(rows):
        if row["closed_on"] and row["closed_on"] <= AS_OF:
            known = found[row["account_id"]]
            found[row["account_id"]] = min(known or row["closed_on"], row["closed_on"])
    return found


def lag(rows):
    days = [
        (o["closed_on"] - o["opened_on"]).days for o in rows["opportunities"]
        if outcome(o) == "won" and o["opened_on"] and o["closed_on"] and o["opened_on"] <= o["closed_on"] <= AS_OF
    ]  # fmt: skip
    return int(median(days) + 0.5)


def same(found, wanted):
    assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-9, abs=1e-9))


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
@pytest.mark.parametrize("period", [(), HALF], ids=["all", "half a year"])
@pytest.mark.parametrize("lag_days", [-1, 0, 20])
def test_acquisition_cost(seed, revenue, period, lag_days):
    rows, snapshot = drawn(seed, revenue)
    scope = Scope(start=period[0], end=period[1]) if period else Scope()
    (found,) = measure(snapshot, "customer_acquisition_cost", scope, {"lag_days": lag_days}).rows()
    earlier = timedelta(days=lag(rows) if lag_days < 0 else lag_days)
    first, last = period or (date(1900, 1, 1), AS_OF)
    new = [a for a, day in firsts(rows).items() if not period or (day and first <= day <= last)]
    first, last = (first if not period else first - earlier), last - earlier
    whole = cost(rows, first, last)
    assert (found["customers"], found["lag_days"]) == (len(new), earlier.days)
    same(found["spend"], whole)
    same(found["value"], whole / len(new) if whole is not None and new else None)
    for column, programs in (("abm", ("abm",)), ("other", ("other",)), ("shared_unallocated", ("shared", None))):
        same(found[column], cost(rows, first, last, program=programs) or 0)


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
def test_acquisition_cost_of_target_accounts(seed, revenue):
    rows, snapshot = drawn(seed, revenue)
    targets = {a["account_id"] for a in rows["accounts"] if a["is_target"]}
    answer = measure(snapshot, "customer_acquisition_cost", Scope(start=HALF[0], end=HALF[1], by="target"),
                     {"lag_days": 0})  # fmt: skip
    found = {r["segment"]: r for r in answer.rows()}
    for side, program in (("target", "abm"), ("rest", "other")):
        new = [
            a
            for a, day in firsts(rows).items()
            if day and HALF[0] <= day <= HALF[1] and (a in targets) == (side == "target")
        ]
        assert found[side]["customers"] == len(new)
        same(found[side]["spend"], cost(rows, *HALF, program=(program,)))


def revenue_of(rows, account, first, last):
    """Revenue of the days first to last; None where parts are there and no amount of them is known."""
    if rows["invoices"]:
        parts = [
            i["amount"] for i in rows["invoices"] if i["account_id"] == account and first <= i["invoiced_on"] <= last
        ]
    elif rows["contracts"]:
        parts = []
        for contract in filter(kept, rows["contracts"]):
            day, end = contract["started_on"], min(contract["ended_on"] or last + DAY, last + DAY)
            while contract["account_id"] == account and day < end:
                if day >= first:
                    month = (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
                    monthly = contract["monthly_revenue"]
                    parts.append(None if monthly is None else monthly / month.day)
                day += DAY
    else:
        parts = [
            o["amount"]
            for o in wins(rows)
            if o["account_id"] == account and o["closed_on"] and first <= o["closed_on"] <= last
        ]
    return total(parts)


def total(parts):
    """The sum of what is known; None where nothing of it is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known or not parts else None


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
def test_lifetime_value_to_date(seed, revenue):
    rows, snapshot = drawn(seed, revenue)
    options = {"lag_days": 0, "lifetime": "observed", "margin": 0.4}
    (found,) = measure(snapshot, "customer_lifetime_value", None, options).rows()
    customers = revenue_days(rows)
    known = {a: v for a in customers if (v := revenue_of(rows, a, date(1900, 1, 1), AS_OF)) is not None}
    same(found["value"], 0.4 * sum(known.values()) / len(known))
    assert found["n"] == len(known)
    acquisition = cost(rows, date(1900, 1, 1), AS_OF) / len(firsts(rows))
    same(found["net"], found["value"] - acquisition)
    same(found["ratio"], found["value"] / acquisition)
    if revenue == "contracts":
        assert found["repeat_rate"] is None
        return
    paid = defaultdict(set)
    for row in rows["invoices"] if rows["invoices"] else wins(rows):
        day = row.get("invoiced_on") or row.get("closed_on")
        if row["account_id"] and day and day <= AS_OF and (row["amount"] is None or row["amount"] > 0):
            paid[row["account_id"]].add(day)
    same(found["repeat_rate"], sum(len(paid[a]) >= 2 for a in known) / len(known))


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
def test_lifetime_value_at_equal_age(seed, revenue):
    rows, snapshot = drawn(seed, revenue)
    answer = measure(snapshot, "lifetime_value_impact")
    found = {r["age_months"]: (r["value"], r["n"], r["median"]) for r in answer.rows()}
    starts = {a: day for a, day in firsts(rows).items() if a in revenue_days(rows)}
    wanted = {}
    for age in (3, 6, 12, 24):
        brought = [
            revenue_of(rows, a, day, months_later(day, age) - DAY) for a, day in starts.items()
            if months_later(day, age) <= AS_OF + DAY
        ]  # fmt: skip
        brought = [v for v in brought if v is not None]
        if brought:
            wanted[age] = (pytest.approx(sum(brought) / len(brought)), len(brought), pytest.approx(median(brought)))
    assert found == wanted


def way(rows, deal):
    """The touches on the way to a won deal, 90 days before the opening up to the closing."""
    if not deal["opened_on"] or not deal["closed_on"]:
        return []
    first, last = deal["opened_on"] - 90 * DAY, min(deal["closed_on"], AS_OF)
    return [t for t in rows["activities"] if is_response(t) and happened(t) and t["account_id"] == deal["account_id"]
            and t["occurred_at"] and first <= t["occurred_at"].date() <= last]  # fmt: skip


def closed(rows, period):
    return [o for o in wins(rows) if not period or (o["closed_on"] and period[0] <= o["closed_on"] <= period[1])]


def gained(revenue, spent):
    return (revenue - spent) / spent if spent else None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("period", [(), HALF], ids=["all", "half a year"])
def test_return(seed, period):
    rows, snapshot = drawn(seed, "won amounts")
    days = period or (date(1900, 1, 1), AS_OF)
    scope = {"start": period[0], "end": period[1]} if period else {}
    targets = {a["account_id"] for a in rows["accounts"] if a["is_target"]}
    found = {r["segment"]: r for r in measure(snapshot, "return_on_investment", Scope(by="target", **scope)).rows()}
    found["All"] = measure(snapshot, "return_on_investment", Scope(**scope)).rows()[0]
    for side, program in (("target", "abm"), ("rest", "other"), ("All", "abm")):
        deals = [o for o in closed(rows, period) if (o["account_id"] in targets) == (side != "rest") and way(rows, o)]
        revenue, spent = total([o["amount"] for o in deals]), cost(rows, *days, program=(program,))
        assert found[side]["deals"] == len(deals)
        same(found[side]["revenue"], revenue)
        same(found[side]["cost"], spent)
        same(found[side]["value"], None if revenue is None else gained(revenue, spent))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("period", [(), HALF], ids=["all", "half a year"])
@pytest.mark.parametrize("by", ["campaign", "channel"])
def test_return_by_linear_credit(seed, period, by):
    rows, snapshot = drawn(seed, "won amounts")
    days = period or (date(1900, 1, 1), AS_OF)
    scope = {"start": period[0], "end": period[1]} if period else {}
    parts = defaultdict(list)
    for deal in closed(rows, period):
        touches = way(rows, deal)
        for touch in touches:
            parts[touch[by] or "(none)"].append(None if deal["amount"] is None else deal["amount"] / len(touches))
    credit = {name: total(found) for name, found in parts.items()}
    answer = measure(snapshot, "return_on_investment", Scope(by=by, **scope))
    names = {row[by] for row in rows["spend"] if cost_by_day(row)} | {None}
    spent = {name or "(none)": cost(rows, *days, **{by: (name,)}) for name in names}
    spent = {name: value for name, value in spent.items() if value is not None}
    assert {r["segment"] for r in answer.rows()} == {*credit, *spent}
    touched = {t[by] for t in rows["activities"] if is_response(t) and happened(t)}
    for row in answer.rows():
        name = row["segment"]
        revenue = credit.get(name, 0)
        same(row["revenue"], revenue)
        same(row["cost"], spent.get(name))
        same(row["value"], gained(revenue, spent.get(name)) if name in touched and revenue is not None else None)
