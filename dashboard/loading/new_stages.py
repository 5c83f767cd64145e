"""What stages mean that nothing tells of: some of their deals, and what each choice makes of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.text import numbers, safe, say
from metrics import OUTCOMES

if TYPE_CHECKING:
    from dashboard.loading.incoming import Incoming

ROW = 34
_MANY = 3
"""From so many open questions on, one answer for all of them is offered."""


def ask_outcomes(one: Incoming) -> None:
    """A question a stage; where there are many, the usual answer for all that are open yet."""
    for stage in one.new_stages:
        _ask(one, stage)
    left = [stage["stage"] for stage in one.open_stages]
    if len(left) >= _MANY and st.button(
        say("load.questions.all_open", n=len(left)), icon=":material/check:", key=f"stages.open.{one.path}"
    ):
        one.say_outcome("open", *left)
        st.rerun()


def _ask(one: Incoming, stage: dict[str, Any]) -> None:
    name = stage["stage"]
    asked = say("load.questions.stage", stage=safe.shorten(name, 60))
    with st.container(gap="xxsmall"):
        st.markdown(safe.for_markdown(asked))
        st.caption(safe.for_markdown(_effect(stage)))
    given = one.outcomes.get(name)
    chosen = st.pills(
        safe.for_markdown(asked), OUTCOMES, default=given, required=given is not None,
        format_func=lambda o: say(f"outcomes.{o}"), label_visibility="collapsed",
        key=f"stage.{one.path}.{name}.{given}",
    )  # fmt: skip
    if shown := [_row(row) for row in stage.get("rows") or ()]:
        st.dataframe(shown, hide_index=True, width="stretch", row_height=ROW, height=34 + ROW * len(shown),
                     placeholder="")  # fmt: skip
    if chosen and chosen != given:
        one.say_outcome(chosen, name)
        st.rerun()


def _effect(stage: dict[str, Any]) -> str:
    """ "12 deals worth EUR 340,000 are in it, in pipeline Sales: they stay in the pipeline if it is open…" """
    amounts = [_money(amount, code) for code, amount in (stage.get("amounts") or {}).items()]
    words = {"n": stage["deals"], "deals": numbers.count(stage["deals"]), "worth": ", ".join(amounts)}
    said = say("load.questions.stage_worth" if amounts else "load.questions.stage_deals", **words)
    pipeline = stage["pipeline"] and say("load.questions.stage_pipeline", pipeline=stage["pipeline"])
    return " ".join(filter(None, (said, pipeline, say("load.questions.stage_effect"))))


def _money(amount: float, code: str) -> str:
    return f"{code} {numbers.count(round(amount))}".strip()


def _row(row: dict[str, Any]) -> dict[str, str]:
    cells = {
        "row": numbers.count(row["row"]), "deal": safe.shorten(str(row["name"] or ""), 60),
        "amount": "" if row["amount"] is None else _money(row["amount"], row["currency"] or ""),
        "day": numbers.date(row["day"]) if row["day"] else "",
    }  # fmt: skip
    return {say(f"load.questions.of_stage.{name}"): cell for name, cell in cells.items()}
