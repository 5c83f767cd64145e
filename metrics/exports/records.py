"""The records of a delimited text, counted without the parser: where each begins and how many cells it has.

A record ends at a line feed outside quotes. The count is the independent answer that the parser's row count is held
against, and the records whose width differs from the rest are known before anything is parsed.
"""

import mmap
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_BLOCK = 16 << 20
_NEAR = 1 << 20  # bytes that stay near the processor while they are looked at
_NEWLINE, _DELIMITER, _QUOTE, _RETURN, _NUL = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Odd:
    """A record of another width than most: its number from 0, its bytes [start, end) with the line end."""

    number: int
    start: int
    end: int


@dataclass
class Layout:
    """What a scan found. `broken` says why the quoting or the line ends cannot be trusted; the counts then cannot."""

    records: int = 0
    odd: list[Odd] = field(default_factory=list)
    mixed_ends: bool = False
    longest: int = 0  # bytes
    broken: str | None = None


def scan(path: Path, delimiter: str, width: int) -> Layout:
    """One pass over a UTF-8 file: its records, and those that have not `width` cells (blank lines too)."""
    if path.stat().st_size == 0:
        return Layout()
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _Scan(np.frombuffer(data, dtype=np.uint8), delimiter, width).run()


def lines(path: Path) -> int | None:
    """The number of lines in a file, the last one with or without an end; None where it holds zero bytes."""
    n, last = 0, b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_NEAR):
            if b"\x00" in block:
                return None
            n += int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == 10))
            last = block[-1:]
    return n + (last != b"\n")


class _Scan:
    def __init__(self, data: np.ndarray, delimiter: str, width: int) -> None:
        self.data = data
        self.width = width
        self.table = np.zeros(256, dtype=np.uint8)
        self.table[ord(delimiter)] = _DELIMITER
        self.table[[10, 34, 13, 0]] = _NEWLINE, _QUOTE, _RETURN, _NUL
        self.delimiter = ord(delimiter)
        self.layout = Layout()
        self.inside = 0  # 1 while a quote is open
        self.cells = 1  # of the record that the block before left unfinished
        self.start = 0  # where that record begins
        self.unix = self.windows = 0

    def run(self) -> Layout:
        size = len(self.data)
        for offset in range(0, size, _BLOCK):
            self._block(offset, min(offset + _BLOCK, size))
            if self.layout.broken:
                break
        self._finish(size)
        data, self.data = self.data, np.empty(0, np.uint8)  # the map cannot close while a view of it lives
        del data
        return self.layout

    def _block(self, offset: int, end: int) -> None:
        kinds = self.table[self.data[offset:end]]
        at = np.flatnonzero(kinds)
        kind = kinds[at]
        at = at + offset
        quotes = kind == _QUOTE
        if self.inside or quotes.any():
            open_after = (np.cumsum(quotes, dtype=np.int64) + self.inside) & 1
            self._check_quotes(at[quotes], open_after[quotes] == 1)
            self.inside = int(open_after[-1]) if len(open_after) else self.inside
            outside = (open_after == 0) & ~quotes
            at, kind = at[outside], kind[outside]
        self._check_ends(at, kind)
        keep = kind <= _DELIMITER
        at, ends = at[keep], kind[keep] == _NEWLINE
        self._count(at, ends)

    def _check_quotes(self, at: np.ndarray, opens: np.ndarray) -> None:
        size = len(self.data)
        before = self.data[np.maximum(at[opens] - 1, 0)]
        closing = at[~opens]
        after = self.data[np.minimum(closing + 1, size - 1)]
        legal = (10, 13, 34, self.delimiter)
        good = np.isin(before, legal) | (at[opens] == 0)
        if not good.all() or not (np.isin(after, legal) | (closing == size - 1)).all():
            self.layout.broken = "stray quotes"

    def _check_ends(self, at: np.ndarray, kind: np.ndarray) -> None:
        if (kind == _NUL).any():
            self.layout.broken = "zero bytes"
        returns = at[kind == _RETURN]
        followed = self.data[np.minimum(returns + 1, len(self.data) - 1)] == 10
        if not followed.all():
            self.layout.broken = self.layout.broken or "lone carriage returns"
        self.windows += len(returns)
        self.unix += int((kind == _NEWLINE).sum()) - len(returns)

    def _count(self, at: np.ndarray, ends: np.ndarray) -> None:
        rows = np.flatnonzero(ends)
        if len(rows) == 0:
            self.cells += len(at)
            return
        cells = np.diff(rows, prepend=-1)
        cells[0] += self.cells - 1
        finish = at[rows] + 1
        start = np.concatenate(([self.start], finish[:-1]))
        blank = (finish - start <= 2) & (self.data[start] < 14) if self.width == 1 else np.zeros(len(rows), dtype=bool)
        for i in np.flatnonzero((cells != self.width) | blank):
            self.layout.odd.append(Odd(self.layout.records + int(i), int(start[i]), int(finish[i])))
        self.layout.records += len(rows)
        self.layout.longest = max(self.layout.longest, int((finish - start).max()))
        self.cells = len(at) - int(rows[-1])
        self.start = int(finish[-1])

    def _finish(self, size: int) -> None:
        if self.inside:
            self.layout.broken = self.layout.broken or "a quote that is never closed"
        if self.start < size:
            if self.cells != self.width:
                self.layout.odd.append(Odd(self.layout.records, self.start, size))
            self.layout.records += 1
            self.layout.longest = max(self.layout.longest, size - self.start)
        self.layout.mixed_ends = self.unix > 0 and self.windows > 0


def copy_without(path: Path, target: Path, layout: Layout) -> None:
    """The file without its odd records, with line feeds as the only line ends where they were mixed."""
    with path.open("rb") as source, target.open("wb") as sink:
        at = 0
        for odd in layout.odd:
            _copy(source, sink, at, odd.start, layout.mixed_ends)
            at = odd.end
        _copy(source, sink, at, path.stat().st_size, layout.mixed_ends)


def _copy(source: object, sink: object, start: int, end: int, unify: bool) -> None:
    source.seek(start)  # type: ignore[attr-defined]
    left, held = end - start, b""
    while left > 0:
        block = held + source.read(min(_BLOCK, left))  # type: ignore[attr-defined]
        left -= len(block) - len(held)
        held = block[-1:] if unify and left > 0 and block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        sink.write(block.replace(b"\r\n", b"\n") if unify else block)  # type: ignore[attr-defined]
