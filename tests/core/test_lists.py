"""A filter on a list and a split by lists are one notion: a deal by the day that it opened, an account by today."""

import pytest
from company import company

from metrics import Scope, list_rows, measure, open_snapshot

STAGES = {"Open": "open", "Won": "won", "Lost": "lost"}


@pytest.fixture(scope="module")
def listed():
    """Account a: list A since March. b: list A always, list B until February. c: no list. Each deal is won.

    deal  account  opened      lists on that day
    1     a        2024-02-01  (none)
    2     a        2024-04-01  A
    3     b        2024-01-10  A, B
    4     b        2024-05-01  A
    5     c        2024-01-01  (none)
    6     nobody   2024-01-01  (none)
    """
    opened = [("a", "02-01"), ("a", "04-01"), ("b", "01-10"), ("b", "05-01"), ("c", "01-01"), (None, "01-01")]
    snapshot = open_snapshot(company(
        stages=STAGES,
        accounts=[{"account_id": key, "name": key.upper()} for key in "abc"],
        account_lists=[
            {"account_id": "a", "list": "A", "since": "2024-03-01"},
            {"account_id": "b", "list": "A"},
            {"account_id": "b", "list": "B", "until": "2024-02-01"},
        ],
        opportunities=[
            {"opportunity_id": str(n), "account_id": account, "stage": "Won", "pipeline": "Sales",
             "opened_on": f"2024-{day}", "closed_on": "2024-06-01", "amount": 1, "currency": "EUR"}
            for n, (account, day) in enumerate(opened, start=1)
        ],
        as_of="2024-06-30",
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


def test_deals_are_on_a_list_by_the_day_that_they_opened(listed):
    split = measure(listed, "won_revenue", Scope(by="list")).frame.set_index("segment")["deals"].to_dict()
    assert split == {"(none)": 3, "A": 3, "B": 1}
    for name, deals in split.items():
        filtered = measure(listed, "won_revenue", Scope((("list", (name,)),))).frame
        assert filtered["deals"].tolist() == [deals], name


def test_several_lists_are_alternatives_and_count_a_deal_once(listed):
    both = measure(listed, "won_revenue", Scope((("list", ("A", "B")),))).frame
    assert both["deals"].tolist() == [3]
    everything = measure(listed, "won_revenue", Scope((("list", ("A", "B", "(none)")),))).frame
    assert everything["deals"].tolist() == [6]


def test_accounts_are_on_a_list_at_the_end_of_the_period(listed):
    split = measure(listed, "accounts_with_opportunity", Scope(by="list")).frame.set_index("segment")["n"].to_dict()
    assert split == {"(none)": 1, "A": 2}
    for name, accounts in split.items():
        filtered = measure(listed, "accounts_with_opportunity", Scope((("list", (name,)),))).frame
        assert filtered["n"].tolist() == [accounts], name


@pytest.fixture(scope="module")
def listed_again():
    """Account a is on list Top by three spans that overlap, b by one; each has one deal won for 100.

    The deal of a opened when two of the three spans held, and on the as-of day all three hold.
    """
    days = [("a", "2024-01-01"), ("a", "2024-02-01"), ("a", "2024-05-01"), ("b", None)]
    snapshot = open_snapshot(company(
        stages=STAGES,
        accounts=[{"account_id": key, "name": key.upper()} for key in "ab"],
        account_lists=[{"account_id": account, "list": "Top", "since": since} for account, since in days],
        opportunities=[
            {"opportunity_id": f"d{account}", "account_id": account, "stage": "Won", "pipeline": "Sales",
             "opened_on": "2024-03-01", "closed_on": "2024-06-01", "amount": 100, "currency": "EUR"}
            for account in "ab"
        ],
        entered=[("da", "Open", "2024-03-01"), ("da", "Won", "2024-06-01"), ("db", "Open", "2024-03-01")],
        as_of="2024-06-30",
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


def test_a_list_that_names_an_account_several_times_counts_it_once(listed_again):
    by_list = Scope(by="list")
    accounts = measure(listed_again, "accounts_with_opportunity", by_list).frame
    assert accounts[["segment", "n"]].to_numpy().tolist() == [["Top", 2]]
    deals = measure(listed_again, "won_revenue", by_list).frame
    assert deals[["segment", "value", "deals"]].to_numpy().tolist() == [["Top", 200, 2]]
    visits = measure(listed_again, "days_in_stage", by_list).frame
    assert visits[visits["stage"] == "Open"]["n"].tolist() == [1]
    assert len(list_rows(listed_again, "won_revenue", by_list)) == 2


def test_deals_loaded_in_bulk_are_on_a_list_by_the_as_of_day_as_they_are_targets():
    """25 deals created on one day, before their account came on its list: their opening day says nothing."""
    snapshot = open_snapshot(company(
        stages=STAGES,
        accounts=[{"account_id": "a", "name": "A"}],
        account_lists=[{"account_id": "a", "list": "Top", "since": "2024-01-15"}],
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": "a", "stage": "Won", "pipeline": "Sales",
             "opened_on": "2024-01-01", "closed_on": "2024-06-01", "amount": 100, "currency": "EUR"}
            for n in range(25)
        ],
        as_of="2024-06-30",
    ))  # fmt: skip
    for name, value in (("target", "target"), ("list", "Top")):
        split = measure(snapshot, "won_revenue", Scope(by=name)).frame
        assert split[["segment", "value"]].to_numpy().tolist() == [[value, 2500]]
        filtered = measure(snapshot, "won_revenue", Scope(((name, (value,)),))).frame
        assert filtered["value"].tolist() == [2500]
    snapshot.close()
