"""Cohorts: does each month do better than the last?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.cohorts import (
    LOGOS,
    REVENUE,
    by_side,
    cohort_sentence,
    curves,
    grain_switch,
    heatmap,
    main_kinds,
    tells_of_deals,
    tells_of_revenue,
)


def show() -> None:
    """The page."""
    page = data_page("cohorts")
    if page is None:
        return
    page_sentence(page, cohort_sentence(page))
    grain_switch()
    main, other = main_kinds(page)
    told = tells_of_deals(page)
    if told:
        row([13, 8], [heatmap(page, main), curves(page, main)])
        row([13, 8], [heatmap(page, other), by_side(page, main)])
    if tells_of_revenue(page):
        row([13, 8], [heatmap(page, REVENUE), by_side(page, REVENUE)])
        row([13, 8], [heatmap(page, LOGOS), by_side(page, LOGOS)])
    else:
        row([1, 1], [heatmap(page, REVENUE), heatmap(page, LOGOS)])
    if not told:  # what is missing is said once a cohort, below what is there
        row([1, 1], [heatmap(page, main), heatmap(page, other)])
    page_foot()


if __name__ == "__main__":
    show()
