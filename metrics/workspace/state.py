"""What is in effect: one small file that is replaced at once, next to the snapshot that was built of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from metrics.errors import WorkspaceError
from metrics.workspace.build import FORMAT
from metrics.workspace.files import replace_file

REDO_DAYS = 30
"""How long the rows and the file of an import that was taken back are kept, so that it can be put back."""


@dataclass(frozen=True)
class State:
    """`number` names the snapshot. `imports` are the numbers of the imports in effect, in the order of loading;
    `undone` when each import that was taken back was. `settings` are those changed, `targets` the kept lists,
    `segments` the filters kept under a name, `goals` those that were typed, `changes` who changed what of these and
    when.
    `batches` names the directory of an import's rows where it is not called by its number: its file was read again.
    `about` and `tables` are what the snapshot says of itself, so that nobody need open it to know.
    """

    number: int = 0
    imports: tuple[int, ...] = ()
    undone: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    targets: tuple[dict[str, Any], ...] = ()
    segments: tuple[dict[str, Any], ...] = ()
    goals: tuple[dict[str, Any], ...] = ()
    changes: tuple[dict[str, Any], ...] = ()
    batches: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)

    @property
    def next_import(self) -> int:
        return max((*self.imports, *map(int, self.undone)), default=0) + 1

    def batch(self, directory: Path, number: int) -> Path:
        """The directory of the rows of that import, in the workspace `directory`."""
        return directory / "batches" / self.batches.get(str(number), str(number))

    def keeps_undone(self, number: int, moment: datetime) -> bool:
        """Whether that import was taken back so lately before `moment` that its rows are still kept."""
        at = self.undone.get(str(number))
        return at is not None and moment <= datetime.fromisoformat(at) + timedelta(days=REDO_DAYS)

    @property
    def is_of_older_format(self) -> bool:
        """Whether its snapshot was built in a format before this release's: it has to be built again."""
        return bool(self.imports) and int(self.about.get("format", 0)) < FORMAT

    @property
    def for_build(self) -> dict[str, Any]:
        """The settings as the build takes them."""
        goals = {"goals": list(self.goals)} if self.goals else {}
        return {**self.settings, "targets": list(self.targets), **goals}


@dataclass(frozen=True)
class Manner:
    """What the settings say of how files are read: in another manner, kept files may give other rows."""

    time_zone: str = "UTC"
    score_text: bool = False


def manner_of(settings: Mapping[str, Any]) -> Manner:
    """How files are read under these settings."""
    return Manner(str(settings.get("time_zone") or "UTC"), bool(settings.get("score_text")))


def read_state(directory: Path) -> State:
    """The state in use; an empty one before the first load.

    WorkspaceError where it cannot be read, or was written by a newer release.
    """
    current = directory / "CURRENT"
    try:
        number = int(current.read_text(encoding="ascii"))
        told = json.loads((directory / "snapshots" / f"{number}.json").read_bytes())
    except FileNotFoundError:
        if current.exists():
            raise WorkspaceError(
                f"The workspace {directory} is damaged: what CURRENT names is gone. Restore a backup."
            ) from None
        return State()
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"The workspace {directory} cannot be read: {error}. Check its permissions, or restore a backup."
        ) from error
    if set(told) - {known.name for known in fields(State)} or told.get("about", {}).get("format", 0) > FORMAT:
        raise WorkspaceError(
            f"The workspace {directory} was written by a newer release than this one, which reads formats up to "
            f"{FORMAT}. Nothing was changed. Install the newer release again, or name another workspace."
        )
    listed = {name: tuple(told.get(name, ())) for name in ("imports", "targets", "segments", "goals", "changes")}
    return State(**{**told, **listed})


def write_state(directory: Path, state: State) -> None:
    """Makes `state` the one in use. Until the last step the old one is."""
    content = json.dumps(asdict(state), ensure_ascii=False).encode()
    replace_file(directory / "snapshots" / f"{state.number}.json", content)
    replace_file(directory / "CURRENT", f"{state.number}\n".encode())
