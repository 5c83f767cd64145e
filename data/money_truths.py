"""What is planted about customers and money: who leaves, who grows, what a customer costs and brings."""

import numpy as np
import pandas as pd

from data.asked import Truths
from data.days import LAST_DAY
from data.facts import WINDOW, Facts
from data.money_facts import YEAR, Money

CENTS, SHARE = 0.01, 1e-6
EUROS = 1.0  # of sums of thousands of rounded amounts


def _sides(money: Money) -> tuple[tuple[str, str | None, pd.Series], ...]:
    everyone = pd.Series(True, index=money.target.index)
    return ("All", None, everyone), ("target", "target", money.target), ("rest", "target", ~money.target)


def customers(facts: Facts, truths: Truths) -> None:
    """Churn and retention of the last year, by contracts."""
    money = Money(facts)
    before, after = money.customers(YEAR[0]), money.customers(YEAR[1])
    for segment, by, chosen in _sides(money):
        then = before[chosen[before.index]]
        now = after.reindex(then.index).fillna(0.0)
        gone = int((~then.index.isin(after.index)).sum())
        truths.under(by=by)
        says = "Customers of a year ago who are gone; those renewed within the days of grace are not."
        truths.ask("churn_rate", "gone", gone, says, segment=segment)
        truths.ask("churn_rate", "customers", len(then), "Customers a year ago.", segment=segment)
        says = "Target accounts leave less often than the rest."
        truths.ask("churn_rate", "value", gone / len(then), says, segment=segment)
        says = "Target accounts grow, the rest shrink."
        truths.ask("revenue_retention", "value", now.sum() / then.sum(), says, tolerance=SHARE, segment=segment)
        kept = np.minimum(now, then).sum() / then.sum()
        truths.ask(
            "revenue_retention", "grr", kept, "No customer above what it paid.", tolerance=SHARE, segment=segment
        )


def acquisition(facts: Facts, truths: Truths) -> None:
    """What new customers of the last year cost, the money being spent before they are won."""
    money = Money(facts)
    won = facts.deals[facts.deals["outcome"] == "won"]
    lag = round((won["closed"] - won["opened"]).dt.days.median())
    new = money.firsts[money.firsts >= pd.Timestamp(YEAR[0])]
    spent = money.spent(YEAR[0] - lag, YEAR[1] - lag)
    truths.under(period=YEAR)
    says = "Sales and marketing spend of the year, as many days earlier as a deal usually takes."
    truths.ask("customer_acquisition_cost", "spend", spent, says, tolerance=EUROS)
    truths.ask("customer_acquisition_cost", "customers", len(new), "Accounts that first bought in the year.")
    truths.ask("customer_acquisition_cost", "value", spent / len(new), "Spend a new customer.", tolerance=CENTS)


def lifetime(facts: Facts, truths: Truths) -> None:
    """What customers have brought, may bring, and bring at equal age."""
    money = Money(facts)
    paid = money.invoices.groupby("account")["value"].sum()
    year = money.invoices[money.invoices["day"] >= pd.Timestamp(YEAR[0])].groupby("account")["value"].sum()
    risk = money.at_risk()
    for segment, by, chosen in _sides(money):
        truths.under(by=by)
        says = "Invoices to date, a customer."
        truths.ask(
            "customer_lifetime_value", "value", paid[chosen[paid.index]].mean(), says, tolerance=CENTS, segment=segment
        )
        of_side = risk[chosen[risk.index]]
        monthly = year.reindex(of_side.index).sum() / of_side["months"].sum()
        says = "Revenue of a customer and month, of the last year."
        truths.ask("customer_lifetime_value", "revenue_per_month", monthly, says, tolerance=CENTS, segment=segment)
    first = money.firsts[money.firsts.index.isin(paid.index)].rename("first")
    paid_at = money.invoices.join(first, on="account")
    for months in (3, 6, 12, 24):
        until = first + pd.DateOffset(months=months)
        followed = until[until <= pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1)].index
        in_time = paid_at["day"] < paid_at["account"].map(until)
        brought = paid_at[in_time].groupby("account")["value"].sum().reindex(followed).fillna(0.0)
        for segment, by, chosen in _sides(money):
            truths.under(by=by)
            says = "What accounts brought by that age: target accounts twice as much as the rest."
            mean = brought[chosen[brought.index]].mean()
            truths.ask(
                "lifetime_value_impact", "value", mean, says, tolerance=CENTS, segment=segment, age_months=months
            )


def returns(facts: Facts, truths: Truths) -> None:
    """What came of the money spent on target accounts, and on campaigns with and without intent."""
    money, touched = Money(facts), facts.journeys()
    touched = touched[(touched["outcome"] == "won") & touched["amount"].notna()]
    touched = touched[(touched["at"] >= touched["opened"] - WINDOW) & (touched["at"] <= touched["closed"])]
    deals = touched.drop_duplicates("deal")
    revenue = deals.loc[money.target[deals["account"]].to_numpy(), "amount"].sum()
    cost = money.costs.loc[money.costs["program"] == "abm", "value"].sum()
    truths.under()
    says = "Won amounts of target accounts with a response on their way, against what ABM cost."
    truths.ask("return_on_investment", "cost", cost, says, tolerance=EUROS)
    truths.ask("return_on_investment", "value", revenue / cost - 1, says, tolerance=SHARE)
    credit = touched["amount"] / touched.groupby("deal")["deal"].transform("size")
    steered = facts.world.campaigns["uses_intent"].to_numpy()[touched["campaign"]]
    spent = money.costs.groupby(money.costs["uses_intent"].map({True: "yes", False: "no"}))["value"].sum()
    truths.under(by="uses_intent")
    for label, amount in (("yes", credit[steered].sum()), ("no", credit[~steered].sum())):
        says = "Campaigns steered by intent bring back more than the others."
        value = amount / spent[label] - 1
        truths.ask("return_on_investment", "value", value, says, tolerance=SHARE, segment=label)


def wallet(facts: Facts, truths: Truths) -> None:
    """Which part of their budgets customers spend here."""
    money = Money(facts)
    year = money.invoices[money.invoices["day"] >= pd.Timestamp(YEAR[0])].groupby("account")["value"].sum()
    market = facts.world.market[facts.world.market["account"] >= 0].set_index("account")["budget"]
    ever = market[market.index.isin(money.contracts["account"])]
    share = year.reindex(ever.index).fillna(0.0) / ever
    truths.under()
    says = "Revenue of the last year against what the study thinks a customer spends."
    truths.ask("share_of_wallet", "value", share.median(), says, tolerance=SHARE)
    truths.ask("share_of_wallet", "n", len(share), "Customers whose budget is known.")
