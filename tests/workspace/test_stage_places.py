"""The order of stages: known once, kept; changed by what tells another one, never by how a file is sorted."""

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import write_batch

from metrics.exports.worker import parse
from metrics.workspace import placing
from metrics.workspace.build import build_in
from metrics.workspace.build.stage_places import order_of, put_together
from metrics.workspace.imports import Import


def order(stages: str, told: str = "") -> Any:
    """The stages, one letter each; those in `told` are no guess."""
    return order_of({stage: stage in told for stage in stages})


@pytest.mark.parametrize(
    ("orders", "together"),
    [
        ([order("AB"), order("BA")], "AB"),  # a guess changes nothing
        ([order("AB"), order("BA", "AB")], "BA"),  # what tells an order does
        ([order("BA", "AB"), order("AB")], "BA"),
        ([order("ABCD", "ABCD"), order("DB", "BD")], "ADCB"),  # of the stages that it names
        ([order("ABC", "ABC"), order("AXC")], "AXBC"),  # new ones behind the one before
        ([order("ABC", "ABC"), order("XA")], "XABC"),  # the first before the next known one
        ([order("AB", "AB"), order("X")], "ABX"),
        ([order("AB", "AB"), order("BAX", "B")], "AXB"),  # one told place among guesses moves nothing
        ([], ""),
    ],
)
def test_orders_put_together(orders: list[Any], together: str) -> None:
    assert "".join(put_together(orders)) == together


def test_told_orders_that_agree_are_kept_in_any_company_of_guesses() -> None:
    """Whatever stages of a true order files name, and however guesses are sorted: told ones never stand the wrong way
    round, and every stage is there once."""
    true = "ABCDEF"
    for seed in range(60):
        luck = random.Random(seed)
        first = order(true, true)
        parts = ["".join(luck.sample(true + "XY", luck.randint(1, 8))) for _ in range(3)]
        told = "".join(sorted(luck.sample(true, 3)))
        found = put_together([first, *(order(part) for part in parts), order(told, told)])
        assert [s for s in found if s in true] == list(true)
        assert sorted(found) == sorted(set(true).union(*parts))


DEALS = [(n, "Proposal" if n % 5 < 3 else "Nurture", f"2026-01-{n:02}") for n in range(1, 13)]


def deals(rows: list[tuple[int, str, str]]) -> str:
    """A HubSpot export of deals whose stages nothing tells the order of."""
    lines = [f'"{n}","Deal {n}","{stage}","Sales","{n * 10}","EUR","{day}"' for n, stage, day in rows]
    return "\n".join(["Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Create Date", *lines, ""])


def parsed(place: Path, text: str) -> dict[str, Any]:
    """The report on a file, its rows in `place / 0`."""
    (place / "out").mkdir(parents=True)
    (place / "deals-2026-02-01.csv").write_text(text)
    (report,) = parse({
        "path": str(place / "deals-2026-02-01.csv"), "name": "deals-2026-02-01.csv", "out": str(place / "out"),
        "dry_run": False, "time_zone": "UTC",
    })  # fmt: skip
    assert report["status"] == "loaded", report["reason"]
    return report


def stages_of(*batches: Any) -> list[str]:
    with duckdb.connect() as connection:
        build_in(connection, batches, {})
        found = connection.execute(
            "SELECT stage FROM model.stages WHERE outcome = 'open' ORDER BY stage_order"
        ).fetchall()
    return [stage for (stage,) in found]


def test_a_file_sorted_anyhow_gives_the_same_order_and_says_that_it_is_a_guess(tmp_path: Path) -> None:
    sorted_anyhow = [DEALS, DEALS[::-1], sorted(DEALS, key=lambda d: d[1]), random.Random(1).sample(DEALS, len(DEALS))]
    seen = set()
    for number, rows in enumerate(sorted_anyhow):
        report = parsed(tmp_path / str(number), deals(rows))
        seen.add(tuple((s["stage"], s["stage_order"], s["is_order_told"]) for s in report["stages"]))
        assert any("order of its open stages" in said for said in report["warnings"])
    assert len(seen) == 1
    assert not any(told for _, _, told in seen.pop())


def test_what_a_company_knows_of_its_stages_stays() -> None:
    """Import 1 tells Talk, Demo, Offer; import 2 guesses another order and a new stage; import 3 tells Offer before
    Demo; the user's own map of Demo before Talk, loaded first of all, stands above all of them."""

    def batch(number: int, stages: str, told: bool = False, own: bool = False) -> Any:
        rows = [{"pipeline": "P", "stage": s, "outcome": "open", "stage_order": i, "_is_order_told": told}
                for i, s in enumerate(stages.split(), start=1)]  # fmt: skip
        deal = {"opportunity_id": str(number), "pipeline": "P", "stage": stages.split()[0]}
        return write_batch(number=number, own_stages=own, stages=rows, opportunities=[deal])

    first, guess, other = batch(2, "Talk Demo Offer", True), batch(3, "Demo Legal Talk"), batch(4, "Offer Demo", True)
    assert stages_of(first, guess) == ["Talk", "Demo", "Legal", "Offer"]
    own = batch(1, "Demo Talk", True, own=True)
    assert stages_of(own, first, guess, other) == ["Demo", "Offer", "Legal", "Talk"]


KNOWN = [{"pipeline": "P", "stage": s, "outcome": o} for s, o in (("Talk", "open"), ("Demo", "open"), ("Gone", "lost"))]


def upload(stages: list[tuple[str, str, bool, bool]], own: dict[str, str] | None = None) -> Import:
    """An import whose stages have an outcome, and whether order and outcome are told."""
    found = [
        {"pipeline": "P", "stage": s, "outcome": o, "is_order_told": order, "is_outcome_told": outcome, "deals": 1}
        for s, o, order, outcome in stages
    ]
    options = {"mapping": {"stages": own}} if own else {}
    return Import(None, "deals.csv", "hubspot", "deals", "loaded", stages=found, options=options)


def stage_changes(one: Import) -> list[tuple[str, str, str, str]]:
    rows = [row for told in one.differences if told["table"] == "stages" for row in told["rows"]]
    return [(row["key"], row["column"], row["before"], row["after"]) for row in rows]


def test_a_check_shows_the_order_that_a_load_would_give_and_what_it_changes() -> None:
    """A guess keeps what is known and asks of the new stage; a told order changes it, and says so."""
    guess = placing.placed(upload([(s, "open", False, False) for s in ("Demo", "Talk", "Zed", "Gone")]), KNOWN, [])
    assert [(s["stage"], s["outcome"], s["is_order_told"], s["is_outcome_told"]) for s in guess.stages] == [
        ("Talk", "open", True, True), ("Zed", "open", False, False), ("Demo", "open", True, True),
        ("Gone", "lost", True, True),
    ]  # fmt: skip
    assert stage_changes(guess) == []
    upload_told = upload([("Demo", "open", True, True), ("Talk", "open", True, True), ("Gone", "won", True, True)])
    told = placing.placed(upload_told, KNOWN, [])
    assert [s["stage"] for s in told.stages] == ["Demo", "Talk", "Gone"]
    assert stage_changes(told) == [
        ("P · Demo", "stage_order", "2", "1"), ("P · Talk", "stage_order", "1", "2"),
        ("P · Gone", "outcome", "lost", "won"),
    ]  # fmt: skip
    own = upload([("Talk", "open", True, True), ("Demo", "open", True, True)], {"Talk": "open", "Demo": "open"})
    assert stage_changes(placing.placed(upload_told, KNOWN, [own])) == stage_changes(told)[2:]
    first = placing.placed(upload([("Demo", "open", False, False), ("Talk", "open", False, False)]), [], [])
    assert not any(stage["is_order_told"] or stage["is_outcome_told"] for stage in first.stages)
