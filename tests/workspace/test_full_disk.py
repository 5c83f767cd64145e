"""A disk that is full or may not be written: what was there is served, and the message says how many bytes are needed.

The disk is a tmpfs of that size where this user may mount one (root); else no file of the load may grow beyond a limit,
which the system enforces in the same place, for the database's own writes too.
"""

import os
import random
import re
from pathlib import Path

import pytest
from soak import times

from metrics.errors import WorkspaceError
from metrics.workspace import Workspace
from tests.workspace.crashing import BEFORE, MAPPING, copied, deals, disk, names, opened, served, starved

pytestmark = pytest.mark.soak
MANY = 30_000
PHASES = (None, "copy", "convert", "batch", "build", "pointer")


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    return deals(tmp_path_factory.mktemp("files") / "large.csv", MANY)


def sizes() -> list[tuple[int, str | None]]:
    """Megabytes of the disk, and the phase in which something else fills it (None: it is too small from the start)."""
    rng = random.Random(6)
    usual = [(4, None), (16, "copy"), (18, "convert"), (20, "build"), (24, "pointer")]
    more = [(rng.randrange(16, 64), rng.choice(PHASES[1:])) for _ in range(25)]
    return usual[: times(5, 5)] + [(size, None) for size in range(3, 13)][: times(0, 10)] + more[: times(0, 25)]


@pytest.mark.parametrize(("size", "phase"), sizes())
def test_a_full_disk_loses_nothing(ten_deals, large, tmp_path, size, phase):
    place = tmp_path / "disk"
    with disk(place, size << 20) as mounted:
        directory = copied(ten_deals, place / "workspace")
        if not mounted and phase is None:
            pytest.skip("only root may mount a disk of so few bytes")
        kind, said = starved(directory, large, phase, None if mounted else 4096)
        assert (kind, served(Workspace(directory))) == ("WorkspaceError", BEFORE)
        assert re.search(r"(too full|full meanwhile): [\d,]{6,} bytes (are needed|must stay free) for this, ", said), (
            said
        )
        (place / "other").unlink(missing_ok=True)
        assert served(opened(directory)) == BEFORE
        assert names(directory) == names(ten_deals)


def test_a_first_load_on_a_disk_that_is_too_small(large, tmp_path):
    place = tmp_path / "disk"
    with disk(place, 1 << 20) as mounted:
        if not mounted:
            pytest.skip("only root may mount a disk of so few bytes")
        with pytest.raises(WorkspaceError, match=r"too full: [\d,]{6,} bytes are needed"):
            Workspace(place / "workspace").load(large, mapping=MAPPING)
        assert Workspace(place / "workspace").current() is None


def test_a_disk_that_may_not_be_written_is_served(ten_deals, large, tmp_path):
    """Everything can be looked at; a change says why it cannot be made."""
    place = tmp_path / "disk"
    with disk(place, 16 << 20) as mounted:
        directory = copied(ten_deals, place / "workspace")
        if mounted:
            assert os.system(f"mount -o remount,ro {place}") == 0
        elif os.geteuid() == 0:
            pytest.skip("root may write everywhere, and may mount nothing here")
        else:
            for path in (directory, *directory.rglob("*")):
                path.chmod(0o500 if path.is_dir() else 0o400)
        try:
            workspace = Workspace(directory)
            assert served(workspace) == BEFORE
            assert [one.import_id for one in workspace.imports()] == ["1"]
            for change in (
                lambda: workspace.load(large, mapping=MAPPING), lambda: workspace.undo("1"),
                lambda: workspace.change_settings({"margin": 0.5}), lambda: workspace.save_segment("x", [("a", "b")]),
            ):  # fmt: skip
                with pytest.raises(WorkspaceError, match=r"cannot be written: .*Make the directory writable"):
                    change()
            assert workspace.load(large, mapping=MAPPING, dry_run=True)[0].rows["read"] == MANY
        finally:
            if not mounted:
                for path in (directory, *directory.rglob("*")):
                    path.chmod(0o700 if path.is_dir() else 0o600)
