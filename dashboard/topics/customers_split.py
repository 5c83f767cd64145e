"""By which property of the accounts a chart of customers is split: its own switch."""

import streamlit as st

from dashboard import visit
from dashboard.cards.page import Page
from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import dimension_name, safe, say

FIRST = ("target", "industry", "tier", "size", "region", "country")
WITHOUT = ("list",)
MOST_VALUES, MOST_IN_ROW = 24, 5


def dimensions(page: Page) -> tuple[str, ...]:
    """Properties of accounts with two values at least, and few enough to draw: the page's own split first."""
    tables, values = visit.dimension_tables(), visit.dimensions()
    known = {name for name, found in values.items()
             if 1 < len(found) <= MOST_VALUES and tables.get(name) == "accounts" and name not in WITHOUT}  # fmt: skip
    if page.has_targets and page.choice.show == "both":
        known.add("target")
    else:
        known.discard("target")
    usual = (page.split, *FIRST) if page.split not in (None, "target") else FIRST
    first = list(dict.fromkeys(name for name in usual if name in known))
    others = sorted(known - set(first))
    if first or not others:
        return (*first, *others)
    begin = next((name for name in others if not _says_who_left(page, name)), others[0])
    return (begin, *(name for name in others if name != begin))


def _says_who_left(page: Page, name: str) -> bool:
    """Whether of each value either all customers left or none: a column that tells who is gone explains nothing."""
    shares = page.asks("churn_rate", by=name).answer().frame["value"].dropna()
    return len(shares) > 1 and set(shares) == {0.0, 1.0}


def chosen(name: str, page: Page) -> str | None:
    """The property that the card's switch chooses; None where there is none."""
    options = dimensions(page)
    return switch(name, options) if options else None


def dimension_switch(name: str, options: tuple[str, ...]) -> None:
    """A row of the first few; a select box where there are more."""
    if len(options) < 2:
        return
    key = f"{name}.by"
    st.session_state[key] = switch(name, options)
    if len(options) <= MOST_IN_ROW:
        st.segmented_control(
            say("customers.by"), options, key=key, required=True, label_visibility="collapsed",
            format_func=lambda d: safe.for_markdown(dimension_name(d)), on_change=turn, args=(name, options),
        )  # fmt: skip
    else:
        st.selectbox(
            say("customers.by"), options, key=key, label_visibility="collapsed", width=220,
            format_func=lambda d: safe.one_line(dimension_name(d)), on_change=turn, args=(name, options),
        )  # fmt: skip


def view_switch(name: str, options: tuple[str, ...]) -> None:
    """What a card shows: words of ours."""
    key = f"{name}.by"
    st.session_state[key] = switch(name, options)
    st.segmented_control(
        say("customers.view"), options, key=key, required=True, label_visibility="collapsed",
        format_func=lambda view: say(f"customers.views.{view}"), on_change=turn, args=(name, options),
    )  # fmt: skip


def turn(name: str, options: tuple[str, ...]) -> None:
    """Keep what the switch says."""
    set_switch(name, st.session_state[f"{name}.by"], options)
