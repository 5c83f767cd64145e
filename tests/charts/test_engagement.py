"""Engagement as it is drawn: parts that fill the bar, bands that say how many, and no number without room."""

import chart_frames as frames
import pytest

from dashboard import charts

PARTS = {"one": "One", "many": "Many"}


def test_the_parts_of_a_segment_fill_its_bar():
    figure = charts.part_bars(frames.banded(), part="band", parts=PARTS, selected=("rest", "one"))
    one, many = figure.data
    assert list(many.base) == list(one.x)
    assert [b + w for b, w in zip(many.base, many.x, strict=True)] == pytest.approx([1, 1])
    assert one.customdata[1] == {"segment": "rest", "band": "one"}
    assert list(one.marker.line.width) == [1, 3]  # the chosen mark
    shown = " ".join(note.text for note in figure.layout.annotations)
    assert "97" in shown
    assert ">3\u00a0%<" not in shown  # no room for its number


def test_each_pair_of_bands_says_how_many_and_an_empty_one_is_blank():
    figure = charts.band_grid(
        frames.deep_and_recent(), across=("depth", {"flat": "Flat", "deep": "Deep"}),
        down=("age", {"new": "New", "old": "Old"}), titles=("Depth", "Age"), selected=("deep", "old"),
    )  # fmt: skip
    assert len(figure.layout.shapes) == 3
    (cells,) = figure.data
    keys = {(keys["age"], keys["depth"]): (x, y) for keys, x, y in zip(cells.customdata, cells.x, cells.y, strict=True)}
    assert keys == {("new", "deep"): (1, 0), ("new", "flat"): (0, 0), ("old", "deep"): (1, 1)}
    assert [shape.line.width for shape in figure.layout.shapes].count(2) == 1


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_more_is_further_from_the_background(mode):
    """Five parts have five different greys, each with an ink that reads on it."""
    parts = {str(n): str(n) for n in range(5)}
    frame = frames.banded().assign(band=["0", "1", "2", "3"])
    figure = charts.part_bars(frame, part="band", parts=parts, mode=mode)
    fills = [bar.marker.color for bar in figure.data]
    assert len(set(fills)) == 5
    light = [sum(int(fill[i : i + 2], 16) for i in (1, 3, 5)) for fill in fills]
    assert light == sorted(light, reverse=mode == "light")
