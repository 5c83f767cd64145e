"""Steps: what a metric works out in Python over its own sections, in the scope that was asked."""

from dataclasses import replace

import pandas as pd
import pytest

from metrics import DefinitionError, Scope, catalog, find_metric
from metrics.measured import measured
from metrics.steps import INTERVALS, STEPS


def with_step(monkeypatch, step, name="win_rate"):
    monkeypatch.setitem(STEPS, "tried", step)
    return replace(find_metric(name), steps=("tried",))


def test_a_step_reads_the_sections_of_its_metric_in_the_scope_asked(firm, monkeypatch):
    """Rail is every second account: eight deals won, and of its other eight those lost."""
    seen = {}

    def step(behind, frame):
        seen["rows"] = behind.section("rows")
        seen["owners"] = behind.select("SELECT DISTINCT owner FROM opportunities WHERE opened_on <= $as_of ORDER BY 1")
        seen["options"] = dict(behind.options)
        return frame.assign(extra=len(seen["rows"]))

    metric = with_step(monkeypatch, step)
    scope = Scope(filters=(("industry", ("Rail",)),))
    found = measured(firm, metric, scope, metric.settle({}))
    assert found.frame["extra"].tolist() == [len(seen["rows"])] == found.frame["n"].tolist()
    assert set(seen["rows"]["opportunity_id"].str.removeprefix("d").str.split("-").str[0].astype(int) % 2) == {0}
    assert seen["owners"]["owner"].tolist() == ["Seat 1"]
    assert seen["options"] == metric.settle({})


def test_a_step_may_put_another_frame_in_place_of_the_answers(firm, monkeypatch):
    def step(behind, _):
        rows = behind.section("rows").groupby(behind.metric.group_columns, dropna=False).size().reset_index(name="n")
        return rows.assign(value=0.5)[[*behind.metric.group_columns, "value", "n"]]

    metric = with_step(monkeypatch, step)
    frame = measured(firm, metric, Scope(by="industry"), metric.settle({})).frame
    assert frame.columns.tolist() == ["segment", "value", "n"]
    assert frame["segment"].tolist() == ["(none)", "Air", "Rail"]


def test_what_a_step_reads_of_a_section_is_its_own(firm, monkeypatch):
    def step(behind, frame):
        mine = behind.section("rows")
        mine.loc[:, "measure"] = -1.0
        assert not (behind.section("rows")["measure"] == -1).any()
        return frame

    metric = with_step(monkeypatch, step, "deal_velocity")
    measured(firm, metric, Scope(), metric.settle({}))


def test_a_step_adds_a_warning_once(firm, monkeypatch):
    def step(behind, frame):
        behind.warn("Few of them.")
        behind.warn("Few of them.")
        return frame

    metric = with_step(monkeypatch, step)
    assert measured(firm, metric, Scope(), metric.settle({})).said == ("Few of them.",)


def test_steps_run_in_the_order_of_the_header_and_after_the_interval(firm, monkeypatch):
    def step(_, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(width=frame["high"] - frame["low"])

    metric = with_step(monkeypatch, step)
    assert (measured(firm, metric, Scope(), metric.settle({})).frame["width"] > 0).all()


def test_an_unknown_step_says_which_there_are(firm):
    metric = replace(find_metric("win_rate"), steps=("guess",))
    with pytest.raises(DefinitionError, match=r"win_rate: there is no step “guess”; there are .*kaplan_meier"):
        measured(firm, metric, Scope(), metric.settle({}))


def test_every_step_of_the_catalogue_is_there():
    for metric in catalog().values():
        assert set(metric.steps) <= set(STEPS)
        assert metric.interval in {*INTERVALS, "none"}
