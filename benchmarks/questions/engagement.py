"""What marketing's touches did: engaged accounts, accounts with an opportunity, influence on amounts."""

import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question

KINDS = ("web_visit", "form", "content", "chat", "email_click", "email_reply", "campaign_response", "webinar", "event")
RESPONSE = f"""coalesce(is_done, TRUE) AND kind IN {KINDS} AND account_id IS NOT NULL
            AND (side = 'marketing' OR direction = 'in' OR coalesce(side, direction) IS NULL)"""
MARKETING = ("Webinar", "Email", "Content", "Website", "Advertisement", "Trade Show")


def responses(tables: Frames, asked: Asked, of_accounts: bool = True, undated: bool = False) -> pd.DataFrame:
    """Visits and responses (of accounts alone, or also of nobody), of marketing or inbound, up to the as-of day.

    With `undated` also those without a day, which count where no period is asked.
    """
    touches = tables["activities"]
    side, direction = touches["side"], touches["direction"]
    ours = (side == "marketing") | (direction == "in") | (side.isna() & direction.isna())
    happened = (touches["occurred_on"] <= asked.last) | (touches["occurred_on"].isna() & undated)
    known = (touches["account_id"].notna() | (not of_accounts)) & happened
    return touches[touches["is_done"] & touches["kind"].isin(KINDS) & ours & known]


def _engaged_sql(asked: Asked) -> str:
    return f"""
        SELECT {asked.segment("a.target")} AS segment, count(e.account_id) / count(*) AS value, count(*) AS n,
          count(e.account_id) AS numerator
        FROM model.accounts a
        LEFT JOIN (
          SELECT DISTINCT account_id
          FROM model.activities
          WHERE {RESPONSE} AND (occurred_on IS NULL OR occurred_on <= {day(asked.as_of)})
            AND {asked.within("occurred_on")}
        ) e ON e.account_id = a.account_id
        GROUP BY segment"""


def _engaged_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = responses(tables, asked, undated=True)
    engaged = touches.loc[asked.inside(touches["occurred_on"]), "account_id"].unique()
    accounts = tables["accounts"]
    flags = accounts["account_id"].isin(engaged).groupby(_segments(accounts, asked))
    return flags.agg(value="mean", n="size", numerator="sum").rename_axis("segment").reset_index()


def _segments(frame: pd.DataFrame, asked: Asked) -> pd.Series:
    return frame.assign(segment=asked.segments(frame["target"]))["segment"]


POINTS = {
    "web_visit": 1.0, "email_click": 1.0, "email_reply": 2.0, "campaign_response": 2.0, "chat": 2.0, "call": 2.0,
    "content": 10.0, "form": 10.0, "webinar": 30.0, "event": 30.0, "meeting": 30.0,
}  # fmt: skip
THRESHOLD = 100


def _qualified_sql(asked: Asked) -> str:
    worth = " ".join(f"WHEN '{kind}' THEN {points}" for kind, points in POINTS.items())
    return f"""
        WITH moments AS (
          SELECT account_id, occurred_on, sum(CASE kind {worth} END) OVER (
            PARTITION BY account_id ORDER BY occurred_at
            RANGE BETWEEN INTERVAL 90 DAY PRECEDING AND CURRENT ROW) AS points
          FROM model.activities
          WHERE occurred_on <= {day(asked.as_of)}
            AND (({RESPONSE}) OR coalesce(is_done, TRUE) AND kind IN ('meeting', 'call') AND account_id IS NOT NULL)
        )
        SELECT {asked.segment("a.target")} AS segment, count(q.account_id) AS value, count(*) AS n,
          count(q.account_id) / count(*) AS share
        FROM model.accounts a
        LEFT JOIN (
          SELECT DISTINCT account_id FROM moments WHERE points >= {THRESHOLD} AND {asked.within("occurred_on")}
        ) q ON q.account_id = a.account_id
        GROUP BY segment"""


def _qualified_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    touches = tables["activities"]
    talks = touches["is_done"] & touches["kind"].isin(["meeting", "call"])
    known = touches["account_id"].notna() & (touches["occurred_on"] <= asked.last)
    earning = pd.concat([responses(tables, asked), touches[talks & known]]).sort_values(["account_id", "occurred_at"])
    earning = earning.assign(points=earning["kind"].astype(str).map(POINTS))
    rolled = earning.groupby("account_id").rolling("90D", on="occurred_at", closed="both")["points"].sum()
    # What happens at the same moment counts together: the last of the moment has them all.
    reached = (rolled.to_numpy() >= THRESHOLD) & asked.inside(earning["occurred_on"]).to_numpy()
    accounts = tables["accounts"]
    flags = accounts["account_id"].isin(earning.loc[reached, "account_id"].unique())
    found = flags.groupby(_segments(accounts, asked)).agg(value="sum", n="size", share="mean")
    return found.rename_axis("segment").reset_index()


def _with_deal_sql(asked: Asked) -> str:
    open_then = "TRUE"
    if asked.start:
        open_then = f"""(closed_on BETWEEN {day(asked.start)} AND {day(asked.as_of)}
            OR opened_on <= {day(asked.as_of)} AND (closed_on >= {day(asked.start)} OR outcome = 'open'))"""
    return f"""
        WITH engaged AS (
          SELECT account_id, min(occurred_on) AS engaged_on
          FROM model.activities
          WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)}
          GROUP BY account_id
        ), with_deal AS (
          SELECT o.account_id, min(o.opened_on) FILTER (WHERE o.opened_on > e.engaged_on) AS opened_on
          FROM model.opportunities o
          LEFT JOIN engaged e ON e.account_id = o.account_id
          WHERE {open_then}
          GROUP BY o.account_id
        )
        SELECT {asked.segment("a.target")} AS segment, count(w.account_id) / count(*) AS value, count(*) AS n,
          count(w.account_id) AS numerator, count(w.opened_on) / count(e.account_id) AS from_engaged,
          median(w.opened_on - e.engaged_on) AS median_days
        FROM model.accounts a
        LEFT JOIN engaged e ON e.account_id = a.account_id
        LEFT JOIN with_deal w ON w.account_id = a.account_id
        GROUP BY segment"""


def _with_deal_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    engaged = responses(tables, asked).groupby("account_id")["occurred_on"].min().rename("engaged_on")
    deals = tables["opportunities"]
    if asked.start:
        lasts = (deals["closed_on"] >= pd.Timestamp(asked.start)) | (deals["outcome"] == "open")
        deals = deals[asked.inside(deals["closed_on"]) | (deals["opened_on"] <= asked.last) & lasts]
    deals = deals.join(engaged, on="account_id")
    after = deals[deals["opened_on"] > deals["engaged_on"]].groupby("account_id")["opened_on"].min()
    accounts = tables["accounts"].join(engaged, on="account_id").join(after, on="account_id")
    accounts = accounts.assign(
        segment=_segments(accounts, asked), has_deal=accounts["account_id"].isin(deals["account_id"].dropna().unique()),
        days=(accounts["opened_on"] - accounts["engaged_on"]).dt.days,
    )  # fmt: skip
    found = accounts.groupby("segment").agg(
        value=("has_deal", "mean"), n=("has_deal", "size"), numerator=("has_deal", "sum"), after=("opened_on", "count"),
        engaged=("engaged_on", "count"), median_days=("days", "median"),
    )  # fmt: skip
    return found.assign(from_engaged=found["after"] / found["engaged"]).reset_index()


def _influence_sql(asked: Asked) -> str:
    return f"""
        WITH deals AS (
          SELECT if(outcome = 'won', 'won', 'pipeline') AS of, {asked.segment("target")} AS segment, account_id, value,
            opened_on, if(outcome = 'won', least(closed_on, {day(asked.as_of)}), {day(asked.as_of)}) AS until_on,
            campaign IS NOT NULL OR coalesce(source IN {MARKETING}, FALSE) AS is_sourced
          FROM model.opportunities
          WHERE outcome = 'open' OR outcome = 'won' AND {asked.within("closed_on")}
        ), touches AS (
          SELECT DISTINCT account_id, occurred_on
          FROM model.activities
          WHERE {RESPONSE} AND occurred_on <= {day(asked.as_of)}
        ), judged AS (
          SELECT d.*, coalesce(d.opened_on - b.occurred_on <= 90, FALSE) AS before,
            NOT before AND coalesce(a.occurred_on <= d.until_on, FALSE) AS during
          FROM deals d
          ASOF LEFT JOIN touches b ON b.account_id = d.account_id AND b.occurred_on < d.opened_on
          ASOF LEFT JOIN touches a ON a.account_id = d.account_id AND a.occurred_on >= d.opened_on
        )
        SELECT segment, of, sum(value) FILTER (WHERE before OR during) / sum(value) AS value, count(value) AS n,
          sum(value) FILTER (WHERE before) / sum(value) AS touched_before,
          sum(value) FILTER (WHERE during) / sum(value) AS touched_during,
          sum(value) FILTER (WHERE NOT before AND NOT during) / sum(value) AS uninfluenced,
          count_if(before OR during) / count(*) AS share_deals,
          sum(value) FILTER (WHERE is_sourced) / sum(value) AS sourced, sum(value) AS amount, count(*) AS deals
        FROM judged
        GROUP BY segment, of"""


def _influence_frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    deals = tables["opportunities"]
    won = deals["outcome"] == "won"
    chosen = (deals["outcome"] == "open") | won & asked.inside(deals["closed_on"])
    deals = deals[chosen].assign(of=won[chosen].map({True: "won", False: "pipeline"}))
    until = deals["closed_on"].where(deals["of"] == "won", asked.last).clip(upper=asked.last)
    deals = deals.assign(segment=asked.segments(deals["target"]), until=until).sort_values("opened_on")
    touches = responses(tables, asked)[["account_id", "occurred_on"]].drop_duplicates().sort_values("occurred_on")
    keyed = deals[deals["account_id"].notna()]
    match = {"left_on": "opened_on", "right_on": "occurred_on", "by": "account_id"}
    earlier = pd.merge_asof(keyed, touches, **match, allow_exact_matches=False)["occurred_on"].set_axis(keyed.index)
    later = pd.merge_asof(keyed, touches, **match, direction="forward")["occurred_on"].set_axis(keyed.index)
    before = ((keyed["opened_on"] - earlier).dt.days <= 90).reindex(deals.index, fill_value=False)
    during = (later <= keyed["until"]).reindex(deals.index, fill_value=False) & ~before
    sourced = deals["campaign"].notna() | deals["source"].isin(MARKETING)
    parts = {"touched_before": before, "touched_during": during, "uninfluenced": ~before & ~during, "sourced": sourced}
    deals = deals.assign(touched=before | during, **{name: deals["value"].where(mask) for name, mask in parts.items()})
    grouped = deals.groupby(["segment", "of"])
    sums = grouped[list(parts)].sum().div(grouped["value"].sum(), axis=0)
    return sums.assign(
        value=sums["touched_before"] + sums["touched_during"], n=grouped["value"].count(),
        amount=grouped["value"].sum(), share_deals=grouped["touched"].mean(), deals=grouped.size(),
    ).reset_index()  # fmt: skip


QUESTIONS = (
    Question("engaged_accounts", ("segment",), ("value", "n", "numerator"), _engaged_sql, _engaged_frame),
    Question("qualified_accounts", ("segment",), ("value", "n", "share"), _qualified_sql, _qualified_frame),
    Question(
        "accounts_with_opportunity", ("segment",), ("value", "n", "numerator", "from_engaged", "median_days"),
        _with_deal_sql, _with_deal_frame,
    ),
    Question(
        "marketing_influence", ("segment", "of"),
        ("value", "n", "touched_before", "touched_during", "uninfluenced", "share_deals", "sourced", "amount", "deals"),
        _influence_sql, _influence_frame,
    ),
)  # fmt: skip
