"""What a figure reads: its value in words, its change, its trend and its goal. The cards draw it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dashboard import visit
from dashboard.cards.goal_line import beside_plan, goal_change, is_missed, is_reached
from dashboard.cards.question import Question
from dashboard.filters import Choice
from dashboard.text import numbers, say
from metrics import AbmError, Answer, Comparison, Scope, compared_scope, goal_columns, goal_name

POINTS = 13


@dataclass(frozen=True)
class Figure:
    """`column`: the answer's column shown (its `low`/`high` under `bounds`); `trend`: what the sparkline shows, by
    month, from which column and row, and what a state of today is compared by, which has no period of its own.
    `where`: the row shown of an answer with keys, as (key, value). `summed`: add up the rows (an answer with keys)
    instead of taking one. `needs`: tables without which it says
    nothing, beside the metric's own; `lacking`: why an answer has no value, in words; `sides`: target beside the
    rest, in words; `towards`: what stands in the place of the progress to a goal, in words, and `aim` the goal that
    rests on; `page`: the name of the
    page that tells more, and `view` its switches that show it, as (name, value)."""

    key: str
    label: str
    question: Question
    column: str = "value"
    bounds: tuple[str, str] = ("low", "high")
    kind: str = ""
    trend: Question | None = None
    trend_column: str = "value"
    trend_where: tuple[str, str] | None = None
    where: tuple[str, str] | None = None
    summed: bool = False
    needs: tuple[str, ...] = ()
    lacking: Callable[[Answer], str] | None = None
    sides: Callable[[], str] | None = None
    towards: Callable[[], str] | None = None
    aim: str = ""
    page: str = ""
    view: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """A figure as it is shown: the answer and the row it is of, its value in words, the change as `st.metric` takes it
    and what that is against, the trend's points and its goal."""

    figure: Figure
    answer: Answer
    row: dict[str, Any]
    value: str
    change: dict[str, Any]
    against: str
    trend: list[float] | None
    held: Comparison | None

    @property
    def kind(self) -> str:
        return self.figure.kind or self.answer.metric.format

    @property
    def is_missed(self) -> bool:
        """Whether the goal is clearly missed."""
        return self.held is not None and is_missed(self.answer, self.held)

    @property
    def is_reached(self) -> bool:
        return self.held is not None and is_reached(self.answer, self.held)

    @property
    def is_on_plan(self) -> bool:
        """Whether the goal, of an unfinished period what of it is due by now, is reached, to the percent."""
        apart = beside_plan(self.answer, self.held) if self.held is not None else None
        return apart is not None and round(apart, 2) >= 0

    @property
    def aim(self) -> str:
        """The name of the goals that the figure is held to; "" where it can have none."""
        can_aim = self.figure.column in goal_columns(self.answer.metric)
        return goal_name(self.answer.metric.name, self.figure.column) if can_aim else self.figure.aim

    @property
    def drawn_to(self) -> date | None:
        """The last day of the trend where it ends before the period, whose last month is not over."""
        end = trend_end(self.figure, self.answer.as_of)
        last = min(self.figure.question.scope.end or self.answer.as_of, self.answer.as_of)
        has_line = self.answer.metric.clock != "as_of" and not self.answer.is_empty
        return end if has_line and end < last else None


def read(figure: Figure, choice: Choice) -> Reading:
    """The figure in the page's choice. AbmError where it cannot be asked; only where no table is missing."""
    question = replace(figure.question, scope=choice.compared(figure.question.scope, figure.question.metric))
    answer = question.answer()
    row = _row(figure, answer)
    value, kind = row.get(figure.column), figure.kind or answer.metric.format
    held = _held(figure, answer)
    change = goal_change(answer, held) if choice.compare == "goal" else change_of(figure, choice, answer, kind)
    if change["delta"] is None and choice.compare != "none":  # keeps the sparklines of a row at one height
        change = {"delta": say("plan.no_other"), "delta_color": "off", "delta_arrow": "off"}
    trend = None if numbers.is_missing(value) else trend_of(figure, answer.as_of)
    words = _value(row, value, kind, answer.currency)
    return Reading(figure, answer, row, words, change, _against(change, choice, held), trend, held)


def _row(figure: Figure, answer: Answer) -> dict[str, Any]:
    rows = answer.rows()
    if figure.where:
        rows = [row for row in rows if row[figure.where[0]] == figure.where[1]]
    if not rows:
        return {}
    if not figure.summed:
        return rows[0]
    columns = [c for c in ("value", "n", "deals", "weighted") if c in answer.frame]
    return {c: answer.frame[c].sum(min_count=1) for c in columns}


def _value(row: dict[str, Any], value: Any, kind: str, currency: str | None) -> str:
    if kind == "percent":
        return numbers.rate(value, row.get("numerator"), row.get("denominator"))
    return numbers.shown(value, kind, currency)


def _held(figure: Figure, answer: Answer) -> Comparison | None:
    """The figure against its goal; None where it has none, or is not the one that goals are for."""
    if figure.where or figure.summed or figure.kind not in ("", answer.metric.format):
        return None
    return visit.held_to_goal(answer, column=figure.column)


def change_of(figure: Figure, choice: Choice, answer: Answer, kind: str) -> dict[str, Any]:
    """Delta and its colour; ASCII minus, since the sign decides the arrow."""
    if answer.metric.clock == "as_of":
        return _trend_change(figure, choice)
    if figure.column != answer.metric.compare_column:
        return plain_change(figure, answer, kind)
    own = [c for c in answer.comparison if not figure.where or c.keys.get(figure.where[0]) == figure.where[1]]
    found = own[0] if own and not figure.summed else None
    if found is None or found.difference is None:
        return {"delta": None}
    text = _difference(found, kind, answer.currency).replace(numbers.MINUS, "-")
    adverse = found.verdict == "worse" and answer.metric.better_of(found.keys) != "none"
    colour = ("inverse" if found.difference > 0 else "normal") if adverse else "off"
    return {"delta": text, "delta_color": colour}


def _trend_change(figure: Figure, choice: Choice) -> dict[str, Any]:
    """What stood at the end of the period against the end of the one compared with; never an alarm, for want of an
    interval."""
    trend = figure.trend
    if trend is None or figure.trend_where is None or not choice.compares_periods or trend.scope.start is None:
        return {"delta": None}
    key, row = figure.trend_where
    ends = []
    for scope in (trend.scope, compared_scope(trend.scope, visit.snapshot().as_of, choice.other_period())):
        frame = replace(trend, scope=scope).answer().frame
        found = frame.loc[frame[key] == row, figure.trend_column]
        ends.append(None if found.empty or numbers.is_missing(found.iloc[0]) else float(found.iloc[0]))
    now, then = ends
    if now is None or not then:
        return {"delta": None}
    return {"delta": numbers.signed_percent(now / then - 1).replace(numbers.MINUS, "-"), "delta_color": "off"}


def plain_change(figure: Figure, answer: Answer, kind: str) -> dict[str, Any]:
    """The change of a column beside the compared one: clear where the two intervals do not touch."""
    if answer.scope.compare is None or not answer.rows():
        return {"delta": None}
    other = replace(figure.question, scope=compared_scope(answer.scope, answer.as_of, answer.scope.compare)).answer()
    now, then = answer.rows()[0], (other.rows() or [{}])[0]
    if numbers.is_missing(now.get(figure.column)) or numbers.is_missing(then.get(figure.column)):
        return {"delta": None}
    difference = now[figure.column] - then[figure.column]
    low, high = figure.bounds
    known = not any(numbers.is_missing(row.get(name)) for row in (now, then) for name in figure.bounds)
    apart = known and (now[low] > then[high] or now[high] < then[low])
    better = answer.metric.better
    adverse = apart and better != "none" and (difference > 0) == (better == "lower")
    text = numbers.difference(difference, kind, answer.currency).replace(numbers.MINUS, "-")
    return {"delta": text, "delta_color": ("inverse" if difference > 0 else "normal") if adverse else "off"}


def _difference(found: Comparison, kind: str, currency: str | None) -> str:
    if kind in ("percent", "days"):
        return numbers.difference(found.difference, kind, currency)
    return (
        numbers.signed_percent(found.lift)
        if found.lift is not None
        else numbers.difference(found.difference, kind, currency)
    )


def _against(change: dict[str, Any], choice: Choice, held: Comparison | None) -> str:
    """What the change is against, in few letters: it stands beside the change in a card of six in a row."""
    if choice.compare == "goal":
        if held is None or held.difference is None:
            return ""
        return say("kpi.beside.goal" if held.due is None else "plan.beside")
    return say(f"kpi.beside.{choice.compare}") if change.get("delta") not in (None, say("plan.no_other")) else ""


def trend_of(figure: Figure, as_of: date) -> list[float] | None:
    """The last thirteen months up to the end of the period, NaN where one is not known, so that the line breaks there
    and a step is a month; None where the metric has no months, fewer than three are known, or no two beside each other.
    A month that is not over is not drawn, since what adds up in it would seem to fall; what stands at a day is."""
    question = figure.trend or (figure.question if figure.question.metric.clock != "as_of" else None)
    if question is None:
        return None
    end = trend_end(figure, as_of)
    first = (end.replace(day=1) - timedelta(days=366)).replace(day=1)
    scope = Scope(filters=question.scope.filters, start=first, end=end, grain="month")
    try:
        frame = visit.ask(question.name, scope, dict(question.options)).frame
    except AbmError:
        return None
    if of := figure.trend_where or figure.where:
        frame = frame[frame[of[0]] == of[1]]
    values = frame[figure.trend_column].astype(float).tail(POINTS)
    has_line = (values.notna() & values.shift().notna()).any()
    return values.tolist() if has_line and values.notna().sum() > 2 else None


def trend_end(figure: Figure, as_of: date) -> date:
    """The period's last day, or that of the month before where its month is not over."""
    end = min((figure.trend or figure.question).scope.end or as_of, as_of)
    is_over = (end + timedelta(days=1)).day == 1
    return end if is_over or figure.trend_where else end.replace(day=1) - timedelta(days=1)
