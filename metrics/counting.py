"""How many units are behind a metric: what an empty card says is there without its filters."""

from collections.abc import Mapping
from dataclasses import replace

from metrics.asking import settled
from metrics.catalog import find_metric
from metrics.compose import compose
from metrics.dimensions import identifier
from metrics.engines import Snapshot
from metrics.scope import Scope

UNIT_ID = {
    "account": "account_id", "deal": "opportunity_id", "contact": "contact_id", "contract": "contract_id",
    "activity": "activity_id", "answer": "answer_id",
}  # fmt: skip


def count_units(
    snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
) -> int | None:
    """Different accounts, deals, … behind the metric, however many of its rows each is in; a stage visit is a row.

    None for a metric that is worked out from other figures and has no rows of its own.
    """
    metric = find_metric(name)
    if "rows" not in metric.sections:
        return None
    whole = replace(scope or Scope(), by=None, grain=None, compare=None)
    composition = compose(metric, whole, snapshot, settled(snapshot, name, options))
    unit = UNIT_ID.get(metric.unit)
    counted = f"count(DISTINCT {identifier(unit)})" if unit else "count(*)"
    sql = composition.sql(metric, "count", f"SELECT {counted} AS n FROM rows")
    return int(snapshot.run(sql, composition.used(sql))["n"].iloc[0])
