"""Whether marketing and sales work the same accounts: follow-up, overlap, untouched pipeline, hand-overs, agreement."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.engagement import RESPONSE, responses
from benchmarks.questions.question import Question

DAYS = 5
REJECTED = ("rejected", "unqualified", "disqualified", "bad timing")
MEASURES = ("followed_up", "overlap", "both", "uninfluenced", "rejected", "agreement")
NO_SIDE, TALKS = ("task", "note", "email_open"), ("meeting", "call")


def _alignment_sql(asked: Asked) -> str:
    counted = "count(*) AS n, sum(CASE WHEN yes THEN 1 ELSE 0 END) AS numerator"
    both = counted.replace("yes", "sold AND marketed")
    return f"""
        WITH t AS (
          SELECT *, occurred_at = occurred_on AS dated,
            coalesce(side, CASE WHEN kind IN {TALKS} THEN 'sales'
              WHEN kind NOT IN {NO_SIDE} THEN 'marketing' END) AS own
          FROM model.activities
          WHERE coalesce(is_done, TRUE) AND kind <> 'ad_impression'
            AND coalesce(occurred_on <= {day(asked.as_of)}, TRUE)
        ), a AS (
          SELECT account_id, target, {asked.segment("target")} AS segment FROM model.accounts
        ), first AS (
          SELECT account_id, min(occurred_on) AS engaged_on, min(occurred_at) AS engaged_at
          FROM model.activities
          WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)}
          GROUP BY account_id
        ), delays AS (
          SELECT f.account_id, f.engaged_on, arg_min(
            CASE WHEN t.dated OR f.engaged_at = f.engaged_on THEN t.occurred_on - f.engaged_on
              ELSE epoch(t.occurred_at - f.engaged_at) / 86400 END, (t.occurred_on, t.dated, t.occurred_at)) AS days
          FROM first f
          LEFT JOIN t ON t.account_id = f.account_id AND t.own = 'sales' AND t.occurred_on >= f.engaged_on
            AND (t.dated OR t.occurred_at >= f.engaged_at)
            AND NOT (t.occurred_at = f.engaged_at AND coalesce(t.direction = 'in', FALSE))
          GROUP BY f.account_id, f.engaged_on
        ), judged AS (
          SELECT a.segment, d.days, coalesce(d.days <= {DAYS}, FALSE) AS yes
          FROM delays d JOIN a ON a.account_id = d.account_id
          WHERE {asked.within("engaged_on")} AND engaged_on + {DAYS} <= {day(asked.as_of)}
            AND engaged_on + {DAYS} >= (SELECT min(occurred_on) FROM t WHERE own = 'sales')
        ), sides AS (
          SELECT a.segment, a.account_id, a.target, count(*) FILTER (WHERE t.own = 'sales') > 0 AS sold,
            count(*) FILTER (WHERE t.own = 'marketing') > 0 AS marketed
          FROM a LEFT JOIN t ON t.account_id = a.account_id AND {asked.within("t.occurred_on")}
          GROUP BY ALL
        ), last AS (
          SELECT account_id, max(occurred_on) AS touched_on
          FROM model.activities
          WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)}
          GROUP BY account_id
        ), deals AS (
          SELECT coalesce(a.segment, {"'rest'" if asked.by_target else "'All'"}) AS segment, o.value,
            NOT coalesce(l.touched_on >= o.opened_on - 90, FALSE) AS yes
          FROM model.opportunities o
          LEFT JOIN a ON a.account_id = o.account_id
          LEFT JOIN last l ON l.account_id = o.account_id
          WHERE o.outcome = 'open' AND o.value IS NOT NULL AND o.opened_on <= {day(asked.as_of)}
        ), handed AS (
          SELECT coalesce(a.segment, {"'rest'" if asked.by_target else "'All'"}) AS segment,
            lower(c.lead_status) IN {REJECTED} AS yes
          FROM model.contacts c LEFT JOIN a ON a.account_id = c.account_id
          WHERE c.mql_on IS NOT NULL AND {asked.within("c.mql_on")} AND c.lead_status IS NOT NULL
        ), agreed AS (
          SELECT share
          FROM (
            SELECT answered_on, (score - scale_min) / (scale_max - scale_min) AS share, row_number() OVER (
              PARTITION BY coalesce(contact_id, answer_id), wave, subject
              ORDER BY answered_on DESC, answered_at DESC NULLS LAST, answer_id DESC) AS n
            FROM model.survey_answers
            WHERE question = 'alignment' AND score BETWEEN scale_min AND scale_max
          )
          WHERE n = 1 AND {asked.within("answered_on")}
        ), found AS (
          SELECT segment, 'followed_up' AS measure, numerator / n AS value, n, numerator, median_days
          FROM (SELECT segment, {counted}, median(days) FILTER (WHERE yes) AS median_days FROM judged GROUP BY segment)
          UNION ALL
          SELECT segment, 'overlap', numerator / n, n, numerator, NULL
          FROM (SELECT segment, {both} FROM sides WHERE sold OR marketed GROUP BY segment)
          UNION ALL
          SELECT segment, 'both', numerator / n, n, numerator, NULL
          FROM (SELECT segment, {both} FROM sides WHERE target GROUP BY segment)
          UNION ALL
          SELECT segment, 'uninfluenced', coalesce(sum(value) FILTER (WHERE yes), 0) / sum(value), count(*), NULL, NULL
          FROM deals GROUP BY segment
          UNION ALL
          SELECT segment, 'rejected', numerator / n, n, numerator, NULL
          FROM (SELECT segment, {counted} FROM handed GROUP BY segment)
          UNION ALL
          SELECT 'All', 'agreement', avg(share), count(*), NULL, NULL FROM agreed WHERE {not asked.by_target}
        )
        SELECT s.segment, m.measure, f.value, coalesce(f.n, 0) AS n, f.median_days
        FROM (SELECT DISTINCT segment FROM a) s
        CROSS JOIN (SELECT unnest({list(MEASURES)}) AS measure) m
        LEFT JOIN found f ON f.segment = s.segment AND f.measure = m.measure"""


def _delays(tables: Frames, asked: Asked, sales: pd.DataFrame) -> pd.DataFrame:
    """account_id, engaged_on and days to the first sales touch after it; NaN without one."""
    engaged = responses(tables, asked).groupby("account_id").agg(
        engaged_on=("occurred_on", "min"), engaged_at=("occurred_at", "min")
    )  # fmt: skip
    pairs = sales.merge(engaged.reset_index(), on="account_id")
    same = (pairs["occurred_at"] == pairs["engaged_at"]) & (pairs["direction"] == "in")
    dated = pairs["occurred_at"] == pairs["occurred_on"]
    pairs = pairs.assign(dated=dated)[
        (pairs["occurred_on"] >= pairs["engaged_on"]) & (dated | (pairs["occurred_at"] >= pairs["engaged_at"])) & ~same
    ]
    whole = pairs["dated"] | (pairs["engaged_at"] == pairs["engaged_on"])
    elapsed = (pairs["occurred_at"] - pairs["engaged_at"]) / pd.Timedelta(days=1)
    days = elapsed.mask(whole, (pairs["occurred_on"] - pairs["engaged_on"]).dt.days)
    first = pairs.assign(days=days).sort_values(["occurred_on", "dated", "occurred_at"]).drop_duplicates("account_id")
    return engaged.join(first.set_index("account_id")["days"]).reset_index()


def _rates(flags: pd.Series, segments: pd.Series) -> pd.DataFrame:
    found = flags.astype(bool).groupby(segments).agg(value="mean", n="size", numerator="sum")
    return found.rename_axis("segment").reset_index()


def _alignment_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches, accounts = tables["activities"], tables["accounts"]
    accounts = accounts.assign(segment=asked.segments(accounts["target"]))
    segment = accounts.set_index("account_id")["segment"]
    own = np.select([touches["side"].notna(), touches["kind"].isin(TALKS), ~touches["kind"].isin(NO_SIDE)],
                    [touches["side"].astype(object), "sales", "marketing"], "")  # fmt: skip
    happened = touches["is_done"] & (touches["kind"] != "ad_impression")
    happened &= (touches["occurred_on"] <= asked.last) | touches["occurred_on"].isna()
    touches = touches.assign(own=own)[happened]
    sales = touches[touches["own"] == "sales"]
    delays = _delays(tables, asked, sales)
    ends = delays["engaged_on"] + pd.Timedelta(days=DAYS)
    ripe = asked.inside(delays["engaged_on"]) & (ends <= asked.last) & (ends >= sales["occurred_on"].min())
    delays = delays[ripe].assign(segment=lambda f: f["account_id"].map(segment))
    inside = touches[asked.inside(touches["occurred_on"])]
    sold, marketed = (
        accounts["account_id"].isin(inside.loc[inside["own"] == side, "account_id"]) for side in ("sales", "marketing")
    )
    either, of_target = sold | marketed, accounts["target"].astype(bool)
    followed = delays[delays["days"] <= DAYS]
    frames = {
        "followed_up": _rates(delays["days"] <= DAYS, delays["segment"]).merge(
            followed.groupby("segment")["days"].median().rename("median_days").reset_index(), how="left"),
        "overlap": _rates((sold & marketed)[either], accounts.loc[either, "segment"]),
        "both": _rates((sold & marketed)[of_target], accounts.loc[of_target, "segment"]),
        "uninfluenced": _uninfluenced(tables, asked, segment), "rejected": _rejected(tables, asked, segment),
        "agreement": _agreement(tables, asked),
    }  # fmt: skip
    found = pd.concat([frame.assign(measure=name) for name, frame in frames.items()], ignore_index=True)
    whole = pd.MultiIndex.from_product([segment.unique(), frames], names=["segment", "measure"])
    found = found.set_index(["segment", "measure"])[["value", "n", "median_days"]].reindex(whole)
    return found.fillna({"n": 0}).reset_index()


def _segment_of(frame: pd.DataFrame, asked: Asked, segment: pd.Series) -> pd.Series:
    return frame["account_id"].map(segment).fillna("rest" if asked.by_target else "All")


def _uninfluenced(tables: Frames, asked: Asked, segment: pd.Series) -> pd.DataFrame:
    deals = tables["opportunities"]
    deals = deals[(deals["outcome"] == "open") & deals["value"].notna() & (deals["opened_on"] <= asked.last)]
    last = deals["account_id"].map(responses(tables, asked).groupby("account_id")["occurred_on"].max())
    alone = deals["value"].mask((deals["opened_on"] - last).dt.days <= 90, 0)
    grouped = pd.DataFrame(
        {"segment": _segment_of(deals, asked, segment), "alone": alone, "all": deals["value"]}
    ).groupby("segment")
    return pd.DataFrame({"value": grouped["alone"].sum() / grouped["all"].sum(), "n": grouped.size()}).reset_index()


def _rejected(tables: Frames, asked: Asked, segment: pd.Series) -> pd.DataFrame:
    people = tables["contacts"]
    handed = people[people["mql_on"].notna() & asked.inside(people["mql_on"]) & people["lead_status"].notna()]
    return _rates(handed["lead_status"].str.lower().isin(REJECTED), _segment_of(handed, asked, segment))


def _agreement(tables: Frames, asked: Asked) -> pd.DataFrame:
    answers = tables["survey_answers"]
    answers = answers[
        (answers["question"] == "alignment") & answers["score"].between(answers["scale_min"], answers["scale_max"])
    ]
    if asked.by_target or answers.empty:
        return pd.DataFrame({"segment": [], "value": [], "n": []})
    answers = answers.assign(person=answers["contact_id"].fillna(answers["answer_id"]))
    newest = answers.sort_values(["answered_on", "answered_at", "answer_id"], na_position="first").drop_duplicates(
        ["person", "wave", "subject"], keep="last"
    )
    newest = newest[asked.inside(newest["answered_on"])]
    share = (newest["score"] - newest["scale_min"]) / (newest["scale_max"] - newest["scale_min"])
    return pd.DataFrame({"segment": ["All"], "value": [share.mean()], "n": [len(share)]})


QUESTIONS = (
    Question(
        "team_alignment",
        ("segment", "measure"),
        ("value", "n", "median_days"),
        _alignment_sql,
        _alignment_frame,
    ),
)
