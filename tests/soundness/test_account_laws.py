"""What holds for metrics of accounts, contacts and cohorts, whatever the company: lists with days, regions, teams."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import permutations
from random import Random

import pytest
from company import company
from random_customers import AS_OF, STAGES, random_customers
from random_regions import with_regions_and_lists

from metrics import Scope, Snapshot, find_metric, list_rows, measure, open_snapshot

COUNTED = {
    "engaged_accounts": "n", "accounts_with_opportunity": "n", "account_funnel": "n", "cohort_conversion": "size",
    "cohort_logo_retention": "size", "cohort_revenue_retention": "size", "cohort_win_rate": "size",
    "lead_conversion": "n", "marketing_influence": "deals", "engagement_quality": "n", "relationship_strength": "n",
    "account_penetration": "n",
}  # fmt: skip
OF_PEOPLE = ("engagement_quality", "relationship_strength", "account_penetration")
ADD_UP = ("target", "region", "team", "industry")
FILTERS = (
    ("target", ("target",)), ("target", ("rest",)), ("list", ("Tier 1",)), ("list", ("(none)", "Fair")),
    ("region", ("East", "(none)")), ("team", ("North",)),
)  # fmt: skip
HALF_YEAR = {"start": date(2023, 11, 10), "end": date(2024, 4, 20)}


@pytest.fixture(scope="module", params=[3])
def drawn(request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    """A company with regions, owners in teams, and accounts that join and leave two lists and the target list."""
    base = random_customers(request.param)
    rows = with_regions_and_lists(base, request.param)
    deals, contacts = rows["opportunities"], rows["contacts"]
    people: dict[str | None, list[str]] = {}
    for contact in contacts:
        people.setdefault(contact["account_id"], []).append(contact["contact_id"])
    met = Random(request.param)
    touches = [
        {**touch, "contact_id": met.choice(people[touch["account_id"]])}
        if touch["account_id"] in people and met.random() < 0.8 else touch
        for touch in rows["activities"]
    ]  # fmt: skip
    # People on deals of other accounts are left out: a filter that leaves such a deal out is no split of the person.
    at = {row["opportunity_id"]: row["account_id"] for row in deals}
    at |= {row["contact_id"]: row["account_id"] for row in contacts}
    links = [
        link for link in base.opportunity_contacts
        if at[link["opportunity_id"]] and at[link["opportunity_id"]] == at[link["contact_id"]]
    ]  # fmt: skip
    snapshot = open_snapshot(company(
        stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30",
        **{**rows, "activities": touches, "opportunity_contacts": links},
    ))  # fmt: skip
    yield snapshot
    answer_of.cache_clear()
    snapshot.close()


@cache
def answer_of(snapshot, metric, scope):
    """The answer to a question that several of the laws ask."""
    return measure(snapshot, metric, scope)


def counts(snapshot, metric, scope):
    """{(period, keys…): units counted} of an answer, over all segments."""
    answer = answer_of(snapshot, metric, scope)
    found: dict[tuple[object, ...], float] = {}
    for row in answer.rows():
        key = tuple(row.get(k) for k in ("period", *answer.metric.keys))
        found[key] = found.get(key, 0) + (row[COUNTED[metric]] or 0)
    return {key: n for key, n in found.items() if n}


def figures(answer, without=("segment",)):
    return [{key: value for key, value in row.items() if key not in without} for row in answer.rows()]


def assert_alike(rows, others, keys, told):
    """The rows that both have are the same. (A step that nobody in scope can have taken is not always shown, and
    influence on the open pipeline is no matter of periods.)"""
    found = {tuple(row[key] for key in keys): row for row in others}
    common = [row for row in rows if tuple(row[key] for key in keys) in found]
    assert common
    for row in common:
        assert row == pytest.approx(found[tuple(row[key] for key in keys)]), told


@pytest.mark.parametrize("metric", COUNTED)
def test_segments_add_up_to_the_whole(drawn, metric):
    for period in ({}, HALF_YEAR):
        whole = counts(drawn, metric, Scope(**period))
        for dimension in ADD_UP:
            assert counts(drawn, metric, Scope(by=dimension, **period)) == whole, (dimension, period)


@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize("dimension", ["target", "list", "region", "team"])
def test_a_segment_is_what_its_filter_gives(drawn, metric, dimension):
    """But for units without an account: an account filter leaves them out, a split has them in (none), or in rest."""
    unit = find_metric(metric).unit
    apart = {"(none)", "rest"} if unit in ("deal", "contact") else set()
    split = answer_of(drawn, metric, Scope(by=dimension, **HALF_YEAR))
    for segment in set(split.frame["segment"]) - apart:
        alone = answer_of(drawn, metric, Scope(((dimension, (segment,)),), **HALF_YEAR))
        own = [row for row in split.rows() if row["segment"] == segment]
        own = [{key: value for key, value in row.items() if key != "segment"} for row in own]
        assert_alike(own, figures(alone), find_metric(metric).keys, segment)


@pytest.mark.parametrize("metric", COUNTED)
def test_narrowing_never_raises_a_count_and_the_order_of_filters_is_immaterial(drawn, metric):
    draw = Random(metric)
    for _ in range(4):
        chosen = {name: (name, values) for name, values in draw.sample(FILTERS, 3)}
        whole = counts(drawn, metric, Scope(**HALF_YEAR))
        for more in range(1, len(chosen) + 1):
            narrowed = counts(drawn, metric, Scope(tuple(chosen.values())[:more], **HALF_YEAR))
            assert all(n <= whole.get(key, 0) for key, n in narrowed.items()), chosen
            whole = narrowed
        orders = list(permutations(chosen.values()))
        first, last = (answer_of(drawn, metric, Scope(order, **HALF_YEAR)).rows() for order in (orders[0], orders[-1]))
        assert first == last


@pytest.mark.parametrize(
    "metric", [m for m in COUNTED if not m.startswith("cohort") and find_metric(m).clock != "as_of"]
)
@pytest.mark.parametrize(
    "scope", [Scope(by="target"), Scope((("list", ("Tier 1",)),)), Scope(by="list"), Scope((("target", ("rest",)),))],
    ids=["by target", "on a list", "by list", "rest"],
)  # fmt: skip
def test_a_quarter_asked_alone_is_its_row_of_the_quarters(drawn, metric, scope):
    quarters = measure(drawn, metric, replace(scope, grain="quarter", **HALF_YEAR))
    for label, start, end in (
        ("2023-Q4", date(2023, 11, 10), date(2023, 12, 31)), ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q2", date(2024, 4, 1), date(2024, 4, 20)),
    ):  # fmt: skip
        alone = figures(measure(drawn, metric, replace(scope, start=start, end=end)), ())
        rows = [row for row in figures(quarters, ()) if row["period"] == label]
        rows = [{key: value for key, value in row.items() if key != "period"} for row in rows]
        if not any(row[COUNTED[metric]] for row in rows):
            assert not any(row[COUNTED[metric]] for row in alone)
            continue
        assert_alike(rows, alone, ("segment", *find_metric(metric).keys), label)


@pytest.mark.parametrize(
    "metric",
    ["engaged_accounts", "accounts_with_opportunity", "lead_conversion", "engagement_quality", "account_penetration"],
)
def test_a_mark_of_a_quarter_lists_as_many_as_it_says(drawn, metric):
    scope = Scope(by="target", grain="quarter", **HALF_YEAR)
    for row in measure(drawn, metric, scope).rows():
        mark = {key: row[key] for key in ("segment", "period", *find_metric(metric).keys)}
        listed = list_rows(drawn, metric, scope, where=mark)
        assert len(listed) == row["n"], mark
        assert set(listed["target"]) <= {row["segment"]}


@pytest.mark.parametrize("metric", OF_PEOPLE)
def test_the_company_has_something_to_say_of_each(drawn, metric):
    """Laws about nothing would hold too."""
    for scope in (Scope(), Scope(by="region", **HALF_YEAR)):
        assert measure(drawn, metric, scope).frame["value"].nunique() > 0
    assert list_rows(drawn, metric)["measure"].nunique() > 3


@pytest.mark.parametrize("metric", OF_PEOPLE)
@pytest.mark.parametrize("by", [None, "target", "region"])
def test_the_median_is_that_of_the_accounts_listed(drawn, metric, by):
    """And its interval holds it; no account is listed twice."""
    listed = list_rows(drawn, metric, Scope(by=by, **HALF_YEAR))
    assert not listed["account_id"].duplicated().any()
    for row in measure(drawn, metric, Scope(by=by, **HALF_YEAR)).rows():
        own = listed.loc[listed["segment"] == row["segment"], "measure"]
        assert row["n"] == len(own)
        assert row["value"] == pytest.approx(own.median())
        if row["low"] is not None:
            assert row["low"] <= row["value"] <= row["high"]


@pytest.mark.parametrize("metric", OF_PEOPLE)
def test_an_account_alone_is_its_row_of_all(drawn, metric):
    """What one account is worth does not hang on which others are asked with it."""
    together = list_rows(drawn, metric, Scope(**HALF_YEAR)).set_index("account_id")["measure"]
    for dimension, value in (("region", "East"), ("industry", "Rail"), ("target", "target")):
        alone = list_rows(drawn, metric, Scope(((dimension, (value,)),), **HALF_YEAR)).set_index("account_id")
        assert alone["measure"].to_dict() == pytest.approx(together[alone.index].to_dict())
