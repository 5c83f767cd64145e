"""Engaged, not worked: the accounts that engage though sales have not touched them."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import foot, menu
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.tables import show_listed
from dashboard.text import numbers, safe, say, segment_name
from metrics import AbmError

KEY, MOST, SHOWN = "not_worked", 60, 8
_COLUMNS = ("account", "target", "points", "depth", "people", "last_touch_on", "last_sales_on", "owner")


def unworked_card(page: Page) -> None:
    """The accounts as a table, most points first."""
    question = page.asks("engagement_quality")
    behind = replace(question, part=KEY)
    with st.container(border=True):
        try:
            answer, rows = question.answer(), behind.rows({})
        except AbmError as error:
            card_head(say("engagement.unworked.name"))
            empty.failed(error)
            return
        row = answer.rows()[0]
        if row["n"] and row["not_worked"] is None:
            card_head(say("engagement.unworked.name"))
            empty.missing(KEY, ["sales_touches"])
            return
        if not row["n"]:
            card_head(say("engagement.unworked.name"))
            empty.nothing_matches(KEY, question)
            return
        days = numbers.count(answer.options["window_days"])
        if rows.empty:
            card_head(say("engagement.unworked.none", days=days))
            return
        table = _worklist(rows, has_targets=page.has_targets)
        with st.container(horizontal=True, wrap=False, gap="xsmall"):
            title = say("engagement.unworked.title", n=len(rows), count=numbers.count(len(rows)), days=days)
            card_head(title, say("engagement.unworked.caption", days=days))
            menu(KEY, question, (), table)
        show_listed(table.head(MOST), most=SHOWN, key=f"{KEY}.table")
        shown = say("engagement.unworked.shown", n=numbers.count(min(MOST, len(rows))), of=numbers.count(len(rows)))
        st.caption(safe.for_markdown(foot(answer, None, shown)))


def _worklist(rows: pd.DataFrame, *, has_targets: bool) -> pd.DataFrame:
    """The accounts in the columns that a seller needs; columns that say nothing are left away."""
    ordered = rows.sort_values(["measure", "account_id"], ascending=[False, True], kind="stable", ignore_index=True)
    table = pd.DataFrame({
        "account": ordered["account"].fillna(say("columns.none")), "target": ordered["target"].map(segment_name),
        "points": ordered["measure"].round(1),
        "depth": (ordered["depth"] * 100).round(0), "people": ordered["people"],
        "last_touch_on": ordered["last_touch_on"], "last_sales_on": ordered["last_sales_on"],
        "owner": ordered["account_owner"],
    })  # fmt: skip
    kept = [name for name in _COLUMNS if table[name].notna().any() and (has_targets or name != "target")]
    heads = {name: say("columns.target") if name == "target" else say(f"engagement.unworked.{name}") for name in kept}
    ids = pd.Index(list(ordered["account_id"]), dtype=object)
    return table[kept].rename(columns=heads).set_axis(ids, axis=0)
