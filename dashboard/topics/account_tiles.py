"""An account's figures: each with its change over 90 days, its line over a year, and the middle of its peers."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import visit
from dashboard.text import numbers, safe, say
from dashboard.topics.account_deals import deal_names
from dashboard.topics.account_peers import figure_words
from metrics import PEER_FIGURES, TREND_BEFORE, AccountProfile, Peers, Scope

TILES = ("open_amount", "points", "people", "relationship", "days_in_stage")
_DEAL = 40
"""The most characters of a deal's name on a tile."""


def tiles(profile: AccountProfile) -> dict[str, DeltaGenerator]:
    """The cards in a row; by figure the place where its peers' are told, once they are known."""
    places: dict[str, DeltaGenerator] = {}
    with st.container():
        grid = st.grid(len(TILES), min_column_width=150)
        for name in TILES:
            with grid, st.container(border=True, height="stretch"):
                place = _tile(profile, name)
            if place is not None:
                places[name] = place
    return places


def peers_beside(places: dict[str, DeltaGenerator], peers: Peers) -> None:
    """Under each figure what it is at the middle of its peers."""
    for figure in peers.figures:
        if figure.name in places and figure.median is not None:
            said = say(
                "accounts.tiles.peers", value=figure_words(figure.kind, figure.median), n=numbers.count(figure.n)
            )
            places[figure.name].caption(safe.for_markdown(said))


def _tile(profile: AccountProfile, name: str) -> DeltaGenerator | None:
    value, kind = value_of(profile, name), PEER_FIGURES[name]
    line = line_of(profile.trend, name)
    st.metric(
        say(f"accounts.tiles.{name}"), figure_words(kind, value), help=say(f"accounts.tiles.help.{name}"),
        chart_data=line, **change_of(profile.trend, name, value, kind),
    )  # fmt: skip
    if value is None:
        st.caption(say(f"accounts.tiles.without.{name}"))
        return None
    own = _own_words(profile, name)
    with st.container(gap="xxsmall"):
        if own:
            st.caption(safe.for_markdown(own))
        return st.empty()


def value_of(profile: AccountProfile, name: str) -> float | None:
    """The figure of this account."""
    if name == "relationship":
        row = _strength(profile)
        value = None if row is None else row["measure"]
    else:
        value = profile.facts[name]
    return None if value is None or numbers.is_missing(value) else float(value)


def _strength(profile: AccountProfile) -> pd.Series | None:
    """The account's row of relationship_strength; None where nobody was ever touched."""
    if not visit.snapshot().row_counts.get("activities"):
        return None
    rows = visit.rows_of("relationship_strength", Scope(), where={"account_id": profile.account_id})
    return rows.iloc[0] if len(rows) else None


def line_of(trend: pd.DataFrame, name: str) -> list[float] | None:
    """The points of its line; None where there is none, or it never was anything."""
    if name not in trend:
        return None
    known = trend[name].dropna()
    return [float(value) for value in known] if len(known) > 1 and known.ne(0).any() else None


def change_of(trend: pd.DataFrame, name: str, value: float | None, kind: str) -> dict[str, Any]:
    """The change against the figure of 90 days before, as `st.metric` takes it: grey, as one account has no interval.

    A figure that is not drawn, or was not known then, has none."""
    then = trend[name].iloc[-1 - TREND_BEFORE] if name in trend else None
    if value is None or then is None or numbers.is_missing(then) or line_of(trend, name) is None:
        return {"delta": None}
    change = value - float(then)
    words = figure_words(kind, abs(change))
    if words == figure_words(kind, 0.0):
        return {"delta": words, "delta_color": "off", "delta_arrow": "off",
                "delta_description": say("accounts.tiles.before")}  # fmt: skip
    return {"delta": f"{'-' if change < 0 else '+'}{words}", "delta_color": "off",
            "delta_description": say("accounts.tiles.before")}  # fmt: skip


def _own_words(profile: AccountProfile, name: str) -> str:
    facts = profile.facts
    if name == "open_amount":
        return say("accounts.tiles.deals", n=facts["open_deals"], count=numbers.count(facts["open_deals"]))
    if name == "relationship":
        row = _strength(profile)
        if row is None or numbers.is_missing(row["days_since"]):
            return ""
        if numbers.is_missing(row["sentiment"]):
            days = float(row["days_since"])
            return say(
                "accounts.tiles.since" if days else "accounts.tiles.since_none",
                days=numbers.days(days, unit=True), day=numbers.date(visit.snapshot().as_of),
            )  # fmt: skip
        words = {"value": numbers.number(row["sentiment"], significant=2), "n": numbers.count(row["sentiment_n"])}
        return say("accounts.tiles.sentiment", **words)
    if name == "people" and facts["people_known"] is not None:
        return say("accounts.tiles.known", count=numbers.count(facts["people_known"]))
    return longest_waiting(profile) if name == "days_in_stage" else ""


def longest_waiting(profile: AccountProfile) -> str:
    """The open deal that has been in its stage the longest, whose days the account's are; "" where it is the only one
    that waits. Other cards may speak of another of its deals."""
    waiting = profile.deals[profile.deals["outcome"].eq("open") & profile.deals["days_in_stage"].notna()]
    if len(waiting) < 2:
        return ""
    longest = waiting.sort_values("days_in_stage", ascending=False, kind="stable").iloc[0]
    return say("accounts.tiles.longest", deal=deal_names(profile, _DEAL)[str(longest["opportunity_id"])])
