"""Ways to a wrong answer that were thought through: one trap a test, and none may be weakened."""

from datetime import date

import pytest

from metrics import Scope, catalog, explain, list_rows, measure

STAGES = {
    "Prospecting": "open",
    "Proposal": "open",
    "Legal": "open",
    "Won": "won",
    "Lost": "lost",
    "Dropped": "no_decision",
}


def deal(own_id, stage, opened="2024-01-01", closed=None, **more):
    return {
        "opportunity_id": own_id, "stage": stage, "opened_on": opened, "closed_on": closed, "pipeline": "Sales",
        "currency": "EUR", **more,
    }  # fmt: skip


def value(snapshot, metric, scope=None, **options):
    (row,) = measure(snapshot, metric, scope, options).rows()
    return row["value"]


def by(snapshot, metric, key, scope=None):
    return {row[key]: row for row in measure(snapshot, metric, scope).rows()}


def test_fan_out_people_lists_touches_and_visits_do_not_repeat_an_amount(opened):
    """A deal of 100 with three people, two target lists, four touches and three visits is worth 100."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30",
        accounts=[{"account_id": "a1", "name": "North"}],
        account_lists=[{"account_id": "a1", "list": "One"}, {"account_id": "a1", "list": "Two"}],
        contacts=[{"contact_id": f"c{i}", "account_id": "a1"} for i in range(3)],
        opportunities=[deal("d1", "Won", closed="2024-02-01", account_id="a1", amount=100)],
        opportunity_contacts=[{"opportunity_id": "d1", "contact_id": f"c{i}"} for i in range(3)],
        activities=[{"activity_id": f"t{i}", "opportunity_id": "d1", "kind": "call", "side": "sales",
                     "occurred_at": f"2024-01-0{i + 1}"} for i in range(4)],
        entered=[("d1", s, f"2024-01-0{i}") for i, s in enumerate(("Prospecting", "Proposal", "Won"), start=1)],
    )  # fmt: skip
    narrow = Scope(filters=(("list", ("One", "Two")),))
    for scope in (Scope(), Scope(by="target"), narrow):
        assert value(snapshot, "won_revenue", scope) == 100
        assert measure(snapshot, "won_revenue", scope).rows()[0]["deals"] == 1
    assert by(snapshot, "owner_performance", "owner")["(none)"]["value"] == 100
    assert all(row["amount"] == 100 for row in measure(snapshot, "stage_funnel").rows())


def test_a_deal_on_two_lists_is_in_both_segments_and_it_is_said(opened):
    snapshot = opened(
        stages=STAGES, accounts=[{"account_id": "a1", "name": "North"}],
        account_lists=[{"account_id": "a1", "list": "One"}, {"account_id": "a1", "list": "Two"}],
        opportunities=[deal("d1", "Won", closed="2024-02-01", account_id="a1", amount=100)],
    )  # fmt: skip
    answer = measure(snapshot, "won_revenue", Scope(by="list"))
    assert [(row["segment"], row["value"]) for row in answer.rows()] == [("One", 100), ("Two", 100)]
    assert any("do not add up" in warning for warning in answer.warnings)


def test_a_stage_entered_twice_is_two_visits_of_one_deal(opened):
    """Proposal for 2 and for 6 days: two visits with median 4; one deal that reached it."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Won", closed="2024-01-20")],
        entered=[("d1", "Proposal", "2024-01-01"), ("d1", "Legal", "2024-01-03"), ("d1", "Proposal", "2024-01-10"),
                 ("d1", "Won", "2024-01-16")],
    )  # fmt: skip
    row = by(snapshot, "days_in_stage", "stage")["Proposal"]
    assert (row["n"], row["value"], row["backward"]) == (2, 4, 1)
    assert by(snapshot, "stage_funnel", "stage")["Proposal"]["value"] == 1


def test_a_skipped_stage_is_no_visit_of_no_days(opened):
    """One deal took 10 days in Proposal, another skipped it: the median is 10, not 5."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30",
        opportunities=[deal("d1", "Legal"), deal("d2", "Legal")],
        entered=[("d1", "Prospecting", "2024-01-01"), ("d1", "Proposal", "2024-01-03"), ("d1", "Legal", "2024-01-13"),
                 ("d2", "Prospecting", "2024-01-01"), ("d2", "Legal", "2024-01-05")],
    )  # fmt: skip
    row = by(snapshot, "days_in_stage", "stage")["Proposal"]
    assert (row["value"], row["n"], row["skipped"]) == (10, 1, 1)
    funnel = by(snapshot, "stage_funnel", "stage")["Proposal"]
    assert (funnel["value"], funnel["skipped"]) == (2, 1)


def test_a_stage_left_at_once_is_a_visit_of_no_days(opened):
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Legal")],
        entered=[("d1", "Proposal", "2024-01-03"), ("d1", "Legal", "2024-01-03")],
    )  # fmt: skip
    row = by(snapshot, "days_in_stage", "stage")["Proposal"]
    assert (row["value"], row["n"]) == (0, 1)


def test_a_reopened_deal_counts_once_with_its_present_outcome(opened):
    """Lost in March, opened again, won in May: one win, no loss. Its days in Lost are no dwell."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Won", closed="2024-05-10", amount=100)],
        entered=[("d1", "Proposal", "2024-01-01"), ("d1", "Lost", "2024-03-01"), ("d1", "Proposal", "2024-04-01"),
                 ("d1", "Won", "2024-05-10")],
    )  # fmt: skip
    row = measure(snapshot, "win_rate").rows()[0]
    assert (row["numerator"], row["denominator"]) == (1, 1)
    assert measure(snapshot, "loss_reasons").rows() == []
    assert set(by(snapshot, "days_in_stage", "stage")) == {"Proposal"}
    assert by(snapshot, "pipeline_bridge", "step")["lost"]["value"] == 0
    # back to an open stage from Lost is no backward move: Lost is not later than anything
    assert by(snapshot, "stage_funnel", "stage")["Proposal"]["backward"] == 0


def test_a_reopened_deal_that_is_open_is_open(opened):
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Proposal", amount=100)],
        entered=[("d1", "Proposal", "2024-01-01"), ("d1", "Won", "2024-03-01"), ("d1", "Proposal", "2024-06-01")],
    )  # fmt: skip
    assert value(snapshot, "won_revenue") is None
    assert value(snapshot, "open_pipeline") == 100
    row = by(snapshot, "days_in_stage", "stage")["Proposal"]
    assert (row["n"], row["open_n"], row["open_median_age"]) == (1, 1, 29)


def test_a_lost_deal_never_counts_as_later_than_an_open_stage(opened):
    """Lost from Prospecting: it did not reach Proposal, though Lost stands after it in the map."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Lost", closed="2024-02-01")],
        entered=[("d1", "Prospecting", "2024-01-01"), ("d1", "Lost", "2024-02-01")],
    )  # fmt: skip
    assert {row["stage"]: row["value"] for row in measure(snapshot, "stage_funnel").rows()} == {
        "Prospecting": 1, "Proposal": 0, "Legal": 0, "Won": 0,
    }  # fmt: skip


def test_zero_of_zero_is_undefined_and_not_zero(opened):
    snapshot = opened(stages=STAGES, opportunities=[deal("d1", "Proposal")], as_of="2024-06-30")
    for metric in ("win_rate", "won_revenue", "average_deal_size", "deal_velocity"):
        (row,) = measure(snapshot, metric).rows()
        assert (row["value"], row["n"]) == (None, 0), metric
    (row,) = measure(snapshot, "win_rate").rows()
    assert (row["low"], row["high"], row["by_value"], row["broad"]) == (None,) * 4
    assert "n/a" in explain(snapshot, "win_rate")["formula"][0]


def test_only_losses_are_a_rate_of_zero(opened):
    snapshot = opened(stages=STAGES, opportunities=[deal("d1", "Lost", closed="2024-02-01")])
    (row,) = measure(snapshot, "win_rate").rows()
    assert (row["value"], row["numerator"], row["denominator"]) == (0, 0, 1)


def test_a_missing_segment_is_none_and_not_dropped(opened):
    snapshot = opened(
        stages=STAGES,
        accounts=[{"account_id": "a1", "industry": "Rail"}, {"account_id": "a2"}],
        opportunities=[
            deal("d1", "Won", closed="2024-02-01", account_id="a1", amount=1),
            deal("d2", "Won", closed="2024-02-01", account_id="a2", amount=2),
            deal("d3", "Won", closed="2024-02-01", amount=4),
        ],
    )
    rows = by(snapshot, "won_revenue", "segment", Scope(by="industry"))
    assert {name: row["value"] for name, row in rows.items()} == {"Rail": 1, "(none)": 6}
    assert value(snapshot, "won_revenue", Scope(filters=(("industry", ("Rail",)),))) == 1


def test_a_deal_without_an_account_stays_where_no_account_is_asked_for(opened):
    snapshot = opened(
        stages=STAGES,
        as_of="2024-06-30",
        accounts=[{"account_id": "a1", "industry": "Rail"}],
        opportunities=[
            deal("d1", "Won", closed="2024-02-01", account_id="a1", amount=1),
            deal("d2", "Lost", closed="2024-02-01"),
        ],
        entered=[
            ("d1", "Proposal", "2024-01-01"),
            ("d1", "Won", "2024-02-01"),
            ("d2", "Proposal", "2024-01-01"),
            ("d2", "Lost", "2024-01-31"),
        ],
    )
    rail = Scope(filters=(("industry", ("Rail",)),))
    assert value(snapshot, "win_rate") == 0.5
    assert value(snapshot, "win_rate", rail) == 1
    assert (value(snapshot, "opportunities_created"), value(snapshot, "opportunities_created", rail)) == (2, 1)
    assert by(snapshot, "days_in_stage", "stage")["Proposal"]["n"] == 2
    assert by(snapshot, "days_in_stage", "stage", rail)["Proposal"]["n"] == 1


@pytest.mark.parametrize(
    ("start", "end", "won"),
    [
        (date(2024, 2, 1), date(2024, 2, 29), 2),
        (date(2024, 2, 2), date(2024, 2, 28), 0),
        (date(2024, 2, 1), date(2024, 2, 1), 1),
        (date(2024, 2, 29), None, 2),
        (None, date(2024, 2, 29), 2),
        (date(2024, 3, 1), date(2024, 3, 31), 1),
    ],
)
def test_a_period_holds_its_first_and_its_last_day(opened, start, end, won):
    """Won on 1 February, 29 February and 1 March."""
    days = ("2024-02-01", "2024-02-29", "2024-03-01")
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30",
        opportunities=[deal(f"d{i}", "Won", closed=day, amount=1) for i, day in enumerate(days)],
    )  # fmt: skip
    scope = Scope(start=start, end=end)
    assert measure(snapshot, "won_revenue", scope).rows()[0]["deals"] == won
    assert len(list_rows(snapshot, "won_revenue", scope)) == won


def test_a_deal_closed_on_the_first_day_was_open_in_the_period(opened):
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Won", "2024-01-01", "2024-02-01")]
    )  # fmt: skip
    rows = by(snapshot, "pipeline_bridge", "step", Scope(start=date(2024, 2, 1), end=date(2024, 2, 29)))
    assert (rows["open_at_start"]["value"], rows["won"]["value"], rows["open_at_end"]["value"]) == (1, 1, 0)


def test_the_whole_is_no_mean_of_its_segments(opened):
    """Rail 1 of 4 won, Air 11 of 12: the whole is 12 of 16, never the mean of the segments' rates."""
    deals = [deal(f"r{i}", "Won" if i == 0 else "Lost", closed="2024-02-01", account_id="rail") for i in range(4)]
    deals += [deal(f"a{i}", "Lost" if i == 0 else "Won", closed="2024-02-01", account_id="air") for i in range(12)]
    snapshot = opened(
        stages=STAGES, opportunities=deals,
        accounts=[{"account_id": "rail", "industry": "Rail"}, {"account_id": "air", "industry": "Air"}],
    )  # fmt: skip
    segments = by(snapshot, "win_rate", "segment", Scope(by="industry"))
    assert (segments["Rail"]["value"], segments["Air"]["value"]) == (0.25, pytest.approx(11 / 12))
    assert value(snapshot, "win_rate") == 0.75


def test_different_currencies_are_never_added(opened):
    """100 EUR, 100 USD at 0.9 on the day of closing (not today's 2.0), 100 GBP without a rate."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30",
        opportunities=[deal(c, "Won", closed="2024-02-01", amount=100) | {"currency": c} for c in ("EUR", "USD", "GBP")]
        + [deal("EUR2", "Won", closed="2024-02-01", amount=1)],
        exchange_rates=[{"currency": "USD", "valid_on": "2024-01-31", "rate": 0.9},
                        {"currency": "USD", "valid_on": "2024-02-02", "rate": 2.0}],
    )  # fmt: skip
    answer = measure(snapshot, "won_revenue")
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["deals"]) == (pytest.approx(191), 3, 4)
    assert dict(answer.excluded) == {"no exchange rate": 1}


def test_an_open_deal_has_no_age_in_the_stage_it_was_lost_from(opened):
    """A closed deal whose history lacks its closing stage is neither in the stage nor through with it."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Lost", closed="2024-02-01")],
        entered=[("d1", "Proposal", "2024-01-01")],
    )  # fmt: skip
    row = by(snapshot, "days_in_stage", "stage")["Proposal"]
    assert (row["n"], row["open_n"], row["km_median"]) == (0, 0, None)


def test_what_happens_after_the_as_of_day_has_not_happened(opened):
    """Told the state of 31 January: the visit that ended in March is still going on and has lasted 30 days."""
    snapshot = opened(
        stages=STAGES, as_of="2024-01-31", opportunities=[deal("d1", "Legal")],
        entered=[("d1", "Proposal", "2024-01-01"), ("d1", "Legal", "2024-03-01")],
    )  # fmt: skip
    rows = by(snapshot, "days_in_stage", "stage")
    assert set(rows) == {"Proposal"}
    assert (rows["Proposal"]["n"], rows["Proposal"]["open_n"], rows["Proposal"]["open_median_age"]) == (0, 1, 30)


def test_two_pipelines_with_stages_of_one_name_are_two_funnels(opened):
    stages = [
        {"pipeline": p, "stage": s, "outcome": o, "stage_order": i}
        for p in ("New", "Renewal") for i, (s, o) in enumerate((("Proposal", "open"), ("Won", "won")), start=1)
    ]  # fmt: skip
    snapshot = opened(
        stages=stages,
        as_of="2024-06-30",
        opportunities=[
            deal("n", "Won", closed="2024-03-01") | {"pipeline": "New"},
            deal("r", "Proposal") | {"pipeline": "Renewal"},
        ],
        entered=[
            ("n", "Proposal", "2024-01-01", "New"),
            ("n", "Won", "2024-03-01", "New"),
            ("r", "Proposal", "2024-06-01", "Renewal"),
        ],
    )
    funnel = {(row["pipeline"], row["stage"]): row["value"] for row in measure(snapshot, "stage_funnel").rows()}
    assert funnel == {("New", "Proposal"): 1, ("New", "Won"): 1, ("Renewal", "Proposal"): 1, ("Renewal", "Won"): 0}
    days = {
        (row["pipeline"], row["stage"]): (row["n"], row["open_n"]) for row in measure(snapshot, "days_in_stage").rows()
    }
    assert days == {("New", "Proposal"): (1, 0), ("Renewal", "Proposal"): (0, 1)}


def test_a_company_without_deals_has_answers_and_no_errors(opened):
    snapshot = opened(accounts=[{"account_id": "a1", "name": "North", "industry": "Rail"}])
    for name, metric in catalog().items():
        for scope in (Scope(), Scope(start=date(2024, 1, 1), end=date(2024, 3, 31)), Scope(by="industry")):
            answer = measure(snapshot, name, scope)
            if metric.topic in ("pipeline", "velocity") and metric.unit in ("deal", "visit"):
                assert all(row["value"] in (None, 0) for row in answer.rows()), name
