"""The way from the first marketing touch: how long it takes, and who is credited with the deals at its end."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question

COVERAGE = ("email_sent", "direct_mail", "campaign_sent", "ad_impression")
MARKETING = f"""account_id IS NOT NULL AND coalesce(is_done, TRUE)
            AND (({RESPONSE}) OR kind IN {COVERAGE} AND side IS NULL OR side = 'marketing')"""


def _velocity_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH starts AS (
          SELECT t.account_id, {asked.segment("any_value(a.target)")} AS segment, min(t.occurred_on) AS started_on
          FROM model.activities t JOIN model.accounts a ON a.account_id = t.account_id
          WHERE {MARKETING.replace("account_id", "t.account_id")} AND t.occurred_on <= {last}
          GROUP BY t.account_id
        ), engaged AS (
          SELECT account_id, min(occurred_on) AS ended_on
          FROM model.activities WHERE {RESPONSE} AND occurred_on <= {last} GROUP BY account_id
        ), opened AS (
          SELECT s.account_id, min(o.opened_on) AS ended_on
          FROM starts s JOIN model.opportunities o ON o.account_id = s.account_id
          WHERE o.opening_known AND o.opened_on BETWEEN s.started_on AND {last} GROUP BY s.account_id
        ), won AS (
          SELECT s.account_id, min(o.closed_on) AS ended_on
          FROM starts s JOIN model.opportunities o ON o.account_id = s.account_id
          WHERE o.outcome = 'won' AND o.closed_on BETWEEN s.started_on AND {last} GROUP BY s.account_id
        ), ways AS (
          SELECT s.segment, e.way, e.ended_on - s.started_on AS days
          FROM starts s
          JOIN (
            SELECT 'engaged' AS way, * FROM engaged
            UNION ALL SELECT 'opened', * FROM opened
            UNION ALL SELECT 'won', * FROM won
          ) e ON e.account_id = s.account_id
          WHERE {asked.within("e.ended_on")}
          UNION ALL
          SELECT {asked.segment("a.target")}, 'lead', c.sql_on - c.mql_on
          FROM model.contacts c JOIN model.accounts a ON a.account_id = c.account_id
          WHERE c.sql_on <= {last} AND {asked.within("c.sql_on")}
        )
        SELECT segment, median(days) FILTER (WHERE way = 'engaged') AS value, count_if(way = 'engaged') AS n,
          median(days) FILTER (WHERE way = 'opened') AS to_opportunity, count_if(way = 'opened') AS opportunity_n,
          median(days) FILTER (WHERE way = 'won') AS to_won, count_if(way = 'won') AS won_n,
          median(days) FILTER (WHERE way = 'lead') AS mql_to_sql, count_if(way = 'lead') AS sql_n
        FROM ways
        WHERE days >= 0
        GROUP BY segment"""


def _velocity_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches, deals, accounts = tables["activities"], tables["opportunities"], tables["accounts"]
    kept = touches["is_done"] & (touches["occurred_on"] <= asked.last) & touches["account_id"].notna()
    sent = touches["kind"].isin(COVERAGE) & touches["side"].isna()
    engaged = responses(tables, asked).groupby("account_id")["occurred_on"].min()
    first = touches[kept & (sent | (touches["side"] == "marketing"))].groupby("account_id")["occurred_on"].min()
    started = pd.concat([engaged, first]).groupby(level=0).min()
    own = accounts.assign(segment=asked.segments(accounts["target"]), started=accounts["account_id"].map(started))
    opened = deals[deals["opening_known"]].assign(ended=deals["opened_on"])
    won = deals[deals["outcome"] == "won"].assign(ended=deals["closed_on"])
    leads = tables["contacts"].merge(own[["account_id", "segment"]], on="account_id")
    ways = {
        "engaged": own.assign(ended=own["account_id"].map(engaged)),
        "opened": _first_after(own, opened, asked),
        "won": _first_after(own, won, asked),
        "lead": leads.assign(started=leads["mql_on"], ended=leads["sql_on"]),
    }
    days = {way: _days(frame, asked) for way, frame in ways.items()}
    medians = pd.DataFrame({way: by.median() for way, by in days.items()})
    counts = pd.DataFrame({way: by.size() for way, by in days.items()}).fillna(0)
    told = {"engaged": ("value", "n"), "opened": ("to_opportunity", "opportunity_n"), "won": ("to_won", "won_n"),
            "lead": ("mql_to_sql", "sql_n")}  # fmt: skip
    found = {middle: medians[way] for way, (middle, _) in told.items()}
    found |= {number: counts[way] for way, (_, number) in told.items()}
    return pd.DataFrame(found).rename_axis("segment").reset_index()


def _first_after(accounts: pd.DataFrame, deals: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Accounts with the first `ended` of their deals that is not before their start."""
    later = deals[["account_id", "ended"]].dropna().merge(accounts[["account_id", "started"]], on="account_id")
    later = later[(later["ended"] >= later["started"]) & (later["ended"] <= asked.last)]
    return accounts.assign(ended=accounts["account_id"].map(later.groupby("account_id")["ended"].min()))


def _days(ways: pd.DataFrame, asked: Asked) -> "pd.api.typing.SeriesGroupBy":
    days = (ways["ended"] - ways["started"]).dt.days
    ended = (ways["ended"] <= asked.last) & asked.inside(ways["ended"]) & (days >= 0)
    return days[ended].groupby(ways["segment"])


QUESTIONS = (
    Question(
        "marketing_velocity", ("segment",),
        ("value", "n", "to_opportunity", "to_won", "mql_to_sql", "opportunity_n", "won_n", "sql_n"), _velocity_sql,
        _velocity_frame,
    ),
)  # fmt: skip
