"""Paths that people type: every page opens by its name, the default one as well."""

from collections.abc import Callable
from pathlib import Path

from page_reading import assert_sound, texts
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def test_the_overview_opens_by_its_name_with_what_the_link_asks(
    visit: Callable[..., AppTest], deals_workspace: Path
) -> None:
    plain = visit("overview", deals_workspace, compare="none")
    typed = visit("overview", deals_workspace, compare="none")
    typed._page_hash = calc_hash("overview")  # as the browser asks for /overview
    typed.query_params["compare"] = "none"
    typed.run()
    assert_sound(typed)
    assert texts(typed) == texts(plain)
    assert typed.query_params["compare"] == plain.query_params["compare"]
    assert typed._finished_page_script_hash == plain._finished_page_script_hash == calc_hash("")
