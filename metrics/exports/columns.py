"""One column of cells becomes values: the form of all its cells is weighed first, then SQL reads them.

What SQL casts by itself is cast there; other cells are read once per distinct text and joined back.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from metrics.exports import asked, contracts, dates, numbers, words
from metrics.model import SQL_TYPE
from metrics.model.keys import ID_KEY

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239)"
_RANGE = "BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59'"
_ZONED = r"':\d\d(\.\d+)?\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)$'"
_GROUPED = r"'^[-+]?[1-9]\d{0,2}\.\d{3}$'"
_DRESSED = r"'^(zcrm_|\{)|\}$|^\d+\.0+$'"
_UTC = re.compile(r"\((in )?utc\)\s*$", re.IGNORECASE)  # as in "Created (UTC)"
_FEW_CELLS = 2_000_000
_DAMAGED = r"'^\d(\.\d+)?[eE]\+\d+$'"


def _quoted(values: tuple[str, ...]) -> str:
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


_AT_ONCE = 40
"""Columns that one query looks at."""
_LONGEST = 40  # bytes that a cell which says nothing may have, blanks around it counted
_SPELLINGS = tuple(sorted({s for v in words.NO_VALUE for s in (v, v.upper(), v.capitalize(), v.title())} | {"NaN"}))


def set_export_day(con: duckdb.DuckDBPyConnection, day: str | None) -> None:
    """The macro `export_end()`: the end of the export's day, without one of today."""
    start = dt.date.fromisoformat(day) if day else dt.date.today()
    con.execute(f"CREATE OR REPLACE MACRO export_end() AS TIMESTAMP '{start + dt.timedelta(days=1)} 00:00:00'")


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The macros that reading needs: `plain(c)` without surrounding blanks, `cell(c)` NULL where it says nothing, and
    `among(word, words)`: an IN that is only worked out where its answer is asked for. The database makes a join of an
    IN of more than five words, and that of every question on the rows, whatever it asks.
    """
    con.execute(ID_KEY)
    con.execute("CREATE MACRO among(word, words) AS coalesce(list_position(words, word) > 0, FALSE)")
    set_export_day(con, None)
    for macro in contracts.MACROS:
        con.execute(macro)
    set_blanks(con, is_plain=False)
    con.execute(f"CREATE MACRO plain(c) AS CASE WHEN is_padded(c) THEN trim(c, {_BLANKS}) ELSE c END")
    says_nothing = f"strlen(c) <= {_LONGEST} AND lower(plain(c)) IN {_quoted(words.NO_VALUE)}"
    con.execute(f"CREATE MACRO cell(c) AS CASE WHEN {says_nothing} THEN NULL ELSE plain(c) END")


def set_blanks(con: duckdb.DuckDBPyConnection, *, is_plain: bool) -> None:
    """The macro `is_padded(c)`: blanks around a cell.

    Most of its time goes into blanks that only some files have: `is_plain`, in ASCII without a line feed in any cell,
    does without looking for them.
    """
    more = "" if is_plain else " OR ends_with(c, chr(160)) OR ends_with(c, chr(10)) OR starts_with(c, chr(160))"
    con.execute(f"CREATE OR REPLACE MACRO is_padded(c) AS (c < '!' OR ends_with(c, ' '){more})")


@dataclass
class Reading:
    """How one column of the file is read: SQL for the value and for "something unreadable stands here" (or None).

    `mark`: the decimal mark that its cells prove. `is_open`: none proves any, and another column's may be taken.
    """

    value: str
    unreadable: int = 0
    bad: str | None = None
    joins: list[str] = field(default_factory=list)
    form: dict[str, str] = field(default_factory=dict)
    question: dict[str, Any] | None = None
    issue: str = ""
    mark: str | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Cells:
    """The cells of one column: where they are, and the SQL of their plain text."""

    con: duckdb.DuckDBPyConnection
    table: str
    position: int
    header: str
    text: str
    filled: int
    _seen: dict[str, list[tuple[str, int]]] = field(default_factory=dict, repr=False, compare=False)

    def count(self, condition: str) -> int:
        """In how many rows a condition holds; `v` in it is the cell's text."""
        found = self.con.execute(f"SELECT count(*) FROM (SELECT {self.text} AS v FROM {self.table}) WHERE {condition}")
        return int(found.fetchall()[0][0])

    def any(self, condition: str) -> bool:
        """Whether a condition holds in any row; `v` in it is the cell's text."""
        found = self.con.execute(f"SELECT 1 FROM (SELECT {self.text} AS v FROM {self.table}) WHERE {condition} LIMIT 1")
        return bool(found.fetchall())

    def distinct(self, where: str = "true") -> list[tuple[str, int]]:
        """The different texts with their counts; `where` is asked of each text once, as it seems to depend on `n`."""
        if where not in self._seen:
            self._seen[where] = self.con.execute(
                f"SELECT v, n FROM (SELECT {self.text} AS v, count(*) AS n FROM {self.table} GROUP BY v) "
                f"WHERE v IS NOT NULL AND CASE WHEN n > 0 THEN {where} END ORDER BY v"
            ).fetchall()
        return self._seen[where]

    def learned(self, found: dict[str, Any], sql_type: str, extra: dict[str, bool] | None = None) -> tuple[str, str]:
        """Keep what texts mean; returns the alias and the join that brings it to each row."""
        name = f"{self.table}_m{self.position}_{sql_type[:4].lower()}"
        self.con.execute(f"CREATE OR REPLACE TABLE {name} (v VARCHAR, x {sql_type}, z BOOLEAN)")
        texts = list(found)
        for start in range(0, len(texts), 100_000):
            part = texts[start : start + 100_000]
            self.con.execute(
                f"INSERT INTO {name} SELECT v, try_cast(x AS {sql_type}), z FROM "
                "(SELECT unnest($v) AS v, unnest($x) AS x, unnest($z) AS z)",
                {"v": part, "x": [found[t] for t in part], "z": [bool(extra and extra[t]) for t in part]},
            )
        return name, f"LEFT JOIN {name} ON {name}.v = {self.text}"


def cells_of(con: duckdb.DuckDBPyConnection, table: str, headers: list[str], positions: list[int]) -> Iterator[Cells]:
    """The columns at these numbers (from 1), each with the plainest SQL that gives its text."""
    names = [f"c{p}" for p in positions]
    asks = _looked_at_together if is_wide(con, table, len(names)) else _looked_at
    for p, (is_odd, filled) in zip(positions, asks(con, table, names), strict=True):
        yield Cells(con, table, p, headers[p - 1], f"cell(c{p})" if is_odd else f"c{p}", filled)


def is_wide(con: duckdb.DuckDBPyConnection, table: str, width: int) -> bool:
    """Whether so many columns of a table are sooner asked all at once than one by one.

    The database filters while it scans, and plans longer than it scans a table that is short and wide.
    """
    return width > 1 and con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] * width < _FEW_CELLS


def piled(table: str, names: list[str]) -> str:
    """A relation of (name, v): the cells of these columns, one below the other, without those that are NULL."""
    return f"(UNPIVOT (SELECT {', '.join(names)} FROM {table}) ON COLUMNS(*) INTO NAME name VALUE v)"


def _looked_at(con: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> Iterator[tuple[bool, int]]:
    """Of each column: whether any of its cells says nothing or is padded, and how many say something."""
    for c in names:
        (empty,) = con.execute(f"SELECT count(*) FROM {table} WHERE {c} IN {_quoted(_SPELLINGS)}").fetchall()[0]
        padded = con.execute(f"SELECT 1 FROM {table} WHERE is_padded({c}) LIMIT 1").fetchall()
        is_odd = bool(empty or padded)
        (filled,) = con.execute(f"SELECT count({f'cell({c})' if is_odd else c}) FROM {table}").fetchall()[0]
        yield is_odd, filled


def _looked_at_together(con: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> Iterator[tuple[bool, int]]:
    """As `_looked_at`, in one question."""
    odd = f"v IN {_quoted(_SPELLINGS)} OR is_padded(v)"
    found = con.execute(
        f"SELECT name, bool_or({odd}), count(cell(v)) FROM {piled(table, names)} GROUP BY name"
    ).fetchall()
    told = {name: (is_odd, filled) for name, is_odd, filled in found}
    yield from (told.get(name, (False, 0)) for name in names)


def read_text(cells: Cells) -> Reading:
    return Reading(cells.text)


def read_id(cells: Cells) -> Reading:
    """An id as text: without braces, `zcrm_`, a spreadsheet's `.0`; `6.9E+11` is damaged beyond repair."""
    is_odd = cells.any("contains(v, '.') OR contains(v, '+') OR contains(v, '_') OR contains(v, '{')")
    dressed = is_odd and cells.any(rf"regexp_matches(v, {_DRESSED})")
    damaged = cells.count(f"regexp_matches(v, {_DAMAGED})") if is_odd else 0
    value = cells.text
    if dressed:
        undressed = rf"regexp_replace({value}, '^(zcrm_|\{{)|\}}$', '', 'g')"
        value = rf"regexp_replace({undressed}, '^(\d+)\.0+$', '\1')"
    if not damaged:
        return Reading(value)
    bad = f"regexp_matches({cells.text}, {_DAMAGED})"
    return Reading(f"CASE WHEN {bad} THEN NULL ELSE {value} END", damaged, bad, issue="id damaged by a spreadsheet")


def read_domain(cells: Cells) -> Reading:
    """A web domain: lower case, without scheme, www, path, port."""
    bare = f"regexp_replace(lower({cells.text}), '^[a-z]+://', '')"
    return Reading(f"nullif(regexp_replace({bare}, '^www\\.|[/?#:, ].*$', '', 'g'), '')")


def read_email(cells: Cells) -> Reading:
    return Reading(f"lower({cells.text})")


def read_flag(cells: Cells) -> Reading:
    """Yes or no, in several languages."""
    v = f"lower({cells.text})"
    yes, no = _quoted(words.YES), _quoted(words.NO)
    value = f"CASE WHEN {v} IN {yes} THEN true WHEN {v} IN {no} THEN false END"
    unreadable = sum(n for _, n in cells.distinct(f"lower(v) NOT IN {yes} AND lower(v) NOT IN {no}"))
    return Reading(value, unreadable, f"{cells.text} IS NOT NULL AND ({value}) IS NULL", issue="neither yes nor no")


def read_words(cells: Cells, meaning: Callable[[str], Any], issue: str, kind: str = "VARCHAR") -> Reading:
    """Words that stand for one of a few values, of the SQL type `kind`."""
    found = {text: meaning(text) for text, _ in cells.distinct()}
    unknown = sum(n for text, n in cells.distinct() if found[text] is None)
    name, join = cells.learned(found, kind)
    return Reading(f"{name}.x", unknown, f"{cells.text} IS NOT NULL AND {name}.x IS NULL", [join], issue=issue)


def read_months(cells: Cells) -> Reading:
    """Billing intervals in months."""
    return read_words(cells, words.months, "unknown billing interval", "DOUBLE")


def read_month(cells: Cells) -> Reading:
    """Months, each as its first day."""
    return read_words(cells, dates.month, "unreadable month", "DATE")


def read_sentiment(cells: Cells) -> Reading:
    """Sentiments from -1 to 1, as figures or as words."""
    return read_words(cells, words.sentiment, "not a sentiment from -1 to 1", "DOUBLE")


def read_score(cells: Cells) -> Reading:
    """Scores of a survey: figures, labelled figures, or words from the least to the most."""
    worth = asked.scores(text for text, _ in cells.distinct())
    return read_words(cells, worth.get, "not a score", "DOUBLE")


def read_number(cells: Cells, kind: str, given: str | None) -> Reading:
    """Figures with the decimal mark that the column proves, else the given one; else a question."""
    sql_type = SQL_TYPE.get(kind, "DOUBLE")
    cast = f"try_cast({cells.text} AS {'DOUBLE' if kind == 'rate' else sql_type})"
    plain = cells.count(f"try_cast(v AS {sql_type}) IS NOT NULL")
    dotted = plain == cells.filled and cells.any("contains(v, '.')")
    odd = plain != cells.filled or cells.any("regexp_matches(v, '[a-zA-Z_]')")
    proves = f"contains(v, '.') AND NOT regexp_full_match(v, {_GROUPED})"
    if not odd and (not dotted or (cells.any(proves) and not (kind == "money" and _is_doubtful(cells)))):
        return Reading(cast, form={"decimal": "."} if dotted else {}, mark="." if dotted else None)
    values = cells.distinct()
    found = numbers.evidence(values)
    mark: str | None = found.mark
    if mark is None and kind == "integer" and found.point + found.comma == 0:
        mark = _thousands(found.examples)
    doubtful = found.doubtful if kind == "money" else []
    mark = (given if doubtful else mark or given) or (None if found.is_open or doubtful else ".")
    if mark is None:
        ask = {"column": cells.header, "kind": "decimal", "choices": [",", "."],
               "examples": doubtful or found.examples}  # fmt: skip
        return Reading("NULL", question=ask, is_open=found.point + found.comma == 0)
    of_cell = numbers.as_proven if doubtful else numbers.number
    read = {text: of_cell(text, mark) for text, _ in values}  # type: ignore[arg-type]
    unreadable = sum(n for text, n in values if read[text] is None)
    texts = {text: None if value is None else f"{value:f}" for text, value in read.items()}
    name, join = cells.learned(texts, "DECIMAL(38,6)" if kind in ("money", "integer") else "DOUBLE")
    value = f"try_cast({name}.x AS {sql_type})"
    bad = f"{cells.text} IS NOT NULL AND {value} IS NULL"
    return Reading(value, unreadable, bad, [join], {"decimal": mark}, issue="unreadable number", mark=found.mark)


def _is_doubtful(cells: Cells) -> bool:
    """Whether cells like `1.234` stand among amounts with fewer decimals, as `Evidence.doubtful` has it."""
    longer = r"regexp_matches(v, '\.\d{3}') AND NOT regexp_full_match(v, " + f"{_GROUPED})"
    return cells.any(f"regexp_full_match(v, {_GROUPED})") and not cells.any(longer)


def _thousands(examples: list[str]) -> str | None:
    """Whole numbers have no decimals: what groups their digits is not the decimal mark."""
    signs = {c for example in examples for c in example if c in ".,"}
    return {".": ",", ",": "."}[signs.pop()] if len(signs) == 1 else None


def weigh_dates(cells: Cells) -> dates.Evidence:
    """What the cells say of the order of day and month; cells that SQL reads need no decision."""
    is_iso = f"try_cast(v AS TIMESTAMP) {_RANGE}"
    first = cells.con.execute(
        f"SELECT coalesce({is_iso}, false) FROM (SELECT {cells.text} AS v FROM {cells.table}) "
        "WHERE v IS NOT NULL LIMIT 1"
    ).fetchall()
    if first in ([], [(True,)]) and cells.count(is_iso) == cells.filled:
        return dates.Evidence(told=cells.filled, is_plain=True)
    rest = cells.distinct(f"coalesce(NOT {is_iso}, true)")
    found = dates.evidence(rest)
    found.told += cells.filled - sum(n for _, n in rest)
    if found.order and not found.either and found.told:
        for text, _ in cells.distinct(is_iso):
            found.note_converted(text)
    return found


def read_moment(
    cells: Cells, kind: str, found: dates.Evidence, given: str | None, zone: str, converted: str | None = None
) -> Reading:
    """Dates (kind 'date', in the company's time zone) or timestamps (UTC); a question where the order is open.

    `converted`: whether days that a spreadsheet made of texts are right or swapped, where it seems to have taken their
    days for months; a question, too, until it is answered. Stamps are in the company's time zone, unless they or the
    header say otherwise.
    """
    order = found.order or given
    if found.is_open and order not in ("dmy", "mdy"):
        ask = {"column": cells.header, "kind": "dates", "choices": ["dmy", "mdy"], "examples": found.examples}
        return Reading("NULL", question=ask)
    if found.may_be_swapped and converted is None:
        ask = {"column": cells.header, "kind": "swapped", "choices": list(dates.SWAPPED), "examples": found.converted}
        return Reading("NULL", question=ask)
    is_swapped = found.may_be_swapped and converted == dates.SWAPPED[0]
    timed = cells.any("strlen(v) > 10")
    zoned = timed and cells.any(f"strlen(v) > 16 AND regexp_matches(v, {_ZONED})")
    is_utc = timed and _UTC.search(cells.header) is not None
    iso = _iso(cells.text, kind, zone, has_zones=zoned, has_times=timed, is_utc=is_utc)
    if found.is_plain:
        return Reading(iso, form={"dates": "ymd"})
    rest = cells.distinct("true" if is_swapped else f"coalesce(NOT try_cast(v AS TIMESTAMP) {_RANGE}, true)")
    read = {
        text: dates.turned(text) if is_swapped and dates.is_converted(text) else dates.moment(text, order or "dmy")  # type: ignore[arg-type]
        for text, _ in rest
    }
    name, join = cells.learned(read, "TIMESTAMP", {text: is_utc or dates.has_zone(text) for text, _ in rest})
    value = _learned_moment(name, kind, zone, has_times=timed)
    if sum(n for _, n in rest) < cells.filled:
        value = f"coalesce({iso}, {value})"
    unreadable = sum(n for text, n in rest if read[text] is None)
    bad = f"{cells.text} IS NOT NULL AND {value} IS NULL"
    return Reading(value, unreadable, bad, [join], {"dates": order or "ymd"}, issue="unreadable date")


def _iso(text: str, kind: str, zone: str, *, has_zones: bool, has_times: bool, is_utc: bool) -> str:
    stamp = f"try_cast({text} AS TIMESTAMP)"
    if is_utc:
        there = stamp if kind == "timestamp" or zone == "UTC" else f"({stamp} AT TIME ZONE 'UTC') AT TIME ZONE '{zone}'"
        value = f"CASE WHEN {stamp} {_RANGE} THEN {there} END"
    elif has_zones or (kind == "timestamp" and has_times and zone != "UTC"):
        local = "UTC" if kind == "timestamp" else zone
        aware = f"try_cast({text} AS TIMESTAMPTZ) AT TIME ZONE '{local}'"
        value = f"CASE WHEN {stamp} {_RANGE} THEN {aware} END"
    else:
        value = f"CASE WHEN {stamp} {_RANGE} THEN {stamp} END"
    return f"CAST({value} AS DATE)" if kind == "date" else value


def _learned_moment(name: str, kind: str, zone: str, *, has_times: bool) -> str:
    if zone == "UTC" or not has_times:
        return f"CAST({name}.x AS {'DATE' if kind == 'date' else 'TIMESTAMP'})"
    if kind == "date":
        there = f"({name}.x AT TIME ZONE 'UTC') AT TIME ZONE '{zone}'"
        return f"CAST(CASE WHEN {name}.z THEN {there} ELSE {name}.x END AS DATE)"
    return f"CASE WHEN {name}.z THEN {name}.x ELSE ({name}.x AT TIME ZONE '{zone}') AT TIME ZONE 'UTC' END"
