"""The days that a report of costs covers, where its rows do not say: two dates above the header."""

import datetime as dt
import re
from collections.abc import Sequence

from metrics.errors import FileError
from metrics.exports.dates import Order, evidence, moment
from metrics.exports.plan import Plan
from metrics.exports.sheet import Sheet

_DATE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}\.? (?:de )?[^\W\d]{3,}\.? (?:de )?\d{4}|[^\W\d]{3,}\.? \d{1,2}, \d{4}"
)
_DATED_BY = ("spent_on", "_starts_on", "_month", "_week", "_day")


def add_days(plan: Plan, sheet: Sheet) -> None:
    """Date the rows of a cost report that have no date of their own; FileError where nothing dates them.

    Where they have one, the days above the header are those that the report covers, also without a cost.
    """
    if plan.table_name != "spend":
        return
    texts = _dates_in(sheet.preamble)
    proven = evidence((text, 1) for text in texts)
    order = proven.order or plan.formats.dates or plan.dates
    is_open = proven.is_open and order not in ("dmy", "mdy")
    found = None if is_open else days_of(sheet.preamble, "dmy" if order == "dmy" else "mdy")
    if any(column in plan.columns for column in _DATED_BY):
        if found and sheet.parts == 1 and "_is_platform" in plan.derived and "spent_on" in plan.columns:
            since, until = (f"DATE '{day.isoformat()}'" for day in found)
            covered = f"CASE WHEN spent_on BETWEEN {since} AND {until} THEN {{}} END"
            plan.derived |= {"_covers_from": covered.format(since), "_covers_until": covered.format(until)}
        return
    if is_open:
        raise FileError(
            f"{sheet.name}: the lines above its rows do not show which is day and which is month ({', '.join(texts)}). "
            "Export it again with the column of the day."
        )
    if found is None:
        raise FileError(
            f"{sheet.name}: neither its rows nor the lines above them say on which days the money was spent. Export it "
            "again with the column of the day."
        )
    first, last = found
    plan.constants["spent_on"] = first
    plan.derived.pop("spent_on", None)
    plan.derived.pop("spent_until", None)
    if last > first:
        plan.constants["spent_until"] = last


def days_of(preamble: Sequence[str], order: Order) -> tuple[dt.date, dt.date] | None:
    """The first two dates in the lines above a header, the first and the last day of a report; None without them."""
    stamps = [stamp for text in _dates_in(preamble) if (stamp := moment(text, order))]
    if len(stamps) < 2 or stamps[1] < stamps[0]:
        return None
    return stamps[0].date(), stamps[1].date()


def _dates_in(preamble: Sequence[str]) -> list[str]:
    """The first two dates in the lines above a header."""
    return [text for line in preamble for text in _DATE.findall(line)][:2]
