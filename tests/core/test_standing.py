"""Who is a target, or on a list, when: an account by each period's last day."""

from dataclasses import replace
from datetime import date

import pytest

from metrics import Scope, explain, list_rows, measure

D = date.fromisoformat
MONTHS = {"2024-04": ("2024-04-01", "2024-04-30"), "2024-05": ("2024-05-01", "2024-05-31"),
          "2024-06": ("2024-06-01", "2024-06-20")}  # fmt: skip
SPRING = {"start": D("2024-04-01"), "end": D("2024-06-20")}
SCOPES = (
    Scope(by="target"), Scope((("target", ("target",)),)), Scope((("target", ("rest",)),)),
    Scope((("list", ("Tier 1",)),)), Scope((("list", ("(none)",)),)), Scope(by="list"),
    Scope((("list", ("Tier 1",)),), by="target"),
)  # fmt: skip


@pytest.fixture
def moving(opened):
    """
    account  a target                  on the list Tier 1   touched
    a1       from 10 May               until 1 May          April, June
    a2       until 1 June              from 20 May          May
    a3       only as on Tier 1         from 7 June          June
    a4       never                     -                    April
    """
    return opened(
        accounts=[
            {"account_id": "a1", "name": "North", "is_target": True, "target_since": "2024-05-10"},
            {"account_id": "a2", "name": "South", "is_target": True, "target_since": "2023-01-01",
             "target_until": "2024-06-01"},
            {"account_id": "a3", "name": "West"}, {"account_id": "a4", "name": "East"},
        ],
        account_lists=[
            {"account_id": "a1", "list": "Tier 1", "since": "2023-01-01", "until": "2024-05-01"},
            {"account_id": "a2", "list": "Tier 1", "since": "2024-05-20"},
            {"account_id": "a3", "list": "Tier 1", "since": "2024-06-07"},
        ],
        activities=[
            {"account_id": account, "kind": "form", "side": "marketing", "is_done": True, "occurred_at": f"{day} 10:00"}
            for account, day in (
                ("a1", "2024-04-05"), ("a1", "2024-06-05"), ("a2", "2024-05-05"), ("a3", "2024-06-06"),
                ("a4", "2024-04-30"),
            )
        ],
        as_of="2024-06-30",
    )  # fmt: skip


def shares(answer):
    """{(period, segment): engaged of}."""
    return {(row.get("period"), row["segment"]): (row["numerator"], row["denominator"]) for row in answer.rows()}


def test_an_account_is_a_target_by_the_last_day_of_each_month(moving):
    """30 April: a1 by Tier 1, and a2. 31 May: a1 and a2. 20 June: a1, and a2, a3 by Tier 1."""
    by_target = measure(moving, "engaged_accounts", Scope(by="target", grain="month", **SPRING))
    assert shares(by_target) == {
        ("2024-04", "target"): (1, 2), ("2024-04", "rest"): (1, 2),
        ("2024-05", "target"): (1, 2), ("2024-05", "rest"): (0, 2),
        ("2024-06", "target"): (2, 3), ("2024-06", "rest"): (0, 1),
    }  # fmt: skip
    targets = measure(moving, "engaged_accounts", Scope((("target", ("target",)),), grain="month", **SPRING))
    assert shares(targets) == {("2024-04", "All"): (1, 2), ("2024-05", "All"): (1, 2), ("2024-06", "All"): (2, 3)}


def test_an_account_is_on_a_list_by_the_last_day_of_each_month(moving):
    """30 April: a1. 31 May: a2. 20 June: a2 and a3."""
    listed = measure(moving, "engaged_accounts", Scope((("list", ("Tier 1",)),), grain="month", **SPRING))
    assert shares(listed) == {("2024-04", "All"): (1, 1), ("2024-05", "All"): (1, 1), ("2024-06", "All"): (1, 2)}
    by_list = shares(measure(moving, "engaged_accounts", Scope(by="list", grain="month", **SPRING)))
    assert {key: of for key, of in by_list.items() if key[1] == "Target account"} == {
        ("2024-04", "Target account"): (0, 1), ("2024-05", "Target account"): (1, 2),
        ("2024-06", "Target account"): (1, 1),
    }  # fmt: skip
    assert {key: of for key, of in by_list.items() if key[1] == "(none)"} == {
        ("2024-04", "(none)"): (1, 2), ("2024-05", "(none)"): (0, 2), ("2024-06", "(none)"): (0, 1),
    }  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.sentence("accounts", ""))
def test_a_month_asked_alone_is_its_row_of_the_months(moving, scope):
    months = measure(moving, "engaged_accounts", replace(scope, grain="month", **SPRING)).rows()
    for label, (start, end) in MONTHS.items():
        alone = measure(moving, "engaged_accounts", replace(scope, start=D(start), end=D(end))).rows()
        row = [{k: v for k, v in row.items() if k != "period"} for row in months if row["period"] == label]
        assert row == alone


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.sentence("accounts", ""))
def test_a_month_lists_as_many_accounts_as_it_says(moving, scope):
    scope = replace(scope, grain="month", **SPRING)
    answer = measure(moving, "engaged_accounts", scope)
    for row in answer.rows():
        mark = {key: row[key] for key in ("segment", "period")}
        assert len(list_rows(moving, "engaged_accounts", scope, where=mark)) == row["n"]
    assert len(list_rows(moving, "engaged_accounts", scope)) == answer.frame["n"].sum()
    assert len(list_rows(moving, "engaged_accounts", scope, where={"period": "2019-01"})) == 0


def test_a_list_says_who_was_a_target_then(moving):
    def targets(**scope):
        listed = list_rows(moving, "engaged_accounts", Scope(**scope))
        return {(row["period"], row["account_id"]) for _, row in listed.iterrows() if row["target"] == "target"}

    april = {(None, account) for _, account in targets(start=D("2024-04-01"), end=D("2024-04-30"))}
    assert april == {(None, "a1"), (None, "a2")}
    assert targets(grain="month", **SPRING) == {
        ("2024-04", "a1"), ("2024-04", "a2"), ("2024-05", "a1"), ("2024-05", "a2"), ("2024-06", "a1"),
        ("2024-06", "a2"), ("2024-06", "a3"),
    }  # fmt: skip


def test_what_is_explained_counts_each_account_once(moving):
    told = explain(moving, "engaged_accounts", Scope((("target", ("target",)),), grain="month", **SPRING))
    assert told["used"] == 3
    assert [part["target_on"] for part in told["parts"]] == ["2024-04-30", "2024-05-31", "2024-06-20"]
    assert "parts" not in explain(moving, "engaged_accounts", Scope(grain="month", **SPRING))


def test_without_days_there_is_nothing_to_tell_apart(opened):
    snapshot = opened(
        accounts=[{"account_id": "a1", "is_target": True}, {"account_id": "a2"}],
        activities=[{"account_id": "a1", "kind": "form", "occurred_at": f"2024-0{m}-05"} for m in (4, 5)],
        as_of="2024-06-30",
    )
    scope = Scope(by="target", grain="month", **SPRING)
    assert "parts" not in explain(snapshot, "engaged_accounts", scope)
    assert shares(measure(snapshot, "engaged_accounts", scope))["2024-04", "target"] == (1, 1)
