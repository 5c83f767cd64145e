"""The profile of the customers won so far, and the accounts that fit it.

The product's own settings: a good account is won with lifetime value in the top half, lifetime value is the
invoices to date, nothing circular counts, and the fit decides who is an ideal customer. The AUC of an uploaded score is
the product's alone: the sample company uploads none.
"""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.market import LEAST
from benchmarks.questions.question import Question

FEW, PERCENT, IDEAL = 10, 70, 60
LONG_AGO = pd.Timestamp("1700-01-01")
BUCKETS = """CASE WHEN count({what}) = 0 THEN '0' WHEN count({what}) <= 2 THEN '1–2' WHEN count({what}) <= 9 THEN '3–9'
              ELSE '10+' END"""


def _outcomes_sql(until: str) -> str:
    """What had become of each account by `until`: when, and whether it is a good one (NULL: neither)."""
    return f"""
          SELECT account_id, first_on, is_customer, life_value,
            if(is_customer, won_on, least(lost_on, idle_on)) AS outcome_on,
            CASE WHEN is_customer
                THEN if(life_value >= median(life_value) FILTER (WHERE is_customer) OVER (), TRUE, NULL)
              WHEN lost_on IS NOT NULL OR idle_on IS NOT NULL THEN FALSE END AS is_good
          FROM (
            SELECT a.account_id, d.first_on, d.won_on IS NOT NULL AS is_customer, v.life_value, d.won_on, d.lost_on,
              if(i.idle_on <= {until} AND (d.first_on IS NULL OR d.first_on > i.idle_on), i.idle_on, NULL) AS idle_on
            FROM model.accounts a
            JOIN (SELECT account_id, CAST(created_on + INTERVAL 12 MONTH AS DATE) AS idle_on FROM model.accounts) i
              ON i.account_id = a.account_id
            LEFT JOIN (
              SELECT account_id, min(coalesce(opened_on, closed_on, DATE '0001-01-01')) AS first_on,
                min(closed_on) FILTER (WHERE outcome = 'won' AND closed_on <= {until}) AS won_on,
                min(closed_on) FILTER (WHERE outcome = 'lost' AND closed_on <= {until}) AS lost_on
              FROM model.opportunities GROUP BY account_id
            ) d ON d.account_id = a.account_id
            LEFT JOIN (
              SELECT account_id, sum(value) AS life_value FROM model.invoices WHERE invoiced_on <= {until}
              GROUP BY account_id
            ) v ON v.account_id = a.account_id
          )"""


def _counted_sql(name: str, source: str, what: str) -> str:
    """The bucket of how many of `source` an account had in the year before its day, by use."""
    return f"""
          SELECT l.use, l.account_id, l.is_good, '{name}' AS attribute, {BUCKETS.format(what=what)} AS val
          FROM looked l
          LEFT JOIN ({source}) s ON s.account_id = l.account_id AND s.on_day < l.before_on
            AND s.on_day >= l.before_on - INTERVAL 12 MONTH
          GROUP BY l.use, l.account_id, l.is_good"""


def _fit_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    touches = f"""SELECT account_id, occurred_on AS on_day FROM model.activities
            WHERE {RESPONSE} AND occurred_on <= {last}"""
    signals = f"""SELECT account_id, observed_on AS on_day, lower(coalesce(topic, '(none)')) AS topic FROM model.intent
            WHERE observed_on <= {last} AND score * 100 / coalesce(nullif(scale, 0), 100) >= {LEAST}"""
    return f"""
        WITH outcomes AS MATERIALIZED ({_outcomes_sql(last)}
        ), fitted AS MATERIALIZED (
          SELECT list_sort(list(outcome_on))[(count(*) * {PERCENT} + 99) // 100] AS known_on
          FROM outcomes WHERE is_good IS NOT NULL
        ), earlier AS MATERIALIZED ({_outcomes_sql("(SELECT known_on FROM fitted)")}
        ), looked AS MATERIALIZED (
          SELECT 'train' AS use, account_id, is_good, least(first_on, outcome_on) AS before_on
          FROM earlier WHERE is_good IS NOT NULL
          UNION ALL
          SELECT 'test', o.account_id, o.is_good, least(o.first_on, o.outcome_on)
          FROM outcomes o JOIN earlier e ON e.account_id = o.account_id AND e.is_good IS NULL
          WHERE o.is_good IS NOT NULL AND o.outcome_on > (SELECT known_on FROM fitted)
          UNION ALL
          SELECT 'all', account_id, is_good, least(first_on, outcome_on) FROM outcomes
          UNION ALL
          SELECT 'now', account_id, NULL, if(first_on <= {last}, first_on, {last} + 1) FROM outcomes
        ), profiles AS MATERIALIZED (
          SELECT l.use, l.account_id, l.is_good, a.attribute, coalesce(t.attribute_value, 'unknown') AS val
          FROM looked l
          CROSS JOIN (SELECT DISTINCT attribute FROM model.account_traits WHERE NOT is_circular) a
          LEFT JOIN model.account_traits t ON t.account_id = l.account_id AND t.attribute = a.attribute
          UNION ALL {_counted_sql("touches", touches, "s.account_id")}
          UNION ALL {_counted_sql("intent_topics", signals, "DISTINCT s.topic")}
        ), buckets AS (
          SELECT attribute, val, if(count(*) >= {FEW}, val, '(other)') AS bucket
          FROM profiles WHERE use = 'train' GROUP BY attribute, val
        ), weights AS MATERIALIZED (
          SELECT p.attribute, b.bucket,
            ln((count(DISTINCT p.account_id) FILTER (WHERE p.is_good) + 0.5)
              / (count(DISTINCT p.account_id) FILTER (WHERE NOT p.is_good) + 0.5)) - any_value(s.odds) AS log_odds
          FROM profiles p
          JOIN buckets b ON b.attribute = p.attribute AND b.val = p.val
          CROSS JOIN (
            SELECT ln((count_if(is_good) + 0.5) / (count_if(NOT is_good) + 0.5)) AS odds FROM looked WHERE use = 'train'
          ) s
          WHERE p.use = 'train'
          GROUP BY p.attribute, b.bucket
        ), sums AS MATERIALIZED (
          SELECT use, account_id, is_good, round(sum(log_odds), 9) AS log_odds
          FROM (
            SELECT p.use, p.account_id, p.is_good, avg(coalesce(w.log_odds, 0)) AS log_odds
            FROM profiles p
            LEFT JOIN buckets b ON b.attribute = p.attribute AND b.val = p.val
            LEFT JOIN weights w ON w.attribute = p.attribute AND w.bucket = coalesce(b.bucket, '(other)')
            WHERE p.use IN ('test', 'now')
            GROUP BY p.use, p.account_id, p.is_good, p.attribute
          )
          GROUP BY use, account_id, is_good
        )"""


def _accounts_sql(asked: Asked) -> str:
    return f"""{_fit_sql(asked)}
        SELECT {asked.segment("a.target")} AS segment, count_if(score >= {IDEAL}) AS value, count(*) AS n,
          value / n AS share,
          count_if(score >= {IDEAL} AND a.account_id IN (SELECT account_id FROM model.market))
            / (SELECT sum(companies) FROM model.market) AS share_of_market
        FROM model.accounts a
        JOIN (
          SELECT account_id, 100 * (rank() OVER (ORDER BY log_odds) - 1 + count(*) OVER (PARTITION BY log_odds) / 2)
            / count(*) OVER () AS score
          FROM sums WHERE use = 'now'
        ) s ON s.account_id = a.account_id
        GROUP BY segment"""


def _profile_sql(asked: Asked) -> str:
    return f"""{_fit_sql(asked)},
        judged AS (
          SELECT DISTINCT {asked.segment("a.target")} AS segment, p.attribute,
            if(b.n >= {FEW}, p.val, '(other)') AS val, p.account_id, o.is_good, o.is_customer, o.life_value
          FROM profiles p
          JOIN (
            SELECT attribute, val, count(is_good) AS n FROM profiles WHERE use = 'all' GROUP BY attribute, val
          ) b ON b.attribute = p.attribute AND b.val = p.val
          JOIN outcomes o ON o.account_id = p.account_id
          JOIN model.accounts a ON a.account_id = p.account_id
          WHERE p.use = 'all'
        ), overall AS (
          SELECT {asked.segment("a.target")} AS segment, count_if(o.is_good) / count(o.is_good) AS overall
          FROM outcomes o JOIN model.accounts a ON a.account_id = o.account_id
          GROUP BY 1
        ), sorting AS (
          SELECT (sum(place) FILTER (WHERE is_good) - count_if(is_good) * (count_if(is_good) + 1) / 2)
            / (count_if(is_good) * count_if(NOT is_good)) AS auc, count(*) AS auc_n
          FROM (
            SELECT is_good, rank() OVER (ORDER BY log_odds) + (count(*) OVER (PARTITION BY log_odds) - 1) / 2 AS place
            FROM sums WHERE use = 'test'
          )
        )
        SELECT j.segment, j.attribute, j.val AS attribute_value, count_if(j.is_good) AS numerator,
          count(j.is_good) AS n, numerator / n AS won_rate,
          won_rate / any_value(o.overall) AS value, count_if(j.is_customer) AS customers,
          avg(j.life_value) FILTER (WHERE j.is_customer) AS average_value, any_value(w.log_odds) AS log_odds,
          any_value(o.overall) AS overall, any_value(s.auc) AS auc, any_value(s.auc_n) AS auc_n,
          (SELECT count_if(is_good) FROM looked WHERE use = 'train') AS positives,
          (SELECT known_on FROM fitted) AS fitted_on
        FROM judged j
        JOIN overall o ON o.segment = j.segment
        LEFT JOIN weights w ON w.attribute = j.attribute AND w.bucket = j.val
        CROSS JOIN sorting s
        GROUP BY j.segment, j.attribute, j.val
        HAVING count(j.is_good) > 0"""


def _outcomes(tables: Frames, until: pd.Timestamp) -> pd.DataFrame:
    """As `_outcomes_sql`; is_good is 1, 0 or missing."""
    accounts, deals = tables["accounts"].set_index("account_id"), tables["opportunities"]
    first = deals["opened_on"].fillna(deals["closed_on"]).fillna(LONG_AGO)
    known, paid = deals[deals["closed_on"] <= until], tables["invoices"]
    paid = paid[paid["invoiced_on"] <= until]
    won, lost = (known[known["outcome"] == outcome].groupby("account_id") for outcome in ("won", "lost"))
    found = pd.DataFrame(index=accounts.index).assign(
        first_on=first.groupby(deals["account_id"]).min(), won_on=won["closed_on"].min(),
        life_value=paid.groupby("account_id")["value"].sum(min_count=1), lost_on=lost["closed_on"].min(),
    )  # fmt: skip
    idle = accounts["created_on"] + pd.DateOffset(months=12)
    idle = idle.where((idle <= until) & ~(found["first_on"] <= idle))
    ended = pd.concat([found["lost_on"], idle], axis=1).min(axis=1)
    customer = found["won_on"].notna()
    good = found["life_value"] >= found.loc[customer, "life_value"].median()
    judged = good.astype(float).where(good | ~customer & ended.notna())
    return found.assign(is_customer=customer, outcome_on=found["won_on"].where(customer, ended), is_good=judged)


def _looked_at(
    outcomes: pd.DataFrame, earlier: pd.DataFrame, fitted_on: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Every account for each use, with the day before which its behaviour counts."""
    tested = outcomes["is_good"].notna() & (outcomes["outcome_on"] > fitted_on) & earlier["is_good"].isna()
    uses = {"train": earlier[earlier["is_good"].notna()], "test": outcomes[tested], "all": outcomes}
    parts = [own.assign(use=use, before_on=own[["first_on", "outcome_on"]].min(axis=1)) for use, own in uses.items()]
    opened = outcomes["first_on"].where(outcomes["first_on"] <= last, last + pd.Timedelta(days=1))
    parts.append(outcomes.assign(use="now", before_on=opened, is_good=np.nan))
    return pd.concat(parts)[["use", "before_on", "is_good"]].reset_index()


def _behaviour(looked: pd.DataFrame, name: str, days: pd.DataFrame) -> pd.DataFrame:
    """The bucket of how many different `what` of `days` (account_id, on_day, what) there are in the year before."""
    marked = looked.reset_index(names="at")
    near = marked[["at", "account_id", "before_on"]].dropna().merge(days, on="account_id")
    within = (near["on_day"] < near["before_on"]) & (near["on_day"] >= near["before_on"] - pd.DateOffset(months=12))
    number = marked["at"].map(near[within].groupby("at")["what"].nunique()).fillna(0)
    told = pd.cut(number, [-1, 0, 2, 9, np.inf], labels=["0", "1–2", "3–9", "10+"]).astype(str)
    return looked.assign(attribute=name, val=told)


def _profiles(tables: Frames, asked: Asked, looked: pd.DataFrame) -> pd.DataFrame:
    """Every value of every property of the accounts of each use."""
    traits, signals = tables["account_traits"], tables["intent"]
    traits = traits[~traits["is_circular"]]
    attributes = pd.DataFrame({"attribute": traits["attribute"].unique()})
    given = looked.merge(attributes, how="cross").merge(traits, on=["account_id", "attribute"], how="left")
    given = given.assign(val=given["attribute_value"].fillna("unknown"))
    touches = responses(tables, asked)
    touched = pd.DataFrame(
        {"account_id": touches["account_id"], "on_day": touches["occurred_on"], "what": touches["activity_id"]}
    )
    scale = signals["scale"].where(signals["scale"] != 0).fillna(100)
    strong = signals[(signals["score"] * 100 / scale >= LEAST) & (signals["observed_on"] <= asked.last)]
    topics = strong["topic"].fillna("(none)").str.lower()
    researched = pd.DataFrame({"account_id": strong["account_id"], "on_day": strong["observed_on"], "what": topics})
    behaviour = [_behaviour(looked, "touches", touched), _behaviour(looked, "intent_topics", researched)]
    return pd.concat([given, *behaviour])[["use", "account_id", "is_good", "attribute", "val"]]


def _log_odds(good: "pd.Series | float", bad: "pd.Series | float") -> "pd.Series | float":
    return np.log((good + 0.5) / (bad + 0.5))


class _Fit:
    """The fit: outcomes, profiles, the day it was learnt, weights of the pooled values, sums by account."""

    def __init__(self, tables: Frames, asked: Asked) -> None:
        self.outcomes = _outcomes(tables, asked.last)
        known = self.outcomes.loc[self.outcomes["is_good"].notna(), "outcome_on"].sort_values()
        self.fitted_on = known.iloc[(len(known) * PERCENT + 99) // 100 - 1]
        earlier = _outcomes(tables, self.fitted_on)
        looked = _looked_at(self.outcomes, earlier, self.fitted_on, asked.last)
        self.profiles = _profiles(tables, asked, looked)
        self.positives = (earlier["is_good"] == 1).sum()
        train = self.profiles[self.profiles["use"] == "train"]
        number = train.groupby(["attribute", "val"]).size().rename("number").reset_index()
        buckets = number.assign(bucket=number["val"].where(number["number"] >= FEW, "(other)"))
        pooled = train.merge(buckets, on=["attribute", "val"]).drop_duplicates(["attribute", "bucket", "account_id"])
        goods = pooled.groupby(["attribute", "bucket"])["is_good"].agg(["sum", "size"])
        base = _log_odds(self.positives, (earlier["is_good"] == 0).sum())
        self.weights = _log_odds(goods["sum"], goods["size"] - goods["sum"]).sub(base).rename("log_odds").reset_index()
        scored = self.profiles[self.profiles["use"].isin(["test", "now"])].merge(
            buckets[["attribute", "val", "bucket"]], on=["attribute", "val"], how="left"
        )
        scored = scored.assign(bucket=scored["bucket"].fillna("(other)"))
        scored = scored.merge(self.weights, on=["attribute", "bucket"], how="left").fillna({"log_odds": 0.0})
        means = scored.groupby(["use", "account_id", "attribute"])["log_odds"].mean()
        self.sums = means.groupby(level=["use", "account_id"]).sum().round(9)


def _accounts_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    sums = _Fit(tables, asked).sums["now"]
    score = 100 * (sums.rank() - 0.5) / len(sums)
    accounts = tables["accounts"]
    ideal = accounts["account_id"].map(score) >= IDEAL
    segment = accounts.assign(segment=asked.segments(accounts["target"]))["segment"]
    found = ideal.groupby(segment).agg(value="sum", n="size", share="mean")
    market = tables["market"]
    inside = (ideal & accounts["account_id"].isin(market["account_id"])).groupby(segment).sum()
    return found.assign(share_of_market=inside / market["companies"].sum()).rename_axis("segment").reset_index()


def _profile_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    fit, accounts = _Fit(tables, asked), tables["accounts"]
    outcomes = fit.outcomes.assign(
        segment=accounts.assign(segment=asked.segments(accounts["target"])).set_index("account_id")["segment"]
    )
    every = fit.profiles[fit.profiles["use"] == "all"][["account_id", "attribute", "val", "is_good"]]
    known = every.groupby(["attribute", "val"])["is_good"].transform("count")
    valued = every.assign(attribute_value=every["val"].where(known >= FEW, "(other)"))
    valued = valued.drop_duplicates(["account_id", "attribute", "attribute_value"])[
        ["account_id", "attribute", "attribute_value"]
    ]
    judged = valued.merge(outcomes, left_on="account_id", right_index=True)
    judged = judged.assign(life_value=judged["life_value"].where(judged["is_customer"]))
    found = judged.groupby(["segment", "attribute", "attribute_value"]).agg(
        numerator=("is_good", "sum"), n=("is_good", "count"), won_rate=("is_good", "mean"),
        customers=("is_customer", "sum"), average_value=("life_value", "mean"),
    ).reset_index()  # fmt: skip
    found = found[found["n"] > 0].merge(
        fit.weights.rename(columns={"bucket": "attribute_value"}), on=["attribute", "attribute_value"], how="left"
    )
    overall = found["segment"].map(outcomes.groupby("segment")["is_good"].mean())
    auc, number = _auc(fit)
    return found.assign(
        overall=overall, value=found["won_rate"] / overall, auc=auc, auc_n=number, positives=fit.positives,
        fitted_on=fit.fitted_on,
    )  # fmt: skip


def _auc(fit: _Fit) -> tuple[float, int]:
    """How well the sums sort the accounts whose outcome came later, and how many these are."""
    sums = fit.sums["test"]
    good = fit.outcomes.loc[sums.index, "is_good"] == 1
    places = sums.rank()[good].sum()
    return (places - good.sum() * (good.sum() + 1) / 2) / (good.sum() * (~good).sum()), len(sums)


QUESTIONS = (
    Question("icp_accounts", ("segment",), ("value", "n", "share", "share_of_market"), _accounts_sql, _accounts_frame),
    Question(
        "ideal_customer_profile", ("segment", "attribute", "attribute_value"),
        ("value", "n", "numerator", "customers", "won_rate", "average_value", "log_odds", "overall", "auc", "auc_n",
         "positives", "fitted_on"),
        _profile_sql, _profile_frame,
    ),
)  # fmt: skip
