"""Every golden file has exactly its verdict: what it is, its rows, its columns, its questions, what was loaded."""

from pathlib import Path
from typing import Any

import pytest

from tests.exports.conftest import Parse, Parsed
from tests.exports.golden_files import FILES, content, read

_TOLD = ("kind", "rows", "columns", "asks", "refused", "says", "stages", "untested")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_verdict(load: Parse, path: Path) -> None:
    case = read(path)
    expected: dict[str, Any] = case["expect"]
    parsed = load(content(case), case["name"], **case.get("request", {}))
    report = parsed.report
    assert [question["kind"] for question in report["questions"]] == expected.get("asks", [])
    assert report["untested"] == expected.get("untested", False)
    if "says" in expected:
        assert any(expected["says"] in line for line in report["warnings"]), report["warnings"]
    if "refused" in expected:
        assert report["status"] == "refused"
        assert expected["refused"] in report["reason"]
        return
    assert report["status"] == "loaded", report["reason"]
    assert f"{report['source']}.{report['object']}" == expected["kind"]
    assert list(parsed.verdict) == expected["rows"]
    assert certain(report) == expected["columns"]
    if "stages" in expected:
        assert sorted([s["stage"], s["outcome"]] for s in report["stages"]) == sorted(expected["stages"])
    for table in expected.keys() - set(_TOLD):
        columns, *rows = expected[table]
        assert loaded(parsed, table, columns[0]) == rows, table


def certain(report: dict[str, Any]) -> dict[str, str]:
    """Header → what the column certainly feeds."""
    return {c["header"]: " ".join(c["feeds"]) for c in report["columns"] if c["certainty"] == "certain" and c["feeds"]}


def loaded(parsed: Parsed, table: str, columns: str) -> list[list[str]]:
    """The rows of a batch as texts, an empty one for none."""
    return [
        ["" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row]
        for row in parsed.rows(table, columns)
    ]


def test_the_golden_files_cover_every_reader_of_its_own() -> None:
    kinds = {read(path)["expect"].get("kind", "").split(".")[0] for path in FILES}
    crm = {"hubspot", "salesforce", "dynamics", "pipedrive", "zoho", "amocrm"}
    other = {"bombora", "demandbase", "meta", "linkedin", "stripe", "typeform", "surveymonkey", "brandwatch"}
    assert crm | other <= kinds
    assert len(FILES) >= 60
