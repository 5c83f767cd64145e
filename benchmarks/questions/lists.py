"""Where single deals stand: the bridge of the open pipeline, overdue deals, stalled deals."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question

ENDINGS = ("won", "lost", "no_decision")
A_TOUCH = """coalesce(is_done, TRUE) AND kind NOT IN ('ad_impression', 'campaign_sent')
            AND NOT (kind IN ('email_sent', 'direct_mail') AND side = 'marketing')"""


def touches_of_people(tables: Frames, asked: Asked) -> pd.DataFrame:
    """Activities done up to the as-of day, without impressions and marketing's own sends."""
    touches = tables["activities"]
    sent = touches["kind"].isin(("email_sent", "direct_mail")) & (touches["side"] == "marketing")
    shown = touches["kind"].isin(("ad_impression", "campaign_sent"))
    return touches[touches["is_done"] & ~sent & ~shown & (touches["occurred_on"] <= asked.last)]


def _bridge_sql(asked: Asked) -> str:
    there, at_start, created, still_open = "TRUE", "FALSE", "TRUE", "FALSE"
    if asked.start:
        first, last = day(asked.start), day(asked.as_of)
        there = f"""opened_on <= {last} AND (outcome = 'open' OR (
            closed_on >= {first} AND closed_on >= opened_on AND closed_on <= {last}))"""
        at_start, created = f"opened_on < {first}", f"opened_on >= {first}"
        still_open = f"closed_on > {last}"
    ends = ", ".join(f"count_if(became = '{one}')" for one in (*ENDINGS, "open"))
    amounts = ", ".join(f"sum(value) FILTER (WHERE became = '{one}')" for one in (*ENDINGS, "open"))
    return f"""
        SELECT segment,
          unnest(['open_at_start', 'created', 'won', 'lost', 'no_decision', 'open_at_end']) AS step,
          unnest([count_if(at_start), count_if(created), {ends}]) AS value,
          unnest([sum(value) FILTER (WHERE at_start), sum(value) FILTER (WHERE created), {amounts}]) AS amount
        FROM (
          SELECT {asked.segment("target")} AS segment, value, {at_start} AS at_start, {created} AS created,
            CASE WHEN {still_open} THEN 'open' ELSE outcome END AS became
          FROM model.opportunities
          WHERE {there}
        )
        GROUP BY segment"""


def _bridge_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    at_start, became = pd.Series(False, index=deals.index), deals["outcome"].astype(object)
    if asked.start:
        first = pd.Timestamp(asked.start)
        closed = (
            (deals["closed_on"] >= first)
            & (deals["closed_on"] >= deals["opened_on"])
            & (deals["closed_on"] <= asked.last)
        )
        deals = deals[(deals["opened_on"] <= asked.last) & ((deals["outcome"] == "open") | closed)]
        at_start, became = deals["opened_on"] < first, deals["outcome"].astype(object)
        became = became.mask(deals["closed_on"] > asked.last, "open")
    deals = deals.assign(segment=asked.segments(deals["target"]))
    masks = {"open_at_start": at_start, "created": ~at_start, **{one: became == one for one in ENDINGS},
             "open_at_end": became == "open"}  # fmt: skip
    rows = []
    for segment, index in deals.groupby("segment").groups.items():
        for step, mask in masks.items():
            values = deals.loc[index, "value"][mask.loc[index]]
            rows.append({"segment": segment, "step": step, "value": len(values), "amount": values.sum(min_count=1)})
    return pd.DataFrame(rows)


def _overdue_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH touches AS (
          SELECT opportunity_id, account_id, max(occurred_on) AS last_on
          FROM model.activities
          WHERE occurred_on <= {last} AND {A_TOUCH}
          GROUP BY opportunity_id, account_id
        ), judged AS (
          SELECT o.*, a.last_activity_on, greatest(
              (SELECT max(last_on) FROM touches t WHERE t.opportunity_id = o.opportunity_id),
              (SELECT max(last_on) FROM touches t WHERE t.account_id = o.account_id AND t.opportunity_id IS NULL)
            ) AS touched_on
          FROM model.opportunities o
          LEFT JOIN model.accounts a ON a.account_id = o.account_id
          WHERE o.outcome = 'open'
        ), listed AS (
          SELECT *, coalesce(touched_on, if(last_activity_on <= {last}, last_activity_on, NULL)) AS last_touch,
            coalesce(expected_close_on < {last}, FALSE) AS is_past,
            coalesce({last} - coalesce(last_touch, opened_on) >= 14, TRUE) AS is_idle
          FROM judged
        )
        SELECT {asked.segment("target")} AS segment, opportunity_id,
          if(is_past, {last} - expected_close_on, NULL) AS value,
          CASE WHEN is_past AND is_idle THEN 'both' WHEN is_past THEN 'past_expected_close'
            ELSE 'no_activity' END AS reason,
          owner, value AS amount, stage, last_touch
        FROM listed
        WHERE is_past OR is_idle"""


def _overdue_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = touches_of_people(tables, asked)
    by_deal = touches.groupby("opportunity_id")["occurred_on"].max().rename("by_deal")
    by_account = (
        touches[touches["opportunity_id"].isna()].groupby("account_id")["occurred_on"].max().rename("by_account")
    )
    deals = tables["opportunities"]
    deals = deals[deals["outcome"] == "open"].join(by_deal, on="opportunity_id").join(by_account, on="account_id")
    deals = deals.join(tables["accounts"].set_index("account_id")["last_activity_on"], on="account_id")
    known = deals["last_activity_on"].where(deals["last_activity_on"] <= asked.last)
    last_touch = deals[["by_deal", "by_account"]].max(axis=1).fillna(known)
    is_past = deals["expected_close_on"] < asked.last
    is_idle = ~((asked.last - last_touch.fillna(deals["opened_on"])).dt.days < 14)
    found = deals.assign(
        segment=asked.segments(deals["target"]), amount=deals["value"], last_touch=last_touch,
        value=(asked.last - deals["expected_close_on"]).dt.days.where(is_past),
        reason=np.select([is_past & is_idle, is_past], ["both", "past_expected_close"], "no_activity"),
    )  # fmt: skip
    return found[is_past | is_idle]


def _stalled_sql(asked: Asked) -> str:
    last = day(asked.as_of)
    return f"""
        WITH visits AS (
          SELECT v.*, o.account_id, o.outcome, o.value, o.owner, o.target,
            coalesce(v.exited_at, CAST(o.closed_on AS TIMESTAMP)) AS until,
            if(v.enters_dates_only, {last} - v.entered_on,
              epoch({last} + INTERVAL 1 DAY - v.entered_at) / 86400) AS age
          FROM model.stage_visits v
          JOIN model.opportunities o ON o.opportunity_id = v.opportunity_id
          WHERE NOT v.is_closing AND v.entered_on <= {last}
        ), limits AS (
          SELECT pipeline, stage, quantile_cont(days, 0.9) AS limit_days
          FROM visits
          WHERE exited_on <= {last} AND days >= 0
          GROUP BY pipeline, stage
          HAVING count(*) >= 20
        ), stalled AS (
          SELECT v.*, l.limit_days
          FROM visits v
          JOIN limits l ON l.pipeline = v.pipeline AND l.stage = v.stage
          WHERE v.is_open AND v.age > l.limit_days
        ), usual_stays AS (
          SELECT pipeline, stage, median(longest) AS days_won
          FROM (
            SELECT opportunity_id, pipeline, stage, max(epoch(until) - epoch(entered_at)) / 86400 AS longest
            FROM visits WHERE outcome = 'won' GROUP BY ALL
          )
          WHERE longest >= 0
          GROUP BY pipeline, stage
        ), watched AS (
          SELECT opportunity_id, account_id, pipeline, stage, entered_at, NULL AS until, FALSE AS is_won FROM stalled
          UNION ALL
          SELECT opportunity_id, account_id, pipeline, stage, entered_at, until, TRUE
          FROM visits
          WHERE outcome = 'won' AND (pipeline, stage) IN (SELECT (pipeline, stage) FROM stalled)
        ), touches AS (
          SELECT opportunity_id, account_id, contact_id, side, occurred_at, occurred_on
          FROM model.activities
          WHERE occurred_on <= {last} AND {A_TOUCH}
        ), in_stage AS (
          SELECT w.opportunity_id, w.pipeline, w.stage, w.is_won, t.side,
            (epoch(t.occurred_at) - epoch(w.entered_at)) / 86400 AS since
          FROM watched w JOIN touches t ON t.opportunity_id = w.opportunity_id
          WHERE t.occurred_at >= w.entered_at AND (w.until IS NULL OR t.occurred_at < w.until)
          UNION ALL
          SELECT w.opportunity_id, w.pipeline, w.stage, w.is_won, t.side,
            (epoch(t.occurred_at) - epoch(w.entered_at)) / 86400 AS since
          FROM watched w JOIN touches t ON t.account_id = w.account_id AND t.opportunity_id IS NULL
          WHERE t.occurred_at >= w.entered_at AND (w.until IS NULL OR t.occurred_at < w.until)
        ), counted AS (
          SELECT w.opportunity_id, w.pipeline, w.stage, w.is_won,
            count(*) FILTER (WHERE i.side = 'marketing') AS marketing,
            count(*) FILTER (WHERE i.side = 'sales') AS sales,
            count(*) FILTER (WHERE i.side = 'marketing' AND i.since < u.days_won) AS marketing_early,
            count(*) FILTER (WHERE i.side = 'sales' AND i.since < u.days_won) AS sales_early
          FROM (SELECT DISTINCT opportunity_id, pipeline, stage, is_won FROM watched) w
          LEFT JOIN in_stage i ON i.opportunity_id = w.opportunity_id AND i.pipeline = w.pipeline AND i.stage = w.stage
            AND i.is_won = w.is_won
          LEFT JOIN usual_stays u ON u.pipeline = w.pipeline AND u.stage = w.stage
          GROUP BY ALL
        ), usual AS (
          SELECT pipeline, stage, median(marketing) AS marketing, median(sales) AS sales
          FROM counted WHERE is_won GROUP BY pipeline, stage
        ), ever AS (
          SELECT opportunity_id, max(occurred_on) AS last_touch, count(DISTINCT contact_id) AS people
          FROM (
            SELECT s.opportunity_id, t.occurred_on, t.contact_id
            FROM stalled s JOIN touches t ON t.opportunity_id = s.opportunity_id
            UNION ALL
            SELECT s.opportunity_id, t.occurred_on, t.contact_id
            FROM stalled s JOIN touches t ON t.account_id = s.account_id AND t.opportunity_id IS NULL
            UNION ALL
            SELECT s.opportunity_id, NULL, k.contact_id
            FROM stalled s JOIN model.opportunity_contacts k ON k.opportunity_id = s.opportunity_id
          )
          GROUP BY opportunity_id
        )
        SELECT {asked.segment("s.target")} AS segment, s.opportunity_id, s.age AS value, s.owner, s.value AS amount,
          s.stage, s.limit_days, e.last_touch, coalesce(e.people, 0) AS people, c.marketing AS marketing_touches,
          u.marketing AS marketing_touches_won, c.sales AS sales_touches, u.sales AS sales_touches_won, d.days_won,
          if(s.age >= d.days_won, c.marketing_early, NULL) AS marketing_touches_early,
          if(s.age >= d.days_won, c.sales_early, NULL) AS sales_touches_early
        FROM stalled s
        LEFT JOIN usual_stays d ON d.pipeline = s.pipeline AND d.stage = s.stage
        LEFT JOIN counted c ON c.opportunity_id = s.opportunity_id AND c.stage = s.stage AND NOT c.is_won
        LEFT JOIN usual u ON u.pipeline = s.pipeline AND u.stage = s.stage
        LEFT JOIN ever e ON e.opportunity_id = s.opportunity_id"""


def visits_with_deals(tables: Frames, asked: Asked) -> pd.DataFrame:
    """Visits to open stages with their deal's facts, their age on the as-of day and, of the stage, the p90 of all."""
    visits = tables["stage_visits"]
    visits = visits[~visits["is_closing"] & (visits["entered_on"] <= asked.last)]
    facts = tables["opportunities"].set_index("opportunity_id")
    visits = visits.join(facts[["account_id", "outcome", "value", "owner", "closed_on", "target"]], on="opportunity_id")
    whole = (asked.last - visits["entered_on"]).dt.days
    exact = (asked.last + pd.Timedelta(days=1) - visits["entered_at"]).dt.total_seconds() / 86400
    visits = visits.assign(age=exact.mask(visits["enters_dates_only"], whole))
    complete = visits[(visits["exited_on"] <= asked.last) & (visits["days"] >= 0)]
    days = complete.groupby(["pipeline", "stage"], observed=True)["days"]
    limits = days.quantile(0.9).where(days.size() >= 20).rename("limit_days")
    return visits.join(limits, on=["pipeline", "stage"])


def _usual_stays(won: pd.DataFrame) -> pd.Series:
    """Median over won deals of their longest stay in each stage, in days."""
    stays = won.assign(stay=(won["until"] - won["entered_at"]).dt.total_seconds() / 86400)
    longest = stays.groupby(["opportunity_id", "pipeline", "stage"], observed=True)["stay"].max()
    return longest[longest >= 0].groupby(level=["pipeline", "stage"], observed=True).median().rename("days_won")


def _stalled_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    visits = visits_with_deals(tables, asked)
    place = ["pipeline", "stage"]
    stalled = visits[visits["is_open"] & (visits["age"] > visits["limit_days"])]
    won = visits[visits["outcome"] == "won"].merge(stalled[place].drop_duplicates(), on=place)
    won = won.assign(until=won["exited_at"].fillna(won["closed_on"]))
    watched = pd.concat([stalled.assign(until=pd.NaT, is_won=False), won.assign(is_won=True)], ignore_index=True)
    watched = watched[["opportunity_id", "account_id", *place, "entered_at", "until", "is_won"]]
    touches = touches_of_people(tables, asked)[
        ["opportunity_id", "account_id", "contact_id", "side", "occurred_at", "occurred_on"]
    ]
    own, other = touches[touches["opportunity_id"].notna()], touches[touches["opportunity_id"].isna()]
    own, other = own.drop(columns="account_id"), other.drop(columns="opportunity_id")
    met = pd.concat([watched.merge(own, on="opportunity_id"), watched.merge(other, on="account_id")])
    met = met[(met["occurred_at"] >= met["entered_at"]) & ~(met["occurred_at"] >= met["until"])]
    met = met.join(_usual_stays(won), on=place)
    early = (met["occurred_at"] - met["entered_at"]).dt.total_seconds() / 86400 < met["days_won"]
    unit = ["opportunity_id", *place, "is_won"]
    counts = met.assign(marketing=met["side"] == "marketing", sales=met["side"] == "sales")
    counts = counts.assign(marketing_early=counts["marketing"] & early, sales_early=counts["sales"] & early)
    counts = counts.groupby(unit, observed=True)[["marketing", "sales", "marketing_early", "sales_early"]].sum()
    counts = watched[unit].drop_duplicates().set_index(unit).join(counts).fillna(0).reset_index()
    usual = counts[counts["is_won"]].groupby(place, observed=True)[["marketing", "sales"]].median()
    seated = tables["opportunity_contacts"]
    ever = pd.concat([
        stalled.merge(own, on="opportunity_id"), stalled.merge(other, on="account_id"),
        stalled.merge(seated, on="opportunity_id"),
    ])  # fmt: skip
    ever = ever.groupby("opportunity_id").agg(last_touch=("occurred_on", "max"), people=("contact_id", "nunique"))
    found = stalled.merge(counts[~counts["is_won"]], on=["opportunity_id", *place])
    found = found.join(usual.add_suffix("_touches_won"), on=place).join(ever, on="opportunity_id")
    found = found.join(_usual_stays(won), on=place)
    followed = found["age"] >= found["days_won"]
    return found.assign(
        marketing_touches_early=found["marketing_early"].where(followed),
        sales_touches_early=found["sales_early"].where(followed),
        segment=asked.segments(found["target"]), amount=found["value"], value=found["age"],
        people=found["people"].fillna(0),
    ).rename(columns={"marketing": "marketing_touches", "sales": "sales_touches"})  # fmt: skip


QUESTIONS = (
    Question("pipeline_bridge", ("segment", "step"), ("value", "amount"), _bridge_sql, _bridge_frame),
    Question(
        "overdue_deals", ("segment", "opportunity_id"), ("value", "reason", "owner", "amount", "stage", "last_touch"),
        _overdue_sql, _overdue_frame,
    ),
    Question(
        "stalled_deals", ("segment", "opportunity_id"),
        ("value", "owner", "amount", "stage", "limit_days", "last_touch", "people", "marketing_touches",
         "marketing_touches_won", "sales_touches", "sales_touches_won", "days_won", "marketing_touches_early",
         "sales_touches_early"),
        _stalled_sql, _stalled_frame,
    ),
)  # fmt: skip
