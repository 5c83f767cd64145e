"""Overview: are we on plan, does ABM beat the rest, what needs me? Or what a seller or executive needs first."""

from dashboard.cards.page import data_page
from dashboard.filters import choice
from dashboard.topics.start import executive_start, leader_start, role_switch, seller_start

STARTS = {"leader": leader_start, "seller": seller_start, "executive": executive_start}


def show() -> None:
    """The page."""
    role = choice().role
    page = data_page("overview", beside=role_switch, bar=role != "executive", dated=role != "seller")
    if page is not None:
        STARTS[role](page)


if __name__ == "__main__":
    show()
