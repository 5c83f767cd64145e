"""How vendors write things down: ids, stamps, booleans and CSV bytes. Arrays in, arrays of text out."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
CHECK = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)


def salesforce_ids(prefix: str, numbers: np.ndarray, *, length: int = 18) -> np.ndarray:
    """18- or 15-character Salesforce ids: 3 of the object, 3 of the instance, 9 in base 62, 3 of case checksum."""
    text = np.empty((len(numbers), 18), dtype=np.uint8)
    text[:, :6] = np.frombuffer((prefix + "Hd0").encode(), dtype=np.uint8)
    rest = np.asarray(numbers, dtype=np.int64) + 62**5
    for place in range(14, 5, -1):
        text[:, place] = BASE62[rest % 62]
        rest //= 62
    upper = (text[:, :15] >= ord("A")) & (text[:, :15] <= ord("Z"))
    text[:, 15:] = CHECK[upper.reshape(-1, 3, 5) @ (1 << np.arange(5))]
    ids = np.ascontiguousarray(text).view("S18").ravel().astype("U18")
    return ids if length == 18 else ids.astype("U15")


def _masked(text: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    return np.where(np.isnat(stamps), "", text)


def hubspot_stamp(stamps: np.ndarray) -> np.ndarray:
    """`2026-03-01 09:30`; empty where unknown."""
    return _masked(np.strings.replace(np.datetime_as_string(stamps, unit="m"), "T", " "), stamps)


def iso_day(stamps: np.ndarray) -> np.ndarray:
    """`2026-03-01`; empty where unknown."""
    return _masked(np.datetime_as_string(stamps.astype("datetime64[D]"), unit="D"), stamps)


def iso_stamp(stamps: np.ndarray) -> np.ndarray:
    """`2026-03-01T09:30:00.000Z`; empty where unknown."""
    return _masked(np.strings.add(np.datetime_as_string(stamps, unit="m"), ":00.000Z"), stamps)


def us_day(stamps: np.ndarray) -> np.ndarray:
    """`3/1/2026`, as reports of an en_US user write it; empty where unknown."""
    iso = np.datetime_as_string(stamps.astype("datetime64[D]"), unit="D")
    years, months, days = (np.strings.slice(iso, a, b) for a, b in ((0, 4), (5, 7), (8, 10)))
    month_day = np.strings.add(np.strings.add(np.strings.lstrip(months, "0"), "/"), np.strings.lstrip(days, "0"))
    return _masked(np.strings.add(np.strings.add(month_day, "/"), years), stamps)


def yes_no(flags: np.ndarray, words: tuple[str, str] = ("Yes", "No")) -> np.ndarray:
    """Flags in the vendor's words."""
    return np.where(flags, *words)


def whole(numbers: np.ndarray, *, width: int = 0) -> np.ndarray:
    """Whole numbers as text; padded with zeros to `width`."""
    text = np.asarray(numbers, dtype=np.int64).astype("U20")
    return np.strings.zfill(text, width) if width else text


def joined(*parts: np.ndarray | str) -> np.ndarray:
    """The parts one after the other, row by row."""
    text = np.asarray(parts[0], dtype=np.str_)
    for part in parts[1:]:
        text = np.strings.add(text, np.asarray(part, dtype=np.str_))
    return text


@dataclass(frozen=True)
class Platform:
    """How an advertising platform, or a spreadsheet, writes a file in one go: cells quoted where they must be.

    A tab parts the cells of a line above the header.
    """

    preamble: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"
    totals: int = 0  # rows of totals at the end of the frame
    repeated: int = 0  # rows at its end that are there already
    headers: int = 1  # rows of headers: those after the first are the frame's first rows

    def write(self, path: Path, frame: pd.DataFrame) -> None:
        """The lines above the header, the header, the rows."""
        text = StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        for line in self.preamble:
            writer.writerow(line.split("\t") if line else [])
        writer.writerow(frame.columns)
        writer.writerows(frame.astype(str).to_numpy().tolist())
        path.write_bytes(text.getvalue().encode(self.encoding))


class CsvFile:
    """A CSV file written block by block, quoted throughout (HubSpot, reports) or nowhere (Salesforce API)."""

    def __init__(self, path: Path, *, quoted: bool, encoding: str = "utf-8") -> None:
        self.path, self.quoted, self.encoding = path, quoted, encoding
        self._has_header = False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    def append(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame of text; the header first, once."""
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid" if self.quoted else "none")
        sink = pa.BufferOutputStream()
        pyarrow.csv.write_csv(pa.Table.from_pandas(frame.astype("str"), preserve_index=False), sink, options)
        rows = sink.getvalue().to_pybytes()
        with self.path.open("ab") as file:
            if not self._has_header:
                file.write((self._line(list(frame.columns)) + "\n").encode(self.encoding))
                self._has_header = True
            file.write(rows if self.encoding == "utf-8" else rows.decode("utf-8").encode(self.encoding))

    def footer(self, lines: tuple[str, ...]) -> None:
        """Lines that a report adds below its rows, each a single cell."""
        with self.path.open("ab") as file:
            file.write("".join(self._line([line]) + "\n" for line in lines).encode(self.encoding))

    def _line(self, cells: list[str]) -> str:
        if not self.quoted:
            return ",".join(cells)
        return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
