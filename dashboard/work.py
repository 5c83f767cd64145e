"""Work on the workspace that takes its time: loading, taking back, reading again.

It runs beside the page: a click elsewhere interrupts the page's run, but not the work, and coming back shows how far
it is. What it did is told once, by the card that began it.
"""

import logging
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import streamlit as st

from dashboard.text import safe, say
from metrics import AbmError

Progress = Callable[[str, float], None]
_WORK = "work"
_PAUSE = 0.1
_LOG = logging.getLogger(__name__)


class _Stopped(BaseException):
    """The visitor stopped the work: no fault, and nothing that any step of it may take for one."""


class Work:
    """One piece of work. `name`: whose it is; `words`: what is done, for the bar, given the phase in words."""

    def __init__(self, name: str, words: Callable[[str], str], do: Callable[[Progress], Any]) -> None:
        self.name, self.words = name, words
        self.phase, self.share = "", 0.0
        self.outcome: Any = None
        self.error = ""
        self.is_stopped = False
        self._thread = Thread(target=self._run, args=(do,), daemon=True)
        self._thread.start()

    def _run(self, do: Callable[[Progress], Any]) -> None:
        try:
            self.outcome = do(self._heard)
        except _Stopped:
            self.error = say("work.stopped")
        except AbmError as error:
            self.error = str(error)
        except Exception as error:  # told on the page, which outlives it
            _LOG.error("work on the workspace failed", exc_info=error)
            self.error = say("work.unexpected")

    def stop(self) -> None:
        """End it at its next step: what it began is as it was before. Too late for that, it ends as it would have."""
        self.is_stopped = True

    def _heard(self, phase: str, share: float) -> None:
        if self.is_stopped:
            raise _Stopped
        self.phase, self.share = phase, min(share, 1.0)

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def told(self) -> str:
        """What is being done now."""
        return self.words(say(f"load.phases.{self.phase or 'read'}"))


def begin(name: str, words: Callable[[str], str], do: Callable[[Progress], Any]) -> None:
    """Start a piece of work and show how far it is, unless another one is under way; it is followed first."""
    if under_way() is None:
        st.session_state[_WORK] = Work(name, words, do)
    st.rerun()


def under_way() -> Work | None:
    """What is being done for this visitor now."""
    work: Work | None = st.session_state.get(_WORK)
    return None if work is None or work.is_done else work


def finished(name: str) -> Work | None:
    """The work of that name that has been done since it was asked for last."""
    work: Work | None = st.session_state.get(_WORK)
    if work is None or not work.is_done or work.name != name:
        return None
    del st.session_state[_WORK]
    return work


def follow() -> None:
    """Show a bar, and a button that stops the work, until it is done; then draw the page anew, over what it made.

    Every step of the bar lets a click of the visitor through.
    """
    work = under_way()
    if work is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bar = st.progress(work.share, text=safe.for_markdown(work.told()))
        st.button(say("work.stop"), icon=":material/stop_circle:", key="work.stop", on_click=_stop,
                  disabled=work.is_stopped)  # fmt: skip
    while not work.is_done:
        time.sleep(_PAUSE)
        bar.progress(work.share, text=safe.for_markdown(work.told()))
    bar.empty()
    st.rerun()


def _stop() -> None:
    work = under_way()
    if work is not None:
        work.stop()


def note() -> None:
    """On pages of figures: that these are of before, until the work under way is done."""
    if under_way() is not None:
        _watched()


@st.fragment(run_every=1.0)
def _watched() -> None:
    work = under_way()
    if work is None:
        st.rerun()
    else:
        st.info(safe.for_markdown(say("work.under_way", what=work.told())), icon=":material/hourglass_top:")
