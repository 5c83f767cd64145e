"""The visitor's choice between two runs: read from the URL when the visit begins, written to it on every run."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.filters.choice import Choice, Mark, Switches
from dashboard.filters.url import read_url, write_url

_CHOICE, _IGNORED, _TAB, _PAGE = "choice", "choice.ignored", "choice.tab", "choice.page"


def choice() -> Choice:
    """What the visitor chose so far, in the company's years."""
    chosen: Choice = st.session_state.get(_CHOICE, Choice())
    return replace(chosen, year_starts=visit.year_starts())


def change(**changes: Any) -> None:
    """Change some of it; for callbacks."""
    st.session_state[_CHOICE] = replace(choice(), **changes)


def begin(page: str) -> None:
    """Bring back the choice of the URL when the visit begins and where a link with a choice led to another page, and
    keep the URL telling the choice from then on. `page`: its path; only that of the accounts may show a single one.

    Changes of the URL alone are not read: a browser sends its URL with every click, and an old one arriving late
    would undo the click before. A link without a choice keeps what was chosen.
    """
    params = {key: st.query_params.get_all(key) for key in st.query_params}
    arrives = st.session_state.get(_PAGE) != page and any(key != "tab" for key in params)
    if visit.has_data() and (_CHOICE not in st.session_state or arrives):
        st.session_state[_CHOICE], st.session_state[_IGNORED] = read_url(params, visit.dimensions())
    st.session_state[_PAGE] = page
    if page != "accounts" and choice().account:
        change(account="")
    if "tab" in params:
        st.session_state[_TAB] = st.query_params["tab"]
    told = write_url(choice())
    if params != told:
        st.query_params.from_dict(told)


def ignored() -> list[str]:
    """The keys of the URL that were not understood when the visit began."""
    return st.session_state.get(_IGNORED, [])


def forget_ignored() -> None:
    st.session_state[_IGNORED] = []


def switch(name: str, allowed: tuple[str, ...]) -> str:
    """The value of a chart's own switch: the one chosen, else the first."""
    chosen = choice().switch(name, allowed[0])
    return chosen if chosen in allowed else allowed[0]


def set_switch(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Turn a chart's own switch; its first value is the default and is not written down."""
    keep_switch(name, "" if value == allowed[0] else value)


def keep_switch(name: str, value: str) -> None:
    """Turn a switch whose values are those of another page; "" turns it off."""
    st.session_state[_CHOICE] = choice().turned(name, value)


def link_to(view: Switches) -> dict[str, list[str]]:
    """The query parameters of a link to another page in the same scope, with these switches of that page."""
    there = replace(choice(), mark=None, account="")
    for name, value in view:
        there = there.turned(name, value)
    return write_url(there)


def toggle_mark(mark: Mark) -> None:
    """Open the rows behind a mark; a second click on it closes them."""
    change(mark=None if choice().mark == mark else mark)


def remove_filter(dimension: str) -> None:
    st.session_state[_CHOICE] = choice().narrowed(dimension, ())


def set_filter(dimension: str, values: tuple[str, ...]) -> None:
    st.session_state[_CHOICE] = choice().narrowed(dimension, values)


def reset() -> None:
    """Back to what a page starts with; whose start page it is stays."""
    st.session_state[_CHOICE] = Choice(role=choice().role)


def asked_tab() -> str | None:
    """The tab of the Data page that a link asked for, once."""
    return st.session_state.pop(_TAB, None)
