"""The tables of a web page (or of a spreadsheet in XML) that poses as a workbook, as CSV texts.

Only marks and text are read, by a parser that resolves no entity and follows no address; every cell is text.
"""

import csv
import re
from contextlib import ExitStack
from html.parser import HTMLParser
from io import TextIOBase
from pathlib import Path
from typing import Any

from metrics.errors import FileError
from metrics.exports.workbook import Page

MOST_TABLES = 100
MOST_CELLS = 50_000_000
"""Of a page, with those that spans repeat."""
_WIDEST = 16_384
_MOST_SPANNED = 1_000
_MOST_SPREAD = 1_000_000  # cells of a table that do not stand in it: others span into their places
_BLOCK = 1 << 20
_LONGEST = 32 << 20  # characters within one mark that is never closed, or within a cell
_BEGINS = ("<html", "<!doctype html", "<table", "<head", "<meta", "<body", "<style", "<workbook")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z][\w-]{2,20})""", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ROW, _CELL, _NO_TEXT = ("tr", "row"), ("td", "th", "cell"), ("script", "style", "title")


def is_page(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page or of a spreadsheet in XML."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    text = head[:2048].decode(encoding, errors="ignore").removeprefix("ï»¿").lstrip().lower()
    if text.startswith(("<?xml", "<!--")):
        return any(begin in text for begin in _BEGINS)
    return text.startswith(_BEGINS)


def declared_encoding(head: bytes) -> str | None:
    """The encoding that a page says it is in, or None."""
    found = _CHARSET.search(head[:2048])
    return found[1].decode("ascii").lower() if found else None


def pages_of(path: Path, name: str, scratch: Path) -> list[Page]:
    """The filled tables of a UTF-8 page, in order; FileError where there is none."""
    with ExitStack() as files, path.open(encoding="utf-8", errors="replace") as source:
        parser = _Tables(scratch / f"{path.name}-table", name, files)
        while block := source.read(_BLOCK):
            parser.feed(block)
            if len(parser.rawdata) > _LONGEST:
                raise FileError(f"{name}: the web page is broken: a mark in it is never closed. Save it as XLSX.")
        parser.close()
        parser.end_all()
    filled = [page for page in parser.pages if page.path.stat().st_size > 0]
    if not filled:
        raise FileError(f"{name}: this is a web page without a table. Export the data as CSV or XLSX and load that.")
    return filled


class _Table:
    """One table while it is read: its cells so far, and what spans into the rows below."""

    def __init__(self, sink: TextIOBase, name: str) -> None:
        self.writer = csv.writer(sink, lineterminator="\n")
        self.name = name
        self.length = 0  # of the text of the cell
        self.row: list[str] | None = None
        self.text: list[str] | None = None
        self.spans = (1, 1)
        self.below: dict[int, tuple[int, str]] = {}  # column → rows still covered, and by what
        self.spread = 0

    def begin_row(self) -> int:
        """Begin a row; the number of cells of the one before, where it was left open."""
        written = self.end_row()
        self.row = []
        return written

    def begin_cell(self, across: int, down: int, at: int | None) -> None:
        self.end_cell()
        if self.row is None:
            self.row = []
        self._fill()
        if at is not None:
            self.row += [""] * max(0, min(at - 1, _WIDEST) - len(self.row))
        if len(self.row) + across > _WIDEST:
            raise FileError(
                f"{self.name}: a row of it has more than {_WIDEST:,} cells. Export the data as CSV or XLSX."
            )
        self.text, self.spans, self.length = [], (across, down), 0

    def add(self, data: str) -> None:
        """Take text into the cell that is open."""
        if self.text is None:
            return
        self.length += len(data)
        if self.length > _LONGEST:
            raise FileError(f"{self.name}: a cell of it is too long to be read. Export the data as CSV or XLSX.")
        self.text.append(data)

    def end_cell(self) -> None:
        if self.text is None or self.row is None:
            return
        text, (across, down) = _SPACES.sub(" ", "".join(self.text)).strip(), self.spans
        for i in range(across):
            if down > 1:
                self.below[len(self.row)] = down - 1, text if i == 0 else ""
            self.row.append(text if i == 0 else "")
        self._count(across - 1)
        self.text = None

    def end_row(self) -> int:
        """Write the row that is open; the number of its cells."""
        self.end_cell()
        if self.row is None:
            return 0
        self._fill()
        if self.row:
            self.writer.writerow(self.row)
        written, self.row = len(self.row), None
        return written

    def _fill(self) -> None:
        """Put in what spans down from above at the place that is reached."""
        assert self.row is not None
        while (place := len(self.row)) in self.below:
            left, text = self.below.pop(place)
            if left > 1:
                self.below[place] = left - 1, text
            self.row.append(text)
            self._count(1)

    def _count(self, spread: int) -> None:
        self.spread += spread
        if self.spread > _MOST_SPREAD:
            raise FileError(f"{self.name}: its cells span over more than {_MOST_SPREAD:,} others. Save it as XLSX.")


class _Tables(HTMLParser):
    """Writes every table of a page into a file of its own, also one within a cell of another."""

    def __init__(self, base: Path, name: str, files: ExitStack) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.name, self.files = base, name, files
        self.pages: list[Page] = []
        self.open: list[_Table] = []
        self.titles: list[str] = []
        self.silent = 0
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NO_TEXT:
            self.silent += 1
        elif tag in ("worksheet", "ss:worksheet"):
            self.titles.append(dict(attrs).get("ss:name") or "")
        elif tag == "table":
            self._begin_table()
        elif self.open and tag in _ROW:
            self._count(self.open[-1].begin_row())
        elif self.open and tag in _CELL:
            told = dict(attrs)
            across = _span(told.get("colspan"), 0) or _span(told.get("ss:mergeacross"), 1)
            down = _span(told.get("rowspan"), 0) or _span(told.get("ss:mergedown"), 1)
            self.open[-1].begin_cell(across or 1, down or 1, _span(told.get("ss:index"), 0))
        elif self.open and tag in ("br", "p", "div"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_TEXT:
            self.silent = max(0, self.silent - 1)
        elif self.open and tag in _CELL:
            self.open[-1].end_cell()
        elif self.open and tag in _ROW:
            self._count(self.open[-1].end_row())
        elif self.open and tag == "table":
            self._count(self.open.pop().end_row())

    def handle_data(self, data: str) -> None:
        if self.open and not self.silent:
            self.open[-1].add(data)

    def end_all(self) -> None:
        """End the tables that the page left open."""
        while self.open:
            self.open.pop().end_row()

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise FileError(f"{self.name}: the web page has more than {MOST_CELLS:,} cells. Export the data as CSV.")

    def _begin_table(self) -> None:
        if len(self.pages) == MOST_TABLES:
            raise FileError(f"{self.name}: the web page has more than {MOST_TABLES} tables. Export the data as CSV.")
        number = len(self.pages) + 1
        path = Path(f"{self.base}-{number}")
        sink: Any = self.files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self.pages.append(Page(path, (self.titles[-1] if self.titles else "") or f"table {number}"))
        self.open.append(_Table(sink, self.name))


def _span(text: str | None, more: int) -> int | None:
    """How many cells an attribute says, `more` than its figure; None where it says none."""
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return min(int(text[:6]) + more, _MOST_SPANNED) or None
