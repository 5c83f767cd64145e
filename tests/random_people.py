"""The companies of random_customers with people: who was touched, in which department and role, and how it felt.

They are for second answers on engagement; one seed, one company.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from company import company
from random_customers import AS_OF, STAGES, random_customers

from metrics import Snapshot, open_snapshot

Row = dict[str, Any]
SENIORITY = {
    (None, None): None, ("C-Level", None): 1.0, ("vp", "Assistant"): 0.8, (None, "Vice President, Sales"): 0.8,
    (None, "CFO"): 1.0, (None, "Head of IT"): 0.6, ("Director", None): 0.6, (None, "Plant Manager"): 0.4,
    (None, "Team Lead/Sales"): 0.4, ("Entry", "Chief of Staff"): 0.2, (None, "Engineer"): 0.2,
}  # fmt: skip
"""(seniority, title) as a CRM says them → what they are worth."""


@dataclass(frozen=True)
class RandomPeople:
    """The rows that were loaded, with Python dates; `entered` are (deal, stage, day). A touch without an account of
    its own has its contact's here, which it is loaded without."""

    accounts: Sequence[Row]
    opportunities: Sequence[Row]
    activities: Sequence[Row]
    contacts: Sequence[Row]
    opportunity_contacts: Sequence[Row]
    entered: Sequence[tuple[str, str, str]]
    snapshot: Snapshot


@cache
def random_people(seed: int) -> RandomPeople:
    """One company of that seed."""
    draw, base = random.Random(f"people {seed}"), random_customers(seed)
    contacts = [_person(draw, contact) for contact in base.contacts]
    activities = [
        touch | {
            "contact_id": draw.choice(contacts)["contact_id"] if draw.random() < 0.8 else None,
            "is_personal": draw.choice([True, False, None]), "sentiment": draw.choice([None, None, -0.5, 0.25, 1.0]),
        }
        for touch in base.activities
    ]  # fmt: skip
    roles = [row | {"role": draw.choice(["Champion", "Budget Holder; Champion", "Blocker", None])}
             for row in base.opportunity_contacts]  # fmt: skip
    entered = []
    for deal in base.opportunities[:30]:
        for month in range(draw.randrange(1, 5)):
            entered.append((deal["opportunity_id"], draw.choice(list(STAGES)), f"2024-0{month + 1}-01"))
    tables = {
        "accounts": base.accounts, "opportunities": base.opportunities, "activities": activities, "contacts": contacts,
        "opportunity_contacts": roles, "entered": entered,
    }  # fmt: skip
    home = {contact["contact_id"]: contact["account_id"] for contact in contacts}
    path = company(stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", **tables)  # type: ignore[arg-type]
    for touch in activities:
        touch["account_id"] = touch["account_id"] or home.get(touch["contact_id"])
    return RandomPeople(snapshot=open_snapshot(path), **tables)  # type: ignore[arg-type]


def _person(draw: random.Random, contact: Row) -> Row:
    seniority, title = draw.choice(list(SENIORITY))
    return contact | {
        "seniority": seniority, "title": title, "department": draw.choice(["IT", "it ", "Finance", "Sales", None]),
        "buying_role": draw.choice([None, None, "Champion", "Decision maker"]),
    }  # fmt: skip
