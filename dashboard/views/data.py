"""Data: can I trust it?"""

import streamlit as st

from dashboard import visit, work
from dashboard.filters import state
from dashboard.loading.history import history_tab, tell_changed
from dashboard.loading.importing import import_tab
from dashboard.loading.quality import quality_tab
from dashboard.loading.tables import tables_tab
from dashboard.loading.targets import targets_tab
from dashboard.text import numbers, safe, say

TABS = {
    "import": import_tab, "targets": targets_tab, "history": history_tab, "tables": tables_tab, "quality": quality_tab,
}  # fmt: skip


def show() -> None:
    """The page: a tab at a time."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(say("nav.data"), anchor=False, width="content")
        _last_import()
    following, told = st.container(), st.container()
    asked = state.asked_tab()
    if asked in TABS:
        st.session_state["data.tab"] = asked
    tab = st.segmented_control(
        say("nav.data"), list(TABS), default=None if "data.tab" in st.session_state else "import", required=True,
        format_func=lambda name: say(f"data.tabs.{name}"), key="data.tab", label_visibility="collapsed",
    )  # fmt: skip
    if work.under_way() is not None:
        st.empty()  # takes the place of the tab: what it asked has been answered
    with following:
        work.follow()
    if work.under_way() is None:
        with told:
            tell_changed()
        with st.container():
            TABS[tab or "import"]()


def _last_import() -> None:
    imports = visit.workspace().imports()
    if imports:
        last = imports[-1]
        st.caption(safe.for_markdown(say("data.last", date=numbers.date(last.loaded_at))), width="content")


if __name__ == "__main__":
    show()
