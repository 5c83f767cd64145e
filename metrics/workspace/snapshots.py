"""Building a snapshot from the batches in effect, and putting it in place of the one in use."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import QuestionError, WorkspaceError
from metrics.workspace.apart import build_apart, is_large
from metrics.workspace.build import build, fingerprint, write_about
from metrics.workspace.build.goals import write_goals
from metrics.workspace.files import PRIVATE, bytes_needed, checksum, is_full, make_directory, sync, too_full, unusable
from metrics.workspace.imports import Batch, batch_of, is_as_written, read_import
from metrics.workspace.lock import TIDYING, hold
from metrics.workspace.state import DamagedError, State, read_state, write_state

Progress = Callable[[str, float], None]

READ_BY_BUILD = ("time_zone", "currency", "targets")
"""The settings that the build reads; any other one is only told in `model.about`."""
REPAIRED = "repaired"
"""What `about` says of a snapshot that was built again because it was damaged: when, until the next change."""


def path_of(directory: Path, state: State) -> Path:
    """The snapshot of that state."""
    return state.snapshot(directory)


def is_sound(directory: Path, state: State) -> bool:
    """Whether the snapshot is the bytes that were built; of one of an earlier release, whether it is there."""
    path = path_of(directory, state)
    return not state.imports or (checksum(path) == state.sha256 if state.sha256 else path.is_file())


def put_in_effect(directory: Path, state: State, progress: Progress, about: Mapping[str, Any] | None = None) -> State:
    """Builds the snapshot of `state` and makes it the one in use; the state with what the snapshot says of itself, and
    `about` beside it."""
    before = read_state(directory)
    built = _built(directory, before, replace(state, number=before.number + 1), progress)
    built = replace(built, about={**built.about, **(about or {})})
    _publish(directory, built)
    return built


def put_targets_in_effect(directory: Path, state: State, progress: Progress) -> dict[str, Any]:
    """`put_in_effect` of a state whose last target list is new: what that one matched."""
    before = read_state(directory)
    if not state.imports:
        _publish(directory, replace(state, number=before.number + 1))
        added = state.targets[-1]
        return {"list": added["list"], "matched": 0, "unmatched": list(added.get("keys", ()))}
    built = _built(directory, before, replace(state, number=before.number + 1), progress)
    told = built.about["targets"][-1]
    if told["unknown"]:
        tidy(directory)
        raise QuestionError(
            f"No dimension of accounts is called “{told['unknown'][0]}”. Name one that accounts have, such as industry."
        )
    if told["rule"] and not told["matched"]:
        tidy(directory)
        raise QuestionError(_matched_none(told))
    _publish(directory, built)
    return {"list": told["list"], "matched": told["matched"], "unmatched": told["unmatched"]}


def _matched_none(told: Mapping[str, Any]) -> str:
    """Why a rule that no account fits is not kept."""
    if told["empty"]:
        return (
            f"No account has a value of “{told['empty'][0]}”, so “{told['rule']}” would name none. Name a dimension "
            "that accounts have; what sellers or deals have is not theirs."
        )
    return f"No account fits “{told['rule']}”. `dimensions` shows which values there are."


def tidied(directory: Path) -> State:
    """The state in use, once what a killed run left is gone. The caller holds the lock."""
    tidy(directory)
    return read_state(directory)


def tidy(directory: Path) -> None:
    """Removes what a killed run left, snapshots older than the one before the last, and the rows and files of imports
    that were taken back too long ago to be put back. The caller holds the lock."""
    for path in _litter(directory):
        _remove(path)


def tidy_if_free(directory: Path) -> None:
    """`tidy` where there is anything to remove, unless somebody is writing, or nobody can."""
    try:
        if (directory / "lock").is_file() and _litter(directory):
            with hold(directory, TIDYING):
                tidy(directory)
    except (WorkspaceError, OSError):
        return


def _litter(directory: Path) -> list[Path]:
    """What of the workspace nothing in effect rests on, nor what can still be put back."""
    state = read_state(directory)
    moment = datetime.now(UTC)
    back = [int(n) for n in state.undone if state.keeps_undone(int(n), moment)]
    undone = {state.batch(directory, int(n)) for n in state.undone}
    kept = {state.batch(directory, n) for n in (*state.imports, *back)}
    batches = _listed(directory / "batches")
    old_rows = [rows for path in batches if path in undone - kept for rows in path.glob("*.parquet")]
    snapshots = _listed(directory / "snapshots")
    numbers = sorted({int(p.stem) for p in snapshots if p.suffix == ".json" and p.stem.isdigit()})
    last = [n for n in numbers if n <= state.number][-2:]
    exports = {read_import(path).sha256 for path in kept}
    return [
        *(path for path in [directory / "CURRENT.tmp"] if path.exists()),
        *(path for path in batches if path not in kept | undone),
        *old_rows,
        *(path for path in snapshots if not (_is_state(path) and int(path.stem) in last)),
        *(path for path in _listed(directory / "exports") if path.name not in exports),
    ]


def _is_state(path: Path) -> bool:
    return path.suffix in (".json", ".copy", ".duckdb") and path.stem.isdigit()


def batches_of(directory: Path, state: State) -> list[Batch]:
    """The batches in effect, in the order of loading; DamagedError where the rows of one are not as written."""
    found = []
    for number in state.imports:
        batch = state.batch(directory, number)
        kept = read_import(batch)
        if not is_as_written(batch, kept):
            raise DamagedError(
                f"The rows of import {number} ({kept.file}) are damaged on the disk. Nothing was changed. Try again: "
                "they are read again from the file."
            )
        found.append(batch_of(kept, batch))
    return found


def _built(directory: Path, before: State, state: State, progress: Progress) -> State:
    """The state with its snapshot in place but not in use."""
    make_directory(directory / "snapshots")
    if not state.imports:
        return replace(state, about={}, tables={}, sha256="")
    temporary = directory / "snapshots" / f"build-{state.number}.tmp"
    _remove_build(temporary)
    try:
        if _same_build(before, state) and before.sha256 and is_sound(directory, before):
            about, tables = _restamped(directory, before, state, temporary)
        else:
            about = _build(directory, state, temporary, lambda done: progress("build", done))
            tables = about.pop("tables")
        temporary.chmod(PRIVATE)
        _remove(temporary.with_name(f"{temporary.name}.apart"))
        sync(temporary)
        sha256 = checksum(temporary)
        os.replace(temporary, path_of(directory, state))
        sync(directory / "snapshots")
    except BaseException as error:
        _remove_build(temporary)
        if said := _not_built(directory, before, error):
            raise said from error
        raise
    return replace(state, about=about, tables=tables, sha256=sha256)


def _build(directory: Path, state: State, out: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    batches = batches_of(directory, state)
    if is_large(batches):
        return build_apart(directory, state, out, progress)
    return build(batches, state.for_build, out, progress)


def _not_built(directory: Path, before: State, error: BaseException) -> WorkspaceError | None:
    """What to say where the machine is why a snapshot could not be built; None where it is not."""
    if isinstance(error, (OSError, duckdb.Error)) and is_full(error):
        return too_full(directory, bytes_needed((), path_of(directory, before)))
    if isinstance(error, (OSError, duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)):
        return WorkspaceError(
            f"The snapshot could not be built: {error}. Nothing was changed. Make sure that its disk has room and the "
            "machine memory, then try again."
        )
    return None


def _publish(directory: Path, state: State) -> None:
    make_directory(directory / "snapshots")
    try:
        write_state(directory, state)
    except OSError as error:
        raise unusable(directory, error, bytes_needed((), path_of(directory, state))) from error
    tidy(directory)


def _same_build(before: State, state: State) -> bool:
    old, new = before.for_build, state.for_build
    same_rows = before.imports == state.imports and before.batches == state.batches
    return same_rows and not before.is_of_older_format and all(old.get(name) == new.get(name) for name in READ_BY_BUILD)


def _restamped(directory: Path, before: State, state: State, temporary: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The snapshot in use under other settings, where the build would make the same tables again."""
    settings = dict(state.settings)
    batches = batches_of(directory, state)
    about = {**before.about, "settings": settings, "snapshot": fingerprint(batches, state.for_build)}
    about.pop(REPAIRED, None)
    shutil.copyfile(path_of(directory, before), temporary)
    with duckdb.connect(str(temporary)) as connection:
        goals = write_goals(connection, state.goals)
        write_about(connection, about)
        connection.execute("CHECKPOINT")
    return about, {**before.tables, "goals": goals}


def _remove_build(temporary: Path) -> None:
    """The unfinished snapshot with its log and what it had put aside."""
    for path in (temporary, *temporary.parent.glob(f"{temporary.name}.*")):
        _remove(path)


def _listed(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
