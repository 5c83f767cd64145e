"""What a newer upload changes, counted by hand on rows that can be seen at a glance. No file is read: rows are written
as a reader would leave them."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics.workspace import differences


def batch(place: Path, table: str, columns: str, rows: str) -> Path:
    """A directory with the rows of one import."""
    place.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        query = f"SELECT row_number() OVER () AS _row, * FROM (VALUES {rows}) t({columns})"
        connection.execute(f"COPY ({query}) TO '{place / table}.parquet' (FORMAT parquet)")
    return place


def told(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("now", "then", "new", "changed", "same", "gone", "columns")}


DEALS = 'opportunity_id, name, stage, amount, "attr:Priority", _account_name'


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, Path]]:
    """Import 1: deals a, b, c. Import 2: c again (its amount 30 → 35), and d. Import 3, to come:

    ====  =====================================================  =========
    deal  against what is loaded                                  so it is
    ====  =====================================================  =========
    b     as it was                                               same
    c     amount 35 → 36, priority low → high                     changed
    e     not there                                               new
    f     not there                                               new
    d     in import 2, the last one of deals, and not in import 3  gone
    a     gone before: import 2 had it no more                    (stays)
    ====  =====================================================  =========
    """
    place = tmp_path_factory.mktemp("uploads")
    return [
        (1, batch(place / "1", "opportunities", DEALS,
                  "('a', 'One', 'Talk', 10, 'low', 'North'), ('b', 'Two', 'Talk', 20, 'low', 'North'),"
                  "('c', 'Three', 'Talk', 30, 'low', 'South')")),
        (2, batch(place / "2", "opportunities", DEALS,
                  "('c', 'Three', 'Talk', 35, 'low', 'South'), ('d', 'Four', 'Won', 40, NULL, 'South')")),
        (3, batch(place / "3", "opportunities", DEALS,
                  "('b', 'Two', 'Talk', 20, 'low', 'North'), ('c', 'Three', 'Talk', 36, 'high', 'South'),"
                  "('e', 'Five', 'Talk', 50, 'low', NULL), ('f', 'Six', 'Talk', 60, 'low', NULL)")),
    ]  # fmt: skip


def test_a_file_against_what_is_loaded(uploads: list[tuple[int, Path]]) -> None:
    (deals,) = differences.between(uploads[:2], uploads[2], last=2)
    assert told(deals) == {"now": 4, "then": 6, "new": 2, "changed": 1, "same": 1, "gone": 1,
                           "columns": {"amount": 1, "Priority": 1}}  # fmt: skip
    rows = [tuple(row.values()) for row in deals["rows"]]
    assert rows == [
        ("changed", "c", "Three", "amount", "35.0000", "36.0000"),
        ("changed", "c", "Three", "Priority", "low", "high"),
        ("new", "e", "Five", None, None, None),
        ("new", "f", "Six", None, None, None),
        ("gone", "d", "Four", None, None, None),
    ]


def test_two_uploads_of_the_same_object(uploads: list[tuple[int, Path]]) -> None:
    (deals,) = differences.between([uploads[0]], uploads[1], last=1)
    assert told(deals) == {"now": 3, "then": 4, "new": 1, "changed": 1, "same": 0, "gone": 2, "columns": {"amount": 1}}


def test_an_upload_against_itself_changes_nothing(uploads: list[tuple[int, Path]]) -> None:
    (deals,) = differences.between([uploads[2]], (9, uploads[2][1]), last=3)
    assert told(deals) == {"now": 4, "then": 4, "new": 0, "changed": 0, "same": 4, "gone": 0, "columns": {}}
    assert deals["rows"] == []


def test_a_column_that_the_newer_file_lacks_is_a_change(tmp_path: Path) -> None:
    """The newer row takes the older one's place as a whole: what it does not have is nothing from then on."""
    old = batch(tmp_path / "1", "contacts", "contact_id, title", "('p', 'CFO'), ('q', NULL)")
    new = batch(tmp_path / "2", "contacts", "contact_id, email", "('p', 'p@x.example'), ('q', NULL)")
    (people,) = differences.between([(1, old)], (2, new), last=1)
    assert told(people) | {"same": 1, "changed": 1, "columns": {"title": 1, "email": 1}} == told(people)


def test_the_same_id_in_both_lengths_is_one_record(tmp_path: Path) -> None:
    old = batch(tmp_path / "1", "opportunities", "opportunity_id, stage", "('0065g00000A1xQaAAB', 'Talk')")
    new = batch(tmp_path / "2", "opportunities", "opportunity_id, stage", "('0065g00000A1xQa', 'Won')")
    (deals,) = differences.between([(1, old)], (2, new), last=1)
    assert told(deals) | {"new": 0, "changed": 1, "gone": 0, "columns": {"stage": 1}} == told(deals)


def test_rows_of_one_key_stand_against_each_other_in_turn(tmp_path: Path) -> None:
    """Two costs of the same day and campaign; in the newer report three: two as before and one more."""
    columns = "spent_on, channel, campaign, amount"
    first = "(DATE '2026-01-01', 'search', 'Spring', 5), (DATE '2026-01-01', 'search', 'Spring', 7)"
    old = batch(tmp_path / "1", "spend", columns, first)
    new = batch(tmp_path / "2", "spend", columns, f"{first}, (DATE '2026-01-01', 'search', 'Spring', 9)")
    (costs,) = differences.between([(1, old)], (2, new), last=1)
    assert told(costs) == {"now": 2, "then": 3, "new": 1, "changed": 0, "same": 2, "gone": 0, "columns": {}}


def test_a_hostile_column_is_only_a_name(tmp_path: Path) -> None:
    name = "attr:x\"'); DROP TABLE older; --"
    columns = 'opportunity_id, "' + name.replace('"', '""') + '"'
    old = batch(tmp_path / "1", "opportunities", columns, "('a', 'x')")
    new = batch(tmp_path / "2", "opportunities", columns, "('a', '''; --')")
    (deals,) = differences.between([(1, old)], (2, new), last=1)
    assert deals["columns"] == {name.removeprefix("attr:"): 1}
    assert [row["after"] for row in deals["rows"]] == ["'; --"]


def test_without_anything_loaded_all_rows_are_new() -> None:
    (deals,) = differences.from_nothing({"opportunities": 3, "stages": 2, "contacts": 0})
    assert told(deals) == {"now": 0, "then": 3, "new": 3, "changed": 0, "same": 0, "gone": 0, "columns": {}}


def test_many_rows_are_compared_in_a_process_of_their_own_with_the_same_answer(
    uploads: list[tuple[int, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = differences.between(uploads[:2], uploads[2], last=2)
    monkeypatch.setattr(differences, "SMALL", 0)
    assert differences.between(uploads[:2], uploads[2], last=2) == here


def test_rows_that_would_replace_those_of_another_source(uploads: list[tuple[int, Path]]) -> None:
    """b, c, e and f come. The newest b is of import 1, the newest c of import 2; e and f are not there."""
    (first, one), (second, two), (_, new) = uploads
    old = [(first, one, "amocrm"), (second, two, "bitrix24")]
    assert differences.replaced(old, new, "hubspot") == {"amocrm": 1, "bitrix24": 1}
    assert differences.replaced(old, new, "bitrix24") == {"amocrm": 1}
    assert differences.replaced([(n, place, "hubspot") for n, place, _ in old], new, "hubspot") == {}
