"""What a point of a curve over time lists: those who were followed that long, and what became of them."""

from collections.abc import Callable, Collection

import pandas as pd

from dashboard.cards.parts import Listing
from dashboard.cards.question import Question
from dashboard.charts.curves import pooled_name
from dashboard.text import numbers, say, segment_name
from dashboard.text.findings_time import complete
from dashboard.topics.deals import by_outcome

Parts = Callable[[pd.DataFrame], dict[str, pd.DataFrame]]


def chosen_point(chosen: dict[str, str] | None, line: str, along: str) -> tuple[str, float] | None:
    """The point that is chosen: its line, and how far along it is."""
    return (chosen[line], float(chosen[along])) if chosen and line in chosen and along in chosen else None


def still_followed(question: Question, where: dict[str, str], days: float, who: str, measure: str) -> Listing:
    """The deals at risk at a point of a Kaplan–Meier curve: neither closed before these days nor open for less."""
    words = {"segment": who, "days": numbers.days(days, unit=True)}
    return Listing(
        lambda n: say("curve_marks.deals", n=n, **words), question, where, by_outcome, measure,
        lambda rows: rows[rows["measure"] >= days],
    )  # fmt: skip


def cohorts_followed(
    question: Question, frame: pd.DataFrame, mark: dict[str, str], *, by_age: bool, title: Callable[[str, str], str],
    measure: str = "",
) -> Listing:  # fmt: skip
    """The units of the cohorts that have completed an age: those that got there, or were there, and the others.

    `frame`: the cells of the cohort metric; `mark`: `age`, and the `segment` of all cohorts together or the `cohort`,
    which may be pooled of several. `by_age`: what is counted is reached by an age and stays so. `title`: of how many,
    and of whom.
    """
    age, segment = int(mark["age"]), mark.get("segment", "All")
    cells = complete(frame)
    cells = cells[(cells["age"] == age) & (cells["segment"].astype(str) == segment)]
    ended = {str(name) for name in cells["cohort"] if _is_of(str(name), mark.get("cohort"))}
    where = {"segment": segment} if by_age else {"segment": segment, "age": "0"}
    who = numbers.period(mark["cohort"]) if "cohort" in mark else segment_name(segment)
    return Listing(
        lambda n: title(n, who), question, where if not measure else {**where, "age": str(age)},
        _reached(age) if by_age else _there(question, segment, age, ended), measure, lambda rows: _of(rows, ended),
    )  # fmt: skip


def _is_of(cohort: str, wanted: str | None) -> bool:
    return wanted is None or wanted in (cohort, pooled_name(cohort))


def _of(rows: pd.DataFrame, cohorts: Collection[str]) -> pd.DataFrame:
    return rows[rows["cohort"].astype(str).isin(cohorts)]


def _reached(age: int) -> Parts:
    def parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        return _two_parts(rows, rows["reached_age"].le(age).fillna(False).astype(bool))

    return parts


def _there(question: Question, segment: str, age: int, cohorts: Collection[str]) -> Parts:
    def parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        then = _of(question.rows({"segment": segment, "age": str(age)}), cohorts)
        paying = then[then["measure"] > 0]["account_id"]
        return _two_parts(rows, rows["account_id"].isin(paying))

    return parts


def _two_parts(rows: pd.DataFrame, there: pd.Series) -> dict[str, pd.DataFrame]:
    return {say("curve_marks.there"): rows[there], say("curve_marks.not_there"): rows[~there]}
