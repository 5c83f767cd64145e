"""Every planted truth of the sample company is recovered through the product: load the exports, ask the metrics."""

import json
import math
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

from data.generate import HERE
from metrics import Scope, Snapshot, Workspace, measure
from metrics.workspace import Import

PLANTED = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def imports(sample_workspace: Workspace) -> dict[str, Import]:
    """The import of each export."""
    return {one.file: one for one in sample_workspace.imports()}


@pytest.fixture(scope="module")
def ask(sample: Snapshot) -> Callable[[str, Scope], pd.DataFrame]:
    """What a metric answers in a scope, asked once."""
    return cache(lambda metric, scope: measure(sample, metric, scope).frame)


def named(truth: dict[str, Any]) -> str:
    """A readable test id."""
    return "-".join(str(part) for part in (truth["metric"], *truth["row"].values(), truth.get("column", "verdict")))


def test_every_export_is_loaded(imports: dict[str, Import]) -> None:
    assert {one.status for one in imports.values()} == {"loaded"}
    assert sorted(imports) == sorted(PLANTED["files"])


@pytest.mark.parametrize("name", sorted(PLANTED["files"]))
def test_rows_by_fate(name: str, imports: dict[str, Import]) -> None:
    expected = PLANTED["files"][name]
    assert imports[name].rows == {fate: expected[fate] for fate in imports[name].rows}


@pytest.mark.parametrize("name", sorted(name for name, count in PLANTED["files"].items() if count["unreadable"]))
def test_unreadable_cells_are_issues(name: str, imports: dict[str, Import]) -> None:
    found = {issue["column"]: issue["n"] for issue in imports[name].issues if "unread" in issue["kind"]}
    assert found == PLANTED["files"][name]["unreadable"]


def test_as_of_day_and_currency(sample: Snapshot) -> None:
    assert str(sample.as_of) == PLANTED["as_of"]
    assert sample.currency == PLANTED["currency"]


@pytest.mark.parametrize("fact", PLANTED["snapshot"], ids=lambda fact: fact["says"])
def test_fact_of_the_snapshot(fact: dict[str, Any], sample: Snapshot) -> None:
    assert sample.run(fact["sql"]).to_numpy().tolist() == [[fact["expected"]]]


@pytest.mark.parametrize("planted", PLANTED["verdicts"], ids=named)
def test_target_against_rest(planted: dict[str, Any], sample: Snapshot) -> None:
    scope = Scope(by="target")
    for dimension, value in planted["where"].items():
        scope = scope.where(dimension, value)
    found = measure(sample, planted["metric"], scope).comparison
    (one,) = [c for c in found if planted["row"].items() <= c.keys.items()]
    assert one.segments == ("target", "rest")
    assert one.verdict == planted["verdict"], one.sentence


@pytest.mark.parametrize("truth", PLANTED["truths"], ids=named)
def test_truth_is_recovered(truth: dict[str, Any], ask: Callable[[str, Scope], pd.DataFrame]) -> None:
    filters = tuple((dimension, (value,)) for dimension, value in truth["where"].items())
    start, end = (date.fromisoformat(day) for day in truth["period"]) if truth["period"] else (None, None)
    frame = ask(truth["metric"], Scope(filters=filters, start=start, end=end, by=truth["by"]))
    for key, value in truth["row"].items():
        frame = frame[frame[key] == value]
    assert len(frame) == 1
    found = float(frame[truth["column"]].iloc[0])
    assert math.isclose(found, truth["expected"], rel_tol=1e-12, abs_tol=truth["tolerance"]), found
