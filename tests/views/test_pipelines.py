"""Pages are of all pipelines until one is chosen; then every figure of deals is of it, and no other is unmarked."""

import re
from collections.abc import Callable
from pathlib import Path

from page_reading import assert_sound, figures, texts
from small_exports import exports, load
from streamlit.testing.v1 import AppTest

Visit = Callable[..., AppTest]


def closed_deals(app: AppTest) -> int:
    """What the win rate's foot says of n."""
    foot = next(text for text in texts(app) if re.match(r"n = \d+ deals", text) and "Target" in text)
    return int(re.findall(r"\d+", foot)[0])


def test_the_pipeline_narrows_every_figure_of_deals(visit: Visit, two_pipelines: Path) -> None:
    counts = {}
    for pipeline in ("Sales", "Partners"):
        app = visit("funnel", two_pipelines, period="all", **{"where.pipeline": pipeline, "view.win_rate": "target"})
        assert_sound(app)
        assert any(f"Pipeline: {pipeline}" in text for text in texts(app))
        bridge = next(f for f in figures(app) if any("Open at the end" in str(n["text"])
                                                     for n in f["layout"]["annotations"]))  # fmt: skip
        counts[pipeline] = (closed_deals(app), str(bridge["data"]))
    assert counts["Sales"][0] > counts["Partners"][0] > 0
    assert counts["Sales"][1] != counts["Partners"][1]


def test_velocity_is_of_the_pipeline_too(visit: Visit, two_pipelines: Path) -> None:
    said = {}
    for pipeline in ("Sales", "Partners"):
        app = visit("velocity", two_pipelines, period="all", **{"where.pipeline": pipeline})
        assert_sound(app)
        said[pipeline] = next(text for text in texts(app) if "still open" in text)
    opened = [int(re.findall(r"\d+", words)[0]) for words in said.values()]
    assert sum(opened) == 240


def test_all_pipelines_are_the_default_and_cards_of_stages_say_which_they_show(
    visit: Visit, two_pipelines: Path
) -> None:
    """Sales has three deals in four: its stages are shown, and the bar offers all and each."""
    for page, cards in (("funnel", 1), ("velocity", 3)):
        app = visit(page, two_pipelines, period="all")
        assert_sound(app)
        assert app.selectbox(key="bar.pipeline").value == ""
        heads, title = ([text.value.replace("\\", "") for text in kind] for kind in (app.subheader, app.header))
        said = [head for head in heads if head.startswith("Sales: ")]
        assert len(said) == cards, said
        assert all(len(head) <= 70 for head in said)
        assert title[0].startswith("Sales: ")
        captions = [text for text in texts(app) if "Stages of Sales, the largest pipeline." in text]
        assert len(captions) == cards
        app.selectbox(key="bar.pipeline").select("Partners").run()
        assert_sound(app)
        assert app.query_params["where.pipeline"] == "Partners"
        assert not any("Sales: " in text or "largest pipeline" in text for text in texts(app))


def test_a_chosen_pipeline_narrows_the_overview_too(visit: Visit, two_pipelines: Path) -> None:
    app = visit("overview", two_pipelines, period="all", **{"where.pipeline": "Partners"})
    assert_sound(app)
    assert any("Pipeline: Partners" in text for text in texts(app))
    assert not any("all pipelines" in text for text in texts(app))
    whole = visit("overview", two_pipelines, period="all")
    assert any("all pipelines" in text for text in texts(whole))
    won = {metric.label: metric.value for metric in app.metric}
    assert won["Won revenue"] != {metric.label: metric.value for metric in whole.metric}["Won revenue"]


def test_one_pipeline_alone_is_not_spoken_of(visit: Visit, full_workspace: Path) -> None:
    app = visit("funnel", full_workspace, period="all")
    assert not any("ipeline:" in text or "all pipelines" in text for text in texts(app))


def test_a_figure_that_a_filter_does_not_reach_is_marked(visit: Visit, full_workspace: Path) -> None:
    app = visit("overview", full_workspace, period="all", **{"where.Region code": "N"})
    assert_sound(app)
    marked = [text for text in texts(app) if "not filtered by Region code" in text]
    assert len(marked) >= 2  # the engaged accounts' card, and they again among the measures compared
    assert not any("not filtered" in text for text in texts(visit("overview", full_workspace, period="all")))


def test_before_the_data_there_is_no_finding_but_when_they_begin(visit: Visit, full_workspace: Path) -> None:
    for page in ("overview", "funnel"):
        app = visit(page, full_workspace, period="custom", **{"from": "1999-01-01", "to": "1999-12-31"})
        assert_sound(app)
        said = texts(app)
        assert any("the data begin" in text for text in said)
        assert not any("have not reached" in text or "not here yet" in text for text in said)
        assert any("240 deals" in text for text in said) or page == "overview"
        if page == "overview":
            assert {m.value for m in app.metric if m.label != "Open pipeline"} == {"n/a"}


def test_where_one_side_has_nothing_the_card_says_which(visit: Visit, tmp_path: Path) -> None:
    """Nobody is a target before 20 December 2024: in June the rest alone has deals, and no filter is to blame."""
    tables = exports()
    for row in tables["accounts"]:
        row["target_since"] = "2024-12-20" if row["is_target"] == "true" else ""
    june = {"period": "custom", "from": "2024-06-01", "to": "2024-06-30"}
    said = texts(visit("overview", load(tmp_path, tables), **june))
    assert "**No target account has anything to compare here**" in said
    assert any(re.match(r"On the other side there are \d+ deals", text) for text in said)
