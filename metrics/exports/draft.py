"""One table of a file before it is read: a UTF-8 text, how it is written, its records counted, its first records."""

from dataclasses import dataclass, replace
from pathlib import Path

from metrics.errors import FileError
from metrics.exports import mended, records, repair, webpage
from metrics.exports.container import Part
from metrics.exports.dialect import Dialect, first_records, head_text, sniff
from metrics.exports.encoding import utf8
from metrics.exports.records import Layout
from metrics.exports.workbook import Page, pages_of


@dataclass(frozen=True)
class Draft:
    """A text, how it is written, and its first records; `titles`: its headers, where they stand in two of them;
    `mended`: these are rows that an earlier load rejected, by their numbers there."""

    path: Path
    name: str
    dialect: Dialect
    head: list[list[str]]
    warnings: tuple[str, ...] = ()
    is_ascii: bool = False
    titles: tuple[str, ...] = ()
    mended: tuple[int, ...] = ()


@dataclass(frozen=True)
class Surveyed:
    """A text whose records were counted one by one. `unreadable`: numbers (from 0) of those whose quotes are broken."""

    path: Path
    dialect: Dialect
    layout: Layout
    first: int
    unreadable: frozenset[int] = frozenset()


def drafts_of(part: Part, scratch: Path, delimiter: str | None = None) -> list[Draft]:
    """A draft of the text, or of each filled sheet or table; FileError where there is nothing to read."""
    if part.kind == "workbook":
        return _sheets(part, pages_of(part.path, part.name, scratch), scratch)
    if part.kind == "page":
        with part.path.open("rb") as stream:
            declared = webpage.declared_encoding(stream.read(2048))
        page = utf8(part.path, part.name, scratch, declared)
        drafts = _sheets(part, webpage.pages_of(page.path, part.name, scratch), scratch)
        return [replace(draft, warnings=page.warnings) for draft in drafts]
    text = utf8(part.path, part.name, scratch)
    path = text.path
    if delimiter == "whitespace":
        path = scratch / f"{path.name}.aligned"
        repair.align(text.path, path)
        delimiter = ","
    return [replace(_draft(path, part.name, delimiter, scratch), warnings=text.warnings, is_ascii=text.is_ascii)]


def _sheets(part: Part, pages: list[Page], scratch: Path) -> list[Draft]:
    several = len(pages) > 1
    return [_draft(p.path, f"{part.name} [{p.sheet}]" if several else part.name, ",", scratch) for p in pages]


def _draft(path: Path, name: str, delimiter: str | None, scratch: Path) -> Draft:
    text = head_text(path)
    dialect = sniff(text, name, delimiter)
    if dialect.skip_space or _has_only_returns(text):
        strict = scratch / f"{path.name}.strict"
        repair.rewrite(path, strict, dialect)
        path, dialect = strict, Dialect(",", dialect.width)
        text = head_text(path)
    head = first_records(text, dialect)
    rows: tuple[int, ...] = ()
    if mended.is_mended(head):
        exported = scratch / f"{path.name}.exported"
        rows = mended.without_marks(path, exported, dialect)
        path, dialect = exported, Dialect(",", max(dialect.width - len(mended.MARKS), 1))
        head = first_records(head_text(path), dialect)
    if not any(cell.strip() for record in head for cell in record):
        raise FileError(f"{name}: the file is empty. Export it again and check that it holds rows.")
    return Draft(path, name, dialect, head, mended=rows)


def _has_only_returns(text: str) -> bool:
    return "\r" in text and "\n" not in text


def survey(draft: Draft, header: int | None, width: int, scratch: Path) -> Surveyed:
    """Count and measure all records; a text whose quotes or line ends cannot be trusted is rewritten first."""
    path, dialect, first = draft.path, replace(draft.dialect, width=width), 0 if header is None else header + 1
    layout = records.scan(path, dialect.delimiter, width)
    if layout.broken is None:
        return Surveyed(path, dialect, layout, first)
    strict = scratch / f"{path.name}.strict"
    unreadable = repair.rewrite(path, strict, dialect)
    dialect = Dialect(",", width)
    layout = records.scan(strict, ",", width)
    if header is not None:
        rows = first_records(head_text(strict), dialect)
        first = next((i for i, cells in enumerate(rows) if cells == draft.head[header]), header) + 1
    return Surveyed(strict, dialect, layout, first, frozenset(unreadable))
