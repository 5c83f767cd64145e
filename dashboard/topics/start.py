"""The start page by need: leader, seller, executive. The choice stands in the URL."""

import streamlit as st

from dashboard import visit
from dashboard.cards.chart import row
from dashboard.cards.kpi import kpi_card
from dashboard.cards.page import Page, page_foot, page_sentence
from dashboard.cards.parts import Chart
from dashboard.cards.wall import look_again, wall_chart, wall_figure
from dashboard.filters import change, choice
from dashboard.filters.state import set_filter
from dashboard.filters.url import ROLES
from dashboard.text import findings, safe, say
from dashboard.topics.accounts import accounts_card, accounts_sentence
from dashboard.topics.acting import acting_card
from dashboard.topics.attention import attention_card
from dashboard.topics.changed import changed_card
from dashboard.topics.comparison import comparison_sentence, every_target_chart
from dashboard.topics.figures import figures, level_sentence, plan_words, revenue_sentence
from dashboard.topics.funnels import accounts_in_scope, funnel_chart

_ROLE, _OWNER = "start.role", "start.owner"
_PEOPLE = ("owner", "team")


def role_switch() -> None:
    """Whose start page this is."""
    st.session_state[_ROLE] = choice().role
    st.segmented_control(
        say("start.role"), ROLES, key=_ROLE, required=True, format_func=lambda role: say(f"start.roles.{role}"),
        on_change=lambda: change(role=st.session_state[_ROLE], mark=None), label_visibility="collapsed",
        help=" ".join(say(f"start.help.{role}") for role in ROLES),
    )  # fmt: skip


def leader_start(page: Page) -> None:
    """Are we on plan, does ABM beat the rest, what needs me?"""
    _head(page)
    grid = st.grid(6, min_column_width=136)
    for figure in figures(page):
        with grid:
            kpi_card(figure, page.choice)
    row([1, 1], [every_target_chart(page), _funnel(page)])
    left, right = st.columns(2)
    with left:
        changed_card(page)
    with right:
        acting_card(page)
    page_foot()


def seller_start(page: Page) -> None:
    """What to do today: the owner's accounts to act on, stalled and overdue deals, and the list of accounts."""
    sentence, counts = accounts_sentence(page)
    people = [name for dimension in _PEOPLE for name in page.choice.values(dimension)]
    page_sentence(page, say("start.seller.of", owner=", ".join(people), sentence=sentence) if people else sentence,
                  **counts)  # fmt: skip
    owners = visit.dimensions().get("owner", [])
    if owners and not people:
        _whose(owners)
    acting_card(page, abreast=True)
    attention_card(page, opens="velocity")
    accounts_card(page)


def executive_start(page: Page) -> None:
    """The state of things from afar: six figures, target against the rest, the account funnel."""
    _head(page)
    grid = st.grid(3, min_column_width=300)
    for figure in figures(page):
        with grid:
            wall_figure(figure, page.choice)
    for place, chart in zip(st.columns(2), (every_target_chart(page), _funnel(page)), strict=True):
        with place:
            wall_chart(chart)
    page_foot()
    look_again()


def _head(page: Page) -> None:
    """The scope, and in one sentence whether we are on plan and whether target accounts do better."""
    accounts, targets = accounts_in_scope(page)
    told = (plan_words(page), comparison_sentence(page), revenue_sentence(page))
    clear = [part for part in told if part]
    page_sentence(page, findings.headline(*(clear or [level_sentence(page)])), accounts=accounts, targets=targets)


def _funnel(page: Page) -> Chart:
    return funnel_chart(page, "accounts", switchable=False, height=312, columns=("step", "segments"))


def _whose(owners: list[str]) -> None:
    """Whose accounts they are to be, until somebody is chosen."""
    with st.container(border=True):
        st.subheader(say("start.seller.choose"), anchor=False)
        st.caption(say("start.seller.why"))
        told = {name: safe.one_line(name) for name in owners}
        st.selectbox(
            say("start.seller.owner"), owners, index=None, key=_OWNER, format_func=told.__getitem__, width=320,
            placeholder=say("start.seller.placeholder"), label_visibility="collapsed", on_change=_take_owner,
        )  # fmt: skip


def _take_owner() -> None:
    name = st.session_state[_OWNER]
    if name is not None:
        set_filter("owner", (name,))
