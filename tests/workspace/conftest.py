"""Companies of a few rows, built and opened."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import company

from metrics.workspace import Workspace
from tests.workspace.crashing import BEFORE, MAPPING, deals


class Built:
    """A snapshot of a few rows, to ask."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        (row,) = self.rows(sql)
        return row[0] if len(row) == 1 else row

    def about(self, key: str) -> str | None:
        (row,) = self._connection.execute("SELECT value FROM model.about WHERE key = $key", {"key": key}).fetchall()
        return row[0]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="session")
def ten_deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of ten deals, to be copied and broken."""
    directory = tmp_path_factory.mktemp("ten-deals")
    Workspace(directory / "workspace").load(deals(directory / "one.csv", BEFORE), mapping=MAPPING)
    return directory / "workspace"


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Callable[..., Built]]:
    """`built(**company)`: a company's snapshot, opened."""
    opened: list[Built] = []

    def build(**rows: Any) -> Built:
        opened.append(Built(company(directory=tmp_path, **rows)))
        return opened[-1]

    yield build
    for one in opened:
        one.close()
