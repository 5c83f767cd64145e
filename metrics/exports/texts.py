"""The free text of touches and mentions: scored where the workspace says so, and dropped in every case."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from metrics.exports.convert import Rows
from metrics.exports.headers import normalised
from metrics.exports.plan import Plan
from metrics.exports.vendors import is_personal

TEXT = "text"
_AT_ONCE = 5_000
_NOT_OFFERED = "text in a language that is not scored"
_NOT_TOLD = "text whose language cannot be told"


def positions(plan: Plan) -> frozenset[int]:
    """The numbers (from 1) of the file's columns whose cells are kept nowhere."""
    return frozenset(plan.columns.get(TEXT, ())) if TEXT in plan.table else frozenset()


def unshown(plan: Plan, headers: Sequence[str]) -> frozenset[int]:
    """The numbers (from 1) of the columns of which a report shows no value: texts, and what is left out as personal."""
    personal = (p for p in plan.ignored if is_personal(normalised(headers[p - 1])))
    return positions(plan).union(personal)


def settle(con: duckdb.DuckDBPyConnection, rows: Rows, *, scores: bool) -> tuple[str, list[dict[str, Any]]]:
    """The view of the loaded rows without their text, and what could not be scored of it, as issues.

    With `scores` the texts beside which no score was uploaded are scored. `rows.fed` follows.
    """
    loaded = f"{rows.sheet.table}_loaded"
    if TEXT not in rows.fed or TEXT not in rows.plan.table:
        return loaded, []
    rows.fed.remove(TEXT)
    dropped = f"{rows.sheet.table}_without_text"
    if not scores:
        con.execute(f"CREATE VIEW {dropped} AS SELECT * EXCLUDE ({TEXT}) FROM {loaded}")
        return dropped, []
    _score(con, rows)
    con.execute(
        f"CREATE VIEW {dropped} AS SELECT l.* EXCLUDE ({TEXT}) REPLACE (coalesce(l.sentiment, m.score) AS sentiment) "
        f"FROM {loaded} l LEFT JOIN {rows.sheet.table}_moods m ON m.{TEXT} = l.{TEXT}"
    )
    if "sentiment" not in rows.fed:
        rows.fed.append("sentiment")
    return dropped, _issues(con, rows)


def _score(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Table `{sheet}_moods`: every different text to be scored, its score, and why it has none."""
    name = rows.sheet.table
    con.execute(
        f"CREATE TABLE {name}_texts AS SELECT {TEXT}, row_number() OVER () AS n FROM "
        f"(SELECT DISTINCT {TEXT} FROM {name}_loaded WHERE {TEXT} IS NOT NULL AND sentiment IS NULL)"
    )
    con.execute(f"CREATE TABLE {name}_scores (n BIGINT, score DOUBLE, why VARCHAR)")
    for numbers, texts in _parts(con, f"{name}_texts"):
        scored = [_scored(text) for text in texts]
        con.execute(
            f"INSERT INTO {name}_scores SELECT unnest(CAST($n AS BIGINT[])), unnest(CAST($score AS DOUBLE[])), "
            "unnest(CAST($why AS VARCHAR[]))",
            {"n": numbers, "score": [score for score, _ in scored], "why": [why for _, why in scored]},
        )
    con.execute(
        f"CREATE TABLE {name}_moods AS SELECT t.{TEXT}, s.score, s.why FROM {name}_texts t "
        f"JOIN {name}_scores s ON s.n = t.n"
    )


def _parts(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[list[int], list[str]]]:
    (total,) = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    for first in range(1, total + 1, _AT_ONCE):
        part = con.execute(
            f"SELECT n, {TEXT} FROM {table} WHERE n BETWEEN $first AND $last ORDER BY n",
            {"first": first, "last": first + _AT_ONCE - 1},
        ).fetchall()
        yield [n for n, _ in part], [text for _, text in part]


def _scored(text: str) -> tuple[float | None, str | None]:
    from metrics.exports.sentiment import mood

    found = mood(text)
    if found.language is None:
        return None, _NOT_TOLD
    return found.score, None if found.score is not None else _NOT_OFFERED


def _issues(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """Rows whose text has no score, by why, with the first three."""
    feeds = rows.plan.columns.get(TEXT)
    header = rows.sheet.headers[feeds[0] - 1] if feeds else None
    found = con.execute(
        f"SELECT m.why, count(*), min_by(l._row, l._row, 3) FROM {rows.sheet.table}_loaded l "
        f"JOIN {rows.sheet.table}_moods m ON m.{TEXT} = l.{TEXT} WHERE m.why IS NOT NULL AND l.sentiment IS NULL "
        "GROUP BY m.why ORDER BY m.why"
    ).fetchall()
    return [{"kind": why, "column": header, "n": n, "rows": sorted(first)} for why, n, first in found]
