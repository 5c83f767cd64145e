"""Every page × {no data, data, a scope that matches nothing}: no error, no blank chart, no "nan" or "None"."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, figures, texts
from streamlit.testing.v1 import AppTest

PAGES = (
    "overview",
    "accounts",
    "market",
    "engagement",
    "influence",
    "funnel",
    "velocity",
    "cohorts",
    "customers",
    "alignment",
    "definitions",
    "data",
)
FIGURES = ("overview", "engagement", "influence", "funnel", "velocity", "cohorts", "customers", "alignment")
Visit = Callable[..., AppTest]


@pytest.mark.parametrize("page", PAGES)
def test_without_data_every_page_leads_to_the_upload(visit: Visit, page: str) -> None:
    app = visit(page)
    assert_sound(app)
    if page in FIGURES:
        assert {"Upload exports", "Look at a sample company"} <= {button.label for button in app.button}
        assert not figures(app)


@pytest.mark.parametrize("page", PAGES)
def test_with_data_every_page_shows_its_figures(visit: Visit, page: str, full_workspace: Path) -> None:
    app = visit(page, full_workspace)
    assert_sound(app)
    assert len(figures(app)) >= {
        "overview": 2,
        "engagement": 5,
        "influence": 3,
        "funnel": 5,
        "velocity": 8,
        "cohorts": 5,
        "customers": 4,
        "alignment": 1,
    }.get(page, 0)
    if page in FIGURES:
        assert any("ssociation, not cause" in text for text in texts(app))


@pytest.mark.parametrize("page", FIGURES)
def test_a_scope_that_matches_nothing_says_which_filter_empties_it(
    visit: Visit, page: str, full_workspace: Path
) -> None:
    app = visit(page, full_workspace, period="custom", **{"from": "1999-01-01", "to": "1999-12-31"})
    assert_sound(app)
    told = "Nothing to count here yet" if page == "customers" else "Nothing matches these filters"
    assert any(told in text for text in texts(app))
    assert "Show all time" in {button.label for button in app.button}


@pytest.mark.parametrize("page", PAGES)
def test_deals_alone_say_which_export_is_missing(visit: Visit, page: str, deals_workspace: Path) -> None:
    app = visit(page, deals_workspace, period="all")
    assert_sound(app)
    said = " ".join(texts(app))
    if page in FIGURES:
        assert "No target accounts yet" in said or page in (
            "engagement",
            "influence",
            "funnel",
            "velocity",
            "alignment",
        )
    if page == "velocity":
        assert "No stage history yet" in said
    if page == "alignment":
        assert "No marketing touches yet" in said
        assert "No survey of the teams yet" in said
    if page in ("cohorts", "engagement", "influence"):
        assert "No activities yet" in said


def test_a_click_lists_exactly_as_many_rows_as_the_mark_says(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, mark="stage_funnel", **{"mark.stage": "Proposal"})
    assert_sound(app)
    annotations = [note["text"] for note in figures(app)[0]["layout"]["annotations"]]
    said = next(text for text in texts(app) if text.endswith("deals reached Proposal"))
    count = said.split()[0]
    assert any(re.sub("<[^>]*>", "", note) == count for note in annotations)
    assert len(app.dataframe[0].value) == int(count.replace(",", ""))


def test_the_choice_comes_back_from_the_url(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, show="target", period="all", **{"where.industry": "Rail"})
    assert app.session_state["bar.show"] == "target"
    assert app.session_state["bar.period"] == "all"
    assert "Industry: Rail" in " ".join(texts(app))
    assert "Rail" in app.query_params["where.industry"]


def test_unknown_parts_of_a_link_are_ignored_with_a_note(visit: Visit, full_workspace: Path) -> None:
    app = visit("overview", full_workspace, show="everybody", **{"where.industry": "'; DROP TABLE"})
    assert_sound(app)
    note = next(text for text in texts(app) if "left out" in text)
    assert "show" in note
    assert "where.industry" in note


def test_removing_a_filter_widens_the_page(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, period="all", **{"where.industry": "Rail"})
    app.button(key="bar.remove.industry").click().run()
    assert "where.industry" not in app.query_params
    assert_sound(app)


def test_a_chart_can_be_shown_as_a_table(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, period="all")
    before = len(figures(app))
    app.button(key="stage_funnel.toggle").click().run()
    assert len(figures(app)) == before - 1
    assert_sound(app)


def test_how_a_figure_is_counted_shows_definition_formula_sql_and_rows(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, period="all")
    app.button(key="win_rate.counted").click().run()
    assert_sound(app)
    assert any("won ÷" in code.value or "SELECT" in code.value for code in app.code)
    assert any("rows used" in text for text in texts(app))


@pytest.mark.parametrize("tab", ["import", "targets", "history", "quality"])
def test_every_tab_of_the_data_page(visit: Visit, full_workspace: Path, tab: str) -> None:
    app = visit("data", full_workspace, tab=tab)
    assert_sound(app)
    assert app.session_state["data.tab"] == tab
