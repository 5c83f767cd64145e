"""With a grain, every period of the range has its row: what is counted is 0 there, a sum or a rate is not known."""

from datetime import date

import pytest

from metrics import Scope, measure

D = date.fromisoformat
RANGE = {"start": D("2024-01-01"), "end": D("2024-06-30"), "grain": "month"}
MONTHS = [f"2024-{month:02}" for month in range(1, 7)]


@pytest.fixture
def gaps(opened):
    """
    deal   owner   opened       closed
    d1     Seat 1  2 February   won 10 February, 100
    d2     Seat 1  5 February   won 20 May, no amount
    d3     Seat 2  1 May        lost 8 May
    The first account was created on 3 January; the as-of day is 20 June.
    """
    deal = {"account_id": "a1", "pipeline": "Sales", "currency": "EUR"}
    return opened(
        stages={"Open": "open", "Won": "won", "Lost": "lost"},
        accounts=[{"account_id": "a1", "name": "North", "created_on": "2024-01-03"}],
        opportunities=[
            deal | {"opportunity_id": "d1", "stage": "Won", "owner": "Seat 1", "amount": 100,
                    "opened_on": "2024-02-02", "closed_on": "2024-02-10"},
            deal | {"opportunity_id": "d2", "stage": "Won", "owner": "Seat 1",
                    "opened_on": "2024-02-05", "closed_on": "2024-05-20"},
            deal | {"opportunity_id": "d3", "stage": "Lost", "owner": "Seat 2", "amount": 7,
                    "opened_on": "2024-05-01", "closed_on": "2024-05-08"},
        ],
        activities=[{"activity_id": "t1", "account_id": "a1", "kind": "form", "side": "marketing", "is_done": True,
                     "occurred_at": "2024-03-05 10:00"}],
        as_of="2024-06-20",
    )  # fmt: skip


def rows(answer, *columns):
    return [tuple(row[column] for column in ("period", *columns)) for row in answer.rows()]


def test_a_month_without_a_deal_opened_has_0_opened_and_no_amount(gaps):
    created = measure(gaps, "opportunities_created", Scope(**RANGE))
    assert rows(created, "value", "n", "amount") == [
        ("2024-01", 0, 0, None), ("2024-02", 2, 2, 100.0), ("2024-03", 0, 0, None), ("2024-04", 0, 0, None),
        ("2024-05", 1, 1, 7.0), ("2024-06", 0, 0, None),
    ]  # fmt: skip


def test_a_sum_over_no_deal_is_not_known_and_counts_none(gaps):
    revenue = measure(gaps, "won_revenue", Scope(**RANGE))
    assert rows(revenue, "value", "n", "deals") == [
        ("2024-01", None, 0, 0), ("2024-02", 100.0, 1, 1), ("2024-03", None, 0, 0), ("2024-04", None, 0, 0),
        ("2024-05", None, 0, 1), ("2024-06", None, 0, 0),
    ]  # fmt: skip


def test_a_rate_of_no_deal_is_not_known_and_says_0_of_0(gaps):
    rate = measure(gaps, "win_rate", Scope(**RANGE))
    assert rows(rate, "value", "numerator", "denominator", "low") == [
        ("2024-01", None, 0, 0, None), ("2024-02", 1.0, 1, 1, pytest.approx(0.2065, abs=1e-4)),
        ("2024-03", None, 0, 0, None), ("2024-04", None, 0, 0, None),
        ("2024-05", 0.5, 1, 2, pytest.approx(0.0945, abs=1e-4)), ("2024-06", None, 0, 0, None),
    ]  # fmt: skip


def test_each_segment_that_occurs_has_every_month(gaps):
    created = measure(gaps, "opportunities_created", Scope(by="owner", **RANGE))
    assert [(row["segment"], row["period"], row["value"]) for row in created.rows()] == [
        ("Seat 1", month, {"2024-02": 2}.get(month, 0)) for month in MONTHS
    ] + [("Seat 2", month, {"2024-05": 1}.get(month, 0)) for month in MONTHS]


def test_without_a_beginning_the_periods_begin_with_the_first_that_holds_something(gaps):
    created = measure(gaps, "opportunities_created", Scope(grain="month"))
    assert rows(created, "value") == list(zip(MONTHS[1:], (2, 0, 0, 1, 0), strict=True))
    assert measure(gaps, "opportunities_created", Scope((("owner", ("Nobody",)),), grain="month")).rows() == []


def test_a_filter_that_nothing_matches_leaves_0_in_every_month_that_is_asked_for(gaps):
    created = measure(gaps, "opportunities_created", Scope((("owner", ("Nobody",)),), **RANGE))
    assert rows(created, "value", "n") == [(month, 0, 0) for month in MONTHS]


def test_months_before_the_data_are_not_months_of_nothing(gaps):
    """The data begin on 3 January 2024 and end on 20 June: nothing is known of the other months."""
    wide = measure(gaps, "opportunities_created", Scope(start=D("2023-06-01"), end=D("2025-01-31"), grain="month"))
    assert [row["period"] for row in wide.rows()] == MONTHS


def test_every_month_of_a_duration_has_its_row_with_or_without_deals_to_follow(gaps):
    velocity = measure(gaps, "deal_velocity", Scope(**RANGE))
    assert rows(velocity, "value", "n") == [
        ("2024-01", None, 0), ("2024-02", 8.0, 1), ("2024-03", None, 0), ("2024-04", None, 0), ("2024-05", 105.0, 1),
        ("2024-06", None, 0),
    ]  # fmt: skip


def test_counts_beside_the_value_are_0_too_where_the_others_know_them(gaps):
    velocity = measure(gaps, "marketing_velocity", Scope(**RANGE))
    assert rows(velocity, "n", "opportunity_n") == [
        ("2024-01", 0, 0), ("2024-02", 0, 0), ("2024-03", 1, 0), ("2024-04", 0, 0), ("2024-05", 0, 1), ("2024-06", 0, 0)
    ]  # fmt: skip


def test_what_is_counted_of_a_table_that_is_missing_is_not_0(opened):
    nothing = opened(accounts=[{"account_id": "a1", "created_on": "2024-01-03"}], as_of="2024-06-20")
    created = measure(nothing, "opportunities_created", Scope(**RANGE))
    assert rows(created, "value", "n") == [(month, None, 0) for month in MONTHS]


def test_a_metric_with_keys_has_rows_only_where_there_is_something(gaps):
    reasons = measure(gaps, "loss_reasons", Scope(**RANGE))
    assert {row["period"] for row in reasons.rows()} == {"2024-05"}
