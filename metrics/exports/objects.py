"""The objects of a file, one after the other: drafted, planned (by a mapping or by recognition), converted, written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import FileError
from metrics.exports import batch, mapping, report, sheet
from metrics.exports.container import parts_of
from metrics.exports.convert import convert
from metrics.exports.draft import Draft, drafts_of
from metrics.exports.plan import Formats

Progress = Callable[[str, float], None]


def load(
    con: duckdb.DuckDBPyConnection,
    request: dict[str, Any],
    name: str,
    formats: Formats,
    out: Path,
    scratch: Path,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Parse the file of a request; the reports in the order of `out/0`, `out/1`…"""
    given = mapping.checked(request["mapping"]) if request.get("mapping") is not None else None
    progress("read", 0.0)
    parts = parts_of(Path(request["path"]), name, scratch)
    delimiter = given.format.get("delimiter") if given else None
    drafts = [draft for part in parts for draft in drafts_of(part, scratch, delimiter)]
    progress("read", 1.0)
    reports = []
    for i, draft in enumerate(drafts):
        header = mapping.find_header(given, draft.head, draft.name)
        read = sheet.load(con, draft, header, f"sheet{i}", scratch)
        plan = mapping.plan_of(given, read.headers, draft.name, formats)
        rows = convert(con, read, plan)
        progress("convert", 1.0)
        (out / str(i)).mkdir(parents=True, exist_ok=True)
        written = batch.write(con, rows, out / str(i), dry_run=bool(request.get("dry_run")))
        described = report.describe(con, read.table, read.headers, plan.matches)
        reports.append(report.loaded(request, rows, written, described))
        progress("write", 1.0)
    return reports
