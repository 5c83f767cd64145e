"""Customers by their contracts: who left, what the others bring, and which renewals are at risk."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import POINTS
from benchmarks.questions.question import Question

GRACE, EARLY, LEAST_SHARE, AHEAD, TREND, INTENT, LEAST_FALL, BASE = 30, 90, 0.5, 90, 90, 30, 0.25, 10
NEVER = pd.Timestamp("2200-01-01")
SIGNS = ("falling engagement", "competitor intent", "negative sentiment")


def _terms_sql() -> str:
    """Contracts with the day until which they hold: their end, or the beginning of the renewal before or after it."""
    usable = "account_id IS NOT NULL AND started_on IS NOT NULL AND (ended_on IS NULL OR ended_on > started_on)"
    return f"""
        SELECT * EXCLUDE (next_on, early_on, is_alike, renews),
          early_on IS NOT NULL OR coalesce(renews, FALSE) AS went_on,
          coalesce(CASE WHEN ended_on IS NOT NULL AND NOT coalesce(is_alike, FALSE) THEN early_on END, next_on,
            ended_on, DATE '{NEVER:%Y-%m-%d}') AS until_on
        FROM (
          SELECT k.contract_id, k.account_id, k.product, k.started_on, k.ended_on, k.renews_on,
            k.monthly_value AS value, coalesce(k.ended_on, k.renews_on) AS due_on,
            min(n.started_on) FILTER (
              WHERE n.started_on > k.started_on AND n.started_on >= due_on - {EARLY}
                AND n.started_on < due_on + CASE WHEN k.ended_on IS NULL THEN {GRACE + 1} ELSE 0 END
                AND coalesce(n.ended_on > due_on, TRUE) AND alike
            ) AS early_on,
            min(n.started_on) FILTER (WHERE in_grace) AS next_on, bool_or(alike) FILTER (WHERE in_grace) AS is_alike,
            bool_or(in_grace) AND (
              bool_or(alike OR n.monthly_value IS NULL) FILTER (WHERE in_grace)
              OR coalesce(
                sum(n.monthly_value) FILTER (WHERE in_grace) >= {LEAST_SHARE} * any_value(k.monthly_value), TRUE)
            ) AS renews
          FROM (SELECT * FROM model.contracts WHERE {usable}) k
          LEFT JOIN (SELECT * FROM model.contracts WHERE {usable}) n ON n.account_id = k.account_id,
          LATERAL (SELECT n.started_on BETWEEN k.ended_on AND k.ended_on + {GRACE} AS in_grace,
            coalesce(n.product = k.product, n.monthly_value >= {LEAST_SHARE} * k.monthly_value, TRUE) AS alike)
          GROUP BY ALL
        )"""


def _first(asked: Asked) -> pd.Timestamp:
    return asked.last + pd.Timedelta(days=1) - pd.DateOffset(months=12)


def _ends_sql(asked: Asked) -> str:
    then, now = (f"started_on <= {day(on)} AND until_on > {day(on)}" for on in (_first(asked).date(), asked.as_of))
    return f"""
        SELECT {asked.segment("a.target")} AS segment, k.account_id, bool_or({then}) AS was, bool_or({now}) AS is_there,
          coalesce(sum(k.value) FILTER (WHERE {then}), 0) AS then_value,
          coalesce(sum(k.value) FILTER (WHERE {now}), 0) AS now_value
        FROM ({_terms_sql()}) k JOIN model.accounts a ON a.account_id = k.account_id
        GROUP BY ALL HAVING was OR is_there"""


def _terms_frame(tables: Frames) -> pd.DataFrame:
    """As `_terms_sql`."""
    contracts = tables["contracts"]
    known = contracts["account_id"].notna() & contracts["started_on"].notna()
    terms = contracts[known & ~(contracts["ended_on"] <= contracts["started_on"])].reset_index(drop=True)
    terms = terms.assign(due_on=terms["ended_on"].fillna(terms["renews_on"]))
    own = ["account_id", "product", "started_on", "ended_on", "monthly_value"]
    pairs = terms[[*own, "due_on"]].reset_index().merge(terms[own], on="account_id", suffixes=("", "_next"))
    brings = ~(pairs["monthly_value_next"] < LEAST_SHARE * pairs["monthly_value"])
    is_named = pairs["product"].notna() & pairs["product_next"].notna()
    alike = (pairs["product"] == pairs["product_next"]).fillna(False).where(is_named, brings)
    gap = (pairs["started_on_next"] - pairs["due_on"]).dt.days
    in_grace = gap.between(0, GRACE) & pairs["ended_on"].notna()
    soon = gap.between(-EARLY, -1) | (pairs["ended_on"].isna() & gap.between(0, GRACE))
    outlives = pairs["ended_on_next"].isna() | (pairs["ended_on_next"] > pairs["due_on"])
    is_early = soon & outlives & alike & (pairs["started_on_next"] > pairs["started_on"])
    next_on = pairs[in_grace].groupby("index")["started_on_next"].min().reindex(terms.index)
    early_on = pairs[is_early].groupby("index")["started_on_next"].min().reindex(terms.index)
    is_taken = terms["ended_on"].notna() & ~terms.index.isin(pairs[in_grace & alike]["index"])
    until_on = early_on.where(is_taken).fillna(next_on).fillna(terms["ended_on"]).fillna(NEVER)
    later = pairs[in_grace].groupby("index")["monthly_value_next"].agg(lambda paid: paid.sum(skipna=False))
    enough = ~(later.reindex(terms.index) < LEAST_SHARE * terms["monthly_value"]) & next_on.notna()
    renews = enough | terms.index.isin(pairs[in_grace & alike]["index"])
    return terms.assign(until_on=until_on, went_on=early_on.notna() | renews, value=terms["monthly_value"])


def _ends_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    terms = _terms_frame(tables).merge(tables["accounts"], on="account_id")
    terms = terms.assign(segment=asked.segments(terms["target"]))
    for name, on in (("then", _first(asked)), ("now", asked.last)):
        held = (terms["started_on"] <= on) & (terms["until_on"] > on)
        terms = terms.assign(**{f"is_{name}": held, f"{name}_value": terms["value"].where(held, 0)})
    ends = terms.groupby(["segment", "account_id"], as_index=False).agg(
        was=("is_then", "any"),
        is_there=("is_now", "any"),
        then_value=("then_value", "sum"),
        now_value=("now_value", "sum"),
    )
    return ends[ends["was"] | ends["is_there"]]


def _churn_sql(asked: Asked) -> str:
    return f"""
        SELECT segment, count(*) AS n, count_if(NOT is_there) AS gone, gone / n AS value,
          sum(greatest(then_value - now_value, 0)) / sum(then_value) AS revenue_churn
        FROM ({_ends_sql(asked)}) WHERE was GROUP BY segment"""


def _churn_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    ends = _ends_frame(tables, asked)
    ends = ends[ends["was"]].assign(gone=~ends["is_there"], less=(ends["then_value"] - ends["now_value"]).clip(lower=0))
    found = ends.groupby("segment").agg(
        n=("gone", "size"), gone=("gone", "sum"), less=("less", "sum"), then=("then_value", "sum")
    )
    return found.assign(value=found["gone"] / found["n"], revenue_churn=found["less"] / found["then"]).reset_index()


MONEY = ("expansion", "contraction", "lost", "new")


def _retention_sql(asked: Asked) -> str:
    first, last = day(_first(asked).date()), day(asked.as_of)
    terms = _terms_sql()
    return f"""
        WITH ends AS ({_ends_sql(asked)}), terms AS ({terms}),
        due AS (
          SELECT contract_id, account_id, ended_on AS due_on, went_on FROM terms WHERE ended_on <= {last}
          UNION ALL
          SELECT contract_id, account_id, renews_on, TRUE FROM terms
          WHERE NOT coalesce(ended_on <= {last}, FALSE) AND renews_on BETWEEN started_on + 1 AND {last}
          UNION ALL
          SELECT t.contract_id, t.account_id, r.renews_on, TRUE
          FROM terms t JOIN model.renewal_days r ON r.contract_id = t.contract_id
          WHERE r.renews_on <= {last}
        ),
        moved AS (
          SELECT segment, count_if(was) AS n, sum(now_value) FILTER (WHERE was) AS kept,
            sum(then_value) FILTER (WHERE was) AS start, sum(least(then_value, now_value)) FILTER (WHERE was) AS capped,
            sum(greatest(now_value - then_value, 0)) FILTER (WHERE was) AS expansion,
            sum(greatest(then_value - now_value, 0)) FILTER (WHERE was AND is_there) AS contraction,
            sum(then_value) FILTER (WHERE was AND NOT is_there) AS lost, sum(now_value) FILTER (WHERE NOT was) AS new,
            count_if(was AND now_value > then_value) / n AS upsell_rate
          FROM ends GROUP BY segment
        ),
        products AS (
          SELECT {asked.segment("a.target")} AS segment,
            count(DISTINCT (k.account_id, k.product)) / count(DISTINCT k.account_id) AS products_per_account
          FROM terms k JOIN model.accounts a ON a.account_id = k.account_id
          WHERE k.started_on <= {last} AND k.until_on > {last} AND k.product IS NOT NULL GROUP BY 1
        ),
        renewed AS (
          SELECT {asked.segment("a.target")} AS segment, avg(CAST(d.went_on AS INTEGER)) AS renewal_rate
          FROM (
            SELECT contract_id, account_id, bool_and(went_on) AS went_on FROM due
            WHERE due_on BETWEEN {first} AND {last} GROUP BY ALL
          ) d JOIN model.accounts a ON a.account_id = d.account_id GROUP BY 1
        )
        SELECT m.*, kept / start AS value, capped / start AS grr, p.products_per_account, r.renewal_rate
        FROM moved m LEFT JOIN products p ON p.segment = m.segment LEFT JOIN renewed r ON r.segment = m.segment"""


def _retention_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    ends = _ends_frame(tables, asked)
    was, change = ends["was"], ends["now_value"] - ends["then_value"]
    ends = ends.assign(
        n=was, kept=ends["now_value"].where(was, 0), start=ends["then_value"].where(was, 0),
        capped=ends[["then_value", "now_value"]].min(axis=1).where(was, 0),
        expansion=change.where(was, 0).clip(lower=0),
        contraction=(-change).where(was & ends["is_there"], 0).clip(lower=0),
        lost=ends["then_value"].where(was & ~ends["is_there"], 0), new=ends["now_value"].where(~was, 0),
        more=was & (change > 0),
    )  # fmt: skip
    found = ends.groupby("segment")[["n", "kept", "start", "capped", *MONEY, "more"]].sum()
    terms = _terms_frame(tables).merge(tables["accounts"], on="account_id")
    terms = terms.assign(segment=asked.segments(terms["target"]))
    held = terms[(terms["started_on"] <= asked.last) & (terms["until_on"] > asked.last) & terms["product"].notna()]
    pairs = held[["segment", "account_id", "product"]].drop_duplicates().groupby("segment")["account_id"]
    found = found.assign(
        value=found["kept"] / found["start"], grr=found["capped"] / found["start"],
        upsell_rate=found["more"] / found["n"],
        products_per_account=pairs.size() / pairs.nunique(), renewal_rate=_renewal_rates(terms, asked),
    )  # fmt: skip
    return found.reset_index()


def _renewal_rates(terms: pd.DataFrame, asked: Asked) -> pd.Series:
    ended = terms["ended_on"] <= asked.last
    past = (terms["renews_on"] <= asked.last) & (terms["renews_on"] > terms["started_on"])
    ends = terms[ended].assign(due_on=terms["ended_on"])
    ran_past = terms[~ended & past].assign(due_on=terms["renews_on"], went_on=True)
    due = pd.concat([part for part in (ends, ran_past, *_stepped(terms, asked)) if len(part)])
    inside = due[due["due_on"].between(_first(asked), asked.last)]
    return inside.groupby(["segment", "contract_id"])["went_on"].min().groupby("segment").mean()


def _stepped(terms: pd.DataFrame, asked: Asked) -> Iterator[pd.DataFrame]:
    """Renewals every so many whole months, back from the day that is stated or on from the start, step by step."""
    terms = terms[(terms["term_months"] >= 1) & (terms["term_months"] % 1 == 0)]
    for months, own in terms.groupby("term_months"):
        anchor = own["renews_on"].fillna(own["started_on"])
        years = int((asked.last - own["started_on"].min()).days / 365) + 2
        for step in range(-int(12 * years / months), int(12 * years / months) + 1):
            days = anchor + pd.DateOffset(months=int(step * months))
            is_due = (days > own["started_on"]) & (days <= asked.last) & ~(days >= own["ended_on"])
            if is_due.any():
                yield own[is_due].assign(due_on=days[is_due], went_on=True)


def _risk_sql(asked: Asked) -> str:
    today = day(asked.as_of)
    worth = " ".join(f"WHEN '{kind}' THEN {points}" for kind, points in POINTS.items())
    return f"""
        WITH coming AS (
          SELECT k.contract_id, k.account_id, 12 * k.monthly_value AS value,
            CASE WHEN k.renews_on >= {today} AND (k.ended_on IS NULL OR k.renews_on < k.ended_on) THEN k.renews_on
              ELSE k.ended_on END AS due_on,
            due_on = coalesce(k.ended_on, k.renews_on) AND k.contract_id IN (
              SELECT contract_id FROM ({_terms_sql()}) WHERE went_on
            ) AS is_renewed
          FROM model.contracts k
          WHERE k.started_on <= {today} AND (k.ended_on IS NULL OR k.ended_on > {today}) AND k.account_id IS NOT NULL
        ),
        earned AS (
          SELECT account_id, {today} - occurred_on AS ago, CASE kind {worth} END AS points FROM model.activities
          WHERE coalesce(is_done, TRUE) AND occurred_on <= {today} AND (kind IN ('meeting', 'call') OR (
            side = 'marketing' OR direction = 'in' OR (side IS NULL AND direction IS NULL)))
        ),
        trends AS (
          SELECT account_id, coalesce(sum(points) FILTER (WHERE ago < {TREND}), 0) AS now_points,
            coalesce(sum(points) FILTER (WHERE ago >= {TREND} AND ago < {2 * TREND}), 0) AS then_points
          FROM earned GROUP BY account_id
        ),
        rivals AS (
          SELECT DISTINCT lower(trim(competitor)) AS name FROM model.opportunities WHERE trim(competitor) <> ''
          UNION SELECT lower(trim(topic)) FROM model.intent WHERE is_competitor AND trim(topic) <> ''
        ),
        researching AS (
          SELECT DISTINCT i.account_id FROM model.intent i
          WHERE i.observed_on > {today} - {INTENT} AND i.observed_on <= {today}
            AND i.score * 100 / coalesce(nullif(i.scale, 0), 100) >= 60 AND (i.is_competitor OR EXISTS (
              SELECT 1 FROM rivals r WHERE contains(' ' || lower(i.topic) || ' ', ' ' || r.name || ' ')))
        ),
        moods AS (
          SELECT account_id, avg(CAST(sentiment AS DOUBLE)) AS mood FROM model.activities
          WHERE coalesce(is_done, TRUE) AND {today} - occurred_on BETWEEN 0 AND {TREND - 1}
            AND sentiment BETWEEN -1 AND 1
          GROUP BY account_id
        )
        SELECT {asked.segment("a.target")} AS segment, c.contract_id, c.value, c.due_on - {today} AS days_left,
          concat_ws(', ',
            CASE WHEN t.now_points < t.then_points AND t.now_points <= t.then_points * {1 - LEAST_FALL}
              AND t.then_points >= {BASE}
              THEN '{SIGNS[0]}' END,
            CASE WHEN v.account_id IS NOT NULL THEN '{SIGNS[1]}' END,
            CASE WHEN m.mood < 0 THEN '{SIGNS[2]}' END) AS reasons
        FROM coming c JOIN model.accounts a ON a.account_id = c.account_id
        LEFT JOIN trends t ON t.account_id = c.account_id LEFT JOIN researching v ON v.account_id = c.account_id
        LEFT JOIN moods m ON m.account_id = c.account_id
        WHERE c.due_on - {today} BETWEEN 0 AND {AHEAD} AND NOT coalesce(c.is_renewed, FALSE) AND reasons <> ''"""


def _risk_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    contracts = tables["contracts"].merge(tables["accounts"], on="account_id")
    runs = (contracts["started_on"] <= asked.last) & ~(contracts["ended_on"] <= asked.last)
    contracts = contracts[runs]
    own = (contracts["renews_on"] >= asked.last) & ~(contracts["renews_on"] >= contracts["ended_on"])
    due_on = contracts["renews_on"].where(own, contracts["ended_on"])
    terms = _terms_frame(tables)
    followed = terms.loc[terms["went_on"], "contract_id"]
    names = contracts["account_id"]
    signs = {
        SIGNS[0]: names.isin(_falling(tables, asked)), SIGNS[1]: names.isin(_researching(tables, asked)),
        SIGNS[2]: names.isin(_sour(tables, asked)),
    }  # fmt: skip
    told = pd.DataFrame({sign: np.where(holds, sign, "") for sign, holds in signs.items()}, index=contracts.index)
    listed = contracts.assign(
        segment=asked.segments(contracts["target"]), value=12 * contracts["monthly_value"],
        days_left=(due_on - asked.last).dt.days, reasons=[", ".join(filter(None, row)) for row in told.to_numpy()],
    )  # fmt: skip
    is_renewed = contracts["contract_id"].isin(followed) & (
        due_on == contracts["ended_on"].fillna(contracts["renews_on"])
    )
    return listed[listed["days_left"].between(0, AHEAD) & ~is_renewed & (listed["reasons"] != "")]


def _falling(tables: Frames, asked: Asked) -> pd.Index:
    touches = tables["activities"]
    ours = (touches["side"] == "marketing") | (touches["direction"] == "in")
    ours |= touches["side"].isna() & touches["direction"].isna()
    counts = touches["kind"].isin(("meeting", "call")) | ours
    touches = touches[touches["is_done"] & counts & (touches["occurred_on"] <= asked.last)]
    points, ago = touches["kind"].astype(str).map(POINTS).fillna(0), (asked.last - touches["occurred_on"]).dt.days
    now = points.where(ago < TREND, 0).groupby(touches["account_id"]).sum()
    then = points.where((ago >= TREND) & (ago < 2 * TREND), 0).groupby(touches["account_id"]).sum()
    return now.index[(now < then) & (now <= then * (1 - LEAST_FALL)) & (then >= BASE)]


def _researching(tables: Frames, asked: Asked) -> set[str]:
    signals, deals = tables["intent"], tables["opportunities"]
    topic = signals["topic"].astype(str).str.lower()
    rivals = {*deals["competitor"].dropna().str.strip().str.lower(), *topic[signals["is_competitor"]].str.strip()} - {
        ""
    }
    scale = signals["scale"].where(signals["scale"] != 0).fillna(100)
    recent = (asked.last - signals["observed_on"]).dt.days.between(0, INTENT - 1)
    strong = recent & (signals["score"] * 100 / scale >= 60)
    about = {text for text in topic.unique() if any(f" {rival} " in f" {text} " for rival in rivals)}
    return set(signals.loc[strong & (signals["is_competitor"] | topic.isin(about)), "account_id"].dropna())


def _sour(tables: Frames, asked: Asked) -> pd.Index:
    touches = tables["activities"]
    recent = (asked.last - touches["occurred_on"]).dt.days.between(0, TREND - 1)
    scored = touches[touches["is_done"] & recent & touches["sentiment"].between(-1, 1)]
    moods = scored["sentiment"].astype(float).groupby(scored["account_id"]).mean()
    return moods.index[moods < 0]


QUESTIONS = (
    Question("churn_rate", ("segment",), ("value", "n", "gone", "revenue_churn"), _churn_sql, _churn_frame),
    Question(
        "revenue_retention", ("segment",),
        ("value", "n", "grr", *MONEY, "products_per_account", "renewal_rate", "upsell_rate"), _retention_sql,
        _retention_frame,
    ),
    Question(
        "renewals_at_risk", ("segment", "contract_id"), ("value", "days_left", "reasons"), _risk_sql, _risk_frame,
    ),
)  # fmt: skip
