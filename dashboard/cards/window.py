"""How wide the reader's window is: charts have gutters of fixed widths, which a narrow one cannot hold.

Streamlit tells a script the browser's language, zone and theme, but no width; so the page asks the window itself. It
answers only while it is narrow, or has become wide again: a wide window costs nothing.
"""

import streamlit as st

NARROW = 600
"""Pixels: below this a card shows its table in place of its chart."""
_KEY = "window"
_ASK = f"""
const told = new WeakMap()
export default function({{ parentElement, setStateValue }}) {{
  const tell = () => {{
    const narrow = window.innerWidth < {NARROW}
    if (narrow === (told.get(parentElement) ?? false)) return
    told.set(parentElement, narrow)
    setStateValue("narrow", narrow)
  }}
  tell()
  window.addEventListener("resize", tell)
  return () => window.removeEventListener("resize", tell)
}}
"""
_ask = st.components.v2.component("window", js=_ASK)


def ask_window() -> None:
    """Ask the window, and keep its answer for this run; at the start of each run, before any card."""
    answer = _ask(key=_KEY, default={"narrow": False}, on_narrow_change=lambda: None)
    st.session_state["run.narrow"] = bool(answer.narrow)


def is_narrow() -> bool:
    """Whether there is no room for the columns beside a chart: in a narrow window, or on a phone."""
    return bool(st.session_state.get("run.narrow")) or "Mobi" in (st.context.headers.get("User-Agent") or "")
