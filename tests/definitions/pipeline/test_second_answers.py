"""Every pipeline metric a second time, in plain Python over the rows alone, on companies drawn from a seed."""

from collections import Counter
from datetime import date
from statistics import median

import pytest
from random_companies import AS_OF, OPEN, ORDER
from statsmodels.stats.proportion import proportion_confint

from metrics import Scope, catalog, measure

Q1 = Scope(start=date(2024, 1, 1), end=date(2024, 3, 31))
SCOPES = [Scope(), Q1, Scope(start=date(2024, 4, 1)), Scope(by="industry"), Scope(by="owner", end=date(2024, 2, 10))]
STEPS = [*OPEN, "Won"]


def within(day, scope):
    """Whether the clock's day is in the period: without one everything is, with one nothing without a date."""
    if scope.start is None and scope.end is None:
        return True
    return day is not None and (scope.start or date.min) <= day <= min(scope.end or AS_OF, AS_OF)


def segments(deals, scope):
    """{segment: its deals}."""
    if scope.by is None:
        return {"All": deals}
    return {name: [d for d in deals if getattr(d, scope.by) == name] for name in {getattr(d, scope.by) for d in deals}}


def total(values):
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def rows_by(answer, *keys):
    return {tuple(row[k] for k in keys) if len(keys) > 1 else row[keys[0]]: row for row in answer.rows()}


@pytest.mark.parametrize("scope", SCOPES, ids=lambda s: s.sentence("deals", ""))
def test_win_rate(drawn, scope):
    snapshot, deals = drawn
    answer = rows_by(measure(snapshot, "win_rate", scope), "segment")
    for segment, own in segments(deals, scope).items():
        closed = [d for d in own if d.outcome != "open" and within(d.closed, scope)]
        won = [d for d in closed if d.outcome == "won"]
        lost = [d for d in closed if d.outcome == "lost"]
        if not won and not lost:
            assert answer.get(segment, {"value": None})["value"] is None
            continue
        row = answer[segment]
        assert (row["numerator"], row["denominator"], row["n"]) == (
            len(won),
            len(won) + len(lost),
            len(won) + len(lost),
        )
        assert row["value"] == pytest.approx(len(won) / (len(won) + len(lost)))
        assert row["broad"] == pytest.approx(len(won) / len(closed))
        low, high = proportion_confint(len(won), len(won) + len(lost), method="wilson")
        assert (row["low"], row["high"]) == pytest.approx((low, high))
        worth = [sum(d.value or 0 for d in side) for side in (won, lost)]
        assert row["by_value"] == (pytest.approx(worth[0] / sum(worth)) if sum(worth) else None)
        assert (row["won_amount"], row["decided_amount"]) == pytest.approx((worth[0], sum(worth)))


@pytest.mark.parametrize("scope", SCOPES, ids=lambda s: s.sentence("deals", ""))
def test_won_revenue_and_average_deal_size(drawn, scope):
    snapshot, deals = drawn
    revenue = rows_by(measure(snapshot, "won_revenue", scope), "segment")
    size = rows_by(measure(snapshot, "average_deal_size", scope), "segment")
    for segment, own in segments(deals, scope).items():
        won = [d for d in own if d.outcome == "won" and within(d.closed, scope)]
        amounts = [d.value for d in won if d.value is not None]
        if not won:
            assert revenue.get(segment, {"value": None})["value"] is None
            continue
        assert revenue[segment]["value"] == (pytest.approx(sum(amounts)) if amounts else None)
        assert (revenue[segment]["n"], revenue[segment]["deals"]) == (len(amounts), len(won))
        assert size[segment]["value"] == (pytest.approx(sum(amounts) / len(amounts)) if amounts else None)
        assert size[segment]["median"] == (pytest.approx(median(amounts)) if amounts else None)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda s: s.sentence("deals", ""))
def test_opportunities_created(drawn, scope):
    snapshot, deals = drawn
    answer = rows_by(measure(snapshot, "opportunities_created", scope), "segment")
    for segment, own in segments(deals, scope).items():
        created = [d for d in own if within(d.opened, scope)]
        row = answer.get(segment, {"value": 0, "amount": None})
        assert row["value"] == len(created)
        assert row["amount"] == (pytest.approx(t) if (t := total(d.value for d in created)) is not None else None)


def test_open_pipeline(drawn):
    snapshot, deals = drawn
    answer = rows_by(measure(snapshot, "open_pipeline"), "pipeline", "stage")
    open_deals = [d for d in deals if d.outcome == "open"]
    assert set(answer) == {(d.pipeline, d.stage) for d in open_deals}
    for (pipeline, stage), row in answer.items():
        own = [d for d in open_deals if (d.pipeline, d.stage) == (pipeline, stage)]
        assert row["deals"] == len(own)
        assert row["value"] == (pytest.approx(t) if (t := total(d.value for d in own)) is not None else None)
        assert row["n"] == sum(d.value is not None for d in own)
        ages = [(AS_OF - d.opened).days for d in own if d.opened]
        assert row["median_age"] == (median(ages) if ages else None)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2024, 1, 1), date(2024, 3, 31)), (date(2023, 5, 9), date(2024, 6, 30)), (date(2024, 2, 1), None)],
)
def test_pipeline_bridge(drawn, start, end):
    snapshot, deals = drawn
    last = min(end or AS_OF, AS_OF)
    usable = [d for d in deals if d.opened and (d.outcome == "open" or d.days is not None)]
    steps = {
        "open_at_start": [d for d in usable if d.opened < start and (d.closed is None or d.closed >= start)],
        "created": [d for d in usable if start <= d.opened <= last],
        **{
            o: [d for d in usable if d.outcome == o and start <= d.closed <= last]
            for o in ("won", "lost", "no_decision")
        },
        "open_at_end": [d for d in usable if d.opened <= last and (d.closed is None or d.closed > last)],
    }
    answer = measure(snapshot, "pipeline_bridge", Scope(start=start, end=end)).rows()
    assert [row["step"] for row in answer] == list(steps)
    for row in answer:
        own = steps[row["step"]]
        assert row["value"] == row["n"] == len(own)
        assert row["amount"] == (pytest.approx(t) if (t := total(d.value for d in own)) is not None else None)
    value = {row["step"]: row["value"] for row in answer}
    assert (
        value["open_at_start"] + value["created"] - value["won"] - value["lost"] - value["no_decision"]
        == value["open_at_end"]
    )


@pytest.mark.parametrize("by", [None, "competitor", "last_stage"])
@pytest.mark.parametrize("scope", [Scope(), Q1], ids=["all", "quarter"])
def test_loss_reasons(drawn, scope, by):
    snapshot, deals = drawn
    lost = [d for d in deals if d.outcome == "lost" and within(d.closed, scope)]

    def reason(deal):
        if by == "last_stage":
            return next((v.stage for v in reversed(deal.visits) if v.stage in OPEN), "(none)")
        return deal.competitor if by == "competitor" else deal.reason

    counted = Counter(reason(d) for d in lost)
    answer = rows_by(measure(snapshot, "loss_reasons", Scope(start=scope.start, end=scope.end, by=by)), "reason")
    assert {name: row["deals"] for name, row in answer.items()} == counted
    for name, row in answer.items():
        assert row["value"] == pytest.approx(counted[name] / len(lost))
        assert (row["n"], row["segment"]) == (len(lost), "All")
        amount = total(d.value for d in lost if reason(d) == name)
        assert row["amount"] == (pytest.approx(amount) if amount is not None else None)


@pytest.mark.parametrize("scope", [Scope(), Q1, Scope(by="industry")], ids=["all", "quarter", "industry"])
def test_stage_funnel(drawn, scope):
    snapshot, deals = drawn
    answer = rows_by(measure(snapshot, "stage_funnel", scope), "segment", "pipeline", "stage")
    for segment, all_own in segments(deals, scope).items():
        for pipeline in ("New", "Renewal"):
            own = [d for d in all_own if d.pipeline == pipeline and within(d.opened, scope)]
            before = None
            for stage in STEPS if own else ():
                reached = [d for d in own if d.furthest >= ORDER[stage]]
                row = answer[segment, pipeline, stage]
                assert row["value"] == row["n"] == len(reached)
                assert row["amount"] == (
                    pytest.approx(t) if (t := total(d.value for d in reached)) is not None else None
                )
                assert row["overall_rate"] == pytest.approx(len(reached) / len(own))
                assert row["step_rate"] == (pytest.approx(len(reached) / before) if before else None)
                assert row["skipped"] == sum(
                    d.furthest > ORDER[stage] and stage not in {d.stage, *(v.stage for v in d.visits)}
                    for d in own
                    if d.visits
                )
                assert row["backward"] == sum(v.stage == stage and v.backward for d in own for v in d.visits)
                before = len(reached)


def test_overdue_deals(drawn):
    snapshot, deals = drawn
    answer = rows_by(measure(snapshot, "overdue_deals"), "opportunity_id")
    late = {d.id: (AS_OF - d.expected).days for d in deals if d.expected and d.expected < AS_OF}
    assert {name: row["value"] for name, row in answer.items()} == late
    assert {row["reason"] for row in answer.values()} <= {"past_expected_close"}


@pytest.mark.parametrize(
    "name", ["won_revenue", "opportunities_created", "win_rate", "pipeline_bridge", "loss_reasons"]
)
def test_the_grain_gives_each_unit_what_its_period_gives(drawn, name):
    snapshot, _ = drawn
    metric = catalog()[name]
    by_quarter = [r for r in measure(snapshot, name, Scope(grain="quarter")).rows() if r["period"] == "2024-Q1"]
    alone = measure(snapshot, name, Q1).rows()
    if by_quarter or metric.keys:
        told = [{k: v for k, v in row.items() if k != "period"} for row in by_quarter]
        assert told == [pytest.approx(row) for row in alone]
    else:  # before the first quarter that holds something there is no row
        assert not any(row["n"] or row.get("deals") for row in alone)


def test_what_is_left_out_and_what_is_in_are_all_won_deals(drawn):
    snapshot, deals = drawn
    for scope in (Scope(), Scope(start=date(2023, 1, 1)), Q1):
        answer = measure(snapshot, "won_revenue", scope)
        out = dict(answer.excluded)
        won = [d for d in deals if d.outcome == "won"]
        inside = [d for d in won if within(d.closed, scope)]
        assert out.get("no amount", 0) == sum(d.amount is None for d in inside)
        assert out.get("no exchange rate", 0) == sum(d.amount is not None and d.value is None for d in inside)
        whole = not scope.has_period
        assert out.get("no closing date", 0) == (0 if whole else sum(d.closed is None for d in won))
        reaches = not whole and (scope.end or AS_OF) >= AS_OF
        assert out.get("closed after as-of", 0) == (
            sum(bool(d.closed and d.closed > AS_OF) for d in won) if reaches else 0
        )
