"""Churn, retention and customer-months of random companies, worked out a second time in plain Python, day by day."""

from calendar import monthrange
from datetime import date
from itertools import pairwise
from statistics import median

import pytest
from customer_days import DAY, customer_days, in_effect, is_renewed, losses, months_back, months_of, usable
from random_customers import AS_OF, random_customers

from metrics import Scope, measure


def periods():
    """(label, first day, last day, first day of the period before, days that a bill may be apart)."""
    year = months_back(AS_OF + DAY, 12)
    yield None, year, AS_OF, months_back(year, 12), 372
    for number in range(16):
        year, month = divmod(2023 * 12 + 2 + number, 12)
        first = date(year, month + 1, 1)
        last = min(first.replace(day=monthrange(year, month + 1)[1]), AS_OF)
        if last < AS_OF:
            yield f"{first:%Y-%m}", first, last, months_back(first, 1), 31
        else:
            days = (last - first).days + 1
            yield f"{first:%Y-%m}", first, last, first - days * DAY, days


def ends(company, source, first, last, before):
    """{account: (there at the start, there at the end, known amounts then, known amounts now, unknown then, now)}."""
    found = {}
    for account in (a["account_id"] for a in company.accounts):
        if source == "contracts":
            contracts = usable(company.contracts)
            own = [k for k in contracts if k["account_id"] == account]
            then, now = ([k["monthly_revenue"] for k in own if in_effect(k, day, contracts)] for day in (first, last))
            was, there = bool(then), bool(now)
        else:
            own = [i for i in company.invoices if i["account_id"] == account]
            then = [i["amount"] for i in own if before <= i["invoiced_on"] < first]
            now = [i["amount"] for i in own if first <= i["invoiced_on"] <= last]
            was, there = sum(then) > 0, sum(now) > 0
        found[account] = (was, there, [v for v in then if v is not None], [v for v in now if v is not None],
                          then.count(None), now.count(None))  # fmt: skip
    return found


def usual_gap(company):
    gaps = []
    for account in {i["account_id"] for i in company.invoices if i["account_id"]}:
        days = sorted({i["invoiced_on"] for i in company.invoices if i["account_id"] == account})
        days = [day for day in days if day <= AS_OF]
        gaps += [(later - day).days for day, later in pairwise(days)]
    return median(gaps)


def comparable(end):
    was, there, then, now, unknown_then, unknown_now = end
    if not was:
        return there and bool(now)
    return bool(then) and (not there or (unknown_then > 0) == (unknown_now > 0))


def asked(company, metric):
    """{label: row} of the whole year and of each month."""
    answers = [measure(company.snapshot, metric), measure(company.snapshot, metric, Scope(grain="month"))]
    return {row.get("period"): row for answer in answers for row in answer.rows()}


CASES = [(seed, source) for seed in (3, 4, 5) for source in ("contracts", "invoices")]


@pytest.mark.parametrize(("seed", "source"), CASES)
def test_churn_again(seed, source):
    company = random_customers(seed, source)
    rows = asked(company, "churn_rate")
    for label, first, last, before, limit in periods():
        found = ends(company, source, first, last, before)
        there = [end for end in found.values() if end[0]]
        if not there:
            assert label not in rows or rows[label]["value"] is None
            continue
        row = rows[label]
        assert row["customers"] == len(there), label
        if source == "invoices" and usual_gap(company) > limit:
            assert (row["value"], row["gone"], row["revenue_churn"]) == (None, None, None), label
            continue
        gone = sum(not end[1] for end in there)
        assert (row["gone"], row["value"]) == (gone, pytest.approx(gone / len(there))), label
        known = [end for end in there if comparable(end)]
        start = sum(sum(end[2]) for end in known)
        missing = sum(max(0, sum(end[2]) - sum(end[3])) for end in known)
        assert row["revenue_churn"] == (pytest.approx(missing / start) if start else None), label


@pytest.mark.parametrize(("seed", "source"), CASES)
def test_retention_again(seed, source):
    company = random_customers(seed, source)
    rows = asked(company, "revenue_retention")
    for label, first, last, before, _ in periods():
        found = [end for end in ends(company, source, first, last, before).values() if comparable(end)]
        if not found:
            assert label not in rows or rows[label]["n"] == 0
            continue
        row, moved = rows[label], {"expansion": 0, "contraction": 0, "lost": 0, "new": 0}
        for was, there, then, now, *_ in found:
            change = sum(now) - sum(then)
            kind = "new" if not was else "lost" if not there else "expansion" if change > 0 else "contraction"
            moved[kind] += sum(now) if kind == "new" else abs(change)
        customers = [end for end in found if end[0]]
        start = sum(sum(end[2]) for end in customers)
        assert {kind: row[kind] for kind in moved} == pytest.approx(moved), label
        assert (row["n"], row["revenue_start"]) == (len(customers), pytest.approx(start)), label
        kept = sum(sum(end[3]) for end in customers)
        capped = sum(min(sum(end[2]), sum(end[3])) for end in customers)
        assert row["value"] == (pytest.approx(kept / start) if start else None), label
        assert row["grr"] == (pytest.approx(capped / start) if start else None), label
        more = sum(sum(end[3]) > sum(end[2]) for end in customers)
        assert row["upsell_rate"] == (pytest.approx(more / len(customers)) if customers else None), label


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_renewals_due_again(seed):
    """Each contract's end; without an end or a renewal day none is ever due, nor any where nobody ever renewed."""
    company = random_customers(seed, "contracts")
    contracts = usable(company.contracts)
    rows = asked(company, "revenue_retention")
    went_on = []
    for contract in contracts:
        end = contract["ended_on"]
        if end is not None and end <= AS_OF:
            went_on.append((end, is_renewed(contract, contracts)))
    if not any(followed for _, followed in went_on):
        went_on = []
    for label, first, last, _, _ in periods():
        due = [followed for end, followed in went_on if first <= end <= last]
        if label in rows:
            assert rows[label]["renewals_due"] == len(due), label
            assert rows[label]["renewal_rate"] == (pytest.approx(sum(due) / len(due)) if due else None), label


@pytest.mark.parametrize(("seed", "source"), CASES)
def test_months_at_risk_and_losses_again(seed, source, customers_at_risk):
    """Day by day over the twelve months: each day as a customer is its part of its month; a loss is a day after which
    the customer is none. By invoices a customer is one for the twelve months after an invoice of more than nothing."""
    company = random_customers(seed, source)
    found = customers_at_risk(company.snapshot)
    contracts = usable(company.contracts)
    first = months_back(AS_OF + DAY, 12)
    for account in (a["account_id"] for a in company.accounts):
        days = customer_days(account, contracts, company.invoices, first, AS_OF + DAY)
        inside = [day for day in days if day <= AS_OF]
        lost = losses(days, AS_OF)
        assert found.get(account, (0, 0)) == (pytest.approx(months_of(inside)), lost), account
