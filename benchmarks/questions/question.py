"""What a question of the benchmarks is: a metric, and how an analyst would answer it without the product."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from benchmarks.asked import Asked, Frames


@dataclass(frozen=True)
class Question:
    """`sql` is one statement on the snapshot, `frame` the same in pandas; both answer `keys` and `columns`.

    Intervals, rows left out by reason, warnings and comparisons are the product's alone. `splits`: whether it can be
    split by target; where not, it is asked as a whole in both scopes.
    """

    metric: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    sql: Callable[[Asked], str]
    frame: Callable[[Frames, Asked], pd.DataFrame]
    splits: bool = True
