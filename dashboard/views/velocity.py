"""velocity."""

from dashboard.cards.page import data_page

if __name__ == "__main__":
    data_page("velocity")
