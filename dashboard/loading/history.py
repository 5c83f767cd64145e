"""The History and Quality tabs: every import with its counts, undo and rejects; what was wrong with the rows."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import csv_of, theme_mode
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.matching import object_words
from dashboard.loading.texts import texts_card
from dashboard.text import numbers, safe, say
from metrics import AbmError

_PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")


def history_tab() -> None:
    """The imports, newest first; one is chosen to be taken back or to fetch its rejects."""
    imports = list(reversed(visit.workspace().imports()))
    if not imports:
        st.header(say("history.none"), anchor=False)
        return
    st.header(
        safe.for_markdown(say("history.sentence", n=len(imports), file=safe.shorten(imports[0].file, 60))), anchor=False
    )
    with st.container(border=True):
        card_head(say("history.title"), say("history.caption"))
        table = pd.DataFrame([_row(one) for one in imports])
        numbers_ = {name: st.column_config.NumberColumn(name, format="localized")
                    for name in map(str, table) if pd.api.types.is_integer_dtype(table[name])}  # fmt: skip
        st.dataframe(table, hide_index=True, width="stretch", row_height=34, height=34 + 34 * min(len(table), 14),
                     column_config=numbers_)  # fmt: skip
        _actions([one for one in imports if one.status != "undone"])


def _row(one: Any) -> dict[str, Any]:
    counts = {say(f"history.columns.{name}"): one.rows.get(name, 0) for name in _PARTS}
    what = object_words(one) if one.source else say("load.unknown")
    return {
        say("history.columns.id"): one.import_id,
        say("history.columns.file"): one.file,
        say("history.columns.is"): what,
        say("history.columns.at"): numbers.date(one.loaded_at),
        say("history.columns.read"): one.rows.get("read", 0),
        **counts,
        say("history.columns.status"): say(f"history.status.{one.status}"),
    }


def _actions(kept: list[Any]) -> None:
    if not kept:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("history.which"), kept, width=420, key="history.which",
            format_func=lambda one: safe.one_line(say("history.one", id=one.import_id, file=one.file)),
        )  # fmt: skip
        if st.button(say("history.undo"), icon=":material/undo:", key="history.undo"):
            _undo(chosen)
        if chosen.rows.get("rejected"):
            st.download_button(
                say("history.rejects", n=numbers.count(chosen.rows["rejected"])),
                icon=":material/download:",
                data=lambda: csv_of(visit.workspace().rejects(chosen.import_id)),
                file_name=f"rejects-{chosen.import_id}.csv",
                mime="text/csv",
                type="tertiary",
                on_click="ignore",
            )


def _undo(chosen: Any) -> None:
    with st.spinner(say("history.undoing")):
        try:
            visit.workspace().undo(chosen.import_id)
        except AbmError as error:
            st.error(safe.for_markdown(error))
            return
    st.rerun()


def quality_tab() -> None:
    """Where every row went, and what could not be used."""
    if not visit.has_data():
        st.header(say("history.none"), anchor=False)
        return
    quality = visit.quality()
    share = numbers.percent(quality.get("share"))
    st.header(
        safe.for_markdown(say("quality.sentence", share=share, read=numbers.count(quality.get("read")))), anchor=False
    )
    with st.container(border=True):
        told = " + ".join(say(f"load.rows.{n}", n=numbers.count(quality[n])) for n in _PARTS if quality.get(n))
        card_head(say("load.rows.title", read=numbers.count(quality["read"]), parts=told), say("load.rows.caption"))
        if quality["read"]:
            st.plotly_chart(
                reconciliation({n: quality[n] for n in _PARTS}, labels={n: say(f"load.rows.short_{n}") for n in _PARTS},
                               mode=theme_mode()),
                theme=None, config=CHART_CONFIG, key="quality.rows", alt=told,
            )  # fmt: skip
    _issues(quality.get("issues", []))
    _warnings()
    texts_card()


def _issues(issues: list[dict[str, Any]]) -> None:
    files = {one.import_id: one.file for one in visit.workspace().imports()}
    with st.container(border=True):
        card_head(say("quality.issues", n=len(issues)), say("quality.caption"))
        if not issues:
            return
        table = pd.DataFrame(
            [
                {
                    say("load.issues.rows"): one["n"],
                    say("load.issues.kind"): one["kind"],
                    say("load.issues.column"): one.get("column") or "",
                    say("history.columns.file"): files.get(one["import_id"], ""),
                    say("load.issues.first"): ", ".join(map(str, one.get("rows") or ())),
                }
                for one in sorted(issues, key=lambda one: -one["n"])
            ]
        )
        st.dataframe(table, hide_index=True, width="stretch", row_height=34, height=34 + 34 * min(len(table), 12))


def _warnings() -> None:
    warnings = visit.snapshot().warnings
    if warnings:
        with st.container(border=True):
            st.subheader(say("quality.warnings", n=len(warnings)), anchor=False)
            for warning in warnings:
                st.text(safe.one_line(warning))
