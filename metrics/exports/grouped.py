"""Reports of groups with subtotals, whose repeated cells are blank: what stands in no row cannot be read from it."""

import duckdb

from metrics.errors import FileError
from metrics.exports.sheet import Sheet

_SUBTOTALS = ("subtotal", "subtotals", "subtotales", "промежуточный итог", "промежуточные итоги", "小计")
_LOOKED_AT = 10
"""Columns in which a group may stand."""


def refuse_grouped(con: duckdb.DuckDBPyConnection, read: Sheet) -> None:
    """FileError where rows of a report are subtotals of groups."""
    words = ", ".join(f"'{word}'" for word in _SUBTOTALS)
    cells = [f"lower(trim(c{i}, ' :')) IN ({words})" for i in range(1, min(len(read.headers), _LOOKED_AT) + 1)]
    if con.execute(f"SELECT 1 FROM {read.table} WHERE {' OR '.join(cells)} LIMIT 1").fetchall():
        raise FileError(
            f"{read.name}: it is a formatted report, with subtotals of groups and blank cells where they repeat. "
            "Export it again as “Details Only”."
        )
