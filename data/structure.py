"""Planted facts about rows and links that no metric states, each with the SQL that reads it from a snapshot."""

from typing import Any

import pandas as pd

from data import drivers, words
from data.attendance import LED_BY_PAGES, PAGE
from data.facts import Facts
from data.money_facts import Money
from data.spending import ACCOUNT_ADS, SEARCH, SOCIAL

_STEPS = len(words.STAGES)
_MAIN = f"pipeline = '{words.PIPELINE}'"
_MOVES = f"""
    SELECT stage_order, is_closing,
           lag(stage_order) OVER (PARTITION BY opportunity_id ORDER BY entered_at) AS order_before,
           lag(is_closing) OVER (PARTITION BY opportunity_id ORDER BY entered_at) AS was_closing
    FROM model.stage_visits WHERE {_MAIN}"""
_STAYS = f"""
    SELECT opportunity_id, stage, count(*) AS n
    FROM model.stage_visits WHERE {_MAIN} AND NOT is_closing GROUP BY opportunity_id, stage"""


def structure(facts: Facts) -> list[dict[str, Any]]:
    """Facts with `says`, `sql` (one row, one column) and `expected`."""
    return [
        {"says": says, "sql": " ".join(sql.split()), "expected": int(expected)}
        for says, sql, expected in (
            *_accounts(facts),
            *_deals(facts),
            *_visits(facts),
            *_touches(facts),
            *_market(facts),
            *_table(facts),
            *_money(facts),
        )
    ]


def _accounts(facts: Facts) -> list[tuple[str, str, float]]:
    accounts, deals = facts.accounts, facts.deals
    first = deals[deals["account"] >= 0].groupby("account")["opened"].min()
    late = (accounts["since"].loc[first.index] > first).sum()
    late_query = """
        SELECT count(*) FROM model.accounts AS a WHERE a.target_since >
            (SELECT min(o.opened_on) FROM model.opportunities AS o WHERE o.account_id = a.account_id)"""
    return [
        ("Accounts, once each.", "SELECT count(*) FROM model.accounts", len(accounts)),
        ("Target accounts.", "SELECT count(*) FROM model.accounts WHERE target", accounts["target"].sum()),
        ("The biased flag: target accounts only since after their first deal opened.", late_query, late),
    ]


def _deals(facts: Facts) -> list[tuple[str, str, float]]:
    deals = facts.deals
    count = "SELECT count(*) FROM model.opportunities WHERE"
    no_decision = (deals["outcome"] == "no_decision").sum()
    return [
        ("Deals whose account is in no accounts export.", f"{count} account_id IS NULL", (deals["account"] < 0).sum()),
        ("Deals without an amount: 'tbd', or 0 while open.", f"{count} value IS NULL", deals["amount"].isna().sum()),
        ("Deals of accounts that were targets when they opened.", f"{count} target", deals["target"].sum()),
        ("Deals that ended without a decision.", f"{count} outcome = 'no_decision'", no_decision),
    ]


def _visits(facts: Facts) -> list[tuple[str, str, float]]:
    visits = facts.visits
    stays = visits[visits["stage"] < _STEPS]
    again = stays.groupby(["deal", "stage"]).size() > 1
    fallen = (visits["stage"] < visits["before"]) & (visits["before"] < _STEPS)
    reopened = visits[(visits["stage"] > _STEPS) & visits["left"].notna()]
    reopened_query = f"SELECT count(*) FROM ({_MOVES}) AS moves WHERE was_closing AND NOT is_closing"
    fallen_query = f"SELECT count(*) FROM ({_MOVES}) AS moves WHERE stage_order < order_before AND NOT was_closing"
    return [
        (
            "Stage visits; edits of the amount are none.",
            f"SELECT count(*) FROM model.stage_visits WHERE {_MAIN}",
            len(visits),
        ),
        ("Reopened deals: lost, then taken up again.", reopened_query, len(reopened)),
        ("Moves from an open stage back to an earlier one.", fallen_query, fallen.sum()),
        ("Stages that a deal was in twice.", f"SELECT count(*) FROM ({_STAYS}) AS stays WHERE n > 1", again.sum()),
    ]


def _touches(facts: Facts) -> list[tuple[str, str, float]]:
    query = "SELECT count(*) FROM model.activities WHERE kind = 'campaign_response' AND account_id IS NOT NULL"
    spoken = pd.concat([facts.world.development[kind] for kind in ("calls", "meetings")])
    scored = spoken["is_recorded"] & spoken["outcome"].isin(["Connected", "Completed"])
    sum_of_scores = """
        SELECT CAST(round(10 * sum(sentiment)) AS BIGINT) FROM model.activities WHERE account_id IS NOT NULL"""
    kinds = facts.answers["kind"]
    logged = "SELECT count(*) FROM model.activities WHERE account_id IS NOT NULL AND kind"
    return [
        ("Campaign responses of known accounts.", query, facts.responses),
        ("Pages looked at.", f"{logged} = 'web_visit'", (kinds == PAGE).sum()),
        ("Downloads and forms.", f"{logged} IN ('content', 'form')", kinds.isin(LED_BY_PAGES).sum()),
        ("Webinars and events attended.", f"{logged} IN ('webinar', 'event')", kinds.isin(["Webinar", "Event"]).sum()),
        (
            "Minutes that marketing's tools logged.",
            "SELECT CAST(sum(minutes) AS BIGINT) FROM model.activities WHERE side = 'marketing'",
            facts.world.attendance["minutes"].sum(),
        ),
        (
            "Tenths of sentiment, summed over recorded talks.",
            sum_of_scores,
            round(10 * spoken.loc[scored, "mood"].sum()),
        ),
    ]


def _market(facts: Facts) -> list[tuple[str, str, float]]:
    world = facts.world
    scores = pd.concat([world.signals[["topic", "score"]], world.strangers[["topic", "score"]]])
    about = scores["topic"].map(lambda topic: words.TOPICS[topic].category == words.COMPETITOR_TOPICS)
    spent = world.campaigns["actual_cost"].to_numpy()
    is_abm = (world.campaigns["program"] == "ABM").to_numpy()
    return [
        ("Companies of the market.", "SELECT count(*) FROM model.market", len(world.market)),
        ("What they spend a year.", "SELECT sum(estimated_value) FROM model.market", world.market["budget"].sum()),
        ("Signals of intent, strangers' too.", "SELECT count(*) FROM model.intent", len(scores)),
        (
            "Signals that say in market.",
            "SELECT count(*) FROM model.intent WHERE score >= 60",
            (scores["score"] >= 60).sum(),
        ),
        ("Signals about competitors.", "SELECT count(*) FROM model.intent WHERE is_competitor", about.sum()),
        ("Signals of strangers.", "SELECT count(*) FROM model.intent WHERE account_id IS NULL", len(world.strangers)),
        ("Spent on ABM.", "SELECT sum(actual_cost) FROM model.campaigns WHERE program = 'abm'", spent[is_abm].sum()),
        (
            "Campaigns steered by intent.",
            "SELECT count(*) FROM model.campaigns WHERE uses_intent",
            world.campaigns["uses_intent"].sum(),
        ),
    ]


def _money(facts: Facts) -> list[tuple[str, str, float]]:
    money, world = Money(facts), facts.world
    names = ", ".join(f"'{name}'" for name in sorted({kind.name for kind in (*SEARCH, *SOCIAL)}))
    due = world.contracts["ended"].isna() & (world.contracts["renews"] < pd.Timestamp("2027-01-30"))
    ads = "SELECT count(*) FROM model.spend WHERE campaign LIKE 'ABM: account ads%'"
    own = (world.campaigns["type"] == ACCOUNT_ADS).sum() - world.spending.account_ads["campaign"].nunique()
    of_platforms = len(world.spending.search) + len(world.spending.social)
    return [
        ("Contracts, all of known accounts.", "SELECT count(account_id) FROM model.contracts", len(world.contracts)),
        (
            "Contracts in a currency of their own.",
            "SELECT count(*) FROM model.contracts WHERE currency <> 'EUR' AND monthly_value IS NOT NULL",
            (world.contracts["currency"] != "EUR").sum(),
        ),
        (
            "Customers who left a contract for good.",
            "SELECT count(*) FROM model.contracts WHERE end_reason IS NOT NULL",
            (world.contracts["reason"] != "").sum(),
        ),
        (
            "Contracts that renew within 90 days.",
            "SELECT count(*) FROM model.contracts WHERE ended_on IS NULL AND renews_on <= DATE '2027-01-29'",
            due.sum(),
        ),
        (
            "Thousands invoiced, all currencies in one.",
            "SELECT CAST(round(sum(value) / 1000) AS BIGINT) FROM model.invoices WHERE account_id IS NOT NULL",
            round(money.invoices["value"].sum() / 1000),
        ),
        (
            "Thousands spent: what a platform bills is not counted with the campaign's own cost again.",
            "SELECT CAST(round(sum(value) / 1000) AS BIGINT) FROM model.spend",
            round(money.costs["value"].sum() / 1000),
        ),
        ("Account ads by day, and their own cost before that.", ads, len(world.spending.account_ads) + own),
        (
            "Costs of campaigns that only their platform knows.",
            f"SELECT count(*) FROM model.spend WHERE campaign IN ({names})",
            of_platforms,
        ),
    ]


def _table(facts: Facts) -> list[tuple[str, str, float]]:
    """Won and lost deals by how many of the two required roles sit at the table: planted is that roles win."""
    roles, judged = facts.roles, facts.main[facts.main["outcome"].isin(["won", "lost"])]
    covered = roles[roles["role"].isin(drivers.REQUIRED_ROLES)].groupby("deal")["role"].nunique()
    number = covered.reindex(judged.index).fillna(0)
    won = judged["outcome"] == "won"
    named = ", ".join(f"'{role}'" for role in drivers.REQUIRED_ROLES)
    query = f"""
        SELECT count(*) FROM model.opportunities AS o WHERE o.{_MAIN} AND o.outcome = '{{outcome}}' AND {{number}} =
            (SELECT count(DISTINCT r.role) FROM model.opportunity_contacts AS r
             WHERE r.opportunity_id = o.opportunity_id AND r.role IN ({named}))"""
    found: list[tuple[str, str, float]] = [
        ("People on deals.", "SELECT count(*) FROM model.opportunity_contacts", len(roles)),
        (
            "People on deals, all known.",
            "SELECT count(*) FROM model.opportunity_contacts SEMI JOIN model.contacts USING (contact_id)",
            len(roles),
        ),
    ]
    for n in (0, 1, 2):
        for outcome, is_so in (("won", won), ("lost", ~won)):
            says = f"Deals {outcome} with {n} of the required roles: those with both are won most often."
            found.append((says, query.format(outcome=outcome, number=n), ((number == n) & is_so).sum()))
    return found
