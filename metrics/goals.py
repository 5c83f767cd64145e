"""A figure held against its goal: which goal is meant, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pandas as pd

from metrics.answer import Answer, Comparison, Verdict
from metrics.comparison import FEW, in_words, number
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.goal_reading import goal_columns, goal_name, goal_problem
from metrics.metric import Metric
from metrics.scope import Scope

SIDES = ("this period", "the goal")
_BOUNDS = {"value": ("low", "high"), "median": ("median_low", "median_high")}
"""The figures of an answer that a goal can be for, with the columns of their intervals."""


@dataclass(frozen=True)
class Goal:
    """A goal for some days, both inclusive; None is open."""

    starts_on: date | None
    ends_on: date | None
    value: float

    def covers(self, start: date, end: date) -> bool:
        return (self.starts_on is None or self.starts_on <= start) and (self.ends_on is None or self.ends_on >= end)

    def due(self, as_of: date) -> float:
        """What of it was due by the end of that day: whole once it is over, before that as much as of its own days are
        gone. 0 of one without both its days."""
        if self.starts_on is None or self.ends_on is None:
            return 0.0
        gone = (min(as_of, self.ends_on) - self.starts_on).days + 1
        return self.value * max(gone, 0) / ((self.ends_on - self.starts_on).days + 1)


@dataclass(frozen=True)
class _Time:
    """How a goal stands in a period that is not over: the days to come and all its days, what of the goal was `due` by
    the as-of day (None where it is no sum, or nothing was due yet)."""

    to_come: tuple[int, int]
    due: float | None
    as_of: date


def against_goal(snapshot: Snapshot, metric: Metric, scope: Scope, frame: pd.DataFrame) -> Iterator[Comparison]:
    """One comparison for each row of the answer that has a goal. QuestionError where none has, or none can have."""
    if metric.keys or scope.grain:
        raise QuestionError(f"{metric.name} has several figures in this shape; only one figure can have a goal.")
    start, end = _days(snapshot, metric, scope)
    found = False
    for row, column in product(frame.to_dict("records"), goal_columns(metric)):
        goals = _goals_of(snapshot, metric, scope, str(row["segment"]), start, end, column)
        if goals:
            found = True
            keys = {"segment": row["segment"]} if scope.by else {}
            yield _compare(
                metric, keys, pd.Series(row), goals, _time(metric, goals, start, end, snapshot.as_of), column
            )
    if not found:
        raise QuestionError(
            f"There is no goal for {metric.name} from {start} to {end} in this scope. Set one with goals "
            f"{metric.name}=… --from {start} --to {end}, or load a sheet of goals (metric, starts_on, ends_on, "
            "dimension, segment, value), of other headings through a mapping file to the table goals."
        )


def held_to_goal(snapshot: Snapshot, answer: Answer, segment: str = "All", column: str = "value") -> Comparison | None:
    """The figure in `column` of the answer's segment against its goal; None where it has none or can have none, never
    an error."""
    metric, scope = answer.metric, answer.scope
    if column not in goal_columns(metric) or scope.grain or "segment" not in answer.frame:
        return None
    rows = answer.frame[answer.frame["segment"] == segment].to_dict("records")
    try:
        start, end = _days(snapshot, metric, scope)
        goals = _goals_of(snapshot, metric, scope, segment, start, end, column) if len(rows) == 1 else []
    except QuestionError:
        return None
    if not goals:
        return None
    keys: dict[str, object] = {"segment": segment} if scope.by else {}
    time = _time(metric, goals, start, end, snapshot.as_of)
    return _compare(metric, keys, pd.Series(rows[0]), goals, time, column)


def _time(metric: Metric, goals: list[Goal], start: date, end: date, as_of: date) -> _Time | None:
    """How far the period is, of a figure that can still grow; None elsewhere."""
    if metric.clock == "as_of" or not (_adds_up(metric) or _grows(metric)) or end <= as_of:
        return None
    to_come = (end - max(as_of, start - timedelta(days=1))).days, (end - start).days + 1
    due = sum(goal.due(as_of) for goal in goals) if _adds_up(metric) and metric.better != "lower" else 0.0
    return _Time(to_come, due if due > 0 else None, as_of)


def _adds_up(metric: Metric) -> bool:
    """Whether the figure of a period is the sum of those of its parts."""
    return metric.compare == "sum" and metric.format != "percent"


def _grows(metric: Metric) -> bool:
    """Whether a longer period holds more of it, though it does not add up: a share of accounts."""
    return metric.unit == "account" and metric.clock != "as_of" and metric.compare == "newcombe"


def _days(snapshot: Snapshot, metric: Metric, scope: Scope) -> tuple[date, date]:
    if metric.clock == "as_of":
        return snapshot.as_of, snapshot.as_of
    if scope.start is None:
        raise QuestionError("A comparison with a goal needs a period: give --from (and --to) as well.")
    return scope.start, scope.end or snapshot.as_of


def _whose(scope: Scope, segment: str) -> tuple[str | None, str | None]:
    """The dimension and value whose goal it is; QuestionError where filters leave a part that no goal can name."""
    names = [(name, values[0]) for name, values in scope.filters if len(values) == 1]
    names += [(scope.by, segment)] if scope.by else []
    if len(names) > 1 or any(len(values) > 1 for _, values in scope.filters):
        raise QuestionError("A goal is for the whole or for one segment: leave out the other filters.")
    return names[0] if names else (None, None)


def goal_of(
    snapshot: Snapshot, metric: Metric, scope: Scope, segment: str, start: date | None, end: date | None,
    column: str = "value",
) -> float | None:  # fmt: skip
    """The goal of a segment for these days, None being open; goals of sums that together make them up are added.

    None where there is none. QuestionError where the scope's filters leave a part that no goal can name.
    """
    goals = _goals_of(snapshot, metric, scope, segment, start, end, column)
    return sum(goal.value for goal in goals) if goals else None


def _goals_of(
    snapshot: Snapshot, metric: Metric, scope: Scope, segment: str, start: date | None, end: date | None, column: str,
) -> list[Goal]:  # fmt: skip
    """The goals that together are the segment's for these days: one, or those of a sum's parts; none: [].

    A share of accounts that something happened to in the period grows with it: its goal is for these very days. Any
    other figure is held to the goal of the days around it.
    """
    whose = _whose(scope, segment)
    rows = snapshot.run(
        "SELECT starts_on, ends_on, value FROM model.goals WHERE metric = $metric "
        "AND nullif(dimension, '') IS NOT DISTINCT FROM $dimension "
        "AND CASE WHEN $dimension IS NULL THEN nullif(segment, '') IS NULL ELSE segment = $segment END "
        "ORDER BY starts_on DESC NULLS LAST, ends_on",
        {"metric": goal_name(metric.name, column), "dimension": whose[0], "segment": whose[1]},
    )
    goals = [Goal(_day(r["starts_on"]), _day(r["ends_on"]), float(r["value"])) for r in rows.to_dict("records")
             if not goal_problem(metric.name, float(r["value"]))]  # fmt: skip
    exact = next((g for g in goals if (g.starts_on, g.ends_on) == (start, end)), None)
    if exact:
        return [exact]
    if start is None or end is None:
        return []
    if _adds_up(metric):
        return _following(goals, start, end)
    if _grows(metric):
        return []
    return [g for g in goals if g.covers(start, end)][:1]


def _day(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(str(value)).date()  # type: ignore[call-overload]


def _following(goals: list[Goal], start: date, end: date) -> list[Goal]:
    """The goals that follow each other without gap from `start` to `end`; [] where they do not."""
    parts, day = [], start
    while day <= end:
        step = next((g for g in goals if g.starts_on == day and g.ends_on and day <= g.ends_on <= end), None)
        if step is None or step.ends_on is None:
            return []
        parts.append(step)
        day = step.ends_on + timedelta(days=1)
    return parts


def _compare(
    metric: Metric, keys: dict[str, object], row: pd.Series, goals: list[Goal], time: _Time | None,
    column: str = "value",
) -> Comparison:  # fmt: skip
    goal = sum(part.value for part in goals)
    value, low, high = (number(row.get(name)) for name in (column, *_BOUNDS[column]))
    difference = None if value is None else value - goal
    verdict = _verdict(metric, row, difference, (low, high), goal)
    if time and difference is not None and difference < 0:  # what is still to come may reach the goal
        verdict = "no clear difference"
    return Comparison(
        keys, column, SIDES, (value, goal), difference, difference / goal if difference is not None and goal else None,
        None if low is None else low - goal, None if high is None else high - goal, verdict,
        _sentence(metric, _named(metric, keys, column), value, goal, difference, verdict, time),
        time.to_come if time else None, time.due if time else None,
    )  # fmt: skip


def _verdict(
    metric: Metric, row: pd.Series, difference: float | None, ends: tuple[float | None, float | None], goal: float
) -> Verdict:
    """A sum or a count is what it is; a rate or a median has an interval, which must leave the goal out."""
    if difference is None or (metric.interval != "none" and (number(row.get("n")) or 0) < FEW):
        return "too few to say"
    low, high = ends
    if difference == 0 or (low is not None and high is not None and low <= goal <= high):
        return "no clear difference"
    return "better" if (difference > 0) == (metric.better != "lower") else "worse"


def _named(metric: Metric, keys: dict[str, object], column: str) -> str:
    """The figure and, of a split, whose: "Won revenue of target"."""
    title = metric.title if column == "value" else f"{metric.title}, {column}"
    return f"{title} of {keys['segment']}" if keys else title


def _sentence(
    metric: Metric, title: str, value: float | None, goal: float, difference: float | None, verdict: Verdict,
    time: _Time | None,
) -> str:  # fmt: skip
    sides = f"{title}: {in_words(value, metric.format)} against the goal of {in_words(goal, metric.format)}"
    if difference is None or verdict == "too few to say":
        return f"{sides}; too few to say."
    if time and difference < 0:
        share = "below it" if goal <= 0 or metric.format == "percent" else f"{(value or 0) / goal * 100:.3g} % of it"
        days = f"with {time.to_come[0]} of the period's {time.to_come[1]} days to come"
        return f"{sides}; {share}, {days}{_beside_due(metric, value, time)}."
    if verdict == "no clear difference":
        return f"{sides}; no clear difference."
    points = metric.format == "percent"
    apart = f"{abs(difference) * 100:.3g} points" if points else in_words(abs(difference), metric.format)
    share = f", {value / goal * 100:.3g} % of it" if value is not None and goal > 0 and not points else ""
    return f"{sides}; {'above' if difference > 0 else 'below'} it by {apart}{share}."


def _beside_due(metric: Metric, value: float | None, time: _Time) -> str:
    """ "; 2.11 % ahead of the 13,247,826 of it that were due by 2026-10-31"; "" where nothing was."""
    if value is None or time.due is None:
        return ""
    apart = value / time.due - 1
    far = f"{abs(apart) * 100:.3g} % {'ahead of' if apart > 0 else 'behind'}" if apart else "even with"
    return f"; {far} the {in_words(time.due, metric.format)} of it due by {time.as_of}"
