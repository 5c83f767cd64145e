"""Market: enough accounts, and the right ones?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.text import findings
from dashboard.topics.fit import grades_chart, profile_chart
from dashboard.topics.goals import goal_card
from dashboard.topics.intent import change_chart, competitors_card, in_market_card, in_market_sentence
from dashboard.topics.market import market_chart, market_figures, market_sentence
from dashboard.topics.tiers import engaged_chart


def show() -> None:
    """The page."""
    page = data_page("market")
    if page is None:
        return
    page_sentence(page, findings.headline(market_sentence(page), in_market_sentence(page)))
    market_figures(page)
    row([1, 1], [market_chart(page), engaged_chart(page)])
    in_market_card(page)
    competitors_card(page)
    row([1, 1], [change_chart(page), grades_chart(page)])
    row([1], [profile_chart(page)])
    goal_card(page)
    page_foot()


if __name__ == "__main__":
    show()
