"""One question for each metric of the catalogue, and which metrics have none yet."""

from benchmarks.questions import (
    acceleration,
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
    ways,
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
)
QUESTIONS: dict[str, Question] = {question.metric: question for group in GROUPS for question in group.QUESTIONS}

NOT_COMPARED: dict[str, str] = {
    "icp_accounts": "the fit of accounts is not yet written a second time",
    "ideal_customer_profile": "the fit of accounts is not yet written a second time",
}
"""Metrics that have no question here, each with why; tests/benchmarks holds that there are no others."""
