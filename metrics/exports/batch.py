"""Converted rows go to disk: a Parquet file for each canonical table they feed, the rejected rows, the counts."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import FileError
from metrics.exports import hubspot, rates, surveys, texts, verdicts
from metrics.exports.convert import Rows, sql_type
from metrics.exports.mended import MARKS
from metrics.exports.plan import KEPT, LINKS
from metrics.exports.stages import stage_map
from metrics.exports.verdicts import Counts
from metrics.model import table as canonical

_DICTIONARY = 2_000
"""Different values up to which a column is written as a dictionary: building larger ones takes longer than it saves."""
_MOST_LINKED = 1_000
"""Ids that HubSpot writes into a cell at most, unless its user asked for more."""


@dataclass
class Batch:
    """What a sheet became."""

    counts: Counts
    tables: dict[str, int] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)


_STAGE = ("pipeline", "stage", "stage_order", "outcome", "probability", "is_order_told", "is_outcome_told")
_RECORDS = ("accounts", "contacts", "opportunities", "contracts")
"""Tables whose rows change from export to export."""
_WITHOUT_IDS = (
    "{name} has no column of ids: its {things} are known by all of their values. One that changes comes in beside the "
    "old one when a later export is loaded: add the ids to the export, or take the earlier import back first."
)
_SOME_WITHOUT_IDS = (
    "{name}: {n:,} of its {things} have an empty id and are known by all of their values. One that changes comes in "
    "beside the old one when a later export is loaded: fill in the ids, or take the earlier import back first."
)


def write(con: duckdb.DuckDBPyConnection, rows: Rows, out: Path, *, dry_run: bool, scores: bool = False) -> Batch:
    """Judge the rows and write the tables; with `dry_run` everything is counted and nothing written.

    With `scores` texts are scored before they are dropped.
    """
    batch = Batch(verdicts.judge(con, rows))
    if batch.counts.read == batch.counts.blank + batch.counts.footer:
        raise FileError(
            f"{rows.sheet.name}: the file has a header and no rows. Check the view's filters and export it again."
        )
    name, plan = rows.sheet.table, rows.plan
    _loaded(con, rows)
    kept, unscored = texts.settle(con, rows, scores=scores)
    if plan.rates:
        _save(con, batch, plan.table_name, "*", rates.by_currency(con, rows), out, dry_run)
    elif plan.table_name == surveys.TABLE:
        _save(con, batch, plan.table_name, "*", surveys.answers(con, rows, kept), out, dry_run)
    else:
        _save(con, batch, plan.table_name, _columns(rows), kept, out, dry_run)
    con.execute(
        f"CREATE VIEW {name}_every AS SELECT * FROM {rows.name} "
        f"WHERE _row NOT IN (SELECT _row FROM {name}_verdicts WHERE verdict <> 'duplicate')"
    )
    for extra, sql in plan.also.items():
        query = re.sub(r"\b(loaded|every)\b", rf"{name}_\1", sql)
        con.execute(f"CREATE TABLE {name}_{extra} AS {query}")
        _save(con, batch, extra, "*", f"{name}_{extra}", out, dry_run)
    visits = None
    if plan.visits:
        visits = hubspot.visits(con, rows)
        _save(con, batch, "stage_visits", "*", visits, out, dry_run)
    batch.stages = stage_map(con, rows, visits)
    if batch.stages and not dry_run:
        _write_stages(con, batch, name, out)
    if batch.stages:
        batch.tables["stages"] = len(batch.stages)
    batch.issues = _issues(con, rows) + unscored
    if batch.counts.rejected and not dry_run:
        _write_rejects(con, rows, out)
    return batch


def _loaded(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Table `{sheet}_loaded`: the rows that stay, each with an id."""
    name, table = rows.sheet.table, rows.plan.table
    keep = f"SELECT * {verdicts.staying(con, rows)}"
    key = table.id_column
    if key is None or table[key].kind != "id":
        con.execute(f"CREATE VIEW {name}_loaded AS {keep}")
        return
    if rows.plan.parts:
        _put_together(con, rows, keep)
        return
    lacking = 0
    if key in rows.fed:
        (lacking,) = con.execute(f'SELECT count(*) FROM ({keep}) WHERE "{key}" IS NULL').fetchall()[0]
        if lacking == 0:
            con.execute(f"CREATE VIEW {name}_loaded AS {keep}")
            return
    if table.name in _RECORDS and (lacking or key not in rows.plan.columns):
        said = _SOME_WITHOUT_IDS if key in rows.plan.columns else _WITHOUT_IDS
        rows.sheet.warnings.append(said.format(name=rows.sheet.name, things=table.name, n=lacking))
    known_by = [*rows.fed, *_scores(rows), *(c for c in LINKS if c in rows.plan.columns)]
    natural = ", ".join(f"""coalesce(CAST("{c}" AS VARCHAR), '')""" for c in known_by if c != key)
    con.execute(
        f"CREATE TABLE {name}_ids AS SELECT _row, left(mark, 20) || CASE WHEN place = 1 THEN '' ELSE '-' || place END "
        "AS made FROM (SELECT _row, mark, row_number() OVER (PARTITION BY mark ORDER BY _row) AS place "
        f'FROM (SELECT _row, md5(concat_ws(chr(31), {natural or "NULL"})) AS mark FROM ({keep}) WHERE "{key}" IS NULL))'
    )
    con.execute(
        f'CREATE VIEW {name}_loaded AS SELECT k.* REPLACE (coalesce(k."{key}", i.made) AS "{key}") '
        f"FROM ({keep}) k LEFT JOIN {name}_ids i ON i._row = k._row"
    )
    rows.fed = [key, *(c for c in rows.fed if c != key)]


def _scores(rows: Rows) -> list[str]:
    return [column for column in rows.plan.columns if column.startswith("_score:")]


def _put_together(con: duckdb.DuckDBPyConnection, rows: Rows, keep: str) -> None:
    """One record of all the rows of an id: the first one's cells, its figures added up, its texts side by side."""
    name, key, parts = rows.sheet.table, rows.plan.table.id_column, rows.plan.parts
    assert parts is not None
    con.execute(f"CREATE TABLE {name}_items AS {keep}")
    sums = ", ".join([*(f'sum("{c}") AS "{c}"' for c in parts.sums), *(f'min("{c}") AS "{c}"' for c in parts.least)])
    whole = [f'(SELECT "{key}" AS id, {sums} FROM {name}_items GROUP BY 1) s']
    told = [f'CAST(s."{c}" AS {sql_type(rows.plan, c)}) AS "{c}"' for c in (*parts.sums, *parts.least)]
    for place, column in enumerate(parts.joins):
        each = f'SELECT "{key}" AS id, "{column}" AS x, min(_row) AS _row FROM {name}_items GROUP BY 1, 2'
        every = "string_agg(x, ' + ' ORDER BY _row) AS x, list(x ORDER BY _row) FILTER (x IS NOT NULL) AS xs"
        whole.append(f"(SELECT id, {every} FROM ({each}) GROUP BY 1) j{place}")
        told.append(f'j{place}.x AS "{column}"')
    joined = " ".join(f'JOIN {part} ON {part.split()[-1]}.id = f."{key}"' for part in whole)
    lists = "".join(f', j{place}.xs AS "{column}"' for place, column in enumerate(parts.lists))
    con.execute(
        f"CREATE VIEW {name}_loaded AS SELECT f.* REPLACE ({', '.join(told)}){lists} FROM (SELECT * FROM {name}_items "
        f'QUALIFY row_number() OVER (PARTITION BY "{key}" ORDER BY _row) = 1) f {joined}'
    )


def _columns(rows: Rows) -> str:
    """The columns of the batch: canonical ones that hold data, then what links and tells newer from older."""
    kept = [c for c in KEPT if c in rows.plan.columns or c in rows.plan.derived]
    lists = rows.plan.parts.lists if rows.plan.parts else ()
    names = ["_row", *rows.fed, *kept, *lists, *rows.attributes]
    if rows.plan.table_name == "stage_visits" and "quality" not in rows.fed:
        return ", ".join(f'"{c}"' for c in names) + ", 'full' AS quality, _row AS _position"
    if rows.plan.table_name == "accounts" and "is_target" in rows.fed:
        return ", ".join(f'"{c}"' for c in names) + ", is_target IS NOT NULL AS _is_target_known"
    return ", ".join(f'"{c}"' for c in names)


def _save(
    con: duckdb.DuckDBPyConnection, batch: Batch, table: str, columns: str, source: str, out: Path, dry_run: bool
) -> None:
    batch.tables[table] = con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0]
    if not dry_run:
        written = _copy(con, f"SELECT {columns} FROM {source}", out / f"{table}.parquet")
        if written != batch.tables[table]:
            raise FileError(
                f"{batch.tables[table]:,} rows of {table} were counted and {written:,} written. Nothing was loaded; "
                "please report it."
            )


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Writes the rows of a query; how many there were."""
    target = str(path).replace("'", "''")
    told = con.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, DICTIONARY_SIZE_LIMIT {_DICTIONARY})")
    return int(told.fetchall()[0][0])


def _write_stages(con: duckdb.DuckDBPyConnection, batch: Batch, name: str, out: Path) -> None:
    types = ", ".join(f'"{c.name}" {c.sql_type}' for c in canonical("stages").columns)
    con.execute(f"CREATE TABLE {name}_stages (_row BIGINT, {types}, _is_order_told BOOLEAN, _is_outcome_told BOOLEAN)")
    con.executemany(
        f"INSERT INTO {name}_stages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [[i, *(s[name] for name in _STAGE)] for i, s in enumerate(batch.stages, start=1)],
    )
    _copy(con, f"SELECT * FROM {name}_stages", out / "stages.parquet")


def _issues(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """Unreadable cells of rows that were loaded, by column, with the first three rows."""
    issues = []
    for column, (kind, header) in rows.marks.items():
        found = con.execute(
            f'SELECT count(*), min_by(_row, _row, 3) FROM {rows.sheet.table}_loaded WHERE "!{column}"'
        ).fetchall()[0]
        if found[0]:
            issues.append({"kind": kind, "column": header, "n": found[0], "rows": sorted(found[1])})
    return issues + _cut_lists(con, rows)


def _cut_lists(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """Rows with as many linked contacts as HubSpot writes at most: those beyond are not in the file."""
    feeds = rows.plan.columns.get("_contact_ids")
    if feeds is None:
        return []
    listed = "len(string_split(_contact_ids, ';'))"
    n, first = con.execute(
        f"SELECT count(*), min_by(_row, _row, 3) FROM {rows.sheet.table}_loaded WHERE {listed} >= {_MOST_LINKED}"
    ).fetchall()[0]
    kind = f"{_MOST_LINKED:,} linked records, the most that an export writes: more may be missing"
    return [{"kind": kind, "column": rows.sheet.headers[feeds[0] - 1], "n": n, "rows": sorted(first)}] if n else []


def _write_rejects(con: duckdb.DuckDBPyConnection, rows: Rows, out: Path) -> None:
    """Rejected rows with the reason and its column, as the file names it, in the file's own columns; those of texts are
    empty."""
    sheet, name, dropped = rows.sheet, rows.sheet.table, texts.positions(rows.plan, rows.sheet.headers)
    headers = [h.replace('"', '""') for h in sheet.headers]
    marks_of = ", ".join(
        f"{value} AS {name}"
        for value, name in zip(("_row", "v.reason", "coalesce(n.header, v.col)"), MARKS, strict=True)
    )
    own = [[column, sheet.headers[feeds[0] - 1]] for column, feeds in rows.plan.columns.items()]
    con.execute(f"CREATE TABLE {name}_named (col VARCHAR, header VARCHAR)")
    con.executemany(f"INSERT INTO {name}_named VALUES (?, ?)", own)
    told = ["CAST(NULL AS VARCHAR)" if i in dropped else f"c{i}" for i in range(1, len(headers) + 1)]
    cells = ", ".join(f'{cell} AS "{header}"' for cell, header in zip(told, headers, strict=True))
    con.execute(
        f"CREATE TABLE {name}_rejects AS SELECT {marks_of}, {cells} FROM {name} "
        f"JOIN {name}_verdicts v USING (_row) LEFT JOIN {name}_named n ON n.col = v.col WHERE v.verdict = 'rejected'"
    )
    width = len(headers)
    marks = ", ".join("?" * (width + 3))
    for number, found, reason in sheet.misfits:
        cells_told = [] if dropped else [cell or None for cell in found]  # a torn text may be in any of them
        padded: list[Any] = [*cells_told, *[None] * width][:width]
        con.execute(f"INSERT INTO {name}_rejects VALUES ({marks})", [number, reason, None, *padded])
    _copy(con, f"SELECT * FROM {name}_rejects ORDER BY _row", out / "rejects.parquet")
