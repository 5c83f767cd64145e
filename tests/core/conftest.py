"""One small company, written out, that the tests of the core ask."""

from collections.abc import Iterator

import pytest
from company import company
from hostile import HOSTILE

from metrics import Snapshot, open_snapshot

STAGES = {"Prospecting": "open", "Proposal": "open", "Won": "won", "Lost": "lost", "Paused": "no_decision"}


@pytest.fixture(scope="session")
def firm() -> Iterator[Snapshot]:
    """Fifteen accounts with two deals each, all of 2024: the first won, the second lost, open or without decision.

    Account i (from 0) has the i-th hostile text as its Vertical, is a target if i < 6, in Rail if i is even, else in
    Air; its first deal is worth 100 · (i + 1).
    Deals open on the first day of month i % 12 + 1 and close (or shall close) twenty days later.
    """
    accounts, deals = [], []
    for i, vertical in enumerate(HOSTILE):
        accounts.append({
            "account_id": f"a{i}", "name": f"Account {i}", "is_target": i < 6, "industry": ("Rail", "Air")[i % 2],
            "region": ("East", "West", None)[i % 3], "employees": 40 * (i + 1), "Vertical": vertical,
        })  # fmt: skip
        month = f"2024-{i % 12 + 1:02}"
        for kind, stage in enumerate(("Won", ("Lost", "Proposal", "Paused")[i % 3])):
            deals.append({
                "opportunity_id": f"d{i}-{kind}", "account_id": f"a{i}", "name": f"Deal {i}-{kind}", "stage": stage,
                "amount": 100 * (i + 1), "currency": "EUR", "product": ("P", "Q")[kind],
                "owner": ("Seat 1", "Seat 2")[i % 2], "pipeline": "Sales",
                "opened_on": f"{month}-01", "closed_on": f"{month}-21",
            })  # fmt: skip
    deals.append({
        "opportunity_id": "alone", "name": "No account", "stage": "Won", "amount": 5, "currency": "EUR",
        "pipeline": "Sales", "opened_on": "2024-01-01", "owner": "Seat 3",
    })  # fmt: skip
    owners = [
        {"owner": "Seat 1", "team": "North", "region": "Emea"},
        {"owner": "Seat 2", "team": "South", "region": "Apac"},
    ]
    snapshot = open_snapshot(
        company(stages=STAGES, accounts=accounts, opportunities=deals, owners=owners, as_of="2024-12-31")
    )
    yield snapshot
    snapshot.close()
