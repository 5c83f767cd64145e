"""Funnels of deals, accounts and leads."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question


def _stages_sql(asked: Asked) -> str:
    return f"""
        WITH deals AS (
          SELECT {asked.segment("target")} AS segment, opportunity_id, pipeline, furthest_order, value
          FROM model.opportunities
          WHERE {asked.within("opened_on")}
        ), steps AS (
          SELECT pipeline, stage, stage_order FROM model.stages WHERE outcome IN ('open', 'won')
        ), reached AS (
          SELECT d.segment, s.pipeline, s.stage, s.stage_order,
            coalesce(sum(d.deals) FILTER (WHERE d.furthest_order >= s.stage_order), 0) AS value,
            sum(d.amount) FILTER (WHERE d.furthest_order >= s.stage_order) AS amount,
            sum(d.deals) FILTER (WHERE d.furthest_order > s.stage_order) AS beyond
          FROM (
            SELECT segment, pipeline, furthest_order, count(*) AS deals, sum(value) AS amount FROM deals GROUP BY ALL
          ) d
          JOIN steps s ON s.pipeline = d.pipeline
          GROUP BY ALL
        ), been AS (
          SELECT d.segment, v.pipeline, v.stage, count_if(v.is_first AND d.furthest_order > v.stage_order) AS deals,
            count_if(v.backward) AS backward
          FROM deals d
          JOIN model.stage_visits v ON v.opportunity_id = d.opportunity_id
          GROUP BY ALL
        )
        SELECT r.segment, r.pipeline, r.stage, r.value, r.amount,
          r.value / nullif(lag(r.value) OVER in_order, 0) AS step_rate,
          r.value / first_value(r.value) OVER in_order AS overall_rate,
          coalesce(r.beyond, 0) - coalesce(b.deals, 0) AS skipped, coalesce(b.backward, 0) AS backward
        FROM reached r
        LEFT JOIN been b ON b.segment = r.segment AND b.pipeline = r.pipeline AND b.stage = r.stage
        WINDOW in_order AS (PARTITION BY r.segment, r.pipeline ORDER BY r.stage_order)"""


def _stages_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals[asked.inside(deals["opened_on"])]
    deals = deals.assign(segment=asked.segments(deals["target"]))[
        ["segment", "opportunity_id", "pipeline", "furthest_order", "value"]
    ]
    place = ["segment", "pipeline", "stage"]
    counted = deals.groupby(["segment", "pipeline", "furthest_order"], observed=True)["value"]
    counted = counted.agg(deals="size", amount="sum").reset_index()
    stages = tables["stages"]
    steps = stages[stages["outcome"].isin(("open", "won"))][["pipeline", "stage", "stage_order"]]
    reached = counted.merge(steps, on="pipeline")
    is_there = reached["furthest_order"] >= reached["stage_order"]
    reached = reached.assign(
        beyond=reached["deals"].where(reached["furthest_order"] > reached["stage_order"], 0),
        deals=reached["deals"].where(is_there, 0), amount=reached["amount"].where(is_there),
    ).groupby([*place, "stage_order"], observed=True)  # fmt: skip
    found = reached.agg(value=("deals", "sum"), beyond=("beyond", "sum"))
    found = found.join(reached["amount"].sum(min_count=1)).reset_index()
    found = found.sort_values(["segment", "pipeline", "stage_order"])
    visits = tables["stage_visits"][["opportunity_id", "stage", "stage_order", "is_first", "backward"]]
    visits = visits.merge(deals[["opportunity_id", "segment", "pipeline", "furthest_order"]], on="opportunity_id")
    visits = visits.assign(been=visits["is_first"] & (visits["furthest_order"] > visits["stage_order"]))
    found = found.join(visits.groupby(place, observed=True)[["been", "backward"]].sum(), on=place)
    values = found.groupby(["segment", "pipeline"], observed=True)["value"]
    return found.assign(
        step_rate=found["value"] / values.shift(), overall_rate=found["value"] / values.transform("first"),
        skipped=found["beyond"] - found["been"].fillna(0), backward=found["backward"].fillna(0),
    )  # fmt: skip


def _accounts_sql(asked: Asked) -> str:
    open_then = "TRUE"
    if asked.start:
        open_then = f"""(closed_on BETWEEN {day(asked.start)} AND {day(asked.as_of)}
            OR opened_on <= {day(asked.as_of)} AND (closed_on >= {day(asked.start)} OR outcome = 'open'))"""
    return f"""
        WITH engaged AS (
          SELECT account_id, min(occurred_on) AS engaged_on
          FROM model.activities
          WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)} AND {asked.within("occurred_on")}
          GROUP BY account_id
        ), deals AS (
          SELECT account_id, opportunity_id, opened_on, value, {open_then} AS is_there,
            outcome = 'won' AND {asked.within("closed_on")} AS is_won, if(is_won, closed_on, NULL) AS won_on
          FROM model.opportunities
          WHERE account_id IS NOT NULL
        ), with_deal AS (
          SELECT d.account_id, bool_or(is_there) AS has_deal, coalesce(bool_or(is_won), FALSE) AS has_won,
            sum(value) AS amount, min(opened_on) FILTER (WHERE is_there AND opened_on >= e.engaged_on) AS opened_on
          FROM deals d
          LEFT JOIN engaged e ON e.account_id = d.account_id
          GROUP BY d.account_id
        ), won AS (
          SELECT d.account_id, min(d.won_on) AS won_on
          FROM deals d
          JOIN with_deal w ON w.account_id = d.account_id AND d.won_on >= w.opened_on
          GROUP BY d.account_id
        ), furthest AS (
          SELECT {asked.segment("a.target")} AS segment, e.engaged_on, w.opened_on, n.won_on, w.amount,
            e.engaged_on IS NULL AND w.has_deal AS has_skipped,
            CASE WHEN w.has_won THEN 4
              WHEN w.has_deal THEN 3 WHEN e.account_id IS NOT NULL THEN 2 ELSE 1 END AS furthest
          FROM model.accounts a
          LEFT JOIN engaged e ON e.account_id = a.account_id
          LEFT JOIN with_deal w ON w.account_id = a.account_id
          LEFT JOIN won n ON n.account_id = a.account_id
        ), counted AS (
          SELECT segment, unnest(['in_scope', 'engaged', 'with_opportunity', 'won']) AS step,
            unnest([1, 2, 3, 4]) AS position,
            unnest([count(*), count_if(furthest >= 2), count_if(furthest >= 3), count_if(furthest >= 4)]) AS value,
            unnest([sum(amount), sum(amount) FILTER (WHERE furthest >= 2), sum(amount) FILTER (WHERE furthest >= 3),
              sum(amount) FILTER (WHERE furthest >= 4)]) AS amount,
            unnest([0, count_if(has_skipped), 0, 0]) AS skipped,
            unnest([NULL, NULL, median(opened_on - engaged_on), median(won_on - opened_on)]) AS median_days
          FROM furthest
          GROUP BY segment
        )
        SELECT *, value / lag(value) OVER in_order AS step_rate,
          value / first_value(value) OVER in_order AS overall_rate
        FROM counted
        WINDOW in_order AS (PARTITION BY segment ORDER BY position)"""


def _accounts_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = responses(tables, asked)
    engaged = (
        touches[asked.inside(touches["occurred_on"])].groupby("account_id")["occurred_on"].min().rename("engaged_on")
    )
    deals = tables["opportunities"]
    deals = deals[deals["account_id"].notna()].join(engaged, on="account_id")
    there = pd.Series(True, index=deals.index)
    if asked.start:
        lasts = (deals["closed_on"] >= pd.Timestamp(asked.start)) | (deals["outcome"] == "open")
        there = asked.inside(deals["closed_on"]) | (deals["opened_on"] <= asked.last) & lasts
    won = (deals["outcome"] == "won") & asked.inside(deals["closed_on"])
    by_account = deals.assign(
        has_deal=there,
        has_won=won,
        opened_on=deals["opened_on"].where(there & (deals["opened_on"] >= deals["engaged_on"])),
    ).groupby("account_id")
    with_deal = by_account.agg(has_deal=("has_deal", "any"), has_won=("has_won", "any"), opened_on=("opened_on", "min"))
    with_deal["amount"] = by_account["value"].sum(min_count=1)
    wins = deals[won][["account_id", "closed_on"]].join(with_deal["opened_on"], on="account_id")
    wins = wins[wins["closed_on"] >= wins["opened_on"]].groupby("account_id")["closed_on"].min().rename("won_on")
    accounts = (
        tables["accounts"][["account_id", "target"]].join(engaged, on="account_id").join(with_deal, on="account_id")
    )
    accounts = accounts.join(wins, on="account_id").assign(segment=asked.segments(accounts["target"]))
    has_deal, has_won = (accounts[name].fillna(False).astype(bool) for name in ("has_deal", "has_won"))
    was_engaged = accounts["engaged_on"].notna()
    furthest = np.select([has_won, has_deal, was_engaged], [4, 3, 2], 1)
    accounts = accounts.assign(furthest=furthest, skipped=has_deal & ~was_engaged)
    rows = []
    for segment, own in accounts.groupby("segment"):
        days = (None, None, (own["opened_on"] - own["engaged_on"]).dt.days.median(),
                (own["won_on"] - own["opened_on"]).dt.days.median())  # fmt: skip
        for position, step in enumerate(("in_scope", "engaged", "with_opportunity", "won"), start=1):
            at = own[own["furthest"] >= position]
            rows.append({
                "segment": segment, "step": step, "value": len(at), "amount": at["amount"].sum(min_count=1),
                "skipped": own["skipped"].sum() if position == 2 else 0, "median_days": days[position - 1],
            })  # fmt: skip
    return _with_rates(pd.DataFrame(rows))


def _with_rates(steps: pd.DataFrame) -> pd.DataFrame:
    values = steps.groupby("segment")["value"]
    return steps.assign(
        step_rate=steps["value"] / values.shift(), overall_rate=steps["value"] / values.transform("first")
    )


def _leads_sql(asked: Asked) -> str:
    return f"""
        WITH deals AS (
          SELECT k.contact_id, bool_or(o.outcome = 'won') AS is_won, min(o.opened_on) AS opened_on,
            min(o.closed_on) FILTER (WHERE o.outcome = 'won') AS won_on
          FROM model.opportunity_contacts k
          JOIN model.opportunities o ON o.opportunity_id = k.opportunity_id
          GROUP BY k.contact_id
        ), leads AS (
          SELECT {asked.segment("coalesce(a.target, FALSE)")} AS segment,
            c.created_on, c.mql_on, c.sql_on, coalesce(c.opportunity_on, d.opened_on) AS opportunity_on,
            coalesce(d.won_on, c.customer_on) AS customer_on,
            CASE
              WHEN d.is_won THEN 5
              WHEN c.lifecycle_stage IN ('Opportunity', 'Customer') OR c.is_converted OR d.contact_id IS NOT NULL THEN 4
              WHEN c.lifecycle_stage = 'Sales Qualified Lead' OR c.sql_on IS NOT NULL THEN 3
              WHEN c.lifecycle_stage = 'Marketing Qualified Lead' OR c.mql_on IS NOT NULL THEN 2
              ELSE 1
            END AS furthest
          FROM model.contacts c
          LEFT JOIN model.accounts a ON a.account_id = c.account_id
          LEFT JOIN deals d ON d.contact_id = c.contact_id
          WHERE {asked.within("c.created_on")}
        ), counted AS (
          SELECT segment, unnest(['lead', 'mql', 'sql', 'opportunity', 'customer']) AS step,
            unnest([1, 2, 3, 4, 5]) AS position,
            unnest([count(*), count_if(furthest >= 2), count_if(furthest >= 3), count_if(furthest >= 4),
              count_if(furthest >= 5)]) AS value,
            unnest([NULL, median(mql_on - created_on) FILTER (WHERE mql_on >= created_on AND furthest >= 2),
              median(sql_on - mql_on) FILTER (WHERE sql_on >= mql_on AND furthest >= 3),
              median(opportunity_on - sql_on) FILTER (WHERE opportunity_on >= sql_on AND furthest >= 4),
              median(customer_on - opportunity_on) FILTER (WHERE customer_on >= opportunity_on AND furthest >= 5)
            ]) AS median_days
          FROM leads
          GROUP BY segment
        )
        SELECT *, value / lag(value) OVER in_order AS step_rate,
          value / first_value(value) OVER in_order AS overall_rate
        FROM counted
        WINDOW in_order AS (PARTITION BY segment ORDER BY position)"""


def _leads_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    leads = tables["contacts"]
    leads = leads[asked.inside(leads["created_on"])]
    targets = tables["accounts"].set_index("account_id")["target"]
    stage = leads["lifecycle_stage"]
    deals = tables["opportunity_contacts"].merge(tables["opportunities"], on="opportunity_id")
    deals = deals.assign(won_on=deals["closed_on"].where(deals["outcome"] == "won")).groupby("contact_id")
    deals = deals.agg(opened_on=("opened_on", "min"), won_on=("won_on", "min"))
    leads = leads.join(deals, on="contact_id")
    leads = leads.assign(
        opportunity_on=leads["opportunity_on"].fillna(leads["opened_on"]),
        customer_on=leads["won_on"].fillna(leads["customer_on"]),
        segment=asked.segments(leads["account_id"].map(targets).fillna(False).astype(bool)),
        furthest=np.select(
            [leads["won_on"].notna(),
             stage.isin(("Opportunity", "Customer")) | leads["is_converted"] | leads["opened_on"].notna(),
             (stage == "Sales Qualified Lead") | leads["sql_on"].notna(),
             (stage == "Marketing Qualified Lead") | leads["mql_on"].notna()], [5, 4, 3, 2], 1),
    )  # fmt: skip
    dates = ["created_on", "mql_on", "sql_on", "opportunity_on", "customer_on"]
    rows = []
    for segment, own in leads.groupby("segment"):
        for position, step in enumerate(("lead", "mql", "sql", "opportunity", "customer"), start=1):
            at = own[own["furthest"] >= position]
            median = None
            if position >= 2:
                days = (at[dates[position - 1]] - at[dates[position - 2]]).dt.days
                median = days[days >= 0].median()
            rows.append({"segment": segment, "step": step, "value": len(at), "median_days": median})
    return _with_rates(pd.DataFrame(rows))


RATES = ("value", "step_rate", "overall_rate")
QUESTIONS = (
    Question(
        "stage_funnel", ("segment", "pipeline", "stage"), (*RATES, "amount", "skipped", "backward"), _stages_sql,
        _stages_frame,
    ),
    Question(
        "account_funnel", ("segment", "step"), (*RATES, "amount", "skipped", "median_days"), _accounts_sql,
        _accounts_frame,
    ),
    Question("lead_conversion", ("segment", "step"), (*RATES, "median_days"), _leads_sql, _leads_frame),
)  # fmt: skip
