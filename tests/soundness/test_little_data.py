"""Workspaces that hold little: every metric says that it does not know and why, and no 0 stands for what is missing."""

import math

import pytest
from company import company

from metrics import catalog, measure, open_snapshot

STAGES = {"Prospecting": "open", "Proposal": "open", "Won": "won", "Lost": "lost"}
KINDS = ("web_visit", "form", "meeting", "call", "email_sent", "email_click", "webinar", "ad_impression")


def accounts():
    return [{"account_id": f"a{i}", "name": f"Account {i}", "industry": ("Rail", "Air")[i % 2], "employees": 10 * i + 1,
             "is_target": i < 4} for i in range(12)]  # fmt: skip


def deals(*, dated=True, linked=False):
    return [{
        "opportunity_id": f"d{i}", "stage": tuple(STAGES)[i % 4], "amount": 100 + i, "currency": "EUR",
        "owner": "North",
        "account_id": f"a{i % 12}" if linked else None,
        "opened_on": f"2024-0{1 + i % 5}-{1 + i:02}" if dated else None,
        "closed_on": f"2024-0{6 + i % 3}-{1 + i:02}" if dated else None,
    } for i in range(24)]  # fmt: skip


def touches(*, dated=True):
    return [{
        "activity_id": f"t{i}", "account_id": f"a{i % 12}", "contact_id": f"c{i % 10}", "kind": KINDS[i % 8],
        "side": "sales" if KINDS[i % 8] in ("meeting", "call") else "marketing", "is_done": True,
        "direction": "in" if i % 3 else "out", "channel": ("Web", "Mail")[i % 2],
        "occurred_at": f"2024-0{1 + i % 6}-{1 + i % 28:02} 10:00" if dated else None,
    } for i in range(40)]  # fmt: skip


def undated():
    """Everything but days."""
    money = {"currency": "EUR"}
    return {
        "stages": STAGES, "accounts": accounts(), "opportunities": deals(dated=False, linked=True),
        "activities": touches(dated=False),
        "contacts": [{"contact_id": f"c{i}", "account_id": f"a{i}", "lifecycle_stage": ("lead", "mql", "sql")[i % 3]}
                     for i in range(10)],
        "contracts": [{"contract_id": f"k{i}", "account_id": f"a{i}", "monthly_revenue": 9, **money} for i in range(3)],
        "invoices": [{"invoice_id": f"i{i}", "account_id": f"a{i}", "amount": 50, **money} for i in range(3)],
        "spend": [{"campaign": "Spring", "amount": 50, **money}],
        "intent": [{"account_id": "a1", "topic": "Pumps", "score": 80, "vendor": "V"}],
        "market": [{"name": "Account 1", "estimated_value": 1000, **money}],
    }  # fmt: skip


WORKSPACES = {
    "accounts": {"accounts": accounts()},
    "deals": {"stages": STAGES, "opportunities": deals()},
    "activities": {"activities": touches()},
    "undated": undated(),
}


@pytest.fixture(scope="module")
def snapshots():
    return {name: open_snapshot(company(**rows)) for name, rows in WORKSPACES.items()}


def is_known(value):
    return value is not None and not (isinstance(value, float) and math.isnan(value))


@pytest.mark.parametrize("workspace", WORKSPACES)
@pytest.mark.parametrize("name", catalog())
def test_what_is_missing_is_unknown_and_the_reason_is_said(snapshots, workspace, name):
    snapshot, metric = snapshots[workspace], catalog()[name]
    answer = measure(snapshot, name)
    missing = [table for table in metric.needs if not snapshot.row_counts.get(table)]
    rows = answer.rows()
    if missing or not rows or not all(is_known(row["value"]) for row in rows):
        # A row with units may lack its value for being of too few, or a list's row for being there by another reason.
        said = answer.warnings or answer.excluded or metric.list_of or any(row["n"] for row in rows)
        assert said, f"{name} is undefined and does not say why"
    for row in rows:
        if missing:
            assert not is_known(row["value"])
            assert not is_known(row.get("numerator")) or row["numerator"] == row["denominator"] == 0, row
            counts = ("n", "numerator", "denominator", "size")
            measured = {c: v for c, v in row.items() if c not in (*metric.group_columns, *counts)}
            assert not [c for c, v in measured.items() if v == 0 and not isinstance(v, bool)], row
        if is_known(row["value"]) and metric.format not in ("count",):
            assert row["n"] > 0, row
        if is_known(row["value"]) and is_known(row.get("numerator")):
            assert is_known(row["denominator"]) or metric.keys, row
        if "denominator" in row and row["denominator"] == 0:
            assert metric.format != "percent" or not is_known(row["value"]), row


def rows_of(snapshot, name):
    return measure(snapshot, name).rows()


def test_accounts_alone_give_the_first_step_only(snapshots):
    steps = {row["step"]: row["value"] for row in rows_of(snapshots["accounts"], "account_funnel")}
    assert steps == {"in_scope": 12, "engaged": None, "with_opportunity": None, "won": None}
    warnings = measure(snapshots["accounts"], "account_funnel").warnings
    assert any("No activities are loaded" in warning for warning in warnings)
    assert any("No deals are loaded" in warning for warning in warnings)
    (market,) = rows_of(snapshots["accounts"], "in_market_accounts")
    assert (market["value"], market["numerator"], market["n"]) == (None, None, 12)
    assert any(
        "Neither intent signals nor activities" in w
        for w in measure(snapshots["accounts"], "in_market_accounts").warnings
    )


def test_deals_without_activities_are_not_uninfluenced(snapshots):
    for row in rows_of(snapshots["deals"], "marketing_influence"):
        assert [row[c] for c in ("value", "touched_before", "touched_during", "uninfluenced", "share_deals")] == [
            None
        ] * 5
    assert not measure(snapshots["deals"], "influence_credit").excluded


def test_activities_alone_engage_and_convert_nobody(snapshots):
    """Three of twelve accounts have calls and impressions only. Whether one has a deal is not known: no count is 0."""
    steps = {row["step"]: row["value"] for row in rows_of(snapshots["activities"], "account_funnel")}
    assert steps == {"in_scope": 12, "engaged": 9, "with_opportunity": None, "won": None}
    (velocity,) = rows_of(snapshots["activities"], "marketing_velocity")
    assert [velocity[c] for c in ("opportunity_n", "won_n", "sql_n")] == [None] * 3


def test_amounts_and_touches_without_days_are_no_zero(snapshots):
    snapshot = snapshots["undated"]
    (qualified,) = rows_of(snapshot, "qualified_accounts")
    assert [qualified[c] for c in ("value", "share", "numerator")] == [None] * 3
    (wallet,) = rows_of(snapshot, "share_of_wallet")
    assert (wallet["value"], wallet["n"]) == (None, 0)
    assert ("revenue without a date or an amount", 1) in measure(snapshot, "share_of_wallet").excluded
    (market,) = rows_of(snapshot, "total_available_market")
    assert (market["value"], market["customers"], market["market_share_value"]) == (1000, 1, None)
    assert ("invoice without a date", 3) in measure(snapshot, "cohort_logo_retention").excluded
    assert "all points faded" not in dict(measure(snapshot, "engagement_quality").excluded)
    assert rows_of(snapshot, "overdue_deals") == []
    assert rows_of(snapshot, "owner_performance")[0]["activities"] is None
    (researching,) = rows_of(snapshot, "in_market_accounts")
    assert (researching["value"], researching["proxy"]) == (None, True)
    assert ("signal without a date", 1) in measure(snapshot, "in_market_accounts").excluded


def test_of_no_deals_none_is_won(snapshots):
    """What is counted over deals, none being loaded: 0 of 0. How many of the accounts have one is unknown."""
    (row,) = measure(snapshots["accounts"], "win_rate").rows()
    assert (row["value"], row["n"], row["numerator"], row["denominator"]) == (None, 0, 0, 0)
    (row,) = measure(snapshots["accounts"], "accounts_with_opportunity").rows()
    assert (row["value"], row["n"], row["numerator"], row["denominator"]) == (None, 12, None, 12)
