"""On which days an account was a customer, read from its contracts or invoices one day at a time."""

from calendar import monthrange
from datetime import date, timedelta

GRACE = 30
DAY = timedelta(days=1)


def months_back(day, months):
    """The same day so many months before (or, with a negative number, after), at the latest the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def usable(contracts):
    return [k for k in contracts if k["account_id"] and k["started_on"]
            and (k["ended_on"] is None or k["ended_on"] > k["started_on"])]  # fmt: skip


def may_carry_on(old, new):
    """Whether `new` begins later for the same account and is of the same product, or, where one of them names none, is
    of at least half the revenue, as far as both are known."""
    if new["account_id"] != old["account_id"] or new["started_on"] <= old["started_on"]:
        return False
    named = old.get("product"), new.get("product")
    if None not in named:
        return named[0] == named[1]
    paid = old["monthly_revenue"], new["monthly_revenue"]
    return None in paid or 2 * paid[1] >= paid[0]


def early_starts(contract, contracts):
    """When contracts began that carry this one on, outlive it and began in the 90 days before its end."""
    end = contract["ended_on"]
    return [
        k["started_on"] for k in contracts
        if may_carry_on(contract, k) and 0 < (end - k["started_on"]).days <= 90
        and (k["ended_on"] is None or k["ended_on"] > end)
    ]  # fmt: skip


def began_early(contract, contracts):
    return bool(early_starts(contract, contracts))


def is_renewed(contract, contracts):
    """By an early renewal, or by what begins on its end or within the grace: one contract of the same product, or all
    of them together of at least half the revenue, as far as it is known."""
    next_ones = [k for k in contracts if k["account_id"] == contract["account_id"]
                 and 0 <= (k["started_on"] - contract["ended_on"]).days <= GRACE]  # fmt: skip
    paid = [contract["monthly_revenue"], *(k["monthly_revenue"] for k in next_ones)]
    is_enough = None in paid or 2 * sum(paid[1:]) >= paid[0] or any(may_carry_on(contract, k) for k in next_ones)
    return began_early(contract, contracts) or (bool(next_ones) and is_enough)


def until(contract, contracts):
    """The first day on which it counts no more, None where it runs on: its end, the beginning of an early renewal, or
    that of the next contract within the grace. What may carry it on from its end leaves what began before beside it."""
    end = contract["ended_on"]
    if end is None:
        return None
    next_ones = [k for k in contracts if k["account_id"] == contract["account_id"]
                 and 0 <= (k["started_on"] - end).days <= GRACE]  # fmt: skip
    if began_early(contract, contracts) and not any(may_carry_on(contract, k) for k in next_ones):
        return min(early_starts(contract, contracts))
    return min([k["started_on"] for k in next_ones], default=end)


def in_effect(contract, day, contracts):
    last = until(contract, contracts)
    return contract["started_on"] <= day and (last is None or day < last)


def days_between(first, last):
    """Every day from the first to the last."""
    return (first + n * DAY for n in range((last - first).days + 1))


def customer_days(account, contracts, invoices, first, last):
    """The days from first to last on which the account is a customer: by contracts where there are any, else for the
    twelve months after each invoice of more than nothing that is not dated after the day before `last`."""
    if contracts:
        own = [k for k in contracts if k["account_id"] == account]
        return {day for day in days_between(first, last) if any(in_effect(k, day, contracts) for k in own)}
    paid = [i["invoiced_on"] for i in invoices
            if i["account_id"] == account and i["amount"] > 0 and i["invoiced_on"] < last]  # fmt: skip
    return {day for day in days_between(first, last) if any(on <= day < months_back(on, -12) for on in paid)}


def months_of(days):
    """How many months the days are, each a part of its own month."""
    return sum(1 / monthrange(day.year, day.month)[1] for day in days)


def losses(days, as_of):
    """How often the account was a customer on one day and none on the next, up to the as-of day."""
    return sum(day + DAY not in days for day in days if day < as_of)
