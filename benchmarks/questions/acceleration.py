"""Whether deals that engage more in their first days are won sooner. The log-rank p is the product's alone."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import POINTS, RESPONSE, responses
from benchmarks.questions.question import Question

LANDMARK = 30


def _acceleration_sql(asked: Asked) -> str:
    worth = " ".join(f"WHEN '{kind}' THEN {points}" for kind, points in POINTS.items())
    return f"""
        WITH followed AS (
          SELECT opportunity_id, account_id, {asked.segment("target")} AS segment, opened_on, outcome = 'won' AS is_won,
            if(outcome = 'open', {day(asked.as_of)}, closed_on) - opened_on - {LANDMARK} AS days
          FROM model.opportunities
          WHERE opening_known AND {asked.within("opened_on")} AND days > 0
            AND (outcome = 'open' OR closed_on <= {day(asked.as_of)})
        ), touches AS (
          SELECT account_id, opportunity_id, occurred_on, CASE kind {worth} END AS points
          FROM model.activities
          WHERE occurred_on <= {day(asked.as_of)}
            AND (({RESPONSE.replace("AND account_id IS NOT NULL", "")})
              OR coalesce(is_done, TRUE) AND kind IN ('meeting', 'call'))
        ), early AS (
          SELECT f.opportunity_id, t.points
          FROM followed f JOIN touches t ON t.opportunity_id = f.opportunity_id
            AND t.occurred_on >= f.opened_on AND t.occurred_on < f.opened_on + {LANDMARK}
          UNION ALL
          SELECT f.opportunity_id, t.points
          FROM followed f JOIN touches t ON t.opportunity_id IS NULL AND t.account_id = f.account_id
            AND t.occurred_on >= f.opened_on AND t.occurred_on < f.opened_on + {LANDMARK}
        ), earned AS (
          SELECT f.*, coalesce(e.points, 0) / {LANDMARK} AS points
          FROM followed f
          LEFT JOIN (SELECT opportunity_id, sum(points) AS points FROM early GROUP BY opportunity_id) e
            ON e.opportunity_id = f.opportunity_id
        ), halves AS (
          SELECT *, points > median(points) OVER (PARTITION BY segment) AS is_upper FROM earned
        ), ranks AS (
          SELECT segment,
            rank() OVER (PARTITION BY segment ORDER BY points)
              + (count(*) OVER (PARTITION BY segment, points) - 1) / 2 AS points_rank,
            rank() OVER (PARTITION BY segment ORDER BY days)
              + (count(*) OVER (PARTITION BY segment, days) - 1) / 2 AS days_rank
          FROM halves WHERE is_won
        ), curve AS (
          SELECT segment, is_upper, days,
            product(1 - won / at_risk) OVER (PARTITION BY segment, is_upper ORDER BY days) AS survival
          FROM (
            SELECT segment, is_upper, days, count_if(is_won) AS won,
              sum(count(*)) OVER (PARTITION BY segment, is_upper ORDER BY days DESC) AS at_risk
            FROM halves GROUP BY segment, is_upper, days
          )
        ), medians AS (
          SELECT segment, min(days) FILTER (WHERE is_upper) AS upper_days,
            min(days) FILTER (WHERE NOT is_upper) AS lower_days
          FROM curve WHERE survival <= 0.5 GROUP BY segment
        )
        SELECT n.*, r.value, m.upper_days, m.lower_days
        FROM (
          SELECT segment, count_if(is_won) AS n, count(*) AS alive_n, count_if(is_upper) AS upper_n,
            count_if(NOT is_upper) AS lower_n
          FROM halves GROUP BY segment
        ) n
        LEFT JOIN (SELECT segment, corr(points_rank, days_rank) AS value FROM ranks GROUP BY segment) r USING (segment)
        LEFT JOIN medians m USING (segment)"""


def _acceleration_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    until = deals["closed_on"].where(deals["outcome"] != "open", asked.last)
    deals = deals.assign(
        segment=asked.segments(deals["target"]), is_won=deals["outcome"] == "won",
        days=(until - deals["opened_on"]).dt.days - LANDMARK,
    )  # fmt: skip
    usable = deals["opening_known"] & asked.inside(deals["opened_on"]) & (until <= asked.last) & (deals["days"] > 0)
    alive = deals[usable]
    points = _first_points(tables, asked, alive)
    alive = alive.assign(points=alive["opportunity_id"].map(points).fillna(0.0) / LANDMARK)
    alive = alive.assign(is_upper=alive["points"] > alive.groupby("segment")["points"].transform("median"))
    records = {segment: _link(own) for segment, own in alive.groupby("segment")}
    return pd.DataFrame.from_dict(records, orient="index").rename_axis("segment").reset_index()


def _first_points(tables: Frames, asked: Asked, deals: pd.DataFrame) -> pd.Series:
    """Points of the first days by deal: of touches on the deal, or on its account and no deal."""
    touches = tables["activities"]
    talks = touches["is_done"] & touches["kind"].isin(["meeting", "call"]) & (touches["occurred_on"] <= asked.last)
    earning = pd.concat([responses(tables, asked, of_accounts=False), touches[talks]])
    earning = earning.assign(worth=earning["kind"].astype(str).map(POINTS))[
        ["account_id", "opportunity_id", "occurred_on", "worth"]
    ]
    opened = deals[["opportunity_id", "account_id", "opened_on"]]
    on_deal = earning.drop(columns="account_id").dropna(subset="opportunity_id").merge(opened, on="opportunity_id")
    free = earning[earning["opportunity_id"].isna() & earning["account_id"].notna()].drop(columns="opportunity_id")
    both = pd.concat([on_deal, free.merge(opened, on="account_id")])
    age = (both["occurred_on"] - both["opened_on"]).dt.days
    return both[(age >= 0) & (age < LANDMARK)].groupby("opportunity_id")["worth"].sum()


def _link(deals: pd.DataFrame) -> dict[str, float | None]:
    won, upper = deals[deals["is_won"]], deals["is_upper"]
    return {
        "value": won["points"].rank().corr(won["days"].rank()), "n": len(won), "alive_n": len(deals),
        "upper_n": upper.sum(), "lower_n": (~upper).sum(), "upper_days": _median(deals[upper]),
        "lower_days": _median(deals[~upper]),
    }  # fmt: skip


def _median(deals: pd.DataFrame) -> float | None:
    """Kaplan–Meier: the first day by which half are won; those lost or open are followed until then."""
    life = deals.groupby("days")["is_won"].agg(["size", "sum"])
    survival = (1 - life["sum"] / life["size"][::-1].cumsum()[::-1]).cumprod()
    reached = survival.index[survival <= 0.5]
    return reached[0] if len(reached) else None


QUESTIONS = (
    Question(
        "engagement_acceleration", ("segment",),
        ("value", "n", "alive_n", "upper_n", "lower_n", "upper_days", "lower_days"), _acceleration_sql,
        _acceleration_frame,
    ),
)  # fmt: skip
