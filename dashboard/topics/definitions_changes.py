"""Who changed which setting, goal or target list, and when."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height
from dashboard.text import has, numbers, safe, say

MOST = 20


def changes_part() -> None:
    """The latest first, and all of them as a file."""
    with st.container(border=True):
        changes = visit.workspace().changes()
        card_head(say("log.title"), say("log.caption"))
        if not changes:
            st.caption(say("log.nothing"))
            return
        table = pd.DataFrame([_row(change) for change in changes])
        st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), MOST))
        st.download_button(
            say("card.download"), data=lambda: csv_of(table), file_name="changes.csv", mime="text/csv",
            key="history.download", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _row(change: dict[str, Any]) -> dict[str, str]:
    kind = f"log.kinds.{change['kind']}"
    day, _, time = str(change["at"]).partition("T")
    return {say("log.at"): f"{numbers.date(day)} {time[:5]} UTC", say("log.by"): safe.one_line(change["by"]),
            say("log.kind"): say(kind) if has(kind) else str(change["kind"]),
            say("log.name"): safe.one_line(change["name"]), say("log.before"): _value(change["before"]),
            say("log.after"): _value(change["after"])}  # fmt: skip


def _value(value: Any) -> str:
    """The value as it was kept; "none" for a goal or list that was not there, the default for a setting."""
    if value is None:
        return say("log.none")
    return f"{value:,.10g}" if isinstance(value, int | float) and not isinstance(value, bool) else safe.one_line(value)
