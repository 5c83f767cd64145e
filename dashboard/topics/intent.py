"""Accounts in market: what it changes, which they are, and which ideal customers research a competitor."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards import empty
from dashboard.cards.chart import foot, menu
from dashboard.cards.heads import card_head
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import listed, show_listed, theme_mode
from dashboard.text import findings, numbers, safe, say
from dashboard.topics.market import Members
from metrics import AbmError, Answer

LISTED = 7
SIDES = ("yes", "no")
KINDS = {"win_rate": "percent", "median_days": "days", "amount_per_deal": "money", "sql_rate": "percent",
         "cost_per_customer": "money"}  # fmt: skip
_OF_DEALS = {"win_rate": ("won", "lost"), "median_days": ("won",), "amount_per_deal": ()}
"""The measures that deals are behind, and the outcomes that each counts; none: all."""
_IN_MARKET = (
    "account",
    "target",
    "grade",
    "topics",
    "score",
    "points",
    "last_on",
    "is_new",
    "account_industry",
    "owner",
)
_RESEARCHING = ("account", "target", "grade", "competitor", "topic", "vendor", "score", "last_on", "owner")


def change_chart(page: Page) -> Chart:
    """Deals and leads of accounts that were in market before, against the others."""
    question = page.asks("in_market_accounts", by="in_market")
    deals = replace(question, part="sided_deals")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        sides = {row["in_market"]: row for row in answer.rows()}
        measures = [name for name in KINDS if any(sides[side][name] is not None for side in sides)]
        if not measures or set(sides) != set(SIDES):
            return None
        won = _won(deals.rows({}))
        frame = pd.DataFrame([
            {"measure": name, "label": say(f"market.change.{name}"), "side": side, "value": sides[side][name],
             "text": numbers.shown(sides[side][name], KINDS[name], answer.currency, unit=True),
             "difference": _difference(sides, name, answer.currency),
             "interval": _interval(sides, name, answer.currency)}
            for name in measures for side in SIDES
        ])  # fmt: skip
        figure = charts.paired_bars(
            frame, sides=SIDES, names=(say("market.change.yes"), say("market.change.no")),
            selected=(chosen or {}).get("measure"), mode=theme_mode(),
        )  # fmt: skip
        counts = [sides[side]["deals"] or 0 for side in SIDES]
        said = say("market.change.foot", yes=numbers.count(counts[0]), no=numbers.count(counts[1]))
        caption = say("market.change.caption", days=answer.options.get("intent_days"))
        return Drawn(
            _change_title(sides, won), caption, figure, foot(answer, None, said, _intervals(frame)), answer.frame
        )

    def listing(mark: dict[str, str]) -> Listing | None:
        if mark["measure"] not in _OF_DEALS:
            return None
        found, wanted = deals.rows({}), _OF_DEALS[mark["measure"]]
        found = found[found["outcome"].isin(wanted)] if wanted else found
        if mark["measure"] == "median_days":
            found = found[found["closed_on"] >= found["opened_on"]]
        if mark["measure"] == "amount_per_deal":
            found = found[found["value"].notna()]
        scope = replace(page.asks("opportunities_created").scope, start=None, end=None)
        own = Members("opportunities_created", scope, units=frozenset(found["opportunity_id"]),
                      unit_column="opportunity_id")  # fmt: skip
        before = set(found.loc[found["in_market"] == "yes", "opportunity_id"])
        words = say(f"market.change.rows.{mark['measure']}")
        return Listing(lambda n: say("market.change.title_rows", n=n, words=words), own, {},
                       lambda rows: _by_side(rows, before))  # fmt: skip

    return Chart("in_market_change", say("market.change.name"), question, build, listing,
                 needs=("intent", "opportunities"), compares=False)  # fmt: skip


def _by_side(rows: pd.DataFrame, before: set[str]) -> dict[str, pd.DataFrame]:
    was = rows["opportunity_id"].isin(before)
    return {say("market.change.yes"): rows[was], say("market.change.no"): rows[~was]}


def _won(deals: pd.DataFrame) -> tuple[int, int, int, int]:
    """Won and decided deals of accounts in market before, then those of the others."""
    counts: list[int] = []
    for side in SIDES:
        own = deals.loc[deals["in_market"] == side, "outcome"]
        counts += [int((own == "won").sum()), int(own.isin(("won", "lost")).sum())]
    return counts[0], counts[1], counts[2], counts[3]


def _bounds(sides: dict[str, Any], name: str) -> tuple[float, float] | None:
    """The interval of the difference of a measure; None where too few are on a side."""
    low, high = (sides["yes"].get(f"{name}_apart_{end}") for end in ("low", "high"))
    return None if numbers.is_missing(low) or numbers.is_missing(high) else (low, high)


def _is_clear(sides: dict[str, Any], name: str) -> bool:
    bounds = _bounds(sides, name)
    return bounds is not None and not bounds[0] <= 0 <= bounds[1]


def _difference(sides: dict[str, Any], name: str, currency: str | None) -> str:
    """How much more or less before; "unclear" where the interval holds 0, nothing where there is none."""
    if _bounds(sides, name) is None:
        return ""
    apart = sides["yes"][name] - sides["no"][name]
    return (
        numbers.difference(apart, KINDS[name], currency) if _is_clear(sides, name) else say("charts.dumbbell.unclear")
    )


def _interval(sides: dict[str, Any], name: str, currency: str | None) -> str:
    bounds = _bounds(sides, name)
    return "" if bounds is None else numbers.difference_interval(*bounds, KINDS[name], currency)


def _intervals(frame: pd.DataFrame) -> str:
    """The intervals of all measures in words."""
    each = frame.drop_duplicates("measure")
    said = [say("market.change.interval", label=row["label"], interval=numbers.unbroken(row["interval"]))
            for _, row in each[each["interval"] != ""].iterrows()]  # fmt: skip
    return say("market.change.intervals", said=", ".join(said)) if said else ""


def _change_title(sides: dict[str, Any], won: tuple[int, int, int, int]) -> str:
    rates = [sides[side]["win_rate"] for side in SIDES]
    if min(won[1], won[3]) < numbers.FEW or any(numbers.is_missing(rate) for rate in rates):
        return say("market.change.few")
    form = "unclear" if not _is_clear(sides, "win_rate") else "more" if rates[0] > rates[1] else "less"
    return say(f"market.change.{form}", one=numbers.percent(rates[0]), other=numbers.percent(rates[1]))


def in_market_card(page: Page) -> None:
    """The accounts in market now, as a table."""
    question, name = page.asks("in_market_accounts"), say("market.now.name")
    with st.container(border=True):
        missing = question.missing_tables() or (question.missing_tables("intent") if _knows_nothing() else [])
        read = _read(page, question, name, "in_market_now", missing)
        if read is None:
            return
        answer, rows = read
        row = answer.rows()[0]
        caption = say(
            "market.now.proxy" if row["proxy"] else "market.now.caption",
            n=answer.options["intent_topics"],
            **answer.options,
        )
        if row["new_this_week"] is None:
            title = say("market.now.title_only", n=numbers.count(len(rows)))
        else:
            new = numbers.count(row["new_this_week"]) if row["new_this_week"] else say("market.now.none_new")
            title = say("market.now.title", n=numbers.count(len(rows)), new=new)
        rows = rows.sort_values(["score", "points"], ascending=False, kind="stable", na_position="last")
        rows = rows.assign(is_new=[say("market.now.new") if new is True else "" for new in rows["is_new"]])
        _list(page, "in_market_now", question, title if len(rows) else say("market.now.none"), caption,
              rows, _IN_MARKET)  # fmt: skip


def _knows_nothing() -> bool:
    """Whether there are neither signals nor the touches that stand in for them."""
    counts = visit.snapshot().row_counts
    return not counts.get("intent") and not counts.get("activities")


def competitors_card(page: Page) -> None:
    """Ideal customer accounts that research a competitor: account, competitor, topic, owner."""
    question, name = page.asks("in_market_accounts", by="competitor"), say("market.rivals.name")
    with st.container(border=True):
        read = _read(page, question, name, "rivals", question.missing_tables("intent"))
        if read is None:
            return
        answer, rows = read
        ideal = bool(len(rows)) and bool(rows["is_ideal"].notna().all())
        n = numbers.count(rows["account_id"].nunique())
        key = "none" if rows.empty else "title" if ideal else "title_any"
        rows = rows.sort_values("score", ascending=False, kind="stable", na_position="last")
        caption = say("market.rivals.caption", **answer.options)
        _list(page, "rivals", question, say(f"market.rivals.{key}", n=n), caption,
              rows, _RESEARCHING)  # fmt: skip


def _read(
    page: Page, question: Question, name: str, key: str, missing: list[str]
) -> tuple[Answer, pd.DataFrame] | None:
    """The answer and its rows; None where there are none, and the card says why."""
    every = page.asks("in_market_accounts")
    try:
        if not missing and every.answer().frame["n"].sum() > 0 and not (every == question and every.answer().is_empty):
            return question.answer(), question.rows({})
        card_head(name)
        if missing:
            empty.missing(key, missing)
        else:
            empty.nothing_matches(key, every)
    except AbmError as error:
        card_head(name)
        empty.failed(error)
    return None


def _list(
    page: Page, key: str, question: Question, title: str, caption: str, rows: pd.DataFrame, columns: tuple[str, ...]
) -> None:
    answer, kept = question.answer(), [name for name in columns if name in rows]
    table = listed(rows[kept], "", "", answer.currency, has_targets=page.has_targets)
    table = table.set_axis(pd.Index(list(rows["account_id"]), dtype=object), axis=0)
    with st.container(horizontal=True, wrap=False, gap="xsmall", horizontal_alignment="distribute"):
        with st.container(gap="xxsmall"):
            card_head(title, caption)
        menu(key, question, (), table)
    if len(table):
        show_listed(table, most=LISTED, key=f"{key}.table")
    st.caption(safe.for_markdown(foot(answer, None, say("drill.count", n=numbers.count(len(table))))))


def in_market_sentence(page: Page) -> str:
    """How many are in market now; "" where that is not known."""
    question = page.asks("in_market_accounts")
    if question.missing_tables() or question.answer().is_empty:
        return ""
    row = question.answer().rows()[0]
    if row["value"] is None or not row["n"]:
        return ""
    return findings.fitted("market.now.sentence", {}, findings.PAGE, n=numbers.count(row["value"]))
