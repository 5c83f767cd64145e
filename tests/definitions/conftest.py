"""Companies drawn from a seed, opened once, with a reader's own view of them."""

from functools import cache

import pytest
from company import company
from random_companies import Deal, random_company, read

from metrics import Snapshot, open_snapshot


@pytest.fixture(scope="session", params=range(6))
def drawn(request: pytest.FixtureRequest) -> tuple[Snapshot, list[Deal]]:
    """(its snapshot, its deals as read from the rows alone)."""
    return _drawn(request.param)


@cache
def _drawn(seed: int) -> tuple[Snapshot, list[Deal]]:
    rows = random_company(seed)
    return open_snapshot(company(**rows)), read(rows)
