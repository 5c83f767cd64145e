"""Who stayed and what became of their revenue: the bridge, churn over time and by segment."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

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
from dashboard.text import dimension_in_sentence, findings, numbers, say, segment_name
from dashboard.topics.customers import customer_tables, is_at_once, is_billed_seldom, said_of
from dashboard.topics.customers_split import chosen, dimension_switch, dimensions, view_switch
from metrics import Answer

STEPS = ("start", "new", "expansion", "contraction", "lost", "end")
GRAINS = ("month", "quarter", "year")
MOST_MONTHS, MOST_QUARTERS = 15, 24
HEIGHT = 276


@dataclass(frozen=True)
class Moved(Question):
    """The accounts behind a step of the bridge; what each brings to it is their measure."""

    step: str = "start"

    def rows(self, where: object = None) -> pd.DataFrame:  # noqa: ARG002 - a step is no key of the metric
        """The customers at the start, at the end, or of one movement."""
        before = super().rows({})
        new = replace(self, part="newcomers")
        joined = Question.rows(new, {}) if self.step in ("new", "end") else before.iloc[:0]
        if self.step == "start":
            return before.assign(measure=before["revenue_before"])
        if self.step == "new":
            return joined.assign(measure=joined["revenue_now"])
        if self.step == "end":
            kept = before[before["movement"] != "lost"]
            every = pd.concat([frame for frame in (kept, joined) if len(frame)] or [kept], ignore_index=True)
            return every.assign(measure=every["revenue_now"])
        own = before[before["movement"] == self.step]
        return own.assign(measure=own["change"]).reset_index(drop=True)


def bridge_chart(page: Page) -> Chart:
    """Revenue at the start, what came and went, and the revenue at the end: it adds up."""
    question = page.asks("revenue_retention")
    held = page.asks("revenue_retention", by="target") if page.split == "target" else None

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        row = answer.rows()[0]
        if row["value"] is None:
            return None
        sizes = [row[{"start": "revenue_start", "end": "revenue_end"}.get(step, step)] for step in STEPS]
        counts = [len(Moved(question.name, question.scope, question.options, step=step).rows()) for step in STEPS]
        frame = pd.DataFrame({"step": STEPS, "value": sizes, "accounts": counts})
        shares = ["" if step in ("start", "end") else _share(step, size, row["revenue_start"])
                  for step, size in zip(STEPS, sizes, strict=True)]  # fmt: skip
        figure = charts.revenue_bridge(
            frame, names=_step_names(page, answer), currency=answer.currency, selected=(mark or {}).get("step"),
            columns={say("customers.bridge.of_start"): shares,
                     say("customers.bridge.accounts"): [numbers.count(n) for n in counts]},
            mode=theme_mode(), height=HEIGHT,
        )  # fmt: skip
        names = _step_names(page, answer)
        table = pd.DataFrame({
            say("customers.bridge.step"): [names[step] for step in STEPS],
            _money_head(answer): sizes, say("customers.bridge.accounts"): counts,
        })  # fmt: skip
        said = sides(held.answer()) if held else ""
        more = say("customers.bridge.foot", grr=numbers.percent(row["grr"]), nrr=numbers.percent(row["value"]))
        uncovered = " ".join(said_of(answer, ("before_uncovered",)))
        title = say("customers.bridge.title.uncovered") if uncovered else _bridge_title(row)
        return Drawn(title, _bridge_caption(page, answer), figure,
                     foot(answer, row["customers"], more, said, uncovered), table)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing | None:
        step = mark.get("step")
        if step not in STEPS:
            return None
        moved = Moved(question.name, question.scope, question.options, step=str(step))
        head = say(f"customers.bridge.measure.{'change' if step not in ('start', 'end', 'new') else 'level'}")
        symbol = numbers.currency_symbol(question.answer().currency)
        return Listing(lambda n: say(f"customers.bridge.rows.{step}", n=n), moved, {},
                       _by_side, f"{head}, {symbol}" if symbol else head)  # fmt: skip

    return Chart("retention_bridge", say("customers.bridge.name"), question, build, listing,
                 others=(held,) if held else (), needs=customer_tables())  # fmt: skip


def _by_side(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {segment_name(side): rows[rows["target"] == side] for side in ("target", "rest")}


def _share(step: str, size: float, start: float) -> str:
    if not start or not size:
        return ""
    return numbers.signed_percent(charts.BRIDGE_SIGNS[step] * size / start)


def _money_head(answer: Answer) -> str:
    symbol = numbers.currency_symbol(answer.currency)
    words = say("customers.bridge.money")
    return f"{words}, {symbol}" if symbol else words


def is_by_contracts() -> bool:
    """Whether customers and their revenue are those of contracts; else of invoices."""
    return bool(visit.snapshot().row_counts.get("contracts"))


def _days(page: Page) -> tuple[date, date]:
    """The first and the last day of the period, the twelve months to the as-of day without one."""
    start, end = page.choice.dates(page.as_of)
    end = min(end or page.as_of, page.as_of)
    if start is not None:
        return start, end
    before = pd.Timestamp(end) + pd.Timedelta(days=1) - pd.DateOffset(months=12)
    return before.date(), end


def _step_names(page: Page, answer: Answer) -> dict[str, str]:  # noqa: ARG001
    names = {step: say(f"customers.bridge.steps.{step}") for step in STEPS}
    if is_by_contracts():
        start, end = _days(page)
        return names | {"start": numbers.date(start), "end": numbers.date(end)}
    return names


def _bridge_title(row: dict[str, float]) -> str:
    change = float(row["value"]) - 1
    form = "same" if abs(change) < 0.0005 else "more" if change > 0 else "less"
    return say(f"customers.bridge.title.{form}", share=numbers.percent(abs(change)))


def _bridge_caption(page: Page, answer: Answer) -> str:
    if is_by_contracts():
        return say("customers.bridge.by_contracts", days=numbers.count(answer.options["grace_days"]))
    start, end = _days(page)
    after = end + timedelta(days=1)
    whole = start.day == 1 and after.day == 1
    months = (after.year - start.year) * 12 + after.month - start.month
    before = say("customers.bridge.months", n=months) if whole else say("customers.bridge.days", n=(after - start).days)
    return say("customers.bridge.by_invoices", start=numbers.date(start), end=numbers.date(end), before=before)


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
        return Drawn(_churn_title(frame), _churn_caption(answer, grain), figure, foot(answer, None, n, at_once, more),
                     frame.drop(columns="running"))  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        period = mark["period"]
        return Listing(lambda n: say("customers.churn.rows", n=n, period=numbers.period(period)), question,
                       {"period": period}, _gone_or_not)  # fmt: skip

    seldom = not customer_tables() and is_billed_seldom(question.answer())
    return Chart(
        "churn_over", say("customers.churn.name"), question, build, listing, lambda: view_switch("churn_over", grains),
        instead=(lambda: _billed_seldom(grains, grain)) if seldom else None, needs=customer_tables(), compares=False,
    )  # fmt: skip


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
    words = {"now": numbers.rate(last["value"], last["gone"], last["n"]), "last": numbers.period(last["period"])}
    if len(ended) == 1:
        return say("customers.churn.title.one", **words)
    words |= {"then": numbers.rate(first["value"], first["gone"], first["n"]), "first": numbers.period(first["period"])}
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
