"""What a deal's record says beside its way through the stages: source, type, owner, reason of a loss, odd amounts."""

import numpy as np
import pandas as pd

from data import words
from data.company import Sellers, labels
from data.shapes import joined

UNKNOWN_ACCOUNTS = 0.0065  # share of deals whose account is in no accounts export
NO_AMOUNT_YET = 0.011  # share of deals whose amount reads "tbd"
SOURCED_WITHIN = pd.Timedelta(days=90)


def _last_response(deals: pd.DataFrame, members: pd.DataFrame) -> np.ndarray:
    """Campaign of the account's last response in the 90 days before each deal's opening; -1 without one."""
    responded = members[members["responded_on"].notna()].assign(at=lambda m: m["responded_on"].astype("datetime64[s]"))
    responded = responded.sort_values("at", kind="stable")[["at", "account", "campaign"]]
    openings = (
        deals[["account", "opened"]]
        .assign(at=deals["opened"].astype("datetime64[s]"))
        .reset_index(names="deal")
        .sort_values("at", kind="stable")
    )
    found = pd.merge_asof(openings, responded, on="at", by="account", tolerance=SOURCED_WITHIN)
    return found.set_index("deal")["campaign"].reindex(deals.index).fillna(-1).to_numpy(dtype=np.int64)


def _has_earlier_win(deals: pd.DataFrame) -> np.ndarray:
    first_win = deals["closed"].where(deals["is_won"]).groupby(deals["account"]).min()
    return (deals["account"].map(first_win) < deals["opened"]).to_numpy()


def with_facts(
    rng: np.random.Generator, deals: pd.DataFrame, visits: pd.DataFrame, accounts: pd.DataFrame,
    members: pd.DataFrame, campaigns: pd.DataFrame, sellers: Sellers,
) -> pd.DataFrame:  # fmt: skip
    """Deals of the main pipeline with everything their record says; `account` is -1 where it is unknown."""
    count, steps = len(deals), len(words.STAGES)
    last = _last_response(deals, members)
    sourced = (last >= 0) & (rng.random(count) < 0.62)
    account = deals["account"].to_numpy()
    seller = accounts["seller"].to_numpy()[account]
    other = sellers.of_teams(accounts["team"].to_numpy()[account], "Seller", rng.random(count))
    is_lost = deals["stage"].to_numpy() == steps + 1
    stage_before = (
        visits.groupby("deal")["stage"].shift(1)[~visits.duplicated("deal", keep="last")].fillna(0).to_numpy()
    )
    reason = np.where(
        (stage_before == 3) & (rng.random(count) < 0.55),
        "Security requirements",
        labels(rng, words.LOSS_REASONS, count),
    )
    competitor = np.where(
        reason == "Competitor", labels(rng, words.COMPETITORS[:3], count), labels(rng, words.COMPETITORS, count)
    )
    amount = deals["amount"].to_numpy(dtype=np.float64)
    is_open, is_late = deals["is_open"].to_numpy(), accounts["flagged_late"].to_numpy()[account]
    amount = np.where(is_open & (deals["stage"] == 0) & (rng.random(count) < 0.12), 0.0, amount)
    undecided = rng.permutation(np.flatnonzero(~deals["is_won"].to_numpy()))[: round(count * NO_AMOUNT_YET)]
    amount[undecided] = np.nan
    unknown = rng.permutation(np.flatnonzero(~is_open & ~is_late))[: round(count * UNKNOWN_ACCOUNTS)]
    products = np.array([name for name, _, _ in words.PRODUCTS])
    return deals.assign(
        name=joined(accounts["name"].to_numpy(dtype=np.str_)[account], " - ", products[deals["product"]]),
        account=np.where(np.isin(np.arange(count), unknown), -1, account),
        campaign=np.where(sourced, last, -1),
        source=np.where(sourced, campaigns["type"].to_numpy()[last], labels(rng, words.OTHER_SOURCES, count)),
        seller=np.where(rng.random(count) < 0.86, seller, other),
        type=np.where(_has_earlier_win(deals), "Existing Business", "New Business"),
        reason=np.where(is_lost, reason, ""),
        competitor=np.where(is_open & (rng.random(count) < 0.5), "", competitor),
        amount=amount,
    )  # fmt: skip
