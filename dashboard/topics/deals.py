"""Deals: win rate by segment, opened against closed, why they were lost, and the bridge of the open pipeline."""

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.chart import cut_short, foot, note_comparisons
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.filters.state import set_switch
from dashboard.text import (
    caveats,
    dimension_in_sentence,
    dimension_name,
    findings,
    findings_time,
    numbers,
    safe,
    say,
    segment_name,
)
from metrics import Answer

FIRST_DIMENSIONS = ("industry", "target", "tier", "size", "region", "owner")
MOST_IN_ROW = 5
FUNNEL_HEIGHT, ROW_CHART = 330, 300
"""Pixels: the charts of a row are of one height, so that no card of it stays half empty."""
NO_SEGMENTS = ("list", "stage")
"""A stage says by itself whether a closed deal was won."""


def win_rate_chart(page: Page) -> Chart:
    """Win rate with its interval, by a dimension that the card's own switch chooses."""
    options = _dimensions(page)
    by = switch("win_rate", options) if options else None
    question, whole = page.asks("win_rate", by=by), page.asks("win_rate")
    held = page.asks("win_rate", by="target") if page.split == "target" else None

    def build(answer: Any, chosen: dict[str, str] | None) -> Drawn:
        if held and by != "target":
            note_comparisons(held.answer())
        all_together = whole.answer()
        row = all_together.rows()[0]
        reference = row["value"] if row["n"] >= numbers.FEW else None
        figure = charts.interval_dots(
            answer.frame, title=answer.metric.title, reference=reference if by else None,
            selected=(chosen or {}).get("segment"), sort=by != "target",
            mode=theme_mode(), height=FUNNEL_HEIGHT,
        )  # fmt: skip
        few = bool(answer.frame["n"].between(numbers.FEW, numbers.SMALL, inclusive="left").any())
        said = sides(answer) if by == "target" else sides(held.answer()) if held else ""
        note = say("deals.few") if few else ""
        return Drawn(
            _win_title(answer, by), _win_caption(by), figure, foot(answer, row["n"], note, said, _many(answer, by))
        )

    def listing(mark: dict[str, str]) -> Listing:
        name = segment_name(mark["segment"])
        return Listing(lambda n: say("deals.win_rate.rows", n=n, segment=name), question, {"segment": mark["segment"]},
                       by_outcome)  # fmt: skip

    return Chart("win_rate", say("deals.win_rate.name"), question, build, listing, lambda: _dimension_switch(options))


def _win_caption(by: str | None) -> str:
    """What is shown, and what each segment is held against."""
    words = say("deals.win_rate.caption")
    if by in (None, "target"):
        return words
    return f"{words} {say('deals.win_rate.against', dimension=dimension_in_sentence(str(by)))}"


def _many(answer: Any, by: str | None) -> str:
    """How many are held against the others: of twenty that do not differ, one looks as if it did."""
    judged = int((answer.frame["n"] >= numbers.FEW).sum())
    return say("deals.win_rate.many", n=judged) if by not in (None, "target") and judged > MOST_IN_ROW else ""


def _win_title(answer: Any, by: str | None) -> str:
    if by == "target" and answer.comparison:
        return findings.target_or_rest(
            answer.comparison[0], metric="win_rate", title=answer.metric.title, kind="percent"
        )
    dimension = dimension_in_sentence(by) if by else ""
    return findings.segments_that_differ(answer.frame, metric="win_rate", dimension=dimension)


def _dimensions(page: Page) -> tuple[str, ...]:
    """The dimensions to choose from, all that have two values at least: the page's own split first, if it is not target
    and rest, which the foot tells; then the usual ones."""
    tables = visit.dimension_tables()
    known = {name for name, values in visit.dimensions().items()
             if len(values) > 1 and name not in NO_SEGMENTS and tables.get(name) != "activities"}  # fmt: skip
    if page.choice.show != "both":
        known.discard("target")
    if page.is_of_one_pipeline:
        known.discard("pipeline")
    usual = (page.split, *FIRST_DIMENSIONS) if page.split not in (None, "target") else FIRST_DIMENSIONS
    first = list(dict.fromkeys(name for name in usual if name in known))
    return (*first, *sorted(known - set(first)))


def _dimension_switch(options: tuple[str, ...]) -> None:
    """A row of the first few; a select box where there are more."""
    if len(options) < 2:
        return
    st.session_state["win_rate.by"] = switch("win_rate", options)
    if len(options) <= MOST_IN_ROW:
        st.segmented_control(
            say("deals.win_rate.by"), options, key="win_rate.by", required=True, label_visibility="collapsed",
            format_func=lambda d: safe.for_markdown(dimension_name(d)), on_change=_turn, args=(options,),
        )  # fmt: skip
    else:
        st.selectbox(
            say("deals.win_rate.by"), options, key="win_rate.by", label_visibility="collapsed", width=220,
            format_func=lambda d: safe.one_line(dimension_name(d)), on_change=_turn, args=(options,),
        )  # fmt: skip


def _turn(options: tuple[str, ...]) -> None:
    set_switch("win_rate", st.session_state["win_rate.by"], options)


def by_outcome(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The parts of a list of deals."""
    return {say(f"outcomes.{outcome}"): rows[rows["deal_outcome"] == outcome]
            for outcome in ("won", "lost", "no_decision", "open")}  # fmt: skip


def opened_closed_chart(page: Page) -> Chart:
    """Deals opened and deals won or lost, a month each, over the last fifteen months of the period."""
    opened, closed = _by_month(page, "opportunities_created"), _by_month(page, "win_rate")

    def build(answer: Any, _chosen: dict[str, str] | None) -> Drawn | None:
        parts = {"opened": answer.frame, "closed": closed.answer().frame}
        months = sorted(set(parts["opened"]["period"]) | set(parts["closed"]["period"]))
        rows = [
            {"period": month, "segment": series, "value": float(_of_month(frame, month))}
            for series, frame in parts.items() for month in months
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        if frame.empty or not frame["value"].sum():
            return None
        totals = frame.groupby("segment")["value"].sum()
        names = {name: say(f"deals.flow.{name}") for name in parts}
        figure = charts.trend_lines(
            frame, names=names, inks={"opened": "ink", "closed": "rest"}, subject="opened",
            between=("opened", "closed"), mode=theme_mode(), height=ROW_CHART,
        )  # fmt: skip
        counts = {str(name): numbers.count(total) for name, total in totals.items()}
        said = say("deals.flow.foot", n=len(months), months=len(months), **counts)
        title = say("deals.flow.one_month", month=numbers.period(months[0]), **counts)
        if len(months) > 1:
            words = {name: say(f"deals.flow.title_{name}") for name in parts}
            title = findings_time.more_than(frame, "opened", "closed", words=words)
        undated = _mostly_undated(answer, totals["opened"])
        if undated:
            title = say("deals.flow.undated", n=numbers.count(undated), of=numbers.count(totals["opened"]))
        return Drawn(title, say("deals.flow.caption"), figure, foot(answer, None, said, cut_short(answer, "month")),
                     frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        series = mark["segment"]
        return Listing(
            lambda n: say(f"deals.flow.rows_{series}", n=n, month=numbers.period(mark["period"])),
            opened if series == "opened" else closed, {"period": mark["period"]}, by_outcome,
        )  # fmt: skip

    return Chart("opened_closed", say("deals.flow.name"), opened, build, listing, fits_narrow=True)


def _mostly_undated(answer: Any, opened: float) -> int:
    """How many of the deals an import created, where these are most of those opened; else 0."""
    found = min(caveats.created_by_import(answer.warnings), int(opened))
    return found if found * 2 > opened else 0


def _of_month(frame: pd.DataFrame, month: str) -> float:
    found = frame.loc[frame["period"] == month, "n"]
    return float(found.iloc[0]) if len(found) else 0.0


def _by_month(page: Page, name: str) -> Question:
    """By month, at most the last fifteen of the period."""
    scope = page.asks(name).scope
    end = min(scope.end or page.as_of, page.as_of)
    first = (end.replace(day=1) - timedelta(days=14 * 30)).replace(day=1)
    start = max(scope.start, first) if scope.start else first
    return page.asks(name).but(start=start, end=end, grain="month")


def loss_chart(page: Page) -> Chart:
    """Why deals were lost."""
    question = page.asks("loss_reasons")

    def build(answer: Any, chosen: dict[str, str] | None) -> Drawn:
        figure = charts.share_bars(
            answer.frame, highlight=findings.largest_reason(answer.frame), selected=(chosen or {}).get("reason"),
            mode=theme_mode(), height=ROW_CHART,
        )  # fmt: skip
        lost = int(answer.frame["n"].max())
        none = say("deals.losses.none") if "(none)" in set(answer.frame["reason"]) else ""
        return Drawn(findings.loss_reason(answer.frame), say("deals.losses.caption"), figure, foot(answer, lost, none))

    def listing(mark: dict[str, str]) -> Listing:
        return Listing(
            lambda n: say("deals.losses.rows", n=n, reason=mark["reason"]), question, {"reason": mark["reason"]}
        )

    return Chart("loss_reasons", say("deals.losses.name"), question, build, listing, instead=_without_reasons(question))


def _without_reasons(question: Question) -> Any:
    """What stands there where deals were lost, and no reason is given for any of them."""
    if question.missing_tables() or question.is_before_the_data():
        return None
    reasons = set(question.answer().frame["reason"])
    return (lambda: empty.missing("loss_reasons", ["loss_reasons"])) if reasons == {"(none)"} else None


def _amounts_tell(frame: pd.DataFrame) -> bool:
    """Whether amounts can be shown: every step that has deals has some."""
    own = frame[frame["value"] > 0]
    return bool(len(own)) and bool(
        (own["amount"].fillna(0) > 0)[own["step"].isin(["open_at_start", "open_at_end", "won"])].all()
    )


def bridge_chart(page: Page) -> Chart:
    """What was open at the start, what came and what left, what is open at the end; it adds up."""
    question, opened = page.asks("pipeline_bridge"), page.asks("opportunities_created")
    now = page.asks("open_pipeline")

    def build(answer: Any, _chosen: dict[str, str] | None) -> Drawn:
        has_amounts = _amounts_tell(answer.frame)
        figure = charts.bridge(
            answer.frame, value="amount" if has_amounts else "value", kind="money" if has_amounts else "count",
            currency=answer.currency, unit=answer.metric.units, mode=theme_mode(),
        )  # fmt: skip
        ends = answer.frame.set_index("step")["amount"].fillna(0)
        created = answer.frame.set_index("step")["value"].fillna(0).get("created", 0)
        title = findings.bridge(
            ends.get("open_at_start"), ends.get("open_at_end"), currency=answer.currency,
            undated=bool(_mostly_undated(opened.answer(), created)),
        )  # fmt: skip
        return Drawn(title if has_amounts else say("deals.bridge.name"), say("deals.bridge.caption"), figure,
                     foot(answer, None, _open_now(now.answer())))  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        step = say(f"steps.{mark['step']}")
        return Listing(lambda n: say("deals.bridge.rows", n=n, step=step), question, {"step": mark["step"]})

    return Chart("pipeline_bridge", say("deals.bridge.name"), question, build, listing)


def _open_now(answer: Answer) -> str:
    """What is open on the as-of day, which may be later than the period's end, and how many deals have an amount."""
    amount, n = answer.frame["value"].sum(min_count=1), answer.frame["n"].sum()
    shown = {"date": numbers.date(answer.as_of), "amount": numbers.money(amount, answer.currency)}
    return "" if numbers.is_missing(amount) else say("deals.bridge.now", n=numbers.count(n), **shown)
