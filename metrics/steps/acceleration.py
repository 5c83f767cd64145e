"""Engagement against speed: a rank correlation, and the survival of the more and the less engaged half."""

import pandas as pd

from metrics.answer import row_name
from metrics.statistics.correlation import spearman
from metrics.statistics.survival import LifeTable, logrank
from metrics.steps.behind import Behind

HALVES = ("upper", "lower")
_COLUMNS = ("value", "low", "high", "p", "upper_days", "lower_days")


def acceleration(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns value, low, high (ρ over the won deals), p, upper_days, lower_days (over all deals of `alive`)."""
    columns = behind.metric.group_columns
    figures = {row_name(key): _figures(group) for key, group in behind.section("alive").groupby(columns, dropna=False)}
    found = [figures[row_name(key)] for key in frame[columns].itertuples(index=False, name=None)]
    told = pd.DataFrame(found, columns=list(_COLUMNS), index=frame.index, dtype=float)
    return frame.assign(**{name: told[name] for name in _COLUMNS})


def life_of(deals: pd.DataFrame) -> LifeTable:
    """The days from the landmark to won; a deal lost, or open still, is followed until then."""
    won = deals["is_won"].to_numpy(dtype=float)
    return LifeTable.of(deals["remaining_days"], won, won, 1 - won)


def _figures(deals: pd.DataFrame) -> tuple[float | None, ...]:
    won = deals[deals["is_won"].astype(bool)]
    upper, lower = (life_of(deals[deals["half"] == half]) for half in HALVES)
    both = len(upper.time) > 0 and len(lower.time) > 0
    p = logrank(upper, lower) if both else None
    return (*spearman(won["points_a_day"], won["remaining_days"]), p, upper.median(), lower.median())
