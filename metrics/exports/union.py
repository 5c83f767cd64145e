"""Several parts of one export as one sheet: columns matched by header, records numbered through."""

from collections.abc import Sequence

import duckdb

from metrics.exports.headers import normalised
from metrics.exports.sheet import Sheet


def union(con: duckdb.DuckDBPyConnection, sheets: Sequence[Sheet], table: str, name: str) -> Sheet:
    """One sheet of all parts' rows, with `_part` beside `_row`; a part that lacks a column has NULL in it."""
    if len(sheets) == 1:
        return sheets[0]
    headers: list[str] = []
    for sheet in sheets:
        there = {normalised(h) for h in headers}
        headers += [h for h in sheet.headers if normalised(h) not in there]
    whole = Sheet(table, name, headers, 0, len(headers), parts=len(sheets))
    selects = []
    for part, sheet in enumerate(sheets):
        at = {normalised(h): i for i, h in enumerate(sheet.headers)}
        places = [at.get(normalised(h)) for h in headers]
        cells = ", ".join(
            f"{'CAST(NULL AS VARCHAR)' if place is None else f'c{place + 1}'} AS c{i}"
            for i, place in enumerate(places, start=1)
        )
        selects.append(f"SELECT _row + {whole.last} AS _row, {part} AS _part, {cells} FROM {sheet.table}")
        for number, found, reason in sheet.misfits:
            cells_there = ["" if p is None or p >= len(found) else found[p] for p in places]
            whole.misfits.append((number + whole.last, cells_there, f"{sheet.name}: {reason}"))
        whole.last += sheet.last
        whole.records += sheet.records
        whole.blank += sheet.blank
        whole.footer += sheet.footer
        whole.preamble += [line for line in sheet.preamble if line not in whole.preamble]
        whole.warnings += sheet.warnings
    con.execute(f"CREATE VIEW {table} AS {' UNION ALL '.join(selects)}")
    return whole
