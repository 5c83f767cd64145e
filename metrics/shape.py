"""The shape of an answer's frame: its columns and their order, its types, and rows where there is nothing."""

import numpy as np
import pandas as pd

from metrics.answer import COUNTS
from metrics.caveats import missing_tables
from metrics.engines import Snapshot
from metrics.metric import Metric
from metrics.scope import Scope
from metrics.standing import periods_of


def in_shape(snapshot: Snapshot, metric: Metric, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """What the metric's SQL and steps gave, as an answer has it: segment, period?, keys…, value, n, the rest."""
    missing = missing_tables(snapshot, metric)
    if frame.empty and not metric.keys and not scope.by and not scope.grain and not metric.list_of:
        frame = _of_nothing(metric, pd.DataFrame([dict.fromkeys(frame.columns) | {"segment": "All"}]))
    if scope.grain:
        frame = every_period(snapshot, metric, scope, frame)
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


def every_period(snapshot: Snapshot, metric: Metric, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame of a question with a grain, with a row for each segment in each period, also where nothing was.

    The periods are those of the range asked for; without a beginning asked for, they begin with the first that holds
    something. A metric with keys has rows only where there is something.
    """
    if metric.keys or metric.list_of or (scope.by in metric.own_splits and scope.by in frame):
        return frame
    periods = [label for label, _, _ in periods_of(snapshot, metric, scope)]
    if scope.start is None:
        first = frame["period"].min() if len(frame) else None
        periods = [label for label in periods if first is not None and label >= first]
    segments = list(dict.fromkeys(frame["segment"])) or ([] if scope.by else ["All"])
    whole = pd.DataFrame([(s, p) for s in segments for p in periods], columns=["segment", "period"], dtype=object)
    asked = set(zip(frame["segment"], frame["period"], strict=True))
    missing = whole[[pair not in asked for pair in zip(whole["segment"], whole["period"], strict=True)]]
    if missing.empty:
        return frame
    empty = _of_nothing(metric, missing.reindex(columns=frame.columns), beside=frame)
    order = {segment: position for position, segment in enumerate(segments)}
    filled = pd.concat([frame, empty], ignore_index=True) if len(frame) else empty
    return filled.sort_values(
        ["segment", "period"], key=lambda c: c.map(order) if c.name == "segment" else c, ignore_index=True
    )


def _of_nothing(metric: Metric, rows: pd.DataFrame, beside: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows where there is no unit: counts are 0, everything else is undefined.

    A count that only this metric has (`…_n`) is 0 where the rows `beside` know it: elsewhere its table may be missing.
    """
    rows = rows.copy()
    is_count = metric.format == "count" and metric.interval != "median"
    for column in rows.columns.difference(["segment", "period"]):
        known = beside is not None and str(column).endswith("_n") and beside[column].notna().any()
        counted = column in COUNTS or known or (column == "value" and is_count)
        rows[column] = 0 if counted else np.nan
    return rows


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
