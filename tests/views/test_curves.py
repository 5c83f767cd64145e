"""A point of a curve lists those who were followed that long: as many as its mark says."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest

Visit = Callable[..., AppTest]
CURVES = {
    "survival": "velocity",
    "engagement_acceleration": "velocity",
    "cohort_conversion.curves": "cohorts",
    "cohort_conversion.sides": "cohorts",
    "cohort_logo_retention.sides": "cohorts",
    "cohort_revenue_retention.sides": "cohorts",
}


@pytest.mark.parametrize("chart", CURVES)
def test_a_point_lists_as_many_as_it_says(visit: Visit, full_workspace: Path, chart: str) -> None:
    page = CURVES[chart]
    points = _points(visit(page, full_workspace, period="all"), chart)
    assert len(points) > 2
    for keys, n in (points[1], points[len(points) // 2], points[-1]):
        mark = {"mark": chart, **{f"mark.{name}": str(value) for name, value in keys.items()}}
        app = visit(page, full_workspace, period="all", **mark)
        assert_sound(app)
        said = next(text for text in texts(app) if " followed for " in text)
        assert int(said.split()[0].replace(",", "")) == n
        listed = [len(table.value) for table in app.dataframe]
        assert n in listed
        ringed = [
            line["marker"]["symbol"] for line in _figure(app, chart)["data"] if "symbol" in line.get("marker", {})
        ]
        assert ringed == ["circle-open"]


def _points(app: AppTest, chart: str) -> list[tuple[dict[str, Any], int]]:
    """The keys of each point that tells how many are behind it, and how many."""
    found = []
    for line in _figure(app, chart)["data"]:
        for keys, said in zip(line.get("customdata") or [], line.get("hovertext") or [], strict=True):
            n = re.search(r"n = ([\d,]+)", said)
            if n:
                found.append((keys, int(n[1].replace(",", ""))))
    return found


def _figure(app: AppTest, chart: str) -> dict[str, Any]:
    element = next(one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-chart.{chart}"))
    return json.loads(element.proto.spec)


def test_the_parts_of_a_point_say_what_became_of_them(visit: Visit, full_workspace: Path) -> None:
    mark = {"mark": "survival", "mark.segment": "target", "mark.t": "0"}
    app = visit("velocity", full_workspace, period="all", **mark)
    parts = next(group for group in app.get("button_group") if group.key == "survival.part")
    counts = [int(option.content.split()[-1].replace(",", "")) for option in parts.proto.options]
    assert len(counts) > 2
    assert counts[0] == sum(counts[1:])
