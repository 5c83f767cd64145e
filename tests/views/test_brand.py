"""The brand's cards: a title says no more than the interval of the change, and the brands drawn are the largest."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from page_reading import assert_sound, figures, texts
from streamlit.testing.v1 import AppTest

from dashboard.topics.brand import change_title, newest_title, shares_of_brands
from data.voices import OWN
from metrics import Scope, Snapshot, Workspace, measure

Visit = Callable[..., AppTest]


def wave(**changes: Any) -> dict[str, Any]:
    return {"wave": "2026-Q2", "value": 30.4, "n": 50, "change": 10.0, "change_low": 2.0, "change_high": 18.0} | changes


@pytest.mark.parametrize(
    ("row", "before", "said"),
    [
        (wave(), 20.4, "Recommendation (NPS) rises from 20 to 30 in Q2 2026"),
        (wave(change=-10.0, change_low=-18.0, change_high=-2.0), 40.4,
         "Recommendation (NPS) falls from 40 to 30 in Q2 2026"),
        (wave(change_low=-1.0), 20.4, "Recommendation (NPS) is at 30 in Q2 2026, 20 before: no clear change"),
        (wave(change=0.0, change_low=0.0, change_high=0.0), 30.4,
         "Recommendation (NPS) is at 30 in Q2 2026, 30 before: no clear change"),
        (wave(change_low=None, change_high=None), 20.4,
         "Recommendation (NPS) is at 30 in Q2 2026, 20 before: no clear change"),
        (wave(change=None), None, "Recommendation (NPS) is at 30 in Q2 2026"),
        (wave(n=4), 20.4, "Too few answers in Q2 2026 to say if they recommend us (4)"),
    ],
)  # fmt: skip
def test_a_change_is_one_where_its_interval_says_so(row: dict[str, Any], before: float | None, said: str) -> None:
    assert change_title(row, "brand.nps", "nps", before).replace("\N{NO-BREAK SPACE}", " ") == said


def test_the_title_is_that_of_the_newest_wave() -> None:
    frame = pd.DataFrame([wave(wave="2026-Q1", value=0.2, change=None), wave(value=0.3, change=0.1, change_low=0.02)])
    said = newest_title(frame, "brand.mood", "net_sentiment").replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Net sentiment of mentions rises from 20 % to 30 % in Q2 2026"


def test_the_largest_rivals_are_drawn_beside_the_own_brand() -> None:
    """Five brands; E is the smallest competitor of four and is left away; shares are of all mentions of the wave."""
    counts = {"A": 10, "B": 40, "C": 30, "D": 15, "E": 5}
    brands = pd.DataFrame([
        {"wave": q, "brand": b, "is_own": b == "A", "mentions": n, "first_on": day, "measured": n / 100}
        for q, day in (("2026-Q2", "2026-04-02"), ("2026-Q1", "2026-01-05")) for b, n in counts.items()
    ])  # fmt: skip
    frame, own = shares_of_brands(brands)
    assert own == ["A"]
    assert list(frame["wave"].unique()) == ["2026-Q1", "2026-Q2"]
    assert list(frame["brand"].unique()) == ["A", "B", "C", "D"]
    assert list(frame.loc[frame["wave"] == "2026-Q1", "value"]) == [0.1, 0.4, 0.3, 0.15]


@pytest.mark.parametrize(
    ("chart", "keys"),
    [
        ("brand_nps", {"wave": "2026-Q2", "segment": "target"}),
        ("brand_trust", {"wave": "2026-Q2", "measure": "trust"}),
        ("brand_mood", {"wave": "2026-Q2", "segment": "All"}),
        ("brand_voice", {"wave": "2026-Q2", "brand": OWN}),
    ],
)
def test_a_mark_lists_what_is_behind_it(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot, chart: str, keys: dict[str, str]
) -> None:
    link = {f"mark.{name}": value for name, value in keys.items()}
    app = visit("alignment", sample_workspace.directory, period="all", mark=chart, **link)
    assert_sound(app)
    name = keys.get("measure") or {
        "brand_nps": "nps", "brand_mood": "net_sentiment", "brand_voice": "share_of_voice"
    }[chart]  # fmt: skip
    rows = measure(sample, "brand_perception", Scope(by="target" if keys.get("segment") == "target" else None)).rows()
    segment = keys.get("segment", "All")
    counted = "numerator" if chart == "brand_voice" else "n"
    (n,) = [
        row[counted] for row in rows if (row["measure"], row["wave"], row["segment"]) == (name, keys["wave"], segment)
    ]
    assert any(len(frame.value) == n for frame in app.dataframe)
    drawn = [trace["x"] for figure in figures(app) for trace in figure["data"] if trace.get("mode") == "lines+markers"]
    assert drawn
    assert any("share of voice" in text for text in texts(app))


def test_shares_are_compared_in_percent_and_recommendation_in_points(sample: Snapshot) -> None:
    told = {(c.keys["measure"], c.keys["wave"]): c for c in
            measure(sample, "brand_perception", Scope(by="target")).comparison}  # fmt: skip
    trust, nps = told["trust", "2026-Q4"], told["nps", "2026-Q4"]
    assert f"target {100 * trust.values[0]:.3g} % against rest {100 * trust.values[1]:.3g} %" in trust.sentence
    assert " points" in trust.sentence
    assert f"target {nps.values[0]:.3g} against rest {nps.values[1]:.3g}" in nps.sentence
