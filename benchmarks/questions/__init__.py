"""One question for each metric of the catalogue."""

from benchmarks.questions import (
    acceleration,
    alignment,
    brand,
    cohorts,
    engagement,
    fit,
    funnels,
    lists,
    market,
    pace,
    relationship,
    retention,
    revenue,
    sellers,
    velocity,
    ways,
    worth,
)
from benchmarks.questions.question import Question

GROUPS = (
    revenue,
    lists,
    funnels,
    engagement,
    relationship,
    velocity,
    sellers,
    cohorts,
    market,
    pace,
    ways,
    acceleration,
    fit,
    retention,
    worth,
    alignment,
    brand,
)
QUESTIONS: dict[str, Question] = {question.metric: question for group in GROUPS for question in group.QUESTIONS}
