"""What a question gives before anything is compared or said about it: its frame and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from metrics.compose import compose, place_of
from metrics.dimensions import SEVERAL, identifier
from metrics.engines import Snapshot
from metrics.metric import Metric, OptionValue
from metrics.scope import Scope
from metrics.shape import every_period, in_shape
from metrics.standing import parts
from metrics.steps import taken
from metrics.steps.behind import Behind

MOST_VALUES = 200
"""Of how many values a split by touches is measured at most: as many as any other dimension may have."""


LeftOut = tuple[tuple[str, int], ...]
"""(reason, how many rows) of each reason."""


@dataclass(frozen=True)
class Measured:
    """`frame` in the shape of an answer, `excluded` the rows left out by reason, `said` what the steps warn of.

    `excluded_of`: of a metric whose section `left_out` tells its first key too, those of each of its values.
    """

    frame: pd.DataFrame
    excluded: tuple[tuple[str, int], ...] = ()
    said: tuple[str, ...] = ()
    excluded_of: Mapping[str, LeftOut] = field(default_factory=dict)


def measured(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> Measured:
    """The metric in the scope. QuestionError where filter or split make no sense."""
    if split_by_touches(metric, scope, snapshot):
        return _one_by_one(snapshot, metric, scope, options)
    behind = Behind(snapshot, metric, scope, options, compose(metric, scope, snapshot, options))
    frame = _frame(behind)
    left = behind.section("left_out") if "left_out" in metric.sections else None
    excluded = _left_out(left) if left is not None else ()
    shaped = in_shape(snapshot, metric, scope, frame)
    if left is None or not metric.keys or metric.keys[0] not in left:
        return Measured(shaped, excluded, tuple(behind.said))
    by_key = {str(key): _left_out(rows) for key, rows in left.groupby(metric.keys[0])}
    return Measured(shaped, excluded, tuple(behind.said), by_key)


def _left_out(left: pd.DataFrame) -> LeftOut:
    """(reason, how many) of what was left out at all."""
    together = left.groupby("reason", sort=False)["n"].sum()
    return tuple((str(reason), int(n)) for reason, n in together.items() if n)


def _frame(behind: Behind) -> pd.DataFrame:
    """The answer's rows, of all parts that the question falls into."""
    snapshot, metric, options = behind.snapshot, behind.metric, behind.options
    found = parts(snapshot, metric, behind.scope)
    if len(found) == 1:
        return taken(behind, behind.section("answer"))
    frames = []
    for part in found:
        own = Behind(snapshot, metric, part.scope, options, compose(metric, part.scope, snapshot, options), behind.said)
        frames.append(taken(own, own.section("answer")))
    together = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return together.sort_values(["segment", "period"], kind="stable", ignore_index=True)


def split_by_touches(metric: Metric, scope: Scope, snapshot: Snapshot) -> bool:
    """Whether the split is by what a unit has many touches of: each value is then measured alone, as a filter."""
    if not metric.touches or scope.by not in SEVERAL or scope.by in metric.own_splits:
        return False
    return place_of(scope.by, metric, snapshot).of == "touches"


def _one_by_one(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> Measured:
    """A split by what a unit has many of (channels, campaigns): each value measured alone, so segments overlap."""
    by = str(scope.by)
    values = _values_of_touches(snapshot, scope)
    whole = measured(snapshot, metric, replace(scope, by=None), options)
    found = {
        value: measured(snapshot, metric, replace(scope.where(by, value), by=None), options)
        for value in sorted(values[:MOST_VALUES])
    }
    frames = [one.frame.assign(segment=value) for value, one in found.items()]
    said = dict.fromkeys(sentence for one in (whole, *found.values()) for sentence in one.said)
    if len(values) > MOST_VALUES:
        said[f"Only the {MOST_VALUES} values of {by} with the most touches are shown, of {len(values):,}: "
             "filter by one of the others to see it."] = None  # fmt: skip
    frame = pd.concat(frames, ignore_index=True) if frames else whole.frame.iloc[:0]
    if scope.grain:
        frame = every_period(snapshot, metric, scope, frame)
    return Measured(frame, whole.excluded, tuple(said), whole.excluded_of)


def _values_of_touches(snapshot: Snapshot, scope: Scope) -> list[str]:
    """The values of the split that the scope asks for, the most frequent first."""
    column, chosen = identifier(str(scope.by)), scope.filter_values(str(scope.by))
    counted = snapshot.run(
        f"SELECT CAST({column} AS VARCHAR) AS value, count(*) AS n FROM model.activities WHERE {column} IS NOT NULL "
        "GROUP BY 1 ORDER BY n DESC, value"
    )
    return [value for value in counted["value"] if not chosen or value in chosen]
