"""How a figure is counted: its definition, its formula with the real figures, its SQL, and the rows left out."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.question import Question
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.cards.why import rows_behind, why_it_changed
from dashboard.text import caveats, numbers, safe, say, say_markdown, segment_name
from dashboard.text.columns import heading
from dashboard.text.formula import formula_with, value_words
from dashboard.text.scope import question_words
from metrics import AbmError, Answer

MOST_LINES = 10


def counted(questions: tuple[Question, ...], shown: pd.DataFrame | None = None) -> None:
    """Open the dialog of a card's question, or of the one chosen in it where the card has several.

    `shown`: the rows of the first question's answer that the card shows, where it does not show all.
    """
    one = say_markdown("counted.title", title=questions[0].metric.title)
    st.dialog(one if len(questions) == 1 else say("counted.several"), width="large")(_body)(questions, shown)


def _body(questions: tuple[Question, ...], shown: pd.DataFrame | None) -> None:
    question = questions[0]
    if len(questions) > 1:
        question = st.selectbox(say("counted.which"), questions, format_func=lambda one: one.metric.title)
    metric = question.metric
    try:
        answer, told = question.answer(), question.told()
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.markdown(safe.for_markdown(metric.definition))
    scope = question_words(question.scope, metric, answer.as_of)
    st.caption(safe.for_markdown(say("counted.scope", scope=scope)))
    own = answer.frame
    if shown is not None and question is questions[0] and set(own) <= set(shown):
        own = shown
    if question.row:
        own = own[own[question.row[0]] == question.row[1]]
    if len(own):
        st.markdown(say("counted.formula"))
        show_formula(answer, own, question.column)
    why_it_changed(question, answer)
    _rows(told)
    rows_behind(question, answer)
    if answer.options:
        st.markdown(say("counted.options"))
        st.code("\n".join(f"{name} = {value}" for name, value in answer.options.items()), language=None)
    for warning in answer.warnings:
        st.caption(safe.for_markdown(caveats.warning_words(warning)))
    with st.expander(say("counted.sql")):
        st.code(told["sql"], language="sql", wrap_lines=True)
        values = "\n".join(f"${name} = {value}" for name, value in told["parameters"].items())
        if values:
            st.code(values, language=None)


def show_formula(answer: Answer, rows: pd.DataFrame, column: str = "value") -> None:
    """The formula with the figures of each of these rows of the answer, and what comes out; one row in a sentence."""
    metric, currency = answer.metric, answer.currency
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    lines = [formula_with(metric, {str(k): v for k, v in row.items()}, currency, column) for row in records]
    values = [value_words(metric, row[column], currency, column) for row in records]
    if len(records) == 1:
        words = f"{lines[0]} = {values[0]}" if lines[0] != values[0] else values[0]
        st.code(words, language=None, wrap_lines=True)
        return
    names = [name for name in ("segment", "period", *metric.keys) if name in rows and _tells(rows[name])]
    table = pd.DataFrame({heading(name): [_key(name, row[name]) for row in records] for name in names})
    table[say("counted.how")], table[metric.title if column == "value" else heading(column)] = lines, values
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), MOST_LINES))


def _tells(column: pd.Series) -> bool:
    return column.nunique(dropna=False) > 1


def _key(name: str, value: object) -> str:
    if value is None:
        return numbers.MISSING
    if name == "segment":
        return segment_name(value)
    return numbers.period(value) if name in ("period", "cohort") else safe.one_line(value)


def _rows(told: dict[str, Any]) -> None:
    used = told["used"]
    if used is not None:
        st.markdown(safe.for_markdown(say("counted.used", n=numbers.count(used))))
    if told["excluded"]:
        left = [{say("counted.reason"): caveats.reason_words(one["reason"]), say("counted.rows"): one["n"]}
                for one in told["excluded"]]  # fmt: skip
        st.dataframe(left, hide_index=True, width="stretch")
    else:
        st.caption(say("counted.none_left_out"))
