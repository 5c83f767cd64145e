"""The list of accounts: a row an account, with what a seller wants to know before a call."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from metrics.asking import settled
from metrics.catalog import DEFINITIONS
from metrics.compose import Composition, compose
from metrics.compose import unreached as not_reached
from metrics.detail import list_rows
from metrics.engines import Snapshot
from metrics.metric import Metric, OptionValue, read_metric
from metrics.scope import Scope

QUIET_DAYS = 14
"""Days without a sales touch after which an engaged account is quiet (metrics.md §4)."""
_FILE = Path(__file__).parent / "accounts.sql"
FIT = ("grade", "fit", "uploaded_tier", "uploaded_score", "is_ideal")
_MAYBE = ("in_market", "is_ideal")
"""True, False, or None where nothing tells it."""
_FLAGS = ("is_customer", "is_engaged", "knows_sales", "in_market_by_points")


@cache
def definition() -> Metric:
    """The SQL of the list and of one account's page, in the form of a metric: it is none, and in no catalogue."""
    return read_metric(_FILE, DEFINITIONS)


def account_options(snapshot: Snapshot) -> dict[str, OptionValue]:
    """The options as the metrics have them in this workspace, so that the list agrees with their figures."""
    engagement = settled(snapshot, "engagement_quality")
    return definition().settle(snapshot.settings, {"window_days": engagement["window_days"]})


def composed(snapshot: Snapshot, scope: Scope, parameters: Mapping[str, object] | None = None) -> Composition:
    """The tables beneath the list in this scope."""
    composition = compose(definition(), scope, snapshot, account_options(snapshot))
    composition.parameters |= dict(parameters or {})
    return composition


def read_section(snapshot: Snapshot, composition: Composition, name: str) -> pd.DataFrame:
    """The rows of one of the list's sections."""
    sql = composition.sql(definition(), name)
    return snapshot.run(sql, composition.used(sql))


def of_accounts(scope: Scope, snapshot: Snapshot) -> Scope:
    """What of the scope reaches a list of accounts as they are now: its filters, and by its end who is a target."""
    end = scope.end if scope.end and scope.end < snapshot.as_of else None
    return Scope(filters=scope.filters, end=end)


def accounts_unreached(snapshot: Snapshot, scope: Scope) -> list[str]:
    """The filters that narrow nothing that the list reads."""
    return not_reached(definition(), replace(scope, by=None), snapshot)


def list_accounts(snapshot: Snapshot, scope: Scope | None = None, *, fit: bool = True) -> pd.DataFrame:
    """A row an account in scope, in the order of their ids: what it is, how it engages, its deals, what needs care.

    Days are DATEs, amounts in the reporting currency, points fade over `window_days` as in engagement_quality. NULL is
    what no export tells. From renewals_at_risk: `renews_on` of the first contract at risk, `renewal_reasons`,
    `renewal_value` (yearly, of all of them), `renewals_at_risk`. `is_quiet`: engaged, and no sales touch in 14 days.
    `standing`: open_deal, else customer, else no_deal. Without `fit` the columns FIT are None, in half the time.
    """
    scope = of_accounts(scope or Scope(), snapshot)
    composition = composed(snapshot, scope)
    frame = read_section(snapshot, composition, "answer")
    fits = read_section(snapshot, composition, "fits") if fit else None
    return _complete(with_fit(frame, fits), _renewals(snapshot, scope))


def account_row(snapshot: Snapshot, account_id: str) -> pd.DataFrame:
    """The account's row of the list of the whole company, without its fit; no row where no account has that id. It
    takes a small part of the list's time."""
    composition = composed(snapshot, Scope(), {"account": account_id})
    frame = read_section(snapshot, composition, "account_facts")
    return _complete(with_fit(frame, None), _renewals(snapshot, Scope(), {"account_id": account_id}))


def account_fits(snapshot: Snapshot) -> pd.DataFrame:
    """account_id and FIT of every account of the company. The score is a rank among all, so that one account's takes as
    long as everybody's."""
    return _plain_flags(read_section(snapshot, composed(snapshot, Scope()), "fits"))


def with_fit(accounts: pd.DataFrame, fits: pd.DataFrame | None) -> pd.DataFrame:
    """The accounts with the columns FIT; without `fits` these are None."""
    bare = accounts.drop(columns=list(FIT), errors="ignore")
    if fits is None:
        return bare.assign(**dict.fromkeys(FIT))
    return _plain_flags(bare.merge(fits, on="account_id", how="left"))


def _plain_flags(frame: pd.DataFrame) -> pd.DataFrame:
    for name in _MAYBE:
        if name in frame:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _complete(frame: pd.DataFrame, renewals: pd.DataFrame) -> pd.DataFrame:
    """The rows with what is told of them in Python."""
    for name in _FLAGS:
        frame[name] = frame[name].astype(bool)
    frame = _plain_flags(frame).merge(renewals, on="account_id", how="left")
    frame["renewals_at_risk"] = frame["renewals_at_risk"].fillna(0).astype(int)
    frame["days_since_sales"] = frame["days_since_sales"].astype(float)
    touched = frame["days_since_sales"] < QUIET_DAYS
    frame["is_quiet"] = frame["is_engaged"] & frame["knows_sales"] & ~touched
    standing = np.where(frame["is_customer"], "customer", "no_deal")
    frame["standing"] = np.where(frame["open_deals"] > 0, "open_deal", standing)
    return frame


def _renewals(snapshot: Snapshot, scope: Scope, where: Mapping[str, object] | None = None) -> pd.DataFrame:
    """By account: its contracts at risk, the first to come up among them."""
    names = ["account_id", "renews_on", "renewal_reasons", "renewal_value", "renewals_at_risk"]
    if not snapshot.row_counts.get("contracts"):
        return pd.DataFrame({name: pd.Series(dtype=object if name != "renewal_value" else float) for name in names})
    rows = list_rows(snapshot, "renewals_at_risk", scope, where=where)
    rows = rows.sort_values(["renews_on", "contract_id"], kind="stable")
    grouped = rows.groupby("account_id", sort=False)
    found = grouped.agg(
        renews_on=("renews_on", "first"), renewal_reasons=("reasons", "first"),
        renewals_at_risk=("contract_id", "count"),
    )  # fmt: skip
    found["renewal_value"] = grouped["measure"].sum(min_count=1)
    return found.reset_index()[names]
