"""The benchmarks compare like with like: hand-written SQL and pandas answer as the product does. No times here."""

import pandas as pd
import pytest

from benchmarks.answers import assert_equal_answers
from benchmarks.asked import Frames, both_scopes
from benchmarks.compare import NotEqual, assert_same, take_times
from benchmarks.frames import load_frames
from benchmarks.questions import QUESTIONS
from metrics import Snapshot, catalog


@pytest.fixture(scope="module")
def frames(sample: Snapshot) -> Frames:
    return load_frames(sample)


def test_every_metric_is_asked() -> None:
    assert set(QUESTIONS) == set(catalog())


@pytest.mark.parametrize("metric", sorted(QUESTIONS))
@pytest.mark.parametrize("scope", [0, 1], ids=["everything", "one-year-by-target"])
def test_all_three_answer_alike(metric: str, scope: int, sample: Snapshot, frames: Frames) -> None:
    assert_equal_answers(sample, frames, metric, both_scopes(sample.as_of)[scope])


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
