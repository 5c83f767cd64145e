"""Velocity: where do deals stick, today?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.attention import attention_card
from dashboard.topics.first_touch import marketing_chart
from dashboard.topics.speed import (
    engagement_chart,
    lacking_chart,
    money_chart,
    steadiness_chart,
)
from dashboard.topics.velocity import (
    ageing_chart,
    days_to_win_chart,
    owner_chart,
    stage_chart,
    survival_chart,
    velocity_sentence,
)


def show() -> None:
    """The page."""
    page = data_page("velocity", pipelines=True)
    if page is None:
        return
    page_sentence(page, velocity_sentence(page))
    row([1, 1], [days_to_win_chart(page), stage_chart(page)])
    ageing = ageing_chart(page)
    if not ageing.question.missing_tables(*ageing.needs):  # what is missing is said once, by the stages
        row([1], [ageing])
        if not page.asks("stalled_deals").answer().is_empty:
            row([1], [lacking_chart(page)])
    if not page.asks("overdue_deals").missing_tables():
        attention_card(page)
    row([1, 1], [steadiness_chart(page), engagement_chart(page)])
    row([1], [money_chart(page)])
    row([1], [marketing_chart(page)])
    row([1, 1], [survival_chart(page), owner_chart(page)])
    page_foot()


if __name__ == "__main__":
    show()
