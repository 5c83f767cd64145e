"""The list of accounts as a table: the columns of a call or of the company on the page, all of them in the file."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.tables import side_chips
from dashboard.text import numbers, safe, say, segment_name

SIGNS = ("stalled", "renewal", "quiet", "in_market")
CALL = ("account", "target", "owner", "signs", "points", "last_marketing_on", "last_sales_on", "open_deals",
        "open_amount", "stage")  # fmt: skip
COMPANY = ("account", "target", "lists", "tier", "industry", "size", "country", "fit", "in_market", "renews_on",
           "won_amount", "owner")  # fmt: skip
WHOLE = ("account_id", "account", "domain", "target", "lists", "tier", "industry", "size", "country", "owner",
         "signs", "points", "people", "last_marketing_on", "last_sales_on", "open_deals", "open_amount", "stage",
         "days_in_stage", "stalled_deals", "renews_on", "renewal_reasons", "won_amount", "fit", "in_market",
         "missing_roles")  # fmt: skip
MONEY, DAYS = ("open_amount", "won_amount"), ("last_marketing_on", "last_sales_on", "renews_on")
_WIDTHS = {
    "account": 146, "target": 62, "owner": 100, "signs": 130, "points": 52, "last_marketing_on": 94,
    "last_sales_on": 88, "open_deals": 48, "open_amount": 74, "stage": 98, "lists": 90, "tier": 52,
    "industry": 104, "size": 72, "country": 84, "fit": 52, "in_market": 66, "renews_on": 88, "won_amount": 76,
}  # fmt: skip


def shown(
    frame: pd.DataFrame, view: str, currency: str | None, has_targets: bool
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows in the columns of the view, those that say nothing left away, and how each is shown."""
    table = _told(frame)
    names = [name for name in (CALL if view == "call" else COMPANY) if _says(table[name], name, has_targets)]
    table["points"], table["open_amount"] = table["points"].round(), table["open_amount"].round()
    table["won_amount"] = table["won_amount"].round()
    heads = {name: head(name, currency) for name in names}
    config = {heads[name]: _column(heads[name], name) for name in names}
    return table[names].rename(columns=heads).reset_index(drop=True), config


def whole(frame: pd.DataFrame, currency: str | None) -> pd.DataFrame:
    """Exactly the accounts listed, in their order, in all columns: for a file. Signs and lists are words."""
    table = _told(frame)
    for name in DAYS:
        table[name] = pd.to_datetime(table[name]).dt.strftime("%Y-%m-%d")
    table["signs"] = [", ".join(words) for words in table["signs"]]
    table["target"] = [words[0] for words in table["target"]]
    return table[list(WHOLE)].rename(columns={name: head(name, currency) for name in WHOLE})


def head(name: str, currency: str | None) -> str:
    """A column's name for people, with its unit."""
    symbol = numbers.currency_symbol(currency)
    words = say(f"accounts.columns.{name}")
    return f"{words}, {symbol}" if name in MONEY and symbol else words


def signs(row: Any) -> list[str]:
    """What needs care, in words."""
    held = {
        "stalled": row.stalled_deals > 0, "renewal": row.renewals_at_risk > 0, "quiet": row.is_quiet,
        "in_market": row.in_market is True,
    }  # fmt: skip
    return [say(f"accounts.signs.{name}") for name in SIGNS if held[name]]


def fit_words(grade: Any, tier: Any, score: Any) -> str | None:
    """The grade of the fit; without one what the file says of it."""
    for value in (grade, tier, score):
        if not pd.isna(value):
            return numbers.number(value) if isinstance(value, float) else str(value)
    return None


def tier_words(tier: str) -> str:
    """ "1" → "Tier 1"; what says the word itself stays as it is."""
    short = safe.shorten(tier, 24)
    return short if short.casefold().startswith("tier") else say("accounts.one.tier", tier=short)


def stage_words(stage: Any, standing: str) -> str:
    """The furthest stage of the open deals, else whether it is a customer."""
    return str(stage) if not pd.isna(stage) else say(f"accounts.standings.{standing}")


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.copy()
    table["account"] = table["name"].fillna(table["domain"]).fillna(table["account_id"])
    table["target"] = [[segment_name(side)] for side in table["target"]]
    table["signs"] = [signs(row) for row in table.itertuples(index=False)]
    table["stage"] = [stage_words(*pair) for pair in zip(table["stage"], table["standing"], strict=True)]
    fit = zip(table["grade"], table["uploaded_tier"], table["uploaded_score"], strict=True)
    table["fit"] = pd.Series([fit_words(*three) for three in fit], index=table.index, dtype=object)
    table["in_market"] = table["in_market"].map({True: say("settings.yes"), False: say("settings.no")})
    return table


def _says(values: pd.Series, name: str, has_targets: bool) -> bool:
    """Whether the column tells anything here. Name, deals and stage always do."""
    if name == "target":
        return has_targets
    if name == "signs":
        return bool((values.str.len() > 0).any())
    return name in ("account", "open_deals", "stage") or bool(values.notna().any())


def _column(title: str, name: str) -> Any:
    width = _WIDTHS[name]
    if name == "target":
        return side_chips(title, width)
    if name == "signs":
        words = [say(f"accounts.signs.{sign}") for sign in SIGNS]
        return st.column_config.MultiselectColumn(
            title, options=words, color=["red", "red", "orange", "gray"], width=width
        )
    if name in DAYS:
        return st.column_config.DateColumn(title, format="D MMM YYYY", width=width)
    if name in (*MONEY, "points", "open_deals"):
        return st.column_config.NumberColumn(title, format="localized", width=width)
    return st.column_config.TextColumn(title, width=width)
