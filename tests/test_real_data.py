"""Public data sets against figures that others worked out from them, loaded and asked through the command line.

Each `expected*.json` names its files, mapping files and arguments, and the rows that `show` must answer. What counts
as equal is written in its `note`: rows are compared on the keys given, columns that are not given are not tested, a
null is null and never 0, and a listed row of nothing but nulls and zeros may be absent where the answer has keys.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from places import REAL_DATA

from metrics import catalog
from metrics.columns import unit_of
from metrics.commands import main

TOLERANCE = 1e-6
if not REAL_DATA.is_dir():
    pytest.skip(f"no public data sets at {REAL_DATA}: their figures are not checked", allow_module_level=True)
EXPECTED = sorted(REAL_DATA.glob("*/expected*.json"))
Row = Mapping[str, Any]


def ask(capsys: pytest.CaptureFixture[str], workspace: Path, *arguments: str) -> dict[str, Any]:
    """What the command line answers in JSON; it must end well and say nothing on standard error."""
    capsys.readouterr()
    code = main([*arguments, "--format", "json", "--workspace", str(workspace)])
    said = capsys.readouterr()
    assert code == 0, said.err
    return json.loads(said.out)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_figures_of_a_public_data_set(expected, tmp_path, capsys, subtests):
    told = json.loads(expected.read_text(encoding="utf-8"))
    as_of = _load(told["load"], expected.parent, tmp_path, capsys)
    if "as_of" in told:
        assert as_of == told["as_of"]
    for position, shown in enumerate(told["show"]):
        with subtests.test(f"{position}: {shown['metric']} {' '.join(shown['args'])}"):
            if position == 0:
                answer = _as_a_program(tmp_path, "show", shown["metric"], *shown["args"])
            else:
                answer = ask(capsys, tmp_path, "show", shown["metric"], *shown["args"])
            assert list(differences(answer, shown)) == []


def test_the_public_data_sets_have_figures_to_expect():
    assert EXPECTED


def _load(entries: Sequence[Row], place: Path, workspace: Path, capsys: pytest.CaptureFixture[str]) -> str | None:
    """Loads the files in their order; the as-of day after the last."""
    answer: dict[str, Any] = {}
    for entry in entries:
        mapping = ["--mapping", str(place / entry["mapping"])] if entry.get("mapping") else []
        answer = ask(capsys, workspace, "load", str(place / entry["file"]), *mapping, *entry.get("args", ()))
        (imported,) = answer["imports"]
        assert {count: imported["rows"][count] for count in entry["rows"]} == entry["rows"], entry["file"]
        rows = imported["rows"]
        assert rows["read"] == sum(n for count, n in rows.items() if count != "read"), entry["file"]
    return answer["as_of"]


def _as_a_program(workspace: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "metrics", *arguments, "--format", "json", "--workspace", str(workspace)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def differences(answer: Row, shown: Row) -> list[str]:
    """Every point in which the answer is not what was expected, in words."""
    metric = catalog()[answer["metric"]]
    names = {"segment", "period", "account_id", "account", *metric.keys, *([metric.list_of] if metric.list_of else [])}
    rows, found, matched = answer["rows"], [], set()
    for wanted in shown["rows"]:
        keys = {name: value for name, value in wanted.items() if name in names}
        mine = [i for i, row in enumerate(rows) if _is_at(row, keys)]
        matched.update(mine)
        columns = {name: value for name, value in wanted.items() if name not in keys}
        has_keys = bool(keys.keys() - {"segment"}) or keys.get("segment") != "All"
        if not mine and has_keys and not any(columns.values()):
            continue
        if len(mine) != 1:
            found.append(f"{keys}: {len(mine)} rows instead of 1")
            continue
        found += [
            f"{keys} {name}: expected {value}, got {rows[mine[0]].get(name, 'no such column')}"
            for name, value in columns.items()
            if not _equal(rows[mine[0]].get(name, "no such column"), value, unit_of(name, metric) == "money")
        ]
    if shown.get("complete"):
        found += [f"not expected: {row}" for i, row in enumerate(rows) if i not in matched and row["value"] is not None]
    found += [f"must be absent: {cell}" for cell in shown.get("absent", ()) if any(_is_at(row, cell) for row in rows)]
    found += [f"not left out: {left}" for left in shown.get("excluded", ()) if left not in answer["excluded"]]
    return found


def _is_at(row: Row, keys: Row) -> bool:
    return all(row.get(name) == value for name, value in keys.items())


def _equal(got: object, wanted: object, money: bool) -> bool:
    if not isinstance(wanted, (int, float)) or isinstance(wanted, bool):
        return got == wanted
    if not isinstance(got, (int, float)):
        return False
    return abs(got - wanted) <= max(TOLERANCE, TOLERANCE * abs(wanted) if money else 0)
