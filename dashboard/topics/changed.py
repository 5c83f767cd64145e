"""What changed: won revenue against the compared period, by the number of wins, their size and the segments."""

from dataclasses import replace

import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.chart import menu
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.question import Question
from dashboard.cards.tables import answer_table
from dashboard.text import changes, dimension_in_sentence, findings, numbers, say
from dashboard.topics.progress import progress_card, told_line
from metrics import AbmError, Answer, Scope

KEY = "what_changed"
_FINE = ("industry", "region", "size", "tier", "owner")
"""By which segments, where the page's own split says too little: the first of these that has three values."""


def changed_card(page: Page) -> None:
    """Three findings: the change and whether it is clear, its two causes, and the segments that made most of it; held
    against goals, how far each figure is."""
    if page.choice.compare == "goal":
        progress_card(page)
        return
    question = page.asks("won_revenue")
    with st.container(border=True, height="stretch"):
        missing = question.missing_tables()
        earlier = page.earlier(question)
        if missing or earlier is None:
            card_head(say("changed.name"))
            if missing:
                empty.missing(KEY, missing)
            else:
                st.caption(say("changed.nothing_to_compare"))
            return
        try:
            scope = page.choice.compared(question.scope, question.metric)
            now, then = replace(question, scope=scope).answer(), earlier.answer()
            by = _segments(page)
            found = [*_causes(now, then), *([_by_segment(question, scope, by)] if by else [])]
        except AbmError as error:
            card_head(say("changed.name"))
            empty.failed(error)
            return
        with st.container(horizontal=True, wrap=False, gap="xsmall"):
            card_head(say("changed.name"), _compared_with(page, earlier))
            menu(KEY, question, (), answer_table(now, now.frame))
        for icon, lead, said in found:
            told_line(icon, lead, said, "funnel")


def _causes(now: Answer, then: Answer) -> list[tuple[str, str, str]]:
    """The change with how sure it is; and what the number of wins and their size made of it, together all of it. Each
    with its icon, what stands in bold, and the rest: the change has a colour only where it is clear."""
    (value, wins), (value_then, wins_then) = (
        (row["value"] or 0.0, row["n"]) for row in (now.rows()[0], then.rows()[0])
    )
    said = findings.revenue_change(value, wins, value_then, wins_then, currency=now.currency)
    verdict = now.comparison[0].verdict if now.comparison else "too few to say"
    doubt = "" if verdict in ("better", "worse") or value == value_then else say(_DOUBTS[verdict])
    icon = verdict if verdict in ("better", "worse") else "flat"
    return [(icon, said[0], doubt), *(("part", "", sentence) for sentence in said[1:])]


_DOUBTS = {"no clear difference": "changed.unclear", "too few to say": "changed.few"}


def _by_segment(question: Question, scope: Scope, by: str) -> tuple[str, str, str]:
    change = visit.changed(question.name, replace(scope, by=None), by, dict(question.options))
    parts = changes.contributions_words(change, question.metric.format, visit.snapshot().currency)
    dimension = dimension_in_sentence(by)
    if not parts:
        return "part", "", say("changed.no_segment", dimension=dimension)
    return "part", "", say("changed.by", dimension=dimension, parts=", ".join(parts))


def _segments(page: Page) -> str | None:
    """The dimension: the page's split where it tells more than two sides apart."""
    known = visit.dimensions()
    wanted = [name for name in (page.choice.split, *_FINE) if len(known.get(name, ())) > 2]
    usable = [name for name in wanted if name not in ("list", "channel", "campaign")]
    return next(iter(usable), "target" if page.has_targets and page.choice.show == "both" else None)


def _compared_with(page: Page, earlier: Question) -> str:
    scope = earlier.scope
    assert scope.start, "a comparison is with a period"
    days = (numbers.date(scope.start), numbers.date(scope.end or page.as_of))
    unfinished = page.choice.dates(page.as_of)[1]
    like = say("changed.like_for_like") if unfinished and unfinished > page.as_of else ""
    return " ".join(part for part in (say("changed.caption", start=days[0], end=days[1]), like) if part)
