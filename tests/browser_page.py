"""A window of a real browser on the app: what it shows, its charts and lists, and what it must never do."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from page_reading import UNDEFINED
from playwright.sync_api import Locator, Page, TimeoutError, expect

PATIENCE = 180
"""Seconds: two slow cores share the app, the browser and other tests."""
TRIES = 12
T = TypeVar("T")
expect.set_options(timeout=PATIENCE * 1000)

_DRAWN = """() => {
    const app = document.querySelector('[data-testid=stApp]')
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    return app !== null && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED'
        && document.querySelector('[data-testid=stMain] h1') !== null
        && document.querySelector('[data-testid=stSkeleton], [data-stale=true]') === null
        && charts.every(chart => chart.querySelector('.main-svg'))
}"""
_CELLS = "() => [...document.querySelectorAll('canvas [role=gridcell]')].map(cell => cell.textContent)"
_ROWS = """plot => {
    const middle = box => (box.top + box.bottom) / 2
    const texts = [...plot.querySelectorAll('svg text')].map(text => [text.getBoundingClientRect(), text.textContent])
    const bars = [...plot.querySelectorAll('.barlayer .trace')].at(-1).querySelectorAll('.point path')
    return [...bars].map(bar => bar.getBoundingClientRect()).map(box => texts
        .filter(([own]) => middle(own) > box.top && middle(own) < box.bottom)
        .sort(([one], [other]) => one.left - other.left).map(([, text]) => text))
}"""
_TABLE = """grid => [...grid.querySelectorAll('[role=row]')].map(row =>
    [...row.querySelectorAll('[role=columnheader], [role=gridcell]')].map(cell => cell.textContent))"""
_LINKS = """() => [...document.querySelectorAll('a, img, iframe, form, object, embed')].flatMap(element =>
    ['href', 'xlink:href', 'src', 'action', 'data'].map(name => element.getAttribute(name)).filter(value => value))"""


class Visit:
    """One window. It keeps every request, dialog and script error of its page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.requests: list[str] = []
        self.noticed: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url.replace("ws://", "http://", 1)))
        page.on("pageerror", lambda error: self.noticed.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (self.noticed.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def open(self, where: str = "/") -> None:
        """Go to a path of the app or to a whole URL, and wait until it is drawn."""
        self.page.goto(where if "://" in where else self.address + where)
        self.drawn()

    def go(self, name: str) -> None:
        """To a page, by the sidebar."""
        self.page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
        self.comes(self.page.get_by_role("heading", name=name, exact=True, level=1))

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label).click()

    def choose(self, label: str, option: str) -> None:
        """An option of a select box. A run of the app that ends meanwhile shuts the list: it is opened again, then."""
        wanted = self.page.get_by_role("option", name=option, exact=True)
        for _ in range(TRIES):
            self.drawn()
            self.page.get_by_role("combobox", name=label).click()
            try:
                wanted.click(timeout=PATIENCE * 1000 / TRIES)
            except TimeoutError:
                continue
            return
        raise AssertionError(f"no option {option!r} of {label!r}\n{self.text()}")

    def load(self, export: Path, rows: int, *, answers: Sequence[tuple[str, str]] = ()) -> None:
        """Upload an export on the Import tab and load it; all of its rows are used. `answers`: what is asked of it
        before, in order, and the choice that answers it."""
        self.page.locator("input[type=file]").set_input_files(export)
        for question, choice in answers:
            self.sees(question)
            self.page.get_by_text(choice, exact=True).first.click()
        self.sees(f"is ready to load: {rows} of {rows} rows")
        self.press("Load it")
        self.sees(f"1 export loaded, {rows} rows")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text is on the page, and the page is drawn."""
        self.comes(self.page.get_by_text(text))

    def comes(self, awaited: Locator) -> None:
        """Wait until it is on the page, and the page is drawn. An error on the page ends the waiting."""
        failed = self.page.get_by_test_id("stException")
        expect(awaited.or_(failed).first).to_be_visible()
        assert failed.count() == 0, failed.first.inner_text()
        self.drawn()

    def drawn(self) -> None:
        """Wait until the app has run and every chart stands."""
        self.page.wait_for_function(_DRAWN)

    def until(self, read: Callable[[], T], wanted: T) -> None:
        """Wait until `read` says what is wanted."""
        found = read()
        for _ in range(PATIENCE * 5):
            if found == wanted:
                return
            self.page.wait_for_timeout(200)
            found = read()
        assert found == wanted

    def text(self) -> str:
        """All that can be read, in tables too."""
        said = "\n".join([self.page.inner_text("body"), *self.page.evaluate(_CELLS)])
        return said.replace("\u2060", "").replace("\u00a0", " ")

    def chart_rows(self, chart: str) -> list[list[str]]:
        """What stands in each row of a lying chart, from left to right; nothing where it is not drawn."""
        plot = self._plot(chart)
        rows: list[list[str]] = plot.evaluate(_ROWS) if plot.count() else []
        return [[text.replace("\u00a0", " ") for text in row] for row in rows]

    def click_row(self, chart: str, name: str) -> None:
        """A click with the mouse on the row of that name."""
        position = [row[0] for row in self.chart_rows(chart)].index(name)
        bar = self._plot(chart).locator(".barlayer .trace").last.locator(".point path").nth(position)
        bar.scroll_into_view_if_needed()
        box: Any = bar.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _plot(self, chart: str) -> Locator:
        return self.page.locator(f".st-key-chart-{chart} .js-plotly-plot")

    def table(self) -> list[dict[str, str]]:
        """The rows of the only table on the page, header → cell."""
        heads, *rows = self._grid().evaluate(_TABLE)
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def rows_in_table(self) -> int:
        """How many rows the only table on the page has, those to be scrolled to included."""
        return int(self._grid().get_attribute("aria-rowcount") or 0) - 1

    def _grid(self) -> Locator:
        """The text within the canvas on which the only table is painted, once it is there."""
        expect(self.page.get_by_test_id("stDataFrame")).to_have_count(1)
        grid = self.page.get_by_test_id("stDataFrame").locator("canvas [role=grid]")
        grid.locator("[role=row]").nth(1).wait_for(state="attached")
        return grid

    def download(self, label: str = "Download CSV") -> str:
        """The text of the file behind a button."""
        with self.page.expect_download() as download:
            self.press(label)
        return download.value.path().read_text(encoding="utf-8-sig")

    def assert_sound(self) -> None:
        """No error, nothing undefined, nothing of another host: neither fetched nor linked."""
        for kind in ("stException", "stAlertContentError"):
            found = self.page.get_by_test_id(kind)
            assert found.count() == 0, found.first.inner_text()
        said = self.text()
        assert "could not be worked out" not in said
        undefined = UNDEFINED.search(said)
        assert not undefined, said[max(undefined.start() - 80, 0) : undefined.end() + 80]
        assert not self.noticed, self.noticed
        for url in [*self.requests, *self.page.evaluate(_LINKS)]:
            assert self._is_own(url), url

    def _is_own(self, url: str) -> bool:
        parts = urlsplit(url)
        own = not parts.scheme and not parts.netloc
        return own or parts.netloc == urlsplit(self.address).netloc or parts.scheme in ("data", "blob", "about")
