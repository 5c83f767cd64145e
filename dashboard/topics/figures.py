"""The six figures of the Overview."""

from dashboard.cards.kpi import Figure
from dashboard.cards.page import Page
from dashboard.text import findings, say


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
    """Won revenue against the compared period; "" without one."""
    question = page.asks("won_revenue")
    earlier = page.earlier(question)
    if question.missing_tables() or earlier is None:
        return ""
    now = question.answer()
    values = [(a.rows()[0]["value"] or 0.0, a.rows()[0]["n"]) for a in (now, earlier.answer())]
    return findings.revenue_change(*values[0], *values[1], currency=now.currency)[0].rstrip(".")
