"""The rows behind a mark: a full-width card below the row of the page in which it was clicked."""

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.parts import Chart, Listing
from dashboard.cards.tables import LISTED, csv_of, listed, show_listed
from dashboard.filters import state
from dashboard.text import numbers, safe, say
from metrics import AbmError

SHOWN = 8


def drill(chart: Chart, listing: Listing | None) -> None:
    """The card of one mark: exactly as many rows as it says, their parts, a download, and a way to close it."""
    if listing is None:
        return
    with st.container(border=True):
        try:
            rows = listing.rows()
        except AbmError as error:
            empty.failed(error)
            return
        parts = {say("drill.all"): rows}
        if listing.parts is not None and len(rows):
            parts |= {name: part for name, part in listing.parts(rows).items() if 0 < len(part) < len(rows)}
        unit, currency = listing.question.metric.unit, listing.question.answer().currency
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                title = listing.title(numbers.count(len(rows)))
                st.subheader(safe.for_markdown(title), anchor=False, width="content")
                st.badge(
                    say("drill.selected", chart=safe.for_markdown(chart.name)),
                    icon=":material/ads_click:",
                    color="blue",
                )
                chosen = _part(chart.key, parts)
            table = listed(parts[chosen], unit, listing.measure, currency, has_targets=visit.has_targets())
            with st.container(horizontal=True, width="content"):
                st.download_button(
                    say("card.download"), data=lambda: csv_of(table), file_name=f"{chart.key}.csv", mime="text/csv",
                    key=f"{chart.key}.rows", type="tertiary", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
                st.button(
                    say("drill.clear"), key=f"{chart.key}.clear", type="tertiary", icon=":material/close:",
                    on_click=state.change, kwargs={"mark": None},
                )  # fmt: skip
        if table.empty:
            st.caption(say("drill.none"))
            return
        show_listed(table, most=SHOWN)
        by_amount = unit in ("deal", "visit") and bool(rows["deal_amount"].notna().any())
        st.caption(safe.for_markdown(_shown(len(table), by_amount)))


def _shown(rows: int, by_amount: bool) -> str:
    """How many rows the table holds, and in which order."""
    cut = say("drill.cut", n=numbers.count(LISTED), of=numbers.count(rows))
    said = cut if rows > LISTED else say("drill.count", n=numbers.count(rows))
    return f"{said} · {say('drill.by_amount')}" if by_amount else said


def _part(key: str, parts: dict[str, pd.DataFrame]) -> str:
    """The part chosen; the whole where there is only that."""
    names = list(parts)
    if len(names) == 1:
        return names[0]
    counts = {name: len(part) for name, part in parts.items()}
    widget = f"{key}.part"
    if st.session_state.get(widget) not in names:
        st.session_state[widget] = names[0]
    return str(st.segmented_control(
        say("drill.parts"), names, key=widget, required=True, label_visibility="collapsed",
        format_func=lambda name: f"{safe.for_markdown(name)} {numbers.count(counts[name])}",
    ))  # fmt: skip
