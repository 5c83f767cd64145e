"""One way to open an account: a click on its row in any table of the app."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.filters import state

ACCOUNTS_PAGE = "views/accounts.py"


def open_account(account_id: str) -> None:
    """The page of the account; the filters stay, for the way back."""
    state.change(account=account_id, mark=None)
    st.switch_page(ACCOUNTS_PAGE)


def account_table(table: pd.DataFrame, accounts: Sequence[str | None], key: str, **options: Any) -> None:
    """`st.dataframe` of the rows, whose accounts these are in their order; a click on a row opens its account."""
    if not any(accounts):
        st.dataframe(table, hide_index=True, placeholder="", key=f"{key}.plain", **options)
        return
    opened = f"{key}.opened"
    times = st.session_state.get(opened, 0)  # a new key forgets the click that opened an account
    event: Any = st.dataframe(
        table, hide_index=True, placeholder="", key=f"{key}.{times}", on_select="rerun", selection_mode="single-cell",
        **options,
    )  # fmt: skip
    chosen = account_of(event.selection.cells, accounts)
    if chosen is not None:
        st.session_state[opened] = times + 1
        open_account(chosen)


def account_of(cells: Sequence[tuple[int, str]], accounts: Sequence[str | None]) -> str | None:
    """The account of the row that was clicked; None for none, or a row that is not there any more."""
    return next((accounts[row] for row, _ in cells if 0 <= row < len(accounts)), None)
