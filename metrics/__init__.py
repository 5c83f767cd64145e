"""What the numbers mean. Pages, command line and notebooks use these names and no others."""

from metrics.answer import Answer, Comparison
from metrics.catalog import catalog, find_metric
from metrics.detail import explain, list_rows
from metrics.dimensions import dimension_values
from metrics.engines import Snapshot, open_snapshot
from metrics.errors import AbmError, DefinitionError, FileError, QuestionError, WorkspaceError
from metrics.measure import life_tables, measure, settled
from metrics.metric import Metric, Option
from metrics.scope import Scope

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
    "WorkspaceError",
    "catalog",
    "dimension_values",
    "explain",
    "find_metric",
    "life_tables",
    "list_rows",
    "measure",
    "open_snapshot",
    "settled",
]
