"""Settings seen before they are saved: the figures now and then, and the way to keep or discard the choice."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.text import safe, say
from metrics import AbmError

Change = tuple[str, str, str]
"""A figure's name, as it stands, and as it would."""


def control_key(card: str, name: str, now: object) -> str:
    """The key of a setting's control: a saved value begins anew, and so does everything once it is discarded."""
    discarded = st.session_state.get(_discarded(card), 0)
    return f"{card}.{name}.{now}" + (f".{discarded}" if discarded else "")


def show_effect(
    card: str, changes: Sequence[Change], checked: Mapping[str, Any], *,
    alone: Mapping[str, Sequence[str]] | None = None, by: Sequence[str] = (),
) -> None:  # fmt: skip
    """The figures now and then as a table, and the buttons that keep the settings `checked` or take them back.

    `alone`: what changed → the figures with that change alone, for each of several; `by`: by how much each figure
    changes with all of them.
    """
    st.markdown(f"**{say('engagement.settings.effect')}**")
    columns = {say("engagement.settings.figure"): [name for name, _, _ in changes],
               say("engagement.settings.before"): [before for _, before, _ in changes]}  # fmt: skip
    columns |= {say("preview.alone", change=name): list(figures) for name, figures in (alone or {}).items()}
    columns[say("preview.together" if alone else "engagement.settings.after")] = [after for _, _, after in changes]
    if by:
        columns[say("preview.by")] = list(by)
    table = pd.DataFrame(columns)
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), len(table)))
    keep_or_discard(card, checked, "engagement.settings.save")


def keep_or_discard(card: str, checked: Mapping[str, Any], save: str) -> None:
    """Two buttons: keep the settings for everybody (`save` is the key of its words), or go back to those in use."""
    with st.container(horizontal=True):
        if st.button(say(save), icon=":material/save:", key=f"{card}.save"):
            save_settings(checked)
        st.button(say("settings.discard"), icon=":material/undo:", key=f"{card}.discard", on_click=_discard,
                  args=(card,))  # fmt: skip


def _discard(card: str) -> None:
    st.session_state[_discarded(card)] = st.session_state.get(_discarded(card), 0) + 1


def _discarded(card: str) -> str:
    return f"{card}.discarded"


def save_settings(checked: Mapping[str, Any]) -> None:
    """Keep the settings for everybody who uses this workspace, and show the page with them."""
    try:
        visit.workspace().change_settings(dict(checked))
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.rerun()
