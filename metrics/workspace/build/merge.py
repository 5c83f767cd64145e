"""The batches in effect become one table of each kind: a newer import's row replaces an older one's by its key."""

from collections.abc import Mapping, Sequence

import duckdb

from metrics.model import PARTS, TABLES, Table
from metrics.model.keys import REPEATS
from metrics.workspace.build.attributes import PREFIX, Attribute, name_attributes, quoted
from metrics.workspace.build.batch import Batch

_LINK = {"_account_name": "VARCHAR", "_account_domain": "VARCHAR"}
_OWN = {
    "owners": {"_owner_id": "VARCHAR"},
    "contacts": {"_converted_contact_id": "VARCHAR", "_opportunity_on": "DATE", "_customer_on": "DATE"},
    "stage_visits": {"_position": "BIGINT"},
    "contracts": {
        "_tenure_months": "DOUBLE",
        "_churned": "BOOLEAN",
        "_renews_every": "DOUBLE",
        "_products": "VARCHAR[]",
    },
    "stages": {"_is_order_told": "BOOLEAN", "_is_outcome_told": "BOOLEAN"},
    "products": {"_other_id": "VARCHAR", "_code": "VARCHAR"},
    "survey_answers": {
        "_subject": "VARCHAR", "_team": "VARCHAR", "_survey": "VARCHAR", "_wave": "VARCHAR", "_sentiment": "DOUBLE",
        "_answered_at": "TIMESTAMP",
    },
    "spend": {"_is_platform": "BOOLEAN", "_covers_from": "DATE", "_covers_until": "DATE"},
}  # fmt: skip
KEEP_ALL = ("stages", "owners", "opportunity_contacts")
"""Tables whose rows of every import stay: the build itself decides between them."""
REPLACED_BY = {"line_items": ("opportunity_id",)}
"""Tables whose rows a newer import replaces by something else than their key: a deal's lines, all of them."""
UNKNOWN_CURRENCY = "unknown currency"
"""The issue of a cell that should name a currency and names none that is known."""


_OVERTAKEN = """
INSERT INTO overtaken SELECT '{table}', '{column}', m._import, m._row
FROM merged_{table} m
SEMI JOIN (
    SELECT id_key(e.{column}) AS key FROM ({every}) e JOIN imports i ON i._import = e._import
    GROUP BY 1 HAVING count(DISTINCT i.source) > 1
) s ON s.key = id_key(m.{column})
"""


def helpers(table: Table) -> dict[str, str]:
    """The columns beside the canonical ones that a batch may carry for the build, with their types."""
    linked = _LINK if "account_id" in table and table.name != "accounts" else {}
    return {**linked, **_OWN.get(table.name, {})}


def merge(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> list[Attribute]:
    """Creates the temporary relation `merged_<table>` for every table and part, `uploaded_deals`, and `overtaken`: rows
    that replaced one of another source, whose ids may be numbers of its own.

    Its columns: the canonical ones, the attributes under their column names, the helpers, `_import` and `_row`; and for
    tables of amounts `_names_currency`: whether any row of the import's file names one.
    """
    files: dict[str, list[tuple[Batch, list[str]]]] = {t.name: [] for t in (*TABLES, *PARTS)}
    for batch in batches:
        for table in (*TABLES, *PARTS):
            path = batch.directory / f"{table.name}.parquet"
            if path.is_file():
                files[table.name].append((batch, _columns(connection, str(path))))
    connection.execute('CREATE TEMP TABLE overtaken ("table" VARCHAR, "column" VARCHAR, _import BIGINT, _row BIGINT)')
    attributes = name_attributes({t.name: _headers(files[t.name]) for t in TABLES if t.attributes})
    for table in (*TABLES, *PARTS):
        own = [a for a in attributes if a.table == table.name]
        _merge_table(connection, table, files[table.name], own)
    _uploaded_deals(connection, [batch for batch, _ in files["opportunities"]])
    return attributes


def _columns(connection: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    rows = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": path}).fetchall()
    return [row[0] for row in rows]


def _headers(files: Sequence[tuple[Batch, list[str]]]) -> list[str]:
    """The attribute headers of all batches, the newest spelling of each."""
    headers: dict[str, str] = {}
    for _, columns in files:
        for column in columns:
            if column.startswith(PREFIX):
                headers[column.casefold()] = column.removeprefix(PREFIX)
    return list(headers.values())


def _merge_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: Sequence[tuple[Batch, list[str]]],
    own: Sequence[Attribute],
) -> None:
    selects = []
    for batch, columns in files:
        variable = f"{table.name}_{batch.number}"
        connection.execute(f"SET VARIABLE {variable} = $path", {"path": str(batch.directory / f"{table.name}.parquet")})
        named = has_amounts(table) and _names_currency(connection, batch, columns, variable)
        selects.append(
            _select(table, own, columns, batch.number, named) + f" FROM read_parquet(getvariable('{variable}'))"
        )
    if not selects:
        selects = [_select(table, own, [], 0, False) + " WHERE FALSE"]
    every = " UNION ALL ".join(selects)
    # One big table read a few times is cheaper left in its file than copied.
    kind = "VIEW" if table.name == "activities" and len(files) == 1 else "TABLE"
    with_repeats = files if table.name in REPEATS else ()
    ranks = {batch.number: stands_as(batch, [one for one, _ in files]) for batch, _ in with_repeats}
    is_replaced = len(files) > 1 and table.name not in KEEP_ALL
    newest = _newest(table, every, ranks) if is_replaced else every
    connection.execute(f"CREATE TEMP {kind} merged_{table.name} AS {newest}")
    if is_replaced and table.key == (table.id_column,) and len({batch.source for batch, _ in files}) > 1:
        connection.execute(_OVERTAKEN.format(every=every, table=table.name, column=table.id_column))


def has_amounts(table: Table) -> bool:
    """Whether its rows are amounts in a currency of their own."""
    return "currency" in table and any(c.kind == "money" for c in table.columns)


def _names_currency(connection: duckdb.DuckDBPyConnection, batch: Batch, columns: Sequence[str], variable: str) -> bool:
    """Whether the file says of any row in which currency it is; one that could not be read is one too."""
    if any(issue.get("kind") == UNKNOWN_CURRENCY for issue in batch.issues):
        return True
    if "currency" not in {column.casefold() for column in columns}:
        return False
    found = connection.execute(f"SELECT count(currency) > 0 FROM read_parquet(getvariable('{variable}'))").fetchone()
    return bool(found and found[0])


def _select(table: Table, own: Sequence[Attribute], columns: Sequence[str], number: int, named: bool) -> str:
    there = {column.casefold(): column for column in columns}

    def cell(source: str, sql_type: str, name: str) -> str:
        found = there.get(source.casefold())
        return f"CAST({quoted(found) if found else 'NULL'} AS {sql_type}) AS {quoted(name)}"

    cells = [cell(c.name, c.sql_type, c.name) for c in table.columns]
    cells += [cell(PREFIX + a.header, "VARCHAR", a.column) for a in own]
    cells += [cell(name, sql_type, name) for name, sql_type in helpers(table).items()]
    cells += [f"{named} AS _names_currency"] if has_amounts(table) else []
    cells += [f"CAST({number} AS BIGINT) AS _import", cell("_row", "BIGINT", "_row")]
    return "SELECT " + ", ".join(cells)


def stands_as(batch: Batch, batches: Sequence[Batch]) -> int:
    """The import that a batch's rows stand beside: the one whose rejected rows it holds, where that is in effect."""
    return batch.mends if batch.mends in {one.number for one in batches} else batch.number


def _newest(table: Table, every: str, ranks: Mapping[int, int]) -> str:
    """SELECT of the rows of each key's newest import; `ranks`: those of imports that stand beside another one's."""
    moved = " ".join(f"WHEN {number} THEN {rank}" for number, rank in ranks.items() if number != rank)
    rank = f"CASE _import {moved} ELSE _import END" if moved else "_import"
    key = REPLACED_BY.get(table.name, table.key)
    keys = [f"id_key({quoted(k)})" if table[k].kind == "id" else quoted(k) for k in key]
    names = [f"key_{n}" for n in range(len(keys))]
    chosen = ", ".join(f"{key} AS {name}" for key, name in zip(keys, names, strict=True))
    match = " AND ".join(f"n.{name} IS NOT DISTINCT FROM e.{name}" for name in names)
    return (
        f"WITH every AS (SELECT *, {chosen} FROM ({every})), "
        f"newest AS (SELECT {', '.join(names)}, max({rank}) AS rank FROM every GROUP BY {', '.join(names)}) "
        f"SELECT e.* EXCLUDE ({', '.join(names)}) FROM every e JOIN newest n ON n.rank = {rank} AND {match}"
    )


def _uploaded_deals(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    """Where deals were uploaded on several days: each upload's deals with their stage, superseded ones too."""
    connection.execute(
        "CREATE TEMP TABLE uploaded_deals (opportunity_id VARCHAR, pipeline VARCHAR, stage VARCHAR, "
        "export_day DATE, _import BIGINT, _row BIGINT)"
    )
    if len({batch.export_day for batch in batches}) < 2:
        return
    for batch in batches:
        path = str(batch.directory / "opportunities.parquet")
        columns = {column.casefold() for column in _columns(connection, path)}
        pipeline, row = ("pipeline" if "pipeline" in columns else "NULL"), ("_row" if "_row" in columns else "NULL")
        if "stage" in columns:
            connection.execute(
                f"INSERT INTO uploaded_deals SELECT opportunity_id, {pipeline}, stage, $day, $number, {row} "
                "FROM read_parquet($path)",
                {"day": batch.export_day, "number": batch.number, "path": path},
            )
