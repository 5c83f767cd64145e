"""The exports that are recognised without help: the headers of each, as data."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from metrics.exports.headers import joined, normalised

_RULES = ("left_out", "near", "questions")
"""Files of rules that hold for all vendors. Every other file is a vendor's: to add one is to add a file."""
_OF_THE_FILE = ("title", "rank", "untested")
"""Keys above a file's objects: the vendor's name, its place where several fit as well (from 0; a vendor of its own has
1, tables of any origin have 2), and whether it was never tried on a real file."""


@dataclass(frozen=True)
class Alias:
    """One header of a column as headers are compared: normalised, and its letters only; or a pattern of them."""

    plain: str
    letters: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class Shape:
    """One object of one vendor.

    `columns`: canonical column or extra → headers, best first ("~…": a regular expression on the normalised header).
    `needs`: of each group at least one column must be found. `unless`: headers that belong to others; with one of
    `never` it is another object whatever its ids say. `marks`: headers of which one must be there. `prefix`: how the
    vendor's ids of this object begin.
    `fallback`: columns that take the first filled of several headers. `lists`: columns whose cells hold several ids.
    `positions`: for a file without a header, canonical column or extra → its column's number; it is known by its
    `width` and by `cells`: the form of the cells of a column, by number.
    `refuses`: reason → SQL of the rows that are rejected for it. `totals`: SQL of the rows that sum up others. `parts`:
    for files that repeat an id for each item of a record: the columns in which items differ (`same`), those that are
    added up (`sums`), those of which the least counts (`least`) and those put side by side (`joins`).
    `dates`: the order of day and month that the vendor writes, for files that do not show it.
    `asks`: columns that are no other are questions of a survey, but for those with a header of `aside`; with
    `two_headers` the choices of the questions may stand in a second row of headers.
    `note`: what to know of the reader, told with every file that it reads.
    `signs`: headers that nobody else writes: where one is, no other vendor's object is it.
    `title`: the vendor's name. `untested`: the reader was never tried on a real file.
    """

    source: str
    object: str
    table: str
    columns: dict[str, list[str]]
    needs: list[list[str]]
    unless: tuple[re.Pattern[str], ...] = ()
    never: tuple[re.Pattern[str], ...] = ()
    marks: tuple[re.Pattern[str], ...] = ()
    prefix: str | None = None
    fallback: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    most_columns: int = 10_000
    width: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    cells: dict[int, re.Pattern[str]] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    totals: str | None = None
    parts: dict[str, list[str]] = field(default_factory=dict)
    dates: str | None = None
    asks: bool = False
    aside: tuple[re.Pattern[str], ...] = ()
    two_headers: bool = False
    note: str | None = None
    signs: tuple[re.Pattern[str], ...] = ()
    title: str = ""
    untested: bool = False

    @property
    def name(self) -> str:
        return f"{self.source}.{self.object}"

    @cached_property
    def looks(self) -> dict[str, list[Alias]]:
        """`columns` as headers are compared."""
        return {column: [_alias(header) for header in headers] for column, headers in self.columns.items()}

    def may_be(self, lines: str) -> bool:
        """Whether headers, a line each, have a sign or a mark, where one is needed whatever else fits: a quick look."""
        return all(look.search(lines) for look in self._needed_looks)

    @cached_property
    def _needed_looks(self) -> list[re.Pattern[str]]:
        needed = [self.signs, self.marks if self.prefix is None else ()]
        return [re.compile("|".join(f"(?:{p.pattern})" for p in look), re.MULTILINE) for look in needed if look]


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes, in the order in which they are tried."""
    found = [path.name.removesuffix(".toml") for path in files(__name__).iterdir() if path.name.endswith(".toml")]
    read = {source: _read(source) for source in found if source not in _RULES}
    order = sorted(read, key=lambda source: (read[source].get("rank", 1), source))
    return tuple(shape for source in order for shape in _shapes_of(source, read[source]))


def _shapes_of(source: str, raw: dict[str, Any]) -> list[Shape]:
    """The objects of one file, each with what the file says of all."""
    common = {key: raw[key] for key in ("title", "untested") if key in raw}
    return [_shape(source, name, common | one) for name, one in raw.items() if name not in _OF_THE_FILE]


def reason_to_leave_out(header: str) -> str | None:
    """Why a column of that normalised header is not kept as an attribute; None where nothing speaks against it."""
    return next((reason for pattern, _, reason in _left_out() if pattern.search(header)), None)


def is_personal(header: str) -> bool:
    """Whether a column of that normalised header holds what is personal and of no use in a figure."""
    return any(rule == "private" for pattern, rule, _ in _left_out() if pattern.search(header))


@cache
def question_words() -> dict[str, Any]:
    """The words of surveys' questions by what they ask, and the lists of their answers' words (`scales`)."""
    return _read("questions")


@cache
def words_of_others() -> frozenset[str]:
    """Words in front of a known header that make it another thing's."""
    return frozenset(word for words in _read("near")["others"].values() for word in words.split())


@cache
def _left_out() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Patterns of headers, each with its rule's name and reason."""
    rules = _read("left_out").items()
    return tuple((re.compile(pattern), name, rule["reason"]) for name, rule in rules for pattern in rule["headers"])


def _alias(header: str) -> Alias:
    if header.startswith("~"):
        return Alias(header, header, re.compile(header[1:]))
    plain = normalised(header)
    return Alias(plain, joined(plain), None)


def _read(source: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{source}.toml").read_text(encoding="utf-8"))


def _shape(source: str, name: str, raw: dict[str, Any]) -> Shape:
    lists = {key: tuple(raw.get(key, ())) for key in ("fallback", "lists")}
    patterns = {
        key: tuple(re.compile(p) for p in raw.get(key, ())) for key in ("unless", "never", "marks", "aside", "signs")
    }
    rest = {key: raw[key] for key in ("table", "columns", "needs", "prefix", "constants", "derived", "also",
                                      "most_columns", "width", "positions", "refuses", "totals", "parts", "dates",
                                      "asks", "two_headers", "note", "title", "untested") if key in raw}  # fmt: skip
    forms = {int(position): re.compile(form) for position, form in raw.get("cells", {}).items()}
    known: dict[str, Any] = rest | lists | patterns | {"cells": forms}
    return Shape(source=source, object=name, **known)
