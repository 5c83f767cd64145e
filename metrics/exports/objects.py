"""The objects of a file, one after the other: drafted, planned (by a mapping or by recognition), converted, written."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import FileError
from metrics.exports import (
    batch,
    columns,
    examples,
    mapping,
    mentions,
    ranges,
    rates,
    recognise,
    report,
    sheet,
    surveys,
    texts,
)
from metrics.exports.container import fresh, parts_of
from metrics.exports.convert import convert
from metrics.exports.draft import Draft, drafts_of
from metrics.exports.grouped import refuse_grouped
from metrics.exports.headers import two_headers, unique_headers, width_of
from metrics.exports.mapping import CheckedMapping
from metrics.exports.plan import Formats, Plan
from metrics.exports.recognise import Recognised
from metrics.exports.sheet import Sheet
from metrics.exports.union import union

Progress = Callable[[str, float], None]


@dataclass
class Loading:
    """What is needed to load the objects of one request. `unread`: the names of its parts that are no tables."""

    con: duckdb.DuckDBPyConnection
    request: dict[str, Any]
    name: str
    formats: Formats
    out: Path
    scratch: Path
    progress: Progress
    mapping: CheckedMapping | None = None
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Chosen:
    """A draft to load: `kind` groups the parts of one export (None: unknown); `header` is its record's number."""

    draft: Draft
    kind: str | None
    header: int | None
    known: Recognised | None = None


def load(loading: Loading) -> list[dict[str, Any]]:
    """Parse the file of a request; the reports in the order of `out/0`, `out/1`…"""
    raw = loading.request.get("mapping")
    loading.mapping = mapping.checked(raw) if raw is not None else None
    delimiter = loading.mapping.format.get("delimiter") if loading.mapping else None
    loading.progress("read", 0.0)
    parts = parts_of(Path(loading.request["path"]), loading.name, loading.scratch)
    drafts = [draft for part in parts for draft in drafts_of(part, loading.scratch, delimiter)]
    loading.progress("recognise", 0.1)
    groups = _grouped(_chosen(loading, drafts))
    return [_object(loading, group, i, len(groups)) for i, group in enumerate(groups)]


def _grouped(chosen: list[Chosen]) -> list[list[Chosen]]:
    """Parts of the same export together, in the order in which each first appears."""
    groups: dict[str, list[Chosen]] = {}
    for i, one in enumerate(chosen):
        groups.setdefault(one.kind or f"unknown {i}", []).append(one)
    return list(groups.values())


def _chosen(loading: Loading, drafts: list[Draft]) -> list[Chosen]:
    """The drafts to load, each with what it is; sheets of a workbook that are nothing known are left out."""
    given = loading.mapping
    if given is not None and given.table is not None:
        fitting = [d for d in drafts if mapping.fits(given, d.head)] or drafts[:1]
        return [Chosen(d, "mapping", mapping.find_header(given, d.head, d.name)) for d in fitting]
    told = loading.request.get("as")
    if told and len(drafts) == 1:
        return [_as(d, recognise.as_told(told, d.head, d.name)) for d in drafts]
    found = [(d, recognise.recognise(d.head)) for d in drafts]
    known = [_as(d, r) for d, r in found if r is not None and told in (None, r.shape.name)]
    if told and not known:
        return [_as(drafts[0], recognise.as_told(told, drafts[0].head, drafts[0].name))]
    is_workbook = len({d.name.split(" [")[0] for d in drafts}) == 1
    if known and (is_workbook or told):
        return known
    if known:  # a note beside the exports in an archive is no table
        loading.unread = [d.name for d, r in found if r is None and d.dialect.width <= 1]
        found = [(d, r) for d, r in found if r is not None or d.dialect.width > 1]
    return [_as(d, r) if r is not None else Chosen(d, None, None) for d, r in found]


def _as(draft: Draft, known: Recognised) -> Chosen:
    if known.shape.two_headers and known.header is not None:
        titles = two_headers(draft.head[known.header :], known.found)
        if titles:
            return Chosen(replace(draft, titles=tuple(titles)), known.shape.name, known.header + 1, known)
    return Chosen(draft, known.shape.name, known.header, known)


def _unknown(loading: Loading, draft: Draft) -> dict[str, Any]:
    number = max(range(min(10, len(draft.head))), key=lambda i: (sum(map(bool, draft.head[i])), -i))
    headers = unique_headers(draft.head[number], width_of(draft.head[number]))
    described = report.describe(draft.head[number + 1 :], headers, {})
    reason = recognise.unknown(draft.head, draft.name)
    ask = {"column": None, "kind": "mapping", "choices": [], "examples": headers[:20]}
    return report.refused(draft.name, loading.request, reason, questions=[ask], columns=described)


def _object(loading: Loading, group: list[Chosen], i: int, n: int) -> dict[str, Any]:
    """Load one object from its parts; a report, refused where it is unknown or a question is open."""
    draft, header = group[0].draft, group[0].header
    if group[0].kind is None:
        return _unknown(loading, draft)
    loading.progress("read", i / n)
    day = report.export_day([*(one.draft.name for one in group), loading.name], loading.request.get("export_day"))
    columns.set_export_day(loading.con, day[0])
    sheets = [
        sheet.load(loading.con, one.draft, one.header, f"sheet{i}_{k}", loading.scratch) for k, one in enumerate(group)
    ]
    columns.set_blanks(loading.con, is_plain=all(one.is_plain for one in sheets))
    read = union(loading.con, sheets, f"sheet{i}", loading.name)
    if loading.unread and i == 0:
        read.warnings.append(f"{loading.name}: not read, because it is no table: {', '.join(loading.unread)}.")
    plan = _plan(loading, group, read)
    if day[1] == "upload" and any("export_end()" in sql for sql in plan.derived.values()):
        read.warnings.append(
            f"{draft.name}: its name holds no date; its rows are dated {day[0]}, the day of upload. Put the day of the "
            "export into the name (2026-03-01) and load it again if that is wrong."
        )
    loading.progress("convert", i / n)
    rows = convert(loading.con, read, plan)
    rows.questions += rates.questions(loading.con, rows) + surveys.questions(loading.con, rows)
    head = draft.head[0 if header is None else header + 1 :]
    described = report.describe(head, read.headers, plan.matches, texts.unshown(plan, read.headers))
    if rows.questions:
        asked = examples.with_rows(loading.con, plan, read, rows.questions)
        return _asked(loading, draft, plan, asked, described)
    rates.refuse_several_bases(loading.con, rows)
    loading.progress("write", i / n)
    directory = fresh(loading.out / str(i))
    dry_run, scores = (bool(loading.request.get(name)) for name in ("dry_run", "score_text"))
    written = batch.write(loading.con, rows, directory, dry_run=dry_run, scores=scores)
    read.warnings += [said] if (said := rates.said(loading.con, rows)) else []
    loading.progress("write", (i + 1) / n)
    told = report.loaded(loading.request, rows, written, described, day)
    return told | {"mended": [row for one in group for row in one.draft.mended]}


def _plan(loading: Loading, group: list[Chosen], read: Sheet) -> Plan:
    given, known = loading.mapping, group[0].known
    if known is None:
        assert given is not None
        plan = mapping.plan_of(given, read.headers, read.name, loading.formats)
        plan.leave_out(read.headers)
        surveys.prepare(loading.con, plan, read, asks=False)
        return plan
    if len(group) > 1:
        known = recognise.again(known, read.headers)
    pipelines: list[str] = []
    if feeds := known.found.get("pipeline"):
        query = f"SELECT DISTINCT cell(p) FROM (SELECT DISTINCT c{feeds[0]} AS p FROM {read.table}) WHERE p IS NOT NULL"
        pipelines = [pipeline for (pipeline,) in loading.con.execute(query).fetchall() if pipeline]
    plan = recognise.plan_of(known, read.headers, pipelines, loading.formats)
    if known.shape.name == "rates.wide":
        told = {"rates": given.format["rates"]} if given is not None and "rates" in given.format else {}
        rates.add_currencies(plan, read.headers, {**loading.formats.answers, **told}, read.name)
    if known.shape.source == "salesforce":
        refuse_grouped(loading.con, read)
    if known.shape.note:
        read.warnings.append(f"{read.name}: {known.shape.note}")
    if known.shape.untested:
        read.warnings.append(recognise.said_untested(known.shape, read.name))
    if given is not None:
        whole = mapping.checked({**loading.request["mapping"], "table": plan.table_name}, is_correction=True)
        mapping.correct(plan, whole, read.headers, read.name)
    repeats = "product" if "line_items" in plan.also else "contact" if "_role" in plan.columns else None
    if plan.table_name == "opportunities" and repeats and "opportunity_id" not in plan.columns:
        raise FileError(
            f"{read.name}: it has a row for each {repeats} of a deal, and nothing that tells which rows are one deal. "
            "Add the Opportunity ID to the report and export it again."
        )
    if any(match.proposed for match in plan.matches.values()):
        read.warnings.append(recognise.said_proposed(plan, read.headers, read.name))
    ranges.add_days(plan, read)
    mentions.add_brand(plan, read)
    surveys.prepare(loading.con, plan, read, known.shape.aside, asks=known.shape.asks)
    plan.leave_out(read.headers)
    return plan


def _asked(
    loading: Loading, draft: Draft, plan: Plan, questions: list[dict[str, Any]], described: list[dict[str, Any]]
) -> dict[str, Any]:
    reason = f"{draft.name}: {'; '.join(map(_question, questions[:3]))}."
    if len(questions) > 3:
        reason += f" {len(questions) - 3} more questions are open."
    return report.refused(
        draft.name, loading.request, reason, questions=questions, columns=described, source=plan.source,
        object_name=plan.object,
    ) | {"untested": plan.untested}  # fmt: skip


def _question(one: dict[str, Any]) -> str:
    """A question without its mark, as part of a sentence: how it can be answered depends on where it is asked."""
    if one["kind"] == "rates":
        shown = " or ".join(one["choices"])
        unlikely = f"; {one['examples'][0]} is not likely" if one["examples"] else ""
        return f"its rates do not show which way round they are, {shown}{unlikely}"
    what = {
        "dates": "which is day and which is month", "swapped": "whether a spreadsheet took its days for months",
        "decimal": "which is the decimal mark",
        "currency": "the currency against which its rates are",
        "question": "what is asked", "scale": "from where to where its scores go",
    }[one["kind"]]  # fmt: skip
    names = one.get("columns", [one["column"]])
    shown = ", ".join(map(repr, names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    show = "column {} does not show" if len(names) == 1 else "columns {} do not show"
    seen = f" ({', '.join(one['examples'][:3])})" if one["examples"] else ""
    return f"{show.format(shown)} {what}{seen}"
