"""`list`, `dimensions`, `tables`, `settings`, `targets`, and help."""

import json
import subprocess
import sys
import time

import pytest

from metrics import catalog, setting_name
from metrics.model import TABLES


def answer(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_list_names_every_metric_and_needs_no_workspace(run):
    told = answer(run("list", "--format", "json"))["metrics"]
    assert [m["name"] for m in told] == list(catalog())
    by_name = {m["name"]: m for m in told}
    assert by_name["overdue_deals"]["options"]["idle_days"]["default"] == 14
    assert set(by_name["win_rate"]) >= {"name", "title", "unit", "clock", "topic", "definition", "needs", "options"}
    assert by_name["win_rate"]["needs"] == ["opportunities"]
    assert (by_name["win_rate"]["unit"], by_name["win_rate"]["clock"]) == ("deal", "closed_on")
    text = run("list")
    assert all(name in text.out for name in catalog())
    assert max(map(len, text.out.splitlines())) <= 160


def test_dimensions(run, loaded, tmp_path):
    told = answer(run("dimensions", "--format", "json", "--workspace", loaded))["dimensions"]
    found = {d["name"]: d for d in told}
    assert found["owner"] == {"name": "owner", "table": "opportunities", "values": ["Seat 2", "Seat 1"]}
    assert set(found["Vertical"]["values"]) == {"Rail", "Air", "A=B; 100%", "=1+1"}
    assert "Seat 1" in run("dimensions", "--workspace", loaded).out
    assert answer(run("dimensions", "--format", "json", "--workspace", tmp_path / "new")) == {"dimensions": []}


def test_tables(run, loaded, tmp_path):
    told = {t["name"]: t for t in answer(run("tables", "--format", "json", "--workspace", loaded))["tables"]}
    assert list(told) == [table.name for table in TABLES]
    assert told["opportunities"]["rows"] == 5
    assert told["accounts"]["rows"] == 3, "accounts known from the deals"
    columns = {c["name"]: c["type"] for c in told["opportunities"]["columns"]}
    assert columns["amount"] == "DECIMAL(18,4)"
    assert columns["Vertical"] == "VARCHAR"
    text = run("tables", "--workspace", loaded).out
    assert "opportunities" in text
    assert max(map(len, text.splitlines())) <= 160
    empty = answer(run("tables", "--format", "json", "--workspace", tmp_path / "new"))["tables"]
    assert {t["rows"] for t in empty} == {0}


def test_settings_are_shown_and_changed(run, files, tmp_path):
    workspace = tmp_path / "own"
    run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", workspace)
    before = {s["name"]: s for s in answer(run("settings", "--format", "json", "--workspace", workspace))["settings"]}
    assert {"time_zone", "fiscal_year_start", "currency", "margin", "service_levels", "required_roles"} <= set(before)
    assert {setting_name(metric, name) for metric in catalog().values() for name in metric.options} <= set(before)
    assert before["account_funnel.window_days"]["default"] == 0
    assert before["marketing_influence.window_days"]["default"] == 90
    assert "window_days" not in before
    assert len(before) == len(answer(run("settings", "--format", "json", "--workspace", workspace))["settings"])
    assert all(s["meaning"] and s["value"] == s["default"] for s in before.values())
    changes = ("settings", "idle_days=3", "margin=0.7", "service_levels=Talks=14, All=30.5")
    after = {
        s["name"]: s["value"] for s in answer(run(*changes, "--format", "json", "--workspace", workspace))["settings"]
    }
    assert (after["idle_days"], after["margin"]) == (3, 0.7)
    assert after["service_levels"] == "Talks=14, All=30.5"
    assert run("settings", "idle_days=3", "margin=2", "--workspace", workspace).code == 2
    text = run("settings", "--workspace", workspace).out
    assert "idle_days" in text


def test_a_setting_is_the_default_of_every_later_question(run, files, tmp_path):
    workspace = tmp_path / "own"
    run(
        "load",
        files / "deals.csv",
        "--mapping",
        files / "deals.toml",
        "--workspace",
        workspace,
        "--as-of",
        "2024-06-30",
    )
    show = ("show", "overdue_deals", "--format", "json", "--workspace", workspace)
    run("settings", "idle_days=10000", "--workspace", workspace)
    assert answer(run(*show)) == answer(run(*show, "--set", "idle_days=10000"))


def test_target_lists(run, files, tmp_path):
    workspace, names = tmp_path / "own", tmp_path / "names.txt"
    run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", workspace)
    names.write_text("North\nNowhere\n", encoding="utf-8")
    added = answer(run(
        "targets", "--add", names, "--list", "Spring", "--since", "2024-01-01",
        "--format", "json", "--workspace", workspace,
    ))  # fmt: skip
    assert (added["matched"], added["unmatched"]) == (1, ["Nowhere"])
    assert [(one["list"], one["accounts"]) for one in added["lists"]] == [("Spring", 1)]
    told = answer(run("show", "win_rate", "--by", "target", "--format", "json", "--workspace", workspace))
    assert [(row["segment"], row["n"]) for row in told["rows"]] == [("target", 2), ("rest", 2)]
    assert told["comparison"][0]["segments"] == ["target", "rest"]
    shown = run("targets", "--workspace", workspace).out
    assert "Spring" in shown
    removed = answer(run("targets", "--remove", "--list", "Spring", "--format", "json", "--workspace", workspace))
    assert removed["lists"] == []


def test_a_list_kept_before_the_first_load_says_the_same_everywhere(run, files, tmp_path):
    workspace, names = tmp_path / "own", tmp_path / "names.txt"
    names.write_text("North\nNowhere\nSouth\n", encoding="utf-8")
    text = run("targets", "--add", names, "--workspace", workspace).out
    assert "0 matched, 3 not found" in text
    assert "Nothing is loaded yet" in text
    assert text.splitlines()[-1].split()[-1] == "3"
    told = answer(run("targets", "--add", names, "--format", "json", "--workspace", workspace))
    assert (told["matched"], len(told["unmatched"]), told["lists"][0]["unmatched"]) == (0, 3, 3)
    assert answer(run("targets", "--format", "json", "--workspace", workspace))["lists"][0]["unmatched"] == 3
    run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", workspace)
    (found,) = answer(run("targets", "--format", "json", "--workspace", workspace))["lists"]
    assert (found["accounts"], found["unmatched"]) == (2, 1)


COMMANDS = (
    "load", "imports", "undo", "redo", "compare", "rejects", "tables", "list", "show", "explain", "dimensions",
    "targets", "settings", "goals", "sample", "accounts", "segments",
)  # fmt: skip


def test_help_names_the_commands_and_what_comes_later_is_not_there(run):
    told = run("--help")
    assert told.code == 0
    assert all(f"  {command} " in told.out for command in COMMANDS)
    assert not any(later in told.out for later in ("deck", "erase", "backup", "restore", "verify"))
    assert "Exit codes" in told.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_in_a_few_lines(run, command):
    told = run(command, "--help")
    assert told.code == 0
    assert "--workspace" in told.out
    assert "--format" in told.out
    assert f"Example: python -m metrics {command}" in told.out
    assert len(told.out.splitlines()) < 45


def test_the_program_starts_without_what_only_measuring_needs():
    heavy = "import sys; from metrics.commands import main; main(['--help']); "
    heavy += "print(sorted({'pandas', 'duckdb', 'scipy', 'sqlglot', 'streamlit'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_it_runs_as_a_program(loaded):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "metrics", "show", "win_rate", "--format", "json", "--workspace", str(loaded)],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["rows"][0]["n"] == 4
    assert done.stderr == ""
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    "command", ["list", "list --format json", "explain win_rate --rows --format json", "explain win_rate --rows"]
)
def test_a_reader_that_leaves_early_is_no_error(loaded, command):
    piped = (
        f"{sys.executable} -m metrics {command} --workspace {loaded} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", piped], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_that_nobody_reads_keeps_its_code():
    piped = f"{sys.executable} -m metrics show win_rat 2>&1 >/dev/null | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_an_unknown_form_is_told_in_our_words(run):
    ended = run("list", "--format", "jsn")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "--format: there is no form “jsn”. Did you mean “json”? Choose text, json or csv.\n"


def test_service_levels_are_of_stages_that_exist(run, loaded):
    ended = run("settings", "service_levels=Tallks=3", "--workspace", loaded)
    assert ended.code == 2
    assert "there is no stage “Tallks”" in ended.err
    assert "Talks" in ended.err
