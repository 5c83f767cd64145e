"""With how many people, how deeply and how lately accounts engage."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import POINTS, RESPONSE, responses
from benchmarks.questions.question import Question

EARNING = f"""occurred_on <= {{last}} AND account_id IS NOT NULL
            AND (({RESPONSE}) OR coalesce(is_done, TRUE) AND kind IN ('meeting', 'call'))"""
WORTH = "CASE kind " + " ".join(f"WHEN '{kind}' THEN {points}" for kind, points in POINTS.items()) + " END"
WINDOW, DEEP = 90, 10


def _earning_sql(asked: Asked) -> str:
    return EARNING.format(last=day(asked.as_of))


def _earning(tables: Frames, asked: Asked) -> pd.DataFrame:
    """Visits, responses, meetings held and calls connected of accounts, with their points."""
    touches = tables["activities"]
    talks = touches["is_done"] & touches["kind"].isin(["meeting", "call"]) & touches["account_id"].notna()
    both = pd.concat([responses(tables, asked), touches[talks & (touches["occurred_on"] <= asked.last)]])
    age = (asked.last - both["occurred_on"]).dt.days
    return both.assign(worth=both["kind"].astype(str).map(POINTS), age=age, left=(1 - age / WINDOW).clip(lower=0))


def _people_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("a.target")} AS segment, median(coalesce(e.people, 0)) AS value, count(*) AS n,
          avg(CASE WHEN coalesce(e.people, 0) <= 1 THEN 1.0 ELSE 0 END) AS single_threaded
        FROM model.accounts a
        LEFT JOIN (
          SELECT account_id, count(DISTINCT contact_id) AS people
          FROM model.activities
          WHERE {_earning_sql(asked)} AND {asked.within("occurred_on")}
          GROUP BY account_id
        ) e ON e.account_id = a.account_id
        GROUP BY segment"""


def _people_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = _earning(tables, asked)
    people = touches[asked.inside(touches["occurred_on"])].groupby("account_id")["contact_id"].nunique()
    accounts = tables["accounts"]
    counted = accounts.assign(people=accounts["account_id"].map(people).fillna(0), segment=_segments(accounts, asked))
    found = counted.assign(single=counted["people"] <= 1).groupby("segment")
    return found.agg(value=("people", "median"), n=("people", "size"), single_threaded=("single", "mean")).reset_index()


def _segments(accounts: pd.DataFrame, asked: Asked) -> pd.Series:
    return accounts.assign(segment=asked.segments(accounts["target"]))["segment"]


def _quality_sql(asked: Asked) -> str:
    return f"""
        WITH earned AS (
          SELECT account_id, {WORTH} AS worth, ({RESPONSE}) AS is_response,
            {WORTH} * greatest(0, 1 - date_diff('day', occurred_on, {day(asked.as_of)}) / {WINDOW}) AS points
          FROM model.activities
          WHERE {_earning_sql(asked)} AND {asked.within("occurred_on")}
        ), deep AS (
          SELECT account_id, sum(points) AS points, coalesce(sum(points) FILTER (WHERE worth >= {DEEP}), 0) AS deep
          FROM earned GROUP BY account_id HAVING bool_or(is_response) AND sum(points) > 0
        )
        SELECT {asked.segment("a.target")} AS segment, median(d.deep / d.points) AS value, count(*) AS n,
          median(d.points) AS points
        FROM model.accounts a JOIN deep d ON d.account_id = a.account_id
        GROUP BY segment"""


def _quality_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = _earning(tables, asked)
    touches = touches[asked.inside(touches["occurred_on"])]
    touches = touches[touches["account_id"].isin(touches.loc[~touches["kind"].isin(["meeting", "call"]), "account_id"])]
    points = touches["worth"] * touches["left"]
    parts = touches.assign(points=points, deep=points.where(touches["worth"] >= DEEP, 0.0))
    summed = parts.groupby("account_id")[["points", "deep"]].sum()
    summed = summed[summed["points"] > 0]
    accounts = tables["accounts"].assign(segment=_segments(tables["accounts"], asked))
    own = accounts.merge(summed.assign(depth=summed["deep"] / summed["points"]), on="account_id")
    return (
        own.groupby("segment")
        .agg(value=("depth", "median"), n=("depth", "size"), points=("points", "median"))
        .reset_index()
    )


def _strength_sql(asked: Asked) -> str:
    age = f"date_diff('day', occurred_on, {day(asked.as_of)})"
    return f"""
        SELECT {asked.segment("a.target")} AS segment, median(r.recency) AS recency, count(*) AS n,
          median(r.weeks / 13) AS frequency
        FROM model.accounts a
        JOIN (
          SELECT account_id, greatest(0, 1 - min({age}) / {WINDOW}) AS recency,
            count(DISTINCT CASE WHEN {age} < 91 THEN {age} // 7 END) AS weeks
          FROM model.activities
          WHERE {_earning_sql(asked)}
          GROUP BY account_id
        ) r ON r.account_id = a.account_id
        GROUP BY segment"""


def _strength_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = _earning(tables, asked)
    week = (touches["age"] // 7).where(touches["age"] < 91, np.nan)
    by_account = touches.assign(week=week).groupby("account_id")
    told = by_account.agg(recency=("left", "max"), weeks=("week", "nunique"))
    accounts = tables["accounts"].assign(segment=_segments(tables["accounts"], asked))
    own = accounts.merge(told.assign(frequency=told["weeks"] / 13), on="account_id")
    return own.groupby("segment").agg(recency=("recency", "median"), n=("recency", "size"),
                                      frequency=("frequency", "median")).reset_index()  # fmt: skip


QUESTIONS = (
    Question("account_penetration", ("segment",), ("value", "n", "single_threaded"), _people_sql, _people_frame),
    Question("engagement_quality", ("segment",), ("value", "n", "points"), _quality_sql, _quality_frame),
    Question("relationship_strength", ("segment",), ("n", "recency", "frequency"), _strength_sql, _strength_frame),
)  # fmt: skip
