"""HubSpot's wide stage dates: one column a stage, `Date entered "Stage (Pipeline)"`, the latest entry only."""

import duckdb

from metrics.exports.convert import Rows


def visits(con: duckdb.DuckDBPyConnection, rows: Rows) -> str | None:
    """A table of stage visits from the date columns of the plan; None where the file has none."""
    return None
