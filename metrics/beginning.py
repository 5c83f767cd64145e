"""From which day on there is something to count."""

from datetime import date

import pandas as pd

from metrics.engines import Snapshot

STRAY = 0.01
"""This share of all deals, opened in months before the others, does not make a beginning."""


def first_day(snapshot: Snapshot) -> date | None:
    """The day on which the first deal was opened of the month from which on there are deals, stray ones aside.

    Without deals the first day of anything in the data; None where the snapshot names none.
    """
    days = snapshot.run(
        "SELECT opened_on AS day, count(*) AS n FROM model.opportunities WHERE opened_on <= $as_of "
        "GROUP BY opened_on ORDER BY opened_on",
        {"as_of": snapshot.as_of},
    )
    if days.empty:
        told = snapshot.about.get("first_day")
        return date.fromisoformat(told) if told else None
    opened = pd.DatetimeIndex(days["day"])
    monthly = days["n"].groupby(opened.to_period("M")).sum()
    begins = monthly.index[monthly.cumsum() / monthly.sum() > STRAY][0]
    return opened[opened >= begins.start_time][0].date()
