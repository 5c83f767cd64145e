"""Customers: is it worth it?"""

from dashboard.cards.chart import row
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.comparison import target_chart
from dashboard.topics.customers import customer_figures, customer_tables, customers_sentence
from dashboard.topics.customers_aged import equal_age_chart
from dashboard.topics.customers_churn import churn_chart, churn_segments_chart
from dashboard.topics.customers_cost import cost_chart
from dashboard.topics.customers_renewals import renewals_card
from dashboard.topics.customers_retention import bridge_chart
from dashboard.topics.customers_return import return_by_chart, return_chart
from dashboard.topics.customers_settings import settings_card
from dashboard.topics.customers_split import dimensions
from dashboard.topics.customers_value import value_chart

COMPARED = ("customer_lifetime_value", "churn_rate", "revenue_retention", "customer_acquisition_cost")


def show() -> None:
    """The page."""
    page = data_page("customers")
    if page is None:
        return
    page_sentence(page, customers_sentence(page))
    customer_figures(page)
    known = not customer_tables()
    row([1], [bridge_chart(page)])
    if known:  # what is missing is said once
        churn = [churn_chart(page), *([churn_segments_chart(page)] if dimensions(page) else [])]
        row([1] * len(churn), churn)
    cost = cost_chart(page)
    row([1], [cost])
    row([1], [value_chart(page)])
    if not cost.question.missing_tables():
        row([1, 1], [return_chart(page), return_by_chart(page)])
    row([1, 1], [equal_age_chart(page), target_chart(page, COMPARED, COMPARED[0])])
    if known:
        renewals_card(page)
    settings_card(page)
    page_foot()


if __name__ == "__main__":
    show()
