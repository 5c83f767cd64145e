"""The sample company: exports of an invented company in real vendors' shapes, to try everything with."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from metrics.errors import QuestionError, WorkspaceError

if TYPE_CHECKING:
    from metrics.workspace import Import, Workspace

EXPORTS = Path(__file__).parent.parent / "data" / "exports"


def load_sample(workspace: "Workspace", progress: Callable[[str, float], None] | None = None) -> list["Import"]:
    """Loads the sample company; `progress` hears of each phase and its share done.

    QuestionError where the workspace has imports already: a sample must not mix with a company's own figures.
    """
    if workspace.imports():
        raise QuestionError(
            f"The workspace {workspace.directory} has imports already: the sample company goes into a new one "
            "(--workspace DIR)."
        )
    files = sorted(path for path in EXPORTS.glob("*") if path.suffix in (".csv", ".tsv", ".xlsx", ".zip"))
    if not files:
        raise WorkspaceError(f"The sample company is not here: {EXPORTS} has no exports. Start from a full checkout.")
    return workspace.load_all([{"path": file} for file in files], progress)
