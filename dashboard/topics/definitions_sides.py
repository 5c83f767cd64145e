"""Two definitions side by side: their figures of everything loaded, and what differs in formula, settings and SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.counted import show_formula
from dashboard.cards.heads import card_head
from dashboard.cards.settings import setting_control
from dashboard.cards.tables import ROW_HEIGHT, height, show_answer
from dashboard.text import caveats, has, numbers, safe, say
from dashboard.text.columns import heading
from dashboard.text.formula import formula_with, formula_words
from metrics import AbmError, Answer, Metric, Scope, settled, unit_of

MOST = 8
_NO_FIGURES = ("segment", "period", "n", "low", "high", "numerator", "denominator")


@dataclass(frozen=True)
class Side:
    """A metric with its settings, what it says of everything loaded (None where its data are missing), which of its
    columns is the figure, and how it was counted."""

    metric: Metric
    options: Mapping[str, Any]
    answer: Answer | None = None
    column: str = "value"
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        if self.told:
            return str(self.told["sql"])
        return "\n;\n".join(f"-- {name}\n{sql}" for name, sql in self.metric.sections.items())

    def figure(self) -> str:
        """The figure in words; the number of rows where it has several; n/a without data."""
        if self.answer is None or self.answer.frame.empty:
            return numbers.MISSING
        if len(self.answer.frame) > 1 or self.metric.keys:
            return say("beside.rows", n=numbers.count(len(self.answer.frame)))
        value, unit = self.answer.rows()[0].get(self.column), unit_of(self.column, self.metric)
        kind = self.metric.format if self.column == "value" or not unit else unit
        return numbers.shown(value, kind, self.answer.currency, unit=kind == "days")

    def formula(self) -> str:
        """The formula with the answer's figures where it has one row, else with what they are called."""
        if self.answer is None or len(self.answer.frame) != 1:
            return formula_words(self.metric, self.column)
        return formula_with(self.metric, self.answer.rows()[0], self.answer.currency, self.column)


def sides_part(metrics: Mapping[str, Metric], first: str) -> None:
    """Both sides, and below them what differs. They begin as two ways to count the metric `first`."""
    st.caption(say("beside.caption"))
    sides = [_side(place, number, metrics, first) for number, place in enumerate(st.columns(2))]
    with st.container(border=True):
        _difference(*sides)


def _side(place: Any, number: int, metrics: Mapping[str, Metric], first: str) -> Side:
    with place, st.container(border=True, height="stretch"):
        names = list(metrics)
        key = f"sides.{number}"
        st.session_state.setdefault(f"{key}.metric", first if first in metrics else names[0])
        metric = metrics[st.selectbox(say("beside.metric"), names, key=f"{key}.metric",
                                      format_func=lambda name: metrics[name].title)]  # fmt: skip
        other = _other_way(metric) if number and metric.name == first else ("", None)
        options = _options(metric, key, other)
        side = _asked(metric, options)
        if side.answer is not None:
            side = _column(side, key, other[0])
        st.metric(safe.for_markdown(_title(side)), safe.for_markdown(side.figure()))
        st.caption(safe.for_markdown(metric.definition))
        if side.answer is None:
            st.caption(say("beside.no_data"))
        elif len(side.answer.frame) == 1:
            show_formula(side.answer, side.answer.frame, side.column)
        else:
            show_answer(side.answer, side.answer.frame, most=MOST)
        _rows(side)
    return side


def _other_way(metric: Metric) -> tuple[str, Any]:
    """Another way to count the same number: (figure, None) where the answer has one in the same unit with a formula of
    its own, such as the win rate by value, else (option, another of its choices); ("", None) where there is none."""
    for name in metric.figures:
        if not metric.keys and unit_of(name, metric) == metric.format:
            return name, None
    present = settled(visit.snapshot(), metric.name)
    for name, option in metric.options.items():
        others = [choice for choice in option.choices if choice != present[name]]
        if others:
            return name, others[0]
    return "", None


def _options(metric: Metric, key: str, other: tuple[str, Any]) -> dict[str, Any]:
    """The settings tried on this side; nothing is saved."""
    present = settled(visit.snapshot(), metric.name)
    if other[0] in present:
        present = present | {other[0]: other[1]}
    if not present:
        return {}
    with st.expander(say("beside.settings", n=len(present))):
        return {name: setting_control(option, present[name], f"{key}.{metric.name}.{name}")
                for name, option in metric.options.items()}  # fmt: skip


def _asked(metric: Metric, options: Mapping[str, Any]) -> Side:
    if any(not visit.snapshot().row_counts.get(table) for table in metric.needs):
        return Side(metric, options)
    try:
        return Side(metric, options, visit.ask(metric.name, Scope(), options),
                    told=visit.told(metric.name, Scope(), options))  # fmt: skip
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return Side(metric, options)


def _column(side: Side, key: str, first: str) -> Side:
    """The side with the figure chosen, where its answer holds several: by count, by value… `first` is shown before one
    is."""
    answer = side.answer
    if answer is None or len(answer.frame) != 1 or side.metric.keys:
        return side
    known = [str(name) for name in answer.frame if name not in _NO_FIGURES and not str(name).endswith(("_low", "_high"))
             and isinstance(answer.rows()[0][str(name)], int | float)]  # fmt: skip
    if len(known) < 2:
        return side
    column = st.selectbox(say("beside.figure"), known, index=known.index(first) if first in known else 0,
                          key=f"{key}.{side.metric.name}.column",
                          format_func=lambda name: _column_title(side.metric, name))  # fmt: skip
    return Side(side.metric, side.options, answer, column, side.told)


def _column_title(metric: Metric, column: str) -> str:
    return metric.title if column == "value" else heading(column, metric)


def _title(side: Side) -> str:
    return side.metric.title if side.column == "value" else f"{side.metric.title}: {heading(side.column)}"


def _rows(side: Side) -> None:
    used = side.told.get("used")
    if used is not None:
        st.caption(safe.for_markdown(say("counted.used", n=numbers.count(used))))
    for one in side.told.get("excluded", ()):
        st.caption(safe.for_markdown(caveats.left_out_words(one["reason"], numbers.count(one["n"]))))


def _difference(one: Side, other: Side) -> None:
    """What is not the same, as a table; the lines of the SQL that differ."""
    rows = difference_rows(one, other)
    card_head(say("beside.differs" if rows else "beside.same"))
    if rows:
        table = pd.DataFrame(rows, columns=[say("beside.what"), say("beside.left"), say("beside.right")])
        st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), 20))
    lines = sql_difference(one.sql, other.sql)
    if lines:
        st.markdown(say("beside.sql"))
        st.code(lines, language="diff")
    elif one.metric.name == other.metric.name:
        st.caption(say("beside.same_sql"))


def difference_rows(one: Side, other: Side) -> list[tuple[str, str, str]]:
    """(what, on the left, on the right) for all that differs."""
    pairs = [
        (say("beside.figure"), f"{_title(one)}: {one.figure()}", f"{_title(other)}: {other.figure()}"),
        (say("beside.formula"), *(side.formula() for side in (one, other))),
        (say("beside.counts"), one.metric.units, other.metric.units),
        (say("beside.date"), *(_clock(side.metric) for side in (one, other))),
        (say("beside.used"), *(numbers.count(side.told.get("used")) for side in (one, other))),
    ]  # fmt: skip
    left, right = (_said(side) for side in (one, other))
    pairs += [(name, left.get(name, "–"), right.get(name, "–")) for name in dict.fromkeys((*left, *right))]
    return [(what, safe.one_line(a), safe.one_line(b)) for what, a, b in pairs if a != b]


def _clock(metric: Metric) -> str:
    return say(f"clocks.{metric.clock}") if has(f"clocks.{metric.clock}") else metric.clock


def _said(side: Side) -> dict[str, str]:
    """Settings and rows left out, by name."""
    said = {str(name): str(value) for name, value in side.options.items()}
    left_out = {say("beside.left_out", reason=caveats.reason_words(one["reason"])): numbers.count(one["n"])
                for one in side.told.get("excluded", ())}  # fmt: skip
    return said | left_out


def sql_difference(one: str, other: str) -> str:
    """The lines that only one of two texts has, with three lines around each; "" for equal ones."""
    lines = unified_diff(one.splitlines(), other.splitlines(), say("beside.left"), say("beside.right"), lineterm="")
    return "\n".join(lines)
