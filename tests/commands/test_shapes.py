"""The JSON of every command has the names that its description promises. More may be there, none may be missing."""

import json
from typing import Any

import pytest

from metrics.model import TABLES

N, T, LIST = (int, float), str, list
IMPORT = {
    "import_id": (str, type(None)), "file": T, "source": (str, type(None)), "object": (str, type(None)),
    "tables": {}, "status": T, "reason": (str, type(None)), "questions": LIST,
    "rows": dict.fromkeys(("read", "loaded", "rejected", "duplicate", "blank", "footer"), N), "issues": LIST,
    "mapping": {},
}  # fmt: skip
IMPORTS = {"imports": [IMPORT], "as_of": T}
ROW = {"segment": T, "value": N, "n": N, "numerator": N, "denominator": N, "low": N, "high": N}
SHAPES: dict[str, Any] = {
    "imports": IMPORTS,
    "tables": {"tables": [{"name": T, "rows": N, "columns": [{"name": T, "type": T}]}]},
    "list": {
        "metrics": [
            {"name": T, "title": T, "unit": T, "clock": T, "topic": T, "definition": T, "needs": LIST, "options": {}}
        ]
    },
    "show win_rate": {
        "metric": T, "title": T, "unit": T, "as_of": T, "scope": T, "rows": [ROW], "excluded": LIST, "warnings": LIST,
    },
    "explain win_rate": {"formula": T, "sql": T, "used": N, "excluded": LIST, "rows": type(None)},
    "explain win_rate --rows": {"formula": T, "sql": T, "used": N, "excluded": LIST, "rows": [{"opportunity_id": T}]},
    "dimensions": {"dimensions": [{"name": T, "table": T, "values": LIST}]},
    "settings": {"settings": [{"name": T, "value": object, "default": object, "meaning": T}]},
    "targets": {"lists": LIST},
}  # fmt: skip


def differences(told: Any, shape: Any, place: str = "answer") -> list[str]:
    """Where the answer is not of the shape: a name that is missing, a value of another kind."""
    if isinstance(shape, dict):
        if not isinstance(told, dict):
            return [f"{place} is no object"]
        missing = [f"{place}.{name} is missing" for name in shape if name not in told]
        inner = [differences(told[n], kind, f"{place}.{n}") for n, kind in shape.items() if n in told]
        return missing + [text for found in inner for text in found]
    if isinstance(shape, list):
        if not isinstance(told, list) or not told:
            return [f"{place} is no list of something"]
        return [text for i, one in enumerate(told) for text in differences(one, shape[0], f"{place}[{i}]")]
    return [] if (isinstance(told, shape) and not isinstance(told, bool)) or shape is object else [f"{place}: {told!r}"]


@pytest.mark.parametrize("command", SHAPES)
def test_the_answer_has_the_names_promised(run, loaded, command):
    ended = run(*command.split(), "--format", "json", "--workspace", loaded)
    assert ended.code == 0, ended.err
    assert ended.err == ""
    assert differences(json.loads(ended.out), SHAPES[command]) == []


def test_the_names_of_a_load_a_refusal_an_undo_and_rejects(run, files, tmp_path):
    own = ("--format", "json", "--workspace", tmp_path / "own")
    dirty = tmp_path / "dirty.csv"
    dirty.write_text((files / "deals.csv").read_text(encoding="utf-8") + ",,,,,,,Rail\n", encoding="utf-8")
    told = json.loads(run("load", dirty, "--mapping", files / "deals.toml", *own).out)
    assert differences(told, IMPORTS) == []
    (one,) = told["imports"]
    assert one["rows"]["read"] == sum(n for name, n in one["rows"].items() if name != "read")
    assert all({"kind", "column", "n", "rows"} <= set(issue) for issue in one["issues"])
    rejected = json.loads(run("rejects", one["import_id"], *own).out)
    assert differences(rejected, {"import_id": T, "rejects": [{"_row": N, "_reason": T, "Vertical": T}]}) == []
    undone = json.loads(run("undo", one["import_id"], *own).out)
    assert undone["imports"] == []
    assert differences(undone["undone"], IMPORT) == []

    (tmp_path / "unknown.csv").write_text("colour,shape\nred,round\n", encoding="utf-8")
    refused = json.loads(run("load", tmp_path / "unknown.csv", *own).out)
    (one,) = refused["imports"]
    assert differences(one, IMPORT | {"reason": T, "questions": [{"kind": T, "choices": LIST}]}) == []
    assert "column" in one["questions"][0]
    assert refused["as_of"] is None


def test_the_names_of_added_targets_and_of_a_comparison(run, files, tmp_path):
    own = ("--format", "json", "--workspace", tmp_path / "own")
    run("load", files / "deals.csv", "--mapping", files / "deals.toml", *own)
    (tmp_path / "names.txt").write_text("North\nNowhere\n", encoding="utf-8")
    told = json.loads(run("targets", "--add", tmp_path / "names.txt", *own).out)
    shape = {"matched": N, "unmatched": [T], "lists": [{"list": T, "accounts": N, "unmatched": N}]}
    assert differences(told, shape) == []
    shown = json.loads(run("show", "win_rate", "--by", "target", *own).out)
    compared = {"column": T, "segments": [T], "verdict": T, "sentence": T}
    assert differences(shown, {"rows": [{"segment": T, "n": N}], "comparison": [compared]}) == []
    assert {"difference", "lift", "low", "high"} <= set(shown["comparison"][0])
    assert shown["comparison"][0]["verdict"] in ("better", "worse", "no clear difference", "too few to say")


def test_every_canonical_table_is_told(run, loaded):
    told = json.loads(run("tables", "--format", "json", "--workspace", loaded).out)["tables"]
    assert [table["name"] for table in told] == [table.name for table in TABLES]
