"""The exports of what was spent: three advertising platforms, each with lines around its rows, and a cost sheet."""

import numpy as np
import pandas as pd

from data.shapes import iso_day, joined, us_day, whole
from data.spending import COSTS, SEARCH, SOCIAL
from data.world import World

LINKEDIN_PREAMBLE = (
    "Campaign Performance Report (in UTC)",
    "Report Start: November 1, 2024, 12:00 AM",
    "Report End: October 31, 2026, 11:59 PM",
    "Date Generated: October 31, 2026, 6:11 PM",
    "",
)
GOOGLE_PREAMBLE = ("Campaign report", "November 1, 2024 - October 31, 2026")


def _money(amount: pd.Series, *, thousands: bool = False) -> np.ndarray:
    return np.array([f"{value:{',' if thousands else ''}.2f}" for value in amount])


def _dashed(numbers: pd.Series, missing: str) -> np.ndarray:
    counts = numbers.to_numpy()
    return np.where(counts == 0, missing, whole(counts))


def linkedin(world: World) -> pd.DataFrame:
    """Campaign Manager's performance report by day, with its row of totals last."""
    frame = world.spending.account_ads
    names = world.campaigns["name"].to_numpy(dtype=np.str_)[frame["campaign"]]
    count = len(frame)
    rows = pd.DataFrame({
        "Start Date (in UTC)": us_day(frame["day"].to_numpy()),
        "Account Name": np.full(count, "Halden Instruments"),
        "Campaign Group Name": np.full(count, "Target accounts"),
        "Campaign Name": names,
        "Campaign ID": whole(frame["campaign"].to_numpy() * 7 + 312_440_051),
        "Campaign Type": np.full(count, "Sponsored Content"),
        "Currency": np.full(count, "USD"),
        "Total Spent": _money(frame["amount"]),
        "Impressions": whole(frame["impressions"].to_numpy()),
        "Clicks": _dashed(frame["clicks"], "-"),
        "Leads": _dashed(frame["leads"], "-"),
    })  # fmt: skip
    total = {
        "Start Date (in UTC)": "Total",
        "Total Spent": f"{frame['amount'].sum():.2f}",
        "Impressions": str(frame["impressions"].sum()),
        "Clicks": str(frame["clicks"].sum()),
        "Leads": str(frame["leads"].sum()),
    }
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True).fillna("")


def google(world: World) -> pd.DataFrame:
    """The campaign report of Google Ads by day, with its rows of totals last."""
    frame = world.spending.search
    count, campaign = len(frame), frame["campaign"].to_numpy()
    rows = pd.DataFrame({
        "Campaign status": np.full(count, "Enabled"),
        "Campaign": np.array([kind.name for kind in SEARCH])[campaign],
        "Campaign ID": whole(campaign * 411 + 20_884_113_907),
        "Day": iso_day(frame["day"].to_numpy()),
        "Currency code": np.full(count, "EUR"),
        "Cost": _money(frame["amount"], thousands=True),
        "Impr.": whole(frame["impressions"].to_numpy()),
        "Clicks": whole(frame["clicks"].to_numpy()),
        "Conversions": joined(whole(frame["leads"].to_numpy()), ".00"),
    })  # fmt: skip
    sums = {
        "Campaign": "--",
        "Campaign ID": "--",
        "Day": "--",
        "Currency code": "EUR",
        "Cost": f"{frame['amount'].sum():,.2f}",
        "Impr.": f"{frame['impressions'].sum():,}",
        "Clicks": f"{frame['clicks'].sum():,}",
        "Conversions": f"{frame['leads'].sum():,}.00",
    }
    totals = [{"Campaign status": label} | sums for label in ("Total: Campaigns", "Total: Account")]
    return pd.concat([rows, pd.DataFrame(totals)], ignore_index=True)


def meta(world: World) -> pd.DataFrame:
    """The campaigns report of Meta without a breakdown by day: a row covers a campaign's month."""
    frame = world.spending.social
    month = frame["month"].to_numpy().astype("datetime64[M]")
    return pd.DataFrame({
        "Reporting starts": iso_day(month.astype("datetime64[D]")),
        "Reporting ends": iso_day((month + 1).astype("datetime64[D]") - 1),
        "Campaign name": np.array([kind.name for kind in SOCIAL])[frame["campaign"]],
        "Amount spent (EUR)": _money(frame["amount"]),
        "Impressions": whole(frame["impressions"].to_numpy()),
        "Reach": whole(frame["impressions"].to_numpy() * 10 // 37),
        "Link clicks": whole(frame["clicks"].to_numpy()),
        "Results": whole(frame["leads"].to_numpy()),
    })  # fmt: skip


def costs(world: World) -> pd.DataFrame:
    """The accounts department's sheet: what sales and marketing cost beside campaigns and platforms, month by month."""
    frame = world.spending.costs
    month = frame["month"].to_numpy().astype("datetime64[M]")
    kinds = [COSTS[number] for number in frame["cost"]]
    return pd.DataFrame({
        "Start Date": iso_day(month.astype("datetime64[D]")),
        "End Date": iso_day((month + 1).astype("datetime64[D]") - 1),
        "Side": [kind.side for kind in kinds],
        "Program": [kind.program for kind in kinds],
        "Uses Intent": [{True: "true", False: "false", None: ""}[kind.uses_intent] for kind in kinds],
        "Channel": [kind.channel for kind in kinds],
        "Campaign": np.full(len(frame), ""),
        "Amount": _money(frame["amount"]),
        "Currency": np.full(len(frame), "EUR"),
    })  # fmt: skip
