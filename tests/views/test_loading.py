"""From an upload to the figures, on the Data page: an unknown table is matched, checked, loaded and taken back."""

import gc
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from page_reading import assert_sound, texts
from small_exports import exports, rows_as_csv
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from dashboard import work
from dashboard.loading.column_words import column_words
from dashboard.loading.incoming import Incoming
from dashboard.loading.questions import read_as
from dashboard.loading.stages import stages_as_left
from dashboard.text import numbers, say
from metrics import Workspace, open_snapshot

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
    press(app, "This is the order")
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
    press(app, "This is the order")
    assert any("2 files are ready to load" in text for text in texts(app))
    press(app, "Load 2 files")
    assert any("2 exports loaded" in text for text in texts(app))
    app.session_state["data.tab"] = "history"
    app.run()
    press(app, "Take it back")
    assert any("rows leave every figure" in text for text in texts(app))
    press(app, "Keep it")
    assert not any("rows leave every figure" in text for text in texts(app))
    assert [one.status for one in Workspace(tmp_path / "empty").imports()] == ["loaded", "loaded"]
    press(app, "Take it back")
    press(app, "Yes, take it back")
    assert_sound(app)
    assert [one.status for one in Workspace(tmp_path / "empty").imports()] == ["loaded", "undone"]
    said = " ".join(texts(app))
    assert "opportunities.csv was taken back" in said
    assert "One import is in effect: accounts.csv; 1 taken back." in said


def test_a_click_elsewhere_neither_stops_a_load_nor_is_lost(
    visit: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unknown_table: bytes
) -> None:
    """The load goes on while another page is read, which says so; back on the Data page it tells what it did."""
    may_end, load_all = Event(), Workspace.load_all

    def slow(*given: Any, **named: Any) -> Any:
        assert may_end.wait(60)
        return load_all(*given, **named)

    app = visit("data")
    app.file_uploader[0].upload("pipeline.csv", unknown_table, "text/csv")
    app.run()
    press(app, "Match these columns")
    press(app, "This is the order")
    monkeypatch.setattr(Workspace, "load_all", slow)
    monkeypatch.setattr("dashboard.work.follow", lambda: None)  # as where a click interrupts the page's run
    press(app, "Load it")
    assert [button.key for button in app.button] == []  # what was asked has been answered
    app.switch_page("views/funnel.py").run()
    assert_sound(app)
    assert Workspace(tmp_path / "empty").imports() == []
    may_end.set()
    monkeypatch.undo()
    monkeypatch.setenv("ABM_WORKSPACE", str(tmp_path / "empty"))
    app.run()
    assert_sound(app)
    assert [one.rows["loaded"] for one in Workspace(tmp_path / "empty").imports()] == [240]
    app.switch_page("views/data.py").run()
    assert any("1 export loaded, 240 rows" in text for text in texts(app))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made, empty."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def uploads_in(place: Path) -> list[list[str]]:
    """The names of the uploads that are kept there, by directory."""
    gc.collect()
    return [sorted(path.name for path in folder.iterdir()) for folder in place.glob("abm-upload-*")]


def test_uploads_are_kept_until_the_last_of_them_is_loaded_or_dropped(
    visit: Callable[..., AppTest], unknown_table: bytes, temporary: Path
) -> None:
    app = visit("data")
    both = [("accounts.csv", rows_as_csv(exports()["accounts"]).encode(), "text/csv"),
            ("pipeline.csv", unknown_table, "text/csv")]  # fmt: skip
    app.file_uploader[0].set_value(both).run()
    assert uploads_in(temporary) == [["0.csv", "1.csv"]]
    press(app, "Load the one that is ready")
    assert any("1 export loaded, 60 rows" in text for text in texts(app))
    assert uploads_in(temporary) == [["0.csv", "1.csv"]]
    press(app, "Match these columns")
    press(app, "This is the order")
    press(app, "Load it")
    assert uploads_in(temporary) == []
    app.file_uploader[0].upload("pipeline.csv", unknown_table + b"x,,,,,,,\n", "text/csv")
    app.run()
    assert uploads_in(temporary) == [["0.csv"]]
    app.button(key="import.cancel").click().run()
    assert uploads_in(temporary) == []


def test_uploads_of_a_visitor_who_has_left_are_gone(
    visit: Callable[..., AppTest], unknown_table: bytes, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once they are on disk, Streamlit holds them in memory no longer."""
    held: list[MemoryUploadedFileManager] = []
    real = MemoryUploadedFileManager.add_file

    def add_file(self: MemoryUploadedFileManager, *arguments: Any, **named: Any) -> None:
        held.append(self)
        real(self, *arguments, **named)

    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", add_file)
    app = visit("data")
    app.file_uploader[0].upload("pipeline.csv", unknown_table, "text/csv")
    app.run()
    assert held
    assert not any(files for manager in held for files in manager.file_storage.values())
    assert uploads_in(temporary) == [["0.csv"]]
    del app
    assert uploads_in(temporary) == []


def test_a_file_of_targets_makes_targets_and_is_not_kept(
    visit: Callable[..., AppTest], deals_workspace: Path, temporary: Path
) -> None:
    app = visit("data", deals_workspace, tab="targets")
    app.segmented_control(key="targets.way").set_value("file").run()
    app.file_uploader(key="targets.file").upload("list.csv", b"account_id\na1\na2\na3\n", "text/csv")
    press(app, "Add to the list")
    assert_sound(app)
    assert any("3 accounts found" in text for text in texts(app))
    assert uploads_in(temporary) == []
    Workspace(deals_workspace).remove_targets("Target accounts")


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


AMBIGUOUS = '''\
Record ID,Deal Name,Deal Stage,Create Date,Close Date,Associated Company (Primary),Is Closed Won,Priority code,\
"Date entered ""Demo (Sales)""","Date entered ""Closed Won (Sales)"""
1,One,Closed Won,03/04/2025,05/06/2025,North,true,A,03/04/2025,05/06/2025
2,Two,Demo,04/05/2025,06/07/2025,South,false,B,04/05/2025,
'''


def test_equal_questions_of_a_file_are_one_with_the_effect_of_each_choice(
    visit: Callable[..., AppTest], tmp_path: Path
) -> None:
    app = visit("data")
    app.file_uploader[0].upload("deals-2025-12-31.csv", AMBIGUOUS.encode(), "text/csv")
    app.run()
    assert_sound(app)
    said = " ".join(texts(app))
    assert "One question before loading" in said
    assert "and one more column: one answer goes for all" in said
    assert "--dates" not in said
    effects = shown_with(app, "In the file")
    assert list(effects.iloc[0]) == ["One", "03/04/2025", "3 Apr 2025", "4 Mar 2025"]
    (pills,) = app.pills
    pills.set_value("mdy").run()
    assert "is ready to load" in " ".join(texts(app))
    (pills,) = app.pills
    assert pills.value == "mdy"
    pills.set_value("dmy").run()
    press(app, "Load it")
    (kept,) = Workspace(tmp_path / "empty").imports()
    assert kept.options["answers"] == dict.fromkeys(
        ("Create Date", "Close Date", 'Date entered "Demo (Sales)"', 'Date entered "Closed Won (Sales)"'), "dmy"
    )


def test_every_column_says_what_it_feeds_and_why(visit: Callable[..., AppTest]) -> None:
    app = visit("data")
    app.file_uploader[0].upload("deals-2025-12-31.csv", AMBIGUOUS.encode(), "text/csv")
    app.run()
    columns = shown_with(app, "header")
    means = {row["header"]: column_words("opportunities", row["means"]) for _, row in columns.iterrows()}
    assert means == {
        "Record ID": "Deal id", "Deal Name": "Name", "Deal Stage": "Stage", "Create Date": "Opened on",
        "Close Date": "Closed on", "Associated Company (Primary)": "for account link", "Is Closed Won": "for outcome",
        "Priority code": "kept, to filter by", 'Date entered "Demo (Sales)"': "for stage history",
        'Date entered "Closed Won (Sales)"': "for stage history",
    }  # fmt: skip
    assert set(zip(columns["sure"], columns["why"], strict=True)) == {("certain", "its header"), ("no match", "")}
    assert list(columns["sample"])[:2] == ["1 · 2", "One · Two"]


def shown_with(app: AppTest, column: str) -> pd.DataFrame:
    """The table on the page that has this column."""
    return next(one.value for one in app.dataframe if column in one.value)


@pytest.mark.parametrize(
    ("kind", "choice", "text", "shown"),
    [
        ("dates", "dmy", "03/04/2026 10:15", "3 Apr 2026"), ("dates", "mdy", "03/04/2026", "4 Mar 2026"),
        ("dates", "dmy", "30/02/2026", "not a date"),
        ("decimal", ",", "1.234", "1,234"), ("decimal", ".", "1.234", "1.234"), ("decimal", ",", "x", "n/a"),
    ],
)  # fmt: skip
def test_a_choice_reads_a_value_as_the_load_will(kind: str, choice: str, text: str, shown: str) -> None:
    assert read_as(kind, choice, text) == shown


def test_a_stage_given_the_number_of_another_takes_its_place() -> None:
    edited = pd.DataFrame({"order": [1, 1, 3], "stage": ["A", "B", "C"], "outcome": ["open", "open", "won"]})
    assert [stage for stage, _ in stages_as_left(edited)] == ["B", "A", "C"]
    down = pd.DataFrame({"order": [2, 2, 3], "stage": ["A", "B", "C"], "outcome": ["open", "open", "won"]})
    assert [stage for stage, _ in stages_as_left(down)] == ["B", "A", "C"]


def test_a_matching_is_remembered_for_the_next_file_with_these_headers(
    visit: Callable[..., AppTest], tmp_path: Path, unknown_table: bytes
) -> None:
    app = visit("data")
    app.file_uploader[0].upload("pipeline.csv", unknown_table, "text/csv")
    app.run()
    next(box for box in app.text_input if box.label.startswith("Currency")).input("usd")
    press(app, "Match these columns")
    press(app, "This is the order")
    press(app, "Load it")
    newer = unknown_table + b"d999,New one,Proposal,5,Seller 1,2024-05-01,2024-06-01,a1\n"
    app.file_uploader[0].upload("pipeline-2.csv", newer, "text/csv")
    app.run()
    assert_sound(app)
    assert any("Answered and matched as pipeline.csv was" in text for text in texts(app))
    assert any("is ready to load: 241 of 241 rows" in text for text in texts(app))
    press(app, "Load it")
    first, second = Workspace(tmp_path / "empty").imports()
    assert first.mapping == second.mapping
    assert second.options["currency"] == "usd"


def press(app: AppTest, label: str) -> None:
    """Press the button of that label."""
    next(button for button in app.button if button.label == label).click()
    app.run()


def test_which_way_round_rates_are_is_asked_and_told(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    """The base first, for all columns at once; then the direction, with a rate of the file in both."""
    app = visit("data")
    app.file_uploader[0].upload("rates.csv", b"Date,USD,GBP\n2026-03-02,0.8,1.25\n", "text/csv")
    app.run()
    assert "Against which currency are these rates?" in " ".join(texts(app))
    assert "In USD, GBP: one answer goes for all." in " ".join(texts(app))
    assert not [one for one in app.text_input if "Currency" in one.label]
    app.pills[0].set_value("EUR").run()
    assert "Which way round are these rates?" in " ".join(texts(app))
    assert [choice.replace("\\", "") for choice in app.pills[1].options] == ["1 EUR = 0.8 USD", "1 USD = 0.8 EUR"]
    app.pills[1].set_value("1 USD = 0.8 EUR").run()
    said = " ".join(texts(app))
    assert "its rates are read as 1 USD = 0.8 EUR" in said
    press(app, "Load it")
    kept = open_snapshot(Workspace(tmp_path / "empty").current())
    rates = kept.run_once("SELECT currency, rate FROM model.exchange_rates ORDER BY 1")
    assert dict(zip(rates["currency"], rates["rate"], strict=True)) == {"EUR": 1.0, "GBP": 1.25, "USD": 0.8}


def test_an_order_of_stages_that_nothing_tells_is_asked_before_it_is_loaded(
    visit: Callable[..., AppTest], tmp_path: Path
) -> None:
    rows = "".join(
        f"r{n},{stage},2026-01-{n + 1:02}\n" for n, stage in enumerate(("Engaging", "Prospecting", "Won", "Lost"))
    )
    app = visit("data")
    app.file_uploader[0].upload("deals.csv", f"Ref,Deal stage,Created date\n{rows}".encode(), "text/csv")
    app.run()
    press(app, "Match these columns")
    assert_sound(app)
    assert any("deals.csv waits for you" in text for text in texts(app))
    assert any("In which order do deals pass the open stages?" in text for text in texts(app))
    assert [button.disabled for button in app.button if button.key == "import.load"] == [True]
    press(app, "This is the order")
    assert not any("In which order do deals pass" in text for text in texts(app))
    press(app, "Load it")
    kept = Workspace(tmp_path / "empty").imports()[0]
    assert [stage["stage"] for stage in kept.stages] == ["Prospecting", "Engaging", "Won", "Lost"]
    assert list(kept.options["mapping"]["stages"]) == ["Prospecting", "Engaging", "Won", "Lost"]


def test_a_file_that_can_never_be_loaded_is_told_as_refused(visit: Callable[..., AppTest]) -> None:
    app = visit("data")
    app.file_uploader[0].upload("picture.csv", bytes(range(256)) * 20, "text/csv")
    app.run()
    assert_sound(app)
    said = texts(app)
    assert any("picture.csv cannot be loaded." in text for text in said)
    assert not any("waits for you" in text or "check_circle" in text for text in said)
    assert any("red[:material/cancel:]" in text for text in said)
    assert len(app.error) == 1


def test_what_a_check_shows_for_a_moment_moves_no_field(visit: Callable[..., AppTest], unknown_table: bytes) -> None:
    """A browser draws a field that moved within the page anew, and an edit begun in it is lost."""
    app = visit("data")
    app.file_uploader[0].upload("pipeline.csv", unknown_table, "text/csv")
    app.run()
    after_the_check = places(app.main)
    assert after_the_check
    app.run()
    assert places(app.main) == after_the_check


def places(block: Any, above: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Where the tables of a page stand: their place in each block that they are in, from the page's own on."""
    found = []
    for place, child in block.children.items():
        if hasattr(child, "children"):
            found += places(child, (*above, place))
        elif child.type == "dataframe":
            found.append((*above, place))
    return found


def test_one_rejected_row_is_one() -> None:
    assert say("history.rejects", n=numbers.count(1)) == "1 rejected row"
    assert say("history.rejects", n=numbers.count(2)) == "2 rejected rows"
    assert say("load.rows.duplicate", n=numbers.count(1)) == "1 repeat"


FIRST = """\
Record ID,Deal Name,Deal Stage,Create Date,ACME Close Date
1,One,Demo,03/04/2025,05/06/2025
2,Two,Closed won,04/04/2025,06/06/2025
3,Three,Demo,05/04/2025,07/06/2025
"""
NEWER = FIRST.replace("3,Three,Demo,05/04/2025,07/06/2025\n", "") + "4,Four,Verbal,06/04/2025,08/06/2025\n"


def test_what_was_said_of_a_file_is_remembered_and_what_is_new_in_the_next_one_is_asked(
    visit: Callable[..., AppTest], tmp_path: Path
) -> None:
    """A likely column is confirmed and the order of dates answered once; the next export has a stage that nobody has
    seen before, one deal more and one less."""
    app = visit("data")
    app.file_uploader[0].upload("deals-2025-06-30.csv", FIRST.encode(), "text/csv")
    app.run()
    assert any("One column is likely, not certain." in text for text in texts(app))
    (pills,) = app.pills
    pills.set_value("dmy").run()
    assert any("Deals: all 3 are new" in text for text in texts(app))
    assert [button.disabled for button in app.button if button.key == "import.load"] == [True]
    press(app, "Confirm what they mean")
    press(app, "Load it")

    app.file_uploader[0].upload("deals-2025-07-31.csv", NEWER.encode(), "text/csv")
    app.run()
    assert_sound(app)
    said = " ".join(texts(app))
    assert "Answered and matched as deals-2025-06-30.csv was" in said
    assert "What does the stage “Verbal” mean? It is new." in said.replace("\\", "")
    assert "One deal is in it." in said
    assert "Deals: 1 new, 0 changed, 2 as they were" in said
    assert "One of the deals of the last such export is not in this file." in said
    assert [button.disabled for button in app.button if button.key == "import.load"] == [True]
    next(one for one in app.pills if one.key.startswith("stage.")).set_value("won").run()
    press(app, "Load it")
    first, second = Workspace(tmp_path / "empty").imports()
    assert second.options["answers"] == first.options["answers"] == {"Create Date": "dmy"}
    assert second.mapping["closed_on"] == first.mapping["closed_on"] == "ACME Close Date"
    assert {stage["stage"]: stage["outcome"] for stage in second.stages} == {
        "Demo": "open", "Closed won": "won", "Verbal": "won",
    }  # fmt: skip


def test_work_that_is_stopped_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """The button is pressed before the load's first step, which it then never makes."""
    export, may_begin = tmp_path / "deals.csv", Event()
    export.write_text(FIRST, encoding="utf-8")

    def load(told: Any) -> Any:
        assert may_begin.wait(60)
        return Workspace(tmp_path / "workspace").load(export, progress=told)

    begun = work.Work("load", str, load)
    begun.stop()
    may_begin.set()
    begun._thread.join(60)
    assert (begun.error, begun.outcome) == ("Stopped. Nothing was changed.", None)
    assert Workspace(tmp_path / "workspace").imports() == []
    assert not [path for path in (tmp_path / "workspace").rglob("*") if path.is_file() and path.name != "lock"]


def test_a_sign_of_several_currencies_is_asked(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    app = visit("data")
    rows = "Record ID,Deal Name,Deal Stage,Amount\n1,One,Closed won,$1500.50\n2,Two,Closed lost,$20.25\n"
    app.file_uploader[0].upload("deals-2025-06-30.csv", rows.encode(), "text/csv")
    app.run()
    assert "Which currency is “$”?" in " ".join(texts(app)).replace("\\", "")
    assert [button.disabled for button in app.button if button.key == "import.load"] == [True]
    app.pills[0].set_value("CAD").run()
    press(app, "Load it")
    kept = open_snapshot(Workspace(tmp_path / "empty").current())
    assert list(kept.run_once("SELECT DISTINCT currency FROM model.opportunities")["currency"]) == ["CAD"]
    kept.close()


@pytest.mark.parametrize(
    ("header", "amount", "found"),
    [("Amount", "$5", ("$", "$5")), ("Amount", "$5 USD", None), ("Amount (CAD)", "$5", None), ("Amount", "5", None),
     ("Amount", "￥5", ("￥", "￥5")), ("Amount", "5 Kr", ("kr", "5 Kr"))],
)  # fmt: skip
def test_a_sign_is_unclear_where_no_code_is_beside_it(
    header: str, amount: str, found: tuple[str, str] | None, tmp_path: Path
) -> None:
    column = {"header": header, "canonical": "opportunities.amount", "samples": [amount], "feeds": []}
    other = {"header": "Paid in", "canonical": "opportunities.currency", "samples": ["EUR"], "feeds": []}
    one = Incoming("deals.csv", tmp_path / "deals.csv")
    one.found = [SimpleNamespace(status="loaded", columns=[column])]
    assert one.unclear_amount == found
    one.found = [SimpleNamespace(status="loaded", columns=[column, other])]
    assert one.unclear_amount is None
