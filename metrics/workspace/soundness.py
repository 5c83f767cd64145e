"""Where a disk gives back other bytes than were written: what is kept is put right, or the last good snapshot is served
and says so."""

import time
from pathlib import Path

from metrics.errors import FileError, WorkspaceError
from metrics.workspace import rereading
from metrics.workspace.imports import is_as_written, read_import
from metrics.workspace.lock import hold, now
from metrics.workspace.snapshots import REPAIRED, is_sound, put_in_effect, tidied
from metrics.workspace.state import DamagedError, State, earlier_states, manner_of, read_state

PATIENCE = 60.0
"""Seconds until a damaged snapshot that could not be built again is tried again."""
_TRIED: dict[Path, float] = {}


def renew(directory: Path) -> None:
    """Builds the snapshot again where an older release built the one in use, or where it is damaged: it follows from
    what is kept.

    WorkspaceError where an older one cannot be, or where a newer release wrote the workspace; in place of a damaged one
    that cannot be built now, the one before it is served. Costs little where all is well: reading the state, and once a
    process the snapshot.
    """
    try:
        state = read_state(directory)
    except DamagedError:
        return  # what is served tells
    if state.is_of_older_format:
        _renew_older(directory)
    elif not is_sound(directory, state) and time.monotonic() >= _TRIED.get(directory, 0.0):
        _TRIED[directory] = time.monotonic() + PATIENCE
        _mend_snapshot(directory)


def ready(directory: Path) -> State:
    """The state in use, once what a killed run left is gone and damaged rows were read again from their files.

    The caller holds the lock. FileError where a file cannot be read as it was.
    """
    state = tidied(directory)
    mended = _with_sound_rows(directory, state)
    return state if mended is state else put_in_effect(directory, mended, _silent, {REPAIRED: now()})


def served(directory: Path) -> tuple[State, str | None]:
    """The state whose snapshot is to be shown, and what is wrong with what is kept, if anything.

    Where the snapshot in use is damaged and nobody could build it again yet, it is the newest sound one before it.
    DamagedError where there is none.
    """
    try:
        state: State | None = read_state(directory)
    except DamagedError:
        state = None
    if state is not None and is_sound(directory, state):
        return state, _repaired(state)
    for earlier in earlier_states(directory, state.number if state else None):
        if earlier.imports and earlier.sha256 and is_sound(directory, earlier):
            return earlier, _stands_in(directory, state, earlier)
    raise DamagedError(
        f"The workspace {directory} is damaged on the disk: its snapshot is not as it was written and cannot be built "
        "again now. Nothing else was changed. Make sure that the directory can be written, that its disk has room and "
        "that no other process changes it, then open it again; else restore a backup."
    )


def _renew_older(directory: Path) -> None:
    try:
        with hold(directory, "building the snapshot again for this release"):
            state = ready(directory)
            if state.is_of_older_format:  # nobody else did meanwhile
                put_in_effect(directory, state, _silent)
    except WorkspaceError as error:
        raise WorkspaceError(
            f"An older release built the snapshot in use: it has to be built again. {error}"
        ) from error


def _mend_snapshot(directory: Path) -> None:
    try:
        with hold(directory, "building a damaged snapshot again"):
            state = ready(directory)
            if not is_sound(directory, state):  # nobody else did meanwhile
                put_in_effect(directory, state, _silent, {REPAIRED: now()})
    except (WorkspaceError, FileError, OSError):
        return  # what is served tells
    _TRIED.pop(directory, None)


def _with_sound_rows(directory: Path, state: State) -> State:
    """The state with the rows of imports whose files of rows are damaged, read again; itself where none is."""
    imports = [read_import(state.batch(directory, number)) for number in state.imports]
    damaged = [one for one in imports if not is_as_written(state.batch(directory, int(one.import_id or 0)), one)]
    if not damaged:
        return state
    return rereading.again(directory, state, damaged, manner_of(state.settings), _silent)


def _repaired(state: State) -> str | None:
    at = state.about.get(REPAIRED)
    return at and (
        f"What is kept was damaged on the disk; it was built again on {at[:10]} from the files as they were loaded. "
        "Figures are as before. Have the disk checked."
    )


def _stands_in(directory: Path, state: State | None, earlier: State) -> str:
    gone = len(set(state.imports) - set(earlier.imports)) if state else 0
    imports = "1 later import is" if gone == 1 else f"{gone} later imports are"
    lacking = f" {imports} not in them yet, and not lost." if gone else ""
    return (
        f"The newest figures are damaged on the disk ({directory}) and could not be built again yet: these are the "
        f"figures before the last change.{lacking} Make sure that the directory can be written, that its disk has room "
        "and that no other process changes it: it is tried again every minute."
    )


def _silent(_phase: str, _done: float) -> None:
    """Nobody waits for news."""
