"""Renewals at risk as a work list: what renews soon, what it is worth, why to worry, and who looks after it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import foot, menu
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.tables import LISTED, ROW_HEIGHT, height
from dashboard.filters import state, switch
from dashboard.filters.choice import Mark
from dashboard.text import numbers, safe, say, segment_name
from dashboard.topics.customers import said_of
from dashboard.topics.customers_renewal import opened, renewal_card
from dashboard.topics.customers_split import turn
from metrics import AbmError, Answer

KEY, SHOWN, _CLOSED = "renewals", 10, "renewals.closed"
REASONS = ("falling engagement", "competitor intent", "negative sentiment")
VIEWS = ("all", "falling", "rival", "mood")
_COLUMNS = ("account", "target", "product", "contract_id", "renews_on", "yearly", "reasons", "signs", "owner")
_WIDTHS = {"account": 128, "target": 60, "product": 118, "renews_on": 90, "yearly": 72,
           "reasons": 124, "signs": 152, "owner": 100}  # fmt: skip


def renewals_card(page: Page) -> None:
    """The contracts, soonest first; one switch narrows them to one reason."""
    by = "target" if page.has_targets and page.choice.show == "both" else None
    question, name = page.asks("renewals_at_risk", by=by), say("customers.renewals.name")
    with st.container(border=True):
        missing = question.missing_tables()
        if missing:
            card_head(name)
            empty.missing(KEY, ["renewing_contracts"])
            return
        try:
            answer, rows = question.answer(), question.rows({})
            coming = replace(question, part="renewing").rows({})
        except AbmError as error:
            card_head(name)
            empty.failed(error)
            return
        days = numbers.count(answer.options["renewal_days"])
        with st.container(horizontal=True, wrap=False, gap="xsmall", horizontal_alignment="distribute"):
            with st.container(gap="xxsmall"):
                card_head(_title(rows, coming, answer, days), _caption(answer, days))
            table = _worklist(rows, answer, has_targets=by is not None)
            menu(KEY, question, (), table)
        listed = rows
        if len(rows):
            listed = _narrowed(rows)
            table = _worklist(listed, answer, has_targets=by is not None)
            _show(table.drop(columns=_head("contract_id")), list(table[_head("contract_id")]))
        shown = say("customers.renewals.shown", n=numbers.count(len(listed))) if len(listed) else ""
        st.caption(safe.for_markdown(foot(answer, None, shown, _unknown(answer))))
    if contract := opened(KEY):
        behind = rows[rows["contract_id"].astype(str) == contract]
        if len(behind):
            renewal_card(question, behind.iloc[0], name, _close)


def _title(rows: pd.DataFrame, coming: pd.DataFrame, answer: Answer, days: str) -> str:
    if coming.empty:
        silent = dict(answer.excluded).get("contract without a renewal to come", 0)
        form = "none_known" if silent else "none_due"
        return say(f"customers.renewals.{form}", days=days, n=numbers.count(silent))
    words = {"of": numbers.count(len(coming)), "days": days,
             "amount": numbers.money(rows["measure"].sum(min_count=1), answer.currency)}  # fmt: skip
    if rows.empty:
        return say("customers.renewals.none", **words)
    form = "title" if rows["measure"].notna().any() else "title_bare"
    return say(f"customers.renewals.{form}", n=numbers.count(len(rows)), **words)


def _caption(answer: Answer, days: str) -> str:
    fall = numbers.percent(answer.options["least_fall"])
    points = numbers.count(answer.options["least_points"])
    trend = numbers.count(answer.options["trend_days"])
    return say("customers.renewals.caption", days=days, fall=fall, points=points, trend=trend)


def _unknown(answer: Answer) -> str:
    """Which of the three signs cannot be seen in what is loaded."""
    return " ".join(said_of(answer, ("falling_unknown", "rivals_unknown", "mood_unknown")))


def _narrowed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the reason that the switch chooses, each reason with how many have it."""
    found = dict(zip(VIEWS[1:], REASONS, strict=True))
    counts = {view: int(rows["reasons"].str.contains(reason, regex=False).sum()) for view, reason in found.items()}
    options = ("all", *(view for view, n in counts.items() if n))
    if len(options) < 3:
        return rows
    counts["all"] = len(rows)
    st.session_state[f"{KEY}.by"] = switch(KEY, options)
    st.segmented_control(
        say("customers.renewals.reasons"), options, key=f"{KEY}.by", required=True, label_visibility="collapsed",
        format_func=lambda view: f"{say(f'customers.renewals.views.{view}')} {numbers.count(counts[view])}",
        on_change=turn, args=(KEY, options),
    )  # fmt: skip
    view = switch(KEY, options)
    return rows if view == "all" else rows[rows["reasons"].str.contains(found[view], regex=False)]


def _worklist(rows: pd.DataFrame, answer: Answer, *, has_targets: bool) -> pd.DataFrame:
    """Soonest first, in the columns that whoever calls the customer needs; what says nothing is left away."""
    ordered = rows.sort_values(["renews_on", "measure"], ascending=[True, False], kind="stable", ignore_index=True)
    names = ordered["account"] if "account" in ordered else ordered["account_name"]
    table = pd.DataFrame({
        "account": names.fillna(ordered["account_id"]),
        "target": ordered["segment"].map(segment_name),
        "product": ordered["product"], "contract_id": ordered["contract_id"],
        "renews_on": pd.to_datetime(ordered["renews_on"]).dt.date, "yearly": ordered["measure"].round(0),
        "reasons": [_reason_words(said) for said in ordered["reasons"]],
        "signs": [_signs(row) for _, row in ordered.iterrows()], "owner": ordered["owner"],
    })  # fmt: skip
    kept = [name for name in _COLUMNS if table[name].notna().any() and (has_targets or name != "target")]
    heads = {name: _head(name) for name in kept}
    symbol = numbers.currency_symbol(answer.currency)
    if symbol and "yearly" in heads:
        heads["yearly"] = f"{heads['yearly']}, {symbol}"
    return table[kept].rename(columns=heads)


def _show(table: pd.DataFrame, contracts: list[str]) -> None:
    """The table in widths that fit a page of 1280; whether an account is a target stands as a word. A click on a row
    opens what is behind it; `contracts` are those of the rows."""
    config: dict[Any, Any] = {}
    for name, width in _WIDTHS.items():
        head = next((str(head) for head in table if str(head).partition(",")[0] == _head(name)), None)
        if head is None:
            continue
        if name == "renews_on":
            config[head] = st.column_config.DateColumn(head, format="D MMM YYYY", width=width)
        elif name == "yearly":
            config[head] = st.column_config.NumberColumn(head, format="localized", width=width)
        else:
            config[head] = st.column_config.TextColumn(head, width=width)
    # a list closed or narrowed begins anew, without the click of before
    key = f"{KEY}.table.{switch(KEY, VIEWS)}.{st.session_state.get(_CLOSED, 0)}"
    st.dataframe(
        table.head(LISTED), hide_index=True, width="stretch", height=height(len(table), SHOWN), row_height=ROW_HEIGHT,
        column_config=config, key=key, placeholder="", on_select=_on_select(key, contracts),
        selection_mode="single-cell",
    )  # fmt: skip


def _on_select(key: str, contracts: list[str]) -> Callable[[], None]:
    def selected() -> None:
        cells = st.session_state[key].selection.cells
        contract = str(contracts[int(cells[0][0])]) if cells else None
        state.change(mark=Mark(KEY, (("contract_id", contract),)) if contract else None)

    return selected


def _close() -> None:
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1
    state.change(mark=None)


def _head(name: str) -> str:
    return say("columns.target" if name == "target" else f"customers.renewals.columns.{name}")


def _reason_words(said: str) -> str:
    keys = dict(zip(REASONS, VIEWS[1:], strict=True))
    known = [keys[part] for part in str(said).split(", ") if part in keys]
    form = "views" if len(known) == 1 else "short"  # several have no room for their whole names
    parts = [say(f"customers.renewals.{form}.{key}") for key in known]
    return ", ".join([parts[0], *(part.lower() for part in parts[1:])]) if parts else str(said)


def _signs(row: pd.Series) -> str:
    """The figures behind the reasons: points before and now, the competitors, the mood."""
    reasons, found = str(row["reasons"]), []
    if REASONS[0] in reasons:
        found.append(say("customers.renewals.fell", before=numbers.number(row["points_before"]),
                         now=numbers.number(row["points"])))  # fmt: skip
    if REASONS[1] in reasons:
        found.append(safe.one_line(row["competitors"]))
    if REASONS[2] in reasons:
        found.append(say("customers.renewals.mood", score=numbers.number(row["sentiment"], significant=2)))
    return "; ".join(found)
