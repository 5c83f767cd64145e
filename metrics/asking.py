"""Asking: a metric and a scope go in, an answer comes out. Pages, command line and notebooks call these functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from metrics.answer import Answer, Comparison
from metrics.catalog import find_metric
from metrics.caveats import caveats
from metrics.compose import compose
from metrics.dimensions import SEVERAL
from metrics.engines import Snapshot
from metrics.goals import against_goal
from metrics.measured import measured
from metrics.metric import Metric, OptionValue
from metrics.periods import COMPARED_WITH
from metrics.scope import Scope
from metrics.settings import refuse_unknown_stages
from metrics.sides import against_other_period, against_rest, segments_held
from metrics.statistics.survival import LifeTable
from metrics.steps.behind import Behind
from metrics.steps.survival import lives


def measure(
    snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
) -> Answer:
    """What the metric `name` says in `scope`. QuestionError where the question makes no sense."""
    metric, scope, chosen = find_metric(name), scope or Scope(), settled(snapshot, name, options)
    found = measured(snapshot, metric, scope, chosen)
    comparison: tuple[Comparison, ...] = ()
    if scope.compare in COMPARED_WITH:
        comparison = tuple(against_other_period(snapshot, metric, scope, chosen, found.frame))
    elif scope.compare == "goal":
        comparison = tuple(against_goal(snapshot, metric, scope, found.frame))
    elif _has_two_sides(metric, scope, found.frame):
        comparison = tuple(against_rest(snapshot, metric, scope, chosen, found.frame))
    return Answer(
        metric=metric, scope=scope, sentence=scope.sentence(metric.units, metric.clock_words), as_of=snapshot.as_of,
        currency=snapshot.currency, frame=found.frame, excluded=found.excluded,
        warnings=(*found.said, *caveats(snapshot, metric, scope, chosen)), comparison=comparison, options=dict(chosen),
        excluded_of=found.excluded_of,
    )  # fmt: skip


def _has_two_sides(metric: Metric, scope: Scope, frame: pd.DataFrame) -> bool:
    """Single accounts are no sides, also where there are two of them: of one account nothing can be drawn."""
    if metric.compare == "none" or not scope.by or scope.by in (*SEVERAL, "account") or scope.grain:
        return False
    return len(segments_held(metric, scope, frame)) == 2


def medians_apart(snapshot: Snapshot, answer: Answer) -> list[Comparison]:
    """The medians that stand beside a mean, held against each other between the answer's two segments: the percentile
    bootstrap of accounts, as for any median. Empty where the answer has no two sides, or no column `median`."""
    metric = replace(answer.metric, compare="median", compare_column="median")
    if "median" not in answer.frame or not _has_two_sides(metric, answer.scope, answer.frame):
        return []
    return against_rest(snapshot, metric, answer.scope, answer.options, answer.frame)


def settled(snapshot: Snapshot, name: str, options: Mapping[str, object] | None = None) -> dict[str, OptionValue]:
    """The value of every option of the metric: its default, the workspace's setting, then what was given."""
    metric = find_metric(name)
    metric.refuse_unknown(options or {})
    chosen = metric.settle(snapshot.settings, options or {})
    refuse_unknown_stages(snapshot, {name: value for name, value in chosen.items() if name in (options or {})})
    return chosen


def life_tables(
    snapshot: Snapshot, name: str, scope: Scope | None = None, options: Mapping[str, object] | None = None
) -> dict[tuple[Any, ...], LifeTable]:
    """The survival behind a metric's Kaplan–Meier figures, by (segment, period, keys…)."""
    metric, scope, chosen = find_metric(name), scope or Scope(), settled(snapshot, name, options)
    return dict(lives(Behind(snapshot, metric, scope, chosen, compose(metric, scope, snapshot, chosen))))
