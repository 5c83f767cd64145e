"""The pages as a visitor sees them, over workspaces that were loaded as a user would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture(scope="session")
def full_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load(tmp_path_factory.mktemp("full"), exports())


@pytest.fixture(scope="session")
def two_pipelines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company with every fourth deal in a second pipeline, which has the same stages."""
    tables = exports()
    for rows in (tables["opportunities"], tables["stage_visits"]):
        for row in rows:
            if int(row["opportunity_id"][1:]) % 4 == 0:
                row["pipeline"] = "Partners"
    return load(tmp_path_factory.mktemp("two"), tables)


@pytest.fixture(scope="session")
def deals_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deals alone: no accounts file, no history, no targets."""
    return load(tmp_path_factory.mktemp("deals"), {"opportunities": exports()["opportunities"]})


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., AppTest]:
    """`visit("funnel", workspace, mark="stage_funnel")`: the page as a visitor of that workspace sees it by a link."""

    def open_page(page: str = "overview", workspace: Path | None = None, **params: Any) -> AppTest:
        monkeypatch.setenv("ABM_WORKSPACE", str(workspace or tmp_path / "empty"))
        app = AppTest.from_file(str(APP), default_timeout=120)
        if page != "overview":
            app.switch_page(f"views/{page}.py")
        for key, value in params.items():
            app.query_params[key] = value
        return app.run()

    return open_page
