"""Public event logs through the whole load: counts that were worked out from the files by other means."""

import duckdb
import pytest

from metrics.workspace import Workspace


@pytest.fixture
def loaded(real_data, tmp_path):
    """`loaded("set", "file", …)`: a connection on the snapshot of these files, each with its mapping beside it."""
    opened = []

    def load(name, *files):
        workspace = Workspace(tmp_path / name)
        for file in files:
            mapping = (real_data / name / file).with_suffix(".toml")
            (found,) = workspace.load(real_data / name / file, mapping=mapping)
            assert found.status == "loaded"
        opened.append(duckdb.connect(str(workspace.current()), read_only=True))
        return opened[-1]

    yield load
    for connection in opened:
        connection.close()


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def test_an_opportunity_history(loaded):
    """584 rows, of which 107 repeat a stage: 132 completed visits of Prospecting; 13 lost without an open one."""
    found = loaded("preppin-case-174", "opportunity.csv", "opportunity_history.csv")
    assert rows(found, "SELECT count(*) FROM model.stage_visits") == [(477,)]
    assert rows(
        found,
        "SELECT stage, count(days), count(*) FILTER (is_open) FROM model.stage_visits "
        "WHERE NOT is_closing GROUP BY stage ORDER BY stage",
    ) == [
        ("Negotiation/Review", 42, 16),
        ("Prospecting", 132, 31),
        ("Qualification", 41, 12),
        ("Value Proposition", 43, 14),
    ]
    reached = "SELECT count(*) FROM model.opportunities WHERE furthest_order >= "
    assert [rows(found, f"{reached}{n}")[0][0] for n in range(1, 6)] == [219, 177, 159, 128, 89]
    assert rows(found, "SELECT count(*) FROM model.opportunities WHERE NOT furthest_known") == [(13,)]


def test_an_event_log_across_summer_time(loaded):
    """8,577 events with offsets; nothing closes, so all 1,434 last visits are open."""
    found = loaded("receipt-log", "deals.csv", "receipt.csv")
    assert rows(found, "SELECT count(*) FILTER (is_open), count(*) FILTER (days < 0) FROM model.stage_visits") == [
        (1434, 0)
    ]
    assert rows(
        found,
        "SELECT count(days), round(median(days), 10) FROM model.stage_visits "
        "WHERE stage = 'T06 Determine necessity of stop advice'",
    ) == [(1394, 0.000380816)]


def test_equal_stamps_keep_the_files_order(loaded):
    """Assign seriousness: 4,938 rows, 4,499 visits."""
    found = loaded("helpdesk-log", "deals.csv", "helpdesk_events.csv")
    assert rows(found, "SELECT count(days) FROM model.stage_visits WHERE stage = 'Assign seriousness'") == [(4499,)]
    assert rows(found, "SELECT count(*) FILTER (outcome = 'open') FROM model.opportunities") == [(23,)]
