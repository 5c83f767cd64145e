"""One file's columns with sample values: what each one means or feeds, and why. Changes are checked again."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.welcome import primary
from dashboard.loading.guessing import NOTHING, guess, likely_table
from dashboard.loading.incoming import Incoming
from dashboard.loading.mapping_file import mapping_file
from dashboard.loading.stages import stages_as_left, stages_as_shown, stages_editor, take_stages
from dashboard.text import has, safe, say
from metrics import TABLES, table

NOT_KEPT = "="
USED = "="
"""What begins with it is used for the columns or tables that follow it; alone, it is not kept itself."""
ROW = 34
MOST_NAMED = 3
_HEADER, _SAMPLE, _REASON = 23, 17, 10
"""The most letters of a header, of values and of a reason that the columns hold on a page 1280 wide."""
Column = dict[str, Any]
"""A column of the file as the check describes it: header, samples, canonical, certainty, reason, feeds."""


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
        card_head(
            say("load.columns.refused" if one.is_refused else "load.columns.title", name=safe.shorten(one.name, 40)),
            _caption(one, parts, certain, len(columns)),
        )
        _say_why(one)
        if not parts:
            return False
        if len(parts) > 1:
            st.caption(say("load.columns.several"))
        name = _table_name(one, parts[0])
        edited = _editor(one, columns, name)
        if reasons := _reasons(columns):
            st.caption(safe.for_markdown(reasons))
        stages = stages_editor(one, parts[0])
        currency = _currency(one, columns, name)
        changed = bool(_changes(one, columns, edited, name)) or currency != one.currency
        changed |= stages is not None and stages_as_left(stages) != stages_as_shown(one, parts[0])
        known = bool(parts[0].source)
        with st.container(horizontal=True, vertical_alignment="center"):
            is_pressed = st.button(
                say("load.columns.check" if known else "load.columns.match_these"), icon=":material/refresh:",
                type=primary() if changed or not known else "secondary", key=f"match.{one.path}",
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
    return say("load.columns.caption", found=recognised_as(one), certain=certain, n=n)


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
        st.caption(safe.for_markdown(say("load.columns.remembered", file=safe.shorten(one.remembered, 60))))
    if any(question["choices"] for question in one.questions):
        return
    reason = one.error or next((part.reason for part in one.found or () if part.reason), "")
    if reason and one.is_refused:
        st.error(safe.for_markdown(reason), icon=":material/cancel:")
    elif reason:
        st.warning(safe.for_markdown(reason), icon=":material/help:")


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
         "sample": _samples(column["samples"]), "why": _why(one, column, meaning)}
        for column, meaning in zip(columns, means, strict=True)
    ]  # fmt: skip
    config = {
        "shown": st.column_config.TextColumn(say("load.columns.header"), disabled=True, width=148),
        "means": st.column_config.SelectboxColumn(say("load.columns.means"), options=options, required=True, width=118,
                                                  format_func=lambda c: column_words(name, str(c))),
        "sample": st.column_config.TextColumn(say("load.columns.sample"), disabled=True, width=124),
        "why": st.column_config.TextColumn(say("load.columns.match"), disabled=True, width=112),
    }  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, column_order=list(config), hide_index=True, width="stretch",
        row_height=ROW, height=34 + ROW * min(len(rows), 14), key=f"columns.{one.path}.{name}",
    )  # fmt: skip


def _samples(values: list[str]) -> str:
    """As many of the first values as the column holds, at least the first."""
    shown = safe.shorten(values[0], _SAMPLE) if values else ""
    for value in values[1:]:
        if len(longer := f"{shown}  ·  {safe.one_line(value)}") > _SAMPLE:
            break
        shown = longer
    return shown


def _reasons(columns: list[Column]) -> str:
    """The reasons too long for a row, each with the columns that it holds for."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if len(column["reason"]) > _REASON and column["certainty"] != "unknown":
            found.setdefault(column["reason"], []).append(safe.shorten(column["header"], 40))
    said = []
    for reason, headers in found.items():
        more = len(headers) - MOST_NAMED
        words = {"columns": ", ".join(headers[:MOST_NAMED]), "reason": reason}
        said.append(
            say("load.columns.reason_more", more=more, **words) if more > 0 else say("load.columns.reason", **words)
        )
    return " · ".join(said)


def column_words(name: str, column: str) -> str:
    """What a column means, for people: "Amount", "for stage history", "kept, to filter by"."""
    if column == NOTHING:
        return say("load.columns.keep" if table(name).attributes else "load.columns.drop")
    if column == NOT_KEPT:
        return say("load.columns.not_kept")
    if column.startswith(USED):
        fed = dict.fromkeys(_fed_words(one) for one in column.removeprefix(USED).split(" "))
        return say("load.columns.used", fed=", ".join(fed))
    key = f"load.canonical.{column}"
    return say(key) if has(key) else column.replace("_", " ").capitalize()


def _fed_words(fed: str) -> str:
    """ "account link" for "opportunities.account_id", "stage history" for "stage_visits.entered_at"."""
    for part in (fed, fed.split(".")[0], fed.split(".")[-1]):
        if has(f"load.feeds.{part}"):
            return say(f"load.feeds.{part}")
    return fed.split(".")[-1].replace("_", " ")


def _meanings(one: Incoming, columns: list[Column], name: str) -> list[str]:
    """What each column means: as the visitor said, as recognised, else a guess by its header, each guess once."""
    said = {header: canonical for canonical, header in one.columns.items() if header}
    means = [said.get(column["header"]) or _recognised(column, name) for column in columns]
    taken = set(filter(None, means))
    for place, column in enumerate(columns):
        if means[place] is None:
            guessed = guess(column["header"], name)
            means[place] = NOTHING if guessed in taken else guessed
            taken.add(guessed)
    return [meaning or NOTHING for meaning in means]


def _recognised(column: Column, name: str) -> str | None:
    """What the check found a column to be; None where it did not recognise it."""
    canonical = column["canonical"] or ""
    if canonical.startswith(f"{name}."):
        return canonical.split(".", 1)[1]
    if column["certainty"] == "unknown":
        return None
    return USED + " ".join(column["feeds"])


def _why(one: Incoming, column: Column, meaning: str) -> str:
    """How sure the match is, and why: as the check found, or a guess that the visitor has not confirmed yet."""
    guessed = column["certainty"] == "unknown" and meaning != NOTHING and column["header"] not in one.columns.values()
    if guessed:
        return say("load.columns.guessed")
    if column["certainty"] == "unknown":
        return say("load.columns.unmatched")
    certainty = say(f"load.certainty.{column['certainty']}")
    if len(column["reason"]) > _REASON:  # told below the table
        return certainty
    return say("load.columns.why", certainty=certainty, reason=column["reason"])


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
        key=f"currency.{one.path}",
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
        one.columns |= {was: "" for was, _ in changes.values() if was in table(name)}
        one.columns |= {now: header for header, (_, now) in changes.items() if now in table(name)}
        return
    one.table = name
    one.columns = {row["means"]: row["header"] for _, row in edited.iterrows() if row["means"] in table(name)}
