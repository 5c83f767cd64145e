"""The snapshot's tables as pandas frames: what an analyst would have loaded before asking the questions."""

import pandas as pd

from benchmarks.asked import Frames
from metrics import Snapshot

COLUMNS = {
    "accounts": "account_id, name, target, created_on, last_activity_on",
    "account_traits": "account_id, attribute, attribute_value, is_circular",
    "contacts": (
        "contact_id, account_id, title, lifecycle_stage, created_on, mql_on, sql_on, opportunity_on, customer_on, "
        "is_converted, lead_status"
    ),
    "opportunity_contacts": "opportunity_id, contact_id",
    "owners": "owner, team",
    "intent": "account_id, topic, score, scale, is_competitor, observed_on",
    "contracts": "contract_id, account_id, product, started_on, ended_on, renews_on, monthly_value, term_months",
    "invoices": "account_id, invoiced_on, value",
    "spend": "spent_on, spent_until, program, value",
    "market": "account_id, companies, value",
    "stages": "pipeline, stage, stage_order, outcome, probability",
    "opportunities": (
        "opportunity_id, account_id, name, pipeline, stage, outcome, value, probability, source, campaign, "
        "loss_reason, competitor, owner, opened_on, opening_known, closed_on, expected_close_on, stage_order, "
        "furthest_order, target"
    ),
    "stage_visits": (
        "opportunity_id, pipeline, stage, stage_order, entered_at, exited_at, entered_on, exited_on, days, is_closing, "
        "is_open, is_first, backward, enters_dates_only"
    ),
    "survey_answers": (
        "answer_id, account_id, contact_id, question, wave, subject, score, scale_min, scale_max, answered_on, "
        "answered_at"
    ),
    "mentions": "mention_id, account_id, is_competitor, sentiment, reach, published_on, wave",
    "activities": (
        "activity_id, account_id, contact_id, opportunity_id, kind, side, direction, is_done, channel, occurred_at, "
        "occurred_on, sentiment"
    ),
}
REPEATED = (
    "pipeline",
    "stage",
    "outcome",
    "loss_reason",
    "owner",
    "team",
    "kind",
    "side",
    "direction",
    "channel",
    "lifecycle_stage",
)


def load_frames(snapshot: Snapshot) -> Frames:
    """Every table with the columns that some question needs; words that repeat as categories, flags without gaps."""
    frames = {}
    for table, columns in COLUMNS.items():
        frame = snapshot.run(f"SELECT {columns} FROM model.{table}")
        repeated = {column: "category" for column in frame if column in REPEATED}
        frames[table] = _with_plain_flags(frame.astype(repeated))
    return frames


def _with_plain_flags(frame: pd.DataFrame) -> pd.DataFrame:
    flags = [
        column
        for column in frame
        if column.startswith(("is_", "target")) or column in ("backward", "enters_dates_only")
    ]
    return frame.assign(
        **{flag: frame[flag].astype("boolean").fillna(flag == "is_done").astype(bool) for flag in flags}
    )
