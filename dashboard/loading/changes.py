"""What a file would change of what is loaded, before anything is written; and one upload beside another."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, csv_of, height
from dashboard.loading.incoming import Incoming
from dashboard.loading.tables import metrics_fed
from dashboard.text import has, numbers, safe, say

MOST_COLUMNS, MOST_METRICS = 5, 6
_SHOWN = 200
"""The rows that a page shows; the download has all that are told."""
_COUNTS = ("now", "then", "new", "changed", "same", "gone")
Found = dict[str, Any]
"""The difference of one table, as a check or a comparison tells it."""


def changes_card(one: Incoming) -> None:
    """Rows now and then, what is new, changed and gone, and the metrics that the file feeds."""
    parts = [part for part in one.found or () if part.status == "loaded"]
    if not parts:
        return
    found = [difference for part in parts for difference in part.differences]
    with st.container(border=True):
        if not found:
            card_head(say("load.changes.unknown"), say("load.changes.unknown_caption"))
        else:
            card_head(changes_title(found), say("load.changes.caption"))
            _table(found, _COUNTS)
            for part in parts:
                if part.mends:
                    st.caption(safe.for_markdown(say("load.changes.mends", n=len(part.mended), id=part.mends)))
            if said := stages_said(found):
                st.warning(safe.for_markdown(said), icon=":material/swap_vert:")
            changed_rows(found, key=f"changes.{one.path}")
        st.caption(safe.for_markdown(feeds(parts)))


def changes_title(found: Sequence[Found]) -> str:
    """ "Deals: 236 new, 1,041 changed, 10,985 as they were": of the first table, the one that a row of the file is."""
    first = found[0]
    words: dict[str, Any] = {name: numbers.count(first[name]) for name in _COUNTS}
    words |= {"table": table_words(first["table"]).capitalize(), "n": first["new"]}
    if not any(one["now"] for one in found):
        return say("load.changes.first", **words)
    if not any(one["new"] or one["changed"] for one in found):
        return say("load.changes.nothing", **words)
    return say("load.changes.title", **words)


def stages_said(found: Sequence[Found]) -> str:
    """What a file changes of the order and the meaning of known stages, stage by stage; empty where nothing."""
    said = []
    rows = [row for one in found if one["table"] == "stages" for row in one["rows"]]
    for column, words in (("stage_order", "order"), ("outcome", "outcomes")):
        moved = [
            say("load.changes.moved", stage=row["key"], before=_stage_value(column, row["before"]),
                after=_stage_value(column, row["after"]))
            for row in rows if row["column"] == column
        ]  # fmt: skip
        said += [say(f"load.changes.{words}", stages=", ".join(moved))] if moved else []
    return " ".join(said)


def _stage_value(column: str, value: str) -> str:
    """The place of a stage as it is, an outcome in words."""
    return say(f"outcomes.{value}").lower() if column == "outcome" else value


def table_words(name: str) -> str:
    """A table's rows in the reader's words: "deals"."""
    return say(f"load.tables.{name}") if has(f"load.tables.{name}") else name.replace("_", " ")


def feeds(parts: Sequence[Any]) -> str:
    """The metrics that the columns of a file feed, the first of them by name."""
    fed = [feed for part in parts for column in part.columns for feed in column["feeds"]]
    titles = metrics_fed(fed)
    named, more = ", ".join(titles[:MOST_METRICS]), len(titles) - MOST_METRICS
    if not titles:
        could = any(metrics_fed([name]) for part in parts for name in part.tables)
        return say("load.changes.feeds_nothing" if could else "load.changes.feeds_none")
    return (
        say("load.changes.feeds_more", metrics=named, n=more) if more > 0 else say("load.changes.feeds", metrics=named)
    )


def _table(found: Sequence[Found], counts: Sequence[str]) -> None:
    rows = [
        {say("load.changes.columns.table"): table_words(one["table"]).capitalize()}
        | {say(f"load.changes.columns.{name}"): one[name] for name in counts}
        for one in found
    ]
    config = {say(f"load.changes.columns.{name}"): st.column_config.NumberColumn(format="localized") for name in counts}
    st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(rows), 8),
                 column_config=config)  # fmt: skip


def changed_rows(found: Sequence[Found], key: str) -> None:
    """In which columns rows change, what becomes of those that are gone, and the rows themselves."""
    if said := [*_in_columns(found), *_gone(found[:1])]:  # what follows from a row that is gone needs no words
        st.caption(safe.for_markdown(" ".join(said)))
    rows = rows_of(found)
    if rows.empty:
        return
    with st.expander(say("load.changes.rows", n=numbers.count(len(rows)))):
        config = {say("load.changes.columns.after"): st.column_config.TextColumn(width="medium"),
                  say("load.changes.columns.before"): st.column_config.TextColumn(width="medium")}  # fmt: skip
        st.dataframe(rows.head(_SHOWN), hide_index=True, width="stretch", row_height=ROW_HEIGHT, placeholder="",
                     height=height(min(len(rows), _SHOWN), 8), column_config=config)  # fmt: skip
        st.download_button(
            say("card.download"), data=lambda: csv_of(rows), file_name="changes.csv", mime="text/csv", type="tertiary",
            key=f"{key}.file", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _in_columns(found: Sequence[Found]) -> list[str]:
    """ "Deals change in Amount (12), Stage (3) and 2 more columns.", a sentence a table."""
    said = []
    for one in found:
        columns = sorted(one["columns"].items(), key=lambda item: (-item[1], item[0]))
        if columns:
            named = ", ".join(f"{_column(name)} ({numbers.count(n)})" for name, n in columns[:MOST_COLUMNS])
            more = len(columns) - MOST_COLUMNS
            key = "load.changes.in_more" if more > 0 else "load.changes.in"
            said.append(say(key, table=table_words(one["table"]).capitalize(), columns=named, n=more))
    return said


def _gone(found: Sequence[Found]) -> list[str]:
    return [
        say("load.changes.gone", n=one["gone"], rows=numbers.count(one["gone"]), table=table_words(one["table"]))
        for one in found
        if one["gone"]
    ]


def rows_of(found: Sequence[Found]) -> pd.DataFrame:
    """Every change that is told, a row each: what is new, changed (column by column) or gone."""
    columns = ("table", "kind", "key", "name", "column", "before", "after")
    rows = [
        (
            table_words(one["table"]), say(f"load.changes.kinds.{row['kind']}"), row["key"], row["name"] or "",
            _column(row["column"]) if row["column"] else "", _value(row["before"], row), _value(row["after"], row),
        )
        for one in found
        for row in one["rows"]
    ]  # fmt: skip
    heads = [say(f"load.changes.columns.{name}") for name in columns]
    table = pd.DataFrame(rows, columns=heads, dtype=object)
    said_once = [say(f"load.changes.columns.{name}") for name in ("table", "name")]
    return table.drop(columns=[head for head in said_once if table[head].nunique() < 2])


def _value(value: Any, row: Found) -> str:
    """A value before or after a change; what was empty says so."""
    if row["kind"] != "changed":
        return ""
    return say("load.changes.empty") if value is None else str(value)


def _column(name: str) -> str:
    key = f"load.canonical.{name}"
    return say(key) if has(key) else name.replace("_", " ").capitalize() if name.islower() else name
