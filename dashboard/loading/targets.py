"""The Target accounts tab: by a column, a file, a paste or a rule; several named lists with dates."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.welcome import primary
from dashboard.text import dimension_name, numbers, safe, say
from metrics import AbmError

WAYS = ("paste", "file", "rule", "column")
DEFAULT = "Target accounts"
_TOLD = "targets.told"
ROW = 34


def targets_tab() -> None:
    """Lists with their counts, and the ways to add to them."""
    lists = visit.workspace().targets()
    st.header(safe.for_markdown(_sentence(lists)), anchor=False)
    _told()
    left, right = st.columns([8, 13])
    with left:
        _add_card()
    with right:
        _lists_card(lists)


def _sentence(lists: list[dict[str, Any]]) -> str:
    if not lists:
        return say("targets.none")
    return say("targets.some", n=len(lists), accounts=numbers.count(sum(one["accounts"] for one in lists)))


def _add_card() -> None:
    with st.container(border=True):
        st.subheader(say("targets.add"), anchor=False)
        if not visit.has_data():
            st.caption(say("targets.load_first"))
            return
        way = st.segmented_control(
            say("targets.way"), WAYS, default=WAYS[0], required=True, format_func=lambda w: say(f"targets.ways.{w}"),
            key="targets.way", label_visibility="collapsed",
        )  # fmt: skip
        st.caption(say(f"targets.captions.{way}"))
        with st.form("targets.form", border=False):
            given = _given(way)
            name = st.text_input(say("targets.list"), value=DEFAULT)
            since = st.date_input(say("targets.since"), value=None, format="DD/MM/YYYY", help=say("targets.since_help"))
            if st.form_submit_button(say("targets.button"), type=primary(), icon=":material/target:"):
                _add(given, name, since)


def _given(way: str) -> dict[str, Any]:
    """What the visitor gives, as arguments of the workspace."""
    if way == "file":
        upload = st.file_uploader(say("targets.ways.file"), type=["csv", "txt", "tsv"], key="targets.file")
        return {"upload": upload}
    if way == "paste":
        return {"keys": st.text_area(say("targets.ways.paste"), height=150, placeholder=say("targets.paste_example"))}
    if way == "rule":
        return {"rule": st.text_input(say("targets.ways.rule"), placeholder=say("targets.rule_example"))}
    usable = {
        n: v for n, v in visit.dimensions().items() if visit.dimension_tables()[n] == "accounts" and n != "target"
    }
    pairs = [(name, value) for name, values in usable.items() for value in values[:50]]
    chosen = st.selectbox(
        say("targets.ways.column"), pairs, index=None,
        format_func=lambda pair: safe.one_line(say("bar.active", dimension=dimension_name(pair[0]), values=pair[1])),
    )  # fmt: skip
    return {"rule": f"{chosen[0]}={chosen[1]}" if chosen else ""}


def _add(given: dict[str, Any], name: str, since: Any) -> None:
    try:
        with TemporaryDirectory(prefix="abm-upload-") as folder:
            told = visit.workspace().add_targets(
                **_read(given, Path(folder)), list=name.strip() or DEFAULT, since=since
            )
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.session_state[_TOLD] = told
    st.rerun()


def _read(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What was given, an upload as a file in the folder."""
    if "upload" not in given:
        return given
    if not given["upload"]:
        return {"keys": ""}
    path = folder / "targets.csv"
    path.write_bytes(given["upload"].getvalue())
    return {"file": path}


def _told() -> None:
    """What adding did: how many accounts were found, and which keys were not."""
    told = st.session_state.pop(_TOLD, None)
    if told is None:
        return
    st.success(safe.for_markdown(say("targets.matched", list=told["list"], n=numbers.count(told["matched"]))),
               icon=":material/check_circle:")  # fmt: skip
    if told["unmatched"]:
        st.warning(say("targets.unmatched", n=len(told["unmatched"])), icon=":material/help:")
        missing = pd.DataFrame({say("targets.key"): told["unmatched"]})
        st.dataframe(missing, hide_index=True, width=420, row_height=ROW, height=34 + ROW * min(len(missing), 6))


def _lists_card(lists: list[dict[str, Any]]) -> None:
    with st.container(border=True):
        st.subheader(say("targets.lists"), anchor=False)
        if not lists:
            st.caption(say("targets.no_lists"))
            return
        rows = [
            {say("targets.columns.list"): one["list"], say("targets.columns.accounts"): one["accounts"],
             say("targets.columns.since"): numbers.date(one["since"]) if one["since"] else say("targets.unknown"),
             say("targets.columns.rule"): "; ".join(one["rules"]) or say(
                 "targets.by_hand" if one["kept"] else "targets.by_column"),
             say("targets.columns.unmatched"): one["unmatched"]}
            for one in lists
        ]  # fmt: skip
        st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW, height=34 + ROW * min(len(rows), 10))
        own = [one["list"] for one in lists if one["kept"]]
        if own:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                name = st.selectbox(say("targets.remove_which"), own, format_func=safe.one_line, width=260)
                if st.button(say("targets.remove"), icon=":material/delete:"):
                    _remove(name)
        st.caption(say("targets.bias"))


def _remove(name: str) -> None:
    try:
        visit.workspace().remove_targets(name)
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.rerun()
