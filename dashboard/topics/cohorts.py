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
from dashboard.text import caveats, findings, findings_time, numbers, say
from dashboard.topics.curve_marks import chosen_point, cohorts_followed
from dashboard.topics.pooled import compared_sides, sides_title, sides_words
from metrics import Answer, pooled_ages

GRAINS = ("month", "quarter", "year")
UNIT_DAYS = {"month": 30, "quarter": 91, "year": 365}
GOALS = ("opportunity", "won")
TWICE = 2.0
"""From this share of the first unit on, the first was one only in part."""


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


def main_kinds(page: Page) -> tuple[Kind, Kind]:
    """The cohort that the page begins with, and the other: accounts by engagement, if there is any to tell of."""
    question = asks(page, CONVERSION)
    told = not question.missing_tables() and not question.answer().is_empty
    return (CONVERSION, WIN_RATE) if told else (WIN_RATE, CONVERSION)


def tells_of_deals(page: Page) -> bool:
    """Whether there is what deals or engagement are counted from; else the page begins with the customers."""
    return any(not asks(page, kind).missing_tables() for kind in (CONVERSION, WIN_RATE))


def tells_of_revenue(page: Page) -> bool:
    """Whether any customer's first revenue is in the period; else one card a retention says why there is none."""
    question = asks(page, REVENUE)
    return not question.missing_tables() and not question.answer().is_empty


def heatmap(page: Page, kind: Kind) -> Chart:
    """The table of one cohort metric; a click on a cell lists its accounts or deals."""
    question = asks(page, kind)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        cells = answer.frame.dropna(subset=["value"])
        if cells.empty:
            return None
        together = pooled_ages(answer.frame, by_age=kind.by_age)
        ages = zip(together["age"], together["value"], together["n"], strict=True)
        apart = _apart(kind, answer, together)  # what bills or terms make is neither gain nor loss
        figure = charts.cohort_heatmap(
            answer.frame,
            diverging=kind.diverging and not _single_purchases() and not apart,
            together={int(age): (float(value), int(n)) for age, value, n in ages},
            unit=unit,
            selected=(chosen["cohort"], int(chosen["age"])) if chosen else None,
            mode=theme_mode(),
        )
        few = say("cohorts.few") if (cells["size"] < numbers.SMALL).any() else ""
        words = (few, *_unripe(kind, cells), say("cohorts.click"))
        title = apart or _title(kind, together)
        return Drawn(title, _caption(kind), figure, _foot(kind, answer, cells, *words), answer.frame)

    controls = goal_switch if kind is CONVERSION else None
    return Chart(
        kind.name,
        say(f"cohorts.{kind.name}.name"),
        question,
        build,
        lambda mark: _listing(kind, question, mark),
        controls,
    )


def unit(age: float) -> str:
    """ "month" or "months", by how many."""
    return findings_time.age_unit(grain(), age)


def _unripe(kind: Kind, cells: pd.DataFrame) -> tuple[str, ...]:
    """What stands for a unit that has not ended; and how the last row takes the cohorts together."""
    if kind.by_age:
        return say("cohorts.blank", unit=unit(1)), say("cohorts.together")
    running = "partial" in cells and cells["partial"].astype("boolean").fillna(False).any()
    return (say("cohorts.partial", unit=unit(1)),) if running else ()


def _foot(kind: Kind, answer: Answer, cells: pd.DataFrame, *more: str) -> str:
    """Whom it is about: the units of all cohorts, once each, by their own name."""
    n = cells.groupby(["segment", "cohort"])["size"].max().sum()
    units_of = answer.metric.units if kind.by_age else say("cohorts.customers")
    return " · ".join(
        part for part in (say("card.n", n=numbers.count(n), units=units_of), foot(answer, None, *more)) if part
    )


def _title(kind: Kind, together: pd.DataFrame) -> str:
    if kind in (LOGOS, REVENUE):
        return findings_time.retention(together, grain=grain(), revenue=kind is REVENUE, again=_single_purchases())
    goal = f".{switch('converts', GOALS)}" if kind is CONVERSION else ""
    return findings_time.cohort_level(together, what=say(f"cohorts.{kind.name}.what{goal}"), grain=grain())


def _apart(kind: Kind, answer: Answer, together: pd.DataFrame) -> str:
    """Why the shares of the cells tell of bills, of days or of terms rather than of who stays; else nothing. It stands
    in place of a title that would tell the share."""
    late = say("cohorts.endings_late") if _warned(answer, "endings_late") else ""
    return _billed_apart(answer) or _first_in_part(kind, together) or late or _kept_by_contract(answer, together)


def _warned(answer: Answer, key: str) -> dict[str, str]:
    """What stands in the places of the answer's warning under the key; empty where it does not warn of it."""
    known = (caveats.recognised(warning, "warnings") for warning in answer.warnings)
    return next((found[1] for found in known if found and found[0] == key), {})


def _kept_by_contract(answer: Answer, together: pd.DataFrame) -> str:
    """Where customers are followed for no longer than nearly all contracts run."""
    age = findings_time.told_age(together)
    warned = _warned(answer, "kept_by_contract")
    units = int(warned["n"].replace(",", "")) // UNIT_DAYS[grain()] if warned else 0
    if age is None or age > units:
        return ""
    return say("cohorts.kept_by_contract", n=numbers.count(units), units=unit(units))


def _billed_apart(answer: Answer) -> str:
    """Where bills are further apart than the cells, these tell of bills and not of customers; else nothing."""
    warned = _warned(answer, "bills_apart")
    return say("cohorts.billed_apart", of=warned["of"], days=warned["n"], units=unit(2)) if warned else ""


def _first_in_part(kind: Kind, together: pd.DataFrame) -> str:
    """Where contracts began so late in their first unit that the next one is twice it and more, shares of the first
    tell of the day on which they began; else nothing."""
    if kind is not REVENUE or visit.revenue_source() != "contracts":
        return ""
    following = together.loc[together["age"] == 1, "value"]
    return say("cohorts.first_in_part", unit=unit(1)) if len(following) and following.iloc[0] >= TWICE else ""


def _caption(kind: Kind) -> str:
    words = say(f"cohorts.{kind.name}.caption", unit=unit(1), units=unit(2))
    source = visit.revenue_source() if kind in (LOGOS, REVENUE) else None
    of = "revenue" if kind is REVENUE else "customers"
    return f"{words} {say(f'cohorts.sources.{of}.{source}', unit=unit(1))}" if source else words


def _single_purchases() -> bool:
    """Whether revenue is the amounts of won deals: a month without one is then no loss of a customer."""
    return visit.revenue_source() == "won amounts"


def _listing(kind: Kind, question: Question, mark: dict[str, str]) -> Listing:
    """The units behind a cell."""
    age = mark["age"]
    words = {"cohort": numbers.period(mark["cohort"]), "age": age, "units": unit(float(age))}
    measure = say("cohorts.revenue_then") if kind is REVENUE else ""
    return Listing(lambda n: say(f"cohorts.{kind.name}.rows", n=n, **words), question, mark, measure=measure)


def _followed(kind: Kind, question: Question, mark: dict[str, str]) -> Listing:
    """The units behind a point of a curve."""
    words = {"age": mark["age"], "units": unit(float(mark["age"]))}
    return cohorts_followed(
        question, question.answer().frame, mark, by_age=kind.by_age,
        title=lambda n, who: say(f"cohorts.{kind.name}.followed", n=n, cohort=who, **words),
        measure=say("cohorts.revenue_then") if kind is REVENUE else "",
    )  # fmt: skip


def curves(page: Page, kind: Kind) -> Chart:
    """The same cohorts, pooled to the next larger unit, as lines."""
    question = asks(page, kind)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        pooled = _pooled(answer.frame)
        if pooled["age"].nunique() < 2:
            return None
        figure = charts.cohort_curves(pooled, unit=unit(2), selected=_point(chosen, "cohort"), mode=theme_mode(),
                                      height=_height(answer.frame))  # fmt: skip
        return Drawn(findings_time.cohort_trend(pooled, grain=grain()), say("cohorts.curves.caption"), figure,
                     _foot(kind, answer, answer.frame), pooled)  # fmt: skip

    return Chart(f"{kind.name}.curves", say("cohorts.curves.name"), question, build,
                 lambda mark: _followed(kind, question, mark), fits_narrow=True)  # fmt: skip


def _point(chosen: dict[str, str] | None, line: str) -> tuple[str, int] | None:
    found = chosen_point(chosen, line, "age")
    return (found[0], int(found[1])) if found else None


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Cohorts pooled to the next larger unit, or as they are where that leaves one."""
    pooled = charts.pooled(frame)
    return pooled if pooled["cohort"].nunique() > 1 else findings_time.complete(frame)


def by_side(page: Page, kind: Kind) -> Chart:
    """All cohorts together over their age, target beside the rest; retention without targets in one line."""
    parted = page.has_targets and page.choice.show == "both"
    question = asks(page, kind, by="target" if parted else None)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        together = pooled_ages(answer.frame, by_age=kind.by_age)
        from_age = 1 if not kind.by_age and _single_purchases() else 0  # the first purchase is everybody's
        drawn = together[(together["n"] >= numbers.FEW) & (together["age"] >= from_age)]
        if parted and len(drawn):  # both end where the one that is followed less far does
            drawn = drawn[drawn["age"] <= drawn.groupby("segment")["age"].max().min()]
        if drawn["age"].nunique() < 2:
            return None
        compared = compared_sides(question, answer, drawn, rows_needed=kind is REVENUE) if parted else None
        at = findings_time.told_age(drawn) if compared is None else int(compared.keys["age"])
        figure = charts.age_curves(drawn, unit=unit, at=at, selected=_point(chosen, "segment"), mode=theme_mode(),
                                   height=_height(answer.frame))  # fmt: skip
        apart = _apart(kind, answer, together)
        measure, table = _measure(kind), drawn.drop(columns=["cohorts", "effective_n"])
        if compared is None:
            title = apart or findings_time.retention_course(drawn, what=measure, grain=grain())
            return Drawn(title, _together_caption(kind), figure, _foot(kind, answer, answer.frame), table)
        said = say("cohorts.at_age", age=at, units=unit(float(compared.keys["age"])), said=sides_words(compared))
        return Drawn(apart or sides_title(compared, measure, grain()), _together_caption(kind), figure,
                     _foot(kind, answer, answer.frame, said), table)  # fmt: skip

    instead = _instead(page) if kind.by_age else None
    name = say(f"cohorts.{kind.name}.together")
    return Chart(f"{kind.name}.sides", name, question, build, lambda mark: _followed(kind, question, mark),
                 instead=instead, compares=False, fits_narrow=True)  # fmt: skip


def _measure(kind: Kind) -> str:
    again = "_again" if not kind.by_age and _single_purchases() else ""
    return say(f"cohorts.{kind.name}.measure{again}")


def _together_caption(kind: Kind) -> str:
    form = "reached" if kind.by_age else "revenue" if kind is REVENUE else "customers"
    return say(f"cohorts.together_{form}", unit=unit(1), units=unit(2))


def _height(frame: pd.DataFrame) -> int:
    """As high as the table of the same cohorts beside it."""
    return min(max(28 * (frame["cohort"].nunique() + 1) + 40, 230), 380)


def _instead(page: Page) -> Any:
    if not page.has_targets:
        return lambda: empty.no_targets("cohort_sides")
    return (lambda: empty.one_side("cohort_sides")) if page.choice.show != "both" else None


def cohort_sentence(page: Page) -> str:
    """How far engaged accounts get, or else how many deals are won, and whether the newest cohorts do better."""
    kind = main_kinds(page)[0]
    question = asks(page, kind)
    if question.missing_tables() or question.answer().is_empty:
        return ""
    frame = question.answer().frame
    level = _title(kind, pooled_ages(frame, by_age=kind.by_age))
    return findings.headline(level, findings_time.cohort_trend(_pooled(frame), grain=grain()))
