"""Text from a CRM is text: shown as it stands, it neither links, nor loads, nor runs, nor becomes a formula."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from browser_page import Visit

pytestmark = pytest.mark.browser

LINK, SCRIPT = "[see](http://evil.example)", "[run](javascript:alert(1))"
IMAGE, TAG = "![p](http://evil.example/p.png)", "<img src=x onerror=alert(1)>"
FORMULA, COMMAND = "=1+1", "@SUM(1+9)*cmd|' /C calc'!A0"
NAMES = (LINK, SCRIPT, IMAGE, TAG, FORMULA, COMMAND)
DEALS = 24


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Deals whose every name is hostile, the headers', the stages' and the file's own too."""
    rows, names = [], cycle(NAMES)
    for number in range(DEALS):
        opened = datetime(2025, 1, 6, 9, 30) + timedelta(days=5 * number)
        outcome = (TAG, "Closed won", "Closed lost")[number % 3]
        rows.append({
            "Record ID": str(7000 + number), "Deal Name": NAMES[number % len(NAMES)], "Deal Stage": outcome,
            "Pipeline": LINK, "Amount": "1000.0", "Currency": "EUR", "Create Date": f"{opened:%Y-%m-%d %H:%M}",
            "Close Date": f"{opened + timedelta(days=30):%Y-%m-%d %H:%M}", "Deal owner": next(names),
            "Closed Lost Reason": IMAGE if outcome == "Closed lost" else "",
            "Associated Company (Primary)": NAMES[number // 4], f"Area {TAG}": NAMES[number % 2],
            f'Date entered "{TAG} ({LINK})"': f"{opened:%Y-%m-%d %H:%M}",
            f'Date entered "Closed won ({LINK})"': f"{opened:%Y-%m-%d %H:%M}" if outcome == "Closed won" else "",
            f'Date entered "Closed lost ({LINK})"': f"{opened:%Y-%m-%d %H:%M}" if outcome == "Closed lost" else "",
        })  # fmt: skip
        next(names)
    path = tmp_path / "[deals](javascript:alert(1)) <img src=x onerror=alert(1)> 2025-06-30.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_hostile_names_are_only_shown(serve: Callable[[], str], visitor: Callable[..., Visit], export: Path) -> None:
    visit = visitor(serve())
    visit.open("/data")
    visit.load(export, rows=DEALS, answers=[(f"What does the stage “{TAG}” mean?", "Open")])
    visit.assert_sound()
    visit.go("Funnel")
    visit.until(lambda: [row[1] for row in visit.chart_rows("stage_funnel")], [str(DEALS), "8"])
    visit.click_row("stage_funnel", visit.chart_rows("stage_funnel")[0][0])
    visit.sees(f"{DEALS} deals reached")
    assert f"{DEALS} deals reached {TAG}" in visit.text()
    assert {row["Deal"] for row in visit.table()} == set(NAMES)
    assert visit.rows_in_table() == DEALS
    visit.assert_sound()
    assert_is_safe_file(visit.download())

    visit.press("Filter")
    visit.choose("Filter by", f"Area {TAG}")
    visit.choose("Values", SCRIPT)  # no other dimension has it
    visit.sees("12 deals reached")
    visit.page.keyboard.press("Escape")
    assert f"Area {TAG}: {SCRIPT}" in visit.text()
    for name in ("Overview", "Velocity", "Cohorts"):
        visit.go(name)
        visit.assert_sound()
    visit.go("Data")
    for tab in ("History", "Quality", "Target accounts"):
        visit.page.get_by_role("radio", name=tab).click()
        visit.drawn()
        visit.assert_sound()


def assert_is_safe_file(text: str) -> None:
    """Every deal with its name, and no cell that a spreadsheet would work out."""
    head, *rows = csv.reader(io.StringIO(text))
    assert len(rows) == DEALS
    assert not [cell for row in (head, *rows) for cell in row if cell.startswith(("=", "+", "-", "@"))]
    names = [row[head.index("Deal")].removeprefix("'") for row in rows]
    assert sorted(names) == sorted(islice(cycle(NAMES), DEALS))
