"""Loads in processes of their own that are killed, starved of disk, or made to wait.

They are forked from one server that has imported everything and started no thread, and fork the reader of the file in
turn: a load costs its work and no start of an interpreter. All else is the product's own.
"""

import errno
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import AbmError
from metrics.exports import worker
from metrics.workspace import Workspace, limited, reading, snapshots

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.workspace.crashing"])
MAPPING = {
    "table": "opportunities",
    "columns": {"opportunity_id": "id", "stage": "phase"},
    "stages": {"Talk": "open", "Won": "won"},
}
BEFORE = 10
"""Deals of the workspace that loads are broken in."""
Tick = tuple[str, float]
"""A step of a load and the seconds that had passed when it was reached."""


@dataclass(frozen=True)
class Ending:
    """The load is killed so many seconds after its `tick`th step (from 0)."""

    tick: int
    delay: float


def deals(path: Path, many: int) -> Path:
    """A file of so many deals, every second one won."""
    rows = "".join(f"d{n},{'Won' if n % 2 else 'Talk'}\n" for n in range(many))
    path.write_text("id,phase\n" + rows, encoding="utf-8")
    return path


def run(directory: Path, path: Path, each: Callable[[str, int], None], told: Any) -> None:
    """Loads `path`, in this process; `each` is called at every step with its name and number. Tells `told` the status
    or the error once it is done."""
    number = iter(range(1_000_000))
    real = {name: getattr(os, name) for name in ("replace", "fsync")}

    def moved(source: Any, target: Any) -> None:
        step = "batch" if "batches" in str(target) else "pointer"
        if str(target).endswith(".duckdb"):
            step = "rename"
        each(step, next(number))
        real["replace"](source, target)
        each(step, next(number))

    reading._run = forked_reader
    os.replace = moved
    try:
        found = Workspace(directory).load(path, mapping=MAPPING, progress=lambda phase, _: each(phase, next(number)))
        told.send([one.status for one in found])
    except AbmError as error:
        told.send([type(error).__name__, str(error)])
    finally:
        os.replace = real["replace"]


def read_here(request: Path, _progress: reading.Progress) -> int:
    """`reading._run` in this very process, where another one is not what a test is about."""
    return worker.main([str(request)])


def forked_reader(request: Path, progress: reading.Progress) -> int:
    """`reading._run` with a fork in place of a new interpreter: the same worker, which ends with its parent."""
    (heard, said), (listened, held) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.dup2(listened, 0)
            os.dup2(said, 1)
            os.closerange(3, 1024)
            threading.Thread(target=limited._end_with_parent, daemon=True).start()
            code = worker.main([str(request)])
        finally:
            os._exit(code)
    os.close(said)
    os.close(listened)
    with os.fdopen(heard, encoding="utf-8") as lines:
        for line in lines:
            reading._pass_on(line, progress)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(held)
    if code == errno.ENOSPC:
        raise OSError(code, os.strerror(code), str(request.parent))
    return code


def killed(directory: Path, path: Path, ending: Ending | None) -> tuple[list[Tick], list[str] | None]:
    """A load that ends so: the steps that it reached, and what it answered if it came to that."""
    (heard, told), (steps, step) = FORKED.Pipe(duplex=False), FORKED.Pipe(duplex=False)
    child = FORKED.Process(target=_killed, args=(directory, path, ending, told, step))
    child.start()
    told.close()
    step.close()
    ticks = list(_received(steps))
    answer = next(_received(heard), None)
    child.join()
    return ticks, answer


def _received(connection: Any) -> Iterator[Any]:
    while True:
        try:
            yield connection.recv()
        except EOFError:
            return


def _killed(directory: Path, path: Path, ending: Ending | None, told: Any, step: Any) -> None:
    began = time.perf_counter()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process on the spot, whatever it is doing

    def each(name: str, number: int) -> None:
        if ending is None:
            step.send((name, time.perf_counter() - began))
        elif number == ending.tick:
            signal.setitimer(signal.ITIMER_REAL, max(ending.delay, 1e-6))

    run(directory, path, each, told)


def starved(directory: Path, path: Path, phase: str | None, limit: int | None) -> list[str]:
    """What a load answers while something else fills the disk at the first step of `phase`; with `limit` no file may
    grow beyond so many bytes from then on."""
    heard, told = FORKED.Pipe(duplex=False)
    child = FORKED.Process(target=_starved, args=(directory, path, phase, limit, told))
    child.start()
    told.close()
    answer = next(_received(heard))
    child.join()
    return answer


def _starved(directory: Path, path: Path, phase: str | None, limit: int | None, told: Any) -> None:
    is_full = phase is None

    def each(name: str, _number: int) -> None:
        nonlocal is_full
        if name == phase and not is_full:
            is_full = True
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            else:
                fill(directory.parent / "other")

    run(directory, path, each, told)


def fill(path: Path) -> None:
    """Takes what is free of the disk."""
    with path.open("wb", buffering=0) as other:
        for size in (1 << 16, 1 << 12, 1 << 8, 1):
            with suppress(OSError):
                while other.write(b"x" * size) == size:
                    pass


@contextmanager
def disk(place: Path, size: int) -> Iterator[bool]:
    """A disk of so many bytes mounted at `place`; False where this user may not mount one."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(place)], check=True)


def opened(directory: Path) -> Workspace:
    """The workspace as it is found after a restart, once the reader of a killed load has noticed and ended."""
    deadline = time.monotonic() + 20
    while True:
        workspace = Workspace(directory)
        time.sleep(0.02)
        if not snapshots._litter(directory) or time.monotonic() > deadline:
            return workspace


def served(workspace: Workspace) -> int:
    """Deals in the snapshot in use, which opens and is whole."""
    with duckdb.connect(str(workspace.current()), read_only=True) as connection:
        ((many, told),) = connection.execute(
            "SELECT (SELECT count(*) FROM model.opportunities), (SELECT value FROM model.about WHERE key = 'snapshot')"
        ).fetchall()
    assert told == workspace.snapshot_id()
    assert workspace.tables()["opportunities"] == many
    assert workspace.trouble() is None
    return many


def names(directory: Path) -> set[str]:
    """Everything in a workspace."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


def copied(template: Path, target: Path) -> Path:
    """A workspace of its own, as the template is."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(template, target))
