"""Target held against the rest in a sentence, with its interval, and never more than the interval allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.text import numbers, say, segment_name

UNCLEAR, TOO_FEW = "no clear difference", "too few to say"
"""The verdicts of a comparison that found nothing clear; any other is a clear one."""
MOST_NAMED = 3


def against_words(
    comparisons: Sequence[Any], kind: str, currency: str | None = None, *, name: Callable[[str], str] = str
) -> str:
    """All of an answer's comparisons of two sides: the clear ones named in the answer's order, the others counted.

    `kind`: the format of the compared column. `name`: a key (stage, step…) in words. "" without a comparison. More
    than MOST_NAMED clear ones: those of the largest lift are named, the others counted.
    """
    if not comparisons:
        return ""
    clear = [c for c in comparisons if c.verdict not in (UNCLEAR, TOO_FEW)]
    if len(comparisons) == 1:
        return _words(comparisons[0], kind, currency, name)
    few = sum(c.verdict == TOO_FEW for c in comparisons)
    unclear = len(comparisons) - len(clear) - few
    if not clear:
        judged = say("against.none_clear", n=numbers.count(unclear)) if unclear else ""
        return " ".join(part for part in (judged, _counted("few_at", few)) if part)
    named = sorted(clear, key=lambda c: -abs(c.lift or 0.0))[:MOST_NAMED]
    if len(clear) == 1:
        told = _words(clear[0], kind, currency, name)
    else:
        told = "; ".join(_words(c, kind, currency, name, form="named") for c in clear if c in named) + "."
    counts = (_counted("more_clear", len(clear) - len(named)), _counted("others", unclear), _counted("few_at", few))
    return " ".join(part for part in (told, *counts) if part)


def _counted(form: str, n: int) -> str:
    return say(f"against.{form}", n=numbers.count(n)) if n else ""


def _words(found: Any, kind: str, currency: str | None, name: Callable[[str], str], form: str = "clear") -> str:
    first, second = (segment_name(s) for s in found.segments)
    shown = [numbers.shown(v, kind, currency, unit=kind == "days") for v in found.values]
    where = ", ".join(name(str(v)) for k, v in found.keys.items() if k != "pipeline")
    words = {
        "where": f"{where}: " if where else "",
        "first": first,
        "second": second,
        "one": shown[0],
        "other": shown[1],
    }
    if found.verdict == TOO_FEW:
        return say("against.few", **words)
    span = difference_interval(found, kind, currency)
    words |= {"difference": numbers.difference(found.difference, kind, currency), "interval": span}
    return say("against.unclear" if found.verdict == UNCLEAR else f"against.{form}", **words)


def difference_interval(found: Any, kind: str, currency: str | None) -> str:
    """The interval of a difference: points for rates, whatever their signs."""
    if found.low is None or found.high is None:
        return numbers.MISSING
    if kind != "percent":
        return numbers.interval(found.low, found.high, kind, currency)
    low, high = numbers.points(found.low), numbers.points(found.high)
    return say("against.span", low=low.split(numbers.NBSP)[0], high=high)
