"""The two sides of a comparison: two segments, or a period and another, with the rows that the bootstrap draws."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from metrics.answer import Comparison
from metrics.comparison import compare_sides
from metrics.compose import compose
from metrics.dimensions import identifier
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.measured import measured, split_by_touches
from metrics.metric import Metric, OptionValue
from metrics.periods import COMPARED_WITH, compared_scope
from metrics.scope import NONE, Scope

_BESIDE = {
    "ratio": ", r.weight", "rate_or_ratio": ", r.weight", "correlation": ", r.weight", "product": ", r.factor, r.power",
}  # fmt: skip
"""What a comparison draws beside the measure."""


def segments_held(metric: Metric, scope: Scope, frame: pd.DataFrame) -> list[str]:
    """The segments of `frame`; of a split of the metric's own without that of what is on no side of it."""
    return [name for name in frame["segment"].unique() if name != NONE or scope.by not in metric.own_splits]


def against_rest(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue], frame: pd.DataFrame
) -> list[Comparison]:
    """The first segment of `frame` against the second, for each of the metric's keys."""
    one, other = segments_held(metric, scope, frame)
    rows = rows_drawn(snapshot, metric, scope, options)
    sides = frame[frame["segment"] == one], frame[frame["segment"] == other]
    behind = (rows[rows["segment"] == one], rows[rows["segment"] == other]) if rows is not None else None
    return list(compare_sides(metric, (str(one), str(other)), sides, behind, list(metric.keys)))


def against_other_period(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue], frame: pd.DataFrame
) -> list[Comparison]:
    """Each row of `frame` against the same of the other period. QuestionError where there can be none."""
    if metric.clock == "as_of" or scope.grain or metric.compare == "none":
        raise QuestionError(f"{metric.name} cannot be compared with another period in this shape: leave out --grain, "
                            "and choose a metric with a clock (`list` shows it).")  # fmt: skip
    if split_by_touches(metric, scope, snapshot):
        raise QuestionError(f"Segments of {scope.by} overlap and are not compared with another period: filter by one.")
    assert scope.compare is not None
    other_scope = compared_scope(scope, snapshot.as_of, scope.compare)
    now = replace(scope, compare=None)
    other = measured(snapshot, metric, other_scope, options).frame
    rows = rows_drawn(snapshot, metric, now, options)
    before = rows_drawn(snapshot, metric, other_scope, options)
    behind = (rows, before) if rows is not None and before is not None else None
    keys = ["segment", *metric.keys] if scope.by else list(metric.keys)
    return list(compare_sides(metric, ("this period", COMPARED_WITH[scope.compare]), (frame, other), behind, keys))


def rows_drawn(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]
) -> pd.DataFrame | None:
    """The measures behind each row (as `drawn`) with the account they belong to: what the bootstrap draws. A row of
    no account is drawn by itself.

    For a product these are the rows of the section `factors`: factor, power (1 or −1) and measure.
    """
    if metric.compare in ("none", "newcombe"):
        return None
    composition = compose(metric, scope, snapshot, options)
    more = _BESIDE.get(metric.compare, "")
    section = "factors" if metric.compare == "product" else "rows"
    wanted = ", ".join(f"r.{identifier(column)}" for column in metric.group_columns)
    account = "o.account_id, r.opportunity_id" if metric.unit in ("deal", "visit") else "r.account_id"
    deals = " LEFT JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id" if "o." in account else ""
    number = f"r.{metric.drawn_column}"
    sql = composition.sql(
        metric, "measures",
        f"SELECT {wanted}, {number} AS drawn{more}, coalesce({account}) AS cluster FROM {section} r{deals} "
        f"WHERE {number} IS NOT NULL",
    )  # fmt: skip
    rows = snapshot.run(sql, composition.used(sql))
    # Sorted, as a query's order is not certain: the same question draws the same accounts.
    accounts = pd.factorize(rows["cluster"], sort=True)[0]
    return rows.assign(cluster=np.where(accounts < 0, len(rows) + np.arange(len(rows)), accounts))
