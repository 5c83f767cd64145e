"""The Quality tab: where every row went, which were rejected, what could not be used and which figures that touches."""

from typing import Any

import streamlit as st

from dashboard import visit
from dashboard.cards.heads import card_head
from dashboard.loading.history import rejects_button
from dashboard.loading.side import rows_head, show_issues, touched
from dashboard.loading.texts import texts_card
from dashboard.text import numbers, safe, say


def quality_tab() -> None:
    """Where every row went, and what could not be used."""
    if not visit.has_data():
        st.header(say("history.none"), anchor=False)
        return
    quality = visit.quality()
    st.header(safe.for_markdown(headline(quality)), anchor=False)
    with st.container(border=True):
        rows_head(quality, "quality.rows")
    imports = {one.import_id: one for one in visit.workspace().imports()}
    _rejects([one for one in imports.values() if one.status == "loaded" and one.rows.get("rejected")])
    _issues(quality.get("issues", []), imports)
    _warnings()
    texts_card()


def headline(quality: dict[str, Any]) -> str:
    """How many of the rows that hold data are loaded, each once, and how much was found in them."""
    rows, n = quality["loaded"] + quality["rejected"], len(quality["issues"])
    key = "quality.sentence" if n else "quality.sentence_clean"
    return say(key, loaded=numbers.count(quality["loaded"]), rows=numbers.count(rows), n=n)


def _rejects(imports: list[Any]) -> None:
    """The rejected rows of each file, to be mended and loaded again."""
    if not imports:
        return
    n = sum(one.rows["rejected"] for one in imports)
    with st.container(border=True):
        card_head(say("quality.rejects", n=numbers.count(n)), say("quality.rejects_caption"))
        with st.container(horizontal=True, gap="small"):
            for one in imports:
                words = {"file": safe.shorten_file(one.file, 36), "n": numbers.count(one.rows["rejected"])}
                rejects_button(one, say("quality.rejects_of", **words))


def _issues(issues: list[dict[str, Any]], imports: dict[str | None, Any]) -> None:
    with st.container(border=True):
        card_head(say("quality.issues", n=len(issues)), say("quality.caption"))
        if not issues:
            return
        shown = [
            issue
            | {
                "file": safe.shorten_file(imports[issue["import_id"]].file, 24),
                "whole_file": imports[issue["import_id"]].file,
                "metrics": touched(imports[issue["import_id"]], issue),
            }
            for issue in sorted(issues, key=lambda one: -one["n"])
            if issue["import_id"] in imports
        ]
        show_issues(shown, "quality", "file")


def _warnings() -> None:
    warnings = [*visit.snapshot().warnings, *visit.snapshot().reading]
    if warnings:
        with st.container(border=True):
            st.subheader(say("quality.warnings", n=len(warnings)), anchor=False)
            for warning in warnings:
                st.text(safe.one_line(warning))
