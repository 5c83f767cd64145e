"""The switch for scoring texts, on the Data page's Quality tab."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from metrics import Workspace

CALLS = """Record ID,Activity date,Call Title,Call outcome,Call notes
1,2026-02-01 10:00,Intro,Connected,They love the demo and are very happy with it.
2,2026-02-02 10:00,Intro,Connected,Der Kunde ist leider mit der Lieferung sehr unzufrieden.
"""
_NOT_SCORED = "text in a language that is not scored"


def _said(app: AppTest) -> str:
    return "\n".join(str(one.value) for kind in ("header", "subheader", "markdown", "caption") for one in app.get(kind))


def test_the_visitor_switches_scoring_on_and_off(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    (tmp_path / "calls.csv").write_text(CALLS, encoding="utf-8")
    workspace.load(tmp_path / "calls.csv")
    app = visit("data", tmp_path / "workspace", tab="quality")
    assert "Texts are not scored for sentiment" in _said(app)
    app.button(key="texts.switch").click().run()
    assert not app.exception
    assert "English texts are scored for sentiment" in _said(app)
    (loaded,) = workspace.imports()
    assert (loaded.score_text, [issue["kind"] for issue in loaded.issues]) == (True, [_NOT_SCORED])
    assert _NOT_SCORED in app.dataframe[0].value.to_string()
    app.button(key="texts.switch").click().run()
    (loaded,) = workspace.imports()
    assert (loaded.score_text, loaded.issues) == (False, [])
    assert workspace.settings() == {}


def test_where_it_cannot_be_switched_the_page_says_why(visit: Callable[..., AppTest], tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    (tmp_path / "calls.csv").write_text(CALLS, encoding="utf-8")
    (loaded,) = workspace.load(tmp_path / "calls.csv")
    (workspace.directory / "exports" / loaded.sha256).unlink()
    app = visit("data", tmp_path / "workspace", tab="quality")
    app.button(key="texts.switch").click().run()
    assert not app.exception
    assert "would have to be read again" in app.error[0].value
    assert "Texts are not scored for sentiment" in _said(app)
