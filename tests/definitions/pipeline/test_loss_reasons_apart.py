"""A reason that only one side names is none of the other side's lost deals; and a reason is neither good nor bad."""

from datetime import date

import pytest
from company import company

from metrics import Scope, measure, open_snapshot


@pytest.fixture(scope="module")
def lost():
    """20 deals of a target account, all lost by price in 2024-02; 30 of another, all by timing in 2024-03."""
    sides = [("t", n, "price", "2024-02-10") for n in range(20)] + [("r", n, "timing", "2024-03-10") for n in range(30)]
    snapshot = open_snapshot(company(
        stages={"A": "open", "Won": "won", "Lost": "lost"},
        accounts=[{"account_id": "t", "name": "T", "is_target": True}, {"account_id": "r", "name": "R"}],
        opportunities=[
            {"opportunity_id": f"{account}{n}", "account_id": account, "stage": "Lost", "amount": 1, "pipeline": "P",
             "opened_on": f"2023-{n % 12 + 1:02}-01", "closed_on": day, "currency": "EUR", "loss_reason": reason}
            for account, n, reason, day in sides
        ],
        as_of="2024-06-30",
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


def test_target_against_rest(lost):
    price, timing = measure(lost, "loss_reasons", Scope(by="target")).comparison
    assert (price.keys, price.values, price.difference) == ({"reason": "price"}, (1.0, 0.0), 1.0)
    assert (timing.keys, timing.values, timing.difference) == ({"reason": "timing"}, (0.0, 1.0), -1.0)
    assert 0.7 < price.low < price.high <= 1
    assert "; target is higher by 100 points" in price.sentence
    assert "; rest is higher by 100 points" in timing.sentence
    assert "better" not in price.sentence + timing.sentence


def test_against_the_month_before(lost):
    march = Scope(start=date(2024, 3, 1), end=date(2024, 3, 31), compare="previous")
    found = {one.keys["reason"]: one.values for one in measure(lost, "loss_reasons", march).comparison}
    assert found == {"timing": (1.0, 0.0), "price": (0.0, 1.0)}


def test_a_side_that_lost_nothing_has_no_share_at_all(lost):
    february = Scope(by="target", start=date(2024, 2, 1), end=date(2024, 2, 29))
    assert measure(lost, "loss_reasons", february).comparison == ()
