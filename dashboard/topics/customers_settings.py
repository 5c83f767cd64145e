"""What the figures of customers rest on: margin, lag, cap, grace, days to a renewal; what another choice changes."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.preview import control_key, show_effect
from dashboard.cards.settings import setting_control
from dashboard.text import numbers, safe, say
from metrics import AbmError, Answer, Metric, find_metric, read_setting, setting_name, settled

NAMES = ("margin", "lag_days", "cap_months", "grace_days", "renewal_days")
FIGURES = (
    ("churn_rate", "value", "percent"),
    ("revenue_retention", "value", "percent"),
    ("customer_acquisition_cost", "value", "money"),
    ("customer_acquisition_cost", "payback_months", "score"),
    ("customer_lifetime_value", "predicted", "money"),
    ("customer_lifetime_value", "ratio", "times"),
    ("return_on_investment", "value", "percent"),
    ("renewals_at_risk", "n", "count"),
)
"""The figures of the page: metric, column and format."""


def settings_card(page: Page) -> None:
    """The settings in a row, the figures with them beside the present ones, and the way to save them."""
    with st.container(border=True):
        card_head(say("customers.settings.name"), say("customers.settings.caption"))
        chosen: dict[str, Any] = {}
        for column, name in zip(st.columns(len(NAMES)), NAMES, strict=True):
            with column:
                chosen |= _changed(name)
        if not chosen:
            st.caption(say("customers.settings.same"))
            return
        try:
            _effect(page, chosen)
        except AbmError as error:
            st.error(safe.for_markdown(error))


def _owner(name: str) -> Metric:
    return next(metric for metric, _, _ in _metrics() if name in metric.options)


def _metrics() -> Iterator[tuple[Metric, str, str]]:
    for metric, column, kind in FIGURES:
        yield find_metric(metric), column, kind


def _changed(name: str) -> dict[str, Any]:
    """{name: value} where the visitor chose another value than the present one."""
    metric = _owner(name)
    now = settled(visit.snapshot(), metric.name)[name]
    value = setting_control(metric.options[name], now, control_key("customers", name, now),
                            say(f"customers.labels.{name}"))  # fmt: skip
    st.caption(say(f"customers.meanings.{name}"))
    return {} if value == now else {name: value}


def _effect(page: Page, chosen: Mapping[str, Any]) -> None:
    """The figures now and then, and the button that keeps the choice."""
    checked = {full: read_setting(full, chosen[name]) for name in chosen for full in _full_names(name)}
    show_effect("customers", list(_rows(page, chosen)), checked)


def _full_names(name: str) -> list[str]:
    """The settings of the workspace that a control of the page is: one of each metric where they differ."""
    owners = [metric for metric, _, _ in _metrics() if name in metric.options]
    return list(dict.fromkeys(setting_name(metric, name) for metric in owners))


def _rows(page: Page, chosen: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for metric, column, kind in _metrics():
        question = page.asks(metric.name)
        if question.missing_tables():
            continue
        wanted = {name: value for name, value in chosen.items() if name in metric.options}
        before = question.answer()
        after = visit.ask(metric.name, question.scope, {**dict(question.options), **wanted})
        one, other = (_shown(answer, column, kind) for answer in (before, after))
        yield say(f"customers.settings.figures.{metric.name}.{column}"), one, other


def _shown(answer: Answer, column: str, kind: str) -> str:
    if answer.metric.list_of:
        return numbers.count(len(answer.frame))
    row = next(iter(answer.rows()), {})
    return numbers.shown(row.get(column), kind, answer.currency)
