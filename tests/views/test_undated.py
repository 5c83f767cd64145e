"""What is as of the as-of day promises no period, comparison or split, and keeps them for the pages that have them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest

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
