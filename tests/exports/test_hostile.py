"""Files made to harm: each gets its verdict within the limits of the child process, and nothing outside is asked."""

import gzip
import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import duckdb
import pytest
from hostile import FILE_NAMES
from soak import times

from metrics.workspace import Workspace, reading
from tests.exports.conftest import Parse
from tests.workspace.crashing import read_here

pytestmark = pytest.mark.soak
ROWS = "Record ID,Deal Name,Deal Stage,Amount\n1,A,Open,5\n"
SECRET = "a-secret-of-this-machine"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
ROOT = (
    f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<workbook xmlns="{SHEETS}" xmlns:r="{LINKS}">'
    '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
)
BOOK_LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>%s</Relationships>'
)
HEADER = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip(
    "ABCD", ("Record ID", "Deal Name", "Deal Stage", "Amount"), strict=True))  # fmt: skip
ROW = '<row r="2"><c r="A2"><v>1</v></c>%s<c r="C2" t="inlineStr"><is><t>Open</t></is></c><c r="D2"><v>5</v></c></row>'


def sheet(rows: str, before: str = "", dtd: str = "") -> str:
    return (
        f'{dtd}<worksheet xmlns="{SHEETS}">{before}<sheetData><row r="1">{HEADER}</row>{rows}</sheetData></worksheet>'
    )


def named(text: str) -> str:
    """The second row with this text as the deal's name."""
    return ROW % f'<c r="B2" t="inlineStr"><is><t>{text}</t></is></c>'


def workbook(page: str, strings: str = "", links: str = "", dtd: str = "", more: dict[str, str] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?>' + dtd + BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", BOOK_LINKS % links)
        archive.writestr("xl/worksheets/sheet1.xml", page)
        archive.writestr("xl/sharedStrings.xml", strings or f'<sst xmlns="{SHEETS}"/>')
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def lying() -> bytes:
    """It says of its member that it is ten bytes long."""
    packed = zipped(("deals.csv", b"0" * (30 << 20)))
    return packed.replace((30 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def layered() -> bytes:
    content = ROWS.encode()
    for _ in range(1_200):
        content = gzip.compress(content, 1)
    return content


def overlapping() -> bytes:
    """A thousand names for the same packed bytes."""
    packed = zipped(("deals.csv", b"0" * (19 << 20)))
    at, end = packed.index(b"PK\x01\x02"), packed.index(b"PK\x05\x06")
    entry, tail = packed[at:end], bytearray(packed[end:])
    tail[8:12] = (1000).to_bytes(2, "little") * 2
    tail[12:16] = (1000 * len(entry)).to_bytes(4, "little")
    return packed[:at] + entry * 1000 + bytes(tail)


def repeated_string() -> bytes:
    """A string of a megabyte, named by fifty thousand cells."""
    strings = f'<sst xmlns="{SHEETS}"><si><t>{"x" * (1 << 20)}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 50_002))
    return workbook(sheet(cells), strings)


def spanning() -> bytes:
    """Cells of a web page that span a thousand columns and rows each."""
    cells = "<td rowspan=1000 colspan=1000>x</td>" * 16
    return f"<html><table>{'<tr>' + cells + '</tr>'}{'<tr></tr>' * 1000}</table></html>".encode()


PACKED = {
    "one that unpacks to nothing but zeros": zipped(("deals.csv", b"0" * (60 << 20))),
    "many members": zipped(*((f"{i}.csv", b"a,b\n1,2\n") for i in range(2_001))),
    "an archive in an archive": zipped(("a.zip", zipped(("b.zip", zipped(("deals.csv", ROWS.encode())))))),
    "one that lies about its size": lying(),
    "one name after the other for the same bytes": overlapping(),
    "zeros": gzip.compress(b"0" * (60 << 20)),
    "twelve hundred layers": layered(),
    "a sheet of blanks": workbook(sheet(" " * (40 << 20))),
}
"""Refused by what the archive says of itself, before anything is read."""
BOMBS = {
    "a cell at the far end": workbook(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "a sheet that says it is full": workbook(sheet(named("A"), '<dimension ref="A1:XFD1048576"/>')),
    "a string named again and again": repeated_string(),
    "a hundred thousand nested marks": workbook(sheet("<x>" * 100_000)),
    "cells that span": spanning(),
}
LOADS = {"a sheet that says it is full", "a hundred thousand nested marks"}


def laughs() -> str:
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{lines}]>'


def entities(port: int, secret: Path) -> dict[str, bytes]:
    """Files that ask the reader to fetch or to multiply."""
    url = f"http://127.0.0.1:{port}/x"
    strings = f'{laughs()}<sst xmlns="{SHEETS}"><si><t>&l11;</t></si></sst>'
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "{}">]>'
    remote = f'<Relationship Id="r3" Type="{LINKS}/externalLink" Target="{url}" TargetMode="External"/>'
    return {
        "laughs in the sheet": workbook(sheet(named("&l11;"), dtd=laughs())),
        "laughs in the strings": workbook(sheet(named("A")), strings),
        "laughs in the book": workbook(sheet(named("A")), dtd=laughs()),
        "a file": workbook(sheet(named("&e;"), dtd=outside.format(secret.as_uri()))),
        "an address": workbook(sheet(named("&e;"), dtd=outside.format(url)), links=remote),
        "a parameter": workbook(sheet(named("A"), dtd=f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{url}"> %p;]>')),
        "a page": (
            f'<html><head><link rel=stylesheet href="{url}"><meta http-equiv=refresh content="0;url={url}"><base '
            f'href="{url}"></head><body><img src="{url}"><iframe src="{secret.as_uri()}"></iframe><script src="{url}">'
            "</script><table><tr><th>Record ID</th><th>Deal Name</th><th>Deal Stage</th></tr><tr><td>1</td><td>A"
            f'<img src="{url}"></td><td>Open</td></tr></table></body></html>'
        ).encode(),
        "a page in XML": (
            f'<?xml version="1.0"?>{outside.format(secret.as_uri())}<Workbook xmlns:ss="urn:x"><Worksheet><Table><Row>'
            "<Cell><Data>Record ID</Data></Cell><Cell><Data>Deal Name</Data></Cell><Cell><Data>Deal Stage</Data></Cell>"
            "</Row><Row><Cell><Data>1</Data></Cell><Cell><Data>&e;</Data></Cell><Cell><Data>Open</Data></Cell></Row>"
            "</Table></Worksheet></Workbook>"
        ).encode(),
    }  # fmt: skip


@dataclass
class Canary:
    """A port that nobody may call."""

    port: int
    calls: list[str] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Canary(server.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    found.calls.append(str(server.accept()[1]))
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        yield found
        server.shutdown(socket.SHUT_RDWR)


def resident() -> int:
    told = Path(f"/proc/{os.getpid()}/statm").read_text().split()
    return int(told[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_is_refused_before_it_is_unpacked(load: Parse, name: str) -> None:
    """In this very process, where it may do no harm either: within five seconds of work, and without growing."""
    load(ROWS, "first.csv")
    before, began = resident(), time.process_time()
    assert load(PACKED[name], "upload.xlsx").reason
    assert time.process_time() - began < 5
    assert resident() - before < 50 << 20


def test_bombs_and_outside_entities_in_the_child_process(tmp_path: Path, canary: Canary, monkeypatch) -> None:
    """As they are loaded: each its verdict within five seconds of work, none changes anything, and this process does
    not grow. What is harmless in them may be loaded; what they point at is never read."""
    monkeypatch.setattr(reading, "CPU_SECONDS", 5)
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    files = BOMBS | entities(canary.port, secret)
    exports = []
    for i, content in enumerate(files.values()):
        (tmp_path / str(i)).write_bytes(content)
        exports.append({"path": tmp_path / str(i), "name": f"upload-{i}.xlsx"})
    before = resident()
    workspace = Workspace(tmp_path / "workspace")
    found = workspace.load_all(exports)
    assert resident() - before < 50 << 20
    assert canary.calls == []
    told = dict(zip(files, found, strict=True))
    for name, one in told.items():
        assert one.status in ("loaded", "refused"), name
        assert (one.status == "refused") == bool(one.reason), name
        assert "bug" not in (one.reason or ""), (name, one.reason)
        assert name not in BOMBS or name in LOADS or one.status == "refused", name
        assert one.rows["loaded"] <= 1, name
    kept = b"".join(path.read_bytes() for path in workspace.directory.glob("batches/**/*") if path.is_file())
    assert SECRET.encode() not in kept
    assert SECRET not in repr(found)
    assert workspace.current() is None or len(workspace.imports()) == sum(one.status == "loaded" for one in found)


def test_names_are_text_and_never_paths(load: Parse, tmp_path: Path) -> None:
    """Of files, and of the members of an archive: nothing is written but where the request says."""
    there = {path for path in tmp_path.parent.rglob("*") if "deals" not in path.name}
    for name in FILE_NAMES:
        parsed = load("nothing,known\n1,2\n", name)
        assert parsed.report["status"] == "refused"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for i, name in enumerate(FILE_NAMES):
            members.writestr(zipfile.ZipInfo(name), ROWS.replace("\n1,", f"\n{i},"))
        inside = [PurePosixPath(member.filename) for member in members.infolist() if not member.is_dir()]
    parsed = load(archive.getvalue(), "all.zip")
    litter = [path for path in inside if path.name.startswith(".")]
    assert sum(report["rows"]["read"] for report in parsed.reports) == len(inside) - len(litter) > 110
    new = {path for path in tmp_path.parent.rglob("*") if "deals" not in path.name} - there
    assert all(tmp_path in path.parents for path in new)
    assert all(path.relative_to(tmp_path).parts[0].isdigit() for path in new)


def test_a_name_whose_bytes_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_run", read_here)
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe deals.csv"))
    path.write_text(ROWS)
    workspace = Workspace(tmp_path / "workspace")
    for is_dry in (True, False):
        (found,) = workspace.load(path, mapping={"stages": {"Open": "open"}}, dry_run=is_dry)
        assert (found.file, found.status) == ("?? deals.csv", "loaded")
    assert [one.file for one in workspace.imports()] == ["?? deals.csv"]


def test_thousands_of_columns_load_within_ten_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole load, and a later one into that workspace: 3,000 columns with `make soak`, a third of them in half the
    time else."""
    monkeypatch.setattr(reading, "_run", read_here)
    many = times(1_000, 3_000)
    wide, later = (tmp_path / f"hubspot-crm-exports-deals-2026-0{month}-01.csv" for month in (3, 4))
    head = ",".join(["Record ID", "Deal Name", "Deal Stage", *(f"Property {i}" for i in range(many))])
    wide.write_text(f"{head}\n1,A,Open{',x' * many}\n2,B,Open{',' * many}\n")
    later.write_text("Record ID,Deal Name,Deal Stage\n3,C,Open\n")
    workspace = Workspace(tmp_path / "workspace")
    for path, rows in ((wide, 2), (later, 3)):
        began = time.process_time()
        (found,) = workspace.load(path, mapping={"stages": {"Open": "open"}})
        assert time.process_time() - began < times(5, 10)
        assert (found.status, found.rows["rejected"]) == ("loaded", 0)
        assert workspace.tables()["opportunities"] == rows
    with duckdb.connect(str(workspace.current()), read_only=True) as connection:
        told = connection.execute(
            f'SELECT opportunity_id, "Property 0", "Property {many - 1}" FROM model.opportunities ORDER BY 1'
        ).fetchall()
        (dimensions,) = connection.execute("SELECT count(*) FROM model.dimensions").fetchone() or (0,)
    assert told == [("1", "x", "x"), ("2", None, None), ("3", None, None)]
    assert dimensions == many


@pytest.mark.parametrize("kind", ["zip", "gz", "xlsx", "html", "utf-16"])
def test_a_file_that_was_cut_off(load: Parse, kind: str) -> None:
    """At any point: refused, or loaded with fewer rows, and what is torn told."""
    rows = ROWS + "".join(f"{i},Deal {i},Open,{i}\n" for i in range(2, 200))
    cells = "".join(f"<tr><td>{i}</td><td>Deal</td><td>Open</td></tr>" for i in range(200))
    titles = "<tr><th>Record ID</th><th>Deal Name</th><th>Deal Stage</th></tr>"
    whole = {
        "zip": zipped(("deals.csv", rows.encode())),
        "gz": gzip.compress(rows.encode()),
        "xlsx": workbook(sheet(named("A"))),
        "html": f"<html><table>{titles}{cells}</table>".encode(),
        "utf-16": rows.encode("utf-16"),
    }[kind]
    for part in (0.03, 0.5, 0.9, 0.999):
        report = load(whole[: int(len(whole) * part)], f"deals.{kind}").report
        assert report["status"] in ("loaded", "refused")
        assert report["status"] == "refused" or kind in ("html", "utf-16")
        assert report["rows"]["read"] == sum(report["rows"].values()) - report["rows"]["read"]


def test_two_packed_texts_in_an_archive_are_two(load: Parse) -> None:
    one, two = ROWS.encode(), ROWS.replace("\n1,A", "\n2,B").encode()
    archive = zipped(("a.csv.gz", gzip.compress(one)), ("b.csv.gz", gzip.compress(two)))
    parsed = load(archive, "all.zip")
    assert parsed.rows("opportunities", "opportunity_id") == [("1",), ("2",)]
    several = gzip.compress(zipped(("a.csv", one), ("b.csv", two)))
    assert "an archive within an archive" in load(several, "all.gz").reason
