"""Why a figure changed: what each segment contributed to the change, adding up to it exactly.

Which parts a figure has its metric's header says (`metrics.adding`), and `metrics.effects` what each did. What has no
such parts says why. Of a median, each segment tells how much would have changed `without` it: an exact answer to
another question, whose answers don't add up.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from metrics.adding import REASONS, Adding, Terms
from metrics.answer import plain
from metrics.asking import settled
from metrics.catalog import find_metric
from metrics.dimensions import SEVERAL
from metrics.effects import Pair, effects, figure_of, is_same, left_over
from metrics.engines import Snapshot
from metrics.errors import DefinitionError, QuestionError
from metrics.measured import measured
from metrics.metric import Metric, OptionValue
from metrics.periods import compared_scope
from metrics.scope import Compare, Scope
from metrics.sides import rows_drawn

BEYOND = "(of no segment)"
"""The name of what is of no segment, where the header has none for it."""
_NOTHING: Pair = (0.0, 0.0)


@dataclass(frozen=True)
class Contribution:
    """A segment's figures then and now, in the metric's unit (None: there was none), and what it contributed.

    `effect` = `own` + `mix`; all None where the parts of this metric don't add up. `without`: by how much a median
    would have changed without the segment. `n`: the units behind the figures.
    """

    segment: str
    before: float | None
    now: float | None
    n_before: int
    n_now: int
    own: float | None = None
    mix: float | None = None
    without: float | None = None

    @property
    def effect(self) -> float | None:
        return None if self.own is None or self.mix is None else self.own + self.mix


@dataclass(frozen=True)
class Change:
    """A figure in the compared period and now, and the contributions of its segments, the largest first.

    `kind`: "sum", "rate", "mean" or "ratio", whose parts add up to `now` − `before`, or "none", `because` of one of
    metrics.adding.REASONS. A sum of nothing counts as 0; any other figure that is not known in one of the periods has
    no change, and no parts of it.
    """

    by: str
    before: float | None
    now: float | None
    kind: str
    parts: tuple[Contribution, ...]
    because: str = ""

    @property
    def difference(self) -> float | None:
        known = [figure for figure in (self.before, self.now) if figure is not None]
        if len(known) < (1 if self.kind == "sum" else 2):
            return None
        return (self.now or 0.0) - (self.before or 0.0)

    @property
    def adds_up(self) -> bool:
        return self.kind != "none" and self.difference is not None

    def as_json(self) -> dict[str, Any]:
        parts = [asdict(part) | {"effect": part.effect} for part in self.parts]
        return {"by": self.by, "before": self.before, "now": self.now, "kind": self.kind, "adds_up": self.adds_up,
                "because": REASONS.get(self.because), "parts": parts}  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """Which figure is taken apart, and how: the keys of its row, its column, and what segments are to it."""

    snapshot: Snapshot
    metric: Metric
    options: Mapping[str, OptionValue]
    by: str
    mark: Mapping[str, str]
    column: str
    adding: Adding


@dataclass(frozen=True)
class _Period:
    """One period's figures, of the whole and of each segment, with their numerators and denominators."""

    value: float | None
    whole: Pair
    values: Mapping[str, float | None]
    n: Mapping[str, int]
    parts: Mapping[str, Pair]


_Periods = tuple[_Period, _Period]


def change_by(
    snapshot: Snapshot,
    name: str,
    scope: Scope,
    by: str,
    options: Mapping[str, object] | None = None,
    where: Mapping[str, object] | None = None,
    column: str = "value",
) -> Change:
    """What the segments of the dimension `by` contributed to the change of `name` in `scope.compare`'s period.

    `where` names one row of a metric with keys, `column` another figure of its answer that its header has a change of.
    QuestionError without a period and another to compare it with, and for a dimension whose segments overlap or are no
    parts of the whole.
    """
    metric, where = find_metric(name), where or {}
    adding, chosen = _adding(metric, scope, by, where, column), settled(snapshot, name, options)
    asked = _Asked(
        snapshot, metric, chosen, by, {k: str(v) for k, v in where.items() if k != "segment"}, column, adding
    )
    scopes = _both(snapshot, scope)
    periods = _period(asked, scopes[0]), _period(asked, scopes[1])
    change = Change(by, periods[0].value, periods[1].value, adding.kind, _segments(periods), adding.because)
    parts = list(_contributions(adding, periods, change.parts) if change.adds_up else change.parts)
    if adding.because == "median":
        rows = [_drawn(asked, one) for one in scopes]
        parts = [replace(part, without=_without(rows, part.segment)) for part in parts]
    parts.sort(key=lambda part: (-_weight(part, change.difference), part.segment))
    return replace(change, parts=tuple(parts))


def divides(metric: Metric, by: str, keys: Mapping[str, object] | None = None, column: str = "value") -> str:
    """Why the segments of the dimension `by` are no parts of the metric's figure; "" where they are."""
    adding = metric.adding_of(keys or {}, column)
    if by in SEVERAL:
        return f"A unit may be in several segments of {by}: they don't add up to a change."
    if by in metric.own_splits:
        return f"{metric.name} splits by {by} in its own way: its segments don't add up to a change."
    if adding and by in adding.apart:
        return f"Not all segments of {by} are in {metric.name} as a whole: they don't add up to its change."
    return ""


def _adding(metric: Metric, scope: Scope, by: str, where: Mapping[str, object], column: str) -> Adding:
    if scope.compare not in ("previous", "last-year"):
        raise QuestionError("A change needs another period: give --compare previous or last-year.")
    if not metric.changes or scope.grain:
        raise QuestionError(f"{metric.name} in this shape has no other period to have changed from.")
    missing = [key for key in metric.keys if key not in where and key not in metric.own_splits]
    refused = divides(metric, by, where, column)
    if refused:
        raise QuestionError(refused)
    if missing:
        raise QuestionError(f"{metric.name} has several figures: say which by {', '.join(missing)}.")
    adding = metric.adding_of(where, column) if column == "value" or column in metric.figures else None
    if adding is None:
        raise QuestionError(f"{metric.name} does not say what segments make of its {column}.")
    return adding


def _both(snapshot: Snapshot, scope: Scope) -> tuple[Scope, Scope]:
    """The compared period and this one, without a split."""
    compare: Compare = scope.compare  # type: ignore[assignment]  # `_adding` has seen that there is one
    return replace(compared_scope(scope, snapshot.as_of, compare), by=None), replace(scope, compare=None, by=None)


def _period(asked: _Asked, scope: Scope) -> _Period:
    whole, split = (_marked(asked, one) for one in (scope, replace(scope, by=asked.by)))
    row, adding = next(iter(whole.values()), {}), asked.adding
    value = _number(row.get(asked.column))
    over, under = _pair(asked, row)
    if value is not None and adding.over and not is_same(value * under, over):
        raise DefinitionError(
            f"{asked.metric.name}: [change] says that its {asked.column} is {over:g} ÷ {under:g}; it is {value:g}."
        )
    return _Period(
        value, (over, under), {name: _number(one.get(asked.column)) for name, one in split.items()},
        {name: int(_number(one.get("n")) or 0) for name, one in split.items()},
        {name: _pair(asked, one | dict.fromkeys(adding.undivided)) for name, one in split.items()},
    )  # fmt: skip


def _marked(asked: _Asked, scope: Scope) -> dict[str, dict[str, Any]]:
    """The rows with the keys asked for, by segment; of keys that are parts of one whole, none of it where a segment
    lacks them."""
    frame = measured(asked.snapshot, asked.metric, scope, asked.options).frame
    rows = [{str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")]
    found = {str(row["segment"]): row for row in rows if all(str(row[key]) == told for key, told in asked.mark.items())}
    if not asked.metric.parts_of_whole:
        return found
    nothing = dict.fromkeys((name for _, _, name in asked.adding.over), 0) | {"value": 0.0}
    return {str(row["segment"]): row | nothing for row in rows} | found


def _pair(asked: _Asked, row: Mapping[str, Any]) -> Pair:
    """(numerator, denominator) of a row; (value, 0) of a sum. Of a rate or mean that is not known nothing is: (0, 0).
    Of a ratio each stands by itself."""
    value, adding = _number(row.get(asked.column)), asked.adding
    if adding.kind == "sum":
        return value or 0.0, 0.0
    over, under = (_added(terms, row, asked.options) for terms in (adding.over, adding.under))
    if not adding.over and value is not None and under is not None:
        over = value * under
    if adding.kind != "ratio" and (over is None or under is None):
        return _NOTHING
    return over or 0.0, under or 0.0


def _added(terms: Terms, row: Mapping[str, Any], options: Mapping[str, Any]) -> float | None:
    """The sum of the terms that are known; None where none is."""
    known = [
        sign * found * (float(options[option]) if option else 1.0)
        for sign, option, name in terms if (found := _number(row.get(name))) is not None
    ]  # fmt: skip
    return math.fsum(known) if known else None


def _number(value: object) -> float | None:
    found = plain(value)
    return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None


def _segments(periods: _Periods) -> tuple[Contribution, ...]:
    """Each segment of either period with its figures and how many units are behind them."""
    before, now = periods
    return tuple(
        Contribution(name, before.values.get(name), now.values.get(name), before.n.get(name, 0), now.n.get(name, 0))
        for name in sorted({*before.values, *now.values})
    )


def _contributions(adding: Adding, periods: _Periods, parts: tuple[Contribution, ...]) -> Iterator[Contribution]:
    """The segments with what they contributed, and what is of none of them where they leave something over."""
    before, now = periods
    wholes = before.whole, now.whole
    split = {part.segment: (before.parts.get(part.segment, _NOTHING), now.parts.get(part.segment, _NOTHING))
             for part in parts}  # fmt: skip
    for part in parts:
        own, mix = effects(adding.kind, wholes, split[part.segment])
        yield replace(part, own=own, mix=mix)
    left = left_over(wholes, split)
    if any(any(pair) for pair in left):
        own, mix = effects(adding.kind, wholes, left)
        values = [None if adding.kind == "ratio" else figure_of(adding.kind, pair) for pair in left]
        yield Contribution(adding.beyond or BEYOND, values[0], values[1], 0, 0, own, mix)


def _drawn(asked: _Asked, scope: Scope) -> pd.DataFrame:
    """The measures behind a median, `drawn`, by `segment`."""
    rows = rows_drawn(asked.snapshot, asked.metric, replace(scope, by=asked.by), asked.options)
    assert rows is not None, "a median has rows that it is the middle of"
    for key, value in asked.mark.items():
        rows = rows[rows[key].astype(str) == value]
    return rows


def _without(rows: list[pd.DataFrame], segment: str) -> float | None:
    """The change of the median without the segment's rows; None where a period has no others."""
    others = [one.loc[one["segment"].astype(str) != segment, "drawn"].astype(float) for one in rows]
    return None if any(one.empty for one in others) else float(others[1].median() - others[0].median())


def _weight(part: Contribution, change: float | None) -> float:
    """By what the segments are put in order: their effect, else how far a median is moved by them."""
    if part.effect is not None:
        return abs(part.effect)
    if part.without is not None and change is not None:
        return abs(change - part.without)
    return 0.0 if part.before is None or part.now is None else abs(part.now - part.before)
