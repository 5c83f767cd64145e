"""A number and charts for the wall: the same marks and words, larger."""

import chart_frames as frames
import plotly.graph_objects as go
import pytest

from dashboard import charts
from dashboard.charts.large import SIZE


def test_enlarged_is_the_same_chart_with_larger_texts_and_margins() -> None:
    drawn = charts.target_dumbbell(frames.measures(), currency="EUR")
    large = charts.enlarged(drawn, 1.5)
    assert large.layout.height == pytest.approx(drawn.layout.height * 1.5)
    assert large.layout.margin.l == pytest.approx(drawn.layout.margin.l * 1.5)
    assert [note.text for note in large.layout.annotations] == [note.text for note in drawn.layout.annotations]
    for note, before in zip(large.layout.annotations, drawn.layout.annotations, strict=True):
        assert note.font.size == pytest.approx(before.font.size * 1.5)
        assert (note.x, note.y) == (before.x, before.y)
    for trace, before in zip(large.data, drawn.data, strict=True):
        assert list(trace.x) == list(before.x)
    assert large.layout.xaxis.range == drawn.layout.xaxis.range


def test_a_large_number_stands_as_words_beside_its_line() -> None:
    figure = charts.large_number("€ 13.5 M", trend=[1.0, float("nan"), 3.0, 2.0])
    (words,) = figure.layout.annotations
    assert words.text == "<b>€ 13.5 M</b>"
    assert words.font.size == SIZE
    (line,) = figure.data
    assert line.y[0] == 1.0
    assert len(line.y) == 4
    assert not charts.large_number("n/a").data[0].y


def test_a_hostile_value_stays_text() -> None:
    figure: go.Figure = charts.large_number("<a href='x'>1</a>")
    assert "<a" not in figure.layout.annotations[0].text
