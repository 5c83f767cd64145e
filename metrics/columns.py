"""In which unit each column of an answer stands: said once, for the command line, the pages and the tests."""

from metrics.metric import Metric

RATES = frozenset((
    "by_value", "broad", "touched_before", "touched_during", "uninfluenced", "sourced", "from_engaged", "share",
    "share_deals", "win_rate", "step_rate", "overall_rate", "people_share", "departments_share",
    "within_service_level", "of_icp", "share_of_market", "market_share", "market_share_value", "in_data", "sql_rate",
    "won_rate", "overall", "total_share", "revenue_churn", "grr", "renewal_rate", "upsell_rate", "renewal_likelihood",
    "single_threaded", "personal", "depth", "frequency", "repeat_rate", "monthly_churn",
))  # fmt: skip
MONEY = frozenset((
    "amount", "weighted", "revenue", "expected", "won", "goal", "deal_size", "amount_per_deal",
    "cost_per_customer", "average_value",
    "estimated", "contraction", "lost", "new", "revenue_start", "revenue_end", "revenue_before", "revenue_now",
    "yearly_change", "monthly_revenue", "uninfluenced_amount",
    "won_amount", "decided_amount",
))  # fmt: skip
DAYS = frozenset((
    "median_days", "median_age", "open_median_age", "limit_days", "days_won", "km_median", "days", "p25_days",
    "p75_days", "service_level", "to_opportunity", "to_won", "mql_to_sql", "upper_days", "lower_days",
    "longest_gap_days", "days_left", "lag_days", "median_days_low", "median_days_high",
))  # fmt: skip
MONEY_IN = {"return_on_investment": frozenset(("sourced",)), "revenue_retention": frozenset(("expansion",))}
"""What is money in one metric and a share in others."""
LIKE_THE_VALUE = frozenset((
    "value", "median", "mean", "p10", "p25", "p75", "p90", "low", "high", "median_low", "median_high",
))  # fmt: skip


def unit_of(column: str, metric: Metric) -> str:
    """The unit of a column in an answer of `metric`; "plain" is a number or text without one.

    The value, its quantiles and its interval have the metric's own, an interval of proportions is one of rates; the
    interval of how far two sides are apart stands in the unit of what is held against each other.
    """
    column = column.removesuffix("_apart_low").removesuffix("_apart_high")
    if column in ("low", "high") and metric.interval == "wilson":
        return "percent"
    if column in LIKE_THE_VALUE:
        return metric.format
    if column in MONEY_IN.get(metric.name, ()):
        return "money"
    if column in RATES or column.startswith("won_by_"):
        return "percent"
    return "money" if column in MONEY else "days" if column in DAYS else "plain"
