"""What a snapshot says about itself: its day, its money, how well the files could be read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from metrics.model import TABLES
from metrics.workspace.build.batch import Batch
from metrics.workspace.build.merge import has_amounts

STALE_DAYS = 14
FORMAT = 9
"""Number of the snapshot's format; a snapshot of another one is built again from the batches."""


@dataclass(frozen=True)
class Facts:
    """What the whole build goes by."""

    as_of: date
    as_of_end: datetime
    first_day: date
    currency: str | None
    time_zone: str


def find_facts(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], settings: Mapping[str, Any]) -> Facts:
    """The as-of day and the reporting currency, from the events recorded and the settings.

    The newest as-of day that a user gave with an import in effect beats the newest recorded event, and stays until a
    newer one is given or that import is undone; without any date it is the newest export's day.
    """
    newest, oldest = connection.execute("SELECT max(newest), min(oldest) FROM event_days").fetchone() or (None, None)
    given = max((b.as_of for b in batches if b.as_of), default=None)
    as_of = given or newest or max((b.export_day for b in batches), default=date(1970, 1, 1))
    zone = str(settings.get("time_zone") or "UTC")
    midnight = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(zone))
    end = midnight.astimezone(UTC).replace(tzinfo=None)
    began = connection.execute(_FIRST_BY_TENURE, {"as_of": as_of}).fetchone()
    first = min(day for day in (oldest, began and began[0], as_of) if day)
    return Facts(as_of, end, first, _currency(connection, settings), zone)


_FIRST_BY_TENURE = """
SELECT min(CAST($as_of - to_months(CAST(_tenure_months AS INTEGER)) AS DATE))
FROM merged_contracts WHERE started_on IS NULL
"""
"""A contract known by its months up to the as-of day began before any event that is recorded."""


def _currency(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> str | None:
    """The set one; else what exchange rates convert to; else the most frequent one, the market's estimates last."""
    if settings.get("currency"):
        return str(settings["currency"]).upper()
    row = connection.execute("""
        SELECT currency FROM (
            SELECT upper(currency) AS currency, amount, 1 AS own FROM merged_opportunities
            UNION ALL SELECT upper(currency), amount, 1 FROM merged_invoices
            UNION ALL SELECT upper(currency), monthly_revenue, 1 FROM merged_contracts
            UNION ALL SELECT upper(currency), amount, 1 FROM merged_spend
            UNION ALL SELECT upper(currency), actual_cost, 1 FROM merged_campaigns
            UNION ALL SELECT upper(currency), estimated_value, 0 FROM merged_market
        ) WHERE currency IS NOT NULL AND amount IS NOT NULL
        GROUP BY currency
        ORDER BY currency IN (SELECT upper(currency) FROM merged_exchange_rates WHERE rate <> 1), sum(own) DESC,
                 count(*) DESC, currency LIMIT 1
    """).fetchone()
    return row[0] if row else None


def describe(
    connection: duckdb.DuckDBPyConnection,
    batches: Sequence[Batch],
    settings: Mapping[str, Any],
    facts: Facts,
    targets: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Every key of `model.about` but the snapshot's id, as plain values."""
    return {
        "as_of": facts.as_of.isoformat(),
        "as_of_end": facts.as_of_end.isoformat(),
        "currency": facts.currency,
        "time_zone": facts.time_zone,
        "settings": {name: value for name, value in settings.items() if name not in ("targets", "goals")},
        "revenue_source": _revenue_source(connection),
        "quality": _quality(connection, batches),
        "warnings": _warnings(connection, batches, facts),
        "reading": _reading(connection, batches),
        "bulk_load": _bulk_load(connection),
        "first_day": facts.first_day.isoformat(),
        "region_from": "account" if _one(connection, "SELECT count(region) FROM model.accounts") else "owner",
        "target_dates": _target_dates(connection),
        "targets": [dict(t) for t in targets],
        "lists": _lists(connection),
        "matched": _matched(connection),
        "stages": _stages(connection),
        "imports": [_named(b) for b in batches],
        "format": FORMAT,
    }  # fmt: skip


def _stages(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every stage in order, so that the next file can be held against them."""
    found = connection.execute(
        "SELECT pipeline, stage, outcome FROM model.stages ORDER BY pipeline, stage_order NULLS LAST, stage"
    )
    return [{"pipeline": pipeline, "stage": stage, "outcome": outcome} for pipeline, stage, outcome in found.fetchall()]


def _reading(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> list[str]:
    """How the files were read, and what was made of their products, each with its file in front."""
    told = [s if s.startswith(b.file) else f"{b.file}: {s}" for b in batches for s in b.warnings]
    return told + _on_products(connection, batches) + _on_currencies(connection, batches)


def _on_currencies(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> list[str]:
    """Of every import whose amounts are in several currencies: how many in each. They are never summed as they are."""
    files = {batch.number: batch.file for batch in batches}
    told = []
    for table in filter(has_amounts, TABLES):
        each = f"SELECT _import, upper(currency) AS code, count(*) AS n FROM merged_{table.name} GROUP BY ALL"
        found = connection.execute(
            f"SELECT _import, string_agg(code || ' ' || n, ', ' ORDER BY n DESC, code), list(code) FROM ({each}) "
            "WHERE code IS NOT NULL GROUP BY _import HAVING count(*) > 1 ORDER BY _import"
        ).fetchall()
        told += [
            f"{files.get(number, number)}: amounts of {table.name} are in several currencies ({counts} rows); "
            f"{_conversion(connection, codes)}."
            for number, counts, codes in found
        ]
    return told


def _conversion(connection: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> str:
    """What becomes of amounts in these currencies, and of those that have no rate on any or on some of their days."""
    lacking = connection.execute(
        "SELECT currency, count(rate) = 0 FROM rates WHERE list_contains($codes, currency) GROUP BY 1 "
        "HAVING count(*) > count(rate) ORDER BY 1",
        {"codes": list(codes)},
    ).fetchall()
    never = ", ".join(code for code, is_never in lacking if is_never)
    sometimes = ", ".join(code for code, is_never in lacking if not is_never)
    said = ["each is converted at the rate of its day" + (", where there is one" if lacking else "")]
    said += [f"no exchange rate of {never} is loaded, so that these amounts count nowhere"] if never else []
    said += [f"{sometimes} has none on some days, whose amounts count nowhere"] if sometimes else []
    return "; ".join(said)


def _on_products(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> list[str]:
    """Of every import with deals' products: how many deals have several, each of which counts under one."""
    files = {batch.number: batch.file for batch in batches}
    found = connection.execute("""
        SELECT p._import, count(*), count(*) FILTER (products > 1),
               count(*) FILTER (o.product IS DISTINCT FROM p.product)
        FROM deal_products p JOIN model.opportunities o ON o.opportunity_id = p.opportunity_id GROUP BY 1 ORDER BY 1
    """).fetchall()
    return [
        f"{files.get(number, number)}: products of {deals:,} deals. {several:,} have several: each counts under the "
        f"one with the largest amount. {others:,} keep the product that the export of deals names."
        for number, deals, several, others in found
    ]


def write_about(connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> None:
    """The table `model.about`: text as it is, everything else as JSON."""
    connection.execute("CREATE OR REPLACE TABLE model.about (key VARCHAR, value VARCHAR)")
    rows = [
        (key, value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in about.items()
    ]
    connection.executemany("INSERT INTO model.about VALUES ($1, $2)", rows)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def _revenue_source(connection: duckdb.DuckDBPyConnection) -> str | None:
    return _one(connection, """
        SELECT CASE WHEN (SELECT count(*) FROM model.invoices) > 0 THEN 'invoices'
                    WHEN (SELECT count(*) FROM model.contracts) > 0 THEN 'contracts'
                    WHEN (SELECT count(*) FROM model.opportunities WHERE outcome = 'won') > 0 THEN 'won amounts' END
    """)  # fmt: skip


def _target_dates(connection: duckdb.DuckDBPyConnection) -> str:
    """Whether it is known since when the target accounts are targets: 'all', 'some' or 'none' of them."""
    total, known = connection.execute("SELECT count(*), count(since) FROM model.target_spans").fetchone() or (0, 0)
    return "all" if total and total == known else "some" if known else "none"


def _lists(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The target lists with their accounts, and since when where all of them are on it since the same day."""
    rows = connection.execute("""
        SELECT list, count(DISTINCT account_id),
               CASE WHEN count(since) = count(*) AND min(since) = max(since) THEN min(since) END
        FROM model.target_spans GROUP BY list ORDER BY list
    """).fetchall()
    return [{"list": name, "accounts": n, "since": since and since.isoformat()} for name, n, since in rows]


def _matched(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Of every import of contracts or invoices: its rows, and how many of them found their account."""
    rows = connection.execute("""
        SELECT _import, "table", count(*), count(account_id) FROM (
            SELECT _import, 'contracts' AS "table", account_id FROM model.contracts
            UNION ALL SELECT _import, 'invoices', account_id FROM model.invoices
        ) GROUP BY 1, 2 ORDER BY 1, 2
    """).fetchall()
    return [{"import_id": str(number), "table": name, "rows": n, "linked": m} for number, name, n, m in rows]


def _named(batch: Batch) -> dict[str, str]:
    return {
        "import_id": str(batch.number), "file": batch.file, "source": batch.source, "object": batch.object,
        "export_day": batch.export_day.isoformat(),
    }  # fmt: skip


def _quality(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> dict[str, Any]:
    """The rows of all imports in effect, the share that could be used, and what was wrong with the others."""
    rows = {
        k: sum(b.rows.get(k, 0) for b in batches)
        for k in ("read", "loaded", "rejected", "duplicate", "blank", "footer")
    }
    counted = rows["read"] - rows["blank"] - rows["footer"]
    issues = [{"import_id": str(b.number), **issue} for b in batches for issue in b.issues]
    issues += [
        {"import_id": str(number), "kind": kind, "table": table, "column": column, "n": n, "rows": first}
        for number, kind, table, column, n, first in connection.execute(
            'SELECT _import, kind, "table", "column", n, first_rows FROM issues ORDER BY _import, n DESC, kind, "table"'
        ).fetchall()
    ]
    share = (rows["loaded"] + rows["duplicate"]) / counted if counted else None
    return {**rows, "share": share, "issues": issues}


def _bulk_load(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables at least half of whose rows (and at least 20) were created within the same 48 hours."""
    connection.execute("CREATE TEMP VIEW account_creations AS SELECT created_on AS day FROM model.accounts")
    created = {"accounts": "account_creations", "contacts": "contact_creations", "opportunities": "deal_creations"}
    return [name for name, view in created.items() if _one(connection, f"SELECT count(*) FROM bulk_days('{view}')")]


def _warnings(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], facts: Facts) -> list[str]:
    said = [
        f"{b.file} was read when the company's time zone was {b.time_zone}; its days are of that zone. Undo the import "
        "and load the file again."
        for b in batches
        if b.time_zone and b.time_zone != facts.time_zone
    ]
    days = connection.execute(
        "SELECT _import, newest, newest_event FROM event_days WHERE newest IS NOT NULL"
    ).fetchall()
    newest = {number: day for number, day, _ in days}
    newest_events = {number: day for number, _, day in days}
    current = {(b.source, b.object): b for b in batches}
    for batch in current.values():
        day = newest_events.get(batch.number)
        if day and (facts.as_of - day).days > STALE_DAYS:
            said.append(
                f"{batch.file}: its newest date is {day.isoformat()}, {(facts.as_of - day).days} days before "
                f"the as-of date {facts.as_of.isoformat()}. Load a newer export of it."
            )
    later = [b for b in batches if newest.get(b.number, facts.as_of) > facts.as_of]
    if later:
        said.append(
            f"The as-of date {facts.as_of.isoformat()} was set by hand and stays; {later[-1].file} has events up to "
            f"{newest[later[-1].number].isoformat()}, which are left out of periods. To lift it, load any export "
            "again with a later as-of date, or take back the import that set it."
        )
    files = {str(b.number): b.file for b in batches}
    said += [
        f"{files[m['import_id']]}: {m['linked']:,} of {m['rows']:,} {m['table']} found their account. The others "
        "count in no figure of customers: give their customers the account's id, domain or name in the source."
        for m in _matched(connection)
        if m["linked"] < m["rows"]
    ]
    return said + _on_currency(connection, batches, facts.currency)


def _on_currency(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], reporting: str | None) -> list[str]:
    """What is assumed of amounts whose import names no currency for any of them."""
    files = {batch.number: batch.file for batch in batches}
    said, named = [], False
    for table in filter(has_amounts, TABLES):
        name = table.name
        amounts = " OR ".join(f"{c.name} IS NOT NULL" for c in table.columns if c.kind == "money")
        found = connection.execute(
            f"SELECT _import, _names_currency, count(*) FROM merged_{name} WHERE {amounts} GROUP BY 1, 2 ORDER BY 1"
        ).fetchall()
        named = named or any(is_named for _, is_named, _ in found)
        said += [
            f"{files.get(number, name)}: no row of {name} names a currency; its amounts ({n:,}) are taken to be in "
            f"{reporting}, the reporting currency. If they are not, load it with its currency."
            for number, is_named, n in found
            if not is_named
        ]
    if said and reporting is None:
        return ["No file names a currency: all amounts are taken to be in the same one, without a name."]
    return said if named else []
