"""Beside one file's columns: its open questions, where its rows go, and what the columns of a table mean."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.tables import theme_mode
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.incoming import Incoming
from dashboard.loading.matching import ROW, column_words
from dashboard.loading.questions import questions_card
from dashboard.text import numbers, safe, say
from metrics import table

_MEANINGS = 420
"""Pixels that the meanings take; more of them scroll."""
_PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")


def side_cards(one: Incoming) -> None:
    """The questions that only the visitor can answer, and where the rows go."""
    questions_card(one)
    for part in one.found or ():
        if part.rows["read"]:
            _rows_card(part)
        elif not part.source and part.columns:
            _meanings_card(st.session_state.get(f"table.{one.path}") or one.table or "opportunities")


def _meanings_card(name: str) -> None:
    """What the columns of a table mean, beside the form that asks for them."""
    with st.container(border=True):
        card_head(say("load.meanings.title", row=table(name).row), say("load.meanings.caption"))
        with st.container(height=_MEANINGS, border=False, gap="xsmall"):
            for column in table(name).columns:
                words = safe.for_markdown(column.meaning.replace("`", ""))
                st.markdown(f"**{safe.for_markdown(column_words(name, column.name))}**  {words}")


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
    st.dataframe(table_, hide_index=True, width="stretch", row_height=ROW, height=34 + ROW * min(len(table_), 8))
