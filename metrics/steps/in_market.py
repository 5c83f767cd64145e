"""How far apart accounts that were in market and the others are, with how sure that is."""

from typing import Literal

import numpy as np
import pandas as pd

from metrics.statistics.bootstrap import difference_interval
from metrics.statistics.intervals import newcombe
from metrics.steps.behind import Behind

FEW = 5
_SIDES = ("yes", "no")
_APART = ("win_rate", "median_days", "amount_per_deal", "sql_rate", "cost_per_customer")
"""The measures whose difference has an interval; an amount opened is a sum, which grows with the side itself."""
Bounds = tuple[float, float]
NONE: Bounds = (np.nan, np.nan)


def in_market_differences(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """By in_market, beside `yes`: the 95 % interval of each measure's difference to `no`, `<measure>_apart_low` and
    `…_high`. Rates after Newcombe, times and costs by a bootstrap of accounts; NaN below five on either side."""
    if behind.composition.parameters["by"] != "in_market":
        return frame
    names = [f"{measure}_apart_{end}" for measure in _APART for end in ("low", "high")]
    frame = frame.assign(**dict.fromkeys(names, np.nan))
    deals, leads, costs = (behind.section(name) for name in ("sided_deals", "sided_leads", "sided_costs"))
    for row, segment in frame.loc[frame["in_market"] == "yes", "segment"].items():
        own = [table[table["segment"] == segment] for table in (deals, leads, costs)]
        closed = own[0][own[0]["outcome"].isin(("won", "lost"))]
        found = (
            _rates(closed.assign(hit=closed["outcome"] == "won")),
            _drawn("median", _days_to_won(own[0], behind)),
            _drawn("mean", _amounts(own[0])),
            _rates(own[1].dropna(subset="is_sql").assign(hit=lambda of: of["is_sql"] > 0)),
            _costs(own[2]),
        )
        frame.loc[row, names] = [bound for bounds in found for bound in bounds]
    return frame


def _rates(rows: pd.DataFrame) -> Bounds:
    """Newcombe's interval of the difference of the shares of `hit`."""
    (k1, n1), (k2, n2) = ((int(own["hit"].sum()), len(own)) for own in _sides(rows))
    return NONE if min(n1, n2) < FEW else newcombe(k1, n1, k2, n2)


def _days_to_won(deals: pd.DataFrame, behind: Behind) -> pd.DataFrame:
    """The won deals whose days from opening to closing are known at the as-of day, as measure with weight 1."""
    opened, closed = pd.to_datetime(deals["opened_on"]), pd.to_datetime(deals["closed_on"])
    usable = (deals["outcome"] == "won") & (closed >= opened) & (closed <= pd.Timestamp(behind.snapshot.as_of))
    return deals[usable].assign(measure=(closed - opened)[usable].dt.days, weight=1.0)


def _amounts(deals: pd.DataFrame) -> pd.DataFrame:
    """The deals whose amount is known, as measure with weight 1."""
    known = deals.dropna(subset="value")
    return known.assign(measure=known["value"].astype(float), weight=1.0)


def _costs(accounts: pd.DataFrame) -> Bounds:
    """Campaign cost ÷ customers; both sides need customers and costs."""
    rows = accounts.assign(measure=accounts["cost"].astype(float).fillna(0.0), weight=accounts["has_won"].astype(float))
    if any(own["weight"].sum() < FEW or own["cost"].isna().all() for own in _sides(rows)):
        return NONE
    return _drawn("ratio", rows)


def _drawn(statistic: Literal["mean", "median", "ratio"], rows: pd.DataFrame) -> Bounds:
    """The bootstrap of accounts, of `measure` and `weight`; sorted, so that the same question draws the same."""
    rows = rows.sort_values(["account_id", "measure"], kind="stable")
    if min(len(own) for own in _sides(rows)) < FEW:
        return NONE
    one, other = (
        (own["measure"].to_numpy(dtype=float), own["weight"].to_numpy(dtype=float), own["account_id"].to_numpy())
        for own in _sides(rows)
    )
    return difference_interval(statistic, one, other)


def _sides(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows[rows["in_market"] == side] for side in _SIDES]
