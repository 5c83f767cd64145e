"""Goals on the pages: set, seen, changed and removed; the comparison with them; two definitions side by side."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import assert_sound, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

from metrics import Scope, Workspace, measure, open_snapshot

Visit = Callable[..., AppTest]
GOALS = {"view.part": "goals"}


def box(app: AppTest, label: str) -> Any:
    """The select box with this label, on the page itself."""
    return next(one for one in app.selectbox if one.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return load(tmp_path / "own", exports())


def test_a_goal_is_set_and_shows_wherever_the_figure_shows(visit: Visit, own: Path) -> None:
    app = visit("definitions", own, **GOALS)
    assert_sound(app)
    assert any("No goal yet" in text for text in texts(app))
    box(app, "Period").set_value("custom").run()
    app.date_input[0].set_value(("2024-10-01", "2024-12-31")).run()
    app.number_input[0].set_value(5_000_000.0).run()
    press(app, "Set the goal")
    assert_sound(app)
    (goal,) = Workspace(own).goals()
    assert (goal["metric"], goal["starts_on"], goal["value"]) == ("won_revenue", "2024-10-01", 5_000_000.0)
    (table,) = [one.value for one in app.dataframe]
    assert table["Progress"].str.contains("of goal").all()

    overview = visit("overview", own, period="custom", **{"from": "2024-10-01", "to": "2024-12-31", "compare": "goal"})
    assert_sound(overview)
    card = next(one for one in overview.metric if one.label == "Won revenue")
    snapshot = open_snapshot(Workspace(own).current())
    scope = Scope(start=goal_day("2024-10-01"), end=goal_day("2024-12-31"))
    share = measure(snapshot, "won_revenue", scope).rows()[0]["value"] / 5_000_000
    assert card.delta.replace("\u00a0", " ") == f"{(share - 1) * 100:.0f} %", "how far from plan"
    assert next(one for one in overview.metric if one.label == "Win rate").delta == "no goal"
    assert any("compared with the goal" in text for text in texts(overview))

    app = press(visit("definitions", own, **GOALS), "Remove")
    assert_sound(app)
    assert Workspace(own).goals() == []


def goal_day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def test_a_goal_that_no_figure_could_meet_is_refused_in_words(visit: Visit, own: Path) -> None:
    app = visit("definitions", own, **GOALS, **{"view.goal": "win_rate"})
    assert box(app, "Metric").value == "win_rate"
    press(app, "Set the goal")
    assert [one.value for one in app.error] == ["Type a number for the goal."]
    app.number_input[0].set_value(350.0).run()
    press(app, "Set the goal")
    assert "between 0 and 1" in app.error[0].value
    assert Workspace(own).goals() == []
    app.number_input[0].set_value(35.0).run()
    press(app, "Set the goal")
    assert [goal["value"] for goal in Workspace(own).goals()] == [0.35]


def test_a_goal_of_a_file_is_said_to_be_of_it_and_one_of_another_segment_is_not_the_whole(
    visit: Visit, tmp_path: Path
) -> None:
    goals = [{"metric": "win_rate", "starts_on": "2024-01-01", "ends_on": "2024-12-31", "dimension": "target",
              "segment": "target", "value": "0.3"}]  # fmt: skip
    workspace = load(tmp_path / "own", {**exports(), "goals": goals})
    app = visit("definitions", workspace, **GOALS)
    assert_sound(app)
    (table,) = [one.value for one in app.dataframe]
    assert list(table["From"]) == ["file"]
    assert next(one for one in app.button if one.label == "Remove").disabled
    year = {"period": "custom", "from": "2024-01-01", "to": "2024-12-31", "compare": "goal"}
    app = visit("overview", workspace, **year)
    assert next(one for one in app.metric if one.label == "Win rate").delta == "no goal"
    app = visit("overview", workspace, show="target", **year)
    assert_sound(app)
    assert "pt" in next(one for one in app.metric if one.label == "Win rate").delta


def test_two_definitions_are_seen_side_by_side_with_what_differs(visit: Visit, full_workspace: Path) -> None:
    app = visit("definitions", full_workspace, **{"view.part": "compare"})
    assert_sound(app)
    assert [one.label for one in app.metric] == ["Win rate", "Win rate\\: By value"]
    left, right = (one.value for one in app.metric)
    assert left != right
    differs = next(one.value for one in app.dataframe if len(one.value.columns) == 3)
    current = Workspace(full_workspace).current()
    assert current is not None
    snapshot = open_snapshot(current)
    (row,) = measure(snapshot, "win_rate").rows()
    snapshot.close()
    amounts = [f"€ {row[name]:,.0f}" for name in ("won_amount", "decided_amount")]
    assert [cell.replace("\u00a0", " ") for cell in differs.iloc[1].tolist()[1:]] == [
        f"{row['numerator']} won ÷ {row['denominator']} won or lost",
        f"{amounts[0]} of the won ÷ {amounts[1]} of the won or lost",
    ]
    assert any("The SQL is the same" in text for text in texts(app))
    app.selectbox(key="sides.1.win_rate.column").set_value("value").run()
    assert any("Nothing differs" in text for text in texts(app))
    app.selectbox(key="sides.1.metric").set_value("cohort_win_rate").run()
    assert_sound(app)
    assert any(code.language == "diff" for code in app.code)


def test_two_choices_of_an_option_are_seen_side_by_side(visit: Visit, full_workspace: Path) -> None:
    app = visit("definitions", full_workspace, **{"view.part": "compare", "view.metric": "engaged_accounts"})
    assert_sound(app)
    assert app.selectbox(key="sides.0.engaged_accounts.preset").value == "visit_or_response"
    assert app.selectbox(key="sides.1.engaged_accounts.preset").value == "any_touch"
    differs = next(one.value for one in app.dataframe if len(one.value.columns) == 3)
    assert ["preset", "visit_or_response", "any_touch"] in differs.to_numpy().tolist()


def test_who_changed_what_is_a_table(visit: Visit, own: Path) -> None:
    app = visit("definitions", own, **{"view.part": "changes"})
    assert any("Nobody has changed" in text for text in texts(app))
    Workspace(own).change_settings({"margin": 0.8}, by="An editor")
    app = visit("definitions", own, **{"view.part": "changes"})
    assert_sound(app)
    (table,) = [one.value for one in app.dataframe]
    assert list(table["Who"]) == ["An editor"]
    assert list(table["After"]) == ["0.8"]


def test_a_goal_of_the_median_shows_on_its_card(visit: Visit, own: Path) -> None:
    """The menu of the card asks for a goal of the very figure that the card shows."""
    app = visit("overview", own, period="all")
    app.button(key="kpi.median_days.set_goal").click().run()
    app = visit("definitions", own, **GOALS, **{"view.goal": "deal_velocity.median"})
    box(app, "Period").set_value("custom").run()
    app.date_input[0].set_value(("2024-01-01", "2024-12-31")).run()
    app.number_input[0].set_value(1.0).run()
    press(app, "Set the goal")
    assert_sound(app)
    assert [goal["metric"] for goal in Workspace(own).goals()] == ["deal_velocity.median"]
    (table,) = [one.value for one in app.dataframe]
    assert table["Metric"].tolist() == ["Deal velocity, median"]
    overview = visit("overview", own, period="custom", **{"from": "2024-01-01", "to": "2024-12-31"})
    assert_sound(overview)
    assert any("days over goal 1" in text or "above goal 1" in text for text in texts(overview))


def test_a_goal_of_a_file_that_is_set_aside_says_why(visit: Visit, tmp_path: Path) -> None:
    """Line 2 is in effect; the others are not, each with its line and reason; one more row has no number."""
    year = {"metric": "won_revenue", "starts_on": "2024-01-01", "ends_on": "2024-12-31", "dimension": "", "segment": ""}
    goals = [{**year, "value": 30}, {**year, "metric": "win_rate", "value": 30},
             {**year, "dimension": "industry", "segment": "Rial", "value": 5}, {**year, "value": "many"}]  # fmt: skip
    tables = exports()
    workspace = load(
        tmp_path / "aside", {name: tables[name] for name in ("accounts", "opportunities")} | {"goals": goals}
    )
    app = visit("definitions", workspace, **GOALS)
    assert_sound(app)
    assert any(text == "1 goal in effect" for text in texts(app))
    assert any("1 of 3 goals in effect. 3 lines are set aside or rejected" in text for text in texts(app))
    effect, aside = (one.value for one in app.dataframe)
    assert len(effect) == 1
    assert aside["Line"].tolist() == [3, 4, 5]
    said = aside["Why it is not in effect"]
    assert "lies between 0 and 1" in said[0]
    assert "The data know no industry “Rial”. Did you mean “Rail”?" in said[1]


def test_what_was_set_is_said_with_how_far_it_is(visit: Visit, own: Path) -> None:
    app = visit("definitions", own, **GOALS, **{"view.goal": "win_rate"})
    app.number_input[0].set_value(35.0).run()
    press(app, "Set the goal")
    (told,) = [one.value for one in app.success]
    words = told.replace("\\", "").replace("\u00a0", " ")
    assert words.startswith("Goal set: 35 % for Win rate · 1 Oct 2024 – 31 Dec 2024 · The whole. So far 57 %;")
    assert not visit("definitions", own, **GOALS).success  # once
