"""The child process that parses one file: `python -m metrics.exports.worker REQUEST.json`.

It prints progress as JSON lines and leaves its report and batches in the request's directory `out`. It ends with 0
whenever it could write a report; a file that cannot be loaded is a report with the status `refused` and one sentence.
It ends with ENOSPC where the disk is full, which is no fault of the file.
"""

import errno
import json
import os
import re
import sys
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from metrics.errors import FileError
from metrics.exports import columns, objects, report
from metrics.exports.container import fresh
from metrics.exports.objects import Loading
from metrics.exports.plan import Formats

_MEMORY = "600MB"  # more spills to disk
_SMALL = 8 << 20  # bytes of a file that one thread reads sooner than several that have to be started
Progress = Callable[[str, float], None]


def parse(request: dict[str, Any], progress: Progress | None = None) -> list[dict[str, Any]]:
    """Parse the file of a request; the reports, one an object found, as they are written to `out/0`, `out/1`…

    OSError where the disk is full.
    """
    out = Path(request["out"])
    name = Path(request.get("name") or request["path"]).name
    scratch = fresh(out / "scratch")
    try:
        reports = _reports(request, name, out, scratch, progress or _silent)
    except FileError as refused:
        reports = [report.refused(name, request, str(refused))]
    except duckdb.Error as fault:
        if os.strerror(errno.ENOSPC) in str(fault):
            raise OSError(errno.ENOSPC, str(fault)) from fault
        first = str(fault).splitlines()[0]
        reports = [
            report.refused(name, request, f"{name}: the file cannot be converted ({first}). Split or simplify it.")
        ]
    for i, found in enumerate(reports):
        directory = out / str(i)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "report.json").write_text(json.dumps(found, ensure_ascii=False, default=str), encoding="utf-8")
    fresh(scratch).rmdir()
    return reports


def _reports(request: dict[str, Any], name: str, out: Path, scratch: Path, progress: Progress) -> list[dict[str, Any]]:
    formats = _formats(request, name)
    zone = formats.time_zone
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": _MEMORY}
    if Path(request["path"]).stat().st_size < _SMALL:
        config["threads"] = 1
    with duckdb.connect(config=config) as con:
        con.execute("SET temp_directory = $t", {"t": str(scratch / "spill")})
        con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        con.execute("SET TimeZone = $z", {"z": zone})
        columns.prepare(con)
        return objects.load(Loading(con, request, name, formats, out, scratch, progress))


def _formats(request: dict[str, Any], name: str) -> Formats:
    """What the request says of the cells; FileError where it says what cannot be."""
    zone, code = request.get("time_zone") or "UTC", request.get("currency")
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise FileError(f"{name}: there is no time zone {zone!r}. Use a name such as Europe/Madrid.") from None
    if request.get("dates") not in (None, "ymd", "dmy", "mdy"):
        raise FileError(f"{name}: dates can be ymd, dmy or mdy, not {request['dates']!r}.")
    if request.get("decimal") not in (None, ".", ","):
        raise FileError(f"{name}: the decimal mark can be . or , and not {request['decimal']!r}.")
    if code is not None and not re.fullmatch(r"[A-Za-z]{3}", code):
        raise FileError(f"{name}: the currency {code!r} must be a code of three letters, such as EUR.")
    return Formats(
        request.get("dates"), request.get("decimal"), code.upper() if code else None, zone, request.get("answers") or {}
    )


def _silent(_phase: str, _done: float) -> None:
    """Nobody waits for news."""


def main(arguments: list[str]) -> int:
    """Run one request file."""
    request = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))

    def say(phase: str, done: float) -> None:
        print(json.dumps({"phase": phase, "done": round(done, 3)}), flush=True)

    try:
        parse(request, say)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return error.errno
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
