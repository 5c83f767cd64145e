"""The accounts, people, campaigns and sellers of the sample company.

Times are numpy `datetime64[m]` (UTC), days `datetime64[D]`; links are row positions within a block of accounts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import words
from data.days import END, FIRST_DAY, LAST_DAY, MONTHS
from data.drivers import icp
from data.intent import SUBSCRIBED
from data.shapes import joined, whole

ACCOUNTS_PER_SCALE = 1240
TARGET_SHARE = 0.19
JOINED_LATER = 0.5  # share of the other accounts that marketing found since the first day
# Day of each wave of target accounts, and its share of them
WAVES = ((np.datetime64("2023-09-15"), 0.62), (np.datetime64("2024-05-15"), 0.26), (np.datetime64("2025-10-01"), 0.12))


@dataclass(frozen=True)
class Sellers:
    """Everyone who owns something: names, with team, manager and region, sellers before development reps."""

    frame: pd.DataFrame

    def of_teams(self, teams: np.ndarray, role: str, draw: np.ndarray) -> np.ndarray:
        """Row of a person of that role in each row's team, picked by `draw` in [0, 1)."""
        chosen = np.zeros(len(teams), dtype=np.int64)
        for team in words.SELLERS_PER_TEAM:
            rows = np.flatnonzero((self.frame["team"] == team) & (self.frame["role"] == role))
            of_team = teams == team
            chosen[of_team] = rows[(draw[of_team] * len(rows)).astype(np.int64)]
        return chosen


def sellers() -> Sellers:
    """Sellers and development reps of each team, and each team's manager."""
    rows = []
    for team, count in words.SELLERS_PER_TEAM.items():
        people = [("Seller", n) for n in range(1, count + 1)] + [
            ("Development rep", n) for n in range(1, words.REPS_PER_TEAM + 1)
        ]
        rows += [(f"{role} {team} {n}", role, f"Team {team}", team, f"Manager {team}") for role, n in people]
    frame = pd.DataFrame(rows, columns=["name", "role", "team_name", "team", "manager"])
    return Sellers(frame.sort_values("role", kind="stable", ascending=False, ignore_index=True))


def campaigns() -> pd.DataFrame:
    """One row a campaign: each kind once in each month it runs, with what it cost in the end.

    Since there are signals, the account ads go to those in market, and are answered more often.
    """
    rows: list[tuple[object, ...]] = []
    for month in MONTHS:
        month_number = int(str(month)[5:])
        for kind in words.CAMPAIGN_KINDS:
            if month_number in kind.months:
                steered = kind.by_intent > 0 and month >= SUBSCRIBED.astype("datetime64[M]")
                rows.append(
                    (
                        f"{kind.name} {month}",
                        kind.type,
                        month,
                        kind.by_intent if steered else kind.responses,
                        kind.sends,
                        kind.cost,
                        kind.cost * (90 + len(rows) % 17) // 100,
                        kind.answered,
                        kind.unanswered,
                        kind.program,
                        steered,
                    )
                )
    columns = ["name", "type", "month", "responses", "sends", "cost", "actual_cost", "answered", "unanswered"]
    return pd.DataFrame(rows, columns=[*columns, "program", "uses_intent"])


def pick(draw: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """The position whose cumulative share covers each draw in [0, 1); the last for what rounding leaves."""
    return np.minimum(np.searchsorted(np.cumsum(shares), draw, side="right"), len(shares) - 1)


def labels(rng: np.random.Generator, choices: tuple[tuple[str, float], ...], count: int) -> np.ndarray:
    """`count` labels, drawn with their shares."""
    return np.array([label for label, _ in choices])[pick(rng.random(count), tuple(share for _, share in choices))]


def names_of(numbers: np.ndarray, industry: np.ndarray) -> np.ndarray:
    """The made-up name of each made-up company: another for every number."""
    stems = len(words.STEM_STARTS) * len(words.STEM_ENDS)
    scattered = (numbers * 437) % stems  # 437 and 720 have no common factor: every stem once a round
    starts = np.array(words.STEM_STARTS)[scattered // len(words.STEM_ENDS)]
    ends = np.array(words.STEM_ENDS)[scattered % len(words.STEM_ENDS)]
    nouns = np.array([i.nouns for i in words.INDUSTRIES])[industry, (numbers // stems) % 5]
    rounds = numbers // (stems * 5)
    numerals = np.where(rounds > 0, joined(" ", whole(rounds + 1)), "")
    return joined(starts, ends, " ", nouns, numerals)


def domain_of(names: np.ndarray) -> np.ndarray:
    """The made-up web domain of a made-up company."""
    plain = pd.Series(names).str.lower().str.translate(words.PLAIN_LETTERS).str.replace(" ", "-", regex=False)
    return (plain + ".example").to_numpy(dtype=np.str_)


def accounts(rng: np.random.Generator, count: int, first: int) -> pd.DataFrame:
    """One row an account, with its fit, which drives demand, targeting and size."""
    numbers = np.arange(first, first + count)
    industry = pick(rng.random(count), tuple(i.share for i in words.INDUSTRIES))
    country = pick(rng.random(count), tuple(c.share for c in words.COUNTRIES))
    employees = np.maximum(np.round(np.exp(rng.normal(5.6, 1.35, count))), 6).astype(np.int64)
    technology = pick(rng.random(count), tuple(t.share for t in words.TECHNOLOGIES))
    true_fit = icp(industry, employees, technology)
    fit = true_fit + rng.normal(0, 0.35, count)  # what marketing believes
    names = names_of(numbers, industry)
    age_days = rng.integers(1, 700, count)
    created = np.datetime64("2022-12-30T08:00", "m") - age_days * 1440 + rng.integers(0, 600, count)
    cities = np.array(
        [
            c.cities[n % len(c.cities)]
            for c, n in zip(np.array(words.COUNTRIES, dtype=object)[country], numbers, strict=True)
        ]
    )
    frame = pd.DataFrame({
        "number": numbers,
        "name": names,
        "domain": domain_of(names),
        "industry": industry,
        "country": country,
        "city": cities,
        "team": np.array([c.team for c in words.COUNTRIES])[country],
        "employees": employees,
        "revenue": (employees * rng.integers(120, 260, count) // 10) * 10_000,
        "source": labels(rng, words.TRAFFIC_SOURCES, count),
        "technology": technology,
        "icp": true_fit,
        "fit": fit,
        "fit_tier": np.select([fit > 1.15, fit > 0.55], ["Tier 1", "Tier 2"], "Tier 3"),
        "need": rng.gamma(2.0, 0.5, count),
        "heat": rng.gamma(0.4, 2.5, count),
        "mood": rng.normal(0.15, 0.3, count),
        "created": created,
    })  # fmt: skip
    return _with_targets(rng, frame)


def _with_targets(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Choose the planned target accounts, mostly by fit, in waves; some of the others are found only later."""
    wanted = round(len(frame) * TARGET_SHARE)
    order = np.argsort(-(frame["fit"].to_numpy() + rng.normal(0, 0.6, len(frame))), kind="stable")[:wanted]
    since = np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[D]")
    wave = pick(rng.random(wanted), tuple(share for _, share in WAVES))
    since[order] = np.array([day for day, _ in WAVES], dtype="datetime64[D]")[wave]
    tier = np.full(len(frame), "", dtype="U6")
    tier[order] = np.array(["Tier 1", "Tier 2", "Tier 3"])[pick(np.arange(wanted) / wanted, (0.16, 0.36, 0.48))]
    joins = np.isnat(since) & (rng.random(len(frame)) < JOINED_LATER)
    length = (LAST_DAY - FIRST_DAY).astype(np.int64) - 2
    joined_at = FIRST_DAY.astype("datetime64[m]") + (rng.random(len(frame)) * length * 1440).astype(np.int64)
    created = np.where(joins, joined_at, frame["created"].to_numpy())
    return frame.assign(since=since, tier=tier, flagged_late=False, created=created)


def known_in(frame: pd.DataFrame) -> np.ndarray:
    """Accounts × months: whether the account was known before the month began."""
    return frame["created"].to_numpy()[:, None] < MONTHS.astype("datetime64[m]")


def contacts(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """One row a person: more of them at large and at target accounts; sorted by account, the keenest first."""
    extra = 0.4 * np.log10(frame["employees"].to_numpy()) + np.where(frame["since"].notna(), 1.7, 0.0)
    per_account = 1 + rng.poisson(extra)
    account = np.repeat(np.arange(len(frame)), per_account)
    total = len(account)
    job = pick(rng.random(total), tuple(j.share for j in words.JOBS))
    earliest = np.maximum(frame["created"].to_numpy()[account], np.datetime64("2022-09-01T08:00", "m"))
    span = (END - earliest).astype(np.int64)
    created = earliest + (span * rng.random(total) ** 1.6).astype(np.int64)
    frame = pd.DataFrame({
        "account": account,
        "job": job,
        "created": created,
        "source": labels(rng, words.TRAFFIC_SOURCES, total),
        "luck": rng.random(total),
        "pace": rng.random(total),
    })  # fmt: skip
    return frame.sort_values(["account", "luck"], kind="stable", ignore_index=True)
