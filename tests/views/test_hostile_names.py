"""Names that lead out of a directory, mean a device or run something: of files, columns, accounts, deals and sellers,
from the load to the pages and what is downloaded there, in one workspace."""

import csv
import io
from collections.abc import Callable

import pytest
from hostile import FILE_NAMES
from page_reading import WORDS, assert_sound
from small_exports import rows_as_csv
from streamlit.testing.v1 import AppTest

from dashboard.cards.tables import csv_of
from metrics import Workspace, open_snapshot

EXPORT = "../../<img src=x onerror=alert(1)>\u202evsc.exe 2025-06-30.csv"
NAMES = [f"{name} {i}" for i, name in enumerate(FILE_NAMES)]
"""Each with a number: some of them would say nothing."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Every name is one account's, one deal's and one seller's, and the header of a column of each."""
    directory = tmp_path_factory.mktemp("names")
    columns = dict.fromkeys((name[:200] for name in NAMES), "x")
    accounts = [{"account_id": f"a{i}", "name": name} | columns for i, name in enumerate(NAMES)]
    deals = [
        {"opportunity_id": f"d{i}", "account_id": f"a{i}", "name": name, "owner": name, "stage": "Talk",
         "amount": 100 + i, "currency": "EUR", "opened_on": "2025-01-01"} for i, name in enumerate(NAMES)
    ]  # fmt: skip
    there = set(directory.rglob("*"))
    made = Workspace(directory / "workspace")
    exports = []
    for i, rows in enumerate((accounts, deals)):
        path = directory / f"{i}.csv"
        path.write_bytes(rows_as_csv(rows).encode())
        exports.append({"path": path, "name": EXPORT})
    exports[0]["mapping"] = {"table": "accounts", "columns": {"account_id": "account_id", "name": "name"}}
    exports[1]["mapping"] = {
        "table": "opportunities", "columns": {name: name for name in deals[0]}, "stages": {"Talk": "open"},
    }  # fmt: skip
    found = made.load_all(exports)
    assert [(one.status, one.rows["loaded"]) for one in found] == [("loaded", 120)] * 2, [one.reason for one in found]
    outside = set(directory.rglob("*")) - there - set(made.directory.rglob("*"))
    assert outside == {made.directory, *(export["path"] for export in exports)}
    return made


def test_names_are_kept_as_they_are(workspace: Workspace) -> None:
    """But for zero bytes, which no table holds, for blanks around them, and for a carriage return, a line end."""
    plain = sorted(name.replace("\x00", "").replace("\r", "\n").strip(" \n\t\xa0\u202f") for name in NAMES)
    assert [one.file for one in workspace.imports()] == [EXPORT.rsplit("/")[-1]] * 2
    current = workspace.current()
    assert current is not None
    snapshot = open_snapshot(current)
    try:
        for table in ("accounts", "opportunities"):
            kept = [name for (name,) in snapshot._rows(f"SELECT name FROM model.{table}")]
            assert sorted(kept) == plain
    finally:
        snapshot.close()
    inside = [path.relative_to(workspace.directory).parts for path in workspace.directory.rglob("*")]
    assert {parts[0] for parts in inside} == {"CURRENT", "batches", "exports", "lock", "snapshots"}
    assert not [parts for parts in inside if "evil" in "/".join(parts)]


def test_names_are_only_shown_and_no_formula_is_downloaded(visit: Callable[..., AppTest], workspace: Workspace) -> None:
    app = visit("accounts", workspace.directory, period="all")
    assert_sound(app)
    assert_plain(app)
    listed = app.dataframe[0].value
    (column,) = [column for column in listed if set(listed[column].astype(str)) & {"\U0001f4a5.csv 97", "0.csv 109"}]
    assert len(listed) == 120
    head, *rows = csv.reader(io.StringIO(csv_of(listed).decode("utf-8-sig"), newline=""))
    assert len(rows) == 120
    assert not [cell for row in (head, *rows) for cell in row if cell.lstrip(" ").startswith(FORMULAS)]
    told = [row[head.index(column)] for row in rows]
    assert all(cell in (name, f"'{name}") for cell, name in zip(told, listed[column], strict=True))


@pytest.mark.parametrize("tab", ["history", "quality"])
def test_names_of_files_and_columns_are_only_shown(
    visit: Callable[..., AppTest], workspace: Workspace, tab: str
) -> None:
    app = visit("data", workspace.directory, tab=tab)
    assert_sound(app)
    assert_plain(app)


def assert_plain(app: AppTest) -> None:
    """Nothing that a page renders holds a mark, a link or an address of the data."""
    for kind in WORDS:
        for element in app.get(kind):
            for part in ("value", "label"):
                text = str(getattr(element, part, "") or "")
                assert "](http" not in text
                assert "//evil.example" not in text
                assert "**loud**" not in text
                assert "\u202e" not in text
                assert "<img" not in text.replace("\\<img", "")
