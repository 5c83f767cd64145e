"""Contracts and invoices: what won deals become, how customers renew, grow, shrink, leave and come back.

A contract runs a year and is renewed by another. Who leaves is decided at the end of a year: target accounts, accounts
that fit and those that marketing still reaches stay more often, the dissatisfied leave. Money is in the customer's
currency.
"""

import numpy as np
import pandas as pd

from data import words
from data.company import pick
from data.currencies import Rates
from data.days import LAST_DAY, MONTHS

LEAVES = 0.25  # chance that a customer of usual fit, mood and no recent response is gone after a year
TARGET_LEAVES, REACHED_LEAVES = 0.5, 0.6  # factors of it
FIT_LEAVES, MOOD_LEAVES = -0.45, -0.9  # exponents
USUAL_FIT = 0.75
ENDS_EARLY = 0.02
COMES_BACK = 0.09
ADDED = 0.3  # share of the amount of a deal with a customer that comes on top of what he has
RENEWED_LATE = 0.07  # share of renewals signed some days after the end
GROWS, SHRINKS = (0.16, 0.24), (0.17, 0.09)  # share of renewals, of the rest and of targets
USUAL_INCREASE = 1.03
INTERVALS = ((1, 0.2), (3, 0.4), (12, 0.4))  # months that an invoice pays for
MOST_YEARS = 5
REASONS = (("Switched to a competitor", 0.38), ("Too expensive", 0.27), ("Low usage", 0.2), ("Plant closed", 0.15))
NOT_YET = np.datetime64("NaT", "D")


def months_later(days: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """The same day of a later month; days are 28 at most, so that every month has it."""
    month = days.astype("datetime64[M]")
    return (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))


def _begins(rng: np.random.Generator, closed: np.ndarray) -> np.ndarray:
    """A day some days after signing, the 28th of a month at the latest."""
    day = closed.astype("datetime64[D]") + rng.integers(4, 24, len(closed))
    month = day.astype("datetime64[M]").astype("datetime64[D]")
    return np.minimum(day, month + 27)


def _first_years(rng: np.random.Generator, accounts: pd.DataFrame, won: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """The contract that each won deal begins with; `won`: account, closed, product, amount in euros."""
    account = won["account"].to_numpy()
    started = _begins(rng, won["closed"].to_numpy())
    currency = np.array([country.currency for country in words.COUNTRIES])[accounts["country"].to_numpy()[account]]
    quantity = rng.integers(1, 9, len(won))
    is_customer = won.groupby("account")["closed"].rank(method="first").to_numpy() > 1
    yearly = won["amount"].to_numpy(dtype=np.float64) * np.where(is_customer, ADDED, 1.0) / rates.of(currency, started)
    return pd.DataFrame({
        "line": np.arange(len(won)),
        "account": account,
        "product": won["product"].to_numpy(),
        "started": started,
        "currency": currency,
        "quantity": quantity,
        "price": np.round(yearly / quantity, 0),
        "interval": np.array([months for months, _ in INTERVALS])[
            pick(rng.random(len(won)), tuple(share for _, share in INTERVALS))
        ],
    })  # fmt: skip


def _leaves(rng: np.random.Generator, accounts: pd.DataFrame, year: pd.DataFrame, responses: np.ndarray) -> np.ndarray:
    """Whether the customer is gone at the end of each contract's year."""
    account, ends = year["account"].to_numpy(), months_later(year["started"].to_numpy().astype("datetime64[D]"), 12)
    month = np.clip((ends.astype("datetime64[M]") - MONTHS[0]).astype(np.int64), 0, len(MONTHS) - 1)
    reached = sum(responses[account, np.maximum(month - back, 0)] for back in range(1, 4)) > 0
    is_target = accounts["since"].to_numpy()[account] <= ends
    fit, mood = accounts["icp"].to_numpy()[account], accounts["mood"].to_numpy()[account]
    chance = LEAVES * np.exp(FIT_LEAVES * (fit - USUAL_FIT) + MOOD_LEAVES * (mood - 0.15))
    chance = chance * np.where(is_target, TARGET_LEAVES, 1.0) * np.where(reached, REACHED_LEAVES, 1.0)
    return rng.random(len(year)) < np.clip(chance, 0.0, 0.6)


def _price_factor(rng: np.random.Generator, is_target: np.ndarray) -> np.ndarray:
    """What becomes of a price when the contract is renewed."""
    draw = rng.random(len(is_target))
    grows, shrinks = np.where(is_target, GROWS[1], GROWS[0]), np.where(is_target, SHRINKS[1], SHRINKS[0])
    change = rng.uniform(0.1, 0.35, len(is_target))
    return np.select([draw < grows, draw > 1 - shrinks], [1 + change, 1 - change], USUAL_INCREASE)


def contracts(
    rng: np.random.Generator, accounts: pd.DataFrame, won: pd.DataFrame, responses: np.ndarray, rates: Rates
) -> pd.DataFrame:
    """One row a contract: a year, or less, of a line of contracts that began with a won deal.

    Columns: line, account, product, started, ended (NaT while it runs), renews, currency, quantity, price (of one unit
    and year), interval (months that an invoice pays for), reason (why the customer left, empty otherwise).
    """
    year, years = _first_years(rng, accounts, won, rates), []
    for _ in range(MOST_YEARS):
        year = year[year["started"].to_numpy() <= LAST_DAY].reset_index(drop=True)
        if year.empty:
            break
        count, started = len(year), year["started"].to_numpy().astype("datetime64[D]")
        renews = months_later(started, 12)
        early = (rng.random(count) < ENDS_EARLY) & (year["interval"].to_numpy() < 12)
        instalments = 12 // year["interval"].to_numpy()
        kept = 1 + (rng.random(count) * np.maximum(instalments - 1, 1)).astype(np.int64)
        ends = np.where(early, months_later(started, kept * year["interval"].to_numpy()), renews)
        leaves = early | _leaves(rng, accounts, year, responses)
        reasons = np.array([label for label, _ in REASONS])[
            pick(rng.random(count), tuple(share for _, share in REASONS))
        ]
        is_over = ends <= LAST_DAY
        years.append(
            year.assign(
                ended=np.where(is_over, ends, NOT_YET), renews=renews, reason=np.where(is_over & leaves, reasons, "")
            )
        )
        late = rng.random(count) < RENEWED_LATE
        gap = np.where(late, rng.integers(3, 27, count), 0)
        comes_back = rng.random(count) < COMES_BACK
        gap = np.where(leaves, rng.integers(70, 260, count), gap)
        is_target = accounts["since"].to_numpy()[year["account"]] <= ends
        price = np.round(year["price"] * _price_factor(rng, is_target), 0)
        following = np.minimum(ends + gap, (ends + gap).astype("datetime64[M]").astype("datetime64[D]") + 27)
        goes_on = is_over & (~leaves | comes_back)
        year = year.assign(started=following, price=price)[goes_on]
    frame = pd.concat(years, ignore_index=True)
    return frame.sort_values(["started", "line"], kind="stable", ignore_index=True)


def invoices(contracts: pd.DataFrame) -> pd.DataFrame:
    """One row an invoice, sent on the first day of what it pays for: account, product, day, amount, currency."""
    sent = []
    started = contracts["started"].to_numpy().astype("datetime64[D]")
    ended = contracts["ended"].fillna(contracts["renews"]).to_numpy().astype("datetime64[D]")
    interval = contracts["interval"].to_numpy()
    amount = np.round(contracts["price"] * contracts["quantity"] * interval / 12, 2)
    for instalment in range(12):
        day = months_later(started, instalment * interval)
        is_due = (day < ended) & (day <= LAST_DAY)
        frame = contracts.loc[is_due, ["line", "account", "product", "currency"]]
        sent.append(frame.assign(day=day[is_due], amount=amount[is_due]))
    frame = pd.concat(sent, ignore_index=True)
    return frame.sort_values(["day", "line"], kind="stable", ignore_index=True)
