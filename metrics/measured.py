"""What a question gives before anything is compared or said about it: its frame and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from metrics.compose import compose, place_of
from metrics.dimensions import SEVERAL, identifier
from metrics.engines import Snapshot
from metrics.metric import Metric, OptionValue
from metrics.scope import Scope
from metrics.shape import in_shape
from metrics.standing import parts
from metrics.steps import taken
from metrics.steps.behind import Behind


@dataclass(frozen=True)
class Measured:
    """`frame` in the shape of an answer, `excluded` the rows left out by reason, `said` what the steps warn of."""

    frame: pd.DataFrame
    excluded: tuple[tuple[str, int], ...] = ()
    said: tuple[str, ...] = ()


def measured(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> Measured:
    """The metric in the scope. QuestionError where filter or split make no sense."""
    if split_by_touches(metric, scope, snapshot):
        return _one_by_one(snapshot, metric, scope, options)
    behind = Behind(snapshot, metric, scope, options, compose(metric, scope, snapshot, options))
    frame = _frame(behind)
    excluded: tuple[tuple[str, int], ...] = ()
    if "left_out" in metric.sections:
        left = behind.section("left_out")
        excluded = tuple((str(r), int(n)) for r, n in zip(left["reason"], left["n"], strict=True) if n)
    return Measured(in_shape(snapshot, metric, scope, frame), excluded, tuple(behind.said))


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
    return metric.touches and scope.by in SEVERAL and place_of(scope.by, metric, snapshot).of == "touches"


def _one_by_one(snapshot: Snapshot, metric: Metric, scope: Scope, options: Mapping[str, OptionValue]) -> Measured:
    """A split by what a unit has many of (channels, campaigns): each value measured alone, so segments overlap."""
    column = identifier(str(scope.by))
    values = snapshot.run(
        f"SELECT DISTINCT {column} AS value FROM model.activities WHERE {column} IS NOT NULL ORDER BY 1"
    )
    chosen = scope.filter_values(str(scope.by))
    whole = measured(snapshot, metric, replace(scope, by=None), options)
    parts = {
        value: measured(snapshot, metric, replace(scope.where(str(scope.by), value), by=None), options)
        for value in map(str, values["value"])
        if not chosen or value in chosen
    }
    frames = [part.frame.assign(segment=value) for value, part in parts.items()]
    said = dict.fromkeys(sentence for part in (whole, *parts.values()) for sentence in part.said)
    return Measured(pd.concat(frames, ignore_index=True) if frames else whole.frame.iloc[:0], whole.excluded,
                    tuple(said))  # fmt: skip
