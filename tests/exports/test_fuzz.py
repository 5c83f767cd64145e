"""Broken at random, seeded: every file gets a verdict, and every record of it is accounted for."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import random

import pytest

from tests.exports.conftest import Parse

ROWS = 40
TEXT = "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Associated Contact IDs\n" + "".join(
    f'{i},"Deal, ""{i}""\nline",Stage {i % 3},Sales,"{i},{i:03}.5",2025-0{i % 9 + 1}-1{i % 9},2024-12-1{i % 9} 10:0{i % 9},{i};{i + 1}\n'
    for i in range(ROWS)
)
PIECES = [b"\x00", b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\xff", b"\xd0\x9f", b"\xef\xbb\xbf", b"|", b"'",
          "\u202e".encode(), b" ", b"Total,", b"=1+1", b"6.9E+11", b"\x1a", b"x" * 5_000]  # fmt: skip


def mutant(seed: int) -> bytes:
    rng = random.Random(seed)
    data = TEXT.encode(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1251"]))
    for _ in range(rng.randrange(1, 6)):
        at, to = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
        action = rng.randrange(4)
        if action == 0:
            data = data[:at] + rng.choice(PIECES) + data[at:]
        elif action == 1:
            data = data[:at] + data[at + rng.randrange(30) :]
        elif action == 2 and len(data) < 100_000:
            data = data[:to] + data[at:to] + data[to:]
        else:
            data = data[: max(200, to)] if rng.random() < 0.3 else data[:at] + rng.choice(PIECES) * 3 + data[at:]
    return data


@pytest.mark.parametrize("seed", range(50))
def test_every_mutant_gets_a_verdict(load: Parse, seed: int) -> None:
    for i in range(2):
        parsed = load(mutant(1_000 * i + seed), "deals.csv", dates="dmy", decimal=".")
        for report in parsed.reports:
            rows = report["rows"]
            assert report["status"] in ("loaded", "refused")
            assert rows["read"] == sum(rows.values()) - rows["read"]
            assert (report["reason"] is None) == (report["status"] == "loaded")
            assert "cannot be converted" not in (report["reason"] or "")
