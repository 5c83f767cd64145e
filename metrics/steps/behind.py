"""What stands behind a frame that a metric's SQL gave: what a step may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from metrics.compose import Composition
from metrics.engines import Snapshot
from metrics.metric import Metric, OptionValue
from metrics.scope import Scope


@dataclass(frozen=True)
class Behind:
    """One question with its tables composed: a step reads the metric's sections through it, and the options.

    `said` are the sentences that steps want among the answer's warnings.
    """

    snapshot: Snapshot
    metric: Metric
    scope: Scope
    options: Mapping[str, OptionValue]
    composition: Composition
    said: list[str] = field(default_factory=list)
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def section(self, name: str) -> pd.DataFrame:
        """The rows of the metric's section `name`, in this scope. Asked of the database once."""
        if name not in self._read:
            self._read[name] = self.select(self.metric.sections[name], name)
        return self._read[name].copy()

    def select(self, sql: str, section: str = "step") -> pd.DataFrame:
        """The rows of a SELECT that may read the metric's sections and the filtered tables by name.

        It may use the options, `$as_of` and the other parameters of metric files. `section` is its own name, which
        it cannot read.
        """
        whole = self.composition.sql(self.metric, section, sql)
        return self.snapshot.run(whole, self.composition.used(whole))

    def warn(self, sentence: str) -> None:
        """`sentence` becomes one of the answer's warnings, once."""
        if sentence not in self.said:
            self.said.append(sentence)
