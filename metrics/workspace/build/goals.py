"""The goals of loaded files, and those that people typed, as one table."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

GOAL_KEY = ("metric", "starts_on", "ends_on", "dimension", "segment")
"""What a goal is for. One that is typed stands in place of a loaded one for the same."""
_COLUMNS = (*GOAL_KEY, "value")
_SAME = " AND ".join(f"g.{name} IS NOT DISTINCT FROM t.{name}" for name in GOAL_KEY)


def write_goals(connection: duckdb.DuckDBPyConnection, typed: Sequence[Mapping[str, Any]]) -> int:
    """Creates `model.goals` of `model.loaded_goals` and those typed; how many there are. Days are ISO dates or None."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE typed_goals (metric VARCHAR, starts_on DATE, ends_on DATE, dimension VARCHAR, "
        "segment VARCHAR, value DOUBLE)"
    )
    if typed:
        connection.executemany(
            "INSERT INTO typed_goals VALUES ($1, CAST($2 AS DATE), CAST($3 AS DATE), $4, $5, $6)",
            [[goal.get(name) for name in _COLUMNS] for goal in typed],
        )
    connection.execute(
        "CREATE OR REPLACE TABLE model.goals AS SELECT * FROM ("
        f"SELECT * FROM model.loaded_goals g WHERE NOT EXISTS (SELECT 1 FROM typed_goals t WHERE {_SAME}) "
        f"UNION ALL BY NAME SELECT {', '.join(_COLUMNS)} FROM typed_goals) "
        "ORDER BY metric, starts_on, ends_on, dimension, segment"
    )
    found = connection.execute("SELECT count(*) FROM model.goals").fetchone()
    return int(found[0]) if found else 0
