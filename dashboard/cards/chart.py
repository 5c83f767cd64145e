"""The chart card: finding, definition, ⋯ menu, chart or what stands in its place, foot; and the rows behind a click."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from dashboard.cards import empty
from dashboard.cards.counted import counted
from dashboard.cards.drill import drill
from dashboard.cards.goal_line import links
from dashboard.cards.parts import Chart, Drawn
from dashboard.cards.question import Question
from dashboard.cards.tables import answer_table, csv_of, show_answer
from dashboard.cards.waiting import waiting
from dashboard.cards.window import is_narrow
from dashboard.charts import CHART_CONFIG, clicked
from dashboard.filters import state
from dashboard.filters.choice import Mark
from dashboard.text import caveats, dimension_in_sentence, numbers, safe, say
from metrics import Answer

_COMPARED, _SAID = "run.comparisons", "run.caveats"
_MONTHS = {"month": 1, "quarter": 3}


def begin_page() -> None:
    """Start counting the comparisons that this page makes, and what it says of its figures."""
    st.session_state[_COMPARED] = 0
    st.session_state[_SAID] = ()


def caveat_line(*answers: Answer, said: str = "") -> None:
    """What changes how the figures of these answers read, as one line; what the page (or `said`) has told already is
    not told again."""
    told: tuple[str, ...] = st.session_state.get(_SAID, ())
    found = dict.fromkeys(words for answer in answers for words in caveats.changing(answer.warnings))
    new = [words for words in found if words not in told and words not in said]
    st.session_state[_SAID] = (*told, *new)
    if new:
        st.caption(f":material/info: {safe.for_markdown(' '.join(new))}")


def comparisons_made() -> int:
    return int(st.session_state.get(_COMPARED, 0))


def note_comparisons(answer: Answer) -> None:
    """Count the comparisons of target and rest in an answer."""
    made = sum(c.segments == ("target", "rest") for c in answer.comparison)
    st.session_state[_COMPARED] = comparisons_made() + made


def count_comparison() -> None:
    """One more comparison, made by the page itself."""
    st.session_state[_COMPARED] = comparisons_made() + 1


def chosen_in(key: str) -> dict[str, str] | None:
    """The keys of the mark chosen in this chart; None without one."""
    mark = state.choice().mark
    return mark.as_dict() if mark and mark.chart == key else None


def chart_card(chart: Chart) -> None:
    """What is inside one card, whatever happens there: the others are not affected."""
    if chart.instead is not None:
        _titled(chart.name)
        chart.instead()
        return
    missing = chart.question.missing_tables(*chart.needs)
    if missing:
        _without_chart(chart)
        empty.missing(chart.key, missing)
        return
    try:
        with waiting(chart.question):
            answer, drawn = draw(chart)
    except Exception as error:  # a card that fails must not take the page with it
        _without_chart(chart)
        empty.failed(error)
        return
    try:
        if drawn is None:
            _without_chart(chart)
            empty.nothing_matches(chart.key, chart.question)
            return
        if chart.compares:
            note_comparisons(answer)
        _show(chart, answer, drawn)
    except Exception as error:  # likewise
        empty.failed(error)


def draw(chart: Chart) -> tuple[Answer, Drawn | None]:
    """The answer, and the chart of it; None where there is nothing to draw."""
    answer = chart.question.answer()
    if answer.is_empty or chart.question.is_before_the_data():
        return answer, None
    return answer, chart.build(answer, chosen_in(chart.key))


def _without_chart(chart: Chart) -> None:
    """The head of a card that has no finding: its name, and its switch, which may lead out of the emptiness."""
    _titled(chart.name)
    if chart.controls is not None:
        chart.controls()


def _titled(name: str) -> None:
    st.subheader(safe.for_markdown(name), anchor=False)


def unreached_words(questions: Sequence[Question]) -> str:
    """ "not filtered by product": what the page is narrowed by and these figures are not; "" where all reach them."""
    usable = [question for question in questions if not question.missing_tables()]
    found: dict[tuple[str, ...], list[str]] = {}
    for question in usable:
        found.setdefault(question.not_narrowed_by(), []).append(question.metric.title)
    said = []
    for names, titles in found.items():
        words = ", ".join(dimension_in_sentence(name) for name in names)
        if names and len(titles) == len(usable):
            said.append(say("card.unreached", names=words))
        elif names:
            said.append(say("card.unreached_of", titles=", ".join(titles), names=words))
    return "; ".join(said)


def _show(chart: Chart, answer: Answer, drawn: Drawn) -> None:
    table = drawn.table if drawn.table is not None else answer.frame
    as_table = _as_table(chart.key, fits_narrow=chart.fits_narrow)
    with st.container(horizontal=True, wrap=False, gap="xsmall"):
        with st.container(gap="xxsmall"):
            st.subheader(safe.for_markdown(drawn.title), anchor=False)
            st.caption(safe.for_markdown(drawn.caption))
            unreached = unreached_words((chart.question, *chart.others))
            if unreached:
                st.caption(f":material/filter_alt_off: {safe.for_markdown(unreached)}")
        more = links(chart.key, "", *chart.opens) if chart.opens else None
        menu(chart.key, chart.question, chart.others, answer_table(answer, table), toggle=True, shown=table,
             fits_narrow=chart.fits_narrow, more=more)  # fmt: skip
    if chart.controls is not None:
        chart.controls()
    if as_table:
        show_answer(answer, table)
    else:
        key = f"chart.{chart.key}"
        st.plotly_chart(
            drawn.figure, theme=None, config=CHART_CONFIG, key=key, alt=f"{drawn.title}. {drawn.foot}",
            on_select=_on_select(chart.key, key) if chart.listing else "ignore", selection_mode="points",
        )  # fmt: skip
    if drawn.foot:
        st.caption(safe.for_markdown(drawn.foot))
    caveat_line(answer, said=f"{drawn.caption} {drawn.foot}")


def _on_select(chart: str, key: str) -> Callable[[], None]:
    def selected() -> None:
        keys = clicked(st.session_state.get(key))
        if keys:
            state.toggle_mark(Mark(chart, tuple(sorted(keys.items()))))
        elif chosen_in(chart):  # a second click on the mark comes as an empty selection
            state.change(mark=None)

    return selected


def menu(
    key: str, question: Question, others: tuple[Question, ...], table: pd.DataFrame, *, toggle: bool = False,
    shown: pd.DataFrame | None = None, fits_narrow: bool = False, more: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """The ⋯ menu of a card: table or chart, how it is counted (the rows `shown`), the table as a file, and `more`."""
    as_table = _as_table(key, fits_narrow=fits_narrow)
    opened = st.session_state.get(f"{key}.dialogs", 0)  # a new key closes the menu when the dialog opens
    with st.popover(":material/more_horiz:", type="tertiary", help=say("card.menu"), key=f"{key}.menu.{opened}"):
        if toggle:
            st.button(
                say("card.chart" if as_table else "card.table"), key=f"{key}.toggle", type="tertiary",
                icon=":material/bar_chart:" if as_table else ":material/table:",
                on_click=_show_as, args=(key, not as_table),
            )  # fmt: skip
        if st.button(
            say("card.counted"),
            key=f"{key}.counted",
            type="tertiary",
            icon=":material/function:",
            on_click=_close_menu,
            args=(key,),
        ):
            counted((question, *others), shown)
        st.download_button(
            say("card.download"), data=lambda: csv_of(table), file_name=f"{key}.csv", mime="text/csv",
            key=f"{key}.download", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        if more is not None:
            more()


def _close_menu(key: str) -> None:
    st.session_state[f"{key}.dialogs"] = st.session_state.get(f"{key}.dialogs", 0) + 1


def _show_as(key: str, table: bool) -> None:
    st.session_state[f"{key}.as_table"] = table


def _as_table(key: str, *, fits_narrow: bool) -> bool:
    """Whether the card shows its table: as chosen, else where the columns beside a chart would squeeze it."""
    return bool(st.session_state.get(f"{key}.as_table", is_narrow() and not fits_narrow))


def row(weights: Sequence[int], charts: Sequence[Chart]) -> None:
    """A row of cards, and below it the rows behind a mark that was clicked in one of them."""
    places = st.columns(weights) if len(charts) > 1 else [st.container()]
    cards = [place.container(border=True, height="stretch") for place in places]
    for card, chart in zip(cards, charts, strict=True):
        with card:
            chart_card(chart)
    for chart in charts:
        keys = chosen_in(chart.key)
        if keys and chart.listing:
            drill(chart, chart.listing(keys))


def foot(answer: Answer, n: int | float | None = None, *more: str) -> str:
    """ "n = 653 deals · 6 without an account · …": how many, what was left out by reason, and what else to know."""
    units = answer.metric.unit if n == 1 else answer.metric.units
    parts = [say("card.n", n=numbers.count(n), units=units)] if n is not None else []
    parts += [caveats.left_out_words(said, numbers.count(count)) for said, count in answer.excluded]
    return " · ".join([*parts, *(text for text in more if text)])


def cut_short(answer: Answer, grain: str) -> str:
    """That the last month or quarter of a line is not over, so that what adds up in it seems to fall; else ""."""
    end = min(answer.scope.end or answer.as_of, answer.as_of)
    following = end + timedelta(days=1)
    is_over = following.day == 1 and (following.month - 1) % _MONTHS[grain] == 0
    return "" if is_over else say(f"card.cut_short.{grain}", date=numbers.date(end))
