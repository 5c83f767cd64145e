"""Without data: the upload, and the sample company one click away."""

from typing import Literal

import streamlit as st

from dashboard import visit
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import safe, say
from metrics import AbmError


def welcome() -> None:
    """What the app needs to begin, and two ways to give it."""
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
        bar = st.progress(0.0, text=say("welcome.loading"))

        def heard(phase: str, share: float) -> None:
            bar.progress(min(share, 1.0), text=say("load.sample_progress", phase=say(f"load.phases.{phase}")))

        try:
            visit.load_sample(heard)
        except AbmError as error:
            st.error(safe.for_markdown(error))
            return
        st.rerun()


def primary() -> Literal["primary", "secondary"]:
    """Primary buttons have white text always, which the dark accent cannot carry."""
    return "secondary" if st.context.theme.type == "dark" else "primary"
