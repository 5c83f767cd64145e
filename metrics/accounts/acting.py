"""Three accounts to act on, by the rules of the Overview: the same data always name the same accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from metrics.accounts.listing import list_accounts, of_accounts
from metrics.accounts.rules import NextStep
from metrics.answer import plain
from metrics.detail import list_rows
from metrics.engines import Snapshot
from metrics.scope import Scope


@dataclass(frozen=True)
class AccountToActOn:
    """An account, and the rule by which it is named, with the figures of that rule."""

    account_id: str
    account: str | None
    owner: str | None
    step: NextStep


def accounts_to_act_on(snapshot: Snapshot, scope: Scope | None = None) -> list[AccountToActOn]:
    """At most three, never one twice: of the stalled deals the largest; of the engaged accounts without a sales touch
    in 14 days the one with most points; the nearest renewal at risk. A rule whose data are missing names none."""
    accounts = list_accounts(snapshot, scope, fit=False).set_index("account_id", drop=False)
    found: list[AccountToActOn] = []
    for candidates in (_stalled(snapshot, scope or Scope(), accounts), _quiet(accounts), _renewing(accounts)):
        named = {one.account_id for one in found}
        found += [one for one in candidates if one.account_id not in named][:1]
    return found


def _stalled(snapshot: Snapshot, scope: Scope, accounts: pd.DataFrame) -> Iterator[AccountToActOn]:
    if not all(snapshot.row_counts.get(table) for table in ("opportunities", "stage_visits")):
        return
    deals = list_rows(snapshot, "stalled_deals", of_accounts(scope, snapshot))
    deals = deals[deals["account_id"].isin(accounts.index) & deals["deal_amount"].notna()]
    for deal in _ordered(deals, ["deal_amount", "opportunity_id"], [False, True]):
        facts = {"deal": deal["deal"], "stage": deal["stage"], "days_in_stage": deal["measure"],
                 "limit_days": deal["limit_days"], "amount": deal["deal_amount"], "others": 0}  # fmt: skip
        yield _named(accounts, str(deal["account_id"]), "stalled_deal", facts)


def _quiet(accounts: pd.DataFrame) -> Iterator[AccountToActOn]:
    for row in _ordered(accounts[accounts["is_quiet"]], ["points", "account_id"], [False, True]):
        facts = {name: row[name] for name in ("points", "days_since_sales", "last_sales_on")}
        yield _named(accounts, str(row["account_id"]), "no_sales_touch", facts)


def _renewing(accounts: pd.DataFrame) -> Iterator[AccountToActOn]:
    for row in _ordered(accounts[accounts["renewals_at_risk"] > 0], ["renews_on", "account_id"], [True, True]):
        facts = {name: row[name] for name in ("renews_on", "renewal_reasons", "renewal_value")}
        yield _named(accounts, str(row["account_id"]), "renewal_at_risk", facts)


def _ordered(rows: pd.DataFrame, by: list[str], ascending: list[bool]) -> Iterator[dict[str, object]]:
    """The first three rows: two of them may be accounts that another rule has named."""
    first = rows.reset_index(drop=True).sort_values(by, ascending=ascending, kind="stable").head(3)
    for row in first.to_dict("records"):
        yield {str(name): plain(value) for name, value in row.items()}


def _named(accounts: pd.DataFrame, account_id: str, rule: str, facts: dict[str, object]) -> AccountToActOn:
    row = accounts.loc[account_id]
    return AccountToActOn(account_id, plain(row["name"]), plain(row["owner"]), NextStep(rule, facts))
