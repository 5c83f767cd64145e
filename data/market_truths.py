"""What is planted about the market, intent, fit and attention: exact figures, and what must come out on top."""

from typing import Any

import numpy as np
import pandas as pd

from data import drivers, words
from data.asked import Truths
from data.days import LAST_DAY
from data.facts import Facts
from data.intent import BEFORE_OPENING, SUBSCRIBED, WEEKS

IN_MARKET = 60  # least score


def market(facts: Facts, truths: Truths) -> None:
    """The universe, and how much of it is known or won."""
    universe = facts.world.market
    known = universe["account"] >= 0
    customers = universe["account"].isin(facts.world.contracts["account"])
    truths.under()
    says = "What all companies of the study spend a year."
    truths.ask("total_available_market", "value", universe["budget"].sum(), says, tolerance=0.01)
    truths.ask("total_available_market", "accounts", len(universe), "Companies of the study.")
    truths.ask("total_available_market", "customers", customers.sum(), "Those that ever had a contract.")
    truths.ask("total_available_market", "in_data", known.mean(), "Those that the CRM knows.")


def in_market(facts: Facts, truths: Truths) -> None:
    """Who is in market now, and what that does to deals that open after it."""
    signals = facts.world.signals
    high = signals[signals["score"] >= IN_MARKET].assign(day=lambda s: WEEKS[s["week"]])
    recent = high[high["day"] > LAST_DAY - BEFORE_OPENING]
    about = np.array([topic.category == words.COMPETITOR_TOPICS for topic in words.TOPICS])[recent["topic"]]
    truths.under()
    says = "Accounts with a topic at 60 or more within 30 days."
    truths.ask("in_market_accounts", "value", recent["company"].nunique(), says)
    says = "Those that research a competitor."
    truths.ask("in_market_accounts", "competitor_n", recent.loc[about, "company"].nunique(), says)
    deals = facts.deals[(facts.deals["account"] >= 0) & (facts.deals["opened"] > pd.Timestamp(SUBSCRIBED))]
    pairs = deals.reset_index(names="deal").merge(high[["company", "day"]], left_on="account", right_on="company")
    before = (pairs["opened"] - pairs["day"]).dt.days.between(1, BEFORE_OPENING)
    was_in = pd.Series(deals.index.isin(pairs.loc[before, "deal"]), index=deals.index)
    judged = deals["outcome"].isin(["won", "lost"])
    truths.under(by="in_market")
    for label, of_side in (("yes", was_in), ("no", ~was_in)):
        rate = (deals.loc[of_side & judged, "outcome"] == "won").mean()
        says = "Deals of accounts in market in the 30 days before opening are won more often, and faster."
        truths.ask("in_market_accounts", "deals", of_side.sum(), says, in_market=label)
        truths.ask("in_market_accounts", "win_rate", rate, says, in_market=label)
        won = deals[of_side & (deals["outcome"] == "won")]
        days = (won["closed"] - won["opened"]).dt.days.median()
        truths.ask("in_market_accounts", "median_days", days, says, in_market=label)


def tendencies() -> dict[str, Any]:
    """What must come out on top, by the rates that deals are made with."""
    products = [name for name, _, _ in words.PRODUCTS]
    return {
        "ideal_customer": {
            "industry": max(words.INDUSTRIES, key=lambda i: i.fit).label,
            "size": "1001–5000",
            "technology": max(words.TECHNOLOGIES, key=lambda t: t.fit).label,
        },
        "attention": {
            "speeds_up": [name for n, name in enumerate(products) if n != drivers.SLOW_TO_CARE],
            "does_nothing": products[drivers.SLOW_TO_CARE],
        },
        "required_roles": list(drivers.REQUIRED_ROLES),
    }
