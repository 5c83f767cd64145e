"""The intervals of what people think, wave by wave, and of how it changed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from metrics.statistics.intervals import wilson
from metrics.statistics.opinions import change_interval, mean_interval, net_interval
from metrics.steps.behind import Behind

_FULL = {"nps": 100.0, "net_sentiment": 1.0}


def opinion_intervals(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns low, high of the value and change_low, change_high of its change; `spread` goes.

    A share less another has Newcombe's interval of such, a share Wilson's, a mean of shares of scale Student's.
    """
    if behind.scope.by and (n := int(behind.section("nameless")["n"].iloc[0])):
        behind.warn(
            f"{n:,} answers or mentions name no account: they are in none of the segments of {behind.scope.by}."
        )
    bounds = [_bounds(str(row["measure"]), row) for row in frame.to_dict("records")]
    told = frame.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])
    order = [c for c in ("segment", "period", "measure") if c in told]
    before = told.groupby(order, dropna=False, sort=False)[["value", "low", "high"]].shift(1)
    was, now = ([part[c].to_numpy(dtype=float) for c in ("value", "low", "high")] for part in (before, told))
    low, high = change_interval((was[0], was[1], was[2]), (now[0], now[1], now[2]))
    return told.assign(change_low=low, change_high=high).drop(columns="spread")


def _bounds(measure: str, row: Mapping[Any, Any]) -> tuple[float, float]:
    """The interval of one row."""
    if measure in _FULL:
        up, down = ("promoters", "detractors") if measure == "nps" else ("positive", "negative")
        low, high = (_FULL[measure] * end for end in net_interval(row[up], row[down], row["n"]))
    elif measure == "share_of_voice":
        low, high = wilson(np.asarray([row["numerator"]]), np.asarray([row["denominator"]]))
    else:
        low, high = mean_interval(row["value"], row["spread"], row["n"])
    return float(np.ravel(low)[0]), float(np.ravel(high)[0])
