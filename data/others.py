"""The block's files of other vendors: the study of the market, the intent vendor's signals and its last report."""

import numpy as np
import pandas as pd

from data import hubspot, words
from data.dirt import UNREADABLE_DAY, Dirt
from data.intent import WEEKS
from data.shapes import hubspot_stamp, iso_day, joined, whole, yes_no
from data.world import World

LAST_WEEK = str(WEEKS[-1])
SIZES = ((10, "Micro (1 - 9 Employees)"), (50, "Small (10 - 49 Employees)"), (200, "Medium-Small (50 - 199 Employees)"),
         (500, "Medium (200 - 499 Employees)"), (1000, "Medium-Large (500 - 999 Employees)"),
         (5000, "Large (1,000 - 4,999 Employees)"))  # fmt: skip
LARGEST = "XLarge (5,000+ Employees)"

DIRT = {
    "market": Dirt("Domain", blank=9),
    "signals": Dirt("Date of Intent", duplicates=9, blank=9, damaged=9, damage=UNREADABLE_DAY),
    "surge": Dirt("Domain", blank=9, natural_key=("Domain", "Topic")),
    "attendance": Dirt("Activity ID", duplicates=14, blank=14),
}


def _labels(choices: tuple[words.Industry, ...] | tuple[words.Country, ...], position: pd.Series) -> np.ndarray:
    return np.array([choice.label for choice in choices])[position]


def market(world: World) -> pd.DataFrame:
    """The universe of companies with what each is estimated to spend a year."""
    frame = world.market
    return pd.DataFrame({
        "Company Name": frame["name"].to_numpy(dtype=np.str_),
        "Domain": frame["domain"].to_numpy(dtype=np.str_),
        "Industry": _labels(words.INDUSTRIES, frame["industry"]),
        "Region": np.array([c.region for c in words.COUNTRIES])[frame["country"]],
        "Country": _labels(words.COUNTRIES, frame["country"]),
        "Employees": whole(frame["employees"].to_numpy()),
        "Estimated Value": whole(frame["budget"].to_numpy()),
        "Currency": np.full(len(frame), "EUR"),
    })  # fmt: skip


def attendance(world: World) -> pd.DataFrame:
    """What marketing's own tools logged: people by e-mail, the campaign that brought them."""
    frame = world.attendance
    contact, kind = frame["contact"].to_numpy(), frame["kind"].to_numpy(dtype=np.str_)
    first = int(world.accounts["number"].iloc[0]) * 40
    return pd.DataFrame({
        "Activity ID": joined("MA-", whole(first + np.arange(len(frame)) + 1, width=7)),
        "Activity Type": kind,
        "Activity Date": hubspot_stamp(frame["at"].to_numpy().astype("datetime64[m]")),
        "Email": hubspot.emails(world)[contact],
        "Company": world.accounts["name"].to_numpy(dtype=np.str_)[frame["account"]],
        "Campaign": world.campaigns["name"].to_numpy(dtype=np.str_)[frame["campaign"]],
        "Minutes": whole(frame["minutes"].to_numpy()),
        "Status": np.where(np.isin(kind, ["Webinar", "Event"]), "Attended", "Completed"),
        "One-to-one": yes_no(frame["is_personal"].to_numpy()),
    })  # fmt: skip


def _topics(position: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([t.label for t in words.TOPICS])[position],
        np.array([t.category for t in words.TOPICS])[position],
    )


def signals(world: World) -> pd.DataFrame:
    """What the vendor said of known companies, week by week; the last week is in its own report."""
    frame = world.signals[world.signals["week"] < len(WEEKS) - 1]
    topic, category = _topics(frame["topic"])
    return pd.DataFrame({
        "Date of Intent": iso_day(WEEKS[frame["week"]]),
        "Intent Source": np.full(len(frame), "Bombora"),
        "Company Domain": world.accounts["domain"].to_numpy(dtype=np.str_)[frame["company"]],
        "Category": category,
        "Topic": topic,
        "Score": whole(frame["score"].to_numpy()),
    })  # fmt: skip


def surge(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """The last week's Company Surge report: a row a company, topic and metro area, strangers to the CRM among them."""
    last = world.signals[world.signals["week"] == len(WEEKS) - 1]
    columns = ["name", "domain", "industry", "country", "employees"]
    seen = pd.concat(
        [
            world.accounts.iloc[last["company"]][columns].reset_index(drop=True).join(
                last[["topic", "score"]].reset_index(drop=True)
            ),
            world.market.iloc[world.strangers["company"]][columns].reset_index(drop=True).join(
                world.strangers[["topic", "score"]]
            ),
        ],
        ignore_index=True,
    )  # fmt: skip
    again = np.flatnonzero(rng.random(len(seen)) < 0.3)  # a second metro area
    metro = np.concatenate([np.zeros(len(seen), dtype=np.int64), np.ones(len(again), dtype=np.int64)])
    seen = pd.concat([seen, seen.iloc[again]], ignore_index=True)
    cities = np.array([(c.cities[0], c.cities[-1]) for c in words.COUNTRIES])[seen["country"], metro]
    topic, category = _topics(seen["topic"])
    score = seen["score"].to_numpy()
    employees = seen["employees"].to_numpy()
    return pd.DataFrame({
        "Company Name": seen["name"].to_numpy(dtype=np.str_),
        "Domain": seen["domain"].to_numpy(dtype=np.str_),
        "Size": np.select([employees < most for most, _ in SIZES], [label for _, label in SIZES], LARGEST),
        "Industry": _labels(words.INDUSTRIES, seen["industry"]),
        "Category": category,
        "Topic": topic,
        "Composite Score": whole(score),
        "Bucket Code": whole(3000 + score // 10),
        "Metro Area": cities,
        "Metro Composite Score": whole(np.clip(score + rng.integers(-9, 10, len(seen)), 1, 100)),
        "Metro Bucket Code": whole(2000 + score // 10),
        "Domain Origin Country": _labels(words.COUNTRIES, seen["country"]),
    }).sort_values(["Domain", "Topic"], kind="stable", ignore_index=True)  # fmt: skip
