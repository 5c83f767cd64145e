"""The other period that a period is compared with: the one before of equal length, or the same of last year."""

from dataclasses import replace
from datetime import date, timedelta

from metrics.errors import QuestionError
from metrics.scope import Compare, Scope

COMPARED_WITH = {"previous": "the previous period", "last-year": "the same period last year"}


def compared_scope(scope: Scope, as_of: date, compare: Compare) -> Scope:
    """The scope of the other period. A period that as_of cuts short is compared to the same day of the other.

    QuestionError without a period, since then there is no other one, and for one that has not begun.
    """
    if scope.start is None:
        raise QuestionError("A comparison needs a period: give --from (and --to) as well.")
    if scope.start > as_of:
        raise QuestionError(
            f"The period begins on {scope.start}, after the as-of day {as_of}: nothing of it can be compared yet. "
            "Choose an earlier one, or load newer exports."
        )
    planned = scope.end or as_of
    end = min(planned, as_of)
    if compare == "last-year":
        return _moved(scope, scope.start, end, -12)
    months = whole_months(scope.start, planned)
    if months:
        return _moved(scope, scope.start, end, -months)
    length = timedelta(days=(planned - scope.start).days + 1)
    return replace(scope, start=scope.start - length, end=end - length, compare=None)


def shared_days(scope: Scope, as_of: date, compare: Compare) -> tuple[date, date] | None:
    """First and last day that are in both periods, as where more than a year is held against the year before."""
    end = compared_scope(scope, as_of, compare).end
    assert scope.start, "a comparison is with a period"
    return (scope.start, end) if end and end >= scope.start else None


def whole_months(start: date, end: date) -> int:
    """How many calendar months `start` to `end` (inclusive) are; 0 if they are not whole ones."""
    after = end + timedelta(days=1)
    if start.day != 1 or after.day != 1:
        return 0
    return (after.year - start.year) * 12 + after.month - start.month


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _moved(scope: Scope, start: date, end: date, months: int) -> Scope:
    ends_month = (end + timedelta(days=1)).day == 1
    other = add_months(end + timedelta(days=1), months) - timedelta(days=1) if ends_month else add_months(end, months)
    return replace(scope, start=add_months(start, months), end=other, compare=None)
