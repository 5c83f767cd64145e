"""What the tests of all rooms share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from company import company
from places import REAL_DATA

from metrics import Snapshot, open_snapshot


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The directory of public data sets with expected figures; the test is skipped where it is not checked out."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public data sets are not at {REAL_DATA}")
    return REAL_DATA


@pytest.fixture
def opened() -> Iterator[Callable[..., Snapshot]]:
    """`opened(accounts=[…], opportunities=[…], …)`: the snapshot of a small company, closed after the test."""
    snapshots: list[Snapshot] = []

    def make(**rows: Any) -> Snapshot:
        snapshots.append(open_snapshot(company(**rows)))
        return snapshots[-1]

    yield make
    for snapshot in snapshots:
        snapshot.close()
