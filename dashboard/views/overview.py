"""Overview: are we on plan, does ABM beat the rest, what needs me?"""

import streamlit as st

from dashboard.cards.chart import row
from dashboard.cards.kpi import kpi_card
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.text import findings
from dashboard.topics.acting import acting_card
from dashboard.topics.changed import changed_card
from dashboard.topics.comparison import comparison_sentence, target_chart
from dashboard.topics.figures import figures, level_sentence, revenue_sentence
from dashboard.topics.funnels import accounts_in_scope, funnel_chart


def show() -> None:
    """The page."""
    page = data_page("overview")
    if page is None:
        return
    accounts, targets = accounts_in_scope(page)
    clear = [part for part in (revenue_sentence(page), comparison_sentence(page)) if part]
    sentence = findings.headline(*(clear or [level_sentence(page)]))
    page_sentence(page, sentence, accounts=accounts, targets=targets)
    grid = st.grid(6, min_column_width=136)
    for figure in figures(page):
        with grid:
            kpi_card(figure, page.choice)
    row(
        [1, 1],
        [
            target_chart(page),
            funnel_chart(page, "accounts", switchable=False, height=312, columns=("step", "segments")),
        ],
    )
    left, right = st.columns(2)
    with left:
        changed_card(page)
    with right:
        acting_card(page)
    page_foot()


if __name__ == "__main__":
    show()
