"""What the metrics say in their own words, as words for people: why rows are left out, and what may mislead.

The metrics know no language. Their sentences are recognised by pattern (`caveats.toml`) and said by key; one that is
not recognised is shown as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from dashboard.text import say

LATE_TARGETS = ("late_target", "late_targets", "undated_targets")
PARTLY = frozenset({
    "no_probability", "no_moves", "furthest_unknown", "broad_only", "median_days_only", "median_age_only",
    "by_value_only", "revenue_churn_only",
})  # fmt: skip
"""Reasons for which a row is missing in one of the figures only."""
CHANGING = frozenset({
    "bulk_opening", "bulk_to_opportunity", "bulk_from_engaged", "bulk", "intent_proxy", "intent_old",
    "overall_average", "views_unknown", "minutes_unknown", "fit_too_few", "profile_unvalued",
})  # fmt: skip
"""Warnings that change how a figure reads: they stand below its chart."""


@cache
def patterns() -> dict[str, dict[str, str]]:
    """kind ("reasons", "warnings") → key → the sentence as the metrics say it."""
    return tomllib.loads((files(__package__) / "caveats.toml").read_text(encoding="utf-8"))


def reason_words(said: str, language: str = "en") -> str:
    """Why rows are left out, for people."""
    found = recognised(said, "reasons")
    if found is None:
        return said
    key, values = found
    values = {name: reason_words(value, language) if name == "reason" else value for name, value in values.items()}
    return say(f"caveats.reasons.{key}", language, **values)


def left_out_words(said: str, n: str, language: str = "en") -> str:
    """ "6 left out: deal without an account"; what only some of the figures miss is said to be counted in part."""
    found = recognised(said, "reasons")
    key = "card.partly" if found and found[0] in PARTLY else "card.left_out"
    return say(key, language, n=n, reason=reason_words(said, language))


def warning_words(said: str, language: str = "en") -> str:
    """What may mislead, for people."""
    found = recognised(said, "warnings")
    return said if found is None else say(f"caveats.warnings.{found[0]}", language, **found[1])


def changing(warnings: Iterable[str], language: str = "en") -> list[str]:
    """Those of the warnings that change how a figure reads, for people."""
    known = [(recognised(said, "warnings"), said) for said in warnings]
    return [warning_words(said, language) for found, said in known if found and found[0] in CHANGING]


def is_proxy(warning: str) -> bool:
    """Whether it says that something else stands in for what is not loaded: no reason why nothing is known."""
    found = recognised(warning, "warnings")
    return found is not None and found[0] == "intent_proxy"


def created_by_import(warnings: Iterable[str]) -> int:
    """How many deals an import seems to have created, so that their opening is not when they began; else 0."""
    for said in warnings:
        found = recognised(said, "warnings")
        if found and found[0] == "bulk_opening":
            return int(found[1]["n"])
    return 0


def recognised(said: str, kind: str) -> tuple[str, dict[str, str]] | None:
    """(key, what stands in the places of its braces); None for a sentence that is not known."""
    for key, expression in _expressions(kind):
        found = expression.fullmatch(said)
        if found:
            return key, found.groupdict()
    return None


@cache
def _expressions(kind: str) -> list[tuple[str, re.Pattern[str]]]:
    """Sentences without braces first, so that a general one does not take what has words of its own."""
    ordered = sorted(patterns()[kind].items(), key=lambda pair: pair[1].count("{"))
    return [(key, re.compile(_as_expression(sentence), re.DOTALL)) for key, sentence in ordered]


def _as_expression(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
