"""A change in so many digits that it can be checked by hand: what is shown adds up to what is shown."""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from metrics.contributions import Change, Contribution

DIGITS = {"percent": 4, "money": 2, "days": 2, "count": 2, "ratio": 3, "score": 2}
"""Decimals of the figures of each format, where not all of them are whole; a percentage's are those of its fraction."""


def digits_of(change: Change, form: str) -> int:
    """How many decimals its figures need."""
    figures = (change.before, change.now, *(x for part in change.parts for x in _figures(part)))
    whole = form != "percent" and all(figure is None or float(figure).is_integer() for figure in figures)
    return 0 if whole else DIGITS[form]


def _figures(part: Contribution) -> tuple[float | None, ...]:
    return part.before, part.now, part.own, part.mix, part.without


def rounded(change: Change, digits: int) -> Change:
    """The change with `digits` decimals, in which the parts' effects still add up to it, and each own + mix to its
    effect: the effects that lose most by rounding down are rounded up (the largest remainders), so that none is off by
    a whole last digit."""
    shown = replace(change, before=_rounded(change.before, digits), now=_rounded(change.now, digits))
    parts = [
        replace(
            part, before=_rounded(part.before, digits), now=_rounded(part.now, digits), own=_rounded(part.own, digits),
            without=_rounded(part.without, digits),
        )
        for part in change.parts
    ]  # fmt: skip
    if change.adds_up:
        effects = apportioned([part.effect or 0.0 for part in change.parts], shown.difference or 0.0, digits)
        parts = [
            replace(part, mix=round(effect - (part.own or 0.0), digits) + 0.0)
            for part, effect in zip(parts, effects, strict=True)
        ]
    return replace(shown, parts=tuple(parts))


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0


def apportioned(parts: list[float], whole: float, digits: int) -> list[float]:
    """The parts with `digits` decimals, adding up to `whole` with as many: each rounded down, and the last digits that
    are then missing given to those that lost most."""
    unit = Decimal(1).scaleb(-digits)
    exact = [Decimal(part) / unit for part in parts]
    floors = [part.to_integral_value(ROUND_FLOOR) for part in exact]
    missing = int((Decimal(whole) / unit).to_integral_value() - sum(floors))
    each, over = divmod(missing, len(parts)) if parts else (0, 0)
    by_loss = sorted(range(len(parts)), key=lambda place: (floors[place] - exact[place], place))
    more = set(by_loss[:over])
    return [float((floor + each + (place in more)) * unit) for place, floor in enumerate(floors)]
