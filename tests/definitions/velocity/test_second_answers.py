"""Every velocity metric a second time: plain Python over the rows, survival by statsmodels."""

from collections import Counter
from datetime import date
from statistics import mean, median

import numpy as np
import pytest
from random_companies import AS_OF, OPEN, ORDER
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from metrics import Scope, measure

Q1 = Scope(start=date(2024, 1, 1), end=date(2024, 3, 31))
SCOPES = {
    "all": Scope(),
    "quarter": Q1,
    "industry": Scope(by="industry"),
    "owner": Scope(by="owner", start=date(2023, 9, 1)),
}
QUANTILES = {"p25": 0.25, "p75": 0.75, "p90": 0.9}


def within(day, scope):
    if scope.start is None and scope.end is None:
        return True
    return day is not None and (scope.start or date.min) <= day <= min(scope.end or AS_OF, AS_OF)


def segments(deals, scope):
    if scope.by is None:
        return {"All": deals}
    return {name: [d for d in deals if getattr(d, scope.by) == name] for name in {getattr(d, scope.by) for d in deals}}


def survival_median(times, ended):
    curve = SurvfuncRight(np.array(times, float), np.array(ended, float))
    below = curve.surv_times[curve.surv_prob <= 0.5 + 1e-9]
    return below[0] if len(below) else None


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_deal_velocity(drawn, scope):
    snapshot, deals = drawn
    answer = {row["segment"]: row for row in measure(snapshot, "deal_velocity", scope).rows()}
    for segment, own in segments(deals, scope).items():
        days = [d.days for d in own if d.outcome == "won" and d.days is not None and within(d.closed, scope)]
        followed = [
            d for d in own if within(d.opened, scope) and d.opened and (d.outcome == "open" or d.days is not None)
        ]
        if not days and not followed:
            assert answer.get(segment, {"n": 0})["n"] == 0
            continue
        row = answer[segment]
        assert row["n"] == len(days)
        assert row["value"] == (pytest.approx(mean(days)) if days else None)
        assert row["median"] == (median(days) if days else None)
        for name, quantile in QUANTILES.items():
            assert row[name] == (pytest.approx(np.quantile(days, quantile)) if days else None)
        follow(row, followed)


def follow(row, followed):
    """The companions: survival to any closing, and the share won while lost ones compete."""
    times = [d.days if d.outcome != "open" else (AS_OF - d.opened).days for d in followed]
    ended = [d.outcome != "open" for d in followed]
    assert row["km_median"] == (survival_median(times, ended) if any(ended) else None)
    event = [{"open": 0, "won": 1}.get(d.outcome, 2) for d in followed]
    # statsmodels counts ties as one event each in time order; a day later for the censored is its convention too.
    curves = CumIncidenceRight(np.array(times, float), np.array(event)) if {1, 2} <= set(event) else None
    for days in (30, 60, 90, 180):
        share = row[f"won_by_{days}"]
        if max(times, default=0) < days:
            assert share is None
        elif curves is not None:
            upto = np.flatnonzero(curves.times <= days)
            assert share == pytest.approx(curves.cinc[0][upto[-1]] if len(upto) else 0, abs=1e-9)


def completed(deals, pipeline, stage, scope=None, least=0):
    """Days of the completed visits that left in the period."""
    return [
        v.days for d in deals for v in d.visits
        if d.pipeline == pipeline and v.stage == stage and v.days is not None and v.left.date() <= AS_OF
        and v.days >= least and (scope is None or within(v.left.date(), scope))
    ]  # fmt: skip


def limit(deals, pipeline, stage):
    days = completed(deals, pipeline, stage)
    return float(np.quantile(days, 0.9)) if len(days) >= 20 else None


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_days_in_stage(drawn, scope):
    snapshot, deals = drawn
    answer = {(r["segment"], r["pipeline"], r["stage"]): r for r in measure(snapshot, "days_in_stage", scope).rows()}
    for segment, own in segments(deals, scope).items():
        for pipeline in ("New", "Renewal"):
            for stage in OPEN:
                days = completed(own, pipeline, stage, scope)
                now = [v for d in own for v in d.visits if d.pipeline == pipeline and v.stage == stage and v.is_open]
                row = answer.get((segment, pipeline, stage))
                if row is None:
                    assert not days
                    assert not now
                    continue
                assert row["n"] == row["visits"] == len(days)
                assert row["value"] == (pytest.approx(median(days)) if days else None)
                assert row["mean"] == (pytest.approx(mean(days)) if days else None)
                for name, quantile in QUANTILES.items():
                    assert row[name] == (pytest.approx(np.quantile(days, quantile)) if days else None)
                assert row["open_n"] == len(now)
                assert row["open_median_age"] == (pytest.approx(median(v.age for v in now)) if now else None)
                usual = limit(deals, pipeline, stage)
                assert row["stalled_n"] == (None if usual is None else sum(v.age > usual for v in now))
                moves(row, own, pipeline, stage, scope)
                curve(row, own, pipeline, stage, scope)


def moves(row, own, pipeline, stage, scope):
    """Backward moves into the stage, and the deals moving in the period that are past it without having been there."""
    entered = [v for d in own for v in d.visits if d.pipeline == pipeline and within(v.entered.date(), scope)]
    assert row["backward"] == sum(v.stage == stage and v.backward for v in entered)
    movers = {v.deal.id: v.deal for v in entered}.values()
    assert row["skipped"] == sum(
        d.furthest > ORDER[stage] and stage not in {d.stage, *(v.stage for v in d.visits)} for d in movers
    )


def curve(row, own, pipeline, stage, scope):
    """Survival of the visits entered in the period, those of open deals censored."""
    entered = [
        v
        for d in own
        for v in d.visits
        if d.pipeline == pipeline
        and v.stage == stage
        and within(v.entered.date(), scope)
        and (v.days is not None or v.is_open)
    ]
    ended = [v.days is not None for v in entered]
    times = [v.days if v.days is not None else v.age for v in entered]
    expected = survival_median(times, ended) if any(ended) else None
    assert row["km_median"] == (pytest.approx(expected) if expected is not None else None)


def test_days_in_stage_cumulative(drawn):
    """All of a deal's visits to a stage added up; a deal now in the stage is not completed."""
    snapshot, deals = drawn
    answer = {
        (r["pipeline"], r["stage"]): r
        for r in measure(snapshot, "days_in_stage", options={"visits": "cumulative"}).rows()
    }
    for (pipeline, stage), row in answer.items():
        stays = [[v for v in d.visits if v.stage == stage] for d in deals if d.pipeline == pipeline]
        sums = [sum(v.days for v in visits) for visits in stays if visits and all(v.days is not None for v in visits)]
        assert row["n"] == len(sums)
        assert row["value"] == (pytest.approx(median(sums)) if sums else None)
        now = [visits for visits in stays if visits and visits[-1].is_open]
        times = [*sums, *(sum(v.days or 0 for v in visits) + visits[-1].age for visits in now)]
        expected = survival_median(times, [True] * len(sums) + [False] * len(now)) if sums else None
        assert row["km_median"] == (pytest.approx(expected) if expected is not None else None)


def test_stalled_deals(drawn):
    snapshot, deals = drawn
    answer = {row["opportunity_id"]: row for row in measure(snapshot, "stalled_deals").rows()}
    stalled = {}
    for deal in deals:
        for visit in deal.visits:
            usual = limit(deals, deal.pipeline, visit.stage) if visit.is_open else None
            if usual is not None and visit.age > usual:
                stalled[deal.id] = (visit.stage, visit.age, usual)
    assert set(answer) == set(stalled)
    for name, (stage, age, usual) in stalled.items():
        row = answer[name]
        assert row["stage"] == stage
        assert (row["value"], row["limit_days"]) == (pytest.approx(age), pytest.approx(usual))
        deal = next(d for d in deals if d.id == name)
        assert row["amount"] == (pytest.approx(deal.value) if deal.value is not None else None)


def test_the_three_metrics_agree_on_who_is_stalled(drawn):
    snapshot, _ = drawn
    listed = len(measure(snapshot, "stalled_deals").frame)
    by_stage = measure(snapshot, "days_in_stage").frame["stalled_n"].sum()
    by_owner = measure(snapshot, "owner_performance").frame["stalled_n"].sum()
    assert listed == by_stage == by_owner


@pytest.mark.parametrize("scope", [Scope(), Q1], ids=["all", "quarter"])
def test_owner_performance(drawn, scope):
    snapshot, deals = drawn
    answer = {row["owner"]: row for row in measure(snapshot, "owner_performance", scope).rows()}
    closed = [d for d in deals if d.outcome != "open" and within(d.closed, scope)]
    assert {name: row["deals"] for name, row in answer.items() if row["deals"]} == Counter(d.owner for d in closed)
    for name, row in answer.items():
        own = [d for d in closed if d.owner == name]
        won = [d for d in own if d.outcome == "won"]
        judged = len(won) + sum(d.outcome == "lost" for d in own)
        amounts = [d.value for d in won if d.value is not None]
        assert row["value"] == (pytest.approx(sum(amounts)) if amounts else None)
        assert row["n"] == len(amounts)
        assert row["win_rate"] == (pytest.approx(len(won) / judged) if judged else None)
        low, high = proportion_confint(len(won), judged, method="wilson") if judged else (None, None)
        assert (row["low"], row["high"]) == (pytest.approx((low, high)) if judged else (None, None))
        days = [d.days for d in won if d.days is not None]
        assert row["median_days"] == (median(days) if days else None)
        assert row["activities"] is None
