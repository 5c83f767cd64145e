"""What the generator knows about a world, in the terms of the metrics' definitions: the ground that truths stand on."""

import numpy as np
import pandas as pd

from data import hubspot, words
from data.attendance import is_logged
from data.days import END
from data.dirt import number_of
from data.world import World

OUTCOMES = ("open", "won", "lost", "no_decision")
WINDOW = pd.Timedelta(days=90)
RESPONSE = "Campaign response"


class Facts:
    """Frames of one world: `deals` (both pipelines), `main` (the larger one), its `visits`, `accounts`, `contacts`."""

    def __init__(self, world: World) -> None:
        self.world = world
        steps = len(words.STAGES)
        since = world.accounts["since"]
        self.deals = pd.concat([
            _deals(world, world.deals, words.PIPELINE, steps),
            _deals(world, world.partner_deals, words.PARTNER_PIPELINE, len(words.PARTNER_STAGES)),
        ], ignore_index=True)  # fmt: skip
        self.main = self.deals[self.deals["pipeline"] == words.PIPELINE].copy()
        self.visits = _visits(world, self.main, steps)
        in_order = self.visits[self.visits["stage"] <= steps]
        self.main["furthest"] = in_order.groupby("deal")["stage"].max()
        for place in range(steps):
            self.main[f"visited {place}"] = self.main.index.isin(in_order.loc[in_order["stage"] == place, "deal"])
        self.answers = _answers(world)
        self.accounts = self._accounts(since)
        self.contacts = _contacts(world)
        self.roles = world.roles
        self.orphan_contacts = number_of(len(world.contacts), hubspot.DIRT["contacts"].orphans)

    def _accounts(self, since: pd.Series) -> pd.DataFrame:
        known = self.deals[self.deals["account"] >= 0]
        first = self.answers.groupby("account")["at"].min()
        everyone = self.world.accounts.index
        return pd.DataFrame({
            "since": since,
            "target": since.notna(),
            "engaged": everyone.isin(first.index),
            "first_response": first.reindex(everyone),
            "with_deal": everyone.isin(known["account"]),
            "last_opened": known.groupby("account")["opened"].max().reindex(everyone),
            "won": everyone.isin(known.loc[known["outcome"] == "won", "account"]),
        })  # fmt: skip

    @property
    def responses(self) -> int:
        """Campaign responses of all accounts: answers that no tool of marketing's logs."""
        return int((self.answers["kind"] == RESPONSE).sum())

    def journeys(self) -> pd.DataFrame:
        """Deals (`deal`: which) with each response of their account: `at`, `channel`."""
        return self.deals.reset_index(names="deal").merge(self.answers, on="account")

    def influence(self) -> pd.DataFrame:
        """Deals with `before` (a response in the 90 days before opening) and `during` (none before, one since)."""
        pairs = self.journeys()
        until = pairs["closed"].fillna(pd.Timestamp(END) - pd.Timedelta(days=1))
        before = pairs.loc[(pairs["at"] < pairs["opened"]) & (pairs["at"] >= pairs["opened"] - WINDOW), "deal"].unique()
        during = pairs.loc[(pairs["at"] >= pairs["opened"]) & (pairs["at"] <= until), "deal"].unique()
        is_before = self.deals.index.isin(before)
        return self.deals.assign(before=is_before, during=self.deals.index.isin(during) & ~is_before)


def _contacts(world: World) -> pd.DataFrame:
    """Contacts with the steps that they reached: `mql`, `sql`, `opportunity`, `customer`, each implying the former."""
    on_won = world.roles.loc[world.deals["is_won"].to_numpy()[world.roles["deal"]], "contact"]
    people = world.contacts
    customer = people.index.isin(on_won)
    opportunity = customer | people.index.isin(world.roles["contact"]) | people["opportunity"].notna()
    sql = opportunity | people["sql"].notna()
    return pd.DataFrame(
        {"mql": sql | people["mql"].notna(), "sql": sql, "opportunity": opportunity, "customer": customer}
    )


def _answers(world: World) -> pd.DataFrame:
    """Every answer and page looked at: account, contact, at (day), channel, campaign, kind."""
    members = world.members[world.members["responded_on"].notna() & ~is_logged(world.members, world.campaigns)]
    responded = pd.concat(
        [
            members[["account", "contact", "campaign", "responded_on"]].assign(kind=RESPONSE),
            world.attendance.assign(responded_on=world.attendance["at"].dt.floor("D")),
        ],
        ignore_index=True,
    )
    return pd.DataFrame({
        "account": responded["account"],
        "at": responded["responded_on"].astype("datetime64[s]"),
        "channel": world.campaigns["type"].to_numpy()[responded["campaign"]],
        "campaign": responded["campaign"],
        "contact": responded["contact"],
        "kind": responded["kind"],
    })  # fmt: skip


def _deals(world: World, deals: pd.DataFrame, pipeline: str, steps: int) -> pd.DataFrame:
    account = deals["account"].to_numpy()
    since = np.where(account >= 0, world.accounts["since"].to_numpy()[account], np.datetime64("NaT"))
    opened = deals["opened"].dt.floor("D")
    owner = deals["seller"].to_numpy() if "seller" in deals else world.accounts["seller"].to_numpy()[account]
    labels = np.array([i.label for i in words.INDUSTRIES])[world.accounts["industry"].to_numpy()[account]]
    stage = deals["stage"]
    outcome = np.select([stage < steps, stage == steps, stage == steps + 1], OUTCOMES[:3], OUTCOMES[3])
    return pd.DataFrame({
        "pipeline": pipeline,
        "account": account,
        "industry": np.where(account >= 0, labels, ""),
        "target": since <= opened.to_numpy(),
        "stage": stage,
        "outcome": outcome,
        "opened": opened,
        "closed": deals["closed"].astype("datetime64[s]").dt.floor("D"),
        "amount": deals["amount"].where((deals["amount"] != 0) | ~deals["is_open"]),
        "owner": world.sellers.frame["name"].to_numpy()[owner],
        "reason": deals.get("reason", ""),
    })  # fmt: skip


def _visits(world: World, main: pd.DataFrame, steps: int) -> pd.DataFrame:
    visits = world.visits
    left = visits.groupby("deal")["entered"].shift(-1)
    elapsed = (left - visits["entered"]).dt.total_seconds() / 86400
    is_stage = visits["stage"] < steps
    return visits.assign(
        left=left,
        before=visits.groupby("deal")["stage"].shift(1),
        days=elapsed.where(is_stage),
        is_open=is_stage & left.isna(),
        age=(pd.Timestamp(END) - visits["entered"]).dt.total_seconds() / 86400,
        target=main["target"].to_numpy()[visits["deal"]],
    )
