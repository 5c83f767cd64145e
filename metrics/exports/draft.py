"""One table of a file before it is read: a UTF-8 text, how it is written, its records counted, its first records."""

from dataclasses import dataclass, replace
from pathlib import Path

from metrics.errors import FileError
from metrics.exports import records, repair
from metrics.exports.container import Part
from metrics.exports.dialect import Dialect, first_records, head_text, sniff
from metrics.exports.encoding import utf8
from metrics.exports.records import Layout
from metrics.exports.workbook import pages_of


@dataclass(frozen=True)
class Draft:
    """A text whose records are counted. `head`: its first records; `unreadable`: numbers of the broken ones."""

    path: Path
    name: str
    dialect: Dialect
    layout: Layout
    head: list[list[str]]
    warnings: tuple[str, ...] = ()
    unreadable: frozenset[int] = frozenset()

    @property
    def delimiter(self) -> str:
        return self.dialect.delimiter


def drafts_of(part: Part, scratch: Path, delimiter: str | None = None) -> list[Draft]:
    """A draft of the text, or of each filled sheet of the workbook; FileError where there is nothing to read."""
    if part.kind == "workbook":
        pages = pages_of(part.path, part.name, scratch)
        return [
            _draft(p.path, f"{part.name} [{p.sheet}]" if len(pages) > 1 else part.name, ",", scratch) for p in pages
        ]
    text = utf8(part.path, part.name, scratch)
    path = text.path
    if delimiter == "whitespace":
        path = scratch / f"{path.name}.aligned"
        repair.align(text.path, path)
        delimiter = ","
    return [replace(_draft(path, part.name, delimiter, scratch), warnings=text.warnings)]


def _draft(path: Path, name: str, delimiter: str | None, scratch: Path) -> Draft:
    text = head_text(path)
    dialect = sniff(text, name, delimiter)
    layout = records.scan(path, dialect.delimiter, dialect.width)
    unreadable: set[int] = set()
    if layout.broken or dialect.skip_space:
        strict = scratch / f"{path.name}.strict"
        unreadable = repair.rewrite(path, strict, dialect)
        path, dialect = strict, Dialect(",", dialect.width)
        layout = records.scan(path, dialect.delimiter, dialect.width)
        text = head_text(path)
    head = first_records(text, dialect)
    if not any(cell.strip() for record in head for cell in record):
        raise FileError(f"{name}: the file is empty. Export it again and check that it holds rows.")
    return Draft(path, name, dialect, layout, head, unreadable=frozenset(unreadable))
