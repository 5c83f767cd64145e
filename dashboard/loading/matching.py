"""One file's columns with sample values: what each one means or feeds, and why. Changes are checked again."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.welcome import primary
from dashboard.loading.column_words import MOST_NAMED, USED, Column, column_words, reasons_below, samples, sure, why
from dashboard.loading.guessing import NOTHING, guess, likely_table
from dashboard.loading.incoming import Incoming
from dashboard.loading.mapping_file import mapping_file
from dashboard.loading.stages import stages_as_left, stages_as_shown, stages_editor, take_stages
from dashboard.text import has, safe, say
from metrics import TABLES, table

ROW = 34
_HEADER = 23
"""The most letters of a header that its column holds on a page 1280 wide."""
_WIDTHS = {"shown": 172, "means": 146, "sample": 258, "sure": 76, "why": 220}
"""Pixels of the columns there."""


def recognised_as(one: Incoming) -> str:
    """ "HubSpot, deals"; more of them for a file that holds several."""
    names = [object_words(part) for part in one.found or () if part.source]
    return "; ".join(dict.fromkeys(names)) or say("load.unknown")


def object_words(part: Any) -> str:
    """ "HubSpot, deals" for an import."""
    return say("load.object", source=_source(str(part.source)), object=str(part.object).replace("_", " "))


def _source(source: str) -> str:
    return say(f"load.sources.{source}") if has(f"load.sources.{source}") else source


def matching_card(one: Incoming) -> bool:
    """The columns with sample values, what each means and why; what is changed here is checked again.

    Whether something was changed that has not been checked yet.
    """
    with st.container(border=True):
        parts = [part for part in one.found or () if part.columns]
        columns = [column for part in parts for column in part.columns]
        certain = sum(column["certainty"] == "certain" for column in columns)
        key = "load.columns.refused" if one.is_refused else "load.columns.title"
        title = say(key, name=safe.shorten_file(one.name, 46))
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            card_head(title, _caption(one, parts, certain, len(columns)))
            if any(part.untested for part in parts):
                st.badge(say("load.untested"), icon=":material/science:", color="orange")
        if any(part.untested for part in parts):
            st.caption(say("load.untested_caption"))
        _say_why(one)
        if not parts:
            return False
        if len(parts) > 1:
            st.caption(say("load.columns.several"))
        name = _table_name(one, parts[0])
        edited = _editor(one, columns, name)
        if below := reasons_below(columns):
            st.caption(safe.for_markdown(below))
        if one.likely:
            st.markdown(say("load.columns.likely", n=len(one.likely)))
        stages = stages_editor(one, parts[0])
        currency = _currency(one, columns, name)
        changed = bool(_changes(one, columns, edited, name)) or currency != one.currency
        changed |= stages is not None and stages_as_left(stages) != stages_as_shown(one, parts[0])
        known = bool(parts[0].source)
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "match_these" if not known else "confirm" if one.likely else "check"
            is_pressed = st.button(
                say(f"load.columns.{label}"), icon=":material/check:" if one.likely else ":material/refresh:",
                type=primary() if changed or one.likely or not known else "secondary", key=f"match.{one.path}",
            )  # fmt: skip
            if known and changed:
                st.caption(say("load.columns.changed"))
            elif known and (mapped := mapping_file(one)):
                st.download_button(
                    say("load.columns.save"), mapped, "mapping.toml", "application/toml", icon=":material/download:",
                    type="tertiary", on_click="ignore", help=say("load.columns.save_help"), key=f"save.{one.path}",
                )  # fmt: skip
        if is_pressed:
            _take(one, parts[0], columns, edited, stages, currency, name)
        return known and changed


def _caption(one: Incoming, parts: list[Any], certain: int, n: int) -> str:
    """What the file is and how sure that is; of an unknown one, that its columns are guessed."""
    if not parts or not all(part.source for part in parts):
        return say("load.columns.caption_unknown") if parts else ""
    words: dict[str, Any] = {"found": recognised_as(one), "certain": certain, "n": n}
    return (
        say("load.columns.caption", because=because(one), **words)
        if because(one)
        else say("load.columns.caption_plain", **words)
    )


def because(one: Incoming) -> str:
    """The first headers that it was recognised by."""
    columns = [column for part in one.found or () if part.source != "mapping" for column in part.columns]
    certain = [c["header"] for c in columns if c["certainty"] == "certain" and (c["canonical"] or c["feeds"])]
    return ", ".join(safe.shorten(header, 28) for header in certain[:MOST_NAMED])


def _take(
    one: Incoming, part: Any, columns: list[Column], edited: pd.DataFrame, stages: pd.DataFrame | None, currency: str,
    name: str,
) -> None:  # fmt: skip
    """Take over all that was changed, and check the file again."""
    twice = _matched_twice(one, columns, edited, name)
    if twice:
        st.error(safe.for_markdown(say("load.columns.twice", column=column_words(name, twice))))
        return
    _apply(one, columns, edited, name)
    if stages is not None:
        take_stages(one, part, stages)
    one.currency = currency
    one.found = None
    st.rerun()


def _say_why(one: Incoming) -> None:
    """Why the file cannot be loaded, unless its questions say it."""
    if one.remembered:
        st.caption(safe.for_markdown(say("load.columns.remembered", file=safe.shorten_file(one.remembered, 60))))
    if any(question["choices"] for question in one.questions):
        return
    reason = refusal(one)
    if reason and one.is_refused:
        st.error(safe.for_markdown(reason), icon=":material/cancel:")
    elif reason:
        st.warning(safe.for_markdown(reason), icon=":material/help:")


def refusal(one: Incoming) -> str:
    """Why the file cannot be loaded as it is; empty where nothing keeps it."""
    return one.error or next((part.reason for part in one.found or () if part.reason), "")


def _table_name(one: Incoming, part: Any) -> str:
    """The table that the file feeds: as recognised, else as the visitor says."""
    fed = [column["canonical"].split(".")[0] for column in part.columns if column["canonical"]]
    if part.source and part.source != "mapping":
        return max(set(fed), key=fed.count) if fed else "opportunities"
    names = [t.name for t in TABLES]
    start = one.table or (max(set(fed), key=fed.count) if fed else likely_table([c["header"] for c in part.columns]))
    return st.selectbox(
        say("load.columns.table"),
        names,
        index=names.index(start),
        width=420,
        format_func=lambda n: say("load.columns.row", table=n.replace("_", " "), row=table(n).row),
        key=f"table.{one.path}",
    )


def _editor(one: Incoming, columns: list[Column], name: str) -> pd.DataFrame:
    means = _meanings(one, columns, name)
    options = [NOTHING, *dict.fromkeys(meaning for meaning in means if meaning.startswith(USED)), *table(name).names]
    rows = [
        {"header": column["header"], "shown": safe.shorten_middle(column["header"], _HEADER), "means": meaning,
         "sample": samples(column["samples"]), "sure": sure(one, column, meaning), "why": why(column)}
        for column, meaning in zip(columns, means, strict=True)
    ]  # fmt: skip
    heads = {"shown": "header", "sample": "sample", "sure": "match", "why": "because"}
    config: dict[str, Any] = {
        column: st.column_config.TextColumn(say(f"load.columns.{head}"), disabled=True, width=_WIDTHS[column])
        for column, head in heads.items()
    }
    config["means"] = st.column_config.SelectboxColumn(
        say("load.columns.means"), options=options, required=True, width=_WIDTHS["means"],
        format_func=lambda c: column_words(name, str(c)),
    )  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, column_order=list(_WIDTHS), hide_index=True, width="stretch",
        row_height=ROW, height=34 + ROW * min(len(rows), 14), key=f"columns.{one.path}.{name}",
    )  # fmt: skip


def _meanings(one: Incoming, columns: list[Column], name: str) -> list[str]:
    """What each column means: as the visitor said, as recognised, else a guess by its header, each guess once."""
    said = {header: canonical for canonical, header in one.columns.items() if header}
    means = [said.get(column["header"]) or _recognised(one, column, name) for column in columns]
    taken = set(filter(None, means))
    for place, column in enumerate(columns):
        if means[place] is None:
            guessed = guess(column["header"], name)
            means[place] = NOTHING if guessed in taken else guessed
            taken.add(guessed)
    return [meaning or NOTHING for meaning in means]


def _recognised(one: Incoming, column: Column, name: str) -> str | None:
    """What the check found a column to be, or likely to be; None where it did not recognise it."""
    canonical = column["canonical"] or ""
    proposed = column.get("proposed") or ""
    if not canonical and proposed:
        is_open = column["header"] not in one.decided and proposed.startswith(f"{name}.")
        return proposed.split(".", 1)[1] if is_open else NOTHING
    if canonical.startswith(f"{name}."):
        return canonical.split(".", 1)[1]
    if column["certainty"] == "unknown":
        return None
    return USED + " ".join(column["feeds"])


def _currency(one: Incoming, columns: list[Column], name: str) -> str:
    """The currency of the amounts, where no column of the file says it."""
    if (
        "currency" not in table(name)
        or name == "exchange_rates"
        or any(column["canonical"] == f"{name}.currency" for column in columns)
    ):
        return one.currency
    return st.text_input(
        say("load.columns.currency"), value=one.currency, max_chars=3, width=260, placeholder="EUR",
        key=f"currency.{one.path}.{one.currency}",
    ).strip()  # fmt: skip


def _changes(one: Incoming, columns: list[Column], edited: pd.DataFrame, name: str) -> dict[str, tuple[str, str]]:
    """Header → what it meant as shown and what it means now, of the columns whose meaning was changed."""
    now = {row["header"]: str(row["means"] or NOTHING) for _, row in edited.iterrows()}
    was = dict(zip((column["header"] for column in columns), _meanings(one, columns, name), strict=True))
    return {header: (was[header], meaning) for header, meaning in now.items() if meaning != was[header]}


def _matched_twice(one: Incoming, columns: list[Column], edited: pd.DataFrame, name: str) -> str | None:
    """A meaning that was given to a column while another one has it too."""
    meanings = Counter(str(meaning) for meaning in edited["means"])
    given = [now for _, now in _changes(one, columns, edited, name).values()]
    return next((now for now in given if now in table(name) and meanings[now] > 1), None)


def _apply(one: Incoming, columns: list[Column], edited: pd.DataFrame, name: str) -> None:
    """Take over what was changed: a whole mapping for an unknown file, corrections for a recognised one."""
    changes = _changes(one, columns, edited, name)
    if one.found and one.found[0].source not in (None, "mapping"):
        one.columns |= {
            was: "" for header, (was, _) in changes.items() if was in table(name) and header not in one.likely
        }
        one.columns |= {now: header for header, (_, now) in changes.items() if now in table(name)}
        means = {row["header"]: str(row["means"]) for _, row in edited.iterrows()}
        one.columns |= {means[header]: header for header in one.likely if means.get(header, "") in table(name)}
        one.decided |= {*one.likely, *changes}
        return
    one.table = name
    one.columns = {row["means"]: row["header"] for _, row in edited.iterrows() if row["means"] in table(name)}
