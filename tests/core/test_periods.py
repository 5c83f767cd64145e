"""The other period of a comparison, worked out by hand."""

from datetime import date

import pytest

from metrics import QuestionError, Scope
from metrics.periods import add_months, compared_scope, shared_days, whole_months

D = date.fromisoformat


@pytest.mark.parametrize(
    ("start", "end", "as_of", "compare", "other_start", "other_end"),
    [
        # Whole months move by months, however long each is.
        ("2024-03-01", "2024-03-31", "2024-12-31", "previous", "2024-02-01", "2024-02-29"),
        ("2024-04-01", "2024-06-30", "2024-12-31", "previous", "2024-01-01", "2024-03-31"),
        ("2024-01-01", "2024-12-31", "2024-12-31", "previous", "2023-01-01", "2023-12-31"),
        ("2024-02-01", "2024-02-29", "2024-12-31", "last-year", "2023-02-01", "2023-02-28"),
        ("2023-02-01", "2023-02-28", "2024-12-31", "last-year", "2022-02-01", "2022-02-28"),
        # Other periods move by their number of days.
        ("2024-03-05", "2024-03-14", "2024-12-31", "previous", "2024-02-24", "2024-03-04"),
        ("2024-02-20", "2024-02-29", "2024-12-31", "last-year", "2023-02-20", "2023-02-28"),
        # An unfinished period is compared to the same day of the other.
        ("2024-04-01", "2024-06-30", "2024-05-10", "previous", "2024-01-01", "2024-02-10"),
        ("2024-01-01", "2024-12-31", "2024-05-10", "last-year", "2023-01-01", "2023-05-10"),
        ("2024-04-01", None, "2024-04-30", "previous", "2024-03-01", "2024-03-31"),
        ("2024-03-01", "2024-03-31", "2024-03-30", "previous", "2024-02-01", "2024-02-29"),
    ],
)
def test_the_other_period(start, end, as_of, compare, other_start, other_end):
    scope = Scope(start=D(start), end=D(end) if end else None, compare=compare, by="region")
    other = compared_scope(scope, D(as_of), compare)
    assert (other.start, other.end) == (D(other_start), D(other_end))
    assert other.compare is None
    assert other.by == "region"


@pytest.mark.parametrize(
    ("start", "end", "as_of", "compare", "shared"),
    [
        # Thirteen months against the same a year before: the first of them is the other's last.
        ("2025-10-01", "2026-12-31", "2026-10-31", "last-year", ("2025-10-01", "2025-10-31")),
        ("2025-10-01", "2026-09-30", "2026-10-31", "last-year", None),
        ("2025-10-01", "2026-10-01", "2026-10-31", "last-year", ("2025-10-01", "2025-10-01")),
        ("2024-02-29", "2025-02-28", "2026-10-31", "last-year", ("2024-02-29", "2024-02-29")),
        ("2024-01-01", None, "2026-10-31", "last-year", ("2024-01-01", "2025-10-31")),
        # The period before ends before this one begins, however long both are and wherever it is cut short.
        ("2025-10-01", "2026-12-31", "2026-10-31", "previous", None),
        ("2020-01-15", "2026-12-31", "2026-10-31", "previous", None),
        ("2026-10-31", None, "2026-10-31", "previous", None),
    ],
)
def test_the_days_that_are_in_both_periods(start, end, as_of, compare, shared):
    found = shared_days(Scope(start=D(start), end=D(end) if end else None), D(as_of), compare)
    assert found == (shared and (D(shared[0]), D(shared[1])))


def test_without_a_start_there_is_no_other_period():
    with pytest.raises(QuestionError, match="--from"):
        compared_scope(Scope(end=D("2024-01-31")), D("2024-12-31"), "previous")


def test_a_period_that_has_not_begun_is_compared_with_nothing():
    for compare in ("previous", "last-year"):
        with pytest.raises(QuestionError, match="begins on 2025-01-01, after the as-of day 2024-12-31"):
            compared_scope(Scope(start=D("2025-01-01"), end=D("2025-03-31")), D("2024-12-31"), compare)
    last_day = compared_scope(Scope(start=D("2024-12-31")), D("2024-12-31"), "previous")
    assert (last_day.start, last_day.end) == (D("2024-12-30"), D("2024-12-30"))


def test_months():
    assert whole_months(D("2024-01-01"), D("2024-03-31")) == 3
    assert whole_months(D("2024-01-02"), D("2024-03-31")) == 0
    assert add_months(D("2024-01-31"), 1) == D("2024-02-29")
    assert add_months(D("2024-03-31"), -13) == D("2023-02-28")
    assert add_months(D("2024-12-15"), 1) == D("2025-01-15")
    assert add_months(D("2024-10-31"), 2) == D("2024-12-31")
