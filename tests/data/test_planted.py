"""Every planted truth of the sample company is recovered through the product: load the exports, ask the metrics."""

import json
import math
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

from data.generate import DAY, HERE
from metrics import Scope, Snapshot, Workspace, measure, open_snapshot
from metrics.workspace import Import

PLANTED = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A new workspace."""
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def imports(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Import]:
    """The import of each export, all loaded at once from a zip, as anybody would: no mapping, no option."""
    archive = tmp_path_factory.mktemp("zip") / f"halden-exports-{DAY}.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted((HERE / "exports").iterdir()):
            zipped.write(path, path.name)
    return {one.file: one for one in workspace.load(archive)}


@pytest.fixture(scope="module")
def snapshot(workspace: Workspace, imports: dict[str, Import]) -> Snapshot:
    """The snapshot in use when all is loaded."""
    assert {one.status for one in imports.values()} == {"loaded"}
    path = workspace.current()
    assert path is not None
    return open_snapshot(path)


@pytest.fixture(scope="module")
def ask(snapshot: Snapshot) -> Callable[[str, Scope], pd.DataFrame]:
    """What a metric answers in a scope, asked once."""
    return cache(lambda metric, scope: measure(snapshot, metric, scope).frame)


def named(truth: dict[str, Any]) -> str:
    """A readable test id."""
    return "-".join(str(part) for part in (truth["metric"], *truth["row"].values(), truth.get("column", "verdict")))


@pytest.mark.parametrize("name", sorted(PLANTED["files"]))
def test_rows_by_fate(name: str, imports: dict[str, Import]) -> None:
    expected = PLANTED["files"][name]
    assert imports[name].rows == {fate: expected[fate] for fate in imports[name].rows}


@pytest.mark.parametrize("name", sorted(name for name, count in PLANTED["files"].items() if count["unreadable"]))
def test_unreadable_cells_are_issues(name: str, imports: dict[str, Import]) -> None:
    found = {issue["column"]: issue["n"] for issue in imports[name].issues if "unread" in issue["kind"]}
    assert found == PLANTED["files"][name]["unreadable"]


def test_as_of_day_and_currency(snapshot: Snapshot) -> None:
    assert str(snapshot.as_of) == PLANTED["as_of"]
    assert snapshot.currency == PLANTED["currency"]


@pytest.mark.parametrize("fact", PLANTED["snapshot"], ids=lambda fact: fact["says"])
def test_fact_of_the_snapshot(fact: dict[str, Any], snapshot: Snapshot) -> None:
    assert snapshot.run(fact["sql"]).to_numpy().tolist() == [[fact["expected"]]]


@pytest.mark.parametrize("planted", PLANTED["verdicts"], ids=named)
def test_target_against_rest(planted: dict[str, Any], snapshot: Snapshot) -> None:
    scope = Scope(by="target")
    if planted["metric"] not in ("engaged_accounts", "accounts_with_opportunity"):
        scope = scope.where("pipeline", "New business")
    found = measure(snapshot, planted["metric"], scope).comparison
    (one,) = [c for c in found if planted["row"].items() <= c.keys.items()]
    assert one.segments == ("target", "rest")
    assert one.verdict == planted["verdict"], one.sentence


@pytest.mark.parametrize("truth", PLANTED["truths"], ids=named)
def test_truth_is_recovered(truth: dict[str, Any], ask: Callable[[str, Scope], pd.DataFrame]) -> None:
    filters = tuple((dimension, (value,)) for dimension, value in truth["where"].items())
    frame = ask(truth["metric"], Scope(filters=filters, by=truth["by"]))
    for key, value in truth["row"].items():
        frame = frame[frame[key] == value]
    assert len(frame) == 1
    found = float(frame[truth["column"]].iloc[0])
    assert math.isclose(found, truth["expected"], rel_tol=1e-12, abs_tol=truth["tolerance"]), found
