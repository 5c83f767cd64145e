"""Who left: churn over time, and by a property of the accounts."""

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import caveats, dimension_in_sentence, findings, numbers, say, segment_name
from dashboard.topics.customers import customer_tables, is_at_once, is_billed_seldom, is_by_contracts
from dashboard.topics.customers_split import chosen, dimension_switch, dimensions, view_switch
from metrics import Answer

GRAINS = ("month", "quarter", "year")
MOST_MONTHS, MOST_QUARTERS = 15, 24
HEIGHT = 276


def _grains(page: Page) -> tuple[str, ...]:
    """Months, quarters and years, the finest that has room first: with it the chart begins."""
    start, end = page.choice.dates(page.as_of)
    first = start or visit.begins() or page.as_of
    last = min(end or page.as_of, page.as_of)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    usual = "month" if months <= MOST_MONTHS else "quarter" if months <= 3 * MOST_QUARTERS else "year"
    if not is_by_contracts():  # customers who are invoiced less often than once a month are not gone each month
        coarser = GRAINS[GRAINS.index(usual) :]
        usual = next((grain for grain in coarser if not _over(page, grain).answer().is_empty), usual)
    return (usual, *(grain for grain in GRAINS if grain != usual))


def _over(page: Page, grain: str) -> Question:
    return page.asks("churn_rate").but(grain=grain)


def is_running(period: str, as_of: date) -> bool:
    """Whether the calendar unit has not ended by the as-of day."""
    starts = pd.Period(period.replace("-Q", "Q"), freq="Q" if "Q" in period else "M" if "-" in period else "Y")
    return bool(starts.end_time.date() > as_of)


def churn_chart(page: Page) -> Chart:
    """Churn of customers with its interval and of their revenue, by month, quarter or year."""
    grains = GRAINS if customer_tables() else _grains(page)
    grain = switch("churn_over", grains)
    question = _over(page, grain)

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame.dropna(subset=["value"])
        frame = frame[frame["customers"] > 0].reset_index(drop=True)
        if frame.empty:
            return None
        running = [_runs(label, page) for label in frame["period"].astype(str)]
        frame = frame.assign(running=running)
        figure = charts.churn_marks(frame, selected=(mark or {}).get("period"), mode=theme_mode(), height=HEIGHT)
        more = say("customers.churn.running", period=numbers.period(frame["period"].iloc[-1])) if running[-1] else ""
        at_once = (
            say("customers.churn.at_once", period=numbers.period(frame["period"].iloc[-1])) if is_at_once(frame) else ""
        )
        low, high = (numbers.count(n) for n in (frame["n"].min(), frame["n"].max()))
        n = say("customers.churn.n" if low != high else "customers.churn.n_same", low=low, high=high)
        told, seldom = _seldom_apart(answer)
        return Drawn(_churn_title(frame), _churn_caption(answer, grain), figure,
                     foot(told, None, n, at_once, more, seldom), frame.drop(columns="running"))  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        period = mark["period"]
        return Listing(lambda n: say("customers.churn.rows", n=n, period=numbers.period(period)), question,
                       {"period": period}, _gone_or_not)  # fmt: skip

    seldom = not customer_tables() and is_billed_seldom(question.answer())
    return Chart(
        "churn_over", say("customers.churn.name"), question, build, listing, lambda: view_switch("churn_over", grains),
        instead=(lambda: _billed_seldom(grains, grain)) if seldom else None, needs=customer_tables(), compares=False,
    )  # fmt: skip


def _seldom_apart(answer: Answer) -> tuple[Answer, str]:
    """Which periods are so short that customers are not invoiced in each, in place of how many customers: those are
    not left out of the periods drawn."""
    seldom = [said for said, _ in answer.excluded if (found := caveats.recognised(said, "reasons"))
              and found[0] == "billed_seldom"]  # fmt: skip
    unknown = answer.frame.loc[answer.frame["value"].isna() & (answer.frame["customers"] > 0), "period"]
    if not seldom or unknown.empty:
        return answer, ""
    left = tuple(pair for pair in answer.excluded if pair[0] not in seldom)
    periods = ", ".join(numbers.period(label) for label in unknown)
    return replace(answer, excluded=left), say("customers.churn.apart", periods=periods)


def _no_churn() -> None:
    """Why churn over the whole period has no value."""
    st.caption(say("customers.billed_seldom"))


def _billed_seldom(grains: tuple[str, ...], grain: str) -> None:
    """Why churn has no value in units as short as these, and the way to longer ones."""
    view_switch("churn_over", grains)
    st.caption(say("customers.churn.seldom", unit=say(f"customers.units.{grain}")))


def _runs(label: str, page: Page) -> bool:
    return not label.startswith("FY") and is_running(label, page.as_of)


def _gone_or_not(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    gone = rows["is_gone"].astype("boolean").fillna(False).astype(bool)
    return {say("customers.churn.gone"): rows[gone], say("customers.churn.stayed"): rows[~gone]}


def _churn_caption(answer: Answer, grain: str) -> str:
    form = "by_contracts" if is_by_contracts() else "by_invoices"
    return say(f"customers.churn.{form}", unit=say(f"customers.units.{grain}"),
               days=numbers.count(answer.options["grace_days"]))  # fmt: skip


def _churn_title(frame: pd.DataFrame) -> str:
    """The first and the last period that has ended, and whether their rates differ clearly."""
    if is_at_once(frame):
        frame = frame.tail(1)
    ended = frame[~frame["running"]]
    ended = ended if len(ended) else frame
    first, last = ended.iloc[0], ended.iloc[-1]
    words = {"now": numbers.fine_rate(last["value"], last["gone"], last["n"]), "last": numbers.period(last["period"])}
    if len(ended) == 1:
        return say("customers.churn.title.one", **words)
    words |= {
        "then": numbers.fine_rate(first["value"], first["gone"], first["n"]),
        "first": numbers.period(first["period"]),
    }
    if min(first["n"], last["n"]) < numbers.FEW:
        return say("customers.churn.title.few")
    differ = findings.proportions_differ(last["value"], last["n"], first["value"], first["n"])
    form = "unclear" if not differ else "rose" if last["value"] > first["value"] else "fell"
    return say(f"customers.churn.title.{form}", **words)


def churn_segments_chart(page: Page) -> Chart:
    """Churn by a property of the accounts, with its interval; the churn of revenue beside it."""
    options, by = dimensions(page), chosen("churn_by", page)
    question, whole = page.asks("churn_rate", by=by), page.asks("churn_rate")

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["n"] > 0].dropna(subset=["value"])
        together = whole.answer().rows()[0]
        if frame.empty or together["value"] is None:
            return None
        figure = charts.interval_dots(
            frame, title=say("customers.segments.churn"), reference=together["value"] if by else None,
            beside=("revenue_churn", say("customers.segments.revenue")), selected=(mark or {}).get("segment"),
            sort=by != "target", mode=theme_mode(), height=HEIGHT + 20,
        )  # fmt: skip
        few = say("customers.few") if frame["n"].between(numbers.FEW, numbers.SMALL, inclusive="left").any() else ""
        said = sides(answer) if by == "target" else ""
        return Drawn(_segments_title(answer, frame, by), _segments_caption(by), figure,
                     foot(answer, together["n"], few, said), frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        name = segment_name(mark["segment"])
        return Listing(lambda n: say("customers.segments.rows", n=n, segment=name), question,
                       {"segment": mark["segment"]}, _gone_or_not)  # fmt: skip

    seldom = not customer_tables() and is_billed_seldom(whole.answer())
    return Chart(
        "churn_by", say("customers.segments.name"), question, build, listing,
        lambda: dimension_switch("churn_by", options), needs=customer_tables(),
        instead=_no_churn if seldom else None,
    )  # fmt: skip


def _segments_title(answer: Answer, frame: pd.DataFrame, by: str | None) -> str:
    if by == "target" and answer.comparison:
        return findings.target_or_rest(answer.comparison[0], metric="churn_rate", title=answer.metric.title,
                                       kind="percent")  # fmt: skip
    if by is None:
        row = frame.iloc[0]
        return say("customers.segments.all", share=numbers.rate(row["value"], row["gone"], row["n"]))
    return findings.segments_that_differ(frame, metric="churn_rate", dimension=dimension_in_sentence(by))


def _segments_caption(by: str | None) -> str:
    words = say("customers.segments.caption")
    if by in (None, "target"):
        return words
    return f"{words} {say('customers.segments.against', dimension=dimension_in_sentence(str(by)))}"
