"""Killed anywhere, the old snapshot is served: the load is there as a whole, or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from metrics.errors import WorkspaceError
from metrics.workspace import Workspace
from metrics.workspace.lock import hold

MAPPING = {
    "table": "opportunities",
    "columns": {"opportunity_id": "id", "stage": "phase"},
    "stages": {"Talk": "open", "Won": "won"},
}
LOADER = """
import json, sys
from metrics.workspace import Workspace

def tell(phase, done):
    print(json.dumps([phase, done]), flush=True)
    if [phase, done] == json.loads(sys.argv[4]):
        sys.stdin.read()

directory, path, mapping = sys.argv[1:4]
Workspace(directory).load(path, mapping=json.loads(mapping), progress=tell)
print('"done"', flush=True)
"""


def deals(path: Path, many: int) -> Path:
    path.write_text(
        "id,phase\n" + "".join(f"d{n},{'Won' if n % 2 else 'Talk'}\n" for n in range(many)), encoding="utf-8"
    )
    return path


def served(workspace: Workspace) -> int:
    """Deals in the snapshot in use, which opens and is whole."""
    with duckdb.connect(str(workspace.current()), read_only=True) as connection:
        ((many, told),) = connection.execute(
            "SELECT (SELECT count(*) FROM model.opportunities), (SELECT value FROM model.about WHERE key = 'snapshot')"
        ).fetchall()
    assert told == workspace.snapshot_id()
    assert workspace.tables()["opportunities"] == many
    return many


def tidied(workspace: Workspace) -> list[str]:
    """What is in the workspace once it was started again, and the reader of a killed load has noticed and ended."""
    found: list[str] = []
    for _ in range(50):
        Workspace(workspace.directory)
        found, before = sorted(p.name for p in workspace.directory.rglob("*")), found
        if found == before and not any(".tmp" in name for name in found):
            break
        time.sleep(0.1)
    return found


def start(workspace: Workspace, path: Path, pause: list | None = None) -> subprocess.Popen:
    """A process that loads `path`, and waits when its progress is `pause`."""
    arguments = [str(workspace.directory), str(path), json.dumps(MAPPING), json.dumps(pause)]
    return subprocess.Popen(
        [sys.executable, "-c", LOADER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def phases_of(workspace: Workspace, path: Path) -> list[list]:
    """What a whole load tells of its progress."""
    out, _ = start(workspace, path).communicate(timeout=60)
    return [json.loads(line) for line in out.splitlines()][:-1]


@pytest.fixture
def loaded(tmp_path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.load(deals(tmp_path / "one.csv", 10), mapping=MAPPING)
    return workspace


def test_killed_in_any_phase(loaded, tmp_path):
    """SIGKILL in the middle of each phase: 10 deals are served, nothing is left, the load can be done again."""
    bigger = deals(tmp_path / "two.csv", 20)
    told = phases_of(Workspace(tmp_path / "other"), bigger)
    last = {phase: moment for moment in told for phase in moment[:1]}
    builds = [moment for moment in told if moment[0] == "build"]
    points = [moment for phase, moment in last.items() if phase != "build"] + builds[:: max(1, len(builds) // 2)]
    assert {point[0] for point in points} >= {"copy", "build"}
    before = tidied(loaded)
    for point in points:
        child = start(loaded, bigger, point)
        assert any(json.loads(line) == point for line in child.stdout)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert served(Workspace(loaded.directory)) == 10, point
        assert tidied(loaded) == before, point
    assert [one.status for one in Workspace(loaded.directory).load(bigger, mapping=MAPPING)] == ["loaded"]
    assert served(loaded) == 20


@pytest.mark.parametrize("step", range(1, 7))
def test_a_failing_disk_at_any_rename(loaded, tmp_path, monkeypatch, step):
    """The n-th rename of the load fails: the old snapshot or the new one is served, whole, and the next load works."""
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) == step:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    bigger = deals(tmp_path / "two.csv", 20)
    failed = False
    try:
        loaded.load(bigger, mapping=MAPPING)
    except WorkspaceError:
        failed = True
    monkeypatch.undo()
    again = Workspace(loaded.directory)
    assert failed == (len(calls) >= step)
    assert served(again) == (10 if failed else 20)
    assert not [p for p in again.directory.rglob("*") if ".tmp" in p.name]
    again.load(bigger, mapping=MAPPING)
    assert served(again) == 20


def test_a_second_import_is_told_who_holds_the_workspace(loaded, tmp_path):
    bigger = deals(tmp_path / "two.csv", 20)
    child = start(loaded, bigger, ["build", 1.0])
    assert any(json.loads(line) == ["build", 1.0] for line in child.stdout)
    with pytest.raises(WorkspaceError, match=rf"process {child.pid} of \S+ is loading two.csv since 20"):
        loaded.load(deals(tmp_path / "three.csv", 30), mapping=MAPPING)
    assert served(Workspace(loaded.directory)) == 10
    child.communicate(timeout=60)
    assert served(loaded) == 20


def test_the_lock_of_a_dead_process_holds_nothing(loaded):
    (loaded.directory / "lock").write_text(json.dumps({"pid": 999999, "by": "x", "doing": "loading", "since": "2024"}))
    with hold(loaded.directory, "testing"):
        pass
    loaded.change_settings({"margin": 0.5})
    assert loaded.settings() == {"margin": 0.5}
