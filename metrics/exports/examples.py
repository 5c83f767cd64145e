"""Rows of the file that a question is about: what it asks can be looked at where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from metrics.exports.plan import Plan
from metrics.exports.sheet import Sheet

MOST = 4
_NAMES = ("name", "_opportunity_name", "_account_name", "campaign", "opportunity_id", "account_id", "contact_id")
"""The columns by which people know a row, the first that the file has."""


def with_rows(
    con: duckdb.DuckDBPyConnection, plan: Plan, sheet: Sheet, questions: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The questions, each with `rows`: the first rows that hold one of its examples, as `row`, `name` and `value`."""
    return [{**question, "rows": _rows(con, plan, sheet, question)} for question in questions]


def _rows(
    con: duckdb.DuckDBPyConnection, plan: Plan, sheet: Sheet, question: Mapping[str, Any]
) -> list[dict[str, Any]]:
    examples = [str(text) for text in question.get("examples") or ()]
    header = next(iter(question.get("columns") or [question["column"]]), None)
    if header not in sheet.headers or not examples:
        return []
    column = f"c{sheet.headers.index(header) + 1}"
    named = next((plan.columns[name][0] for name in _NAMES if plan.columns.get(name)), None)
    found = con.execute(
        f"SELECT min(_row), {f'min_by(cell(c{named}), _row)' if named else 'NULL'}, cell({column}) FROM {sheet.table} "
        f"WHERE cell({column}) IN (SELECT unnest($examples)) GROUP BY cell({column}) ORDER BY 1 LIMIT {MOST}",
        {"examples": examples},
    ).fetchall()
    return [{"row": row, "name": name, "value": value} for row, name, value in found]
