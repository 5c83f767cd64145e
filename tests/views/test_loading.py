"""From an upload to the figures, on the Data page: an unknown table is matched, checked, loaded and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, texts
from small_exports import exports, rows_as_csv
from streamlit.testing.v1 import AppTest

from metrics import Workspace

HEADERS = {"opportunity_id": "Ref", "name": "Deal name", "stage": "Deal stage", "amount": "Value", "owner": "Seller",
           "opened_on": "Created date", "closed_on": "Close date", "account_id": "Customer"}  # fmt: skip


@pytest.fixture
def unknown_table() -> bytes:
    """Deals under headers of no known vendor."""
    rows = [{HEADERS[name]: row[name] for name in HEADERS} for row in exports()["opportunities"]]
    return rows_as_csv(rows).encode()


def test_an_unknown_table_is_matched_and_loaded(
    visit: Callable[..., AppTest], tmp_path: Path, unknown_table: bytes
) -> None:
    app = visit("data")
    app.file_uploader[0].upload("pipeline.csv", unknown_table, "text/csv")
    app.run()
    assert_sound(app)
    assert any("waits for you" in text for text in texts(app))
    press(app, "Match these columns")
    assert any("is ready to load: 240 of 240 rows" in text for text in texts(app))
    press(app, "Load it")
    assert any("1 export loaded, 240 rows" in text for text in texts(app))
    kept = Workspace(tmp_path / "empty").imports()
    assert [one.rows["loaded"] for one in kept] == [240]
    assert kept[0].mapping["amount"] == "Value", kept[0].mapping
    assert kept[0].mapping["opportunity_id"] == "Ref"


def test_a_folder_on_the_server_and_an_undo(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name in ("accounts", "opportunities"):
        (folder / f"{name}.csv").write_text(rows_as_csv(exports()[name]), encoding="utf-8")
    app = visit("data")
    app.text_input[0].input(str(folder))
    press(app, "Take these")
    assert any("2 files are ready to load" in text for text in texts(app))
    press(app, "Load 2 files")
    assert any("2 exports loaded" in text for text in texts(app))
    app.session_state["data.tab"] = "history"
    app.run()
    press(app, "Take it back")
    assert_sound(app)
    assert [one.status for one in Workspace(tmp_path / "empty").imports()] == ["loaded", "undone"]


def test_a_path_that_is_not_there_says_so(visit: Callable[..., AppTest]) -> None:
    app = visit("data")
    app.text_input[0].input("/nowhere/at/all.csv")
    press(app, "Take these")
    assert_sound(app)
    assert any("no export there" in text for text in texts(app))


def test_a_pasted_list_makes_targets(visit: Callable[..., AppTest], deals_workspace: Path) -> None:
    app = visit("data", deals_workspace, tab="targets")
    app.text_area[0].input("a1\na2\nNobody Ltd")
    press(app, "Add to the list")
    assert_sound(app)
    said = " ".join(texts(app))
    assert "2 accounts found" in said
    assert "1 key matches no account" in said
    Workspace(deals_workspace).remove_targets("Target accounts")


def press(app: AppTest, label: str) -> None:
    """Press the button of that label."""
    next(button for button in app.button if button.label == label).click()
    app.run()
