"""A snapshot opened for reading: the facts about it, and a way to run SQL on it."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from metrics.errors import DefinitionError, WorkspaceError


@dataclass(frozen=True)
class AttributeDimension:
    """A column of an export, beyond the canonical ones, that can be filtered and split by."""

    name: str
    table: str
    column: str


class Snapshot:
    """One snapshot of the workspace, read-only. Safe to share between threads: every call has a cursor of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | None = None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.path = path
        self._remembered: dict[str, pd.DataFrame] = {}
        self.about: dict[str, str | None] = dict(self._rows("SELECT key, value FROM model.about ORDER BY key"))

    @property
    def id(self) -> str:
        return self.about.get("snapshot") or "memory"

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self._known("as_of"))

    @property
    def as_of_end(self) -> datetime:
        """The end of the as-of day in the company's time zone, as a UTC timestamp."""
        return datetime.fromisoformat(self._known("as_of_end")).replace(tzinfo=None)

    @property
    def currency(self) -> str | None:
        return self.about.get("currency")

    @property
    def revenue_source(self) -> str | None:
        return self.about.get("revenue_source")

    @property
    def region_from(self) -> str:
        return self.about.get("region_from") or "account"

    @cached_property
    def settings(self) -> dict[str, Any]:
        return json.loads(self.about.get("settings") or "{}")

    @cached_property
    def warnings(self) -> list[str]:
        return json.loads(self.about.get("warnings") or "[]")

    @cached_property
    def reading(self) -> list[str]:
        """How files were read, where it was not as usual: of interest with the files, beside no figure."""
        return json.loads(self.about.get("reading") or "[]")

    @cached_property
    def attributes(self) -> dict[str, AttributeDimension]:
        """Attribute dimensions by name."""
        rows = self._rows("SELECT name, table_name, column_name FROM model.dimensions WHERE is_attribute ORDER BY name")
        return {name: AttributeDimension(name, table, column) for name, table, column in rows}

    @cached_property
    def row_counts(self) -> dict[str, int]:
        """Rows of each table of the model."""
        names = [name for (name,) in self._rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'model' ORDER BY table_name"
        )]  # fmt: skip
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM model.\"{name}\"" for name in names)
        return dict(self._rows(counts))

    @cached_property
    def account_has_owner(self) -> bool:
        return bool(self._rows("SELECT count(*) FROM model.accounts WHERE owner IS NOT NULL")[0][0])

    @cached_property
    def stages(self) -> list[str]:
        """Every stage that the data name."""
        rows = self._rows(
            "SELECT stage FROM model.stages WHERE stage IS NOT NULL UNION SELECT stage FROM model.stage_visits "
            "WHERE stage IS NOT NULL UNION SELECT stage FROM model.opportunities WHERE stage IS NOT NULL ORDER BY stage"
        )
        return [stage for (stage,) in rows]

    @cached_property
    def target_dating(self) -> tuple[int, int]:
        """Accounts that became targets after their first deal had opened, and entries on target lists without a day."""
        rows = self._rows(
            "SELECT count(DISTINCT s.account_id), (SELECT count(*) FROM model.target_spans WHERE since IS NULL) "
            "FROM model.target_spans s JOIN (SELECT account_id, min(opened_on) AS first_on FROM model.opportunities "
            "GROUP BY account_id) d ON d.account_id = s.account_id WHERE s.since > d.first_on"
        )
        return rows[0][0], rows[0][1]

    def run(self, sql: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """The rows of `sql`. A query that the database refuses is a DefinitionError: users cannot write SQL."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            return cursor.execute(sql, dict(parameters or {})).df()
        except duckdb.Error as error:
            raise DefinitionError(f"A metric's query failed: {error}") from error
        finally:
            cursor.close()

    def run_once(self, sql: str) -> pd.DataFrame:
        """The rows of `sql`, asked only the first time: for what many questions need to know. Do not change them."""
        if sql not in self._remembered:
            self._remembered[sql] = self.run(sql)
        return self._remembered[sql]

    def close(self) -> None:
        self._connection.close()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self._lock:
            cursor = self._connection.cursor()
        try:
            return cursor.execute(sql).fetchall()
        finally:
            cursor.close()

    def _known(self, key: str) -> str:
        value = self.about.get(key)
        if value is None:
            raise WorkspaceError(f"The snapshot does not say its {key}: load the exports again to rebuild it.")
        return value


_OPENING = threading.Lock()


SMALL = 32 * 2**20
"""Bytes of a snapshot up to which one thread answers: planning is most of a query's time there, and a second thread
that waits for work cost a sixth of the processor."""


def _lock_down(connection: duckdb.DuckDBPyConnection, is_small: bool) -> None:
    """UTC, no files, no network, for good. Connections to one file share their settings: a second finds them locked."""
    if connection.execute("SELECT current_setting('lock_configuration')").fetchone() == (True,):
        return
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # a plain SET does not reach the cursors
    if is_small:
        connection.execute("SET threads = 1")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def open_snapshot(path: Path) -> Snapshot:
    """The snapshot file at `path`, opened read-only, without access to files or network, its settings locked."""
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": "false"})
        with _OPENING:
            _lock_down(connection, path.stat().st_size <= SMALL)
        return Snapshot(connection, path)
    except duckdb.Error as error:
        raise WorkspaceError(
            f"The snapshot {path.name} cannot be opened: {error}. Load or undo rebuilds it."
        ) from error
