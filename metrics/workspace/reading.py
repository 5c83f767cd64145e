"""The child process that reads a file: started with limits, listened to, ended when it takes too much or too long."""

import errno
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

Progress = Callable[[str, float], None]

MEMORY = 6 << 30
"""Bytes of address space; libraries reserve far more than they use, so this is a stop for bombs, not a budget."""
RESIDENT = 1 << 30
"""Bytes of its own that it may hold in memory at once: more spills to disk, or is no table."""
CPU_SECONDS = 1800
WALL_SECONDS = 1800
WORKER = "metrics.exports.worker"
PHASES = ("read", "recognise", "convert", "write")
AT_ONCE = 2
"""Children that read at the same time: one a core of a small machine, and twice the memory of one."""


def read_export(request: dict[str, Any], progress: Progress) -> list[tuple[Path, dict[str, Any]]]:
    """What the worker made of a file: each object's directory with its report. Empty where it could not end its work.

    `request["out"]` is an existing directory of ours.
    """
    out = Path(request["out"])
    told = out / "request.json"
    told.write_text(json.dumps(request, ensure_ascii=False, default=str), encoding="utf-8")
    _run(told, progress)
    told.unlink()
    return [(path.parent, json.loads(path.read_bytes())) for path in sorted(out.glob("*/report.json"), key=_place)]


def read_exports(requests: Sequence[dict[str, Any]], progress: Progress) -> list[list[tuple[Path, dict[str, Any]]]]:
    """`read_export` of each request, two at a time; a listener is called on the caller's own thread."""
    if len(requests) == 1:
        return [read_export(requests[0], progress)]
    shares = [0.0] * len(requests)
    stop = threading.Event()

    def read(position: int) -> list[tuple[Path, dict[str, Any]]]:
        def heard(phase: str, done: float) -> None:
            if stop.is_set():
                raise InterruptedError
            shares[position] = max(shares[position], min((PHASES.index(phase) + done) / len(PHASES), 1.0))

        found = read_export(requests[position], heard)
        shares[position] = 1.0
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        readings = [pool.submit(read, position) for position in range(len(requests))]
        try:
            while wait(readings, timeout=0.1).not_done:
                progress("read", sum(shares) / len(shares))
        except BaseException:
            stop.set()
            for reading in readings:
                reading.cancel()
            raise
        return [reading.result() for reading in readings]


def _place(path: Path) -> int:
    return int(path.parent.name)


def _run(request: Path, progress: Progress) -> int:
    return run_child(WORKER, request, progress, cpu_seconds=CPU_SECONDS, resident=RESIDENT)


def run_child(module: str, request: Path, progress: Progress, *, cpu_seconds: int, resident: int | None = None) -> int:
    """Runs a module of ours with a request in a process of its own, and passes its progress on; what it ended with.

    Where that is not 0, `complaint.txt` beside the request says why. OSError where the process met a full disk.
    """
    command = [
        sys.executable, "-u", "-m", "metrics.workspace.limited", str(MEMORY), str(cpu_seconds), module, str(request)
    ]  # fmt: skip
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
            errors="replace",
        ) as child:
            ended = threading.Event()
            threading.Thread(target=_watch, args=(child, ended, resident), daemon=True).start()
            try:
                for line in child.stdout or ():
                    _pass_on(line, progress)
                code = child.wait()
            except BaseException:
                child.kill()
                raise
            finally:
                ended.set()
        if code == errno.ENOSPC:
            raise OSError(code, os.strerror(code), str(request.parent))
        if code:
            complaints.seek(0)
            tail = complaints.read()[-2000:].decode("utf-8", "replace").strip()
            (request.parent / "complaint.txt").write_text(f"exit {code}\n{tail}", encoding="utf-8")
    return code


def _watch(child: subprocess.Popen[str], ended: threading.Event, resident: int | None) -> None:
    """Kills the child once it holds too much memory or has taken too long."""
    until = time.monotonic() + WALL_SECONDS
    while not ended.wait(0.05):
        if time.monotonic() > until or (resident is not None and _resident(child.pid) > resident):
            child.kill()
            return


def _resident(pid: int) -> int:
    """Bytes that a process holds of its own, without the files that it looks into; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^RssAnon:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def _pass_on(line: str, progress: Progress) -> None:
    try:
        told = json.loads(line)
        progress(str(told["phase"]), float(told["done"]))
    except (ValueError, KeyError, TypeError):
        return  # a library's chatter is no progress
