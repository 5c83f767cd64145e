"""What a card shows while it is counted: bars in the shape to come, and what is being counted.

Both come after half a second, so that figures at hand appear without a flicker.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import streamlit as st

from dashboard import visit
from dashboard.cards.question import Question
from dashboard.text import numbers, safe, say

CHART, FIGURE = (300, 240, 180, 150, 100), (72, 104)
"""Widths in pixels of the bars: a chart's rows, a figure's label and value."""
_BAR = 22


@contextmanager
def waiting(question: Question, bars: tuple[int, ...] = CHART) -> Iterator[None]:
    """Show bars for as long as the question is being answered inside."""
    counts = visit.snapshot().row_counts
    largest = max((counts.get(table, 0) for table in question.metric.needs), default=0)
    with ExitStack() as shown:
        if bars is CHART:
            words = say("card.counting", n=numbers.count(largest))
            shown.enter_context(st.spinner(safe.for_markdown(words)))
        for width in bars:
            shown.enter_context(st.skeleton(height=_BAR, width=width))
        yield
