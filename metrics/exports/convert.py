"""The cells of a sheet become rows of a canonical table: every column read in the form that all its cells prove."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from metrics.exports import asked, columns, dates, outcomes, words
from metrics.exports.columns import Cells, Reading
from metrics.exports.plan import EXTRAS, Plan
from metrics.exports.sheet import Sheet
from metrics.model import SQL_TYPE

_MEANINGS: dict[str, Callable[[str], str]] = {
    "lifecycle_stage": words.lifecycle_stage,
    "_call_outcome": outcomes.call_outcome,
    "_meeting_outcome": outcomes.meeting_outcome,
}
"""Columns of free words, some of which are known by one name in several languages; the others stay as they are."""


_SAID: dict[dates.Order, str] = {"dmy": "with the day first", "mdy": "with the month first"}
_MOST_NAMED = 3


@dataclass
class Rows:
    """Converted rows: view `name` with `_row`, every canonical column and extra, attributes, and `!column` marks.

    `fed`: the canonical columns that hold data; `marks`: column → (issue, header) for those with unreadable cells.
    """

    name: str
    sheet: Sheet
    plan: Plan
    fed: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    marks: dict[str, tuple[str, str]] = field(default_factory=dict)
    formats: dict[str, dict[str, str]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)


def convert(con: duckdb.DuckDBPyConnection, sheet: Sheet, plan: Plan) -> Rows:
    """Read all mapped columns; `questions` is filled where only the user can say how."""
    rows = Rows(f"{sheet.table}_rows", sheet, plan)
    positions = sorted({p for feeds in plan.columns.values() for p in feeds})
    cells = {c.position: c for c in columns.cells_of(con, sheet.table, sheet.headers, positions)}
    read = _readings(plan, cells, sheet)
    select: list[str] = []
    joins: list[str] = []
    beside = _currency_beside(plan, cells, joins)
    for column, feeds in plan.columns.items():
        readings = [read[column, p] for p in feeds]
        value = _value(con, plan, column, [cells[p] for p in feeds], readings)
        if column == "currency" and beside:
            value = f"coalesce({', '.join([value, *beside])})"
        select.append(f'{value} AS "{column}"')
        joins += [join for reading in readings for join in reading.joins]
        _note(rows, column, select, readings, [cells[p] for p in feeds])
    if beside and "currency" not in plan.columns:
        select.append(f'coalesce({", ".join(beside)}) AS "currency"')
    select += _constants(con, sheet, plan)
    select += _attributes(con, plan, rows)
    select += ["_part"] if sheet.parts > 1 else []
    rows.questions = _asked_once(sorted(rows.questions, key=lambda one: sheet.headers.index(one["column"])))
    if not rows.questions:
        is_wide = columns.is_wide(con, sheet.table, len(select))
        # What is cast as it is read need not be held beside its text; what is looked up is looked up once.
        kind = "TABLE" if joins and not is_wide else "VIEW"
        con.execute(
            f"CREATE {kind} {sheet.table}_typed AS SELECT _row{''.join(', ' + s for s in select)} "
            f"FROM {sheet.table} {' '.join(dict.fromkeys(joins))}"
        )
        _derive(con, rows, is_wide=is_wide)
    return rows


def sql_type(plan: Plan, column: str) -> str:
    """The SQL type of a canonical column or an extra."""
    kind = plan.kind(column)
    return {"months": "DOUBLE", "month": "DATE", "score": "DOUBLE"}.get(kind) or SQL_TYPE.get(kind, "VARCHAR")


def _readings(plan: Plan, cells: dict[int, Cells], sheet: Sheet) -> dict[tuple[str, int], Reading]:
    """How each column of the file is read for each that it feeds. Amounts that prove no decimal mark take the one that
    the file's other amounts prove.
    """
    orders = _date_orders(plan, cells)
    sheet.warnings += _opposite(sheet.name, {cells[p].header: evidence for p, (evidence, _) in orders.items()})
    found = {(c, p): _reading(plan, c, cells[p], orders) for c, feeds in plan.columns.items() for p in feeds}
    money = {key: reading for key, reading in found.items() if plan.kind(key[0]) == "money"}
    mark = _only(reading.mark for reading in money.values())
    if mark:
        found |= {(c, p): columns.read_number(cells[p], "money", mark) for (c, p), r in money.items() if r.is_open}
    return found


def _date_orders(plan: Plan, cells: dict[int, Cells]) -> dict[int, tuple[dates.Evidence, str | None]]:
    """For every date column what it proves, and what is to be taken where it proves nothing.

    That is what was said of it, of the file or of another of its columns; else what the others prove; else, where none
    proves any, what the vendor writes. Of a column that contradicts itself only what was said holds.
    """
    found = {
        p: columns.weigh_dates(cells[p])
        for column, feeds in plan.columns.items()
        if plan.kind(column) in ("date", "timestamp")
        for p in feeds
    }
    answers = {p: _order(plan.formats.answers.get(cells[p].header)) for p in found}
    proven = {e.order for e in found.values()} - {None}
    by_file = plan.formats.dates or _only(answers.values()) or _only(proven) or (None if proven else plan.dates)
    said = plan.formats.dates
    return {p: (evidence, answers[p] or (said if evidence.contradicts else by_file)) for p, evidence in found.items()}


def _order(answer: str | None) -> str | None:
    """The answer to a question about dates, where it is of their order."""
    return answer if answer in _SAID else None


def _opposite(name: str, found: dict[str, dates.Evidence]) -> list[str]:
    """A warning where columns of the file prove opposite orders: each is read in its own, and one may be damaged."""
    proven = {order: [(header, e.proofs[order]) for header, e in found.items() if e.order == order] for order in _SAID}
    if not all(proven.values()):
        return []
    said = [
        f"{', '.join(f'{header!r} ({example})' for header, example in columns[:_MOST_NAMED])} {_SAID[order]}"
        for order, columns in proven.items()
    ]
    return [
        f"{name}: its dates are written in two orders, each column being read in its own: {' and '.join(said)}. A "
        "spreadsheet that turned some of them round may have done so to single days of the others too: export it again "
        "if so."
    ]


def _only(told: Iterable[str | None]) -> str | None:
    """What is told, where nothing else is."""
    known = {one for one in told if one}
    return known.pop() if len(known) == 1 else None


def _asked_once(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One file is written in one way: a single question on the dates of all its columns that show nothing."""
    open_dates = [question for question in questions if question["kind"] == "dates"]
    if not open_dates:
        return questions
    names = list(dict.fromkeys(question["column"] for question in open_dates))
    return [open_dates[0] | {"columns": names}, *(q for q in questions if q["kind"] != "dates")]


def _reading(plan: Plan, column: str, cells: Cells, orders: dict[int, tuple[dates.Evidence, str | None]]) -> Reading:
    kind, formats = plan.kind(column), plan.formats
    if kind in ("date", "timestamp"):
        evidence, given = orders[cells.position]
        answer = formats.answers.get(cells.header)
        converted = answer if answer in dates.SWAPPED else None
        return columns.read_moment(cells, kind, evidence, given, formats.time_zone, converted)
    if column == "sentiment":
        return columns.read_sentiment(cells)
    if kind == "score":
        return columns.read_score(cells)
    if column == "question":
        kinds = {text: asked.kind_of(text, formats.answers) for text, _ in cells.distinct()}
        return columns.read_words(cells, kinds.get, "not certain what is asked")
    if kind in ("money", "number", "integer", "rate"):
        return columns.read_number(cells, kind, formats.answers.get(cells.header) or formats.decimal)
    if kind == "choice":
        choices = plan.table[column].choices
        return columns.read_words(cells, lambda text: words.choice(column, text, choices), "unknown value")
    if kind == "currency":
        return columns.read_words(cells, words.currency, "unknown currency")
    if column in _MEANINGS:
        return columns.read_words(cells, _MEANINGS[column], "unknown value")
    plain = {
        "id": columns.read_id,
        "flag": columns.read_flag,
        "domain": columns.read_domain,
        "email": columns.read_email,
        "months": columns.read_months,
        "month": columns.read_month,
    }
    return plain.get(kind, columns.read_text)(cells)


def _value(con: duckdb.DuckDBPyConnection, plan: Plan, column: str, cells: list[Cells], readings: list[Reading]) -> str:
    values = [r.value for r in readings]
    if column in plan.lists:
        values = [f"nullif(trim(split_part({v}, ';', 1)), '')" for v in values]
    if plan.kind(column) == "rate" and not any(r.question for r in readings):
        values = [
            v if not _is_percent(con, c, r) else f"{v} / 100" for v, c, r in zip(values, cells, readings, strict=True)
        ]
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _is_percent(con: duckdb.DuckDBPyConnection, cells: Cells, reading: Reading) -> bool:
    """Whether a column of rates is written in percent: its header says so, or any value is over 1."""
    if cells.count("contains(v, '%')"):
        return False  # read as fractions already
    joins = " ".join(reading.joins)
    highest = con.execute(f"SELECT max({reading.value}) FROM {cells.table} {joins}").fetchall()[0][0]
    return "%" in cells.header or (highest is not None and highest > 1)


def _note(rows: Rows, column: str, select: list[str], readings: list[Reading], cells: list[Cells]) -> None:
    bad = [r.bad for r in readings if r.unreadable and r.bad]
    if bad:
        select.append(f'({" OR ".join(bad)}) AS "!{column}"')
        issue = next(r.issue for r in readings if r.unreadable)
        rows.marks[column] = (issue, cells[0].header)
    for reading, cell in zip(readings, cells, strict=True):
        if reading.form:
            rows.formats[cell.header] = reading.form
        if reading.question:
            rows.questions.append(reading.question)


def _currency_beside(plan: Plan, cells: dict[int, Cells], joins: list[str]) -> list[str]:
    """SQL of a row's currency where its own column holds none: beside the figure, in its header, as the user said."""
    if "currency" not in plan.table or "currency" in plan.constants:
        return []
    said = [f"'{plan.formats.currency}'"] if plan.formats.currency else []
    money = [c for c in (*plan.table.names, *EXTRAS) if c in plan.columns and plan.kind(c) == "money"]
    if not money:
        return said if "currency" in plan.columns else []
    cell = cells[plan.columns[money[0]][0]]
    found: list[str] = []
    if cell.count(r"NOT regexp_full_match(v, '[-0-9.,() ]*')"):
        known = {text: words.currency_in_amount(text) for text, _ in cell.distinct()}
        name, join = cell.learned(known, "VARCHAR")
        found.append(f"{name}.x")
        joins.append(join)
    in_header = words.IN_HEADER.search(cell.header)
    return found + ([f"'{in_header[1]}'"] if in_header else said)


def _constants(con: duckdb.DuckDBPyConnection, sheet: Sheet, plan: Plan) -> list[str]:
    """The columns that are the same in every row. Their values are variables: a view takes no parameters."""
    select: list[str] = []
    for column, value in plan.constants.items():
        name = f"{sheet.table}_constant{len(select)}"
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})
        select.append(f"""CAST(getvariable('{name}') AS {sql_type(plan, column)}) AS "{column}\"""")
    return select


def _attributes(con: duckdb.DuckDBPyConnection, plan: Plan, rows: Rows) -> list[str]:
    """The file's other columns, kept as text under their headers where the table takes attributes."""
    if not plan.table.attributes:
        return []
    used = set(plan.ignored)
    for column, feeds in plan.columns.items():
        is_kept_beside = column in plan.table and plan.kind(column) == "choice" and column in rows.marks
        if not is_kept_beside:
            used.update(feeds)
    others = [p for p in range(1, len(rows.sheet.headers) + 1) if p not in used]
    select = []
    for cells in columns.cells_of(con, rows.sheet.table, rows.sheet.headers, others):
        name = "attr:" + cells.header.replace('"', '""')
        rows.attributes.append(name)
        select.append(f'{cells.text} AS "{name}"')
    return select


def _derive(con: duckdb.DuckDBPyConnection, rows: Rows, *, is_wide: bool) -> None:
    """The relation of all columns: read ones, constants, those worked out, and NULL for the rest.

    A wide sheet of few rows is planned longer than it is worked out: once for all, not in every question.
    """
    plan, typed = rows.plan, f"{rows.sheet.table}_typed"
    there = [name for name, *_ in con.execute(f"DESCRIBE {typed}").fetchall()]
    absent = [c for c in (*plan.table.names, *EXTRAS) if c not in there]
    nulls = "".join(f', CAST(NULL AS {sql_type(plan, c)}) AS "{c}"' for c in absent)
    con.execute(f"CREATE VIEW {rows.name}_read AS SELECT *{nulls} FROM {typed}")
    derived = [f'CAST({sql} AS {sql_type(plan, c)}) AS "{c}"' for c, sql in plan.derived.items()]
    replaced = f" REPLACE ({', '.join(derived)})" if derived else ""
    con.execute(f"CREATE {'TABLE' if is_wide else 'VIEW'} {rows.name} AS SELECT *{replaced} FROM {rows.name}_read")
    rows.fed = [c for c in plan.table.names if c in there or c in plan.derived]
