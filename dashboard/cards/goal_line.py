"""What a figure's card says of its goal: how far it is, in few letters; red only where it is clearly missed."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.filters import state
from dashboard.filters.choice import Switches
from dashboard.text import numbers, safe, say
from metrics import Answer, Comparison

DEFINITIONS_PAGE = "views/definitions.py"
GOAL_SWITCH, PART_SWITCH = "goal", "part"
_SUMS = ("money", "count", "score", "ratio")


def goal_words(answer: Answer, held: Comparison, *, beside_chip: bool = False) -> str:
    """ "76 % of goal € 17.8 M", "3 pts above goal 35 %", "9 days over goal 75": value and goal in the metric's unit.

    A share of the goal is said of what adds up and has one above 0; a difference of all else. While the goal's period
    lasts, what of it is due by now stands beside what is missing: "76 % of goal € 17.8 M, 2 % ahead of the € 13.2 M due
    by now"; where nothing is, the share of its days that are gone. `beside_chip`: the difference stands above it
    already, so that the goal, or what is due, is enough.
    """
    kind, goal = answer.metric.format, held.values[1]
    if beside_chip and held.difference and not _has_share(answer, held):
        return say("aim.alone", goal=numbers.unbroken(numbers.shown(goal, kind, answer.currency)))
    words = _held_words(answer, held)
    gone = time_gone(held)
    if gone is None or held.difference is None or is_reached(answer, held):
        return words
    due = _due_words(answer, held, beside_chip=beside_chip)
    return f"{words}, {due or numbers.unbroken(say('plan.time_gone', share=numbers.percent(gone)))}"


def _due_words(answer: Answer, held: Comparison, *, beside_chip: bool) -> str:
    """How far the figure is from what is due by now; "" where nothing is."""
    apart = beside_plan(answer, held)
    if apart is None or held.due is None:
        return ""
    form = "alone" if beside_chip else "on" if round(apart, 2) == 0 else "ahead" if apart > 0 else "behind"
    due = numbers.unbroken(numbers.shown(held.due, answer.metric.format, answer.currency))
    return say(f"plan.due_{form}", apart=numbers.unbroken(numbers.percent(abs(apart))), due=due)


def time_gone(held: Comparison) -> float | None:
    """The share of the goal's days that are gone; None where none is to come, or the figure cannot grow."""
    return None if held.to_come is None else 1 - held.to_come[0] / held.to_come[1]


def beside_plan(answer: Answer, held: Comparison) -> float | None:
    """How far the figure is beyond (behind: below 0) its goal, as a share of it, like for like: in an unfinished period
    of what is due by now. None for what is no share of a goal, or where nothing is due yet."""
    value, goal = held.values[0], held.values[1] if held.to_come is None else held.due
    if value is None or not goal or not _has_share(answer, held):
        return None
    return value / goal - 1


def _has_share(answer: Answer, held: Comparison) -> bool:
    """Whether a share of the goal can be said: of what adds up, where more of it is better."""
    goal = held.values[1]
    return answer.metric.format in _SUMS and bool(goal and goal > 0) and answer.metric.better != "lower"


def _held_words(answer: Answer, held: Comparison) -> str:
    kind, goal = answer.metric.format, held.values[1]
    shown = numbers.unbroken(numbers.shown(goal, kind, answer.currency))
    if held.difference is None:
        return say("aim.alone", goal=shown)
    if held.difference == 0:
        return say("aim.met", goal=shown)
    if is_reached(answer, held):
        key = "aim.reached" if held.difference > 0 else "aim.under"
    elif goal and _has_share(answer, held):
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
    """The card's change against the goal: how far beyond or behind it, in an unfinished period like for like; "no
    goal" without one."""
    if held is None or held.difference is None:
        return {"delta": say("aim.none" if held is None else "aim.few"), "delta_color": "off", "delta_arrow": "off"}
    apart = beside_plan(answer, held)
    if apart is None:
        text = numbers.difference(held.difference, answer.metric.format, answer.currency)
    else:
        text = numbers.signed_percent(apart)
    missed = ("inverse" if held.difference > 0 else "normal") if is_missed(answer, held) else "off"
    return {"delta": text.replace(numbers.MINUS, "-"), "delta_color": missed}


def ask_for_goal(aim: str) -> None:
    """The page Definitions is to open with the card that sets a goal of this name."""
    state.keep_switch(GOAL_SWITCH, aim)
    state.keep_switch(PART_SWITCH, "goals")


def links(key: str, aim: str, page: str, view: Switches = (), note: str = "") -> Callable[[], None]:
    """What a figure's menu offers beside its explanation: its page in the same scope, and a goal for it.

    `aim`: the name of its goals, "" where it can have none. `page`: the page's name, "" without one; `view`: its
    switches that show the figure. `note`: how sure the figure is, where its card has no room for it.
    """

    def draw() -> None:
        if page:
            st.page_link(
                f"views/{page}.py", label=say("aim.open_page", page=say(f"nav.{page}")),
                icon=":material/arrow_forward:", query_params=state.link_to(view),
            )  # fmt: skip
        if aim:
            set_goal(f"{key}.set_goal", aim)
        if note:
            st.caption(safe.for_markdown(note))

    return draw


def set_goal(key: str, aim: str) -> None:
    """The button that opens the card which sets a goal of this name."""
    if st.button(
        say("aim.set_one"), key=key, type="tertiary", icon=":material/flag:", on_click=ask_for_goal, args=(aim,),
    ):  # fmt: skip
        st.switch_page(DEFINITIONS_PAGE)
