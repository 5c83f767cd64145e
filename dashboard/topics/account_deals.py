"""The deals of an account: where each stands, how long, what is usual there, what it is worth, what it lacks."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.heads import card_head
from dashboard.cards.tables import csv_of, height, row_height
from dashboard.text import has, numbers, safe, say
from dashboard.topics.account_steps import short_deal
from metrics import AccountProfile

SHOWN = 8
COLUMNS = ("deal", "outcome", "stage", "days_in_stage", "median_days", "amount", "opened_on", "closes_on", "owner",
           "missing_roles")  # fmt: skip
_DAYS, _NUMBERS = ("opened_on", "closes_on"), ("days_in_stage", "median_days", "amount")
_TEXTS = ("deal", "stage", "owner", "missing_roles")
_WIDTHS = {"deal": 118, "outcome": 72, "stage": 100, "days_in_stage": 76, "median_days": 50, "amount": 78,
           "opened_on": 88, "closes_on": 88, "owner": 100, "missing_roles": 108}  # fmt: skip


def deals_card(profile: AccountProfile) -> None:
    """Open deals first, the largest on top."""
    with st.container(border=True):
        deals = profile.deals
        if deals.empty:
            card_head(say("accounts.deals.none"))
            if not visit.snapshot().row_counts.get("opportunities"):
                empty.missing("account.deals", ["opportunities"])
            return
        currency = visit.snapshot().currency
        table = deals_table(profile, currency)
        with st.container(horizontal=True, wrap=False, vertical_alignment="top", horizontal_alignment="distribute"):
            with st.container(gap="xxsmall"):
                card_head(deals_finding(deals, currency), say("accounts.deals.caption"))
            st.download_button(
                say("card.download"), data=lambda: csv_of(table), file_name="account-deals.csv", mime="text/csv",
                key="account.deals.csv", type="tertiary", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        each = row_height(
            table, {_head(name, currency): _WIDTHS[name] for name in _TEXTS if _head(name, currency) in table}
        )
        st.dataframe(table, hide_index=True, width="stretch", row_height=each, height=height(len(table), SHOWN, each),
                     column_config=_config(currency), placeholder="", key="account.deals")  # fmt: skip


def deals_finding(deals: pd.DataFrame, currency: str | None) -> str:
    """How many are open and for how much; without any, how many were won."""
    opened = deals[deals["outcome"] == "open"]
    if opened.empty:
        won = int((deals["outcome"] == "won").sum())
        return say("accounts.deals.closed", n=len(deals), count=numbers.count(len(deals)), won=numbers.count(won))
    amount = opened["amount"].sum(min_count=1)
    n, count = len(opened), numbers.count(len(opened))
    if pd.isna(amount):
        return say("accounts.deals.open_bare", n=n, count=count)
    return say("accounts.deals.open", n=n, count=count, amount=numbers.money(amount, currency))


def deals_table(profile: AccountProfile, currency: str | None) -> pd.DataFrame:
    """A row a deal in the columns of COLUMNS; what none of them has is left away."""
    deals = profile.deals
    is_open, names = deals["outcome"] == "open", deal_names(profile)
    table = pd.DataFrame({
        "deal": [names[str(key)] for key in deals["opportunity_id"]],
        "outcome": [_outcome(row) for row in deals.itertuples()],
        "stage": deals["stage"].fillna(say("columns.none")), "days_in_stage": deals["days_in_stage"].round(),
        "median_days": deals["median_days"].round(), "amount": deals["amount"], "opened_on": deals["opened_on"],
        "closes_on": deals["expected_close_on"].where(is_open, deals["closed_on"]), "owner": deals["owner"],
        "missing_roles": deals["missing_roles"],
    })  # fmt: skip
    kept = [name for name in COLUMNS if table[name].notna().any()]
    return table[kept].rename(columns={name: _head(name, currency) for name in kept})


def deal_names(profile: AccountProfile, most: int = 60) -> dict[str, str]:
    """What the page calls each deal, by its id: its name without the account's; of several of one name with the month
    of opening, and where that is the same too, with a number. At most so many characters, the addition kept whole."""
    account, deals = str(profile.facts["name"] or ""), profile.deals
    frame = pd.DataFrame({
        "id": deals["opportunity_id"].astype(str).tolist(),
        "name": [
            str(key) if pd.isna(name) else short_deal(name, account)
            for key, name in zip(deals["opportunity_id"], deals["deal"], strict=True)
        ],
        "month": ["" if pd.isna(day) else f", {numbers.period(f'{day:%Y-%m}')}" for day in deals["opened_on"]],
    }).sort_values("id", kind="stable")  # fmt: skip
    alike = frame.groupby(["name", "month"])
    pairs = zip(alike.cumcount(), alike["id"].transform("size"), strict=True)
    number = [f" ({n + 1})" if of > 1 else "" for n, of in pairs]
    more = (frame["month"] + number).where(frame["name"].duplicated(keep=False), "")
    return {
        one: safe.shorten(name, max(most - len(added), 8)) + added
        for one, name, added in zip(frame["id"], frame["name"], more, strict=True)
    }


def _outcome(row: Any) -> str:
    if row.is_stalled:
        return say("accounts.signs.stalled")
    return say(f"outcomes.{row.outcome}") if has(f"outcomes.{row.outcome}") else safe.one_line(row.outcome)


def _head(name: str, currency: str | None) -> str:
    symbol = numbers.currency_symbol(currency)
    words = say(f"accounts.deals.columns.{name}")
    return f"{words}, {symbol}" if name == "amount" and symbol else words


def _config(currency: str | None) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name in COLUMNS:
        title, width = _head(name, currency), _WIDTHS[name]
        if name in _DAYS:
            config[title] = st.column_config.DateColumn(title, format="D MMM YYYY", width=width)
        elif name in _NUMBERS:
            config[title] = st.column_config.NumberColumn(title, format="localized", width=width)
        else:
            config[title] = st.column_config.TextColumn(title, width=width)
    return config
