"""What must hold of the alignment of the teams in any company: the same thing counted in two places is the same."""

from datetime import date

import pytest
from random_customers import random_customers

from metrics import Scope, Snapshot, list_rows, measure

SCOPES = (Scope(), Scope(start=date(2023, 10, 1), end=date(2024, 3, 31)), Scope().where("industry", "Rail"))


@pytest.fixture(scope="module", params=[1, 2, 3])
def drawn(request: pytest.FixtureRequest) -> Snapshot:
    return random_customers(request.param).snapshot


def row(snapshot: Snapshot, name: str, scope: Scope, **options: object) -> dict:
    return next(row for row in measure(snapshot, "team_alignment", scope, options).rows() if row["measure"] == name)


@pytest.mark.parametrize("options", [{}, {"touch": "any"}, {"window_days": 0}, {"window_days": 20}])
def test_uninfluenced_pipeline_is_that_of_marketing_influence(drawn: Snapshot, options: dict) -> None:
    """At the as-of day both judge the same deals by the same touches."""
    own = row(drawn, "uninfluenced", Scope(), **options)
    influence = measure(drawn, "marketing_influence", None, options).rows()
    other = next(found for found in influence if found["of"] == "pipeline")
    assert (own["value"], own["amount"], own["n"]) == (
        pytest.approx(other["uninfluenced"]),
        other["amount"],
        other["n"],
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_the_parts_of_the_overlap_are_the_accounts_worked(drawn: Snapshot, scope: Scope) -> None:
    found = row(drawn, "overlap", scope)
    states = list_rows(drawn, "team_alignment", scope, where={"measure": "overlap"})["state"].value_counts()
    assert states.sum() == found["denominator"]
    assert states.get("both", 0) == found["numerator"]
    assert len(list_rows(drawn, "team_alignment", scope, part="no_marketing")) == states.get("sales only", 0)


@pytest.mark.parametrize("scope", SCOPES)
def test_who_engaged_without_a_sales_touch_engaged_and_has_none(drawn: Snapshot, scope: Scope) -> None:
    listed = set(list_rows(drawn, "team_alignment", scope, part="no_sales_touch")["account_id"])
    engaged = list_rows(drawn, "engaged_accounts", scope, where={"is_engaged": True})["account_id"]
    worked = list_rows(drawn, "team_alignment", scope, where={"measure": "overlap"})
    by_sales = set(worked.loc[worked["state"].isin(["both", "sales only"]), "account_id"])
    assert listed == set(engaged) - by_sales


def test_more_days_to_follow_up_never_make_fewer_followed_up(drawn: Snapshot) -> None:
    """Of the same accounts: those engaged long enough ago for the longest wait, after sales began to be recorded."""
    followed = []
    for days in (0, 1, 5, 20, 60):
        rows = list_rows(drawn, "team_alignment", None, {"follow_up_days": days}, {"measure": "followed_up"})
        followed.append(dict(zip(rows["account_id"], rows["state"] == "followed up", strict=True)))
    always = set.intersection(*(set(one) for one in followed))
    counts = [sum(one[account] for account in always) for one in followed]
    assert always
    assert counts == sorted(counts)
