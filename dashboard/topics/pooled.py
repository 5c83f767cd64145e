"""Target and rest of all cohorts together, held against each other once and not cell by cell."""

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.cards.chart import count_comparison
from dashboard.cards.question import Question
from dashboard.text import findings, findings_time, numbers
from dashboard.text.against import against_words
from metrics import Answer, Comparison, sides_at


def compared_sides(
    question: Question, answer: Answer, together: pd.DataFrame, *, rows_needed: bool
) -> Comparison | None:
    """At the greatest age that thirty units of both sides were followed to, else five; None where there is none.

    `together`: `pooled_ages` of the answer. `rows_needed`: an interval of sums of money is drawn from the rows.
    """
    followed = together[together["age"] > 0].pivot_table(index="age", columns="segment", values="n").dropna()
    if not {"target", "rest"} <= set(followed):
        return None
    least = followed[["target", "rest"]].min(axis=1)
    enough = next((n for n in (numbers.SMALL, numbers.FEW) if (least >= n).any()), None)
    if enough is None:
        return None
    age = int(max(least[least >= enough].index))
    count_comparison()
    return sides_at(together, age, _rows_of(question, answer, age) if rows_needed else None)


def _rows_of(question: Question, answer: Answer, age: int) -> pd.DataFrame:
    """The rows behind an age, of the cohorts that have completed it."""
    cells = findings_time.complete(answer.frame)
    ended = cells.loc[cells["age"] == age, ["segment", "cohort"]].drop_duplicates()
    return question.rows({"age": str(age)}).merge(ended, on=["segment", "cohort"])


def sides_title(compared: Comparison, measure: str, grain: str) -> str:
    """Target against the rest at the age that they are compared at, which the title names."""
    age = int(compared.keys["age"])
    words: dict[str, Any] = {"age": age, "units": findings_time.age_unit(grain, age)}
    return findings.target_or_rest(compared, metric="cohorts", title=measure, kind="percent", **words)


def sides_words(compared: Comparison) -> str:
    return against_words([replace(compared, keys={})], "percent")
