"""One account: what there is to know of it before a call."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from metrics.accounts.listing import composed, list_accounts, read_section
from metrics.accounts.rules import NextStep, next_steps
from metrics.answer import plain
from metrics.detail import list_rows
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.scope import Scope

PARTS = ("touches", "stages", "deals", "people", "months", "roles", "contracts", "invoices", "topics")


@dataclass(frozen=True)
class AccountProfile:
    """`facts`: its row of the list. The frames, each in the order of its days or ids:

    `touches` a row a kind, side and day; `stages` a row a stay of a deal in a stage; `deals` with `days_in_stage`
    beside the `median_days` of the stage's completed visits; `people` a row a contact, without a name or an address;
    `months` their touches by months before the as-of day; `roles` the buying roles that are needed, and whether an
    engaged person has each; `contracts`, `invoices` by day, `topics` researched now. `steps`: what to do next, and why.
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
    steps: tuple[NextStep, ...] = field(default=())


def account_profile(snapshot: Snapshot, account_id: str, everyone: pd.DataFrame | None = None) -> AccountProfile:
    """All that the page of an account shows. QuestionError where no account has that id.

    `everyone`: what `list_accounts` says of the whole company, where the caller has it already.
    """
    everyone = list_accounts(snapshot) if everyone is None else everyone
    own = everyone[everyone["account_id"] == account_id]
    if own.empty:
        raise QuestionError(f"There is no account with the id “{account_id}”. `accounts` lists them all.")
    facts = {str(name): plain(value) for name, value in own.iloc[0].items()}
    composition = composed(snapshot, Scope(), {"account": account_id})
    parts = {name: read_section(snapshot, composition, f"account_{name}") for name in PARTS}
    overdue = list_rows(snapshot, "overdue_deals")
    late = overdue[(overdue["account_id"] == account_id) & overdue["measure"].notna()]
    return AccountProfile(
        account_id, facts, **parts, steps=tuple(next_steps(facts, parts["deals"], late, parts["people"]))
    )
