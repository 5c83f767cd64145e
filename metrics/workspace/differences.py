"""What a file would change of what is loaded, and what became of one upload in the next: row by row, column by column.

Rows are the same by their table's key. Where several rows of a file share a key that is no id, the first of them stands
against the first, and so on.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from metrics.model import TABLES, Table
from metrics.model.keys import ID_KEY
from metrics.workspace.build.attributes import PREFIX, quoted

MOST_ROWS = 1_000
"""The changes of each kind that are told one by one, of each table."""
SMALL = 8 << 20
"""Bytes of rows up to which they are compared in this process; more are in a child, whose memory is not ours."""
_MEMORY, _SPACE, _SECONDS = "256MB", 6 << 30, 900
_LINKS = {"_account_name": "account_id", "_account_domain": "account_id"}
"""What stands in a file for a link, beside the canonical column or in its place."""
_DERIVED = ("stages",)
"""Tables that no file holds as such: they follow from its rows."""
_PAIRS = "older o FULL JOIN newer n ON o._key = n._key AND o._nth = n._nth"
File = tuple[int, Path]
"""An import's number and the directory of its rows."""


@dataclass(frozen=True)
class Difference:
    """Of one table: rows `now` and `then`; those of the file that are `new`, `changed` or the `same`; and those `gone`,
    which the last export of the same object had and this one has not: they stay as they were.

    `columns`: column → rows in which it changes. `rows`: of each kind (changed, new, gone) at most MOST_ROWS, each with
    `kind`, `key`, `name`, `column`, `before` and `after` (the last three of changes only).
    """

    table: str
    now: int
    then: int
    new: int
    changed: int = 0
    same: int = 0
    gone: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


def from_nothing(tables: Mapping[str, int]) -> list[dict[str, Any]]:
    """A file's rows by table, where nothing is loaded that they could differ from: all of them are new."""
    names = [table.name for table in TABLES if table.name not in _DERIVED]
    return [asdict(Difference(name, 0, tables[name], tables[name])) for name in names if tables.get(name)]


def between(old: Sequence[File], new: File, last: int | None) -> list[dict[str, Any]]:
    """The difference that the rows of `new` make to those of `old`, in the order of loading, for each table of `new`.

    `last`: the import of `old` whose rows are gone where `new` has them no more. Empty where there is no room to tell.
    """
    there = [
        directory / f"{table.name}.parquet" for table in TABLES if _has(new, table) for _, directory in (*old, new)
    ]
    if sum(path.stat().st_size for path in there if path.is_file()) <= SMALL:
        return _compared(old, new, last)
    asked = json.dumps([[(n, str(place.absolute())) for n, place in (*old, new)], last])
    command = [sys.executable, "-m", "metrics.workspace.limited", str(_SPACE), str(_SECONDS), __name__, asked]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            told = child.stdout.read() if child.stdout else b""
            code = child.wait()
        except BaseException:
            child.kill()
            raise
    found: list[dict[str, Any]] = json.loads(told) if code == 0 else []
    return found


def replaced(old: Sequence[tuple[int, Path, str]], new: Path, source: str) -> dict[str, int]:
    """Source → rows of `new`, which is of `source`, with the id of a row whose newest import is of that other one: ids
    may be numbers of each system's own, and one thing's row would replace another's.

    `old`: number, directory and source of each import. Without room to tell, nothing is told.
    """
    found: Counter[str] = Counter()
    with duckdb.connect(config={"memory_limit": _MEMORY, "threads": 2}) as connection:
        connection.execute(ID_KEY)
        for table in (one for one in TABLES if one.key == (one.id_column,) and _has((0, new), one)):
            there = [(number, place, name) for number, place, name in old if _has((number, place), table)]
            if all(name == source for *_, name in there):
                continue
            rows = f"SELECT id_key({quoted(table.key[0])}) AS key, ? AS number, ? AS source FROM read_parquet(?)"
            every = " UNION ALL ".join([rows] * len(there))
            path = f"{table.name}.parquet"
            query = (
                f"SELECT source, count(*) FROM (SELECT key, arg_max(source, number) AS source FROM ({every}) "
                f"GROUP BY 1) JOIN ({rows.replace(', ? AS number, ? AS source', '')}) USING (key) "
                "WHERE source <> ? GROUP BY 1"
            )
            told = [value for number, place, name in there for value in (number, name, str(place / path))]
            try:
                found.update(dict(connection.execute(query, [*told, str(new / path), source]).fetchall()))
            except duckdb.OutOfMemoryException:
                return {}
    return dict(found)


def main(asked: str) -> None:
    """In the child: tells the differences as JSON."""
    files, last = json.loads(asked)
    *old, new = [(int(number), Path(place)) for number, place in files]
    print(json.dumps(_compared(old, new, last), default=str))


def _compared(old: Sequence[File], new: File, last: int | None) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="abm-compare-") as spill:
        config: dict[str, Any] = {"memory_limit": _MEMORY, "temp_directory": spill, "threads": 2}
        with duckdb.connect(config=config) as connection:
            connection.execute("SET enable_progress_bar = false")  # it would be drawn on what the parent reads
            connection.execute(ID_KEY)
            try:
                found = [_difference(connection, table, old, new, last) for table in TABLES if _has(new, table)]
            except duckdb.OutOfMemoryException:
                return []
    return [asdict(one) for one in found]


def _has(file: File, table: Table) -> bool:
    return table.name not in _DERIVED and (file[1] / f"{table.name}.parquet").is_file()


def _difference(
    connection: duckdb.DuckDBPyConnection, table: Table, old: Sequence[File], new: File, last: int | None
) -> Difference:
    files = [file for file in old if _has(file, table)]
    columns = _columns(connection, table, [*files, new])
    _rows(connection, table, "newer", [new], columns)
    _rows(connection, table, "older", files, columns)
    differ = {name: f"o.{quoted(name)} IS DISTINCT FROM n.{quoted(name)}" for name in columns if name not in table.key}
    counts = [f"count(*) FILTER ({sql})" for sql in (" OR ".join(differ.values()) or "FALSE", *differ.values())]
    query = f"SELECT count(*), {', '.join(counts)} FROM {_PAIRS} WHERE o._there AND n._there"
    matched, changed, *each = connection.execute(query).fetchall()[0]
    by_column = {name: n for name, n in zip(differ, each, strict=True) if n}
    total = _one(connection, "SELECT count(*) FROM newer")
    stay = _one(connection, "SELECT count(*) FROM older o ANTI JOIN newer n ON n._key = o._key")
    is_gone = "FALSE" if last is None else f"n._there IS NULL AND o._import = {int(last)}"
    gone = _one(connection, f"SELECT count(*) FROM {_PAIRS} WHERE {is_gone}")
    shown: dict[str, int] = {}
    for name, n in by_column.items():
        shown[_shown(name)] = max(n, shown.get(_shown(name), 0))
    return Difference(
        table.name, now=_one(connection, "SELECT count(*) FROM older"), then=stay + total, new=total - matched,
        changed=changed, same=matched - changed, gone=gone,
        columns=shown, rows=_told(connection, table, columns, is_gone, {name: differ[name] for name in by_column}),
    )  # fmt: skip


def _columns(connection: duckdb.DuckDBPyConnection, table: Table, files: Sequence[File]) -> dict[str, str]:
    """The columns that any of the files has, with their types: canonical ones, attributes, names of links."""
    known = {c.name: c.sql_type for c in table.columns}
    found = {key: known[key] for key in table.key}
    spelled: dict[str, str] = {}
    for _, directory in files:
        for name in _there(connection, table, directory):
            if name in known or name.startswith(PREFIX) or _LINKS.get(name, "") in known:
                found[spelled.setdefault(name.casefold(), name)] = known.get(name, "VARCHAR")
    return found


def _there(connection: duckdb.DuckDBPyConnection, table: Table, directory: Path) -> list[str]:
    path = str(directory / f"{table.name}.parquet")
    rows = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": path}).fetchall()
    return [row[0] for row in rows]


def _rows(
    connection: duckdb.DuckDBPyConnection, table: Table, target: str, files: Sequence[File], columns: Mapping[str, str]
) -> None:
    """The table `target`: the newest rows of each key, with `_key`, `_nth` of the key, `_import` and `_there`."""
    selects = []
    for number, directory in files:
        there = {name.casefold(): name for name in _there(connection, table, directory)}
        variable = f"{target}_{table.name}_{number}"
        connection.execute(f"SET VARIABLE {variable} = $path", {"path": str(directory / f"{table.name}.parquet")})
        cells = ", ".join(_cell(there.get(name.casefold()), name, kind) for name, kind in columns.items())
        selects.append(f"SELECT {cells}, {int(number)} AS _import FROM read_parquet(getvariable('{variable}'))")
    if not selects:
        cells = ", ".join(_cell(None, name, kind) for name, kind in columns.items())
        selects = [f"SELECT {cells}, 0 AS _import WHERE FALSE"]
    ids = {k: f"id_key({quoted(k)})" if table[k].kind == "id" else quoted(k) for k in table.key}
    told = ", ".join(f"coalesce(CAST({sql} AS VARCHAR), chr(30))" for sql in ids.values())
    every = f"SELECT *, concat_ws(chr(31), {told}) AS _key, TRUE AS _there FROM ({' UNION ALL '.join(selects)})"
    if len(files) > 1:
        every = f"SELECT * FROM ({every}) QUALIFY _import = max(_import) OVER (PARTITION BY _key)"
    others = ", ".join(quoted(name) for name in columns if name not in table.key) or "_key"
    nth = "1" if table.id_column else f"row_number() OVER (PARTITION BY _key ORDER BY {others})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT *, {nth} AS _nth FROM ({every})")


def _cell(there: str | None, name: str, kind: str) -> str:
    return f"CAST({quoted(there) if there else 'NULL'} AS {kind}) AS {quoted(name)}"


def _told(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Mapping[str, str], is_gone: str,
    differ: Mapping[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows one by one: first those that change, then the new ones and those that are gone."""

    def listed(kind: str, side: str, condition: str, column: str | None = None) -> list[dict[str, Any]]:
        key = f"concat_ws(' · ', {', '.join(f'{side}.{quoted(k)}' for k in table.key)})"
        name = f"{side}.name" if "name" in columns and "name" not in table.key else "NULL"
        values = f"CAST(o.{quoted(column)} AS VARCHAR), CAST(n.{quoted(column)} AS VARCHAR)" if column else "NULL, NULL"
        query = f"SELECT {key}, {name}, {values} FROM {_PAIRS} WHERE {condition} ORDER BY 1, 2, 3, 4 LIMIT {MOST_ROWS}"
        shown = _shown(column) if column else None
        return [
            {"kind": kind, "key": k, "name": called, "column": shown, "before": before, "after": after}
            for k, called, before, after in connection.execute(query).fetchall()
        ]

    changes = [row for name, sql in differ.items()
               for row in listed("changed", "n", f"o._there AND n._there AND {sql}", name)]  # fmt: skip
    changes.sort(key=lambda row: str(row["key"]))
    return [*changes[:MOST_ROWS], *listed("new", "n", "o._there IS NULL"), *listed("gone", "o", is_gone)]


def _shown(name: str) -> str:
    return _LINKS.get(name, name.removeprefix(PREFIX))


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])


if __name__ == "__main__":
    main(sys.argv[1])
