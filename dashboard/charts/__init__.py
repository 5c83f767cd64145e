"""Tidy answers become figures: pure functions, no screen, no SQL, one theme.

Each takes a frame in the columns of a metric's answer and returns a plotly figure for `st.plotly_chart(figure,
theme=None, config=CHART_CONFIG)`. A figure depends on its arguments alone, so that a selection survives a rerun. An
empty frame raises ValueError: the page shows its empty state instead.
"""

from dashboard.charts.dots import interval_dots
from dashboard.charts.funnel import funnel
from dashboard.charts.heatmap import cohort_heatmap
from dashboard.charts.rows import clicked
from dashboard.charts.theme import CHART_CONFIG, palette

__all__ = ["CHART_CONFIG", "clicked", "cohort_heatmap", "funnel", "interval_dots", "palette"]
