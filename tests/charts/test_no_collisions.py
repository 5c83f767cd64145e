"""Texts of the charts keep apart: ticks of the dumbbell, labels of the cohort curves; marks are not bunched."""

from itertools import pairwise

import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import rows
from dashboard.charts.theme import TICK


def measures(low, high):
    return pd.DataFrame([{
        "metric": "win_rate", "label": "Win rate", "kind": "percent", "better": "higher", "target": 0.6, "rest": 0.2,
        "difference": 0.4, "low": 0.2 * low, "high": 0.2 * high, "verdict": "better", "n_target": 90, "n_rest": 90,
    }])  # fmt: skip


@pytest.mark.parametrize(("low", "high"), [(0.1, 2.9), (-0.2, 2.1), (-2.5, 2.5), (0.01, 0.2), (-0.9, 0.4)])
def test_ticks_of_the_dumbbell_do_not_touch(low, high):
    figure = charts.target_dumbbell(measures(low, high))
    axis = figure.layout.xaxis
    assert "same" in axis.ticktext
    room = max(rows.NARROW_HALF - figure.layout.margin.l - figure.layout.margin.r, 60)
    at = [(tick - axis.range[0]) / (axis.range[1] - axis.range[0]) * room for tick in axis.tickvals]
    ends = [(x - rows.text_width(text, TICK) / 2, x + rows.text_width(text, TICK) / 2)
            for x, text in zip(at, axis.ticktext, strict=True)]  # fmt: skip
    assert all(one[1] < other[0] for one, other in pairwise(ends))


@pytest.mark.parametrize("low", [0.1, -0.1, -0.2, -0.3])
@pytest.mark.parametrize("high", [0.3, 0.6, 1.0, 1.3, 1.4, 1.5, 1.9, 2.6])
def test_beside_wide_columns_an_axis_still_says_how_far(low, high):
    """As on the Overview: five measures, one in money, little room between names and columns."""
    row = measures(low, high).iloc[0].to_dict()
    money = row | {"metric": "average_deal_size", "label": "With an opportunity", "kind": "money",
                   "target": 69_700.0, "rest": 34_600.0, "low": 34_600.0 * low, "high": 34_600.0 * high}  # fmt: skip
    figure = charts.target_dumbbell(pd.DataFrame([row, money]), currency="EUR")
    assert len(figure.layout.xaxis.ticktext) >= 2, figure.layout.xaxis.ticktext


def test_labels_of_curves_that_end_side_by_side_are_moved_apart():
    cells = [{"cohort": cohort, "age": age, "value": 0.1 + 0.08 * age + shift, "size": 40}
             for cohort, ages, shift in (("2025-Q4", 11, 0.0), ("2026-Q1", 8, 0.02), ("2026-Q2", 7, 0.07))
             for age in range(ages)]  # fmt: skip
    figure = charts.cohort_curves(pd.DataFrame(cells), unit="months")
    shifts = {note.text: note.yshift for note in figure.layout.annotations if note.xanchor == "right"}
    assert len(shifts) == 2
    assert len(set(shifts.values())) == 2


def test_where_most_open_deals_are_old_the_axis_reaches_them():
    marks = pd.DataFrame({"opportunity_id": [f"d{i}" for i in range(40)], "stage": "Contract", "segment": "rest",
                          "days": [300.0 + i for i in range(40)], "stalled": True})  # fmt: skip
    limits = pd.DataFrame([{"stage": "Contract", "median": 5, "p75": 9, "p90": 12, "open_n": 40, "stalled_n": 40}])
    figure = charts.ageing_strip(marks, limits)
    assert figure.layout.xaxis.range[1] > 330
    drawn = next(trace for trace in figure.data if trace.name == "stalled")
    assert sum(symbol == "triangle-right" for symbol in drawn.marker.symbol) <= 2


def test_a_label_keeps_off_the_lines_of_other_cohorts():
    """Just above where the newer cohort ends the older one's line passes: its label stands above both."""
    older = [{"cohort": "2025-Q4", "age": age, "value": 0.485, "size": 40} for age in range(12)]
    own = [{"cohort": "2026-Q1", "age": age, "value": 0.30 + 0.02 * age, "size": 40} for age in range(9)]
    figure = charts.cohort_curves(pd.DataFrame([*older, *own]), unit="months")
    (label,) = [note for note in figure.layout.annotations if note.xanchor == "right"]
    assert label.yshift > 20
    assert label.bgcolor
