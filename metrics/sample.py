"""The sample company: exports of an invented company in real vendors' shapes, to try everything with."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

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
    files = sorted(path for path in EXPORTS.glob("*") if path.suffix == ".csv")
    if not files:
        raise WorkspaceError(f"The sample company is not here: {EXPORTS} has no exports. Start from a full checkout.")
    with TemporaryDirectory() as directory:
        return workspace.load_all([{"path": path} for path in _packed(files, Path(directory))], progress)


def _packed(files: Sequence[Path], directory: Path) -> list[Path]:
    """The files in two archives of about equal size, which are read side by side: starting a reader takes a while."""
    archives = [directory / f"halden-exports-{number}.zip" for number in (1, 2)]
    sizes = dict.fromkeys(archives, 0)
    for file in sorted(files, key=lambda path: path.stat().st_size, reverse=True):
        smaller = min(archives, key=lambda archive: sizes[archive])
        sizes[smaller] += file.stat().st_size
        with ZipFile(smaller, "a", ZIP_DEFLATED) as archive:
            archive.write(file, file.name)
    return archives
