"""What is in effect: one small file that is replaced at once, next to the snapshot that was built of it.

It is kept twice, and CURRENT holds its checksum: a byte that a disk gives back otherwise is noticed, and mended.
"""

import hashlib
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
    `about` and `tables` are what the snapshot says of itself, so that nobody need open it to know; `sha256` is that of
    its file, empty where there is none or an earlier release built it.
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
    sha256: str = ""

    @property
    def next_import(self) -> int:
        return max((*self.imports, *map(int, self.undone)), default=0) + 1

    def batch(self, directory: Path, number: int) -> Path:
        """The directory of the rows of that import, in the workspace `directory`."""
        return directory / "batches" / self.batches.get(str(number), str(number))

    def snapshot(self, directory: Path) -> Path:
        """The file of its snapshot."""
        return directory / "snapshots" / f"{self.number}.duckdb"

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


class DamagedError(WorkspaceError):
    """What is kept was changed on the disk, by nobody who may."""


def read_state(directory: Path) -> State:
    """The state in use; an empty one before the first load.

    WorkspaceError where it cannot be read, or was written by a newer release; DamagedError where its bytes are not
    those that were written, twice over.
    """
    told = _in_use(directory)
    return State() if told is None else understood(directory, told)


def earlier_states(directory: Path, than: int | None) -> list[State]:
    """The sound states of this release before number `than` (None: all) that are still kept, the newest first."""
    found = []
    for number in sorted(_numbers(directory), reverse=True):
        told = _agreed(directory, number) if than is None or number < than else None
        try:
            state = None if told is None else understood(directory, told)
        except WorkspaceError:
            continue
        if state is not None and not state.is_of_older_format:
            found.append(state)
    return found


def write_state(directory: Path, state: State) -> None:
    """Makes `state` the one in use. Until the last step the old one is."""
    content = json.dumps(asdict(state), ensure_ascii=False).encode()
    for copy in _copies(directory, state.number):
        replace_file(copy, content)
    replace_file(directory / "CURRENT", f"{state.number} {_checksum(content)}\n".encode())


def _in_use(directory: Path) -> bytes | None:
    """The bytes of the state that CURRENT names, None before the first load.

    Where CURRENT or the copies do not fit together, the newest state whose two copies agree is the one in use: a write
    was cut short, or a byte changed on the disk.
    """
    try:
        for _ in range(3):  # a writer may tidy away what CURRENT named a moment ago
            number, checksum = _pointer(directory)
            for content in _contents(directory, number):
                if checksum in ("", _checksum(content)):
                    return content
        newest = max(_numbers(directory), default=0)
        agreed = _agreed(directory, newest)
    except OSError as error:
        raise WorkspaceError(
            f"The workspace {directory} cannot be read: {error.strerror or error}. Check its permissions."
        ) from error
    if agreed is not None:
        return agreed
    if newest <= 1 and not (directory / "CURRENT").exists():
        return None  # killed in its very first load, or new
    raise DamagedError(
        f"The workspace {directory} is damaged: neither copy of what CURRENT names is as it was written. Nothing was "
        "changed. Restore a backup, or load the files of its folder exports into a new workspace."
    )


def _pointer(directory: Path) -> tuple[int, str]:
    """The number and the checksum in CURRENT, (0, "") where it is missing or makes no sense; no checksum in those of
    earlier releases."""
    try:
        number, *checksum = (directory / "CURRENT").read_bytes().decode("ascii").split()
        return int(number), "".join(checksum)
    except (FileNotFoundError, ValueError):
        return 0, ""


def _copies(directory: Path, number: int) -> tuple[Path, Path]:
    return directory / "snapshots" / f"{number}.json", directory / "snapshots" / f"{number}.copy"


def _contents(directory: Path, number: int) -> list[bytes]:
    return [path.read_bytes() for path in _copies(directory, number) if path.is_file()]


def _numbers(directory: Path) -> set[int]:
    return {int(p.stem) for p in (directory / "snapshots").glob("*.*") if p.stem.isascii() and p.stem.isdigit()}


def _agreed(directory: Path, number: int) -> bytes | None:
    """The bytes of a state of which both copies are the same; of the only one that an earlier release wrote."""
    contents = _contents(directory, number)
    if not contents or len(set(contents)) > 1:
        return None
    return contents[0] if len(contents) == 2 or b'"sha256"' not in contents[0] else None


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def understood(directory: Path, content: bytes) -> State:
    """The state that these bytes are; WorkspaceError where a newer release wrote them, DamagedError else."""
    try:
        told = json.loads(content)
    except ValueError as error:
        raise DamagedError(
            f"The workspace {directory} cannot be read: {error}. Nothing was changed. Restore a backup."
        ) from error
    if set(told) - {known.name for known in fields(State)} or told.get("about", {}).get("format", 0) > FORMAT:
        raise WorkspaceError(
            f"The workspace {directory} was written by a newer release than this one, which reads formats up to "
            f"{FORMAT}. Nothing was changed. Install the newer release again, or name another workspace."
        )
    listed = {name: tuple(told.get(name, ())) for name in ("imports", "targets", "segments", "goals", "changes")}
    return State(**{**told, **listed})
