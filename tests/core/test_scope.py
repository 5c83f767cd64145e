"""Scope: what it refuses, what it says, and that the order in which it was put together is immaterial."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import QuestionError, Scope

names = st.sampled_from(["region", "tier", "owner", "Vertical"])
pairs = st.lists(st.tuples(names, st.lists(st.text(max_size=8), min_size=1, max_size=3).map(tuple)), max_size=5)


@given(pairs, st.randoms())
def test_the_order_of_filters_is_immaterial(filters, random):
    shuffled = filters[:]
    random.shuffle(shuffled)
    assert Scope(tuple(filters)) == Scope(tuple(shuffled))
    assert hash(Scope(tuple(filters))) == hash(Scope(tuple(shuffled)))


def test_values_of_one_dimension_are_alternatives():
    scope = Scope((("region", ("East",)), ("tier", ("1",)), ("region", ("West",))))
    assert scope.filters == (("region", ("East", "West")), ("tier", ("1",)))
    assert scope.sentence("deals", " closed") == "all deals, region is East or West, tier is 1"


def test_where_replaces_and_without_removes():
    scope = Scope().where("region", "East").where("tier", ["1", "2"]).where("region", "West")
    assert scope.filter_values("region") == ("West",)
    assert scope.without("region").filters == (("tier", ("1", "2")),)
    assert scope.filter_values("owner") == ()


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(), "all deals"),
        (Scope(start=date(2017, 1, 1), end=date(2017, 12, 31)), "deals closed 2017-01-01 to 2017-12-31"),
        (Scope(start=date(2017, 1, 1)), "deals closed 2017-01-01 to the as-of day"),
        (Scope(end=date(2017, 12, 31)), "deals closed the beginning to 2017-12-31"),
        (Scope(by="region", grain="quarter"), "all deals, by region, per quarter"),
    ],
)
def test_the_sentence_says_the_scope(scope, said):
    assert scope.sentence("deals", " closed") == said


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": date(2017, 2, 1), "end": date(2017, 1, 1)}, "swap the two dates"),
        ({"grain": "week"}, "month, quarter, year"),
        ({"compare": "yesterday"}, "previous, last-year, goal"),
    ],
)
def test_impossible_scopes_are_refused(wrong, message):
    with pytest.raises(QuestionError, match=message):
        Scope(**wrong)
