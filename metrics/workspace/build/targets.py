"""Who is a target account, since when and on whose word: `model.target_spans`, and the accounts that carry it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from metrics.model import table
from metrics.workspace.build.attributes import Attribute, quoted

FLAG_LIST = "Target account"
"""The list that a column of an accounts export makes."""

_MATCH = """
CREATE TEMP TABLE target_matches AS
SELECT k.place, k.list, k.since, k.key,
       coalesce(i.account_id, d.account_id, n.account_id) AS account_id
FROM target_keys k
LEFT JOIN account_ids i ON i.id_key = id_key(k.key)
LEFT JOIN account_domains d ON d.domain_key = company_domain(k.key)
LEFT JOIN account_names n ON n.name_key = name_key(k.key)
"""
_SPANS = f"""
CREATE TABLE model.target_spans AS
SELECT account_id, list, since, until
FROM (
    SELECT account_id, '{FLAG_LIST}' AS list, target_since AS since, target_until AS until FROM known_accounts
    WHERE is_target OR (is_target IS NULL AND target_since IS NOT NULL)
    UNION
    SELECT account_id, coalesce(list, '{FLAG_LIST}'), since, until FROM model.account_lists
    UNION
    SELECT account_id, list, since, CAST(NULL AS DATE) FROM target_matches
    UNION
    SELECT account_id, list, since, CAST(NULL AS DATE) FROM ruled_accounts
)
WHERE account_id IS NOT NULL
ORDER BY account_id, list, since;

CREATE TABLE model.accounts AS
SELECT a.* EXCLUDE (is_derived, name_key), a.is_derived, t.account_id IS NOT NULL AS target, a.name_key
FROM known_accounts a
LEFT JOIN (
    SELECT DISTINCT account_id FROM model.target_spans CROSS JOIN facts
    WHERE (since IS NULL OR since <= as_of) AND (until IS NULL OR until > as_of)
) t ON t.account_id = a.account_id
ORDER BY a.account_id
"""


def mark_targets(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[Mapping[str, Any]], attributes: Sequence[Attribute]
) -> list[dict[str, Any]]:
    """Creates `model.target_spans` and `model.accounts`; what each kept list matched, in the lists' order.

    A kept list has `list`, `since` (ISO date or None) and either `keys` (ids, domains, names) or a `rule`.
    """
    connection.execute("CREATE TEMP TABLE target_keys (place INTEGER, list VARCHAR, since DATE, key VARCHAR)")
    connection.execute("CREATE TEMP TABLE ruled_accounts (place INTEGER, list VARCHAR, since DATE, account_id VARCHAR)")
    columns = rule_columns(attributes)
    for place, kept in enumerate(lists):
        if kept.get("rule"):
            _apply_rule(connection, place, kept, columns)
        else:
            connection.execute(
                "INSERT INTO target_keys SELECT $place, $list, CAST($since AS DATE), unnest($keys)",
                {"place": place, "list": kept["list"], "since": kept.get("since"), "keys": list(kept.get("keys", ()))},
            )
    connection.execute(_MATCH)
    connection.execute(_SPANS)
    return [_outcome(connection, place, kept, columns) for place, kept in enumerate(lists)]


def rule_columns(attributes: Sequence[Attribute]) -> dict[str, str]:
    """The account dimensions that a rule may name, and the columns that they are."""
    own = {c.name: c.name for c in table("accounts").columns} | {"size": "size"}
    return own | {a.name: a.column for a in attributes if a.table == "accounts"}


def parse_rule(rule: str) -> list[tuple[str, str]]:
    """`tier=1 and region=East` as [("tier", "1"), ("region", "East")]; an empty list where it says nothing."""
    parts = [part.partition("=") for part in re.split(r"\s+and\s+", rule.strip(), flags=re.IGNORECASE)]
    if not all(sign and name.strip() and value.strip() for name, sign, value in parts):
        return []
    return [(name.strip(), value.strip().strip("\"'")) for name, _, value in parts]


def _apply_rule(
    connection: duckdb.DuckDBPyConnection, place: int, kept: Mapping[str, Any], columns: Mapping[str, str]
) -> None:
    conditions = parse_rule(kept["rule"])
    if not conditions or any(name not in columns for name, _ in conditions):
        return
    tests = [
        f"lower(CAST({quoted(columns[name])} AS VARCHAR)) = lower($value_{n})" for n, (name, _) in enumerate(conditions)
    ]
    values: dict[str, Any] = {f"value_{n}": value for n, (_, value) in enumerate(conditions)}
    connection.execute(
        "INSERT INTO ruled_accounts SELECT $place, $list, CAST($since AS DATE), account_id FROM known_accounts "
        f"WHERE {' AND '.join(tests)}",
        {"place": place, "list": kept["list"], "since": kept.get("since"), **values},
    )


def _outcome(
    connection: duckdb.DuckDBPyConnection, place: int, kept: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, Any]:
    """What a kept list matched. Of a rule `unknown`: its names that are no dimension; `empty`: those no account has."""
    told = {"list": kept["list"], "since": kept.get("since"), "rule": kept.get("rule"), "unmatched": [], "unknown": [],
            "empty": []}  # fmt: skip
    if kept.get("rule"):
        named = [name for name, _ in parse_rule(kept["rule"])]
        told["unknown"] = [name for name in named if name not in columns]
        told["empty"] = [name for name in named if name in columns and _is_empty(connection, columns[name])]
        rows = connection.execute("SELECT count(*) FROM ruled_accounts WHERE place = $place", {"place": place})
    else:
        unmatched = connection.execute(
            "SELECT DISTINCT key FROM target_matches WHERE place = $place AND account_id IS NULL ORDER BY key",
            {"place": place},
        ).fetchall()
        told["unmatched"] = [key for (key,) in unmatched]
        rows = connection.execute(
            "SELECT count(DISTINCT account_id) FROM target_matches WHERE place = $place", {"place": place}
        )
    return told | {"matched": (rows.fetchone() or (0,))[0]}


def _is_empty(connection: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether no account has a value in the column."""
    found = connection.execute(f"SELECT count({quoted(column)}) FROM known_accounts").fetchone()
    return found is None or found[0] == 0
