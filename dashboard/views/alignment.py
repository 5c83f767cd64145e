"""Alignment & brand: do we work the same accounts, what do they think?"""

import streamlit as st

from dashboard.cards.chart import row
from dashboard.cards.kpi import kpi_card
from dashboard.cards.page import data_page, page_foot, page_sentence
from dashboard.topics.alignment import (
    alignment_figures,
    alignment_sentence,
    delay_chart,
    follow_chart,
    overlap_chart,
    untouched_chart,
)
from dashboard.topics.alignment_lists import LISTS, work_list
from dashboard.topics.alignment_parts import lacking
from dashboard.topics.alignment_settings import settings_card
from dashboard.topics.alignment_survey import agreement_chart, rejected_chart
from dashboard.topics.brand import brand_rows


def show() -> None:
    """The page."""
    page = data_page("alignment")
    if page is None:
        return
    page_sentence(page, alignment_sentence(page))
    overlap = overlap_chart(page)
    if overlap.question.missing_tables():  # what is missing is said once
        row([1], [overlap])
        return
    grid = st.grid(6, min_column_width=136)
    for figure in alignment_figures(page):
        with grid:
            kpi_card(figure, page.choice)
    is_worked = not lacking(page, "overlap") or lacking(page, "followed_up") != lacking(page, "overlap")
    if is_worked:  # what all of them lack is said once
        row([1, 1], [follow_chart(page), delay_chart(page)])
    row([1, 1], [overlap, untouched_chart(page)])
    for part in LISTS if is_worked else ():
        work_list(page, part)
    row([1, 1], [rejected_chart(page), agreement_chart(page)])
    for charts in brand_rows(page):
        row([1] * len(charts), charts)
    settings_card(page)
    page_foot()


if __name__ == "__main__":
    show()
