"""Tidy answers become figures: pure functions, no screen, no SQL, one theme.

Each takes a frame in the columns of a metric's answer and returns a plotly figure for `st.plotly_chart(figure,
theme=None, config=CHART_CONFIG)`. A figure depends on its arguments alone, so that a selection survives a rerun. An
empty frame raises ValueError: the page shows its empty state instead.
"""

from dashboard.charts.account import account_timeline, peer_rows
from dashboard.charts.ageing import ageing_strip
from dashboard.charts.ages import age_curves
from dashboard.charts.bars import bridge, reconciliation, share_bars
from dashboard.charts.curves import cohort_curves, pooled, survival_curves
from dashboard.charts.customers import SIGNS as BRIDGE_SIGNS
from dashboard.charts.customers import churn_marks, cost_bars, revenue_bridge
from dashboard.charts.dots import interval_dots
from dashboard.charts.dumbbell import target_dumbbell
from dashboard.charts.durations import duration_bars, stage_durations
from dashboard.charts.engagement import band_grid, part_bars
from dashboard.charts.funnel import funnel
from dashboard.charts.heatmap import cohort_heatmap
from dashboard.charts.influence import coverage_grid, influence_bars
from dashboard.charts.large import enlarged, large_number
from dashboard.charts.lines import few_points, sparkline, trend_lines
from dashboard.charts.market import lift_bars, paired_bars, share_grid
from dashboard.charts.measured import measured_bars
from dashboard.charts.rows import clicked
from dashboard.charts.theme import CHART_CONFIG, palette

__all__ = [
    "BRIDGE_SIGNS",
    "CHART_CONFIG",
    "account_timeline",
    "age_curves",
    "ageing_strip",
    "band_grid",
    "bridge",
    "churn_marks",
    "clicked",
    "cohort_curves",
    "cohort_heatmap",
    "cost_bars",
    "coverage_grid",
    "duration_bars",
    "enlarged",
    "few_points",
    "funnel",
    "influence_bars",
    "interval_dots",
    "large_number",
    "lift_bars",
    "measured_bars",
    "paired_bars",
    "palette",
    "part_bars",
    "peer_rows",
    "pooled",
    "reconciliation",
    "revenue_bridge",
    "share_bars",
    "share_grid",
    "sparkline",
    "stage_durations",
    "survival_curves",
    "target_dumbbell",
    "trend_lines",
]
