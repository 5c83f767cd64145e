"""What segments make of a change, for every metric there is: as its header says, and never by chance of the data."""

import math
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
import random_money
from company import company
from random_customers import STAGES

from metrics import (
    QuestionError,
    Scope,
    catalog,
    change_by,
    compared_scope,
    divides,
    find_metric,
    measure,
    open_snapshot,
)
from metrics.adding import KINDS, REASONS
from metrics.contributions import BEYOND
from metrics.effects import effects, left_over

PERIOD = {"start": date(2024, 4, 1), "end": date(2024, 6, 30)}
RIPE = {"lifetime_value_impact": {"start": date(2023, 10, 1), "end": date(2023, 12, 31)}}
"""The period of a metric that needs some months after it."""
ASKED = (("industry", "previous"), ("target", "last-year"))
FIGURES = [
    (name, column)
    for name, metric in catalog().items() if metric.changes
    for column in ("value", *(column for column, figure in metric.figures.items() if figure.change))
]  # fmt: skip


@pytest.fixture(scope="module")
def snapshot():
    """Accounts, deals with their stages, touches, contacts, contracts, spend, goals and a survey, drawn at random."""
    rows = dict(random_money.drawn(4, "contracts")[0])
    rows["accounts"] = [{**a, "region": ("East", "West", None)[n % 3]} for n, a in enumerate(rows["accounts"])]
    rows["contacts"] = [
        {"contact_id": f"c{n}", "account_id": f"a{n % 30}" if n % 7 else None, "created_on": date(2024, 1 + n % 6, 1),
         "mql_on": date(2024, 1 + n % 6, 2) if n % 3 else None, "lifecycle_stage": ("Lead", "Customer", None)[n % 3],
         "lead_status": ("Rejected", "Open")[n % 2]}
        for n in range(90)
    ]  # fmt: skip
    rows["activities"] = [{**touch, "contact_id": f"c{n % 90}"} for n, touch in enumerate(rows["activities"])]
    rows["opportunities"] = [
        {**deal, "loss_reason": ("Price", "Timing", None)[n % 3], "expected_close_on": date(2024, 1 + n % 9, 9),
         "owner": ("Seat 1", "Seat 2")[n % 2], "pipeline": "Sales"}
        for n, deal in enumerate(rows["opportunities"])
    ]  # fmt: skip
    entered = [
        (deal["opportunity_id"], stage, f"{deal['opened_on'].isoformat()} 0{hour}:00")
        for deal in rows["opportunities"] if deal["opened_on"]
        for hour, stage in enumerate(dict.fromkeys(("Discovery", "Proposal", deal["stage"])))
    ]  # fmt: skip
    rows["survey_answers"] = [
        {"answer_id": f"s{n}", "contact_id": f"c{n % 90}", "account_id": f"a{n % 30}" if n % 4 else None, "wave": None,
         "question": ("nps", "alignment")[n % 2], "score": n % 11, "scale_min": 0, "scale_max": 10,
         "answered_on": date(2024, 1 + n % 6, 3)}
        for n in range(160)
    ]  # fmt: skip
    rows["goals"] = [
        {"metric": "won_revenue", "starts_on": start, "ends_on": end, "value": 900_000.0}
        for start, end in (("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30"), ("2023-04-01", "2023-06-30"))
    ]  # fmt: skip
    path = company(
        stages=STAGES, as_of="2024-06-30", export_day="2024-09-30", entered=entered, settings={"currency": "EUR"},
        **rows,
    )  # fmt: skip
    found = open_snapshot(path)
    yield found
    found.close()


def marks(snapshot, metric):
    """The rows to take apart: of each way in which the header says that figures add up, the first."""
    if not metric.keys:
        return [{}]
    rows = measure(snapshot, metric.name).frame[list(metric.keys)].astype(object).to_dict("records")
    found = {}
    for row in rows:
        found.setdefault(str(row[metric.keys[0]]) if str(row[metric.keys[0]]) in metric.changes else "", row)
    return list(found.values())


@pytest.mark.parametrize(("name", "column"), FIGURES)
def test_contributions_are_what_the_header_says(snapshot, name, column):
    """Of every kind but none they add up exactly, and are of segments alone where the header names nothing beyond."""
    metric, known = find_metric(name), []
    places = marks(snapshot, metric)
    asked = [(where, ASKED[0]) for where in places]
    if metric.adding_of(places[0], column).kind not in ("sum", "none"):
        asked.append((places[0], ASKED[1]))
    for where, (by, compare) in asked:
        adding, scope = metric.adding_of(where, column), Scope(**RIPE.get(name, PERIOD), compare=compare)
        if divides(metric, by, where, column):
            with pytest.raises(QuestionError, match="add up"):
                change_by(snapshot, name, scope, by, None, where, column)
            continue
        change = change_by(snapshot, name, scope, by, None, where, column)
        known.append(change.adds_up)
        assert change.kind == adding.kind
        assert (change.because in REASONS) == (change.kind == "none") == bool(change.because)
        if not change.adds_up:
            assert all(part.effect is None for part in change.parts)
            continue
        found = math.fsum(part.effect for part in change.parts)
        assert found == pytest.approx(change.difference, rel=1e-9, abs=1e-9), (where, by, compare)
        assert BEYOND not in [part.segment for part in change.parts], (where, by, compare)
    assert any(known) == any(metric.adding_of(where, column).kind != "none" for where in places), "nothing was added up"


def test_each_kind_is_some_metric_s():
    assert {metric.adding_of({}, column).kind for name, column in FIGURES for metric in (find_metric(name),)} == set(
        KINDS
    )


@pytest.mark.parametrize(
    ("name", "column"),
    [(name, column) for name, column in FIGURES if find_metric(name).adding_of({}, column).because == "median"],
)
def test_a_median_without_a_segment_is_the_median_of_the_others(snapshot, name, column):
    """Asked anew with a filter on all other segments, which takes another way to the same rows."""
    metric, scope = find_metric(name), Scope(**PERIOD, compare="previous")
    by = "product" if metric.unit in ("deal", "visit") else "region"
    largest = measure(snapshot, name, Scope(**PERIOD)).frame.sort_values("n").iloc[-1]
    where = {key: largest[key] for key in metric.keys}
    change = change_by(snapshot, name, scope, by, None, where, column)
    segments = {part.segment for part in change.parts}
    assert any(part.without is not None for part in change.parts)
    for part in [part for part in change.parts if part.without is not None][:2]:
        others = (by, tuple(segments - {part.segment}))
        before, now = (
            figure(snapshot, name, replace(one, filters=(others,), compare=None), where, column)
            for one in (compared_scope(scope, snapshot.as_of, "previous"), scope)
        )
        assert part.without == pytest.approx(now - before), part


def figure(snapshot, name, scope, where, column):
    rows = [
        row for row in measure(snapshot, name, scope).rows() if all(row[key] == told for key, told in where.items())
    ]
    return rows[0][column]


WHOLES = ((30.0, 60.0), (33.0, 50.0))
PARTS = {"a": ((20.0, 30.0), (24.0, 20.0)), "b": ((10.0, 30.0), (0.0, 0.0)), "c": ((0.0, 0.0), (9.0, 25.0))}


def test_a_ratio_s_effects_are_the_means_over_both_orders():
    """Shapley's value by its definition: numerator first or denominator first, each order as likely."""
    steps = {"over": [], "under": []}
    for order in permutations(steps):
        figures = {"over": WHOLES[0][0], "under": WHOLES[0][1]}
        for name, place in zip(order, [("over", "under").index(name) for name in order], strict=True):
            before = figures["over"] / figures["under"]
            figures[name] = WHOLES[1][place]
            steps[name].append(figures["over"] / figures["under"] - before)
    found = [effects("ratio", WHOLES, (WHOLES[0], WHOLES[1]))]
    assert found[0] == pytest.approx((sum(steps["over"]) / 2, sum(steps["under"]) / 2))
    parts = [effects("ratio", WHOLES, part) for part in (*PARTS.values(), left_over(WHOLES, PARTS))]
    assert [math.fsum(side) for side in zip(*parts, strict=True)] == pytest.approx(found[0])


def test_a_rate_s_effects_are_the_means_over_both_orders():
    """All rates first or all weights first: of parts known in both periods, what the rates do over all of them."""
    parts = {"a": PARTS["a"], "b": ((10.0, 30.0), (9.0, 30.0))}
    weights = [{name: pair[when][1] / WHOLES[when][1] for name, pair in parts.items()} for when in (0, 1)]
    rates = [{name: pair[when][0] / pair[when][1] for name, pair in parts.items()} for when in (0, 1)]

    def whole(rate, weight):
        return sum(rates[rate][name] * weights[weight][name] for name in parts)

    by_rates = ((whole(1, 0) - whole(0, 0)) + (whole(1, 1) - whole(0, 1))) / 2
    found = [effects("rate", WHOLES, part) for part in parts.values()]
    assert math.fsum(own for own, _ in found) == pytest.approx(by_rates)
    assert math.fsum(own + mix for own, mix in found) == pytest.approx(33 / 50 - 30 / 60)


def test_what_only_grows_in_proportion_changes_no_rate():
    """Twice as many deals everywhere and as many won of each: no segment did anything."""
    wholes = ((30.0, 60.0), (60.0, 120.0))
    assert effects("rate", wholes, ((20.0, 30.0), (40.0, 60.0))) == (0, 0)


def test_what_the_parts_leave_over_is_told_apart_from_the_last_digit():
    assert left_over(((0.3, 1.0), (5.0, 2.0)), {"a": ((0.1, 1.0), (5.0, 1.0)), "b": ((0.2, 0.0), (0.0, 0.0))}) == (
        (0.0, 0.0), (0.0, 1.0),
    )  # fmt: skip
