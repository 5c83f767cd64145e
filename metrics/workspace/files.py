"""Writing so that a cut of power leaves either the old or the new: sync, then rename, then sync the directory."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from metrics.errors import FileError, WorkspaceError

CHUNK = 4 << 20
PRIVATE = 0o600
LARGEST = 4 << 30
"""Bytes of the largest file that is taken."""
LEAST = 8 << 20
"""Bytes that any change of a workspace may need for a while: a snapshot of no rows, its log, the states."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PACKED, _UNPACKS_TO = (b"PK", b"\x1f\x8b"), 8


def make_directory(path: Path) -> None:
    """The directory with its parents, readable by its owner only."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: OSError, needed: int = LEAST) -> WorkspaceError:
    """What to say of a workspace that cannot be written; `needed` are the bytes that had to be free."""
    if is_full(error):
        return too_full(path, needed)
    return WorkspaceError(
        f"The workspace cannot be written: {path}: {error.strerror or error}. Nothing was changed. "
        "Make the directory writable, or name another one with --workspace."
    )


def is_full(error: BaseException) -> bool:
    """Whether it says that a disk is full, of the system or of the database."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(os.strerror(number) in str(error) for number in _FULL)


def too_full(directory: Path, needed: int) -> WorkspaceError:
    """What to say of a disk that has no room for a change that needs so many bytes, or had none a moment ago."""
    there = next(place for place in (directory, *directory.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    said = f"is too full: {needed:,} bytes are needed for this, {free:,} are free"
    if free >= needed:
        said = f"became full meanwhile: {needed:,} bytes must stay free for this, {free:,} are free again"
    return WorkspaceError(f"The disk of {directory} {said}. Nothing was changed. Make room, then try again.")


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
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def hash_file(path: Path, progress: Callable[[float], None]) -> str:
    """The sha256 of a file's bytes; FileError where it cannot be read."""
    return _read_through(path, None, progress)


_SUMS: dict[tuple[int, int, int, int], str] = {}


def checksum(path: Path) -> str:
    """The sha256 of a file of ours, worked out once a process unless it changes; "" where it is missing."""
    try:
        stat = path.stat()
        seen = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen not in _SUMS:
            with path.open("rb") as stream:
                _SUMS[seen] = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    return _SUMS[seen]


def keep_export(path: Path, directory: Path, sha256: str, progress: Callable[[float], None]) -> Path:
    """The file's copy in `directory`, named by its contents. Its own name is only ever text."""
    kept = directory / sha256
    if kept.is_file():
        return kept
    temporary = directory / f"{sha256}.tmp"
    try:
        if _read_through(path, temporary, progress) != sha256:
            raise FileError(f"{path.name}: the file changed while it was read. Load it again when it is complete.")
        os.replace(temporary, kept)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
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


def bytes_needed(files: Iterable[Path], snapshot: Path) -> int:
    """Bytes to keep free for a load of these files beside that snapshot: three times both, packed files unpacked."""
    size = snapshot.stat().st_size if snapshot.is_file() else 0
    return 3 * (sum(map(_unpacked, files)) + size) + LEAST


def _unpacked(path: Path) -> int:
    with open_file(path) as stream:
        return os.fstat(stream.fileno()).st_size * (_UNPACKS_TO if stream.read(2) in _PACKED else 1)


def check_space(directory: Path, needed: int) -> None:
    """WorkspaceError unless so many bytes are free."""
    if shutil.disk_usage(directory).free < needed:
        raise too_full(directory, needed)
