"""The setting score_text: off at first, on for what is kept already as for what comes, and no text in what is kept."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from metrics import Workspace
from metrics.errors import FileError
from metrics.settings import every_setting, read_setting

CALLS = """Record ID,Activity date,Call Title,Call outcome,Call notes,Sentiment score
1,2026-02-01 10:00,Intro,Connected,<p>They love the quokka and are very happy with it.</p>,
2,2026-02-02 10:00,Intro,Connected,<p>They love the quokka and are very happy with it.</p>,-0.5
3,2026-02-03 10:00,Intro,Connected,Der Kunde ist mit dem quokka leider sehr unzufrieden.,
4,2026-02-04 10:00,Intro,Connected,,
"""
COMPANIES = "Record ID,Company name,Company Domain Name,Lifecycle Stage\n7,North,north.example,Customer\n"

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def _sentiments(workspace: Workspace) -> list[float | None]:
    current = workspace.current()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as con:
        (texts,) = con.execute("SELECT count(text) FROM model.activities").fetchall()[0]
        assert texts == 0
        query = "SELECT round(sentiment, 1) FROM model.activities ORDER BY activity_id"
        return [sentiment for (sentiment,) in con.execute(query).fetchall()]


def _kept(workspace: Workspace) -> str:
    """All that is kept beside the uploaded files themselves, as text; the cells of tables too."""
    kept = []
    for path in workspace.directory.rglob("*"):
        if not path.is_file() or path.parent.name == "exports":
            continue
        kept.append(path.read_bytes().decode(errors="replace"))
        if path.suffix == ".parquet":
            with duckdb.connect() as con:
                kept.append(str(con.execute("SELECT * FROM read_parquet($p)", {"p": str(path)}).fetchall()))
    return "\n".join(kept)


def test_it_is_a_setting_that_is_off_at_first() -> None:
    (setting,) = [setting for setting in every_setting({}) if setting.name == "score_text"]
    assert (setting.default, setting.value) == (False, False)
    assert [read_setting("score_text", word) for word in ("yes", "On", "false", False)] == [True, True, False, False]


def test_what_is_kept_is_scored_when_it_is_switched_on_and_unscored_when_off(
    workspace: Workspace, write: Write
) -> None:
    workspace.load(write("companies.csv", COMPANIES))
    workspace.load(write("calls.csv", CALLS))
    assert _sentiments(workspace) == [None, -0.5, None, None]
    before = workspace.snapshot_id()
    workspace.change_settings({"score_text": True})
    assert _sentiments(workspace) == [0.8, -0.5, None, None]
    calls = workspace.imports()[1]
    assert (calls.import_id, calls.score_text) == ("2", True)
    assert [(i["kind"], i["n"]) for i in calls.issues] == [("text in a language that is not scored", 1)]
    assert (workspace.directory / "batches" / "1").is_dir(), "a file without texts is not read again"
    assert "quokka" not in _kept(workspace)
    workspace.change_settings({"score_text": None})
    assert _sentiments(workspace) == [None, -0.5, None, None]
    assert workspace.snapshot_id() == before


def test_what_is_loaded_while_it_is_on_is_scored(workspace: Workspace, write: Write) -> None:
    workspace.change_settings({"score_text": True})
    (loaded,) = workspace.load(write("calls.csv", CALLS))
    assert loaded.score_text
    assert _sentiments(workspace) == [0.8, -0.5, None, None]
    assert "quokka" not in _kept(workspace)
    (again,) = workspace.load(write("calls.csv", CALLS))
    assert again.status == "unchanged"


def test_the_libraries_are_imported_by_nobody_but_the_reader() -> None:
    """Neither the page nor the command line pays for them."""
    loaded = "{'vader', 'py3langid'} & set(sys.modules)"
    code = f"import sys, metrics.exports.worker, metrics.workspace, metrics.commands; print({loaded})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_file_that_is_gone_leaves_everything_as_it_was(workspace: Workspace, write: Write) -> None:
    workspace.load(write("calls.csv", CALLS))
    (loaded,) = workspace.imports()
    (workspace.directory / "exports" / loaded.sha256).unlink()
    with pytest.raises(FileError, match=r"Nothing was changed: calls\.csv would have to be read again"):
        workspace.change_settings({"score_text": True})
    assert _sentiments(workspace) == [None, -0.5, None, None]
    assert workspace.settings() == {}


def test_another_time_zone_keeps_the_scores(workspace: Workspace, write: Write) -> None:
    workspace.change_settings({"score_text": True})
    workspace.load(write("calls.csv", CALLS))
    workspace.change_settings({"time_zone": "Asia/Tokyo"})
    assert _sentiments(workspace) == [0.8, -0.5, None, None]
