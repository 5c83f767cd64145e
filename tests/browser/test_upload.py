"""From an upload without an accounts file to a figure, a filter, a list and a link; and back by an undo."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from browser_page import Visit

from metrics import Workspace

pytestmark = pytest.mark.browser

STAGES = ("Discovery", "Proposal", "Negotiation")
DEALS = {
    # (area, furthest of the stages, outcome): how many
    ("North", 3, "won"): 6, ("North", 1, "lost"): 1, ("North", 2, "lost"): 2,
    ("North", 1, "open"): 1, ("North", 2, "open"): 1, ("North", 3, "open"): 1,
    ("South", 3, "won"): 2, ("South", 1, "lost"): 3, ("South", 3, "lost"): 2, ("South", 1, "open"): 3,
}  # fmt: skip
REACHED = {"Discovery": 22, "Proposal": 14, "Negotiation": 11, "Closed won": 8}
REACHED_NORTH = {"Discovery": 12, "Proposal": 10, "Negotiation": 7, "Closed won": 6}
WON, WON_NORTH = "all 50 %", "all 67 %"  # 8 of 16 closed; in the North 6 of 9


def hubspot_deals(path: Path, kinds: list[tuple[str, int, str]], amount: str = "1000.0") -> Path:
    """Deals as HubSpot exports them: no company, a column a stage; `amount` is the first one's."""
    rows = []
    for number, (area, furthest, outcome) in enumerate(kinds):
        opened = datetime(2025, 1, 6, 9, 30) + timedelta(days=3 * number)
        entered = {stage: opened + timedelta(days=10 * i) for i, stage in enumerate(STAGES[:furthest])}
        closed = opened + timedelta(days=35)
        if outcome != "open":
            entered[f"Closed {outcome}"] = closed
        rows.append({
            "Record ID": str(7000 + number), "Deal Name": f"Order {number}", "Deal Stage": list(entered)[-1],
            "Pipeline": "Sales", "Amount": "1000.0" if number else amount, "Currency": "EUR",
            "Create Date": f"{opened:%Y-%m-%d %H:%M}",
            "Close Date": f"{closed:%Y-%m-%d %H:%M}", "Sales area": area,
            **{f'Date entered "{stage} (Sales)"': f"{entered[stage]:%Y-%m-%d %H:%M}" if stage in entered else ""
               for stage in (*STAGES, "Closed won", "Closed lost")},
        })  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """22 deals in three stages."""
    kinds = [kind for kind, n in DEALS.items() for _ in range(n)]
    return hubspot_deals(tmp_path / "hubspot-crm-exports-all-deals-2025-06-30.csv", kinds)


def reached(visit: Visit) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in visit.chart_rows("stage_funnel")}


def test_from_an_export_to_a_list_in_another_window(
    serve: Callable[[], str], visitor: Callable[..., Visit], export: Path
) -> None:
    address = serve()
    visit = visitor(address)
    visit.open()
    assert visit.page.get_by_role("button", name="Look at a sample company").is_visible()
    visit.press("Upload exports")
    visit.sees("Bring exports")
    visit.load(export, rows=22)

    visit.go("Funnel")
    visit.until(lambda: reached(visit), REACHED)
    assert WON in visit.text()

    visit.press("Filter")
    visit.choose("Filter by", "Sales area")
    visit.choose("Values", "North")
    visit.sees(WON_NORTH)
    visit.page.keyboard.press("Escape")
    visit.until(lambda: reached(visit), REACHED_NORTH)
    assert WON not in visit.text()

    visit.click_row("stage_funnel", "Negotiation")
    visit.sees("7 deals reached Negotiation")
    assert visit.rows_in_table() == 7
    listed = [row["Deal"] for row in visit.table()]
    assert len(set(listed)) == 7
    file = list(csv.DictReader(io.StringIO(visit.download())))
    assert sorted(row["Deal"] for row in file) == sorted(listed)
    visit.assert_sound()

    visit.press("View")
    link = visit.page.get_by_test_id("stCode").inner_text().strip()
    assert link.partition("?")[2] == visit.page.url.partition("?")[2] != ""
    other = visitor(address)
    other.open(link)
    other.sees("7 deals reached Negotiation")
    assert reached(other) == REACHED_NORTH
    assert WON_NORTH in other.text()
    assert other.page.get_by_role("button", name="Sales area: North").is_visible()
    assert [row["Deal"] for row in other.table()] == listed


def test_an_import_is_taken_back_and_loaded_again(
    serve: Callable[[], str], visitor: Callable[..., Visit], tmp_path: Path, export: Path
) -> None:
    Workspace(tmp_path / "workspace").load(export)
    visit = visitor(serve())
    visit.open("/funnel")
    visit.until(lambda: reached(visit), REACHED)
    visit.go("Data")
    visit.page.get_by_role("radio", name="History").click()
    visit.press("Take it back")
    visit.press("Yes, take it back")
    visit.sees("was taken back, 22 rows")
    visit.go("Funnel")
    visit.sees("Nothing is loaded yet")
    assert visit.chart_rows("stage_funnel") == []
    visit.press("Upload exports")
    visit.load(export, rows=22)
    visit.go("Funnel")
    visit.until(lambda: reached(visit), REACHED)


def test_a_table_that_no_reader_knows_is_matched_and_its_win_rate_read(
    serve: Callable[[], str], visitor: Callable[..., Visit], tmp_path: Path
) -> None:
    path = tmp_path / "pipeline.csv"
    outcomes = ["Won"] * 3 + ["Lost"] * 2 + ["Talks"] * 2
    rows = [f"r{i},Seat {i % 2},{outcome},{i + 1:02}/02/2025,{i + 1:02}/03/2025" for i, outcome in enumerate(outcomes)]
    path.write_text("\n".join(["ref,sales_agent,deal_stage,engage_date,close_date", *rows]), encoding="utf-8")
    visit = visitor(serve())
    visit.open("/data")
    visit.page.locator("input[type=file]").set_input_files(path)
    visit.press("Match these columns")
    visit.sees("One question before loading")
    visit.page.get_by_text("Day first", exact=True).first.click()
    visit.sees("What does the stage “Talks” mean?")
    visit.page.get_by_text("Open", exact=True).first.click()
    visit.sees("is ready to load: 7 of 7 rows")
    visit.press("Load it")
    visit.sees("1 export loaded, 7 rows")
    visit.go("Funnel")
    visit.sees("all 60 %")
    visit.assert_sound()


def test_three_files_of_two_vendors_with_a_question_their_differences_an_undo_and_a_redo(
    serve: Callable[[], str], visitor: Callable[..., Visit], tmp_path: Path, export: Path
) -> None:
    """The newer export of deals has one amount changed and two deals more; the other vendor's dates can be read both
    ways round. What is taken back leaves the figures, and comes back as it was."""
    workspace = Workspace(tmp_path / "workspace")
    workspace.load(export)
    kinds = [kind for kind, n in DEALS.items() for _ in range(n)]
    deals = hubspot_deals(tmp_path / "hubspot-crm-exports-all-deals-2025-07-31.csv",
                          [*kinds, ("North", 1, "open"), ("South", 1, "open")], amount="1500.0")  # fmt: skip
    companies = tmp_path / "hubspot-crm-exports-companies-2025-07-31.csv"
    companies.write_text("Record ID,Company name,Company Domain Name\n51,North,north.example\n52,South,south.example\n")
    report = tmp_path / "report-2025-07-31.csv"
    report.write_text(
        '"Opportunity ID","Opportunity Name","Account Name","Stage","Amount","Amount Currency","Created Date",'
        '"Close Date"\n'
        '"0068d00000AbcD1","Pilot","North","Closed Won","500","EUR","03/04/2025","05/06/2025"\n'
        '"0068d00000AbcD2","Rollout","South","Closed Lost","700","EUR","04/05/2025","06/07/2025"\n'
    )
    visit = visitor(serve())
    visit.open("/data")
    visit.page.locator("input[type=file]").set_input_files([deals, companies, report])
    visit.sees("1 of 3 files wait for you.")
    visit.sees("One question before loading")
    visit.page.get_by_text("Day first", exact=True).first.click()
    visit.sees("3 files are ready to load: 28 of 28 rows.")
    visit.sees("Deals: 2 new, 1 changed, 21 as they were")
    visit.sees("Deals change in Amount (1).")
    visit.press("Load 3 files")
    visit.sees("3 exports loaded, 28 rows")
    loaded = workspace.snapshot_id()

    visit.page.get_by_role("radio", name="History").click()
    visit.press("Take it back")
    visit.sees("Its 2 rows leave every figure")
    visit.press("Yes, take it back")
    visit.sees("report-2025-07-31.csv was taken back, 2 rows.")
    assert [one.status for one in workspace.imports()] == ["loaded", "loaded", "loaded", "undone"]
    visit.press("Put it back")
    visit.sees("report-2025-07-31.csv was put back, 2 rows.")
    assert workspace.snapshot_id() == loaded
    visit.sees("2 new, 1 changed, 21 as they were, 0 no longer there")
    visit.assert_sound()
