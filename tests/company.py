"""Small companies written as rows, for tests: the real build makes a snapshot of them.

    path = company(
        stages={"Prospecting": "open", "Won": "won", "Lost": "lost"},
        accounts=[{"account_id": "a1", "name": "North", "is_target": True, "Vertical": "Rail"}],
        opportunities=[{"opportunity_id": "d1", "account_id": "a1", "stage": "Won", "opened_on": "2024-01-01",
                        "closed_on": "2024-02-01", "amount": 100, "currency": "EUR"}],
        entered=[("d1", "Prospecting", "2024-01-01"), ("d1", "Won", "2024-02-01")],
    )

Rows are dicts of canonical columns, as a batch holds them: `account_id` is any account key, `closed_on` the file's
close date, a row of `stage_visits` one recorded entry into a stage (`entered` is short for these). Other names are
attributes (in accounts, opportunities and owners) or, with a leading underscore, the batch's own columns.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from metrics.model import PARTS, TABLES, table
from metrics.workspace.build import Batch, build
from metrics.workspace.build.attributes import PREFIX, quoted
from metrics.workspace.build.merge import helpers

Rows = Sequence[Mapping[str, Any]]


def company(
    *,
    stages: Mapping[str, str] | Rows = (),
    entered: Iterable[tuple[Any, ...]] = (),
    export_day: str = "2024-12-31",
    as_of: str | None = None,
    settings: Mapping[str, Any] | None = None,
    directory: Path | None = None,
    **tables: Rows,
) -> Path:
    """The path of a snapshot of these rows, all loaded in one import on `export_day`.

    `stages`: {stage: outcome} in pipeline order (for every pipeline), or rows of `stages`. `entered`: (deal, stage,
    stamp) or (deal, stage, stamp, pipeline). `as_of` is set as if by hand; else it is the newest recorded event.
    """
    batch = write_batch(directory, stages=stages, entered=entered, export_day=export_day, as_of=as_of, **tables)
    path = batch.directory / "snapshot.duckdb"
    build([batch], dict(settings or {}), path)
    return path


def write_batch(
    directory: Path | None = None,
    *,
    number: int = 1,
    stages: Mapping[str, str] | Rows = (),
    entered: Iterable[tuple[Any, ...]] = (),
    export_day: str = "2024-12-31",
    as_of: str | None = None,
    own_stages: bool = True,
    file: str = "rows.csv",
    source: str = "test",
    **tables: Rows,
) -> Batch:
    """One batch of these rows, in a directory of its own (under `directory`, where given)."""
    unknown = set(tables) - {t.name for t in (*TABLES, *PARTS)}
    if unknown:
        raise ValueError(f"no such table: {', '.join(sorted(unknown))}")
    rows: dict[str, list[Mapping[str, Any]]] = {name: list(given) for name, given in tables.items()}
    if isinstance(stages, Mapping):
        stages = [{"stage": s, "outcome": o, "stage_order": n} for n, (s, o) in enumerate(stages.items(), start=1)]
    if stages:
        rows["stages"] = list(stages)
    entries = [dict(zip(("opportunity_id", "stage", "entered_at", "pipeline"), e, strict=False)) for e in entered]
    if entries:
        rows["stage_visits"] = [*rows.get("stage_visits", ()), *entries]
    own = Path(tempfile.mkdtemp(prefix="company-", dir=directory or _root()))
    for name, given in rows.items():
        if given:
            _write_table(own / f"{name}.parquet", name, given)
    return Batch(
        number=number, directory=own, export_day=date.fromisoformat(export_day),
        as_of=date.fromisoformat(as_of) if as_of else None, own_stages=own_stages, file=file, source=source,
        object="+".join(sorted(rows)), fingerprint=repr(sorted(rows.items())),
        rows={"read": (n := sum(map(len, rows.values()))), "loaded": n},
    )  # fmt: skip


@cache
def _root() -> Path:
    """Where the companies of this run are kept; gone when it ends."""
    root = Path(tempfile.mkdtemp(prefix="companies-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def _write_table(path: Path, name: str, rows: Rows) -> None:
    columns: dict[str, str] = {}
    for key in dict.fromkeys(key for row in rows for key in row):
        canonical = table(name)
        if key in canonical:
            columns[key] = canonical[key].sql_type
        elif key in helpers(canonical):
            columns[key] = helpers(canonical)[key]
        elif key == "_row":
            columns[key] = "BIGINT"
        elif canonical.attributes and not key.startswith("_"):
            columns[key] = "VARCHAR"
        else:
            raise ValueError(f"{name} has no column {key}")
    names = {key: key if key in table(name) or key.startswith("_") else PREFIX + key for key in columns}
    cells = ", ".join(f"CAST({quoted(names[key])} AS {kind}) AS {quoted(names[key])}" for key, kind in columns.items())
    if "_row" not in columns:
        names["_row"], cells = "_row", f"{cells}, CAST(_row AS BIGINT) AS _row"
        rows = [{**row, "_row": number} for number, row in enumerate(rows, start=1)]
    texts = {own: pa.array([_as_text(row.get(key)) for row in rows], pa.string()) for key, own in names.items()}
    with _database().cursor() as connection:
        connection.register("written", pa.table(texts))
        connection.execute(f"COPY (SELECT {cells} FROM written) TO $path (FORMAT parquet)", {"path": str(path)})


def _as_text(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()
