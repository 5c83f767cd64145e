"""The report on one object of a file, as JSON: what it was taken for, how it was read, what became of each record."""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Any

from metrics.exports.batch import Batch
from metrics.exports.convert import Rows
from metrics.exports.headers import normalised
from metrics.exports.plan import EXTRAS, Match
from metrics.exports.sheet import FOOTER
from metrics.exports.words import NO_VALUE

_UNMATCHED = Match(None, "unknown", "not recognised")
_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_IS_FOOTER = re.compile(FOOTER, re.IGNORECASE)
_NONE = {"read": 0, "loaded": 0, "rejected": 0, "duplicate": 0, "blank": 0, "footer": 0}


def refused(
    name: str,
    request: dict[str, Any],
    reason: str,
    *,
    questions: Sequence[dict[str, Any]] = (),
    columns: Sequence[dict[str, Any]] = (),
    source: str | None = None,
    object_name: str | None = None,
) -> dict[str, Any]:
    """A report on a file that was not loaded: why, and what only the user can answer."""
    return _frame(name, request) | {
        "source": source,
        "object": object_name,
        "status": "refused",
        "reason": reason,
        "questions": list(questions),
        "columns": list(columns),
    }


def loaded(
    request: dict[str, Any], rows: Rows, batch: Batch, columns: list[dict[str, Any]], day: tuple[str | None, str]
) -> dict[str, Any]:
    """A report on an object that was loaded; `day`: the export's day and where it is from."""
    plan, headers = rows.plan, rows.sheet.headers
    warnings = list(rows.sheet.warnings)
    if batch.counts.loaded == 0:
        warnings.append(f"{rows.sheet.name}: none of its {batch.counts.read:,} rows could be loaded.")
    if guessed := [s["stage"] for s in batch.stages if not s["is_order_told"] and s["outcome"] == "open"]:
        warnings.append(
            f"{rows.sheet.name}: nothing in it tells the order of its open stages; those of which it is not known are "
            f"put in order by the words of their names, then as they appear, which is a guess: {', '.join(guessed)}. "
            "Where it is wrong, load it with their order."
        )
    counts = batch.counts
    return _frame(rows.sheet.name, request) | {
        "source": plan.source,
        "object": plan.object,
        "untested": plan.untested,
        "status": "loaded",
        "rows": {k: getattr(counts, k) for k in _NONE},
        "issues": batch.issues,
        "mapping": {c: headers[p[0] - 1] for c, p in plan.columns.items() if c not in EXTRAS and ":" not in c},
        "columns": columns,
        "tables": batch.tables,
        "stages": batch.stages,
        "warnings": warnings,
        "formats": rows.formats,
        "preamble": rows.sheet.preamble,
        "export_day": day[0],
        "snapshot_day_from": day[1],
    }


def _frame(name: str, request: dict[str, Any]) -> dict[str, Any]:
    day, day_from = export_day([name, request.get("name") or name], request.get("export_day"))
    return {
        "file": name, "source": None, "object": None, "status": "refused", "reason": None, "questions": [],
        "rows": dict(_NONE), "issues": [], "mapping": {}, "columns": [], "tables": {}, "stages": [], "warnings": [],
        "formats": {}, "export_day": day, "snapshot_day_from": day_from, "preamble": [],
        "untested": False,
    }  # fmt: skip


def export_day(names: Sequence[str], upload_day: str | None) -> tuple[str | None, str]:
    """The day of the export: the date in the first of the names that has one, else the day of upload."""
    for year, month, day in (found for name in names for found in _DATE_IN_NAME.findall(name)):
        try:
            return dt.date(int(year), int(month), int(day)).isoformat(), "file name"
        except ValueError:
            continue
    return upload_day, "upload"


def describe(
    head: Sequence[Sequence[str]], headers: Sequence[str], matches: dict[int, Match],
    unshown: Collection[int] = frozenset(),
) -> list[dict[str, Any]]:  # fmt: skip
    """The file's columns for the mapping form: header, three sample values, what they are or feed, and why.

    Of the columns `unshown`, by their number from 1, no value is told, and none of footers.
    """
    described = []
    head = [cells for cells in head if not _IS_FOOTER.match(next((cell.strip() for cell in cells if cell.strip()), ""))]
    for i, header in enumerate(headers):
        values = (record[i].strip() for record in head if i < len(record) and i + 1 not in unshown)
        seen = list(dict.fromkeys(value[:120] for value in values if normalised(value) not in NO_VALUE))[:3]
        match = matches.get(i + 1, _UNMATCHED)
        described.append({
            "header": header, "samples": seen, "canonical": match.canonical, "certainty": match.certainty,
            "reason": match.reason, "feeds": [match.canonical] if match.canonical else list(match.feeds),
            "proposed": match.proposed,
        })  # fmt: skip
    return described
