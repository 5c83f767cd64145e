"""Accounts to act on: at most three, each with the rule's reason, its owner, and the way to its page."""

from itertools import repeat
from typing import Literal

import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.heads import card_head
from dashboard.cards.opening import open_account
from dashboard.cards.page import Page
from dashboard.text import safe, say
from dashboard.topics.account_steps import step_reason
from metrics import AbmError, AccountToActOn

KEY = "acting"
_BADGES: dict[str, Literal["orange", "gray", "red"]] = {
    "stalled_deal": "orange",
    "no_sales_touch": "gray",
    "renewal_at_risk": "red",
}
"""The colour of each rule's badge: grey a fact, orange to watch, red at risk."""


def acting_card(page: Page, *, abreast: bool = False) -> None:
    """The largest stalled deal, the most engaged without sales, the nearest renewal at risk: whose they are.

    `abreast`: beside each other, where the card is as wide as the page.
    """
    with st.container(border=True, height="stretch"):
        try:
            found = visit.acting(page.choice.scope(page.as_of, has_targets=page.has_targets))
        except AbmError as error:
            card_head(say("acting.name"))
            empty.failed(error)
            return
        if not found:
            card_head(say("acting.none"), say("acting.rules"))
            return
        card_head(say("acting.title", n=len(found)), say("acting.rules"))
        for place, one in zip(st.columns(len(found)) if abreast else repeat(st.container()), found, strict=False):
            with place:
                _account(one)


def _account(one: AccountToActOn) -> None:
    name = one.account or one.account_id
    with st.container(gap="xxsmall"):
        rule = one.step.rule
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall"
        ):
            label = f"**{safe.for_markdown(safe.shorten(name, 40))}**"
            if st.button(label, key=f"{KEY}.{rule}", type="tertiary", icon=":material/arrow_forward:",
                         help=say("accounts.open")):  # fmt: skip
                open_account(one.account_id)
            st.badge(say(f"acting.badges.{rule}"), color=_BADGES[rule])
        st.markdown(safe.for_markdown(step_reason(one.step, name, visit.snapshot().currency)))
        if one.owner:
            st.caption(safe.for_markdown(say("acting.owner", owner=one.owner)))
