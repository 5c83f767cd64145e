"""The golden files: small exports with what must become of them, each in TOML: its text, how it is packed, its verdict.

`name` is the upload's (the file's own with .csv without it), `encoding` its encoding, `container` what it is packed in:
nothing, xlsx, xls, html, xml, gz or zip (`parts`: the names of its files, their texts parted by a line `=====`). In a
workbook `d:` begins a date and `n:` a number; `sheets` are the names of its sheets, parted in the same way; the first
of them may be hidden.

`expect`: `kind` and `rows` (read, loaded, rejected, duplicate, blank, footer), or `refused`: words of the reason;
`asks`: kinds of questions; `columns`: header → what it certainly feeds; `says`: words of a warning; and rows of batches
by the name of their table, under the SQL of their columns, all as text, an empty one for none.
"""

import csv
import datetime as dt
import gzip
import io
import struct
import tomllib
import zipfile
from html import escape
from pathlib import Path
from typing import Any

import openpyxl

FILES = sorted((Path(__file__).parent / "golden" / "files").glob("*.toml"))
_PARTED = "=====\n"


def read(path: Path) -> dict[str, Any]:
    """A golden file, its text without the line end after the opening quotes."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    found.setdefault("name", f"{path.stem}.csv")
    return found


def content(case: dict[str, Any]) -> bytes:
    """The bytes of the upload."""
    texts = case["text"].split(_PARTED)
    match case.get("container"):
        case "xlsx":
            return _xlsx(texts, case.get("sheets", ["Sheet1"]), is_hidden=case.get("is_first_hidden", False))
        case "xls":
            return _xls(_rows(texts[0]))
        case "html":
            return _encoded(_html(_rows(texts[0])), case)
        case "xml":
            return _encoded(_xml(_rows(texts[0])), case)
        case "gz":
            return gzip.compress(_encoded(texts[0], case))
        case "zip":
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as archive:
                for name, text in zip(case["parts"], texts, strict=True):
                    archive.writestr(name, _encoded(text, case))
            return target.getvalue()
    return _encoded(texts[0], case)


def _encoded(text: str, case: dict[str, Any]) -> bytes:
    encoding = case.get("encoding", "utf-8")
    if encoding == "utf-8 twice":
        return text.encode().decode("cp1252").encode()
    if encoding in ("utf-16", "utf-16-le"):
        return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")
    return bytes(text.encode(encoding))


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _xlsx(texts: list[str], names: list[str], *, is_hidden: bool) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for text, name in zip(texts, names, strict=True):
        sheet = book.create_sheet(name)
        for row in _rows(text):
            sheet.append([_cell(cell) for cell in row])
    if is_hidden:
        book.active = 1
        book.worksheets[0].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(text: str) -> object:
    if text.startswith("d:"):
        return dt.datetime.fromisoformat(text[2:])
    return float(text[2:]) if text.startswith("n:") else text or None


def _html(rows: list[list[str]]) -> str:
    marks = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return (
        f'<html><head><meta charset="utf-8"><style>td {{color: red}}</style></head><body><table>{marks}</table></body>'
    )


def _xml(rows: list[list[str]]) -> str:
    cells = [[f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row] for row in rows]
    table = "".join(f"<Row>{''.join(row)}</Row>\n" for row in cells)
    return (
        '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Deals"><Table>{table}</Table></Worksheet></Workbook>'
    )


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _xls(rows: list[list[str]]) -> bytes:
    """A workbook of Excel 97 (BIFF8 in a compound file) with one sheet of texts and of numbers after `n:`."""
    begin, end = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0), _record(0x000A, b"")
    title = b"Deals"
    head = _record(0x0809, begin)
    sheet_at = len(head) + 4 + 8 + len(title) + len(end)
    book = head + _record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(title), 0) + title) + end
    book += _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            at = struct.pack("<HHH", i, j, 0)
            if cell.startswith("n:"):
                book += _record(0x0203, at + struct.pack("<d", float(cell[2:])))
            elif cell:
                book += _record(0x0204, at + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    return _compound(book + end)


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream `Workbook`: a table of sectors, a directory, and the stream."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    n = len(stream) // 512
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
        0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, n + 2), 0xFFFFFFFE]
    sectors = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = f"{name}\0".encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sI8s8sIQ",
            text,
            len(text),
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            child,
            b"",
            0,
            b"",
            b"",
            start,
            size,
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + sectors + directory.ljust(512, b"\0") + stream
