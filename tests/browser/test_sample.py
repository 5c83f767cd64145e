"""The sample company, one click away: every page in both themes, sound and without a request to anybody else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_page import Visit

pytestmark = pytest.mark.browser

PAGES = {"Influence": 3, "Funnel": 4, "Velocity": 4, "Cohorts": 4, "Definitions & goals": 0, "Data": 0}
"""The least number of charts of each."""
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 19, 24)"}
PICTURE = os.environ.get("ABM_PICTURE")
"""Where the README's picture is to be kept; `make picture` says it."""
MOST_BYTES = 400_000


def test_every_page_in_both_themes(serve: Callable[[], str], visitor: Callable[..., Visit], tmp_path: Path) -> None:
    address = serve()
    light = visitor(address)
    light.open()
    light.press("Look at a sample company")
    light.comes(light.page.get_by_test_id("stMetric"))
    assert_six_figures(light)
    picture(light, Path(PICTURE or tmp_path / "overview.png"))
    dark = visitor(address, theme="dark")
    dark.open()
    assert_six_figures(dark)
    logos = [assert_themed(light, "light"), assert_themed(dark, "dark")]
    assert logos[0] != logos[1]
    for name, charts in PAGES.items():
        for visit in (light, dark):
            visit.go(name)
            assert visit.page.get_by_test_id("stPlotlyChart").count() >= charts
            visit.assert_sound()
    assert_tables_where_narrow(light)


def assert_tables_where_narrow(visit: Visit) -> None:
    """Charts with columns beside them have no room in a window of 390 pixels: their tables stand there, until it is
    wide again. Nothing scrolls sideways."""
    visit.go("Funnel")
    charts = visit.page.get_by_test_id("stPlotlyChart")
    wide = charts.count()
    visit.page.set_viewport_size({"width": 390, "height": 1000})
    visit.comes(visit.page.get_by_test_id("stDataFrame"))
    visit.drawn()
    assert charts.count() == 1
    assert visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    visit.page.set_viewport_size({"width": 1440, "height": 1000})
    visit.page.wait_for_function("n => document.querySelectorAll('[data-testid=stPlotlyChart]').length == n", arg=wide)


def assert_six_figures(visit: Visit) -> None:
    values = visit.page.get_by_test_id("stMetricValue").all_inner_texts()
    assert len(values) == 6
    assert all(any(character.isdigit() for character in value) for value in values), values
    visit.assert_sound()


def assert_themed(visit: Visit, theme: str) -> str:
    """The page stands on the theme's background; the logo it shows."""
    app = visit.page.get_by_test_id("stApp")
    assert app.evaluate("app => getComputedStyle(app).backgroundColor") == BACKGROUND[theme]
    return visit.page.get_by_test_id("stSidebarLogo").get_attribute("src") or ""


def picture(visit: Visit, path: Path) -> None:
    """The whole page, which scrolls within the window."""
    content = visit.page.get_by_test_id("stMainBlockContainer").bounding_box()
    assert content is not None
    visit.page.set_viewport_size({"width": 1440, "height": round(content["height"])})
    visit.drawn()
    visit.page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < MOST_BYTES
    visit.page.set_viewport_size({"width": 1440, "height": 1000})
