"""The app as the README starts it, and a real Chromium that reaches nothing else."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from browser_page import PATIENCE, Visit
from places import PROJECT
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from metrics import Workspace

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic",
    "--no-first-run", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser. Its absence is a failure under CI and a skip elsewhere."""
    found = shutil.which("chromium")
    if found is None:
        reason = "no chromium on this machine: install the system's package to run the browser tests"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """`serve()`: the address of the app on the workspace `tmp_path / "workspace"`, which may have been loaded before.

    What the server writes must hold no traceback.
    """
    with ExitStack() as running:
        yield lambda: running.enter_context(serving(tmp_path / "workspace", tmp_path))


@pytest.fixture(scope="module")
def sample_app(sample_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app on a copy of the sample company, for tests that change nothing in it."""
    own = tmp_path_factory.mktemp("sample-app")
    shutil.copytree(sample_workspace.directory, own / "workspace")
    with serving(own / "workspace", own) as address:
        yield address


@contextmanager
def serving(workspace: Path, logs: Path) -> Iterator[str]:
    """The address of the app on the workspace, until the block ends."""
    port = _free_port()
    log = logs / f"server-{port}.log"
    command = [str(Path(sys.executable).with_name("streamlit")), "run", "dashboard/app.py"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--server.headless", "true", "--server.port", str(port)],
            cwd=PROJECT, env=os.environ | {"ABM_WORKSPACE": str(workspace)}, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """`visitor(address)`: a new window with nothing remembered; checked once more when the test is over."""
    opened: list[tuple[BrowserContext, Visit]] = []

    def arrive(address: str, theme: str = "light") -> Visit:
        context = chromium.new_context(
            viewport={"width": 1440, "height": 1000}, color_scheme="dark" if theme == "dark" else "light"
        )
        opened.append((context, Visit(context.new_page(), address)))
        return opened[-1][1]

    yield arrive
    for _, visit in opened:
        print(f"left at {visit.page.url}\n{visit.text()}")  # shown where the test failed
    for context, visit in opened:
        try:
            visit.assert_sound()
        finally:
            context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(PATIENCE * 5):
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                assert answer.read() == b"ok"
                return
        except OSError:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.2)
    pytest.fail(f"the app did not start: {log.read_text(encoding='utf-8')}")
