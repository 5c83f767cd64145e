"""Dimensions: what can be filtered and split by, and which column of which table each one is for each unit."""

from collections.abc import Iterator
from dataclasses import dataclass

from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.spelling import did_you_mean

ACCOUNT = ("target", "list", "tier", "industry", "size", "region", "country")
OWNER = {"owner": "owner", "team": "team", "manager": "manager", "owner_region": "region"}
DEAL = ("pipeline", "deal_type", "stage", "product", "source", "campaign")
TOUCH = ("channel", "campaign")
STANDARD = (*ACCOUNT, *OWNER, *DEAL, "channel")
SEVERAL = ("list", "channel", "campaign")
"""A unit may be in several of these at once: their segments don't add up."""

UNIT_TABLE = {
    "account": "accounts", "deal": "opportunities", "visit": "opportunities", "contact": "contacts",
    "activity": "activities", "contract": "contracts", "answer": "survey_answers",
}  # fmt: skip
OWN_COLUMNS = {
    "accounts": {"owner", "source"},
    "opportunities": {"owner", "source", "product", "campaign"},
    "contacts": {"owner", "source"},
    "activities": {"product", "channel", "campaign"},
    "contracts": {"product"},
    "survey_answers": set(),
}


@dataclass(frozen=True)
class Place:
    """Where a dimension's values are for one unit: a `column` of `table`; `of` says whom a filter on it narrows.

    `of` is accounts, opportunities, contacts, activities, or touches (activities, from an account or deal metric).
    """

    name: str
    table: str
    column: str
    of: str


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def place(name: str, unit: str, snapshot: Snapshot, *, touches: bool = False) -> Place:
    """Where the dimension `name` is for a metric of that unit; QuestionError if there is no such dimension."""
    own = UNIT_TABLE[unit]
    if name == "region" and snapshot.region_from == "owner":
        name = "owner_region"
    if name in ACCOUNT:
        return Place(name, "accounts", name, "accounts")
    if name in OWNER:
        of = _owned(own, snapshot)
        return Place(name, of if name == "owner" else "owners", OWNER[name], of)
    if name in TOUCH and touches:
        return Place(name, "activities", name, "touches")
    if name in OWN_COLUMNS[own]:
        return Place(name, own, name, own)
    if name in DEAL:
        return Place(name, "opportunities", name, "opportunities")
    if name == "channel":
        return Place(name, "activities", name, "touches")
    return _attribute(name, unit, snapshot)


def _owned(own: str, snapshot: Snapshot) -> str:
    """The table whose owner a row of `own` has: a contract and an answer have that of their account."""
    holder = "accounts" if own in ("contracts", "survey_answers") else own
    known = "owner" in OWN_COLUMNS[holder] and (holder != "accounts" or snapshot.account_has_owner)
    return holder if known else "opportunities"


def _attribute(name: str, unit: str, snapshot: Snapshot) -> Place:
    found = snapshot.attributes.get(name)
    if found is None:
        hint = did_you_mean(name, (*STANDARD, *snapshot.attributes))
        raise QuestionError(f"There is no dimension “{name}”.{hint} `dimensions` names them all.")
    if found.table == "owners":
        return Place(name, "owners", found.column, place("team", unit, snapshot).of)
    return Place(name, found.table, found.column, found.table)


def dimension_values(snapshot: Snapshot) -> Iterator[tuple[str, str, list[str]]]:
    """(name, table, values) of every dimension that the data have, for the unit that carries it."""
    for name in (*STANDARD, *snapshot.attributes):
        for unit in ("account",) if name in ACCOUNT else ("deal", "account", "contact", "activity", "contract"):
            found = place(name, unit, snapshot)
            values = place_values(found, snapshot)
            if values:
                yield name, found.table, values
                break


def place_values(found: Place, snapshot: Snapshot) -> list[str]:
    """Every value that the data have there, the most frequent first."""
    if found.name == "target":
        return ["target", "rest"] if snapshot.row_counts.get("target_spans") else []
    table, column = (found.table, identifier(found.column))
    if found.name == "list":
        table, column = "target_spans", "list"
    sql = (
        f"SELECT CAST({column} AS VARCHAR) AS value, count(*) AS n FROM model.{identifier(table)} "
        f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, value"
    )
    return [str(value) for value in snapshot.run_once(sql)["value"]]
