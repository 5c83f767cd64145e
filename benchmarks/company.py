"""The sample company at a scale: its exports, and the workspace that they are loaded into, made once and kept."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from data.generate import generate
from metrics import Workspace
from metrics.sample import EXPORTS

ROOT = Path("build/bench")
HALF_A_MILLION_DEALS = 440

Say = Callable[[str], None]


class Company:
    """The sample company at one scale, under `root`. What is there already is used again."""

    def __init__(self, scale: int, root: Path = ROOT) -> None:
        self.scale = scale
        self.directory = root / str(scale)

    @property
    def exports(self) -> Path:
        return EXPORTS if self.scale == 1 else self.directory / "exports"

    def files(self) -> list[Path]:
        """The exports, the smallest first: every load builds the snapshot anew from all that was loaded before."""
        return sorted(self.exports.glob("*.csv"), key=lambda path: (path.stat().st_size, path.name))

    def export(self, part: str) -> Path:
        """The one export with `part` in its name."""
        return next(path for path in self.files() if part in path.name)

    def make(self, say: Say) -> Workspace:
        """The loaded workspace."""
        self._generate(say)
        place = self.directory / "workspace"
        whole = self.directory / "loads.json"
        if not whole.is_file():
            shutil.rmtree(place, ignore_errors=True)
            seconds = {}
            workspace = Workspace(place)
            for path in self.files():
                before = time.perf_counter()
                for one in workspace.load(path):
                    if one.status != "loaded":
                        raise SystemExit(f"{path.name} was not loaded: {one.reason}")
                seconds[path.name] = time.perf_counter() - before
                say(f"loaded {path.name} in {seconds[path.name]:.1f} s")
            whole.write_text(json.dumps(seconds, indent=1) + "\n", encoding="utf-8")
        return Workspace(place)

    def _generate(self, say: Say) -> None:
        if self.scale == 1:
            return
        whole = self.directory / "generated"
        if not whole.is_file():
            shutil.rmtree(self.exports, ignore_errors=True)
            say(f"writing the exports of the sample company at scale {self.scale}")
            generate(self.directory, scale=self.scale)
            whole.touch()
