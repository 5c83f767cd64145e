"""Cohorts: does each month do better than the last?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import findings, findings_time, numbers, say
from dashboard.topics.pooled import against, pooled_sides, sides_title, sides_words
from metrics import Answer

GRAINS = ("month", "quarter", "year")
GOALS = ("opportunity", "won")


@dataclass(frozen=True)
class Kind:
    """One of the four cohorts. `by_age`: a cell counts those that got there *by* its age."""

    name: str
    diverging: bool = False
    by_age: bool = True


CONVERSION = Kind("cohort_conversion")
WIN_RATE = Kind("cohort_win_rate")
LOGOS = Kind("cohort_logo_retention", by_age=False)
REVENUE = Kind("cohort_revenue_retention", diverging=True, by_age=False)


def grain() -> str:
    """The calendar unit of the page's cohorts."""
    return switch("cohorts", GRAINS)


def units() -> str:
    return findings_time.age_unit(grain(), 2)


def grain_switch() -> None:
    """Months, quarters or years; for all charts of the page."""
    _control("cohorts", GRAINS, lambda value: say(f"cohorts.grains.{value}"), say("cohorts.grain"))


def goal_switch() -> None:
    """What an engaged account converts to."""
    _control("converts", GOALS, lambda value: say(f"cohorts.goals.{value}"), say("cohorts.goal"))


def _control(name: str, options: tuple[str, ...], words: Callable[[str], str], label: str) -> None:
    st.session_state[f"switch.{name}"] = switch(name, options)
    st.segmented_control(
        label, options, key=f"switch.{name}", format_func=words, required=True, label_visibility="collapsed",
        on_change=_turn, args=(name, options),
    )  # fmt: skip


def _turn(name: str, options: tuple[str, ...]) -> None:
    set_switch(name, st.session_state[f"switch.{name}"], options)


def asks(page: Page, kind: Kind, by: str | None = None) -> Question:
    """The cohort's question in the page's grain."""
    more = {"to": switch("converts", GOALS)} if kind is CONVERSION else {}
    return page.asks(kind.name, by=by, cohort_grain=grain(), **more)


def heatmap(page: Page, kind: Kind) -> Chart:
    """The table of one cohort metric; a click on a cell lists its accounts or deals."""
    question = asks(page, kind)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        cells = answer.frame.dropna(subset=["value"])
        if cells.empty:
            return None
        selected = (chosen["cohort"], int(chosen["age"])) if chosen else None
        figure = charts.cohort_heatmap(
            answer.frame,
            diverging=kind.diverging and not _single_purchases(),
            units=units(),
            selected=selected,
            mode=theme_mode(),
        )
        size = cells.groupby("cohort")["size"].max().sum()
        blank = say("cohorts.blank", unit=findings_time.age_unit(grain(), 1)) if kind.by_age else ""
        partial = say("cohorts.partial") if "partial" in cells and cells["partial"].fillna(False).any() else ""
        return Drawn(_title(kind, answer.frame), _caption(kind), figure,
                     foot(answer, size, blank or partial, say("cohorts.click")), answer.frame)  # fmt: skip

    controls = goal_switch if kind is CONVERSION else None
    return Chart(
        kind.name,
        say(f"cohorts.{kind.name}.name"),
        question,
        build,
        lambda mark: _listing(kind, question, mark),
        controls,
    )


def _title(kind: Kind, frame: pd.DataFrame) -> str:
    if kind in (LOGOS, REVENUE):
        return findings_time.retention(frame, grain=grain(), revenue=kind is REVENUE, again=_single_purchases())
    goal = f".{switch('converts', GOALS)}" if kind is CONVERSION else ""
    return findings_time.cohort_level(frame, what=say(f"cohorts.{kind.name}.what{goal}"), grain=grain())


def _caption(kind: Kind) -> str:
    words = say(f"cohorts.{kind.name}.caption", unit=findings_time.age_unit(grain(), 1), units=units())
    source = visit.revenue_source() if kind in (LOGOS, REVENUE) else None
    return f"{words} {say(f'cohorts.sources.{source}')}" if source else words


def _single_purchases() -> bool:
    """Whether revenue is the amounts of won deals: a month without one is then no loss of a customer."""
    return visit.revenue_source() == "won amounts"


def _listing(kind: Kind, question: Question, mark: dict[str, str]) -> Listing:
    words = {"cohort": numbers.period(mark["cohort"]), "age": mark["age"], "units": units()}
    return Listing(lambda n: say(f"cohorts.{kind.name}.rows", n=n, **words), question,
                   {"cohort": mark["cohort"], "age": mark["age"]})  # fmt: skip


def curves(page: Page, kind: Kind) -> Chart:
    """The same cohorts, pooled to the next larger unit, as lines."""
    question = asks(page, kind)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        pooled = _pooled(answer.frame)
        if pooled["age"].nunique() < 2:
            return None
        beside = 28 * (answer.frame["cohort"].nunique() + 1) + 40  # as high as the table of the same cohorts
        figure = charts.cohort_curves(pooled, unit=units(), mode=theme_mode(), height=min(max(beside, 230), 380))
        size = int(pooled.groupby("cohort")["size"].max().sum())
        return Drawn(findings_time.cohort_trend(pooled, grain=grain()), say("cohorts.curves.caption"), figure,
                     foot(answer, size), pooled)  # fmt: skip

    return Chart(f"{kind.name}.curves", say("cohorts.curves.name"), question, build)


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Cohorts pooled to the next larger unit, or as they are where that leaves one."""
    pooled = charts.pooled(frame)
    return pooled if pooled["cohort"].nunique() > 1 else findings_time.complete(frame)


def by_side(page: Page, kind: Kind) -> Chart:
    """Target against the rest: the share that got there by the greatest age that both sides have completed."""
    question = asks(page, kind, by="target")

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        found = pooled_sides(answer.frame)
        if found is None:
            return None
        table, age = found
        figure = charts.interval_dots(table, title=say("cohorts.sides.value", age=age, units=units()), sort=False,
                                      mode=theme_mode(), height=180)  # fmt: skip
        compared = against(table)
        note = say("deals.few") if (table["n"] < numbers.SMALL).any() else ""
        return Drawn(
            sides_title(compared, say(f"cohorts.{kind.name}.measure")),
            say("cohorts.sides.caption", age=age, units=findings_time.age_unit(grain(), age)), figure,
            foot(answer, table["n"].sum(), sides_words(compared), note), table,
        )  # fmt: skip

    return Chart(f"{kind.name}.sides", say("compared.name"), question, build, instead=_instead(page),
                 compares=False)  # fmt: skip


def _instead(page: Page) -> Any:
    if not page.has_targets:
        return lambda: empty.no_targets("cohort_sides")
    return (lambda: empty.one_side("cohort_sides")) if page.choice.show != "both" else None


def cohort_sentence(page: Page) -> str:
    """How far engaged accounts get, or else how many deals are won, and whether the newest cohorts do better."""
    kind = WIN_RATE if asks(page, CONVERSION).missing_tables() else CONVERSION
    question = asks(page, kind)
    if question.missing_tables() or question.answer().is_empty:
        return ""
    frame = question.answer().frame
    return findings.headline(_title(kind, frame), findings_time.cohort_trend(_pooled(frame), grain=grain()))
