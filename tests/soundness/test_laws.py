"""What holds for every deal metric, whatever the company: laws over companies and filters drawn at random."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import permutations

import pytest
from company import company
from hostile import HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_companies import random_company

from metrics import Scope, Snapshot, catalog, measure, open_snapshot

DIMENSIONS = ("industry", "target", "pipeline", "owner", "stage", "Vertical")
COUNTED = {
    "win_rate": "n", "won_revenue": "deals", "opportunities_created": "n", "average_deal_size": "deals",
    "open_pipeline": "deals", "pipeline_coverage": "n",
    "pipeline_bridge": "n", "loss_reasons": "deals", "stage_funnel": "n", "overdue_deals": "n", "deal_velocity": "n",
    "days_in_stage": "n", "stalled_deals": "n", "owner_performance": "deals",
    "velocity_predictability": "n", "sales_velocity": "n", "engagement_acceleration": "alive_n",
}  # fmt: skip
PERIODS = [{}, {"start": date(2024, 1, 1), "end": date(2024, 3, 31)}]


@pytest.fixture(scope="module", params=[21])
def drawn(request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    rows = random_company(request.param, deals=150)
    for account, text in zip(rows["accounts"], HOSTILE, strict=False):
        account["Vertical"] = text
    snapshot = open_snapshot(company(**rows))
    yield snapshot
    answer_of.cache_clear()
    snapshot.close()


@cache
def answer_of(snapshot, metric, scope):
    """The answer to a question that several of the laws ask."""
    return measure(snapshot, metric, scope)


def counts(snapshot, metric, scope):
    """{key: units counted} of an answer, over all segments."""
    answer = answer_of(snapshot, metric, scope)
    counted: dict[tuple[object, ...], float] = {}
    for row in answer.rows():
        key = tuple(row[k] for k in answer.metric.keys)
        counted[key] = counted.get(key, 0) + (row[COUNTED[metric]] or 0)
    return {key: n for key, n in counted.items() if n}


def test_every_deal_metric_is_under_the_laws():
    assert set(COUNTED) == {
        m.name for m in catalog().values() if m.unit in ("deal", "visit") and m.topic in ("pipeline", "velocity")
    }


@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize("period", PERIODS, ids=["all", "quarter"])
def test_segments_add_up_to_the_whole(drawn, metric, period):
    whole = counts(drawn, metric, Scope(**period))
    for dimension in DIMENSIONS:
        assert counts(drawn, metric, Scope(by=dimension, **period)) == whole, dimension


@pytest.mark.parametrize("metric", COUNTED)
def test_a_segment_is_what_its_filter_gives(drawn, metric):
    """But for the deals without an account: an account filter leaves them out, a split has them in (none)."""
    for dimension in ("industry", "owner"):
        split = answer_of(drawn, metric, Scope(by=dimension))
        for segment in set(split.frame["segment"]) - ({"(none)"} if dimension == "industry" else set()):
            alone = answer_of(drawn, metric, Scope(filters=((dimension, (segment,)),)))
            own = [
                {k: v for k, v in row.items() if k != "segment"} for row in split.rows() if row["segment"] == segment
            ]
            filtered = [{k: v for k, v in row.items() if k != "segment"} for row in alone.rows()]
            if alone.metric.name == "loss_reasons" and not filtered:
                continue
            for one, other in zip(own, filtered, strict=True):
                assert one == pytest.approx(other), (dimension, segment)


FILTERS = st.lists(
    st.one_of(
        st.tuples(st.just("industry"), st.sampled_from(["Rail", "Air", "(none)"]).map(lambda v: (v,))),
        st.tuples(st.just("owner"), st.sampled_from(["Seat 1", "Seat 2", "(none)"]).map(lambda v: (v,))),
        st.tuples(st.just("pipeline"), st.sampled_from(["New", "Renewal"]).map(lambda v: (v,))),
        st.tuples(st.just("target"), st.sampled_from([("target",), ("rest",), ("rest", "target")])),
    ),
    max_size=3, unique_by=lambda pair: pair[0],
)  # fmt: skip
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("metric", COUNTED)
@given(filters=FILTERS)
@SLOW
def test_the_order_of_filters_is_immaterial(drawn, metric, filters):
    answers = [answer_of(drawn, metric, Scope(filters=order)).rows() for order in list(permutations(filters))[:2]]
    for answer in answers:
        assert len(answer) == len(answers[0])
        for one, other in zip(answer, answers[0], strict=True):
            assert one == pytest.approx(other)


@pytest.mark.parametrize("metric", [m for m in COUNTED if m != "loss_reasons"])
@given(filters=FILTERS)
@SLOW
def test_narrowing_never_raises_a_count(drawn, metric, filters):
    whole = counts(drawn, metric, Scope())
    for more in range(len(filters)):
        narrowed = counts(drawn, metric, Scope(filters=tuple(filters[: more + 1])))
        assert all(n <= whole.get(key, 0) for key, n in narrowed.items())
        whole = narrowed


@pytest.mark.parametrize("text", [*HOSTILE, "nothing of that name"])
def test_a_filter_value_is_only_a_value(drawn, text):
    """It selects the account that is called so, or nothing; never more, and it breaks nothing."""
    scope = Scope(filters=(("Vertical", (text,)),))
    whole = by_vertical(drawn, "opportunities_created")
    assert by_vertical(drawn, "opportunities_created", scope) == {k: n for k, n in whole.items() if k == text}
    for metric in COUNTED:
        measure(drawn, metric, scope)


def by_vertical(snapshot, metric, scope=None):
    scope = scope or Scope()
    return {
        row["segment"]: row["n"]
        for row in measure(snapshot, metric, Scope(filters=scope.filters, by="Vertical")).rows()
    }


def test_the_same_question_gives_the_same_answer_to_the_last_digit(drawn):
    for metric in COUNTED:
        for scope in (Scope(), Scope(by="target")):
            assert measure(drawn, metric, scope).as_json() == measure(drawn, metric, scope).as_json()


@pytest.mark.parametrize(
    "metric", ["win_rate", "won_revenue", "opportunities_created", "days_in_stage", "deal_velocity"]
)
def test_quarters_add_up_to_their_year(drawn, metric):
    year = {"start": date(2023, 1, 1), "end": date(2023, 12, 31)}
    quarters = counts(drawn, metric, Scope(grain="quarter", **year))
    assert quarters == counts(drawn, metric, Scope(**year))


def test_the_bridge_adds_up_for_every_segment_and_month(drawn):
    frame = measure(drawn, "pipeline_bridge", Scope(by="industry", grain="month", start=date(2023, 6, 1))).frame
    table = frame.pivot(index=["segment", "period"], columns="step", values="value")
    left = table["open_at_start"] + table["created"] - table["won"] - table["lost"] - table["no_decision"]
    assert (left == table["open_at_end"]).all()
    for _, months in table.groupby("segment"):
        assert (months["open_at_end"].to_numpy()[:-1] == months["open_at_start"].to_numpy()[1:]).all()


def test_a_funnel_never_grows(drawn):
    for (_, _), stages in measure(drawn, "stage_funnel", Scope(by="owner")).frame.groupby(["segment", "pipeline"]):
        assert stages["value"].is_monotonic_decreasing
        assert (stages["value"] + 0 >= stages["skipped"]).all()
