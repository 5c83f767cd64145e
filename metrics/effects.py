"""What each part of a figure did to its change: numerators and denominators in, effects out that add up to the change.

A sum changes by what its parts change. A rate or mean changes for two reasons, told apart by the midpoint effects of a
shift-share decomposition (Kitagawa, "Components of a Difference Between Two Rates", JASA 50, 1955): parts have another
rate (`own`: the change of the part's rate × the mean of its two weights), and parts weigh more or less (`mix`: the
change of its weight × how far the mean of its two rates lies from the mean of the two whole ones). A ratio whose
numerator and denominator are divided unlike one another, as spend that has no account ÷ new customers, changes by its
numerator (`own`: its change × the mean of 1 ÷ the two denominators) and by its denominator (`mix`: − its change × the
mean of the two numerators ÷ the product of the denominators): the Shapley value of the two (Shorrocks, "Decomposition
procedures for distributional analysis", Journal of Economic Inequality 11, 2013), each added over the parts. With what
is of no part, both are the change without a remainder.
"""

import math
from collections.abc import Mapping

Pair = tuple[float, float]
"""A numerator and a denominator; a sum is a numerator over 0."""
Both = tuple[Pair, Pair]
"""The pairs of the compared period and of this one."""
_TOLERANCE = 1e-9


def left_over(wholes: Both, parts: Mapping[str, Both]) -> Both:
    """What the parts leave over of the two wholes: 0 where they are all there is."""
    return _left(wholes[0], [both[0] for both in parts.values()]), _left(
        wholes[1], [both[1] for both in parts.values()]
    )


def _left(whole: Pair, parts: list[Pair]) -> Pair:
    sums = math.fsum(part[0] for part in parts), math.fsum(part[1] for part in parts)
    return (
        0.0 if is_same(whole[0], sums[0]) else whole[0] - sums[0],
        0.0 if is_same(whole[1], sums[1]) else whole[1] - sums[1],
    )


def is_same(one: float, other: float) -> bool:
    """Whether two numbers differ by no more than their last digits."""
    return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def figure_of(kind: str, pair: Pair) -> float | None:
    """What a numerator and a denominator make; None over 0."""
    if kind == "sum":
        return pair[0]
    return pair[0] / pair[1] if pair[1] else None


def effects(kind: str, wholes: Both, part: Both) -> Pair:
    """(own, mix) of a part, in the unit of the figure. The wholes' denominators are not 0, but of a sum."""
    before, now = part
    if kind == "sum":
        return now[0] - before[0], 0.0
    return _of_ratio(wholes, before, now) if kind == "ratio" else _of_rate(wholes, before, now)


def _of_ratio(wholes: Both, before: Pair, now: Pair) -> Pair:
    (over_before, under_before), (over_now, under_now) = wholes
    own = (now[0] - before[0]) * (1 / under_before + 1 / under_now) / 2
    return own, -(now[1] - before[1]) * (over_before + over_now) / 2 / (under_before * under_now)


def _of_rate(wholes: Both, before: Pair, now: Pair) -> Pair:
    """Of a part that weighs nothing in one of the periods all is its weight's doing."""
    (over_before, under_before), (over_now, under_now) = wholes
    weights = before[1] / under_before, now[1] / under_now
    middle = (over_before / under_before + over_now / under_now) / 2
    effect = now[0] / under_now - before[0] / under_before - middle * (weights[1] - weights[0])
    if not all(weights):
        return (0.0, effect) if any(weights) else (effect, 0.0)
    own = (weights[0] + weights[1]) / 2 * (now[0] / now[1] - before[0] / before[1])
    return own, effect - own
