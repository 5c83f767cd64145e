"""What customers cost, brought and returned, a second time in plain Python, day by day, from drawn companies."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median

import pytest
from random_customers import AS_OF, happened, is_response
from random_money import (
    DAY,
    closed,
    cost,
    cost_by_day,
    drawn,
    firsts,
    gained,
    lag,
    months_later,
    revenue_days,
    revenue_of,
    same,
    total,
    way,
    wins,
)  # fmt: skip

from metrics import Scope, measure

HALF = (date(2023, 10, 10), date(2024, 3, 20))
SOURCES = [(seed, revenue) for seed in range(3) for revenue in ("won amounts", "invoices", "contracts", "both")]


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
