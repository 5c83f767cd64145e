"""Texts that no plain reader may be trusted with, rewritten record by record in strict CSV.

Stray quotes, quotes never closed, lone carriage returns, zero bytes, columns aligned with blanks. A record that cannot
be read stays in the file as a single cell, so that it is counted, found by its number, and rejected.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from metrics.exports.dialect import Dialect

_LONGEST = 2_000  # lines that one record may span


def rewrite(path: Path, target: Path, dialect: Dialect) -> set[int]:
    """Write strict, comma-separated CSV to `target`; the numbers (from 0) of the records that could not be read."""
    unreadable: set[int] = set()
    with path.open(encoding="utf-8", newline=None) as source, target.open("w", encoding="utf-8", newline="") as sink:
        for number, (cells, is_read) in enumerate(_records(_Lines(source), dialect)):
            _write(sink, cells)
            if not is_read:
                unreadable.add(number)
    return unreadable


def align(path: Path, target: Path) -> None:
    """Columns separated by blanks, rewritten as CSV."""
    with path.open(encoding="utf-8") as source, target.open("w", encoding="utf-8", newline="") as sink:
        for line in source:
            _write(sink, line.split())


class _Lines(Iterator[str]):
    """Lines that can be put back: a record that turns out unreadable is read again from its second line."""

    def __init__(self, source: TextIO) -> None:
        self.source = source
        self.again: list[str] = []
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self.again.pop() if self.again else next(self.source).replace("\x00", "")
        self.taken.append(line)
        if len(self.taken) > _LONGEST:
            raise csv.Error("a record of too many lines")
        return line

    def rewind(self) -> str:
        """Give back all but the first line taken, which is returned."""
        first, *rest = self.taken
        self.again.extend(reversed(rest))
        self.taken = []
        return first


def _records(lines: _Lines, dialect: Dialect) -> Iterator[tuple[list[str], bool]]:
    options = {"delimiter": dialect.delimiter, "skipinitialspace": dialect.skip_space}
    while True:
        reader = csv.reader(lines, strict=True, **options)  # type: ignore[arg-type]
        try:
            for cells in reader:
                lines.taken = []
                yield cells, True
            return
        except csv.Error:
            line = lines.rewind()
        cells = next(csv.reader([line], **options), [])  # type: ignore[arg-type]
        is_whole = len(cells) == dialect.width and not any("\n" in cell for cell in cells)
        yield (cells, True) if is_whole else ([line.rstrip("\n")], False)


def _write(sink: TextIO, cells: list[str]) -> None:
    sink.write(",".join('"' + cell.replace('"', '""') + '"' if _needs_quotes(cell) else cell for cell in cells) + "\n")


def _needs_quotes(cell: str) -> bool:
    return "," in cell or '"' in cell or "\n" in cell or "\r" in cell
