"""Equal answers first, then times: contenders take turns, so that a busy moment hits them all."""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
LONG, VERY_LONG = 5.0, 30.0


class NotEqual(Exception):
    """Two contenders answer the same question differently: no time means anything."""


def assert_same(
    name: str, product: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str], columns: Sequence[str]
) -> None:
    """NotEqual, with the first row that differs, unless both have the same rows by `keys` with the same `columns`."""
    one, two = (_in_order(frame, keys, columns) for frame in (product, other))
    if len(one) != len(two):
        raise NotEqual(f"{name}: {len(one)} rows of the product, {len(two)} of the other\n{one}\n{two}")
    for column in [*keys, *columns]:
        differs = ~_equal(one[column], two[column])
        if differs.any():
            at = int(np.flatnonzero(differs)[0])
            where = {key: one[key].iloc[at] for key in keys}
            raise NotEqual(
                f"{name}: {column} at {where}: {one[column].iloc[at]} of the product, {two[column].iloc[at]} of the "
                f"other ({int(differs.sum())} of {len(one)} rows differ)"
            )


def _in_order(frame: pd.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    chosen = frame[[*keys, *columns]]
    return chosen.assign(**{key: _plain(chosen[key]) for key in keys}).sort_values(
        list(keys) or list(columns), ignore_index=True
    )


def _plain(values: pd.Series) -> pd.Series:
    return values.astype("float64") if pd.api.types.is_numeric_dtype(values) else values.astype(object)


def _equal(one: pd.Series, two: pd.Series) -> np.ndarray:
    if _is_number(one) and _is_number(two):
        left, right = (pd.to_numeric(v).astype("Float64").to_numpy(dtype=float, na_value=np.nan) for v in (one, two))
        return np.isclose(left, right, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    left, right = one.astype(object), two.astype(object)
    return ((left == right) | (left.isna() & right.isna())).to_numpy(dtype=bool)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) or bool(values.isna().all())


@dataclass(frozen=True)
class Times:
    """Median milliseconds of each contender."""

    median: dict[str, float]

    def ratio(self, one: str, other: str) -> float:
        return self.median[one] / self.median[other] if self.median[other] else math.nan


def take_times(contenders: Mapping[str, Callable[[], object]], runs: int) -> Times:
    """Each contender `runs` times in turn; one over five seconds three times at most, one over thirty only once."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, run in contenders.items():
            fastest = min(taken[name], default=0.0) / 1000
            if fastest > VERY_LONG or (len(taken[name]) >= 3 and fastest > LONG):
                continue
            before = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - before) * 1000)
    return Times({name: statistics.median(values) for name, values in taken.items()})
