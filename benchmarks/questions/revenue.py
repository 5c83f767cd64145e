"""Sums and shares over deals: won revenue, deal size, deals created, win rate, loss reasons, open pipeline."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question


def _won_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("target")} AS segment, sum(value) AS value, count(value) AS n, count(*) AS deals
        FROM model.opportunities
        WHERE outcome = 'won' AND {asked.within("closed_on")}
        GROUP BY segment"""


def _won_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    won = _closed(tables, asked, "won")
    return won.groupby("segment")["value"].agg(value="sum", n="count", deals="size").reset_index()


def _closed(tables: Frames, asked: Asked, *outcomes: str) -> pd.DataFrame:
    deals = tables["opportunities"]
    chosen = deals[deals["outcome"].isin(outcomes) & asked.inside(deals["closed_on"])]
    return chosen.assign(segment=asked.segments(chosen["target"]))


def _size_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("target")} AS segment, avg(value) AS value, count(value) AS n, median(value) AS median,
          count(*) AS deals
        FROM model.opportunities
        WHERE outcome = 'won' AND {asked.within("closed_on")}
        GROUP BY segment"""


def _size_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    values = _closed(tables, asked, "won").groupby("segment")["value"]
    return values.agg(value="mean", n="count", median="median", deals="size").reset_index()


def _coverage_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("target")} AS segment,
          count(value) FILTER (WHERE is_due) AS n, sum(value) FILTER (WHERE is_due) AS expected,
          sum(value) FILTER (WHERE outcome = 'won' AND {asked.within("closed_on")}) AS won
        FROM (
          SELECT *, outcome = 'open' AND (opened_on IS NULL OR opened_on <= {day(asked.as_of)})
            AND {asked.within("expected_close_on")} AS is_due
          FROM model.opportunities
        )
        GROUP BY segment"""


def _coverage_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals.assign(segment=asked.segments(deals["target"]))
    is_due = ~(deals["opened_on"] > asked.last) & asked.inside(deals["expected_close_on"])
    due = deals[(deals["outcome"] == "open") & is_due]
    won = deals[(deals["outcome"] == "won") & asked.inside(deals["closed_on"])]
    found = pd.DataFrame(index=pd.Index(deals["segment"].unique(), name="segment"))
    found["n"] = due.groupby("segment")["value"].count()
    found["expected"] = due.groupby("segment")["value"].sum(min_count=1)
    found["won"] = won.groupby("segment")["value"].sum(min_count=1)
    return found.assign(n=found["n"].fillna(0)).reset_index()


def _created_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("target")} AS segment, count(*) AS value, sum(value) AS amount
        FROM model.opportunities
        WHERE {asked.within("opened_on")}
        GROUP BY segment"""


def _created_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    opened = deals[asked.inside(deals["opened_on"])]
    values = opened.assign(segment=asked.segments(opened["target"])).groupby("segment")["value"]
    return values.agg(value="size", amount="sum").reset_index()


def _rate_sql(asked: Asked) -> str:
    return f"""
        SELECT segment, won / (won + lost) AS value, won + lost AS n, won AS numerator,
          won_value / (won_value + lost_value) AS by_value, won / (won + lost + no_decision) AS broad
        FROM (
          SELECT {asked.segment("target")} AS segment, count_if(outcome = 'won') AS won,
            count_if(outcome = 'lost') AS lost, count_if(outcome = 'no_decision') AS no_decision,
            sum(value) FILTER (WHERE outcome = 'won') AS won_value,
            sum(value) FILTER (WHERE outcome = 'lost') AS lost_value
          FROM model.opportunities
          WHERE outcome <> 'open' AND {asked.within("closed_on")}
          GROUP BY segment
        )"""


def _rate_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    closed = _closed(tables, asked, "won", "lost", "no_decision")
    by = closed.groupby(["segment", "outcome"], observed=True)["value"]
    counts, sums = by.size().unstack(), by.sum().unstack()
    judged = counts["won"] + counts["lost"]
    return pd.DataFrame({
        "value": counts["won"] / judged, "n": judged, "numerator": counts["won"],
        "by_value": sums["won"] / (sums["won"] + sums["lost"]), "broad": counts["won"] / counts.sum(axis=1),
    }).reset_index()  # fmt: skip


def _loss_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("target")} AS segment, coalesce(loss_reason, '(none)') AS reason,
          count(*) / sum(count(*)) OVER (PARTITION BY segment) AS value, count(*) AS deals, sum(value) AS amount
        FROM model.opportunities
        WHERE outcome = 'lost' AND {asked.within("closed_on")}
        GROUP BY segment, reason"""


def _loss_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    lost = _closed(tables, asked, "lost")
    lost = lost.assign(reason=lost["loss_reason"].astype(object).fillna("(none)"))
    found = lost.groupby(["segment", "reason"])["value"].agg(deals="size", amount="sum").reset_index()
    return found.assign(value=found["deals"] / found.groupby("segment")["deals"].transform("sum"))


def _open_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("o.target")} AS segment, o.pipeline, o.stage, sum(o.value) AS value, count(o.value) AS n,
          sum(o.value * coalesce(o.probability, s.probability)) AS weighted, count(*) AS deals,
          median(date_diff('day', o.opened_on, {day(asked.as_of)})) AS median_age
        FROM model.opportunities o
        LEFT JOIN model.stages s ON s.pipeline = o.pipeline AND s.stage = o.stage
        WHERE o.outcome = 'open'
        GROUP BY segment, o.pipeline, o.stage"""


def _open_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals[deals["outcome"] == "open"]
    stages = tables["stages"].set_index(["pipeline", "stage"])["probability"].rename("usual")
    deals = deals.join(stages, on=["pipeline", "stage"])
    deals = deals.assign(
        segment=asked.segments(deals["target"]), age=(asked.last - deals["opened_on"]).dt.days,
        weighted=deals["value"] * deals["probability"].fillna(deals["usual"]),
    )  # fmt: skip
    grouped = deals.groupby(["segment", "pipeline", "stage"], observed=True)
    return grouped.agg(
        value=("value", "sum"), n=("value", "count"), weighted=("weighted", "sum"), deals=("value", "size"),
        median_age=("age", "median"),
    ).reset_index()  # fmt: skip


QUESTIONS = (
    Question("won_revenue", ("segment",), ("value", "n", "deals"), _won_sql, _won_frame),
    Question("average_deal_size", ("segment",), ("value", "n", "median", "deals"), _size_sql, _size_frame),
    Question("opportunities_created", ("segment",), ("value", "amount"), _created_sql, _created_frame),
    Question("win_rate", ("segment",), ("value", "n", "numerator", "by_value", "broad"), _rate_sql, _rate_frame),
    Question("loss_reasons", ("segment", "reason"), ("value", "deals", "amount"), _loss_sql, _loss_frame),
    Question(
        "open_pipeline", ("segment", "pipeline", "stage"), ("value", "n", "weighted", "deals", "median_age"), _open_sql,
        _open_frame,
    ),
    Question("pipeline_coverage", ("segment",), ("n", "expected", "won"), _coverage_sql, _coverage_frame),
)  # fmt: skip
