"""An account is a target, or on a list, on some days: in each period by the period's last day.

Where that changes between the periods of a question, the question falls apart into parts within which it does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

import pandas as pd

from metrics.compose import compose
from metrics.engines import Snapshot
from metrics.metric import Metric
from metrics.scope import Scope

STANDINGS = ("target", "list")


@dataclass(frozen=True)
class Part:
    """A scope whose periods all have the same standing of every account; `periods` are their labels, if any."""

    scope: Scope
    periods: tuple[str, ...] = ()


def asks_for_standing(scope: Scope) -> bool:
    """Whether it matters to the scope who is a target or on a list."""
    return scope.by in STANDINGS or any(scope.filter_values(name) for name in STANDINGS)


def parts(snapshot: Snapshot, metric: Metric, scope: Scope, *, matters: bool | None = None) -> list[Part]:
    """The parts, in order of time, whose answers together are the answer; mostly one, the scope itself.

    `matters`: whether standing matters; by default, whether the scope asks for it. A deal has the standing of its
    own opening day, whatever the period.
    """
    matters = asks_for_standing(scope) if matters is None else matters
    changes = _changes(snapshot) if matters and scope.grain and metric.unit not in ("deal", "visit") else []
    if not changes:
        return [Part(scope)]
    found = list(_parts(scope, periods_of(snapshot, metric, scope), changes))
    return found if len(found) > 1 else [Part(scope)]


def _changes(snapshot: Snapshot) -> list[date]:
    """The days on which somebody joins or leaves a list."""
    days = snapshot.run(
        "SELECT since AS day FROM model.target_spans WHERE since IS NOT NULL "
        "UNION SELECT until FROM model.target_spans WHERE until IS NOT NULL ORDER BY day"
    )
    return [_day(day) for day in days["day"]]


def periods_of(snapshot: Snapshot, metric: Metric, scope: Scope) -> list[tuple[str, date, date]]:
    """(label, first day, last day) of each, as the scope clips them."""
    composition = compose(metric, replace(scope, by=None, filters=()), snapshot, {})
    sql = composition.sql(metric, "", "SELECT period, starts_on, ends_before FROM periods ORDER BY starts_on")
    found = snapshot.run(sql, composition.used(sql))
    return [
        (str(label), _day(first), _day(after) - timedelta(days=1))
        for label, first, after in found.itertuples(index=False, name=None)
    ]


def _parts(scope: Scope, periods: list[tuple[str, date, date]], changes: list[date]) -> Iterator[Part]:
    def changed_by(period: tuple[str, date, date]) -> int:
        return sum(day <= period[2] for day in changes)

    for _, run in groupby(periods, changed_by):
        alike = list(run)
        yield Part(
            replace(scope, start=alike[0][1], end=alike[-1][2], compare=None),
            tuple(label for label, _, _ in alike),
        )


def _day(value: object) -> date:
    return pd.Timestamp(str(value)).date()
