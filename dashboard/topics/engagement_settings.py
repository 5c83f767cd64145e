"""What counts as engagement: presets, points, windows and required roles, and what another choice would change."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.page_settings import changed, checked, full_names, owner
from dashboard.cards.preview import show_effect
from dashboard.text import numbers, safe, say
from metrics import AbmError, Answer, find_metric

GROUPS = {
    "counts": ("preset", "engaged_min", "qualified_points"),
    "points": ("page_points", "click_points", "reply_points", "download_points", "webinar_points", "meeting_points"),
    "windows": ("window_days", "deep_points", "required_roles"),
}
FIGURES = (
    "engaged_accounts",
    "qualified_accounts",
    "engagement_quality",
    "relationship_strength",
    "account_penetration",
)
"""The metrics whose settings these are; the first that has one of a name is asked for its present value."""
FUNNEL = "account_funnel"
KEPT_TOGETHER = ("engagement_quality", "relationship_strength")
"""The metrics whose points fade alike: one window of this page is both of theirs."""


def settings_card(page: Page) -> None:
    """The settings in three groups, the figures with them beside the present ones, and the way to save them."""
    with st.container(border=True):
        card_head(say("engagement.settings.name"), say("engagement.settings.caption"))
        columns = st.columns([4, 5, 4])
        chosen: dict[str, Any] = {}
        for column, (group, names) in zip(columns, GROUPS.items(), strict=True):
            with column:
                st.caption(say(f"engagement.settings.{group}"))
                inner = st.columns(2) if group == "points" else [column]
                for place, name in enumerate(names):
                    with inner[place % len(inner)]:
                        chosen |= changed(
                            "engagement", name, FIGURES, lambda choice: say(f"engagement.presets.{choice}")
                        )
        if not chosen:
            st.caption(say("engagement.settings.same"))
            return
        try:
            _effect(page, chosen)
        except AbmError as error:
            st.error(safe.for_markdown(error))


def _effect(page: Page, chosen: Mapping[str, Any]) -> None:
    """The funnel and the figures now and then, and the button that keeps the choice."""
    rows = [*_funnel_rows(page, chosen), *_figure_rows(page, chosen)]
    show_effect("engagement", rows, checked(chosen, _full_names))


def _full_names(name: str) -> list[str]:
    """The settings of the workspace that a control of the page is."""
    if name in ("window_days", "deep_points"):
        return full_names(name, KEPT_TOGETHER)
    return full_names(name, (owner(name, FIGURES).name,))


def _funnel_rows(page: Page, chosen: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every step of the account funnel, qualified among them."""
    question = page.asks(FUNNEL, steps="in_scope, engaged, qualified, with_opportunity, won")
    if question.missing_tables():
        return
    before, after = _both(question.name, question.scope, dict(question.options), chosen)
    then = {row["step"]: row["value"] for row in after.rows()}
    for row in before.rows():
        words = say("engagement.settings.funnel", step=say(f"engagement.steps.{row['step']}"))
        yield words, numbers.count(row["value"]), numbers.count(then.get(row["step"]))


def _figure_rows(page: Page, chosen: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in FIGURES:
        question = page.asks(name)
        before, after = _both(name, question.scope, {}, chosen)
        one, other = (numbers.shown(answer.rows()[0]["value"], answer.metric.format) for answer in (before, after))
        yield question.metric.title, one, other


def _both(name: str, scope: Any, given: dict[str, Any], chosen: Mapping[str, Any]) -> tuple[Answer, Answer]:
    """The metric as it stands, and with those of the chosen settings that it has."""
    own = set(find_metric(name).options) - ({"window_days"} if name == FUNNEL else set())
    wanted = {option: value for option, value in chosen.items() if option in own}
    return visit.ask(name, scope, given), visit.ask(name, scope, given | wanted)
