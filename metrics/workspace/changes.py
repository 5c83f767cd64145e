"""Who changed what, and when: settings, goals, target lists, imports taken back; kept with the state that they made."""

from dataclasses import replace
from typing import Any, Literal

from metrics.workspace.lock import now
from metrics.workspace.state import State

MOST_CHANGES = 1000
"""The latest of them are kept."""
Kind = Literal["setting", "goal", "list", "import"]


def noted(state: State, kind: Kind, name: str, before: Any, after: Any, by: str) -> State:
    """The state with a change among its changes: `at` (UTC), `by`, `kind`, `name`, `before` and `after` (None: none,
    or the default)."""
    change = {"at": now(), "by": by, "kind": kind, "name": name, "before": before, "after": after}
    return replace(state, changes=(*state.changes, change)[-MOST_CHANGES:])
