"""The other columns of an export: what they are called in the model, and which of them are dimensions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from metrics.model import PREPARED, table

PREFIX = "attr:"
MOST_VALUES = 200
FEW_VALUES = 20
"""Up to so many values are offered even where most rows have one of their own: a small company is no list of names."""
_AT_ONCE = 100
"""Columns that one question asks of: one of thousands, or one for each of them, takes longer to plan than to answer."""
STANDARD = frozenset((
    "target", "list", "tier", "industry", "size", "region", "country", "owner", "team", "manager", "owner_region",
    "pipeline", "deal_type", "source", "product", "stage", "channel", "campaign", "account",
))  # fmt: skip
TAKEN = frozenset((
    "segment", "period", "measure", "value", "n", "rows", "_import", "_row", "_owner_id", "_account_name",
    "_account_domain", "_modified_at", "rowid", "account_place", "present_order", "past_order", "counted_amount",
    "rate",
))  # fmt: skip
"""Columns that a metric's SQL or the build adds to the tables: an attribute of that name sits under another one."""

_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ,].*)?")
_NUMBER = re.compile(r"[-+(]?\s*[^\w\s]?\s*\d[\d\s.,'\u00a0\u202f]*(e[-+]?\d+)?\s*[%)]?", re.IGNORECASE)
_PLUMBING = re.compile(
    r"(^|[\s_.-])ids?$|^_|(^|[\s_])(url|uri|link)s?$"
    r"|^(is|has)[ _](active|archived|deleted|locked|merged|private|synced)\?*$"
    r"|^(is[ _])?((deal|opportunity)[ _])?(closed|won|lost)([ _](won|lost))?\?*$"
    r"|^(last[ _]?)?(created|modified|updated|viewed|referenced)[ _]?by",
    re.IGNORECASE,
)
_PLUMBING_IN_CAMELS = re.compile(r"[a-z0-9](Ids?|Ur[li])$|^(Is|Has)[A-Z]\w*$")
"""Headers of ids, links to records, editors and the source's own flags, as CRMs and their databases spell them."""

_IDENTIFIER = re.compile(
    r"(?=\D*\d)([0-9A-Za-z]{15}([0-9A-Za-z]{3})?|[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[^@\s]+@[^@\s]+\.[^@\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class Attribute:
    """`header` is the export's own word, `name` the dimension's, `column` the model table's."""

    table: str
    header: str
    name: str
    column: str


def name_attributes(headers: Mapping[str, Iterable[str]]) -> list[Attribute]:
    """The attributes of each table, by its export's headers. A name with another meaning gets its table's in front."""
    seen: dict[str, set[str]] = {}
    for name, own in headers.items():
        for header in own:
            seen.setdefault(header.casefold(), set()).add(name)
    found = []
    for name, own in headers.items():
        canonical = {c.name for c in (*table(name).columns, *PREPARED.get(name, ()))} | STANDARD
        columns: set[str] = set()
        for header in own:
            if header.casefold() in columns:
                continue
            columns.add(header.casefold())
            prefixed = f"{name}.{header}"
            called = prefixed if header.casefold() in canonical or len(seen[header.casefold()]) > 1 else header
            found.append(Attribute(name, header, called, prefixed if called.casefold() in TAKEN else called))
    return found


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def count_values(connection: duckdb.DuckDBPyConnection, attributes: Iterable[Attribute]) -> list[tuple[Attribute, int]]:
    """Those of the attributes that are dimensions, with their number of different values.

    A dimension is text with at most 200 different values: not numbers (unless all are 0 or 1), not dates, ids or
    addresses, not a name for each row, and not under a header of the source's plumbing.
    """
    by_table: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        if not is_plumbing(attribute.header):
            by_table.setdefault(attribute.table, []).append(attribute)
    found: list[tuple[Attribute, int]] = []
    for name, own in by_table.items():
        for at in range(0, len(own), _AT_ONCE):
            found += _dimensions(connection, name, own[at : at + _AT_ONCE])
    return found


def is_plumbing(header: str) -> bool:
    """Whether a column serves the source itself: ids, links to records, who edited them, its own flags."""
    own = header.removesuffix("__c")
    return bool(_PLUMBING.search(own) or (own == header and _PLUMBING_IN_CAMELS.search(own)))


def is_dimension(values: list[str], filled: int) -> bool:
    """Whether the different values of a column, filled in so many rows, are fit to filter and split by."""
    if not 0 < len(values) <= MOST_VALUES or (len(values) > FEW_VALUES and 2 * len(values) > filled):
        return False
    if all(value in ("0", "1") for value in values):
        return True
    return not any(all(form.fullmatch(v) for v in values) for form in (_NUMBER, _DATE, _IDENTIFIER, _ADDRESS))


def _dimensions(
    connection: duckdb.DuckDBPyConnection, table: str, own: Sequence[Attribute]
) -> Iterator[tuple[Attribute, int]]:
    """Those of some attributes of one table that are dimensions, with their number of different values."""
    columns = [quoted(attribute.column) for attribute in own]
    asked = ", ".join(f"[approx_count_distinct({column}), count({column})]" for column in columns)
    counts = connection.execute(f"SELECT {asked} FROM merged_{table}").fetchone() or ()
    few = [i for i, (guess, _) in enumerate(counts) if 0 < guess <= 2 * MOST_VALUES]
    if not few:
        return
    chosen = ", ".join(f"{columns[i]} AS c{i}" for i in few)
    values = dict(connection.execute(
        "SELECT name, list(DISTINCT value) "
        f"FROM (UNPIVOT (SELECT {chosen} FROM merged_{table}) ON COLUMNS(*) INTO NAME name VALUE value) GROUP BY name"
    ).fetchall())  # fmt: skip
    for i in few:
        seen = values[f"c{i}"]
        if is_dimension(seen, counts[i][1]):
            yield own[i], len(seen)
