"""Which target accounts are engaged: by tier, and a second property of the accounts."""

from dataclasses import replace

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
from dashboard.text import dimension_in_sentence, dimension_name, findings, numbers, safe, say, segment_name
from metrics import Answer

MOST_TIERS, MOST_SEGMENTS = 4, 9
_FIRST = ("industry", "size", "region", "country")
_NO_SEGMENTS = ("tier", "target", "list")


def engaged_chart(page: Page) -> Chart:
    """The share of target accounts engaged in the period, by tier and a second property."""
    options = _segments()
    by = switch("engaged_by", options) if options else None
    question = _of_targets(page.asks("engaged_accounts", by=by))
    instead = None
    if page.choice.show == "rest":
        instead = lambda: empty.one_side("engaged_tier")  # noqa: E731
    elif not page.has_targets:
        instead = lambda: empty.no_targets("engaged_tier")  # noqa: E731

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        tiers = _tiers(question)
        cells = _cells(question, tiers)
        if not (cells["denominator"] > 0).any():
            return None
        whole = cells[cells["across"] == say("segments.all")]
        down = list(whole.sort_values("denominator", ascending=False, kind="stable")["down"].head(MOST_SEGMENTS))
        selected = (chosen["across"], chosen["down"]) if chosen else None
        across = [say("segments.all"), *tiers]
        figure = charts.share_grid(cells, across=across, down=down, selected=selected, mode=theme_mode())
        more = len(whole) - len(down)
        said = say("charts.more_rows", n=more) if more > 0 else ""
        title = _engaged_title(question, tiers, whole, by)
        table = cells.rename(columns={"across": "tier", "down": "segment"})
        return Drawn(
            title,
            say("market.engaged.caption_tiers" if len(tiers) > 1 else "market.engaged.caption"),
            figure,
            foot(answer, whole["denominator"].sum(), said),
            table,
        )

    def listing(mark: dict[str, str]) -> Listing:
        tier, segment = mark["across"], mark["down"]
        own = question if tier == say("segments.all") else _narrowed(question, "tier", tier)
        where = {} if by is None else {"segment": segment}
        name = segment if tier == say("segments.all") else f"{tier}, {segment}"
        return Listing(lambda n: say("market.engaged.rows", n=n, name=name), own, where, _by_engagement)

    return Chart("engaged_tier", say("market.engaged.name"), question, build, listing,
                 controls=lambda: _segment_switch(options), instead=instead, compares=False)  # fmt: skip


def _by_engagement(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    engaged = rows["is_engaged"].astype(bool)
    return {say("market.engaged.yes"): rows[engaged], say("market.engaged.no"): rows[~engaged]}


def _narrowed(question: Question, dimension: str, value: str) -> Question:
    return replace(question, scope=question.scope.where(dimension, value))


def _of_targets(question: Question) -> Question:
    return _narrowed(question, "target", "target") if visit.has_targets() else question


def _tiers(question: Question) -> list[str]:
    """The tiers of the accounts, those without one last; none where accounts have no tier."""
    if "tier" not in visit.dimensions():
        return []
    frame = question.but(by="tier").answer().frame
    found = sorted((str(name) for name in frame["segment"]), key=lambda name: (name.startswith("("), name))
    return found[:MOST_TIERS]


def _cells(question: Question, tiers: list[str]) -> pd.DataFrame:
    """A row a tier and segment, `All` of the tiers among them: the metric's own answers, put side by side."""
    found = []
    for tier in (None, *tiers):
        own = question if tier is None else _narrowed(question, "tier", tier)
        frame = own.answer().frame.assign(across=tier or say("segments.all"))
        found.append(frame.assign(down=[segment_name(name) for name in frame["segment"]]))
    together = pd.concat(found, ignore_index=True)
    return together[["across", "down", "value", "numerator", "denominator", "low", "high"]].dropna(subset=["value"])


def _engaged_title(question: Question, tiers: list[str], whole: pd.DataFrame, by: str | None) -> str:
    """Which tier stands apart; where no tier does, which of the segments."""
    engaged, of = int(whole["numerator"].sum()), int(whole["denominator"].sum())
    rate = numbers.rate(engaged / of, engaged, of)
    if len(tiers) > 1:
        frame = question.but(by="tier").answer().frame
        return findings.segments_that_differ(frame, metric="engaged_accounts", dimension=dimension_in_sentence("tier"))
    if by is not None and len(whole) > 1:
        frame = question.answer().frame
        return findings.segments_that_differ(frame, metric="engaged_accounts", dimension=dimension_in_sentence(by))
    return say("market.engaged.title", share=rate)


def _segments() -> tuple[str, ...]:
    """What accounts can be parted by beside their tier, the usual first."""
    tables = visit.dimension_tables()
    known = [name for name, values in visit.dimensions().items()
             if tables.get(name) == "accounts" and name not in _NO_SEGMENTS and len(values) > 1]  # fmt: skip
    first = [name for name in _FIRST if name in known]
    return (*first, *sorted(set(known) - set(first)))


def _segment_switch(options: tuple[str, ...]) -> None:
    if len(options) < 2:
        return
    st.session_state["engaged_by.by"] = switch("engaged_by", options)
    st.selectbox(
        say("market.engaged.by"), options, key="engaged_by.by", label_visibility="collapsed", width=200,
        format_func=lambda d: safe.one_line(dimension_name(d)), on_change=_turn, args=(options,),
    )  # fmt: skip


def _turn(options: tuple[str, ...]) -> None:
    set_switch("engaged_by", st.session_state["engaged_by.by"], options)
