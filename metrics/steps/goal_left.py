"""How far the pipeline covers what is left of a goal."""

from datetime import date, timedelta

import pandas as pd

from metrics.catalog import find_metric
from metrics.errors import QuestionError
from metrics.goals import goal_of
from metrics.steps.behind import Behind

OF = "won_revenue"
NO_GOAL = (
    "There is no goal for won_revenue in this period and scope: without one nothing says what the pipeline must cover."
)
REACHED = "The goal is reached: nothing of it is left to be covered."


def goal_left(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with `goal`, that of won revenue, and `value` = expected ÷ (goal − won); NaN where nothing is left.

    Warns where no row has a goal, where a filter leaves a part that no goal can name, and where a goal is reached.
    """
    if frame.empty:
        return frame
    days = behind.select("SELECT period, starts_on, ends_before, is_whole FROM periods")
    bounds = {
        _label(row["period"]): (None, None) if row["is_whole"] else (_day(row["starts_on"]), _last(row["ends_before"]))
        for row in days.to_dict("records")
    }
    try:
        goals = [
            goal_of(behind.snapshot, find_metric(OF), behind.scope, str(row.segment), *bounds[_label(row.period)])
            for row in frame.itertuples()
        ]
    except QuestionError as error:
        behind.warn(str(error))
        return frame
    found = frame.assign(goal=pd.Series(goals, index=frame.index, dtype="float64"))
    left = found["goal"] - found["won"].astype(float).fillna(0.0)
    if found["goal"].isna().all():
        behind.warn(NO_GOAL)
    if (left <= 0).any():
        behind.warn(REACHED)
    return found.assign(value=found["expected"].astype(float).fillna(0.0) / left.where(left > 0))


def _label(period: object) -> str | None:
    return None if pd.isna(period) else str(period)  # type: ignore[call-overload]


def _day(value: object) -> date:
    return pd.Timestamp(str(value)).date()


def _last(ends_before: object) -> date:
    return _day(ends_before) - timedelta(days=1)
