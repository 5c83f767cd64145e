"""Funnel: where does it leak?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.filters import switch
from dashboard.topics.deals import bridge_chart, loss_chart, opened_closed_chart, win_rate_chart
from dashboard.topics.funnels import KINDS, funnel_chart, funnel_sentence


def show() -> None:
    """The page."""
    page = data_page("funnel", pipelines=True)
    if page is None:
        return
    kind = switch("funnel", KINDS)
    page_sentence(page, funnel_sentence(page, kind))
    row([13, 8], [funnel_chart(page, kind), win_rate_chart(page)])
    row([13, 8], [opened_closed_chart(page), loss_chart(page)])
    row([1], [bridge_chart(page)])
    page_foot()


if __name__ == "__main__":
    show()
