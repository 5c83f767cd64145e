"""Durations that count those still open: from the section `life` (segment, period, keys, t, closed, won, censored)."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from metrics.answer import COUNTS
from metrics.statistics.survival import HORIZONS, LifeTable
from metrics.steps.behind import Behind


def lives(behind: Behind) -> Iterator[tuple[tuple[Any, ...], LifeTable]]:
    """The survival of each (segment, period, keys…). Without a column `won`, every end is one."""
    life = behind.section("life")
    life = life.assign(won=life["won"] if "won" in life else life["closed"])
    for key, group in life.groupby(behind.metric.group_columns, dropna=False):
        yield key, LifeTable.of(group["t"], group["closed"], group["won"], group["censored"])


def kaplan_meier(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Column km_median: the days by which half have ended."""
    return _joined(behind, frame, ["km_median"], lambda table: [table.median()])


def won_by(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns won_by_30…: the share won by then, losing competing."""
    names = [f"won_by_{days}" for days in HORIZONS]
    return _joined(behind, frame, names, lambda table: [table.won_by(days) for days in HORIZONS])


def _joined(
    behind: Behind, frame: pd.DataFrame, names: list[str], figures: Callable[[LifeTable], list[float | None]]
) -> pd.DataFrame:
    columns = behind.metric.group_columns
    records = [(*key, *figures(table)) for key, table in lives(behind)]
    if not records:
        return frame.assign(**dict.fromkeys(names, np.nan))
    survival = pd.DataFrame(records, columns=[*columns, *names])
    survival[names] = survival[names].astype(float)
    for column in columns:
        survival[column] = survival[column].astype(frame[column].dtype)
    if behind.metric.keys:
        return frame.merge(survival, on=columns, how="left")
    # A segment or period may have deals to follow and none that counts for the value.
    merged = frame.merge(survival, on=columns, how="outer")
    return merged.fillna({c: 0 for c in COUNTS if c in merged})
