"""Every record is accounted for, by a count that knows nothing of the reader; what was rejected can be mended and
brought again."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest

from dashboard.text.safe import csv_bytes
from metrics.exports import sheet, verdicts
from metrics.exports.mended import MARKS

HEAD = "Record ID,Deal Name,Deal Stage,Amount,Create Date\n"
FILES = {
    "plain": HEAD + "1,One,Demo,10,2026-01-01\n2,Two,Won,20,2026-01-02\n",
    "without a last line end": HEAD + "1,One,Demo,10,2026-01-01\n2,Two,Won,20,2026-01-02",
    "line feeds in cells": HEAD + '1,"One\nand more",Demo,10,2026-01-01\n2,"Two\r\n\r\nlines",Won,20,2026-01-02\n',
    "quotes in cells": HEAD + '1,"One ""quoted""",Demo,10,2026-01-01\n2,"Two, with comma",Won,20,2026-01-02\n',
    "Windows' line ends": (HEAD + "1,One,Demo,10,2026-01-01\n\n2,Two,Won,20,2026-01-02\n").replace("\n", "\r\n"),
    "mixed line ends": HEAD + "1,One,Demo,10,2026-01-01\r\n2,Two,Won,20,2026-01-02\n3,Three,Won,5,2026-01-02\r\n",
    "semicolons": (HEAD + "1,One,Demo,10,2026-01-01\n2,Two,Won,20,2026-01-02\n").replace(",", ";"),
    "repeats, blanks and a total": HEAD + "1,One,Demo,10,2026-01-01\n1,One,Won,10,2026-01-01\n\n,,,,\nTotal,,,20,\n",
    "rows too short and too long": HEAD + "1,One,Demo,10,2026-01-01\n2,Two\n3,T,Won,1,2026-01-02,more,and more\n",
    "a stage without a deal": HEAD + "1,One,Demo,10,2026-01-01\n,,Won,,\n",
}  # fmt: skip


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_the_records_are_those_that_a_plain_reader_of_csv_counts(load: Callable[..., Any], content: str) -> None:
    delimiter = ";" if content.startswith("Record ID;") else ","
    records = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))[1:]
    blank = sum(not any(cell.strip() for cell in record) for record in records)
    read, loaded, rejected, duplicate, found_blank, footer = load(content).verdict
    assert (read, found_blank) == (len(records), blank)
    assert loaded + rejected + duplicate + footer == len(records) - blank


def test_the_records_of_a_workbook_are_those_that_another_reader_counts(load: Callable[..., Any]) -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for record in csv.reader(io.StringIO(FILES["repeats, blanks and a total"], newline="")):
        book.active.append([cell or None for cell in record] or [None])
    book.save(target)
    rows = list(openpyxl.load_workbook(io.BytesIO(target.getvalue())).active.iter_rows(values_only=True))
    assert load(target.getvalue(), "deals.xlsx").verdict[0] == len(rows) - 1


@pytest.mark.parametrize("lost", ["first", "last"])
def test_a_reader_that_loses_a_row_is_found_out(
    load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The parser is broken on purpose: it gives one row fewer than the file has."""
    read = sheet._read_body

    def loses_one(con: duckdb.DuckDBPyConnection, path: Any, dialect: Any, table: str, longest: int) -> str | None:
        fault = read(con, path, dialect, table, longest)
        pick = "min" if lost == "first" else "max"
        con.execute(f"CREATE TABLE kept AS SELECT * FROM {table}_body "
                    f"WHERE rowid <> (SELECT {pick}(rowid) FROM {table}_body)")  # fmt: skip
        con.execute(f"DROP TABLE {table}_body")
        con.execute(f"ALTER TABLE kept RENAME TO {table}_body")
        return fault

    monkeypatch.setattr(sheet, "_read_body", loses_one)
    assert re.search(r"2 records were counted but \d could be read", load(FILES["plain"]).reason)


def test_a_row_that_no_verdict_knows_is_found_out(load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is judged twice: it would be counted as a repeat and as rejected."""
    judge = verdicts._duplicates

    def twice(con: duckdb.DuckDBPyConnection, rows: Any, name: str) -> None:
        judge(con, rows, name)
        con.execute(f"INSERT INTO {name} SELECT _row, 'rejected', 'again', NULL FROM {name} LIMIT 1")

    monkeypatch.setattr(verdicts, "_duplicates", twice)
    reason = load(FILES["repeats, blanks and a total"]).reason
    assert "5 records were counted in the file, and 6 are accounted for" in reason
    assert "Nothing was loaded" in reason


HISTORY = """\
Opportunity ID,Opportunity Name,From Stage,To Stage,Last Modified
0061,-Smith & Sons,Talk,Offer,2026-01-05
0062,Two,Talk,Offer,someday
0063,+Three,Talk,,2026-01-07
"""


def rejects(parsed: Any) -> pd.DataFrame:
    with duckdb.connect() as con:
        path = str(parsed.out / "0" / "rejects.parquet")
        return con.execute("SELECT * FROM read_parquet(?) ORDER BY _row", [path]).df()


@pytest.fixture
def dirty(load: Callable[..., Any]) -> Any:
    mapping = {"table": "stage_visits", "columns": {"opportunity_id": "Opportunity ID", "stage": "To Stage",
                                                    "entered_at": "Last Modified"}}  # fmt: skip
    return load(HISTORY, mapping=mapping), mapping


def test_rejected_rows_have_their_line_column_and_reason_before_their_own_columns(dirty: Any) -> None:
    parsed, _ = dirty
    assert parsed.verdict[:3] == (3, 1, 2)
    told = rejects(parsed)
    assert tuple(told.columns[:3]) == MARKS
    assert list(told.columns[3:]) == HISTORY.splitlines()[0].split(",")
    assert [tuple(row)[:3] for row in told.itertuples(index=False)] == [
        (3, "unreadable entered at", "Last Modified"), (4, "no stage", "To Stage"),
    ]  # fmt: skip


def test_rejected_rows_are_loaded_once_they_are_mended(load: Callable[..., Any], dirty: Any) -> None:
    """As downloaded: with a byte order mark, and with an apostrophe before what a spreadsheet would take for a formula.
    They hold what they would have held in the file."""
    parsed, mapping = dirty
    download = csv_bytes(rejects(parsed)).decode("utf-8-sig")
    assert "'+Three" in download
    mended = download.replace("someday", "2026-01-06").replace("Talk,,2026", "Talk,Offer,2026")
    again = load("\ufeff" + mended, mapping=mapping)
    assert (again.verdict, again.report["mended"]) == ((2, 2, 0, 0, 0, 0), [3, 4])
    assert [column["header"] for column in again.report["columns"]] == HISTORY.splitlines()[0].split(",")
    assert again.report["columns"][1]["samples"] == ["Two", "+Three"]
    whole = HISTORY.replace("someday", "2026-01-06").replace("Talk,,2026", "Talk,Offer,2026")
    wanted = load(whole, mapping=mapping).rows("stage_visits", "opportunity_id, stage, entered_at")[1:]
    assert again.rows("stage_visits", "opportunity_id, stage, entered_at") == wanted


def test_our_columns_make_no_attributes(load: Callable[..., Any]) -> None:
    download = (
        "_row,_reason,_column,Record ID,Deal Name,Deal Stage,Priority\n3,no id,opportunity_id,7,Seven,Demo,high\n"
    )
    parsed = load(download)
    assert parsed.verdict == (1, 1, 0, 0, 0, 0)
    assert [name for name in parsed.columns("opportunities") if name.startswith("attr:")] == ["attr:Priority"]


def test_a_question_shows_rows_of_the_file(load: Callable[..., Any]) -> None:
    rows = "1,One,Demo,10,03/04/2026\n2,Two,Won,20,05/04/2026\n3,Three,Won,20,03/04/2026\n"
    (question,) = load(HEAD + rows).report["questions"]
    assert question["rows"] == [
        {"row": 2, "name": "One", "value": "03/04/2026"}, {"row": 3, "name": "Two", "value": "05/04/2026"},
    ]  # fmt: skip
