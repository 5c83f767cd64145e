"""The History tab: every import with who, when, file, counts and how it was read; taken back, and put back."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit, work
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height
from dashboard.cards.welcome import primary
from dashboard.loading.changes import table_words
from dashboard.loading.column_words import column_words
from dashboard.loading.comparing import compare_card
from dashboard.loading.matching import object_words
from dashboard.text import numbers, safe, say
from metrics import TABLES, redo_until

_ASKED = "history.asked"
_WORDS = {"id": 32, "file": 178, "is": 124, "at": 128, "by": 44, "status": 68}
_COUNTS = {"read": 50, "loaded": 54, "duplicate": 58, "rejected": 60, "aside": 62}
"""Pixels of the columns of the history, on a page 1280 wide."""
_FILE, _WHAT, _WHO = 24, 18, 6
"""The most letters that these widths hold."""


def history_tab() -> None:
    """The imports, newest first; one is chosen to be looked at, taken back or put back; two are compared."""
    imports = list(reversed(visit.workspace().imports()))
    if not imports:
        st.header(say("history.none"), anchor=False)
        return
    kept = [one for one in imports if one.status != "undone"]
    st.header(safe.for_markdown(_sentence(kept, len(imports) - len(kept))), anchor=False)
    with st.container(border=True):
        card_head(say("history.title"), say("history.caption"))
        table = pd.DataFrame([_row(one) for one in imports])
        st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), 14),
                     column_config=_widths(), placeholder="")  # fmt: skip
        _actions(imports)
    compare_card([one for one in imports if one.status != "undone" or _can_redo(one)])


def _sentence(kept: list[Any], undone: int) -> str:
    """How many imports the figures rest on, the last of them, and how many were taken back."""
    if not kept:
        return say("history.all_undone", n=undone)
    words: dict[str, Any] = {"n": len(kept), "file": safe.shorten_file(kept[0].file, 60)}
    return say("history.sentence_undone" if undone else "history.sentence", undone=undone, **words)


def _widths() -> dict[str, Any]:
    """Widths at which all columns stand on a page 1280 wide."""
    words, counts = st.column_config.TextColumn, st.column_config.NumberColumn
    return {say(f"history.columns.{name}"): words(width=width) for name, width in _WORDS.items()} | {
        say(f"history.columns.{name}"): counts(width=width, format="localized") for name, width in _COUNTS.items()
    }


def _row(one: Any) -> dict[str, Any]:
    rows = one.rows | {"aside": one.rows.get("blank", 0) + one.rows.get("footer", 0)}
    counts = {name: rows.get(name, 0) for name in _COUNTS}
    cells = {
        "id": one.import_id, "file": safe.shorten_file(one.file, _FILE), "is": safe.shorten(_what(one), _WHAT),
        "at": say("history.at", date=numbers.date(one.loaded_at), time=str(one.loaded_at)[11:16]),
        "by": safe.shorten(one.loaded_by or "", _WHO), **counts,
        "status": say(f"history.status.{one.status}"),
    }  # fmt: skip
    return {say(f"history.columns.{name}"): cell for name, cell in cells.items()}


def _what(one: Any) -> str:
    return object_words(one) if one.source else say("load.unknown")


def _can_redo(one: Any) -> bool:
    return bool(one.undone_at) and datetime.now(UTC).date() <= redo_until(one.undone_at)


def _actions(imports: list[Any]) -> None:
    words = {one.import_id: _named(one) for one in imports}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            say("history.which"), list(words), width=420, key="history.which", format_func=lambda i: words.get(i, ""),
        )  # fmt: skip
        chosen = next((one for one in imports if one.import_id == picked), imports[0])
        if chosen.status == "undone":
            if _can_redo(chosen) and st.button(say("history.redo"), icon=":material/redo:", key="history.redo"):
                _begin("redo", chosen)
        elif st.button(say("history.undo"), icon=":material/undo:", key="history.undo"):
            st.session_state[_ASKED] = chosen.import_id
        if chosen.status != "undone" and chosen.rows.get("rejected"):
            rejects_button(chosen, say("history.rejects", n=numbers.count(chosen.rows["rejected"])))
    if chosen.status == "undone":
        until = numbers.date(redo_until(chosen.undone_at))
        st.caption(say("history.redo_until", date=until) if _can_redo(chosen) else say("history.expired"))
    if st.session_state.get(_ASKED) == chosen.import_id and chosen.status != "undone":
        _confirm(chosen)
    with st.expander(say("history.read_as")):
        _read_as(chosen)


def _named(one: Any) -> str:
    key = "history.one_undone" if one.status == "undone" else "history.one"
    return safe.one_line(say(key, id=one.import_id, file=one.file))


def rejects_button(one: Any, label: str) -> None:
    """The rejected rows of an import as a file that can be mended and loaded again."""
    workspace = visit.workspace()
    st.download_button(
        safe.for_markdown(label), icon=":material/download:", data=lambda: csv_of(workspace.rejects(one.import_id)),
        file_name=f"rejects-{one.import_id}.csv", mime="text/csv", type="tertiary", on_click="ignore",
        help=say("history.rejects_help"), key=f"rejects.{one.import_id}",
    )  # fmt: skip


def _read_as(one: Any) -> None:
    """The day of the export, the tables that it fed, what its columns mean and the answers that were given."""
    tables = ", ".join(f"{numbers.count(n)} {table_words(name)}" for name, n in one.tables.items())
    by = say("history.by_hand" if one.source == "mapping" else "history.by_itself")
    day = say("history.day", date=numbers.date(one.export_day)) if one.export_day else ""
    at = {"date": numbers.date(one.loaded_at), "time": str(one.loaded_at)[11:16], "who": one.loaded_by}
    sentences = (_what(one) + ".", by, say("history.loaded_at", **at), day, say("history.feeds", tables=tables))
    st.caption(safe.for_markdown(" ".join(filter(None, sentences))))
    name = next((table.name for table in TABLES if table.name in one.tables), "opportunities")
    means = [
        {say("history.columns.header"): header, say("history.columns.means"): column_words(name, column)}
        for column, header in one.mapping.items()
    ]
    answers = [
        {say("history.columns.header"): column, say("history.columns.answer"): str(answer)}
        for column, answer in (one.options.get("answers") or {}).items()
    ]
    for title, rows in (("history.mapping", means), ("history.answers", answers)):
        if rows:
            st.caption(say(title))
            st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(rows), 8))


def _confirm(chosen: Any) -> None:
    """What taking it back means, before it is done."""
    with st.container(border=True, key="history.confirm"):
        rows = chosen.rows.get("loaded", 0)
        words = say("history.sure", n=rows, rows=numbers.count(rows), file=safe.shorten_file(chosen.file, 60))
        st.markdown(safe.for_markdown(words))
        with st.container(horizontal=True):
            is_sure = st.button(say("history.yes"), type=primary(), icon=":material/undo:", key="history.yes")
            st.button(say("history.no"), key="history.no", on_click=_forget)
    if is_sure:
        _forget()
        _begin("undo", chosen)


def _begin(what: str, chosen: Any) -> None:
    """Take it back, or put it back."""
    workspace, file = visit.workspace(), safe.shorten_file(chosen.file, 60)
    change = workspace.undo if what == "undo" else workspace.redo
    work.begin(
        what, lambda phase: say(f"history.{what}ing", file=file, phase=phase),
        lambda told: change(chosen.import_id, progress=told),
    )  # fmt: skip


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def tell_changed() -> None:
    """What taking an import back, or putting it back, did, once."""
    for name, words in (("undo", "history.undone"), ("redo", "history.redone")):
        done = work.finished(name)
        if done is None:
            continue
        if done.error:
            st.error(safe.for_markdown(done.error))
        else:
            rows, file = done.outcome.rows.get("loaded", 0), safe.shorten_file(done.outcome.file, 60)
            told = say(words, n=rows, rows=numbers.count(rows), file=file)
            st.success(safe.for_markdown(told), icon=":material/check_circle:")
