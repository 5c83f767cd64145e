"""What is to be made of a table of a file: which cells feed which canonical column, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from metrics.exports.headers import normalised
from metrics.exports.vendors import reason_to_leave_out
from metrics.model import Table, table

Certainty = Literal["certain", "likely", "unknown"]

EXTRAS: dict[str, str] = {
    "_account_name": "text",
    "_account_domain": "domain",
    "_modified_at": "timestamp",
    "_owner_id": "id",
    "_converted_contact_id": "id",
    "_converted_opportunity_id": "id",
    "_opportunity_on": "date",
    "_customer_on": "date",
    "_home_amount": "money",
    "_is_deleted": "flag",
    "_is_won": "flag",
    "_is_lost": "flag",
    "_is_closed": "flag",
    "_responded": "flag",
    "_responded_at": "timestamp",
    "_created_at": "timestamp",
    "_ended_at": "timestamp",
    "_first_name": "text",
    "_last_name": "text",
    "_email": "email",
    "_contact_ids": "text",
    "_status": "text",
    "_type": "text",
    "_call_outcome": "text",
    "_meeting_outcome": "text",
    "_title": "text",
    "_duration": "text",
    "_opportunity_name": "text",
    "_lead_id": "id",
    "_what_id": "id",
    "_user_id": "id",
    "_tenure_months": "number",
    "_churned": "flag",
    "_customer_id": "id",
    "_amount": "money",
    "_paid": "money",
    "_yearly": "money",
    "_in_all": "money",
    "_quantity": "number",
    "_every": "months",
    "_renews_every": "number",
    "_times": "number",
    "_term_months": "number",
    "_starts_on": "date",
    "_ends_on": "date",
    "_trial_ends_on": "date",
    "_period_ends_on": "date",
    "_cancelled_on": "date",
    "_paid_on": "date",
    "_cancels": "flag",
    "_item": "text",
    "_day": "text",
    "_month": "month",
    "_week": "date",
    "_is_platform": "flag",
    "_covers_from": "date",
    "_covers_until": "date",
    "_base": "currency",
    "_line_total": "money",
    "_line_price": "money",
    "_other_id": "id",
    "_code": "id",
    "_answered_at": "timestamp",
    "_question": "text",
    "_subject": "text",
    "_team": "text",
    "_survey": "text",
    "_wave": "text",
    "_sentiment": "number",
    "_field": "text",
    "_old": "text",
    "_role": "text",
    "_is_primary": "flag",
    "_phase": "text",
    "_won_on": "date",
    "_lost_on": "date",
    "_page": "text",
}
"""Cells that no canonical column takes, but that others are worked out from; with the kind of each."""

KEPT = (
    "_account_name", "_account_domain", "_modified_at", "_owner_id", "_converted_contact_id",
    "_opportunity_on", "_customer_on", "_tenure_months", "_churned", "_is_platform",
    "_covers_from", "_covers_until", "_other_id", "_code", "_renews_every",
)  # fmt: skip
"""The extras that go into the batch: for linking, for telling the newer of two rows, for dates from the as-of day."""


LINKS = {"_account_name": "account_id", "_account_domain": "account_id", "_owner_id": "owner"}
"""The extras that find the record which a canonical column names."""


@dataclass(frozen=True)
class Match:
    """Why a column of the file feeds a canonical column (or none).

    `feeds`: what is worked out from a column that is none itself: canonical columns, or whole tables. `proposed`: the
    canonical column that it likely is, and which it feeds where the user says so.
    """

    canonical: str | None
    certainty: Certainty
    reason: str
    feeds: tuple[str, ...] = ()
    proposed: str | None = None


@dataclass(frozen=True)
class Formats:
    """What the user said of the cells: order of dates, decimal mark, currency, time zone; answers by header."""

    dates: str | None = None
    decimal: str | None = None
    currency: str | None = None
    time_zone: str = "UTC"
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StageDate:
    """A stage with a column of entry dates (and maybe one of exit dates) of its own, by column number."""

    stage: str
    pipeline: str | None
    entered: int
    exited: int | None


@dataclass(frozen=True)
class Parts:
    """Rows of one id that are the items of one record: alike in `same`, they are one item twice; `sums` add up.

    The smallest of `least` is the record's. Different texts of `joins` stand side by side, and each alone in a list of
    the column's name in the plural.
    """

    same: tuple[str, ...]
    sums: tuple[str, ...]
    joins: tuple[str, ...] = ()
    least: tuple[str, ...] = ()

    @property
    def lists(self) -> tuple[str, ...]:
        return tuple(f"_{column}s" for column in self.joins)


@dataclass(frozen=True)
class Asked:
    """A question of a survey that has a column of its own: its number, words, what it asks and on which scale.

    `kind` is None where the words are not certain: then it is one of `kinds`. `low`, `high`: of its scores in the file.
    `comment`: the number of the column in which people explain their score.
    """

    position: int
    text: str
    kind: str | None
    kinds: tuple[str, ...]
    scale: tuple[float, float] | None
    low: float
    high: float
    examples: tuple[str, ...] = ()
    comment: int | None = None


@dataclass
class Plan:
    """One table of a file → canonical tables.

    `columns`: canonical column or extra → column numbers of the file from 1; the first filled cell wins.
    `derived`: canonical column → SQL over the read columns. `also`: further table → SELECT over `loaded`, or over
    `every`: with the duplicates, where each row says something of its own beside its record.
    `stages`: stage → outcome as the user gave them, in order. `visits`: the columns that date stages.
    `refuses`: reason → SQL of the rows that are rejected for it. `totals`: SQL of the rows that sum up others.
    `rates`: currency → the column of its rates, one row a day, in units for one of `base`; `each_in_base`: in units
    of `base` for one of it. `is_direction_told`: the user said which.
    `asked`: the questions of a survey whose row is a person's answers.
    `dates`: the order of day and month that the vendor writes, where nothing in the file shows one. `untested`: the
    reader was never tried on a real file.
    """

    source: str
    object: str
    table_name: str
    columns: dict[str, tuple[int, ...]]
    constants: dict[str, Any] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()  # columns whose cells hold several ids; the first counts
    matches: dict[int, Match] = field(default_factory=dict)
    ignored: frozenset[int] = frozenset()  # columns that are not even kept as attributes
    visits: tuple[StageDate, ...] = ()
    refuses: dict[str, str] = field(default_factory=dict)
    totals: str | None = None
    parts: Parts | None = None
    rates: dict[str, int] = field(default_factory=dict)
    base: str | None = None
    each_in_base: bool = False
    is_direction_told: bool = False
    asked: tuple[Asked, ...] = ()
    dates: str | None = None
    untested: bool = False
    formats: Formats = Formats()

    def leave_out(self, headers: Sequence[str]) -> None:
        """Take out of the attributes what is personal or names other records."""
        fed = {p for feeds in self.columns.values() for p in feeds} | self.ignored
        for position, header in enumerate(headers, start=1):
            is_free = position not in fed and not (position in self.matches and self.matches[position].proposed)
            reason = reason_to_leave_out(normalised(header)) if is_free else None
            if reason:
                self.ignored |= {position}
                self.matches[position] = Match(None, "certain", reason)

    @property
    def table(self) -> Table:
        return table(self.table_name)

    def kind(self, column: str) -> str:
        """How the cells of a canonical column or an extra are read."""
        if column in EXTRAS:
            return EXTRAS[column]
        if column.startswith(("_entered:", "_exited:")):
            return "timestamp"
        if column.startswith("_rate:"):
            return "number"
        if column.startswith("_score:") or (column == "score" and self.table_name == "survey_answers"):
            return "score"
        if column.startswith("_comment:"):
            return "text"
        if column in ("domain", "email", "currency"):
            return column
        canonical = self.table[column]
        return "choice" if canonical.choices else canonical.kind
