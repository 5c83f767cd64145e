"""Open deals to look at: stalled in their stage, or past their expected closing and quiet."""

import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import foot, menu
from dashboard.cards.goal_line import links
from dashboard.cards.page import Page
from dashboard.cards.switches import card_switch
from dashboard.cards.tables import listed_deals, show_deals
from dashboard.filters import switch
from dashboard.text import numbers, safe, say
from metrics import AbmError

LISTS = ("stalled_deals", "overdue_deals")
SHOWN = 6


def attention_card(page: Page, *, opens: str = "") -> None:
    """A table of the deals, largest amount first, with what makes them worth a look; `opens`: the page that tells
    more of them."""
    with st.container(border=True):
        usable = [name for name in LISTS if not page.asks(name).missing_tables()]
        if not usable:
            st.subheader(say("attention.name"), anchor=False)
            empty.missing("attention", page.asks(LISTS[0]).missing_tables())
            return
        kind = switch("attention", tuple(usable))
        question = page.asks(kind)
        try:
            answer = question.answer()
        except AbmError as error:
            st.subheader(say("attention.name"), anchor=False)
            empty.failed(error)
            return
        table = listed_deals(answer)
        with st.container(horizontal=True, wrap=False, gap="xsmall"):
            with st.container(gap="xxsmall"):
                key = f"attention.{kind}.{'title' if len(table) else 'none'}"
                title = say(key, n=len(table), count=numbers.count(len(table)))
                st.subheader(safe.for_markdown(title), anchor=False)
                st.caption(say(f"attention.{kind}.caption"))
            view = ("attention", "" if kind == usable[0] else kind)
            more = links(f"attention.{kind}", "", opens, (view,)) if opens else None
            menu(f"attention.{kind}", question, (), table, more=more)
        if len(usable) > 1:
            _kind_switch(tuple(usable))
        if table.empty:
            return
        show_deals(table.head(SHOWN))
        shown = say("attention.shown", n=numbers.count(min(SHOWN, len(table))), of=numbers.count(len(table)))
        st.caption(safe.for_markdown(foot(answer, None, shown)))


def _kind_switch(usable: tuple[str, ...]) -> None:
    card_switch("attention", usable, label=say("attention.kind"), key="attention.kind",
                words=lambda name: say(f"attention.{name}.name"))  # fmt: skip
