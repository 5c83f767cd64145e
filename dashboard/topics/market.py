"""The market: its figures, the way from all its companies to customers, and which target accounts are engaged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import charts, visit
from dashboard.cards.chart import caveat_line, foot
from dashboard.cards.kpi import kpi_card
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.reading import Figure
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say
from metrics import Answer, Scope


@dataclass(frozen=True)
class Members(Question):
    """A question whose rows are narrowed to these units, which another list found."""

    units: frozenset[str] = frozenset()
    unit_column: str = "account_id"

    def rows(self, where: Mapping[str, str]) -> pd.DataFrame:
        """The rows of these units alone."""
        found = super().rows(where)
        return found[found[self.unit_column].isin(self.units)].reset_index(drop=True)


class Step(NamedTuple):
    """A step from the market to customers: how many, which accounts (None: companies that nobody lists), how many of
    them are in market now."""

    key: str
    n: int
    accounts: frozenset[str] | None
    in_market: int | None


def market_figures(page: Page) -> None:
    """The market's worth and its share, ideal customers, accounts in market, share of wallet; without an uploaded
    market one card says so for all that rests on it."""
    market, ideal = page.asks("total_available_market"), page.asks("icp_accounts")
    wallet, now = page.asks("share_of_wallet"), page.asks("in_market_accounts")
    shown = [Figure("total_available_market", say("market.figures.market"), market)]
    if not market.missing_tables():
        shown.append(Figure("market_share", say("market.figures.share"), market, "market_share", ("", ""), "percent"))
    for question in (ideal, now):
        if question.missing_tables() or not question.answer().is_empty:  # what is not known, its own card explains
            shown.append(_ideal_targets(page) if question is ideal and page.has_targets and page.choice.show == "both"
                         else Figure(question.name, say(f"market.figures.{question.name}"), question, "share",
                                     kind="percent"))  # fmt: skip
    if not market.missing_tables():
        shown.append(Figure("share_of_wallet", say("market.figures.wallet"), wallet))
    grid = st.grid(len(shown), min_column_width=150)
    for figure in shown:
        with grid:
            kpi_card(figure, replace(page.choice, compare="none"))
    asked = {figure.question for figure in shown}
    caveat_line(
        *(question.answer() for question in (market, now) if question in asked and not question.missing_tables())
    )


def _ideal_targets(page: Page) -> Figure:
    """How many target accounts fit, beside the rest: of all accounts the fitted grades are always the same share."""
    question = page.asks("icp_accounts")
    targets, rest = (replace(question, scope=question.scope.where("target", side)) for side in ("target", "rest"))

    def sides() -> str:
        (row,) = rest.answer().rows()
        return say("market.figures.rest", share=numbers.rate(row["share"], row["numerator"], row["denominator"]))

    return Figure("icp_accounts", say("market.figures.ideal_targets"), targets, "share", kind="percent", sides=sides)


def steps(page: Page) -> list[Step]:
    """From the whole market to customers, each step within the one before; a step that is not known is left out.

    The market stands in front where it is uploaded and nothing narrows the accounts: else all accounts in scope do.
    """
    question = page.asks("icp_accounts")
    judged = replace(question, part="judged").rows({})
    now = page.asks("in_market_accounts")
    hot = None if now.answer().is_empty or now.answer().rows()[0]["value"] is None else set(now.rows({})["account_id"])

    def step(key: str, accounts: pd.DataFrame) -> Step:
        found = frozenset(accounts["account_id"])
        return Step(key, len(found), found, None if hot is None else len(found & hot))

    if question.scope.filters or not _knows_market(page):
        found = [step("in_scope", judged)]
    else:
        judged = judged[judged["is_of_market"]]
        known = frozenset(judged["account_id"])
        companies = int(page.asks("total_available_market").answer().rows()[0]["accounts"])
        found = [Step("market", companies, None, None if hot is None else len(known & hot))]
    if judged["is_ideal"].notna().any():
        judged = judged[judged["is_ideal"].fillna(False).astype(bool)]
        found.append(step("ideal", judged))
    if page.has_targets and page.choice.show == "both":
        judged = judged[judged["target"] == "target"]
        found.append(step("target", judged))
    wallets = visit.rows_of("share_of_wallet", question.scope, part="wallets")
    customers = wallets.loc[wallets["is_customer"], "account_id"]
    return [*found, step("customer", judged[judged["account_id"].isin(customers)])]


def _knows_market(page: Page) -> bool:
    """Whether a market is uploaded, of a number of companies that is known, and which accounts are in it."""
    market = page.asks("total_available_market")
    return not market.missing_tables() and market.answer().rows()[0]["in_data"] is not None


def market_chart(page: Page) -> Chart:
    """Whole market, ideal customers, targets, customers; how many of each are in market beside them."""
    question = page.asks("icp_accounts")
    if not question.missing_tables() and question.answer().is_empty:  # no fit is known: the other steps are
        question = replace(page.asks("account_funnel"), scope=question.scope)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        found = steps(page)
        if not found[0].n:
            return None
        frame = pd.DataFrame({"step": [s.key for s in found], "value": [s.n for s in found]})
        before = [None, *(s.n for s in found[:-1])]
        rates = ["" if of is None else numbers.rate(s.n / of if of else None, s.n, of)
                 for s, of in zip(found, before, strict=True)]  # fmt: skip
        columns = {say("charts.funnel.step"): rates}
        if any(s.in_market is not None for s in found):
            columns[say("steps.in_market")] = ["" if s.in_market is None else numbers.count(s.in_market) for s in found]
        figure = charts.measured_bars(
            frame, key="step", texts=[numbers.count(s.n) for s in found], columns=columns,
            names={s.key: say(f"market.steps.{s.key}") for s in found}, highlight=_told(found)[1].key,
            selected=(chosen or {}).get("step"), mode=theme_mode(), height=260,
        )  # fmt: skip
        table = pd.DataFrame({
            "step": [say(f"market.steps.{s.key}") for s in found], "value": frame["value"],
            "share": [s.n / of if of else float("nan") for s, of in zip(found, before, strict=True)],
            "in_market_now": pd.Series([s.in_market for s in found], dtype="Int64"),
        })  # fmt: skip
        return Drawn(_way_title(found), say("market.way.caption"), figure, _way_foot(page, answer, found), table)

    def listing(mark: dict[str, str]) -> Listing | None:
        step = next((s for s in steps(page) if s.key == mark["step"]), None)
        if step is None or step.accounts is None:
            return None
        own = Members("icp_accounts", question.scope, part="judged", units=step.accounts)
        words = say(f"market.rows.{step.key}")
        return Listing(lambda n: say("market.way.rows", n=n, step=words), own, {}, _by_intent(page))

    return Chart(
        "market_way", say("market.way.name"), question, build, listing,
        others=(page.asks("in_market_accounts"),) if not page.asks("in_market_accounts").missing_tables() else (),
    )  # fmt: skip


def _by_intent(page: Page) -> Callable[[pd.DataFrame], dict[str, pd.DataFrame]]:
    """Which of the accounts are in market now, and which are not."""

    def parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        hot = rows["account_id"].isin(page.asks("in_market_accounts").rows({})["account_id"])
        return {say("market.in_market_now"): rows[hot], say("market.not_in_market"): rows[~hot]}

    return parts


def _told(found: list[Step]) -> tuple[Step, Step]:
    """The two steps that the title speaks of: the targets among the ideal, else the customers among those before."""
    keys = [s.key for s in found]
    last = keys.index("target") if {"ideal", "target"} <= set(keys) else len(found) - 1
    return found[last - 1], found[last]


def _way_title(found: list[Step]) -> str:
    of, told = _told(found)
    words = {"n": numbers.count(told.n), "of": numbers.count(of.n)}
    return say(f"market.way.title.{of.key}_{told.key}", **words)


def _way_foot(page: Page, answer: Answer, found: list[Step]) -> str:
    keys = {s.key for s in found}
    said = []
    if "market" in keys:
        known = page.asks("total_available_market").answer().rows()[0]["in_data"]
        said.append(say("market.way.in_data", share=numbers.percent(known)))
    else:
        missing = bool(page.asks("total_available_market").missing_tables())
        narrowed = bool(page.asks("icp_accounts").scope.filters)
        why = "no_market" if missing else "narrowed" if narrowed else "uncounted"
        said.append(say(f"market.way.{why}"))
    every = visit.rows_of("icp_accounts", page.asks("icp_accounts").scope, part="judged")
    if "market" in keys:
        ideal = every["is_ideal"].fillna(False).astype(bool) & ~every["is_of_market"]
        said.append(say("market.way.outside", n=numbers.count(int(ideal.sum()))) if ideal.any() else "")
        every = every[every["is_of_market"]]
    if {"ideal", "target"} <= keys:
        others = int((every["target"] == "target").sum()) - next(s.n for s in found if s.key == "target")
        said.append(say("market.way.other_targets", n=numbers.count(others)) if others else "")
    if "ideal" not in keys:
        said.append(say("market.way.no_fit"))
    if not page.has_targets:
        said.append(say("market.way.no_targets"))
    return foot(answer, answer.frame["n"].max(), *said)


def market_sentence(page: Page) -> str:
    """How large the market is, and how much of it are customers; without one how many accounts are ideal."""
    market, ideal = page.asks("total_available_market"), page.asks("icp_accounts")
    if not market.missing_tables():
        row = visit.ask("total_available_market", Scope()).rows()[0]
        words = {"n": numbers.count(row["accounts"]), "share": numbers.percent(row["market_share"]),
                 "amount": numbers.money(row["value"], market.answer().currency)}  # fmt: skip
        return say("market.sentence" if row["value"] is not None else "market.sentence_bare", **words)
    if ideal.missing_tables() or ideal.answer().is_empty:
        return ""
    row = ideal.answer().rows()[0]
    if row["value"] is None:
        return ""
    return say("market.sentence_ideal", n=numbers.count(row["value"]), of=numbers.count(row["n"]))
