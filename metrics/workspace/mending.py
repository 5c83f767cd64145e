"""Rejected rows that were mended and brought again: they belong to the import that rejected them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from metrics.workspace.imports import Import


def belonging(one: Import, loaded: Sequence[Import], place: Callable[[Import], Path]) -> Import:
    """The import with the one that it mends, whose day it has; refused where its rows cannot stand alone, or stand
    there already. `place`: the directory of an import's rows."""
    if not one.mended or one.status != "loaded":
        return one
    headers = [column["header"] for column in one.columns]
    for kept in reversed(loaded):
        is_same = (kept.source, kept.object) == (one.source, one.object) and not kept.mended
        if is_same and [c["header"] for c in kept.columns] == headers and set(one.mended) <= _rejected(place(kept)):
            again = _mended_by(kept, one, loaded)
            return _refused(one, again) if again else replace(one, mends=kept.import_id, export_day=kept.export_day)
    if "spend" not in one.tables:
        return one
    return _refused(
        one,
        "these are mended rows of a report that is not in effect, and a report replaces the days that it covers. "
        "Mend them in the whole report and load that.",
    )


def _rejected(directory: Path) -> set[int]:
    path = directory / "rejects.parquet"
    if not path.is_file():
        return set()
    with duckdb.connect() as connection:
        return {
            row for (row,) in connection.execute("SELECT _row FROM read_parquet($path)", {"path": str(path)}).fetchall()
        }


def _mended_by(kept: Import, one: Import, loaded: Sequence[Import]) -> str:
    """Why the rows are not taken: an import in effect holds some of them already. Empty where none does."""
    for other in loaded:
        if other.mends == kept.import_id and set(other.mended) & set(one.mended):
            return (
                f"import {other.import_id} ({other.file}) holds mended rows of {kept.file} that are in this file too. "
                "Take that one back first, or leave them out."
            )
    return ""


def _refused(one: Import, reason: str) -> Import:
    return replace(one, status="refused", reason=f"{one.file}: {reason}", differences=[])
