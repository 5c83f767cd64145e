"""Engagement: is marketing landing?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.engagement import (
    engagement_sentence,
    grid_chart,
    mix_chart,
    people_chart,
    standing_chart,
    strength_chart,
    trend_chart,
)
from dashboard.topics.engagement_settings import settings_card
from dashboard.topics.unworked import unworked_card


def show() -> None:
    """The page."""
    page = data_page("engagement")
    if page is None:
        return
    page_sentence(page, engagement_sentence(page))
    trend = trend_chart(page)
    if trend.question.missing_tables():  # what is missing is said once
        row([1], [trend])
        return
    row([11, 9], [trend, standing_chart(page)])
    row([11, 9], [grid_chart(page), mix_chart(page)])
    row([1, 1], [people_chart(page), strength_chart(page)])
    unworked_card(page)
    settings_card(page)
    page_foot()


if __name__ == "__main__":
    show()
