"""The market: who is in market by intent, what the market is worth, how much of a customer's budget is ours."""

from datetime import timedelta

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question

DAYS, LEAST = 30, 60


def _in_market_sql(asked: Asked) -> str:
    week_ago = asked.as_of - timedelta(days=7)
    strong = f"score * 100 / coalesce(nullif(scale, 0), 100) >= {LEAST}"
    return f"""
        SELECT {asked.segment("a.target")} AS segment, count_if(coalesce(i.is_now, FALSE)) AS value, count(*) AS n,
          count_if(i.is_now AND NOT i.was_before) AS new_this_week
        FROM model.accounts a
        LEFT JOIN (
          SELECT account_id,
            bool_or(observed_on > {day(asked.as_of)} - {DAYS} AND observed_on <= {day(asked.as_of)}) AS is_now,
            bool_or(observed_on > {day(week_ago)} - {DAYS} AND observed_on <= {day(week_ago)}) AS was_before
          FROM model.intent
          WHERE account_id IS NOT NULL AND {strong}
          GROUP BY account_id
        ) i ON i.account_id = a.account_id
        GROUP BY segment"""


def _in_market_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    signals, accounts = tables["intent"], tables["accounts"]
    scale = signals["scale"].where(signals["scale"] != 0).fillna(100)
    strong = signals[signals["score"] * 100 / scale >= LEAST]

    def on(last: pd.Timestamp) -> pd.Series:
        inside = (strong["observed_on"] > last - pd.Timedelta(days=DAYS)) & (strong["observed_on"] <= last)
        return accounts["account_id"].isin(strong.loc[inside, "account_id"])

    now, before = on(asked.last), on(asked.last - pd.Timedelta(days=7))
    judged = accounts.assign(segment=asked.segments(accounts["target"]), value=now, new_this_week=now & ~before)
    counted = judged.groupby("segment").agg(
        value=("value", "sum"), n=("value", "size"), new_this_week=("new_this_week", "sum")
    )
    return counted.reset_index()


def _year(asked: Asked) -> pd.Timestamp:
    return asked.last + pd.Timedelta(days=1) - pd.DateOffset(months=12)


def _market_sql(_: Asked) -> str:
    return """
        SELECT 'All' AS segment, sum(m.value) AS value, sum(coalesce(m.companies, 1)) AS accounts,
          count(DISTINCT m.account_id) FILTER (WHERE w.account_id IS NOT NULL) AS customers
        FROM model.market m
        LEFT JOIN (SELECT account_id FROM model.invoices UNION SELECT account_id FROM model.contracts) w
          ON w.account_id = m.account_id"""


def _customers(tables: Frames) -> pd.Series:
    """Accounts with a contract or an invoice: the sample company has both."""
    return pd.concat([tables["invoices"]["account_id"], tables["contracts"]["account_id"]]).dropna()


def _market_frame(tables: Frames, _: Asked) -> pd.DataFrame:
    market = tables["market"]
    customers = market.loc[market["account_id"].isin(_customers(tables)), "account_id"]
    return pd.DataFrame({
        "segment": ["All"], "value": [market["value"].sum()], "accounts": [market["companies"].fillna(1).sum()],
        "customers": [customers.nunique()],
    })  # fmt: skip


def _wallet_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("a.target")} AS segment, median(coalesce(w.revenue, 0) / m.estimated) AS value,
          count(*) AS n
        FROM model.accounts a
        JOIN (SELECT account_id, sum(value) AS estimated FROM model.market GROUP BY account_id) m
          ON m.account_id = a.account_id
        JOIN (
          SELECT account_id, sum(value) FILTER (
            WHERE invoiced_on >= {day(_year(asked).date())} AND invoiced_on <= {day(asked.as_of)}) AS revenue
          FROM (
            SELECT account_id, invoiced_on, value FROM model.invoices
            UNION ALL SELECT account_id, NULL, NULL FROM model.contracts
          )
          GROUP BY account_id
        ) w ON w.account_id = a.account_id
        WHERE m.estimated > 0
        GROUP BY segment"""


def _wallet_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    accounts, paid = tables["accounts"], tables["invoices"]
    late = paid[(paid["invoiced_on"] >= _year(asked)) & (paid["invoiced_on"] <= asked.last)]
    estimated = tables["market"].groupby("account_id")["value"].sum()
    own = accounts[accounts["account_id"].isin(_customers(tables))].assign(
        estimated=lambda a: a["account_id"].map(estimated),
        revenue=lambda a: a["account_id"].map(late.groupby("account_id")["value"].sum()).fillna(0),
    )
    own = own[own["estimated"] > 0]
    shares = (own["revenue"] / own["estimated"]).groupby(own.assign(segment=asked.segments(own["target"]))["segment"])
    return shares.agg(value="median", n="size").rename_axis("segment").reset_index()


QUESTIONS = (
    Question("in_market_accounts", ("segment",), ("value", "n", "new_this_week"), _in_market_sql, _in_market_frame),
    Question(
        "total_available_market", ("segment",), ("value", "accounts", "customers"), _market_sql, _market_frame,
        splits=False,
    ),
    Question("share_of_wallet", ("segment",), ("value", "n"), _wallet_sql, _wallet_frame),
)  # fmt: skip
