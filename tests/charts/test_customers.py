"""The charts of customers: the bridge adds up, a running period is hollow, the parts of a cost are its whole."""

import chart_frames as frames
import pytest

from dashboard import charts

STEPS = {step: step.title() for step in charts.BRIDGE_SIGNS}


def bars(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def said(figure):
    return " ".join(str(note.text) for note in figure.layout.annotations)


def test_each_step_of_the_bridge_begins_where_the_one_before_ends():
    drawn = bars(charts.revenue_bridge(frames.retained(), names=STEPS, columns={}), "steps")
    ends = [base + size for base, size in zip(drawn.base, drawn.x, strict=True)]
    assert list(drawn.base) == [0, 400, 500, 530, 400, 0]
    assert ends == [400, 500, 550, 550, 530, 400]


def test_what_is_lost_has_a_minus_and_what_is_new_a_plus():
    text = said(charts.revenue_bridge(frames.retained(), names=STEPS, columns={}))
    assert "+100" in text
    assert "−130" in text
    assert "+400" not in text


def test_totals_are_in_ink_and_changes_in_grey():
    for mode in ("light", "dark"):
        colours = charts.palette(mode)
        drawn = bars(charts.revenue_bridge(frames.retained(), names=STEPS, columns={}, mode=mode), "steps")
        assert list(drawn.marker.color) == [colours.ink, *[colours.rest] * 4, colours.ink]


def test_few_customers_and_a_running_period_are_hollow():
    colours = charts.palette("light")
    drawn = bars(charts.churn_marks(frames.churned()), "customers")
    assert list(drawn.marker.color) == [colours.ink, colours.ink, colours.background, colours.background]


def test_below_five_customers_stand_instead_of_a_rate():
    assert "1 of 4" in said(charts.churn_marks(frames.churned()))


def test_the_churn_of_revenue_stands_where_it_is_known():
    assert list(bars(charts.churn_marks(frames.churned()), "revenue").x) == [0, 2, 3]


def test_every_label_of_churn_is_inside_the_axis():
    figure = charts.churn_marks(frames.churned())
    top = figure.layout.yaxis.range[1]
    assert all(note.y <= top for note in figure.layout.annotations if note.yref != "paper")


def test_a_rate_stands_by_its_own_dot_and_not_by_the_revenue_far_above_it():
    """12.5 % of customers and 64 % of revenue: the words stand below 20 %; where revenue is close above, above it."""
    far = frames.churned().head(1).assign(value=0.125, low=0.1, high=0.15, n=600, gone=75, revenue_churn=0.64)
    near = far.assign(revenue_churn=0.16)
    for frame, least, most in ((far, 0.125, 0.25), (near, 0.16, 0.25)):
        notes = charts.churn_marks(frame).layout.annotations
        (label,) = [note for note in notes if "13\u00a0%" in note.text]
        assert least < label.y < most


def test_a_click_on_a_period_gives_it_back():
    marks = bars(charts.churn_marks(frames.churned()), "rows").customdata
    assert [mark["period"] for mark in marks] == list(frames.churned()["period"])


def test_the_parts_of_a_cost_lie_side_by_side_and_a_row_without_any_keeps_its_words():
    figure = charts.cost_bars(
        frames.costs(), key="segment", names={}, parts={"abm": "ABM", "other": "Other", "shared": "Shared"},
        texts=["€ 3.5 k", "€ 1.75 k", "n/a"], columns={"New": ["4", "9", "0"]},
    )  # fmt: skip
    assert list(bars(figure, "Shared").base) == [3000, 1500, 0]
    assert list(bars(figure, "Shared").x) == [500, 250, 0]
    assert "n/a" in said(figure)
    hovers = bars(figure, "rows").hovertext
    assert "ABM 57" in hovers[0]
    assert "ABM" not in hovers[2]


def test_the_accent_is_for_abm_alone():
    figure = charts.cost_bars(
        frames.costs(), key="segment", names={}, parts={"other": "Other", "shared": "Shared"}, texts=["a", "b", "c"],
        columns={},
    )  # fmt: skip
    assert charts.palette("light").accent not in [trace.marker.color for trace in figure.data]


@pytest.mark.parametrize("side", ["target", "yes"])
def test_paired_bars_are_in_the_accent_for_target_accounts_only(side):
    frame = frames.paired().replace({"side": {"yes": side}})
    figure = charts.paired_bars(frame, sides=(side, "no"), names=("One", "Other"), beside=("n", ["3 / 4"] * 9))
    expected = charts.palette("light").accent if side == "target" else charts.palette("light").ink
    assert bars(figure, side).marker.color == expected
