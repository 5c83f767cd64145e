"""Another time zone reads every kept file again: stamps fall on the company's days, all of them or none."""

import os
import zipfile

import duckdb
import pytest

from metrics.errors import FileError
from metrics.workspace import Workspace, reading
from metrics.workspace.state import read_state

CALLS = (
    "Record ID,Activity date,Call Title,Call outcome\n"
    "1,2024-03-01 23:30,Hi,Connected\n2,2024-03-02 12:00,Hi,Connected\n"
)  # fmt: skip
DEALS = (
    "Record ID,Deal Name,Deal Stage,Close Date,Create Date\n"
    "1,A,Closed Won,2024-02-10T23:30:00Z,2024-01-01T23:30:00Z\n"
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """Calls and deals of two files in one archive, and deals alone that were taken back."""
    archive = tmp_path / "exports_2024-03-05.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("calls.csv", CALLS)
        zipped.writestr("deals.csv", DEALS)
    workspace = Workspace(tmp_path / "workspace")
    workspace.load(archive)
    (tmp_path / "more.csv").write_text(DEALS + "2,B,Closed Won,2024-02-10,2024-01-01\n")
    workspace.load(tmp_path / "more.csv", as_of="2024-03-04")
    workspace.undo("3")
    return workspace


def ask(workspace, sql):
    with duckdb.connect(str(workspace.current()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def days(workspace):
    """The calls' moments, and the days of the deal."""
    return (
        ask(workspace, "SELECT occurred_at::TEXT, occurred_on::TEXT FROM model.activities ORDER BY activity_id"),
        ask(workspace, "SELECT opened_on::TEXT, closed_on::TEXT FROM model.opportunities"),
    )


UTC = (
    [("2024-03-01 23:30:00", "2024-03-01"), ("2024-03-02 12:00:00", "2024-03-02")],
    [("2024-01-01", "2024-02-10")],
)
MADRID = (
    [("2024-03-01 22:30:00", "2024-03-01"), ("2024-03-02 11:00:00", "2024-03-02")],
    [("2024-01-02", "2024-02-11")],
)


def test_stamps_fall_on_the_days_of_the_new_zone_and_back(workspace):
    """A stamp with a zone changes its day; one without is the company's own clock and keeps it."""
    first, before = workspace.snapshot_id(), workspace.imports()
    assert days(workspace) == UTC
    workspace.change_settings({"time_zone": "Europe/Madrid"})
    assert days(workspace) == MADRID
    assert not [w for w in workspace.about()["warnings"] if "time zone" in w]
    after = workspace.imports()
    assert [(i.import_id, i.file, i.status, i.export_day, i.loaded_at, i.rows) for i in after] == [
        (i.import_id, i.file, i.status, i.export_day, i.loaded_at, i.rows) for i in before
    ]
    assert [i.time_zone for i in after if i.status == "loaded"] == ["Europe/Madrid"] * 2
    workspace.change_settings({"time_zone": None})
    assert days(workspace) == UTC
    assert workspace.snapshot_id() == first


def test_what_was_read_again_is_undone_loaded_and_looked_at_like_the_rest(workspace, tmp_path):
    workspace.change_settings({"time_zone": "Europe/Madrid"})
    assert workspace.rejects("1").empty
    (again,) = {one.status for one in workspace.load(tmp_path / "exports_2024-03-05.zip")}
    assert again == "unchanged"
    workspace.undo("1")
    assert ask(workspace, "SELECT count(*) FROM model.activities") == [(0,)]
    (tmp_path / "calls.csv").write_text(CALLS)
    (fresh,) = workspace.load(tmp_path / "calls.csv")
    assert (fresh.import_id, fresh.time_zone) == ("4", "Europe/Madrid")
    assert days(workspace) == MADRID
    batches = {path.name for path in (workspace.directory / "batches").iterdir()}
    state = read_state(workspace.directory)
    assert batches == {state.batch(workspace.directory, n).name for n in (1, 2, 3, 4)}


def test_a_file_that_is_no_longer_kept_changes_nothing(workspace):
    state = read_state(workspace.directory)
    for path in (workspace.directory / "exports").iterdir():
        path.unlink()
    with pytest.raises(FileError, match=r"calls\.csv would have to be read again, and its file is no longer kept"):
        workspace.change_settings({"time_zone": "Europe/Madrid"})
    assert read_state(workspace.directory) == state
    assert days(workspace) == UTC
    workspace.change_settings({"margin": 0.5})
    assert workspace.settings() == {"margin": 0.5}


def test_a_file_that_reads_otherwise_now_changes_nothing(workspace, monkeypatch):
    state = read_state(workspace.directory)
    listed = sorted(os.listdir(workspace.directory / "batches"))

    def refused(requests, progress):
        return [
            [(place, report | {"status": "refused", "reason": "no"}) for place, report in one]
            for one in real(requests, progress)
        ]

    real = reading.read_exports
    monkeypatch.setattr(reading, "read_exports", refused)
    with pytest.raises(FileError, match=r"calls\.csv would have to be read again, and that was refused \(no\)"):
        workspace.change_settings({"time_zone": "Europe/Madrid"})
    assert read_state(workspace.directory) == state
    assert sorted(os.listdir(workspace.directory / "batches")) == listed
    assert days(workspace) == UTC
