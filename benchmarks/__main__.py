"""`python -m benchmarks [--scale N] [--runs N] [--only METRIC …]`: equal answers first, then times as ratios."""

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks.answers import assert_equal_answers, take_answer_times
from benchmarks.asked import both_scopes
from benchmarks.company import HALF_A_MILLION_DEALS, ROOT, Company
from benchmarks.compare import NotEqual
from benchmarks.filter_click import time_click
from benchmarks.frames import load_frames
from benchmarks.loading import LOADS, time_load
from benchmarks.memory import time_large
from benchmarks.questions import QUESTIONS
from benchmarks.tables import click_line, large_line, load_line, metric_line, row, table, upload_line
from benchmarks.upload import time_upload
from metrics import Snapshot, open_snapshot

PARTS = ("load", "memory", "upload", "metrics", "click")
LARGEST_UPLOAD = 190  # megabytes; the app takes 200 through the browser


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The product against SQL and pandas.")
    parser.add_argument("--scale", type=int, default=HALF_A_MILLION_DEALS, help="of the sample company")
    parser.add_argument("--runs", type=int, default=5, help="of each contender, in turn; the median counts")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; again for another one")
    parser.add_argument("--only", metavar="METRIC", choices=sorted(QUESTIONS), nargs="+", help="only these metrics")
    parser.add_argument("--root", type=Path, default=ROOT, help="where the company is made once and kept")
    parser.add_argument("--megabytes", type=int, default=500, help="of the activities of the parts memory and upload")
    given = parser.parse_args()
    parts = given.part or PARTS
    company = Company(given.scale, given.root)
    try:
        if "load" in parts:
            company.write_exports(say)
            _loads(company, min(given.runs, 3))
        if "memory" in parts:
            say(f"loading {given.megabytes} MB of activities")
            print(table("memory", [large_line(time_large(given.megabytes))]))
        if "upload" in parts:
            _upload(min(given.megabytes, LARGEST_UPLOAD))
        if "metrics" in parts:
            _metrics(_opened(company), given.only or list(QUESTIONS), given.runs)
        if "click" in parts:
            for each in sorted({1, given.scale}):
                _click(Company(each, given.root), given.runs)
    except NotEqual as error:
        print(f"Not equal: {error}", file=sys.stderr)
        return 1
    return 0


def say(words: str) -> None:
    """A line about what is being done, apart from the results."""
    print(words, file=sys.stderr, flush=True)


def _opened(company: Company) -> Snapshot:
    current = company.make(say).current()
    assert current is not None
    return open_snapshot(current)


def _loads(company: Company, runs: int) -> None:
    lines = []
    for load in LOADS:
        say(f"loading {load.what}")
        lines.append(load_line(time_load(company, load, runs)))
    print(table("load", lines))


def _upload(megabytes: int) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        say("no chromium on this machine: the part upload is left out")
        return
    say(f"uploading {megabytes} MB of activities")
    print(table("upload", [upload_line(time_upload(megabytes, browser))]))


def _metrics(snapshot: Snapshot, names: list[str], runs: int) -> None:
    frames = load_frames(snapshot)
    for asked in both_scopes(snapshot.as_of):
        print(f"\n{asked.name}\n\n{table('metrics', [])}", flush=True)
        for name in names:
            say(f"comparing {name}, {asked.name}")
            assert_equal_answers(snapshot, frames, name, asked)
            say(f"timing {name}, {asked.name}")
            print(row(metric_line(name, take_answer_times(snapshot, frames, name, asked, runs))), flush=True)


def _click(company: Company, runs: int) -> None:
    snapshot = _opened(company)
    found = time_click(company.workspace, snapshot, runs)
    deals = snapshot.row_counts["opportunities"]
    snapshot.close()
    print(table("click", [click_line(deals, found)]))


if __name__ == "__main__":
    sys.exit(main())
