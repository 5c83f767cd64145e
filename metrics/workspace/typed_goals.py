"""Goals that people type, kept in the state: each with who typed it, and when."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from metrics.errors import QuestionError
from metrics.workspace import snapshots
from metrics.workspace.build.goals import GOAL_KEY
from metrics.workspace.lock import hold, now
from metrics.workspace.state import read_state

MOST_GOALS = 1000


def keep_goal(directory: Path, goal: Mapping[str, Any], who: str, progress: snapshots.Progress) -> dict[str, Any]:
    """Keeps the goal in place of one for the same metric, days and segment; QuestionError where there are too many."""
    kept = {name: goal.get(name) for name in (*GOAL_KEY, "value")} | {"set_at": now(), "set_by": who}
    with hold(directory, "keeping a goal"):
        snapshots.tidy(directory)
        state = read_state(directory)
        others = tuple(one for one in state.goals if _key(one) != _key(kept))
        if len(others) >= MOST_GOALS:
            raise QuestionError(f"There are {MOST_GOALS:,} goals already: load them as a file instead.")
        snapshots.put_in_effect(directory, replace(state, goals=(*others, kept)), progress)
    return kept


def drop_goal(directory: Path, goal: Mapping[str, Any], progress: snapshots.Progress) -> None:
    """Removes the typed goal for this metric, days and segment; QuestionError where there is none."""
    with hold(directory, "removing a goal"):
        snapshots.tidy(directory)
        state = read_state(directory)
        others = tuple(one for one in state.goals if _key(one) != _key(goal))
        if len(others) == len(state.goals):
            raise QuestionError(
                f"Nobody typed a goal for {goal.get('metric')} in these days and for this segment. Goals of a file go "
                "with their import."
            )
        snapshots.put_in_effect(directory, replace(state, goals=others), progress)


def _key(goal: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(goal.get(name) for name in GOAL_KEY)
