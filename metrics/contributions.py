"""Why a figure changed: what each segment contributed to the change, adding up to it exactly.

A sum changes by what its segments change. A rate, or a mean, changes for two reasons: segments have a better rate
(`own`: the change of the segment's rate × the mean of its two weights), and segments weigh more or less than before
(`mix`: the change of its weight × how far the mean of its two rates lies from the mean of the two whole rates). These
are the midpoint effects of a shift-share decomposition; over all segments they are the change, without a remainder.
Medians and the like have no such parts: there each segment's own change is given, and `adds_up` is False.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from metrics.answer import plain
from metrics.asking import measure
from metrics.catalog import find_metric
from metrics.dimensions import SEVERAL
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.metric import Metric
from metrics.periods import compared_scope
from metrics.scope import Compare, Scope

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Contribution:
    """A segment's figures then and now, in the metric's unit (None: there was none), and what it contributed.

    `effect` = `own` + `mix`; all None where the parts of this metric don't add up.
    """

    segment: str
    before: float | None
    now: float | None
    n_before: int
    n_now: int
    own: float | None = None
    mix: float | None = None

    @property
    def effect(self) -> float | None:
        return None if self.own is None or self.mix is None else self.own + self.mix


@dataclass(frozen=True)
class Change:
    """A figure in the compared period and now, and the contributions of its segments, the largest first.

    `kind`: "sum", "rate" or "mean" where they add up to `now` − `before`, else "none".
    """

    by: str
    before: float | None
    now: float | None
    kind: str
    parts: tuple[Contribution, ...]

    @property
    def adds_up(self) -> bool:
        return self.kind != "none"

    def as_json(self) -> dict[str, Any]:
        parts = [asdict(part) | {"effect": part.effect} for part in self.parts]
        return {"by": self.by, "before": self.before, "now": self.now, "adds_up": self.adds_up, "parts": parts}


def change_by(
    snapshot: Snapshot,
    name: str,
    scope: Scope,
    by: str,
    options: Mapping[str, object] | None = None,
    where: Mapping[str, object] | None = None,
) -> Change:
    """What the segments of the dimension `by` contributed to the change of `name` in `scope.compare`'s period.

    `where` names one row of a metric with keys. QuestionError without a period and another to compare it with, and
    for a dimension whose segments overlap.
    """
    metric = find_metric(name)
    _refuse(metric, scope, by, where or {})
    mark = {key: str(value) for key, value in (where or {}).items()}
    scopes = _both(snapshot, scope)
    wholes = [_rows(snapshot, metric, one, options, mark) for one in scopes]
    split = [_rows(snapshot, metric, replace(one, by=by), options, mark) for one in scopes]
    whole = [_one(rows) for rows in wholes]
    kind = _kind(metric, whole, split)
    before, now = (_number(row.get("value")) for row in whole)
    parts = [replace(part, own=own, mix=mix) for part, own, mix in _parts(kind, whole, split)]
    parts.sort(key=lambda part: (-abs(_weight(part)), part.segment))
    return Change(by, before, now, kind, tuple(parts))


def _refuse(metric: Metric, scope: Scope, by: str, where: Mapping[str, object]) -> None:
    if scope.compare not in ("previous", "last-year"):
        raise QuestionError("A change needs another period: give --compare previous or last-year.")
    if metric.clock == "as_of" or scope.grain:
        raise QuestionError(f"{metric.name} in this shape has no other period to have changed from.")
    if by in SEVERAL:
        raise QuestionError(f"A unit may be in several segments of {by}: they don't add up to a change.")
    if by in metric.own_splits:
        raise QuestionError(f"{metric.name} splits by {by} in its own way: its segments don't add up to a change.")
    missing = [key for key in metric.keys if key not in where]
    if missing:
        raise QuestionError(f"{metric.name} has several figures: say which by {', '.join(missing)}.")


def _both(snapshot: Snapshot, scope: Scope) -> tuple[Scope, Scope]:
    """The compared period and this one, the latter without a split of its own."""
    compare: Compare = scope.compare  # type: ignore[assignment]  # `_refuse` has seen that there is one
    return replace(compared_scope(scope, snapshot.as_of, compare), by=None), replace(scope, compare=None, by=None)


def _rows(
    snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, object] | None, mark: Mapping[str, str]
) -> pd.DataFrame:
    frame = measure(snapshot, metric.name, scope, options).frame
    for key, value in mark.items():
        if key != "segment":
            frame = frame[frame[key].astype(str) == value]
    return frame.set_index(frame["segment"].astype(str))


def _one(rows: pd.DataFrame) -> dict[str, Any]:
    return {str(k): plain(v) for k, v in rows.iloc[0].items()} if len(rows) else {}


def _number(value: object) -> float | None:
    found = plain(value)
    return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None


def _kind(metric: Metric, whole: list[dict[str, Any]], split: list[pd.DataFrame]) -> str:
    """Which way the segments make up the whole, in both periods; "none" where they don't."""
    pairs = list(zip(whole, split, strict=True))
    if metric.format in ("money", "count") and all(_adds(row, rows, "value") for row, rows in pairs):
        return "sum"
    if any(_number(row.get("value")) is None for row in whole):
        return "none"
    for kind, weight in (("rate", "denominator"), ("mean", "n")):
        if all(_is_mean(row, rows, weight) for row, rows in pairs):
            return kind
    return "none"


def _adds(row: Mapping[str, Any], rows: pd.DataFrame, column: str) -> bool:
    whole = _number(row.get(column)) or 0.0
    return math.isclose(_column(rows, column).sum(), whole, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def _is_mean(row: Mapping[str, Any], rows: pd.DataFrame, weight: str) -> bool:
    """Whether the value is the mean of the segments' values by this weight."""
    value, total = _number(row.get("value")), _number(row.get(weight))
    if value is None or not total or weight not in rows:
        return False
    weights = _column(rows, weight)
    found = float((_column(rows, "value") * weights).sum())
    return math.isclose(float(weights.sum()), total, rel_tol=_TOLERANCE) and math.isclose(
        found, value * total, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE
    )


def _column(rows: pd.DataFrame, column: str) -> pd.Series:
    return pd.to_numeric(rows[column]).astype(float).fillna(0.0)


def _parts(
    kind: str, whole: list[dict[str, Any]], split: list[pd.DataFrame]
) -> Iterator[tuple[Contribution, float | None, float | None]]:
    """Each segment of either period, with its own effect and that of its weight."""
    weight = {"rate": "denominator", "mean": "n"}.get(kind)
    middle = sum(_number(row.get("value")) or 0.0 for row in whole) / 2
    totals = [float(_column(rows, weight).sum()) if weight else 0.0 for rows in split]
    for segment in sorted({*split[0].index, *split[1].index}):
        rows = [_one(one.loc[[segment]]) if segment in one.index else {} for one in split]
        before, now = (_number(row.get("value")) for row in rows)
        part = Contribution(segment, before, now, int(rows[0].get("n") or 0), int(rows[1].get("n") or 0))
        if kind == "sum":
            yield part, (now or 0.0) - (before or 0.0), 0.0
        elif weight:
            shares = [(_number(row.get(weight)) or 0.0) / total for row, total in zip(rows, totals, strict=True)]
            yield part, *_shifted((before, now), shares, middle)
        else:
            yield part, None, None


def _shifted(rates: tuple[float | None, float | None], shares: list[float], middle: float) -> tuple[float, float]:
    """The effect of the segment's rate and that of its weight; a segment of one period has only the latter."""
    known = [rate for rate, share in zip(rates, shares, strict=True) if share and rate is not None]
    if not known:
        return 0.0, 0.0
    first, last = known[0], known[-1]
    own = (shares[0] + shares[1]) / 2 * (last - first)
    return own, (shares[1] - shares[0]) * ((first + last) / 2 - middle)


def _weight(part: Contribution) -> float:
    """By what the segments are put in order: their effect, else how much they themselves changed."""
    if part.effect is not None:
        return part.effect
    return 0.0 if part.before is None or part.now is None else part.now - part.before
