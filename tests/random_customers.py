"""Touches, people, deals and revenue drawn from a seed, with what goes wrong in real exports; one seed, one company.

They are for second answers: a test works a metric out from these rows in plain Python, by another way.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from company import company

from metrics import Snapshot, open_snapshot

AS_OF = date(2024, 6, 15)
FIRST = date(2023, 3, 10)
STAGES = {"Discovery": "open", "Proposal": "open", "Won": "won", "Lost": "lost", "Abandoned": "no_decision"}
KINDS = (
    "web_visit", "web_visit", "web_visit", "form", "content", "chat", "email_click", "email_reply", "campaign_response",
    "webinar", "event", "meeting", "call", "email_sent", "email_open", "direct_mail", "campaign_sent", "ad_impression",
    "task", "note",
)  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class RandomCustomers:
    """The rows that are loaded, with Python dates, and the snapshot of them."""

    accounts: Sequence[Row]
    opportunities: Sequence[Row]
    activities: Sequence[Row]
    contacts: Sequence[Row]
    opportunity_contacts: Sequence[Row]
    invoices: Sequence[Row]
    contracts: Sequence[Row]

    @cached_property
    def snapshot(self) -> Snapshot:
        """Built when it is asked for the first time."""
        return open_snapshot(company(stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", **vars(self)))


@cache
def random_customers(seed: int, revenue: str = "won amounts") -> RandomCustomers:
    """`revenue`: invoices, contracts, both, or won amounts (neither)."""
    draw = random.Random(seed)
    tables: dict[str, list[Row]] = {
        "accounts": [
            {"account_id": f"a{n}", "name": f"Account {n}", "industry": draw.choice(["Rail", "Retail", None])}
            for n in range(30)
        ],
        "opportunities": [_deal(draw, n) for n in range(70)],
        "activities": [_touch(draw, n) for n in range(260)],
        "contacts": [_contact(draw, n) for n in range(60)],
        "opportunity_contacts": [
            {"opportunity_id": f"d{d}", "contact_id": f"c{c}"}
            for d, c in sorted({(draw.randrange(70), draw.randrange(60)) for _ in range(40)})
        ],
        "invoices": [_invoice(draw, n) for n in range(120)] if revenue in ("invoices", "both") else [],
        "contracts": [_contract(draw, n) for n in range(40)] if revenue in ("contracts", "both") else [],
    }
    return RandomCustomers(**tables)


def _day(draw: random.Random, days: int = 500) -> date:
    return FIRST + timedelta(days=draw.randrange(days))


def _deal(draw: random.Random, n: int) -> Row:
    stage = draw.choice(["Discovery", "Proposal", "Won", "Won", "Lost", "Abandoned"])
    opened = _day(draw) if draw.random() < 0.93 else None
    closed = None
    if STAGES[stage] != "open" and draw.random() < 0.93:
        closed = (opened or _day(draw)) + timedelta(days=draw.randrange(-5, 150))
    return {
        "opportunity_id": f"d{n}", "account_id": f"a{draw.randrange(26)}" if draw.random() < 0.92 else None,
        "stage": stage, "opened_on": opened, "closed_on": closed, "currency": "EUR",
        "amount": draw.choice([None, 0, 1000, 2500.5, 40000, 700]),
        "source": draw.choice(["Webinar", "PAID_SEARCH", "Outbound", None]),
        "campaign": draw.choice([None, None, None, "Spring"]), "product": draw.choice(["A", "B", None]),
    }  # fmt: skip


def _touch(draw: random.Random, n: int) -> Row:
    at = datetime.combine(_day(draw), datetime.min.time()) + timedelta(minutes=draw.choice([0, 1, 600, 1439]))
    return {
        "activity_id": f"t{n}", "account_id": f"a{draw.randrange(24)}" if draw.random() < 0.93 else None,
        "kind": draw.choice(KINDS), "side": draw.choice(["marketing", "marketing", "sales", None]),
        "direction": draw.choice(["in", "out", None]), "is_done": draw.choice([True, True, True, False, None]),
        "channel": draw.choice(["Web", "Email", None]), "minutes": draw.choice([None, 1.0, 3.5, 8.0]),
        "occurred_at": at if draw.random() < 0.95 else None,
    }  # fmt: skip


def _contact(draw: random.Random, n: int) -> Row:
    created = _day(draw) if draw.random() < 0.92 else None
    after = created or FIRST
    return {
        "contact_id": f"c{n}", "account_id": f"a{draw.randrange(26)}" if draw.random() < 0.8 else None,
        "source": draw.choice(["Web", "Event", None]), "created_on": created,
        "mql_on": after + timedelta(days=draw.randrange(-3, 40)) if draw.random() < 0.5 else None,
        "sql_on": after + timedelta(days=draw.randrange(0, 60)) if draw.random() < 0.3 else None,
        "is_converted": draw.choice([True, False, False, None]),
        "lifecycle_stage": draw.choice([None, "Lead", "Sales Qualified Lead", "Customer", "subscriber"]),
    }  # fmt: skip


def _invoice(draw: random.Random, n: int) -> Row:
    return {
        "invoice_id": f"i{n}", "account_id": f"a{draw.randrange(22)}" if draw.random() < 0.95 else None,
        "invoiced_on": _day(draw), "amount": draw.choice([0, 120, -30, 999.99]), "currency": "EUR",
    }  # fmt: skip


def _contract(draw: random.Random, n: int) -> Row:
    started = _day(draw) if draw.random() < 0.95 else None
    ended = (started or FIRST) + timedelta(days=draw.randrange(0, 300)) if draw.random() < 0.6 else None
    return {
        "contract_id": f"k{n}", "account_id": f"a{draw.randrange(24)}" if draw.random() < 0.95 else None,
        "started_on": started, "ended_on": ended, "monthly_revenue": draw.choice([100, 250.5, None]), "currency": "EUR",
    }  # fmt: skip


RESPONSES = {
    "web_visit", "form", "content", "chat", "email_click", "email_reply", "campaign_response", "webinar", "event",
}  # fmt: skip


def happened(touch: Row) -> bool:
    """Done, or not said to be undone, and not after the as-of day."""
    return touch["is_done"] is not False and (touch["occurred_at"] is None or touch["occurred_at"].date() <= AS_OF)


def is_response(touch: Row) -> bool:
    """A visit or response of marketing or inbound that happened."""
    ours = (
        touch["side"] == "marketing"
        or touch["direction"] == "in"
        or (touch["side"], touch["direction"]) == (None, None)
    )
    return happened(touch) and touch["kind"] in RESPONSES and ours


def outcome(deal: Row) -> str:
    return STAGES[deal["stage"]]
