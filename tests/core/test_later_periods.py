"""A period that begins after the as-of day: nothing is known of it, whichever metric is asked."""

from datetime import date

import pytest

from metrics import Scope, catalog, measure

LATER = Scope(start=date(2025, 1, 1), end=date(2025, 3, 31))


@pytest.fixture
def snapshot(opened):
    """One open deal of one engaged account: open, engaged and in the funnel on every later day, if one looked."""
    return opened(
        stages={"Demo": "open", "Won": "won"}, as_of="2024-06-30",
        accounts=[{"account_id": "a1", "name": "North"}],
        contacts=[{"contact_id": "c1", "account_id": "a1", "created_on": "2024-01-01"}],
        opportunities=[{"opportunity_id": "d1", "account_id": "a1", "stage": "Demo", "opened_on": "2024-05-01"}],
        activities=[{"activity_id": "t1", "account_id": "a1", "kind": "form", "side": "marketing", "direction": "in",
                     "is_done": True, "occurred_at": "2024-05-10"}],
    )  # fmt: skip


@pytest.mark.parametrize("name", [metric.name for metric in catalog().values() if metric.clock != "as_of"])
def test_nothing_of_it_is_known(snapshot, name):
    answer = measure(snapshot, name, LATER)
    assert all(row["n"] == 0 and not row["value"] for row in answer.rows())
    assert any("begins on 2025-01-01, after the as-of day 2024-06-30" in warning for warning in answer.warnings)


def test_a_state_of_the_as_of_day_has_no_period(snapshot):
    answer = measure(snapshot, "open_pipeline", LATER)
    assert [row["deals"] for row in answer.rows()] == [1]
    assert not any("begins on" in warning for warning in answer.warnings)
