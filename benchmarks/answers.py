"""The three ways to an answer, and whether they agree."""

from collections.abc import Callable

import pandas as pd

from benchmarks.asked import Asked, Frames
from benchmarks.compare import assert_same
from benchmarks.questions import QUESTIONS
from benchmarks.questions.question import Question
from metrics import Snapshot, measure

Ways = dict[str, Callable[[], pd.DataFrame]]


def ways(snapshot: Snapshot, frames: Frames, question: Question, asked: Asked) -> Ways:
    """Product, hand-written SQL and pandas, each as a call."""
    sql = question.sql(asked)
    return {
        "product": lambda: measure(snapshot, question.metric, asked.scope()).frame,
        "sql": lambda: snapshot.run(sql),
        "pandas": lambda: question.frame(frames, asked),
    }


def assert_equal_answers(snapshot: Snapshot, frames: Frames, metric: str, asked: Asked) -> None:
    """NotEqual unless all three say the same."""
    question = QUESTIONS[metric]
    found = {name: way() for name, way in ways(snapshot, frames, question, asked).items()}
    for name in ("sql", "pandas"):
        title = f"{metric}, {asked.name}, {name}"
        assert_same(title, found["product"], found[name], question.keys, question.columns)
