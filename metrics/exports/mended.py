"""Rejected rows that were downloaded, mended and brought again: the file's own columns behind three of ours."""

import csv
from collections.abc import Sequence
from pathlib import Path

from metrics.exports.dialect import Dialect

MARKS = ("_row", "_reason", "_column")
"""What stands in front of the file's own columns in a download of its rejected rows."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_mended(head: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is the header of a download of rejected rows."""
    return bool(head) and tuple(cell.strip() for cell in head[0][: len(MARKS)]) == MARKS and len(head[0]) > len(MARKS)


def without_marks(path: Path, target: Path, dialect: Dialect) -> tuple[int, ...]:
    """Writes the file as it was exported: without our columns, and without the apostrophe that kept a spreadsheet from
    taking a cell for a formula. The numbers that its rows had in the export."""
    numbers = []
    with path.open(encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        for cells in csv.reader(source, delimiter=dialect.delimiter):
            if cells and cells[0].strip().isdecimal():
                numbers.append(int(cells[0]))
            writer.writerow([_as_exported(cell) for cell in cells[len(MARKS) :]])
    return tuple(numbers)


def _as_exported(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and (cell[1:2] in _FORMULA or cell[1:].lstrip()[:1] in _FORMULA) else cell
