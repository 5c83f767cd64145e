"""The two scopes that every metric is asked in, in the words of the product, of SQL and of pandas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from metrics import Scope

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Asked:
    """All there is, or one year by target account. `as_of` is the last day of both."""

    name: str
    as_of: date
    start: date | None = None
    by_target: bool = False

    def scope(self) -> Scope:
        return Scope(start=self.start, end=self.as_of if self.start else None, by="target" if self.by_target else None)

    def segment(self, flag: str) -> str:
        """SQL: the segment of a row whose `flag` says whether it is a target's."""
        return f"CASE WHEN {flag} THEN 'target' ELSE 'rest' END" if self.by_target else "'All'"

    def within(self, column: str) -> str:
        """SQL: whether a date is in the period; rows without one stay in where there is no period."""
        return f"{column} BETWEEN {day(self.start)} AND {day(self.as_of)}" if self.start else "TRUE"

    def segments(self, flags: pd.Series) -> "pd.Series | str":
        """pandas: as `segment`."""
        return flags.map({True: "target", False: "rest"}) if self.by_target else "All"

    def inside(self, dates: pd.Series) -> pd.Series:
        """pandas: as `within`."""
        if self.start is None:
            return pd.Series(True, index=dates.index)
        return dates.between(pd.Timestamp(self.start), pd.Timestamp(self.as_of))

    @property
    def last(self) -> pd.Timestamp:
        return pd.Timestamp(self.as_of)


def day(moment: date) -> str:
    """A date as SQL."""
    return f"DATE '{moment}'"


def both_scopes(as_of: date) -> tuple[Asked, Asked]:
    """Everything, and the year up to the as-of day split by target."""
    tomorrow = as_of + timedelta(days=1)
    year_before = tomorrow.replace(year=tomorrow.year - 1)
    return Asked("everything", as_of), Asked("one year by target", as_of, start=year_before, by_target=True)
