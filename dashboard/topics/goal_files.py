"""The goals of loaded files: how many are in effect, and by line why the others are not."""

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import TWO_LINES, height
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import numbers, safe, say

if TYPE_CHECKING:
    from dashboard.topics.goal_setting import KnownGoal

MOST = 6


def files_card(known: "list[KnownGoal]") -> None:
    """A sentence a file, the newest first, and a table of the lines that are not in effect."""
    loaded = [
        one for one in reversed(visit.workspace().imports()) if one.status == "loaded" and one.tables.get("goals")
    ]
    with st.container(border=True):
        card_head(say("aim.files.title"), say("aim.files.caption"))
        st.page_link(DATA_PAGE, label=say("aim.files.load"), icon=":material/upload:", query_params={"tab": "import"})
        found: list[dict[str, Any]] = []
        for one in loaded:
            own = [goal for goal in known if goal.import_id == one.import_id]
            aside = [(goal.line, goal.problem) for goal in own if goal.problem]
            rejected = visit.workspace().rejects(str(one.import_id))
            aside += [(int(row["_row"]), str(row["_reason"])) for row in rejected.to_dict("records")]
            effect = numbers.count(sum(not goal.problem for goal in own))
            told = {"file": safe.shorten(one.file, 60), "day": numbers.date(one.loaded_at), "effect": effect}
            words = say("aim.files.one", n=one.tables["goals"], **told)
            elsewhere = one.tables["goals"] - len(own)
            words += f" {say('aim.files.elsewhere', n=elsewhere, count=numbers.count(elsewhere))}" if elsewhere else ""
            more = say("aim.files.aside", n=len(aside), count=numbers.count(len(aside))) if aside else ""
            st.caption(safe.for_markdown(f"{words} {more}".strip()))
            found += [{say("aim.files.file"): safe.one_line(one.file), say("aim.files.line"): line,
                       say("aim.files.why"): safe.one_line(reason)} for line, reason in sorted(aside)]  # fmt: skip
        if found:
            _table(pd.DataFrame(found))


def _table(table: pd.DataFrame) -> None:
    file, line, why = table.columns
    st.dataframe(
        table, hide_index=True, width="stretch", row_height=TWO_LINES, height=height(len(table), MOST, TWO_LINES),
        column_config={file: st.column_config.TextColumn(file, width=170),
                       line: st.column_config.NumberColumn(line, width=60, format="%d"),
                       why: st.column_config.TextColumn(why, width=650)},
    )  # fmt: skip
