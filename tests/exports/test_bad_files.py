"""Files that cannot be loaded: one sentence each, never a traceback, nothing half done."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.exports.conftest import Parse


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * (60 << 20))
    return target.getvalue()


def crowd() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for i in range(2_001):
            archive.writestr(f"{i}.csv", "a,b\n1,2\n")
    return target.getvalue()


def empty_archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("folder/", "")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \r\n", "the file is empty"),
        (b",,,\n,,\n", "the file is empty"),
        (b"\x00\x01\x02\x03" * 100, "not a text or a workbook"),
        (bytes(range(256)) * 40, "not a text or a workbook"),
        (b"%PDF-1.7 and so on", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n....", "a picture"),
        (b"PAR1....", "a Parquet file"),
        (b"PK\x03\x04 broken", "damaged or cut off"),
        (b"\x1f\x8b\x08 broken", "damaged or cut off"),
        (b"\xd0\xcf\x11\xe0 broken", "the workbook cannot be opened"),
        (b"<html><p>Sign in</p></html>", "a web page without a table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not those of a known export"),
        (b"Record ID,Deal Name,Deal Stage,Amount\n", "a header and no rows"),
        (b"Record ID,Deal Name,Deal Stage,Amount\n,,,\n", "a header and no rows"),
        (b"a,b,c\n1,2,3\n", "not those of a known export"),
        (
            ",".join(f"col{i}" for i in range(300)).encode() + b"\n" + b"x," * 299 + b"x\n",
            "not those of a known export",
        ),
        (
            b"Record Id,Deal Name,Account Name.id\nzcrm_1,A,zcrm_2\n",
            "looks like Zoho CRM deals, but it has no column for stage",
        ),
        (bomb(), "refused as unsafe"),
        (crowd(), "2,000 are the most"),
        (empty_archive(), "holds no table"),
    ],
)
def test_refused_in_one_sentence(load: Parse, content: bytes, said: str) -> None:
    parsed = load(content, "upload.csv")
    assert said in parsed.reason
    assert parsed.reason.endswith((".", ")"))
    assert parsed.report["rows"]["read"] == 0
    assert [p.name for p in parsed.out.rglob("*.parquet")] == []


def test_an_unknown_file_gives_its_columns_for_the_mapping_form(load: Parse) -> None:
    report = load("x,y\n1,a\n2,b\n").report
    assert [q["kind"] for q in report["questions"]] == ["mapping"]
    assert [(c["header"], c["samples"]) for c in report["columns"]] == [("x", ["1", "2"]), ("y", ["a", "b"])]


def test_a_reader_that_is_told_but_does_not_fit(load: Parse) -> None:
    assert "no reader 'hubspot.dealz'" in load("a,b\n1,2\n", **{"as": "hubspot.dealz"}).reason
    said = load("Record ID,b\n1,2\n", **{"as": "hubspot.deals"}).reason
    assert "no column for name or stage" in said
    assert "'Deal Name'" in said


def test_an_archive_with_a_file_that_is_not_known_is_not_loaded_silently(load: Parse) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("deals.csv", "Record ID,Deal Name,Deal Stage\n1,A,Open\n")
        archive.writestr("other.csv", "x,y\n1,2\n")
    parsed = load(target.getvalue(), "all.zip")
    assert [r["status"] for r in parsed.reports] == ["loaded", "refused"]
    assert "other.csv" in parsed.reports[1]["reason"]


def test_what_is_no_table_in_an_archive_is_named(load: Parse) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "Exported on Monday\nAsk the desk\n")
        archive.writestr("deals.csv", "Record ID,Deal Name,Deal Stage\n1,A,Open\n")
    (report,) = load(target.getvalue(), "all.zip").reports
    assert report["status"] == "loaded"
    assert "all.zip: not read, because it is no table: readme.txt." in report["warnings"]


def test_three_hundred_columns_of_a_known_export(load: Parse) -> None:
    more = [f"Property {i % 250}" for i in range(300)]
    text = ",".join(["Record ID", "Deal Name", "Deal Stage", *more]) + "\n1,A,Open" + ",x" * 300 + "\n"
    parsed = load(text)
    assert parsed.verdict == (1, 1, 0, 0, 0, 0)
    assert len(parsed.columns("opportunities")) == 5 + 300


def test_hostile_names_stay_text(load: Parse, tmp_path: Path) -> None:
    for name in ("../../evil.csv", "a\x00b.csv", "C:\\x.csv", "x" * 5_000, "'; DROP TABLE x; --.csv"):
        parsed = load("Record ID,Deal Name,Deal Stage\n1,A'; DROP TABLE x,Open\n", name)
        assert parsed.verdict[1] == 1
    assert not (tmp_path / "evil.csv").exists()


def test_the_child_process_reports_and_ends_well(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    for content, status in ((b"Record ID,Deal Name,Deal Stage\n1,A,Open\n", "loaded"), (b"", "refused")):
        upload.write_bytes(content)
        request = {"path": str(upload), "name": "deals.csv", "out": str(tmp_path / "out"), "export_day": "2026-03-01"}
        (tmp_path / "request.json").write_text(json.dumps(request))
        done = subprocess.run(
            [sys.executable, "-m", "metrics.exports.worker", str(tmp_path / "request.json")],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""
        assert all({"phase", "done"} == set(json.loads(line)) for line in done.stdout.splitlines())
        assert json.loads((tmp_path / "out" / "0" / "report.json").read_text())["status"] == status
        assert not (tmp_path / "out" / "scratch").exists()
