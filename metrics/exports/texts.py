"""The free text of touches, mentions and answers: scored where the workspace says so, and dropped in every case."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from metrics.exports.convert import Rows
from metrics.exports.headers import normalised
from metrics.exports.plan import Plan
from metrics.exports.vendors import is_personal

_SCORED_IN = {"text": "sentiment", "comment": "_sentiment"}
"""A table's column of free text, and the column of its score."""
_BY_QUESTION, _MOOD = "_comment:", "_mood:"
_UNKNOWN_KEPT = ("survey_answers", "mentions")
"""Tables whose files hold free text in columns that nothing takes: no value of these is told either."""
_AT_ONCE = 5_000
_NOT_OFFERED = "text in a language that is not scored"
_NOT_TOLD = "text whose language cannot be told"


def _columns(plan: Plan) -> dict[str, str]:
    """The columns of free text, each with the column of its score."""
    by_question = [column for column in plan.columns if column.startswith(_BY_QUESTION)]
    if by_question:
        return {column: column.replace(_BY_QUESTION, _MOOD) for column in by_question}
    return {column: score for column, score in _SCORED_IN.items() if column in plan.table}


def positions(plan: Plan, headers: Sequence[str] = ()) -> frozenset[int]:
    """The numbers (from 1) of the file's columns whose cells are kept nowhere."""
    found = {p for column in (*_columns(plan), *_SCORED_IN) if column in plan.columns for p in plan.columns[column]}
    if plan.table_name in _UNKNOWN_KEPT:
        fed = {p for feeds in plan.columns.values() for p in feeds}
        found |= {p for p in range(1, len(headers) + 1) if p not in fed}
    return frozenset(found)


def unshown(plan: Plan, headers: Sequence[str]) -> frozenset[int]:
    """The numbers (from 1) of the columns of which a report shows no value: texts, and what is left out as personal."""
    personal = (p for p in plan.ignored if is_personal(normalised(headers[p - 1])))
    return positions(plan, headers).union(personal)


def settle(con: duckdb.DuckDBPyConnection, rows: Rows, *, scores: bool) -> tuple[str, list[dict[str, Any]]]:
    """The view of the loaded rows without their texts, and what could not be scored of them, as issues.

    With `scores` the texts beside which no score was uploaded are scored. `rows.fed` follows.
    """
    loaded = f"{rows.sheet.table}_loaded"
    there = {name for name, *_ in con.execute(f"DESCRIBE {loaded}").fetchall()}
    given = {*rows.fed, *(c for c in rows.plan.columns if c.startswith(_BY_QUESTION))} & there
    texts = {column: score for column, score in _columns(rows.plan).items() if column in given}
    if not texts:
        return loaded, []
    rows.fed = [column for column in rows.fed if column not in _SCORED_IN]
    dropped = f"{rows.sheet.table}_without_text"
    without = ", ".join(f'"{column}"' for column in {*texts, *_SCORED_IN} & there)
    if not scores:
        con.execute(f"CREATE VIEW {dropped} AS SELECT * EXCLUDE ({without}) FROM {loaded}")
        return dropped, []
    _score(con, rows, texts, there)
    told, joins = [], []
    for n, (column, score) in enumerate(texts.items()):
        joins.append(f'LEFT JOIN {rows.sheet.table}_moods m{n} ON m{n}.text = l."{column}"')
        told.append(f'coalesce(l."{score}", m{n}.score) AS "{score}"' if score in there else f'm{n}.score AS "{score}"')
    scored = ", ".join(f'"{score}"' for score in texts.values() if score in there)
    con.execute(
        f"CREATE VIEW {dropped} AS SELECT l.* EXCLUDE ({', '.join(filter(None, [without, scored]))}), "
        f"{', '.join(told)} FROM {loaded} l {' '.join(joins)}"
    )
    rows.fed += [score for score in texts.values() if score in rows.plan.table and score not in rows.fed]
    return dropped, _issues(con, rows, texts, there)


def _score(con: duckdb.DuckDBPyConnection, rows: Rows, columns: dict[str, str], there: set[str]) -> None:
    """Table `{sheet}_moods`: every different text to be scored, its score, and why it has none."""
    name = rows.sheet.table
    every = " UNION ".join(
        f'SELECT DISTINCT "{column}" AS text FROM {name}_loaded WHERE "{column}" IS NOT NULL'
        + (f' AND "{score}" IS NULL' if score in there else "")
        for column, score in columns.items()
    )
    con.execute(f"CREATE TABLE {name}_texts AS SELECT text, row_number() OVER () AS n FROM ({every})")
    con.execute(f"CREATE TABLE {name}_scores (n BIGINT, score DOUBLE, why VARCHAR)")
    for numbers, texts in _parts(con, f"{name}_texts"):
        scored = [_scored(text) for text in texts]
        con.execute(
            f"INSERT INTO {name}_scores SELECT unnest(CAST($n AS BIGINT[])), unnest(CAST($score AS DOUBLE[])), "
            "unnest(CAST($why AS VARCHAR[]))",
            {"n": numbers, "score": [score for score, _ in scored], "why": [why for _, why in scored]},
        )
    con.execute(
        f"CREATE TABLE {name}_moods AS SELECT t.text, s.score, s.why FROM {name}_texts t "
        f"JOIN {name}_scores s ON s.n = t.n"
    )


def _parts(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[list[int], list[str]]]:
    (total,) = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    for first in range(1, total + 1, _AT_ONCE):
        part = con.execute(
            f"SELECT n, text FROM {table} WHERE n BETWEEN $first AND $last ORDER BY n",
            {"first": first, "last": first + _AT_ONCE - 1},
        ).fetchall()
        yield [n for n, _ in part], [text for _, text in part]


def _scored(text: str) -> tuple[float | None, str | None]:
    from metrics.exports.sentiment import mood

    found = mood(text)
    if found.language is None:
        return None, _NOT_TOLD
    return found.score, None if found.score is not None else _NOT_OFFERED


def _issues(
    con: duckdb.DuckDBPyConnection, rows: Rows, columns: dict[str, str], there: set[str]
) -> list[dict[str, Any]]:
    """Rows whose text has no score, by column and why, with the first three."""
    issues = []
    for column, score in columns.items():
        feeds = rows.plan.columns.get(column)
        header = rows.sheet.headers[feeds[0] - 1] if feeds else None
        unscored = f' AND l."{score}" IS NULL' if score in there else ""
        found = con.execute(
            f"SELECT m.why, count(*), min_by(l._row, l._row, 3) FROM {rows.sheet.table}_loaded l "
            f'JOIN {rows.sheet.table}_moods m ON m.text = l."{column}" WHERE m.why IS NOT NULL{unscored} '
            "GROUP BY m.why ORDER BY m.why"
        ).fetchall()
        issues += [{"kind": why, "column": header, "n": n, "rows": sorted(first)} for why, n, first in found]
    return issues
