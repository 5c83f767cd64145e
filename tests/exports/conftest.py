"""Files are written by the test, parsed in this process, and read back from the batches they leave."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics.exports.worker import parse


@dataclass
class Parsed:
    """The reports on one file and the batches beside them."""

    reports: list[dict[str, Any]]
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        assert len(self.reports) == 1, [r["reason"] for r in self.reports]
        return self.reports[0]

    @property
    def verdict(self) -> tuple[int, int, int, int, int, int]:
        """read, loaded, rejected, duplicate, blank, footer."""
        rows = self.report["rows"]
        assert rows["read"] == sum(rows.values()) - rows["read"]
        return tuple(rows.values())

    def rows(self, table: str, columns: str, number: int = 0) -> list[tuple[Any, ...]]:
        """The batch's rows in the order of the file."""
        path = self.out / str(number) / f"{table}.parquet"
        with duckdb.connect() as con:
            return con.execute(f"SELECT {columns} FROM read_parquet(?) ORDER BY _row", [str(path)]).fetchall()

    def columns(self, table: str) -> list[str]:
        path = self.out / "0" / f"{table}.parquet"
        with duckdb.connect() as con:
            return [row[0] for row in con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]

    @property
    def reason(self) -> str:
        assert self.report["status"] == "refused"
        assert "\n" not in self.report["reason"]
        return self.report["reason"]


Parse = Callable[..., Parsed]


@pytest.fixture
def load(tmp_path: Path) -> Parse:
    """Parse a file with these bytes (or text, in UTF-8) and return what became of it."""
    number = iter(range(1000))

    def parsed(content: bytes | str | Path, name: str = "file.csv", **request: Any) -> Parsed:
        directory = tmp_path / str(next(number))
        directory.mkdir()
        path = content if isinstance(content, Path) else directory / "upload"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        out = directory / "out"
        asked = {"path": str(path), "name": name, "out": str(out), "export_day": "2026-03-01"} | request
        return Parsed(parse(asked), out)

    return parsed
