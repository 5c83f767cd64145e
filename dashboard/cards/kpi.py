"""A figure's card: label, value, change, trend, interval and n. Red only for a change that is adverse and clear."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import menu, unreached_words
from dashboard.cards.goal_line import goal_words, links
from dashboard.cards.reading import Figure, Reading, read
from dashboard.cards.tables import answer_table
from dashboard.cards.waiting import FIGURE, waiting
from dashboard.filters import Choice
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import has, numbers, safe, say
from metrics import Answer, goal_columns, goal_name


def kpi_card(figure: Figure, choice: Choice) -> None:
    """One card. What is missing says so instead of a number."""
    with st.container(border=True, height="stretch"):
        reading = reading_or_reason(figure, choice)
        if reading is None:
            return
        st.metric(
            figure.label, reading.value, **reading.change, delta_description=reading.against or None,
            chart_data=reading.trend,
        )  # fmt: skip
        said = figure.sides() if figure.sides else ""
        if said:
            st.caption(safe.for_markdown(said))
        with st.container(gap="xxsmall"):
            goal_line(reading)
            _foot_line(reading)


def reading_or_reason(figure: Figure, choice: Choice) -> Reading | None:
    """What the figure reads; None once the card says why it reads nothing."""
    missing = figure.question.missing_tables(*figure.needs)
    try:
        with waiting(figure.question, FIGURE):
            reading = None if missing else read(figure, choice)
    except Exception as error:  # a card that fails must not take the page with it
        st.metric(figure.label, numbers.MISSING)
        empty.failed(error)
        return None
    if missing:
        st.metric(figure.label, numbers.MISSING)
        named = f"kpi.tables.{missing[0]}"
        table = say(named) if has(named) else missing[0].replace("_", " ")
        st.caption(safe.for_markdown(say("kpi.missing", table=table)))
        st.page_link(DATA_PAGE, label=say("kpi.load"), icon=":material/upload:", help=say("missing.load"),
                     query_params={"tab": "import"})  # fmt: skip
        return None
    if figure.question.is_before_the_data():
        st.metric(figure.label, numbers.MISSING)
        st.caption(say("kpi.nothing"))
        return None
    return reading


def goal_line(reading: Reading) -> None:
    """Icon and words; red only where the goal is clearly missed."""
    towards = reading.figure.towards
    if reading.held is not None:
        said = safe.for_markdown(goal_words(reading.answer, reading.held))
        if reading.is_missed:
            st.caption(f":red[:material/error: {said}]")
        elif reading.is_reached:
            st.caption(f":material/check_circle: {said}")
        else:
            st.caption(f":material/trending_flat: {said}")
    elif towards and (words := towards()):
        st.caption(f":material/flag: {safe.for_markdown(words)}")


def _foot_line(reading: Reading) -> None:
    """Interval and n, what the figure is not narrowed by, and the menu."""
    figure, answer = reading.figure, reading.answer
    key = f"kpi.{figure.key}"
    with st.container(horizontal=True, wrap=False, gap="xxsmall", vertical_alignment="center"):
        end = reading.drawn_to
        line_to = say("aim.line_to", month=numbers.period(f"{end:%Y-%m}", short=True)) if end else ""
        words = (_foot(figure, reading.row, reading.kind, answer), line_to, unreached_words((figure.question,)))
        st.caption(safe.for_markdown(" · ".join(part for part in words if part)))
        can_aim = figure.column in goal_columns(answer.metric)
        aim = goal_name(answer.metric.name, figure.column) if can_aim else ""
        more = links(key, aim, figure.page, figure.view)
        shown = replace(figure.question, column=figure.column, row=figure.where)
        menu(key, shown, (), answer_table(answer, answer.frame), more=more)


def _foot(figure: Figure, row: dict[str, Any], kind: str, answer: Answer) -> str:
    low, high = (row.get(name) for name in figure.bounds)
    n = row.get("n")
    parts = []
    if kind == "percent" and not numbers.is_missing(n) and float(n or 0) < numbers.FEW:
        return say("kpi.too_few")
    if not numbers.is_missing(low) and not numbers.is_missing(high):
        parts.append(numbers.unbroken(numbers.interval(low, high, kind, answer.currency)))
    elif figure.summed and not numbers.is_missing(row.get("weighted")):
        parts.append(say("kpi.weighted", amount=numbers.money(row["weighted"], answer.currency)))
    if numbers.is_missing(row.get(figure.column)):
        why = figure.lacking(answer) if figure.lacking else ""
        if why:
            return why
        deals = row.get("deals") or 0
        return say("kpi.no_amount", n=numbers.count(deals)) if deals else say("kpi.nothing")
    if not numbers.is_missing(n):
        few = 0 < float(n or 0) < numbers.SMALL and kind in ("percent", "days")
        parts.append(numbers.unbroken(say("kpi.few" if few else "kpi.n", n=numbers.count(n))))
    return " · ".join(parts)
