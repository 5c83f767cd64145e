"""Cohorts by month: conversion, win rate, customers and revenue kept."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question

MONTHS = "date_diff('month', {}, {})"


def _reached_sql(asked: Asked, members: str) -> str:
    """The cells of a cohort metric; `members`: segment, began_on, reached_on of each member."""
    return f"""
        WITH members AS ({members}),
        reached AS (
          SELECT segment, date_trunc('month', began_on) AS month,
            {MONTHS.format("month", "if(reached_on < began_on, began_on, reached_on)")} AS age,
            count(*) AS n
          FROM members
          GROUP BY ALL
        ), sizes AS (
          SELECT segment, month, sum(n) AS size FROM reached GROUP BY ALL
        ), cells AS (
          SELECT segment, month, size, unnest(range({MONTHS.format("month", f"{day(asked.as_of)} + 1")})) AS age
          FROM sizes
        )
        SELECT c.segment, strftime(c.month, '%Y-%m') AS cohort, c.age, c.size,
          sum(coalesce(r.n, 0)) OVER (PARTITION BY c.segment, c.month ORDER BY c.age) / c.size AS value
        FROM cells c
        LEFT JOIN reached r ON r.segment = c.segment AND r.month = c.month AND r.age = c.age"""


def _reached_frame(members: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """As `_reached_sql`: a row of cumulative shares a cohort, then the cells that are over."""
    began, reached = _month(members["began_on"]), _month(members["reached_on"])
    members = members.assign(cohort=began, age=(reached - began).clip(lower=0))
    by = ["segment", "cohort"]
    sizes = members.groupby(by).size()
    over = _month(asked.last + pd.Timedelta(days=1))
    wide = members.groupby([*by, "age"]).size().unstack(fill_value=0)
    wide = wide.reindex(index=sizes.index, columns=range(int(over - began.min())), fill_value=0).cumsum(axis=1)
    cells = wide.div(sizes, axis=0).stack().rename_axis([*by, "age"]).rename("value").reset_index()
    cells = cells[cells["cohort"] + cells["age"] < over].join(sizes.rename("size"), on=by)
    return cells.assign(cohort=_label(cells["cohort"]))


def _month(dates: "pd.Series | pd.Timestamp") -> "pd.Series | int":
    """Months counted on from year 0."""
    parts = dates.dt if isinstance(dates, pd.Series) else dates
    return parts.year * 12 + parts.month - 1


def _label(months: pd.Series) -> pd.Series:
    names = {month: f"{month // 12:.0f}-{month % 12 + 1:02.0f}" for month in months.unique()}
    return months.map(names)


def _conversion_sql(asked: Asked) -> str:
    return _reached_sql(asked, f"""
          SELECT {asked.segment("a.target")} AS segment, e.began_on, o.reached_on
          FROM (
            SELECT account_id, min(occurred_on) AS began_on
            FROM model.activities
            WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)}
            GROUP BY account_id
          ) e
          JOIN model.accounts a ON a.account_id = e.account_id
          LEFT JOIN (
            SELECT account_id, min(opened_on) AS reached_on FROM model.opportunities GROUP BY account_id
          ) o ON o.account_id = e.account_id
          WHERE {asked.within("e.began_on")}""")  # fmt: skip


def _conversion_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    engaged = responses(tables, asked).groupby("account_id")["occurred_on"].min().rename("began_on")
    engaged = engaged[asked.inside(engaged)].reset_index()
    opened = tables["opportunities"].groupby("account_id")["opened_on"].min().rename("reached_on")
    members = engaged.merge(tables["accounts"], on="account_id").join(opened, on="account_id")
    return _reached_frame(members.assign(segment=asked.segments(members["target"])), asked)


def _wins_sql(asked: Asked) -> str:
    return _reached_sql(asked, f"""
          SELECT {asked.segment("target")} AS segment, opened_on AS began_on,
            if(outcome = 'won', closed_on, NULL) AS reached_on
          FROM model.opportunities
          WHERE opened_on <= {day(asked.as_of)} AND {asked.within("opened_on")}""")  # fmt: skip


def _wins_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals[(deals["opened_on"] <= asked.last) & asked.inside(deals["opened_on"])]
    won = deals["closed_on"].where(deals["outcome"] == "won")
    return _reached_frame(
        deals.assign(began_on=deals["opened_on"], reached_on=won, segment=asked.segments(deals["target"])), asked
    )


def _kept_sql(asked: Asked) -> str:
    """Accounts by the month of their first invoice or contract: who is there in each month since, and what they pay."""
    tomorrow = f"{day(asked.as_of)} + 1"
    return f"""
        WITH contract AS (
          SELECT account_id, started_on, least(coalesce(ended_on, {tomorrow}), {tomorrow}) AS ended_on
          FROM model.contracts
          WHERE started_on <= {day(asked.as_of)} AND (ended_on IS NULL OR ended_on > started_on)
        ), events AS (
          SELECT account_id, date_trunc('month', invoiced_on) AS month, invoiced_on AS on_day, value
          FROM model.invoices
          WHERE invoiced_on <= {day(asked.as_of)}
          UNION ALL
          SELECT account_id, unnest(generate_series(date_trunc('month', started_on), ended_on - 1, INTERVAL 1 MONTH)),
            started_on, NULL
          FROM contract
        ), there AS (
          SELECT account_id, month, min(on_day) AS first_on, sum(value) AS revenue
          FROM events
          WHERE account_id IS NOT NULL
          GROUP BY ALL
        ), customers AS (
          SELECT {asked.segment("a.target")} AS segment, t.account_id, min(t.month) AS cohort
          FROM there t
          JOIN model.accounts a ON a.account_id = t.account_id
          GROUP BY ALL
          HAVING {asked.within("min(t.first_on)")}
        ), found AS (
          SELECT c.segment, c.cohort, {MONTHS.format("c.cohort", "t.month")} AS age, count(*) AS customers,
            coalesce(sum(t.revenue), 0) AS revenue
          FROM customers c
          JOIN there t ON t.account_id = c.account_id
          GROUP BY ALL
        ), cells AS (
          SELECT segment, cohort, count(*) AS size,
            unnest(range({MONTHS.format("cohort", day(asked.as_of))} + 1)) AS age
          FROM customers
          GROUP BY segment, cohort
        )
        SELECT c.segment, strftime(c.cohort, '%Y-%m') AS cohort, c.age, c.size, coalesce(f.customers, 0) AS customers,
          coalesce(f.customers, 0) / c.size AS kept, coalesce(f.revenue, 0) AS revenue,
          coalesce(f.revenue, 0)
            / nullif(first_value(f.revenue) OVER (PARTITION BY c.segment, c.cohort ORDER BY c.age), 0) AS kept_revenue
        FROM cells c
        LEFT JOIN found f ON f.segment = c.segment AND f.cohort = c.cohort AND f.age = c.age"""


def _there(tables: Frames, asked: Asked) -> pd.DataFrame:
    """A row for each account and month with an invoice or a contract: first_on, revenue (invoices only)."""
    invoices, contracts = tables["invoices"], tables["contracts"]
    paid = invoices.loc[invoices["invoiced_on"] <= asked.last, ["account_id", "invoiced_on", "value"]]
    paid = paid.rename(columns={"invoiced_on": "first_on"}).assign(month=_month(paid["invoiced_on"]))
    begun = contracts[(contracts["started_on"] <= asked.last) & ~(contracts["ended_on"] <= contracts["started_on"])]
    last_day = begun["ended_on"] - pd.Timedelta(days=1)
    last_day = last_day.where(last_day <= asked.last, asked.last)
    months = [
        range(int(one), int(other) + 1)
        for one, other in zip(_month(begun["started_on"]), _month(last_day), strict=True)
    ]
    held = begun[["account_id", "started_on"]].rename(columns={"started_on": "first_on"}).assign(month=months)
    events = pd.concat([paid, held.explode("month")]).astype({"month": int, "value": float})
    by = events.groupby(["account_id", "month"])
    return by.agg(first_on=("first_on", "min"), value=("value", "sum")).reset_index()


def _kept_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    there = _there(tables, asked)
    began = there.groupby("account_id")["first_on"].min()
    first = began[asked.inside(began)].reset_index().merge(tables["accounts"], on="account_id")
    first = first.assign(segment=asked.segments(first["target"]), cohort=_month(first["first_on"]))
    paid = there[["account_id", "month", "value"]].merge(first[["account_id", "segment", "cohort"]], on="account_id")
    by = ["segment", "cohort"]
    paid = (
        paid.assign(age=paid["month"] - paid["cohort"])
        .groupby([*by, "age"])["value"]
        .agg(customers="size", revenue="sum")
    )
    sizes = first.groupby(by).size()
    now = _month(asked.last)
    cells = [(segment, cohort, age) for segment, cohort in sizes.index for age in range(int(now - cohort) + 1)]
    found = paid.reindex(pd.MultiIndex.from_tuples(cells, names=[*by, "age"]), fill_value=0).reset_index()
    found = found.join(sizes.rename("size"), on=by)
    begun = found.groupby(by)["revenue"].transform("first")
    return found.assign(
        kept=found["customers"] / found["size"], kept_revenue=found["revenue"] / begun.where(begun != 0),
        cohort=_label(found["cohort"]),
    )  # fmt: skip


def _logo_sql(asked: Asked) -> str:
    return f"SELECT segment, cohort, age, size, customers, kept AS value FROM ({_kept_sql(asked)})"


def _logo_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    return _kept_frame(tables, asked).rename(columns={"kept": "value"})


def _revenue_sql(asked: Asked) -> str:
    return f"SELECT segment, cohort, age, size, customers, revenue, kept_revenue AS value FROM ({_kept_sql(asked)})"


def _revenue_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    return _kept_frame(tables, asked).rename(columns={"kept_revenue": "value"})


CELL = ("segment", "cohort", "age")
QUESTIONS = (
    Question("cohort_conversion", CELL, ("value", "size"), _conversion_sql, _conversion_frame),
    Question("cohort_win_rate", CELL, ("value", "size"), _wins_sql, _wins_frame),
    Question("cohort_logo_retention", CELL, ("value", "size", "customers"), _logo_sql, _logo_frame),
    Question("cohort_revenue_retention", CELL, ("value", "size", "revenue", "customers"), _revenue_sql, _revenue_frame),
)
