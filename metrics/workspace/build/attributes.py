"""The other columns of an export: what they are called in the model, and which of them are dimensions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from metrics.model import PREPARED, table

PREFIX = "attr:"
MOST_VALUES = 200
STANDARD = frozenset((
    "target", "list", "tier", "industry", "size", "region", "country", "owner", "team", "manager", "owner_region",
    "pipeline", "deal_type", "source", "product", "stage", "channel", "campaign", "account",
))  # fmt: skip
TAKEN = frozenset(
    (
        "segment",
        "period",
        "measure",
        "value",
        "n",
        "rows",
        "_import",
        "_row",
        "_owner_id",
        "_account_name",
        "_account_domain",
        "_modified_at",
    )
)
"""Columns that a metric's SQL or the build adds to the tables: an attribute of that name sits under another one."""

_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ,].*)?")
_NUMBER = re.compile(r"[-+(]?\s*[^\w\s]?\s*\d[\d\s.,'\u00a0\u202f]*(e[-+]?\d+)?\s*[%)]?", re.IGNORECASE)


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

    A dimension is text with at most 200 different values: not numbers (unless all are 0 or 1), not dates.
    """
    by_table: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        by_table.setdefault(attribute.table, []).append(attribute)
    found = []
    for name, own in by_table.items():
        guesses = connection.execute(
            f"SELECT {', '.join(f'approx_count_distinct({quoted(a.column)})' for a in own)} FROM merged_{name}"
        ).fetchone()
        for attribute, guess in zip(own, guesses or (), strict=True):
            if 0 < guess <= 2 * MOST_VALUES:
                values = _values(connection, attribute)
                if is_dimension(values):
                    found.append((attribute, len(values)))
    return found


def is_dimension(values: list[str]) -> bool:
    """Whether the different values of a column are fit to filter and split by."""
    if not 0 < len(values) <= MOST_VALUES:
        return False
    if all(value in ("0", "1") for value in values):
        return True
    return not (all(_NUMBER.fullmatch(v) for v in values) or all(_DATE.fullmatch(v) for v in values))


def _values(connection: duckdb.DuckDBPyConnection, attribute: Attribute) -> list[str]:
    column = quoted(attribute.column)
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM merged_{attribute.table} WHERE {column} IS NOT NULL LIMIT {MOST_VALUES + 1}"
    ).fetchall()
    return [value for (value,) in rows]
