"""An import: one object of one file, what was made of it, when and by whom."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from metrics.errors import WorkspaceError
from metrics.workspace.build import Batch
from metrics.workspace.files import checksum

SHOWN = (
    "import_id", "file", "source", "object", "tables", "status", "reason", "questions", "rows", "issues", "mapping",
    "warnings", "export_day", "as_of", "loaded_at", "loaded_by",
)  # fmt: skip
REPORTED = (
    "source", "object", "status", "reason", "tables", "questions", "rows", "issues", "mapping", "warnings", "columns",
    "stages", "formats", "preamble", "export_day", "untested", "mended",
)  # fmt: skip
_NOT_KEPT = ("undone_at", "differences")
"""What the state knows, and what is only told of a dry run."""
_COPIES = ("import.json", "import.copy")
NO_ROWS = {"read": 0, "loaded": 0, "rejected": 0, "duplicate": 0, "blank": 0, "footer": 0}


@dataclass(frozen=True)
class Import:
    """`status` is loaded, unchanged, refused or undone; `import_id` is None where nothing was kept.

    `mapping`: canonical column → header. `columns`, `stages`, `formats` and `preamble` are what the mapping form shows.
    `upload` is the name of the file that was loaded, where `file` may be a part of it. `options` are those of the load,
    `as_of` the as-of day given with it, `loaded_at` UTC. `time_zone` and `score_text` are how it was read.
    `undone_at` (UTC) is when it was taken back. `differences` of a dry run: what it would change, table by table.
    `mended`: the rows of an earlier import, rejected there, that this one holds; `mends`: that import, where known.
    `untested`: whether the reader was made without a real file of its kind. `checksums`: sha256 of its files of rows.
    """

    import_id: str | None
    file: str
    source: str | None
    object: str | None
    status: str
    reason: str | None = None
    tables: dict[str, int] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=lambda: dict(NO_ROWS))
    issues: list[dict[str, Any]] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    formats: dict[str, Any] = field(default_factory=dict)
    preamble: list[str] = field(default_factory=list)
    export_day: str | None = None
    as_of: str | None = None
    loaded_at: str | None = None
    loaded_by: str | None = None
    time_zone: str = "UTC"
    score_text: bool = False
    upload: str = ""
    sha256: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    undone_at: str | None = None
    untested: bool = False
    mended: list[int] = field(default_factory=list)
    mends: str | None = None
    differences: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The import as the command line tells it."""
        told = asdict(self)
        changes = [{n: value for n, value in one.items() if n != "rows"} for one in self.differences]
        return {name: told[name] for name in SHOWN} | ({"changes": changes} if changes else {})


def from_report(report: dict[str, Any], file: str, options: dict[str, Any], sha256: str) -> Import:
    """What the worker reported of one object, not kept yet."""
    known = {name: report[name] for name in REPORTED if report.get(name) is not None}
    known.setdefault("status", "refused")
    known.setdefault("source", None)
    known.setdefault("object", None)
    return Import(
        None,
        str(report.get("file") or file),
        **known,
        as_of=options.get("as_of"),
        upload=file,
        sha256=sha256,
        options=options,
    )


def write_import(directory: Path, kept: Import) -> None:
    """Writes what is known of an import, twice, with its checksum; `report.json` has done its work."""
    (directory / "report.json").unlink(missing_ok=True)
    told = {name: value for name, value in asdict(kept).items() if name not in _NOT_KEPT}
    told["checksums"] = {path.name: checksum(path) for path in sorted(directory.glob("*.parquet"))}
    for name in _COPIES:
        (directory / name).write_text(_text({**told, "checksum": _sum_of(told)}), encoding="utf-8")


def read_import(directory: Path) -> Import:
    """The import kept in that directory; WorkspaceError where both copies of it are damaged."""
    faults: list[Exception] = []
    for name in _COPIES:
        try:
            return _understood((directory / name).read_bytes())
        except (OSError, ValueError, TypeError) as error:
            faults.append(error)
    raise WorkspaceError(
        f"{directory / _COPIES[0]} is damaged: {faults[0]}. Nothing was changed. Restore a backup, or load the "
        "files of the workspace's folder exports into a new workspace."
    ) from faults[0]


def _understood(content: bytes) -> Import:
    """The import that these bytes are; ValueError or TypeError where they are not as written. Earlier releases wrote no
    checksum."""
    told = json.loads(content)
    if told.pop("checksum", None) not in (None, _sum_of(told)):
        raise ValueError("its bytes are not those that were written")
    return Import(**told)


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1)


def _sum_of(told: dict[str, Any]) -> str:
    return hashlib.sha256(_text(told).encode()).hexdigest()


def is_as_written(directory: Path, kept: Import) -> bool:
    """Whether the rows of an import are the bytes that were written; nobody knows of those of earlier releases."""
    return all(checksum(directory / name) == told for name, told in kept.checksums.items())


def batch_of(kept: Import, directory: Path) -> Batch:
    """The import as the build takes it."""
    own_stages = bool((kept.options.get("mapping") or {}).get("stages"))
    read_as = json.dumps(kept.options, sort_keys=True, default=str)
    return Batch(
        number=int(kept.import_id or 0), directory=directory, export_day=date.fromisoformat(kept.export_day or ""),
        as_of=date.fromisoformat(kept.as_of) if kept.as_of else None, own_stages=own_stages, file=kept.file,
        source=kept.source or "", object=kept.object or "", time_zone=kept.time_zone,
        fingerprint=f"{kept.sha256} {read_as} {kept.mends or ''}".strip(), rows=kept.rows, issues=tuple(kept.issues),
        warnings=tuple(kept.warnings), mends=int(kept.mends) if kept.mends else None,
    )  # fmt: skip


def same_load(kept: Import, sha256: str, options: dict[str, Any]) -> bool:
    """Whether that import came of the same bytes, read in the same way."""
    return kept.sha256 == sha256 and kept.options == options


def unchanged(kept: Import) -> Import:
    """That import, as the answer to loading its file again."""
    return replace(
        kept, status="unchanged", reason=f"The same file was loaded with the same mapping as import {kept.import_id}."
    )
