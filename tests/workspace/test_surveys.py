"""Surveys and mentions in the workspace: who answered, for which account, and uploads that replace each other."""

import json
from pathlib import Path

from company import company

from metrics import Snapshot, Workspace, measure, open_snapshot

HEADER = "Response ID,Email,Company,Account ID,Date,Would you recommend us?,What is the reason for your score?\n"
ROWS = [
    "r1,ann@north.example,,,2026-01-10,9,Wonderful and friendly people who helped us a lot.\n",
    "r2,,South Ltd,,2026-01-11,3,\n",
    "r3,,,a1,2026-01-12,7,\n",
    "r4,someone@gmail.com,,,2026-01-13,10,\n",
]
ACCOUNTS = [
    {"account_id": "a1", "name": "North", "domain": "north.example"},
    {"account_id": "a2", "name": "South", "domain": "south.example"},
]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def opened(workspace: Workspace) -> Snapshot:
    path = workspace.current()
    assert path is not None
    return open_snapshot(path)


def rows(workspace: Workspace, sql: str) -> list[tuple]:
    return [tuple(row) for row in opened(workspace).run(sql).to_numpy().tolist()]


def test_accounts_are_found_by_id_domain_and_name() -> None:
    answers = [
        {"answer_id": "1", "question": "nps", "score": 9, "account_id": "a1"},
        {"answer_id": "2", "question": "nps", "score": 9, "_account_domain": "north.example"},
        {"answer_id": "3", "question": "nps", "score": 9, "_account_name": "SOUTH, Inc."},
        {"answer_id": "4", "question": "nps", "score": 9, "contact_id": "bob@else.example"},
        {"answer_id": "5", "question": "nps", "score": 9, "contact_id": "x@gmail.com", "_account_domain": "gmail.com"},
        {"answer_id": "6", "question": "alignment", "score": 3, "contact_id": "me@north.example",
         "_account_domain": "north.example"},
    ]  # fmt: skip
    people = [{"contact_id": "c9", "email": "Bob@else.example", "account_id": "a2"}]
    snapshot = open_snapshot(company(accounts=ACCOUNTS, contacts=people, survey_answers=answers))
    found = snapshot.run("SELECT answer_id, account_id, contact_id FROM model.survey_answers ORDER BY answer_id")
    assert found["account_id"].fillna("none").tolist() == ["a1", "a1", "a2", "a2", "none", "none"]
    assert found["contact_id"].tolist()[3] == "c9"
    issues = {issue["kind"]: issue["n"] for issue in json.loads(snapshot.about["quality"])["issues"]}
    assert issues["answer of no account"] == 1, "staff have none"


def test_staff_are_no_account_of_their_own() -> None:
    staff = [{"answer_id": "1", "question": "alignment", "score": 3, "_account_domain": "ours.example"}]
    snapshot = open_snapshot(company(survey_answers=staff))
    assert snapshot.row_counts["accounts"] == 0


def test_a_later_upload_replaces_answers_and_keeps_the_others(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    (first,) = workspace.load(write(tmp_path / "pulse 2026-02-01.csv", HEADER + "".join(ROWS[:3])))
    assert (first.source, first.object, first.tables) == ("surveys", "responses", {"survey_answers": 3})
    again = HEADER + ROWS[1].replace(",3,", ",8,") + ROWS[3]
    (second,) = workspace.load(write(tmp_path / "pulse (final) 2026-03-01.csv", again))
    assert second.status == "loaded"
    scores = rows(workspace, "SELECT left(answer_id, 2), score FROM model.survey_answers ORDER BY answer_id")
    assert scores == [("r1", 9.0), ("r2", 8.0), ("r3", 7.0), ("r4", 10.0)]
    workspace.undo(second.import_id)
    assert rows(workspace, "SELECT score FROM model.survey_answers WHERE answer_id LIKE 'r2%'") == [(3.0,)]


def test_comments_are_scored_when_the_setting_says_so(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.load(write(tmp_path / "pulse 2026-02-01.csv", HEADER + "".join(ROWS)))
    told = "SELECT count(sentiment) FROM model.survey_answers"
    assert rows(workspace, told) == [(0,)]
    workspace.change_settings({"score_text": True})
    assert rows(workspace, told) == [(1,)]
    (row,) = measure(opened(workspace), "brand_perception").rows()
    assert row["sentiment_n"] == 1
    assert row["sentiment"] > 0.3
    workspace.change_settings({"score_text": False})
    assert rows(workspace, told) == [(0,)]
