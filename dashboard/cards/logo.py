"""The logo in the corner, in the colours of the theme that the browser shows."""

from pathlib import Path

import streamlit as st

from dashboard.cards.tables import theme_mode

STATIC = Path(__file__).parents[1] / "static"
MARK = str(STATIC / "mark-light.svg")
"""The icon of the browser's tab. A named symbol would be fetched from the web."""


def show_logo() -> None:
    """The name beside the mark; the mark alone where the sidebar is closed."""
    logo, mark = (str(STATIC / f"{name}-{theme_mode()}.svg") for name in ("logo", "mark"))
    st.logo(logo, icon_image=mark)
