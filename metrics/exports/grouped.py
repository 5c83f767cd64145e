"""Reports of groups with subtotals, whose repeated cells are blank: what stands in no row cannot be read from it."""

import duckdb

from metrics.errors import FileError
from metrics.exports import columns
from metrics.exports.sheet import Sheet

_SUBTOTALS = ("subtotal", "subtotals", "subtotales", "промежуточный итог", "промежуточные итоги", "小计")
_FIRST = sorted({sign for word in _SUBTOTALS for sign in (word[0], word[0].upper())} | {":"})
_LOOKED_AT = 10
"""Columns in which a group may stand."""


def refuse_grouped(con: duckdb.DuckDBPyConnection, read: Sheet) -> None:
    """FileError where rows of a report are subtotals of groups."""
    names = [f"c{i}" for i in range(1, min(len(read.headers), _LOOKED_AT) + 1)]
    is_wide = columns.is_wide(con, read.table, len(names))
    asked = [(columns.piled(read.table, names), "v")] if is_wide else [(read.table, name) for name in names]
    if any(con.execute(f"SELECT 1 FROM {source} WHERE {_says(c)} LIMIT 1").fetchall() for source, c in asked):
        raise FileError(
            f"{read.name}: it is a formatted report, with subtotals of groups and blank cells where they repeat. "
            "Export it again as “Details Only”."
        )


def _says(cell: str) -> str:
    """SQL of whether a cell says subtotal. Its first letter is looked at first, which takes a tenth of the time."""
    words = ", ".join(f"'{word}'" for word in _SUBTOTALS)
    begins = " OR ".join(f"starts_with({cell}, '{sign}')" for sign in _FIRST)
    return f"({cell} < '!' OR {begins}) AND lower(trim({cell}, ' :')) IN ({words})"
