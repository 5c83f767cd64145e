"""Companies with everything that goes wrong in a CRM, drawn from a seed, and what a reader makes of them without us.

`random_company(seed)` gives the rows; `read(rows)` their deals and stage visits in plain Python, from the rows alone.
Uneven seeds have time stamps in their history, even ones dates only.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

AS_OF = date(2024, 6, 30)
OPEN = ("Qualify", "Propose", "Commit")
OUTCOMES = {**dict.fromkeys(OPEN, "open"), "Won": "won", "Lost": "lost", "Dropped": "no_decision"}
ORDER = {"Qualify": 1, "Propose": 2, "Commit": 3, "Won": 4}
RATES = (("USD", date(2022, 1, 1), 0.9), ("USD", date(2024, 1, 1), 1.1))


@dataclass
class Visit:
    """One unbroken stay, by the recorded entries alone."""

    deal: "Deal"
    stage: str
    entered: datetime
    left: datetime | None
    backward: bool
    dates_only: bool

    @property
    def days(self) -> float | None:
        """Days of a completed stay in an open stage."""
        if self.stage not in OPEN or self.left is None:
            return None
        if self.dates_only:
            return float((self.left.date() - self.entered.date()).days)
        return (self.left - self.entered).total_seconds() / 86400

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN and self.left is None and self.deal.outcome == "open"

    @property
    def age(self) -> float:
        if self.dates_only:
            return float((AS_OF - self.entered.date()).days)
        end = datetime(AS_OF.year, AS_OF.month, AS_OF.day) + timedelta(days=1)
        return (end - self.entered).total_seconds() / 86400


@dataclass
class Deal:
    """A deal as a careful reader of the rows sees it."""

    id: str
    account: str | None
    industry: str
    is_target: bool
    pipeline: str
    stage: str
    outcome: str
    amount: float | None
    currency: str
    owner: str
    reason: str
    competitor: str
    opened: date | None
    closed: date | None
    expected: date | None
    visits: list[Visit] = field(default_factory=list)

    @property
    def value(self) -> float | None:
        """In EUR; closed deals at the rate of their closing, open ones at the latest; a 0 is no amount while open."""
        if self.amount is None or (self.amount == 0 and self.outcome == "open"):
            return None
        if self.currency == "EUR":
            return self.amount
        day = (self.closed or AS_OF) if self.outcome != "open" else AS_OF
        known = [rate for currency, since, rate in RATES if currency == self.currency and since <= day]
        return self.amount * known[-1] if known else None

    @property
    def days(self) -> int | None:
        """From opened to closed, where that can be told as of the day."""
        if self.opened is None or self.closed is None or self.closed < self.opened or self.closed > AS_OF:
            return None
        return (self.closed - self.opened).days

    @property
    def furthest(self) -> int:
        """The furthest step that counts for it: 1 is the first stage."""
        own = ORDER.get(self.stage, 0)
        seen = [ORDER[v.stage] for v in self.visits if v.stage in OPEN or (v.stage == "Won" and self.outcome == "won")]
        return max([1, own, *seen])


def random_company(seed: int, deals: int = 90) -> dict[str, Any]:
    """The rows of one company, for `company(**rows)`."""
    rng = Random(seed)
    accounts = [
        {
            "account_id": f"a{i}",
            "name": f"Account {i}",
            "industry": rng.choice(("Rail", "Air", None)),
            "is_target": i < 5,
        }
        for i in range(14)
    ]
    opportunities, entered = [], []
    for i in range(deals):
        deal, history = _deal(rng, f"d{i}", stamps=bool(seed % 2))
        opportunities.append(deal)
        entered += history
    return {
        "stages": OUTCOMES, "accounts": accounts, "opportunities": opportunities, "entered": entered,
        "exchange_rates": [{"currency": c, "valid_on": str(d), "rate": r} for c, d, r in RATES],
        "as_of": str(AS_OF), "export_day": "2024-12-31",
    }  # fmt: skip


def _deal(rng: Random, name: str, *, stamps: bool) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    opened = date(2023, 1, 1) + timedelta(days=rng.randrange(520))
    at = datetime(opened.year, opened.month, opened.day)
    stage, history = "Qualify", []
    for _ in range(rng.choice((0, 1, 2, 3, 4, 6))):
        history.append((name, stage, _stamp(at, stamps)))
        at += timedelta(seconds=rng.randrange(20 * 86400)) if stamps else timedelta(days=rng.randrange(25))
        stage = rng.choice((*OPEN, "Won", "Lost", "Dropped")) if rng.random() < 0.9 else stage
    if at.date() > AS_OF:
        history = [entry for entry in history if entry[2] <= f"{AS_OF} 23:59:59"]
    if history and rng.random() < 0.9:
        stage = history[-1][1]
    closed: date | None = None
    if stage not in OPEN:
        closed = min(at.date(), AS_OF) + timedelta(days=rng.choice((0, 0, 0, 0, 3, -400, 300)))
    pipeline = rng.choice(("New", "New", "Renewal"))
    closing = closed if stage not in OPEN else rng.choice((None, AS_OF + timedelta(days=rng.randrange(-60, 60))))
    deal = {
        "opportunity_id": name, "account_id": rng.choice((None, *(f"a{i}" for i in range(14)))), "pipeline": pipeline,
        "stage": stage, "amount": rng.choice((None, 0, *(rng.randrange(100, 9000) for _ in range(8)))),
        "currency": rng.choice(("EUR", "EUR", "USD", "GBP")), "owner": rng.choice(("Seat 1", "Seat 2", None)),
        "loss_reason": rng.choice(("price", "timing", None)), "competitor": rng.choice(("Rival", None)),
        "opened_on": None if rng.random() < 0.06 else str(opened),
        "closed_on": None if closing is None or rng.random() < 0.06 else str(closing),
    }  # fmt: skip
    return deal, [(*entry, pipeline) for entry in history]


def _stamp(at: datetime, stamps: bool) -> str:
    return str(at.replace(microsecond=0)) if stamps else f"{at.date()} 00:00:00"


def read(rows: dict[str, Any]) -> list[Deal]:
    """The deals of `rows` with their visits."""
    accounts = {a["account_id"]: a for a in rows["accounts"]}
    return [_read_deal(row, accounts.get(row["account_id"], {}), rows["entered"]) for row in rows["opportunities"]]


def _read_deal(row: dict[str, Any], account: dict[str, Any], entered: list[tuple[Any, ...]]) -> Deal:
    outcome = OUTCOMES[row["stage"]]
    day = date.fromisoformat(row["closed_on"]) if row["closed_on"] else None
    deal = Deal(
        row["opportunity_id"], row["account_id"], account.get("industry") or "(none)", bool(account.get("is_target")),
        row["pipeline"], row["stage"], outcome, row["amount"], row["currency"], row["owner"] or "(none)",
        row["loss_reason"] or "(none)", row["competitor"] or "(none)",
        date.fromisoformat(row["opened_on"]) if row["opened_on"] else None,
        day if outcome != "open" else None, day if outcome == "open" else None,
    )  # fmt: skip
    midnight = all(entry[2].endswith("00:00:00") for entry in entered)
    for _, stage, stamp, _ in [entry for entry in entered if entry[0] == deal.id]:
        at = datetime.fromisoformat(stamp)
        if deal.visits and deal.visits[-1].stage == stage:
            continue
        before = ORDER.get(deal.visits[-1].stage, 0) if deal.visits else 0
        if deal.visits:
            deal.visits[-1].left = at
        deal.visits.append(Visit(deal, stage, at, None, before > ORDER.get(stage, 99), midnight))
    return deal
