"""What each chart draws: its traces, columns and remarks."""

import chart_frames as frames
import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import axes, rows
from dashboard.charts.ageing import MOST_MARKS, jitter
from dashboard.charts.heatmap import diverging_edges, sequential_edges
from dashboard.charts.theme import DARK, LIGHT, palette

N = "\u00a0"


def notes(figure) -> list[str]:
    return [
        str(note.text).replace("<span style='font-weight:600'>", "").replace("</span>", "")
        for note in figure.layout.annotations
    ]


def trace(figure, name):
    return next(t for t in figure.data if t.name == name)


def test_a_funnel_stacks_target_and_rest_and_shows_each_rate():
    figure = charts.funnel(
        frames.funnel_split(), whole=frames.funnel_whole(), unit="deals", highlight="Security review"
    )
    assert list(trace(figure, "target").x) == list(frames.TARGET)
    assert list(trace(figure, "rest").base) == list(frames.TARGET)
    assert trace(figure, "target").marker.color == LIGHT.accent
    said = notes(figure)
    for text in ("653", f"57{N}%", f"67{N}%", f"30{N}%", "145 not here yet", "21", "Step", "Overall", "Days"):
        assert text in said, text
    keys = trace(figure, "rows").customdata
    assert [key["stage"] for key in keys] == list(frames.STEPS)


def test_a_funnel_of_all_accounts_is_ink_and_says_three_of_four():
    frame = pd.DataFrame({"segment": "All", "stage": ["Open", "Won"], "value": [4, 3]})
    figure = charts.funnel(frame)
    assert figure.data[0].marker.color == LIGHT.ink
    assert "3 of 4" in notes(figure)
    assert not any("%" in text for text in notes(figure))


def test_a_chosen_row_is_banded_over_both_gutters():
    figure = charts.funnel(frames.funnel_split(), selected="Proposal")
    assert len([s for s in figure.layout.shapes if s.type == "rect" and s.fillcolor == LIGHT.band]) == 3
    assert charts.funnel(frames.funnel_split(), selected="nowhere").layout.shapes == ()


def test_more_than_four_segments_become_other():
    frame = pd.DataFrame({"segment": list("ABCDEF"), "stage": "Open", "value": [6, 5, 4, 3, 2, 1]})
    assert [t.name for t in charts.funnel(frame).data][:5] == ["A", "B", "C", "D", "Other"]
    assert list(trace(charts.funnel(frame), "Other").x) == [3]


def test_dots_are_hollow_below_thirty_and_absent_below_five():
    figure = charts.interval_dots(frames.win_rates(), title="Win rate", reference=0.31)
    dots = trace(figure, "values")
    assert list(dots.x) == [0.42, 0.14]
    assert list(dots.marker.color) == [LIGHT.ink, LIGHT.background]
    said = notes(figure)
    assert {"22*", "1 of 4", f"all 31{N}%", "too few for a rate", f"42{N}%"} <= set(said)
    assert f"25{N}%" not in said


def test_many_segments_are_cut_and_the_rest_is_counted():
    frame = pd.DataFrame({"segment": [f"S{i}" for i in range(20)], "value": 0.3, "n": range(40, 60)})
    figure = charts.interval_dots(frame, limit=12)
    assert "8 more in the table" in notes(figure)
    assert len(trace(figure, "rows").customdata) == 12


def test_the_dumbbell_turns_fewer_days_to_the_right_and_marks_doubt():
    figure = charts.target_dumbbell(frames.measures())
    rest, target = figure.data[0], figure.data[1]
    assert list(rest.x) == [0.0, 0.0]
    assert list(target.x) == pytest.approx([0.11 / 0.27, 15 / 91])
    assert list(target.marker.color) == [LIGHT.accent, LIGHT.background]
    assert {f"+41{N}%", "unclear", "too few", "2 of 4"} <= set(notes(figure))


def test_durations_have_a_hollow_earlier_period_and_a_tick_at_the_median():
    figure = charts.duration_bars(
        frames.durations(), earlier=frames.durations(-6), period="2026", earlier_period="2025"
    )
    bars = [t for t in figure.data if t.name != "rows"]
    assert [bar.marker.color for bar in bars] == [LIGHT.accent, LIGHT.background, LIGHT.rest, LIGHT.background]
    assert [key.get("compared") for key in trace(figure, "rows").customdata] == [None, "earlier", None, "earlier"]
    assert {"76", "70", "91", "85"} <= set(notes(figure))


def test_a_stage_that_clearly_slowed_is_red():
    figure = charts.stage_durations(
        frames.stage_days(), change={"Discovery": 0, "Security review": 10}, change_title="vs 2025",
        clear={"Security review": True},
    )  # fmt: skip
    red = [note.text for note in figure.layout.annotations if note.font.color == LIGHT.bad]
    assert red == [rows.bold("+10")]


def test_the_ageing_strip_is_the_same_each_time_and_keeps_all_stalled_deals():
    many = frames.open_deals(5000)
    figure = charts.ageing_strip(many, frames.limits())
    drawn = {name: len(trace(figure, name).x) for name in ("open", "stalled")}
    assert drawn["stalled"] == int(many["stalled"].sum())
    assert sum(drawn.values()) <= MOST_MARKS
    assert set(trace(figure, "stalled").marker.symbol) == {"diamond"}
    assert -0.3 <= jitter("d1") <= 0.3
    assert jitter("d1") == jitter("d1")


def test_a_deal_far_older_than_all_others_stands_at_the_edge_and_does_not_squeeze_them():
    """The longest P90 is 27 days, so the axis ends at 81; the deal of 458 days is drawn there, with its days."""
    frame = frames.open_deals(6).assign(days=[5.0, 458.0, 9.0, 3.0, 30.0, 8.0], stalled=[False, True] + [False] * 4)
    figure = charts.ageing_strip(frame, frames.limits())
    assert figure.layout.xaxis.range[1] == 81
    stalled = trace(figure, "stalled")
    assert (list(stalled.marker.symbol), stalled.x[0] < 81) == (["triangle-right"], True)
    assert "458 days in Discovery" in stalled.hovertext[0].replace(N, " ")
    assert "older ▸" in notes(figure)


def test_a_stage_that_cannot_be_judged_has_no_red_line():
    figure = charts.ageing_strip(frames.open_deals(), frames.limits())
    red = [s for s in figure.layout.shapes if s.line.color == LIGHT.bad]
    assert len(red) == 1
    assert "n/a" in notes(figure)


def test_a_cohort_table_leaves_unripe_cells_blank_and_ends_with_all_cohorts_together():
    """Two cohorts of 40 and 60; at age 1 only the first is complete."""
    frame = pd.DataFrame(
        {"cohort": ["2026-01", "2026-01", "2026-02", "2026-02"], "age": [0, 1, 0, 1], "value": [0.1, 0.2, 0.2, 0.9],
         "size": [40, 40, 60, 60], "partial": [False, False, False, True]}
    )  # fmt: skip
    figure = charts.cohort_heatmap(
        frame, together={0: (0.16, 100), 1: (0.25, 40)}, unit=lambda n: "month" if n == 1 else "months"
    )
    assert figure.data[0].z[1][1] is None
    assert len(trace(figure, "cells").customdata) == 4
    assert {"16", "25", "All cohorts", f"Jan{N}2026", "40"} <= set(notes(figure))
    assert "after 1 month: 25" in trace(figure, "together").hovertext[1]
    assert "n = 40 followed that long" in trace(figure, "together").hovertext[1]
    assert trace(figure, "together").customdata is None


def test_six_steps_have_round_edges():
    assert sequential_edges(0.21) == pytest.approx([0.04, 0.08, 0.12, 0.16, 0.2])
    assert sequential_edges(0.0) == [float("inf")] * 5


def test_retention_diverges_around_one_hundred():
    frame = pd.DataFrame({"cohort": "2026-01", "age": [0, 1, 2, 3], "value": [1.0, 0.7, 1.3, 0.96], "size": 9})
    assert list(charts.cohort_heatmap(frame, diverging=True).data[0].z[0]) == [3, 0, 6, 2]
    assert diverging_edges(pd.Series([0.0, 1.0])) == pytest.approx([1 / 3, 2 / 3, 0.995, 1.005, 4 / 3, 5 / 3])


def test_ten_times_and_more_fit_their_cell():
    frame = pd.DataFrame({"cohort": "2026-01", "age": [0, 1], "value": [1.0, 31.2], "size": 9})
    texts = [text for t in charts.cohort_heatmap(frame, diverging=True).data if t.text is not None for text in t.text]
    assert set(texts) == {"100", "31×"}


def test_a_first_age_of_one_hundred_does_not_flatten_the_others():
    frame = pd.DataFrame({"cohort": "2026-01", "age": [0, 1, 2], "value": [1.0, 0.12, 0.02], "size": 9})
    assert list(charts.cohort_heatmap(frame).data[0].z[0]) == [5, 5, 1]


def test_cells_are_square_and_large_enough_to_hit():
    marks = trace(charts.cohort_heatmap(frames.cohorts()), "cells").marker
    assert marks.symbol == "square"
    assert marks.size >= 24


def test_months_are_pooled_by_quarter_only_where_all_have_completed():
    """October to December 2025 and January to March 2026 complete ages 0 to 5 and 0 to 2; April and May age 0."""
    pooled = charts.pooled(frames.cohorts())
    ages = pooled.groupby("cohort")["age"].max().to_dict()
    assert ages == {"2025-Q4": 5, "2026-Q1": 2, "2026-Q2": 0}
    first = pooled[(pooled["cohort"] == "2025-Q4") & (pooled["age"] == 1)].iloc[0]
    assert first["size"] == 40 + 41 + 42
    assert first["value"] == pytest.approx(0.04)


def test_cohort_curves_draw_cohorts_of_two_ages_and_more():
    figure = charts.cohort_curves(charts.pooled(frames.cohorts()), unit="months")
    assert [t.name for t in figure.data] == ["2025-Q4", "2026-Q1"]


def test_lines_are_labelled_at_their_ends_and_the_year_stands_under_january():
    figure = charts.trend_lines(frames.flow(), inks={"opened": "ink", "closed": "rest"}, between=("opened", "closed"))
    assert {"58 opened", "41 closed"} <= set(notes(figure))
    assert list(figure.layout.xaxis.ticktext) == ["Nov<br>2025", "Dec", "Jan<br>2026", "Feb"]
    assert trace(figure, "opened").line.color == LIGHT.ink


def test_labels_at_the_same_height_are_moved_apart():
    frame = pd.DataFrame({"segment": ["target", "rest"], "period": "2026-01", "value": [5, 5]})
    shifts = sorted(note.yshift for note in charts.trend_lines(frame).layout.annotations)
    assert shifts[1] - shifts[0] >= 16


def test_a_missing_month_breaks_the_line():
    frame = frames.flow().assign(value=lambda f: f["value"].where(f["period"] != "2025-12"))
    assert trace(charts.trend_lines(frame), "opened").y[1] is None


def test_a_rate_of_fewer_than_five_is_no_point_and_of_fewer_than_thirty_hollow():
    """Target: 40 % of 30, 50 % of 29, 50 % of 4: the last is not drawn, so that the label is of February and says so.
    Rest: 0 of 2 in March alone, so that it has no line and no label."""
    frame = pd.DataFrame({
        "segment": ["target"] * 3 + ["rest"], "period": ["2026-01", "2026-02", "2026-03", "2026-03"],
        "value": [0.4, 0.5, 0.5, 0.0], "low": 0.1, "high": 0.9, "n": [30, 29, 4, 2],
    })  # fmt: skip
    figure = charts.trend_lines(frame, kind="percent")
    target = trace(figure, "Target")
    assert list(target.y) == [0.4, 0.5, None]
    assert list(target.marker.color) == [LIGHT.accent, LIGHT.background, LIGHT.background]
    assert list(trace(figure, "Rest").y) == [None, None, None]
    assert [note for note in notes(figure) if "Rest" in note or "Target" in note] == ["Target 50\u00a0%, Feb"]
    assert charts.few_points(frame) == (
        "Rest: fewer than 5 each time, not drawn · 1 of 3 points is of fewer than 5 and not drawn · ○ fewer than 30"
    )
    assert list(trace(charts.trend_lines(frame, kind="count"), "Target").y) == [0.4, 0.5, 0.5]  # counts are counts


def test_where_every_rate_is_of_too_few_the_axes_stand_alone():
    frame = pd.DataFrame({"segment": "All", "period": ["2026-01", "2026-02"], "value": [0.5, 1.0], "n": [2, 1]})
    figure = charts.trend_lines(frame, kind="percent")
    assert all(value is None for trace in figure.data for value in trace.y)
    assert charts.few_points(frame) == "All: fewer than 5 each time, not drawn"


def test_curves_of_the_share_closed_begin_at_zero_and_end_together():
    figure = charts.survival_curves(frames.survival(), medians={"target": 45.0, "rest": None})
    target = trace(figure, "Target")
    assert (target.x[0], target.y[0]) == (0, 0)
    assert target.x[-1] == 100
    assert target.line.shape == "hv"
    assert target.mode == "lines+markers"  # plotly selects no point of a line without marks
    assert {"Target, median 45", "Rest, half not reached"} <= set(notes(figure))


def test_the_smallest_reasons_stand_together_and_cannot_be_clicked():
    figure = charts.share_bars(frames.reasons(12), limit=9)
    assert "Other" in notes(figure)
    assert figure.data[0].x[-1] == 8 + 6 + 4 + 2
    assert len(trace(figure, "rows").customdata) == 8


def test_the_bridge_adds_up():
    figure = charts.bridge(frames.steps(), currency="EUR", mode="dark")
    bars = figure.data[0]
    assert list(bars.base) == [0, 18e6, 27e6, 21e6, 20e6, 0]
    assert bars.marker.color[0] == DARK.ink
    assert f"+€{N}14{N}M" in notes(figure)


def test_a_single_rejected_row_is_still_seen():
    figure = charts.reconciliation({"loaded": 12262, "duplicate": 0, "rejected": 4}, labels={"loaded": "loaded"})
    assert [t.name for t in figure.data] == ["loaded", "rejected"]
    assert figure.data[1].marker.color == LIGHT.bad
    assert figure.data[1].x[0] > 40
    with pytest.raises(ValueError, match="no rows"):
        charts.reconciliation({"loaded": 0})


def test_a_sparkline_is_grey_unless_it_is_an_alarm():
    assert charts.sparkline([1, None, 3]).data[0].line.color == LIGHT.rest
    assert charts.sparkline([1, 2], alarm=True).data[0].line.color == LIGHT.bad
    with pytest.raises(ValueError, match="no values"):
        charts.sparkline([None, float("nan")])


def test_ticks_are_round_few_and_carry_the_unit_once():
    assert axes.round_ticks(0, 176) == [0, 50, 100, 150]
    assert axes.tick_texts([0, 20, 40], "days") == ["0", "20", "40 days"]
    assert axes.tick_texts([0, 0.2], "percent") == ["0", f"20{N}%"]
    assert all(len(axes.round_ticks(0, end)) <= 5 for end in (0.3, 1, 7, 42, 1e6))


def test_names_fit_their_gutter():
    name = "A very long name of a segment that nobody could ever show in full"
    assert rows.text_width(rows.fitted(name, 100)) <= 100
    assert rows.fitted(name, 100).endswith("…")
    assert rows.gutter(["Short"], 100, 160) == 100
    assert rows.gutter([name], 100, 160) == 160


def test_curves_over_ages_have_target_in_its_colour_and_say_who_was_followed():
    figure = charts.age_curves(frames.ages(), unit=lambda n: "month" if n == 1 else "months")
    target = trace(figure, "Target")
    assert target.line.color == LIGHT.accent
    assert trace(figure, "Rest").line.color == LIGHT.rest
    assert list(target.x) == [0, 1, 2]
    assert "after 1 month: 60" in target.hovertext[1]
    assert "n = 39 followed that long" in target.hovertext[1]
    assert target.customdata[2] == {"segment": "target", "age": 2}
    assert {f"Target 60{N}%", f"Rest 40{N}%"} <= set(notes(figure))


def sized(size, **more):
    frame = pd.DataFrame({"cohort": "2026-01", "age": [0, 1], "value": [1.0, 0.5], "size": size, "numerator": [4, 2],
                          "denominator": 4})  # fmt: skip
    return charts.cohort_heatmap(frame, **more)


def in_cells(figure):
    return [text for t in figure.data if t.text is not None for text in t.text]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_small_cohort_has_a_star_and_hollow_cells(mode):
    """Of 29 the page's own colour lies over all of a cell but its edge; of 30 nothing does."""
    small, enough = sized(29, mode=mode), sized(30, mode=mode)
    assert "29*" in notes(small)
    assert "30" in notes(enough)
    base, inside = (t for t in small.data if t.type == "heatmap")
    assert [list(row) for row in inside.z] == [[0, 0]]
    assert inside.xgap > base.xgap
    assert {colour for _, colour in inside.colorscale} == {palette(mode).background}
    assert sum(t.type == "heatmap" for t in enough.data) == 1
    assert in_cells(small) == ["100", "50"]
    assert {t.textfont.color for t in small.data if t.text is not None} == {palette(mode).text}
    assert "fewer than 30" in trace(small, "cells").hovertext[0]
    assert "fewer than 30" not in trace(enough, "cells").hovertext[0]


def test_of_four_there_is_no_percentage_in_a_cohort_table():
    figure = sized(4)
    assert set(in_cells(figure)) == {"4/4", "2/4"}
    assert list(figure.data[0].z[0]) == [None, None]
    assert "2 of 4" in trace(figure, "cells").hovertext[1]
    money = charts.cohort_heatmap(
        pd.DataFrame({"cohort": "2026-01", "age": [0, 1], "value": [1.0, 1.2], "size": 3}), diverging=True
    )
    assert set(in_cells(money)) == {"·"}


def test_cohorts_together_of_few_are_lighter_and_of_four_are_not_said():
    figure = sized(40, together={0: (1.0, 44), 1: (0.5, 12)})
    assert rows.bold("100") in [note.text for note in figure.layout.annotations]
    assert any(note.text == "50" and note.font.color == LIGHT.muted for note in figure.layout.annotations)
    assert "fewer than 30" in trace(figure, "together").hovertext[1]
    assert list(trace(sized(40, together={0: (1.0, 44), 1: (0.5, 4)}), "together").x) == [0]


def test_the_age_that_a_title_speaks_of_is_marked_and_has_the_values():
    figure = charts.age_curves(frames.ages(), unit=lambda n: "month" if n == 1 else "months", at=1)
    said = notes(figure)
    assert {"Target", "Rest", "1 month", f"60{N}%", f"40{N}%"} <= set(said)
    assert [shape.x0 for shape in figure.layout.shapes if shape.type == "line" and shape.x0 == shape.x1] == [1]
    assert list(trace(figure, "Target").marker.size) == [6, 11, 6]


def test_the_last_age_needs_no_mark():
    figure = charts.age_curves(frames.ages(), unit=lambda _: "months", at=2)
    assert f"Target 60{N}%" in notes(figure)
