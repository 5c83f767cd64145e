"""What a visitor chose, and the scope of a question that follows from it. No screen here."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dashboard.filters.periods import START, preset_dates
from metrics import Metric, Scope, compared_scope, shared_days

Show = Literal["both", "target", "rest"]
Role = Literal["leader", "seller", "executive"]
Filters = tuple[tuple[str, tuple[str, ...]], ...]
Switches = tuple[tuple[str, str], ...]
NO_SPLIT = "none"
AUTO = "auto"
"""Compared with last year, else with the period before: where the data reach back that far and no day would be held
against itself. Else with last year all the same, else with nothing."""
PERIODS = ("previous", "last-year")
"""The comparisons that are with another period."""


@dataclass(frozen=True)
class Mark:
    """A mark that was clicked: the chart it is in, and its keys as text."""

    chart: str
    keys: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, str]:
        return dict(self.keys)


@dataclass(frozen=True)
class Choice:
    """All that a visitor chose. The defaults are what a page starts with and are left out of the URL.

    `role`: whose start page opens first.
    `split`: "target", NO_SPLIT or a dimension. `compare`: AUTO, previous, last-year, goal or none. `switches`: the
    charts' own (which funnel, which dimension), by name. `start`, `end`: only with the period "custom". `account`: the
    id of the account whose page is open, "" for the list. `year_starts`: the month in which the company's years start,
    its setting and not the visitor's.
    """

    role: Role = "leader"
    show: Show = "both"
    period: str = START
    start: date | None = None
    end: date | None = None
    compare: str = AUTO
    split: str = "target"
    filters: Filters = ()
    switches: Switches = ()
    mark: Mark | None = None
    account: str = ""
    year_starts: int = 1

    def dates(self, as_of: date) -> tuple[date | None, date | None]:
        """First and last day of the period, both inclusive."""
        if self.period == "custom":
            return self.start, self.end
        return preset_dates(self.period, as_of, self.year_starts)

    def values(self, dimension: str) -> tuple[str, ...]:
        """What the dimension is narrowed to; empty if it is not."""
        return dict(self.filters).get(dimension, ())

    def narrowed(self, dimension: str, values: tuple[str, ...]) -> "Choice":
        """The same choice with this filter on `dimension`, or without one for no values."""
        kept = tuple(pair for pair in self.filters if pair[0] != dimension)
        return replace(self, filters=(*kept, (dimension, values)) if values else kept)

    def turned(self, name: str, value: str) -> "Choice":
        """The same choice with this switch so; "" turns it off, back to its default."""
        kept = tuple(pair for pair in self.switches if pair[0] != name)
        return replace(self, switches=(*kept, (name, value)) if value else kept)

    def switch(self, name: str, default: str) -> str:
        return dict(self.switches).get(name, default)

    def scope(self, as_of: date, *, has_targets: bool, by: str | None = None) -> Scope:
        """The scope of the page's questions, split by `by`; "target" splits only where both sides are shown."""
        start, end = self.dates(as_of)
        filters = self.filters
        if has_targets and self.show != "both":
            filters = (*filters, ("target", (self.show,)))
        by = None if by == "target" and (self.show != "both" or not has_targets) else by
        return Scope(filters=filters, start=start, end=end, by=by)

    @property
    def compares_periods(self) -> bool:
        """Whether figures stand against those of another period: neither against their goals nor alone."""
        return self.compare in (AUTO, *PERIODS)

    def compared(self, scope: Scope, metric: Metric) -> Scope:
        """The scope with the other period chosen, where this metric and period allow one."""
        if not self.compares_periods or scope.start is None or metric.clock == "as_of" or metric.compare == "none":
            return scope
        return replace(scope, compare=self.other_period())

    def other_period(self) -> Literal["previous", "last-year"]:
        """The other period; last year's where none is chosen."""
        return "previous" if self.compare == "previous" else "last-year"

    def undated(self) -> "Choice":
        """The same choice of what is as it is today: without period, comparison and split."""
        return replace(self, period="all", start=None, end=None, compare="none", split=NO_SPLIT)

    def settled(self, as_of: date, first_day: date | None) -> "Choice":
        """The same choice with a comparison that the data can carry, or none."""
        wanted = ("last-year", "previous") if self.compare == AUTO else (self.compare,)
        usable = [other for other in wanted if self._reaches(as_of, first_day, other)]
        apart = [other for other in usable if other not in PERIODS or not self.shared_days(as_of, other)]
        return replace(self, compare=next(iter([*apart, *usable]), "none"))

    def _reaches(self, as_of: date, first_day: date | None, compare: str) -> bool:
        """Whether the data reach back over the period compared with, all but a tenth of it."""
        if compare == "goal":
            return True
        start = self.dates(as_of)[0]
        if compare == "none" or start is None:
            return False
        first, last = self.compared_days(as_of, compare)
        return first_day is None or (first_day - first).days <= (last - first).days / 10

    def compared_days(self, as_of: date, compare: str) -> tuple[date, date]:
        """First and last day of the period compared with."""
        scope = compared_scope(*self._compared(as_of, compare))
        assert scope.start, "a comparison is with a period"
        return scope.start, scope.end or as_of

    def shared_days(self, as_of: date, compare: str) -> tuple[date, date] | None:
        """First and last day that are in the period and in the one compared with; None where they are apart."""
        return shared_days(*self._compared(as_of, compare))

    def _compared(self, as_of: date, compare: str) -> tuple[Scope, date, Literal["previous", "last-year"]]:
        start, end = self.dates(as_of)
        return Scope(start=start, end=end), as_of, replace(self, compare=compare).other_period()
