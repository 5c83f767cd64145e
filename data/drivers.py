"""What decides a deal beside its account being a target: fit, intent, early attention and who sits at the table."""

import numpy as np
import pandas as pd

from data import words
from data.intent import SUBSCRIBED, before

USUAL_FIT = 0.8
FIT_ADVANCE = 0.075  # a step's chance for each point of fit
FIT_AMOUNT = 0.3  # exponent
IN_MARKET_ADVANCE = 0.08
IN_MARKET_SHARE = 0.22  # of deals; before there were signals nobody knows which ones
IN_MARKET_DAYS = 0.75
ROLE_ADVANCE = 0.06  # a late step's chance for each required role beyond the usual number of them
USUAL_ROLES = 1.1
LATE_STEPS = np.array([0.0, 0.0, 1.0, 1.0, 1.0])
ATTENTION_DAYS = -0.52  # exponent: attention in the first weeks shortens every stage
MOST_ATTENTION = 3.0
SLOW_TO_CARE = 2  # product whose buyers take their time whatever attention they get, and like to talk all along
REQUIRED_ROLES = DECISION_MAKER, CHAMPION = "Decision Maker", "Champion"
OTHER_ROLES = ("Evaluator", "Influencer", "Technical Buyer", "Business User")


def icp(industry: np.ndarray, employees: np.ndarray, technology: np.ndarray) -> np.ndarray:
    """How well companies fit, by attributes that exports show: what the ideal customer profile should find."""
    by_size = np.select(
        [employees > 5000, employees > 1000, employees > 200, employees > 50], [0.1, 0.75, 0.45, 0.0], -0.6
    )
    by_industry = np.array([i.fit for i in words.INDUSTRIES])[industry]
    return by_industry + by_size + np.array([t.fit for t in words.TECHNOLOGIES])[technology]


def with_drivers(
    rng: np.random.Generator, deals: pd.DataFrame, accounts: pd.DataFrame, people: np.ndarray, surging: np.ndarray
) -> pd.DataFrame:
    """Deals with `fit`, `in_market`, `attention` (1 on average), `decision_maker`, `champion` and `seats` at the table.

    `people`: number of contacts of each account; `surging`: accounts × weeks.
    """
    account, count = deals["account"].to_numpy(), len(deals)
    room = people[account]
    decides = rng.random(count) < 0.6
    champions = (rng.random(count) < 0.55) & ((room > 1) | ~decides)
    taken = decides.astype(np.int64) + champions
    return deals.assign(
        fit=accounts["icp"].to_numpy()[account],
        in_market=before(surging, account, deals["opened"].to_numpy().astype("datetime64[D]")),
        attention=np.minimum(rng.gamma(0.8, 1 / 0.8, count), MOST_ATTENTION),
        decision_maker=decides,
        champion=champions,
        seats=np.clip(taken + rng.poisson(0.6, count), 1, room),
    )


def extra_advance(deals: pd.DataFrame) -> np.ndarray:
    """Deals × open stages of the main pipeline: what the drivers add to the chance of each step."""
    has_signals = deals["opened"] >= pd.Timestamp(SUBSCRIBED)
    in_market = deals["in_market"].astype(float) - IN_MARKET_SHARE * has_signals
    everywhere = FIT_ADVANCE * (deals["fit"] - USUAL_FIT).clip(-1.3, 1.3) + IN_MARKET_ADVANCE * in_market
    roles = ROLE_ADVANCE * (deals["decision_maker"].astype(int) + deals["champion"] - USUAL_ROLES)
    return everywhere.to_numpy()[:, None] + roles.to_numpy()[:, None] * LATE_STEPS


def pace(deals: pd.DataFrame) -> np.ndarray:
    """Deals × 1: factor of the days in every stage. Early attention is worth nothing where buyers are slow to care."""
    cares = (deals["product"] != SLOW_TO_CARE).to_numpy()
    by_attention = np.exp(np.where(cares, ATTENTION_DAYS * (deals["attention"] - 1), 0.0))
    return (by_attention * np.where(deals["in_market"], IN_MARKET_DAYS, 1.0))[:, None]


def seats(rng: np.random.Generator, deals: pd.DataFrame, first_person: np.ndarray, people: np.ndarray) -> pd.DataFrame:
    """One row a person on a deal: deal, contact, role, is_primary. Most deals are with an account's keenest people.

    `first_person` and `people`: position of an account's first contact, and how many it has.
    """
    count = deals["seats"].to_numpy()
    deal = np.repeat(np.arange(len(deals)), count)
    seat = np.arange(len(deal)) - np.repeat(np.cumsum(count) - count, count)
    account = deals["account"].to_numpy()[deal]
    turn = (rng.random(len(deals)) * people[deals["account"]]).astype(np.int64)
    turn = np.where(rng.random(len(deals)) < 0.75, 0, turn)[deal]
    decides, champions = (deals[name].to_numpy()[deal] for name in ("decision_maker", "champion"))
    others = np.array(OTHER_ROLES)[(rng.random(len(deal)) * len(OTHER_ROLES)).astype(np.int64)]
    role = np.select(
        [decides & (seat == 0), champions & (seat == decides.astype(np.int64))], [DECISION_MAKER, CHAMPION], others
    )
    return pd.DataFrame({
        "deal": deal,
        "contact": first_person[account] + (turn + seat) % people[account],
        "role": role,
        "is_primary": seat == 0,
    })  # fmt: skip
