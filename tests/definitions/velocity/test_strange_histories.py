"""A history that is wider than the export of deals: what it says of other deals counts nowhere, and is told."""

from datetime import date

import pytest
from company import company

from metrics import Scope, explain, list_rows, measure, open_snapshot

REASON = "history of a deal that is not loaded"


@pytest.fixture(scope="module")
def wide():
    """Deal d1 was 10 days in stage A; deal zz, which only the history names, 30 days in A and 5 in B."""
    snapshot = open_snapshot(company(
        stages={"A": "open", "B": "open", "Won": "won"},
        accounts=[{"account_id": "a", "name": "North", "is_target": True}],
        opportunities=[{
            "opportunity_id": "d1", "account_id": "a", "stage": "B", "pipeline": "Sales", "opened_on": "2024-01-01",
            "amount": 1, "currency": "EUR",
        }],
        entered=[
            ("d1", "A", "2024-01-01", "Sales"), ("d1", "B", "2024-01-11", "Sales"),
            ("zz", "A", "2024-01-01", "Sales"), ("zz", "B", "2024-01-31", "Sales"),
            ("zz", "Won", "2024-02-05", "Sales"),
        ],
        as_of="2024-06-30",
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


@pytest.mark.parametrize("scope", [Scope(), Scope(by="target"), Scope((("target", ("target", "rest")),))])
def test_the_figure_is_the_same_whole_split_and_filtered_by_everything(wide, scope):
    answer = measure(wide, "days_in_stage", scope)
    stage = answer.frame[answer.frame["stage"] == "A"]
    assert stage[["value", "n"]].to_numpy().tolist() == [[10, 1]]
    assert dict(answer.excluded)[REASON] == 2


def test_the_list_and_the_explanation_are_of_as_many_visits_as_the_mark(wide):
    assert list_rows(wide, "days_in_stage", where={"stage": "A"})["opportunity_id"].tolist() == ["d1"]
    assert explain(wide, "days_in_stage")["used"] == 1


def test_it_is_left_out_of_the_period_in_which_its_visits_ended(wide):
    told = measure(wide, "days_in_stage", Scope(start=date(2024, 2, 1), end=date(2024, 2, 29)))
    assert dict(told.excluded)[REASON] == 1
