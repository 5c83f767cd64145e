"""One account: what there is to know of it before a call."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from metrics.accounts.listing import account_options, account_row, composed, read_section
from metrics.accounts.rules import NextStep, next_steps
from metrics.accounts.trend import account_trend
from metrics.answer import plain
from metrics.detail import list_rows
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.scope import Scope

PARTS = ("touches", "stages", "deals", "people", "months", "roles", "contracts", "invoices", "topics")


@dataclass(frozen=True)
class AccountProfile:
    """`facts`: its row of the list, without the fit (`account_fits`). The frames, each in the order of its days or ids:

    `touches` a row a kind, side and day; `stages` a row a stay of a deal in a stage; `deals` with `days_in_stage`
    beside the `median_days` of the stage's completed visits; `people` a row a contact with its `roles`, without a name
    or an address; `months` their touches by months before the as-of day; `roles` the buying roles that are needed, and
    whether an engaged person has each; `contracts`, `invoices` by day, `topics` researched now; `trend` its figures
    over the last year (`account_trend`). `steps`: what to do next, and why.
    """

    account_id: str
    facts: dict[str, Any]
    touches: pd.DataFrame
    stages: pd.DataFrame
    deals: pd.DataFrame
    people: pd.DataFrame
    months: pd.DataFrame
    roles: pd.DataFrame
    contracts: pd.DataFrame
    invoices: pd.DataFrame
    topics: pd.DataFrame
    trend: pd.DataFrame
    steps: tuple[NextStep, ...] = field(default=())


def account_profile(snapshot: Snapshot, account_id: str) -> AccountProfile:
    """What the page of an account shows, but for its peers and its fit. QuestionError where no account has the id."""
    own = account_row(snapshot, account_id)
    if own.empty:
        raise QuestionError(f"There is no account with the id “{account_id}”. `accounts` lists them all.")
    facts = {str(name): plain(value) for name, value in own.iloc[0].items()}
    composition = composed(snapshot, Scope(), {"account": account_id})
    parts = {name: read_section(snapshot, composition, f"account_{name}") for name in PARTS}
    overdue = list_rows(snapshot, "overdue_deals", where={"account_id": account_id})
    late = overdue[overdue["measure"].notna()]
    begun = snapshot.about.get("first_day")
    trend = account_trend(
        read_section(snapshot, composition, "account_worth"), parts["deals"], parts["stages"], as_of=snapshot.as_of,
        window=int(account_options(snapshot)["window_days"]), known_from=date.fromisoformat(begun) if begun else None,
    )  # fmt: skip
    steps = tuple(next_steps(facts, parts["deals"], late, parts["people"]))
    return AccountProfile(account_id, facts, **parts, trend=trend, steps=steps)
