"""One file's columns and what they mean, its stages, its open questions, and where its rows go."""

from difflib import get_close_matches
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.cards.heads import card_head
from dashboard.cards.tables import theme_mode
from dashboard.cards.welcome import primary
from dashboard.charts import CHART_CONFIG, reconciliation
from dashboard.loading.incoming import Incoming
from dashboard.text import has, numbers, safe, say
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
_PARTS = ("loaded", "duplicate", "rejected", "blank", "footer")


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
        st.subheader(safe.for_markdown(say("load.columns.title", name=safe.shorten(one.name, 40))), anchor=False)
        st.caption(
            safe.for_markdown(say("load.columns.caption", found=recognised_as(one), certain=certain, n=len(columns)))
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
    """The table with the most columns named like these headers; a table of deals where none is."""
    plain = {_plain(header) for header in headers}
    score = {t.name: len(plain & set(t.names)) for t in TABLES}
    best = max(score, key=lambda name: score[name])
    return best if score[best] else "opportunities"


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
                                                  format_func=lambda c: _column_words(name, str(c))),
        "sample": st.column_config.TextColumn(say("load.columns.sample"), disabled=True, width=160),
        "match": st.column_config.TextColumn(say("load.columns.match"), disabled=True, width=70),
        "because": st.column_config.TextColumn(say("load.columns.because"), disabled=True),
    }  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, hide_index=True, width="stretch", row_height=ROW,
        height=36 + ROW * min(len(rows), 14), key=f"columns.{one.path}.{name}",
    )  # fmt: skip


def _column_words(name: str, column: str) -> str:
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
    return next((column for column, hints in HINTS.items() if column in own and words & set(hints)), NOTHING)


def _once(meanings: list[str]) -> list[str]:
    """Each meaning once, for the first column that has it."""
    return [m if m not in meanings[:i] else NOTHING for i, m in enumerate(meanings)]


def _stages(one: Incoming, part: Any) -> pd.DataFrame | None:
    """The stages in order and what each means."""
    if not part.stages:
        return None
    st.markdown(say("load.stages.title"))
    rows = [{"stage": s["stage"], "outcome": one.stages.get(s["stage"], s["outcome"] or "open"), "deals": s["deals"],
             "pipeline": s["pipeline"] or ""} for s in part.stages]  # fmt: skip
    config = {
        "stage": st.column_config.TextColumn(say("load.stages.stage"), disabled=True),
        "outcome": st.column_config.SelectboxColumn(say("load.stages.outcome"), options=list(OUTCOMES), required=True,
                                                    format_func=lambda o: say(f"outcomes.{o}")),
        "deals": st.column_config.NumberColumn(say("load.stages.deals"), disabled=True, format="localized"),
        "pipeline": st.column_config.TextColumn(say("load.stages.pipeline"), disabled=True),
    }  # fmt: skip
    return st.data_editor(
        pd.DataFrame(rows), column_config=config, hide_index=True, width="stretch", row_height=ROW,
        height=36 + ROW * min(len(rows), 10), key=f"stages.{one.path}",
    )  # fmt: skip


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
        one.stages = said if said != recognised or one.stages else {}
    one.found = None


def _changed(columns: list[dict[str, Any]], header: str, now: str, name: str) -> bool:
    return all(column["canonical"] != f"{name}.{now}" for column in columns if column["header"] == header)


def side_cards(one: Incoming) -> None:
    """The questions that only the visitor can answer, and where the rows go."""
    asked = [question for question in one.questions if question["choices"]]
    if asked:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.subheader(say("load.questions.title", n=len(asked)), anchor=False, width="content")
                st.badge(say("load.questions.needed"), icon=":material/help:", color="orange")
            for question in asked:
                _question(one, question)
    for part in one.found or ():
        if part.rows["read"]:
            _rows_card(part)
        elif not part.source:
            _meanings_card(st.session_state.get(f"table.{one.path}") or one.table or "opportunities")


def _meanings_card(name: str) -> None:
    """What the columns of a table mean, beside the form that asks for them."""
    with st.container(border=True):
        card_head(say("load.meanings.title", row=table(name).row), say("load.meanings.caption"))
        rows = [{say("load.meanings.column"): _column_words(name, c.name), say("load.meanings.meaning"): c.meaning}
                for c in table(name).columns]  # fmt: skip
        st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW, height=36 + ROW * min(len(rows), 12))


def _question(one: Incoming, question: dict[str, Any]) -> None:
    kind, column = question["kind"], str(question["column"])
    example = str((question.get("examples") or [""])[0])
    st.markdown(safe.for_markdown(say(f"load.questions.{kind}", column=column, example=example)))
    chosen = st.pills(
        safe.for_markdown(column), question["choices"],
        format_func=lambda c: safe.for_markdown(_choice_words(kind, c, example)),
        key=f"question.{one.path}.{column}.{kind}", label_visibility="collapsed",
    )  # fmt: skip
    if chosen:
        one.answers[column] = chosen
        one.found = None
        st.rerun()


def _choice_words(kind: str, choice: str, example: str) -> str:
    """A choice as what it makes of the example: "3 April 2026"."""
    digits = [int(part) for part in "".join(c if c.isdigit() else " " for c in example).split()[:3]]
    if kind == "dates" and len(digits) == 3 and choice in ("dmy", "mdy"):
        day, month = (digits[0], digits[1]) if choice == "dmy" else (digits[1], digits[0])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return say("load.questions.day", day=day, month=numbers.month_name(month))
    return say(f"load.questions.choices.{kind}.{choice}") if has(f"load.questions.choices.{kind}.{choice}") else choice


def _rows_card(part: Any) -> None:
    rows = part.rows
    with st.container(border=True):
        told = " + ".join(say(f"load.rows.{name}", n=numbers.count(rows[name])) for name in _PARTS if rows[name])
        card_head(say("load.rows.title", read=numbers.count(rows["read"]), parts=told), say("load.rows.caption"))
        st.plotly_chart(
            reconciliation({n: rows[n] for n in _PARTS}, labels={n: say(f"load.rows.short_{n}") for n in _PARTS},
                           mode=theme_mode()),
            theme=None, config=CHART_CONFIG, key=f"rows.{part.file}.{part.object}", alt=told,
        )  # fmt: skip
        if part.issues:
            show_issues(part.issues)
        for warning in part.warnings:
            st.caption(safe.for_markdown(warning))


def show_issues(issues: list[dict[str, Any]]) -> None:
    """What could not be used, in which column, with the first rows of each."""
    table_ = pd.DataFrame([
        {say("load.issues.rows"): issue["n"], say("load.issues.kind"): issue["kind"],
         say("load.issues.column"): issue.get("column") or "",
         say("load.issues.first"): ", ".join(map(str, issue.get("rows") or ()))}
        for issue in issues
    ])  # fmt: skip
    st.dataframe(table_, hide_index=True, width="stretch", row_height=ROW, height=36 + ROW * min(len(table_), 8))
