"""Why a figure changed, in a sentence and as a table: the contributions of segments, each in the figure's unit."""

from __future__ import annotations

import pandas as pd

from dashboard.text import numbers, say, segment_name
from metrics import Change, Contribution, digits_of, rounded

SAID = 3
_ROUGH = 1e-12
_EFFECTS = ("rate", "mean", "ratio")
"""The kinds whose contributions have two causes."""


def change_words(change: Change, kind: str, currency: str | None, other: str) -> str:
    """ "From € 2.9 M to € 3.4 M (+€ 482 k) against the period before: Rail +€ 280 k, Air +€ 137 k, the other 4 together
    +€ 65 k." The parts said are together the whole change. Of a median: "… Without Rail it would have changed by +2
    days, without Air by −9 days." `other` names the compared period."""
    moved = change.difference
    if moved is None:
        return say("why.none")
    before, now = ((value or 0.0) if change.kind == "sum" else value for value in (change.before, change.now))
    shown = {"before": numbers.shown(before, kind, currency), "now": numbers.shown(now, kind, currency), "other": other}
    said = say("why.from_to", change=_moved(moved, kind, currency), **shown)
    if abs(moved) < _ROUGH:
        said = say("why.same", **shown)
    elif change.adds_up:
        parts = contributions_words(change, kind, currency)
        return say("why.sentence", from_to=said, parts=", ".join(parts)) if parts else f"{said}."
    without = _without_words(change, kind, currency)
    return f"{said}. {without}" if without else f"{said}."


def _without_words(change: Change, kind: str, currency: str | None) -> str:
    """What a median would have changed without each of the segments that move it most; "" where none does."""
    moved = change.difference or 0.0
    parts = [part for part in change.parts if part.without is not None and abs(part.without - moved) >= _ROUGH][:SAID]
    said = [
        say(f"why.without{'_next' if place else ''}", segment=segment_name(part.segment),
            change=_moved(part.without, kind, currency))
        for place, part in enumerate(parts)
    ]  # fmt: skip
    return f"{', '.join(said)}." if said else ""


def contributions_words(change: Change, kind: str, currency: str | None, most: int = SAID) -> list[str]:
    """The `most` largest contributions, and all others as one; none where they don't add up."""
    counted = [part for part in change.parts if part.effect is not None and abs(part.effect) >= _ROUGH]
    if len(counted) == most + 1:  # naming the last one takes no more room than "the other one"
        most += 1
    said = [_part(part, kind, currency) for part in counted[:most]]
    rest = counted[most:]
    if rest:
        together = sum(part.effect or 0.0 for part in rest)
        said.append(say("why.others", n=len(rest), effect=_moved(together, kind, currency)))
    return said


def _part(part: Contribution, kind: str, currency: str | None) -> str:
    return say("why.part", segment=segment_name(part.segment), effect=_moved(part.effect, kind, currency))


def _moved(value: float | None, kind: str, currency: str | None) -> str:
    return numbers.unbroken(numbers.difference(value, kind, currency))


def change_table(change: Change, kind: str, currency: str | None) -> pd.DataFrame:
    """A row a segment under readable headers: both figures, both counts, and what it contributed (or, of a median, what
    would have changed without it). The last row is the whole: what stands above it adds up to it, digit by digit."""
    digits = digits_of(change, kind)
    shown = rounded(change, digits)
    rows = [_row(part, change, kind, digits, currency) for part in shown.parts]
    sums = [sum(values) for values in zip(*((p.own or 0.0, p.mix or 0.0) for p in shown.parts), strict=True)]
    own, mix = sums if change.adds_up and sums else (None, None)
    whole = Contribution("All", shown.before, shown.now, 0, 0, own, mix, shown.difference)
    return pd.DataFrame([*rows, _row(whole, change, kind, digits, currency, is_whole=True)])


def _row(
    part: Contribution, change: Change, kind: str, digits: int, currency: str | None, *, is_whole: bool = False
) -> dict[str, str]:
    def moved(value: float | None) -> str:
        return numbers.full_difference(value, kind, digits, currency)

    counts = ("", "") if is_whole else (numbers.count(part.n_before), numbers.count(part.n_now))
    cells = {
        say("why.segment"): segment_name(part.segment),
        say("why.before"): numbers.full(part.before, kind, digits, currency),
        say("why.now"): numbers.full(part.now, kind, digits, currency),
        say("why.n_before"): counts[0], say("why.n_now"): counts[1],
    }  # fmt: skip
    if change.adds_up:
        cells[say("why.effect")] = moved(part.effect)
        if change.kind in _EFFECTS:
            cells |= {say(f"why.own_{change.kind}"): moved(part.own), say(f"why.mix_{change.kind}"): moved(part.mix)}
    elif change.because == "median":
        cells[say("why.without_it")] = moved(part.without)
    return cells
