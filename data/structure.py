"""Planted facts about rows and links that no metric states, each with the SQL that reads it from a snapshot."""

from typing import Any

from data import words
from data.facts import Facts

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
        for says, sql, expected in (*_accounts(facts), *_deals(facts), *_visits(facts), *_touches(facts))
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
    return [("Campaign responses of known accounts.", query, facts.responses)]
