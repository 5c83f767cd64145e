"""Drawn companies with spend, campaigns and target accounts, and plain readings of what they cost and brought."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from statistics import median

import pytest
from company import company
from customer_days import until, usable
from random_customers import AS_OF, FIRST, STAGES, happened, is_response, outcome, random_customers

from metrics import open_snapshot

DAY = timedelta(days=1)
RATES = (("USD", date(2023, 6, 1), 0.9), ("USD", date(2024, 1, 1), 1.1))


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


def revenue_of(rows, account, first, last):
    """Revenue of the days first to last; None where parts are there and no amount of them is known."""
    if rows["invoices"]:
        parts = [
            i["amount"] for i in rows["invoices"] if i["account_id"] == account and first <= i["invoiced_on"] <= last
        ]
    elif rows["contracts"]:
        parts = []
        for contract in filter(kept, rows["contracts"]):
            end = until(contract, usable(rows["contracts"]))
            day, end = contract["started_on"], min(end or last + DAY, last + DAY)
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


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


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
