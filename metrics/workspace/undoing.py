"""Taking an import back, and putting it back as it was: its rows and its file are kept for a while."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from metrics.errors import QuestionError
from metrics.workspace import loading, rereading, snapshots
from metrics.workspace.changes import noted
from metrics.workspace.imports import Import, read_import, same_load
from metrics.workspace.loading import Progress
from metrics.workspace.lock import now
from metrics.workspace.state import REDO_DAYS, State, manner_of


def undo(directory: Path, number: int, by: str, progress: Progress) -> Import:
    """Takes one import back, as if it had never been loaded. The caller holds the lock and knows that it is there."""
    state = snapshots.tidied(directory)
    taken = loading.with_issues(read_import(state.batch(directory, number)), state)
    rest = tuple(n for n in state.imports if n != number)
    changed = replace(state, imports=rest, undone={**state.undone, str(number): now()})
    snapshots.put_in_effect(directory, noted(changed, "import", taken.file, "in effect", "taken back", by), progress)
    return replace(taken, status="undone")


def redo(directory: Path, import_id: str, by: str, progress: Progress) -> Import:
    """Puts an import that was taken back in its old place again: the figures are those of before, to the last digit.

    Where files are read in another manner by now (another time zone), its file is read again. QuestionError where it
    was not taken back, is no longer kept, or its file was loaded again meanwhile. The caller holds the lock.
    """
    state = snapshots.tidied(directory)
    number = _taken_back(import_id, state)
    place = state.batch(directory, number)
    taken = read_import(place)
    others = [read_import(state.batch(directory, n)) for n in state.imports]
    again = next((one for one in others if _is_of_same_part(one, taken)), None)
    if again is not None:
        raise QuestionError(
            f"The file of import {import_id} is in effect already: it was loaded again as import {again.import_id}."
        )
    if not state.keeps_undone(number, datetime.now(UTC)) or not any(place.glob("*.parquet")):
        raise QuestionError(
            f"Import {import_id} was taken back more than {REDO_DAYS} days ago and is no longer kept. Load its file "
            f"again: {taken.upload or taken.file}."
        )
    undone = {n: at for n, at in state.undone.items() if n != str(number)}
    changed = replace(state, imports=tuple(sorted((*state.imports, number))), undone=undone)
    changed = noted(changed, "import", taken.file, "taken back", "in effect", by)
    try:
        changed = rereading.in_manner(directory, changed, manner_of(state.settings), progress)
        built = snapshots.put_in_effect(directory, changed, progress)
    finally:
        snapshots.tidy(directory)
    return loading.with_issues(read_import(built.batch(directory, number)), built)


def kept(directory: Path, state: State, import_id: str) -> Import:
    """An import whose rows are kept: one in effect, or taken back lately. QuestionError for any other."""
    number = int(import_id) if import_id.isascii() and import_id.isdigit() else 0
    if number not in state.imports and not state.keeps_undone(number, datetime.now(UTC)):
        raise QuestionError(f"The rows of import “{import_id}” are not kept. `imports` shows which there are.")
    return read_import(state.batch(directory, number))


def redo_until(at: str) -> date:
    """The last day on which an import taken back at that moment can be put back."""
    return (datetime.fromisoformat(at) + timedelta(days=REDO_DAYS)).date()


def _is_of_same_part(one: Import, other: Import) -> bool:
    """Whether both came of the same part of the same bytes, read in the same way: one archive may hold many."""
    same = (one.file, one.source, one.object) == (other.file, other.source, other.object)
    return same and same_load(one, other.sha256, other.options)


def _taken_back(import_id: str, state: State) -> int:
    if import_id.isascii() and import_id.isdigit() and str(int(import_id)) in state.undone:
        return int(import_id)
    known = ", ".join(sorted(state.undone, key=int)) or "none"
    raise QuestionError(f"No import “{import_id}” was taken back. Taken back are: {known}.")
