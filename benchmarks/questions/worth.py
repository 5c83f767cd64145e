"""What customers cost, brought, and returned. The sample company has invoices, which are its revenue, and contracts."""

from datetime import timedelta

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question

WINDOW = 90
AGES = (3, 6, 12, 24)
LAG = """SELECT CAST(floor(median(closed_on - opened_on) + 0.5) AS INTEGER) AS days FROM model.opportunities
          WHERE outcome = 'won' AND opening_known AND closed_on BETWEEN opened_on AND {last}"""


def _spend_sql(asked: Asked, lag: str) -> str:
    """The cost of each day of the period, `lag` days earlier, by program."""
    first = f"{day(asked.start)} - {lag}" if asked.start else "DATE '0001-01-01'"
    return f"""
        SELECT program, cost
        FROM (
          SELECT program, value / (last - spent_on + 1) AS cost,
            unnest(generate_series(spent_on, last, INTERVAL 1 DAY)) AS on_day
          FROM (SELECT *, coalesce(spent_until, spent_on) AS last FROM model.spend WHERE value IS NOT NULL)
          WHERE last >= spent_on
        )
        WHERE on_day BETWEEN {first} AND {day(asked.as_of)} - {lag}"""


def _spent_sql(asked: Asked, lag: str) -> str:
    """The cost held against each segment: (segment, cost)."""
    if not asked.by_target:
        return f"SELECT 'All' AS segment, sum(cost) AS cost FROM ({_spend_sql(asked, lag)})"
    return f"""
        SELECT if(program = 'abm', 'target', 'rest') AS segment, sum(cost) AS cost
        FROM ({_spend_sql(asked, lag)}) WHERE program IN ('abm', 'other') GROUP BY segment"""


def _firsts_sql(asked: Asked, *, paying: bool = False) -> str:
    """The first win or revenue of each account; with `paying`, of those with revenue only."""
    last = day(asked.as_of)
    return f"""
        SELECT account_id, min(on_day) FILTER (WHERE on_day <= {last}) AS first_on
        FROM (
          SELECT account_id, closed_on AS on_day, FALSE AS is_paid FROM model.opportunities WHERE outcome = 'won'
          UNION ALL SELECT account_id, invoiced_on, TRUE FROM model.invoices WHERE invoiced_on <= {last}
          UNION ALL SELECT account_id, started_on, TRUE FROM model.contracts
          WHERE started_on <= {last} AND (ended_on IS NULL OR ended_on > started_on)
        )
        WHERE account_id IS NOT NULL
        GROUP BY account_id
        {"HAVING bool_or(is_paid)" if paying else ""}"""


def _cost_sql(asked: Asked) -> str:
    return f"""
        WITH lag AS ({LAG.format(last=day(asked.as_of))}),
        new AS (
          SELECT {asked.segment("a.target")} AS segment, count(*) AS n
          FROM ({_firsts_sql(asked)}) f JOIN model.accounts a ON a.account_id = f.account_id
          WHERE {asked.within("f.first_on")}
          GROUP BY segment
        ), spent AS ({_spent_sql(asked, "(SELECT days FROM lag)")})
        SELECT n.segment, s.cost / n.n AS value, n.n, s.cost AS spend
        FROM new n JOIN spent s ON s.segment = n.segment"""


def _spent_frame(tables: Frames, asked: Asked, lag: int) -> pd.Series:
    """As `_spent_sql`, by segment: the share of each cost's days that lie in the period."""
    spend = tables["spend"].dropna(subset=["value", "spent_on"])
    until = spend["spent_until"].fillna(spend["spent_on"])
    spend, until = spend[until >= spend["spent_on"]], until[until >= spend["spent_on"]]
    last = asked.last - pd.Timedelta(days=lag)
    first = pd.Timestamp(asked.start) - pd.Timedelta(days=lag) if asked.start else spend["spent_on"].min()
    inside_until, inside_from = until.mask(until > last, last), spend["spent_on"].mask(spend["spent_on"] < first, first)
    days = (inside_until - inside_from).dt.days + 1
    cost = spend["value"] * days.clip(lower=0) / ((until - spend["spent_on"]).dt.days + 1)
    if not asked.by_target:
        return pd.Series({"All": cost.sum()})
    return cost.groupby(spend["program"].astype(object).map({"abm": "target", "other": "rest"})).sum()


def _firsts_frame(tables: Frames, asked: Asked, *, paying: bool = False) -> pd.DataFrame:
    """As `_firsts_sql`, with the accounts' segments."""
    deals, invoices, contracts = tables["opportunities"], tables["invoices"], tables["contracts"]
    began = contracts[~(contracts["ended_on"] <= contracts["started_on"])]
    parts = {
        "won": deals.loc[deals["outcome"] == "won", ["account_id", "closed_on"]],
        "paid": invoices.loc[invoices["invoiced_on"] <= asked.last, ["account_id", "invoiced_on"]],
        "begun": began.loc[began["started_on"] <= asked.last, ["account_id", "started_on"]],
    }
    events = pd.concat([p.set_axis(["account_id", "on_day"], axis=1).assign(part=part) for part, p in parts.items()])
    if paying:
        events = events[events["account_id"].isin(events.loc[events["part"] != "won", "account_id"])]
    events = events.assign(on_day=events["on_day"].where(events["on_day"] <= asked.last))
    first = events.groupby("account_id")["on_day"].min().rename("first_on").reset_index()
    found = first.merge(tables["accounts"][["account_id", "target"]], on="account_id")
    return found.assign(segment=asked.segments(found["target"]))


def _cost_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    won = deals[(deals["outcome"] == "won") & deals["opening_known"] & (deals["closed_on"] <= asked.last)]
    days = (won["closed_on"] - won["opened_on"]).dt.days
    lag = int(np.floor(days[days >= 0].median() + 0.5))
    firsts = _firsts_frame(tables, asked)
    new = firsts[asked.inside(firsts["first_on"])].groupby("segment").size()
    spend = _spent_frame(tables, asked, lag).reindex(new.index)
    found = pd.DataFrame({"value": spend / new, "n": new, "spend": spend})
    return found.rename_axis("segment").reset_index()


def _value_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH customers AS (
          SELECT account_id FROM model.invoices WHERE invoiced_on <= {last}
          UNION SELECT account_id FROM model.contracts
          WHERE started_on <= {last} AND (ended_on IS NULL OR ended_on > started_on)
        ), paid AS (
          SELECT account_id, sum(value) AS revenue, count(*) AS parts,
            count(DISTINCT invoiced_on) FILTER (WHERE value IS NULL OR value > 0) AS days
          FROM model.invoices WHERE invoiced_on <= {last} GROUP BY account_id
        )
        SELECT {asked.segment("a.target")} AS segment, avg(coalesce(p.revenue, 0)) AS value, count(*) AS n,
          sum(p.revenue) AS revenue, count_if(p.days >= 2) / count(*) AS repeat_rate
        FROM customers c JOIN model.accounts a ON a.account_id = c.account_id
        LEFT JOIN paid p ON p.account_id = c.account_id
        WHERE p.parts IS NULL OR p.revenue IS NOT NULL
        GROUP BY segment"""


def _value_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    invoices, contracts = tables["invoices"], tables["contracts"]
    paid = invoices[invoices["invoiced_on"] <= asked.last]
    began = contracts[~(contracts["ended_on"] <= contracts["started_on"]) & (contracts["started_on"] <= asked.last)]
    accounts = tables["accounts"]
    own = accounts[accounts["account_id"].isin(pd.concat([paid["account_id"], began["account_id"]]))]
    revenue = paid.groupby("account_id")["value"].sum(min_count=1)
    days = paid[~(paid["value"] <= 0)].groupby("account_id")["invoiced_on"].nunique()
    unknown = own["account_id"].isin(revenue.index[revenue.isna()])
    own = own[~unknown].assign(segment=asked.segments(own["target"]))
    own = own.assign(revenue=own["account_id"].map(revenue).fillna(0), often=own["account_id"].map(days).fillna(0) >= 2)
    return own.groupby("segment").agg(
        value=("revenue", "mean"), n=("revenue", "size"), revenue=("revenue", "sum"), repeat_rate=("often", "mean")
    ).reset_index()  # fmt: skip


def _ages_sql(asked: Asked) -> str:
    return f"""
        WITH ages AS (
          SELECT f.account_id, f.first_on, g.age_months, f.first_on + to_months(g.age_months) AS until_on
          FROM ({_firsts_sql(asked, paying=True)}) f
          CROSS JOIN (SELECT unnest([{", ".join(map(str, AGES))}]) AS age_months) g
          WHERE f.first_on + to_months(g.age_months) <= {day(asked.as_of + timedelta(days=1))}
            AND {asked.within("f.first_on")}
        ), brought AS (
          SELECT g.account_id, g.age_months, if(count(i.invoiced_on) = 0, 0, sum(i.value)) AS revenue
          FROM ages g
          LEFT JOIN model.invoices i ON i.account_id = g.account_id AND i.invoiced_on >= g.first_on
            AND i.invoiced_on < g.until_on
          GROUP BY g.account_id, g.age_months
        )
        SELECT {asked.segment("a.target")} AS segment, b.age_months, avg(b.revenue) AS value, count(*) AS n,
          median(b.revenue) AS median
        FROM brought b JOIN model.accounts a ON a.account_id = b.account_id
        WHERE b.revenue IS NOT NULL
        GROUP BY segment, b.age_months"""


def _ages_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    firsts = _firsts_frame(tables, asked, paying=True)
    firsts = firsts[asked.inside(firsts["first_on"])]
    paid = firsts.merge(tables["invoices"], on="account_id")
    found = []
    for age in AGES:
        until = firsts.set_index("account_id")["first_on"] + pd.DateOffset(months=age)
        followed = firsts[firsts["account_id"].map(until) <= asked.last + pd.Timedelta(days=1)]
        inside = (paid["invoiced_on"] >= paid["first_on"]) & (paid["invoiced_on"] < paid["account_id"].map(until))
        sums = paid[inside].groupby("account_id")["value"].agg(lambda v: v.sum(min_count=1))
        revenue = followed["account_id"].map(sums).where(followed["account_id"].isin(sums.index), 0)
        by = revenue.astype(float).dropna().groupby(followed["segment"])
        found.append(by.agg(value="mean", n="size", median="median").reset_index().assign(age_months=age))
    return pd.concat(found)


def _return_sql(asked: Asked) -> str:
    kept = "TRUE" if asked.by_target else "a.target"
    spent = _spent_sql(asked, "0")
    if not asked.by_target:
        spent = f"SELECT 'All' AS segment, sum(cost) AS cost FROM ({_spend_sql(asked, '0')}) WHERE program = 'abm'"
    return f"""
        WITH touched AS (
          SELECT DISTINCT d.opportunity_id
          FROM model.opportunities d
          JOIN (SELECT * FROM model.activities WHERE {RESPONSE}) t ON t.account_id = d.account_id
            AND t.occurred_on BETWEEN d.opened_on - {WINDOW} AND least(d.closed_on, {day(asked.as_of)})
          WHERE d.outcome = 'won'
        ), won AS (
          SELECT account_id, count(*) AS deals, sum(value) AS revenue
          FROM model.opportunities
          WHERE outcome = 'won' AND {asked.within("closed_on")}
            AND opportunity_id IN (SELECT opportunity_id FROM touched)
          GROUP BY account_id
        ), sides AS (
          SELECT {asked.segment("a.target")} AS segment, count(*) AS n, coalesce(sum(w.deals), 0) AS deals,
            coalesce(sum(w.revenue), 0) AS revenue
          FROM model.accounts a LEFT JOIN won w ON w.account_id = a.account_id
          WHERE {kept}
          GROUP BY segment
        ), spent AS ({spent})
        SELECT s.segment, (s.revenue - c.cost) / c.cost AS value, s.n, c.cost, s.revenue, s.deals
        FROM sides s JOIN spent c ON c.segment = s.segment"""


def _return_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    won = deals[(deals["outcome"] == "won") & asked.inside(deals["closed_on"])]
    touches = responses(tables, asked)[["account_id", "occurred_on"]]
    steps = won.merge(touches, on="account_id")
    early = (steps["opened_on"] - steps["occurred_on"]).dt.days <= WINDOW
    on_the_way = steps.loc[early & (steps["occurred_on"] <= steps["closed_on"]), "opportunity_id"]
    touched = won[won["opportunity_id"].isin(on_the_way)].groupby("account_id")
    accounts = tables["accounts"]
    own = accounts if asked.by_target else accounts[accounts["target"]]
    own = own.assign(
        segment=asked.segments(own["target"]),
        deals=own["account_id"].map(touched.size()).fillna(0),
        revenue=own["account_id"].map(touched["value"].sum()).fillna(0),
    )
    found = own.groupby("segment").agg(n=("account_id", "size"), deals=("deals", "sum"), revenue=("revenue", "sum"))
    abm = {**tables, "spend": tables["spend"][tables["spend"]["program"].isin(["abm"])]}
    found["cost"] = _spent_frame(tables if asked.by_target else abm, asked, 0).reindex(found.index)
    return found.assign(value=(found["revenue"] - found["cost"]) / found["cost"]).reset_index()


QUESTIONS = (
    Question("customer_acquisition_cost", ("segment",), ("value", "n", "spend"), _cost_sql, _cost_frame),
    Question(
        "customer_lifetime_value", ("segment",), ("value", "n", "revenue", "repeat_rate"), _value_sql, _value_frame
    ),
    Question("lifetime_value_impact", ("segment", "age_months"), ("value", "n", "median"), _ages_sql, _ages_frame),
    Question("return_on_investment", ("segment",), ("value", "n", "cost", "revenue", "deals"), _return_sql,
             _return_frame),
)  # fmt: skip
