"""The sample company at a scale: its exports, and the workspace that they are loaded into, made once and kept."""

import shutil
from collections.abc import Callable
from pathlib import Path

from data.generate import generate
from metrics import Workspace
from metrics.sample import EXPORTS

ROOT = Path("build/bench")
HALF_A_MILLION_DEALS = 260

Say = Callable[[str], None]


class Company:
    """The sample company at one scale, under `root`. What is there already is used again."""

    def __init__(self, scale: int, root: Path = ROOT) -> None:
        self.scale = scale
        self.directory = root / str(scale)

    @property
    def workspace(self) -> Path:
        return self.directory / "workspace"

    @property
    def exports(self) -> Path:
        return EXPORTS if self.scale == 1 else self.directory / "exports"

    def files(self) -> list[Path]:
        """Its exports by name."""
        return sorted(self.exports.glob("*.csv"))

    def export(self, part: str) -> Path:
        """The one export with `part` in its name."""
        return next(path for path in self.files() if part in path.name)

    def make(self, say: Say) -> Workspace:
        """The workspace with all of the exports."""
        self.write_exports(say)
        workspace = Workspace(self.workspace)
        if workspace.current() is None:
            say(f"loading {len(self.files())} exports; this is done once")
            for one in workspace.load_all([{"path": path} for path in self.files()]):
                if one.status != "loaded":
                    raise SystemExit(f"{one.file} was not loaded: {one.reason}")
        return workspace

    def write_exports(self, say: Say) -> None:
        """The exports; at scale 1 they are the committed ones."""
        if self.scale == 1:
            return
        whole = self.directory / "generated"
        if not whole.is_file():
            shutil.rmtree(self.exports, ignore_errors=True)
            say(f"writing the exports of the sample company at scale {self.scale}")
            generate(self.directory, scale=self.scale)
            whole.touch()
