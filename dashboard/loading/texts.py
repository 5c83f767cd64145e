"""Whether texts are scored: a setting of the workspace that says what becomes of the notes in exports."""

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.text import safe, say
from metrics import AbmError


def texts_card() -> None:
    """What the setting is, and the switch to the other one."""
    is_on = bool(visit.workspace().settings().get("score_text"))
    now = "on" if is_on else "off"
    with st.container(border=True):
        card_head(say(f"texts.is_{now}"), say("texts.caption"))
        if st.button(say(f"texts.leave_{now}"), icon=":material/sentiment_satisfied:", key="texts.switch"):
            _switch(to=not is_on)


def _switch(*, to: bool) -> None:
    with st.spinner(say("texts.reading")):
        try:
            visit.workspace().change_settings({"score_text": to or None})
        except AbmError as error:
            st.error(safe.for_markdown(error))
            return
    st.rerun()
