"""The intervals of an answer's rates and medians."""

import numpy as np
import pandas as pd

from metrics.answer import row_name
from metrics.dimensions import identifier
from metrics.statistics.intervals import median_rank, wilson
from metrics.steps.behind import Behind


def wilson_of_rate(_: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns low, high: of numerator ÷ denominator."""
    low, high = wilson(frame["numerator"], frame["denominator"])
    return frame.assign(low=low, high=high)


def interval_of_part(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """No low and high of a row that is made of all accounts, where they were judged by their place among these: its
    share follows from the cut and could not have been another."""
    if not behind.section("judged")["is_by_rank"].any():
        return frame
    every = int(behind.snapshot.run("SELECT count(*) AS n FROM model.accounts")["n"].iloc[0])
    whole = frame["denominator"] == every
    return frame.assign(low=frame["low"].mask(whole), high=frame["high"].mask(whole))


def median_of_value(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns low, high: of the value, which is the median of `rows.measure`."""
    return _median(behind, frame, "low", "high")


def median_beside(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns median_low, median_high: of the median that stands beside the value."""
    return _median(behind, frame, "median_low", "median_high")


def median_delay(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns median_hours_low, …_high and median_days_low, …_high: of the medians of section `follow_ups`."""
    for unit in ("hours", "days"):
        frame = _median(behind, frame, f"median_{unit}_low", f"median_{unit}_high", "follow_ups", unit)
    return frame


def _median(
    behind: Behind, frame: pd.DataFrame, low: str, high: str, section: str = "rows", column: str = "measure"
) -> pd.DataFrame:
    columns = behind.metric.group_columns
    group = ", ".join(map(identifier, columns))
    ends = behind.select(_ENDS.format(group, identifier(column), identifier(section)))
    bounds = {row_name(key): _bounds(group) for key, group in ends.groupby(columns, dropna=False)}
    names = [row_name(row) for row in frame[columns].itertuples(index=False, name=None)]
    pairs = [bounds.get(name, (np.nan, np.nan)) for name in names]
    return frame.assign(**{low: [pair[0] for pair in pairs], high: [pair[1] for pair in pairs]})


# The bounds are two order statistics; by the normal approximation they lie near these positions, so that a few rows
# a group are fetched instead of all.
_ENDS = """
SELECT * FROM (
  SELECT {0}, {1} AS ordered, row_number() OVER (PARTITION BY {0} ORDER BY {1}) AS position,
    count(*) OVER (PARTITION BY {0}) AS n
  FROM {2} WHERE {1} IS NOT NULL
) ranked
WHERE abs(position - n / 2.0 + 0.98 * sqrt(n)) < 4 OR abs(position - n / 2.0 - 0.98 * sqrt(n)) < 4
"""


def _bounds(ends: pd.DataFrame) -> tuple[float, float]:
    """The interval of a group's median, from its rows near the bounds."""
    n = int(ends["n"].iloc[0])
    rank = median_rank(n)
    if rank is None:
        return np.nan, np.nan
    at = dict(zip(ends["position"], ends["ordered"], strict=True))
    return float(at[rank]), float(at[n + 1 - rank])
