"""The market: every company that could buy, those that the CRM knows and those that it does not."""

import numpy as np
import pandas as pd

from data import words
from data.company import ACCOUNTS_PER_SCALE, domain_of, names_of, pick
from data.intent import WEEKS, signals
from data.shapes import joined

OTHERS_PER_SCALE = 1600
IN_MARKET_STUDY = 0.86  # share of the accounts that the study of the market covers
YEARLY_BUDGET = 110_000
STRANGERS_IN_MARKET = 0.035


def companies(rng: np.random.Generator, accounts: pd.DataFrame) -> pd.DataFrame:
    """One row a company: name, domain, industry, country (positions), employees, budget, account (-1 unknown)."""
    count = len(accounts) * OTHERS_PER_SCALE // ACCOUNTS_PER_SCALE
    numbers = int(accounts["number"].iloc[0]) * OTHERS_PER_SCALE // ACCOUNTS_PER_SCALE + np.arange(count)
    industry = pick(rng.random(count), tuple(i.share for i in words.INDUSTRIES))
    names = joined(names_of(numbers, industry), " Group")
    others = pd.DataFrame({
        "name": names,
        "domain": domain_of(names),
        "industry": industry,
        "country": pick(rng.random(count), tuple(c.share for c in words.COUNTRIES)),
        "employees": np.maximum(np.round(np.exp(rng.normal(5.2, 1.3, count))), 6).astype(np.int64),
        "account": -1,
    })  # fmt: skip
    covered = np.flatnonzero(rng.random(len(accounts)) < IN_MARKET_STUDY)
    known = accounts.iloc[covered][["name", "domain", "industry", "country", "employees"]].assign(account=covered)
    market = pd.concat([known, others], ignore_index=True)
    market = market.iloc[rng.permutation(len(market))].reset_index(drop=True)
    size = np.clip(market["employees"].to_numpy() / 300, 0.1, 40) ** 0.45
    budget = YEARLY_BUDGET * size * np.exp(rng.normal(0, 0.4, len(market)))
    return market.assign(budget=(np.round(budget / 1000) * 1000).astype(np.int64))


def strangers(rng: np.random.Generator, market: pd.DataFrame) -> pd.DataFrame:
    """Last week's signals of companies that the CRM does not know; `company` is the position in the market."""
    unknown = np.flatnonzero(market["account"] < 0)
    in_market = np.zeros((len(unknown), len(WEEKS)), dtype=bool)
    in_market[:, -1] = rng.random(len(unknown)) < STRANGERS_IN_MARKET
    found = signals(rng, in_market)
    last = found[found["week"] == len(WEEKS) - 1]
    return last.assign(company=unknown[last["company"]]).reset_index(drop=True)
