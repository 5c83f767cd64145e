"""Intent: the weeks in which companies research what the company sells, as a vendor of signals reports them.

The vendor was subscribed to in spring 2025. A company in market scores 60 or more on a topic; what is below is noise.
"""

import numpy as np
import pandas as pd

from data import words
from data.days import LAST_DAY, MONTHS

SUBSCRIBED = np.datetime64("2025-05-04", "D")  # a Sunday: signals are dated on the last day of their week
WEEKS = np.arange(SUBSCRIBED, LAST_DAY, np.timedelta64(7, "D"))
BEFORE_OPENING = 30  # days in which a signal counts for a deal
BEGINS = 0.0095  # chance that a company of no fit begins to research in a week
GOES_ON = 0.75
NOISE = 0.015
IS_COMPETITOR = 0.22  # share of signals about a competitor
SECOND_TOPIC = 0.4


def surges(rng: np.random.Generator, fit: np.ndarray) -> np.ndarray:
    """Companies × weeks: whether the company is in market. Those that fit are more often."""
    begins = BEGINS * np.exp(0.45 * fit)
    found = np.zeros((len(fit), len(WEEKS)), dtype=bool)
    is_in = rng.random(len(fit)) < 4 * begins
    for week in range(len(WEEKS)):
        is_in = np.where(is_in, rng.random(len(fit)) < GOES_ON, rng.random(len(fit)) < begins)
        found[:, week] = is_in
    return found


def in_months(surging: np.ndarray) -> np.ndarray:
    """Companies × months: whether a month begins shortly after, or with, weeks in market."""
    starts = MONTHS.astype("datetime64[D]")[:, None]
    near = (starts - 24 <= WEEKS) & (starts + 7 > WEEKS)
    return surging @ near.T.astype(np.int64) > 0


def before(surging: np.ndarray, account: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether each account was in market in the 30 days before its day, that day not included."""
    rows, found = surging[account], np.zeros(len(account), dtype=bool)
    for number, week in enumerate(WEEKS):
        found |= rows[:, number] & (week < day) & (week >= day - BEFORE_OPENING)
    return found


def signals(rng: np.random.Generator, surging: np.ndarray) -> pd.DataFrame:
    """One row a company, topic and week: company, week (positions), topic (position), score (0 to 100)."""
    company, week = np.nonzero(surging)
    noise, noise_week = np.nonzero(~surging & (rng.random(surging.shape) < NOISE))
    is_noise = np.repeat([False, True], [len(company), len(noise)])
    company, week = np.concatenate([company, noise]), np.concatenate([week, noise_week])
    again = np.flatnonzero(rng.random(len(company)) < SECOND_TOPIC)
    row = np.concatenate([np.arange(len(company)), again])
    competitors = np.array([t.category == words.COMPETITOR_TOPICS for t in words.TOPICS])
    about = rng.random(len(row)) < IS_COMPETITOR
    draw = rng.random(len(row))
    topic = np.where(
        about,
        np.flatnonzero(competitors)[(draw * competitors.sum()).astype(np.int64)],
        np.flatnonzero(~competitors)[(draw * (~competitors).sum()).astype(np.int64)],
    )
    high = 60 + (rng.random(len(row)) ** 1.4 * 39).astype(np.int64)
    score = np.where(is_noise[row], 45 + (rng.random(len(row)) * 15).astype(np.int64), high)
    frame = pd.DataFrame({"company": company[row], "week": week[row], "topic": topic, "score": score})
    frame = frame.drop_duplicates(["company", "week", "topic"])
    return frame.sort_values(["week", "company", "topic"], kind="stable", ignore_index=True)
