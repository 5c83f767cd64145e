"""The block's exports of money received: Stripe's subscriptions, the accounts department's invoices, exchange rates.

Stripe writes stamps in UTC, currencies in lower case and the price of one unit. It knows the CRM's id of a customer
where somebody entered it, and the billing address of each.
"""

import numpy as np
import pandas as pd

from data import hubspot, words
from data.dirt import UNREADABLE_DAY, Dirt
from data.shapes import hubspot_stamp, iso_day, joined, salesforce_ids, whole
from data.world import World

DIRT = {"invoices": Dirt("Invoice Date", duplicates=12, blank=12, damaged=12, damage=UNREADABLE_DAY)}
WITHOUT_CRM_ID = 9  # every ninth customer: found by its domain


def _ids(prefix: str, numbers: np.ndarray) -> np.ndarray:
    return joined(prefix, np.strings.slice(salesforce_ids("006", numbers), 3, 15))


def _products(position: pd.Series) -> np.ndarray:
    return np.array([name for name, _, _ in words.PRODUCTS])[position]


def _money(amount: pd.Series) -> np.ndarray:
    cents = np.round(amount.to_numpy(dtype=np.float64) * 100).astype(np.int64)
    return joined(whole(cents // 100), ".", whole(cents % 100, width=2))


def subscriptions(world: World) -> pd.DataFrame:
    """Stripe's subscriptions: a row a contract, billed by the year; a renewal is a subscription of its own."""
    frame = world.contracts
    account, number = frame["account"].to_numpy(), world.accounts["number"].to_numpy()[frame["account"]]
    started = frame["started"].to_numpy().astype("datetime64[m]") + 7 * 60 + number % 600
    ended = frame["ended"].to_numpy().astype("datetime64[m]") + 7 * 60 + number % 600
    renews = frame["renews"].to_numpy().astype("datetime64[m]") + 7 * 60 + number % 600
    first = int(world.accounts["number"].iloc[0]) * 6
    empty = np.full(len(frame), "")
    products = _products(frame["product"])
    return pd.DataFrame({
        "id": _ids("sub_1", (first + np.arange(len(frame))) * 29),
        "Customer ID": _ids("cus_", number * 23 + 8),
        "Customer Name": world.accounts["name"].to_numpy(dtype=np.str_)[account],
        "Customer Email": joined("billing@", world.accounts["domain"].to_numpy(dtype=np.str_)[account]),
        "Status": np.where(np.isnat(ended), "active", "canceled"),
        "Cancellation Reason": frame["reason"].to_numpy(dtype=np.str_),
        "Created (UTC)": hubspot_stamp(started),
        "Start Date (UTC)": hubspot_stamp(started),
        "Current Period Start (UTC)": hubspot_stamp(started),
        "Current Period End (UTC)": hubspot_stamp(renews),
        "Trial Start (UTC)": empty,
        "Trial End (UTC)": empty,
        "Canceled At (UTC)": hubspot_stamp(ended),
        "Cancel At Period End": np.full(len(frame), "false"),
        "Ended At (UTC)": hubspot_stamp(ended),
        "Plan": joined(products, " yearly"),
        "Product": products,
        "Quantity": whole(frame["quantity"].to_numpy()),
        "Currency": np.strings.lower(frame["currency"].to_numpy(dtype=np.str_)),
        "Amount": _money(frame["price"]),
        "Interval": np.full(len(frame), "year"),
        "crm_id (metadata)": np.where(number % WITHOUT_CRM_ID == 0, "", hubspot.company_ids(world, account)),
    })  # fmt: skip


def invoices(world: World) -> pd.DataFrame:
    """The invoices of the accounts department, which knows customers by name and web domain."""
    frame = world.invoices
    account = frame["account"].to_numpy()
    first = int(world.accounts["number"].iloc[0]) * 20
    return pd.DataFrame({
        "Invoice ID": joined("INV-", whole(first + np.arange(len(frame)) + 1, width=6)),
        "Invoice Date": iso_day(frame["day"].to_numpy()),
        "Account Name": world.accounts["name"].to_numpy(dtype=np.str_)[account],
        "Domain": world.accounts["domain"].to_numpy(dtype=np.str_)[account],
        "Product": _products(frame["product"]),
        "Amount": _money(frame["amount"]),
        "Currency": frame["currency"].to_numpy(dtype=np.str_),
    })  # fmt: skip


def exchange_rates(world: World) -> pd.DataFrame:
    """Euros for one unit of another currency, from the first day of each month."""
    frame = world.rates.table()
    cents = np.round(frame["rate"].to_numpy() * 10_000).astype(np.int64)
    return pd.DataFrame({
        "Date": iso_day(frame["month"].to_numpy().astype("datetime64[M]")),
        "Currency": frame["currency"].to_numpy(dtype=np.str_),
        "Rate": joined(whole(cents // 10_000), ".", whole(cents % 10_000, width=4)),
    })  # fmt: skip
