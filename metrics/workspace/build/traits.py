"""What is known of each account besides its deals, as rows: the profile of the ideal customer is fitted on them."""

import re

import duckdb

from metrics.workspace.build.attributes import quoted

_CIRCULAR = re.compile(
    r"(^|[^a-z])(fit|icp|ideal customer|tier|grade|lifecycle|abm|target account|account status|"
    r"customer (since|status|stage))([^a-z]|$)",
    re.IGNORECASE,
)
"""Headers that say what somebody made of the account already: fitting on them fits on one's own judgement."""

_OWN = {
    "industry": ("industry", False),
    "size": ("size", False),
    "region": ("region", False),
    "tier": ("tier", True),
    "fit_tier": ("fit_tier", True),
    "fit_score": (
        "CASE WHEN fit_score IS NOT NULL THEN CAST(least(floor(fit_score / 20), 4) * 20 AS INTEGER) || '+' END",
        True,
    ),
}


_DISTINCT = 0.5
"""Share of different values, of the accounts that have one, from which a column of their export names each account
(a number, a register's entry) rather than what several have in common."""


def write_traits(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `model.account_traits`: account_id, attribute, attribute_value, is_circular; a row a known value.

    Attributes: industry, size, region, each technology, the accounts' own columns that are dimensions and of which
    under half of the values are different, and tier and uploaded fit, marked circular.
    """
    custom = connection.execute(
        "SELECT name, column_name FROM model.dimensions WHERE table_name = 'accounts' ORDER BY name"
    ).fetchall()
    known = [(name, expression, circular) for name, (expression, circular) in _OWN.items()]
    known += [
        (name, quoted(column), bool(_CIRCULAR.search(name)))
        for name, column in custom
        if not _names_accounts(connection, column)
    ]
    connection.execute(
        "CREATE TABLE model.account_traits "
        "(account_id VARCHAR, attribute VARCHAR, attribute_value VARCHAR, is_circular BOOLEAN)"
    )
    for name, expression, circular in known:
        connection.execute(
            "INSERT INTO model.account_traits "
            f"SELECT account_id, $name, CAST({expression} AS VARCHAR), $circular FROM model.accounts "
            f"WHERE {expression} IS NOT NULL",
            {"name": name, "circular": circular},
        )
    connection.execute(
        "INSERT INTO model.account_traits SELECT DISTINCT account_id, 'technology', trim(one), FALSE FROM "
        "(SELECT account_id, unnest(string_split(technology, ';')) AS one FROM model.accounts) WHERE trim(one) <> ''"
    )


def _names_accounts(connection: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether the column is nearly another name of the account."""
    own = quoted(column)
    found = connection.execute(f"SELECT count(DISTINCT {own}), count({own}) FROM model.accounts").fetchone()
    different, known = found or (0, 0)
    return different > 2 and different > _DISTINCT * known
