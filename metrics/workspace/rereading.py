"""Reading the kept exports again in another manner: all of those that it gives other rows, or none.

Another time zone decides the days of time stamps otherwise; texts are scored or no longer are.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from metrics.errors import FileError
from metrics.workspace import files, loading, reading
from metrics.workspace.imports import Import, read_import, write_import
from metrics.workspace.loading import Progress, Source
from metrics.workspace.state import Manner, State

_TEXTS = frozenset(("text", "comment"))
"""The canonical columns of free text."""


def in_manner(directory: Path, state: State, manner: Manner, progress: Progress) -> State:
    """The state with the rows of every import as read so; not in effect yet, and the old rows still there.

    Imports keep their numbers, days and options. FileError where one cannot be read as it was. The caller holds the
    lock, and tidies up.
    """
    imports = [read_import(state.batch(directory, number)) for number in state.imports]
    differing = [one for one in imports if _differs(one, manner)]
    return again(directory, state, differing, manner, progress) if differing else state


def again(directory: Path, state: State, imports: Sequence[Import], manner: Manner, progress: Progress) -> State:
    """The state with the rows of these imports read again from their files; as `in_manner` in all else."""
    groups = _by_file(imports)
    exports = [_export(directory, group[0]) for group in groups]
    needed = files.bytes_needed(exports, state.snapshot(directory))
    try:
        files.check_space(directory, needed)
        return _read_again(directory, state, list(zip(groups, exports, strict=True)), manner, progress)
    except OSError as error:
        raise files.unusable(directory, error, needed) from error


def _differs(one: Import, manner: Manner) -> bool:
    """Whether the import's rows would be others if its file were read in this manner."""
    return one.time_zone != manner.time_zone or (
        not _TEXTS.isdisjoint(one.mapping) and one.score_text != manner.score_text
    )


def _by_file(imports: Sequence[Import]) -> list[list[Import]]:
    """The imports that came of one reading of one file, together."""
    groups: dict[str, list[Import]] = {}
    for one in imports:
        groups.setdefault(f"{one.sha256} {json.dumps(one.options, sort_keys=True)}", []).append(one)
    return list(groups.values())


def _export(directory: Path, one: Import) -> Path:
    path = directory / "exports" / one.sha256
    if not path.is_file():
        raise _refused(one, "its file is no longer kept")
    if files.checksum(path) != one.sha256:
        raise _refused(one, "its file is damaged on the disk")
    return path


def _refused(one: Import, why: str) -> FileError:
    return FileError(
        f"Nothing was changed: {one.file} would have to be read again, and {why}. Take import {one.import_id} back, "
        "try again, then load the file again."
    )


def _read_again(
    directory: Path, state: State, jobs: Sequence[tuple[list[Import], Path]], manner: Manner, progress: Progress
) -> State:
    outs = [directory / "batches" / f"reading-{os.getpid()}-{i}.tmp" for i in range(len(jobs))]
    sources = [Source(export, group[0].upload or group[0].file, group[0].options) for group, export in jobs]
    requests = []
    for (group, export), source, out in zip(jobs, sources, outs, strict=True):
        files.make_directory(out)
        asked = loading.request(source, export.absolute(), out, manner, dry_run=False)
        requests.append(asked | {"export_day": _day_of_loading(group[0])})
    moved = {}
    readings = reading.read_exports(requests, progress)
    for (group, export), source, out, found in zip(jobs, sources, outs, readings, strict=True):
        left = loading.described(source, found, out, export.name)
        for old in group:
            place, new = _taken(left, old)
            name = f"{old.import_id}-{state.number + 1}"
            _keep(directory / "batches" / name, place, old, new, manner)
            moved[str(old.import_id)] = name
    files.sync(directory / "batches")
    return replace(state, batches={**state.batches, **moved})


def _day_of_loading(one: Import) -> str:
    return datetime.fromisoformat(str(one.loaded_at)).astimezone(ZoneInfo(one.time_zone)).date().isoformat()


def _taken(left: list[tuple[Path, Import]], old: Import) -> tuple[Path, Import]:
    """What that import's part of the file became this time, taken from what is left."""
    same = [pair for pair in left if (pair[1].source, pair[1].object) == (old.source, old.object)]
    same.sort(key=lambda pair: pair[1].file != old.file)
    if not same or same[0][1].status != "loaded":
        said = next((one.reason for _, one in same or left if one.reason), "it is no longer recognised")
        raise _refused(old, f"that was refused ({said})")
    left.remove(same[0])
    return same[0]


def _keep(target: Path, place: Path, old: Import, new: Import, manner: Manner) -> None:
    kept = replace(
        new, import_id=old.import_id, file=old.file, upload=old.upload, export_day=old.export_day, as_of=old.as_of,
        loaded_at=old.loaded_at, loaded_by=old.loaded_by, mends=old.mends, **asdict(manner),
    )  # fmt: skip
    write_import(place, kept)
    files.sync_tree(place)
    os.replace(place, target)
