"""One account before a call: what it is, what to do next and why, its figures, its history, its people and deals."""

from types import SimpleNamespace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.filters import state
from dashboard.text import numbers, safe, say, segment_name
from dashboard.topics.account_deals import deal_names, deals_card
from dashboard.topics.account_history import history_card
from dashboard.topics.account_peers import peers_card, peers_of
from dashboard.topics.account_people import people_card
from dashboard.topics.account_steps import step_reason, step_title
from dashboard.topics.account_tiles import peers_beside, tiles
from dashboard.topics.accounts_table import fit_words, signs, tier_words
from metrics import AbmError, AccountProfile, NextStep, QuestionError, account_link, read_setting


def account_page(account_id: str) -> None:
    """The page of the account; a note, and the way back, where there is none with this id."""
    _way_back()
    try:
        profile = visit.account(account_id)
    except QuestionError:
        st.title(say("nav.accounts"), anchor=False)
        st.header(say("accounts.one.unknown"), anchor=False)
        st.caption(safe.for_markdown(say("accounts.one.unknown_why", id=safe.shorten(account_id, 60))))
        return
    fit = _head(profile)
    st.header(safe.for_markdown(_sentence(profile)), anchor=False)
    beside = tiles(profile)
    _steps(profile)
    history_card(profile)
    left, right = st.columns([11, 9])
    with left.container(border=True, height="stretch"):
        people_card(profile)
    place = right.container(border=True, height="stretch")
    deals_card(profile)
    if profile.topics.shape[0]:
        _topics(profile)
    # What reads all accounts comes last: of many it takes long, and what there is to know of this one stands already.
    with place:
        with st.spinner(say("accounts.peers.counting")):
            peers = peers_of(account_id)
        peers_card(profile, peers)
    peers_beside(beside, peers)
    words = _fit(visit.account_fit(account_id))
    if words:
        fit.badge(safe.for_markdown(words), color="gray")


def name_of(profile: AccountProfile) -> str:
    """The account's name, else its domain, else its id."""
    return str(profile.facts["name"] or profile.facts["domain"] or profile.account_id)


def _way_back() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(say("accounts.one.back"), key="account.back", icon=":material/arrow_back:", type="tertiary",
                  on_click=state.change, kwargs={"account": ""})  # fmt: skip
        st.caption(say("bar.as_of", date=numbers.date(visit.snapshot().as_of)), width="content")


def _head(profile: AccountProfile) -> DeltaGenerator:
    """The name, what stands out, and the facts; the place of the badge of its fit."""
    facts = profile.facts
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.title(safe.for_markdown(name_of(profile)), anchor=False, width="content")
            if facts["target"] == "target":
                since = facts["target_since"]
                words = say("accounts.one.target_since", day=numbers.date(since)) if since else segment_name("target")
                st.badge(safe.for_markdown(words), icon=":material/target:", color="blue")
            if facts["tier"]:
                st.badge(safe.for_markdown(tier_words(str(facts["tier"]))), color="gray")
            fit = st.empty()
            for words in signs(SimpleNamespace(**facts)):
                st.badge(
                    safe.for_markdown(words), color="gray" if words == say("accounts.signs.in_market") else "orange"
                )
        _crm_link(profile)
    st.caption(safe.for_markdown(" · ".join(_facts(profile))))
    return fit


def _fit(fits: dict[str, Any]) -> str:
    fit = fit_words(fits["grade"], fits["uploaded_tier"], fits["uploaded_score"])
    score = f", {numbers.number(fits['fit'])}" if fits["grade"] and fits["fit"] is not None else ""
    return say("accounts.one.fit", fit=f"{safe.shorten(fit, 24)}{score}") if fit else ""


def _facts(profile: AccountProfile) -> list[str]:
    facts, currency = profile.facts, visit.snapshot().currency
    told = [str(facts[name]) for name in ("domain", "industry") if facts[name]]
    if facts["size"]:
        told.append(say("accounts.one.size", size=facts["size"]))
    told += [str(facts[name]) for name in ("country",) if facts[name]]
    if facts["owner"]:
        told.append(say("accounts.one.owner", owner=facts["owner"]))
    if facts["won_deals"]:
        since = facts["first_won_on"]
        won = {"n": facts["won_deals"], "count": numbers.count(facts["won_deals"]),
               "amount": numbers.money(facts["won_amount"], currency)}  # fmt: skip
        told.append(
            say("accounts.one.won", **won)
            + (f", {say('accounts.one.since', day=numbers.date(since))}" if since else "")
        )
    elif facts["is_customer"]:
        told.append(say("accounts.standings.customer"))
    if facts["lists"]:
        told.append(say("accounts.one.lists", lists=facts["lists"]))
    return [safe.shorten(part, 80) for part in told]


def _crm_link(profile: AccountProfile) -> None:
    """The record in the CRM, where a template says how to get there; else the place to say it."""
    template = str(visit.snapshot().settings.get("crm_link") or "")
    address = account_link(template, profile.account_id)
    with st.container(horizontal=True, width="content", vertical_alignment="center"):
        if address is not None:
            st.link_button(say("accounts.one.crm"), address, icon=":material/open_in_new:", type="tertiary")
        with st.popover(say("accounts.one.crm_set"), icon=":material/link:", type="tertiary"):
            st.markdown(say("accounts.one.crm_how"))
            text = st.text_input(
                say("accounts.one.crm_address"), value=template, key=f"account.crm.{template}", max_chars=400,
                placeholder="https://crm.example.com/accounts/{account_id}",
            )  # fmt: skip
            if st.button(say("accounts.one.crm_save"), key="account.crm.save", icon=":material/save:"):
                _keep_link(text)


def _keep_link(text: str) -> None:
    try:
        visit.workspace().change_settings({"crm_link": read_setting("crm_link", text) or None})
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.rerun()


def _sentence(profile: AccountProfile) -> str:
    if profile.steps:
        return _reason(profile, profile.steps[0])
    return say("accounts.one.calm", name=name_of(profile))


def _reason(profile: AccountProfile, step: NextStep) -> str:
    return step_reason(step, name_of(profile), visit.snapshot().currency, deal_names(profile))


def _steps(profile: AccountProfile) -> None:
    """What to do next, each with the rule's reason."""
    with st.container(border=True):
        n = len(profile.steps)
        card_head(say("accounts.steps.title", n=n, count=numbers.count(n)) if n else say("accounts.steps.none"),
                  say("accounts.steps.caption"))  # fmt: skip
        for step in profile.steps:
            title = safe.for_markdown(step_title(step))
            reason = safe.for_markdown(_reason(profile, step))
            st.markdown(f"**{title}**  \n{reason}")


def _topics(profile: AccountProfile) -> None:
    with st.container(border=True):
        card_head(say("accounts.topics.title", n=len(profile.topics), count=numbers.count(len(profile.topics))),
                  say("accounts.topics.caption"))  # fmt: skip
        heads = {name: say(f"accounts.topics.{name}") for name in ("topic", "vendor", "score", "last_on")}
        st.dataframe(
            profile.topics.rename(columns=heads), hide_index=True, width="stretch", row_height=ROW_HEIGHT,
            height=height(len(profile.topics), 6), placeholder="",
            column_config={heads["last_on"]: st.column_config.DateColumn(heads["last_on"], format="D MMM YYYY")},
        )  # fmt: skip
