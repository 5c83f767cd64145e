"""How long deals take: days to won, days in each stage."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.lists import visits_with_deals
from benchmarks.questions.question import Question

HORIZONS = (30, 60, 90, 180)
HALF = 0.5 + 1e-9


def _velocity_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH deals AS (
          SELECT {asked.segment("target")} AS segment, outcome, opened_on, closed_on,
            if(outcome = 'open', {last}, closed_on) - opened_on AS days
          FROM model.opportunities
          WHERE opened_on IS NOT NULL
        ), usable AS (
          SELECT * FROM deals WHERE days >= 0 AND (outcome = 'open' OR closed_on <= {last})
        ), life AS (
          SELECT segment, days AS t, count_if(outcome <> 'open') AS closed, count_if(outcome = 'won') AS won,
            sum(count(*)) OVER (PARTITION BY segment ORDER BY t DESC) AS at_risk
          FROM usable
          WHERE {asked.within("opened_on")}
          GROUP BY segment, days
        ), curve AS (
          SELECT *, product(1 - closed / at_risk) OVER (PARTITION BY segment ORDER BY t) AS survival FROM life
        ), incidence AS (
          SELECT *, won / at_risk * lag(survival, 1, 1) OVER (PARTITION BY segment ORDER BY t) AS share FROM curve
        ), followed AS (
          SELECT segment, min(t) FILTER (WHERE survival <= {HALF}) AS km_median,
            {", ".join(f"if(max(t) >= {d}, sum(share) FILTER (WHERE t <= {d}), NULL) AS won_by_{d}" for d in HORIZONS)}
          FROM incidence
          GROUP BY segment
        ), done AS (
          SELECT segment, count(*) AS n, avg(days) AS value, quantile_cont(days, [0.25, 0.5, 0.75, 0.9]) AS q
          FROM usable
          WHERE outcome = 'won' AND {asked.within("closed_on")}
          GROUP BY segment
        )
        SELECT d.segment, d.value, d.n, q[1] AS p25, q[2] AS median, q[3] AS p75, q[4] AS p90, f.* EXCLUDE (segment)
        FROM done d
        JOIN followed f ON f.segment = d.segment"""


def _velocity_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals[["outcome", "opened_on", "closed_on", "target"]].assign(
        days=(deals["closed_on"].where(deals["outcome"] != "open", asked.last) - deals["opened_on"]).dt.days,
        segment=asked.segments(deals["target"]), is_open=deals["outcome"] == "open", is_won=deals["outcome"] == "won",
    )  # fmt: skip
    deals = deals[(deals["days"] >= 0) & (deals["is_open"] | (deals["closed_on"] <= asked.last))]
    won = deals[deals["is_won"] & asked.inside(deals["closed_on"])].groupby("segment")["days"]
    found = won.agg(value="mean", n="size", median="median")
    found = found.join(won.quantile([0.25, 0.75, 0.9]).unstack().set_axis(["p25", "p75", "p90"], axis=1))
    followed = deals[asked.inside(deals["opened_on"])]
    records = {segment: _followed(own) for segment, own in followed.groupby("segment")}
    return found.join(pd.DataFrame.from_dict(records, orient="index")).rename_axis("segment").reset_index()


def _followed(deals: pd.DataFrame) -> dict[str, float | None]:
    life = deals.groupby("days").agg(n=("is_open", "size"), open=("is_open", "sum"), won=("is_won", "sum"))
    survival, at_risk = _survival(life["n"], life["n"] - life["open"])
    share = (survival.shift(fill_value=1) * life["won"] / at_risk).cumsum()
    told = {f"won_by_{d}": share.loc[:d].iloc[-1] if life.index[-1] >= d else None for d in HORIZONS}
    return {"km_median": _half(survival), **told}


def _survival(leaving: pd.Series, ended: pd.Series) -> tuple[pd.Series, pd.Series]:
    at_risk = leaving[::-1].cumsum()[::-1]
    return (1 - ended / at_risk).cumprod(), at_risk


def _half(survival: pd.Series) -> float | None:
    below = survival.index[survival <= HALF]
    return below[0] if len(below) else None


def _stages_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH visits AS (
          SELECT {asked.segment("o.target")} AS segment, v.*, o.furthest_order,
            coalesce(v.exited_on <= {last} AND v.days >= 0, FALSE) AS is_complete,
            if(v.enters_dates_only, {last} - v.entered_on, epoch({last} + INTERVAL 1 DAY - v.entered_at) / 86400) AS age
          FROM model.stage_visits v
          JOIN model.opportunities o ON o.opportunity_id = v.opportunity_id
          WHERE v.entered_on <= {last}
        ), stays AS (
          SELECT * FROM visits WHERE NOT is_closing
        ), limits AS (
          SELECT pipeline, stage, quantile_cont(days, 0.9) AS limit_days
          FROM stays WHERE is_complete GROUP BY pipeline, stage HAVING count(*) >= 20
        ), completed AS (
          SELECT segment, pipeline, stage, count(*) AS n, avg(days) AS mean,
            quantile_cont(days, [0.25, 0.5, 0.75, 0.9]) AS q
          FROM stays
          WHERE is_complete AND {asked.within("exited_on")}
          GROUP BY segment, pipeline, stage
        ), now AS (
          SELECT s.segment, s.pipeline, s.stage, count(*) AS open_n, median(s.age) AS open_median_age,
            count(*) FILTER (WHERE s.age > l.limit_days) AS stalled_n
          FROM stays s
          LEFT JOIN limits l ON l.pipeline = s.pipeline AND l.stage = s.stage
          WHERE s.is_open
          GROUP BY s.segment, s.pipeline, s.stage
        ), entered AS (
          SELECT segment, pipeline, stage, min(stage_order) AS stage_order, count_if(backward) AS backward
          FROM stays
          WHERE {asked.within("entered_on")}
          GROUP BY segment, pipeline, stage
        ), movers AS (
          SELECT segment, pipeline, opportunity_id, any_value(furthest_order) AS furthest_order
          FROM visits
          WHERE {asked.within("entered_on")}
          GROUP BY segment, pipeline, opportunity_id
        ), been AS (
          SELECT m.segment, v.pipeline, v.stage, count(*) AS deals
          FROM movers m
          JOIN visits v ON v.opportunity_id = m.opportunity_id AND v.is_first AND v.stage_order < m.furthest_order
          GROUP BY m.segment, v.pipeline, v.stage
        ), past AS (
          SELECT segment, pipeline, furthest_order, count(*) AS deals
          FROM movers
          GROUP BY segment, pipeline, furthest_order
        ), life AS (
          SELECT segment, pipeline, stage, if(is_complete, days, age) AS t, count_if(is_complete) AS ended,
            sum(count(*)) OVER (PARTITION BY segment, pipeline, stage ORDER BY t DESC) AS at_risk
          FROM stays
          WHERE (is_complete OR is_open) AND {asked.within("entered_on")}
          GROUP BY segment, pipeline, stage, t
        ), half AS (
          SELECT segment, pipeline, stage, min(t) FILTER (WHERE survival <= {HALF}) AS km_median
          FROM (
            SELECT *, product(1 - ended / at_risk) OVER (PARTITION BY segment, pipeline, stage ORDER BY t) AS survival
            FROM life
          )
          GROUP BY segment, pipeline, stage
        )
        SELECT e.segment, e.pipeline, e.stage, coalesce(c.n, 0) AS n, c.mean, c.q[2] AS value, c.q[1] AS p25,
          c.q[3] AS p75, c.q[4] AS p90, coalesce(n.open_n, 0) AS open_n, n.open_median_age,
          coalesce(n.stalled_n, 0) AS stalled_n, e.backward, h.km_median,
          coalesce((SELECT sum(p.deals) FROM past p WHERE p.segment = e.segment AND p.pipeline = e.pipeline
            AND p.furthest_order > e.stage_order), 0) - coalesce(b.deals, 0) AS skipped
        FROM entered e
        LEFT JOIN completed c ON c.segment = e.segment AND c.pipeline = e.pipeline AND c.stage = e.stage
        LEFT JOIN now n ON n.segment = e.segment AND n.pipeline = e.pipeline AND n.stage = e.stage
        LEFT JOIN been b ON b.segment = e.segment AND b.pipeline = e.pipeline AND b.stage = e.stage
        LEFT JOIN half h ON h.segment = e.segment AND h.pipeline = e.pipeline AND h.stage = e.stage"""


def _stages_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    place = ["segment", "pipeline", "stage"]
    stays = visits_with_deals(tables, asked)
    stays = stays.assign(segment=asked.segments(stays["target"]))
    complete = (stays["exited_on"] <= asked.last) & (stays["days"] >= 0)
    left = stays[complete & asked.inside(stays["exited_on"])].groupby(place, observed=True)["days"]
    found = left.agg(value="median", n="size", mean="mean")
    found = found.join(left.quantile([0.25, 0.75, 0.9]).unstack().set_axis(["p25", "p75", "p90"], axis=1))
    stays = stays.assign(
        is_complete=complete, t=stays["days"].where(complete, stays["age"]), stalls=stays["age"] > stays["limit_days"]
    )
    now = stays[stays["is_open"]].groupby(place, observed=True)
    now = now.agg(open_n=("age", "size"), open_median_age=("age", "median"), stalled_n=("stalls", "sum"))
    entered = stays[asked.inside(stays["entered_on"])]
    marks = entered.groupby(place, observed=True).agg(backward=("backward", "sum"), stage_order=("stage_order", "min"))
    followed = entered[entered["is_complete"] | entered["is_open"]]
    life = followed.groupby([*place, "t"], observed=True)["is_complete"].agg(["size", "sum"]).reset_index("t")
    half = {key: _half(_survival(*(own.set_index("t")[c] for c in ("size", "sum")))[0])
            for key, own in life.groupby(level=place, observed=True)}  # fmt: skip
    found = marks.join(found).join(now)
    found["km_median"] = pd.Series(half).reindex(found.index)
    return _with_skips(tables, asked, found.fillna({"n": 0, "open_n": 0, "stalled_n": 0})).reset_index()


def _with_skips(tables: Frames, asked: Asked, found: pd.DataFrame) -> pd.DataFrame:
    visits = tables["stage_visits"]
    moving = visits.loc[
        (visits["entered_on"] <= asked.last) & asked.inside(visits["entered_on"]), "opportunity_id"
    ].unique()
    deals = tables["opportunities"]
    movers = deals[deals["opportunity_id"].isin(moving)]
    movers = movers.assign(segment=asked.segments(movers["target"]))[
        ["segment", "opportunity_id", "pipeline", "furthest_order"]
    ]
    been = visits[visits["is_first"]][["opportunity_id", "stage", "stage_order"]].merge(movers, on="opportunity_id")
    been = been[been["stage_order"] < been["furthest_order"]]
    been = been.groupby(["segment", "pipeline", "stage"], observed=True).size().reindex(found.index).fillna(0)
    reached = movers.groupby(["segment", "pipeline"], observed=True)["furthest_order"]
    past = [(reached.get_group(key[:2]) > order).sum() for key, order in found["stage_order"].items()]
    return found.assign(skipped=past - been)


QUARTERS = ("p25", "p75", "p90")
QUESTIONS = (
    Question(
        "deal_velocity", ("segment",),
        ("value", "n", "median", *QUARTERS, "km_median", *(f"won_by_{d}" for d in HORIZONS)), _velocity_sql,
        _velocity_frame,
    ),
    Question(
        "days_in_stage", ("segment", "pipeline", "stage"),
        ("value", "n", "mean", *QUARTERS, "open_n", "open_median_age", "stalled_n", "backward", "skipped", "km_median"),
        _stages_sql, _stages_frame,
    ),
)  # fmt: skip
