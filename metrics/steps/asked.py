"""Columns that only one split of a metric has: what the question does not ask for is not shown as undefined."""

import pandas as pd

from metrics.steps.behind import Behind

_SIDES = ("deals", "win_rate", "median_days", "amount", "amount_per_deal", "sql_rate", "cost_per_customer")
_WHOLE = ("share", "of_icp", "new_this_week", "competitor_n", "proxy", "numerator", "denominator", "low", "high")


def in_market_columns(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """Of accounts in market: the two sides' columns only by in_market, and by competitor the count alone."""
    by = behind.composition.parameters["by"]
    unasked = (*_SIDES, *_WHOLE) if by == "competitor" else () if by == "in_market" else _SIDES
    return frame.drop(columns=list(unasked), errors="ignore")
