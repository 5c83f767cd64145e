"""What a file is, by its first bytes: one text, a workbook, a web page that poses as one, or an archive of these.

Limits come before unpacking.
"""

import errno
import gzip
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from metrics.errors import FileError
from metrics.exports import webpage

MOST_PARTS = 2_000
MOST_RATIO = 100
MOST_BYTES = 4 << 30
SMALL = 20 << 20  # below this an archive is harmless at any ratio

_NOT_TABLES = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a Parquet file",
    b"SQLite format": "a SQLite database",
    b"\x7fELF": "a program",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
}


@dataclass(frozen=True)
class Part:
    """One text, workbook or web page on disk. `name` is for messages only."""

    path: Path
    name: str
    kind: Literal["text", "workbook", "page"]


def parts_of(path: Path, name: str, scratch: Path) -> list[Part]:
    """The texts and workbooks in a file, in order; FileError when it is empty, not a table, or unsafe to unpack."""
    with path.open("rb") as stream:
        head = stream.read(8192)
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise FileError(f"{name}: the file is empty. Export it again and check that it holds rows.")
    if head.startswith(b"PK"):
        return _zip_parts(path, name, scratch)
    if head.startswith(b"\x1f\x8b"):
        return _gunzipped(path, name, scratch)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return [Part(path, name, "workbook")]
    for signature, what in _NOT_TABLES.items():
        if head.startswith(signature):
            raise FileError(f"{name}: this is {what}, not a table. Export the data as CSV or XLSX and load that.")
    if webpage.is_page(head):
        return [Part(path, name, "page")]
    return [Part(path, name, "text")]


def _zip_parts(path: Path, name: str, scratch: Path) -> list[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _check_limits(members, name)
            if any(PurePosixPath(m.filename).as_posix() in ("xl/workbook.xml", "xl/workbook.bin") for m in members):
                return [Part(path, name, "workbook")]
            tables = [m for m in members if _is_table(m)]
            if not tables:
                raise FileError(f"{name}: the archive holds no table. Put CSV or XLSX exports into it.")
            return [part for i, m in enumerate(tables) for part in _member_parts(archive, m, i, scratch)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _damaged(name, error) from None
    except RuntimeError:
        raise FileError(f"{name}: the archive is protected by a password. Unpack it and load its files.") from None


def _is_table(member: zipfile.ZipInfo) -> bool:
    where = PurePosixPath(member.filename)
    is_litter = "__MACOSX" in where.parts or where.name.startswith(".") or where.name.lower() == "thumbs.db"
    return not is_litter and member.file_size > 0


def _check_limits(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    if len(members) > MOST_PARTS:
        raise FileError(f"{name}: the archive has {len(members):,} files; {MOST_PARTS:,} are the most. Split it.")
    if unpacked > MOST_BYTES or (unpacked > SMALL and unpacked / packed > MOST_RATIO):
        raise FileError(
            f"{name}: the archive would unpack from {packed:,} to {unpacked:,} bytes, which is refused as unsafe. "
            "Unpack it yourself and load its files."
        )


def _member_parts(archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int, scratch: Path) -> list[Part]:
    target = scratch / f"member-{number}"
    with archive.open(member) as source, target.open("wb") as sink:
        _copy(source, sink, member.file_size, member.filename)
    inner = PurePosixPath(member.filename).name
    if zipfile.is_zipfile(target):
        with zipfile.ZipFile(target) as nested:
            inside = nested.infolist()
            _check_limits(inside, inner)
            if not any(m.filename == "xl/workbook.xml" for m in inside):
                raise FileError(f"{inner}: an archive within an archive is not read. Unpack it once.")
        return [Part(target, inner, "workbook")]
    return parts_of(target, inner, scratch)


def _gunzipped(path: Path, name: str, scratch: Path) -> list[Part]:
    target, inner = scratch / f"{path.name}.unpacked", name.removesuffix(".gz")
    limit = max(SMALL, min(MOST_BYTES, path.stat().st_size * MOST_RATIO))
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            _copy(source, sink, limit, name)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(name, error) from None
    with target.open("rb") as stream:
        is_packed_again = stream.read(2) == b"\x1f\x8b"
    parts = [] if is_packed_again else parts_of(target, inner, scratch)
    if [part.path for part in parts] != [target]:
        raise FileError(f"{inner}: an archive within an archive is not read. Unpack it once.")
    return parts


def _damaged(name: str, error: Exception) -> Exception:
    """What is wrong with an archive that cannot be unpacked; a full disk is no fault of it."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return error
    return FileError(f"{name}: the archive is damaged or cut off ({error}). Download it again.")


def _copy(source: object, sink: object, limit: int, name: str) -> None:
    """Copy at most `limit` bytes: what an archive says of its sizes is not to be believed."""
    left = limit
    while block := source.read(1 << 20):  # type: ignore[attr-defined]
        left -= len(block)
        if left < 0:
            raise FileError(f"{name}: it unpacks to more than it says, which is refused as unsafe.")
        sink.write(block)  # type: ignore[attr-defined]


def fresh(directory: Path) -> Path:
    """An empty directory for intermediate files."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
