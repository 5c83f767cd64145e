"""A large file of activities through the browser: what the app's own memory grows by, and what of it stays."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from benchmarks.memory import Peaks, resident, write_activities

PATIENCE = 600
"""Seconds that anything may take."""
_APP = Path(__file__).parent.parent / "dashboard" / "app.py"
_SMALL = 1
"""Megabytes of the file that is loaded first: what the app learns with its first upload is no part of this one."""


@dataclass(frozen=True)
class Upload:
    """Megabytes of the file; bytes that the app held of its own before it came; more than that: at most, once the file
    was checked, once it was loaded, and after the visitor had left."""

    megabytes: float
    before: int
    most: int
    checked: int
    loaded: int
    left: int


def time_upload(megabytes: int, browser: str) -> Upload:
    """Uploads such a file in the Chromium at that path, loads it, and leaves."""
    with tempfile.TemporaryDirectory(prefix="abm-upload-bench-") as scratch:
        small, large = Path(scratch) / "Task-2026-10-01.csv", Path(scratch) / "Task-2026-10-31.csv"
        write_activities(small, _SMALL)
        write_activities(large, megabytes)
        with _app(Path(scratch) / "workspace") as (server, address), sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            page = chromium.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(f"{address}/data")
            _check(page, small)
            _load(page)
            before = _settled(server)
            with Peaks(server) as peaks:
                _check(page, large)
                checked = _settled(server)
                _load(page)
                loaded = _settled(server)
            chromium.close()
            left = _settled(server)
        size = large.stat().st_size / 1e6
    return Upload(size, before, peaks.own - before, checked - before, loaded - before, left - before)


def _check(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_text("is ready to load").first.wait_for()


def _load(page: Page) -> None:
    page.get_by_role("button", name="Load it").click()
    page.get_by_text("1 export loaded").first.wait_for()


def _settled(process: int) -> int:
    """What the process holds of its own once that has not changed by a megabyte for some seconds."""
    held = [resident(process)]
    while len(held) < 5 or max(held[-5:]) - min(held[-5:]) > 1 << 20:
        time.sleep(1)
        held.append(resident(process))
    return held[-1]


@contextmanager
def _app(workspace: Path) -> Iterator[tuple[int, str]]:
    """The number of the app's process, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.headless", "true", "--server.port", str(port)],
        cwd=_APP.parent.parent, env=os.environ | {"ABM_WORKSPACE": str(workspace)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield server.pid, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
