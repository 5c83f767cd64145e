"""The six figures of the Overview."""

from dataclasses import replace

from dashboard.cards.kpi import Figure
from dashboard.cards.page import Page
from dashboard.text import findings, numbers, say


def figures(page: Page) -> list[Figure]:
    """Won revenue, open pipeline, engaged accounts, accounts with an opportunity, win rate, median days to won."""
    bridge = page.asks("pipeline_bridge")
    return [
        Figure("won_revenue", say("figures.won_revenue"), page.asks("won_revenue")),
        Figure(
            "open_pipeline", say("figures.open_pipeline"), page.asks("open_pipeline"), summed=True, trend=bridge,
            trend_column="amount", trend_where=("step", "open_at_end"),
        ),
        Figure("engaged_accounts", say("figures.engaged_accounts"), page.asks("engaged_accounts")),
        Figure("accounts_with_opportunity", say("figures.with_opportunity"), page.asks("accounts_with_opportunity")),
        Figure("win_rate", say("figures.win_rate"), page.asks("win_rate")),
        Figure(
            "median_days", say("figures.median_days"), page.asks("deal_velocity"), column="median",
            bounds=("median_low", "median_high"), trend_column="median",
        ),
    ]  # fmt: skip


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
