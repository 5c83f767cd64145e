"""What is planted in the sample company, worked out from what the generator knows, never through the product.

A truth says how to ask for it (metric, scope, options), which row and column to read, what to expect and how closely.
Facts that no metric states carry the SQL that reads them from a snapshot.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from data import words
from data.asked import Truths
from data.days import LAST_DAY
from data.dirt import Counts
from data.engagement_truths import engagement
from data.facts import WINDOW, Facts
from data.market_truths import in_market, market, tendencies
from data.money_truths import acquisition, customers, lifetime, returns, wallet
from data.structure import structure
from data.voice_truths import LABELS, brand
from data.world import World

NEW_BUSINESS = {"pipeline": words.PIPELINE}
CENTS, DAYS = 0.01, 1e-6
# What target against rest must say of the new business, by the rates and times that deals are made with.
VERDICTS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("win_rate", {}, "better"),
    ("average_deal_size", {}, "better"),
    ("stage_funnel", {"stage": "Qualified"}, "better"),
    ("stage_funnel", {"stage": "Proposal"}, "better"),
    ("stage_funnel", {"stage": "Negotiation"}, "worse"),
    ("days_in_stage", {"stage": "Discovery"}, "better"),
    ("days_in_stage", {"stage": "Qualified"}, "better"),
    ("days_in_stage", {"stage": "Security review"}, "worse"),
    ("deal_velocity", {}, "no clear difference"),
)
# And of all business of accounts.
VERDICTS_OF_ACCOUNTS: tuple[tuple[str, dict[str, str | int], str], ...] = (
    ("engaged_accounts", {}, "better"),
    ("accounts_with_opportunity", {}, "better"),
    ("account_penetration", {}, "better"),
    ("relationship_strength", {}, "better"),
    ("icp_accounts", {}, "better"),
    ("churn_rate", {}, "better"),
    ("revenue_retention", {}, "better"),
    ("customer_lifetime_value", {}, "better"),
    ("lifetime_value_impact", {"age_months": 12}, "better"),
    ("lifetime_value_impact", {"age_months": 24}, "better"),
    ("return_on_investment", {}, "better"),
    ("brand_perception", {"measure": "nps", "wave": LABELS[-1]}, "better"),
    ("brand_perception", {"measure": "trust", "wave": LABELS[-1]}, "better"),
    ("brand_perception", {"measure": "authority", "wave": LABELS[-1]}, "no clear difference"),
)


def planted(world: World, counts: Mapping[str, Counts], seed: int) -> dict[str, Any]:
    """The content of planted.json."""
    facts, truths = Facts(world), Truths()
    for topic in (
        _win_rates, _funnel, _dwell, _velocity, _money, _sales_velocity, _marketing_velocity, _pipeline, _accounts,
        _influence, _people, _cohorts, market, in_market,
        engagement, wallet, customers, acquisition, lifetime, returns, brand,
    ):  # fmt: skip
        topic(facts, truths)
    return {
        "seed": seed,
        "as_of": str(LAST_DAY),
        "currency": "EUR",
        "files": {name: asdict(count) for name, count in counts.items()},
        "truths": truths.asked,
        "verdicts": [_verdict(NEW_BUSINESS, *one) for one in VERDICTS]
        + [_verdict({}, *one) for one in VERDICTS_OF_ACCOUNTS],
        "snapshot": structure(facts),
        "tendencies": tendencies(),
    }


def _verdict(where: Mapping[str, str], metric: str, row: Mapping[str, str | int], verdict: str) -> dict[str, Any]:
    return {"metric": metric, "where": where, "row": row, "verdict": verdict}


def _segments(frame: pd.DataFrame) -> tuple[tuple[str, pd.DataFrame], ...]:
    """Target and rest; a deal whose account is unknown is of no target account."""
    return ("target", frame[frame["target"]]), ("rest", frame[~frame["target"]])


def _win_rates(facts: Facts, truths: Truths) -> None:
    closed = facts.deals[facts.deals["outcome"] != "open"]
    judged = closed[closed["outcome"] != "no_decision"]
    won = judged["outcome"] == "won"
    truths.under()
    truths.ask("win_rate", "value", won.mean(), "Won of won and lost, both pipelines.")
    truths.ask("win_rate", "broad", won.sum() / len(closed), "No decision counts in the broad rate only.")
    truths.under(by="industry")
    by_industry = won.groupby(judged["industry"]).mean().drop("")
    best = str(by_industry.idxmax())
    truths.ask("win_rate", "value", by_industry[best], f"{best} is won most often.", segment=best)
    truths.under(by="target", where=NEW_BUSINESS)
    says = "Accounts that were targets when the deal opened are won more often."
    for segment, group in _segments(judged[judged["pipeline"] == words.PIPELINE]):
        truths.ask("win_rate", "value", (group["outcome"] == "won").mean(), says, segment=segment)


def _funnel(facts: Facts, truths: Truths) -> None:
    main = facts.main
    stages = (*words.STAGES, words.CLOSINGS[0])
    for segment, group in (("All", main), _segments(main)[0]):
        truths.under(by=None if segment == "All" else "target", where=NEW_BUSINESS)
        reached = [int((group["furthest"] >= place).sum()) for place in range(len(stages))]
        for place, stage in enumerate(stages):
            says = "Deals that reached this stage or a later one."
            truths.ask("stage_funnel", "value", reached[place], says, segment=segment, stage=stage)
            if place:
                says = "Target deals pass the early steps better and fail in Security review."
                truths.ask(
                    "stage_funnel", "step_rate", reached[place] / reached[place - 1], says, segment=segment, stage=stage
                )
    truths.under(where=NEW_BUSINESS)
    for place, stage in enumerate(words.STAGES):
        skipped = (main["furthest"] > place) & ~main[f"visited {place}"]
        says = "Reached a later stage without this one; small deals skip Security review."
        truths.ask("stage_funnel", "skipped", skipped.sum(), says, stage=stage)


def _dwell(facts: Facts, truths: Truths) -> None:
    done = facts.visits[facts.visits["days"].notna()]
    waiting = facts.visits[facts.visits["is_open"]]
    stalled = waiting["age"] > waiting["stage"].map(done.groupby("stage")["days"].quantile(0.9))
    for place, stage in enumerate(words.STAGES):
        here = done[done["stage"] == place]
        is_here = waiting["stage"] == place
        truths.under(where=NEW_BUSINESS)
        says = "Median days of completed stays; Security review is the slowest stage."
        truths.ask("days_in_stage", "value", here["days"].median(), says, tolerance=DAYS, stage=stage)
        truths.ask("days_in_stage", "visits", len(here), "A deal that falls back stays twice.", stage=stage)
        truths.ask("days_in_stage", "open_n", is_here.sum(), "Open deals in the stage.", stage=stage)
        says = "Open deals older there than nine tenths of all completed stays."
        truths.ask("days_in_stage", "stalled_n", stalled[is_here].sum(), says, stage=stage)
        truths.under(by="target", where=NEW_BUSINESS)
        median = here.loc[here["target"], "days"].median()
        says = "Targets are quicker, but for Security review, where they take longest."
        truths.ask("days_in_stage", "value", median, says, tolerance=DAYS, segment="target", stage=stage)


def _velocity(facts: Facts, truths: Truths) -> None:
    won = facts.main[facts.main["outcome"] == "won"]
    won = won.assign(days=(won["closed"] - won["opened"]).dt.days)
    truths.under(where=NEW_BUSINESS)
    truths.ask("deal_velocity", "value", won["days"].mean(), "Mean days from opened to won.")
    truths.ask("deal_velocity", "median", won["days"].median(), "Median days from opened to won.")
    spread = won["days"].quantile(0.75) - won["days"].quantile(0.25)
    says = "Spread of the days to won against their median."
    truths.ask("velocity_predictability", "value", float(spread / won["days"].median()), says, stage="All")
    truths.under(by="target", where=NEW_BUSINESS)
    says = "No clear difference: what targets gain early they lose in Security review."
    for segment, group in _segments(won):
        truths.ask("deal_velocity", "median", group["days"].median(), says, segment=segment)


def _money(facts: Facts, truths: Truths) -> None:
    won = facts.deals[facts.deals["outcome"] == "won"]
    truths.under()
    truths.ask("won_revenue", "value", won["amount"].sum(), "Sum of won amounts.", tolerance=CENTS)
    truths.ask("won_revenue", "deals", len(won), "A reopened deal counts once, as it is now.")
    truths.ask("average_deal_size", "value", won["amount"].mean(), "Mean won amount.", tolerance=CENTS)
    sums = won.groupby("owner")["amount"].sum()
    best = str(sums.idxmax())
    truths.ask("owner_performance", "value", sums[best], "The seller who won most.", tolerance=CENTS, owner=best)
    lost = facts.main[facts.main["outcome"] == "lost"]
    truths.under(where=NEW_BUSINESS)
    for reason, n in lost["reason"].value_counts().items():
        truths.ask("loss_reasons", "value", n / len(lost), "Share of lost deals.", reason=str(reason))


def _sales_velocity(facts: Facts, truths: Truths) -> None:
    last = pd.Timestamp(LAST_DAY)
    year = facts.deals[(facts.deals["closed"] > last - pd.Timedelta(days=365)) & (facts.deals["closed"] <= last)]
    won, lost = year[year["outcome"] == "won"], year[year["outcome"] == "lost"]
    parts = {
        "deals": (facts.deals["outcome"] == "open").sum(),
        "win_rate": len(won) / (len(won) + len(lost)),
        "deal_size": won["amount"].mean(),
        "days": (won["closed"] - won["opened"]).dt.days.mean(),
    }
    truths.under()
    for column, expected in parts.items():
        truths.ask("sales_velocity", column, expected, "Of open deals, and of the last 365 days.", tolerance=1e-6)
    velocity = parts["deals"] * parts["win_rate"] * parts["deal_size"] / parts["days"]
    truths.ask("sales_velocity", "value", velocity, "Money a day.", tolerance=CENTS)


def _marketing_velocity(facts: Facts, truths: Truths) -> None:
    """An account's first touch is a campaign that reached it: the answer where it answered, else the sending."""
    members = facts.world.members
    at = members["responded_on"].fillna(members["added"]).astype("datetime64[s]").dt.floor("D")
    start = at.groupby(members["account"]).min()
    engaged = (facts.accounts["first_response"] - start).dt.days.dropna()
    deals = facts.deals[facts.deals["account"] >= 0].join(start.rename("start"), on="account")
    truths.under()
    says = (
        "From the first marketing touch to engaged: by half of the accounts at once, as sends are known from 2024 only."
    )
    truths.ask("marketing_velocity", "value", engaged.median(), says, tolerance=DAYS)
    truths.ask("marketing_velocity", "n", len(engaged), "Accounts engaged.")
    won = deals[deals["outcome"] == "won"]
    for column, group, ended in (("to_opportunity", deals, "opened"), ("to_won", won, "closed")):
        later = group[group[ended] >= group["start"]]
        days = (later.groupby("account")[ended].min() - start).dt.days.dropna()
        says = "From the first marketing touch to the first deal after it."
        truths.ask("marketing_velocity", column, days.median(), says, tolerance=DAYS)


def _pipeline(facts: Facts, truths: Truths) -> None:
    truths.under()
    truths.ask("opportunities_created", "value", len(facts.deals), "All deals of both pipelines.")
    truths.under(where=NEW_BUSINESS)
    for place, stage in enumerate(words.STAGES):
        here = facts.main[facts.main["stage"] == place]
        says = "Open amounts; 0 or 'tbd' is none."
        truths.ask("open_pipeline", "value", here["amount"].sum(), says, tolerance=CENTS, stage=stage)
        truths.ask("open_pipeline", "deals", len(here), "Open deals, with an amount or not.", stage=stage)


def _accounts(facts: Facts, truths: Truths) -> None:
    accounts = facts.accounts
    for segment, group in (("All", accounts), *_segments(accounts)):
        truths.under(by=None if segment == "All" else "target")
        engaged, with_deal, won = group["engaged"], group["with_deal"], group["won"]
        says = "Targets are engaged more and have more deals."
        truths.ask("engaged_accounts", "value", engaged.mean(), says, segment=segment)
        truths.ask("accounts_with_opportunity", "value", with_deal.mean(), says, segment=segment)
        steps = {"in_scope": len(group), "engaged": (engaged | with_deal).sum(), "with_opportunity": with_deal.sum()}
        for step, n in (steps | {"won": won.sum()}).items():
            truths.ask("account_funnel", "value", n, "At this step or a later one.", segment=segment, step=step)
        silent = (with_deal & ~engaged).sum()
        says = "Never engaged, but with a deal."
        truths.ask("account_funnel", "skipped", silent, says, segment=segment, step="engaged")
    ever_engaged = accounts[accounts["engaged"]]
    after = ever_engaged["last_opened"] > ever_engaged["first_response"]
    truths.under()
    says = "Engaged accounts that opened a deal afterwards: engagement makes an opening over three times as likely."
    truths.ask("accounts_with_opportunity", "from_engaged", after.mean(), says, tolerance=0.01)


def _influence(facts: Facts, truths: Truths) -> None:
    touched = facts.influence()
    truths.under()
    for of, outcome in (("won", "won"), ("pipeline", "open")):
        group = touched[(touched["outcome"] == outcome) & touched["amount"].notna()]
        shares = {part: group.loc[group[part], "amount"].sum() / group["amount"].sum() for part in ("before", "during")}
        says = "A response in the 90 days before the deal opened."
        truths.ask("marketing_influence", "touched_before", shares["before"], says, tolerance=1e-6, of=of)
        says = "None before, but one while the deal ran."
        truths.ask("marketing_influence", "touched_during", shares["during"], says, tolerance=1e-6, of=of)
        truths.ask("marketing_influence", "value", sum(shares.values()), "Both together.", tolerance=1e-6, of=of)

    touched = facts.journeys()
    touched = touched[(touched["outcome"] == "won") & touched["amount"].notna()]
    touched = touched[(touched["at"] >= touched["opened"] - WINDOW) & (touched["at"] <= touched["closed"])]
    credit = touched["amount"] / touched.groupby("deal")["deal"].transform("size")
    for channel, amount in credit.groupby(touched["channel"]).sum().items():
        says = "Won amounts given in equal parts to the responses from 90 days before opening to closing."
        truths.ask("influence_credit", "value", amount, says, tolerance=CENTS, model="linear", channel=str(channel))


def _people(facts: Facts, truths: Truths) -> None:
    truths.under()
    everyone = len(facts.contacts) + facts.orphan_contacts
    truths.ask("lead_conversion", "value", everyone, "All contacts count as leads.", step="lead")
    for step in ("mql", "sql", "opportunity", "customer"):
        says = "People who reached the lifecycle stage or a later one, or sit at a deal's table."
        truths.ask("lead_conversion", "value", facts.contacts[step].sum(), says, step=step)
    people = facts.world.contacts
    handed = people[people["mql"].notna()]
    is_target = facts.accounts["target"].to_numpy()[handed["account"]]
    says = "Of the people handed over, sales turns down fewer at target accounts."
    for segment, group in (("All", handed), ("target", handed[is_target]), ("rest", handed[~is_target])):
        truths.under(by=None if segment == "All" else "target")
        truths.ask("team_alignment", "value", group["turned_down"].mean(), says, segment=segment, measure="rejected")


def _cohorts(facts: Facts, truths: Truths) -> None:
    deals = facts.deals
    opened, closed = (deals[name].dt.year * 12 + deals[name].dt.month for name in ("opened", "closed"))
    age = (closed - opened).where(deals["outcome"] == "won")
    truths.under()
    for cohort in ("2025-03", "2025-09", "2026-03"):
        of_cohort = age[deals["opened"].dt.strftime("%Y-%m") == cohort]
        for months in (3, 6):
            says = "Share of all deals opened in the month that were won by the end of the month of that age."
            won_by = (of_cohort <= months).mean()
            truths.ask("cohort_win_rate", "value", won_by, says, cohort=cohort, age=months)
