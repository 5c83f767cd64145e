"""Texts by key: every key of the code exists, plural forms are chosen, values cannot format."""

import re
from pathlib import Path

import pandas as pd
import pytest

import dashboard
from dashboard.text import (
    MissingText,
    dimension_in_sentence,
    dimension_name,
    say,
    say_markdown,
    segment_name,
    sentences,
)
from dashboard.text.columns import heading, readable
from metrics import find_metric

ROOM = Path(dashboard.__file__).parent
LITERAL = re.compile(r"""\b(?:say|say_markdown|has)\(\s*"([a-z0-9_.\-]+)\"""")


def test_every_key_that_the_code_names_has_words():
    named = {key for file in ROOM.rglob("*.py") for key in LITERAL.findall(file.read_text(encoding="utf-8"))}
    assert named
    assert sorted(key for key in named if key not in sentences()) == []


def test_a_column_named_beside_our_own_dimension_says_whose_it_is():
    names = ("accounts.Region", "opportunities.Region", "Vertical", "A.B", "region")
    assert [dimension_name(name) for name in names] == [
        "Region (accounts)", "Region (deals)", "Vertical", "A.B", "Region",
    ]  # fmt: skip
    assert dimension_in_sentence("accounts.Region") == "Region (accounts)"


def test_the_singular_is_used_for_one():
    assert say("charts.more_rows", n=1) == "1 more in the table"
    assert say("charts.more_rows", n=7) == "7 more in the table"


def test_a_key_without_words_is_the_developers_fault():
    with pytest.raises(MissingText):
        say("no.such.key")


def test_values_in_markdown_can_neither_format_nor_link():
    assert r"\*\*x\*\*" in say_markdown("charts.dots.all", value="**x**")


def test_segments_have_names_and_values_stay_values():
    assert [segment_name(name) for name in ("target", "rest", "All", "North")] == ["Target", "Rest", "All", "North"]


def test_headings_name_the_unit():
    rate, size, speed = (find_metric(name) for name in ("win_rate", "average_deal_size", "deal_velocity"))
    assert heading("amount", rate, "EUR") == "Amount, €"
    assert heading("value", rate, value="Win rate") == "Win rate, %"
    assert heading("median", size, "EUR") == "Median, €"
    assert heading("p90", speed) == "P90, days"
    assert heading("low", find_metric("stage_funnel")) == "Low (95 %), %"
    assert heading("some_column") == "some_column"


def test_a_readable_table_has_per_cents_names_and_no_empty_column():
    frame = pd.DataFrame({"segment": ["target"], "period": ["2026-03"], "value": [0.31], "n": [9], "amount": [None]})
    table = readable(frame, find_metric("win_rate"), value="Win rate")
    assert list(table.columns) == ["Segment", "Period", "Win rate, %", "n"]
    assert table.iloc[0].tolist()[0] == "Target"
    assert table["Win rate, %"].tolist() == pytest.approx([31.0])


def test_a_table_names_its_steps_and_leaves_away_the_only_pipeline() -> None:
    bridge = pd.DataFrame({"segment": "All", "step": ["open_at_start", "no_decision"], "value": [3, 1]})
    table = readable(bridge, find_metric("pipeline_bridge"), value="Deals")
    assert table["Step"].tolist() == ["Open at the start", "No decision"]
    stages = pd.DataFrame({"segment": "All", "pipeline": "New", "stage": ["A", "B"], "value": [3, 1]})
    assert "Pipeline" not in readable(stages, find_metric("stage_funnel"))
    assert "Pipeline" in readable(stages.assign(pipeline=["New", "Old"]), find_metric("stage_funnel"))
