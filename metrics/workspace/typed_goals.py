"""Goals that people type, kept in the state: each with who typed it, and when."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from metrics.errors import QuestionError
from metrics.workspace import snapshots, soundness
from metrics.workspace.build.goals import GOAL_KEY
from metrics.workspace.changes import noted
from metrics.workspace.lock import hold, now
from metrics.workspace.state import State

MOST_GOALS = 1000


def keep_goal(directory: Path, goal: Mapping[str, Any], who: str, progress: snapshots.Progress) -> dict[str, Any]:
    """Keeps the goal in place of one for the same metric, days and segment; QuestionError where there are too many."""
    kept = {name: goal.get(name) for name in (*GOAL_KEY, "value")} | {"set_at": now(), "set_by": who}
    with hold(directory, "keeping a goal"):
        state = soundness.ready(directory)
        others = tuple(one for one in state.goals if _key(one) != _key(kept))
        if len(others) >= MOST_GOALS:
            raise QuestionError(f"There are {MOST_GOALS:,} goals already: load them as a file instead.")
        changed = _noted(replace(state, goals=(*others, kept)), kept, _value(state, kept), kept["value"], who)
        snapshots.put_in_effect(directory, changed, progress)
    return kept


def drop_goal(directory: Path, goal: Mapping[str, Any], who: str, progress: snapshots.Progress) -> None:
    """Removes the typed goal for this metric, days and segment; QuestionError where there is none."""
    with hold(directory, "removing a goal"):
        state = soundness.ready(directory)
        others = tuple(one for one in state.goals if _key(one) != _key(goal))
        if len(others) == len(state.goals):
            raise QuestionError(
                f"Nobody typed a goal for {goal.get('metric')} in these days and for this segment. Goals of a file go "
                "with their import."
            )
        changed = _noted(replace(state, goals=others), goal, _value(state, goal), None, who)
        snapshots.put_in_effect(directory, changed, progress)


def _value(state: State, goal: Mapping[str, Any]) -> float | None:
    return next((one["value"] for one in state.goals if _key(one) == _key(goal)), None)


def _noted(state: State, goal: Mapping[str, Any], before: float | None, after: float | None, who: str) -> State:
    """The goal by its name: metric, segment and days."""
    days = f"{goal.get('starts_on') or '…'} – {goal.get('ends_on') or '…'}"
    segment = f"{goal['dimension']} = {goal['segment']}" if goal.get("dimension") else ""
    name = ", ".join(part for part in (goal["metric"], segment, days) if part)
    return noted(state, "goal", name, before, after, who)


def _key(goal: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(goal.get(name) for name in GOAL_KEY)
