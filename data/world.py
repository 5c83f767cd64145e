"""One block of the sample company, put together: accounts and everything that happens at them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import attendance, company, contracts, currencies, drivers, intent, spending, universe, voices, words
from data import deals as dealing
from data import touches as touching
from data.days import LAST_DAY
from data.deal_facts import with_facts


@dataclass(frozen=True)
class World:
    """Everything that is true of a block. Rows refer to each other by position."""

    accounts: pd.DataFrame
    contacts: pd.DataFrame
    campaigns: pd.DataFrame
    members: pd.DataFrame
    deals: pd.DataFrame
    visits: pd.DataFrame
    partner_deals: pd.DataFrame
    partner_visits: pd.DataFrame
    development: dict[str, pd.DataFrame]
    tasks: pd.DataFrame
    events: pd.DataFrame
    sellers: company.Sellers
    roles: pd.DataFrame
    signals: pd.DataFrame
    market: pd.DataFrame
    strangers: pd.DataFrame
    rates: currencies.Rates
    contracts: pd.DataFrame
    invoices: pd.DataFrame
    spending: spending.Spending
    attendance: pd.DataFrame
    voices: voices.Voices


def build(rng: np.random.Generator, count: int, first: int) -> World:
    """`count` accounts, numbered from `first`, with their history from the first to the last day."""
    of_money, of_touches = rng.spawn(2)  # drawn apart: they change nothing of the rest
    sellers, campaigns, rates = company.sellers(), company.campaigns(), currencies.rates()
    accounts = company.accounts(rng, count, first)
    accounts["seller"] = sellers.of_teams(accounts["team"].to_numpy(), "Seller", rng.random(count))
    contacts = company.contacts(rng, accounts)
    people = touching.People.of(contacts, count)
    surging = intent.surges(rng, accounts["icp"].to_numpy())
    responses, opens = dealing.demand(rng, accounts, surging)
    deals, visits = dealing.new_business(rng, accounts, opens, people.counts, surging)
    partner_deals, partner_visits = dealing.partner_channel(rng, accounts)
    deals["is_won"] = deals["stage"] == len(words.STAGES)
    partner_deals["is_won"] = partner_deals["stage"] == len(words.PARTNER_STAGES)
    accounts = dealing.flag_late(rng, accounts, deals, visits)
    roles = drivers.seats(rng, deals, people.starts, people.counts)
    members = touching.campaign_members(rng, accounts, contacts, campaigns, responses, deals)
    both = pd.concat([deals, partner_deals], ignore_index=True)
    contacts = touching.with_lifecycle(contacts, members, accounts, both)
    development = touching.development(rng, accounts, contacts, responses, sellers)
    tasks, events = touching.selling(rng, deals, visits, len(words.STAGES))
    deals = with_facts(rng, deals, visits, accounts, members, campaigns, sellers)
    market = universe.companies(rng, accounts)
    both = pd.concat([deals, partner_deals], ignore_index=True)
    won = both[both["is_won"] & (both["account"] >= 0)].reset_index(drop=True)
    (of_voices,) = rng.spawn(1)
    years = contracts.contracts(of_money, accounts, won, responses, rates)
    return World(
        accounts,
        contacts,
        campaigns,
        members,
        deals,
        visits,
        partner_deals,
        partner_visits,
        development,
        tasks,
        events,
        sellers,
        roles,
        signals=intent.signals(rng, surging),
        market=market,
        strangers=universe.strangers(rng, market),
        rates=rates,
        contracts=years,
        invoices=contracts.invoices(years),
        spending=spending.spending(of_money, campaigns, rates),
        attendance=attendance.attendance(of_touches, members, campaigns),
        voices=voices.voices(of_voices, accounts, contacts, LAST_DAY),
    )
