"""Whether texts are scored: a setting of the workspace that says what becomes of the notes in exports."""

import streamlit as st

from dashboard import visit, work
from dashboard.cards.heads import card_head
from dashboard.text import safe, say


def texts_card() -> None:
    """What the setting is, and the switch to the other one."""
    is_on = bool(visit.workspace().settings().get("score_text"))
    now = "on" if is_on else "off"
    with st.container(border=True):
        card_head(say(f"texts.is_{now}"), say("texts.caption"))
        done = work.finished("texts")
        if done is not None and done.error:
            st.error(safe.for_markdown(done.error))
        if st.button(say(f"texts.leave_{now}"), icon=":material/sentiment_satisfied:", key="texts.switch"):
            _switch(to=not is_on)


def _switch(*, to: bool) -> None:
    changes, workspace = {"score_text": to or None}, visit.workspace()
    work.begin("texts", lambda _: say("texts.reading"), lambda told: workspace.change_settings(changes, progress=told))
