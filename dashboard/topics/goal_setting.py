"""Goals on a page: one typed for a metric, its days and the whole or a segment; and all that are in effect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards.goal_line import GOAL_SWITCH, goal_words
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, height
from dashboard.filters import choice
from dashboard.filters.periods import preset_dates
from dashboard.text import dimension_name, numbers, safe, say, segment_name
from dashboard.topics.goal_files import files_card
from metrics import AbmError, Metric, Scope, catalog, goal_columns, goal_figure, goal_name, read_goal

PERIODS = {"this_quarter": "this_quarter", "this_year": "year_to_date", "custom": ""}
WHOLE, MOST = "", 16
_WIDTHS = (118, 186, 100, 64, 68, 228, 130)
_SAID = "goal.said"
_KEY = ("metric", "starts_on", "ends_on", "dimension", "segment")
_METRIC, _PERIOD, _DAYS, _DIMENSION, _SEGMENT, _VALUE = (
    f"goal.{name}" for name in ("metric", "period", "days", "dimension", "segment", "value")
)


@dataclass(frozen=True)
class KnownGoal:
    """A goal; `said`: who typed it and when, "" for one of a file; `problem`: why it is set aside; `import_id`,
    `line`: where a file has it."""

    metric: str
    starts_on: date | None
    ends_on: date | None
    dimension: str | None
    segment: str | None
    value: float
    said: str = ""
    problem: str = ""
    import_id: str = ""
    line: int = 0

    @property
    def is_typed(self) -> bool:
        return bool(self.said)

    @property
    def scope(self) -> Scope:
        filters = ((self.dimension, (self.segment or "",)),) if self.dimension else ()
        return Scope(filters=filters, start=self.starts_on, end=self.ends_on)

    def as_dict(self) -> dict[str, Any]:
        days = {"starts_on": self.starts_on and self.starts_on.isoformat(),
                "ends_on": self.ends_on and self.ends_on.isoformat()}  # fmt: skip
        return {"metric": self.metric, **days, "dimension": self.dimension, "segment": self.segment}


def goals_part() -> None:
    """The card that sets a goal, and the table of those in effect."""
    with st.container(border=True):
        _form()
        _told()
    known = known_goals()
    with st.container(border=True):
        _table([goal for goal in known if goal.is_typed or not goal.problem])
    files_card(known)


def known_goals() -> list[KnownGoal]:
    """Every goal, of files and typed, by metric and days."""
    typed = {tuple(goal.get(name) for name in _KEY): goal for goal in visit.workspace().goals()}
    found = []
    for row in visit.goals().astype(object).to_dict("records"):
        plain: dict[str, Any] = {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        start, end = (_day(plain[name]) for name in ("starts_on", "ends_on"))
        goal = KnownGoal(
            plain["metric"], start, end, plain["dimension"], plain["segment"], float(plain["value"]),
            problem=plain["problem"], import_id=plain["import_id"] or "", line=int(plain["line"] or 0),
        )  # fmt: skip
        own = typed.get(tuple(goal.as_dict().values()))
        if own:
            goal = replace(goal, said=say("aim.typed", who=own["set_by"], day=numbers.date(own["set_at"])))
        found.append(goal)
    return found


def _day(value: Any) -> date | None:
    return None if value is None else pd.Timestamp(value).date()


def _form() -> None:
    card_head(say("aim.title"), say("aim.caption"))
    names = {goal_name(metric.name, column): metric for metric in sorted(catalog().values(), key=lambda m: m.title)
             for column in goal_columns(metric)}  # fmt: skip
    _take_up(names)
    places = st.columns(4)
    with places[0]:
        titles = {name: safe.one_line(title_of(name)) for name in names}
        name = st.selectbox(say("aim.metric"), list(names), key=_METRIC, format_func=titles.__getitem__)
        metric = names[name]
    with places[1]:
        start, end = _days()
    with places[2]:
        segment = _segment(metric)
    with places[3]:
        _value_field(name, metric, start, end, segment)


def _value_field(
    name: str, metric: Metric, start: date | None, end: date | None, segment: tuple[str, str] | None
) -> None:
    """The goal's number in the metric's unit, the button that keeps it, and what is wrong with it."""
    st.session_state.setdefault(_VALUE, None)
    value = st.number_input(
        safe.for_markdown(_unit(metric)), key=_VALUE, format="%g", step=None, placeholder=say("aim.value")
    )
    if not st.button(say("aim.keep"), icon=":material/flag:", key="goal.keep"):
        return
    if value is None:
        st.error(say("aim.no_value"))
        return
    try:
        goal = read_goal(visit.snapshot(), name, _fraction(metric, value), start, end, segment)
        visit.workspace().set_goal(goal)
    except AbmError as error:
        st.error(safe.for_markdown(error))
        return
    st.session_state[_SAID] = read_known(goal)
    st.rerun()


def _told() -> None:
    """What was set or removed last, and how far the figure is, once."""
    goal = st.session_state.pop(_SAID, None)
    if goal is None:
        return
    row = _row(goal)
    now, progress = row[say("aim.now")], row[say("aim.progress")]
    words = say("aim.kept", name=_name(goal), goal=row[say("aim.goal")])
    far = say("aim.kept_now", now=now, progress=progress) if now else progress
    st.success(safe.for_markdown(f"{words} {far}".strip()), icon=":material/flag:")


def read_known(goal: Mapping[str, Any]) -> KnownGoal:
    """The goal just kept."""
    start, end = (_day(goal[name]) for name in ("starts_on", "ends_on"))
    return KnownGoal(goal["metric"], start, end, goal["dimension"], goal["segment"], goal["value"])


def _take_up(names: Mapping[str, Metric]) -> None:
    """The figure whose menu asked for a goal, once; the first visit starts with won revenue."""
    asked = choice().switch(GOAL_SWITCH, "")
    if asked in names and st.session_state.get("goal.asked") != asked:
        st.session_state["goal.asked"] = asked
        st.session_state[_METRIC] = asked
    st.session_state.setdefault(_METRIC, "won_revenue")


def _days() -> tuple[date | None, date | None]:
    """First and last day of the period chosen, both inclusive."""
    as_of, year_starts = visit.snapshot().as_of, visit.year_starts()
    st.session_state.setdefault(_PERIOD, "this_quarter")
    period = st.selectbox(say("aim.period"), list(PERIODS), key=_PERIOD,
                          format_func=lambda name: say(f"aim.periods.{name}"))  # fmt: skip
    if period != "custom":
        days = preset_dates(PERIODS[period], as_of, year_starts)
        st.caption(safe.for_markdown(days_words(*days)))
        return days
    st.session_state.setdefault(_DAYS, preset_dates("this_quarter", as_of, year_starts))
    given = st.date_input(say("bar.dates"), key=_DAYS, format="DD/MM/YYYY", min_value=date(1970, 1, 1),
                          max_value=date(2100, 12, 31))  # fmt: skip
    pair = given if isinstance(given, tuple) else (given,)
    return (pair[0], pair[1]) if len(pair) == 2 else (pair[0] if pair else None, None)


def _segment(metric: Metric) -> tuple[str, str] | None:
    """The part that the goal is for; None for the whole."""
    tables = visit.dimension_tables()
    fitting = {name: values for name, values in visit.dimensions().items()
               if values and (metric.unit == "deal" or tables.get(name) == "accounts" or name == "target")}  # fmt: skip
    if st.session_state.get(_DIMENSION, WHOLE) not in (WHOLE, *fitting):
        st.session_state[_DIMENSION] = WHOLE

    def words(name: str) -> str:
        return safe.one_line(dimension_name(name)) if name else say("aim.whole")

    dimension = st.selectbox(say("aim.part"), [WHOLE, *fitting], key=_DIMENSION, format_func=words)
    if dimension == WHOLE:
        return None
    if st.session_state.get(_SEGMENT) not in fitting[dimension]:
        st.session_state[_SEGMENT] = fitting[dimension][0]
    chosen = st.selectbox(say("aim.segment"), fitting[dimension], key=_SEGMENT,
                          format_func=lambda value: safe.one_line(segment_name(value)))  # fmt: skip
    return dimension, chosen


def _unit(metric: Metric) -> str:
    """ "Goal, €", "Goal, %", "Goal, days"."""
    units = {"percent": "%", "money": numbers.currency_symbol(visit.snapshot().currency), "days": say("aim.days"),
             "count": metric.units}  # fmt: skip
    unit = units.get(metric.format, "")
    return say("aim.unit", unit=unit) if unit else say("aim.goal")


def _fraction(metric: Metric, value: float) -> float:
    return value / 100 if metric.format == "percent" else value


def days_words(start: date | None, end: date | None) -> str:
    """ "1 Oct 2026 – 31 Dec 2026"; an open side is "…"."""
    return f"{numbers.date(start) if start else '…'} – {numbers.date(end) if end else '…'}"


def _table(known: list[KnownGoal]) -> None:
    n = sum(not goal.problem for goal in known)
    card_head(say("aim.in_effect", n=n, count=numbers.count(n)))
    if not known:
        st.caption(say("aim.nothing"))
        return
    table = pd.DataFrame([_row(goal) for goal in known])
    config: dict[Any, Any] = {
        name: st.column_config.TextColumn(str(name), width=width) for name, width in zip(table, _WIDTHS, strict=True)
    }
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), MOST),
                 placeholder=numbers.MISSING, column_config=config)  # fmt: skip
    names = [_name(goal) for goal in known]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(say("aim.which"), range(len(known)), format_func=names.__getitem__, key="goal.which")
        goal = known[place]
        st.button(say("aim.edit"), icon=":material/edit:", key="goal.edit", on_click=_edit, args=(goal,))
        if st.button(say("aim.remove"), icon=":material/delete:", key="goal.remove", disabled=not goal.is_typed,
                     help=None if goal.is_typed else say("aim.of_file_help")):  # fmt: skip
            try:
                visit.workspace().remove_goal(goal.as_dict())
            except AbmError as error:
                st.error(safe.for_markdown(error))
                return
            st.rerun()


def _row(goal: KnownGoal) -> dict[str, str]:
    metric, now, progress = _progress(goal)
    shown = str(goal.value) if metric is None else numbers.shown(
        goal.value, metric.format, visit.snapshot().currency, unit=metric.format == "days"
    )  # fmt: skip
    return {say("aim.metric"): safe.one_line(title_of(goal.metric)),
            say("aim.period"): days_words(goal.starts_on, goal.ends_on), say("aim.part"): part_words(goal),
            say("aim.goal"): shown, say("aim.now"): now, say("aim.progress"): progress,
            say("aim.from"): safe.one_line(goal.said or say("aim.of_file"))}  # fmt: skip


def _progress(goal: KnownGoal) -> tuple[Metric | None, str, str]:
    """The metric, its figure in the goal's days and segment, and how far it is; a reason where that can't be said."""
    if goal.problem:
        return None, "", safe.one_line(goal.problem)
    try:
        metric, column = goal_figure(goal.metric)
        if goal.starts_on and goal.starts_on > visit.snapshot().as_of:
            return metric, "", say("aim.to_come")
        answer = visit.ask(metric.name, goal.scope)
        held = visit.held_to_goal(answer, column=column)
    except AbmError as error:
        return goal_figure(goal.metric)[0], "", safe.one_line(error)
    if held is None:
        return metric, "", say("aim.not_now")
    kind = metric.format
    return metric, numbers.shown(held.values[0], kind, answer.currency, unit=kind == "days"), goal_words(answer, held)


def part_words(goal: KnownGoal) -> str:
    if not goal.dimension:
        return say("aim.whole")
    if goal.dimension == "target":
        return segment_name(goal.segment)
    return safe.one_line(f"{dimension_name(goal.dimension)}: {segment_name(goal.segment)}")


def _name(goal: KnownGoal) -> str:
    return safe.one_line(f"{title_of(goal.metric)} · {days_words(goal.starts_on, goal.ends_on)} · {part_words(goal)}")


def title_of(name: str) -> str:
    """The title of the figure that goals of this name are for; the name itself where there is no such figure."""
    try:
        metric, column = goal_figure(name)
    except AbmError:
        return name
    return metric.title if column == "value" else say(f"aim.{column}_of", title=metric.title)


def _edit(goal: KnownGoal) -> None:
    """The goal into the form."""
    if goal.problem:
        return
    metric, _ = goal_figure(goal.metric)
    st.session_state[_METRIC] = goal.metric
    if goal.starts_on and goal.ends_on:
        st.session_state[_PERIOD] = "custom"
        st.session_state[_DAYS] = (goal.starts_on, goal.ends_on)
    st.session_state[_DIMENSION] = goal.dimension or WHOLE
    if goal.dimension:
        st.session_state[_SEGMENT] = goal.segment
    st.session_state[_VALUE] = round(goal.value * 100, 9) if metric.format == "percent" else goal.value
