"""`accounts` and `segments`: the list, one account, and filters kept under a name."""

import json

import pytest


def answer(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_accounts_lists_them_and_narrows_as_metrics_do(run, loaded):
    rows = answer(run("accounts", "--format", "json", "--workspace", loaded))["accounts"]
    asked = answer(run("show", "accounts_with_opportunity", "--format", "json", "--workspace", loaded))
    assert len(rows) == asked["rows"][0]["n"]
    assert {"account_id", "name", "points", "open_amount", "stage", "is_quiet"} <= set(rows[0])
    assert {row["name"]: row["won_amount"] for row in rows} == {"North": 100, "South": 300, "West": 500}
    rail = answer(run("accounts", "--where", "Vertical=Rail", "--format", "json", "--workspace", loaded))["accounts"]
    assert {row["name"]: row["won_amount"] for row in rail} == {"North": 100, "South": 0, "West": 0}
    text = run("accounts", "--workspace", loaded)
    assert f"{len(rows):,} accounts" in text.out


def test_one_account_tells_what_its_page_shows(run, loaded):
    first = answer(run("accounts", "--format", "json", "--workspace", loaded))["accounts"][0]["account_id"]
    told = answer(run("accounts", first, "--format", "json", "--workspace", loaded))
    assert told["account"]["account_id"] == first
    assert {"next_steps", "peers", "deals", "people", "touches", "link"} <= set(told)
    assert told["link"] is None
    assert run("accounts", first, "--workspace", loaded).code == 0


@pytest.mark.parametrize("arguments", [
    ("accounts", "nobody"), ("accounts", "--segment", "nothing"), ("accounts", "--where", "nowhere=x"),
    ("segments", "--remove", "nothing"), ("segments", "--save", "x"), ("segments", "--where", "Vertical=Rail"),
    ("segments", "--save", "x", "--where", "nowhere=x"),
])  # fmt: skip
def test_what_is_not_there_is_said(run, loaded, arguments):
    ended = run(*arguments, "--workspace", loaded)
    assert ended.code == 2
    assert ended.err


def test_a_segment_is_kept_used_and_removed(run, loaded):
    own = ("--format", "json", "--workspace", loaded)
    kept = answer(run("segments", "--save", "Rail", "--where", "Vertical=Rail", *own))["segments"]
    assert [(one["name"], one["filters"]) for one in kept] == [("Rail", {"Vertical": ["Rail"]})]
    rail = answer(run("accounts", "--segment", "rail", *own))["accounts"]
    assert rail == answer(run("accounts", "--where", "Vertical=Rail", *own))["accounts"]
    assert "Rail" in run("segments", "--workspace", loaded).out
    assert answer(run("segments", "--remove", "Rail", *own)) == {"segments": []}
