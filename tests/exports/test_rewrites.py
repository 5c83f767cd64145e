"""The dates and the amounts of pipeline files, written otherwise: the same figures or a question, never other ones."""

import csv
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from places import REAL_DATA
from pyarrow.parquet import read_table

from metrics.exports.worker import parse
from metrics.sample import EXPORTS

ROWS = 160
_DAY = re.compile(r"^(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?P<rest>[ T]\d\d:\d\d.*)?$")
_AMERICAN = re.compile(r"^(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?P<rest>)$")
_PLAIN = re.compile(r"^(\d+(\.\d+)?)?$")
Day = tuple[int, int, int]
Style = Callable[[int, Day], str]


def day_first(_: int, day: Day) -> str:
    return f"{day[2]:02}-{day[1]:02}-{day[0]}"


def month_first(_: int, day: Day) -> str:
    return f"{day[1]}/{day[2]}/{day[0]}"


def short(_: int, day: Day) -> str:
    return f"{day[2]:02}-{day[1]:02}-{day[0] % 100:02}"


def mixed(row: int, day: Day) -> str:
    return (day_first if row % 2 else month_first)(row, day)


def mixed_signs_alike(row: int, day: Day) -> str:
    """Both with slashes: nothing but days over 12 tells them apart."""
    return (day_first if row % 2 else month_first)(row, day).replace("-", "/")


def mostly_day_first(row: int, day: Day) -> str:
    return (month_first if row % 40 == 7 else day_first)(row, day).replace("-", "/")


def half_iso(row: int, day: Day) -> str:
    return day_first(row, day) if row % 2 else f"{day[0]}-{day[1]:02}-{day[2]:02}"


DATES: dict[str, Style] = {f.__name__: f for f in (
    day_first, month_first, short, mixed, mixed_signs_alike, mostly_day_first, half_iso,
)}  # fmt: skip
MUST_ASK = {"mixed_signs_alike", "mostly_day_first", "mixed"}
AMOUNTS: dict[str, Callable[[int, Decimal], str]] = {
    "1.234,56": lambda _, x: _grouped(x, ".", ","),
    "1 234,56": lambda _, x: _grouped(x, " ", ","),
    "1 234,56 no-break": lambda _, x: _grouped(x, "\u00a0", ","),
    "1 234,56 narrow": lambda _, x: _grouped(x, "\u202f", ","),
    "1,234.56": lambda _, x: _grouped(x, ",", "."),
    "1'234.56": lambda _, x: _grouped(x, "'", "."),
    "1234,56": lambda _, x: f"{x:.2f}".replace(".", ","),
    "1.234": lambda _, x: _grouped(x, ".", ",").split(",")[0],
    "1,234": lambda _, x: _grouped(x, ",", ".").split(".")[0],
    "both": lambda row, x: _grouped(x, ".", ",") if row % 2 else _grouped(x, ",", "."),
    "mostly 1,234.56": lambda row, x: _grouped(x, ".", ",") if row % 40 == 7 else _grouped(x, ",", "."),
}


def _grouped(value: Decimal, group: str, mark: str) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)


@dataclass(frozen=True)
class Pipeline:
    """A pipeline file: its records, which columns hold dates and amounts, and the figures that it gives as it is."""

    header: list[str]
    rows: list[list[str]]
    dates: list[int]
    amount: int
    mapping: dict[str, Any] | None
    figures: list[tuple[Any, ...]]


def figures_of(path: Path, out: Path, mapping: dict[str, Any] | None, **more: Any) -> tuple[dict[str, Any], list]:
    """The report on a file, and its deals: id, both days, amount."""
    shutil.rmtree(out, ignore_errors=True)
    request = {"path": str(path), "out": str(out), "export_day": "2026-10-31", "mapping": mapping}
    (report,) = parse(request | more)
    found = out / "0" / "opportunities.parquet"
    if report["status"] != "loaded":
        return report, []
    table = read_table(found).to_pydict()
    columns = [table[name] for name in ("opportunity_id", "opened_on", "closed_on", "amount")]
    return report, sorted(zip(*columns, strict=True), key=repr)


def taken(path: Path, work: Path, encoding: str, mapping: dict[str, Any] | None) -> Pipeline:
    """The first records of a file with whole amounts, so that no way of writing them loses a cent."""
    with path.open(encoding=encoding, newline="") as stream:
        header, *rows = csv.reader(stream)
    amount = next(i for i, name in enumerate(header) if name in ("Amount", "close_value"))
    rows = [row for row in rows if len(row) == len(header) and row[0] and _PLAIN.match(row[amount])][:ROWS]
    dates = [i for i in range(len(header)) if any(_DAY.match(row[i]) or _AMERICAN.match(row[i]) for row in rows)]
    for row in rows:
        row[amount] = str(round(Decimal(row[amount]))) if row[amount] else ""
    plain = work / path.name
    write(plain, header, rows)
    report, figures = figures_of(plain, work / "out", mapping)
    assert report["status"] == "loaded"
    assert len(dates) >= 2
    return Pipeline(header, rows, dates, amount, mapping, figures)


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as sink:
        csv.writer(sink).writerows([header, *rows])
    return path


@pytest.fixture(scope="module", params=["hubspot", "salesforce", "maven-crm"])
def pipeline(request, tmp_path_factory) -> Pipeline:
    work = tmp_path_factory.mktemp(request.param)
    if request.param == "hubspot":
        return taken(next(EXPORTS.glob("hubspot*deals*")), work, "utf-8-sig", None)
    if request.param == "salesforce":
        return taken(next(EXPORTS.glob("salesforce-report*")), work, "cp1252", None)
    if not REAL_DATA.is_dir():
        pytest.skip("the public data sets are not beside this checkout")
    mapping = tomllib.loads((REAL_DATA / "maven-crm/sales_pipeline.toml").read_text(encoding="utf-8"))
    del mapping["format"]["dates"]
    return taken(REAL_DATA / "maven-crm/sales_pipeline.csv", work, "utf-8", mapping)


def redated(rows: list[list[str]], columns: list[int], style: Style) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        changed = list(row)
        for i in columns:
            found = _DAY.match(row[i]) or _AMERICAN.match(row[i])
            if found:
                day = (int(found["y"]), int(found["m"]), int(found["d"]))
                changed[i] = style(number, day) + (found["rest"] or "")
        yield changed


@pytest.mark.parametrize("name", DATES)
def test_dates_written_otherwise(pipeline: Pipeline, tmp_path: Path, name: str) -> None:
    rows = list(redated(pipeline.rows, pipeline.dates, DATES[name]))
    assert rows != pipeline.rows or name == "month_first"
    path = write(tmp_path / "deals.csv", pipeline.header, rows)
    report, figures = figures_of(path, tmp_path / "out", pipeline.mapping)
    if name in MUST_ASK and report["status"] == "refused":
        assert {question["kind"] for question in report["questions"]} == {"dates"}
        return
    assert name not in ("mixed_signs_alike", "mostly_day_first")
    assert report["status"] == "loaded", report["reason"]
    assert figures == pipeline.figures


@pytest.mark.parametrize("name", ["day_first", "short"])
def test_days_that_could_be_months_are_asked(pipeline: Pipeline, tmp_path: Path, name: str) -> None:
    """Without a day over the 12th nothing shows the order; with the answer the figures are the same."""

    def could(row: list[str]) -> bool:
        found = [_DAY.match(row[i]) or _AMERICAN.match(row[i]) for i in pipeline.dates]
        return all(one is None or int(one["d"]) <= 12 for one in found)

    few = [row for row in pipeline.rows if could(row)]
    assert len(few) >= 3
    plain = write(tmp_path / "plain.csv", pipeline.header, few)
    _, figures = figures_of(plain, tmp_path / "out", pipeline.mapping, dates="mdy")  # the order of those that have one
    path = write(tmp_path / "deals.csv", pipeline.header, list(redated(few, pipeline.dates, DATES[name])))
    report, _ = figures_of(path, tmp_path / "out", pipeline.mapping)
    assert [question["kind"] for question in report["questions"]] == ["dates"]
    report, answered = figures_of(path, tmp_path / "out", pipeline.mapping, dates="dmy")
    assert (report["status"], answered) == ("loaded", figures)


@pytest.mark.parametrize("name", AMOUNTS)
def test_amounts_written_otherwise(pipeline: Pipeline, tmp_path: Path, name: str) -> None:
    i, rows = pipeline.amount, [list(row) for row in pipeline.rows]
    for number, row in enumerate(rows):
        row[i] = AMOUNTS[name](number, Decimal(row[i])) if row[i] else ""
    path = write(tmp_path / "deals.csv", pipeline.header, rows)
    report, figures = figures_of(path, tmp_path / "out", pipeline.mapping)
    if report["status"] == "refused":
        assert [question["kind"] for question in report["questions"]] == ["decimal"]
        assert name in ("1.234", "1,234", "both", "mostly 1,234.56")
        if name in ("1.234", "1,234"):
            answers = {"decimal": "," if name == "1.234" else "."}
            report, figures = figures_of(path, tmp_path / "out", pipeline.mapping, **answers)
            assert figures == pipeline.figures
        return
    assert name not in ("both", "mostly 1,234.56")
    assert figures == pipeline.figures
