"""The page Engagement: marks list what they say, the unworked accounts, and settings seen before they are saved."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, texts
from small_exports import load
from streamlit.testing.v1 import AppTest

from metrics import Workspace

Visit = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("chart", "keys"),
    [
        ("engagement_grid", {"recency_band": "7-29", "depth_band": "none"}),
        ("account_penetration", {"segment": "target", "people_band": "one"}),
        ("relationship_strength", {"segment": "rest", "band": "0-19"}),
        ("engagement_mix", {"segment": "target", "touch": "light"}),
        ("engaged_standing", {"standing": "customer"}),
    ],
)
def test_a_mark_opens_the_accounts_behind_it(
    visit: Visit, sample_workspace: Workspace, chart: str, keys: dict[str, str]
) -> None:
    link = {f"mark.{name}": value for name, value in keys.items()}
    app = visit("engagement", sample_workspace.directory, mark=chart, **link)
    assert_sound(app)
    opened = [text for text in texts(app) if text.split(" ")[0].replace(",", "").isdigit() and "accounts" in text]
    assert opened


def test_the_unworked_are_listed(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("engagement", sample_workspace.directory)
    assert any("no sales touch in 90 days" in text for text in texts(app))
    table = next(frame.value for frame in app.dataframe if "Last sales touch" in frame.value)
    assert list(table["Points"]) == sorted(table["Points"], reverse=True)


def test_a_change_is_seen_before_it_is_saved(visit: Visit, sample_workspace: Workspace, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(sample_workspace.directory, own)
    app = visit("engagement", own)
    assert "Save for everybody" not in {button.label for button in app.button}
    app.selectbox(key="engagement.preset.visit_or_response").set_value("any_touch").run()
    app.number_input(key="engagement.window_days.90").set_value(60).run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "Then" in frame.value).set_index("Figure")
    assert effect.loc["Engaged accounts", "Now"] != effect.loc["Engaged accounts", "Then"]
    assert effect.loc["Account funnel: engaged", "Now"] != effect.loc["Account funnel: engaged", "Then"]
    assert effect.loc["Account funnel: in scope", "Now"] == effect.loc["Account funnel: in scope", "Then"]
    assert Workspace(own).settings() == {}
    next(button for button in app.button if button.label == "Save for everybody").click().run()
    assert_sound(app)
    assert Workspace(own).settings() == {
        "preset": "any_touch", "engagement_quality.window_days": 60, "relationship_strength.window_days": 60,
    }  # fmt: skip
    assert "Save for everybody" not in {button.label for button in app.button}


SETTINGS = {
    "preset": "any_touch", "engaged_min": 2, "qualified_points": 80.0, "page_points": 2.0, "click_points": 2.0,
    "reply_points": 3.0, "download_points": 12.0, "webinar_points": 25.0, "meeting_points": 40.0, "window_days": 60,
    "deep_points": 12.0, "required_roles": "Decision Maker",
}  # fmt: skip


def test_every_setting_of_the_page_is_previewed_and_kept(
    visit: Visit, sample_workspace: Workspace, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(sample_workspace.directory, own)
    app = visit("engagement", own)
    controls = {element.key.split(".")[1]: element for element in (*app.selectbox, *app.number_input, *app.text_input)
                if element.key and element.key.startswith("engagement.")}  # fmt: skip
    assert set(SETTINGS) <= set(controls), set(SETTINGS) - set(controls)
    for name, value in SETTINGS.items():
        controls[name].set_value(value)
    app.run()
    assert_sound(app)
    assert any("Then" in frame.value for frame in app.dataframe)
    next(button for button in app.button if button.label == "Save for everybody").click().run()
    assert_sound(app)
    kept = {name.split(".")[-1]: value for name, value in Workspace(own).settings().items()}
    assert kept == SETTINGS


def test_accounts_that_nobody_engaged_are_told_so(visit: Visit, tmp_path: Path) -> None:
    """The tile, the standings and the account funnel of a company with deals and no touch that counts agree."""
    tables: dict[str, list[dict[str, object]]] = {
        "accounts": [{"account_id": name, "name": name.title()} for name in ("alpha", "beta", "gamma")],
        "opportunities": [
            {"opportunity_id": f"d-{name}", "account_id": name, "name": f"Deal {name}", "stage": "Proposal",
             "amount": 10, "currency": "EUR", "opened_on": "2024-06-01"} for name in ("alpha", "beta")
        ],
        "activities": [
            {"activity_id": "t", "account_id": "alpha", "kind": "email_sent", "side": "marketing", "direction": "out",
             "is_done": "true", "occurred_at": "2024-05-01 10:00:00"}
        ],
    }  # fmt: skip
    workspace = load(tmp_path, tables)
    app = visit("engagement", workspace, period="all")
    assert_sound(app)
    said = texts(app)
    assert any("Nobody engaged at any of the 3 accounts in the last 30 days" in text for text in said)
    assert not any("clearly less engaged" in text for text in said)
    app = visit("funnel", workspace, period="all")
    app.button_group(key="funnel.kind").set_value("accounts").run()
    assert_sound(app)
    assert any("Engaged or later: all 2 are counted by a later step, none by itself" in text for text in texts(app))
