"""Without data: the upload, and the sample company one click away."""

from typing import Literal

import streamlit as st

from dashboard import visit, work
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import safe, say


def welcome() -> None:
    """What the app needs to begin, and two ways to give it."""
    work.follow()
    failed = work.finished("sample")
    if failed is not None and failed.error:
        st.error(safe.for_markdown(failed.error))
    st.header(say("welcome.sentence"), anchor=False)
    with st.container(border=True):
        st.subheader(say("welcome.title"), anchor=False)
        st.markdown(say("welcome.files"))
        with st.container(horizontal=True):
            if st.button(say("welcome.load"), icon=":material/upload:", type=primary(), key="welcome.load"):
                st.switch_page(DATA_PAGE, query_params={"tab": "import"})
            sample_button()
        st.caption(say("welcome.private"))


def sample_button() -> None:
    """Load the sample company into this workspace."""
    if st.button(say("welcome.sample"), icon=":material/apartment:", key="welcome.sample"):
        work.begin("sample", lambda phase: say("load.sample_progress", phase=phase), visit.load_sample)


def primary() -> Literal["primary", "secondary"]:
    """Primary buttons have white text always, which the dark accent cannot carry."""
    return "secondary" if st.context.theme.type == "dark" else "primary"
