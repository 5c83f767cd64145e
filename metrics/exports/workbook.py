"""The sheets of a workbook as CSV texts. Cells become text without passing through floats where they are text."""

import csv
import datetime as dt
import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from metrics.errors import FileError


@dataclass(frozen=True)
class Page:
    """One sheet written as CSV."""

    path: Path
    sheet: str


def pages_of(path: Path, name: str, scratch: Path) -> list[Page]:
    """The sheets that hold anything, in order; FileError where the workbook cannot be opened."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        pages = [_write(book.get_sheet_by_name(title), title, scratch / f"{path.name}-sheet-{i}")
                 for i, title in enumerate(book.sheet_names)]  # fmt: skip
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise FileError(f"{name}: the workbook cannot be opened ({error}). Save it again as XLSX or CSV.") from None
    filled = [page for page in pages if page is not None]
    if not filled:
        raise FileError(f"{name}: the workbook is empty. Export it again and check that it holds rows.")
    return filled


def _write(sheet: Any, title: str, target: Path) -> Page | None:
    if sheet.height == 0 or sheet.width == 0:
        return None
    is_filled = False
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        for row in sheet.iter_rows():
            cells = [cell_text(cell) for cell in row]
            is_filled = is_filled or any(cells)
            writer.writerow(cells)
    return Page(target, title) if is_filled else None


def cell_text(cell: Any) -> str:
    """A cell as text: whole numbers without a decimal point, dates in ISO form."""
    if isinstance(cell, str):
        return cell.replace("\x00", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return str(cell)
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return "" if cell is None else str(cell)
