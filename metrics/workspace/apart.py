"""The build of a large snapshot in a process of its own: the app's memory stays what it is, whatever is to be sorted.

Where little is kept, the build takes less than the start of a process, and is done in place.
"""

import errno
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from metrics.workspace.build import Batch
from metrics.workspace.reading import run_child
from metrics.workspace.state import State

LARGE = 8 << 20
"""Bytes of rows from which a process of its own is worth its start."""
SAID = "about.json"
"""The file in which it leaves what `build` answers, beside its request."""
_BUILDER = "metrics.workspace.builder"
_CPU_SECONDS = 3600


def is_large(batches: Sequence[Batch]) -> bool:
    """Whether the rows of these batches are built into a snapshot in a process of its own."""
    return sum(rows.stat().st_size for batch in batches for rows in batch.directory.glob("*.parquet")) >= LARGE


def build_apart(directory: Path, state: State, out: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    """What `build` answers for the batches and settings of that state. OSError where the disk is full, or where the
    process could not end its work."""
    scratch = out.with_name(f"{out.name}.apart")
    scratch.mkdir(mode=0o700)
    request = scratch / "request.json"
    asked = {"workspace": str(directory.absolute()), "state": asdict(state), "out": str(out.absolute())}
    request.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    code = run_child(_BUILDER, request, lambda _, done: progress(done), cpu_seconds=_CPU_SECONDS)
    if code:
        said = (scratch / "complaint.txt").read_text(encoding="utf-8").strip().splitlines()
        raise OSError(errno.EIO, f"the process that builds it ended early ({said[-1][:300]})")
    told: dict[str, Any] = json.loads((scratch / SAID).read_bytes())
    return told
