"""The head of a card: its finding or name, and what it shows."""

import streamlit as st

from dashboard.text import safe


def card_head(title: str, caption: str = "") -> None:
    """Title and caption close together; both are plain text."""
    with st.container(gap="xxsmall"):
        st.subheader(safe.for_markdown(title), anchor=False)
        if caption:
            st.caption(safe.for_markdown(caption))
