"""Bytes that a disk gives back otherwise than they were written are noticed; figures are the same or those before."""

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from soak import times

from metrics.errors import WorkspaceError
from metrics.workspace import Workspace, soundness
from metrics.workspace.lock import hold
from tests.workspace.crashing import MAPPING, copied, deals

pytestmark = pytest.mark.soak
OLD, NEW = 10, 20
Damage = Callable[[bytearray, random.Random], bytes]


def flip(data: bytearray, rng: random.Random) -> bytes:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def cut(data: bytearray, rng: random.Random) -> bytes:
    return bytes(data[: rng.randrange(len(data))])


def blank(data: bytearray, rng: random.Random) -> bytes:
    """A page of zeros where something stood."""
    filled = [at for at in range(0, len(data), 4096) if any(data[at : at + 4096])]
    at = rng.choice(filled)
    return bytes(data[:at] + bytes(min(4096, len(data) - at)) + data[at + 4096 :])


DAMAGES: list[tuple[str, Damage]] = [
    *[("snapshots/2.duckdb", flip)] * 8, *[("snapshots/2.duckdb", cut)] * 3, *[("snapshots/2.duckdb", blank)] * 2,
    *[("CURRENT", flip)] * 2, ("CURRENT", cut), ("CURRENT", blank), ("snapshots/2.json", flip),
    ("snapshots/2.copy", cut), ("snapshots/1.duckdb", flip),
]  # fmt: skip
"""What is damaged, and how: twenty."""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A workspace of two loads: ten deals, then twenty."""
    directory = tmp_path_factory.mktemp("template")
    for many in (OLD, NEW):
        Workspace(directory / "workspace").load(deals(directory / f"{many}.csv", many), mapping=MAPPING)
    return directory / "workspace"


@pytest.fixture(scope="module")
def sound(template) -> list:
    return contents(Workspace(template).current())


def contents(path: Path) -> list:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "SELECT opportunity_id, stage, outcome FROM model.opportunities ORDER BY 1"
        ).fetchall()


def damage(path: Path, how: Damage, rng: random.Random) -> None:
    path.write_bytes(how(bytearray(path.read_bytes()), rng))


@pytest.mark.parametrize("turn", range(times(1, 10)))
@pytest.mark.parametrize("case", range(len(DAMAGES)))
def test_damage_is_mended_at_the_next_opening(template, sound, tmp_path, case, turn):
    """The same figures, and word of it where a snapshot had to be built again."""
    (name, how), rng = DAMAGES[case], random.Random(100 * turn + case)
    directory = copied(template, tmp_path / "workspace")
    damage(directory / name, how, rng)
    workspace = Workspace(directory)
    assert contents(workspace.current()) == sound
    assert [one.import_id for one in workspace.imports()] == ["1", "2"]
    trouble = workspace.trouble()
    if name == "snapshots/2.duckdb":
        assert "was damaged on the disk; it was built again on 20" in trouble
        assert Workspace(directory).trouble() == trouble
    else:
        assert trouble is None


@pytest.mark.parametrize("how", [flip, cut, lambda *_: b""])
def test_until_it_can_be_built_again_the_figures_before_are_served(template, sound, tmp_path, how):
    directory = copied(template, tmp_path / "workspace")
    damage(directory / "snapshots/2.duckdb", how, random.Random(7))
    with hold(directory, "loading something"):
        workspace = Workspace(directory)
        assert len(contents(workspace.current())) == workspace.tables()["opportunities"] == OLD
        assert "1 later import is not in them yet, and not lost" in workspace.trouble()
        assert len(workspace.imports()) == 2
    soundness._TRIED.clear()
    workspace = Workspace(directory)
    assert contents(workspace.current()) == sound
    assert "built again" in workspace.trouble()
    workspace.change_settings({"margin": 0.5})
    assert (contents(workspace.current()), workspace.trouble()) == (sound, None)


def test_without_a_sound_snapshot_nothing_is_served_and_nothing_lost(template, sound, tmp_path):
    directory = copied(template, tmp_path / "workspace")
    for number in (1, 2):
        damage(directory / f"snapshots/{number}.duckdb", flip, random.Random(number))
    with hold(directory, "loading something"), pytest.raises(WorkspaceError, match=r"damaged on the disk.*Make sure"):
        Workspace(directory).current()
    soundness._TRIED.clear()
    assert contents(Workspace(directory).current()) == sound


def test_damaged_rows_are_read_again_from_their_file(template, sound, tmp_path):
    """A snapshot is not built of rows that changed on the disk; where their file changed too, nothing is."""
    directory = copied(template, tmp_path / "workspace")
    damage(directory / "batches/2/opportunities.parquet", flip, random.Random(1))
    workspace = Workspace(directory)
    assert workspace.trouble() is None
    workspace.change_settings({"time_zone": "UTC", "currency": "USD"})
    assert contents(workspace.current()) == sound
    kept = next((directory / "exports").glob(workspace.imports()[1].sha256))
    damage(kept, flip, random.Random(2))
    damage(next(directory.glob("batches/2-*/opportunities.parquet")), flip, random.Random(3))
    with pytest.raises(Exception, match=r"20\.csv would have to be read again, and its file is damaged"):
        workspace.change_settings({"currency": "EUR"})
    assert contents(Workspace(directory).current()) == sound


@pytest.mark.parametrize("how", [flip, cut, blank, lambda *_: b""])
@pytest.mark.parametrize("name", ["import.json", "import.copy"])
def test_what_is_known_of_an_import_is_kept_twice(template, sound, tmp_path, name, how):
    directory = copied(template, tmp_path / "workspace")
    known = Workspace(template).imports()
    for turn in range(times(3, 20)):
        damage(directory / "batches/2" / name, how, random.Random(turn))
        assert Workspace(directory).imports() == known
        (directory / "batches/2" / name).write_bytes((template / "batches/2" / name).read_bytes())
    damage(directory / "batches/2" / name, how, random.Random(7))
    Workspace(directory).change_settings({"currency": "USD"})
    assert (contents(Workspace(directory).current()), Workspace(directory).trouble()) == (sound, None)


def test_where_both_copies_are_damaged_the_figures_are_served_and_nothing_is_changed(template, sound, tmp_path):
    directory = copied(template, tmp_path / "workspace")
    for name in ("import.json", "import.copy"):
        damage(directory / "batches/2" / name, flip, random.Random(3))
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file() and path.name != "lock"}
    workspace = Workspace(directory)
    assert contents(workspace.current()) == sound
    for change in (
        lambda: workspace.load(deals(tmp_path / "30.csv", 30), mapping=MAPPING), lambda: workspace.undo("2"),
        lambda: workspace.change_settings({"currency": "USD"}), workspace.imports,
    ):  # fmt: skip
        with pytest.raises(
            WorkspaceError, match=r"import\.json is damaged.*Nothing was changed. Restore a backup, or load"
        ):
            change()
    assert contents(Workspace(directory).current()) == sound
    assert {path: path.read_bytes() for path in before} == before
