"""Mentions: of which brand they are, where only the lines above the header say it."""

import re

from metrics.exports.plan import Plan
from metrics.exports.sheet import Sheet

_BRAND = re.compile(r"^brand\s*:\s*(\S.*)$", re.IGNORECASE)


def add_brand(plan: Plan, sheet: Sheet) -> None:
    """The brand of all mentions of a report whose rows do not name one."""
    if plan.table_name != "mentions" or "brand" in plan.columns or "brand" in plan.constants or sheet.parts > 1:
        return
    if named := next((found[1].strip() for line in sheet.preamble if (found := _BRAND.match(line))), None):
        plan.constants["brand"] = named
