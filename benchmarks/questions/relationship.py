"""With how many people, how deeply and how lately accounts engage."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import POINTS, RESPONSE, responses
from benchmarks.questions.question import Question

TOUCHED = f"""account_id IS NOT NULL
            AND (({RESPONSE}) OR coalesce(is_done, TRUE) AND kind IN ('meeting', 'call'))"""
WORTH = "CASE kind " + " ".join(f"WHEN '{kind}' THEN {points}" for kind, points in POINTS.items()) + " END"
WINDOW, DEEP = 90, 10


def _earning_sql(asked: Asked) -> str:
    return f"occurred_on <= {day(asked.as_of)} AND {TOUCHED}"


def _touched(tables: Frames, asked: Asked) -> pd.DataFrame:
    """Visits, responses, meetings held and calls connected of accounts, also those without a day."""
    touches = tables["activities"]
    talks = touches["is_done"] & touches["kind"].isin(["meeting", "call"]) & touches["account_id"].notna()
    talks &= touches["occurred_on"].isna() | (touches["occurred_on"] <= asked.last)
    return pd.concat([responses(tables, asked, undated=True), touches[talks]])


def _earning(tables: Frames, asked: Asked) -> pd.DataFrame:
    """As `_touched`, of known days, with their points."""
    both = _touched(tables, asked)
    both = both[both["occurred_on"].notna()]
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
          WHERE {TOUCHED} AND (occurred_on IS NULL OR occurred_on <= {day(asked.as_of)})
            AND {asked.within("occurred_on")}
          GROUP BY account_id
        ) e ON e.account_id = a.account_id
        GROUP BY segment"""


def _people_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = _touched(tables, asked)
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


LEVELS = (
    (0.8, r"\b(vp|svp|evp)\b|vice president"),
    (1.0, r"\b(chief|ceo|cfo|coo|cto|cio|cmo|cro|ciso|president|founder)\b|managing director"),
    (0.6, r"\b(director|head)\b"),
    (0.4, r"\b(manager|lead)\b"),
    (0.2, r"\S"),
)
NO_EXCHANGE = ("ad_impression", "campaign_sent", "email_open", "task", "note")
SENT = ("email_sent", "direct_mail")
PARTS = {"recency": 30, "frequency": 25, "two_way": 15, "depth": 15, "seniority": 15}


def _strength_sql(asked: Asked) -> str:
    age = f"date_diff('day', occurred_on, {day(asked.as_of)})"
    level = " ".join(f"WHEN regexp_matches(lower(title), '{words}') THEN {worth}" for worth, words in LEVELS)
    known = " + ".join(f"if({part} IS NULL, 0, {weight})" for part, weight in PARTS.items())
    summed = " + ".join(f"{weight} * coalesce({part}, 0)" for part, weight in PARTS.items())
    return f"""
        WITH met AS (
          SELECT account_id, contact_id, {age} AS age, {WORTH} AS worth,
            {WORTH} * greatest(0, 1 - {age} / {WINDOW}) AS points
          FROM model.activities
          WHERE {_earning_sql(asked)}
        ), rhythm AS (
          SELECT account_id, greatest(0, 1 - min(age) / {WINDOW}) AS recency,
            count(DISTINCT CASE WHEN age < 91 THEN age // 7 END) / 13 AS frequency,
            coalesce(sum(points) FILTER (WHERE worth >= {DEEP}), 0) / nullif(sum(points), 0) AS depth
          FROM met GROUP BY account_id
        ), exchange AS (
          SELECT account_id, least(count_if(direction = 'in'), count_if(direction = 'out'))
            / nullif(greatest(count_if(direction = 'in'), count_if(direction = 'out')), 0) AS two_way
          FROM model.activities
          WHERE coalesce(is_done, TRUE) AND {age} BETWEEN 0 AND {WINDOW - 1} AND kind NOT IN {NO_EXCHANGE}
            AND NOT (kind IN {SENT} AND coalesce(side, 'sales') = 'marketing')
          GROUP BY account_id
        ), people AS (
          SELECT m.account_id, max(CASE {level} END) AS seniority
          FROM met m JOIN model.contacts c ON c.contact_id = m.contact_id
          WHERE m.age < {WINDOW} GROUP BY m.account_id
        ), parts AS (
          SELECT {asked.segment("a.target")} AS segment, r.*, e.two_way, p.seniority
          FROM model.accounts a
          JOIN rhythm r ON r.account_id = a.account_id
          LEFT JOIN exchange e ON e.account_id = a.account_id
          LEFT JOIN people p ON p.account_id = a.account_id
        )
        SELECT segment, median(100 * ({summed}) / ({known})) AS value, count(*) AS n,
          {", ".join(f"median({part}) AS {part}" for part in PARTS)},
          count_if(two_way IS NULL OR depth IS NULL OR seniority IS NULL) AS partial_n
        FROM parts GROUP BY segment"""


def _strength_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = _earning(tables, asked)
    points = touches["worth"] * touches["left"]
    told = touches.assign(
        week=(touches["age"] // 7).where(touches["age"] < 91, np.nan), points=points,
        deep=points.where(touches["worth"] >= DEEP, 0.0),
    ).groupby("account_id")  # fmt: skip
    told = told.agg(recency=("left", "max"), weeks=("week", "nunique"), points=("points", "sum"), deep=("deep", "sum"))
    near = touches[touches["age"] < WINDOW].merge(_levels(tables["contacts"]), on="contact_id")
    told = told.assign(
        frequency=told["weeks"] / 13, depth=told["deep"] / told["points"].where(told["points"] > 0),
        two_way=_exchange(tables, asked), seniority=near.groupby("account_id")["level"].max(),
    )  # fmt: skip
    weights = pd.Series(PARTS)
    parts = told[list(PARTS)]
    score = 100 * parts.fillna(0).mul(weights).sum(axis=1) / parts.notna().mul(weights).sum(axis=1)
    accounts = tables["accounts"].assign(segment=_segments(tables["accounts"], asked))
    own = accounts.merge(parts.assign(value=score, missing=parts.isna().any(axis=1)), on="account_id")
    by = own.groupby("segment")
    return by[["value", *PARTS]].median().assign(n=by.size(), partial_n=by["missing"].sum()).reset_index()


def _levels(contacts: pd.DataFrame) -> pd.DataFrame:
    """Contacts with a title, by the first of the words that it has."""
    title = contacts["title"].astype("string").str.lower()
    level = pd.Series(np.nan, index=contacts.index)
    for worth, words in reversed(LEVELS):
        level = level.mask(title.str.contains(words.replace("(", "(?:")).fillna(False).astype(bool), worth)
    return contacts[["contact_id"]].assign(level=level)


def _exchange(tables: Frames, asked: Asked) -> pd.Series:
    """The smaller ÷ the larger of what came in and what went out in the window, by account."""
    touches = tables["activities"]
    age = (asked.last - touches["occurred_on"]).dt.days
    sent = touches["kind"].isin(SENT) & (touches["side"] == "marketing")
    kept = touches[touches["is_done"] & age.between(0, WINDOW - 1) & ~touches["kind"].isin(NO_EXCHANGE) & ~sent]
    came, went = ((kept["direction"] == way).groupby(kept["account_id"]).sum() for way in ("in", "out"))
    both = pd.concat([came, went], axis=1)
    return both.min(axis=1) / both.max(axis=1).where(both.max(axis=1) > 0)


QUESTIONS = (
    Question("account_penetration", ("segment",), ("value", "n", "single_threaded"), _people_sql, _people_frame),
    Question("engagement_quality", ("segment",), ("value", "n", "points"), _quality_sql, _quality_frame),
    Question(
        "relationship_strength", ("segment",), ("value", "n", *PARTS, "partial_n"), _strength_sql, _strength_frame
    ),
)  # fmt: skip
