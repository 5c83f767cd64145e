"""Why a figure changed, in a sentence and as a table: the contributions of segments, each in the figure's unit."""

from __future__ import annotations

import pandas as pd

from dashboard.text import numbers, say, segment_name
from metrics import Change, Contribution

SAID = 3
_ROUGH = 1e-12


def change_words(change: Change, kind: str, currency: str | None, other: str) -> str:
    """ "From € 2.9 M to € 3.4 M (+€ 482 k) against the period before: Rail +€ 280 k, Air +€ 137 k, the other 4 together
    +€ 65 k." The parts said are together the whole change. `other` names the compared period."""
    if change.now is None and change.before is None:
        return say("why.none")
    if not change.adds_up and (change.now is None or change.before is None):
        return say("why.none")
    before, now = ((value or 0.0) if change.kind == "sum" else value for value in (change.before, change.now))
    shown = {"before": numbers.shown(before, kind, currency), "now": numbers.shown(now, kind, currency), "other": other}
    assert before is not None, "a figure whose parts add up is known in both periods"
    assert now is not None, "a figure whose parts add up is known in both periods"
    if abs(now - before) < _ROUGH:
        return f"{say('why.same', **shown)}."
    said = say("why.from_to", change=numbers.difference(now - before, kind, currency), **shown)
    parts = contributions_words(change, kind, currency)
    return say("why.sentence", from_to=said, parts=", ".join(parts)) if parts else f"{said}."


def contributions_words(change: Change, kind: str, currency: str | None, most: int = SAID) -> list[str]:
    """The `most` largest contributions, and all others as one; none where they don't add up."""
    counted = [part for part in change.parts if part.effect is not None and abs(part.effect) >= _ROUGH]
    if len(counted) == most + 1:  # naming the last one takes no more room than "the other one"
        most += 1
    said = [_part(part, kind, currency) for part in counted[:most]]
    rest = counted[most:]
    if rest:
        together = sum(part.effect or 0.0 for part in rest)
        words = numbers.difference(together, kind, currency)
        said.append(say("why.others", n=len(rest), effect=words))
    return said


def _part(part: Contribution, kind: str, currency: str | None) -> str:
    effect = numbers.difference(part.effect, kind, currency)
    return say("why.part", segment=segment_name(part.segment), effect=effect)


def change_table(change: Change, kind: str, currency: str | None) -> pd.DataFrame:
    """A row a segment under readable headers: both figures, both counts, and what it contributed."""
    rows = []
    for part in change.parts:
        cells: dict[str, object] = {
            say("why.segment"): segment_name(part.segment),
            say("why.before"): numbers.shown(part.before, kind, currency, unit=True),
            say("why.now"): numbers.shown(part.now, kind, currency, unit=True),
            say("why.n_before"): part.n_before, say("why.n_now"): part.n_now,
        }  # fmt: skip
        if change.adds_up:
            cells[say("why.effect")] = numbers.difference(part.effect, kind, currency)
        if change.kind in ("rate", "mean"):
            cells[say("why.own", kind=say(f"why.kind_{change.kind}"))] = numbers.difference(part.own, kind, currency)
            cells[say("why.mix")] = numbers.difference(part.mix, kind, currency)
        rows.append(cells)
    return pd.DataFrame(rows)
