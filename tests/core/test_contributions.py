"""What each segment contributed to a figure's change: counted by hand, and adding up over companies drawn at random."""

from dataclasses import replace
from datetime import date

import pytest
from random_companies import random_company

from metrics import QuestionError, Scope, change_by, measure

D = date.fromisoformat
SCOPE = Scope(start=D("2024-04-01"), end=D("2024-06-30"), compare="previous")
METRICS = ("won_revenue", "opportunities_created", "win_rate", "average_deal_size")


@pytest.fixture
def two_quarters(opened):
    """
    closed        Seat 1            Seat 2            Seat 3
    1st quarter   won 100, lost     won 300
    2nd quarter   won 200, won 60   lost, lost        lost
    """
    deals = [
        ("Seat 1", "Won", "2024-02-01", 100), ("Seat 1", "Lost", "2024-02-02", 9), ("Seat 2", "Won", "2024-03-31", 300),
        ("Seat 1", "Won", "2024-04-01", 200), ("Seat 1", "Won", "2024-05-01", 60), ("Seat 2", "Lost", "2024-05-01", 9),
        ("Seat 2", "Lost", "2024-05-02", 9), ("Seat 3", "Lost", "2024-06-30", 9),
    ]  # fmt: skip
    return opened(
        stages={"Open": "open", "Won": "won", "Lost": "lost"},
        accounts=[{"account_id": "a1", "name": "North"}],
        opportunities=[
            {"opportunity_id": f"d{number}", "account_id": "a1", "owner": owner, "stage": stage, "amount": amount,
             "currency": "EUR", "opened_on": "2024-01-01", "closed_on": closed}
            for number, (owner, stage, closed, amount) in enumerate(deals)
        ],
        as_of="2024-06-30",
    )  # fmt: skip


def told(change):
    return [(p.segment, p.before, p.now, p.own, p.mix) for p in change.parts]


def test_a_sum_changes_by_what_its_segments_change(two_quarters):
    change = change_by(two_quarters, "won_revenue", SCOPE, "owner")
    assert (change.before, change.now, change.kind) == (400, 260, "sum")
    assert told(change) == [("Seat 2", 300, None, -300, 0), ("Seat 1", 100, 260, 160, 0)]


def test_a_rate_changes_by_the_segments_rates_and_by_their_weights(two_quarters):
    """From 2 of 3 to 2 of 5; the mean of the two is 8/15.

    Seat 1: ½ → 1, weight 2/3 → 2/5: its rate gives 8/15 × ½, its weight −4/15 × (3/4 − 8/15).
    Seat 2: 1 → 0, weight 1/3 → 2/5: 11/30 × −1, and 1/15 × (½ − 8/15).
    Seat 3 is new: its rate gives nothing, its weight 1/5 × (0 − 8/15).
    """
    change = change_by(two_quarters, "win_rate", SCOPE, "owner")
    assert (change.before, change.now, change.kind) == (2 / 3, 2 / 5, "rate")
    found = {part.segment: (part.own, part.mix) for part in change.parts}
    assert found["Seat 1"] == pytest.approx((4 / 15, -4 / 15 * (3 / 4 - 8 / 15)))
    assert found["Seat 2"] == pytest.approx((-11 / 30, 1 / 15 * (1 / 2 - 8 / 15)))
    assert found["Seat 3"] == pytest.approx((0, -8 / 75))
    assert sum(part.effect for part in change.parts) == pytest.approx(2 / 5 - 2 / 3)
    assert [part.segment for part in change.parts] == ["Seat 2", "Seat 1", "Seat 3"]


def test_a_mean_changes_likewise(two_quarters):
    """From (100 + 300) / 2 to (200 + 60) / 2."""
    change = change_by(two_quarters, "average_deal_size", SCOPE, "owner")
    assert (change.before, change.now, change.kind) == (200, 130, "mean")
    found = {part.segment: (part.own, part.mix) for part in change.parts}
    assert found["Seat 1"] == pytest.approx((0.75 * 30, 0.5 * (115 - 165)))
    assert found["Seat 2"] == pytest.approx((0, -0.5 * (300 - 165)))
    assert sum(part.effect for part in change.parts) == pytest.approx(-70)


def test_the_segments_of_a_median_do_not_add_up_and_say_so(two_quarters):
    change = change_by(two_quarters, "velocity_predictability", SCOPE, "owner", where={"stage": "All"})
    assert not change.adds_up
    assert [part.segment for part in change.parts] == ["Seat 1", "Seat 2"]
    assert all(part.effect is None for part in change.parts)


def test_one_step_of_a_metric_with_steps_is_asked_for_by_its_key(two_quarters):
    change = change_by(two_quarters, "pipeline_bridge", SCOPE, "owner", where={"step": "won"})
    assert (change.kind, {p.segment: p.effect for p in change.parts}["Seat 2"]) == ("sum", -1)
    with pytest.raises(QuestionError, match="say which by step"):
        change_by(two_quarters, "pipeline_bridge", SCOPE, "owner")


@pytest.mark.parametrize(
    ("name", "scope", "by", "words"),
    [
        ("won_revenue", replace(SCOPE, compare=None), "owner", "--compare"),
        ("won_revenue", replace(SCOPE, compare="goal"), "owner", "--compare"),
        ("open_pipeline", SCOPE, "owner", "no other period"),
        ("won_revenue", SCOPE, "list", "don't add up"),
        ("loss_reasons", SCOPE, "competitor", "in its own way"),
        ("won_revenue", SCOPE, "ownr", "owner"),
    ],
)
def test_what_cannot_be_asked_is_refused(two_quarters, name, scope, by, words):
    with pytest.raises(QuestionError, match=words):
        change_by(two_quarters, name, scope, by)


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_contributions_add_up_exactly(opened, seed):
    snapshot = opened(**random_company(seed, deals=150))
    scope = Scope(start=D("2024-01-01"), end=D("2024-03-31"), compare="previous")
    for name in METRICS:
        for by in ("owner", "industry", "pipeline", "target"):
            change = change_by(snapshot, name, scope, by)
            assert change.adds_up, (name, by)
            whole = measure(snapshot, name, replace(scope, compare=None)).rows()[0]["value"]
            assert change.now == pytest.approx(whole)
            effects = sum(part.effect for part in change.parts)
            assert effects == pytest.approx((change.now or 0) - (change.before or 0)), (name, by)
