"""What could not be used as it came is told with its rows: each planted once, beside rows as they should be."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import write_batch

from metrics.workspace.build import build_in

DAY = "2024-12-31"


def deal(key: str, opened: str | None = "2024-01-05", **more: Any) -> dict[str, Any]:
    return {"opportunity_id": key, "account_id": "a1", "stage": "Talk", "opened_on": opened, "amount": 10,
            "currency": "EUR"} | more  # fmt: skip


FIRST: dict[str, Any] = {
    "accounts": [
        {"account_id": "a1", "name": "North", "domain": "north.example"},
        {"account_id": "a2", "name": "South Ltd"}, {"account_id": "a3", "name": "SOUTH"},  # the same name twice
        {"account_id": "a4", "name": "Bank", "domain": "bank-one.example"},  # two banks, by their domains
        {"account_id": "a5", "name": "Bank", "domain": "bank-two.example"},
    ],
    "contacts": [
        {"contact_id": "p1", "email": "ann@north.example"}, {"contact_id": "p2", "email": "ann@north.example"},
        {"contact_id": "p3", "email": "bob@north.example", "created_on": "1970-01-01"},
        {"contact_id": "p4"}, {"contact_id": "p5"},
    ],
    "opportunities": [
        deal("d1", closed_on="2024-02-01", stage="Won"),
        deal("d2", closed_on="2023-12-24", stage="Won"),  # closed before it was opened
        deal("d3", closed_on="2023-12-24"),  # open: that is a plan, however old
        deal("d4", opened="2025-03-01"),  # after the export
        deal("d5", opened="1900-01-01"),
        deal("d6", currency="USD"),  # no rate
        deal("d7", currency=None),  # the others have one
        deal("d8", stage=None),
        deal("d9", stage="Won", closed_on="2062-01-01"),  # won in a day to come
        deal("d10", stage="Won"),  # won nobody knows when: in no period
        deal("d11", stage="Won", closed_on="2024-02-01", amount=-10),
        deal("d12", amount=-10),  # open: a correction may yet come
    ],
    "contracts": [
        {"contract_id": "c1", "account_id": "a1", "started_on": "2024-05-01", "ended_on": "2024-04-01"},
        {"contract_id": "c2", "account_id": "a1", "started_on": "2024-05-01", "ended_on": "2024-06-01"},
        {"contract_id": "c3", "account_id": "a1", "started_on": "2024-05-01", "ended_on": "2024-05-01"},
        {"contract_id": "c4", "started_on": "2024-05-01"},
        {"contract_id": "c5", "account_id": "a1", "started_on": "2024-05-01", "monthly_revenue": -1, "currency": "EUR"},
        {"contract_id": "c6", "account_id": "a1", "started_on": "2024-05-01", "monthly_revenue": 0, "currency": "EUR"},
    ],
}  # fmt: skip
SECOND: dict[str, Any] = {"opportunities": [deal("e1", stage="Verbal"), deal("e2", stage="Talk")]}
"""A later export, whose reader filled in the stages: “Verbal” is none that anybody spoke of."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the snapshot says of its quality and its reading."""
    place: Path = tmp_path_factory.mktemp("issues")
    batches = [
        write_batch(place, number=1, stages={"Talk": "open", "Won": "won"}, export_day=DAY, file="deals.csv", **FIRST),
        write_batch(place, number=2, stages={"Talk": "open", "Verbal": "open"}, own_stages=False,
                    export_day=date(2025, 1, 31).isoformat(), **SECOND),
    ]  # fmt: skip
    with duckdb.connect() as connection:
        build_in(connection, batches, {"currency": "EUR"})
        yield {
            key: json.loads(value)
            for key, value in connection.execute(
                "SELECT key, value FROM model.about WHERE key IN ('quality', 'reading')"
            ).fetchall()
        }


def test_what_cannot_be_is_told_with_its_rows(found: dict[str, Any]) -> None:
    told = {
        (issue["kind"], issue["table"], issue["column"], issue["import_id"]): issue["rows"]
        for issue in found["quality"]["issues"]
    }
    assert told == {
        ("same name under several ids", "accounts", "name", "1"): [2, 3],
        ("same e-mail under several ids", "contacts", "email", "1"): [1, 2],
        ("day before 1990", "contacts", "created_on", "1"): [3],
        ("closed before it was opened", "opportunities", "closed_on", "1"): [2],
        ("day after the export", "opportunities", "opened_on", "1"): [4],
        ("day before 1990", "opportunities", "opened_on", "1"): [5],
        ("no exchange rate", "opportunities", "currency", "1"): [6],
        ("no currency, where others have one", "opportunities", "currency", "1"): [7],
        ("no stage", "opportunities", "stage", "1"): [8],
        ("day after the export", "opportunities", "closed_on", "1"): [9],
        ("won without a close date", "opportunities", "closed_on", "1"): [10],
        ("won with a negative amount", "opportunities", "amount", "1"): [11],
        ("ended before it started", "contracts", "ended_on", "1"): [1],
        ("held on no day", "contracts", "ended_on", "1"): [3],
        ("no account", "contracts", "account_id", "1"): [4],
        ("negative monthly revenue", "contracts", "monthly_revenue", "1"): [5],
        ("stage that is not on the stage map", "opportunities", "stage", "2"): [1],
    }


def test_ids_that_two_systems_use_are_told(tmp_path: Path) -> None:
    """Both count their people from 1: the newer ones replace the older ones, and nobody would know. A newer export of
    the same system is meant to."""
    marketo, pipedrive = (
        [{"contact_id": str(n), "email": f"{n}@north.example"} for n in (1, 2, 3)],
        [{"contact_id": str(n), "name": f"Contact {n}"} for n in (2, 4, 3)],
    )
    first = write_batch(tmp_path, number=1, source="marketo", export_day=DAY, contacts=marketo)
    for source, expected in (("pipedrive", [1, 3]), ("marketo", None)):
        newer = write_batch(tmp_path, number=2, source=source, export_day=DAY, contacts=pipedrive)
        with duckdb.connect() as connection:
            build_in(connection, [first, newer], {})
            told = connection.execute("SELECT value FROM model.about WHERE key = 'quality'").fetchall()[0][0]
            assert connection.execute("SELECT count(*) FROM model.contacts").fetchall() == [(4,)]
        issues = {issue["kind"]: issue["rows"] for issue in json.loads(told)["issues"]}
        assert issues.get("replaced a row of another source with that id") == expected


def test_several_currencies_of_one_file_are_told(found: dict[str, Any]) -> None:
    (told,) = [line for line in found["reading"] if "several currencies" in line]
    assert told.startswith("deals.csv: amounts of opportunities are in several currencies (EUR 10, USD 1 rows)")
