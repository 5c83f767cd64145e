"""Saved segments: the present filters kept under a name for everybody of this workspace, and back with one click."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.filters import state
from dashboard.filters.choice import Choice, Filters
from dashboard.text import dimension_name, numbers, safe, say, segment_name
from metrics import AbmError

MOST_LETTERS = 60
_NOTE = "segments.note"


def segments_part(choice: Choice) -> None:
    """The segments kept so far, each applied or removed with a click, and the present filters to keep."""
    kept = visit.workspace().segments()
    st.markdown(f"**{say('accounts.segments.title')}**")
    for number, segment in enumerate(kept):
        _kept(number, segment)
    _save(present_filters(choice))
    note = st.session_state.pop(_NOTE, "")
    if note:
        st.caption(safe.for_markdown(note))


def _kept(number: int, segment: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(gap="xxsmall"):
            st.button(
                safe.for_markdown(segment["name"]), key=f"segments.use.{number}", type="tertiary",
                icon=":material/filter_alt:", on_click=_apply, args=(segment,),
            )  # fmt: skip
            told = say("accounts.segments.told", filters=filter_words(segment["filters"]),
                       day=numbers.date(segment["saved_at"]), who=segment["saved_by"])  # fmt: skip
            st.caption(safe.for_markdown(told))
        st.button(
            say("accounts.segments.remove"), key=f"segments.remove.{number}", type="tertiary", icon=":material/delete:",
            on_click=_remove, args=(segment["name"],),
        )  # fmt: skip


def _save(filters: Filters) -> None:
    if not filters:
        st.caption(say("accounts.segments.nothing"))
        return
    st.caption(safe.for_markdown(say("accounts.segments.now", filters=filter_words(dict(filters)))))
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.text_input(say("accounts.segments.name"), key="segments.name", max_chars=MOST_LETTERS)
        st.button(say("accounts.segments.save"), key="segments.save", icon=":material/save:", on_click=_keep,
                  args=(filters,))  # fmt: skip


def present_filters(choice: Choice) -> Filters:
    """What accounts are narrowed by: all but the period."""
    return choice.scope(visit.snapshot().as_of, has_targets=visit.has_targets()).filters


def filter_words(filters: Mapping[str, Sequence[str]]) -> str:
    """ "Target; Industry: Rail, Sea"."""
    parts = [
        ", ".join(map(segment_name, values)) if name == "target" else f"{dimension_name(name)}: {', '.join(values)}"
        for name, values in sorted(filters.items(), key=lambda pair: pair[0] != "target")
    ]
    return safe.shorten("; ".join(parts), 160)


def _keep(filters: Filters) -> None:
    name = str(st.session_state.get("segments.name") or "")
    try:
        visit.workspace().save_segment(name, filters, by=_who())
    except AbmError as error:
        st.session_state[_NOTE] = str(error)
        return
    st.session_state["segments.name"] = ""
    st.session_state[_NOTE] = say("accounts.segments.saved", name=name.strip())


def _who() -> str:
    """The visitor's name where there is a sign-in; else "", and the workspace notes the user that runs the app."""
    return str(getattr(st.user, "name", "") or "") if getattr(st.user, "is_logged_in", False) else ""


def _apply(segment: Mapping[str, Any]) -> None:
    """The segment's filters in place of the present ones; what the data do not have any more is left out and said."""
    known, found, gone = visit.dimensions(), [], []
    show = "both"
    for name, values in segment["filters"].items():
        there = tuple(value for value in values if value in known.get(name, ()))
        if len(there) < len(values):
            gone.append(dimension_name(name))
        if name == "target":
            show = there[0] if len(there) == 1 else "both"
        elif there:
            found.append((name, there))
    state.change(show=show, filters=tuple(found), mark=None)
    if gone:
        st.session_state[_NOTE] = say("accounts.segments.gone", names=", ".join(gone))


def _remove(name: str) -> None:
    try:
        visit.workspace().remove_segment(name)
    except AbmError as error:
        st.session_state[_NOTE] = str(error)
