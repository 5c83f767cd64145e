"""Goals as they are typed or come in a file: which figure each is for, and why one cannot be met."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from metrics.catalog import find_metric
from metrics.dimensions import place, place_values
from metrics.engines import Snapshot
from metrics.errors import QuestionError
from metrics.metric import Metric
from metrics.scope import NONE
from metrics.spelling import did_you_mean

_NEVER_BELOW_ZERO = ("money", "count", "days")


def goal_for(
    metric: str, value: float, start: date | None, end: date | None, segment: tuple[str, str] | None
) -> dict[str, Any]:
    """A goal as the workspace keeps it: `metric` (or `metric.median`), `starts_on`, `ends_on` (ISO, None is open),
    `dimension`, `segment`, `value` in the metric's unit (rates as fractions of 1)."""
    dimension, name = segment or (None, None)
    return {"metric": metric, "starts_on": start and start.isoformat(), "ends_on": end and end.isoformat(),
            "dimension": dimension, "segment": name, "value": float(value)}  # fmt: skip


def read_goal(
    snapshot: Snapshot,
    metric: str,
    value: float,
    start: date | None = None,
    end: date | None = None,
    segment: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The goal as the workspace keeps it. QuestionError for one that no figure could ever be held to."""
    goal = goal_for(metric, value, start, end, segment)
    problem = goal_problem(metric, value) or _scope_problem(snapshot, goal)
    if problem:
        raise QuestionError(problem)
    return goal


def goal_figure(name: str) -> tuple[Metric, str]:
    """The metric of a goal and which of its figures is meant: `value`, or the median beside a mean by
    `deal_velocity.median`. QuestionError where no metric has that name, or no figure that a goal can be for."""
    metric, _, column = name.partition(".")
    found = find_metric(metric)
    if not can_have_goal(found):
        raise QuestionError(f"{metric} has several figures: a goal is for a metric with one, such as won_revenue.")
    if (column or "value") not in goal_columns(found):
        raise QuestionError(f"{metric} has no {column} that a goal could be for.")
    return found, column or "value"


def goal_name(metric: str, column: str = "value") -> str:
    """The name under which goals for this figure are kept."""
    return metric if column == "value" else f"{metric}.{column}"


def goal_columns(metric: Metric) -> tuple[str, ...]:
    """The figures of the metric's answer that a goal can be for."""
    if not can_have_goal(metric):
        return ()
    return ("value", "median") if metric.interval == "median_column" else ("value",)


def can_have_goal(metric: Metric) -> bool:
    """Whether the metric has one figure, which a goal can be for."""
    return not metric.keys and not metric.list_of


def goal_problem(name: str, value: float) -> str:
    """Why no figure is held to a goal of this name and number, such as one of a file; "" for one that can be met."""
    try:
        found, _ = goal_figure(name)
    except QuestionError as error:
        return str(error)
    if not math.isfinite(value):
        return f"A goal is a number; “{value}” is none."
    if found.format in _NEVER_BELOW_ZERO and value < 0:
        return f"{found.title}: a goal cannot be below 0, as {value:g} is."
    if _is_share(found) and not 0 <= value <= 1:
        return (f"{found.title} is a share: its goal lies between 0 and 1 (0.35 is 35 %), not {value:g}. "
                "In a file write 35 % or 0.35.")  # fmt: skip
    return ""


def _scope_problem(snapshot: Snapshot, goal: Mapping[str, Any]) -> str:
    """Why no figure is of the goal's days and segment; "" where one is. Days are ISO dates or None."""
    start, end, dimension, segment = (goal[name] for name in ("starts_on", "ends_on", "dimension", "segment"))
    if start and end and start > end:
        return f"The goal would end on {end}, before it begins on {start}."
    if dimension is None:
        return "" if segment in (None, "") else f"It names the segment “{segment}” and not of which dimension."
    metric, _ = goal_figure(goal["metric"])
    try:
        values = place_values(place(dimension, metric.unit, snapshot), snapshot)
    except QuestionError as error:
        return str(error)
    if not values:
        return f"The data know no values of {dimension}."
    if segment not in (*values, NONE):
        return f"The data know no {dimension} “{segment}”.{did_you_mean(str(segment), values)}"
    return ""


def _is_share(metric: Metric) -> bool:
    return metric.interval == "wilson" and metric.format == "percent"


def known_goals(snapshot: Snapshot) -> pd.DataFrame:
    """Every goal, typed or of a file: metric, starts_on, ends_on, dimension, segment, value; `import_id` and `line` of
    the file that it stands in (None: typed); `problem`: why one is set aside, "" for one in effect."""
    found = snapshot.run(
        "SELECT metric, starts_on, ends_on, nullif(dimension, '') AS dimension, segment, value, "
        "CAST(_import AS VARCHAR) AS import_id, _row AS line FROM model.goals "
        "ORDER BY metric, starts_on, ends_on, dimension, segment"
    )
    plain = found.astype(object).where(found.notna(), None).to_dict("records")
    problems = [
        goal_problem(str(row["metric"]), float(row["value"])) or _scope_problem(snapshot, _in_days(row))
        for row in plain
    ]
    return found.assign(problem=pd.Series(problems, index=found.index, dtype=object))


def _in_days(row: Mapping[Any, Any]) -> dict[str, Any]:
    days = {name: row[name] and pd.Timestamp(row[name]).date().isoformat() for name in ("starts_on", "ends_on")}
    return {str(name): cell for name, cell in row.items()} | days
