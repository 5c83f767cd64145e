"""`load`, `imports`, `undo`, `redo`, `rejects`, `sample`: exports come in whole or not at all, and are taken back."""

import io
import json
import subprocess
import sys
import zipfile

import pytest
from places import PROJECT

ROWS = ("read", "loaded", "rejected", "duplicate", "blank", "footer")


def answer(ended, code=0):
    assert ended.code == code, ended.err
    return json.loads(ended.out)


@pytest.fixture
def load(run, tmp_path):
    """`load(file, …)`: the answer of `load` in JSON, into this test's own workspace."""

    def called(*arguments, code=0):
        return answer(run("load", *arguments, "--format", "json", "--workspace", tmp_path / "own"), code)

    return called


def test_an_import_is_told_whole(load, files):
    told = load(files / "deals.csv", "--mapping", files / "deals.toml", "--as-of", "2024-03-31")
    assert told["as_of"] == "2024-03-31"
    (one,) = told["imports"]
    keys = {
        "import_id",
        "file",
        "source",
        "object",
        "tables",
        "status",
        "reason",
        "questions",
        "rows",
        "issues",
        "mapping",
    }
    assert keys <= set(one)
    assert (one["file"], one["object"], one["status"], one["reason"]) == ("deals.csv", "opportunities", "loaded", None)
    assert one["rows"] == dict(zip(ROWS, (5, 5, 0, 0, 0, 0), strict=True))
    assert one["tables"]["opportunities"] == 5
    assert one["mapping"]["amount"] == "worth"


def test_the_same_file_twice_changes_nothing(load, run, files, tmp_path):
    arguments = (files / "deals.csv", "--mapping", files / "deals.toml")
    first = load(*arguments)["imports"][0]
    again = load(*arguments)["imports"][0]
    assert (again["status"], again["import_id"]) == ("unchanged", first["import_id"])
    told = answer(run("imports", "--format", "json", "--workspace", tmp_path / "own"))
    assert [one["import_id"] for one in told["imports"]] == [first["import_id"]]


def test_undo_takes_an_import_back(load, run, files, tmp_path):
    own = ("--format", "json", "--workspace", tmp_path / "own")
    first = load(files / "deals.csv", "--mapping", files / "deals.toml")["imports"][0]["import_id"]
    told = answer(run("undo", first, *own))
    assert told["imports"] == []
    assert (told["undone"]["import_id"], told["undone"]["status"], told["as_of"]) == (first, "undone", None)
    assert answer(run("imports", *own))["imports"] == []
    assert [one["status"] for one in answer(run("imports", "--all", *own))["imports"]] == ["undone"]
    assert run("show", "win_rate", *own).code == 4
    assert run("undo", first, *own).code == 2
    again = answer(run("redo", first, *own))
    assert (again["redone"]["import_id"], again["redone"]["status"]) == (first, "loaded")
    assert [one["import_id"] for one in again["imports"]] == [first]
    assert run("redo", first, *own).code == 2
    (deals,) = answer(run("compare", first, first, *own))["changes"]
    assert (deals["table"], deals["new"], deals["changed"], deals["gone"]) == ("opportunities", 0, 0, 0)
    told = run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--dry-run", *own[2:])
    assert f"0 new, 0 changed, {deals['same']} the same" in told.out


def test_an_undo_says_what_was_taken_back(run, files, tmp_path):
    own = ("--workspace", tmp_path / "own")
    for vertical in ("Rail", "Air"):
        path = tmp_path / f"{vertical}.csv"
        path.write_text((files / "deals.csv").read_text(encoding="utf-8").replace("Rail", vertical), encoding="utf-8")
        assert run("load", path, "--mapping", files / "deals.toml", *own).code == 0
    first = run("undo", "1", *own).out
    assert first.startswith("Import 1 was taken back: Rail.csv, 5 rows.\n")
    assert "Air.csv" in first
    last = run("undo", "2", *own).out
    assert last.startswith("Import 2 was taken back: Air.csv, 5 rows.\n")
    assert "No import yet" not in last


def test_a_dry_run_loads_nothing(load, run, files, tmp_path):
    told = load(files / "deals.csv", "--mapping", files / "deals.toml", "--dry-run")
    assert told["imports"][0]["rows"]["read"] == 5
    assert told["as_of"] is None
    own = ("--workspace", tmp_path / "own")
    assert answer(run("imports", "--format", "json", *own))["imports"] == []
    text = run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--dry-run", *own).out
    assert "deals.csv: opportunities would go from 0 rows to 5: 5 new, " in text
    assert "would load" in text
    assert "loaded" not in text


def test_of_several_files_the_good_ones_are_loaded(load, files, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    told = load(
        tmp_path / "empty.csv", files / "deals.csv", tmp_path / "missing.csv", "--mapping", files / "deals.toml", code=3
    )
    assert [(one["file"], one["status"]) for one in told["imports"]] == [
        ("empty.csv", "refused"), ("deals.csv", "loaded"), ("missing.csv", "refused"),
    ]  # fmt: skip
    assert all(one["reason"] for one in told["imports"] if one["status"] == "refused")


def broken_zip():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deals.csv", "id,company\n" * 1000)
    return packed.getvalue()[:-40]


BAD = {
    "an empty file": b"",
    "a header alone": b"id,company,seller,phase,begun,ended,worth,Vertical\n",
    "a binary file": bytes(range(256)) * 40,
    "a broken zip": broken_zip(),
    "a file of 300 columns": (
        ",".join(f"c{i}" for i in range(300)) + "\n" + ",".join("1" for _ in range(300))
    ).encode(),
    "an unknown table": b"colour,shape\nred,round\nblue,square\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_with_one_sentence_and_changes_nothing(run, loaded, kind, tmp_path):
    before = run("tables", "--format", "json", "--workspace", loaded).out
    bad = tmp_path / ("bad.zip" if "zip" in kind else "bad.csv")
    bad.write_bytes(BAD[kind])
    ended = run("load", bad, "--workspace", loaded)
    assert ended.code == 3
    assert ended.err.startswith("bad.")
    assert "Traceback" not in ended.err
    assert "stopped before its end" not in ended.err
    told = json.loads(run("load", bad, "--format", "json", "--workspace", loaded).out)
    assert {one["status"] for one in told["imports"]} == {"refused"}
    assert all(one["reason"] or one["questions"] for one in told["imports"])
    assert ("Answer with --mapping FILE.toml." in ended.err) == any(told["imports"][0]["questions"])
    assert run("tables", "--format", "json", "--workspace", loaded).out == before


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("table = ", "not TOML"),
        ('table = "dealz"\n[columns]\nopportunity_id = "id"\n', "dealz"),
        ('table = "opportunities"\n[columns]\nopportunity = "id"\n', "opportunity"),
        ('table = "opportunities"\n[columns]\nopportunity_id = "identifier"\n', "identifier"),
        ('table = "opportunities"\n[columns]\nopportunity_id = "id"\n[format]\ndates = "dym"\n', "dates"),
        (
            'table = "opportunities"\n[columns]\nopportunity_id = "id"\nstage = "phase"\n[stages]\nWon = "victory"\n',
            "victory",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_and_changes_nothing(run, loaded, files, tmp_path, mapping, message):
    before = run("tables", "--format", "json", "--workspace", loaded).out
    path = tmp_path / "wrong.toml"
    path.write_text(mapping, encoding="utf-8")
    ended = run("load", files / "deals.csv", "--mapping", path, "--workspace", loaded)
    assert ended.code == 3
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert run("tables", "--format", "json", "--workspace", loaded).out == before


def test_a_missing_mapping_file_is_refused(run, loaded, files):
    ended = run("load", files / "deals.csv", "--mapping", files / "nowhere.toml", "--workspace", loaded)
    assert ended.code == 3
    assert "nowhere.toml" in ended.err


def test_the_direction_of_rates_is_asked_and_the_answer_is_a_mapping_file(run, tmp_path):
    """The line to write stands in the message as it is written in the file."""
    rates, mapping = tmp_path / "rates.csv", tmp_path / "rates.toml"
    rates.write_text("Date,USD,GBP\n2026-03-02,0.8,1.25\n", encoding="utf-8")
    own = ("--workspace", tmp_path / "own")
    assert run("load", rates, *own).err.endswith(" Answer with --currency EUR or CHF or CNY or RUB.\n")
    ended = run("load", rates, "--currency", "EUR", *own)
    assert ended.code == 3
    answered = 'rates = "1 EUR = 0.8 USD" or "1 USD = 0.8 EUR".\n'
    assert ended.err.endswith(f" Answer with --mapping FILE.toml with [format] {answered}")
    mapping.write_text('[format]\nrates = "1 USD = 0.8 EUR"\n', encoding="utf-8")
    ended = run("load", rates, "--mapping", mapping, *own)
    assert ended.code == 0
    assert "its rates are read as 1 USD = 0.8 EUR" in ended.out


def test_an_ambiguous_date_is_asked_and_the_answer_is_an_option(run, tmp_path):
    deals = tmp_path / "deals.csv"
    deals.write_text("id,phase,ended\nd1,Won,03/04/2024\nd2,Won,05/06/2024\n", encoding="utf-8")
    mapping = tmp_path / "deals.toml"
    mapping.write_text(
        'table = "opportunities"\n[columns]\nopportunity_id = "id"\nstage = "phase"\nclosed_on = "ended"\n'
        '[stages]\nWon = "won"\n', encoding="utf-8",
    )  # fmt: skip
    arguments = ("load", deals, "--mapping", mapping, "--workspace", tmp_path / "own")
    ended = run(*arguments)
    assert ended.code == 3
    assert ended.err.endswith(" Answer with --dates dmy or mdy.\n")
    (question,) = answer(run(*arguments, "--format", "json"), 3)["imports"][0]["questions"]
    assert (question["column"], question["kind"]) == ("ended", "dates")
    assert set(question["choices"]) >= {"dmy", "mdy"}
    assert answer(run(*arguments, "--dates", "mdy", "--format", "json"))["as_of"] == "2024-05-06"


def test_rejected_rows_come_back_in_their_own_columns_with_the_reason(run, files, tmp_path):
    dirty = tmp_path / "dirty.csv"
    dirty.write_text((files / "deals.csv").read_text(encoding="utf-8") + ",,,,,,,Rail\n", encoding="utf-8")
    own = ("--format", "json", "--workspace", tmp_path / "own")
    (one,) = answer(run("load", dirty, "--mapping", files / "deals.toml", *own))["imports"]
    assert (one["rows"]["read"], one["rows"]["loaded"], one["rows"]["rejected"]) == (6, 5, 1)
    (row,) = answer(run("rejects", one["import_id"], *own))["rejects"]
    assert row["Vertical"] == "Rail"
    assert row["_row"] == 7
    assert row["_reason"]
    text = run("rejects", one["import_id"], "--workspace", tmp_path / "own").out
    assert "Rail" in text


def test_people_see_what_was_loaded(run, files, tmp_path):
    ended = run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", tmp_path / "own")
    assert ended.code == 0
    assert "deals.csv" in ended.out
    assert "As of" in ended.out
    told = run("imports", "--workspace", tmp_path / "own").out
    (one,) = answer(run("imports", "--format", "json", "--workspace", tmp_path / "own"))["imports"]
    assert "deals.csv" in told
    assert f"{one['loaded_at'][:10]} {one['loaded_at'][11:16]}" in told
    assert one["loaded_by"] in told


HOLD = """
import sys
from pathlib import Path
from metrics.workspace.lock import hold
with hold(Path(sys.argv[1]), "loading others.csv"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_how_a_file_was_read_is_said_at_loading_and_under_no_figure(run, files, tmp_path):
    path, workspace = tmp_path / "umlauts.csv", tmp_path / "own"
    deals = (files / "deals.csv").read_text(encoding="utf-8")
    path.write_text(deals.replace("North", "Nörd"), encoding="cp1252")
    told = run("load", path, "--mapping", files / "deals.toml", "--workspace", workspace).out
    assert "umlauts.csv is not in UTF-8; it was read as cp1252." in told.splitlines()
    assert "UTF-8" not in run("show", "win_rate", "--workspace", workspace).out


def test_a_workspace_that_another_process_holds_ends_with_4_and_says_who(run, files, tmp_path):
    own = tmp_path / "own"
    arguments = ("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", own)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(own)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as other:
        assert other.stdout.readline() == "held\n"
        ended = run(*arguments)
        listed = run("imports", "--workspace", own)
        other.stdin.close()
    assert (ended.code, ended.out) == (4, "")
    assert f"is in use: process {other.pid} of" in ended.err
    assert "loading others.csv" in ended.err
    assert ended.err.endswith("Try again when it is done.\n")
    assert listed.code == 0, "reading never waits"
    assert run(*arguments).code == 0


def test_the_sample_goes_into_a_new_workspace_only(run, loaded):
    ended = run("sample", "--workspace", loaded)
    assert ended.code == 2
    assert "has imports already" in ended.err


def test_the_sample_company_loads(run, tmp_path):
    assert any((PROJECT / "data" / "exports").iterdir())
    own = ("--format", "json", "--workspace", tmp_path / "sample")
    told = answer(run("sample", *own))
    assert {one["status"] for one in told["imports"]} == {"loaded"}
    assert answer(run("show", "win_rate", "--by", "target", *own))["rows"][0]["segment"] == "target"
