"""Rejected rows that are mended and loaded: the figures are those of the file without a fault, whatever its table."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.cards.tables import csv_of
from metrics.exports.worker import parse
from metrics.workspace import mending
from metrics.workspace.build import Batch, build_in
from metrics.workspace.imports import Import
from metrics.workspace.loading import read_rejects

META = "Campaign name,Day,Amount spent (EUR)\n"
FILES: dict[str, tuple[str, str, str, dict[str, str]]] = {
    # table: the file, what is wrong in it, what should stand there, its columns (none: its own reader knows them)
    "spend": (META + "A,2026-01-01,10\nA,2026-01-02,20\nA,2026-01-02,x\nA,2026-01-09,40\n", "02,x", "02,30", {}),
    "intent": ("d,t,s,o\na.example,T,50,2026-01-01\na.example,U,70,2026-01-01\na.example,V,much,2026-01-01\n",
               "much", "60", {"domain": "d", "topic": "t", "score": "s", "observed_on": "o"}),
    "invoices": ("i,a,d,m\n1,N,2026-01-01,10\n2,N,soon,20\n", "soon", "2026-01-02",
                 {"invoice_id": "i", "account_id": "a", "invoiced_on": "d", "amount": "m"}),
    "stage_visits": ("o,s,e\n1,Talk,2026-01-01\n1,Offer,soon\n", "soon", "2026-01-05",
                     {"opportunity_id": "o", "stage": "s", "entered_at": "e"}),
    "exchange_rates": ("c,d,r\nUSD,2026-01-01,0.9\nUSD,2026-01-02,high\n", "high", "0.8",
                       {"currency": "c", "valid_on": "d", "rate": "r"}),
    "opportunities": ("o,n,s,m\n1,One,Talk,10\n6.9E+11,Two,Talk,20\n", "6.9E+11", "2",
                      {"opportunity_id": "o", "name": "n", "stage": "s", "amount": "m"}),
}  # fmt: skip


class Parsed:
    """A file read in this process: its report and the directory of its rows."""

    def __init__(self, place: Path, text: str, table: str) -> None:
        columns = FILES[table][3]
        (place / "out").mkdir(parents=True)
        (place / "file.csv").write_text(text, encoding="utf-8")
        (self.report,) = parse({
            "path": str(place / "file.csv"), "name": f"{table}.csv", "out": str(place / "out"), "time_zone": "UTC",
            "dry_run": False, "export_day": "2026-02-01",
            "mapping": {"table": table, "columns": columns} if columns else None,
        })  # fmt: skip
        self.directory = place / "out" / "0"

    def batch(self, number: int, mends: int | None = None) -> Batch:
        return Batch(number, self.directory, date(2026, 2, 1), source=self.report["source"], mends=mends)


def rows(batches: list[Batch]) -> dict[str, Any]:
    """What the build makes of these imports, table by table, without where each row is from."""
    with duckdb.connect() as connection:
        build_in(connection, batches, {"currency": "EUR"})
        return {
            table: sorted(
                map(str, connection.execute(f"SELECT * EXCLUDE (_import, _row) FROM model.{table}").fetchall())
            )
            for table in FILES
        }


def test_mended_rows_stand_where_they_would_have_stood_in_the_file(tmp_path: Path) -> None:
    """Each file has a row that cannot be read beside sound ones, in costs of the same day and campaign; all
    are built with their mended rows at once, and once as files without a fault."""
    loaded, whole = [], []
    for number, (table, (text, wrong, right, _)) in enumerate(FILES.items(), start=1):
        faulty = Parsed(tmp_path / f"{table}-faulty", text, table)
        assert faulty.report["rows"]["rejected"] == 1, table
        download = csv_of(read_rejects(faulty.directory)).decode("utf-8-sig")
        cells = [[cell.replace(wrong.split(",")[-1], right.split(",")[-1]) for cell in row]
                 for row in csv.reader(io.StringIO(download))]  # fmt: skip
        again = io.StringIO()
        csv.writer(again).writerows(cells)
        mended = Parsed(tmp_path / f"{table}-mended", again.getvalue(), table)
        assert (mended.report["status"], mended.report["rows"]["loaded"]) == ("loaded", 1), mended.report["reason"]
        assert len(mended.report["mended"]) == 1
        loaded += [faulty.batch(number), mended.batch(100 + number, mends=number)]
        whole.append(Parsed(tmp_path / f"{table}-whole", text.replace(wrong, right), table).batch(number))
    found, wanted = rows(sorted(loaded, key=lambda b: b.number)), rows(whole)
    for table in FILES:
        assert found[table] == wanted[table], table


def upload(number: str | None, tables: dict[str, int], **told: Any) -> Import:
    columns = [{"header": header} for header in ("Day", "Cost")]
    return Import(number, f"costs-{number}.csv", "meta", "spend", "loaded", tables=tables, columns=columns, **told)


@pytest.fixture
def rejected(tmp_path: Path) -> Path:
    """The directory of an import of which the rows 3 and 7 were rejected."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT unnest([3, 7]) AS _row) TO '{tmp_path / 'rejects.parquet'}' (FORMAT parquet)")
    return tmp_path


def test_mended_rows_belong_to_the_import_that_rejected_them(rejected: Path) -> None:
    first = upload("4", {"spend": 9}, export_day="2026-01-31")
    mended = upload(None, {"spend": 1}, mended=[7], export_day="2026-03-01")
    there = mending.belonging(mended, [first], lambda _: rejected)
    assert (there.status, there.mends, there.export_day) == ("loaded", "4", "2026-01-31")
    again = mending.belonging(mended, [first, upload("5", {"spend": 1}, mended=[3, 7], mends="4")], lambda _: rejected)
    assert again.status == "refused"
    assert "import 5 (costs-5.csv) holds mended rows of costs-4.csv" in str(again.reason)
    other = mending.belonging(mended, [first, upload("5", {"spend": 1}, mended=[3], mends="4")], lambda _: rejected)
    assert other.mends == "4"


def test_mended_rows_of_no_import_are_refused_where_they_would_replace_others(rejected: Path) -> None:
    lost = upload(None, {"spend": 1}, mended=[8])
    assert "a report that is not in effect" in str(
        mending.belonging(lost, [upload("4", {})], lambda _: rejected).reason
    )
    deals = upload(None, {"opportunities": 1}, mended=[8])
    assert mending.belonging(deals, [], lambda _: rejected) == deals
    assert mending.belonging(upload(None, {"spend": 1}), [], lambda _: rejected).status == "loaded"
