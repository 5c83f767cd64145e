"""What customers are expected to bring, when they repay their cost, what intent data returned: a second time."""

import random
from collections import defaultdict
from datetime import date
from functools import cache

import pytest
from company import company
from customer_days import DAY, customer_days, in_effect, losses, months_back, months_of, usable
from random_customers import AS_OF, STAGES, happened, is_response
from random_money import (
    closed,
    cost,
    cost_by_day,
    drawn,
    firsts,
    gained,
    months_later,
    revenue_days,
    revenue_of,
    same,
    total,
    way,
)
from scipy.stats import CensoredData, expon

from metrics import Scope, measure, open_snapshot

HALF = (date(2023, 10, 10), date(2024, 3, 20))
PERIODS = pytest.mark.parametrize("period", [(), HALF], ids=["all", "half a year"])
SOURCES = [(seed, revenue) for seed in (0, 1, 3) for revenue in ("invoices", "contracts", "both")]
YEAR = months_back(AS_OF + DAY, 12)
EVER = date(1900, 1, 1)
MARGIN, CAP = 0.4, 30


@cache
def years(seed, revenue):
    """{account: (its days as a customer in the twelve months, what it brought in them)}."""
    rows, _ = drawn(seed, revenue)
    contracts = usable(rows["contracts"])
    found = {}
    for account in (a["account_id"] for a in rows["accounts"]):
        days = customer_days(account, contracts, rows["invoices"], YEAR, AS_OF + DAY)
        if any(day <= AS_OF for day in days):
            found[account] = days, revenue_of(rows, account, YEAR, AS_OF)
    return found


def churn(found):
    """Losses ÷ months at risk."""
    months = sum(months_of(day for day in days if day <= AS_OF) for days, _ in found.values())
    return sum(losses(days, AS_OF) for days, _ in found.values()) / months


def predicted(found, rate):
    """(revenue of a customer and month, lifetime value) of the accounts found, at that churn."""
    known = [(days, brought) for days, brought in found.values() if brought is not None]
    if not known:
        return None, None
    months = sum(months_of(day for day in days if day <= AS_OF) for days, _ in known)
    monthly = sum(brought for _, brought in known) / months
    return monthly, monthly * MARGIN * min(1 / rate, CAP) if rate else None


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
def test_predicted_net_and_ratio(seed, revenue):
    """Of all, and of each industry: under five losses it has the churn of all, and its cost is that of all."""
    rows, snapshot = drawn(seed, revenue)
    options = {"lag_days": 0, "margin": MARGIN, "cap_months": CAP}
    found = {
        r["segment"]: r for r in measure(snapshot, "customer_lifetime_value", Scope(by="industry"), options).rows()
    }
    (found["All"],) = measure(snapshot, "customer_lifetime_value", None, options).rows()
    acquisition = cost(rows, EVER, AS_OF) / len(firsts(rows))
    overall = years(seed, revenue)
    assert {row["company_cost"] for name, row in found.items() if name != "All"} == {True}
    for segment, row in found.items():
        own = {account["account_id"] for account in rows["accounts"]
               if segment in ("All", account["industry"] or "(none)")}  # fmt: skip
        held = {account: year for account, year in overall.items() if account in own}
        lost = sum(losses(days, AS_OF) for days, _ in held.values())
        rate = churn(held if lost >= 5 else overall)
        monthly, lifetime = predicted(held, rate)
        assert (row["customers_lost"], row["few_losses"]) == (lost, lost < 5)
        same(row["monthly_churn"], rate)
        same(row["revenue_per_month"], monthly)
        same(row["predicted"], lifetime)
        same(row["net"], None if lifetime is None else lifetime - acquisition)
        same(row["ratio"], None if lifetime is None else lifetime / acquisition)


@pytest.mark.parametrize(("seed", "revenue"), SOURCES)
def test_churn_is_the_rate_of_an_exponential_lifetime(seed, revenue):
    """Its maximum likelihood over the stays, those that go on censored, as scipy fits it."""
    ended, going_on = [], []
    for days, _ in years(seed, revenue).values():
        stay = []
        for day in sorted(day for day in days if day <= AS_OF):
            stay.append(day)
            if day == AS_OF or day + DAY not in days:
                (ended if day < AS_OF else going_on).append(months_of(stay))
                stay = []
    _, snapshot = drawn(seed, revenue)
    (found,) = measure(snapshot, "customer_lifetime_value").rows()
    if not ended:
        assert (found["monthly_churn"], found["predicted"]) == (0, None)
        return
    _, scale = expon.fit(CensoredData(uncensored=ended, right=going_on), floc=0)
    assert 1 / found["monthly_churn"] == pytest.approx(scale, rel=1e-3)


def first_month(rows, account, began):
    """The monthly revenue that a new customer began with; None where it is not known or not followed for a year."""
    contracts = usable(rows["contracts"])
    if contracts:
        parts = [
            k["monthly_revenue"] for k in contracts if k["account_id"] == account and in_effect(k, began, contracts)
        ]
        return total(parts) if parts else None
    after = months_later(began, 12)
    if after > AS_OF + DAY:
        return None
    brought = revenue_of(rows, account, began, after - DAY)
    return None if brought is None else brought / 12


@pytest.mark.parametrize(("seed", "revenue"), [*SOURCES, *((seed, "won amounts") for seed in (0, 1, 3))])
@PERIODS
def test_payback(seed, revenue, period):
    rows, snapshot = drawn(seed, revenue)
    scope = Scope(start=period[0], end=period[1]) if period else Scope()
    (found,) = measure(snapshot, "customer_acquisition_cost", scope, {"lag_days": 0, "margin": MARGIN}).rows()
    new = [a for a, day in firsts(rows).items() if not period or (day and period[0] <= day <= period[1])]
    days = revenue_days(rows)
    monthly = [first_month(rows, account, min(days[account])) for account in new if account in days]
    known = [value for value in monthly if value is not None]
    spent = cost(rows, *(period or (EVER, AS_OF)))
    if not (new and known and sum(known)):
        assert found["payback_months"] is None
        return
    same(found["payback_months"], spent / len(new) / (sum(known) / len(known) * MARGIN))


@cache
def with_intent(seed):
    """Deals and touches of six campaigns; some are said to use intent data in their own row, some in their costs."""
    draw = random.Random(seed)
    names = [f"Campaign {n}" for n in range(6)]
    rows = dict(drawn(seed, "won amounts")[0])
    rows["campaigns"] = [{"campaign_id": name, "campaign": name, "uses_intent": draw.choice([True, False, None, None])}
                         for name in names]  # fmt: skip
    for table in ("activities", "spend"):
        rows[table] = [{**row, "campaign": draw.choice([*names[:-1], None])} for row in rows[table]]
    rows["opportunities"] = [{**deal, "campaign": draw.choice([*names, None])} for deal in rows["opportunities"]]
    for row in rows["spend"]:
        row["uses_intent"] = draw.choice([None, None, None, None, False, True])
        row["campaign"] = None if row["uses_intent"] and draw.random() < 0.8 else row["campaign"]
    path = company(
        stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", settings={"currency": "EUR"}, **rows
    )
    return rows, open_snapshot(path)


@pytest.mark.parametrize("seed", range(6))
@PERIODS
def test_return_with_and_without_intent_data(seed, period):
    rows, snapshot = with_intent(seed)
    using = {row["campaign"] for row in (*rows["campaigns"], *rows["spend"]) if row["uses_intent"]} - {None}
    assert 0 < len(using) < 6

    def side(row):
        if row.get("uses_intent") or row["campaign"] in using:
            return "yes"
        return "(none)" if row["campaign"] is None and row.get("uses_intent") is None else "no"

    credit, sourced, spent = defaultdict(list), defaultdict(list), defaultdict(list)
    for deal in closed(rows, period):
        touches = way(rows, deal)
        for touch in touches:
            credit[side(touch)].append(None if deal["amount"] is None else deal["amount"] / len(touches))
        sourced[side({"campaign": deal["campaign"]})].append(deal["amount"])
    first, last = period or (EVER, AS_OF)
    for row in rows["spend"]:
        spent[side(row)] += [part for day, part in cost_by_day(row).items() if first <= day <= last]
    touched = {side(touch) for touch in rows["activities"] if is_response(touch) and happened(touch)}
    scope = {"start": first, "end": last} if period else {}
    answer = measure(snapshot, "return_on_investment", Scope(by="uses_intent", **scope), {"margin": MARGIN})
    found = {row["segment"]: row for row in answer.rows()}
    assert set(found) == {*credit} | {name for name, parts in spent.items() if parts}
    for name, row in found.items():
        revenue, costs = total(credit[name]), sum(spent[name]) if spent[name] else None
        same(row["revenue"], revenue)
        same(row["cost"], costs)
        assert row["shared_unallocated"] is None
        same(row["sourced"], (total(sourced[name]) or 0) if name != "(none)" else 0)
        known = name in touched and name != "(none)" and revenue is not None
        same(row["value"], gained(MARGIN * revenue, costs) if known else None)
