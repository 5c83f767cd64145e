"""One account's time line and its figures beside its peers': by their traces, hostile text as text."""

from datetime import date

import pandas as pd
import pytest

from dashboard import charts

HOSTILE = "<b>x</b> $y$"
STAYS = pd.DataFrame([
    {"group": "deal", "lane": "One", "begins": date(2024, 1, 1), "ends": date(2024, 3, 1), "label": HOSTILE, "shade": 0,
     "lines": (HOSTILE, "60 days")},
    {"group": "contract", "lane": "One", "begins": date(2024, 3, 1), "ends": date(2024, 9, 1), "label": "Offer",
     "shade": 3, "lines": ("Offer", "184 days")},
])  # fmt: skip
MARKS = pd.DataFrame([
    {"lane": "Meetings", "day": date(2024, 2, 1), "side": "sales", "lines": (HOSTILE, "1 Feb 2024")},
    {"lane": "Visits", "day": date(2024, 2, 2), "side": "marketing", "lines": ("Visit",)},
    {"lane": "elsewhere", "day": date(2024, 2, 3), "side": "sales", "lines": ("Not drawn",)},
])  # fmt: skip
LANES = ["One", "Meetings", "Visits"]
START, END = date(2024, 2, 1), date(2024, 6, 30)
ROW = {"name": HOSTILE, "value": 40.0, "p25": 10.0, "median": 20.0, "p75": 30.0, "n": 38, "own": "40", "peers": "20",
       "range": "10–30", "is_bad": False}  # fmt: skip


def timeline(mode="light"):
    return charts.account_timeline(STAYS, MARKS, LANES, start=START, end=END, quiet=(date(2024, 6, 1), END),
                                   quiet_words="29 days", mode=mode)  # fmt: skip


def test_stays_are_cut_to_the_days_shown_and_marks_stand_on_their_lane():
    bars, *marks = timeline().data
    assert list(bars.base) == ["2024-02-01", "2024-03-01"]
    assert [round(x / 86_400_000) for x in bars.x] == [29, 122]  # February 2024; March to June
    assert list(bars.y) == [0, 0]
    assert {trace.name: list(trace.y) for trace in marks} == {"marketing": [2], "sales": [1]}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_contract_is_hollow_and_no_bar_glares(mode):
    """The first stage is nearer to the background than to the ink; a contract has the background's own colour."""
    colours, bars = charts.palette(mode), timeline(mode).data[0]
    first, contract = bars.marker.color
    assert contract == colours.background
    light = {name: int(value[1:3], 16) for name, value in
             (("first", first), ("background", colours.background), ("ink", colours.ink))}  # fmt: skip
    assert abs(light["first"] - light["background"]) < abs(light["first"] - light["ink"])


def test_the_account_stands_among_its_peers_on_a_scale_of_the_row():
    figure = charts.peer_rows([ROW], side="target")
    line, mark = figure.data
    assert list(line.x) == [0.25, 0.75]
    assert list(mark.x) == [1.0]
    assert mark.marker.color == charts.palette("light").accent
    bad = charts.peer_rows([{**ROW, "is_bad": True}], side="target").data[1]
    assert bad.marker.color == charts.palette("light").bad


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_same_input_gives_the_same_figure_without_markup_of_the_data(mode):
    for draw in (timeline, lambda mode: charts.peer_rows([ROW], side="rest", mode=mode)):
        told = draw(mode).to_json()
        assert told == draw(mode).to_json()
        assert "<b>x</b>" not in told.replace("\\u003c", "<").replace("\\u003e", ">")
        assert "NaN" not in told


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        charts.account_timeline(STAYS, MARKS, [], start=START, end=END)
    with pytest.raises(ValueError, match="nothing"):
        charts.peer_rows([], side="target")
