"""Broken at random, seeded: every file gets a verdict, every record of it is accounted for, and none goes silently."""

import time
from pathlib import Path
from typing import Any

import pytest
from pyarrow.parquet import read_table
from soak import times

from metrics.workspace import Workspace
from tests.exports.conftest import Parse, Parsed
from tests.exports.mutants import MAPPING, counted, torn, written

pytestmark = pytest.mark.soak
AT_ONCE = 20
SECONDS = 10


def judged(load: Parse, content: bytes, **request: Any) -> Parsed:
    began = time.process_time()
    parsed = load(content, "deals.csv", **request)
    assert time.process_time() - began < SECONDS
    for report in parsed.reports:
        rows = report["rows"]
        assert report["status"] in ("loaded", "refused")
        assert rows["read"] == sum(rows.values()) - rows["read"]
        assert (report["reason"] is None) == (report["status"] == "loaded")
        assert "cannot be converted" not in (report["reason"] or "")
    return parsed


@pytest.mark.parametrize("first", range(0, times(200, 2_000), AT_ONCE))
def test_every_record_that_was_written_is_accounted_for(load: Parse, first: int) -> None:
    """As many as were written are read, and every good one is loaded: ids and row numbers are known beforehand."""
    for seed in range(first, first + AT_ONCE):
        made = written(seed)
        parsed = judged(load, made.content, mapping=MAPPING)
        report = parsed.report
        assert report["status"] == "loaded", (seed, report["reason"])
        rows = report["rows"]
        assert rows["read"] == made.records, seed
        assert rows["blank"] == made.blank, seed
        assert rows["duplicate"] == sum(made.seen.values()) - len(made.good), seed
        ids = read_table(parsed.out / "0" / "opportunities.parquet", columns=["opportunity_id"])[0].to_pylist()
        assert len(ids) == rows["loaded"], seed
        assert made.good <= set(ids), seed


@pytest.mark.parametrize("first", range(0, times(100, 1_000), AT_ONCE))
def test_no_torn_file_changes_its_count_in_silence(load: Parse, first: int) -> None:
    """Where it is loaded and says nothing, Python's own reader counts as many records."""
    for seed in range(first, first + AT_ONCE):
        content = torn(seed)
        for report in judged(load, content, mapping=MAPPING).reports:
            is_silent = report["status"] == "loaded" and not report["rows"]["rejected"] and not report["warnings"]
            above = 1 + len(report["preamble"])
            assert not is_silent or report["rows"]["read"] + above == counted(content), seed


def test_torn_files_in_the_child_process_with_its_limits(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    for seed in range(times(3, 50)):
        path = tmp_path / "deals.csv"
        path.write_bytes(torn(seed))
        (found,) = workspace.load(path, mapping=MAPPING, dry_run=True)
        assert found.status in ("loaded", "refused")
        assert found.rows["read"] == sum(found.rows.values()) - found.rows["read"]
        assert "bug" not in (found.reason or "")
