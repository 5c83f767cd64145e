"""What the figures of customers rest on: margin, lag, cap, grace, the way to a renewal, what counts as returned and the
service levels; and what another choice changes."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.page_settings import changed, checked, full_names
from dashboard.cards.preview import Change, show_effect
from dashboard.cards.question import Question
from dashboard.text import numbers, safe, say
from dashboard.topics.customers import ABM, RETURN
from metrics import AbmError, Answer, find_metric

GROUPS = {
    "worth": ("margin", "lag_days", "cap_months", "lifetime"),
    "leaving": ("grace_days", "early_days", "first_day_leavers"),
    "renewing": ("renewal_days", "least_fall", "least_points"),
    "return": ("window_days", "touch", "revenue_of"),
    "service": ("service_levels",),
}
COLUMNS = (("worth",), ("leaving",), ("renewing", "service"), ("return",))
FIGURES = (
    ("churn_rate", "value", "percent"),
    ("revenue_retention", "value", "percent"),
    ("revenue_retention", "grr", "percent"),
    ("customer_acquisition_cost", "value", "money"),
    ("customer_acquisition_cost", "payback_months", "score"),
    ("customer_lifetime_value", "predicted", "money"),
    ("customer_lifetime_value", "ratio", "times"),
    (RETURN, "value", "percent"),
    ("renewals_at_risk", "n", "count"),
)
"""The figures of the page: metric, column and format."""
KEPT = "velocity_predictability"
"""Of which stages the service levels say how long they should take."""
METRICS = (*dict.fromkeys(name for name, _, _ in FIGURES), KEPT)
Shown = tuple[str, float | None, str, str | None]
"""A figure: its name, its value, its format and its currency."""


def settings_card(page: Page) -> None:
    """The settings in groups, the figures with them beside the present ones, and the way to save them."""
    with st.container(border=True):
        card_head(say("customers.settings.name"), say("customers.settings.caption"))
        chosen: dict[str, Any] = {}
        for column, groups in zip(st.columns(len(COLUMNS)), COLUMNS, strict=True):
            with column:
                for group in groups:
                    st.markdown(f"**{say(f'customers.settings.{group}')}**")
                    for name in GROUPS[group]:
                        chosen |= _control(name)
        if not chosen:
            st.caption(say("customers.settings.same"))
            return
        try:
            _effect(page, chosen)
        except AbmError as error:
            st.error(safe.for_markdown(error))


def _control(name: str) -> dict[str, Any]:
    """The control with what it means below it; {name: value} where it was changed."""
    found = changed("customers", name, METRICS, lambda choice: say(f"customers.choices.{choice}"))
    st.caption(say(f"customers.meanings.{name}"))
    return found


def _effect(page: Page, chosen: Mapping[str, Any]) -> None:
    """The figures now, with each change alone where there are several, and with all of them; and the button that keeps
    the choice."""
    kept = checked(chosen, lambda name: full_names(name, METRICS))
    now, then = list(_figures(page, {}, chosen)), list(_figures(page, chosen, chosen))
    alone = {}
    if len(chosen) > 1:
        for name, value in chosen.items():
            only = list(_figures(page, {name: value}, chosen))
            alone[_change_words(name, value)] = [
                _same_or(before, after) for before, after in zip(now, only, strict=True)
            ]
    rows: list[Change] = [(before[0], _words(before), _words(after)) for before, after in zip(now, then, strict=True)]
    by = [_difference(before, after) for before, after in zip(now, then, strict=True)]
    show_effect("customers", rows, kept, alone=alone, by=by)


def _figures(page: Page, wanted: Mapping[str, Any], chosen: Mapping[str, Any]) -> Iterator[Shown]:
    """Each figure of the page with the `wanted` settings; how many stages are kept only where `chosen` is about it."""
    for name, column, kind in FIGURES:
        question = page.asks(name, **(ABM if name == RETURN else {}))
        if question.missing_tables():
            continue
        answer = _asked(question, wanted)
        yield say(f"customers.settings.figures.{name}.{column}"), _value(answer, column), kind, answer.currency
    if "service_levels" not in chosen:
        return
    question = page.asks(KEPT)
    if question.missing_tables():
        return
    stages = [row["stage"] for row in _asked(question, chosen).rows() if row["within_service_level"] is not None]
    found = {row["stage"]: row["within_service_level"] for row in _asked(question, wanted).rows()}
    for stage in stages:
        yield say("customers.settings.kept", stage=stage), found.get(stage), "percent", None


def _asked(question: Question, wanted: Mapping[str, Any]) -> Answer:
    own = {name: value for name, value in wanted.items() if name in find_metric(question.name).options}
    return visit.ask(question.name, question.scope, {**dict(question.options), **own})


def _value(answer: Answer, column: str) -> float | None:
    if answer.metric.list_of:
        return float(len(answer.frame))
    return next(iter(answer.rows()), {}).get(column)


def _words(figure: Shown) -> str:
    _, value, kind, currency = figure
    return numbers.shown(value, kind, currency)


def _same_or(before: Shown, after: Shown) -> str:
    """The figure with a change, or that it is the same."""
    return say("preview.same") if before[1] == after[1] else _words(after)


def _difference(before: Shown, after: Shown) -> str:
    """By how much: rates in points, money as a share, the others in their own unit."""
    _, then, kind, currency = after
    if before[1] == then:
        return say("preview.same")
    if before[1] is None or then is None:
        return ""
    if kind == "money" and before[1]:
        return numbers.signed_percent(then / before[1] - 1)
    return numbers.difference(then - before[1], kind, currency)


def _change_words(name: str, value: Any) -> str:
    """ "Margin 0.5": what is set to what."""
    if isinstance(value, bool):
        words = say("settings.yes" if value else "settings.no")
    elif isinstance(value, int | float):
        words = numbers.exact(value)
    else:
        known = name in ("lifetime", "touch", "revenue_of")
        words = say(f"customers.choices.{value}") if known else str(value) or say("settings.empty")
    return f"{say(f'customers.labels.{name}')} {words}"
