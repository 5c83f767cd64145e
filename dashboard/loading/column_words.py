"""One column of a file in words: what it means or feeds, its first values, how sure the match is, and why."""

import re
from typing import Any

from dashboard.loading.guessing import NOTHING
from dashboard.loading.incoming import Incoming
from dashboard.text import has, safe, say
from metrics import table

NOT_KEPT = "="
USED = "="
"""What begins with it is used for the columns or tables that follow it; alone, it is not kept itself."""
MOST_NAMED = 3
_SAMPLE, _REASON = 36, 34
"""The most letters of values and of a reason that the columns hold on a page 1280 wide."""
_TIMED = re.compile(r"^(\S{6,10})[ T,]+\d{1,2}:\d\d")
_DAY = re.compile(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$")
Column = dict[str, Any]
"""A column of the file as the check describes it: header, samples, canonical, certainty, reason, feeds, proposed."""


def column_words(name: str, column: str) -> str:
    """What a column means, for people: "Amount", "for stage history", "kept, to filter by"."""
    if column == NOTHING:
        return say("load.columns.keep" if table(name).attributes else "load.columns.drop")
    if column == NOT_KEPT:
        return say("load.columns.not_kept")
    if column.startswith(USED):
        fed = dict.fromkeys(_fed_words(one) for one in column.removeprefix(USED).split(" "))
        return say("load.columns.used", fed=", ".join(fed))
    key = f"load.canonical.{column}"
    return say(key) if has(key) else column.replace("_", " ").capitalize()


def _fed_words(fed: str) -> str:
    """ "account link" for "opportunities.account_id", "stage history" for "stage_visits.entered_at"."""
    for part in (fed, fed.split(".")[0], fed.split(".")[-1]):
        if has(f"load.feeds.{part}"):
            return say(f"load.feeds.{part}")
    return fed.split(".")[-1].replace("_", " ")


def samples(values: list[str]) -> str:
    """The first three values, each shortened so that all of them stand in the column; days whole, without the time."""
    shown = [_without_time(value) for value in values[:3]]
    if any(_DAY.match(value) for value in shown) and len(" · ".join(shown)) > _SAMPLE:
        shown = shown[:2]
    room = _SAMPLE - 3 * (len(shown) - 1)
    for place, value in enumerate(sorted(range(len(shown)), key=lambda i: len(shown[i]))):
        most = room // (len(shown) - place)
        shown[value] = safe.shorten(shown[value], max(most, 3))
        room -= len(shown[value])
    return " · ".join(shown)


def _without_time(value: str) -> str:
    return found[1] if (found := _TIMED.match(value)) else value


def sure(one: Incoming, column: Column, meaning: str) -> str:
    """How sure the match is: as the check found, or a guess that the visitor has not confirmed yet."""
    guessed = column["certainty"] == "unknown" and meaning != NOTHING and column["header"] not in one.columns.values()
    if guessed:
        return say("load.columns.guessed")
    if column["certainty"] == "unknown" or (column.get("proposed") and meaning == NOTHING):
        return say("load.columns.unmatched")
    return say(f"load.certainty.{column['certainty']}")


def why(column: Column) -> str:
    """Why it was matched so; a reason that is too long stands below the table."""
    if column["certainty"] == "unknown":
        return ""
    return str(column["reason"]) if len(column["reason"]) <= _REASON else say("load.columns.below")


def reasons_below(columns: list[Column]) -> str:
    """The reasons too long for a row, each with the columns that it holds for."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if len(column["reason"]) > _REASON and column["certainty"] != "unknown":
            found.setdefault(column["reason"], []).append(safe.shorten(column["header"], 40))
    said = []
    for reason, headers in found.items():
        more = len(headers) - MOST_NAMED
        words = {"columns": ", ".join(headers[:MOST_NAMED]), "reason": reason}
        said.append(
            say("load.columns.reason_more", more=more, **words) if more > 0 else say("load.columns.reason", **words)
        )
    return " · ".join(said)
