"""The objects of a file, one after the other: drafted, planned (by a mapping or by recognition), converted, written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from metrics.exports import batch, mapping, recognise, report, sheet
from metrics.exports.container import parts_of
from metrics.exports.convert import convert
from metrics.exports.draft import Draft, drafts_of
from metrics.exports.headers import unique_headers, width_of
from metrics.exports.mapping import CheckedMapping
from metrics.exports.plan import Formats, Plan
from metrics.exports.recognise import Recognised
from metrics.exports.sheet import Sheet

Progress = Callable[[str, float], None]


@dataclass
class Loading:
    """What is needed to load the objects of one request."""

    con: duckdb.DuckDBPyConnection
    request: dict[str, Any]
    name: str
    formats: Formats
    out: Path
    scratch: Path
    progress: Progress
    mapping: CheckedMapping | None = None


def load(loading: Loading) -> list[dict[str, Any]]:
    """Parse the file of a request; the reports in the order of `out/0`, `out/1`…"""
    raw = loading.request.get("mapping")
    loading.mapping = mapping.checked(raw) if raw is not None else None
    delimiter = loading.mapping.format.get("delimiter") if loading.mapping else None
    loading.progress("read", 0.0)
    parts = parts_of(Path(loading.request["path"]), loading.name, loading.scratch)
    drafts = [draft for part in parts for draft in drafts_of(part, loading.scratch, delimiter)]
    loading.progress("recognise", 0.1)
    chosen = _chosen(loading, drafts)
    reports = []
    for i, (draft, known) in enumerate(chosen):
        if known is None and (loading.mapping is None or loading.mapping.table is None):
            reports.append(_unknown(loading, draft))
        else:
            reports.append(_object(loading, draft, known, i, len(chosen)))
    return reports


def _chosen(loading: Loading, drafts: list[Draft]) -> list[tuple[Draft, Recognised | None]]:
    """The drafts to load, each with what it was recognised as; sheets of a workbook that are nothing are left."""
    given = loading.mapping
    if given is not None and given.table is not None:
        fitting = [d for d in drafts if mapping.fits(given, d.head)]
        return [(d, None) for d in fitting or drafts[:1]]
    told = loading.request.get("as")
    if told and len(drafts) == 1:
        return [(drafts[0], recognise.as_told(told, drafts[0].head, drafts[0].name))]
    found = [(d, recognise.recognise(d.head)) for d in drafts]
    if told:
        known = [(d, r) for d, r in found if r is not None and r.shape.name == told]
        return known or [(drafts[0], recognise.as_told(told, drafts[0].head, drafts[0].name))]
    known = [(d, r) for d, r in found if r is not None]
    is_workbook = len({d.name.split(" [")[0] for d in drafts}) == 1
    return known if known and is_workbook else found


def _unknown(loading: Loading, draft: Draft) -> dict[str, Any]:
    number = max(range(min(10, len(draft.head))), key=lambda i: (sum(map(bool, draft.head[i])), -i))
    headers = unique_headers(draft.head[number], width_of(draft.head[number]))
    described = report.describe(draft.head[number + 1 :], headers, {})
    reason = recognise.unknown(draft.head, draft.name)
    ask = {"column": None, "kind": "mapping", "choices": [], "examples": headers[:20]}
    return report.refused(draft.name, loading.request, reason, questions=[ask], columns=described)


def _object(loading: Loading, draft: Draft, known: Recognised | None, i: int, n: int) -> dict[str, Any]:
    """Load one object; a report, refused where a question is open."""
    given = loading.mapping
    if known is None:
        assert given is not None
        header = mapping.find_header(given, draft.head, draft.name)
    else:
        header = known.header
    loading.progress("read", i / n)
    read = sheet.load(loading.con, draft, header, f"sheet{i}", loading.scratch)
    plan = _plan(loading, draft, known, read)
    loading.progress("convert", i / n)
    rows = convert(loading.con, read, plan)
    described = report.describe(draft.head[(header if header is not None else -1) + 1 :], read.headers, plan.matches)
    if rows.questions:
        return _asked(loading, draft, plan, rows.questions, described)
    loading.progress("write", i / n)
    directory = loading.out / str(i)
    directory.mkdir(parents=True, exist_ok=True)
    written = batch.write(loading.con, rows, directory, dry_run=bool(loading.request.get("dry_run")))
    loading.progress("write", (i + 1) / n)
    return report.loaded(loading.request, rows, written, described)


def _plan(loading: Loading, draft: Draft, known: Recognised | None, read: Sheet) -> Plan:
    given = loading.mapping
    if known is None:
        assert given is not None
        return mapping.plan_of(given, read.headers, draft.name, loading.formats)
    pipelines = []
    if feeds := known.found.get("pipeline"):
        column = f"cell(c{feeds[0]})"
        query = f"SELECT DISTINCT {column} FROM {read.table} WHERE {column} IS NOT NULL LIMIT 1000"
        pipelines = [pipeline for (pipeline,) in loading.con.execute(query).fetchall()]
    plan = recognise.plan_of(known, read.headers, pipelines, loading.formats)
    if given is not None:
        whole = mapping.checked({**loading.request["mapping"], "table": plan.table_name}, is_correction=True)
        mapping.correct(plan, whole, read.headers, draft.name)
    return plan


def _asked(
    loading: Loading, draft: Draft, plan: Plan, questions: list[dict[str, Any]], described: list[dict[str, Any]]
) -> dict[str, Any]:
    first = questions[0]
    what = {"dates": "day and month", "decimal": "the decimal mark"}[first["kind"]]
    examples = ", ".join(first["examples"][:3])
    more = f" ({len(questions) - 1} more questions.)" if len(questions) > 1 else ""
    option = {"dates": "--dates dmy or mdy", "decimal": "--decimal , or ."}[first["kind"]]
    reason = (
        f"{draft.name}: column {first['column']!r} does not show which is {what} ({examples}). "
        f"Say it with {option}, or in the mapping.{more}"
    )
    return report.refused(
        draft.name, loading.request, reason, questions=questions, columns=described, source=plan.source,
        object_name=plan.object,
    )  # fmt: skip
