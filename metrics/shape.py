"""The shape of an answer's frame: its columns and their order, its types, and a row where there is nothing."""

import numpy as np
import pandas as pd

from metrics.answer import COUNTS
from metrics.caveats import missing_tables
from metrics.engines import Snapshot
from metrics.metric import Metric
from metrics.scope import Scope


def in_shape(snapshot: Snapshot, metric: Metric, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """What the metric's SQL and steps gave, as an answer has it: segment, period?, keys…, value, n, the rest."""
    missing = missing_tables(snapshot, metric)
    if frame.empty and not metric.keys and not scope.by and not scope.grain and not metric.list_of:
        frame = pd.DataFrame([{c: 0 if c in COUNTS else None for c in frame.columns} | {"segment": "All"}])
        is_count = metric.format == "count" and metric.interval != "median"
        frame["value"] = 0 if is_count and not missing else frame["value"].astype(float)
    if missing:
        frame = _undefined(metric, frame.copy())
    unasked = [own for own in metric.own_splits if own != scope.by]
    frame = frame.drop(columns=unasked if scope.grain else [*unasked, "period"], errors="ignore")
    if scope.by == "account":
        frame = _named(snapshot, frame)
    if scope.by == "target" and not frame.empty:
        frame = frame.sort_values("segment", key=lambda s: s != "target", kind="stable", ignore_index=True)
    if "n" in frame and frame["n"].notna().all():
        frame = frame.astype({c: "int64" for c in COUNTS if c in frame and frame[c].notna().all()})
    return frame


def _undefined(metric: Metric, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without what cannot be known, a needed table being empty: keys and counts of what is there stay.

    Of no units none is counted: there the numerator is 0.
    """
    known = {*metric.group_columns, *metric.own_splits, "n", "denominator", "size"}
    counted = {c for c in COUNTS if c in frame and c != "numerator" and (frame[c].fillna(0) > 0).all()}
    unknown = [str(c) for c in frame if c not in known | counted and pd.api.types.is_numeric_dtype(frame[c])]
    of_none = frame.reindex(columns=["numerator", "denominator"]).eq(0).all(axis=1)
    for column in ("value", *unknown):
        frame[column] = np.nan
    if of_none.any():
        frame.loc[of_none, "numerator"] = 0
    return frame


def _named(snapshot: Snapshot, frame: pd.DataFrame) -> pd.DataFrame:
    """Accounts by their names, with id and name among the keys."""
    names = snapshot.run("SELECT account_id, name FROM model.accounts")
    named = dict(zip(names["account_id"], names["name"], strict=True))
    ids = frame["segment"]
    frame = frame.assign(account_id=ids, account=ids.map(named), segment=ids.map(named).fillna(ids))
    front = [column for column in ("segment", "period", "account_id", "account") if column in frame]
    return frame[[*front, *(column for column in frame if column not in front)]]
