"""A load, step by step: copy, read in the child, keep the batches, build, put in effect. All or nothing for a file."""

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb

from metrics.errors import FileError, QuestionError
from metrics.workspace import differences, files, mending, placing, reading, snapshots
from metrics.workspace.imports import Import, from_report, read_import, same_load, unchanged, write_import
from metrics.workspace.lock import now, who
from metrics.workspace.state import Manner, State, read_state

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Source:
    """The file to load, its own name, and the options that it is read by."""

    path: Path
    name: str
    options: dict[str, Any]

    def require(self) -> None:
        """FileError unless the file can be opened."""
        files.open_file(self.path).close()


def source(
    path: Path | str, name: str | None = None, as_: str | None = None,
    mapping: Mapping[str, Any] | Path | str | None = None, as_of: date | str | None = None, dates: str | None = None,
    decimal: str | None = None, currency: str | None = None, answers: Mapping[str, Any] | None = None,
) -> Source:  # fmt: skip
    """The file with its options; QuestionError for a wrong day, FileError for a mapping file that cannot be read.

    Bytes of its name that are no text, as a disk may hold, become question marks.
    """
    options = _options(as_, mapping, as_of, dates, decimal, currency, answers)
    return Source(Path(path), (name or Path(path).name).encode("utf-8", "replace").decode(), options)


def _as_text(path: Path, scratch: Path) -> Path:
    """The path, or a link to it where its bytes are no text: the database takes no other paths."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        link = scratch / "export"
        link.symlink_to(path)
        return link
    return path


def _options(
    as_: str | None,
    mapping: Mapping[str, Any] | Path | str | None,
    as_of: date | str | None,
    dates: str | None,
    decimal: str | None,
    currency: str | None,
    answers: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The options as they are kept with the import: plain JSON, so that the same ones compare equal."""
    try:
        day = date.fromisoformat(str(as_of)).isoformat() if as_of else None
    except ValueError:
        raise QuestionError(f"“{as_of}” is not a day: write it as 2026-01-31.") from None
    if currency and not re.fullmatch(r"[A-Za-z]{3}", currency):
        raise QuestionError(f"“{currency}” is not a currency: write its code of three letters, such as EUR.")
    said = mapping if mapping is None or isinstance(mapping, Mapping) else _read_mapping(Path(mapping))
    told = {
        "as": as_, "mapping": said, "as_of": day, "dates": dates, "decimal": decimal, "currency": currency,
        "answers": dict(answers or {}),
    }  # fmt: skip
    options: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return options


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(f"{path}: the mapping file cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise FileError(f"{path.name}: the mapping file is not TOML: {error}.") from None


def check(directory: Path, source: Source, scratch: Path, manner: Manner, progress: Progress) -> list[Import]:
    """What a load would find and change, without keeping anything. Rows are only written where there are others that
    they could differ from."""
    sha256 = files.hash_file(source.path, lambda done: progress("copy", done))
    state = read_state(directory)
    is_first = not state.imports
    asked = request(source, _as_text(source.path.absolute(), scratch), scratch, manner, dry_run=is_first)
    try:
        found = described(source, reading.read_export(asked, progress), scratch, sha256)
    except OSError as error:
        raise files.unusable(scratch, error, files.bytes_needed([source.path], scratch)) from error
    loaded = _in_effect(directory, state)
    found = _belonging(directory, state, loaded, found)
    if is_first:
        return [
            replace(one, differences=differences.from_nothing(one.tables)) if one.status == "loaded" else one
            for _, one in found
        ]
    old = [(n, state.batch(directory, n)) for n in state.imports]
    known = state.about.get("stages", ())
    told = [(_against(loaded, old, place, one) if one.status == "loaded" else one) for place, one in found]
    return [placing.placed(one, known, loaded) for one in told]


def _belonging(
    directory: Path, state: State, loaded: Sequence[Import], found: Sequence[tuple[Path, Import]]
) -> list[tuple[Path, Import]]:
    """Each import that was found, those of mended rows with the import that they belong to."""

    def rows_of(one: Import) -> Path:
        return state.batch(directory, int(one.import_id or 0))

    return [(place, mending.belonging(one, loaded, rows_of)) for place, one in found]


def _against(loaded: Sequence[Import], old: Sequence[differences.File], place: Path, one: Import) -> Import:
    """The import with what it would change of what is loaded."""
    same = [int(kept.import_id or 0) for kept in loaded if (kept.source, kept.object) == (one.source, one.object)]
    last = None if one.mends else max(same, default=None)
    new = (max((number for number, _ in old), default=0) + 1, place)
    return replace(
        one,
        differences=differences.between(old, new, last),
        warnings=[*one.warnings, *_overwrites(loaded, old, place, one)],
    )


def _overwrites(loaded: Sequence[Import], old: Sequence[differences.File], place: Path, one: Import) -> Iterator[str]:
    """For each other source whose rows the import would replace, since their ids are the same: how many they are."""
    sources = {int(kept.import_id or 0): kept.source or "" for kept in loaded}
    known = [(number, directory, sources[number]) for number, directory in old if number in sources]
    for source, n in differences.replaced(known, place, one.source or "").items():
        yield (
            f"{one.file}: {n:,} of its rows would replace rows of another source ({source}) that have the same ids. "
            "Where they are not the same things, give those of one file ids of their own, such as with a word before "
            "each number, and load that."
        )


def compare(directory: Path, older: int, newer: int) -> list[dict[str, Any]]:
    """What became of the rows of one import in another one of the same object."""
    state = read_state(directory)
    first, second = ((n, state.batch(directory, n)) for n in (older, newer))
    return differences.between([first], second, older)


def load(directory: Path, sources: Sequence[Source], manner: Manner, progress: Progress) -> list[Import]:
    """Loads the files into the workspace, whose lock the caller holds: each all or nothing, one build for all."""
    for part in ("exports", "batches", "snapshots"):
        files.make_directory(directory / part)
    state = read_state(directory)
    hashes = [_hashed(source, _share(progress, "copy", i, 2 * len(sources))) for i, source in enumerate(sources)]
    in_effect = _in_effect(directory, state)
    fresh: dict[int, Source] = {}
    for i, (source, sha256) in enumerate(zip(sources, hashes, strict=True)):
        again = any(hashes[j] == sha256 and sources[j].options == source.options for j in fresh)
        if isinstance(sha256, str) and not again and not _same(in_effect, sha256, source):
            fresh[i] = source
    try:
        if fresh:
            files.check_space(directory, _bytes_needed(directory, state, list(fresh.values())))
        jobs = [
            (one, files.keep_export(
                one.path, directory / "exports", str(hashes[i]),
                _share(progress, "copy", len(sources) + i, 2 * len(sources)),
            ))
            for i, one in fresh.items()
        ]  # fmt: skip
        found = dict(zip(fresh, _read_and_build(directory, state, jobs, manner, progress), strict=True))
        loaded = [*in_effect, *(one for imports in found.values() for one in imports if one.status == "loaded")]
        return [one for i in range(len(sources)) for one in found.get(i) or _not_read(sources[i], hashes[i], loaded)]
    except OSError as error:
        raise files.unusable(directory, error, _bytes_needed(directory, state, list(fresh.values()))) from error
    finally:
        snapshots.tidy(directory)


def _hashed(source: Source, progress: Callable[[float], None]) -> str | FileError:
    try:
        return files.hash_file(source.path, progress)
    except FileError as error:
        return error


def _share(progress: Progress, phase: str, position: int, of: int) -> Callable[[float], None]:
    return lambda done: progress(phase, (position + done) / of)


def _same(imports: Sequence[Import], sha256: str, source: Source) -> list[Import]:
    return [kept for kept in imports if same_load(kept, sha256, source.options)]


def _not_read(source: Source, sha256: str | FileError, loaded: Sequence[Import]) -> list[Import]:
    """What to say of a file that was not read: it cannot be, or it is here already."""
    if isinstance(sha256, FileError):
        return [Import(None, source.name, None, None, "refused", str(sha256))]
    return [unchanged(kept) for kept in _same(loaded, sha256, source)]


def _bytes_needed(directory: Path, state: State, sources: Sequence[Source]) -> int:
    return files.bytes_needed((source.path for source in sources), state.snapshot(directory))


def _read_and_build(
    directory: Path, state: State, jobs: Sequence[tuple[Source, Path]], manner: Manner, progress: Progress
) -> list[list[Import]]:
    """The imports of each job, in order; those of a refused file are not kept."""
    outs = [directory / "batches" / f"reading-{os.getpid()}-{i}.tmp" for i in range(len(jobs))]
    for out in outs:
        files.make_directory(out)
    requests = [
        request(source, export.absolute(), out, manner, dry_run=False)
        for (source, export), out in zip(jobs, outs, strict=True)
    ]
    readings = reading.read_exports(requests, progress)
    in_effect = _in_effect(directory, state)
    answers: list[list[Import]] = []
    number = state.next_import
    for (source, export), out, found in zip(jobs, outs, readings, strict=True):
        told = _belonging(directory, state, in_effect, described(source, found, out, export.name))
        if any(one.status != "loaded" for _, one in told):
            answers.append([_not_loaded(one) for _, one in told])
            continue
        answers.append([_keep(directory, place, one, number + i, manner) for i, (place, one) in enumerate(told)])
        number += len(told)
    numbers = tuple(range(state.next_import, number))
    if not numbers:
        return answers
    files.sync(directory / "batches")
    built = snapshots.put_in_effect(directory, replace(state, imports=(*state.imports, *numbers)), progress)
    return [[with_issues(one, built) if one.status == "loaded" else one for one in imports] for imports in answers]


def _keep(directory: Path, place: Path, one: Import, number: int, manner: Manner) -> Import:
    kept = replace(one, import_id=str(number), loaded_at=now(), loaded_by=who(), **asdict(manner))
    write_import(place, kept)
    files.sync_tree(place)
    os.replace(place, directory / "batches" / str(number))
    return kept


def with_issues(kept: Import, state: State) -> Import:
    """The import with what the build found as well: links that lead nowhere, contradictions."""
    issues = [
        {name: value for name, value in issue.items() if name != "import_id"}
        for issue in state.about.get("quality", {}).get("issues", ())
        if issue["import_id"] == kept.import_id
    ]
    return replace(kept, issues=issues)


def read_rejects(batch: Path) -> "pd.DataFrame":
    """The rejected rows that a batch keeps; no rows where there are none."""
    with duckdb.connect() as connection:
        path = batch / "rejects.parquet"
        if not path.is_file():
            return connection.execute("SELECT 0 AS _row, '' AS _reason, '' AS _column WHERE FALSE").df()
        return connection.execute("SELECT * FROM read_parquet($path) ORDER BY _row", {"path": str(path)}).df()


def _in_effect(directory: Path, state: State) -> list[Import]:
    return [read_import(state.batch(directory, number)) for number in state.imports]


def request(source: Source, path: Path, out: Path, manner: Manner, *, dry_run: bool) -> dict[str, Any]:
    """What the child process is asked: the file at `path`, read as the source says, into the directory `out`."""
    options = {name: value for name, value in source.options.items() if name != "as_of"}
    today = datetime.now(ZoneInfo(manner.time_zone)).date().isoformat()
    return {
        **options, **asdict(manner), "path": str(path), "name": source.name, "out": str(out.absolute()),
        "dry_run": dry_run, "export_day": today,
    }  # fmt: skip


def described(
    source: Source, found: list[tuple[Path, dict[str, Any]]], out: Path, sha256: str
) -> list[tuple[Path, Import]]:
    """Each object that was found, with its directory; why nothing was, where the reading broke off."""
    complaint = out / "complaint.txt"
    if complaint.is_file() or not found:
        told = complaint.read_text(encoding="utf-8") if complaint.is_file() else ""
        return [(out, Import(None, source.name, None, None, "refused", _why_not(source.name, told), sha256=sha256))]
    return [(place, from_report(report, source.name, source.options, sha256)) for place, report in found]


def _why_not(name: str, told: str) -> str:
    """Why the reader of a file ended before its work was done."""
    last = told.strip().splitlines()[-1][:300] if told.strip() else ""
    if "Traceback" in told and "MemoryError" not in told and "Out of Memory" not in told:
        return f"{name}: reading it met a bug of ours ({last}). Nothing was loaded; please report it."
    return (
        f"{name}: reading stopped before its end: the file needs more memory or time than a load may take. "
        "Nothing was loaded. Split the export, or save it as CSV and load that."
    )


def _not_loaded(one: Import) -> Import:
    if one.status != "loaded":
        return one
    return replace(
        one, status="refused", reason=f"{one.file}: not loaded, because another part of the same file was refused."
    )
