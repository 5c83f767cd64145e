"""Where only some deals have a stage history: what that leaves out is counted, and nothing unjudged is called 0."""

import pytest

from metrics import measure


def deal(number, stage, pipeline="New", owner="Seat 1", opened="2024-01-01"):
    return {"opportunity_id": f"d{number}", "account_id": "a1", "stage": stage, "pipeline": pipeline, "owner": owner,
            "opened_on": opened}  # fmt: skip


@pytest.fixture
def partly(opened):
    """As of 30 June 2024: d1 has a history and is in Talk; d2 (Talk), d3 (Offer) and d4 (Old, Talk) have none; d5 was
    lost without one; d6 is opened tomorrow."""

    def build(**settings):
        return opened(
            stages={"Talk": "open", "Offer": "open", "Lost": "lost"}, as_of="2024-06-30", settings=settings,
            accounts=[{"account_id": "a1"}], entered=[("d1", "Talk", "2024-05-01", "New")],
            opportunities=[
                deal(1, "Talk"), deal(2, "Talk"), deal(3, "Offer", owner="Seat 2"), deal(4, "Talk", "Old"),
                deal(5, "Lost") | {"closed_on": "2024-02-01"}, deal(6, "Talk", opened="2024-07-01"),
            ],
        )  # fmt: skip

    return build


def test_open_deals_without_a_history_are_counted_among_those_left_out(partly):
    answer = measure(partly(), "days_in_stage")
    assert [(r["pipeline"], r["stage"], r["open_n"]) for r in answer.rows()] == [("New", "Talk", 1)]
    assert dict(answer.excluded)["no stage history (in the stage now only)"] == 3


def test_stalled_deals_of_an_owner_are_not_known_where_no_stage_is_judged(partly):
    closed = {r["owner"]: r["stalled_n"] for r in measure(partly(), "owner_performance").rows()}
    assert closed == {"Seat 1": None}
    judged = measure(partly(service_levels="Talk=14"), "owner_performance").rows()
    assert [r["stalled_n"] for r in judged] == [1]
