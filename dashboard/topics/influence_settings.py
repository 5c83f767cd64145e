"""What counts as influence: which touches, counted from where, how far back; and what another choice would change."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.preview import Change, control_key, show_effect
from dashboard.cards.settings import setting_control
from dashboard.text import numbers, safe, say
from metrics import AbmError, Answer, find_metric, read_setting, setting_name, settled

INFLUENCE, CREDIT, ALIGNMENT = "marketing_influence", "influence_credit", "team_alignment"
NAMES = ("touch", "anchor", "window_days")
FIGURES = (("value", "percent"), ("touched_before", "percent"), ("share_deals", "percent"))


def settings_card(page: Page) -> None:
    """The three switches in a row, the figures with them beside the present ones, and the way to keep the choice."""
    with st.container(border=True):
        card_head(say("influence.settings.name"), say("engagement.settings.caption"))
        chosen: dict[str, Any] = {}
        for column, name in zip(st.columns(len(NAMES)), NAMES, strict=True):
            with column:
                chosen |= _changed(name)
        if not chosen:
            st.caption(say("engagement.settings.same"))
            return
        try:
            checked = {full: read_setting(full, value) for name, value in chosen.items() for full in _full_names(name)}
            show_effect("influence", list(_changes(page, chosen)), checked)
        except AbmError as error:
            st.error(safe.for_markdown(error))


def _changed(name: str) -> dict[str, Any]:
    """{name: value} where the visitor chose another value than the present one."""
    now = settled(visit.snapshot(), INFLUENCE)[name]
    value = setting_control(
        find_metric(INFLUENCE).options[name], now, control_key("influence", name, now),
        say(f"influence.labels.{name}"), lambda choice: say(f"influence.choices.{choice}"),
    )  # fmt: skip
    return {} if value == now else {name: value}


def _full_names(name: str) -> list[str]:
    """The settings of the workspace that a switch is: the window is also that of the ways that credit
    follows, and of the pipeline that the alignment of the teams calls uninfluenced."""
    owners = [metric for metric in map(find_metric, (INFLUENCE, CREDIT, ALIGNMENT)) if name in metric.options]
    return list(dict.fromkeys(setting_name(metric, name) for metric in owners))


def _changes(page: Page, chosen: Mapping[str, Any]) -> Iterator[Change]:
    """What marketing touched of pipeline and won revenue, the open deals that it did not, and the credit shared out."""
    before, after = _both(page, INFLUENCE, chosen)
    for of in ("pipeline", "won"):
        for column, kind in FIGURES:
            figure = say("influence.settings.figure", of=say(f"charts.influence.{of}"),
                         what=say(f"influence.settings.{column}"))  # fmt: skip
            yield figure, _shown(before, of, column, kind), _shown(after, of, column, kind)
    one, other = (_untouched(page, options) for options in ({}, chosen))
    yield say("influence.settings.untouched"), one, other
    if not page.asks(CREDIT).missing_tables():
        one, other = (_credited(answer) for answer in _both(page, CREDIT, chosen))
        yield say("influence.settings.credit"), one, other


def _both(page: Page, name: str, chosen: Mapping[str, Any]) -> tuple[Answer, Answer]:
    """The metric as it stands, and with those of the chosen settings that it has."""
    wanted = {option: value for option, value in chosen.items() if option in find_metric(name).options}
    scope = page.asks(name).scope
    return visit.ask(name, scope), visit.ask(name, scope, wanted)


def _shown(answer: Answer, of: str, column: str, kind: str) -> str:
    row = next((row for row in answer.rows() if row["of"] == of), {})
    return numbers.shown(row.get(column), kind, answer.currency)


def _untouched(page: Page, options: Mapping[str, Any]) -> str:
    """How many open deals no touch of any kind reached."""
    where = {"of": "pipeline", "influence": "uninfluenced"}
    found = visit.rows_of(INFLUENCE, page.asks(INFLUENCE).scope, {**options, "touch": "any"}, where)
    return numbers.count(len(found))


def _credited(answer: Answer) -> str:
    """What every model shares out."""
    shared = answer.frame.groupby("model")["value"].sum(min_count=1)
    return numbers.money(shared.iloc[0] if len(shared) else None, answer.currency)
