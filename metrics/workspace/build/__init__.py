"""A snapshot is a pure function of the batches in effect and the settings: this is that function."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from metrics.model import TABLES
from metrics.model.keys import ID_KEY
from metrics.workspace.build.about import FORMAT, Facts, describe, find_facts, write_about
from metrics.workspace.build.attributes import Attribute, count_values
from metrics.workspace.build.batch import Batch
from metrics.workspace.build.free_mail import FREE_MAIL
from metrics.workspace.build.goals import write_goals
from metrics.workspace.build.merge import merge, stands_as
from metrics.workspace.build.seniority import write_levels
from metrics.workspace.build.stage_places import write_places
from metrics.workspace.build.targets import mark_targets
from metrics.workspace.build.traits import write_traits

__all__ = ["FORMAT", "Batch", "build", "build_in", "fingerprint", "write_about"]

Progress = Callable[[float], None]

STEPS = 17
"""Of the build, for its progress."""


def build(
    batches: Sequence[Batch],
    settings: Mapping[str, Any],
    out_path: Path,
    progress: Progress | None = None,
    memory: str | None = None,
) -> dict[str, Any]:
    """Builds the snapshot file `out_path` (which must not exist); what `model.about` says, and `tables`: rows of each.

    `memory` (as in "600MB") is what the database may hold at once. Killed anywhere, it leaves a file that nobody reads.
    """
    connection = duckdb.connect(str(out_path), config={"memory_limit": memory} if memory else {})
    try:
        told = build_in(connection, batches, settings, progress)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return told


def build_in(
    connection: duckdb.DuckDBPyConnection,
    batches: Sequence[Batch],
    settings: Mapping[str, Any],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """As `build`, into the schema `model` of an open connection (in memory, say)."""
    told: dict[str, Any] = {}
    for done, step in enumerate(_steps(connection, batches, settings), start=1):
        told = step
        if progress:
            progress(done / STEPS)
    return told


def fingerprint(batches: Sequence[Batch], settings: Mapping[str, Any]) -> str:
    """The snapshot's id: the same for the same batches and settings, another one for others."""
    parts = [[b.number, b.fingerprint, b.export_day.isoformat(), b.as_of and b.as_of.isoformat()] for b in batches]
    text = json.dumps([FORMAT, parts, dict(settings)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _steps(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], settings: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The build in order; yields after each step, and what it told after the last one."""
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("CREATE SCHEMA model")
    _prepare(connection, batches, settings)
    attributes = merge(connection, batches)
    yield {}
    loaded = (connection.execute("SELECT count(*) > 0 FROM merged_accounts").fetchone() or (False,))[0]
    connection.execute(
        "CREATE TEMP TABLE facts AS SELECT CAST($loaded AS BOOLEAN) AS accounts_loaded", {"loaded": loaded}
    )
    for name in ("people", "links", "products", "campaigns", "stages"):
        connection.execute(_script(name))
        yield {}
    write_places(connection)
    for name in ("outcomes", "events"):
        connection.execute(_script(name))
        yield {}
    facts = find_facts(connection, batches, settings)
    _keep_facts(connection, facts, int(settings.get("fiscal_year_start") or 1))
    write_levels(connection)
    for name in ("money", "visits", "accounts", "spend", "market"):
        connection.execute(_script(name))
        yield {}
    targets = mark_targets(connection, settings.get("targets", ()), attributes)
    write_goals(connection, settings.get("goals", ()))
    for name in ("deals", "calendar", "issues"):
        connection.execute(_script(name))
        yield {}
    _dimensions(connection, attributes)
    write_traits(connection)
    about = describe(connection, batches, settings, facts, targets)
    about["snapshot"] = fingerprint(batches, settings)
    write_about(connection, about)
    yield about | {"tables": _row_counts(connection)}


def _script(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _prepare(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], settings: Mapping[str, Any]) -> None:
    connection.execute("SET VARIABLE company_time_zone = $zone", {"zone": str(settings.get("time_zone") or "UTC")})
    connection.execute("SET VARIABLE free_mail = $domains", {"domains": list(FREE_MAIL)})
    connection.execute(ID_KEY)
    connection.execute(_script("macros"))
    connection.execute(
        "CREATE TEMP TABLE imports "
        "(_import BIGINT, export_day DATE, own_stages BOOLEAN, source VARCHAR, stands_as BIGINT)"
    )
    if batches:
        connection.executemany(
            "INSERT INTO imports VALUES ($1, $2, $3, $4, $5)",
            [(b.number, b.export_day, b.own_stages, b.source, stands_as(b, batches)) for b in batches],
        )


def _keep_facts(connection: duckdb.DuckDBPyConnection, facts: Facts, fiscal_year_start: int) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE facts AS SELECT CAST($as_of AS DATE) AS as_of, "
        "CAST($first_day AS DATE) AS first_day, CAST($currency AS VARCHAR) AS currency, "
        "CAST($fiscal_year_start AS INTEGER) AS fiscal_year_start",
        {"as_of": facts.as_of, "first_day": facts.first_day, "currency": facts.currency,
         "fiscal_year_start": fiscal_year_start},
    )  # fmt: skip


def _dimensions(connection: duckdb.DuckDBPyConnection, attributes: Sequence[Attribute]) -> None:
    connection.execute(
        "CREATE TABLE model.dimensions "
        "(name VARCHAR, table_name VARCHAR, column_name VARCHAR, is_attribute BOOLEAN, n_values BIGINT)"
    )
    rows = sorted((a.name, a.table, a.column, n) for a, n in count_values(connection, attributes))
    if rows:
        connection.execute(
            "INSERT INTO model.dimensions SELECT unnest($name), unnest($table), unnest($column), TRUE, unnest($n)",
            dict(zip(("name", "table", "column", "n"), map(list, zip(*rows, strict=True)), strict=True)),
        )


def _row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = {}
    for table in TABLES:
        counts[table.name] = (connection.execute(f"SELECT count(*) FROM model.{table.name}").fetchone() or (0,))[0]
    return counts
