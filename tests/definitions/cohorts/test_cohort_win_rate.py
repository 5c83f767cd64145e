"""Win rate by cohort: all deals opened stay in, and only cells whose unit is over exist."""

from datetime import date

import pytest
from random_customers import AS_OF, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost", "Dropped": "no_decision"}


def company_of(*deals, as_of="2024-05-30", **more):
    return {
        "stages": STAGES, "as_of": as_of, "export_day": "2024-12-31",
        "opportunities": [
            {"opportunity_id": f"d{n}", "stage": stage, "opened_on": opened, "closed_on": closed, **dict(*rest)}
            for n, (stage, opened, closed, *rest) in enumerate(deals)
        ], **more,
    }  # fmt: skip


def cells(answer, name="numerator"):
    return {(row["cohort"], row["age"]): row[name] for row in answer.rows()}


HAND = company_of(
    ("Won", "2024-02-10", "2024-02-29"), ("Won", "2024-02-29", "2024-04-01"), ("Lost", "2024-02-01", "2024-02-02"),
    ("Demo", "2024-02-01", None), ("Won", "2024-03-01", "2024-05-02"), ("Dropped", "2024-03-31", "2024-04-05"),
    ("Won", "2024-05-05", "2024-05-06"),
)  # fmt: skip


def test_by_hand(opened):
    """
    cohort   deals                                          age 0  age 1  age 2
    2024-02  won in February, won in April, lost, open      1 of 4 1 of 4 2 of 4
    2024-03  won in May, no decision                        0 of 2 0 of 2 -: May is not over on the 30th
    2024-05  won in May                                     -
    """
    snapshot = opened(**HAND)
    answer = measure(snapshot, "cohort_win_rate")
    assert cells(answer) == {
        ("2024-02", 0): 1,
        ("2024-02", 1): 1,
        ("2024-02", 2): 2,
        ("2024-03", 0): 0,
        ("2024-03", 1): 0,
    }
    assert cells(answer, "size") == cells(answer, "n") == cells(answer, "denominator")
    row = answer.rows()[2]
    assert (row["value"], row["size"]) == (0.5, 4)
    assert row["low"] < 0.5 < row["high"]
    assert len(list_rows(snapshot, "cohort_win_rate", where={"cohort": "2024-02", "age": 2})) == 2
    assert len(list_rows(snapshot, "cohort_win_rate", where={"cohort": "2024-02", "age": 1})) == 1


def test_a_unit_is_over_on_its_last_day(opened):
    deals = [("Won", "2024-05-05", "2024-05-06")]
    assert cells(measure(opened(**company_of(*deals, as_of="2024-05-31")), "cohort_win_rate")) == {("2024-05", 0): 1}
    assert cells(measure(opened(**company_of(*deals, as_of="2024-05-30")), "cohort_win_rate")) == {}


@pytest.mark.parametrize(
    ("grain", "expected"),
    [("quarter", {("2024-Q1", 0): 1}), ("year", {})],
)
def test_ages_count_units_of_the_cohorts_own_grain(opened, grain, expected):
    assert cells(measure(opened(**HAND), "cohort_win_rate", None, {"cohort_grain": grain})) == expected


def test_a_win_after_the_as_of_day_is_not_yet_won(opened):
    snapshot = opened(**company_of(("Won", "2024-03-01", "2024-06-10"), ("Won", "2024-03-01", "2024-04-10")))
    assert cells(measure(snapshot, "cohort_win_rate")) == {("2024-03", 0): 0, ("2024-03", 1): 1}


def test_closed_before_opened_is_won_from_the_beginning(opened):
    snapshot = opened(**company_of(("Won", "2024-03-01", "2024-02-10"), ("Demo", "2024-03-01", None)))
    assert cells(measure(snapshot, "cohort_win_rate")) == {("2024-03", 0): 1, ("2024-03", 1): 1}


def test_what_has_no_day_is_left_out(opened):
    answer = measure(opened(**company_of(
        ("Won", None, "2024-03-01"), ("Won", "2024-03-01", None), ("Demo", "2024-03-01", None))), "cohort_win_rate",
    )  # fmt: skip
    assert cells(answer, "size") == {("2024-03", 0): 1, ("2024-03", 1): 1}
    assert dict(answer.excluded) == {"no opening date": 1, "no closing date": 1}


def test_deals_of_an_import_make_no_cohort(opened):
    imported = [("Demo", "2024-03-05", None)] * 20
    others = [("Won", f"2024-02-{day:02}", "2024-02-28") for day in range(1, 5)]
    answer = measure(opened(**company_of(*imported, *others)), "cohort_win_rate")
    assert answer.rows() == []
    assert dict(answer.excluded) == {"bulk load": 20}
    answer = measure(opened(**company_of(*imported, *others, ("Won", "2024-01-20", "2024-04-28"))), "cohort_win_rate")
    assert cells(answer, "size")["2024-02", 0] == 4


def test_a_reopened_deal_has_the_outcome_that_it_has_now(opened):
    snapshot = opened(
        **company_of(("Won", "2024-02-01", "2024-04-10"), as_of="2024-04-30"),
        entered=[("d0", "Demo", "2024-02-01"), ("d0", "Lost", "2024-02-20"), ("d0", "Demo", "2024-03-10"),
                 ("d0", "Won", "2024-04-10")],
    )  # fmt: skip
    assert cells(measure(snapshot, "cohort_win_rate")) == {("2024-02", 0): 0, ("2024-02", 1): 0, ("2024-02", 2): 1}


def test_by_segment_the_sizes_add_up(opened):
    snapshot = opened(**company_of(
        ("Won", "2024-02-10", "2024-02-29", {"product": "A"}), ("Demo", "2024-02-10", None, {"product": "B"}),
        ("Demo", "2024-02-10", None),
    ))  # fmt: skip
    answer = measure(snapshot, "cohort_win_rate", Scope(by="product"))
    ages = {(r["segment"], r["age"]): (r["numerator"], r["size"]) for r in answer.rows()}
    assert {k: v for k, v in ages.items() if k[1] == 0} == {("(none)", 0): (0, 1), ("A", 0): (1, 1), ("B", 0): (0, 1)}


UNIT = {
    "month": lambda on: on.year * 12 + on.month - 1, "quarter": lambda on: on.year * 4 + (on.month - 1) // 3,
    "year": lambda on: on.year,
}  # fmt: skip
LAST_OVER = {"month": UNIT["month"](AS_OF) - 1, "quarter": UNIT["quarter"](AS_OF) - 1, "year": AS_OF.year - 1}


def label(unit, grain):
    if grain == "year":
        return str(unit)
    year, part = divmod(unit, 12 if grain == "month" else 4)
    return f"{year}-{part + 1:02}" if grain == "month" else f"{year}-Q{part + 1}"


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("grain", ["month", "quarter", "year"])
@pytest.mark.parametrize("period", [(None, None), (date(2023, 6, 10), date(2024, 1, 20))])
def test_a_second_answer(seed, grain, period):
    company = random_customers(seed)
    expected = {}
    for deal in company.opportunities:
        opened, won = deal["opened_on"], outcome(deal) == "won"
        if (
            opened is None
            or (won and deal["closed_on"] is None)
            or (period[0] and not period[0] <= opened <= period[1])
        ):
            continue
        cohort = UNIT[grain](opened)
        for unit in range(cohort, LAST_OVER[grain] + 1):
            cell = expected.setdefault((label(cohort, grain), unit - cohort), [0, 0])
            cell[0] += won and UNIT[grain](deal["closed_on"]) <= unit
            cell[1] += 1
    scope = Scope(start=period[0], end=period[1])
    answer = measure(company.snapshot, "cohort_win_rate", scope, {"cohort_grain": grain})
    assert {(r["cohort"], r["age"]): [r["numerator"], r["size"]] for r in answer.rows()} == expected
    assert all(r["value"] == r["numerator"] / r["size"] for r in answer.rows())
