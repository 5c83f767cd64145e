"""A batch: what one import left to be merged."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Batch:
    """The canonical rows of one import: `directory` holds `<table>.parquet` for every table that it feeds.

    `number` is the import's place in the order of loading; `export_day` the day the export was taken;
    `as_of` the as-of day that the user set with it; `own_stages` whether its stage map is the user's own.
    `mends`: the import whose rejected rows it holds: they stand beside that one's, and replace what it replaces.
    `time_zone` is the company's when it was read. `rows`, `issues` and `warnings` are the worker's report.
    """

    number: int
    directory: Path
    export_day: date
    as_of: date | None = None
    own_stages: bool = False
    file: str = ""
    source: str = ""
    object: str = ""
    time_zone: str | None = None
    fingerprint: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    issues: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    mends: int | None = None
