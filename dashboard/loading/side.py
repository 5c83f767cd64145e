"""Around one file's columns: its open questions, what it would change, where its rows go, what columns mean."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.tables import theme_mode
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.changes import changes_card
from dashboard.loading.column_words import column_words
from dashboard.loading.incoming import Incoming
from dashboard.loading.matching import ROW
from dashboard.loading.questions import questions_card
from dashboard.loading.tables import few, metrics_touched
from dashboard.text import numbers, safe, say
from metrics import table

_MEANINGS = 420
"""Pixels that the meanings take; more of them scroll."""
PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")
_WIDTHS = {"rows": 46, "kind": 154, "column": 164, "file": 178, "first": 92, "touches": 194}
"""Pixels of the columns of what was found in the rows."""


def upper_cards(one: Incoming) -> None:
    """The questions that only the visitor can answer, and what the file would change."""
    questions_card(one)
    changes_card(one)


def lower_cards(one: Incoming) -> None:
    """Where the rows go; of a file that nobody knows, what the columns of its table mean."""
    for part in one.found or ():
        if part.rows["read"]:
            _rows_card(part)
        elif not part.source and part.columns:
            _meanings_card(st.session_state.get(f"table.{one.path}") or one.table or "opportunities")


def _meanings_card(name: str) -> None:
    """What the columns of a table mean, below the form that asks for them."""
    with st.container(border=True):
        card_head(say("load.meanings.title", row=table(name).row), say("load.meanings.caption"))
        with st.container(height=_MEANINGS, border=False, gap="xsmall"):
            for column in table(name).columns:
                words = safe.for_markdown(column.meaning.replace("`", ""))
                st.markdown(f"**{safe.for_markdown(column_words(name, column.name))}**  {words}")


def rows_head(rows: dict[str, int], key: str) -> None:
    """ "Every row is accounted for: 480 = 470 loaded + 10 repeats", and the bar of it."""
    told = " + ".join(say(f"load.rows.{name}", n=numbers.count(rows[name])) for name in PARTS if rows.get(name))
    card_head(say("load.rows.title", read=numbers.count(rows["read"]), parts=told), say("load.rows.caption"))
    if rows["read"]:
        st.plotly_chart(
            reconciliation({n: rows[n] for n in PARTS}, labels={n: say(f"load.rows.short_{n}") for n in PARTS},
                           mode=theme_mode()),
            theme=None, config=CHART_CONFIG, key=key, alt=told,
        )  # fmt: skip


def _rows_card(part: Any) -> None:
    with st.container(border=True):
        rows_head(part.rows, f"rows.{part.file}.{part.object}")
        if part.issues:
            issues = [issue | {"metrics": touched(part, issue)} for issue in part.issues]
            show_issues(issues, f"rows.{part.file}.{part.object}")
        for warning in part.warnings:
            st.caption(safe.for_markdown(warning))


def touched(part: Any, issue: dict[str, Any]) -> tuple[str, ...]:
    """The titles of the metrics that read the column of an issue; of those found while reading, by their header."""
    if issue.get("table"):
        return metrics_touched(issue["table"], issue["column"])
    fed = [
        feed for column in part.columns if column["header"] == issue.get("column")
        for feed in column["feeds"] or [column["canonical"] or ""]
    ]  # fmt: skip
    found = [metrics_touched(name, column) for name, _, column in (one.partition(".") for one in fed) if column]
    return tuple(dict.fromkeys(title for titles in found for title in titles))


def show_issues(issues: list[dict[str, Any]], key: str, extra: str = "") -> None:
    """What could not be used, in which column, with the first rows of each and the `metrics` that it touches, all of
    them where its row is chosen. `extra`: a further column of that name."""
    names = ["rows", "kind", "column", *([extra] if extra else []), "first", "touches"]
    nothing = say("load.issues.none")
    shown = pd.DataFrame([
        {"rows": issue["n"], "kind": issue["kind"], "column": _where(issue), extra: issue.get(extra, ""),
         "first": ", ".join(map(str, issue.get("rows") or ())), "touches": few(issue["metrics"]) or nothing}
        for issue in issues
    ])[names]  # fmt: skip
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(say(f"load.issues.{name}"), width=_WIDTHS.get(name, 150)) for name in names
    }
    config["rows"] = st.column_config.NumberColumn(say("load.issues.rows"), width=_WIDTHS["rows"], format="localized")
    chosen = st.dataframe(
        shown, hide_index=True, width="stretch", row_height=ROW, height=34 + ROW * min(len(shown), 12), placeholder="",
        column_config=config, on_select="rerun", selection_mode="single-row", key=f"{key}.issues",
    )  # fmt: skip
    for position in chosen["selection"]["rows"]:
        issue = issues[position]
        told = say("load.issues.full", n=issue["n"], rows=numbers.count(issue["n"]), kind=issue["kind"],
                   column=_where(issue), metrics=", ".join(issue["metrics"]) or say("load.issues.none"))  # fmt: skip
        if issue.get("whole_file"):
            told = say("load.issues.in_file", told=told, file=issue["whole_file"])
        st.caption(safe.for_markdown(told))


def _where(issue: dict[str, Any]) -> str:
    """The column, behind its table where the build found the issue."""
    column = str(issue.get("column") or "")
    return f"{issue['table'].replace('_', ' ')}: {column.replace('_', ' ')}" if issue.get("table") else column
