"""A large file of activities: what a load of it takes of time, of the app's own memory and of the reader's, beside
DuckDB's typed `read_csv` of the same file."""

import gc
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.compare import assert_same
from benchmarks.loading import cpu_seconds
from metrics import Workspace

ROWS_A_MEGABYTE = 7_950
_WRITE = """
    COPY (
      SELECT '00T' || lpad(CAST(i AS VARCHAR), 12, '0') AS "Id",
        '003' || lpad(CAST(hash(i) % 400000 AS VARCHAR), 12, '0') AS "WhoId",
        '006' || lpad(CAST(hash(i * 7) % 200000 AS VARCHAR), 12, '0') AS "WhatId", 'Call' AS "TaskSubtype",
        'Follow-up call ' || (hash(i * 3) % 5000) AS "Subject", 'Completed' AS "Status",
        CAST(DATE '2023-01-01' + CAST(hash(i * 11) % 1000 AS INTEGER) AS VARCHAR) AS "ActivityDate",
        '005' || lpad(CAST(hash(i * 5) % 50 AS VARCHAR), 12, '0') AS "OwnerId"
      FROM range($rows) AS t(i)
    ) TO '{path}' (HEADER, DELIMITER ',', FORCE_QUOTE *)"""
_READ = """
    CREATE TABLE t AS FROM read_csv($path, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false,
      columns = {'Id': 'VARCHAR', 'WhoId': 'VARCHAR', 'WhatId': 'VARCHAR', 'TaskSubtype': 'VARCHAR',
        'Subject': 'VARCHAR', 'Status': 'VARCHAR', 'ActivityDate': 'DATE', 'OwnerId': 'VARCHAR'})"""
_TOLD = "SELECT count(*) AS rows, sum(\"ActivityDate\" - DATE '2020-01-01') AS days FROM t"
_MODEL = "SELECT count(*) AS rows, sum(CAST(occurred_at AS DATE) - DATE '2020-01-01') AS days FROM model.activities"


@dataclass(frozen=True)
class Large:
    """Megabytes of the file; seconds of work and of the clock; bytes that each process held of its own at most, and
    that the app held more of after than before."""

    megabytes: float
    rows: int
    product: float
    product_cpu: float
    sql: float
    sql_cpu: float
    reader: int
    builder: int
    app: int
    app_after: int


def time_large(megabytes: int) -> Large:
    """Makes the file, loads it as from a folder on the server, and compares what was loaded."""
    with tempfile.TemporaryDirectory(prefix="abm-large-") as scratch:
        path, database = Path(scratch) / "Task-2026-10-31.csv", Path(scratch) / "typed.duckdb"
        rows = write_activities(path, megabytes)
        workspace = Workspace(Path(scratch) / "workspace")
        gc.collect()
        before = resident(os.getpid())
        with Peaks() as peaks:
            (product, product_cpu) = _timed(lambda: _load(workspace, path))
        gc.collect()
        after = resident(os.getpid()) - before
        (sql, sql_cpu) = _timed(lambda: _read(path, database))
        with duckdb.connect(str(workspace.current()), read_only=True) as connection:
            loaded = connection.execute(_MODEL).df()
        with duckdb.connect(str(database), read_only=True) as connection:
            assert_same("load of a large file", loaded, connection.execute(_TOLD).df(), [], list(loaded))
        return Large(
            path.stat().st_size / 1e6, rows, product, product_cpu, sql, sql_cpu, peaks.of("exports.worker"),
            peaks.of("workspace.builder"), peaks.own - before, after,
        )  # fmt: skip


def write_activities(path: Path, megabytes: int) -> int:
    """Writes a file of Salesforce tasks of that size; how many."""
    rows = megabytes * ROWS_A_MEGABYTE
    with duckdb.connect() as connection:
        connection.execute(_WRITE.format(path=path), {"rows": rows})
    return rows


def _load(workspace: Workspace, path: Path) -> None:
    (one,) = workspace.load(path)
    if one.status != "loaded":
        raise SystemExit(f"{path.name} was not loaded: {one.reason}")


def _read(path: Path, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(_READ, {"path": str(path)})
        connection.execute("CHECKPOINT")


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    began, used = time.perf_counter(), cpu_seconds()
    work()
    return time.perf_counter() - began, cpu_seconds() - used


class Peaks:
    """The most that a process (this one, unless told otherwise) and each of its children held of their own, looked at
    twenty times a second."""

    def __init__(self, process: int | None = None) -> None:
        self.own = 0
        self._process = process or os.getpid()
        self.children: dict[str, int] = {}
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Peaks":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def of(self, module: str) -> int:
        """The most of the child that runs that module; 0 where none did."""
        return max((most for command, most in self.children.items() if module in command), default=0)

    def _look(self) -> None:
        me = self._process
        while not self._ended.wait(0.05):
            self.own = max(self.own, resident(me))
            try:
                for child in Path(f"/proc/{me}/task/{me}/children").read_text().split():
                    command = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
                    self.children[command] = max(self.children.get(command, 0), resident(int(child)))
            except OSError:
                continue


def resident(pid: int) -> int:
    """Bytes that a process holds of its own, without the files that it looks into."""
    told = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^RssAnon:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) << 10 if found else 0
