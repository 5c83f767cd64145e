"""Two uploads of the same object beside each other."""

from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.loading.changes import changed_rows, table_words
from dashboard.loading.matching import object_words
from dashboard.text import numbers, safe, say
from metrics import AbmError

_COUNTS = ("new", "changed", "same", "gone")


def compare_card(imports: list[Any]) -> None:
    """What became of the rows of one upload in another; of objects that were uploaded more than once."""
    objects: dict[str, list[Any]] = {}
    for one in imports:
        objects.setdefault(object_words(one), []).append(one)
    several = {name: ones for name, ones in objects.items() if len(ones) > 1}
    if not several:
        return
    with st.container(border=True):
        card_head(say("compare.title"), say("compare.caption"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            newer = _select("newer", [one for ones in several.values() for one in ones])
            older = _select("older", [one for one in several[object_words(newer)] if one is not newer], newer.import_id)
        _show(older, newer)


def _select(which: str, imports: list[Any], of: str = "") -> Any:
    """The import that is chosen among these."""
    words = {one.import_id: safe.one_line(say("history.one", id=one.import_id, file=one.file)) for one in imports}
    picked = st.selectbox(
        say(f"compare.{which}"), list(words), width=420, key=f"compare.{which}.{of}",
        format_func=lambda i: words.get(i, ""),
    )  # fmt: skip
    return next((one for one in imports if one.import_id == picked), imports[0])


def _show(older: Any, newer: Any) -> None:
    try:
        found = _compared(str(visit.workspace().directory), str(older.import_id), str(newer.import_id),
                          str(newer.sha256), str(older.sha256))  # fmt: skip
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    for one in found:
        counts = say("compare.found", **{name: numbers.count(one[name]) for name in _COUNTS})
        st.markdown(f"**{safe.for_markdown(table_words(one['table']).capitalize())}:** {safe.for_markdown(counts)}")
    changed_rows([one | {"gone": 0} for one in found], key="compare.rows")
    if any(one["table"] == "opportunities" for one in found):
        st.caption(say("compare.stays"))


@st.cache_data(max_entries=8, show_spinner=False)
def _compared(directory: str, older: str, newer: str, *contents: str) -> list[dict[str, Any]]:  # noqa: ARG001 - the key
    return visit.workspace().compare(older, newer)
