"""Which columns of a file a shape's headers name: certainly, by the header itself, or likely, by one that is nearly it.

Of a header its letters count: not its case, accents, blanks, hyphens and underscores, a colon at its end, the currency
of an amount or the `(UTC)` of a day. Whatever else stands around it makes it another header: a proposal at most.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from babel.numbers import list_currencies

from metrics.exports.headers import joined, normalised
from metrics.exports.plan import EXTRAS
from metrics.exports.vendors import Alias, Shape, words_of_others
from metrics.model import table

_IN_BRACKETS = re.compile(r" ?\(([^()]*)\)$")
_BRACKETED_END = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]$")
_LABELLED = re.compile(r"^(?:\[[^\]]+\]|[^:|]+?(?::| - | – | — | \|))\s*(.+)$")
_WORDS_ONLY = ("all", "top")
"""Codes of currencies that are words as well: `Clicks (all)`."""


def plain_of(headers: Sequence[str]) -> list[str]:
    """The headers in the form in which they are compared: normalised, without a colon at the end."""
    return [normalised(header).rstrip(": ") for header in headers]


def found(shape: Shape, plain: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Canonical column or extra → the columns (from 1) whose normalised header certainly names it."""
    index = _index(tuple(plain))
    result: dict[str, tuple[int, ...]] = {}
    for column, aliases in shape.looks.items():
        kind = kind_of(shape.table, column)
        positions: list[int] = []
        for alias in aliases:
            positions += [p for p in _positions(alias, index, kind) if p not in positions]
        if positions:
            result[column] = tuple(positions) if column in shape.fallback else (positions[0],)
    return result


def proposals(shape: Shape, plain: Sequence[str], fed: Collection[str], free: Collection[int]) -> Mapping[int, str]:
    """Column number (from 1, of those `free`) → the canonical column, none of those `fed`, that it likely is."""
    proposed: dict[int, str] = {}
    open_columns = {c: aliases for c, aliases in shape.looks.items() if c in table(shape.table) and c not in fed}
    for position in sorted(free):
        near = [
            (len(alias.plain), column)
            for column, aliases in open_columns.items()
            for alias in aliases
            if alias.pattern is None and is_near(plain[position - 1], alias.plain)
        ]
        column = max(near, default=(0, None))[1]
        if column is not None and column not in proposed.values():
            proposed[position] = column
    return proposed


def is_near(header: str, alias: str) -> bool:
    """Whether a normalised header is a known one with a label before it or brackets after it, or a custom field's."""
    if within := _BRACKETED_END.search(header):
        same = joined(header[: within.start()]) == joined(alias)
        if same and words_of_others().isdisjoint(within[1].split()):
            return True
    if header.endswith("__c") and joined(header.removesuffix("__c")) == joined(alias):
        return True
    labelled = _LABELLED.match(header)
    if labelled and joined(labelled[1]) == joined(alias):
        return True
    front = header.removesuffix(alias)
    is_phrase = " " in alias or not alias.isascii()
    return is_phrase and front != header and front.endswith(" ") and words_of_others().isdisjoint(front.split())


@cache
def kind_of(table_name: str, column: str) -> str:
    """How the cells of a canonical column or an extra are read; as text where there is no such column."""
    if column in EXTRAS:
        return EXTRAS[column]
    canonical = table(table_name)
    return canonical[column].kind if column in canonical else "text"


@dataclass(frozen=True)
class _Index:
    """Normalised headers, and the first column (from 1) of each: as it is, by its letters, by them without a unit."""

    plain: tuple[str, ...]
    exact: dict[str, int]
    letters: dict[str, int]
    money: dict[str, int]
    days: dict[str, int]


@lru_cache(maxsize=128)
def _index(plain: tuple[str, ...]) -> _Index:
    index = _Index(plain, {}, {}, {}, {})
    for p, header in enumerate(plain, start=1):
        if not header:
            continue
        index.exact.setdefault(header, p)
        index.letters.setdefault(joined(header), p)
        if within := _IN_BRACKETS.search(header):
            before = joined(header[: within.start()])
            if within[1] in _currencies():
                index.money.setdefault(before, p)
            if within[1] in ("utc", "in utc"):
                index.days.setdefault(before, p)
    return index


def _positions(alias: Alias, index: _Index, kind: str) -> list[int]:
    if alias.pattern is not None:
        return [p for p, header in enumerate(index.plain, start=1) if alias.pattern.search(header)]
    found = index.exact.get(alias.plain) or index.letters.get(alias.letters)
    if found is None and kind == "money":
        found = index.money.get(alias.letters)
    if found is None and kind in ("date", "timestamp"):
        found = index.days.get(alias.letters)
    return [] if found is None else [found]


@cache
def _currencies() -> frozenset[str]:
    return frozenset(code.lower() for code in list_currencies()) - frozenset(_WORDS_ONLY)
