"""Why a figure changed against the compared period: the segments that contributed most, and the rows behind it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.question import Question
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height, listed, show_listed
from dashboard.filters import choice
from dashboard.text import dimension_name, numbers, safe, say, segment_name
from dashboard.text.changes import change_table, change_words
from metrics import AbmError, Answer, Change, Scope, divides, unit_of

MOST_LINES = 9
_NO_CHANGE = ("cohort", "wave", "today")
"""Why there is no change at all, whatever the segments."""


def why_it_changed(question: Question, answer: Answer) -> None:
    """Sentence and table; nothing for a state of today, which has no other period."""
    metric = question.metric
    has_change = metric.adding_of({}, question.column) if question.column in ("value", *metric.figures) else None
    if has_change is None or question.scope.grain:
        return
    st.markdown(say("why.title"))
    if question.scope.start is None:
        st.caption(say("why.no_period"))
        return
    with st.container(horizontal=True):
        where = _row_chosen(question, answer)
        if where is None:
            return
        adding = metric.adding_of(where, question.column)
        if adding is not None and adding.because in _NO_CHANGE:
            st.caption(say(f"why.because.{adding.because}"))
            return
        by = _dimension(question, where)
    if by is None:
        return
    scope = replace(question.scope, compare=_compare(), by=None, grain=None)
    try:
        change = visit.changed(question.name, scope, by, dict(question.options), where, question.column)
    except AbmError as error:
        st.caption(safe.for_markdown(say("why.unusual", reason=error)))
        return
    kind = metric.format_of(where) if question.column == "value" else unit_of(question.column, metric)
    st.markdown(safe.for_markdown(change_words(change, kind, answer.currency, _other(scope, answer))))
    if change.difference is None and not change.parts:
        return
    table = change_table(change, kind, answer.currency)
    figures = {name: st.column_config.TextColumn(alignment="right") for name in table.columns[1:]}
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, column_config=figures,
                 height=height(len(table), MOST_LINES), placeholder=numbers.MISSING)  # fmt: skip
    st.caption(safe.for_markdown(_read_as(change)))


def _read_as(change: Change) -> str:
    """How the table is to be read: as parts of the change, or why they are none."""
    if change.kind == "none":
        return say(f"why.because.{change.because}")
    return say(f"why.adds_{change.kind}" if change.adds_up else "why.unknown")


def _compare() -> Any:
    """The comparison chosen; with none, the period before."""
    chosen = choice().settled(visit.snapshot().as_of, visit.first_day())
    return chosen.other_period() if chosen.compares_periods else "previous"


def _other(scope: Scope, answer: Answer) -> str:
    words = say("why.previous" if scope.compare == "previous" else "why.last_year")
    unfinished = scope.end is not None and scope.end > answer.as_of
    return f"{words} ({say('why.days')})" if unfinished else words


def _row_chosen(question: Question, answer: Answer) -> dict[str, Any] | None:
    """Which of the figures of a metric with several, first the one that the card shows; None where there is none."""
    keys = list(answer.metric.keys)
    if not keys:
        return {}
    rows = answer.frame[keys].drop_duplicates().astype(object).to_dict("records")
    if not rows:
        return None
    if question.row:
        rows.sort(key=lambda row: str(row[question.row[0]]) != str(question.row[1]) if question.row else False)
    names = [" · ".join(segment_name(value) for value in row.values()) for row in rows]
    chosen = st.selectbox(say("why.row"), range(len(rows)), format_func=lambda place: names[place], key="why.row")
    return {str(key): value for key, value in rows[chosen].items()}


def _dimension(question: Question, where: Mapping[str, Any]) -> str | None:
    """By which segments: the page's split first, then whatever the data have and a unit has one of."""
    names = [name for name in visit.dimensions() if not divides(question.metric, name, where, question.column)]
    first = [name for name in (choice().split, "target") if name in names]
    ordered = list(dict.fromkeys([*first, *names]))
    if not ordered:
        return None
    return str(st.selectbox(say("why.by"), ordered, format_func=dimension_name, key="why.by"))


def rows_behind(question: Question, answer: Answer) -> None:
    """The rows that the figure rests on, to read and to take along."""
    if "rows" not in question.metric.sections:
        return
    if not st.toggle(say("why.list_rows"), key="why.rows"):
        return
    try:
        rows = question.rows({})
    except AbmError as error:
        st.caption(safe.for_markdown(error))
        return
    table = listed(rows, question.metric.unit, "", answer.currency, has_targets=visit.has_targets())
    show_listed(table, most=MOST_LINES, key="why.listed")
    st.download_button(
        say("card.download"), data=lambda: csv_of(table), file_name=f"{question.name}.csv", mime="text/csv",
        key="why.download", type="tertiary", icon=":material/download:", on_click="ignore",
    )  # fmt: skip
