"""From which day on there is something to count."""

from datetime import date

import pandas as pd

from metrics.engines import Snapshot

STRAY = 0.01
"""This share of all deals, opened in months before the others, does not make a beginning."""


def first_day(snapshot: Snapshot) -> date | None:
    """The day on which the first deal was opened of the month from which on there are deals, stray ones aside.

    A deal that an import created may have closed before: its closing then stands for its opening. Without deals the
    first day of anything in the data; None where the snapshot names none.
    """
    days = _days(snapshot)
    if days.empty:
        told = snapshot.about.get("first_day")
        return date.fromisoformat(told) if told else None
    opened = pd.DatetimeIndex(days["day"])
    monthly = days["n"].groupby(opened.to_period("M")).sum()
    begins = monthly.index[monthly.cumsum() / monthly.sum() > STRAY][0]
    return opened[opened >= begins.start_time][0].date()


def stray_deals(snapshot: Snapshot) -> int:
    """How many deals are of days before `first_day`: figures of their days count them all the same."""
    begins, days = first_day(snapshot), _days(snapshot)
    return 0 if begins is None else int(days.loc[pd.DatetimeIndex(days["day"]) < pd.Timestamp(begins), "n"].sum())


def _days(snapshot: Snapshot) -> pd.DataFrame:
    """day, n: on how many deals it was the first day told, until the as-of day."""
    return snapshot.run(
        "SELECT day, count(*) AS n FROM (SELECT CASE WHEN opening_known OR closed_on > opened_on OR closed_on IS NULL "
        "THEN opened_on ELSE closed_on END AS day FROM model.opportunities) dated WHERE day <= $as_of "
        "GROUP BY day ORDER BY day",
        {"as_of": snapshot.as_of},
    )
