"""What days the figures are of: none that they do not follow are promised, and what is not over is marked."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest

from dashboard.cards.chart import cut_short
from metrics import Scope

Visit = Callable[..., AppTest]
CHOSEN = {"period": "custom", "from": "2023-01-01", "to": "2023-03-31", "compare": "previous", "split": "industry"}


@pytest.mark.parametrize(("page", "role"), [("accounts", "leader"), ("overview", "seller")])
def test_the_list_of_accounts_is_as_of_today_whatever_the_period(
    visit: Visit, full_workspace: Path, page: str, role: str
) -> None:
    """Long before the data there would be nothing; the list is whole, and says no more than it is."""
    app = visit(page, full_workspace, **CHOSEN, role=role)
    assert_sound(app)
    scope = next(text for text in texts(app) if "accounts in scope" in text)
    assert "60 accounts in scope" in scope
    assert "as of 31 Dec 2024" in scope
    assert not any(word in scope for word in ("compared", "2023", "to 31 December"))
    bar = {box.key for box in app.selectbox if str(box.key).startswith("bar.")}
    assert bar.isdisjoint({"bar.period", "bar.compare", "bar.split"})
    assert "bar.owner" in bar
    assert all(value in app.query_params[key] for key, value in CHOSEN.items())


@pytest.mark.parametrize(("end", "as_of", "month", "quarter"), [
    (None, date(2026, 10, 31), "", "31 Oct 2026"),
    (date(2026, 12, 31), date(2026, 5, 12), "12 May 2026", "12 May 2026"),
    (date(2026, 9, 30), date(2026, 10, 12), "", ""),
    (None, date(2024, 2, 29), "", "29 Feb 2024"),
    (None, date(2025, 12, 31), "", ""),
])  # fmt: skip
def test_a_line_says_that_its_last_month_or_quarter_is_not_over(
    end: date | None, as_of: date, month: str, quarter: str
) -> None:
    answer: Any = SimpleNamespace(scope=Scope(start=date(2023, 1, 1), end=end), as_of=as_of)
    for grain, until in (("month", month), ("quarter", quarter)):
        assert cut_short(answer, grain) == (until and f"the last {grain} only to {until}")


def test_a_single_month_is_drawn_with_what_it_has(visit: Visit, full_workspace: Path) -> None:
    """One point is no reason to say that nothing matches."""
    app = visit("funnel", full_workspace, period="custom", **{"from": "2024-11-01", "to": "2024-11-20"})
    assert_sound(app)
    said = texts(app)
    assert any(re.fullmatch(r"\d+ opened, \d+ won or lost in Nov\s2024", text) for text in said)
    assert any("in one month · the last month only to 20 Nov 2024" in text for text in said)
    assert not any("Nothing matches" in text for text in said)
