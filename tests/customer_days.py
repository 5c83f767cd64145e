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


def began_early(contract, contracts):
    """Whether a later contract of the account began in the 90 days before this one's end and outlives it."""
    end = contract["ended_on"]
    return any(
        k["account_id"] == contract["account_id"] and contract["started_on"] < k["started_on"] < end
        and (end - k["started_on"]).days <= 90 and (k["ended_on"] is None or k["ended_on"] > end)
        for k in contracts
    )  # fmt: skip


def in_effect(contract, day, contracts):
    """On that day, or between its end and a renewal within the grace."""
    if day < contract["started_on"]:
        return False
    if contract["ended_on"] is None or day < contract["ended_on"]:
        return True
    if began_early(contract, contracts):
        return False
    renewals = [k["started_on"] for k in contracts if k["account_id"] == contract["account_id"]
                and 0 <= (k["started_on"] - contract["ended_on"]).days <= GRACE]  # fmt: skip
    return bool(renewals) and day < min(renewals)


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
