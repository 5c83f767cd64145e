"""A figure's card: label, value, change, trend, interval and n. Red only for a change that is adverse and clear."""

from dataclasses import replace

import streamlit as st

from dashboard.cards import empty
from dashboard.cards.chart import menu, unreached_words
from dashboard.cards.goal_line import goal_words, links, set_goal
from dashboard.cards.reading import Figure, Reading, read
from dashboard.cards.tables import answer_table
from dashboard.cards.waiting import FIGURE, waiting
from dashboard.filters import Choice
from dashboard.filters.bar import DATA_PAGE
from dashboard.text import has, numbers, safe, say


def kpi_card(figure: Figure, choice: Choice) -> None:
    """One card. What is missing says so instead of a number."""
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        reading = reading_or_reason(figure, choice)
        if reading is None:
            return
        with st.container():
            st.metric(
                figure.label, reading.value, **reading.change, delta_description=reading.against or None,
                chart_data=reading.trend,
            )  # fmt: skip
            said = figure.sides() if figure.sides else ""
            if said:
                st.caption(safe.for_markdown(said))
        with st.container(gap="xxsmall"):
            goal_line(reading, choice)
            foot_line(reading)


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


def goal_line(reading: Reading, choice: Choice) -> None:
    """Icon, colour and words: reached or on plan, behind, clearly missed. Held against goals, a figure without one has
    the way to set it."""
    towards, against_goals = reading.figure.towards, choice.compare == "goal"
    if reading.held is not None:
        said = safe.for_markdown(goal_words(reading.answer, reading.held, beside_chip=against_goals))
        st.markdown(f":small[{_mark(reading)}{said}]]")
        return
    words = towards() if towards else ""
    if words:
        st.caption(f":material/flag: {safe.for_markdown(words)}")
    elif against_goals and reading.aim and towards is None:
        set_goal(f"kpi.{reading.figure.key}.aim", reading.aim)


def _mark(reading: Reading) -> str:
    """The colour and icon that a goal's words stand in, to be closed behind them."""
    if reading.is_missed:
        return ":red[:material/error: "
    if reading.is_reached:
        return ":green[:material/check_circle: "
    return ":green[:material/trending_up: " if reading.is_on_plan else ":orange[:material/trending_flat: "


def foot_line(reading: Reading) -> None:
    """Interval and n, what the figure is not narrowed by, and the menu."""
    figure, answer = reading.figure, reading.answer
    key = f"kpi.{figure.key}"
    with st.container(horizontal=True, wrap=False, gap="xxsmall", vertical_alignment="bottom"):
        end = reading.drawn_to
        line_to = say("aim.line_to", month=numbers.period(f"{end:%Y-%m}", short=True)) if end else ""
        words = (_foot(reading), line_to, unreached_words((figure.question,)))
        st.caption(safe.for_markdown(" · ".join(part for part in words if part)))
        shown = replace(figure.question, column=figure.column, row=figure.where)
        more = links(key, reading.aim, figure.page, figure.view, note=_note(reading))
        menu(key, shown, (), answer_table(answer, answer.frame), more=more)


def _note(reading: Reading) -> str:
    """How sure a total is of its change; or that it has no interval, and why."""
    figure, answer = reading.figure, reading.answer
    weighted = reading.row.get("weighted")
    if figure.summed and not numbers.is_missing(weighted):
        return say("kpi.weighted", amount=numbers.money(weighted, answer.currency))
    return (change_interval(reading) or say("kpi.total")) if answer.metric.compare == "sum" else ""


def change_interval(reading: Reading) -> str:
    """ "Change: € 120 k to € 7.08 M at 95 %": the interval that a sum itself does not have; "" where none is known."""
    answer = reading.answer
    found = answer.comparison[0] if answer.comparison and not reading.figure.summed else None
    if found is None or found.low is None or found.high is None or answer.scope.compare is None:
        return ""
    span = numbers.interval(found.low, found.high, answer.metric.format, answer.currency)
    return say("kpi.change_interval", interval=numbers.unbroken(span))


def _foot(reading: Reading) -> str:
    figure, row, kind, answer = reading.figure, reading.row, reading.kind, reading.answer
    low, high = (row.get(name) for name in figure.bounds)
    n = row.get("n")
    parts = []
    if kind == "percent" and not numbers.is_missing(n) and float(n or 0) < numbers.FEW:
        return say("kpi.too_few")
    if not numbers.is_missing(low) and not numbers.is_missing(high):
        parts.append(numbers.unbroken(numbers.interval(low, high, kind, answer.currency)))
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
