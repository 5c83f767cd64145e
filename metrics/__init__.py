"""What the numbers mean. Pages, command line and notebooks use these names and no others.

The names arrive when first used, so that `python -m metrics --help` and a load's child process start without pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from metrics.catalog import catalog, find_metric
from metrics.columns import unit_of
from metrics.errors import AbmError, DefinitionError, FileError, QuestionError, WorkspaceError
from metrics.metric import Metric, Option
from metrics.scope import Scope

if TYPE_CHECKING:
    from metrics.answer import Answer, Comparison
    from metrics.asking import life_tables, measure, settled
    from metrics.compose import unreached
    from metrics.counting import count_units
    from metrics.detail import explain, list_rows
    from metrics.dimensions import dimension_values
    from metrics.engines import Snapshot, open_snapshot
    from metrics.periods import compared_scope
    from metrics.statistics.intervals import newcombe, wilson
    from metrics.statistics.survival import logrank
    from metrics.workspace import Workspace

__all__ = [
    "AbmError",
    "Answer",
    "Comparison",
    "DefinitionError",
    "FileError",
    "Metric",
    "Option",
    "QuestionError",
    "Scope",
    "Snapshot",
    "Workspace",
    "WorkspaceError",
    "catalog",
    "compared_scope",
    "count_units",
    "dimension_values",
    "explain",
    "find_metric",
    "life_tables",
    "list_rows",
    "logrank",
    "measure",
    "newcombe",
    "open_snapshot",
    "settled",
    "unit_of",
    "unreached",
    "wilson",
]

_HOME = {
    "Answer": "answer", "Comparison": "answer", "life_tables": "asking", "measure": "asking", "settled": "asking",
    "unreached": "compose", "count_units": "counting",
    "explain": "detail", "list_rows": "detail", "dimension_values": "dimensions", "Snapshot": "engines",
    "open_snapshot": "engines", "compared_scope": "periods", "logrank": "statistics.survival",
    "newcombe": "statistics.intervals", "wilson": "statistics.intervals", "Workspace": "workspace",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
