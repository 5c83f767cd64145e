"""The scope sentence: what the page counts, in words, from the same choice that makes the questions."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.text import dimension_name, numbers, say

_MOST_VALUES = 4
OTHERS = {"previous": "scope.previous", "last-year": "scope.last_year"}


def scope_words(
    choice: Any, as_of: date, has_targets: bool, *, dated: bool = True, accounts: int | None = None,
    targets: int | None = None, deals: int | None = None,
) -> str:  # fmt: skip
    """ "All 1,284 accounts, target (264) beside the rest (1,020) · 1 January to 31 October 2026, compared with …".

    `choice`: show, compare, filters, dates(as_of), compared_days and shared_days(as_of, compare). `dated`: of a
    period, not as of the as-of day. `accounts`, `targets`, `deals`: counts, where known.
    """
    start, end = choice.dates(as_of)
    when = _when(start, end, as_of) if dated else say("scope.as_of", date=numbers.date(as_of))
    parts = [_who(choice.show, has_targets, accounts, targets), when]
    unfinished = start is not None and end is not None and end > as_of >= start
    if unfinished:
        parts[-1] += say("scope.unfinished", end=numbers.date(end))
    if start is not None and start <= as_of:
        parts[-1] += _against(choice, as_of, unfinished)
    if deals is not None:
        parts.append(say("scope.deals", n=numbers.count(deals)))
    parts += [_filter(name, values) for name, values in choice.filters]
    if not any(name in ("owner", "team") for name, _ in choice.filters):
        parts.append(say("scope.all_owners"))
    return " · ".join(part for part in parts if part)


def _against(choice: Any, as_of: date, unfinished: bool) -> str:
    """What it is compared with: which days, of a period that has not ended as many, and which are on both sides."""
    if choice.compare == "goal":
        return say("scope.goal")
    if choice.compare not in OTHERS:
        return ""
    first, last = choice.compared_days(as_of, choice.compare)
    words = say(f"{OTHERS[choice.compare]}{'_unfinished' if unfinished else ''}", days=_when(first, last, as_of))
    both = choice.shared_days(as_of, choice.compare)
    return words + (say("scope.in_both", days=_when(both[0], both[1], as_of)) if both else "")


def question_words(scope: Any, metric: Any, as_of: date) -> str:
    """ "deals closed 1 October 2025 to 31 October 2026 · Pipeline: New business · by Owner": one question's scope.

    A period ends with the as-of day at the latest, as it does where it is counted. `scope`: start, end, filters, by.
    """
    if metric.clock == "as_of":
        parts = [metric.units, say("bar.as_of", date=numbers.date(as_of))]
    elif scope.has_period:
        parts = [f"{metric.units}{metric.clock_words or ','} {_when(scope.start, scope.end, as_of)}"]
    else:
        parts = [say("scope.all_of", units=metric.units)]
    parts += [_filter(name, values) for name, values in scope.filters]
    if scope.by:
        parts.append(say("scope.by", dimension=dimension_name(scope.by)))
    return " · ".join(parts)


def _who(show: str, has_targets: bool, accounts: int | None, targets: int | None) -> str:
    if accounts is None:
        return "" if show == "both" else say(f"scope.only_{show}")
    if not has_targets:
        return say("scope.accounts", n=numbers.count(accounts))
    known = {"n": numbers.count(accounts), "targets": numbers.count(targets or 0),
             "rest": numbers.count(accounts - (targets or 0))}  # fmt: skip
    return say(f"scope.{show}", **known)


def _when(start: date | None, end: date | None, as_of: date) -> str:
    if start is None:
        return say("scope.all_time", end=numbers.date(as_of))
    last = min(end or as_of, as_of)
    first = numbers.month_and_day(start) + (f" {start.year}" if start.year != last.year else "")
    return say("scope.period", start=first, end=f"{numbers.month_and_day(last)} {last.year}")


def _filter(name: str, values: tuple[str, ...]) -> str:
    more = " …" if len(values) > _MOST_VALUES else ""
    return say("scope.filter", dimension=dimension_name(name), values=", ".join(values[:_MOST_VALUES]) + more)
