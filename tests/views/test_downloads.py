"""Every file that a page offers is made without a session: Streamlit calls what makes it when somebody fetches it,
outside of the page's run."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

Visit = Callable[..., AppTest]
Made = Callable[..., dict[str, bytes]]
FILES = {
    "chart": ("funnel", {"mark": "stage_funnel", "mark.stage": "Proposal"}, {"stage_funnel.rows"}),
    "accounts": ("accounts", {}, {"accounts.csv"}),
    "account": ("accounts", {"account": "a0", "period": "all"}, {"account.history.csv", "account.deals.csv"}),
    "goals": ("market", {}, {"goals.download"}),
}
"""What a page offers as files, by the keys of the buttons at least there."""


@pytest.fixture
def made(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Made:
    """`made("accounts", workspace, …)`: every file that the page offers, by its button's key."""
    offered: dict[str, Any] = {}
    button = st.download_button

    def kept(label: str, data: Any, *args: Any, **named: Any) -> bool:
        offered[named["key"]] = data
        return button(label, data, *args, **named)

    def make(page: str, workspace: Path, **link: str) -> dict[str, bytes]:
        assert not visit(page, workspace, **link).exception
        with ThreadPoolExecutor(1) as apart:
            return {key: apart.submit(data).result() for key, data in offered.items()}

    monkeypatch.setattr(st, "download_button", kept)
    return make


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_made_where_there_is_no_session(made: Made, full_workspace: Path, case: str) -> None:
    page, link, keys = FILES[case]
    files = made(page, full_workspace, **link)
    assert keys <= set(files)
    assert all(len(file.splitlines()) > 1 for file in files.values())
