"""What is behind one renewal of the work list: the account's contracts, its last touches and its open deals."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.opening import open_account
from dashboard.cards.question import Question
from dashboard.cards.tables import csv_of, show_listed
from dashboard.filters import state
from dashboard.text import has, numbers, safe, say
from metrics import AbmError

SHOWN = 8


@dataclass(frozen=True)
class Part:
    """One of the lists: its section of the metric, its columns in order, and by what it is sorted, the newest or the
    largest first."""

    name: str
    columns: tuple[str, ...]
    by: str
    money: str = ""


PARTS = (
    Part("contracts_held", ("product", "held_id", "started_on", "ended_on", "renews_on", "yearly_value", "status",
                            "end_reason"), "started_on", "yearly_value"),
    Part("last_touches", ("occurred_on", "kind", "side", "channel", "campaign", "contact_title", "sentiment"),
         "occurred_on"),
    Part("open_deals", ("deal", "stage", "deal_amount", "opened_on", "expected_close_on", "deal_owner"), "deal_amount",
         "deal_amount"),
)  # fmt: skip


def renewal_card(question: Question, row: pd.Series, name: str, close: Callable[[], None]) -> None:
    """The card of one renewal. `row`: its row of the work list; `name`: the work list's; `close` forgets the click."""
    with st.container(border=True):
        try:
            lists = {part.name: _table(question, part, str(row["contract_id"])) for part in PARTS}
        except AbmError as error:
            empty.failed(error)
            return
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                st.subheader(safe.for_markdown(_title(row)), anchor=False, width="content")
                st.badge(
                    say("drill.selected", chart=safe.for_markdown(name)), icon=":material/ads_click:", color="blue"
                )
            with st.container(horizontal=True, width="content"):
                chosen = _chosen({name: len(table) for name, table in lists.items()})
                st.download_button(
                    say("card.download"), data=lambda: csv_of(lists[chosen]), file_name=f"renewal-{chosen}.csv",
                    mime="text/csv", key="renewal.rows", type="tertiary", icon=":material/download:",
                    on_click="ignore",
                )  # fmt: skip
                if st.button(say("accounts.open"), key="renewal.account", type="tertiary", icon=":material/apartment:"):
                    open_account(str(row["account_id"]))
                st.button(say("drill.clear"), key="renewal.clear", type="tertiary", icon=":material/close:",
                          on_click=close)  # fmt: skip
        if lists[chosen].empty:
            st.caption(say(f"customers.renewal.none.{chosen}"))
            return
        show_listed(lists[chosen], most=SHOWN, key=f"renewal.{chosen}")
        st.caption(say(f"customers.renewal.foot.{chosen}", n=numbers.count(len(lists[chosen]))))


def _title(row: pd.Series) -> str:
    account = next((row[name] for name in ("account", "account_name") if name in row and isinstance(row[name], str)),
                   row["account_id"])  # fmt: skip
    product = f", {row['product']}" if isinstance(row["product"], str) else ""
    return say("customers.renewal.title", account=account, product=product, day=numbers.date(row["renews_on"]))


def _chosen(counts: dict[str, int]) -> str:
    return str(st.segmented_control(
        say("drill.parts"), list(counts), key="renewal.part", required=True, label_visibility="collapsed",
        default=next(iter(counts)),
        format_func=lambda name: f"{say(f'customers.renewal.{name}')} {numbers.count(counts[name])}",
    ))  # fmt: skip


def _table(question: Question, part: Part, contract: str) -> pd.DataFrame:
    """A list in its columns, those that say nothing left away; the newest or the largest first."""
    rows = replace(question, part=part.name).rows({"contract_id": contract})
    rows = rows.sort_values(part.by, ascending=False, kind="stable", na_position="last", ignore_index=True)
    table = rows[[name for name in part.columns if rows[name].notna().any()]].copy()
    if "kind" in table:
        table["kind"] = [_kind(kind) for kind in table["kind"]]
    if "side" in table:
        table["side"] = [
            say(f"customers.renewal.sides.{side}") if isinstance(side, str) else None for side in table["side"]
        ]
    symbol = numbers.currency_symbol(question.answer().currency)
    heads = {name: say(f"customers.renewal.columns.{name}") for name in table}
    if symbol and part.money in heads:
        heads[part.money] = f"{heads[part.money]}, {symbol}"
    return table.rename(columns=heads)


def _kind(kind: str) -> str:
    key = f"customers.renewal.kinds.{kind}"
    return say(key) if has(key) else str(kind).replace("_", " ")


def opened(chart: str) -> str | None:
    """The contract whose card is open below the list `chart`; None without one."""
    mark = state.choice().mark
    return mark.as_dict().get("contract_id") if mark and mark.chart == chart else None
