"""The block's HubSpot exports: companies, contacts, partner deals, and the development reps' calls, meetings and tasks.

HubSpot quotes every field, writes stamps as `2026-03-01 09:30`, and puts stage and pipeline inside the quotes of
`Date entered "Stage (Pipeline)"`, which holds the latest entry only.
"""

import numpy as np
import pandas as pd

from data import words
from data.days import END
from data.dirt import Dirt
from data.shapes import hubspot_stamp, iso_day, joined, whole, yes_no
from data.world import World

LIFECYCLE = ("Lead", "Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity", "Customer")
STAGE_COLUMNS = tuple(f'Date entered "{stage} (Lifecycle Stage Pipeline)"' for stage in LIFECYCLE[1:])
ORPHAN_COMPANY = "17999999901"
_PARTNER_LABELS = (*words.PARTNER_STAGES, *words.PARTNER_CLOSINGS)
_SINCE_THEN = np.datetime64("2022-12-30T09:00")

_UNLINKED = {"Associated Company IDs": ORPHAN_COMPANY, "Associated Company": "", "Associated Contact IDs": ""}
_STRANGER = {
    "Associated Company IDs (Primary)": ORPHAN_COMPANY,
    "Associated Company (Primary)": "",
    "Email": "",
    "Lifecycle Stage": "Lead",
} | dict.fromkeys(STAGE_COLUMNS, "")
_DAY = "Activity date"

DIRT = {
    "companies": Dirt(
        "Record ID",
        duplicates=9,
        older={"Last Modified Date": "2022-11-02 07:10", "Lifecycle Stage": "Subscriber"},
        blank=6,
        damaged=4,
        unreadable={"Create Date": 5, "Last Activity Date": 5},
    ),
    "contacts": Dirt(
        "Record ID",
        duplicates=8,
        older={"Last Modified Date": "2022-08-01 05:00", "Lifecycle Stage": "Subscriber"},
        blank=6,
        damaged=4,
        unreadable={"Create Date": 7},
        orphans=5,
        orphan=_STRANGER,
    ),
    "deals": Dirt("Record ID", duplicates=13, older={"Last Modified Date": "2022-12-15 05:00"}, blank=7, damaged=7),
    "calls": Dirt("Record ID", duplicates=8, blank=6, damaged=3, unreadable={_DAY: 8}, orphans=5, orphan=_UNLINKED),
    "meetings": Dirt("Record ID", duplicates=9, blank=9, unreadable={"Start Time": 9}, orphans=4, orphan=_UNLINKED),
    "tasks": Dirt("Record ID", duplicates=9, blank=9, unreadable={_DAY: 9}),
}


def company_ids(world: World, account: np.ndarray) -> np.ndarray:
    """HubSpot's ids of accounts, given by position."""
    return whole(world.accounts["number"].to_numpy()[account] * 137 + 17_400_000_011)


def contact_numbers(world: World) -> np.ndarray:
    """A number for each person, unique across blocks."""
    return world.accounts["number"].iloc[0] * 12 + np.arange(len(world.contacts)) + 1


def _contact_ids(world: World) -> np.ndarray:
    return whole(contact_numbers(world) * 53 + 50_100_000_007)


def emails(world: World) -> np.ndarray:
    """An address at the company's made-up domain."""
    domains = world.accounts["domain"].to_numpy(dtype=np.str_)[world.contacts["account"]]
    return joined("contact.", whole(contact_numbers(world), width=5), "@", domains)


def _names(world: World, account: np.ndarray) -> np.ndarray:
    return world.accounts["name"].to_numpy(dtype=np.str_)[account]


def _people(world: World, rows: np.ndarray) -> np.ndarray:
    return world.sellers.frame["name"].to_numpy(dtype=np.str_)[rows]


def _stamps(column: pd.Series) -> np.ndarray:
    return column.to_numpy().astype("datetime64[m]")


def companies(world: World) -> pd.DataFrame:
    """The companies export, with its target flag and the portal's own ABM columns."""
    frame, everyone = world.accounts, np.arange(len(world.accounts))
    won = pd.concat([d.loc[d["is_won"] & (d["account"] >= 0), "account"] for d in (world.deals, world.partner_deals)])
    is_customer, is_target = np.isin(everyone, won), frame["since"].notna().to_numpy()
    has_deal = np.isin(everyone, pd.concat([world.deals["account"], world.partner_deals["account"]]))
    last = world.members.groupby("account")["added"].max().reindex(everyone)
    return pd.DataFrame({
        "Record ID": company_ids(world, everyone),
        "Company name": _names(world, everyone),
        "Company Domain Name": frame["domain"].to_numpy(dtype=np.str_),
        "Industry": np.array([i.label for i in words.INDUSTRIES])[frame["industry"]],
        "Number of Employees": whole(frame["employees"].to_numpy()),
        "Annual Revenue": whole(frame["revenue"].to_numpy()),
        "Web Technologies": np.array([t.label for t in words.TECHNOLOGIES])[frame["technology"]],
        "Country/Region": np.array([c.label for c in words.COUNTRIES])[frame["country"]],
        "City": frame["city"].to_numpy(dtype=np.str_),
        "Sales Region": np.array([c.region for c in words.COUNTRIES])[frame["country"]],
        "Company owner": _people(world, frame["seller"].to_numpy()),
        "Type": np.where(is_customer, "Customer", "Prospect"),
        "Lifecycle Stage": np.select([is_customer, has_deal], ["Customer", "Opportunity"], "Lead"),
        "Target Account": yes_no(is_target),
        "Target since": iso_day(_stamps(frame["since"])),
        "ABM Tier": frame["tier"].to_numpy(dtype=np.str_),
        "Ideal Customer Profile Tier": frame["fit_tier"].to_numpy(dtype=np.str_),
        "Original Traffic Source": frame["source"].to_numpy(dtype=np.str_),
        "Create Date": hubspot_stamp(_stamps(frame["created"])),
        "Last Activity Date": hubspot_stamp(_stamps(last)),
        "Last Modified Date": hubspot_stamp(np.maximum(_stamps(frame["created"]), _SINCE_THEN) + everyone % 900_000),
    })  # fmt: skip


def contacts(world: World) -> pd.DataFrame:
    """The contacts export, with the days people entered the lifecycle stages."""
    frame = world.contacts
    account = frame["account"].to_numpy()
    jobs = np.array([(j.title, j.department, j.buying_role) for j in words.JOBS])[frame["job"]]
    entered = {
        "Lead": frame["created"],
        "Marketing Qualified Lead": frame["mql"],
        "Sales Qualified Lead": frame["sql"],
        "Opportunity": frame["opportunity"],
        "Customer": frame["customer"],
    }
    furthest = np.max([np.where(column.notna(), place, 0) for place, column in enumerate(entered.values())], axis=0)
    worked = frame["sql"].notna().to_numpy()
    columns = {
        "Record ID": _contact_ids(world),
        "First Name": np.full(len(frame), "Contact"),
        "Last Name": whole(contact_numbers(world), width=5),
        "Email": emails(world),
        "Job Title": jobs[:, 0],
        "Department": jobs[:, 1],
        "Buying Role": np.where(frame["opportunity"].notna(), jobs[:, 2], ""),
        "Lifecycle Stage": np.array(LIFECYCLE)[furthest],
        "Lead Status": np.select(
            [worked, frame["turned_down"] & (frame["pace"] < 0.7), frame["turned_down"], frame["mql"].notna()],
            ["Connected", "Unqualified", "Bad timing", "In progress"],
            "New",
        ),
        "Contact owner": _people(world, world.accounts["seller"].to_numpy()[account]),
        "Original Traffic Source": frame["source"].to_numpy(dtype=np.str_),
        "Create Date": hubspot_stamp(_stamps(frame["created"])),
    }
    columns |= {
        header: hubspot_stamp(_stamps(entered[stage]))
        for header, stage in zip(STAGE_COLUMNS, LIFECYCLE[1:], strict=True)
    }
    newest = pd.concat(list(entered.values()), axis=1).max(axis=1)
    return pd.DataFrame(columns | {
        "Last Modified Date": hubspot_stamp(_stamps(newest) + 25),
        "Associated Company (Primary)": _names(world, account),
        "Associated Company IDs (Primary)": company_ids(world, account),
    })  # fmt: skip


def deals(world: World) -> pd.DataFrame:
    """The partner channel's deals with their stage columns; a stage entered twice keeps the latest entry."""
    frame, visits = world.partner_deals, world.partner_visits
    account = frame["account"].to_numpy()
    number = world.accounts["number"].iloc[0] + np.arange(len(frame))
    stage = frame["stage"].to_numpy()
    is_closed, is_lost = stage >= len(words.PARTNER_STAGES), stage == len(words.PARTNER_STAGES) + 1
    reasons = np.array([reason for reason, _ in words.LOSS_REASONS])
    columns = {
        "Record ID": whole(number * 71 + 23_800_000_003),
        "Deal Name": joined(_names(world, account), " - partner order"),
        "Deal Stage": np.array(_PARTNER_LABELS)[stage],
        "Pipeline": np.full(len(frame), words.PARTNER_PIPELINE),
        "Amount": joined(whole(frame["amount"].to_numpy()), ".0"),
        "Currency": np.full(len(frame), "EUR"),
        "Deal probability": np.array([words.PARTNER_PROBABILITY[label] for label in _PARTNER_LABELS])[stage].astype(
            "U4"
        ),
        "Close Date": hubspot_stamp(_stamps(frame["closed"].where(is_closed, frame["expected"]))),
        "Create Date": hubspot_stamp(_stamps(frame["opened"])),
        "Deal owner": _people(world, world.accounts["seller"].to_numpy()[account]),
        "Deal Type": np.full(len(frame), "New Business"),
        "Closed Lost Reason": np.where(is_lost, reasons[number % 5], ""),
        "Is Deal Closed?": yes_no(is_closed),
        "Is Closed Won": yes_no(frame["is_won"].to_numpy()),
    }
    newest = _stamps(visits.groupby("deal")["entered"].max())
    return pd.DataFrame(columns | _stage_columns(visits, frame.index) | {
        "Date entered current stage": hubspot_stamp(newest),
        "Last Modified Date": hubspot_stamp(np.minimum(newest + 90, END - 1)),
        "Associated Company (Primary)": _names(world, account),
        "Associated Company IDs (Primary)": company_ids(world, account),
    })  # fmt: skip


def _stage_columns(visits: pd.DataFrame, deal: pd.Index) -> dict[str, np.ndarray]:
    """Entry, exit and seconds in each open stage, and entry into the closing ones: of the latest visit."""
    visits = visits.assign(left=visits.groupby("deal")["entered"].shift(-1))
    latest = visits.drop_duplicates(["deal", "stage"], keep="last")
    at, out = (latest.pivot(index="deal", columns="stage", values=v).reindex(deal) for v in ("entered", "left"))
    columns = {}
    for place, label in enumerate(_PARTNER_LABELS):
        quoted = f'"{label} ({words.PARTNER_PIPELINE})"'
        columns[f"Date entered {quoted}"] = hubspot_stamp(_stamps(at[place]))
        if place < len(words.PARTNER_STAGES):
            seconds = (_stamps(out[place]) - _stamps(at[place])).astype("timedelta64[s]")
            columns[f"Latest time in {quoted}"] = np.where(np.isnat(seconds), "", whole(seconds.astype(np.int64)))
            columns[f"Date exited {quoted}"] = hubspot_stamp(_stamps(out[place]))
    return columns


def _logged(world: World, kind: str, offset: int) -> tuple[pd.DataFrame, dict[str, np.ndarray], dict[str, np.ndarray]]:
    frame = world.development[kind]
    number = world.accounts["number"].iloc[0] * 12 + np.arange(len(frame))
    contact = frame["contact"].to_numpy()
    before = {
        "Record ID": whole(number * 29 + offset),
        "Activity date": hubspot_stamp(_stamps(frame["at"])),
        "Activity assigned to": _people(world, frame["rep"].to_numpy()),
    }
    after = {
        "Associated Contact IDs": _contact_ids(world)[contact],
        "Associated Company": _names(world, frame["account"].to_numpy()),
        "Associated Company IDs": company_ids(world, frame["account"].to_numpy()),
    }
    return frame, before, after


def _sentiment(frame: pd.DataFrame, spoken: np.ndarray) -> np.ndarray:
    """What the recording said of the mood, -1 to 1; empty where nobody spoke or nothing was recorded."""
    tenths = np.char.mod("%.1f", frame["mood"].to_numpy() + 0.0)
    return np.where(spoken & frame["is_recorded"].to_numpy(), tenths, "")


def calls(world: World) -> pd.DataFrame:
    """Calls of the development reps."""
    frame, before, after = _logged(world, "calls", 61_000_000_001)
    connected = (frame["outcome"] == "Connected").to_numpy()
    return pd.DataFrame(before | {
        "Call Title": np.full(len(frame), "First call"),
        "Call direction": np.where(frame["minutes"] > 9, "Inbound", "Outbound"),
        "Call status": np.full(len(frame), "Completed"),
        "Call outcome": frame["outcome"].to_numpy(dtype=np.str_),
        "Call duration": whole(np.where(connected, frame["minutes"] * 60_000, 20_000)),
        "Sentiment score": _sentiment(frame, connected),
    } | after)  # fmt: skip


def meetings(world: World) -> pd.DataFrame:
    """Meetings that the development reps booked: held, cancelled, missed and still to come."""
    frame, before, after = _logged(world, "meetings", 64_000_000_001)
    start = _stamps(frame["at"])
    return pd.DataFrame(before | {
        "Meeting name": np.full(len(frame), "Introduction"),
        "Start Time": hubspot_stamp(start),
        "End Time": hubspot_stamp(start + frame["minutes"].to_numpy()),
        "Meeting outcome": frame["outcome"].to_numpy(dtype=np.str_),
        "Sentiment score": _sentiment(frame, (frame["outcome"] == "Completed").to_numpy()),
    } | after)  # fmt: skip


def tasks(world: World) -> pd.DataFrame:
    """To-dos of the development reps."""
    frame, before, after = _logged(world, "tasks", 67_000_000_001)
    return pd.DataFrame(before | {
        "Task Title": np.full(len(frame), "Follow up"),
        "Task Status": frame["outcome"].to_numpy(dtype=np.str_),
        "Task Type": np.full(len(frame), "To-do"),
    } | after)  # fmt: skip
