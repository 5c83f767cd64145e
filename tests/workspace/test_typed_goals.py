"""Typed goals stand beside those of files, and in place of one for the same."""

from datetime import date

from metrics import Workspace, known_goals, open_snapshot, read_goal

GOALS = """\
metric,from,to,goal
won_revenue,2024-01-01,2024-03-31,500
won_revenue,2024-04-01,2024-06-30,600
"""
MAPPING = {
    "table": "goals", "columns": {"metric": "metric", "starts_on": "from", "ends_on": "to", "value": "goal"},
    "format": {"dates": "ymd"},
}  # fmt: skip


def values(workspace):
    snapshot = open_snapshot(workspace.current())
    found = known_goals(snapshot)["value"].tolist()
    counts = snapshot.row_counts["goals"]
    snapshot.close()
    assert counts == len(found) == workspace.tables()["goals"]
    return found


def test_typed_goals_beside_loaded_ones(tmp_path):
    (tmp_path / "goals.csv").write_text(GOALS, encoding="utf-8")
    workspace = Workspace(tmp_path / "kept")
    (loaded,) = workspace.load(tmp_path / "goals.csv", mapping=MAPPING)
    assert (loaded.status, values(workspace)) == ("loaded", [500, 600])
    snapshot = open_snapshot(workspace.current())
    goal = read_goal(snapshot, "won_revenue", 550, date(2024, 1, 1), date(2024, 3, 31))
    snapshot.close()
    before = workspace.snapshot_id()
    kept = workspace.set_goal(goal, by="Seat 1")
    assert (values(workspace), kept["set_by"]) == ([550, 600], "Seat 1")
    assert workspace.snapshot_id() != before
    workspace.change_settings({"margin": 0.5})
    assert values(workspace) == [550, 600]
    workspace.undo(loaded.import_id)
    assert workspace.goals() == [kept]
    workspace.remove_goal(goal)
    assert workspace.goals() == []


def test_a_goal_may_be_typed_before_anything_is_loaded(tmp_path):
    workspace = Workspace(tmp_path / "kept")
    workspace.set_goal({"metric": "won_revenue", "value": 70.0})
    (tmp_path / "goals.csv").write_text(GOALS, encoding="utf-8")
    workspace.load(tmp_path / "goals.csv", mapping=MAPPING)
    assert sorted(values(workspace)) == [70, 500, 600]
