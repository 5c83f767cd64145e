"""Steps: what a metric works out in Python after its SQL, named in its header as `steps = ["kaplan_meier"]`.

A step is a function `step(behind, frame) -> frame`. `frame` is what the section `answer` gave, after the steps before
it: columns segment, period (NULL without --grain), the metric's keys, value, n and the others, one row a segment ×
period × keys. The step returns it with columns added, or another frame with those columns in that order. Through
`behind` (see behind.py) it reads any section of its metric by name (`behind.section("rows")`: filters, split, period
and options are in it already), any SELECT over them (`behind.select("SELECT … FROM rows")`), `behind.options`,
`behind.metric.group_columns` (the columns that name a row) and `behind.snapshot.as_of`; `behind.warn(sentence)` adds a
warning to the answer. It reads no clock, draws nothing without a fixed seed, and gives NaN for what is undefined.

To add one: a module in this folder, and its line in STEPS. The header's `interval` is a step too, and runs first.
"""

from collections.abc import Callable, Iterable

import pandas as pd

from metrics.errors import DefinitionError
from metrics.steps.acceleration import acceleration
from metrics.steps.asked import in_market_columns
from metrics.steps.behind import Behind
from metrics.steps.goal_left import goal_left
from metrics.steps.in_market import in_market_differences
from metrics.steps.intervals import interval_of_part, median_beside, median_delay, median_of_value, wilson_of_rate
from metrics.steps.money import cost_reach, target_dating
from metrics.steps.opinions import opinion_intervals
from metrics.steps.outlook import outlook_of_accounts
from metrics.steps.survival import kaplan_meier, won_by

Step = Callable[[Behind, pd.DataFrame], pd.DataFrame]

STEPS: dict[str, Step] = {
    "acceleration": acceleration,
    "cost_reach": cost_reach,
    "goal_left": goal_left,
    "in_market_columns": in_market_columns,
    "in_market_differences": in_market_differences,
    "interval_of_part": interval_of_part,
    "kaplan_meier": kaplan_meier,
    "median_delay": median_delay,
    "opinion_intervals": opinion_intervals,
    "outlook_of_accounts": outlook_of_accounts,
    "target_dating": target_dating,
    "won_by": won_by,
}
INTERVALS: dict[str, Step] = {
    "wilson": wilson_of_rate,
    "median": median_of_value,
    "median_column": median_beside,
}


def taken(behind: Behind, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` after the metric's interval and its steps. DefinitionError for a step that there is none of."""
    for step in _steps(behind.metric.name, behind.metric.interval, behind.metric.steps):
        frame = step(behind, frame)
    return frame


def _steps(metric: str, interval: str, names: Iterable[str]) -> Iterable[Step]:
    if interval != "none":
        yield INTERVALS[interval]
    for name in names:
        if name not in STEPS:
            raise DefinitionError(f"{metric}: there is no step “{name}”; there are {', '.join(STEPS)}.")
        yield STEPS[name]
