"""Writing so that a cut of power leaves either the old or the new: sync, then rename, then sync the directory."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from metrics.errors import FileError, WorkspaceError

CHUNK = 4 << 20
PRIVATE = 0o600
LARGEST = 4 << 30
"""Bytes of the largest file that is taken."""


def make_directory(path: Path) -> None:
    """The directory with its parents, readable by its owner only."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: OSError) -> WorkspaceError:
    """What to say of a workspace that cannot be written."""
    return WorkspaceError(
        f"The workspace cannot be written: {path}: {error.strerror or error}. Nothing was changed. "
        "Make the directory writable, or name another one with --workspace."
    )


def sync(path: Path) -> None:
    """Waits until a file, or a directory's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(directory: Path) -> None:
    """`sync` for a directory and everything in it; its files become private."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            path.chmod(PRIVATE)
        sync(path)
    sync(directory)


def replace_file(path: Path, content: bytes) -> None:
    """Puts `content` in place of the file, at once and for good."""
    temporary = path.with_name(path.name + ".tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)
    sync(path.parent)


def hash_file(path: Path, progress: Callable[[float], None]) -> str:
    """The sha256 of a file's bytes; FileError where it cannot be read."""
    return _read_through(path, None, progress)


def keep_export(path: Path, directory: Path, sha256: str, progress: Callable[[float], None]) -> Path:
    """The file's copy in `directory`, named by its contents. Its own name is only ever text."""
    kept = directory / sha256
    if kept.is_file():
        return kept
    temporary = directory / f"{sha256}.tmp"
    if _read_through(path, temporary, progress) != sha256:
        temporary.unlink(missing_ok=True)
        raise FileError(f"{path.name}: the file changed while it was read. Load it again when it is complete.")
    os.replace(temporary, kept)
    sync(directory)
    return kept


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading; FileError where it cannot be."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}. Check the path and its permissions.") from error


def _read_through(path: Path, copy: Path | None, progress: Callable[[float], None]) -> str:
    digest, done = hashlib.sha256(), 0
    with open_file(path) as source:
        size = os.fstat(source.fileno()).st_size
        if size > LARGEST:
            raise FileError(
                f"{path.name}: {size:,} bytes is more than the {LARGEST:,} that can be taken. Split the export."
            )
        target = os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") if copy else None
        try:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                if target:
                    target.write(chunk)
                done += len(chunk)
                progress(min(1.0, done / max(size, 1)))
            if target:
                target.flush()
                os.fsync(target.fileno())
        finally:
            if target:
                target.close()
    return digest.hexdigest()


def check_space(directory: Path, file_bytes: int, snapshot_bytes: int) -> None:
    """WorkspaceError unless there is room for three times the file and the snapshot."""
    needed = 3 * (file_bytes + snapshot_bytes)
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise WorkspaceError(
            f"The disk of {directory} is too full: {needed:,} bytes are needed for this load, {free:,} are free. "
            "Nothing was changed. Make room and load again."
        )
