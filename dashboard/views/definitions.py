"""Definitions & goals: what does this number mean, what do we aim at, and who changed what?"""

from collections.abc import Callable

import streamlit as st

from dashboard import visit
from dashboard.cards.counted import show_formula
from dashboard.cards.goal_line import PART_SWITCH
from dashboard.cards.settings import settings_part
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import has, safe, say
from dashboard.text.columns import heading
from dashboard.text.formula import formula_words
from dashboard.topics.definitions_changes import changes_part
from dashboard.topics.definitions_sides import sides_part
from dashboard.topics.goal_setting import goals_part
from metrics import AbmError, Metric, Scope, catalog, columns_read

TOPICS = ("pipeline", "velocity", "engagement", "influence", "cohorts", "customers")
FIRST, LISTED = "win_rate", 16
PARTS = ("metrics", "goals", "compare", "changes")
_ROWS = "definitions.catalogue"


def show() -> None:
    """The page: one metric at a time, the goals, two definitions side by side, or the history."""
    with st.container(horizontal=True):
        st.title(say("nav.definitions"), anchor=False, width="content")
    metrics = _in_order(catalog())
    st.header(say("definitions.sentence", n=len(metrics)), anchor=False)
    part = _part() if visit.has_data() else PARTS[0]
    if part == "goals":
        goals_part()
    elif part == "compare":
        sides_part(metrics, switch("metric", tuple(metrics)))
    elif part == "changes":
        changes_part()
    else:
        _catalogue(metrics)


def _part() -> str:
    """Which part of the page is shown; kept in the URL."""
    st.session_state["definitions.part"] = switch(PART_SWITCH, PARTS)
    st.segmented_control(
        say("definitions.part"), PARTS, key="definitions.part", format_func=lambda one: say(f"definitions.parts.{one}"),
        on_change=lambda: set_switch(PART_SWITCH, st.session_state["definitions.part"], PARTS), required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return switch(PART_SWITCH, PARTS)


def _catalogue(metrics: dict[str, Metric]) -> None:
    """The metrics and the definition of the one chosen."""
    left, right = st.columns([8, 13])
    with left:
        chosen = _index(metrics)
    with right:
        _definition(chosen)


def _in_order(metrics: dict[str, Metric]) -> dict[str, Metric]:
    """By topic as the pages follow one another, the win rate before all."""
    topics = [*TOPICS, *sorted({m.topic for m in metrics.values()} - set(TOPICS))]
    ordered = sorted(metrics.values(), key=lambda m: (topics.index(m.topic), m.name != FIRST, m.title))
    return {metric.name: metric for metric in ordered}


def _index(metrics: dict[str, Metric]) -> Metric:
    """The catalogue by topic; the one chosen is kept in the URL."""
    names = tuple(metrics)
    with st.container(border=True):
        st.subheader(say("definitions.catalogue"), anchor=False)
        st.session_state["definitions.metric"] = switch("metric", names)
        st.selectbox(
            say("definitions.choose"), names, key="definitions.metric", format_func=lambda n: metrics[n].title,
            on_change=lambda: set_switch("metric", st.session_state["definitions.metric"], names),
        )  # fmt: skip
        rows = [{say("definitions.topic"): _topic(m), say("definitions.metric"): m.title} for m in metrics.values()]
        widths = {say("definitions.topic"): st.column_config.TextColumn(width=84)}
        st.dataframe(rows, hide_index=True, width="stretch", row_height=ROW_HEIGHT, column_config=widths,
                     height=height(len(rows), LISTED), key=_ROWS, selection_mode="single-cell",
                     on_select=_picked(names))  # fmt: skip
    return metrics[switch("metric", names)]


def _picked(names: tuple[str, ...]) -> Callable[[], None]:
    """A click on a row of the catalogue chooses its metric."""

    def pick() -> None:
        cells = st.session_state[_ROWS].selection.cells
        if cells and cells[0][0] < len(names):
            set_switch("metric", names[cells[0][0]], names)

    return pick


def _topic(metric: Metric) -> str:
    return say(f"topics.{metric.topic}") if has(f"topics.{metric.topic}") else metric.topic.capitalize()


def _definition(metric: Metric) -> None:
    """Definition, formula with its figures, what it reads, its settings, and its SQL."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(safe.for_markdown(metric.title), anchor=False, width="content")
            st.badge(_topic(metric), color="gray")
            if _lacks(metric):
                st.badge(say("definitions.lacks"), color="orange", icon=":material/upload_file:")
        st.markdown(safe.for_markdown(metric.definition))
        _formula(metric)
        with st.container(gap="xxsmall"):
            for name, words in _facts(metric).items():
                st.caption(safe.for_markdown(f"{name}: {words}"))
        settings_part(metric)
        with st.expander(say("definitions.sql")):
            st.code("\n;\n".join(f"-- {name}\n{sql}" for name, sql in metric.sections.items()), language="sql")


def _formula(metric: Metric) -> None:
    """The formula with the figures of everything loaded, or with the names of its columns where there are none."""
    if not _lacks(metric) and visit.has_data():
        try:
            answer = visit.ask(metric.name, Scope())
        except AbmError as error:
            st.caption(safe.for_markdown(error))
        else:
            if not answer.is_empty:
                st.markdown(say("definitions.with_figures"))
                show_formula(answer, answer.frame)
                return
    if metric.formula:
        st.markdown(say("definitions.formula"))
        st.code(formula_words(metric), language=None, wrap_lines=True)


def _facts(metric: Metric) -> dict[str, str]:
    clock = say(f"clocks.{metric.clock}") if has(f"clocks.{metric.clock}") else metric.clock
    facts = {
        say("definitions.name"): metric.name, say("definitions.counts"): metric.units, say("definitions.clock"): clock,
        say("definitions.keys"): ", ".join(heading(key).lower() for key in metric.keys),
        say("definitions.sources"): "; ".join(_sources(metric)),
    }  # fmt: skip
    return {name: words for name, words in facts.items() if words}


def _sources(metric: Metric) -> list[str]:
    """The tables of the files that its figures are worked out from, each with the columns."""
    return [f"{table} ({', '.join(columns)})" for table, columns in columns_read(metric.name).items()]


def _lacks(metric: Metric) -> bool:
    """Whether the data loaded lack a table that the metric needs."""
    return visit.has_data() and any(not visit.snapshot().row_counts.get(table) for table in metric.needs)


if __name__ == "__main__":
    show()
