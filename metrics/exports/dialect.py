"""The delimiter of a text and its first records, sniffed on the start of the file outside quotes."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metrics.errors import FileError

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_RECORDS = 60
_REGULAR = 0.9

csv.field_size_limit(64 << 20)


@dataclass(frozen=True)
class Dialect:
    """How the records of a text are written. `width` is the most frequent number of cells."""

    delimiter: str
    width: int
    skip_space: bool = False


def head_text(path: Path) -> str:
    """The first megabyte, up to a whole line."""
    with path.open("rb") as stream:
        block = stream.read(_HEAD)
        more = bool(stream.read(1))
    if more and b"\n" in block:
        block = block[: block.rindex(b"\n") + 1]
    return block.decode("utf-8", errors="replace").replace("\x00", "")


def first_records(text: str, dialect: Dialect, most: int = _RECORDS) -> list[list[str]]:
    """The first records of a text; a record that cannot be read ends the list."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, skipinitialspace=dialect.skip_space)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) == most:
                break
    except csv.Error:
        pass
    return records


def sniff(text: str, name: str, given: str | None = None) -> Dialect:
    """The delimiter that gives most records the same number of cells, more than one."""
    if given is not None and given not in DELIMITERS:
        raise FileError(f"{name}: unknown delimiter {given!r}. Use one of , ; tab | or whitespace.")
    delimiters = (given,) if given else DELIMITERS
    best, share = _best(text, delimiters, is_below=False)
    if share < _REGULAR:  # lines above a header are written otherwise than the table
        best, _ = _best(text, delimiters, is_below=True)
    return Dialect(given, 1) if given and best.width == 1 else best


def _best(text: str, delimiters: Sequence[str], *, is_below: bool) -> tuple[Dialect, float]:
    """The best delimiter, and the share of records that it gives the same width; `is_below`: from the first such on."""
    best, best_score = Dialect(",", 1), (0.0, 0)
    for delimiter in delimiters:
        dialect = Dialect(delimiter, 1, f'{delimiter} "' in text[:4096])
        found = [len(r) for r in first_records(text, dialect) if any(cell.strip() for cell in r)]
        wide = {w: n for w, n in Counter(found).items() if w > 1}
        if not wide:
            continue
        width, n = max(wide.items(), key=lambda item: (item[1], item[0]))
        above = found.index(width) if is_below and n > 1 else 0
        score = (n / (len(found) - above), width)
        if score[0] > best_score[0] + 0.1 or (score[0] > best_score[0] - 0.1 and width > best_score[1]):
            best, best_score = Dialect(delimiter, width, dialect.skip_space), score
    return best, best_score[0]
