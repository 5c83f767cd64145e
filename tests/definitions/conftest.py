"""Companies drawn from a seed, opened once, with a reader's own view of them."""

from collections.abc import Iterator

import pytest
from company import company
from random_companies import Deal, random_company, read

from metrics import Snapshot, open_snapshot


@pytest.fixture(scope="session", params=range(6))
def drawn(request: pytest.FixtureRequest) -> Iterator[tuple[Snapshot, list[Deal]]]:
    """(its snapshot, its deals as read from the rows alone)."""
    rows = random_company(request.param)
    snapshot = open_snapshot(company(**rows))
    yield snapshot, read(rows)
    snapshot.close()
