"""Cards for a screen on the wall: few words, large; what they leave out stands on the pages."""

import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.chart import chart_card, draw, note_comparisons
from dashboard.cards.kpi import foot_line, goal_line, reading_or_reason
from dashboard.cards.parts import Chart
from dashboard.cards.reading import Figure, Reading
from dashboard.cards.tables import theme_mode
from dashboard.charts import CHART_CONFIG, enlarged, large_number
from dashboard.filters import Choice
from dashboard.text import numbers, safe, say

LARGER = 1.25
_LOOK_AGAIN = 30.0
"""Seconds until the wall asks whether something was loaded."""


def wall_figure(figure: Figure, choice: Choice) -> None:
    """The figure's name, its value with its line, the change in words, its goal, how sure it is, and its menu."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        reading = reading_or_reason(figure, choice)
        if reading is None:
            return
        st.subheader(
            safe.for_markdown(figure.label), anchor=False, help=safe.for_markdown(reading.answer.metric.definition)
        )
        change = change_words(reading, choice)
        st.plotly_chart(
            large_number(reading.value, trend=reading.trend, mode=theme_mode()), theme=None, config=CHART_CONFIG,
            key=f"wall.{figure.key}", alt=" ".join(part for part in (figure.label, reading.value, change) if part),
        )  # fmt: skip
        if change:
            said = safe.for_markdown(change)
            st.markdown(f":red[{said}]" if reading.change["delta_color"] != "off" else said)
        goal_line(reading, choice)
        foot_line(reading)


def change_words(reading: Reading, choice: Choice) -> str:
    """ "+35 % on last year"; "" where nothing is compared. A clear change for the worse is shown in red."""
    delta = reading.change["delta"]
    if delta is None or not reading.against:
        return ""
    to_date = choice.compare == "goal" and reading.held is not None and reading.held.due is not None
    key = "plan" if to_date else choice.compare
    return say(f"start.against.{key}", change=numbers.unbroken(delta.replace("-", numbers.MINUS)))


def wall_chart(chart: Chart) -> None:
    """The chart under its finding alone; what stands in its place where it cannot be drawn."""
    with st.container(border=True, height="stretch"):
        try:
            ready = chart.instead is None and not chart.question.missing_tables(*chart.needs)
            answer, drawn = draw(chart) if ready else (None, None)
        except Exception as error:  # a card that fails must not take the page with it
            empty.failed(error)
            return
        if answer is None or drawn is None:
            chart_card(chart)
            return
        if chart.compares:
            note_comparisons(answer)
        st.subheader(safe.for_markdown(drawn.title), anchor=False, help=safe.for_markdown(drawn.caption))
        st.plotly_chart(enlarged(drawn.figure, LARGER), theme=None, config=CHART_CONFIG, key=f"wall.{chart.key}",
                        alt=f"{drawn.title}. {drawn.foot}")  # fmt: skip


@st.fragment(run_every=_LOOK_AGAIN)
def look_again() -> None:
    """Draw the page anew once something was loaded: nobody presses a key at a wall."""
    if visit.is_outdated():
        st.rerun()
