"""The list of accounts: found by name, narrowed to what needs care, sorted, as a file; a click opens one."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import visit
from dashboard.cards import empty
from dashboard.cards.heads import card_head
from dashboard.cards.opening import account_table
from dashboard.cards.page import Page
from dashboard.cards.tables import LISTED, ROW_HEIGHT, csv_of, height
from dashboard.filters import switch
from dashboard.filters.state import reset, set_switch
from dashboard.text import dimension_in_sentence, numbers, safe, say
from dashboard.topics import accounts_table as columns
from metrics import AbmError, Scope

SHOWN = 14
NEEDS = ("all", "stalled", "renewal", "quiet", "no_deal")
SORTS = ("points", "open_amount", "name", "last_sales", "renews_on", "fit", "won_amount")
VIEWS = ("call", "company")
_SEARCHED = "accounts.searched"


def accounts_sentence(page: Page) -> tuple[str, Mapping[str, int | None]]:
    """What needs care in the list, and how many accounts and targets it has."""
    frame = _listed(page)
    targets = int((frame["target"] == "target").sum()) if page.has_targets else None
    care = {need: int(_is(frame, need).sum()) for need in NEEDS[1:]}
    said = [say(f"accounts.sentence.{need}", n=n, count=numbers.count(n)) for need, n in care.items() if n]
    counts = {"accounts": len(frame), "targets": targets}
    if frame.empty:
        return "", counts
    return (", ".join(said[:3]) or say("accounts.sentence.none")).capitalize() + ".", counts


def accounts_card(page: Page) -> None:
    """The list in one card, whatever happens in it."""
    with st.container(border=True):
        try:
            frame = _listed(page)
        except AbmError as error:
            card_head(say("nav.accounts"))
            empty.failed(error)
            return
        if frame.empty:
            card_head(say("nav.accounts"))
            _nothing(page)
            return
        found = searched(frame, st.session_state.get(_SEARCHED, ""))
        sorts = _sorts(frame)
        narrowed = _sorted(found[_is(found, switch("need", NEEDS))], switch("sort", sorts))
        _head(page, frame, narrowed)
        _controls(found, sorts)
        _table(page, narrowed, switch("sort", sorts))


def _listed(page: Page) -> pd.DataFrame:
    """The accounts in scope; how well they fit only where the columns or the order show it."""
    shows_fit = switch("columns", VIEWS) != VIEWS[0] or switch("sort", SORTS) == "fit"
    return visit.accounts(_scope(page), fit=shows_fit)


def _scope(page: Page) -> Scope:
    return page.choice.scope(page.as_of, has_targets=page.has_targets)


def _sorts(frame: pd.DataFrame) -> tuple[str, ...]:
    """The orders, the first of them to begin with: by engagement, and by amount where nobody has any."""
    return SORTS if frame["points"].gt(0).any() else (SORTS[1], SORTS[0], *SORTS[2:])


def file_of(page: Page, found: pd.DataFrame) -> Callable[[], bytes]:
    """What makes the file of the accounts found, in their order, with how well they fit: that takes long, and is done
    when somebody fetches the file, where there is no session to ask."""
    listed, currency = visit.accounts_later(_scope(page)), visit.snapshot().currency
    return lambda: csv_of(columns.whole(listed().loc[found.index], currency))


def _head(page: Page, frame: pd.DataFrame, found: pd.DataFrame) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", horizontal_alignment="distribute"):
        with st.container(gap="xxsmall"):
            title = say("accounts.list.title", n=len(found), count=numbers.count(len(found)))
            if len(found) < len(frame):
                title = say("accounts.list.of", count=numbers.count(len(found)), of=numbers.count(len(frame)))
            st.subheader(safe.for_markdown(title), anchor=False)
            st.caption(safe.for_markdown(say("accounts.list.caption", date=numbers.date(page.as_of))))
            unreached = visit.accounts_not_reached(_scope(page))
            if unreached:
                names = ", ".join(dimension_in_sentence(name) for name in unreached)
                said = safe.for_markdown(say("card.unreached", names=names))
                st.caption(f":material/filter_alt_off: {said}")
        with st.container(horizontal=True, width="content"):
            st.download_button(
                say("card.download"), data=file_of(page, found), file_name="accounts.csv",
                mime="text/csv", key="accounts.csv", type="tertiary",
                icon=":material/download:", on_click="ignore", help=say("accounts.list.csv"),
            )  # fmt: skip


def _controls(frame: pd.DataFrame, sorts: tuple[str, ...]) -> None:
    """Search, what needs care with how many accounts each, the order, and which columns."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["accounts.search"] = st.session_state.get(_SEARCHED, "")
        st.text_input(
            say("accounts.list.search"), key="accounts.search", placeholder=say("accounts.list.search_for"),
            on_change=_search, label_visibility="collapsed", icon=":material/search:", width=260, max_chars=100,
        )  # fmt: skip
        st.session_state["accounts.sort"] = switch("sort", sorts)
        st.selectbox(
            say("accounts.list.sort"), sorts, key="accounts.sort", label_visibility="collapsed", width=240,
            format_func=lambda name: say(f"accounts.sorts.{name}"), on_change=_turn, args=("sort", sorts),
        )  # fmt: skip
        _segmented("columns", VIEWS, VIEWS, lambda view: say(f"accounts.views.{view}"))
    counts = {need: int(_is(frame, need).sum()) for need in NEEDS}
    chosen = switch("need", NEEDS)
    offered = tuple(need for need in NEEDS if counts[need] or need in ("all", chosen))
    if len(offered) > 1:
        _segmented(
            "need", offered, NEEDS, lambda need: f"{say(f'accounts.needs.{need}')} {numbers.count(counts[need])}"
        )


def _segmented(name: str, offered: tuple[str, ...], allowed: tuple[str, ...], words: Callable[[str], str]) -> None:
    st.session_state[f"accounts.{name}"] = switch(name, allowed)
    st.segmented_control(
        say(f"accounts.list.{name}"), offered, key=f"accounts.{name}", required=True, format_func=words,
        label_visibility="collapsed", on_change=_turn, args=(name, allowed),
    )  # fmt: skip


def _turn(name: str, allowed: tuple[str, ...]) -> None:
    set_switch(name, st.session_state[f"accounts.{name}"], allowed)


def _search() -> None:
    """Kept for the visit only: what somebody looks for is nobody else's, and never in the URL."""
    st.session_state[_SEARCHED] = st.session_state["accounts.search"]


def _forget_search() -> None:
    st.session_state[_SEARCHED] = ""


def searched(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """The accounts whose name, domain or id has all the words of the text, in any case; all for no words."""
    words = text.casefold().split()
    if not words:
        return frame
    hay = frame["name"].fillna("") + " " + frame["domain"].fillna("") + " " + frame["account_id"]
    hay = hay.str.casefold()
    hit = np.logical_and.reduce([hay.str.contains(word, regex=False).to_numpy(dtype=bool) for word in words])
    return frame[hit]


def _is(frame: pd.DataFrame, need: str) -> pd.Series:
    """Which accounts the need is of."""
    if need == "stalled":
        return frame["stalled_deals"] > 0
    if need == "renewal":
        return frame["renewals_at_risk"] > 0
    if need == "quiet":
        return frame["is_quiet"]
    if need == "no_deal":
        return (frame["open_deals"] == 0) & (frame["is_engaged"] | frame["in_market"].eq(True))
    return pd.Series(True, index=frame.index)


def _sorted(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Most first; names and renewals from the first on, and sales' touches from the longest ago; missing ones last."""
    if by == "name":
        key = frame["name"].fillna(frame["account_id"]).str.casefold()
        return frame.loc[key.sort_values(kind="stable").index]
    column = {"last_sales": "last_sales_on"}.get(by, by)
    rising = by in ("last_sales", "renews_on")
    return frame.sort_values([column, "account_id"], ascending=[rising, True], kind="stable", na_position="last")


def _table(page: Page, found: pd.DataFrame, by: str) -> None:
    if found.empty:
        st.markdown(f"**{say('accounts.list.none')}**", text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if st.session_state.get(_SEARCHED):
                st.button(say("accounts.list.forget"), key="accounts.forget", on_click=_forget_search)
            if switch("need", NEEDS) != "all":
                st.button(say("accounts.list.whole"), key="accounts.whole", on_click=set_switch,
                          args=("need", "all", NEEDS))  # fmt: skip
        return
    shown = found.head(LISTED)
    table, config = columns.shown(shown, switch("columns", VIEWS), visit.snapshot().currency, page.has_targets)
    account_table(
        table, list(shown["account_id"]), "accounts.table", width="stretch", height=height(len(shown), SHOWN),
        row_height=ROW_HEIGHT, column_config=config,
    )  # fmt: skip
    said = say("accounts.list.count", n=numbers.count(len(found)))
    if len(found) > LISTED:
        said = say("drill.cut", n=numbers.count(LISTED), of=numbers.count(len(found)))
    order = say("accounts.list.order", order=say(f"accounts.sorts.{by}"))
    st.caption(safe.for_markdown(f"{said} · {order} · {say('accounts.list.open')}"))


def _nothing(page: Page) -> None:
    """The filter without which there are accounts, and the way to remove it."""
    scope = _scope(page)
    for name, values in scope.filters:
        n = len(visit.accounts(scope.without(name), fit=False))
        if n:
            empty.without_filter("accounts", name, values, say("accounts.list.title", n=n, count=numbers.count(n)))
            return
    if scope.filters:
        st.markdown(f"**{say('nothing.fact')}**", text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button(say("bar.reset"), key="accounts.reset", icon=":material/restart_alt:", on_click=reset)
        return
    empty.missing("accounts", ["accounts"])
