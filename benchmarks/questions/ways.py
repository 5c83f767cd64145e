"""The way from the first marketing touch: how long it takes, and who is credited with the deals at its end.

The sample company has no ready-made journeys: credit is asked of the touches before each deal.
"""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question

COVERAGE = ("email_sent", "direct_mail", "campaign_sent", "ad_impression")
MARKETING = f"""account_id IS NOT NULL AND coalesce(is_done, TRUE)
            AND (({RESPONSE}) OR kind IN {COVERAGE} AND side IS NULL OR side = 'marketing')"""
WINDOW = 90


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


def _credit_sql(asked: Asked) -> str:
    return f"""
        WITH steps AS (
          SELECT d.opportunity_id, {asked.segment("d.target")} AS segment, d.value,
            coalesce(t.channel, '(none)') AS channel,
            row_number() OVER (PARTITION BY d.opportunity_id ORDER BY t.occurred_at, t.activity_id) AS place,
            CAST(count(*) OVER (PARTITION BY d.opportunity_id) AS DOUBLE) AS touches
          FROM model.opportunities d
          JOIN (SELECT * FROM model.activities WHERE {RESPONSE}) t ON t.account_id = d.account_id
            AND t.occurred_on BETWEEN d.opened_on - {WINDOW} AND least(d.closed_on, {day(asked.as_of)})
          WHERE d.outcome = 'won' AND d.closed_on IS NOT NULL AND {asked.within("d.closed_on")}
        ), models AS (
          UNPIVOT (
            SELECT *, if(place = 1, 1.0, 0)::DOUBLE AS first, if(place = touches, 1.0, 0)::DOUBLE AS last,
              1 / touches AS linear,
              if(touches <= 2, 1 / touches, if(place IN (1, touches), 0.4, 0.2 / (touches - 2))) AS position
            FROM steps
          ) ON first, last, linear, position INTO NAME model VALUE credit
        ), deals AS (
          SELECT segment, model, channel, sum(credit) * any_value(value) AS amount
          FROM models WHERE credit > 0 GROUP BY segment, model, channel, opportunity_id
        )
        SELECT segment, model, channel, sum(amount) AS value, count(amount) AS n, count(*) AS deals,
          sum(amount) / sum(sum(amount)) OVER (PARTITION BY segment, model) AS share
        FROM deals GROUP BY segment, model, channel"""


def _credit_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    won = deals[(deals["outcome"] == "won") & deals["closed_on"].notna() & asked.inside(deals["closed_on"])]
    won = won.assign(segment=asked.segments(won["target"]))[
        ["opportunity_id", "account_id", "segment", "value", "opened_on", "closed_on"]
    ]
    touches = responses(tables, asked).sort_values(["occurred_at", "activity_id"], ignore_index=True)
    steps = won.merge(touches[["account_id", "channel", "occurred_on"]].reset_index(), on="account_id")
    early = (steps["opened_on"] - steps["occurred_on"]).dt.days <= WINDOW
    steps = steps[early & (steps["occurred_on"] <= steps["closed_on"])].sort_values("index")
    by_deal = steps.groupby("opportunity_id")
    place, number = by_deal.cumcount() + 1, by_deal["index"].transform("size")
    ends, equal = (place == 1) | (place == number), 1 / number
    between = (0.2 / (number - 2).where(number > 2)).mask(ends, 0.4)
    credits = {
        "first": (place == 1).astype(float), "last": (place == number).astype(float), "linear": equal,
        "position": between.where(number > 2, equal),
    }  # fmt: skip
    steps = steps.assign(channel=steps["channel"].astype(object).fillna("(none)"))
    long = pd.concat([steps.assign(model=model, credit=credit) for model, credit in credits.items()])
    key = ["segment", "model", "channel"]
    credited = long[long["credit"] > 0].groupby([*key, "opportunity_id"])
    parts = credited.agg(credit=("credit", "sum"), value=("value", "first"))
    amount = (parts["credit"] * parts["value"]).groupby(level=key)
    found = pd.DataFrame({"value": amount.sum(min_count=1), "n": amount.count(), "deals": amount.size()})
    return found.assign(share=found["value"] / found.groupby(level=key[:2])["value"].transform("sum")).reset_index()


QUESTIONS = (
    Question(
        "marketing_velocity", ("segment",),
        ("value", "n", "to_opportunity", "to_won", "mql_to_sql", "opportunity_n", "won_n", "sql_n"), _velocity_sql,
        _velocity_frame,
    ),
    Question(
        "influence_credit", ("segment", "model", "channel"), ("value", "n", "share", "deals"), _credit_sql,
        _credit_frame,
    ),
)  # fmt: skip
