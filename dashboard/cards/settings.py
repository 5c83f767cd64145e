"""A metric's settings: their present values, and what another value would change before it is saved for everybody."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.preview import control_key, keep_or_discard
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.text import numbers, safe, say
from dashboard.text.columns import heading
from metrics import AbmError, Answer, Metric, Option, every_setting, read_setting, setting_name, settled

MOST, LONG = 12, 60


def settings_part(metric: Metric) -> None:
    """Every setting with its meaning; where one is changed, the figures before and after, and the way to save it."""
    if not metric.options:
        return
    st.markdown(say("settings.title"))
    present = settled(visit.snapshot(), metric.name) if visit.has_data() else metric.settle()
    wanted = {name: _setting(metric, option, present[name]) for name, option in metric.options.items()}
    changed = {name: value for name, value in wanted.items() if value != present[name]}
    if changed:
        _effect(metric, changed)


def _setting(metric: Metric, option: Option, now: Any) -> Any:
    """The setting's own control with what it means beside it; the value chosen."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    key = control_key(f"setting.{metric.name}", option.name, now)
    with left:
        chosen = setting_control(option, now, key)
    with right:
        meaning = say("settings.meaning", meaning=option.meaning, default=safe.shorten(_words(option.default), LONG))
        st.caption(safe.for_markdown(meaning))
    return chosen


def setting_control(option: Option, now: Any, key: str, label: str = "", words: Callable[[str], str] = str) -> Any:
    """The control of one setting, holding its present value; `words` are those of its choices. The value chosen."""
    locked, name = not visit.has_data(), label or option.name
    if option.choices:
        choices = list(option.choices)
        return st.selectbox(name, choices, index=choices.index(now), key=key, disabled=locked, format_func=words)
    if isinstance(option.default, bool):
        return st.selectbox(name, [True, False], index=0 if now else 1, key=key, disabled=locked, format_func=_words)
    if isinstance(option.default, int | float):
        kind = type(option.default)
        least = None if option.minimum is None else kind(option.minimum)
        return st.number_input(name, min_value=least, value=kind(now), key=key, disabled=locked,
                               step=1 if kind is int else None, format="%d" if kind is int else "%g")  # fmt: skip
    if len(str(option.default)) > LONG:
        return st.text_area(name, value=str(now), key=key, disabled=locked)
    return st.text_input(name, value=str(now), key=key, disabled=locked)


def _words(value: object) -> str:
    """Yes, no, nothing, or the value itself."""
    if isinstance(value, bool):
        return say("settings.yes" if value else "settings.no")
    return str(value) or say("settings.empty")


def _effect(metric: Metric, changed: Mapping[str, Any]) -> None:
    """Before and after, of all accounts over all time."""
    with st.container(border=True):
        try:
            named = {setting_name(metric, name): value for name, value in changed.items()}
            checked = {name: read_setting(name, value) for name, value in named.items()}
            before, after = visit.ask(metric.name), visit.ask(metric.name, None, checked)
        except AbmError as error:
            st.error(safe.for_markdown(error))
            return
        if metric.keys or metric.list_of:
            _rows(before, after)
        else:
            one, other = (_shown(answer, answer.rows()[0]["value"]) for answer in (before, after))
            st.markdown(safe.for_markdown(say("settings.effect", title=metric.title, before=one, after=other)))
        names = ", ".join(_sharing(tuple(checked), metric.name))
        st.caption(safe.for_markdown(say("settings.shared", metrics=names) if names else say("settings.own")))
        keep_or_discard(f"setting.{metric.name}", checked, "settings.save")


def _rows(before: Answer, after: Answer) -> None:
    """A metric with several rows: those that change."""
    metric = before.metric
    if metric.list_of:
        counts = [numbers.count(len(answer.frame)) for answer in (before, after)]
        st.markdown(safe.for_markdown(say("settings.effect", title=metric.title, before=counts[0], after=counts[1])))
        return
    keys = list(metric.keys)
    both = before.frame[[*keys, "value"]].merge(after.frame[[*keys, "value"]], on=keys, how="outer",
                                                suffixes=("", "_after"))  # fmt: skip
    same = (both["value"] == both["value_after"]) | (both["value"].isna() & both["value_after"].isna())
    moved = both[~same]
    st.markdown(safe.for_markdown(say("settings.rows", n=numbers.count(len(moved)), of=numbers.count(len(both)))))
    if len(moved):
        table = pd.DataFrame({heading(key): moved[key].astype(str) for key in keys})
        table[say("settings.before")] = [_shown(before, value) for value in moved["value"]]
        table[say("settings.after")] = [_shown(after, value) for value in moved["value_after"]]
        st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), MOST))


def _shown(answer: Answer, value: Any) -> str:
    kind = answer.metric.format
    return numbers.shown(value, kind, answer.currency, unit=kind == "days")


def _sharing(names: tuple[str, ...], own: str) -> list[str]:
    """The other metrics that the settings are of."""
    users = [user for setting in every_setting({}) if setting.name in names for user in setting.used_by]
    return sorted(set(users) - {own})
