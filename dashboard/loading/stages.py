"""The stages of one file: their order, and what each means for a deal."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.loading.incoming import Incoming
from dashboard.text import safe, say, say_markdown
from metrics import OUTCOMES

ROW = 34


def stages_editor(one: Incoming, part: Any) -> pd.DataFrame | None:
    """The stages in order and what each means; both can be changed. None where the file names no stage.

    An order that nothing in the file tells is a question: the guess is shown, and stands once it is confirmed.
    """
    if not part.stages:
        return None
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(say("load.stages.title"), width="content")
            if one.asks_order:
                st.badge(say("load.questions.needed"), icon=":material/help:", color="orange")
        st.caption(say("load.stages.caption"))
        if not all(stage.get("is_order_told", True) for stage in part.stages):
            key = "asks" if one.asks_order else "elsewhere" if one.order_from else "guessed"
            st.markdown(say_markdown(f"load.stages.{key}", file=safe.shorten_file(one.order_from, 60)))
    shown = pd.DataFrame(_rows(one, part))
    config = {
        "order": st.column_config.NumberColumn(say("load.stages.order"), min_value=1, step=1, required=True, width=60),
        "stage": st.column_config.TextColumn(say("load.stages.stage"), disabled=True),
        "outcome": st.column_config.SelectboxColumn(
            say("load.stages.outcome"), options=list(OUTCOMES), required=True,
            format_func=lambda o: say(f"outcomes.{o}"),
        ),
        "deals": st.column_config.NumberColumn(say("load.stages.deals"), disabled=True, format="localized", width=70),
        "pipeline": st.column_config.TextColumn(say("load.stages.pipeline"), disabled=True),
    }  # fmt: skip
    if not any(shown["pipeline"]):
        shown = shown.drop(columns="pipeline")
    edited = st.data_editor(
        shown, column_config=config, hide_index=True, width="stretch", row_height=ROW,
        height=34 + ROW * min(len(shown), 10), key=f"stages.{one.path}.{'.'.join(one.stages)}",
    )  # fmt: skip
    if one.asks_order and st.button(say("load.stages.confirm"), icon=":material/check:", key=f"order.{one.path}"):
        one.stages = dict(stages_as_left(edited))
        one.found = None
        st.rerun()
    return edited


def _rows(one: Incoming, part: Any) -> list[dict[str, Any]]:
    """The stages as the visitor said, else as found, one number apart."""
    said = list(one.stages)
    stages = sorted(part.stages, key=lambda s: said.index(s["stage"]) if s["stage"] in said else len(said))
    return [
        {
            "order": place, "stage": s["stage"], "outcome": one.stages.get(s["stage"], s["outcome"] or "open"),
            "deals": s["deals"], "pipeline": s["pipeline"] or "",
        }
        for place, s in enumerate(stages, start=1)
    ]  # fmt: skip


def stages_as_shown(one: Incoming, part: Any) -> list[tuple[str, str]]:
    """Stage and outcome, in order, before anything is changed."""
    return [(row["stage"], row["outcome"]) for row in _rows(one, part)]


def stages_as_left(edited: pd.DataFrame) -> list[tuple[str, str]]:
    """Stage and outcome in the order of their numbers. A stage given the number of another takes its place."""
    rows = [
        (row["order"], (row["order"] > place) - (row["order"] < place), str(row["stage"]), str(row["outcome"]))
        for place, (_, row) in enumerate(edited.iterrows(), start=1)
    ]
    return [(stage, outcome) for _, _, stage, outcome in sorted(rows, key=lambda row: row[:2])]


def take_stages(one: Incoming, part: Any, edited: pd.DataFrame) -> None:
    """Take over the stages as they were left in the editor, where anything was changed."""
    recognised = [(s["stage"], s["outcome"]) for s in part.stages]
    left = stages_as_left(edited)
    one.stages = dict(left) if left != recognised or one.stages else {}
