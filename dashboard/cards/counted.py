"""How a figure is counted: its definition, its formula with the real figures, its SQL, and the rows left out."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.question import Question
from dashboard.text import numbers, safe, say, say_markdown
from metrics import AbmError

MOST_LINES = 12


def counted(questions: tuple[Question, ...]) -> None:
    """Open the dialog of a card's question, or of the one chosen in it where the card has several."""
    one = say_markdown("counted.title", title=questions[0].metric.title)
    st.dialog(one if len(questions) == 1 else say("counted.several"), width="large")(_body)(questions)


def _body(questions: tuple[Question, ...]) -> None:
    question = questions[0]
    if len(questions) > 1:
        question = st.selectbox(say("counted.which"), questions, format_func=lambda one: one.metric.title)
    metric = question.metric
    try:
        told = question.told()
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.markdown(safe.for_markdown(metric.definition))
    st.caption(safe.for_markdown(say("counted.scope", scope=told["scope"])))
    lines = told["formula"]
    if lines:
        st.markdown(say("counted.formula"))
        more = [say("counted.more", n=len(lines) - MOST_LINES)] if len(lines) > MOST_LINES else []
        st.code("\n".join([*lines[:MOST_LINES], *more]), language=None, wrap_lines=True)
    _rows(told)
    answer = question.answer()
    if answer.options:
        st.markdown(say("counted.options"))
        st.code("\n".join(f"{name} = {value}" for name, value in answer.options.items()), language=None)
    for warning in answer.warnings:
        st.caption(safe.for_markdown(warning))
    with st.expander(say("counted.sql")):
        st.code(told["sql"], language="sql", wrap_lines=True)
        values = "\n".join(f"${name} = {value}" for name, value in told["parameters"].items())
        if values:
            st.code(values, language=None)


def _rows(told: dict[str, Any]) -> None:
    used = told["used"]
    if used is not None:
        st.markdown(safe.for_markdown(say("counted.used", n=numbers.count(used))))
    if told["excluded"]:
        left = pd.DataFrame(told["excluded"]).rename(
            columns={"reason": say("counted.reason"), "n": say("counted.rows")}
        )
        st.dataframe(left, hide_index=True, width="stretch")
    else:
        st.caption(say("counted.none_left_out"))
