"""Sellers side by side."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.lists import A_TOUCH, touches_of_people, visits_with_deals
from benchmarks.questions.question import Question


def _owners_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH deals AS (
          SELECT {asked.segment("target")} AS segment, coalesce(owner, '(none)') AS owner, opportunity_id, account_id,
            value, outcome, opened_on, closed_on
          FROM model.opportunities
        ), closed AS (
          SELECT segment, owner, sum(value) FILTER (WHERE outcome = 'won') AS value, count(*) AS deals,
            count_if(outcome = 'won') AS won, count_if(outcome IN ('won', 'lost')) AS judged,
            median(closed_on - opened_on) FILTER (WHERE outcome = 'won' AND closed_on BETWEEN opened_on AND {last})
              AS median_days
          FROM deals
          WHERE outcome <> 'open' AND {asked.within("closed_on")}
          GROUP BY segment, owner
        ), touches AS (
          SELECT opportunity_id, account_id, count(*) AS n
          FROM model.activities
          WHERE side = 'sales' AND {A_TOUCH} AND occurred_on <= {last} AND {asked.within("occurred_on")}
          GROUP BY opportunity_id, account_id
        ), worked AS (
          SELECT segment, owner, sum(n) AS activities
          FROM (
            SELECT d.segment, d.owner, t.n FROM touches t JOIN deals d ON d.opportunity_id = t.opportunity_id
            UNION ALL
            SELECT d.segment, d.owner, t.n
            FROM touches t
            JOIN (SELECT DISTINCT segment, owner, account_id FROM deals) d ON d.account_id = t.account_id
            WHERE t.opportunity_id IS NULL
          )
          GROUP BY segment, owner
        ), limits AS (
          SELECT pipeline, stage, quantile_cont(days, 0.9) AS limit_days
          FROM model.stage_visits
          WHERE NOT is_closing AND days >= 0 AND exited_on <= {last}
          GROUP BY pipeline, stage
          HAVING count(*) >= 20
        ), stalled AS (
          SELECT d.segment, d.owner, count(*) AS stalled_n
          FROM model.stage_visits v
          JOIN limits l ON l.pipeline = v.pipeline AND l.stage = v.stage
          JOIN deals d ON d.opportunity_id = v.opportunity_id
          WHERE v.is_open AND l.limit_days < if(v.enters_dates_only, {last} - v.entered_on,
            epoch({last} + INTERVAL 1 DAY - v.entered_at) / 86400)
          GROUP BY d.segment, d.owner
        )
        SELECT c.segment, c.owner, c.value, s.team, c.won / c.judged AS win_rate, c.deals,
          coalesce(w.activities, 0) AS activities, c.median_days, coalesce(x.stalled_n, 0) AS stalled_n
        FROM closed c
        LEFT JOIN worked w ON w.segment = c.segment AND w.owner = c.owner
        LEFT JOIN stalled x ON x.segment = c.segment AND x.owner = c.owner
        LEFT JOIN model.owners s ON s.owner = c.owner"""


def _owners_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals.assign(segment=asked.segments(deals["target"]), owner=deals["owner"].astype(object).fillna("(none)"))
    by = ["segment", "owner"]
    closed = deals[(deals["outcome"] != "open") & asked.inside(deals["closed_on"])]
    won = closed["outcome"] == "won"
    days = (closed["closed_on"] - closed["opened_on"]).dt.days
    timed = won & (days >= 0) & (closed["closed_on"] <= asked.last)
    grouped = closed.assign(
        won=won,
        judged=closed["outcome"].isin(("won", "lost")),
        amount=closed["value"].where(won),
        days=days.where(timed),
    ).groupby(by)
    found = grouped.agg(
        won=("won", "sum"), judged=("judged", "sum"), deals=("won", "size"), median_days=("days", "median")
    )
    found["value"], found["win_rate"] = grouped["amount"].sum(min_count=1), found["won"] / found["judged"]
    touches = touches_of_people(tables, asked)
    touches = touches[(touches["side"] == "sales") & asked.inside(touches["occurred_on"])]
    own = touches.groupby("opportunity_id").size().rename("n").reset_index()
    other = touches[touches["opportunity_id"].isna()].groupby("account_id").size().rename("n").reset_index()
    worked = pd.concat([
        own.merge(deals[[*by, "opportunity_id"]], on="opportunity_id"),
        other.merge(deals[[*by, "account_id"]].drop_duplicates(), on="account_id"),
    ])  # fmt: skip
    stays = visits_with_deals(tables, asked)
    stalled = stays[stays["is_open"] & (stays["age"] > stays["limit_days"])]
    stalled = stalled.assign(
        segment=asked.segments(stalled["target"]), owner=stalled["owner"].astype(object).fillna("(none)")
    )
    found = found.join(worked.groupby(by)["n"].sum().rename("activities")).join(
        stalled.groupby(by).size().rename("stalled_n")
    )
    counts = ["activities", "stalled_n"]
    found[counts] = found[counts].fillna(0)
    return found.reset_index().merge(tables["owners"].astype(object), on="owner", how="left").replace({np.nan: None})


QUESTIONS = (
    Question(
        "owner_performance", ("segment", "owner"),
        ("value", "team", "win_rate", "deals", "activities", "median_days", "stalled_n"), _owners_sql, _owners_frame,
    ),
)  # fmt: skip
