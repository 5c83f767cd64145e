"""Two lists to work: accounts that engaged and sales did not touch, and accounts that sales work without marketing."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import foot, menu
from dashboard.cards.heads import card_head
from dashboard.cards.opening import account_table
from dashboard.cards.page import Page
from dashboard.cards.tables import ROW_HEIGHT, height, side_chips
from dashboard.text import numbers, safe, say, segment_name
from dashboard.topics.alignment_parts import METRIC, lacking, row_of
from metrics import AbmError

LISTS = ("no_sales_touch", "no_marketing")
MOST, SHOWN = 60, 8
_DAYS = {"no_sales_touch": ("last_touch_on", "last_sales_on"), "no_marketing": ("last_sales_on", "last_marketing_on")}
"""The dated columns of each list: that of the touch which put the account there, and of the one before the period."""


def work_list(page: Page, part: str) -> None:
    """The card of one list: the accounts with the most touches first, each opening its account."""
    question = page.asks(METRIC)
    with st.container(border=True):
        missing = lacking(page, "overlap")
        if question.missing_tables() or missing:
            card_head(say(f"alignment.{part}.name"))
            empty.missing(part, question.missing_tables() or [missing])
            return
        try:
            answer, rows = question.answer(), replace(question, part=part).rows({})
        except AbmError as error:
            card_head(say(f"alignment.{part}.name"))
            empty.failed(error)
            return
        if not row_of(answer, "overlap").get("n"):
            card_head(say(f"alignment.{part}.name"))
            empty.nothing_matches(part, question)
            return
        if rows.empty:
            card_head(say(f"alignment.{part}.none"), say(f"alignment.{part}.caption"))
            return
        ordered = rows.sort_values(
            ["measured", "account_id"], ascending=[False, True], kind="stable", ignore_index=True
        )
        table = _worklist(ordered, part, has_targets=page.has_targets)
        with st.container(horizontal=True, wrap=False, gap="xsmall"):
            count = numbers.count(len(rows))
            card_head(say(f"alignment.{part}.title", n=len(rows), count=count), say(f"alignment.{part}.caption"))
            menu(part, question, (), table)
        heads = [say(f"alignment.{part}.{name}") for name in _DAYS[part]]
        config: dict[str, Any] = {
            head: st.column_config.DateColumn(head, format="D MMM YYYY") for head in heads if head in table
        }
        listed, side = table.head(MOST), say("columns.target")
        if side in listed:
            listed = listed.assign(**{side: listed[side].map(lambda word: [word])})
            config[side] = side_chips(side)
        account_table(
            listed, list(ordered["account_id"].head(MOST)), f"{part}.table", width="stretch",
            height=height(min(len(table), MOST), SHOWN), row_height=ROW_HEIGHT, column_config=config,
        )  # fmt: skip
        shown = say("alignment.list.shown", n=numbers.count(min(MOST, len(rows))), of=numbers.count(len(rows)))
        st.caption(safe.for_markdown(foot(replace(answer, excluded=()), None, shown)))


def _worklist(ordered: pd.DataFrame, part: str, *, has_targets: bool) -> pd.DataFrame:
    """The accounts in the columns that a seller needs; columns that say nothing are left away."""
    days = {name: pd.to_datetime(ordered[name]).dt.date for name in _DAYS[part]}
    table = pd.DataFrame({
        "account": ordered["account"].fillna(say("columns.none")), "target": ordered["target"].map(segment_name),
        "touches": ordered["measured"], **days, "owner": ordered["account_owner"],
    })  # fmt: skip
    kept = [name for name in table if table[name].notna().any() and (has_targets or name != "target")]
    heads = {name: say("columns.target") if name == "target" else say(f"alignment.{part}.{name}") for name in kept}
    return table[kept].rename(columns=heads)
