"""One question for each metric of the catalogue, and which metrics have none yet."""

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

NOT_COMPARED: dict[str, str] = {
    "engagement_acceleration": "rank correlation, survival of two halves and log-rank are not yet written a second time",
    "icp_accounts": "the fit of accounts is not yet written a second time",
    "ideal_customer_profile": "the fit of accounts is not yet written a second time",
    "influence_credit": "the four models of credit are not yet written a second time",
    "marketing_velocity": "the ways from the first touch are not yet written a second time",
}
"""Metrics that have no question here, each with why; tests/benchmarks holds that there are no others."""
