"""The six figures of the Overview."""

from dataclasses import replace
from datetime import date, timedelta

from dashboard import visit
from dashboard.cards.goal_line import beside_plan, is_reached, time_gone
from dashboard.cards.page import Page
from dashboard.cards.question import Question
from dashboard.cards.reading import Figure
from dashboard.text import findings, numbers, say
from dashboard.text.plan import plan_sentence
from metrics import AbmError

_BEGUN_BEFORE = ("five_quarters", "last_12_months", "all")
"""Periods whose goal was due in part before: what is missing of it no open deal can make good."""


def figures(page: Page) -> list[Figure]:
    """Won revenue, open pipeline, engaged accounts, accounts with an opportunity, win rate, median days to won."""
    bridge = page.asks("pipeline_bridge")
    return [
        Figure("won_revenue", say("figures.won_revenue"), page.asks("won_revenue"), page="funnel"),
        Figure(
            "open_pipeline", say("figures.open_pipeline"), page.asks("open_pipeline"), summed=True, trend=bridge,
            trend_column="amount", trend_where=("step", "open_at_end"), page="funnel",
            towards=lambda: coverage_words(page), aim="won_revenue",
        ),
        Figure("engaged_accounts", say("figures.engaged_accounts"), page.asks("engaged_accounts"), page="engagement"),
        Figure("accounts_with_opportunity", say("figures.with_opportunity"), page.asks("accounts_with_opportunity"),
               page="funnel", view=(("funnel", "accounts"),)),
        Figure("win_rate", say("figures.win_rate"), page.asks("win_rate"), page="funnel"),
        Figure(
            "median_days", say("figures.median_days"), page.asks("deal_velocity"), column="median",
            bounds=("median_low", "median_high"), trend_column="median", page="velocity",
        ),
    ]  # fmt: skip


def coverage_words(page: Page) -> str:
    """How often what is due of the open pipeline covers what is left of the goal, with both: of the page's period where
    it is not over, else of the current quarter. What of it should have closed already is said. n/a with the
    reason without a goal; "" where nothing can be asked, and in a period that ended before the as-of day."""
    chosen = page.choice
    start, end = chosen.dates(page.as_of)
    if end is not None and end < page.as_of:
        return ""
    running = start is not None and end is not None and start <= page.as_of < end
    own = running and chosen.period not in _BEGUN_BEFORE and chosen.period != "this_quarter"
    if not own:
        chosen = replace(chosen, period="this_quarter", start=None, end=None)
    question = replace(page, choice=chosen).asks("pipeline_coverage")
    period = say("aim.this_period" if own else "aim.this_quarter")
    try:
        row = (question.answer().rows() or [{}])[0]
    except AbmError:
        return ""
    if numbers.is_missing(row.get("goal")):
        return say("aim.covers_none", period=period)
    if numbers.is_missing(row.get("value")):
        return say("aim.covers_reached", period=period)
    late = _overdue(question, page.as_of)
    left, due, overdue = (
        numbers.unbroken(numbers.money(amount, question.answer().currency))
        for amount in (row["goal"] - (row["won"] or 0.0), row["expected"], late)
    )
    return say("plan.covers_overdue" if late else "plan.covers", times=numbers.times(row["value"]), period=period,
               due=due, left=left, overdue=overdue)  # fmt: skip


def _overdue(question: Question, as_of: date) -> float:
    """What of the coverage's due amount was expected to close before the as-of day."""
    start, last = question.scope.start, as_of - timedelta(days=1)
    if start is None or start > last:
        return 0.0
    return float(question.but(end=last).answer().frame["expected"].sum())


def plan_words(page: Page) -> str:
    """Whether won revenue is on plan; "" where it has no goal in this scope and period."""
    question = page.asks("won_revenue")
    if question.missing_tables():
        return ""
    answer = question.answer()
    held = visit.held_to_goal(answer)
    if held is None:
        return ""
    return plan_sentence(
        beside_plan(answer, held), is_over=time_gone(held) is None, is_reached=is_reached(answer, held)
    )


def revenue_sentence(page: Page) -> str:
    """Won revenue against the compared period; "" without one, and where the change is not clear."""
    question = page.asks("won_revenue")
    earlier = page.earlier(question)
    if question.missing_tables() or earlier is None:
        return ""
    now = replace(question, scope=page.choice.compared(question.scope, question.metric)).answer()
    if not now.comparison or now.comparison[0].verdict not in ("better", "worse"):
        return ""
    values = [(a.rows()[0]["value"] or 0.0, a.rows()[0]["n"]) for a in (now, earlier.answer())]
    return findings.revenue_change(*values[0], *values[1], currency=now.currency)[0].rstrip(".")


def level_sentence(page: Page) -> str:
    """What was won and how often deals are won: where nothing is clear to compare with; "" without deals."""
    won, rate = page.asks("won_revenue"), page.asks("win_rate")
    if won.missing_tables() or rate.answer().is_empty:
        return ""
    row, decided = won.answer().rows()[0], rate.answer().rows()[0]
    share = numbers.rate(decided["value"], decided["numerator"], decided["denominator"])
    if not row["value"]:
        return say("figures.sentence_deals", share=share, n=numbers.count(decided["denominator"]))
    amount = numbers.money(row["value"], won.answer().currency)
    return say("figures.sentence", amount=amount, share=share, n=numbers.count(decided["denominator"]))
