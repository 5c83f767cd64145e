"""What the generator knows of customers and money, in euros: contracts with their renewals, invoices, costs by day."""

import numpy as np
import pandas as pd

from data.days import LAST_DAY, MONTHS
from data.facts import Facts
from data.spending import ACCOUNT_ADS, COSTS, PLATFORMS_KEEP

GRACE_DAYS, EARLY_DAYS = 30, 90
YEAR = (np.datetime64("2025-11-01", "D"), LAST_DAY)
FOREVER = np.datetime64("9999-12-31", "D")


def _day(column: pd.Series) -> np.ndarray:
    return column.to_numpy().astype("datetime64[D]")


class Money:
    """Frames of one world: `contracts` (with `until` and monthly `value`), `invoices`, `costs`, `firsts`, `stays`."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.world = facts, facts.world
        self.target = facts.accounts["target"]
        self.contracts = self._contracts()
        invoices = self.world.invoices
        rate = self.world.rates.of(invoices["currency"].to_numpy(), _day(invoices["day"]))
        self.invoices = invoices.assign(value=invoices["amount"] * rate)
        won = facts.deals[(facts.deals["outcome"] == "won") & (facts.deals["account"] >= 0)]
        self.firsts = won.groupby("account")["closed"].min()
        self.stays = self._stays()
        self.costs = self._costs()

    def _contracts(self) -> pd.DataFrame:
        """Contracts, in effect from `started` to the day before `until`.

        A renewal in the days of grace is no gap, and one of the same product that began shortly before the end takes
        over, unless another one of that product begins on the end: then it is a further contract.
        """
        frame = self.world.contracts.reset_index(names="contract")
        ended = frame["ended"].to_numpy().astype("datetime64[D]")
        last = np.where(np.isnat(ended), LAST_DAY, ended)
        rate = self.world.rates.of(frame["currency"].to_numpy(), last)
        frame = frame.assign(value=frame["price"] * frame["quantity"] / 12 * rate)
        own = ["contract", "account", "product", "started", "ended"]
        pairs = frame[own].merge(frame[own[1:]], on="account", suffixes=("", "_next"))
        days = (pairs["started_next"] - pairs["ended"]).dt.days
        alike = pairs["product"] == pairs["product_next"]
        following = pairs[days.between(0, GRACE_DAYS)].groupby("contract")["started_next"].min()
        continued = pairs[days.between(0, GRACE_DAYS) & alike]["contract"]
        outlives = pairs["ended_next"].isna() | (pairs["ended_next"] > pairs["ended"])
        begun = days.between(-EARLY_DAYS, -1) & (pairs["started_next"] > pairs["started"])
        early = pairs[begun & alike & outlives & ~pairs["contract"].isin(continued)]
        taken_over = early.groupby("contract")["started_next"].min()
        until = frame["contract"].map(taken_over).fillna(frame["contract"].map(following)).fillna(frame["ended"])
        return frame.assign(until=until)

    def customers(self, day: np.datetime64) -> pd.Series:
        """Monthly revenue of each customer on a day."""
        frame = self.contracts
        is_on = (frame["started"] <= day) & (frame["until"].isna() | (frame["until"] > day))
        return frame[is_on].groupby("account")["value"].sum()

    def _stays(self) -> pd.DataFrame:
        """Unbroken times as a customer: account, since, until (years ahead while it lasts)."""
        frame = self.contracts.sort_values(["account", "started"])
        rows: list[tuple[int, np.datetime64, np.datetime64]] = []
        for account, since, until in zip(
            frame["account"], _day(frame["started"]), _day(frame["until"].fillna(pd.Timestamp(FOREVER))), strict=True
        ):
            if rows and rows[-1][0] == account and since <= rows[-1][2]:
                rows[-1] = (account, rows[-1][1], max(until, rows[-1][2]))
            else:
                rows.append((account, since, until))
        return pd.DataFrame(rows, columns=["account", "since", "until"])

    def at_risk(self) -> pd.DataFrame:
        """Of the last year, by account: months as a customer (part months by their days), and times lost."""
        start, end = YEAR[0], YEAR[1] + 1
        since, until = _day(self.stays["since"]), _day(self.stays["until"])
        within = (since < end) & (until > start)
        months = _month_number(np.minimum(until, end)) - _month_number(np.maximum(since, start))
        frame = pd.DataFrame({"account": self.stays["account"], "months": months, "lost": until < end})[within]
        return frame.groupby("account")[["months", "lost"]].sum()

    def _costs(self) -> pd.DataFrame:
        """One row a cost: first and last day, value, program (abm, other, shared), uses_intent."""
        spent, campaigns = self.world.spending, self.world.campaigns
        on_platform = (campaigns["type"] == ACCOUNT_ADS) & (
            campaigns["month"].to_numpy().astype("datetime64[M]") >= PLATFORMS_KEEP
        )
        own = campaigns[~on_platform]
        dollars = self.world.rates.of(np.full(len(spent.account_ads), "USD"), _day(spent.account_ads["day"]))
        by_ads = spent.account_ads["campaign"].to_numpy()
        kinds = [COSTS[number] for number in spent.costs["cost"]]
        parts = [
            _by_month(own["month"], own["actual_cost"], own["program"].str.lower(), own["uses_intent"]),
            _by_month(spent.social["month"], spent.social["amount"], "other", False),
            _by_month(
                spent.costs["month"],
                spent.costs["amount"],
                np.array([kind.program.lower() for kind in kinds]),
                np.array([kind.uses_intent for kind in kinds]),
            ),
            _by_day(spent.search["day"], spent.search["amount"], "other", False),
            _by_day(
                spent.account_ads["day"],
                spent.account_ads["amount"] * dollars,
                "abm",
                campaigns["uses_intent"].to_numpy()[by_ads],
            ),
        ]
        return pd.concat(parts, ignore_index=True)

    def spent(self, first: np.datetime64, last: np.datetime64, program: str | None = None) -> float:
        """What was spent in these days, both included; costs of several days are spread evenly."""
        costs = self.costs if program is None else self.costs[self.costs["program"] == program]
        begin, end = _day(costs["first"]), _day(costs["last"])
        inside = (np.minimum(end, last) - np.maximum(begin, first)).astype(np.int64) + 1
        share = np.clip(inside, 0, None) / ((end - begin).astype(np.int64) + 1)
        return float((costs["value"] * share).sum())


def _month_number(days: np.ndarray) -> np.ndarray:
    """Months since MONTHS[0], the days of a month being parts of it."""
    month = days.astype("datetime64[M]")
    start, after = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    return (month - MONTHS[0]).astype(np.int64) + (days - start) / (after - start)


def _by_month(
    month: pd.Series,
    value: pd.Series,
    program: str | np.ndarray | pd.Series,
    uses_intent: bool | np.ndarray | pd.Series,
) -> pd.DataFrame:
    starts = month.to_numpy().astype("datetime64[M]")
    return pd.DataFrame({
        "first": starts.astype("datetime64[D]"),
        "last": (starts + 1).astype("datetime64[D]") - 1,
        "value": value.to_numpy(dtype=np.float64),
        "program": np.asarray(program),
        "uses_intent": np.asarray(uses_intent),
    })  # fmt: skip


def _by_day(day: pd.Series, value: pd.Series, program: str, uses_intent: bool | np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({
        "first": _day(day),
        "last": _day(day),
        "value": value.to_numpy(dtype=np.float64),
        "program": program,
        "uses_intent": uses_intent,
    })  # fmt: skip
