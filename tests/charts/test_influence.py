"""What marketing touched, as it is drawn: parts that fill the bar, dots where a channel reached a deal."""

import chart_frames as frames
import pytest

from dashboard import charts


def test_the_parts_of_a_row_fill_the_bar_from_left_to_right():
    figure = charts.influence_bars(frames.influenced(), currency="EUR")
    before, during, rest = figure.data
    assert list(during.base) == list(before.x)
    assert [b + w for b, w in zip(rest.base, rest.x, strict=True)] == pytest.approx([1, 1])
    assert before.customdata[0] == {"of": "pipeline", "segment": "target", "influence": "touched before"}
    shown = {note.text for note in figure.layout.annotations}
    assert any("50" in text for text in shown)
    assert not any("4 %" in text and "font-weight" in text for text in shown)  # no room for its label


def test_a_dot_for_each_channel_that_reached_a_drawn_deal():
    figure = charts.coverage_grid(frames.uncovered(), frames.covering(), reached={"Web": 0.6, "Mail": 0.3})
    dots = figure.data[-1]
    assert sorted(zip(dots.x, dots.y, strict=True)) == [(0, 0), (0, 2), (1, 0)]
    assert {keys["channel"] for keys in dots.customdata} == {"Web", "Mail"}


def test_deals_that_nothing_reached_still_stand_there():
    figure = charts.coverage_grid(frames.uncovered(), frames.covering().iloc[:0], reached={})
    assert len(figure.data) == 1
    assert any("South" in note.text for note in figure.layout.annotations)


def test_a_missing_value_has_no_bar_and_a_reference_its_tick():
    frame = frames.steadiness()
    figure = charts.measured_bars(frame, key="stage", texts=["a", "b", "c"], end=2.0)
    assert list(figure.data[0].x) == [0.7, 0.0, 1.4]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.9, 0.2]
    at = {note.text: note.x for note in figure.layout.annotations if "font-weight" in note.text}
    assert [x for text, x in at.items() if ">a<" in text] == [0.9]  # behind the tick, which would strike it through
