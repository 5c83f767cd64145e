"""Target held against the rest in a sentence, with its interval, and never more than the interval allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.text import numbers, say, segment_name


def against_words(
    comparisons: Sequence[Any], kind: str, currency: str | None = None, *, name: Callable[[str], str] = str
) -> str:
    """The most telling of an answer's comparisons of two sides: the clear one with the largest lift, else the first.

    `kind`: the format of the compared column. `name`: a key (stage, step…) in words. "" without a comparison.
    """
    if not comparisons:
        return ""
    clear = [c for c in comparisons if c.verdict in ("better", "worse")]
    best = max(clear, key=lambda c: abs(c.lift or 0.0)) if clear else comparisons[0]
    told = _words(best, kind, currency, name)
    unclear = len(comparisons) - len(clear)
    if len(comparisons) > 1 and not clear:
        return say("against.none_clear", n=numbers.count(len(comparisons)))
    return f"{told} {say('against.others', n=unclear)}" if clear and unclear and len(comparisons) > 1 else told


def _words(found: Any, kind: str, currency: str | None, name: Callable[[str], str]) -> str:
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
    if found.verdict == "too few to say":
        return say("against.few", **words)
    span = difference_interval(found, kind, currency)
    words |= {"difference": numbers.difference(found.difference, kind, currency), "interval": span}
    return say("against.unclear" if found.verdict == "no clear difference" else "against.clear", **words)


def difference_interval(found: Any, kind: str, currency: str | None) -> str:
    """The interval of a difference: points for rates, whatever their signs."""
    if found.low is None or found.high is None:
        return numbers.MISSING
    if kind != "percent":
        return numbers.interval(found.low, found.high, kind, currency)
    low, high = numbers.points(found.low), numbers.points(found.high)
    return say("against.span", low=low.split(numbers.NBSP)[0], high=high)
