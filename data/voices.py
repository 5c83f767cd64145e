"""What customers, employees and the public say: surveys of customers, of the own staff, and mentions in public.

Customers are asked twice a year. People of target accounts recommend more, and more from wave to wave; the rest stay
where they are. Sales and marketing agree more and more on goals and message, and marketing alone on the strategy. The
company is spoken of more and more, its competitors as much as before.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

WAVES = (np.datetime64("2025-10-06"), np.datetime64("2026-04-06"), np.datetime64("2026-10-05"))
"""First day of each wave."""
OPEN_DAYS = 18
ASKED = 0.19  # share of the people known by then who answer
UNNAMED = 0.08  # share of the answers without an e-mail address
AGAIN = 0.05  # share of the people who answer a second time
NPS = {True: (7.3, 8.0, 8.6), False: (7.0, 7.0, 7.0)}  # mean answers of target accounts and the rest, by wave
TRUST = {True: (3.5, 3.7, 3.9), False: (3.4, 3.4, 3.4)}
AUTHORITY = (3.2, 3.4, 3.6)  # of everybody
COMMENTS = (
    (9, ("Great instruments and very helpful people.", "Excellent support, we love the service.")),
    (7, ("Good instruments, delivery takes its time.", "It works well enough for our plant.")),
    (0, ("Terrible waiting times, nobody answers our questions.", "Bad support and a poor manual.")),
)

STAFF = {"Marketing": 14, "Sales": 24}
AGREED = {  # share of the way up the scale, by wave
    "goals": {"Marketing": (0.62, 0.70, 0.78), "Sales": (0.48, 0.60, 0.72)},
    "message": {"Marketing": (0.66, 0.70, 0.74), "Sales": (0.52, 0.60, 0.68)},
    "strategy": {"Marketing": (0.60, 0.68, 0.76), "Sales": (0.46, 0.46, 0.46)},
}

OWN = "Halden Instruments"
MENTIONED_SINCE = np.datetime64("2025-10-01")
A_DAY = {OWN: (0.9, 1.7), "Fulgora Metering": (1.1, 1.1), "Ostrel Sensing": (0.7, 0.7), "Kvanta Controls": (0.5, 0.5)}
"""Mentions a day, on the first day and on the last."""
MOODS = {
    OWN: (0.42, 0.16),
    "Fulgora Metering": (0.28, 0.30),
    "Ostrel Sensing": (0.3, 0.2),
    "Kvanta Controls": (0.3, 0.2),
}
"""Shares of positive and of negative mentions."""
UNSCORED = 0.12
SITES = (("process-forum.example", 400), ("plant-weekly.example", 9_000), ("measuring.example", 2_500))
SAID = {
    "positive": ("{brand} made our audit easy", "Very pleased with {brand}"),
    "neutral": ("{brand} shows a new meter", "Who has compared {brand} with the others?"),
    "negative": ("{brand} kept us waiting again", "Not happy with {brand}"),
}
OVERLAP = 9  # mentions that a second download brought again


@dataclass(frozen=True)
class Voices:
    """`answers`: account, contact (-1 unnamed), wave, at, nps, authority, trust, comment; `staff`: team, wave, at and a
    score a subject; `mentions`: brand, day, site, mood (empty where the tool is not sure), reach."""

    answers: pd.DataFrame
    staff: pd.DataFrame
    mentions: pd.DataFrame


def voices(rng: np.random.Generator, accounts: pd.DataFrame, contacts: pd.DataFrame, last_day: np.datetime64) -> Voices:
    """Everything said until the last day."""
    return Voices(_answers(rng, accounts, contacts), _staff(rng), _mentions(rng, last_day))


def _answers(rng: np.random.Generator, accounts: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    is_target = accounts["since"].notna().to_numpy()[contacts["account"]]
    known = contacts["created"].to_numpy().astype("datetime64[m]")
    parts = []
    for wave, begins in enumerate(WAVES):
        start = begins.astype("datetime64[m]")
        who = np.flatnonzero((known < start) & (rng.random(len(contacts)) < ASKED))
        again = who[rng.random(len(who)) < AGAIN]
        for people, first, last in ((who, 0, OPEN_DAYS - 6), (again, OPEN_DAYS - 5, OPEN_DAYS)):
            unnamed = (rng.random(len(people)) < UNNAMED) & (first == 0)
            parts.append(
                pd.DataFrame({
                    "account": contacts["account"].to_numpy()[people],
                    "contact": np.where(unnamed, -1, people),
                    "wave": wave,
                    "at": start + rng.integers(first * 1440 + 480, last * 1440, len(people)),
                    "nps": _around(rng, [NPS[target][wave] for target in is_target[people]], 2.1, 0, 10),
                    "authority": _around(rng, np.full(len(people), AUTHORITY[wave]), 1.0, 1, 5),
                    "trust": _around(rng, [TRUST[target][wave] for target in is_target[people]], 1.0, 1, 5),
                    "says": rng.integers(0, 2, len(people)),
                    "is_silent": rng.random(len(people)) < 0.6,
                })
            )  # fmt: skip
    every = pd.concat(parts, ignore_index=True)
    level = [next(n for n, (least, _) in enumerate(COMMENTS) if score >= least) for score in every["nps"]]
    said = [COMMENTS[n][1][which] for n, which in zip(level, every["says"], strict=True)]
    every = every.assign(comment=np.where(every["is_silent"], "", said)).drop(columns=["says", "is_silent"])
    return every.sort_values(["at", "contact"], kind="stable", ignore_index=True)


def _around(
    rng: np.random.Generator, means: np.ndarray | list[float], spread: float, low: int, high: int
) -> np.ndarray:
    """Whole scores around their means."""
    return np.clip(np.round(rng.normal(np.asarray(means), spread)), low, high).astype(np.int64)


def _staff(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for wave, begins in enumerate(WAVES):
        for team, people in STAFF.items():
            for _ in range(people):
                at = begins.astype("datetime64[m]") + int(rng.integers(480, OPEN_DAYS * 1440))
                scores = [
                    int(np.clip(round(1 + 4 * AGREED[subject][team][wave] + rng.normal(0, 0.8)), 1, 5))
                    for subject in AGREED
                ]
                rows.append((team, wave, at, *scores))
    frame = pd.DataFrame(rows, columns=["team", "wave", "at", *AGREED])
    return frame.sort_values("at", kind="stable", ignore_index=True)


def _mentions(rng: np.random.Generator, last_day: np.datetime64) -> pd.DataFrame:
    days = np.arange(MENTIONED_SINCE, last_day + 1)
    grows = np.linspace(0, 1, len(days))
    parts = []
    for brand, (first, last) in A_DAY.items():
        day = np.repeat(days, rng.poisson(first + (last - first) * grows))
        draw, site = rng.random(len(day)), rng.integers(0, len(SITES), len(day))
        good, bad = MOODS[brand]
        mood = np.select([draw < good, draw > 1 - bad], ["positive", "negative"], "neutral")
        mood = np.where(rng.random(len(day)) < UNSCORED, "", mood)
        reach = np.array([reach for _, reach in SITES])[site] + rng.integers(0, 200, len(day))
        which = rng.integers(0, 2, len(day))
        minute = rng.integers(360, 1320, len(day))
        parts.append(
            pd.DataFrame(
                {
                    "brand": brand,
                    "day": day,
                    "minute": minute,
                    "site": site,
                    "mood": mood,
                    "reach": reach,
                    "which": which,
                }
            )
        )
    every = pd.concat(parts, ignore_index=True)
    return every.sort_values(["day", "minute", "brand"], kind="stable", ignore_index=True)
