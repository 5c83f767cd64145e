"""The ways to an answer, whether they agree, and how long they take."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from benchmarks.asked import Asked, Frames
from benchmarks.compare import Times, assert_same, take_times
from benchmarks.questions import QUESTIONS
from metrics import Snapshot, find_metric, measure
from metrics.asking import settled
from metrics.compose import compose

Ways = dict[str, Callable[[], pd.DataFrame]]


def ways(snapshot: Snapshot, frames: Frames, metric: str, asked: Asked) -> Ways:
    """Product, hand-written SQL and pandas, each as a call."""
    question, asked = QUESTIONS[metric], _askable(metric, asked)
    sql = question.sql(asked)
    return {
        "product": lambda: measure(snapshot, metric, asked.scope()).frame,
        "sql": lambda: snapshot.run(sql),
        "pandas": lambda: question.frame(frames, asked),
    }


def _askable(metric: str, asked: Asked) -> Asked:
    return asked if QUESTIONS[metric].splits else replace(asked, by_target=False)


def assert_equal_answers(snapshot: Snapshot, frames: Frames, metric: str, asked: Asked) -> None:
    """NotEqual unless all three say the same."""
    question = QUESTIONS[metric]
    found = {name: way() for name, way in ways(snapshot, frames, metric, asked).items()}
    for name in ("sql", "pandas"):
        title = f"{metric}, {asked.name}, {name}"
        assert_same(title, found["product"], found[name], question.keys, question.columns)


def take_answer_times(snapshot: Snapshot, frames: Frames, metric: str, asked: Asked, runs: int) -> Times:
    """All three, and `answer`: the one statement of the product that makes the answer's rows, by itself."""
    found = find_metric(metric)
    composed = compose(found, _askable(metric, asked).scope(), snapshot, settled(snapshot, metric))
    sql = composed.sql(found, "answer")
    used = composed.used(sql)
    return take_times(ways(snapshot, frames, metric, asked) | {"answer": lambda: snapshot.run(sql, used)}, runs)
