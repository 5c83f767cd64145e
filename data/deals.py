"""Demand and deals: who opens a deal when, and its way through the stages.

The truths that the sample plants are made here: what being a target and being engaged does to opening, to each step and
to the time spent in each stage.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import words
from data.company import known_in, pick
from data.days import END, FIRST_DAY, MONTHS
from data.drivers import FIT_AMOUNT, USUAL_FIT, extra_advance, pace, with_drivers
from data.intent import SUBSCRIBED, in_months

SEASON = {1: 0.95, 2: 1.05, 3: 1.15, 4: 1.0, 5: 1.05, 6: 1.1, 7: 0.85, 8: 0.7, 9: 1.2, 10: 1.1, 11: 1.05, 12: 0.75}
RESPONSES_A_MONTH = 0.075
OPENINGS_A_MONTH = 0.021
FIT_OPENS = 1.0  # exponent
TARGET_RESPONDS = 4.2
TARGET_OPENS = 2.3
NEW_OPENS = 3.0  # in the first year of an account that was found because it was looking
ENGAGED_OPENS = 3.2  # how much likelier an account opens a deal in the months after a response
IN_MARKET_OPENS, OTHERS_OPEN = 2.6, 0.85  # and since there are signals, in market or not

MEDIAN_DAYS = np.array([11.0, 17.0, 19.0, 27.0, 14.0])
TARGET_DAYS = np.array([0.72, 0.72, 0.76, 1.8, 0.76])
SPREAD = np.array([0.75, 0.7, 0.7, 0.65, 0.75])
ADVANCE = np.array([0.76, 0.71, 0.75, 0.80, 0.79])
TARGET_ADVANCE = np.array([0.11, 0.09, 0.03, -0.17, 0.05])
NO_DECISION = 0.16
PARTNER_SHARE = 0.22  # accounts of a block with a deal in the partner channel


@dataclass(frozen=True)
class Path:
    """What a pipeline's deals go through: `steps` open stages, then won, lost, no decision."""

    median_days: np.ndarray  # deals × open stages
    advance: np.ndarray  # deals × open stages
    skips: np.ndarray  # deals × open stages: chance to jump over the next stage
    back_at: np.ndarray  # open stage from which the deal falls back once; -1 never
    reopens: np.ndarray  # flag: a loss is taken back once
    no_decision: float


def _season(month: int) -> float:
    return SEASON[int(str(MONTHS[month])[5:])]


def demand(rng: np.random.Generator, accounts: pd.DataFrame, surging: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Responses (accounts × months, counts) and openings (accounts × months, flags).

    `surging`: accounts × weeks of intent.
    """
    responses = np.zeros((len(accounts), len(MONTHS)), dtype=np.int64)
    opens = np.zeros_like(responses, dtype=bool)
    since, heat, fit = (accounts[name].to_numpy() for name in ("since", "heat", "icp"))
    need, known = accounts["need"].to_numpy(), known_in(accounts)
    by_fit = np.exp(FIT_OPENS * (fit - USUAL_FIT))
    joined = np.maximum(accounts["created"].to_numpy().astype("datetime64[D]"), FIRST_DAY - 366)
    with_intent = np.where(in_months(surging), IN_MARKET_OPENS, OTHERS_OPEN)
    with_intent = np.where(SUBSCRIBED.astype("datetime64[M]") <= MONTHS, with_intent, 1.0)
    for month, start in enumerate(MONTHS.astype("datetime64[D]")):
        is_target = since <= start  # NaT is never
        is_new = (joined <= start) & (joined + 365 > start)
        waits = since > start  # joins a later wave: nobody sells to it yet
        rate = RESPONSES_A_MONTH * heat * np.where(is_target, TARGET_RESPONDS, 1.0) * _season(month)
        responses[:, month] = rng.poisson(rate * known[:, month])
        warm = responses[:, max(0, month - 2) : month].sum(axis=1) > 0
        chance = OPENINGS_A_MONTH * _season(month) * by_fit * need * with_intent[:, month]
        chance = chance * np.where(is_target, TARGET_OPENS, 1.0) * np.where(warm, ENGAGED_OPENS, 1.0)
        chance = chance * np.where(is_new, NEW_OPENS, 1.0)
        opens[:, month] = (rng.random(len(accounts)) < chance) & ~waits & known[:, month]
    return responses, opens


def office_hours(rng: np.random.Generator, stamps: np.ndarray) -> np.ndarray:
    """The stamps moved to a minute between 8 and 18 of a working day, the same or the next."""
    days = stamps.astype("datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7  # 0 is Monday
    days = days + np.where(weekday >= 5, 7 - weekday, 0)
    return days.astype("datetime64[m]") + 480 + rng.integers(0, 600, len(stamps))


def _opened(rng: np.random.Generator, opens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    account, month = np.nonzero(opens)
    starts = MONTHS[month].astype("datetime64[D]")
    length = ((MONTHS[month] + 1).astype("datetime64[D]") - starts).astype(np.int64)
    day = starts + (rng.random(len(account)) * length).astype(np.int64)
    return account, np.minimum(office_hours(rng, day), END - 360)


def walk(rng: np.random.Generator, opened: np.ndarray, path: Path) -> pd.DataFrame:
    """Stage visits until the end: deal, seq, stage, entered.

    Stages are the open ones from 0, then won, lost, no decision.
    """
    steps = path.median_days.shape[1]
    won, lost, no_decision = steps, steps + 1, steps + 2
    deal = np.arange(len(opened))
    stage = np.zeros(len(opened), dtype=np.int64)
    at = opened.copy()
    back_at, reopens = path.back_at.copy(), path.reopens.copy()
    visits = []
    for seq in range(4 * steps):
        visits.append(pd.DataFrame({"deal": deal, "seq": seq, "stage": stage, "entered": at}))
        is_lost = stage == lost
        goes_on = (stage < steps) | (is_lost & reopens[deal])
        deal, stage, at, is_lost = deal[goes_on], stage[goes_on], at[goes_on], is_lost[goes_on]
        if not len(deal):
            break
        reopens[deal[is_lost]] = False
        here = np.minimum(stage, steps - 1)
        days = np.where(is_lost, rng.uniform(20, 70, len(deal)), _dwell(rng, path, deal, here))
        later = np.maximum(office_hours(rng, at + (days * 1440).astype(np.int64)), at + 20)
        falls_back = (back_at[deal] == stage) & ~is_lost
        back_at[deal[falls_back]] = -1
        advances = rng.random(len(deal)) < path.advance[deal, here]
        jump = np.where(rng.random(len(deal)) < path.skips[deal, here], 2, 1)
        forward = np.where(stage + jump > steps, won, stage + jump)
        dropped = np.where(rng.random(len(deal)) < path.no_decision, no_decision, lost)
        following = np.where(advances, forward, dropped)
        following = np.where(falls_back, stage - 1, following)
        stage = np.where(is_lost, min(2, steps - 1), following)
        in_time = later < END
        deal, stage, at = deal[in_time], stage[in_time], later[in_time]
    frame = pd.concat(visits, ignore_index=True)
    return frame.sort_values(["deal", "seq"], kind="stable", ignore_index=True)


def _dwell(rng: np.random.Generator, path: Path, deal: np.ndarray, here: np.ndarray) -> np.ndarray:
    spread = SPREAD[np.minimum(here, len(SPREAD) - 1)]
    days = path.median_days[deal, here] * np.exp(spread * rng.standard_normal(len(deal)))
    return np.where(rng.random(len(deal)) < 0.024, days * 9, days)  # some are simply forgotten


def _new_business_path(rng: np.random.Generator, deals: pd.DataFrame) -> Path:
    count = len(deals)
    is_target = deals["at_target"].to_numpy()[:, None]
    skips = np.zeros((count, len(words.STAGES)))
    skips[:, 0] = 0.03
    skips[:, 2] = np.where(deals["amount"] < 20_000, 0.24, 0.07)
    return Path(
        median_days=MEDIAN_DAYS * np.where(is_target, TARGET_DAYS, 1.0) * pace(deals),
        advance=np.clip(ADVANCE + extra_advance(deals) + np.where(is_target, TARGET_ADVANCE, 0.0), 0.05, 0.97),
        skips=skips,
        back_at=np.where(rng.random(count) < 0.09, np.where(rng.random(count) < 0.6, 2, 4), -1),
        reopens=rng.random(count) < 0.045,
        no_decision=NO_DECISION,
    )


def _amounts(rng: np.random.Generator, accounts: pd.DataFrame, account: np.ndarray, factor: np.ndarray) -> np.ndarray:
    size = np.clip(accounts["employees"].to_numpy()[account] / 300, 0.3, 20) ** 0.28
    return np.maximum(np.round(30_000 * size * factor * np.exp(rng.normal(0, 0.55, len(account))) / 50) * 50, 1_500)


def new_business(
    rng: np.random.Generator, accounts: pd.DataFrame, opens: np.ndarray, people: np.ndarray, surging: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deals and stage visits of the main pipeline. `people`: contacts an account; `surging`: accounts × weeks."""
    account, opened = _opened(rng, opens)
    order = np.argsort(opened, kind="stable")
    account, opened = account[order], opened[order]
    product = pick(rng.random(len(account)), tuple(share for _, share, _ in words.PRODUCTS))
    at_target = accounts["since"].to_numpy()[account] <= opened.astype("datetime64[D]")
    factor = np.array([f for _, _, f in words.PRODUCTS])[product] * np.where(at_target, 1.15, 1.0)
    deals = pd.DataFrame({
        "account": account,
        "opened": opened,
        "at_target": at_target,
        "product": product,
        "amount": _amounts(rng, accounts, account, factor),
    })  # fmt: skip
    deals = with_drivers(rng, deals, accounts, people, surging)
    deals["amount"] = np.round(deals["amount"] * np.exp(FIT_AMOUNT * (deals["fit"] - USUAL_FIT)) / 50) * 50
    visits = walk(rng, opened, _new_business_path(rng, deals))
    return _with_ends(rng, deals, visits, len(words.STAGES)), visits


def partner_channel(rng: np.random.Generator, accounts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deals and stage visits of the second pipeline, at accounts known, and settled as targets, from the start."""
    is_late = (accounts["since"].to_numpy() > FIRST_DAY) | (accounts["created"].to_numpy() > FIRST_DAY)
    eligible = np.flatnonzero(~is_late)
    account = rng.choice(eligible, round(len(accounts) * PARTNER_SHARE))
    days = (rng.random(len(account)) ** 0.85 * len(MONTHS) * 30.4).astype(np.int64)
    opened = np.sort(np.minimum(office_hours(rng, FIRST_DAY + days), END - 360))
    count, steps = len(account), len(words.PARTNER_STAGES)
    deals = pd.DataFrame({
        "account": account,
        "opened": opened,
        "at_target": accounts["since"].to_numpy()[account] <= opened.astype("datetime64[D]"),
        "product": 0,
        "amount": _amounts(rng, accounts, account, np.full(count, 0.6)),
    })  # fmt: skip
    path = Path(
        median_days=np.tile([9.0, 24.0, 18.0], (count, 1)),
        advance=np.tile([0.85, 0.7, 0.65], (count, 1)),
        skips=np.zeros((count, steps)),
        back_at=np.where(rng.random(count) < 0.08, 2, -1),
        reopens=np.zeros(count, dtype=bool),
        no_decision=0.0,
    )
    visits = walk(rng, opened, path)
    return _with_ends(rng, deals, visits, steps), visits


def _with_ends(rng: np.random.Generator, deals: pd.DataFrame, visits: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Add what the walk led to: present stage, closing time, and the closing that sellers expect of open deals."""
    last = visits.groupby("deal").last()
    stage = last["stage"].to_numpy()
    is_open = stage < steps
    closed = np.where(is_open, np.datetime64("NaT"), last["entered"].to_numpy())
    ahead = np.exp(rng.normal(3.9, 0.7, len(deals))) * rng.choice([1, 1, 1, 1, -0.35], len(deals))
    expected = np.maximum(
        END.astype("datetime64[D]") + ahead.astype(np.int64), deals["opened"].to_numpy().astype("datetime64[D]") + 30
    )
    return deals.assign(
        stage=stage, is_open=is_open, closed=closed, expected=np.where(is_open, expected, np.datetime64("NaT"))
    )


def flag_late(
    rng: np.random.Generator, accounts: pd.DataFrame, deals: pd.DataFrame, visits: pd.DataFrame
) -> pd.DataFrame:
    """Plant the biased flag: accounts that became targets only when their first deal was close to signing."""
    first = deals.drop_duplicates("account")  # deals are sorted by opening
    signing = visits[visits["stage"] == len(words.STAGES) - 1].drop_duplicates("deal").set_index("deal")["entered"]
    first = first.assign(at=signing.reindex(first.index))
    later = first["at"] + pd.to_timedelta(rng.integers(3, 25, len(first)), unit="D")
    untouched = accounts["since"].isna().to_numpy()[first["account"]]
    usable = first[untouched & (later < pd.Timestamp("2026-10-01"))].index.to_numpy()
    chosen = rng.permutation(usable)[: round(len(accounts) * 0.021)]
    rows = first.loc[chosen, "account"].to_numpy()
    since, tier, late = (
        accounts["since"].to_numpy().copy(),
        accounts["tier"].to_numpy(dtype="U6").copy(),
        accounts["flagged_late"].to_numpy().copy(),
    )
    since[rows] = later.loc[chosen].to_numpy().astype("datetime64[D]")
    tier[rows] = "Tier 2"
    late[rows] = True
    return accounts.assign(since=since, tier=tier, flagged_late=late)
