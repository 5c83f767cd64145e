"""What sales and marketing cost: advertising by day or month, as its platforms bill it, and everything else by month.

Salaries and tools grow with the company. The platforms keep two years; what they billed before is known to the accounts
department alone. The account ads are billed in dollars, and their sum is the campaign's actual cost.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.currencies import Rates
from data.days import MONTHS
from data.intent import SUBSCRIBED

PLATFORMS_KEEP = np.datetime64("2024-11", "M")
ABM_SINCE = np.datetime64("2023-09", "M")
ACCOUNT_ADS = "Advertisement"
SMALLER_THEN = 0.75  # what the first month's costs were of the last month's


@dataclass(frozen=True)
class Cost:
    """A cost that comes every month: what it was in the last one, in euros; uses_intent None where nobody can say."""

    side: str
    program: str
    channel: str
    amount: int
    uses_intent: bool | None = False
    since: np.datetime64 = MONTHS[0]
    until: np.datetime64 = MONTHS[-1] + 1


COSTS = (
    Cost("Sales", "ABM", "Salaries", 148_000, None, since=ABM_SINCE),
    Cost("Sales", "Other", "Salaries", 112_000, None),
    Cost("Sales", "Shared", "Salaries", 20_000, None),
    Cost("Sales", "Shared", "Travel", 15_000, None),
    Cost("Sales", "Shared", "Software", 14_000, None),
    Cost("Sales", "Other", "Partner commissions", 9_500),
    Cost("Marketing", "ABM", "Salaries", 48_000, None, since=ABM_SINCE),
    Cost("Marketing", "Other", "Salaries", 36_000, None),
    Cost("Marketing", "Shared", "Salaries", 15_000, None),
    Cost("Marketing", "ABM", "Software", 5_200, None, since=ABM_SINCE),
    Cost("Marketing", "ABM", "Intent data", 4_800, uses_intent=True, since=SUBSCRIBED.astype("datetime64[M]")),
    Cost("Marketing", "Other", "Agency", 11_000),
    Cost("Marketing", "Other", "Paid Search", 17_500, until=PLATFORMS_KEEP),
    Cost("Marketing", "Other", "Paid Social", 3_600, until=PLATFORMS_KEEP),
)


@dataclass(frozen=True)
class AlwaysOn:
    """A campaign that a platform runs all the time: its channel, and what a day costs in euros."""

    name: str
    channel: str
    a_day: float


SEARCH = (
    AlwaysOn("Search: brand", "Paid Search", 140.0),
    AlwaysOn("Search: process measurement", "Paid Search", 430.0),
)
SOCIAL = (AlwaysOn("Social: plant stories", "Paid Social", 118.0),)


def _days(first: np.datetime64, months: int) -> np.ndarray:
    return np.arange(first.astype("datetime64[D]"), (first + months).astype("datetime64[D]"))


def account_ads(rng: np.random.Generator, campaigns: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """One row a working day of each campaign of account ads: campaign (its position), day, amount in dollars,
    impressions, clicks, leads."""
    rows, cost = [], campaigns["actual_cost"].to_numpy()
    is_ads = (campaigns["type"] == ACCOUNT_ADS).to_numpy()
    for campaign in np.flatnonzero(is_ads & (campaigns["month"].to_numpy().astype("datetime64[M]") >= PLATFORMS_KEEP)):
        days = _days(np.datetime64(campaigns["month"].iloc[campaign], "M"), 1)
        days = days[np.is_busday(days)]
        weight = rng.gamma(12, 1, len(days))
        amount = cost[campaign] / rates.of(np.full(len(days), "USD"), days) * weight / weight.sum()
        shown = (amount * rng.uniform(21, 29, len(days))).astype(np.int64)
        rows.append(
            pd.DataFrame({
                "campaign": campaign,
                "day": days,
                "amount": np.round(amount, 2),
                "impressions": shown,
                "clicks": rng.poisson(shown * 0.0048),
                "leads": rng.poisson(0.25, len(days)),
            })
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def search(rng: np.random.Generator) -> pd.DataFrame:
    """One row a day of each search campaign: its position in `SEARCH`, day, amount, impressions, clicks, leads."""
    days = _days(PLATFORMS_KEEP, 24)
    weekday = (days.astype(np.int64) + 3) % 7
    rows = []
    for campaign, kind in enumerate(SEARCH):
        amount = kind.a_day * np.where(weekday >= 5, 0.45, 1.2) * rng.gamma(20, 1 / 20, len(days))
        clicks = (amount / rng.uniform(3.2, 5.1, len(days))).astype(np.int64)
        rows.append(
            pd.DataFrame({
                "campaign": campaign,
                "day": days,
                "amount": np.round(amount, 2),
                "impressions": (clicks * rng.uniform(14, 22, len(days))).astype(np.int64),
                "clicks": clicks,
                "leads": rng.poisson(clicks * 0.012),
            })
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True).sort_values(["day", "campaign"], ignore_index=True)


def social(rng: np.random.Generator) -> pd.DataFrame:
    """One row a month of each social campaign: its position in `SOCIAL`, month, amount, impressions, clicks."""
    months = MONTHS[MONTHS >= PLATFORMS_KEEP]
    amount = np.round(SOCIAL[0].a_day * 30.4 * rng.gamma(40, 1 / 40, len(months)), 2)
    shown = (amount * rng.uniform(95, 130, len(months))).astype(np.int64)
    return pd.DataFrame({
        "campaign": 0,
        "month": months,
        "amount": amount,
        "impressions": shown,
        "clicks": rng.poisson(shown * 0.006),
        "leads": rng.poisson(4, len(months)),
    })  # fmt: skip


def monthly_costs(rng: np.random.Generator) -> pd.DataFrame:
    """One row a cost and month: cost (position in `COSTS`), month, amount in euros."""
    size = SMALLER_THEN ** (1 - np.arange(len(MONTHS)) / (len(MONTHS) - 1))
    rows = []
    for number, cost in enumerate(COSTS):
        runs = (cost.since <= MONTHS) & (cost.until > MONTHS)
        amount = cost.amount * size[runs] * rng.uniform(0.97, 1.03, runs.sum())
        rows.append(pd.DataFrame({"cost": number, "month": MONTHS[runs], "amount": np.round(amount / 10) * 10}))
    return pd.concat(rows, ignore_index=True).sort_values(["month", "cost"], ignore_index=True)


@dataclass(frozen=True)
class Spending:
    """Everything spent on sales and marketing beside what campaigns say that they cost themselves."""

    account_ads: pd.DataFrame
    search: pd.DataFrame
    social: pd.DataFrame
    costs: pd.DataFrame


def spending(rng: np.random.Generator, campaigns: pd.DataFrame, rates: Rates) -> Spending:
    """What was spent until the last day."""
    return Spending(account_ads(rng, campaigns, rates), search(rng), social(rng), monthly_costs(rng))
