"""The Tables tab: what is loaded, and which metrics each table feeds."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.text import has, numbers, safe, say
from metrics import TABLES, catalog, table

_READ = re.compile(r"\b(?:FROM|JOIN)\s+(?:model\.)?(\w+)")
_WORD = re.compile(r"\w+")
_WORKED_OUT = {
    "currency": ("value", "monthly_value"), "amount": ("value",), "monthly_revenue": ("monthly_value",),
    "entered_at": ("entered_on", "days"), "exited_at": ("exited_on", "days", "is_open"),
    "stage": ("stage_order", "furthest_order", "is_first"), "occurred_at": ("occurred_on",),
    "domain": ("account_id",), "name": ("account_id",), "email": ("contact_id",),
}  # fmt: skip
"""Columns of the prepared tables that follow from a column of the file."""
_WIDTHS = {"table": 140, "row": 176, "n": 68, "needed": 220, "also": 236}
"""Pixels of the columns."""
_ROW = 34


@cache
def metrics_of() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Table → titles of the metrics that have no answer without it, and of those that read it where it is there."""
    found: dict[str, tuple[list[str], list[str]]] = {table.name: ([], []) for table in TABLES}
    for metric in catalog().values():
        read = {name for sql in metric.sections.values() for name in _READ.findall(sql)}
        for name in found:
            if name in metric.needs:
                found[name][0].append(metric.title)
            elif name in read:
                found[name][1].append(metric.title)
    return {name: (tuple(needed), tuple(also)) for name, (needed, also) in found.items()}


@cache
def metrics_touched(table: str, column: str) -> tuple[str, ...]:
    """The titles of the metrics that read this column of a table, or what is worked out from it: first those that have
    no answer without the table and read few others, whose figures show it best."""
    words = {column, *_WORKED_OUT.get(column, ())}
    found = []
    for metric in catalog().values():
        read = [(set(_READ.findall(sql)), sql) for sql in metric.sections.values()]
        if any(table in tables and words & set(_WORD.findall(sql)) for tables, sql in read):
            beside = set().union(*(tables for tables, _ in read)) & metrics_of().keys()
            found.append((table not in metric.needs, len(beside), metric.title))
    return tuple(title for _, _, title in sorted(found, key=lambda one: one[:2]))


def metrics_fed(fed: Iterable[str]) -> list[str]:
    """The titles of the metrics that read any of these columns (`table.column`; a table alone is all of it), those that
    have no answer without the table first. The id of a row, or its account, is no figure by itself."""
    found: list[str] = []
    for one in dict.fromkeys(fed):
        name, _, column = one.partition(".")
        if name not in metrics_of():
            continue
        own = table(name).id_column
        if column and own and column in (own, "account_id"):
            continue
        read = metrics_touched(name, column) if column else [t for titles in metrics_of()[name] for t in titles]
        needed = metrics_of()[name][0]
        found += sorted(read, key=lambda title: title not in needed)
    return list(dict.fromkeys(found))


def tables_tab() -> None:
    """Every table with its rows and the metrics that it feeds; those of one table in full, where its row is chosen."""
    rows = visit.snapshot().row_counts if visit.has_data() else {}
    lacking = sum(any(not rows.get(table) for table in metric.needs) for metric in catalog().values())
    with_rows = sum(bool(rows.get(table.name)) for table in TABLES)
    n = len(catalog())
    sentence = say("tables.sentence", tables=with_rows, of=len(TABLES), metrics=n - lacking, all=n)
    st.header(safe.for_markdown(sentence), anchor=False)
    with st.container(border=True):
        card_head(say("tables.title"), say("tables.caption"))
        chosen = st.dataframe(
            pd.DataFrame([_row(table, rows.get(table.name, 0)) for table in TABLES]), column_config=_columns(),
            hide_index=True, width="stretch", row_height=_ROW, height=_ROW + _ROW * len(TABLES), on_select="rerun",
            selection_mode="single-row", key="data.tables",
        )  # fmt: skip
        for position in chosen["selection"]["rows"]:
            st.markdown(safe.for_markdown(in_full(TABLES[position].name, rows.get(TABLES[position].name, 0))))


def in_full(name: str, rows: int) -> str:
    """Sentences on what a table feeds, each metric named."""
    needed, also = metrics_of()[name]
    words = {"table": _name(name), "rows": numbers.count(rows)}
    parts = [
        say("tables.chosen" if rows else "tables.chosen_empty", **words),
        say("tables.needed_for", metrics=", ".join(needed)) if needed else "",
        say("tables.also_for", metrics=", ".join(also)) if also else "",
        _beside(name),
    ]
    return " ".join(part for part in parts if part)


def _row(table: Any, n: int) -> dict[str, Any]:
    needed, also = metrics_of()[table.name]
    cells = {
        "table": _name(table.name), "row": safe.shorten(table.row, 24), "n": n, "needed": few(needed),
        "also": few(also) or safe.shorten(_beside(table.name), 32),
    }  # fmt: skip
    return {say(f"tables.columns.{name}"): cell for name, cell in cells.items()}


def few(titles: Sequence[str]) -> str:
    """ "Win rate and 7 more", as much as a column holds."""
    if len(titles) > 1:
        return say("load.issues.more", metrics=safe.shorten(titles[0], 22), n=len(titles) - 1)
    return ", ".join(titles)


def _columns() -> dict[str, Any]:
    kinds = {name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()}
    kinds["n"] = st.column_config.NumberColumn(width=_WIDTHS["n"], format="localized")
    return {say(f"tables.columns.{name}"): kind for name, kind in kinds.items()}


def _name(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _beside(name: str) -> str:
    """What a table is for beside the metrics that read it."""
    return say(f"tables.beside.{name}") if has(f"tables.beside.{name}") else ""
