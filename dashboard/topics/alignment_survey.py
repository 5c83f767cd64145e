"""What the teams say to each other: hand-overs that sales reject and why, and how far the teams agree."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, safe, say
from dashboard.topics.alignment_parts import METRIC, foot_of, instead, of_all, row_of, sides_words
from metrics import Answer

MOST_REASONS = 6
TOPICS = ("goals", "message", "strategy", "other")


def rejected_chart(page: Page) -> Chart:
    """The hand-overs that sales rejected, by the status that says so."""
    question = page.asks(METRIC, by=page.account_split)
    name, key = say("alignment.rejected.name"), "alignment_rejected"

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({"measure": "rejected", "state": "rejected"})
        if rows.empty:
            return None
        reasons = rows.groupby("reason").size().sort_values(ascending=False, kind="stable")
        frame = reasons.head(MOST_REASONS).rename("value").reset_index()
        figure = charts.measured_bars(
            frame, key="reason", texts=[numbers.count(n) for n in frame["value"]],
            columns={say("alignment.rejected.share"): [numbers.percent(n / len(rows)) for n in frame["value"]]},
            header=say("alignment.rejected.header"), selected=(chosen or {}).get("reason"), mode=theme_mode(),
        )  # fmt: skip
        title = say("alignment.rejected.title", share=of_all(page, "rejected"), main=main_reason(reasons))
        n = int(answer.frame.loc[answer.frame["measure"] == "rejected", "n"].sum())
        more = say("alignment.rejected.more", n=len(reasons) - MOST_REASONS) if len(reasons) > MOST_REASONS else ""
        said = foot_of(answer, "rejected", n, say("alignment.units.hand_overs"), more, sides_words(answer, "rejected"))
        return Drawn(title, say("alignment.rejected.caption"), figure, said, frame.rename(columns={"value": "n"}))

    def listing(mark: dict[str, str]) -> Listing:
        where = {"measure": "rejected", "state": "rejected", "reason": mark["reason"]}
        return Listing(lambda n: say("alignment.rejected.rows", n=n, reason=mark["reason"]), question, where)

    return Chart(key, name, question, build, listing,
                 instead=instead(page, "rejected", key) or _none_rejected(page))  # fmt: skip


def main_reason(reasons: pd.Series) -> str:
    """The reason of over half of the rejected; "" where none is, of few, or where two are the first."""
    whole, first = int(reasons.sum()), int(reasons.iloc[0])
    if whole < numbers.FEW or 2 * first <= whole:
        return ""
    return say("alignment.rejected.main", reason=str(reasons.index[0]))


def _none_rejected(page: Page) -> Callable[[], None] | None:
    """What is said where none of the hand-overs was rejected; None where some were, or none was handed over."""
    row = row_of(page.asks(METRIC).answer(), "rejected") if not page.asks(METRIC).missing_tables() else {}
    if not row.get("denominator") or row["numerator"]:
        return None
    words = say("alignment.rejected.none", n=numbers.count(row["denominator"]))

    def said() -> None:
        st.caption(safe.for_markdown(words))

    return said


def agreement_chart(page: Page) -> Chart:
    """How far the teams agree on each topic in the newest wave, beside the wave before."""
    question = page.asks(METRIC)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({"measure": "agreement"})
        if rows.empty:
            return None
        rows = rows.assign(wave=rows["reason"].fillna(say("alignment.agreement.no_wave")))
        waves = waves_of(rows)
        topics = topics_of(rows, waves)
        figure = charts.measured_bars(
            topics, key="topic", texts=[numbers.percent(value) for value in topics["value"]], end=1.0,
            columns=_beside(topics), names={topic: say(f"alignment.agreement.{topic}") for topic in TOPICS},
            header=say("alignment.agreement.header"), selected=(chosen or {}).get("topic"), mode=theme_mode(),
        )  # fmt: skip
        said = foot_of(
            answer, "agreement", int(waves["n"].iloc[-1]), say("alignment.units.answers"), apart_words(topics)
        )
        table = topics.assign(topic=[say(f"alignment.agreement.{topic}") for topic in topics["topic"]])
        return Drawn(agreement_title(waves), say("alignment.agreement.caption"), figure, said, table)

    def listing(mark: dict[str, str]) -> Listing:
        topic = say(f"alignment.agreement.{mark['topic']}")
        return Listing(lambda n: say("alignment.agreement.rows", n=n, topic=topic.lower()), question,
                       {"measure": "agreement", "topic": mark["topic"]}, keep=of_newest_wave)  # fmt: skip

    return Chart("alignment_agreement", say("alignment.agreement.name"), question, build, listing, compares=False,
                 instead=instead(page, "agreement", "alignment_agreement"))  # fmt: skip


def waves_words(question: Question) -> Callable[[], str]:
    """On the card of all waves together: the newest one's figure, which the chart below is of."""

    def said() -> str:
        rows = question.rows({"measure": "agreement"})
        waves = waves_of(rows.dropna(subset=["reason"]).rename(columns={"reason": "wave"}))
        if len(waves) < 2 or waves["n"].iloc[-1] < numbers.FEW:
            return ""
        share = numbers.percent(waves["value"].iloc[-1])
        return say("alignment.figures.waves", n=len(waves), wave=numbers.period(waves["wave"].iloc[-1]), share=share)

    return said


def of_newest_wave(rows: pd.DataFrame) -> pd.DataFrame:
    """The answers of the newest wave among them, whose name stands in `reason`."""
    named = rows.assign(wave=rows["reason"].fillna(""))
    return rows[named["wave"] == waves_of(named)["wave"].iloc[-1]] if len(rows) else rows


def waves_of(rows: pd.DataFrame) -> pd.DataFrame:
    """wave, value (the mean of its answers), n: in the order of time."""
    found = rows.groupby("wave").agg(
        value=("measured", "mean"), n=("measured", "size"), last_on=("happened_on", "max")
    )  # fmt: skip
    return found.reset_index().sort_values(["last_on", "wave"], ignore_index=True)


def topics_of(rows: pd.DataFrame, waves: pd.DataFrame) -> pd.DataFrame:
    """topic, value and n of the newest wave, marketing and sales (the means of the two teams), before (the wave
    before): in the order of TOPICS; a mean of nobody is missing."""
    newest = rows[rows["wave"] == waves["wave"].iloc[-1]]
    before = rows[rows["wave"] == waves["wave"].iloc[-2]] if len(waves) > 1 else rows.iloc[:0]
    found = newest.groupby("topic")["measured"].agg(value="mean", n="size")
    for team in ("marketing", "sales"):
        found[team] = newest[newest["state"] == team].groupby("topic")["measured"].mean()
    found["before"] = before.groupby("topic")["measured"].mean()
    return found.reindex([topic for topic in TOPICS if topic in found.index]).reset_index()


def _beside(topics: pd.DataFrame) -> dict[str, list[str]]:
    """The columns beside the bars that say something."""
    return {
        say(f"alignment.agreement.{name}"): [numbers.percent(value) for value in topics[name]]
        for name in ("marketing", "sales", "before") if topics[name].notna().any()
    } | {say("alignment.agreement.answers"): [numbers.count(n) for n in topics["n"]]}  # fmt: skip


def apart_words(topics: pd.DataFrame) -> str:
    """Where the two teams answer furthest apart; "" where a team is not known, or two topics are as far."""
    gaps = (topics["marketing"] - topics["sales"]).abs()
    first = gaps.max()
    if pd.isna(first) or first == 0 or (gaps == first).sum() > 1:
        return ""
    row = topics.loc[gaps.idxmax()]
    topic = say(f"alignment.agreement.{row['topic']}").lower()
    return say("alignment.agreement.apart", topic=topic, one=numbers.percent(row["marketing"]),
               other=numbers.percent(row["sales"]))  # fmt: skip


def agreement_title(waves: pd.DataFrame) -> str:
    """The agreement of the newest wave (`wave`, `value`, `n`, in order); beside the one before, where both have
    answers enough. Without an interval no change is called one."""
    last = waves.iloc[-1]
    if last["n"] < numbers.FEW:
        return say("alignment.agreement.title_few", n=numbers.count(last["n"]))
    words = {"share": numbers.percent(last["value"]), "wave": numbers.period(last["wave"])}
    if len(waves) < 2 or waves["n"].iloc[-2] < numbers.FEW:
        return say("alignment.agreement.title", **words)
    return say("alignment.agreement.title_before", before=numbers.percent(waves["value"].iloc[-2]), **words)
