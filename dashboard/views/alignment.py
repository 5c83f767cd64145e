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
from dashboard.topics.alignment_settings import settings_card
from dashboard.topics.alignment_survey import agreement_chart, rejected_chart
from dashboard.topics.brand import mood_chart, nps_chart, trust_chart, voice_chart


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
    row([1, 1], [follow_chart(page), delay_chart(page)])
    row([1, 1], [overlap, untouched_chart(page)])
    for part in LISTS:
        work_list(page, part)
    row([1, 1], [rejected_chart(page), agreement_chart(page)])
    row([1, 1], [nps_chart(page), trust_chart(page)])
    row([1, 1], [mood_chart(page), voice_chart(page)])
    settings_card(page)
    page_foot()


if __name__ == "__main__":
    show()
