"""What the tests of all rooms share."""

import fcntl
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from company import company
from places import REAL_DATA

from data.generate import DAY
from metrics import Snapshot, Workspace, open_snapshot
from metrics.sample import EXPORTS

_BUILT: dict[str, Path] = {}
"""Snapshots of small companies by their rows."""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The directory of public data sets with expected figures; the test is skipped where it is not checked out."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public data sets are not at {REAL_DATA}")
    return REAL_DATA


@pytest.fixture
def opened() -> Iterator[Callable[..., Snapshot]]:
    """`opened(accounts=[…], opportunities=[…], …)`: the snapshot of a small company, closed after the test.

    The same rows are built once: what reads a snapshot cannot change it.
    """
    snapshots: list[Snapshot] = []

    def make(**rows: Any) -> Snapshot:
        told = repr(sorted(rows.items()))
        if told not in _BUILT:
            _BUILT[told] = company(**rows)
        snapshots.append(open_snapshot(_BUILT[told]))
        return snapshots[-1]

    yield make
    for snapshot in snapshots:
        snapshot.close()


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample company, its exports loaded from a zip as anybody would: no mapping, no option. To be read only.

    It is loaded once, whatever the number of test processes: the first locks the others out until it is there.
    """
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (root / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        workspace = Workspace(root / "sample")
        if workspace.current() is None:
            archive = root / f"halden-exports-{DAY}.zip"
            with zipfile.ZipFile(archive, "w") as zipped:
                for path in sorted(EXPORTS.iterdir()):
                    zipped.write(path, path.name)
            workspace.load(archive)
    return workspace


@pytest.fixture(scope="session")
def sample(sample_workspace: Workspace) -> Iterator[Snapshot]:
    """The snapshot of the sample company."""
    path = sample_workspace.current()
    assert path is not None
    snapshot = open_snapshot(path)
    yield snapshot
    snapshot.close()
