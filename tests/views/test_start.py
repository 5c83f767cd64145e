"""The start page by need: what each role sees first, and how the choice is kept."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, figures, texts
from small_exports import exports
from streamlit.testing.v1 import AppTest

from dashboard.filters.url import ROLES, fingerprint
from dashboard.text import say
from dashboard.topics.comparison import EVERY, MEASURES
from metrics import Scope, Workspace, measure, open_snapshot

Visit = Callable[..., AppTest]


def large_numbers(app: AppTest) -> list[str]:
    """What the wall's numbers say: the charts of one text in bold."""
    notes = [figure["layout"].get("annotations", []) for figure in figures(app)]
    return [note[0]["text"].removeprefix("<b>").removesuffix("</b>") for note in notes if len(note) == 1]


def test_the_wall_has_the_leaders_six_figures(visit: Visit, full_workspace: Path) -> None:
    leader = visit("overview", full_workspace)
    assert_sound(leader)
    said = [metric.value for metric in leader.metric]
    wall = visit("overview", full_workspace, role="executive")
    assert_sound(wall)
    assert large_numbers(wall) == said
    assert len(said) == 6
    assert not wall.selectbox, "nothing to choose on a wall"
    assert wall.header[0].value == leader.header[0].value
    assert len(figures(wall)) == 6 + len(figures(leader))


def test_every_measure_is_drawn_or_named_as_missing(visit: Visit, full_workspace: Path) -> None:
    """The main five at first; the switch asks all, of which each has a row, or is said to lack its data."""
    app = visit("overview", full_workspace, **{"view.kpis": "all"})
    assert_sound(app)
    app.button(key="target_rest.toggle").click().run()
    table = next(frame.value for frame in app.dataframe if "Measure" in frame.value)
    (missing,) = re.findall(r"for want of data: (.*?)\.", " ".join(texts(app)).replace("\\", "")) or [""]
    named = [name for name in missing.split(", ") if name]
    assert sorted([*table["Measure"], *named]) == sorted(say(f"compared.{name}") for name in EVERY)
    assert len(table) > len(MEASURES)


def test_a_role_is_kept_in_the_url_on_every_page(visit: Visit, full_workspace: Path) -> None:
    app = visit("overview", full_workspace)
    assert "role" not in app.query_params
    app.button_group(key="start.role").set_value("executive").run()
    assert app.query_params["role"] == "executive"
    app.switch_page("views/funnel.py").run()
    assert app.query_params["role"] == "executive"
    app.button(key=next(b.key for b in app.button if b.label == "Reset all choices")).click().run()
    assert app.query_params["role"] == "executive"


def test_a_seller_chooses_whose_accounts_they_are(visit: Visit, full_workspace: Path) -> None:
    """Before it the lists are of all owners; the choice narrows them and stands in the URL without the name."""
    app = visit("overview", full_workspace, role="seller")
    assert_sound(app)
    every = len(exports()["accounts"])
    assert any(f"{every} accounts" in text for text in texts(app))
    owner = app.selectbox(key="start.owner").options[0]
    app.selectbox(key="start.owner").select(owner).run()
    assert_sound(app)
    assert app.query_params["where.owner"] == fingerprint(owner)
    assert any(text.startswith(f"{owner}: ") for text in texts(app))
    current = Workspace(full_workspace).current()
    assert current is not None
    snapshot = open_snapshot(current)
    stalled = measure(snapshot, "stalled_deals", Scope(filters=(("owner", (owner,)),))).frame
    assert 0 < len(stalled) < len(measure(snapshot, "stalled_deals", Scope()).frame)
    assert any(text.startswith(f"{len(stalled)} open deal") for text in texts(app))
    snapshot.close()
    assert "start.owner" not in {box.key for box in app.selectbox}


@pytest.mark.parametrize("role", ROLES)
def test_without_accounts_each_role_has_a_page(visit: Visit, deals_workspace: Path, role: str) -> None:
    assert_sound(visit("overview", deals_workspace, role=role))
