"""Beside one file's columns: its open questions, where its rows go, and what the columns of a table mean."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.tables import theme_mode
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.incoming import Incoming
from dashboard.loading.matching import ROW, column_words
from dashboard.text import has, numbers, safe, say
from metrics.model import table

_PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")


def side_cards(one: Incoming) -> None:
    """The questions that only the visitor can answer, and where the rows go."""
    asked = [question for question in one.questions if question["choices"]]
    if asked:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.subheader(say("load.questions.title", n=len(asked)), anchor=False, width="content")
                st.badge(say("load.questions.needed"), icon=":material/help:", color="orange")
            for question in asked:
                _question(one, question)
    for part in one.found or ():
        if part.rows["read"]:
            _rows_card(part)
        elif not part.source:
            _meanings_card(st.session_state.get(f"table.{one.path}") or one.table or "opportunities")


def _meanings_card(name: str) -> None:
    """What the columns of a table mean, beside the form that asks for them."""
    with st.container(border=True):
        card_head(say("load.meanings.title", row=table(name).row), say("load.meanings.caption"))
        rows = [{say("load.meanings.column"): column_words(name, c.name), say("load.meanings.meaning"): c.meaning}
                for c in table(name).columns]  # fmt: skip
        st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW, height=36 + ROW * min(len(rows), 12))


def _question(one: Incoming, question: dict[str, Any]) -> None:
    kind, column = question["kind"], str(question["column"])
    example = str((question.get("examples") or [""])[0])
    st.markdown(safe.for_markdown(say(f"load.questions.{kind}", column=column, example=example)))
    chosen = st.pills(
        safe.for_markdown(column), question["choices"],
        format_func=lambda c: safe.for_markdown(_choice_words(kind, c, example)),
        key=f"question.{one.path}.{column}.{kind}", label_visibility="collapsed",
    )  # fmt: skip
    if chosen:
        one.answers[column] = chosen
        one.found = None
        st.rerun()


def _choice_words(kind: str, choice: str, example: str) -> str:
    """A choice as what it makes of the example: "3 April 2026"."""
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in example).split()[:3]]
    if kind == "dates" and len(digits) == 3 and choice in ("dmy", "mdy"):
        day, month = (digits[0], digits[1]) if choice == "dmy" else (digits[1], digits[0])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return say("load.questions.day", day=day, month=numbers.month_name(month))
    return say(f"load.questions.choices.{kind}.{choice}") if has(f"load.questions.choices.{kind}.{choice}") else choice


def _rows_card(part: Any) -> None:
    rows = part.rows
    with st.container(border=True):
        told = " + ".join(say(f"load.rows.{name}", n=numbers.count(rows[name])) for name in _PARTS if rows[name])
        card_head(say("load.rows.title", read=numbers.count(rows["read"]), parts=told), say("load.rows.caption"))
        st.plotly_chart(
            reconciliation({n: rows[n] for n in _PARTS}, labels={n: say(f"load.rows.short_{n}") for n in _PARTS},
                           mode=theme_mode()),
            theme=None, config=CHART_CONFIG, key=f"rows.{part.file}.{part.object}", alt=told,
        )  # fmt: skip
        if part.issues:
            show_issues(part.issues)
        for warning in part.warnings:
            st.caption(safe.for_markdown(warning))


def show_issues(issues: list[dict[str, Any]]) -> None:
    """What could not be used, in which column, with the first rows of each."""
    table_ = pd.DataFrame([
        {say("load.issues.rows"): issue["n"], say("load.issues.kind"): issue["kind"],
         say("load.issues.column"): issue.get("column") or "",
         say("load.issues.first"): ", ".join(map(str, issue.get("rows") or ()))}
        for issue in issues
    ])  # fmt: skip
    st.dataframe(table_, hide_index=True, width="stretch", row_height=ROW, height=36 + ROW * min(len(table_), 8))
