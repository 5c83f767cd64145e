"""The load of a file, against DuckDB's typed `read_csv` of the same file into a table of a database on disk."""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.company import Company
from benchmarks.compare import assert_same
from metrics import Workspace


@dataclass(frozen=True)
class Load:
    """A file of the company, how an analyst reads it typed, and what both must say of it.

    `read` makes the table `t` (cells that hold no value of their type become NULL); `told` is asked of `t`, `model`
    of the product's snapshot.
    """

    part: str
    what: str
    read: str
    told: str
    model: str


DEALS = Load(
    part="report-opportunities", what="deals",
    read="""
        CREATE TABLE t AS
        SELECT * REPLACE (TRY_CAST(trim("Amount") AS DOUBLE) AS "Amount")
        FROM read_csv($path, header = true, delim = ',', quote = '"', escape = '"', encoding = 'latin-1',
          null_padding = true, auto_detect = false, columns = {
            'Opportunity ID': 'VARCHAR', 'Opportunity Name': 'VARCHAR', 'Account Name': 'VARCHAR',
            'Pipeline': 'VARCHAR', 'Type': 'VARCHAR', 'Stage': 'VARCHAR', 'Probability (%)': 'DOUBLE',
            'Amount Currency': 'VARCHAR', 'Amount': 'VARCHAR', 'Created Date': 'DATE', 'Close Date': 'DATE',
            'Closed': 'BOOLEAN', 'Won': 'BOOLEAN', 'Lead Source': 'VARCHAR', 'Primary Campaign Source': 'VARCHAR',
            'Product': 'VARCHAR', 'Competitor': 'VARCHAR', 'Loss Reason': 'VARCHAR', 'Opportunity Owner': 'VARCHAR',
            'Last Modified Date': 'DATE'
          }, dateformat = '%m/%d/%Y')""",
    told="""
        SELECT count(*) AS rows, sum("Amount") AS amount, sum("Created Date" - DATE '2020-01-01') AS days
        FROM (
          SELECT * FROM t
          WHERE "Stage" IS NOT NULL
          QUALIFY row_number() OVER (PARTITION BY "Opportunity ID" ORDER BY "Last Modified Date" DESC) = 1
        )""",
    model="""
        SELECT count(*) AS rows, sum(amount) AS amount, sum(opened_on - DATE '2020-01-01') AS days
        FROM model.opportunities""",
)  # fmt: skip

HISTORY = Load(
    part="OpportunityHistory", what="stage changes",
    read="""
        CREATE TABLE t AS
        FROM read_csv($path, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {
            'Id': 'VARCHAR', 'IsDeleted': 'BOOLEAN', 'OpportunityId': 'VARCHAR', 'StageName': 'VARCHAR',
            'Amount': 'DOUBLE', 'Probability': 'DOUBLE', 'CreatedDate': 'TIMESTAMP'
          })""",
    told="""
        SELECT count(*) AS rows, count(DISTINCT "OpportunityId") AS deals
        FROM (
          SELECT "OpportunityId",
            "StageName" IS DISTINCT FROM lag("StageName") OVER in_order AS enters
          FROM t
          WHERE NOT "IsDeleted"
          WINDOW in_order AS (PARTITION BY "OpportunityId" ORDER BY "CreatedDate", "Id")
        )
        WHERE enters""",
    model="SELECT count(*) AS rows, count(DISTINCT opportunity_id) AS deals FROM model.stage_visits",
)  # fmt: skip

MEMBERS = Load(
    part="CampaignMember", what="campaign touches",
    read="""
        CREATE TABLE t AS
        FROM read_csv($path, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {
            'Id': 'VARCHAR', 'IsDeleted': 'BOOLEAN', 'CampaignId': 'VARCHAR', 'CompanyOrAccount': 'VARCHAR',
            'Email': 'VARCHAR', 'Status': 'VARCHAR', 'HasResponded': 'BOOLEAN', 'CreatedDate': 'TIMESTAMP',
            'FirstRespondedDate': 'DATE'
          })""",
    told='SELECT count(DISTINCT "Id") AS rows FROM t WHERE NOT "IsDeleted"',
    model="SELECT count(*) AS rows FROM model.activities",
)  # fmt: skip

LOADS = (DEALS, HISTORY, MEMBERS)


@dataclass(frozen=True)
class Loaded:
    """Median seconds of both; of the product's, until the child process has read it, and those of the build.

    `product_cpu` and `sql_cpu`: seconds of CPU, all threads and child processes; they say more where others work too.
    """

    what: str
    megabytes: float
    rows: int
    product: float
    reading: float
    building: float
    product_cpu: float
    sql: float
    sql_cpu: float


def time_load(company: Company, load: Load, runs: int) -> Loaded:
    """Both `runs` times in turn, each into a new directory; what they loaded is compared after the first."""
    path = company.export(load.part)
    company.directory.mkdir(parents=True, exist_ok=True)
    rows, taken = 0, []
    for run in range(runs):
        with tempfile.TemporaryDirectory(dir=company.directory, prefix="load-") as scratch:
            workspace, database = Workspace(Path(scratch) / "workspace"), Path(scratch) / "typed.duckdb"
            rows, seconds = _load(path, workspace)
            taken.append(seconds | _read_typed(path, load, database))
            if run == 0:
                _assert_same(load, workspace, database)
    return Loaded(
        load.what, path.stat().st_size / 1e6, rows, **{name: median(one[name] for one in taken) for name in taken[0]}
    )


def _load(path: Path, workspace: Workspace) -> tuple[int, dict[str, float]]:
    """Rows of the file, and seconds: in all, until the child process had read it, and of the build."""
    began, used = time.perf_counter(), cpu_seconds()
    last = {"write": 0.0}

    def note(phase: str, _done: float) -> None:
        last[phase] = time.perf_counter() - began

    (loaded,) = workspace.load(path, progress=note)
    whole = time.perf_counter() - began
    if loaded.status != "loaded":
        raise SystemExit(f"{path.name} was not loaded: {loaded.reason}")
    return loaded.rows["read"], {
        "product": whole, "reading": last["write"], "building": whole - last["write"],
        "product_cpu": cpu_seconds() - used,
    }  # fmt: skip


def _read_typed(path: Path, load: Load, database: Path) -> dict[str, float]:
    began, used = time.perf_counter(), cpu_seconds()
    with duckdb.connect(str(database)) as connection:
        connection.execute(load.read, {"path": str(path)})
        connection.execute("CHECKPOINT")
    return {"sql": time.perf_counter() - began, "sql_cpu": cpu_seconds() - used}


def cpu_seconds() -> float:
    """Seconds of CPU so far, of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _assert_same(load: Load, workspace: Workspace, database: Path) -> None:
    current = workspace.current()
    with duckdb.connect(str(current), read_only=True) as connection:
        product = connection.execute(load.model).df()
    with duckdb.connect(str(database), read_only=True) as connection:
        typed = connection.execute(load.told).df()
    assert_same(f"load of {load.what}", product, typed, [], list(product))
