"""A snapshot of an older release is built again when the workspace is opened; a newer release's is left alone."""

import json

import duckdb
import pytest

from metrics.commands.app import main
from metrics.errors import WorkspaceError
from metrics.workspace import Workspace, snapshots, soundness
from metrics.workspace.build import FORMAT
from metrics.workspace.lock import hold

DEALS = "Record ID,Deal Name,Deal Stage,Close Date,Create Date\n1,A,Closed Won,2024-02-10,2024-01-01\n"
CALLS = "Record ID,Activity date,Call Title,Call outcome\n1,2024-03-01 23:30,Hi,Connected\n"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """A deal, a call, a changed setting and a target list."""
    workspace = Workspace(tmp_path / "workspace")
    for name, text in (("deals.csv", DEALS), ("calls.csv", CALLS)):
        (tmp_path / name).write_text(text)
        workspace.load(tmp_path / name)
    workspace.change_settings({"margin": 0.5})
    workspace.add_targets("North")
    return workspace


def written_as(workspace, number, **more):
    """Makes the snapshot in use one of that format: its tables are others, its state and it say so."""
    snapshot = workspace.current()
    state = snapshot.with_suffix(".json")
    told = json.loads(state.read_bytes())
    told["about"]["format"] = number
    del told["sha256"]  # neither it, nor the copy, nor the checksum in CURRENT, was known to earlier releases
    state.write_text(json.dumps(told | more))
    state.with_suffix(".copy").unlink()
    (workspace.directory / "CURRENT").write_text(f"{state.stem}\n")
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute("UPDATE model.about SET value = $number WHERE key = 'format'", {"number": str(number)})
        connection.execute("DROP TABLE model.activities")


def contents(path):
    """Every table of a snapshot, row by row."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'model'").fetchall()
        return {name: connection.execute(f"SELECT * FROM model.{name} ORDER BY ALL").fetchall() for (name,) in names}


def everything(directory):
    return {p.relative_to(directory): p.read_bytes() for p in directory.rglob("*") if p.is_file() and p.name != "lock"}


def test_an_older_snapshot_is_built_again_at_the_next_opening(workspace):
    before, path, about = contents(workspace.current()), workspace.current(), workspace.about()
    written_as(workspace, FORMAT - 1)
    again = Workspace(workspace.directory)
    assert again.current() != path
    assert contents(again.current()) == before
    assert (again.about(), again.settings(), len(again.targets())) == (about, {"margin": 0.5}, 1)
    assert [one.import_id for one in again.imports()] == ["1", "2"]


def test_the_command_line_answers_from_an_older_workspace(workspace, capsys):
    written_as(workspace, FORMAT - 1)
    assert main(["show", "deal_velocity", "--workspace", str(workspace.directory), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]
    assert Workspace(workspace.directory).about()["format"] == FORMAT


def test_a_snapshot_of_this_release_is_not_built_again(workspace, monkeypatch):
    monkeypatch.setattr(soundness, "put_in_effect", pytest.fail)
    before = workspace.current()
    assert Workspace(workspace.directory).current() == before


@pytest.mark.parametrize("more", [{}, {"a_part_of_tomorrow": 1}])
def test_a_newer_workspace_is_refused_and_left_alone(workspace, tmp_path, capsys, more):
    written_as(workspace, FORMAT if more else FORMAT + 1, **more)
    before = everything(workspace.directory)
    with pytest.raises(WorkspaceError, match="newer release"):
        Workspace(workspace.directory)
    with pytest.raises(WorkspaceError, match="newer release"):
        workspace.load(tmp_path / "deals.csv")
    capsys.readouterr()
    assert main(["list", "--workspace", str(workspace.directory)]) == 0
    assert main(["imports", "--workspace", str(workspace.directory)]) == 4
    assert "newer release" in capsys.readouterr().err
    assert everything(workspace.directory) == before


def test_who_opens_an_older_workspace_while_another_rebuilds_it_is_told(workspace):
    written_as(workspace, FORMAT - 1)
    with hold(workspace.directory, "building"), pytest.raises(WorkspaceError, match=r"built again\. .* is building"):
        Workspace(workspace.directory)


def test_a_rebuilding_that_fails_leaves_what_was(workspace, monkeypatch):
    written_as(workspace, FORMAT - 1)
    before = everything(workspace.directory)
    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "build", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
        with pytest.raises(WorkspaceError, match="became full meanwhile"):
            Workspace(workspace.directory)
    assert everything(workspace.directory) == before
    assert Workspace(workspace.directory).about()["format"] == FORMAT
