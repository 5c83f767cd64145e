"""What a figure's card says of its goal: how far it is, in few letters; red only where it is clearly missed."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.filters import state
from dashboard.filters.choice import Switches
from dashboard.text import numbers, say
from metrics import Answer, Comparison

DEFINITIONS_PAGE = "views/definitions.py"
GOAL_SWITCH, PART_SWITCH = "goal", "part"
_SUMS = ("money", "count", "score", "ratio")


def goal_words(answer: Answer, held: Comparison) -> str:
    """ "76 % of goal € 17.8 M", "3 pts above goal 35 %", "9 days over goal 75": value and goal in the metric's unit.

    A share of the goal is said of what adds up and has one above 0; a difference of all else. While the goal's period
    lasts, the days to come stand beside what is missing.
    """
    words = _held_words(answer, held)
    if held.to_come is None or held.difference is None or is_reached(answer, held):
        return words
    left = "aim.left_one" if held.to_come[0] == 1 else "aim.left"
    return f"{words}, {numbers.unbroken(say(left, days=held.to_come[0]))}"


def _held_words(answer: Answer, held: Comparison) -> str:
    kind, goal = answer.metric.format, held.values[1]
    shown = numbers.unbroken(numbers.shown(goal, kind, answer.currency))
    if held.difference is None:
        return say("aim.alone", goal=shown)
    if held.difference == 0:
        return say("aim.met", goal=shown)
    if is_reached(answer, held):
        key = "aim.reached" if held.difference > 0 else "aim.under"
    elif kind in _SUMS and goal and goal > 0 and answer.metric.better != "lower":
        share = numbers.unbroken(numbers.percent((held.values[0] or 0) / goal))
        return say("aim.share", share=share, goal=shown)
    else:
        key = "aim.above" if held.difference > 0 else "aim.below"
    apart = numbers.difference(abs(held.difference), kind, answer.currency).lstrip("+")
    return say(key, apart=numbers.unbroken(apart), goal=shown)


def is_reached(answer: Answer, held: Comparison) -> bool:
    """Whether the figure is at its goal or on the better side of it."""
    if held.difference is None:
        return False
    return held.difference <= 0 if answer.metric.better == "lower" else held.difference >= 0


def is_missed(answer: Answer, held: Comparison) -> bool:
    """Whether the figure is clearly on the worse side of its goal."""
    return held.verdict == "worse" and answer.metric.better_of(held.keys) != "none"


def goal_change(answer: Answer, held: Comparison | None) -> dict[str, Any]:
    """The card's change against the goal: the share of it, or the difference; "no goal" without one."""
    if held is None or held.difference is None:
        return {"delta": say("aim.none" if held is None else "aim.few"), "delta_color": "off", "delta_arrow": "off"}
    value, goal, kind = held.values[0], held.values[1], answer.metric.format
    if kind in _SUMS and value is not None and goal and goal > 0 and answer.metric.better != "lower":
        colour = "inverse" if is_missed(answer, held) else "off"  # a share has no minus: it is red by turning it round
        return {"delta": numbers.percent(value / goal), "delta_color": colour, "delta_arrow": "off"}
    text = numbers.difference(held.difference, kind, answer.currency).replace(numbers.MINUS, "-")
    missed = ("inverse" if held.difference > 0 else "normal") if is_missed(answer, held) else "off"
    return {"delta": text, "delta_color": missed}


def ask_for_goal(aim: str) -> None:
    """The page Definitions is to open with the card that sets a goal of this name."""
    state.keep_switch(GOAL_SWITCH, aim)
    state.keep_switch(PART_SWITCH, "goals")


def links(key: str, aim: str, page: str, view: Switches = ()) -> Callable[[], None]:
    """What a figure's menu offers beside its explanation: its page in the same scope, and a goal for it.

    `aim`: the name of its goals, "" where it can have none. `page`: the page's name, "" without one; `view`: its
    switches that show the figure.
    """

    def draw() -> None:
        if page:
            st.page_link(
                f"views/{page}.py", label=say("aim.open_page", page=say(f"nav.{page}")),
                icon=":material/arrow_forward:", query_params=state.link_to(view),
            )  # fmt: skip
        if aim and st.button(
            say("aim.set_one"), key=f"{key}.set_goal", type="tertiary", icon=":material/flag:",
            on_click=ask_for_goal, args=(aim,),
        ):  # fmt: skip
            st.switch_page(DEFINITIONS_PAGE)

    return draw
