"""What may be expected of single accounts: how their spend moved, and how likely their contracts are to be renewed."""

import numpy as np
import pandas as pd

from metrics.answer import row_name
from metrics.steps.behind import Behind

THIRDS = (1 / 3, 2 / 3)


def outlook_of_accounts(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """By account: columns yearly_change, products_added, renewal_likelihood, likelihood_n. Else `frame` as it is.

    The likelihood is the rate at which contracts due before the period's end were renewed, of accounts in the same
    third by engagement points before their renewal as this account is by its points at the period's end.
    """
    if behind.scope.by != "account":
        return frame
    names = ["segment", "period"]
    outlook = behind.section("outlook")
    before = _dated(behind.section("renewed_before"), "due_on")
    known = behind.snapshot.row_counts.get("activities", 0) > 0
    found = {}
    for ends_before, accounts in _dated(outlook, "ends_before").groupby("ends_before"):
        unknown = [(np.nan, np.nan)] * len(accounts)
        likely = _likelihood(before[before["due_on"] < ends_before], accounts) if known else unknown
        for row, (rate, n) in zip(accounts.to_dict("records"), likely, strict=True):
            found[row_name((row["segment"], row["period"]))] = (row["yearly_change"], row["products_added"], rate, n)
    cells = [
        found.get(row_name(key), (np.nan, np.nan, np.nan, np.nan))
        for key in frame[names].itertuples(index=False, name=None)
    ]
    columns = ["yearly_change", "products_added", "renewal_likelihood", "likelihood_n"]
    told = pd.DataFrame(cells, columns=columns, index=frame.index, dtype=float)
    return frame.assign(**{column: told[column] for column in columns})


def _dated(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: pd.to_datetime(frame[column])})


def _likelihood(due: pd.DataFrame, accounts: pd.DataFrame) -> list[tuple[float, float]]:
    """(rate, n) of each account: of the contracts `due` in its third. NaN for one who is no customer any more."""
    if due.empty:
        return [(np.nan, 0.0)] * len(accounts)
    ends = np.quantile(due["points"], THIRDS)
    thirds = pd.Series(np.searchsorted(ends, due["points"], side="left"))
    renewed = due["is_renewed"].astype(float).groupby(thirds.to_numpy())
    rates, sizes = renewed.mean(), renewed.size()
    told = []
    for points, stays in zip(accounts["points"], accounts["is_customer"].astype(bool), strict=True):
        third = int(np.searchsorted(ends, points, side="left"))
        known = stays and third in sizes.index
        told.append((float(rates[third]), float(sizes[third])) if known else (np.nan, 0.0))
    return told
