"""Goals typed on the command line: kept, held against figures, replaced, removed, and gone with nobody else's."""

import json
import shutil

import pytest

QUARTER = ("--from", "2024-01-01", "--to", "2024-03-31")


def answer(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture
def loaded(loaded, tmp_path):
    """A workspace of one's own."""
    return shutil.copytree(loaded, tmp_path / "own")


@pytest.fixture
def goals(run, loaded):
    """`goals("won_revenue=1000", *QUARTER)`: the goals in effect after it."""
    return lambda *asked: answer(run("goals", *asked, "--format", "json", "--workspace", loaded))["goals"]


def test_a_goal_is_kept_and_held_against_its_figure(run, loaded, goals):
    """100 + 300 + 500 won in the quarter."""
    assert goals() == []
    (kept,) = goals("won_revenue=1200", *QUARTER)
    assert kept == {"metric": "won_revenue", "starts_on": "2024-01-01", "ends_on": "2024-03-31", "dimension": None,
                    "segment": None, "value": 1200.0, "import_id": None, "line": None, "problem": ""}  # fmt: skip
    told = answer(run("show", "won_revenue", *QUARTER, "--compare", "goal", "--format", "json", "--workspace", loaded))
    assert told["comparison"][0]["sentence"] == (
        "Won revenue: 900 against the goal of 1,200; below it by 300, 75 % of it."
    )
    assert "won_revenue" in run("goals", "--workspace", loaded).out


def test_another_value_for_the_same_takes_its_place_and_a_segment_has_its_own(goals):
    goals("won_revenue=1200", *QUARTER)
    goals("won_revenue=1500", *QUARTER)
    found = goals("won_revenue=700", *QUARTER, "--where", "owner=Seat 1")
    assert [(g["dimension"], g["segment"], g["value"]) for g in found] == [
        ("owner", "Seat 1", 700.0), (None, None, 1500.0),
    ]  # fmt: skip


def test_a_goal_is_removed(run, loaded, goals):
    goals("win_rate=0.4")
    assert goals("--remove", "win_rate") == []
    again = run("goals", "--remove", "win_rate", "--workspace", loaded)
    assert (again.code, "Nobody typed a goal" in again.err) == (2, True)


def test_goals_outlast_loading_and_undoing(run, loaded, goals, files):
    goals("won_revenue=1200", *QUARTER)
    run("undo", "1", "--workspace", loaded)
    run("load", files / "deals.csv", "--mapping", files / "deals.toml", "--workspace", loaded)
    assert [goal["value"] for goal in goals()] == [1200.0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["wonrevenue=5"], "There is no metric “wonrevenue”"),
        (["won_revenue=many"], "a goal is a number"),
        (["won_revenue=inf"], "is none"),
        (["win_rate=35"], "0.35 is 35 %"),
        (["stage_funnel=5"], "several figures"),
        (["won_revenue=5", "--from", "2024-02-01", "--to", "2024-01-01"], "before it begins"),
        (["won_revenue=5", "--where", "ownr=Seat 1"], "no dimension “ownr”"),
        (["won_revenue=5", "--where", "owner=Seat 1", "--where", "owner=Seat 2"], "--where once"),
        (["won_revenue=5", "--remove", "won_revenue"], "not both"),
    ],
)
def test_what_nothing_could_be_held_to_is_refused(run, loaded, goals, asked, words):
    refused = run("goals", *asked, "--workspace", loaded)
    assert refused.code == 2
    assert words in refused.err
    assert goals() == []
