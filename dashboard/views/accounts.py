"""Accounts: prepare a call. The list of accounts, and the page of one of them."""

from dashboard import visit
from dashboard.cards.page import data_page, page_sentence
from dashboard.filters import choice
from dashboard.topics.account import account_page
from dashboard.topics.accounts import accounts_card, accounts_sentence


def show() -> None:
    """The page of the account that is chosen; without one the list."""
    chosen = choice().account
    if chosen and visit.has_data():
        account_page(chosen)
        return
    page = data_page("accounts", dated=False)
    if page is None:
        return
    sentence, counts = accounts_sentence(page)
    page_sentence(page, sentence, **counts)
    accounts_card(page)


if __name__ == "__main__":
    show()
