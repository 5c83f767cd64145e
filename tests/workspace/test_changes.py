"""Who changed what, and when: kept with the state, the latest first."""

import json
from datetime import datetime

from metrics import Workspace
from metrics.commands import main
from metrics.workspace.changes import MOST_CHANGES, noted
from metrics.workspace.state import State


def told(workspace):
    return [(c["by"], c["kind"], c["name"], c["before"], c["after"]) for c in workspace.changes()]


def test_settings_goals_and_lists_are_noted_with_what_they_were_before(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.change_settings({"margin": 0.5, "window_days": 30}, by="Seat 1")
    workspace.change_settings({"margin": 0.7, "window_days": 30}, by="Seat 2")
    goal = {"metric": "win_rate", "starts_on": "2024-01-01", "dimension": "owner", "segment": "Seat 3", "value": 0.4}
    workspace.set_goal(goal, by="Seat 1")
    workspace.set_goal(goal | {"value": 0.5}, by="Seat 2")
    workspace.remove_goal(goal, by="Seat 2")
    workspace.change_settings({"margin": None}, by="Seat 1")
    name = "win_rate, owner = Seat 3, 2024-01-01 – …"
    assert told(workspace) == [
        ("Seat 1", "setting", "margin", 0.7, None),
        ("Seat 2", "goal", name, 0.5, None),
        ("Seat 2", "goal", name, 0.4, 0.5),
        ("Seat 1", "goal", name, None, 0.4),
        ("Seat 2", "setting", "margin", 0.5, 0.7),
        ("Seat 1", "setting", "window_days", None, 30),
        ("Seat 1", "setting", "margin", None, 0.5),
    ]
    assert all(datetime.fromisoformat(change["at"]).tzinfo for change in workspace.changes())
    assert told(Workspace(tmp_path)) == told(workspace)


def test_target_lists_are_noted_by_the_user_of_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "seat-9")
    workspace = Workspace(tmp_path)
    workspace.add_targets("north.example\nsouth.example", list="Spring")
    workspace.remove_targets("Spring")
    assert told(workspace) == [
        ("seat-9", "list", "Spring", "1 kept", None), ("seat-9", "list", "Spring", None, "2 keys"),
    ]  # fmt: skip


def test_the_latest_thousand_are_kept():
    state = State()
    for number in range(MOST_CHANGES + 3):
        state = noted(state, "setting", "margin", number, number + 1, "Seat 1")
    assert [state.changes[0]["before"], state.changes[-1]["before"]] == [3, MOST_CHANGES + 2]


def test_the_command_line_tells_them(tmp_path, capsys):
    assert main(["settings", "--history", "--workspace", str(tmp_path)]) == 0
    assert "Nothing was changed yet" in capsys.readouterr().out
    assert main(["settings", "margin=0.5", "--workspace", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["settings", "--history", "--format", "json", "--workspace", str(tmp_path)]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["name"], change["before"], change["after"]) == ("margin", None, 0.5)
    assert main(["settings", "margin=1", "--history", "--workspace", str(tmp_path)]) == 2
