"""What is planted about engagement and relationship: how many people, how lately, in what mood, at which accounts."""

import numpy as np
import pandas as pd

from data.asked import Truths
from data.attendance import PAGE
from data.days import END, LAST_DAY
from data.facts import RESPONSE, Facts

REPLY, MEETING = 2.0, 30.0  # engagement points
POINTS = {RESPONSE: REPLY, PAGE: 1.0, "Content Download": 10.0, "Form Submission": 10.0, "Webinar": 30.0, "Event": 30.0}
WINDOW_DAYS = 90
# Days that a spreadsheet made unreadable leave some touches without one: of the last 90 days, of a median, of a mean.
FEW, ROUGHLY, CLOSELY = 3, 0.06, 0.005


def touches(facts: Facts) -> pd.DataFrame:
    """Every response, call connected and meeting held: account, contact (-1 where none is named), day, points."""
    world = facts.world
    calls, meetings = world.development["calls"], world.development["meetings"]
    calls, meetings = calls[calls["outcome"] == "Connected"], meetings[meetings["outcome"] == "Completed"]
    own_calls = world.tasks[(world.tasks["kind"] == "Call") & world.tasks["is_done"]]
    parts = [
        *(
            _touches(group["account"], group["contact"], group["at"], POINTS[str(kind)])
            for kind, group in facts.answers.groupby("kind")
        ),
        _touches(calls["account"], calls["contact"], calls["at"], REPLY),
        _touches(meetings["account"], meetings["contact"], meetings["at"], MEETING),
        _touches(world.deals["account"].iloc[own_calls["deal"]], -1, own_calls["at"], REPLY),
        _touches(world.deals["account"].iloc[world.events["deal"]], -1, world.events["at"], MEETING),
    ]
    every = pd.concat(parts, ignore_index=True)
    return every[(every["account"] >= 0) & (every["day"] <= LAST_DAY)]


def _touches(account: pd.Series, contact: pd.Series | int, at: pd.Series, points: float) -> pd.DataFrame:
    return pd.DataFrame({
        "account": account.to_numpy(),
        "contact": np.asarray(contact),
        "day": at.to_numpy().astype("datetime64[D]").astype("datetime64[s]"),
        "points": points,
    })  # fmt: skip


def engagement(facts: Facts, truths: Truths) -> None:
    """People engaged, depth of engagement and strength of relationship, of target accounts and the rest."""
    every = touches(facts)
    named = every[every["contact"] >= 0]
    age = (pd.Timestamp(END) - every["day"]).dt.days - 1
    fading = every.assign(left=every["points"] * (1 - age / WINDOW_DAYS).clip(lower=0), age=age)
    points, last = fading.groupby("account")["left"].sum(), fading.groupby("account")["age"].min()
    target, engaged = facts.accounts["target"], facts.accounts["engaged"]
    people = named.groupby("account")["contact"].nunique().reindex(target.index).fillna(0)
    known = facts.world.contacts.groupby("account").size().reindex(target.index).fillna(0)
    warm = points[(points > 0) & engaged[points.index]]
    for segment, by, chosen in (
        ("All", None, target | True),
        ("target", "target", target),
        ("rest", "target", ~target),
    ):
        truths.under(by=by)
        says = "People engaged at an account: three at a target account, one elsewhere."
        metric = "account_penetration"
        truths.ask(metric, "value", people[chosen].median(), says, segment=segment)
        truths.ask(metric, "people_known", known[chosen].median(), "People known.", segment=segment)
        truths.ask(metric, "reached", (people[chosen] > 0).sum(), "Accounts with anybody.", segment=segment)
        says = "Accounts that hang on one person, or on none."
        truths.ask(metric, "single_threaded", (people[chosen] <= 1).mean(), says, segment=segment)
        of_side = warm[chosen[warm.index]]
        metric = "engagement_quality"
        truths.ask(metric, "n", len(of_side), "Engaged, with points left.", tolerance=FEW, segment=segment)
        says = "Points that are left: more at target accounts."
        truths.ask(metric, "points", of_side.median(), says, tolerance=ROUGHLY, segment=segment)
        recency = (1 - last[chosen[last.index]] / WINDOW_DAYS).clip(lower=0)
        metric = "relationship_strength"
        truths.ask(metric, "n", len(recency), "Accounts ever touched.", tolerance=FEW, segment=segment)
        says = "How lately accounts were touched: target accounts far more so."
        truths.ask(metric, "recency", recency.median(), says, tolerance=ROUGHLY, segment=segment)
    truths.under()
    spoken = pd.concat([facts.world.development[kind] for kind in ("calls", "meetings")])
    scored = spoken[spoken["is_recorded"] & spoken["outcome"].isin(["Connected", "Completed"])]
    says = "The mood of recorded talks."
    truths.ask("relationship_strength", "sentiment", scored["mood"].mean(), says, tolerance=CLOSELY)
    says = "Two fifths of the accounts score 60 and more: it is a rank."
    truths.ask("icp_accounts", "value", 0.4 * len(target), says, tolerance=0.01 * len(target))
