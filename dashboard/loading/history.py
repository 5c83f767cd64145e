"""The History and Quality tabs: every import with its counts, undo and rejects; what was wrong with the rows."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit, work
from dashboard.cards.heads import card_head
from dashboard.cards.tables import csv_of, theme_mode
from dashboard.cards.welcome import primary
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.matching import object_words
from dashboard.loading.texts import texts_card
from dashboard.text import numbers, safe, say

_PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")
_ASKED = "history.asked"
_WORDS = {"id": 36, "file": 224, "is": 152, "at": 90, "status": 72}
_COUNTS = {"read": 54, "loaded": 58, "duplicate": 64, "rejected": 66, "empty": 56}
"""Pixels of the columns of the history."""
_FILE, _WHAT = 31, 22
"""The most letters that these widths hold."""


def history_tab() -> None:
    """The imports, newest first; one is chosen to be taken back or to fetch its rejects."""
    imports = list(reversed(visit.workspace().imports()))
    if not imports:
        st.header(say("history.none"), anchor=False)
        return
    kept = [one for one in imports if one.status != "undone"]
    st.header(safe.for_markdown(_sentence(kept, len(imports) - len(kept))), anchor=False)
    with st.container(border=True):
        card_head(say("history.title"), say("history.caption"))
        table = pd.DataFrame([_row(one) for one in imports])
        st.dataframe(table, hide_index=True, width="stretch", row_height=34, height=34 + 34 * min(len(table), 14),
                     column_config=_widths())  # fmt: skip
        _actions(kept)


def _sentence(kept: list[Any], undone: int) -> str:
    """How many imports the figures rest on, the last of them, and how many were taken back."""
    if not kept:
        return say("history.all_undone", n=undone)
    words: dict[str, Any] = {"n": len(kept), "file": safe.shorten(kept[0].file, 60)}
    return say("history.sentence_undone" if undone else "history.sentence", undone=undone, **words)


def _widths() -> dict[str, Any]:
    """Widths at which all columns stand on a page 1280 wide."""
    words, counts = st.column_config.TextColumn, st.column_config.NumberColumn
    return {say(f"history.columns.{name}"): words(width=width) for name, width in _WORDS.items()} | {
        say(f"history.columns.{name}"): counts(width=width, format="localized") for name, width in _COUNTS.items()
    }


def _row(one: Any) -> dict[str, Any]:
    what = object_words(one) if one.source else say("load.unknown")
    counts = {name: one.rows.get(name, 0) for name in ("read", "loaded", "duplicate", "rejected")}
    counts["empty"] = one.rows.get("blank", 0) + one.rows.get("footer", 0)
    cells = {
        "id": one.import_id, "file": safe.shorten_middle(one.file, _FILE), "is": safe.shorten(what, _WHAT),
        "at": numbers.date(one.loaded_at), **counts, "status": say(f"history.status.{one.status}"),
    }  # fmt: skip
    return {say(f"history.columns.{name}"): cell for name, cell in cells.items()}


def _actions(kept: list[Any]) -> None:
    if not kept:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("history.which"), kept, width=420, key="history.which",
            format_func=lambda one: safe.one_line(say("history.one", id=one.import_id, file=one.file)),
        )  # fmt: skip
        if st.button(say("history.undo"), icon=":material/undo:", key="history.undo"):
            st.session_state[_ASKED] = chosen.import_id
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
    if st.session_state.get(_ASKED) == chosen.import_id:
        _confirm(chosen)


def _confirm(chosen: Any) -> None:
    """What taking it back means, before it is done."""
    file, workspace = safe.shorten(chosen.file, 60), visit.workspace()
    with st.container(border=True, key="history.confirm"):
        rows = chosen.rows.get("loaded", 0)
        st.markdown(safe.for_markdown(say("history.sure", n=rows, rows=numbers.count(rows), file=file)))
        with st.container(horizontal=True):
            is_sure = st.button(say("history.yes"), type=primary(), icon=":material/undo:", key="history.yes")
            st.button(say("history.no"), key="history.no", on_click=_forget)
    if is_sure:
        _forget()
        work.begin(
            "undo", lambda _: say("history.undoing", file=file),
            lambda told: workspace.undo(chosen.import_id, progress=told),
        )  # fmt: skip


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def tell_undone() -> None:
    """What taking an import back did, once."""
    done = work.finished("undo")
    if done is None:
        return
    if done.error:
        st.error(safe.for_markdown(done.error))
    else:
        rows = done.outcome.rows.get("loaded", 0)
        words = say("history.undone", n=rows, rows=numbers.count(rows), file=safe.shorten(done.outcome.file, 60))
        st.success(safe.for_markdown(words), icon=":material/check_circle:")


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
    warnings = [*visit.snapshot().warnings, *visit.snapshot().reading]
    if warnings:
        with st.container(border=True):
            st.subheader(say("quality.warnings", n=len(warnings)), anchor=False)
            for warning in warnings:
                st.text(safe.one_line(warning))
