"""Touches: campaign members, what development reps and sellers log, and the lifecycle that people pass through."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.company import Sellers, known_in, pick
from data.days import END, KEPT_SINCE, MONTHS
from data.deals import office_hours
from data.drivers import SLOW_TO_CARE

RESPONSES_A_DEAL_DAY = 0.006
EARLY_DAYS = 30  # in which a deal gets more or less attention
EARLY_RESPONSES_A_DAY, EARLY_MEETINGS_A_DAY = 0.02, 0.04  # at average attention
TASKS_A_DAY, MEETINGS_A_DAY = 0.088, 0.009
TALKATIVE = 4.0  # times the meetings where buyers are slow to care
CALL_OUTCOMES = (("Connected", 0.36), ("No answer", 0.44), ("Left voicemail", 0.20))
MEETING_OUTCOMES = (("Completed", 0.80), ("Canceled", 0.12), ("No show", 0.08))
TASK_KINDS = (("Email", 0.58), ("Call", 0.30), ("Task", 0.12))
SALES_ANSWERS = np.timedelta64(21, "D")  # to a person handed over
RECORDED_SINCE = np.datetime64("2026-01-01T00:00", "m")


@dataclass(frozen=True)
class People:
    """Picks persons of accounts: contacts are sorted by account."""

    starts: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, contacts: pd.DataFrame, accounts: int) -> "People":
        counts = np.bincount(contacts["account"], minlength=accounts)
        return cls(np.cumsum(counts) - counts, counts)

    def pick(self, rng: np.random.Generator, account: np.ndarray) -> np.ndarray:
        """A random person of each account."""
        return self.starts[account] + (rng.random(len(account)) * self.counts[account]).astype(np.int64)


def _campaign_of(rng: np.random.Generator, campaigns: pd.DataFrame, month: np.ndarray, weight: str) -> np.ndarray:
    """A campaign of each row's month, by weight."""
    chosen = np.zeros(len(month), dtype=np.int64)
    draw = rng.random(len(month))
    for number, start in enumerate(MONTHS):
        rows = np.flatnonzero(campaigns["month"].to_numpy().astype("datetime64[M]") == start)
        weights = campaigns[weight].to_numpy()[rows]
        here = month == number
        chosen[here] = rows[pick(draw[here], tuple(weights / weights.sum()))]
    return chosen


def _month_number(days: np.ndarray) -> np.ndarray:
    return (days.astype("datetime64[M]") - MONTHS[0]).astype(np.int64)


def _responses(rng: np.random.Generator, counts: np.ndarray, deals: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Account and day of every response: the accounts' own, and those while a deal runs."""
    account, month = np.nonzero(counts)
    times = counts[account, month]
    account, month = np.repeat(account, times), np.repeat(month, times)
    length = ((MONTHS[month] + 1).astype("datetime64[D]") - MONTHS[month].astype("datetime64[D]")).astype(np.int64)
    day = MONTHS[month].astype("datetime64[D]") + (rng.random(len(account)) * length).astype(np.int64)
    opened = deals["opened"].to_numpy().astype("datetime64[D]")
    ended = np.where(deals["is_open"], END.astype("datetime64[D]"), deals["closed"].to_numpy().astype("datetime64[D]"))
    span = np.minimum((ended - opened).astype(np.int64), 150)
    extra = rng.poisson(RESPONSES_A_DEAL_DAY * span)
    deal = np.repeat(np.arange(len(deals)), extra)
    during = opened[deal] + (rng.random(len(deal)) * span[deal]).astype(np.int64)
    early_deal, early = _early(rng, deals, EARLY_RESPONSES_A_DAY)
    deal, during = np.concatenate([deal, early_deal]), np.concatenate([during, early.astype("datetime64[D]")])
    return np.concatenate([account, deals["account"].to_numpy()[deal]]), np.concatenate([day, during])


def _early(rng: np.random.Generator, deals: pd.DataFrame, a_day: float) -> tuple[np.ndarray, np.ndarray]:
    """Deal and minute of what attention brings while a deal is young, and still open."""
    count = rng.poisson(a_day * EARLY_DAYS * deals["attention"])
    deal = np.repeat(np.arange(len(deals)), count)
    opened = deals["opened"].to_numpy().astype("datetime64[m]")[deal]
    at = opened + (rng.random(len(deal)) * EARLY_DAYS * 1440).astype(np.int64)
    ended = deals["closed"].fillna(pd.Timestamp(END)).to_numpy().astype("datetime64[m]")[deal]
    return deal[at < ended], at[at < ended]


def campaign_members(
    rng: np.random.Generator,
    accounts: pd.DataFrame,
    contacts: pd.DataFrame,
    campaigns: pd.DataFrame,
    counts: np.ndarray,
    deals: pd.DataFrame,
) -> pd.DataFrame:
    """One row a person in a campaign: added (minute), responded_on (day, NaT where they did not).

    Of the months before `KEPT_SINCE` only those who responded are left.
    """
    people = People.of(contacts, len(accounts))
    account, day = _responses(rng, counts, deals)
    responded = pd.DataFrame({
        "contact": people.pick(rng, account),
        "campaign": _campaign_of(rng, campaigns, _month_number(day), "responses"),
        "responded_on": day,
    }).sort_values("responded_on", kind="stable")  # fmt: skip
    is_target = accounts["since"].notna().to_numpy()
    chance = np.where(is_target, 0.58, 0.25)[:, None] * known_in(accounts) * (MONTHS >= KEPT_SINCE)
    sent_to, month = np.nonzero(rng.random(counts.shape) < chance)
    sent = pd.DataFrame({
        "contact": people.pick(rng, sent_to),
        "campaign": _campaign_of(rng, campaigns, month, "sends"),
        "responded_on": np.datetime64("NaT", "D"),
    })  # fmt: skip
    members = pd.concat([responded, sent], ignore_index=True).drop_duplicates(
        ["contact", "campaign"], ignore_index=True
    )
    start = campaigns["month"].to_numpy().astype("datetime64[D]")[members["campaign"]]
    answer = members["responded_on"].to_numpy().astype("datetime64[D]")
    latest = np.where(np.isnat(answer), start + 27, answer)
    added = start + (rng.random(len(members)) * ((latest - start).astype(np.int64) + 1)).astype(np.int64)
    members = members.assign(
        account=contacts["account"].to_numpy()[members["contact"]], added=added.astype("datetime64[m]") + 360
    )
    return members.sort_values(["added", "contact", "campaign"], kind="stable", ignore_index=True)


def with_lifecycle(
    contacts: pd.DataFrame, members: pd.DataFrame, accounts: pd.DataFrame, deals: pd.DataFrame
) -> pd.DataFrame:
    """Contacts with the days they became marketing- and sales-qualified, an opportunity and a customer.

    `turned_down`: of those handed over in time, the ones that sales did not take.
    """
    responded = members[members["responded_on"].notna()]
    first = responded.groupby("contact")["responded_on"].min().reindex(contacts.index)
    touched = members.groupby("contact")["added"].min().reindex(contacts.index)
    created = contacts["created"].where(
        touched.isna() | (contacts["created"] < touched), touched - pd.Timedelta(hours=1)
    )
    is_target = accounts["since"].notna().to_numpy()[contacts["account"]]
    luck, pace = contacts["luck"], contacts["pace"]
    mql = (first + pd.to_timedelta((pace * 9).round() + 1, unit="D")).where(luck < np.where(is_target, 0.72, 0.60))
    sql = (mql + pd.to_timedelta((pace * 24).round() + 2, unit="D")).where(luck < np.where(is_target, 0.42, 0.27))
    mql, sql = mql.where(mql < END), sql.where(sql < END)
    qualified = contacts.assign(sql=sql)[sql.notna()].reset_index(names="contact")[["contact", "account", "sql"]]
    pairs = qualified.merge(deals[["account", "opened", "closed", "is_won"]], on="account")
    pairs = pairs[pairs["closed"].isna() | (pairs["closed"] >= pairs["sql"])]
    pairs["joined"] = pairs[["opened", "sql"]].max(axis=1).dt.floor("D")
    opportunity = pairs.groupby("contact")["joined"].min().reindex(contacts.index)
    customer = pairs[pairs["is_won"]].groupby("contact")["closed"].min().reindex(contacts.index)
    is_unlucky = luck >= np.where(is_target, 0.62, 0.48)
    turned_down = is_unlucky & (mql < END - SALES_ANSWERS) & sql.isna()
    return contacts.assign(
        created=created, mql=mql, sql=sql, opportunity=opportunity, customer=customer, turned_down=turned_down
    )


def _months_to_touches(rng: np.random.Generator, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Account and minute of touches that come at a monthly rate (accounts × months)."""
    counts = rng.poisson(rate)
    account, month = np.nonzero(counts)
    times = counts[account, month]
    account, month = np.repeat(account, times), np.repeat(month, times)
    day = MONTHS[month].astype("datetime64[D]") + (rng.random(len(account)) * 30).astype(np.int64)
    return account, np.minimum(office_hours(rng, day), END - 400)


def development(
    rng: np.random.Generator, accounts: pd.DataFrame, contacts: pd.DataFrame, counts: np.ndarray, sellers: Sellers
) -> dict[str, pd.DataFrame]:
    """What the development reps log in HubSpot: `calls`, `meetings` (some lie ahead) and `tasks`, with outcomes."""
    people = People.of(contacts, len(accounts))
    warm, is_target = np.minimum(counts, 2), accounts["since"].notna().to_numpy()[:, None]
    logged, known = {}, known_in(accounts)
    for name, base, per_response, target in (
        ("calls", 0.06, 0.22, 0.11),
        ("meetings", 0.014, 0.08, 0.035),
        ("tasks", 0.015, 0.05, 0.03),
    ):
        rate = (base + per_response * warm + target * is_target) * known * (MONTHS >= KEPT_SINCE)
        account, at = _months_to_touches(rng, rate)
        order = np.argsort(at, kind="stable")
        account, at = account[order], at[order]
        draw = rng.random(len(account))
        usual = 1.6 if name == "calls" else 3.5
        frame = pd.DataFrame({
            "account": account,
            "contact": people.pick(rng, account),
            "at": at,
            "rep": sellers.of_teams(accounts["team"].to_numpy()[account], "Development rep", rng.random(len(account))),
            "minutes": np.round(np.exp(rng.normal(usual, 0.5, len(account)))).astype(np.int64),
        })  # fmt: skip
        outcomes = {
            "calls": CALL_OUTCOMES,
            "meetings": MEETING_OUTCOMES,
            "tasks": (("Completed", 0.9), ("Not started", 0.1)),
        }[name]
        mood = accounts["mood"].to_numpy()[account] + rng.normal(0, 0.3, len(account))
        frame["mood"] = np.round(np.clip(mood, -1, 1), 1)
        frame["is_recorded"] = at >= RECORDED_SINCE
        frame["outcome"] = np.array([label for label, _ in outcomes])[pick(draw, tuple(share for _, share in outcomes))]
        logged[name] = frame
    ahead = logged["meetings"].tail(len(accounts) // 40).copy()
    ahead["at"] = office_hours(rng, END + rng.integers(1, 40, len(ahead)) * 1440)
    ahead["outcome"], ahead["is_recorded"] = "Scheduled", False
    logged["meetings"] = pd.concat([logged["meetings"], ahead], ignore_index=True)
    return logged


def selling(
    rng: np.random.Generator, deals: pd.DataFrame, visits: pd.DataFrame, steps: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What sellers log in Salesforce on their deals: tasks (e-mails, calls, to-dos) and events (meetings).

    They come at the same rate all along, and meetings besides with attention. Nothing happens on a deal that has been
    forgotten in a stage for more than 40 days. Tasks older than `KEPT_SINCE` are archived.
    """
    entered = visits["entered"].to_numpy()
    left = visits.groupby("deal")["entered"].shift(-1).fillna(pd.Timestamp(END)).to_numpy()
    open_visits = np.flatnonzero(visits["stage"].to_numpy() < steps)
    span = np.minimum((left - entered).astype("timedelta64[m]").astype(np.int64), 40 * 1440)[open_visits]
    frames = []
    talkative = (deals["product"] == SLOW_TO_CARE).to_numpy()[visits["deal"].to_numpy()[open_visits]]
    meetings = MEETINGS_A_DAY * np.where(talkative, TALKATIVE, 1.0)
    for a_day, early_a_day in ((TASKS_A_DAY, 0.0), (meetings, EARLY_MEETINGS_A_DAY)):
        counts = rng.poisson(a_day * span / 1440)
        visit = np.repeat(np.arange(len(open_visits)), counts)
        at = entered[open_visits][visit] + (rng.random(len(visit)) * span[visit]).astype(np.int64).astype(
            "timedelta64[m]"
        )
        early_deal, early = _early(rng, deals, early_a_day)
        deal = np.concatenate([visits["deal"].to_numpy()[open_visits][visit], early_deal])
        at = np.concatenate([at.astype("datetime64[m]"), early])
        frame = pd.DataFrame({
            "deal": deal,
            "at": np.minimum(office_hours(rng, at), END - 380),
            "draw": rng.random(len(deal)),
            "minutes": rng.choice([30, 30, 45, 60, 90], len(deal)),
        })  # fmt: skip
        frames.append(frame.sort_values(["at", "deal"], kind="stable", ignore_index=True))
    tasks, events = frames
    tasks = tasks[tasks["at"] >= pd.Timestamp(KEPT_SINCE)].reset_index(drop=True)
    tasks["kind"] = np.array([label for label, _ in TASK_KINDS])[
        pick(tasks["draw"].to_numpy(), tuple(share for _, share in TASK_KINDS))
    ]
    tasks["is_done"] = rng.random(len(tasks)) < np.where(
        tasks["at"] > pd.Timestamp(END) - pd.Timedelta(days=20), 0.7, 0.985
    )
    return tasks, events
