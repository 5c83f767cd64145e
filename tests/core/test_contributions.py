"""What each segment contributed to a figure's change, counted by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from metrics import DefinitionError, QuestionError, Scope, change_by, find_metric
from metrics.adding import read_adding

D = date.fromisoformat
SCOPE = Scope(start=D("2024-04-01"), end=D("2024-06-30"), compare="previous")


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


def test_a_ratio_changes_by_what_segments_bring_and_by_what_has_no_segment(opened):
    """
    quarter   spend   new customers          cost of one
    1st       600     Rail 1, Air 1          300
    2nd       800     Rail 3, Air 1          200

    The spend, of no account: +200 × (½ + ¼) ÷ 2. Rail: −2 customers more × (600 + 800) ÷ 2 ÷ (2 × 4). Air: nothing.
    """
    wins = [("a0", "2024-02-01"), ("b0", "2024-02-02"), ("a1", "2024-04-01"), ("a2", "2024-05-01"),
            ("a3", "2024-06-01"), ("b1", "2024-06-02")]  # fmt: skip
    snapshot = opened(
        stages={"Open": "open", "Won": "won"}, as_of="2024-06-30", settings={"currency": "EUR", "lag_days": 0},
        accounts=[{"account_id": a, "industry": {"a": "Rail", "b": "Air"}[a[0]]} for a, _ in wins],
        opportunities=[
            {"opportunity_id": f"d{a}", "account_id": a, "stage": "Won", "opened_on": day, "closed_on": day}
            for a, day in wins
        ],
        spend=[{"spent_on": day, "amount": amount, "currency": "EUR", "program": "abm"}
               for day, amount in (("2024-02-01", 600), ("2024-05-01", 800))],
    )  # fmt: skip
    change = change_by(snapshot, "customer_acquisition_cost", SCOPE, "industry")
    assert (change.before, change.now, change.kind) == (300, 200, "ratio")
    assert told(change) == [
        ("Rail", None, None, 0, -175), ("Spend of no account", None, None, 75, 0), ("Air", None, None, 0, 0),
    ]  # fmt: skip


def test_a_return_changes_by_the_revenue_of_segments_and_by_the_cost(opened):
    """
    quarter   cost   revenue of target accounts   return, (revenue − cost) ÷ cost
    1st       100    Rail 100, Air 200            2
    2nd       200    Rail 500, Air 300            3

    Rail: +400 × (1/100 + 1/200) ÷ 2 = 3. Air: +100 → 0.75. The cost: −100 in the numerator → −0.75, and in the
    denominator −100 × (200 + 600) ÷ 2 ÷ (100 × 200) = −2.
    """
    wins = [("a", "2024-02-01", 100), ("b", "2024-02-02", 200), ("a", "2024-04-01", 500), ("b", "2024-05-01", 300)]
    snapshot = opened(
        stages={"Open": "open", "Won": "won"}, as_of="2024-06-30", settings={"currency": "EUR"},
        accounts=[{"account_id": "a", "industry": "Rail", "is_target": True},
                  {"account_id": "b", "industry": "Air", "is_target": True}],
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": a, "stage": "Won", "opened_on": day, "closed_on": day,
             "amount": amount, "currency": "EUR"}
            for n, (a, day, amount) in enumerate(wins)
        ],
        spend=[{"spent_on": day, "amount": amount, "currency": "EUR", "program": "abm"}
               for day, amount in (("2024-02-01", 100), ("2024-05-01", 200))],
    )  # fmt: skip
    change = change_by(snapshot, "return_on_investment", SCOPE, "industry", {"revenue_of": "all"})
    assert (change.before, change.now, change.kind) == (2, 3, "ratio")
    assert {p.segment: (p.own, p.mix) for p in change.parts} == {
        "Rail": (pytest.approx(3), 0), "Air": (pytest.approx(0.75), 0),
        "Cost of no account": (pytest.approx(-0.75), pytest.approx(-2)),
    }  # fmt: skip
    with pytest.raises(QuestionError, match="Not all segments of target are in return_on_investment"):
        change_by(snapshot, "return_on_investment", SCOPE, "target")


def test_retention_changes_by_the_segments_rates_weighed_by_their_revenue_at_the_start(opened):
    """
    monthly   1 January   31 March   30 June
    Rail      100         100        150
    Air       300         300        gone

    From 1 to 150/400, with weights of ¼ and ¾ in both quarters. What has stayed (grr) is 100 of 400: Rail does nothing.
    """
    contracts = [("k1", "a", "2023-06-01", "2024-04-30", 100), ("k2", "a", "2024-05-01", None, 150),
                 ("k3", "b", "2023-06-01", "2024-05-31", 300)]  # fmt: skip
    snapshot = opened(
        as_of="2024-06-30", settings={"currency": "EUR"},
        accounts=[{"account_id": "a", "industry": "Rail"}, {"account_id": "b", "industry": "Air"}],
        contracts=[{"contract_id": k, "account_id": a, "started_on": since, "ended_on": until, "currency": "EUR",
                    "monthly_revenue": monthly} for k, a, since, until, monthly in contracts],
    )  # fmt: skip
    change = change_by(snapshot, "revenue_retention", SCOPE, "industry")
    assert (change.before, change.now, change.kind) == (1, 150 / 400, "rate")
    assert {p.segment: (p.own, p.mix) for p in change.parts} == {"Rail": (0.125, 0), "Air": (-0.75, 0)}
    kept = change_by(snapshot, "revenue_retention", SCOPE, "industry", column="grr")
    assert (kept.before, kept.now) == (1, 0.25)
    assert {p.segment: p.effect for p in kept.parts} == {"Rail": 0, "Air": -0.75}


def test_a_reason_that_a_segment_lacks_is_none_of_its_lost_deals(opened):
    """Lost for their price: 1 of 2 (Seat 1: 1 of 1, Seat 2: 0 of 1), then 1 of 4 (Seat 1: 0 of 2, Seat 2: 1 of 2).

    Seat 1 weighs ½ in both: its rate does −½. Seat 2 likewise: +¼.
    """
    lost = [("Seat 1", "02", "Price"), ("Seat 2", "02", "Time"), ("Seat 1", "05", "Time"), ("Seat 1", "05", "Time"),
            ("Seat 2", "05", "Price"), ("Seat 2", "05", "Time")]  # fmt: skip
    snapshot = opened(
        stages={"Open": "open", "Lost": "lost"}, as_of="2024-06-30",
        opportunities=[
            {"opportunity_id": f"d{n}", "owner": owner, "stage": "Lost", "opened_on": "2024-01-01",
             "closed_on": f"2024-{month}-01", "loss_reason": reason}
            for n, (owner, month, reason) in enumerate(lost)
        ],
    )  # fmt: skip
    change = change_by(snapshot, "loss_reasons", SCOPE, "owner", where={"reason": "Price"})
    assert (change.before, change.now, change.kind) == (1 / 2, 1 / 4, "rate")
    assert {p.segment: (p.own, p.mix) for p in change.parts} == {"Seat 1": (-0.5, 0), "Seat 2": (0.25, 0)}


def test_a_median_has_no_parts_and_each_segment_says_what_would_have_been_without_it(opened):
    """Days to won: Seat 1 10, 20, Seat 2 60 in the 1st quarter (median 20); Seat 1 30, 40, Seat 2 5 in the 2nd (30).

    Without Seat 1: 60 → 5. Without Seat 2: 15 → 35.
    """
    won = [("Seat 1", 10, "02"), ("Seat 1", 20, "02"), ("Seat 2", 60, "03"), ("Seat 1", 30, "05"), ("Seat 1", 40, "05"),
           ("Seat 2", 5, "05")]  # fmt: skip
    snapshot = opened(
        stages={"Open": "open", "Won": "won"}, as_of="2024-06-30",
        opportunities=[
            {"opportunity_id": f"d{n}", "owner": owner, "stage": "Won", "closed_on": f"2024-{month}-15",
             "opened_on": (D(f"2024-{month}-15") - timedelta(days=days)).isoformat()}
            for n, (owner, days, month) in enumerate(won)
        ],
    )  # fmt: skip
    change = change_by(snapshot, "deal_velocity", SCOPE, "owner", column="median")
    assert (change.before, change.now, change.kind, change.because) == (20, 30, "none", "median")
    assert {p.segment: (p.before, p.now, p.n_now, p.without) for p in change.parts} == {
        "Seat 1": (15, 35, 2, -55), "Seat 2": (60, 5, 1, 20),
    }  # fmt: skip
    assert [p.segment for p in change.parts] == ["Seat 1", "Seat 2"]
    assert not change.adds_up
    mean = change_by(snapshot, "deal_velocity", SCOPE, "owner")
    assert (mean.before, mean.now, mean.kind) == (30, 25, "mean")


def test_what_has_no_parts_says_why(two_quarters):
    change = change_by(two_quarters, "velocity_predictability", SCOPE, "owner", where={"stage": "All"})
    assert (change.adds_up, change.because) == (False, "spread")
    assert [part.segment for part in change.parts] == ["Seat 1", "Seat 2"]
    assert all(part.effect is None for part in change.parts)


def test_one_step_of_a_metric_with_steps_is_asked_for_by_its_key(two_quarters):
    change = change_by(two_quarters, "pipeline_bridge", SCOPE, "owner", where={"step": "won"})
    assert (change.kind, {p.segment: p.effect for p in change.parts}["Seat 2"]) == ("sum", -1)


@pytest.mark.parametrize(
    ("name", "scope", "by", "words"),
    [
        ("won_revenue", replace(SCOPE, compare=None), "owner", "--compare"),
        ("won_revenue", replace(SCOPE, compare="goal"), "owner", "--compare"),
        ("open_pipeline", SCOPE, "owner", "no other period"),
        ("won_revenue", SCOPE, "list", "don't add up"),
        ("loss_reasons", SCOPE, "competitor", "in its own way"),
        ("won_revenue", SCOPE, "ownr", "owner"),
        ("pipeline_bridge", SCOPE, "owner", "say which by step"),
    ],
)
def test_what_cannot_be_asked_is_refused(two_quarters, name, scope, by, words):
    with pytest.raises(QuestionError, match=words):
        change_by(two_quarters, name, scope, by)


def test_a_figure_that_the_header_says_nothing_of_is_refused(two_quarters):
    with pytest.raises(QuestionError, match="does not say what segments make of its by_value"):
        change_by(two_quarters, "win_rate", SCOPE, "owner", column="by_value")


def test_a_header_that_says_what_is_not_so_is_found_out(two_quarters, monkeypatch):
    """Whatever a header claims, no contributions are shown of a figure that its columns don't make."""
    wrong = replace(
        find_metric("win_rate"), changes={"": read_adding("x", {"kind": "rate", "over": "n", "under": "n"})}
    )
    monkeypatch.setattr("metrics.contributions.find_metric", lambda _: wrong)
    with pytest.raises(DefinitionError, match=r"says that its value is 3 ÷ 3; it is 0.666667"):
        change_by(two_quarters, "win_rate", SCOPE, "owner")
