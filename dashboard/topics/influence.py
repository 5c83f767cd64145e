"""Influence: what marketing touched, which channel reached which open deal, who earns the credit, who is uncovered."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.chart import caveat_line, foot
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.switches import card_switch
from dashboard.cards.tables import listed, show_listed, theme_mode
from dashboard.filters import switch
from dashboard.text import channel_name, numbers, safe, say, segment_name
from metrics import AbmError, Answer

MODELS = ("linear", "first", "last", "position")
MOST_SEGMENTS, MOST_CHANNELS, MOST_DEALS, LISTED = 4, 8, 14, 8
_PARTS = {"touched before": "before", "touched during": "during", "uninfluenced": "uninfluenced"}


def influence_chart(page: Page) -> Chart:
    """Touched before, touched during, uninfluenced: of the pipeline and of won revenue, sourced beside them."""
    question, whole = page.asks("marketing_influence", by=page.split), page.asks("marketing_influence")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = _largest_segments(answer.frame[answer.frame["value"].notna()])
        if answer.options["anchor"] == "closed":  # nothing is told apart: before the closing, or not at all
            frame = frame.assign(touched_before=frame["value"], uninfluenced=1 - frame["value"])
        if frame.empty or frame["touched_before"].isna().all():
            return None
        selected = (chosen["of"], chosen["segment"]) if chosen else None
        figure = charts.influence_bars(frame, currency=answer.currency, selected=selected, mode=theme_mode())
        return Drawn(_touched_title(whole.answer()), _touched_caption(answer), figure,
                     foot(answer, whole.answer().frame["n"].sum()), answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        of = say(f"charts.influence.{mark['of']}").lower()
        if mark["segment"] != "All":
            of = f"{of}, {segment_name(mark['segment'])}"
        part = say(f"charts.influence.{_PARTS[mark['influence']]}")
        return Listing(lambda n: say("influence.touched.rows", n=n, of=of, part=part), question, mark)

    return Chart("marketing_influence", say("influence.touched.name"), question, build, listing, needs=("activities",))


def _largest_segments(frame: pd.DataFrame) -> pd.DataFrame:
    """Pipeline before won revenue, of the segments with the largest amounts."""
    kept = frame.groupby("segment", sort=False)["amount"].sum().nlargest(MOST_SEGMENTS).index
    order = {"pipeline": 0, "won": 1}
    return frame[frame["segment"].isin(kept)].sort_values(
        "of", key=lambda of: of.map(order), kind="stable", ignore_index=True
    )


def _touched_title(answer: Answer) -> str:
    shares = dict(zip(answer.frame["of"], answer.frame["value"], strict=True))
    if not numbers.is_missing(shares.get("pipeline")):
        return say("influence.touched.title", share=numbers.percent(shares["pipeline"]))
    return say("influence.touched.title_won", share=numbers.percent(shares.get("won")))


def _touched_caption(answer: Answer) -> str:
    days, own = answer.options.get("window_days"), "caption" if answer.options["anchor"] == "opened" else "closed"
    words = say(f"influence.touched.{own}", days=days) if days else say(f"influence.touched.{own}_any_time")
    return f"{words} {say('influence.touched.sourced')}" if answer.frame["sourced"].notna().any() else words


def _covering(page: Page) -> Question:
    return page.asks("marketing_influence", touch="any")


def coverage_chart(page: Page) -> Chart:
    """Which channels reached the largest open deals, and what share of all of them."""
    question = _covering(page)
    pairs = replace(question, part="coverage")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        deals, touches = question.rows({"of": "pipeline"}), pairs.rows({})
        if deals.empty:
            return None
        counts = touches.groupby("channel")["opportunity_id"].nunique().sort_values(ascending=False, kind="stable")
        reached = {str(channel): n / len(deals) for channel, n in counts.head(MOST_CHANNELS).items()}
        figure = charts.coverage_grid(
            _named(deals).head(MOST_DEALS), touches[["opportunity_id", "channel", "touches"]], reached=reached,
            currency=answer.currency, selected=(chosen or {}).get("opportunity_id"), mode=theme_mode(),
        )  # fmt: skip
        uncovered = int((deals["influence"] == "uninfluenced").sum())
        title = say("influence.coverage.title_all")
        if uncovered:
            title = say("influence.coverage.title", n=numbers.count(uncovered), of=numbers.count(len(deals)),
                        window=window_words(answer))  # fmt: skip
        n, more = numbers.count(len(deals)), len(deals) - MOST_DEALS
        said = say("influence.coverage.foot", n=n, more=more) if more > 0 else say("influence.coverage.foot_all", n=n)
        caption = say("influence.coverage.caption", window=window_words(answer))
        return Drawn(title, caption, figure, said, _as_matrix(deals, touches))

    def listing(mark: dict[str, str]) -> Listing:
        if "channel" in mark:
            channel = mark["channel"]
            return Listing(lambda n: say("influence.coverage.rows", n=n, channel=channel_name(channel)), pairs,
                           {"channel": channel})  # fmt: skip
        where = {"of": "pipeline", "opportunity_id": mark["opportunity_id"]}
        return Listing(lambda n: say("influence.coverage.row", n=n, deal=mark["opportunity_id"]), question, where)

    return Chart(
        "coverage", say("influence.coverage.name"), question, build, listing, needs=("activities",), compares=False
    )


def _named(deals: pd.DataFrame) -> pd.DataFrame:
    """The deals by amount, largest first, under their account's name where it has one."""
    names = deals["account"].fillna(deals["deal"]).fillna(deals["opportunity_id"])
    table = pd.DataFrame({"opportunity_id": deals["opportunity_id"], "name": names, "amount": deals["deal_amount"]})
    return table.sort_values("amount", ascending=False, kind="stable", na_position="last", ignore_index=True)


def _as_matrix(deals: pd.DataFrame, touches: pd.DataFrame) -> pd.DataFrame:
    """A row an open deal with its touches by channel; what "show as table" shows."""
    table = _named(deals)
    wide = touches.pivot_table(index="opportunity_id", columns="channel", values="touches", aggfunc="sum")
    return table.join(wide.rename(columns=str), on="opportunity_id").fillna(dict.fromkeys(map(str, wide.columns), 0))


def credit_chart(page: Page) -> Chart:
    """Won amounts by channel, under the model that the card's switch chooses."""
    question = page.asks("influence_credit")
    ready = bool(visit.snapshot().row_counts.get("journeys"))
    model = switch("credit", MODELS)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[(answer.frame["model"] == model) & answer.frame["value"].notna()]
        total = float(frame["value"].sum())
        if frame.empty or total <= 0:
            return None
        figure = charts.share_bars(
            frame, key="channel", length="value", share="share", kind="money", currency=answer.currency,
            names={"(none)": channel_name("(none)")}, selected=(chosen or {}).get("channel"), mode=theme_mode(),
        )  # fmt: skip
        first = frame.sort_values("value", ascending=False, kind="stable").iloc[0]
        title = say(
            "influence.credit.title", channel=channel_name(first["channel"]), share=numbers.percent(first["share"])
        )
        caption = say("influence.credit.caption_ready" if ready else "influence.credit.caption")
        said = say("influence.credit.foot", amount=numbers.money(total, answer.currency))
        return Drawn(title, f"{caption} {say(f'influence.models_said.{model}')}", figure, foot(answer, None, said),
                     answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        where = {"model": model, "channel": mark["channel"]}
        words = "influence.credit.rows_ready" if ready else "influence.credit.rows"
        return Listing(lambda n: say(words, n=n, channel=channel_name(mark["channel"])), question, where,
                       measure=say("influence.credit.measure"))  # fmt: skip

    return Chart(
        "influence_credit", say("influence.credit.name"), question, build, listing, _model_switch,
        needs=() if ready else ("opportunities", "activities"), compares=False,
    )  # fmt: skip


def _model_switch() -> None:
    card_switch("credit", MODELS, label=say("influence.credit.model"), key="credit.model",
                words=lambda model: say(f"influence.models.{model}"))  # fmt: skip


def uncovered_card(page: Page) -> None:
    """The open deals that no marketing touch reached, as a table."""
    question = _covering(page)
    if question.missing_tables("activities"):
        return
    with st.container(border=True):
        try:
            answer = question.answer()
            rows = question.rows({"of": "pipeline", "influence": "uninfluenced"})
        except AbmError as error:
            card_head(say("influence.uncovered.name"))
            empty.failed(error)
            return
        if rows.empty:
            card_head(say("influence.uncovered.none"))
            return
        window = window_words(answer)
        title = say("influence.uncovered.title", n=numbers.count(len(rows)), window=window)
        card_head(title, say("influence.uncovered.caption", window=window))
        show_listed(_uncovered(page, answer, rows), most=LISTED, key="uncovered.table")
        earlier = int(rows["last_touch_on"].notna().sum())
        said = [
            say("drill.count", n=numbers.count(len(rows))),
            say("influence.uncovered.earlier", n=numbers.count(earlier)),
        ]
        st.caption(safe.for_markdown(" · ".join(said if earlier else [*said[:1], say("influence.uncovered.never")])))
        caveat_line(answer)


def _uncovered(page: Page, answer: Answer, rows: pd.DataFrame) -> pd.DataFrame:
    """The deals as a table, with the day of the touch that came too early to count beside each."""
    largest = rows.sort_values("deal_amount", ascending=False, kind="stable", na_position="last", ignore_index=True)
    shown = largest.drop(columns=["deal_outcome", "deal_closed_on"], errors="ignore")  # all are open
    table = listed(shown, "deal", "", answer.currency, has_targets=page.has_targets)
    if largest["last_touch_on"].notna().any():
        table[say("influence.uncovered.last_touch")] = largest["last_touch_on"].to_numpy()
    return table


def window_words(answer: Answer) -> str:
    """ "since 90 days before opening": where a touch of an open deal counts, as the settings stand."""
    days = answer.options.get("window_days")
    return say(f"influence.window.{answer.options.get('anchor')}{'' if days else '_any_time'}", days=days)


def influence_sentence(page: Page) -> str:
    """What share of pipeline and won revenue marketing touched."""
    question = page.asks("marketing_influence")
    if question.missing_tables() or question.answer().is_empty:
        return ""
    shares: dict[str, Any] = {row["of"]: numbers.percent(row["value"]) for row in question.answer().rows()
                              if row["value"] is not None}  # fmt: skip
    key = "both" if len(shares) == 2 else next(iter(shares), "")
    return say(f"influence.{key}", **shares) if key else ""
