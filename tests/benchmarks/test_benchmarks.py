"""The benchmarks compare like with like: hand-written SQL and pandas answer as the product does. No times here."""

import zipfile
from collections.abc import Iterator

import pandas as pd
import pytest

from benchmarks.answers import assert_equal_answers
from benchmarks.asked import Frames, both_scopes
from benchmarks.compare import NotEqual, assert_same, take_times
from benchmarks.frames import load_frames
from benchmarks.questions import QUESTIONS
from data.generate import DAY
from metrics import Snapshot, Workspace, catalog, open_snapshot
from metrics.sample import EXPORTS


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The sample company at scale 1."""
    archive = tmp_path_factory.mktemp("zip") / f"exports-{DAY}.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted(EXPORTS.glob("*.csv")):
            zipped.write(path, path.name)
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    workspace.load(archive)
    current = workspace.current()
    assert current is not None
    snapshot = open_snapshot(current)
    yield snapshot
    snapshot.close()


@pytest.fixture(scope="module")
def frames(snapshot: Snapshot) -> Frames:
    return load_frames(snapshot)


def test_every_metric_is_asked() -> None:
    assert set(QUESTIONS) == set(catalog())


@pytest.mark.parametrize("metric", sorted(QUESTIONS))
@pytest.mark.parametrize("scope", [0, 1], ids=["everything", "one-year-by-target"])
def test_all_three_answer_alike(metric: str, scope: int, snapshot: Snapshot, frames: Frames) -> None:
    assert_equal_answers(snapshot, frames, metric, both_scopes(snapshot.as_of)[scope])


def test_a_different_answer_fails_loudly() -> None:
    right = pd.DataFrame({"segment": ["a", "b"], "value": [0.25, None]})
    assert_same("m", right, right.iloc[::-1], ["segment"], ["value"])
    with pytest.raises(NotEqual, match=r"value at .*'a'.*0.25 of the product, 0.3 of the other"):
        assert_same("m", right, right.assign(value=[0.3, None]), ["segment"], ["value"])
    with pytest.raises(NotEqual, match=r"0\.25 of the product, None of the other"):
        assert_same("m", right, right.assign(value=[None, None]), ["segment"], ["value"])
    with pytest.raises(NotEqual, match="2 rows of the product, 1 of the other"):
        assert_same("m", right, right.head(1), ["segment"], ["value"])


def test_contenders_take_turns() -> None:
    order: list[str] = []
    times = take_times({"one": lambda: order.append("one"), "two": lambda: order.append("two")}, runs=3)
    assert order == ["one", "two"] * 3
    assert set(times.median) == {"one", "two"}
