"""Alignment: what sales follow up, the accounts that both sides work, the pipeline that marketing never touched."""

from collections.abc import Callable, Mapping

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import cut_short
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.reading import Figure
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.topics.alignment_parts import (
    MEASURES,
    METRIC,
    apart,
    foot_of,
    instead,
    of_all,
    over_time,
    parts_of,
    row_of,
    sides_title,
    sides_words,
)
from dashboard.topics.alignment_survey import waves_words
from metrics import Answer

STATES = ("marketing only", "both", "sales only")
DELAYS = ("never", "later", "two_weeks", "five_days", "day")
MOST_LINES = 4


def alignment_sentence(page: Page) -> str:
    """How much of what newly engages sales follow up, and how far both sides work the same accounts."""
    question = page.asks(METRIC)
    if question.missing_tables():
        return ""
    answer = question.answer()
    days = numbers.count(answer.options["follow_up_days"])
    said = []
    for measure in ("followed_up", "overlap"):
        row = row_of(answer, measure)
        if row.get("value") is not None:
            share = numbers.rate(row["value"], row["numerator"], row["denominator"])
            said.append(say(f"alignment.sentence.{measure}", share=share, days=days))
    return say("alignment.sentence.both", one=said[0], other=said[1]) if len(said) == 2 else "".join(said)


def alignment_figures(page: Page) -> list[Figure]:
    """A card for each measure that the data know; what is lacking is said by its chart."""
    question, split = page.asks(METRIC), page.asks(METRIC, by=page.account_split)
    if question.missing_tables():
        return []
    answer = question.answer()
    known = [measure for measure in MEASURES if row_of(answer, measure).get("missing") is None]
    return [
        Figure(measure, say(f"alignment.figures.{measure}", days=answer.options["follow_up_days"]), question,
               where=("measure", measure), lacking=_why,
               sides=waves_words(question) if measure == "agreement" else _sides_of(split, measure))
        for measure in known
    ]  # fmt: skip


def _sides_of(question: Question, measure: str) -> Callable[[], str]:
    """Target against the rest, short enough for a card."""

    def said() -> str:
        answer = question.answer()
        found = apart(answer, measure) if question.scope.by == "target" else None
        if found is None or found.verdict == "too few to say":
            return ""
        counts = {row["segment"]: row["n"] for row in answer.rows() if row["measure"] == measure}
        one, other = (
            say("alignment.figures.few", share=numbers.percent(value)) if counts[side] < numbers.SMALL
            else numbers.percent(value)
            for side, value in zip(found.segments, found.values, strict=True)
        )  # fmt: skip
        return say("alignment.figures.sides", one=one, other=other)

    return said


def _why(_: Answer) -> str:
    return say("kpi.nothing")


def follow_chart(page: Page) -> Chart:
    """The share of newly engaged accounts that sales touched in time, by when they engaged."""
    question = page.asks(METRIC, by=page.account_split)
    lines, unit = over_time(page, question, "followed_up")

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame = _of_measure(lines.answer().frame, "followed_up", answer)
        if frame["value"].notna().sum() == 0:
            return None
        days = numbers.count(answer.options["follow_up_days"])
        words = {"share": of_all(page, "followed_up"), "days": days}
        title = sides_title(answer, "followed_up", "alignment.follow", **words)
        caption = say("alignment.follow.caption", days=days, unit=say(f"engagement.units.{unit}"))
        figure = charts.trend_lines(_banded(frame), kind="percent", mode=theme_mode())
        n = answer.frame.loc[answer.frame["measure"] == "followed_up", "n"].sum()
        words_of_sides = sides_words(answer, "followed_up")
        said = foot_of(
            answer, "followed_up", n, answer.metric.units, cut_short(answer, unit), charts.few_points(frame),
            words_of_sides,
        )  # fmt: skip
        return Drawn(title, caption, figure, said, frame)

    def listing(mark: dict[str, str]) -> Listing:
        return Listing(lambda n: say("alignment.follow.rows", n=n, **_where(mark)), lines,
                       mark | {"measure": "followed_up"}, _by_follow_up)  # fmt: skip

    return Chart("alignment_follow", say("alignment.follow.name"), question, build, listing,
                 instead=instead(page, "followed_up", "alignment_follow"))  # fmt: skip


def _of_measure(frame: pd.DataFrame, measure: str, answer: Answer) -> pd.DataFrame:
    """The rows of the measure in the order of time, of the segments that have the most."""
    own = answer.frame[answer.frame["measure"] == measure]
    kept = own.nlargest(MOST_LINES, "n", keep="first")["segment"]
    chosen = frame[(frame["measure"] == measure) & frame["segment"].isin(kept)]
    return chosen.sort_values("period", kind="stable", ignore_index=True)


def _banded(frame: pd.DataFrame) -> pd.DataFrame:
    """The same without intervals where most points are of few accounts: their bands would cover the lines."""
    few = frame.loc[frame["n"] > 0, "n"].median() < numbers.SMALL
    return frame.drop(columns=["low", "high"]) if few else frame


def _where(mark: Mapping[str, str]) -> dict[str, str]:
    return {"period": numbers.period(mark["period"]), "segment": segment_name(mark["segment"])}


def _by_follow_up(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    followed = rows["state"] == "followed up"
    return {say("alignment.follow.yes"): rows[followed], say("alignment.follow.no"): rows[~followed]}


def delay_chart(page: Page) -> Chart:
    """How long sales take to touch an account that has become engaged."""
    question = page.asks(METRIC, by=page.account_split)
    words = {band: say(f"alignment.delay.{band}") for band in DELAYS}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({"measure": "followed_up"})
        if rows.empty:
            return None
        frame = parts_of(rows, "delay")
        selected = (chosen["segment"], chosen["delay"]) if chosen else None
        figure = charts.part_bars(frame, part="delay", parts=words, selected=selected, mode=theme_mode())
        share = {band: numbers.percent((rows["delay"] == band).mean()) for band in ("never", "day")}
        title = say("alignment.delay.title", **share)
        said = foot_of(answer, "followed_up", len(rows), answer.metric.units, _median_words(page))
        table = frame.replace({"delay": words})
        return Drawn(title, say("alignment.delay.caption"), figure, said, table)

    def listing(mark: dict[str, str]) -> Listing:
        band = say(f"alignment.delay.band_{mark['delay']}")
        return Listing(
            lambda n: say("alignment.delay.rows", n=n, band=band), question, mark | {"measure": "followed_up"}
        )

    return Chart("alignment_delay", say("alignment.delay.name"), question, build, listing, compares=False,
                 instead=instead(page, "followed_up", "alignment_delay"))  # fmt: skip


def _median_words(page: Page) -> str:
    """The middle hours to a follow-up in time, or its days where stamps have no time of day; "" of fewer than five."""
    row = row_of(page.asks(METRIC).answer(), "followed_up")
    for unit, n in (("hours", row.get("hours_n")), ("days", row.get("numerator"))):
        if not numbers.is_missing(row.get(f"median_{unit}")) and (n or 0) >= numbers.FEW:
            return say(
                f"alignment.delay.median_{unit}", value=numbers.number(row[f"median_{unit}"]), n=numbers.count(n)
            )
    return ""


def overlap_chart(page: Page) -> Chart:
    """The accounts that either side worked in the period: marketing alone, both, sales alone."""
    question = page.asks(METRIC, by=page.account_split)
    words = {state: say(f"alignment.overlap.{state.replace(' ', '_')}") for state in STATES}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({"measure": "overlap"})
        if rows.empty:
            return None
        frame = parts_of(rows, "state")
        counts = {str(name): numbers.count(n) for name, n in rows.groupby("segment").size().items()}
        selected = (chosen["segment"], chosen["state"]) if chosen else None
        figure = charts.part_bars(
            frame, part="state", parts=words, selected=selected, mode=theme_mode(),
            columns={say("alignment.overlap.accounts"): counts},
        )  # fmt: skip
        title = sides_title(answer, "overlap", "alignment.overlap", share=of_all(page, "overlap"))
        said = foot_of(
            answer, "overlap", len(rows), answer.metric.units, _targets_words(page), sides_words(answer, "overlap")
        )
        return Drawn(title, say("alignment.overlap.caption"), figure, said, frame.replace({"state": words}))

    def listing(mark: dict[str, str]) -> Listing:
        return Listing(lambda n: say("alignment.overlap.rows", n=n, state=words[mark["state"]].lower()), question,
                       mark | {"measure": "overlap"})  # fmt: skip

    return Chart("alignment_overlap", say("alignment.overlap.name"), question, build, listing,
                 instead=instead(page, "overlap", "alignment_overlap"))  # fmt: skip


def _targets_words(page: Page) -> str:
    """How many of the target accounts both sides worked; "" without target accounts."""
    row = row_of(page.asks(METRIC).answer(), "both")
    if not row.get("denominator"):
        return ""
    return say("alignment.overlap.targets", n=numbers.count(row["numerator"]), of=numbers.count(row["denominator"]))


def untouched_chart(page: Page) -> Chart:
    """The share of the open pipeline without a marketing touch, at the end of each month."""
    question = page.asks(METRIC, by=page.account_split)
    lines, unit = over_time(page, question, "uninfluenced")

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame = _of_measure(lines.answer().frame, "uninfluenced", answer)
        if frame["value"].notna().sum() == 0:
            return None
        title = sides_title(answer, "uninfluenced", "alignment.untouched", share=of_all(page, "uninfluenced"))
        days = numbers.count(answer.options["window_days"])
        caption = say("alignment.untouched.caption", unit=say(f"engagement.units.{unit}"), days=days)
        figure = charts.trend_lines(frame, kind="percent", mode=theme_mode())
        own = row_of(page.asks(METRIC).answer(), "uninfluenced")
        alone, whole = (numbers.money(own.get(name), answer.currency) for name in ("uninfluenced_amount", "amount"))
        amount = say("alignment.untouched.amount", amount=alone, of=whole)
        units = say("alignment.units.deals")
        said = foot_of(answer, "uninfluenced", own.get("n") or 0, units, amount, charts.few_points(frame),
                       sides_words(answer, "uninfluenced"))  # fmt: skip
        return Drawn(title, caption, figure, said, frame)

    def listing(mark: dict[str, str]) -> Listing:
        head = say("alignment.untouched.measure")
        return Listing(lambda n: say("alignment.untouched.rows", n=n, **_where(mark)), lines,
                       mark | {"measure": "uninfluenced", "state": "uninfluenced"}, measure=head)  # fmt: skip

    return Chart("alignment_untouched", say("alignment.untouched.name"), question, build, listing,
                 instead=instead(page, "uninfluenced", "alignment_untouched"))  # fmt: skip
