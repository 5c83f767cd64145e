"""One file's columns and what they mean, its stages, its open questions, and where its rows go."""

from difflib import get_close_matches
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.welcome import primary
from dashboard.loading.incoming import Incoming
from dashboard.text import has, safe, say
from metrics.model import TABLES, table

OUTCOMES = ("open", "won", "lost", "no_decision")
NOTHING = "-"  # an empty cell would read as None
ROW = 34
HINTS = {
    "account_id": ("account", "company", "customer", "organisation", "organization"),
    "stage": ("stage", "status"),
    "owner": ("owner", "agent", "seller", "rep"),
    "amount": ("amount", "value", "price", "revenue"),
    "opened_on": ("created", "opened", "engage", "start"),
    "closed_on": ("close", "closed", "closing"),
    "name": ("name", "title"),
    "industry": ("industry", "sector", "vertical"),
    "employees": ("employees", "headcount"),
    "country": ("country", "location"),
    "email": ("email", "mail"),
    "loss_reason": ("reason",),
    "created_on": ("created",),
}
"""Words in a header that hint at a canonical column, where nothing else says what it is."""


def recognised_as(one: Incoming) -> str:
    """ "HubSpot, deals"; more of them for a file that holds several."""
    names = [object_words(part) for part in one.found or () if part.source]
    return "; ".join(dict.fromkeys(names)) or say("load.unknown")


def object_words(part: Any) -> str:
    """ "HubSpot, deals" for an import."""
    return say("load.object", source=_source(str(part.source)), object=str(part.object).replace("_", " "))


def _source(source: str) -> str:
    return say(f"load.sources.{source}") if has(f"load.sources.{source}") else source


def matching_card(one: Incoming) -> None:
    """The columns with sample values, what each means and why; what is changed here is checked again."""
    with st.container(border=True):
        parts = [part for part in one.found or () if part.columns]
        columns = [column for part in parts for column in part.columns]
        certain = sum(column["certainty"] == "certain" for column in columns)
        card_head(
            say("load.columns.title", name=safe.shorten(one.name, 40)),
            say("load.columns.caption", found=recognised_as(one), certain=certain, n=len(columns)),
        )
        reason = one.error or next((part.reason for part in one.found or () if part.reason), "")
        if reason:
            st.warning(safe.for_markdown(reason), icon=":material/help:")
        if not parts:
            return
        if len(parts) > 1:
            st.caption(say("load.columns.several"))
        name = _table_name(one, parts[0])
        edited = _editor(one, columns, name)
        stages = _stages(one, parts[0])
        known = bool(parts[0].source)
        label = say("load.columns.check" if known else "load.columns.match_these")
        if st.button(
            label, icon=":material/refresh:", type="secondary" if known else primary(), key=f"match.{one.path}"
        ):
            _apply(one, columns, edited, stages, name)
            st.rerun()


def _table_name(one: Incoming, part: Any) -> str:
    """The table that the file feeds: as recognised, else as the visitor says."""
    fed = [column["canonical"].split(".")[0] for column in part.columns if column["canonical"]]
    if part.source and part.source != "mapping":
        return max(set(fed), key=fed.count) if fed else "opportunities"
    names = [t.name for t in TABLES]
    start = one.table or (max(set(fed), key=fed.count) if fed else _likely_table([c["header"] for c in part.columns]))
    return st.selectbox(
        say("load.columns.table"),
        names,
        index=names.index(start),
        width=420,
        format_func=lambda n: say("load.columns.row", table=n.replace("_", " "), row=table(n).row),
        key=f"table.{one.path}",
    )


def _likely_table(headers: list[str]) -> str:
    """The table in which most of these headers seem to name a column; deals where several have as many."""
    score = {t.name: len({_guess(header, t.name) for header in headers} - {NOTHING}) for t in TABLES}
    return max(score, key=lambda name: (score[name], name == "opportunities"))


def _plain(header: str) -> str:
    return "_".join(header.casefold().replace("-", " ").replace("_", " ").split())


def _editor(one: Incoming, columns: list[dict[str, Any]], name: str) -> pd.DataFrame:
    options = [NOTHING, *table(name).names]
    said = {header: canonical for canonical, header in one.columns.items() if header}
    means = _once([_meaning(column, said, name) for column in columns])
    rows = [
        {
            "header": column["header"], "means": meaning,
            "sample": "  ·  ".join(column["samples"]), **_why(column, meaning, said),
        }
        for column, meaning in zip(columns, means, strict=True)
    ]  # fmt: skip
    config = {
        "header": st.column_config.TextColumn(say("load.columns.header"), disabled=True, width=150),
        "means": st.column_config.SelectboxColumn(say("load.columns.means"), options=options, width=140,
                                                  format_func=lambda c: column_words(name, str(c))),
        "sample": st.column_config.TextColumn(say("load.columns.sample"), disabled=True, width=160),
        "match": st.column_config.TextColumn(say("load.columns.match"), disabled=True, width=70),
        "because": st.column_config.TextColumn(say("load.columns.because"), disabled=True),
    }  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, hide_index=True, width="stretch", row_height=ROW,
        height=36 + ROW * min(len(rows), 14), key=f"columns.{one.path}.{name}",
    )  # fmt: skip


def column_words(name: str, column: str) -> str:
    return say("load.columns.keep" if table(name).attributes else "load.columns.drop") if column == NOTHING else (
        column.replace("_", " ").capitalize())  # fmt: skip


def _meaning(column: dict[str, Any], said: dict[str, str], name: str) -> str:
    """What the column feeds: as the visitor said, as recognised, else a guess by its header."""
    if column["header"] in said:
        return said[column["header"]]
    canonical = column["canonical"] or ""
    if canonical.startswith(f"{name}."):
        return canonical.split(".", 1)[1]
    if column["certainty"] != "unknown" or canonical:
        return NOTHING
    return _guess(column["header"], name)


def _why(column: dict[str, Any], meaning: str, said: dict[str, str]) -> dict[str, str]:
    """How sure the match is, and why: as the check found, or a guess that the visitor has not confirmed yet."""
    guessed = column["certainty"] == "unknown" and meaning != NOTHING and column["header"] not in said
    if guessed:
        return {"match": say("load.certainty.likely"), "because": say("load.columns.guessed")}
    return {"match": say(f"load.certainty.{column['certainty']}"), "because": column["reason"]}


def _guess(header: str, name: str) -> str:
    """The canonical column that a header seems to name; nothing where none does."""
    own = table(name).names
    close = get_close_matches(_plain(header), own, n=1, cutoff=0.86)
    if close:
        return close[0]
    words = set(_plain(header).split("_"))
    hinted = next((column for column, hints in HINTS.items() if column in own and words & set(hints)), NOTHING)
    return table(name).id_column or NOTHING if hinted == NOTHING and words & {"id", "ref", "key"} else hinted


def _once(meanings: list[str]) -> list[str]:
    """Each meaning once, for the first column that has it."""
    return [m if m not in meanings[:i] else NOTHING for i, m in enumerate(meanings)]


def _stages(one: Incoming, part: Any) -> pd.DataFrame | None:
    """The stages in order and what each means; both can be changed."""
    if not part.stages:
        return None
    st.markdown(say("load.stages.title"))
    said = list(one.stages)
    stages = sorted(part.stages, key=lambda s: said.index(s["stage"]) if s["stage"] in said else len(said))
    rows = [
        {
            "order": place, "stage": s["stage"], "outcome": one.stages.get(s["stage"], s["outcome"] or "open"),
            "deals": s["deals"], "pipeline": s["pipeline"] or "",
        }
        for place, s in enumerate(stages, start=1)
    ]  # fmt: skip
    config = {
        "order": st.column_config.NumberColumn(say("load.stages.order"), min_value=1, step=1, required=True, width=60),
        "stage": st.column_config.TextColumn(say("load.stages.stage"), disabled=True),
        "outcome": st.column_config.SelectboxColumn(
            say("load.stages.outcome"), options=list(OUTCOMES), required=True,
            format_func=lambda o: say(f"outcomes.{o}"),
        ),
        "deals": st.column_config.NumberColumn(say("load.stages.deals"), disabled=True, format="localized"),
        "pipeline": st.column_config.TextColumn(say("load.stages.pipeline"), disabled=True),
    }  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, hide_index=True, width="stretch", row_height=ROW,
        height=36 + ROW * min(len(rows), 10), key=f"stages.{one.path}.{len(said)}",
    ).sort_values("order", kind="stable")  # fmt: skip


def _apply(
    one: Incoming, columns: list[dict[str, Any]], edited: pd.DataFrame, stages: pd.DataFrame | None, name: str
) -> None:
    """Take over what was changed: a whole mapping for an unknown file, corrections for a recognised one."""
    means = {row["header"]: row["means"] or NOTHING for _, row in edited.iterrows()}
    known = one.found[0].source if one.found else None
    if known and known != "mapping":
        for column in columns:
            was = (column["canonical"] or "").removeprefix(f"{name}.")
            now = means[column["header"]]
            if was and was != now and "." not in was:
                one.columns[was] = ""
        one.columns |= {
            now: header for header, now in means.items() if now != NOTHING and _changed(columns, header, now, name)
        }
    else:
        one.table = name
        one.columns = {now: header for header, now in means.items() if now != NOTHING}
    if stages is not None:
        recognised = {s["stage"]: s["outcome"] for s in (one.found or [])[0].stages}
        said = {str(row["stage"]): str(row["outcome"]) for _, row in stages.iterrows()}
        one.stages = said if list(said.items()) != list(recognised.items()) or one.stages else {}
    one.found = None


def _changed(columns: list[dict[str, Any]], header: str, now: str, name: str) -> bool:
    return all(column["canonical"] != f"{name}.{now}" for column in columns if column["header"] == header)
