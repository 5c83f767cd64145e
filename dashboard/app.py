"""The app: its pages, its sidebar, and the run of one page."""

import streamlit as st

from dashboard import visit
from dashboard.cards.chart import begin_page
from dashboard.cards.empty import tell_trouble, unusable
from dashboard.cards.logo import MARK, show_logo
from dashboard.cards.window import ask_window
from dashboard.filters import state
from dashboard.text import say
from metrics import AbmError

PAGES = {
    None: (("overview", "dashboard"),),
    "accounts": (("accounts", "apartment"), ("market", "public"), ("engagement", "bolt"), ("influence", "campaign")),
    "revenue": (
        ("funnel", "filter_alt"),
        ("velocity", "speed"),
        ("cohorts", "grid_on"),
        ("customers", "handshake"),
        ("alignment", "group_work"),
    ),
    "setup": (("definitions", "menu_book"), ("data", "database")),
}

on_a_wall = st.query_params.get("role") == "executive"
st.set_page_config(
    page_title=say("app.name"), page_icon=MARK, layout="wide", initial_sidebar_state="collapsed" if on_a_wall else 216
)
pages = {
    name: st.Page(f"views/{name}.py", title=say(f"nav.{name}"), icon=f":material/{icon}:", default=name == "overview",
                  url_path="" if name == "overview" else name)
    for group in PAGES.values() for name, icon in group
}  # fmt: skip
by_name = st.Page(lambda: None, title=say("nav.overview"), url_path="overview", visibility="hidden")
page = st.navigation([*pages.values(), by_name], position="hidden")
if page is by_name:  # the default page has no path of its own; people type its name
    st.switch_page(pages["overview"], query_params=st.query_params.to_dict())
show_logo()
with st.sidebar, st.container(gap="xsmall"):
    for group, members in PAGES.items():
        if group:
            st.space("xxsmall")
            st.caption(say(f"nav.{group}"))
        for name, _ in members:
            st.page_link(pages[name], width="stretch")
    ask_window()
try:
    visit.begin()
    state.begin(page.url_path)
    begin_page()
    tell_trouble()
    page.run()
except AbmError as error:
    unusable(error)
