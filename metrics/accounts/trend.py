"""How an account's figures came to be what they are: the same figures on thirteen days, thirty apart."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

POINTS, STEP, TREND_BEFORE = 13, 30, 3
"""Days of a line, days between two of them, and how many of them ago the figure is compared with: 90 days."""


def account_trend(
    worth: pd.DataFrame, deals: pd.DataFrame, stages: pd.DataFrame, *, as_of: date, window: int, known_from: date | None
) -> pd.DataFrame:
    """day, points, people, open_amount, days_in_stage: a row a day, the last the as-of day; NULL before `known_from`.

    `worth`: occurred_on, contact_id, worth of scored touches. Points fade over `window` days, people are those of its
    touches, as in the list of accounts. Deals count with today's amounts from opening to closing; of those open on a
    day, `days_in_stage` is the longest stay in a stage so far.
    """
    days = [as_of - timedelta(days=STEP * ago) for ago in range(POINTS - 1, -1, -1)]
    known = [day for day in days if known_from is None or day >= known_from]
    rows = [{"day": day, **_engaged(worth, day, window), **_standing(deals, stages, day, as_of)} for day in known]
    names = ["points", "people", "open_amount", "days_in_stage"]
    found = pd.DataFrame(rows, columns=["day", *names]).set_index("day")[names].astype(float)
    return found.reindex(days).rename_axis("day").reset_index()


def _engaged(worth: pd.DataFrame, day: date, window: int) -> dict[str, Any]:
    age = (pd.Timestamp(day) - pd.to_datetime(worth["occurred_on"])).dt.days
    recent = worth[(age >= 0) & (age < window)]
    points = (recent["worth"] * (1 - age[recent.index] / window)).sum()
    return {"points": float(points), "people": recent["contact_id"].nunique()}


def _standing(deals: pd.DataFrame, stages: pd.DataFrame, day: date, as_of: date) -> dict[str, Any]:
    at, now = pd.Timestamp(day), pd.Timestamp(as_of)
    opened, closed = pd.to_datetime(deals["opened_on"]), pd.to_datetime(deals["closed_on"])
    is_open = (opened.isna() | (opened <= at)) & ((deals["outcome"] == "open") | ((closed > at) & (closed <= now)))
    entered, left = pd.to_datetime(stages["entered_on"]), pd.to_datetime(stages["exited_on"])
    there = (entered <= at) & ((left > at) | left.isna()) & ~stages["is_closing"].astype(bool)
    stays = there & stages["opportunity_id"].isin(deals.loc[is_open, "opportunity_id"])
    age = (at - entered[stays]).dt.days.max()
    amount = deals.loc[is_open, "amount"].astype(float).sum(min_count=1)
    return {"open_amount": amount if is_open.any() else 0.0, "days_in_stage": age}
