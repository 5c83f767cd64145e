"""What counts as followed up and as rejected, and what another choice would change."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.preview import Change, control_key, show_effect
from dashboard.cards.settings import setting_control
from dashboard.text import numbers, safe, say
from dashboard.topics.alignment_parts import MEASURES, METRIC, row_of
from metrics import AbmError, find_metric, read_setting, setting_name, settled

NAMES = ("follow_up_days", "rejected_statuses")


def settings_card(page: Page) -> None:
    """The switches in a row, the figures with them beside the present ones, and the way to keep the choice."""
    with st.container(border=True):
        card_head(say("alignment.settings.name"), say("engagement.settings.caption"))
        chosen: dict[str, Any] = {}
        for column, name in zip(st.columns([1, 3]), NAMES, strict=True):
            with column:
                chosen |= _changed(name)
        if not chosen:
            st.caption(say("engagement.settings.same"))
            return
        try:
            checked = {setting_name(find_metric(METRIC), name): value for name, value in chosen.items()}
            checked = {name: read_setting(name, value) for name, value in checked.items()}
            show_effect("alignment", list(_changes(page, chosen)), checked)
        except AbmError as error:
            st.error(safe.for_markdown(error))


def _changed(name: str) -> dict[str, Any]:
    """{name: value} where the visitor chose another value than the present one."""
    now = settled(visit.snapshot(), METRIC)[name]
    value = setting_control(find_metric(METRIC).options[name], now, control_key("alignment", name, now),
                            say(f"alignment.labels.{name}"))  # fmt: skip
    return {} if value == now else {name: value}


def _changes(page: Page, chosen: Mapping[str, Any]) -> Iterator[Change]:
    """Each measure that is known, now and then."""
    scope = page.asks(METRIC).scope
    before, after = visit.ask(METRIC, scope), visit.ask(METRIC, scope, dict(chosen))
    for measure in MEASURES:
        one, other = row_of(before, measure), row_of(after, measure)
        if one.get("missing") is None and other.get("missing") is None:
            words = say(f"alignment.figures.{measure}", days=after.options["follow_up_days"])
            yield words, _shown(one), _shown(other)


def _shown(row: Mapping[str, Any]) -> str:
    return numbers.rate(row.get("value"), row.get("numerator"), row.get("denominator"))
