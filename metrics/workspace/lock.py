"""One change at a time: a second one is told who holds the workspace. A dead process holds nothing."""

import fcntl
import getpass
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from metrics.errors import WorkspaceError
from metrics.workspace.files import PRIVATE, make_directory, unusable

TIDYING = "tidying up"
"""What is done in no time: others wait for it."""
_PATIENCE, _PAUSE = 10.0, 0.02  # seconds


@contextmanager
def hold(directory: Path, doing: str) -> Iterator[None]:
    """Holds the workspace for writing. The system frees it when the process ends, however it ends."""
    make_directory(directory)
    try:
        handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise unusable(directory, error) from error
    try:
        _take(handle, directory)
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "by": who(), "doing": doing, "since": now()}).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, directory: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            doing, said = _holder(handle)
            if doing not in (TIDYING, "") or time.monotonic() > began + _PATIENCE:
                raise WorkspaceError(
                    f"The workspace {directory} is in use: {said}. Try again when it is done."
                ) from error
        except OSError as error:
            raise unusable(directory, error) from error
        time.sleep(_PAUSE)


def who() -> str:
    """The name of the user who runs this process; its number where the system knows no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def now() -> str:
    """This moment, UTC, ISO to the second. Kept with imports and never read by a metric."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def _holder(handle: int) -> tuple[str, str]:
    """What is being done, "" where that is not written yet, and who does it since when, as part of a sentence."""
    try:
        held = json.loads(os.pread(handle, 4096, 0))
        return held["doing"], f"process {held['pid']} of {held['by']} is {held['doing']} since {held['since']}"
    except (ValueError, KeyError, TypeError):
        return "", "another process is changing it"
