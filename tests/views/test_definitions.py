"""The Definitions page: a formula with its figures, and a setting whose effect is seen before it is saved."""

import re
from collections.abc import Callable
from pathlib import Path

from page_reading import assert_sound, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

from metrics import Workspace


def test_the_formula_has_the_figures_of_everything_loaded(visit: Callable[..., AppTest], full_workspace: Path) -> None:
    app = visit("definitions", full_workspace)
    assert_sound(app)
    formula = app.code[0].value
    assert re.search(r"\d+ won ÷ \d+ won or lost = \d+(\.\d)?\u00a0%$", formula)
    assert "{" not in formula


def test_without_data_the_formula_names_its_columns(visit: Callable[..., AppTest]) -> None:
    app = visit("definitions")
    assert_sound(app)
    assert app.code[0].value == "[Counted] won ÷ [Out of] won or lost"


def test_a_setting_is_tried_and_then_saved(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    workspace = load(tmp_path / "own", exports())
    app = visit("definitions", workspace, **{"view.metric": "engaged_accounts"})
    box = next(one for one in app.number_input if one.label == "engaged_min")
    assert not any(button.label == "Save" for button in app.button)
    box.set_value(3).run()
    assert_sound(app)
    assert any("now" in text and "with this" in text for text in texts(app))
    assert Workspace(workspace).settings() == {}
    next(button for button in app.button if button.label == "Save").click().run()
    assert_sound(app)
    assert Workspace(workspace).settings() == {"engaged_min": 3}
    assert next(one for one in app.number_input if one.label == "engaged_min").value == 3
