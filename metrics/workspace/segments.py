"""Segments that people keep: filters under a name, in the state that is in effect, without building anything anew."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from metrics.errors import QuestionError
from metrics.workspace.files import make_directory
from metrics.workspace.lock import hold, now
from metrics.workspace.state import State, read_state, write_state

LONGEST_NAME, MOST_SEGMENTS = 60, 200
Filters = Iterable[tuple[str, Iterable[str]]]


def kept_segments(directory: Path) -> list[dict[str, Any]]:
    """Every segment by its name: `name`, `filters` (dimension → values), `saved_at` (UTC), `saved_by`."""
    return sorted((dict(one) for one in read_state(directory).segments), key=lambda one: str(one["name"]).casefold())


def keep_segment(directory: Path, name: str, filters: Filters, who: str) -> dict[str, Any]:
    """Keeps the filters under the name, in place of an earlier segment of it; QuestionError where they cannot be."""
    name = " ".join(name.split())
    kept = {dimension: sorted(set(values)) for dimension, values in filters}
    if not name or len(name) > LONGEST_NAME:
        raise QuestionError(f"A segment needs a name of 1 to {LONGEST_NAME} letters.")
    if not any(kept.values()):
        raise QuestionError("There is nothing to keep: narrow the accounts by a filter first.")
    added = {"name": name, "filters": kept, "saved_at": now(), "saved_by": who}
    make_directory(directory)
    with hold(directory, "keeping a segment"):
        state = read_state(directory)
        others = tuple(one for one in state.segments if one["name"].casefold() != name.casefold())
        if len(others) >= MOST_SEGMENTS:
            raise QuestionError(f"There are {MOST_SEGMENTS} segments already: remove one first.")
        _put(directory, state, (*others, added))
    return added


def drop_segment(directory: Path, name: str) -> None:
    """Removes a segment; QuestionError where none has that name."""
    with hold(directory, "removing a segment"):
        state = read_state(directory)
        others = tuple(one for one in state.segments if one["name"] != name)
        if len(others) == len(state.segments):
            known = ", ".join(str(one["name"]) for one in state.segments) or "none"
            raise QuestionError(f"There is no segment “{name}”. Kept are: {known}.")
        _put(directory, state, others)


def _put(directory: Path, state: State, segments: tuple[dict[str, Any], ...]) -> None:
    """The same snapshot stays in use: nobody has to read anything anew."""
    make_directory(directory / "snapshots")
    write_state(directory, replace(state, number=max(state.number, 1), segments=segments))
