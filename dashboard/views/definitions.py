"""Definitions: what does this number mean?"""

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import has, safe, say
from metrics import Metric, catalog, settled


def show() -> None:
    """The page: one metric at a time, of one topic or all."""
    with st.container(horizontal=True):
        st.title(say("nav.definitions"), anchor=False, width="content")
    metrics = catalog()
    st.header(say("definitions.sentence", n=len(metrics)), anchor=False)
    left, right = st.columns([8, 13])
    with left:
        chosen = _index(metrics)
    with right:
        _definition(chosen)


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
        rows = [{say("definitions.topic"): _topic(m), say("definitions.metric"): m.title,
                 say("definitions.counts"): m.units} for m in metrics.values()]  # fmt: skip
        st.dataframe(rows, hide_index=True, width="stretch", row_height=34, height=36 + 34 * min(len(rows), 16))
    return metrics[switch("metric", names)]


def _topic(metric: Metric) -> str:
    return say(f"topics.{metric.topic}") if has(f"topics.{metric.topic}") else metric.topic.capitalize()


def _definition(metric: Metric) -> None:
    """Definition, formula, what it needs, its settings with their present values, and its SQL."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(safe.for_markdown(metric.title), anchor=False, width="content")
            st.badge(_topic(metric), color="gray")
            if _lacks(metric):
                st.badge(say("definitions.lacks"), color="orange", icon=":material/upload_file:")
        st.markdown(safe.for_markdown(metric.definition))
        if metric.formula:
            st.markdown(say("definitions.formula"))
            st.code(metric.formula, language=None, wrap_lines=True)
        facts = {
            say("definitions.name"): metric.name, say("definitions.counts"): metric.units,
            say("definitions.clock"): say(f"clocks.{metric.clock}") if has(f"clocks.{metric.clock}") else metric.clock,
            say("definitions.tables"): ", ".join(metric.needs), say("definitions.keys"): ", ".join(metric.keys) or "–",
        }  # fmt: skip
        st.dataframe(pd.DataFrame(facts.items(), columns=[say("definitions.fact"), say("definitions.says")]),
                     hide_index=True, width="stretch", row_height=34)  # fmt: skip
        _options(metric)
        with st.expander(say("definitions.sql")):
            st.code("\n;\n".join(f"-- {name}\n{sql}" for name, sql in metric.sections.items()), language="sql")


def _lacks(metric: Metric) -> bool:
    """Whether the data loaded lack a table that the metric needs."""
    return visit.has_data() and any(not visit.snapshot().row_counts.get(table) for table in metric.needs)


def _options(metric: Metric) -> None:
    if not metric.options:
        return
    st.markdown(say("definitions.options"))
    values = settled(visit.snapshot(), metric.name) if visit.has_data() else metric.settle()
    rows = [
        {say("definitions.option"): name, say("definitions.value"): str(values[name]),
         say("definitions.default"): str(option.default), say("definitions.meaning"): option.meaning}
        for name, option in metric.options.items()
    ]  # fmt: skip
    st.dataframe(rows, hide_index=True, width="stretch", row_height=34)


if __name__ == "__main__":
    show()
