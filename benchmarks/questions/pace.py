"""How fast and how steadily: sales velocity and velocity predictability."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question


def _since(asked: Asked) -> pd.Timestamp:
    """The first day of the closings: of the period, else of the 365 days to the as-of day."""
    return pd.Timestamp(asked.start) if asked.start else asked.last - pd.Timedelta(days=364)


def _sales_sql(asked: Asked) -> str:
    return f"""
        WITH closed AS (
          SELECT {asked.segment("target")} AS segment, outcome, value,
            if(outcome = 'won' AND opening_known AND closed_on >= opened_on, closed_on - opened_on, NULL) AS days
          FROM model.opportunities
          WHERE outcome IN ('won', 'lost') AND closed_on BETWEEN {day(_since(asked).date())} AND {day(asked.as_of)}
        ), pace AS (
          SELECT segment, count_if(outcome = 'won') / count(*) AS win_rate,
            avg(value) FILTER (WHERE outcome = 'won') AS deal_size, avg(days) AS days
          FROM closed GROUP BY segment
        ), ahead AS (
          SELECT {asked.segment("target")} AS segment, count(*) AS deals
          FROM model.opportunities
          WHERE outcome = 'open' AND (opened_on IS NULL OR opened_on <= {day(asked.as_of)})
          GROUP BY 1
        )
        SELECT segment, deals * win_rate * deal_size / days AS value, deals AS n, deals, win_rate, deal_size, days
        FROM ahead JOIN pace USING (segment)"""


def _sales_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals.assign(segment=asked.segments(deals["target"]))
    closed = deals[deals["outcome"].isin(("won", "lost")) & deals["closed_on"].between(_since(asked), asked.last)]
    won = closed[closed["outcome"] == "won"]
    days = (won["closed_on"] - won["opened_on"]).dt.days
    ahead = deals[(deals["outcome"] == "open") & ~(deals["opened_on"] > asked.last)]
    found = pd.DataFrame({
        "deals": ahead.groupby("segment").size(),
        "win_rate": (closed["outcome"] == "won").groupby(closed["segment"]).mean(),
        "deal_size": won.groupby("segment")["value"].mean(),
        "days": days[days >= 0].groupby(won["segment"]).mean(),
    })  # fmt: skip
    value = found["deals"] * found["win_rate"] * found["deal_size"] / found["days"]
    return found.assign(value=value, n=found["deals"]).rename_axis("segment").reset_index()


def _steady_sql(asked: Asked) -> str:
    return f"""
        WITH spells AS (
          SELECT {asked.segment("target")} AS segment, 'All' AS stage, CAST(closed_on - opened_on AS DOUBLE) AS days
          FROM model.opportunities
          WHERE outcome = 'won' AND opening_known AND closed_on >= opened_on AND closed_on <= {day(asked.as_of)}
            AND {asked.within("closed_on")}
          UNION ALL
          SELECT {asked.segment("o.target")}, v.stage, v.days
          FROM model.stage_visits v JOIN model.opportunities o USING (opportunity_id)
          WHERE NOT v.is_closing AND v.days >= 0 AND v.exited_on <= {day(asked.as_of)} AND {asked.within("v.exited_on")}
        )
        SELECT segment, stage, count(*) AS n, median(days) AS median_days,
          CASE WHEN n >= 8
            THEN (quantile_cont(days, 0.75) - quantile_cont(days, 0.25)) / nullif(median(days), 0) END AS value,
          CASE WHEN n >= 8 THEN stddev_samp(days) / nullif(avg(days), 0) END AS cv
        FROM spells GROUP BY segment, stage"""


def _steady_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals, visits = tables["opportunities"], tables["stage_visits"]
    won = deals[(deals["outcome"] == "won") & asked.inside(deals["closed_on"]) & (deals["closed_on"] <= asked.last)]
    won = won.assign(stage="All", days=(won["closed_on"] - won["opened_on"]).dt.days)
    left = visits[~visits["is_closing"] & (visits["exited_on"] <= asked.last) & asked.inside(visits["exited_on"])]
    left = left.merge(deals[["opportunity_id", "target"]], on="opportunity_id")
    spells = pd.concat([won[["stage", "days", "target"]], left[["stage", "days", "target"]].astype({"stage": object})])
    spells = spells[spells["days"] >= 0]
    days = spells.assign(segment=asked.segments(spells["target"])).groupby(["segment", "stage"])["days"]
    found = pd.DataFrame({"n": days.size(), "median_days": days.median()})
    spread = (days.quantile(0.75) - days.quantile(0.25)) / found["median_days"].where(found["median_days"] > 0)
    enough = found["n"] >= 8
    return found.assign(value=spread.where(enough), cv=(days.std() / days.mean()).where(enough)).reset_index()


QUESTIONS = (
    Question(
        "sales_velocity",
        ("segment",),
        ("value", "n", "deals", "win_rate", "deal_size", "days"),
        _sales_sql,
        _sales_frame,
    ),
    Question(
        "velocity_predictability", ("segment", "stage"), ("value", "n", "median_days", "cv"), _steady_sql, _steady_frame
    ),
)
