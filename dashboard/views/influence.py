"""Influence: enough marketing on the right accounts?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.influence import (
    coverage_chart,
    credit_chart,
    influence_chart,
    influence_sentence,
    uncovered_card,
)
from dashboard.topics.influence_settings import settings_card


def show() -> None:
    """The page."""
    page = data_page("influence")
    if page is None:
        return
    page_sentence(page, influence_sentence(page))
    row([11, 9], [influence_chart(page), credit_chart(page)])
    coverage = coverage_chart(page)
    if not coverage.question.missing_tables():  # what is missing is said once, above
        row([1], [coverage])
        uncovered_card(page)
        settings_card(page)
    page_foot()


if __name__ == "__main__":
    show()
