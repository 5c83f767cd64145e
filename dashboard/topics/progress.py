"""Held against goals: how far each figure is, and which have none. And the line that a card of findings is made of."""

import streamlit as st

from dashboard.cards import empty
from dashboard.cards.goal_line import goal_words, set_goal
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.reading import Reading, read
from dashboard.filters import state
from dashboard.filters.choice import Switches
from dashboard.text import safe, say
from dashboard.topics.figures import figures
from metrics import AbmError

ICONS = {
    "better": ":green[:material/trending_up:]", "worse": ":red[:material/trending_down:]",
    "flat": ":gray[:material/trending_flat:]", "behind": ":orange[:material/trending_flat:]",
    "reached": ":green[:material/check_circle:]", "missed": ":red[:material/error:]",
    "part": ":gray[:material/subdirectory_arrow_right:]",
}  # fmt: skip


def told_line(icon: str, lead: str, said: str, page: str, view: Switches = ()) -> None:
    """A finding with its icon (a name of ICONS) before it, `lead` in bold, and the way to its page behind it."""
    with st.container(horizontal=True, wrap=False, gap="xsmall", horizontal_alignment="distribute"):
        with st.container(horizontal=True, wrap=False, gap="xsmall"):
            st.markdown(ICONS[icon], width="content")
            bold = f"**{safe.for_markdown(lead)}** " if lead else ""
            st.markdown(f"{bold}{safe.for_markdown(said)}")
        st.page_link(
            f"views/{page}.py", label=":material/arrow_forward:", help=say("aim.open_page", page=say(f"nav.{page}")),
            query_params=state.link_to(view), width="content",
        )  # fmt: skip


def progress_card(page: Page) -> None:
    """A line a figure that has a goal of these days; the others by name, with the way to set one."""
    with st.container(border=True, height="stretch"):
        try:
            found = [read(one, page.choice) for one in figures(page) if not one.question.missing_tables(*one.needs)]
        except AbmError as error:
            card_head(say("plan.name"))
            empty.failed(error)
            return
        held = [one for one in found if one.held is not None]
        without = [one for one in found if one.held is None and one.aim and not one.figure.towards]
        good = sum(one.is_reached or one.is_on_plan for one in held)
        title = say("plan.title", reached=good, n=len(held)) if held else say("plan.title_none")
        card_head(title, say("plan.caption"))
        for one in held:
            told_line(_icon(one), one.figure.label, _words(one), one.figure.page, one.figure.view)
        if without:
            _set_one(without)


def _icon(one: Reading) -> str:
    if one.is_reached:
        return "reached"
    if one.is_missed:
        return "missed"
    return "better" if one.is_on_plan else "behind"


def _words(one: Reading) -> str:
    """ "€ 13.5 M: 85 % of goal € 15.9 M, 2 % ahead of the € 13.2 M due by now." """
    assert one.held is not None, "only of a figure that has a goal"
    return f"{one.value}: {goal_words(one.answer, one.held)}."


def _set_one(without: list[Reading]) -> None:
    """The figures without a goal, and the button that sets one for the first of them."""
    names = ", ".join(one.figure.label for one in without)
    st.caption(safe.for_markdown(say("plan.without", names=names)))
    set_goal("plan.set_goal", without[0].aim)
