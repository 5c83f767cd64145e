"""One question for each metric of the catalogue."""

from benchmarks.questions import (
    cohorts,
    engagement,
    funnels,
    lists,
    market,
    pace,
    relationship,
    revenue,
    sellers,
    velocity,
)
from benchmarks.questions.question import Question

GROUPS = (revenue, lists, funnels, engagement, relationship, velocity, sellers, cohorts, market, pace)
QUESTIONS: dict[str, Question] = {question.metric: question for group in GROUPS for question in group.QUESTIONS}
