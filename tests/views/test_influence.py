"""Influence and the newer half of Velocity: a click lists as many rows as its mark says; the switch of the models."""

from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, figures, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

Visit = Callable[..., AppTest]


def listed(app: AppTest, ending: str) -> tuple[int, int]:
    """(how many rows the title says, how many the table has)."""
    assert_sound(app)
    said = next(text for text in texts(app) if text.endswith(ending))
    return int(said.split()[0].replace(",", "")), max(len(table.value) for table in app.dataframe)


@pytest.mark.parametrize(
    ("page", "mark", "ending"),
    [
        ("influence", {"mark": "marketing_influence", "mark.of": "won", "mark.segment": "target",
                       "mark.influence": "touched before"}, "won revenue, Target: touched before"),
        ("influence", {"mark": "influence_credit", "mark.channel": "(none)"}, "with credit for no channel named"),
        ("influence", {"mark": "coverage", "mark.channel": "(none)"}, "touched by no channel named"),
        ("velocity", {"mark": "velocity_predictability", "mark.stage": "Proposal"}, "durations: Proposal"),
        ("velocity", {"mark": "sales_velocity", "mark.segment": "target"}, "open deals: Target"),
    ],
)  # fmt: skip
def test_a_click_lists_what_the_mark_counts(
    visit: Visit, full_workspace: Path, page: str, mark: dict[str, str], ending: str
) -> None:
    title, rows = listed(visit(page, full_workspace, period="all", **mark), ending)
    assert title == rows > 0


def test_the_switch_chooses_the_model_of_the_credit(visit: Visit, full_workspace: Path) -> None:
    app = visit("influence", full_workspace, period="all")
    assert any("Linear: the same to every touch" in text for text in texts(app))
    app.button_group(key="credit.model").set_value("position").run()
    assert_sound(app)
    assert any("Position: 40 % first" in text for text in texts(app))
    assert "position" in app.query_params["view.credit"]


def test_coverage_as_a_table_has_every_open_deal(visit: Visit, full_workspace: Path) -> None:
    app = visit("influence", full_workspace, period="all")
    drawn = len(figures(app))
    app.button(key="coverage.toggle").click().run()
    assert_sound(app)
    assert len(figures(app)) == drawn - 1


def test_one_side_alone_is_drawn_without_the_other(visit: Visit, full_workspace: Path) -> None:
    for page in ("influence", "velocity"):
        app = visit(page, full_workspace, show="target", period="all")
        assert_sound(app)
        assert len(figures(app)) >= 3


def test_ready_journeys_are_listed_by_their_ids_touches_and_values(visit: Visit, tmp_path: Path) -> None:
    touches = [("j1", 1, "Web", "false", ""), ("j1", 2, "Mail", "true", 10), ("k2", 1, "Web", "true", 4)]
    columns = ("journey_id", "position", "channel", "is_conversion", "value")
    workspace = load(tmp_path, {"journeys": [dict(zip(columns, touch, strict=True)) for touch in touches]})
    app = visit("influence", workspace, period="all", mark="influence_credit", **{"mark.channel": "Web"})
    assert listed(app, "conversions with credit for Web") == (2, 2)
    table = next(t.value for t in app.dataframe if "Journey" in t.value)
    assert table[["Journey", "Touches", "Credit"]].to_numpy().tolist() == [["j1", 2, 5], ["k2", 1, 4]]


def test_a_switch_is_seen_beside_the_present_figures_and_can_be_discarded(visit: Visit, full_workspace: Path) -> None:
    app = visit("influence", full_workspace, period="all")
    assert "Save for everybody" not in {button.label for button in app.button}
    app.selectbox(key="influence.anchor.opened").set_value("closed").run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "Then" in frame.value).set_index("Figure")
    assert effect.loc["Pipeline: touched before the opening", "Then"] == "n/a"
    assert effect.loc["Pipeline: touched", "Now"] != effect.loc["Pipeline: touched", "Then"]
    next(button for button in app.button if button.label == "Discard").click().run()
    assert_sound(app)
    assert not any("Then" in frame.value for frame in app.dataframe)
    assert app.selectbox(key="influence.anchor.opened.1").value == "opened"


def test_deals_without_a_touch_are_of_a_window_and_earlier_touches_stand_beside_them(
    visit: Visit, tmp_path: Path
) -> None:
    """One account was touched a year before its deal opened, the other never: neither within 90 days."""
    tables: dict[str, list[dict[str, object]]] = {
        "accounts": [{"account_id": "a", "name": "Alpha"}, {"account_id": "b", "name": "Beta"}],
        "opportunities": [
            {"opportunity_id": f"d{of}", "account_id": of, "name": f"Deal {of}", "stage": "Proposal", "amount": 10,
             "currency": "EUR", "opened_on": "2024-06-01"} for of in "ab"
        ],
        "activities": [
            {"activity_id": "t", "account_id": "a", "kind": "web_visit", "side": "marketing", "direction": "in",
             "is_done": "true", "occurred_at": "2023-05-01 10:00:00"}
        ],
    }  # fmt: skip
    app = visit("influence", load(tmp_path, tables), period="all")
    assert_sound(app)
    said = texts(app)
    assert any("No marketing touch since 90 days before opening: 2 of 2 open deals" in text for text in said)
    assert any("1 had earlier touches" in text for text in said)
    table = next(frame.value for frame in app.dataframe if "Earlier touch" in frame.value)
    assert table["Earlier touch"].notna().tolist() == [True, False]


def test_marketing_velocity_is_told_by_channel(visit: Visit, full_workspace: Path) -> None:
    app = visit("velocity", full_workspace, period="all")
    app.button_group(key="starts.by").set_value("channel").run()
    assert_sound(app)
    assert "channel" in app.query_params["view.starts"]
    said = texts(app)
    assert any("by that touch’s channel" in text for text in said)
    labels = [note["text"] for figure in figures(app) for note in figure["layout"]["annotations"]]
    assert any("no channel named" in label for label in labels)


def test_a_bulk_load_is_told_once_below_the_first_chart_that_it_changes(visit: Visit, tmp_path: Path) -> None:
    """Thirty deals opened on one day: what touched them before cannot be told, and the page says so once."""
    rows = exports()
    rows["opportunities"] = [deal | {"opened_on": "2024-03-01"} for deal in rows["opportunities"][:30]]
    rows.pop("stage_visits")
    app = visit("influence", load(tmp_path, rows), period="all")
    assert_sound(app)
    below = [text for text in texts(app) if ":material/info:" in text and "created by an import" in text]
    assert len(below) == len(set(below)) >= 1
