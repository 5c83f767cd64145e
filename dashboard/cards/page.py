"""The frame of every page of figures: head, bar, the scope in a sentence, and the questions that the page asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard import visit, work
from dashboard.cards.chart import comparisons_made
from dashboard.cards.question import Question
from dashboard.cards.welcome import welcome
from dashboard.filters import Choice, choice, filter_bar
from dashboard.filters.bar import page_head
from dashboard.filters.choice import NO_SPLIT
from dashboard.text import numbers, safe, say
from dashboard.text.scope import scope_words
from metrics import compared_scope

NO_PIPELINE = "(none)"


@dataclass(frozen=True)
class Page:
    """What the charts of a page share: the choice, the as-of day, whether there are targets, and the pipelines in
    scope, the one with the most deals first. `dated`: what it shows is of a period, not as it is on the as-of day."""

    choice: Choice
    as_of: date
    has_targets: bool
    pipelines: tuple[str, ...]
    dated: bool = True

    @property
    def pipeline(self) -> str:
        """The pipeline whose stages are shown, since each has its own: the largest in scope."""
        return self.pipelines[0]

    @property
    def is_of_one_pipeline(self) -> bool:
        """Whether all deals in scope are in the pipeline whose stages are shown."""
        return len(self.pipelines) == 1

    @property
    def split(self) -> str | None:
        """The dimension by which charts are split; None for all together or one side alone."""
        by = self.choice.split
        if by == NO_SPLIT or (by == "target" and (self.choice.show != "both" or not self.has_targets)):
            return None
        return by

    @property
    def account_split(self) -> str | None:
        """The split for what counts accounts or people: a deal's own property would give one of them several."""
        by = self.split
        return by if by in (None, "target") or visit.dimension_tables().get(by) == "accounts" else None

    def asks(self, name: str, *, by: str | None = None, **options: Any) -> Question:
        """The question about a metric in the page's scope, split by `by`."""
        scope = self.choice.scope(self.as_of, has_targets=self.has_targets, by=by)
        return Question(name, scope, tuple(sorted(options.items())))

    def asks_of_pipeline(self, name: str, *, by: str | None = None) -> Question:
        """The same of the deals in the pipeline whose stages are shown."""
        if self.is_of_one_pipeline:
            return self.asks(name, by=by)
        return replace(self, choice=self.choice.narrowed("pipeline", (self.pipeline,))).asks(name, by=by)

    def earlier(self, question: Question) -> Question | None:
        """The same question about the period that is compared with; None without one."""
        if not self.choice.compares_periods or question.scope.start is None:
            return None
        return replace(question, scope=compared_scope(question.scope, self.as_of, self.choice.other_period()))


def data_page(
    name: str, *, pipelines: bool = False, bar: bool = True, dated: bool = True,
    beside: Callable[[], None] | None = None,
) -> Page | None:  # fmt: skip
    """Draw head and bar; None, and the way to load something, where there are no data yet.

    `bar=False`: the choice holds without the widgets that change it. `dated=False`: all is as of the as-of day, so that
    no period, comparison or split holds, though they stay chosen. `beside`: what stands beside the title.
    """
    if not visit.has_data():
        with st.container(horizontal=True):
            st.title(say(f"nav.{name}"), anchor=False, width="content")
        welcome()
        return None
    page_head(say(f"nav.{name}"), beside)
    work.note()
    known = visit.pipelines() or (NO_PIPELINE,)
    filtered = tuple(name for name in known if name in choice().values("pipeline")) or known
    chosen = filter_bar(pipelines=known if pipelines else (), dated=dated) if bar else choice()
    chosen = chosen.settled(visit.snapshot().as_of, visit.first_day()) if dated else chosen.undated()
    return Page(chosen, visit.snapshot().as_of, visit.has_targets(), filtered, dated)


def page_sentence(page: Page, sentence: str, **counts: int | None) -> None:
    """The scope in words, then the sentence to read aloud."""
    words = [scope_words(page.choice, page.as_of, page.has_targets, dated=page.dated, **counts)]
    if not page.is_of_one_pipeline and not page.choice.values("pipeline"):
        words.append(say("scope.all_pipelines"))
    st.caption(safe.for_markdown(" · ".join(part for part in (*words, _reach(page)) if part)))
    if _is_before_the_data(page):
        st.header(say("nothing.before_page", day=numbers.date(visit.begins())), anchor=False)
    elif sentence:
        st.header(safe.for_markdown(sentence), anchor=False)


def _is_before_the_data(page: Page) -> bool:
    """Whether the page's period ends before anything in the data."""
    begins, end = visit.begins(), page.choice.dates(page.as_of)[1]
    return begins is not None and end is not None and end < begins


def _reach(page: Page) -> str:
    """How far back the data go, where the period compared with begins before them; "" elsewhere."""
    first = visit.first_day()
    if first is None or choice().compare in ("none", "goal") or page.choice.dates(page.as_of)[0] is None:
        return ""
    if page.choice.compare == "none":
        return say("scope.not_covered", begin=_begin(first))
    begins = page.choice.compared_days(page.as_of, page.choice.compare)[0]
    return _begin(first) if begins < first.replace(day=1) else ""


def _begin(first: date) -> str:
    """From when on there are data, and how many deals are older, which the figures count all the same."""
    n = visit.stray_deals()
    if not n:
        return say("scope.begin", day=numbers.date(first))
    return say("scope.begin_strays", day=numbers.date(first), n=n, count=numbers.count(n))


def page_foot() -> None:
    """How many comparisons of target and rest the page makes, and what they are not."""
    made = comparisons_made()
    if made:
        st.caption(say("page.comparisons", n=numbers.count(made)))
