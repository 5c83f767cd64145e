"""A card's own switch: a row of few choices, kept in the page's address."""

from collections.abc import Callable

import streamlit as st

from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import safe


def card_switch(name: str, options: tuple[str, ...], *, label: str, words: Callable[[str], str], key: str) -> None:
    """The row of `options` in their `words`; `label` is read aloud only. The first is chosen until another is."""
    st.session_state[key] = switch(name, options)
    st.segmented_control(
        safe.for_markdown(label), options, key=key, format_func=lambda option: safe.for_markdown(words(option)),
        required=True, label_visibility="collapsed", on_change=_turn, args=(name, options, key),
    )  # fmt: skip


def _turn(name: str, options: tuple[str, ...], key: str) -> None:
    set_switch(name, st.session_state[key], options)
