"""Killed anywhere, the old snapshot is served: the load is there as a whole, or not at all."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from soak import times

from metrics.errors import WorkspaceError
from metrics.workspace import Workspace, apart, reading
from metrics.workspace.lock import TIDYING, hold
from tests.workspace.crashing import (
    BEFORE,
    FORKED,
    MAPPING,
    Ending,
    Tick,
    copied,
    deals,
    killed,
    names,
    opened,
    read_here,
    run,
    served,
)

pytestmark = pytest.mark.soak
PHASES = {
    "upload": ("copy",), "parse": ("read", "recognise", "convert", "write"), "keep": ("batch",), "build": ("build",),
    "rename": ("rename",), "pointer": ("pointer",),
}  # fmt: skip
AFTER = 20
LOADER = """
import json, sys
from metrics.workspace import Workspace, apart

def tell(phase, done):
    print(json.dumps([phase, done]), flush=True)
    if phase == pause[0] and done >= pause[1]:
        sys.stdin.read()

directory, path, mapping = sys.argv[1:4]
pause, apart.LARGE = json.loads(sys.argv[4]), int(sys.argv[5])
Workspace(directory).load(path, mapping=json.loads(mapping), progress=tell)
print('"done"', flush=True)
"""


@pytest.fixture(scope="module")
def bigger(tmp_path_factory) -> Path:
    """A file of twenty deals."""
    return deals(tmp_path_factory.mktemp("files") / "two.csv", AFTER)


@pytest.fixture(scope="module")
def whole(ten_deals, bigger, tmp_path_factory) -> tuple[list[Tick], set[str]]:
    """The steps of a load that nobody kills, and what is in the workspace after it."""
    directory = copied(ten_deals, tmp_path_factory.mktemp("whole") / "workspace")
    ticks, answer = killed(directory, bigger, None)
    assert answer == ["loaded"]
    assert served(opened(directory)) == AFTER
    return ticks, names(directory)


@pytest.fixture
def loaded(ten_deals, tmp_path) -> Workspace:
    return Workspace(copied(ten_deals, tmp_path / "workspace"))


@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_a_random_moment(ten_deals, bigger, whole, tmp_path, phase):
    """All or nothing, opened without a word, nothing left behind; and what was answered is there."""
    ticks, after = whole
    steps = [i for i, (name, _) in enumerate(ticks) if name in PHASES[phase]]
    assert steps
    rng = random.Random(phase)
    for _ in range(times(5 if phase == "build" else 4, 50)):
        tick = rng.choice(steps)
        until = ticks[tick + 1][1] if tick + 1 < len(ticks) else ticks[tick][1] + 0.05
        ending = Ending(tick, rng.uniform(0, until - ticks[tick][1]))
        directory = copied(ten_deals, tmp_path / "workspace")
        _, answer = killed(directory, bigger, ending)
        many = served(opened(directory))
        assert many == AFTER or (many == BEFORE and answer is None), ending
        assert names(directory) - {"lock"} == (names(ten_deals) if many == BEFORE else after) - {"lock"}, ending
        assert len(Workspace(directory).imports()) == (1 if many == BEFORE else 2)


def start(workspace: Workspace, path: Path, pause: list, large: int = apart.LARGE) -> subprocess.Popen:
    """A process that loads `path` as anybody's would, and waits when its progress is `pause`. From so many bytes of
    rows on it builds in a process of its own."""
    arguments = [str(workspace.directory), str(path), json.dumps(MAPPING), json.dumps(pause), str(large)]
    return subprocess.Popen(
        [sys.executable, "-c", LOADER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_reader_of_a_killed_load_ends_and_leaves_nothing(loaded, bigger):
    """With the processes as they are started by the app and the command line."""
    before = names(loaded.directory)
    child = start(loaded, bigger, ["convert", 0.0])
    assert any(json.loads(line) == ["convert", 0.0] for line in child.stdout)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert served(opened(loaded.directory)) == BEFORE
    assert names(loaded.directory) == before


@pytest.mark.parametrize("step", range(1, 8))
def test_a_failing_disk_at_any_rename(loaded, bigger, monkeypatch, step):
    """The n-th rename of the load fails: the old snapshot or the new one is served, whole, and the next load works."""
    monkeypatch.setattr(reading, "_run", read_here)
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) == step:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    failed = False
    try:
        loaded.load(bigger, mapping=MAPPING)
    except WorkspaceError:
        failed = True
    monkeypatch.setattr(os, "replace", real)
    again = Workspace(loaded.directory)
    assert failed == (len(calls) >= step)
    assert served(again) == (BEFORE if failed else AFTER)
    assert not [p for p in again.directory.rglob("*") if ".tmp" in p.name]
    again.load(bigger, mapping=MAPPING)
    assert served(again) == AFTER


def builders() -> list[int]:
    """The processes of ours that build a snapshot."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            children = map(int, (task / "children").read_text().split())
            found += [n for n in children if b"workspace.builder" in Path(f"/proc/{n}/cmdline").read_bytes()]
    return found


def end_builder(delay: float, ended: list[int]) -> None:
    """Waits for a builder to begin, and ends it so many seconds later."""
    until = time.monotonic() + 60
    while not (found := builders()):
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.kill(found[0], signal.SIGKILL)
        ended.append(found[0])


def test_a_builder_that_is_ended_changes_nothing(ten_deals, bigger, tmp_path, monkeypatch):
    """A large snapshot is built in a process of its own: the load says what became of it, and works the next time."""
    monkeypatch.setattr(apart, "LARGE", 0)
    rng = random.Random(8)
    for turn in range(times(2, 30)):
        directory, ended = copied(ten_deals, tmp_path / "workspace"), []
        ending = threading.Thread(target=end_builder, args=(rng.uniform(0, 0.8) if turn else 0.0, ended))
        ending.start()
        said = ""
        try:
            Workspace(directory).load(bigger, mapping=MAPPING)
        except WorkspaceError as error:
            said = str(error)
        ending.join()
        assert served(Workspace(directory)) == (BEFORE if said else AFTER)
        assert said or turn > 0
        assert ended or not said
        assert not said or re.search(r"ended early.*Nothing was changed\. Make sure .*, then try again\.", said)
        assert not said or names(directory) == names(ten_deals)
    Workspace(directory).load(bigger, mapping=MAPPING)
    assert served(Workspace(directory)) == AFTER


def test_the_builder_of_a_killed_load_ends_and_leaves_nothing(loaded, bigger):
    before = names(loaded.directory)
    child = start(loaded, bigger, ["build", 0.0], large=0)
    assert any(json.loads(line)[0] == "build" for line in child.stdout)
    assert list(loaded.directory.glob("snapshots/*.apart"))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert served(opened(loaded.directory)) == BEFORE
    assert names(loaded.directory) == before


def test_a_second_import_is_told_who_holds_the_workspace(loaded, bigger, tmp_path):
    child = start(loaded, bigger, ["build", 1.0])
    assert any(json.loads(line) == ["build", 1.0] for line in child.stdout)
    with pytest.raises(WorkspaceError, match=rf"process {child.pid} of \S+ is loading two.csv since 20"):
        loaded.load(deals(tmp_path / "three.csv", 30), mapping=MAPPING)
    assert served(Workspace(loaded.directory)) == BEFORE
    child.communicate(timeout=60)
    assert served(loaded) == AFTER


def _at_once(directory: Path, path: Path, together, told) -> None:
    together.wait()
    run(directory, path, lambda _name, _number: None, told)


def test_two_loads_at_once(ten_deals, tmp_path):
    """One of them is done, the other too or told who holds the workspace; viewers see one of the whole states. Twenty
    rounds, or as many as five seconds are enough for."""
    until = time.monotonic() + times(5, 600)
    for turn in range(20):
        if turn > 1 and time.monotonic() > until:
            break
        directory = copied(ten_deals, tmp_path / "workspace")
        together, answers, children = FORKED.Barrier(2), [], []
        for many in (20, 30 + turn):
            heard, told = FORKED.Pipe(duplex=False)
            path = deals(tmp_path / f"{many}.csv", many)
            children.append(FORKED.Process(target=_at_once, args=(directory, path, together, told)))
            children[-1].start()
            told.close()
            answers.append((many, heard))
        seen = set()
        while any(child.is_alive() for child in children):
            with duckdb.connect(str(Workspace(directory).current()), read_only=True) as connection:
                seen.update(connection.execute("SELECT count(*) FROM model.opportunities").fetchone())
            time.sleep(0.05)
        statuses = {many: heard.recv() for many, heard in answers}
        done = {many for many, status in statuses.items() if status == ["loaded"]}
        assert done
        assert all("is loading" in statuses[many][1] for many in statuses.keys() - done)
        assert served(Workspace(directory)) == max(done)
        assert seen <= {BEFORE, *done}


def test_the_lock_of_a_dead_process_holds_nothing(loaded):
    (loaded.directory / "lock").write_text(json.dumps({"pid": 999999, "by": "x", "doing": "loading", "since": "2024"}))
    with hold(loaded.directory, "testing"):
        pass
    loaded.change_settings({"margin": 0.5})
    assert loaded.settings() == {"margin": 0.5}


def _tidies(directory: Path, holds) -> None:
    with hold(directory, TIDYING):
        holds.set()
        time.sleep(0.3)


def test_whoever_tidies_up_is_waited_for(loaded):
    holds = FORKED.Event()
    child = FORKED.Process(target=_tidies, args=(loaded.directory, holds))
    child.start()
    assert holds.wait(30)
    loaded.change_settings({"margin": 0.5})
    child.join()
    assert loaded.settings() == {"margin": 0.5}
