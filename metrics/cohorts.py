"""The cohorts of an answer taken together, age by age, so that target and rest are compared once and not cell by cell.

A cohort is followed only up to the as-of day, the younger ones less far. What is reached *by* an age is therefore
chained as in Kaplan–Meier (1958): of those who had not got there before, the share that did at this age, among the
cohorts that have completed it. Such a share never falls with age, and every unit counts for as long as it was followed.
Retention is not chained: it is the sum over the cohorts that have completed the age.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.answer import Comparison, Verdict
from metrics.comparison import FEW
from metrics.statistics.bootstrap import Side, difference_interval
from metrics.statistics.intervals import newcombe, wilson

SIDES = ("target", "rest")
POOLED = ("segment", "age", "value", "n", "cohorts", "effective_n", "low", "high")


def pooled_ages(frame: pd.DataFrame, *, by_age: bool) -> pd.DataFrame:
    """Every cohort of a segment together: the columns POOLED, a row for each segment and age that a cohort completed.

    `frame` is the answer of a cohort metric: `segment`, `cohort`, `age`, `size`, optional `partial` (left out), and
    `numerator` (units) or `revenue` (whose value is the revenue at that age ÷ that of the same cohorts at age 0).
    `by_age`: the numerator counts those that got there by the age, and is chained.
    `n`: units followed that long; `effective_n`: of how many units the share is worth (n where nothing is chained),
    from which `low`, `high` are Wilson's; all three NaN for revenue.
    """
    cells = completed(frame)
    parts = [
        _reached(str(segment), own) if by_age else _kept(str(segment), own)
        for segment, own in cells.groupby("segment", sort=False)
    ]
    if not parts:
        return pd.DataFrame(columns=list(POOLED))
    pooled = pd.concat(parts, ignore_index=True)
    if "revenue" in frame:
        pooled["effective_n"] = np.nan
    k, n = pooled["value"] * pooled["effective_n"], pooled["effective_n"]
    low, high = wilson(k, n)
    return pooled.assign(low=low, high=high)[list(POOLED)]


def completed(frame: pd.DataFrame) -> pd.DataFrame:
    """The cells with a value whose calendar unit has ended."""
    cells = frame.dropna(subset=["value"])
    if "partial" not in cells:
        return cells
    return cells[~cells["partial"].astype("boolean").fillna(False).astype(bool)]


def _reached(segment: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Kaplan–Meier over ages, with Greenwood's variance."""
    counts = cells.pivot_table(index="age", columns="cohort", values="numerator", aggfunc="sum").sort_index()
    sizes = cells.groupby("cohort")["size"].max().reindex(counts.columns)
    before = counts.shift(fill_value=0)
    seen = counts.notna()
    newly = (counts - before).where(seen).sum(axis=1)
    waiting = (sizes - before).where(seen).sum(axis=1)
    followed = seen.mul(sizes, axis=1).sum(axis=1)
    missed = np.cumprod(1 - np.divide(newly, waiting, out=np.zeros(len(newly)), where=waiting > 0))
    value = 1 - missed
    left = waiting - newly
    spread = np.divide(newly, waiting * left, out=np.zeros(len(newly)), where=(waiting > 0) & (left > 0))
    variance = missed**2 * np.cumsum(spread)
    worth = np.divide(value * missed, variance, out=followed.to_numpy(dtype=float), where=variance > 0)
    return _of(segment, counts.index, value, followed, seen.sum(axis=1), worth)


def _kept(segment: str, cells: pd.DataFrame) -> pd.DataFrame:
    """What the cohorts that have completed an age keep of what they began with."""
    over = "revenue" if "revenue" in cells else "numerator"
    whole = cells["size"].astype(float)
    if over == "revenue":
        first = cells[cells["age"] == 0].set_index("cohort")["revenue"].astype(float)
        whole = cells["cohort"].map(first)
    known = cells.assign(over=cells[over].astype(float), whole=whole).dropna(subset=["whole"])
    table = known.groupby("age").agg(over=("over", "sum"), whole=("whole", "sum"), n=("size", "sum"),
                                     cohorts=("cohort", "nunique"))  # fmt: skip
    table = table[table["whole"] > 0]
    return _of(segment, table.index, table["over"] / table["whole"], table["n"], table["cohorts"], table["n"])


def _of(segment: str, ages: pd.Index, *columns: npt.ArrayLike) -> pd.DataFrame:
    values = [np.asarray(column, dtype=float) for column in columns]
    named = dict(zip(("value", "n", "cohorts", "effective_n"), values, strict=True))
    frame = pd.DataFrame({"segment": segment, "age": ages.to_numpy(dtype=int), **named})
    return frame.astype({"n": int, "cohorts": int})


def sides_at(pooled: pd.DataFrame, age: int, rows: pd.DataFrame | None = None) -> Comparison | None:
    """Target against the rest at one age of `pooled_ages`; None where a side has not got there.

    Shares by Newcombe's interval. Revenue by the bootstrap of accounts over `rows`, the rows behind that age of the
    cohorts that completed it (`segment`, `account_id`, `measure`, `weight`); without rows it has no verdict.
    """
    own = pooled[pooled["age"] == age].set_index("segment")
    if not set(SIDES) <= set(own.index):
        return None
    one, other = (own.loc[[side]].to_dict("records")[0] for side in SIDES)
    values = (float(one["value"]), float(other["value"]))
    difference = values[0] - values[1]
    lift = difference / values[1] if values[1] else None
    bounds: tuple[float | None, float | None] = (None, None)
    if min(one["n"], other["n"]) >= FEW:
        bounds = _rates(one, other) if rows is None else _drawn(rows)
    low, high = bounds
    verdict: Verdict = "too few to say"
    if low is not None and high is not None:
        verdict = "no clear difference" if low <= 0 <= high else "better" if difference > 0 else "worse"
    return Comparison({"age": age}, "value", SIDES, values, difference, lift, low, high, verdict, "")


def _rates(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> tuple[float | None, float | None]:
    n1, n2 = float(one["effective_n"]), float(other["effective_n"])
    if not (n1 > 0 and n2 > 0):
        return None, None
    return newcombe(float(one["value"]) * n1, n1, float(other["value"]) * n2, n2)


def _drawn(rows: pd.DataFrame) -> tuple[float | None, float | None]:
    low, high = difference_interval("ratio", *(_side(rows[rows["segment"] == side]) for side in SIDES))
    return (None, None) if np.isnan(low) or np.isnan(high) else (low, high)


def _side(rows: pd.DataFrame) -> Side:
    measure, weight = (rows[name].to_numpy(dtype=float) for name in ("measure", "weight"))
    return measure, weight, rows["account_id"].to_numpy()
