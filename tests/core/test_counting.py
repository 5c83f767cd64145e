"""How many units are behind a metric: each once, however many of its rows it is in."""

import pytest

from metrics import Scope, Snapshot, catalog, count_units, list_rows


def test_a_deal_in_several_stages_is_one(firm: Snapshot) -> None:
    rows = list_rows(firm, "stage_funnel")
    assert len(rows) > rows["opportunity_id"].nunique()
    assert count_units(firm, "stage_funnel") == rows["opportunity_id"].nunique()


def test_an_account_with_two_deals_is_one(firm: Snapshot) -> None:
    rows = list_rows(firm, "account_funnel")
    assert count_units(firm, "account_funnel") == rows["account_id"].nunique() == 15


def test_a_metric_without_rows_of_its_own_counts_none(firm: Snapshot) -> None:
    for name, metric in catalog().items():
        assert (count_units(firm, name) is None) == ("rows" not in metric.sections), name


@pytest.mark.parametrize("by", ["target", "owner"])
def test_a_split_counts_none_twice(firm: Snapshot, by: str) -> None:
    assert count_units(firm, "win_rate", Scope(by=by)) == count_units(firm, "win_rate")


def test_filters_and_periods_narrow_the_count(firm: Snapshot) -> None:
    assert count_units(firm, "win_rate", Scope().where("owner", "nobody at all")) == 0
