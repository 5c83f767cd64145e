"""What is behind a figure: as many rows as the mark says, and the formula with its figures."""

from datetime import date

import pytest

from metrics import QuestionError, Scope, explain, list_rows, measure

D = date.fromisoformat


@pytest.mark.parametrize(
    "scope", [Scope(by="industry"), Scope(by="target"), Scope(by="Vertical"), Scope(grain="quarter")]
)
def test_a_mark_lists_as_many_deals_as_it_says(firm, scope):
    for row in measure(firm, "win_rate", scope).rows():
        mark = {key: row[key] for key in ("segment", "period") if key in row}
        listed = list_rows(firm, "win_rate", scope, where=mark)
        assert len(listed) == row["n"], mark
        assert (listed["outcome"] == "won").sum() == row["numerator"]
        assert listed["opportunity_id"].is_unique


def test_a_mark_of_a_stage(firm):
    answer = measure(firm, "open_pipeline")
    for row in answer.rows():
        assert len(list_rows(firm, "open_pipeline", where={"stage": row["stage"]})) == row["deals"]
    assert len(list_rows(firm, "open_pipeline", where={"stage": "' OR 1=1; --"})) == 0


def test_the_list_names_deals_and_accounts(firm):
    listed = list_rows(firm, "won_revenue", Scope((("Vertical", ("O'Brien",)),)))
    assert listed[["deal", "account", "deal_amount", "target"]].values.tolist() == [
        ["Deal 0-0", "Account 0", 100.0, "target"]
    ]


def test_lists_come_in_the_same_order_every_time(firm):
    first, again = (list(list_rows(firm, "win_rate")["opportunity_id"]) for _ in range(2))
    assert first == again == sorted(first)


def test_an_account_is_a_mark_too(opened):
    snapshot = opened(
        accounts=[{"account_id": "a1", "name": "Same"}, {"account_id": "a2", "name": "Same"}],
        activities=[{"account_id": "a1", "kind": "form", "occurred_at": "2024-01-01 10:00:00"}],
    )
    scope = Scope(by="account")
    rows = measure(snapshot, "engaged_accounts", scope).rows()
    assert [(row["account_id"], row["account"], row["value"]) for row in rows] == [
        ("a1", "Same", 1.0),
        ("a2", "Same", 0.0),
    ]
    assert list(rows[0])[:5] == ["segment", "account_id", "account", "value", "n"]
    monthly = measure(snapshot, "engaged_accounts", Scope(by="account", grain="month"))
    assert list(monthly.frame)[:5] == ["segment", "period", "account_id", "account", "value"]
    mark = {key: rows[0][key] for key in ("segment", "account_id", "account")}
    assert list(list_rows(snapshot, "engaged_accounts", scope, where=mark)["account_id"]) == ["a1"]


def test_overlapping_segments_are_measured_and_listed_one_by_one(opened):
    """One account touched through two channels, one through neither: each channel has one of two."""
    snapshot = opened(
        accounts=[{"account_id": "a1"}, {"account_id": "a2"}],
        activities=[
            {"account_id": "a1", "kind": "form", "channel": channel, "occurred_at": "2024-01-01 10:00:00"}
            for channel in ("Search", "Social")
        ],
    )
    scope = Scope(by="channel")
    answer = measure(snapshot, "engaged_accounts", scope)
    assert [(r["segment"], r["numerator"], r["denominator"]) for r in answer.rows()] == [
        ("Search", 1, 2),
        ("Social", 1, 2),
    ]
    assert any("do not add up" in warning for warning in answer.warnings)
    assert answer.comparison == ()
    told = explain(snapshot, "engaged_accounts", scope)
    assert len(told["formula"]) == 2
    only = measure(snapshot, "engaged_accounts", scope.where("channel", "Social"))
    assert [row["segment"] for row in only.rows()] == ["Social"]


def test_only_the_most_frequent_values_are_measured_one_by_one(opened, monkeypatch):
    """Three campaigns with 3, 2 and 1 touches, of which two are shown."""
    monkeypatch.setattr("metrics.measured.MOST_VALUES", 2)
    snapshot = opened(
        accounts=[{"account_id": "a1"}],
        activities=[
            {"account_id": "a1", "kind": "form", "campaign": campaign, "occurred_at": f"2024-01-0{n + 1} 10:00:00"}
            for campaign, touches in (("Autumn", 1), ("Spring", 3), ("Fair", 2))
            for n in range(touches)
        ],
    )
    answer = measure(snapshot, "engaged_accounts", Scope(by="campaign"))
    assert list(answer.frame["segment"]) == ["Fair", "Spring"]
    told = "Only the 2 values of campaign with the most touches are shown, of 3"
    assert any(told in warning for warning in answer.warnings)
    one = measure(snapshot, "engaged_accounts", Scope((("campaign", ("Autumn",)),), by="campaign"))
    assert list(one.frame["segment"]) == ["Autumn"]
    assert not any("Only the" in warning for warning in one.warnings)


def test_what_is_used_are_deals_not_the_steps_that_they_reached(firm):
    told = explain(firm, "stage_funnel")
    assert told["used"] == measure(firm, "opportunities_created").frame["n"].iloc[0] == 31


def test_an_account_metric_is_not_split_by_what_a_deal_has(opened):
    snapshot = opened(
        accounts=[{"account_id": "a1"}],
        opportunities=[{"opportunity_id": "d1", "account_id": "a1", "product": "P", "opened_on": "2024-01-01"}],
    )
    with pytest.raises(QuestionError, match="cannot be split by product, which is a property of opportunities"):
        measure(snapshot, "engaged_accounts", Scope(by="product"))
    answer = measure(snapshot, "engaged_accounts", Scope((("product", ("P",)),)))
    assert any("Not filtered by product" in warning for warning in answer.warnings)


def test_explain_opens_a_figure_up(firm):
    scope = Scope(start=D("2024-01-01"), end=D("2024-12-31"))
    told = explain(firm, "win_rate", scope, rows=True)
    assert told["formula"] == ["All: 15 won ÷ 20 won or lost = 0.75"]
    assert told["used"] == len(told["rows"]) == 20
    assert told["excluded"] == [{"reason": "no closing date", "n": 1}]
    assert told["parameters"] == {"from": "2024-01-01", "until": "2025-01-01"}
    assert "FROM periods" in told["sql"]
    assert firm.run(told["sql"], {"from": D("2024-01-01"), "until": D("2025-01-01")})["value"].iloc[0] == 0.75


def test_explain_gives_rows_only_when_asked(firm):
    assert "rows" not in explain(firm, "win_rate")


def test_an_undefined_figure_is_explained_as_such(firm):
    told = explain(firm, "win_rate", Scope(start=D("2030-01-01")))
    assert told["formula"] == ["All: 0 won ÷ 0 won or lost = n/a"]
