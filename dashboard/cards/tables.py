"""Rows and answers as tables: the columns a reader needs, each in its format. Tables show text literally."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.opening import account_table
from dashboard.charts import palette
from dashboard.charts.rows import text_width
from dashboard.text import has, numbers, safe, say, segment_name
from dashboard.text.columns import heading, readable
from metrics import Answer, unit_of

ROW_HEIGHT, HEADER_HEIGHT = 34, 35
TWO_LINES = 57
"""Above four times the base font's size a table breaks its texts into lines."""
_PADDING = 16
LISTED = 1_000
"""The most rows that a page lists; the download has all of them."""
_LIST_WIDTHS = {"account": 124, "deal": 150, "present_stage": 92, "deal_outcome": 64, "deal_owner": 98}
"""Pixels of text columns beside each other on a page 1280 wide; a list of fewer columns gives each more."""
_PLACES = {"percent": 1, "days": 1, "money": 0}
_DEAL = ("account", "deal", "target", "present_stage", "deal_outcome", "deal_amount", "measure", "deal_opened_on",
         "deal_closed_on", "deal_owner", "journey_id", "journey_touches", "journey_value")  # fmt: skip
_ACCOUNT = ("account", "target", "account_industry", "account_country", "account_size", "account_tier", "measure",
            "account_owner")  # fmt: skip
_CONTACT = ("contact_title", "account", "target", "contact_source", "contact_created_on", "measure")
_ANSWER = ("account", "target", "said", "score", "sentiment", "said_on", "measure")
COLUMNS = {"deal": _DEAL, "visit": _DEAL, "account": _ACCOUNT, "contact": _CONTACT, "answer": _ANSWER}


def theme_mode() -> str:
    """ "light" or "dark", as the browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def height(rows: int, most: int, each: int = ROW_HEIGHT) -> int:
    """Pixels of a table that shows all of its rows up to `most`, `each` so high."""
    return HEADER_HEIGHT + each * max(min(rows, most), 1)


def row_height(table: pd.DataFrame, widths: Mapping[str, int]) -> int:
    """Pixels of a row in which no text of these columns is cut: of one line, else of two, which only the browser can
    break. `widths`: those of the columns on a page 1280 wide."""
    told = ((str(value), width) for name, width in widths.items() for value in table[name].dropna())
    return TWO_LINES if any(text_width(words) > width - _PADDING for words, width in told) else ROW_HEIGHT


def listed(
    rows: pd.DataFrame, unit: str, measure: str, currency: str | None, *, has_targets: bool = True
) -> pd.DataFrame:
    """The rows behind a mark in the columns to show, largest amount first; columns that say nothing are left away,
    and without targets whether each is one. Its index are the accounts' ids."""
    if "measured" in rows:  # `measure` is a key there
        rows = rows.drop(columns="measure").rename(columns={"measured": "measure"})
    if "measure" not in rows and "age" in rows:
        rows = rows.rename(columns={"age": "measure"})
    names = [name for name in COLUMNS.get(unit, tuple(rows.columns)) if name in rows.columns]
    table = rows[names].set_axis(_account_ids(rows), axis=0)
    if not has_targets:
        table = table.drop(columns="target", errors="ignore")
    if "measure" in table and (not measure or table["measure"].nunique(dropna=True) < 2):
        table = table.drop(columns="measure")
    if "deal_amount" in table:
        table = table.sort_values("deal_amount", ascending=False, kind="stable", na_position="last")
    kept = "journey_id" if "journey_id" in table and table["journey_id"].notna().any() else "deal"
    table = table[[name for name in table if name == kept or table[name].notna().any()]]
    if "target" in table:
        table["target"] = table["target"].map(segment_name)
    if "account" in table:
        table["account"] = table["account"].fillna(say("columns.none"))
    if "deal_outcome" in table:
        table["deal_outcome"] = table["deal_outcome"].map(lambda o: say(f"outcomes.{o}") if has(f"outcomes.{o}") else o)
    heads = {name: _head(name, measure, currency) for name in map(str, table)}
    return table.rename(columns=heads)


def _account_ids(rows: pd.DataFrame) -> pd.Index:
    """Whose each row is, None where it has no account or nobody asked."""
    of = next((name for name in ("account_id", "deal_account_id", "contact_account_id") if name in rows), None)
    ids = [None] * len(rows) if of is None else [None if pd.isna(value) else str(value) for value in rows[of]]
    return pd.Index(ids, dtype=object)


def _head(name: str, measure: str, currency: str | None) -> str:
    if name == "measure":
        return measure
    words = say(f"columns.{name}") if has(f"columns.{name}") else name.replace("_", " ").capitalize()
    symbol = numbers.currency_symbol(currency)
    return f"{words}, {symbol}" if name == "deal_amount" and symbol else words


def show_listed(table: pd.DataFrame, *, most: int = 8, key: str | None = None) -> None:
    """The table of `listed`, at most `most` rows high; more of them scroll, up to LISTED rows in all. A click on a row
    opens its account, where the index names it."""
    table = _without_account(table.head(LISTED), say("columns.account"), say("columns.deal"))
    ids = list(table.index) if table.index.dtype == object else [None] * len(table)
    table = table.reset_index(drop=True)
    widths = {say(f"columns.{name}"): width for name, width in _LIST_WIDTHS.items()}
    config: dict[str, Any] = {}
    for name in map(str, table):
        values = table[name]
        if name == say("columns.target"):
            config[name] = side_chips(name)
        elif pd.api.types.is_datetime64_any_dtype(values) or _holds_dates(values):
            config[name] = st.column_config.DateColumn(name, format="D MMM YYYY", width=90)
        elif pd.api.types.is_numeric_dtype(values):
            config[name] = st.column_config.NumberColumn(name, format="localized", width=84)
        elif name in widths:
            config[name] = st.column_config.TextColumn(name, width=widths[name])
    if say("columns.target") in table:
        table = table.copy()
        table[say("columns.target")] = pd.Series(
            [[v] for v in table[say("columns.target")]], index=table.index, dtype=object
        )
    account_table(
        table, ids, key or f"listed.{'.'.join(map(str, table))}", width="stretch", height=height(len(table), most),
        row_height=ROW_HEIGHT, column_config=config,
    )  # fmt: skip


def _holds_dates(values: pd.Series) -> bool:
    known = values.dropna()
    return bool(len(known)) and hasattr(known.iloc[0], "isoformat")


def side_chips(name: str, width: int = 74) -> Any:
    """The column whose cells, lists of one, say on which side an account is: target or the rest."""
    colours = palette(theme_mode())
    words = [segment_name("target"), segment_name("rest")]
    soft = [colours.accent_soft, colours.rest_soft]
    return st.column_config.MultiselectColumn(name, options=words, color=soft, width=width)


_OPEN_DEAL = ("account_name", "name", "target", "stage", "value", "limit_days", "amount", "reason", "expected_close_on",
              "last_touch", "owner")  # fmt: skip
_REASONS = ("past_expected_close", "no_activity", "both")


def listed_deals(answer: Answer) -> pd.DataFrame:
    """A list metric's deals as a table, largest amount first: `value` are days."""
    frame = answer.frame.sort_values("amount", ascending=False, kind="stable", na_position="last")
    table = frame[[name for name in _OPEN_DEAL if name in frame and frame[name].notna().any()]]
    table = table.set_axis(_account_ids(frame), axis=0)
    if "account_name" in table:  # left away above where no deal has one
        table["account_name"] = table["account_name"].fillna(say("columns.none"))
    if "reason" in table:
        table["reason"] = [say(f"reasons.{r}") if r in _REASONS else r for r in table["reason"]]
    symbol = numbers.currency_symbol(answer.currency)
    heads = {
        name: say(f"open_deals.{answer.metric.name}.value" if name == "value" else f"open_deals.{name}")
        for name in table
    }
    if symbol and "amount" in heads:
        heads["amount"] = f"{heads['amount']}, {symbol}"
    return table.rename(columns=heads)


_ROUNDED_FROM = 1_000
"""From amounts of this size on, a table of deals at a glance shows none of their cents; the download has them."""
_TEXT_WIDTHS = {"account_name": 126, "name": 172, "stage": 100, "reason": 118, "owner": 100}


def show_deals(table: pd.DataFrame) -> None:
    """The table of `listed_deals`: days as bars against the longest. Widths are such that it fits a page 1280 wide."""
    name_of = {say(f"open_deals.{name}"): name for name in _TEXT_WIDTHS}
    table = _without_account(table, say("open_deals.account_name"), say("open_deals.name"))
    ids = list(table.index) if table.index.dtype == object else [None] * len(table)
    table = table.reset_index(drop=True)
    config: dict[str, Any] = {}
    days = {say(f"open_deals.{kind}.value") for kind in ("stalled_deals", "overdue_deals")}
    for name in map(str, table):
        if pd.api.types.is_datetime64_any_dtype(table[name]) or _holds_dates(table[name]):
            config[name] = st.column_config.DateColumn(name, format="D MMM YYYY", width=96)
        elif pd.api.types.is_numeric_dtype(table[name]) and name in days and table[name].notna().any():
            top = float(table[name].max()) or 1.0
            table[name] = table[name].round()
            config[name] = st.column_config.ProgressColumn(
                name, format="%,d", min_value=0, max_value=top, color="gray", width=112
            )
        elif pd.api.types.is_numeric_dtype(table[name]):
            limit = name == say("open_deals.limit_days")
            if not limit and table[name].abs().max() >= _ROUNDED_FROM:
                table[name] = table[name].round()
            config[name] = st.column_config.NumberColumn(name, format="%.0f" if limit else "localized",
                                                             width=52 if limit else 88)  # fmt: skip
        else:
            config[name] = st.column_config.TextColumn(name, width=_TEXT_WIDTHS.get(name_of.get(name, ""), 100))
    account_table(
        table, ids, f"deals.{'.'.join(map(str, table))}", width="stretch", height=height(len(table), len(table)),
        row_height=ROW_HEIGHT, column_config=config,
    )  # fmt: skip


def _without_account(table: pd.DataFrame, account: str, deal: str) -> pd.DataFrame:
    """The deals' names (column `deal`) without the account's in front, which stands beside them."""
    if account not in table or deal not in table:
        return table
    shorter = [
        str(name).removeprefix(str(of)).lstrip(" -–—:,|/·") or name
        for of, name in zip(table[account], table[deal], strict=True)
    ]
    return table.assign(**{deal: shorter})


def answer_table(answer: Answer, frame: pd.DataFrame) -> pd.DataFrame:
    """Figures as a file: readable headers with units, rates in per cent, no empty columns, all digits."""
    single = "segment" in frame and set(frame["segment"]) == {"All"}
    table = frame.drop(columns="segment") if single else frame
    return readable(table, answer.metric, answer.currency, value=answer.metric.title)


def show_answer(answer: Answer, frame: pd.DataFrame, *, most: int = 12) -> None:
    """The same for "show as table": every column with as many decimals as its unit needs, the same in all its rows.

    What repeats the figure itself (the n of a count) stands there once.
    """
    frame = _each_once(frame)
    table = answer_table(answer, frame)
    places = {heading(str(name), answer.metric, answer.currency, value=answer.metric.title):
              _PLACES.get(unit_of(str(name), answer.metric)) for name in frame}  # fmt: skip
    config = {}
    for name in map(str, table):
        if not pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name]):
            continue
        decimals = places.get(name)
        if decimals is None or (table[name].dropna() % 1 == 0).all():
            decimals = 0 if (table[name].dropna() % 1 == 0).all() else 2
        table[name] = table[name].astype(float).round(decimals)
        config[name] = st.column_config.NumberColumn(name, format=f"%.{decimals}f" if decimals else "localized")
    st.dataframe(
        table, hide_index=True, width="stretch", height=height(len(table), most), row_height=ROW_HEIGHT,
        column_config=config, placeholder="",
    )  # fmt: skip


def _each_once(frame: pd.DataFrame) -> pd.DataFrame:
    """Without `n` and `numerator` where they are the value in every row."""
    if "value" not in frame:
        return frame
    value = frame["value"].astype(float)
    same = [name for name in ("n", "numerator") if name in frame and frame[name].astype(float).equals(value)]
    return frame.drop(columns=same)


def csv_of(table: pd.DataFrame) -> bytes:
    """The table as a file in which no cell is a formula."""
    return safe.csv_bytes(table)
