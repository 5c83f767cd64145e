"""Why a figure changed against the compared period: the segments that contributed most, and the rows behind it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.question import Question
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height, listed, show_listed
from dashboard.filters import choice
from dashboard.text import dimension_name, numbers, safe, say, segment_name
from dashboard.text.changes import change_table, change_words
from metrics import AbmError, Answer, Scope

_KINDS = {"rate": "why.adds_rate", "mean": "why.adds_mean", "sum": "why.adds_sum", "none": "why.own_changes"}
MOST_LINES = 8
_OVERLAPPING = ("list", "channel", "campaign")


def why_it_changed(question: Question, answer: Answer) -> None:
    """Sentence and table; nothing for a state of today, which has no other period."""
    metric = question.metric
    if metric.clock == "as_of" or metric.list_of or question.scope.grain:
        return
    st.markdown(say("why.title"))
    if question.scope.start is None:
        st.caption(say("why.no_period"))
        return
    with st.container(horizontal=True):
        where = _row_chosen(answer)
        by = _dimension(question)
    if by is None or where is None:
        return
    scope = replace(question.scope, compare=_compare(), by=None, grain=None)
    try:
        change = visit.changed(question.name, scope, by, dict(question.options), where)
    except AbmError as error:
        st.caption(safe.for_markdown(say("why.unusual", reason=error)))
        return
    words = change_words(change, metric.format, answer.currency, _other(scope, answer))
    st.markdown(safe.for_markdown(words))
    table = change_table(change, metric.format, answer.currency)
    if len(table):
        st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT,
                     height=height(len(table), MOST_LINES), placeholder=numbers.MISSING)  # fmt: skip
        st.caption(say(_KINDS[change.kind]))


def _compare() -> Any:
    """The comparison chosen; with none, the period before."""
    chosen = choice().settled(visit.snapshot().as_of, visit.first_day())
    return chosen.other_period() if chosen.compares_periods else "previous"


def _other(scope: Scope, answer: Answer) -> str:
    words = say("why.previous" if scope.compare == "previous" else "why.last_year")
    unfinished = scope.end is not None and scope.end > answer.as_of
    return f"{words} ({say('why.days')})" if unfinished else words


def _row_chosen(answer: Answer) -> dict[str, Any] | None:
    """Which of the figures of a metric with several; None where there is none."""
    keys = list(answer.metric.keys)
    if not keys:
        return {}
    rows = answer.frame[keys].drop_duplicates().astype(object).to_dict("records")
    if not rows:
        return None
    names = [" · ".join(segment_name(value) for value in row.values()) for row in rows]
    chosen = st.selectbox(say("why.row"), range(len(rows)), format_func=lambda place: names[place], key="why.row")
    return {str(key): value for key, value in rows[chosen].items()}


def _dimension(question: Question) -> str | None:
    """By which segments: the page's split first, then whatever the data have and a unit has one of."""
    names = [name for name in visit.dimensions() if name not in (*_OVERLAPPING, *question.metric.own_splits)]
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
