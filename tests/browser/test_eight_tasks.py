"""Eight tasks of a working week on the sample company, each within six clicks, their answers those of the metrics."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from browser_page import Visit
from playwright.sync_api import BrowserContext, Locator

from dashboard.filters import preset_dates
from dashboard.text import numbers
from metrics import Scope, Snapshot, Workspace, change_by, compared_scope, measure

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visit]
MOST = 6
GOAL = 4_000_000
TARGETS = ("target", ("target",))
ROW, HEAD = 34, 35
_COUNT = """if (sessionStorage.clicks === undefined) sessionStorage.clicks = 0
window.addEventListener('pointerdown', event => { if (event.isTrusted) sessionStorage.clicks++ }, true)"""


def at_first(sample: Snapshot, *filters: tuple[str, tuple[str, ...]]) -> Scope:
    """The scope that a page starts with: the running quarter and the four before it."""
    start, end = preset_dates("five_quarters", sample.as_of)
    return Scope(filters=filters, start=start, end=end)


def largest_pipeline(sample: Snapshot) -> tuple[str, tuple[str, ...]]:
    """The pipeline whose stages are shown where none is chosen, as a filter."""
    rows = measure(sample, "opportunities_created", Scope(by="pipeline")).rows()
    return "pipeline", (max(rows, key=lambda row: row["n"])["segment"],)


@contextmanager
def few_clicks(visit: Visit) -> Iterator[None]:
    """The task within needs at most six presses of the mouse; the browser itself counts them."""
    before = _clicks(visit)
    yield
    assert 1 <= _clicks(visit) - before <= MOST


def _clicks(visit: Visit) -> int:
    return int(visit.page.evaluate("sessionStorage.clicks"))


def begin(visit: Visit) -> Visit:
    """On the overview, where every task starts."""
    visit.page.add_init_script(_COUNT)
    visit.open()
    return visit


def radio(visit: Visit, name: str) -> None:
    """One of a row of choices; the address tells when the page has heard it."""
    before = visit.page.url
    visit.page.get_by_role("radio", name=name, exact=True).click()
    visit.page.wait_for_url(lambda url: url != before)
    visit.drawn()


def open_page_of(visit: Visit, figure: str, page: str) -> None:
    """From a figure of the overview to its page, by the card's menu."""
    visit.page.locator(f".st-key-kpi-{figure}-menu-0").get_by_role("button").click()
    visit.page.get_by_role("link", name=f"Open {page}", exact=True).click()
    visit.comes(visit.page.get_by_role("heading", name=page, exact=True, level=1))


def click_in_table(visit: Visit, table: Locator, row: int) -> None:
    """A click on the first cell of a row, the first being 0."""
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + 40, box["y"] + HEAD + ROW * row + ROW // 2)


@pytest.fixture
def own_app(sample_workspace: Workspace, serve: Callable[[], str], tmp_path: Path) -> str:
    """The address of the app on a copy of the sample company, to be changed."""
    shutil.copytree(sample_workspace.directory, tmp_path / "workspace")
    return serve()


def test_which_stage_is_slowest_for_target_accounts(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    """By the figure of the overview, whose page says the same days of as many deals, of all pipelines."""
    scope = at_first(sample, TARGETS, largest_pipeline(sample))
    told = {row["stage"]: row["value"] for row in measure(sample, "days_in_stage", scope).rows() if row["n"]}
    (days,) = measure(sample, "deal_velocity", at_first(sample, TARGETS)).rows()
    visit = begin(visitor(sample_app))
    with few_clicks(visit):
        radio(visit, "Target")
        open_page_of(visit, "median_days", "Velocity")
        visit.sees(f"Won deals take {numbers.days(days['median'], unit=True)} at the median")
        visit.sees(re.compile(rf"^n = {days['n']} deals"))
        assert "show=target" in visit.page.url
        wanted = {stage: numbers.days(value) for stage, value in told.items()}
        visit.until(lambda: {row[0]: row[1] for row in visit.chart_rows("days_in_stage")}, wanted)
        visit.sees(f"{max(told, key=told.__getitem__)} takes longest")
    visit.assert_sound()


def test_which_accounts_engaged_without_a_sales_touch(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    visit = begin(visitor(sample_app))
    with few_clicks(visit):
        visit.go("Engagement")
        rows = visit.table()
    (row,) = measure(sample, "engagement_quality", at_first(sample)).rows()
    assert row["not_worked"] > len(rows) > 5
    assert f"{row['not_worked']} engaged accounts have had no sales touch in 90 days" in visit.text()
    assert len({one["Account"] for one in rows}) == len(rows)
    silent = sample.as_of - timedelta(days=90)
    touched = [one["Last sales touch"] for one in rows if one["Last sales touch"]]
    assert touched
    assert all(date.fromisoformat(day) <= silent for day in touched)
    assert [float(one["Points"]) for one in rows] == sorted((float(one["Points"]) for one in rows), reverse=True)


def test_who_is_single_threaded(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    visit = begin(visitor(sample_app))
    with few_clicks(visit):
        visit.go("Engagement")
        one = visit.page.locator(".st-key-chart-account_penetration .barlayer .trace").nth(1).locator(".point path")
        one.first.scroll_into_view_if_needed()
        box = one.first.bounding_box()
        assert box is not None
        visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        visit.sees(re.compile(r"accounts, Target, with one person engaged"))
        file = visit.download()
    frame = measure(sample, "account_penetration", replace(at_first(sample, TARGETS), by="account")).frame
    single = frame[frame["value"] == 1]
    assert f"{len(single)} accounts, Target, with one person engaged" in visit.text()
    listed = [line.split(",")[0].strip('"') for line in file.splitlines()[1:]]
    assert sorted(listed) == sorted(single["account"])


def test_what_changed_since_last_quarter(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    start, end = preset_dates("this_quarter", sample.as_of)
    now = Scope(start=start, end=end)
    then = compared_scope(now, sample.as_of, "previous")
    assert then.start
    visit = begin(visitor(sample_app))
    with few_clicks(visit):
        visit.choose("Period", "This quarter to date")
        visit.page.wait_for_url(re.compile("period=this_quarter"))
        visit.drawn()
        visit.choose("Compared with", "vs period before")
        visit.sees(f"Won revenue against {numbers.date(then.start)} to {numbers.date(then.end)}")
    values = [measure(sample, "won_revenue", scope).rows()[0]["value"] for scope in (now, then)]
    said = visit.text()
    for value in values:
        assert numbers.money(value, sample.currency).replace("\u00a0", " ") in said
    change = change_by(sample, "won_revenue", replace(now, compare="previous"), "industry")
    assert (change.before, change.now) == (values[1], values[0])
    for part in change.parts[:3]:
        effect = numbers.difference(part.effect, "money", sample.currency).replace("\u00a0", " ")
        assert f"{part.segment} {effect}" in said
    visit.assert_sound()


def test_the_account_behind_the_largest_stalled_deal(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    visit = begin(visitor(sample_app))
    with few_clicks(visit):
        visit.go("Velocity")
        table = visit.page.get_by_test_id("stDataFrame").first
        click_in_table(visit, table, 0)
        visit.page.wait_for_url(re.compile("/accounts"))
        visit.drawn()
    frame = measure(sample, "stalled_deals", Scope()).frame
    largest = frame.loc[frame["amount"].idxmax()]
    visit.comes(visit.page.get_by_role("heading", name=str(largest["account_name"]), exact=True, level=1))
    assert f"account={largest['account_id']}" in visit.page.url
    visit.press("All accounts")
    visit.comes(visit.page.get_by_role("heading", name="Accounts", exact=True, level=1))
    listed = [row["Id"] for row in csv.DictReader(io.StringIO(visit.download()))]
    assert largest["account_id"] in listed
    assert f"{numbers.count(len(set(listed)))} accounts" in visit.text()
    visit.assert_sound()


def test_a_link_brings_the_view_back(sample_app: str, visitor: Arrive, sample: Snapshot) -> None:
    visit = begin(visitor(sample_app))
    context: BrowserContext = visit.page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sample_app)
    with few_clicks(visit):
        visit.go("Funnel")
        radio(visit, "Target")
        visit.press("View")
        visit.comes(visit.page.get_by_test_id("stCode").filter(has_text="show=target"))
        visit.page.get_by_test_id("stCode").hover()
        visit.page.get_by_role("button", name="Copy to clipboard").click()
        read = "navigator.clipboard.readText()"
        visit.until(lambda: visit.page.evaluate(read).strip().startswith(f"{sample_app}/funnel?"), wanted=True)
        link = visit.page.evaluate(read).strip()
    other = visitor(sample_app)
    other.open(link)
    rows = other.chart_rows("stage_funnel")
    assert rows == visit.chart_rows("stage_funnel") != []
    scope = at_first(sample, TARGETS, largest_pipeline(sample))
    first = measure(sample, "stage_funnel", scope).rows()[0]
    assert rows[0][:2] == [first["stage"], str(first["value"])]
    assert other.page.get_by_role("radio", name="Target", exact=True).is_checked()


def test_a_goal_is_set_and_its_progress_seen(own_app: str, visitor: Arrive, sample: Snapshot) -> None:
    visit = begin(visitor(own_app))
    with few_clicks(visit):
        visit.go("Definitions & goals")
        radio(visit, "Goals")
        value = visit.page.get_by_label("Goal, €")
        value.click()
        value.fill(str(GOAL))
        value.press("Enter")
        visit.press("Set the goal")
        start, end = preset_dates("this_quarter", sample.as_of)
        won = measure(sample, "won_revenue", Scope(start=start, end=end)).rows()[0]["value"]
        share = f"{numbers.percent(won / GOAL)} of goal".replace("\u00a0", " ")
        visit.until(lambda: share in visit.text(), wanted=True)
    visit.assert_sound()


def test_an_import_is_taken_back(own_app: str, visitor: Arrive, tmp_path: Path) -> None:
    visit = begin(visitor(own_app))
    newest = Workspace(tmp_path / "workspace").imports()[-1]
    with few_clicks(visit):
        visit.go("Data")
        visit.page.get_by_role("radio", name="History", exact=True).click()  # a tab is not in the address
        visit.press("Take it back")
        visit.press("Yes, take it back")
        visit.sees(re.compile("was taken back"))
    assert {one.file: one.status for one in Workspace(tmp_path / "workspace").imports()}[newest.file] == "undone"
    visit.assert_sound()
