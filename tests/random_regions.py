"""The drawn companies of random_customers with regions, owners in teams, and accounts that join and leave lists."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from random_customers import FIRST, RandomCustomers

Row = dict[str, Any]


def with_regions_and_lists(rows: RandomCustomers, seed: int) -> dict[str, Sequence[Row]]:
    """The tables of `rows`; accounts are in regions, some on two lists and among the targets for some days."""
    draw = Random(seed)

    def day() -> date | None:
        return FIRST + timedelta(days=draw.randrange(450)) if draw.random() < 0.7 else None

    accounts = [
        {**account, "region": draw.choice(("East", "West", None)), "owner": draw.choice(("Seat 1", "Seat 2", None)),
         "is_target": draw.random() < 0.3, "target_since": day()}
        for account in rows.accounts
    ]  # fmt: skip
    lists: list[Row] = []
    for account in rows.accounts:
        for name in ("Tier 1", "Fair"):
            if draw.random() < 0.4:
                since = day()
                until = since + timedelta(days=draw.randrange(20, 300)) if since and draw.random() < 0.5 else None
                lists.append({"account_id": account["account_id"], "list": name, "since": since, "until": until})
    deals = [{**deal, "owner": draw.choice(("Seat 1", "Seat 2", None))} for deal in rows.opportunities]
    contacts = [{**contact, "owner": draw.choice(("Seat 1", None))} for contact in rows.contacts]
    return {
        "accounts": accounts, "account_lists": lists, "opportunities": deals, "contacts": contacts,
        "activities": rows.activities, "invoices": rows.invoices, "contracts": rows.contracts,
        "owners": [{"owner": "Seat 1", "team": "North"}, {"owner": "Seat 2", "team": "South"}],
    }  # fmt: skip
