"""What a disk gives back damaged is told on every page, in a sentence."""

import shutil
from collections.abc import Callable
from pathlib import Path

from page_reading import assert_sound
from streamlit.testing.v1 import AppTest

from metrics import Workspace


def test_a_snapshot_built_again_is_told_where_its_figures_are(
    visit: Callable[..., AppTest], deals_workspace: Path, tmp_path: Path
) -> None:
    assert not visit("velocity", deals_workspace).warning
    damaged = tmp_path / "damaged"
    shutil.copytree(deals_workspace, damaged)
    served = Workspace(deals_workspace).current()
    assert served is not None
    snapshot = damaged / served.relative_to(deals_workspace)
    snapshot.write_bytes(snapshot.read_bytes()[:-4096])
    app = visit("velocity", damaged)
    assert_sound(app)
    (warning,) = app.warning
    assert "was damaged on the disk; it was built again on" in warning.value
