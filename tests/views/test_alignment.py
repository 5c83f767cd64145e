"""The page Alignment & brand: marks and lists, settings seen before they are saved, and its sentences."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from company import company
from page_reading import assert_sound, figures, texts
from streamlit.testing.v1 import AppTest

from dashboard import visit as visited
from dashboard.cards.page import Page
from dashboard.cards.question import Question
from dashboard.filters import Choice
from dashboard.topics.alignment import _median_words, _sides_of
from dashboard.topics.alignment_parts import sides_title
from dashboard.topics.alignment_survey import agreement_title, apart_words, main_reason, topics_of, waves_of
from metrics import Answer, Comparison, Scope, Snapshot, Workspace, list_rows, measure, open_snapshot

Visit = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("chart", "keys"),
    [
        ("alignment_follow", {"period": "2026-Q3", "segment": "rest"}),
        ("alignment_delay", {"segment": "rest", "delay": "never"}),
        ("alignment_overlap", {"segment": "target", "state": "both"}),
        ("alignment_untouched", {"period": "2026-10", "segment": "rest"}),
    ],
)
def test_a_mark_opens_the_rows_behind_it(
    visit: Visit, sample_workspace: Workspace, chart: str, keys: dict[str, str]
) -> None:
    link = {f"mark.{name}": value for name, value in keys.items()}
    app = visit("alignment", sample_workspace.directory, mark=chart, **link)
    assert_sound(app)
    counts = [text.split(" ")[0].replace(",", "") for text in texts(app) if "account" in text or "open deal" in text]
    shown = len(app.dataframe[0].value)
    assert str(shown) in counts


def test_a_topic_opens_its_answers_of_the_newest_wave(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot
) -> None:
    link = {"mark.topic": "goals"}
    app = visit("alignment", sample_workspace.directory, period="all", mark="alignment_agreement", **link)
    assert_sound(app)
    rows = list_rows(sample, "team_alignment", Scope(), where={"measure": "agreement", "topic": "goals"})
    newest = rows.loc[rows["happened_on"].idxmax(), "reason"]
    n = int((rows["reason"] == newest).sum())
    assert 0 < n < len(rows)
    assert any(f"{n} answers of the newest wave on goals" in text for text in texts(app))
    assert n in [len(frame.value) for frame in app.dataframe]


def test_the_overlap_is_drawn_as_it_is_said(visit: Visit, sample_workspace: Workspace, sample: Snapshot) -> None:
    """The parts of each bar add to 1; what both sides work is the metric's overlap."""
    app = visit("alignment", sample_workspace.directory, period="all")
    bars = next(
        f["data"]
        for f in figures(app)
        if [t.get("name") for t in f["data"]] == ["Marketing only", "Both", "Sales only"]
    )
    assert [sum(trace["x"][row] for trace in bars) for row in (0, 1)] == pytest.approx([1, 1])
    rows = measure(sample, "team_alignment", Scope(by="target")).rows()
    overlap = {row["segment"]: row["value"] for row in rows if row["measure"] == "overlap"}
    assert bars[1]["x"] == pytest.approx([overlap["target"], overlap["rest"]])


def test_both_lists_are_there_to_work(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("alignment", sample_workspace.directory)
    assert any("engaged and sales did not touch" in text for text in texts(app))
    assert any("worked by sales without marketing" in text for text in texts(app))
    tables = [frame.value for frame in app.dataframe if "Touches" in frame.value]
    assert len(tables) == 2
    for table in tables:
        assert list(table["Touches"]) == sorted(table["Touches"], reverse=True)


def test_a_change_is_seen_before_it_is_saved(visit: Visit, sample_workspace: Workspace, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(sample_workspace.directory, own)
    app = visit("alignment", own)
    assert "Save for everybody" not in {button.label for button in app.button}
    app.number_input(key="alignment.follow_up_days.5").set_value(30).run()
    assert_sound(app)
    effect = next(frame.value for frame in app.dataframe if "Then" in frame.value).set_index("Figure")
    assert effect.loc["Followed up", "Now"] != effect.loc["Followed up", "Then"]
    assert effect.loc["Worked by both", "Now"] == effect.loc["Worked by both", "Then"]
    assert Workspace(own).settings() == {}
    next(button for button in app.button if button.label == "Save for everybody").click().run()
    assert_sound(app)
    assert Workspace(own).settings() == {"follow_up_days": 30}


def held(verdict: str, one: float | None, other: float | None) -> Comparison:
    difference = None if one is None or other is None else one - other
    return Comparison({"measure": "overlap"}, "value", ("target", "rest"), (one, other), difference, None, None, None,
                      verdict, "")  # type: ignore[arg-type]  # fmt: skip


@pytest.fixture(scope="module")
def nothing() -> Answer:
    """An answer of a company without anything; its comparisons are put in by each test."""
    snapshot = open_snapshot(company(accounts=[{"account_id": "a1"}], as_of="2024-06-30"))
    return measure(snapshot, "team_alignment")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "Both sides work 50 % of the accounts that either works"),
        ([held("too few to say", 1.0, 0.5)], "Both sides work 50 % of the accounts that either works"),
        ([held("too few to say", 1.0, None)], "Both sides work 50 % of the accounts that either works"),
        (
            [held("no clear difference", 0.52, 0.5)],
            "Worked by both sides: targets 52 %, the rest 50 %, no clear difference",
        ),
        ([held("better", 0.8, 0.5)], "Targets are worked by both sides more: 80 % against 50 %"),
        ([held("worse", 0.3, 0.5)], "Targets are worked by both sides less: 30 % against 50 %"),
    ],
)
def test_the_finding_says_no_more_than_the_interval_allows(nothing: Answer, found: list, said: str) -> None:
    answer = replace(nothing, comparison=tuple(found))
    title = sides_title(answer, "overlap", "alignment.overlap", share="50 %")
    assert title.replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(("target", "rest", "said"), [
    (12, 60, "target 8 %* few, rest 11 %"), (60, 29, "target 8 %, rest 11 %* few"), (30, 30, "target 8 %, rest 11 %"),
])  # fmt: skip
def test_a_side_of_few_is_marked_on_its_card(
    nothing: Answer, monkeypatch: pytest.MonkeyPatch, target: int, rest: int, said: str
) -> None:
    rows = [{"segment": name, "measure": "overlap", "n": n} for name, n in (("target", target), ("rest", rest))]
    told = replace(nothing, frame=pd.DataFrame(rows), comparison=(held("no clear difference", 1 / 12, 0.11),))
    monkeypatch.setattr(visited, "ask", lambda *_: told)
    words = _sides_of(Question("team_alignment", Scope(by="target")), "overlap")()
    assert words.replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(("hours_n", "numerator", "said"), [
    (4, 4, ""), (5, 5, "median of those followed up in time: 21.4 hours (n = 5 with times of day)"), (None, 0, ""),
])  # fmt: skip
def test_a_median_of_fewer_than_five_has_no_figure(
    nothing: Answer, monkeypatch: pytest.MonkeyPatch, hours_n: int | None, numerator: int, said: str
) -> None:
    row = {"measure": "followed_up", "numerator": numerator, "hours_n": hours_n, "median_hours": hours_n and 21.4,
           "median_days": None}  # fmt: skip
    monkeypatch.setattr(visited, "ask", lambda *_: replace(nothing, frame=pd.DataFrame([row])))
    page = Page(Choice(), nothing.as_of, has_targets=False, pipelines=("(none)",))
    assert _median_words(page) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"Unqualified": 6, "Bad timing": 3}, ", most as “Unqualified”"),
        ({"Unqualified": 5, "Bad timing": 5}, ""),
        ({"Unqualified": 4, "Bad timing": 3, "Junk": 3}, ""),
        ({"Unqualified": 4}, ""),
    ],
)
def test_a_reason_is_named_where_it_is_most_of_enough(counts: dict[str, int], said: str) -> None:
    assert main_reason(pd.Series(counts)) == said


def answers(*given: tuple[str, str, str, float, str]) -> pd.DataFrame:
    """(wave, topic, team, share, day) each."""
    rows = pd.DataFrame(given, columns=["wave", "topic", "state", "measured", "happened_on"])
    return rows.assign(happened_on=pd.to_datetime(rows["happened_on"]))


def test_agreement_is_said_wave_by_wave() -> None:
    """The newest wave is the one answered last, whatever its name; under five answers nothing is said."""
    old = [("B", "goals", "sales", 0.5, "2024-01-10")] * 5
    new = [("A", "goals", "sales", 0.75, "2024-05-10")] * 6
    assert agreement_title(waves_of(answers(*new))).startswith("The teams agree at 75")
    both = agreement_title(waves_of(answers(*old, *new))).replace("\N{NO-BREAK SPACE}", " ")
    assert both == "The teams agree at 75 % of the scale (A), 50 % in the wave before"
    assert "wave before" not in agreement_title(waves_of(answers(*old[:4], *new)))
    assert agreement_title(waves_of(answers(*new[:4]))) == "Too few answers to say how far the teams agree (4)"


def test_where_the_teams_are_furthest_apart_is_said_unless_two_are() -> None:
    rows = [("A", topic, team, share, "2024-05-10") for topic, team, share in [
        ("goals", "marketing", 0.75), ("goals", "sales", 0.5),
        ("strategy", "marketing", 0.75), ("strategy", "sales", 0.25),
    ]]  # fmt: skip
    frame = answers(*rows)
    said = apart_words(topics_of(frame, waves_of(frame))).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "furthest apart on strategy: marketing 75 %, sales 25 %"
    tied = answers(
        *rows[:2], ("A", "message", "marketing", 0.5, "2024-05-10"), ("A", "message", "sales", 0.25, "2024-05-10")
    )
    assert apart_words(topics_of(tied, waves_of(tied))) == ""
    one_team = answers(*rows[:1])
    assert apart_words(topics_of(one_team, waves_of(one_team))) == ""
