"""Public exports: every file of the sets, by its mapping or recognised, gives the counted rows."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.exports.conftest import Parse

DATA = Path(__file__).parents[3] / "shared" / "real-data"


def _loads() -> list[Any]:
    found = []
    for expected in sorted(DATA.glob("*/expected*.json")):
        for load in json.loads(expected.read_text(encoding="utf-8"))["load"]:
            name = f"{expected.parent.name}-{expected.stem}-{load['file']}"
            found.append(pytest.param(expected.parent, load, id=name))
    return found


@pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside this checkout")
@pytest.mark.parametrize(("directory", "expected"), _loads())
def test_counts(load: Parse, directory: Path, expected: dict[str, Any]) -> None:
    mapping = tomllib.loads((directory / expected["mapping"]).read_text()) if "mapping" in expected else None
    parsed = load(directory / expected["file"], expected["file"], mapping=mapping)
    rows = parsed.report["rows"]
    assert parsed.report["status"] == "loaded", parsed.report["reason"]
    assert {k: rows[k] for k in expected["rows"]} == expected["rows"]
    assert sum(parsed.verdict[1:]) == rows["read"]
