"""What can be filtered and split by."""

from hostile import HOSTILE

from metrics import Scope, dimension_values, measure


def test_every_dimension_with_values_is_named(firm):
    found = {name: (table, values) for name, table, values in dimension_values(firm)}
    assert found["target"] == ("accounts", ["target", "rest"])
    assert found["industry"] == ("accounts", ["Rail", "Air"])
    assert found["team"] == ("owners", ["North", "South"])
    assert set(found["Vertical"][1]) == set(HOSTILE)
    assert "tier" not in found


def test_every_named_dimension_filters_and_splits_with_the_same_count(firm):
    for name, _, values in dimension_values(firm):
        split = measure(firm, "opportunities_created", Scope(by=name)).frame
        counts = dict(zip(split["segment"], split["n"], strict=True))
        for value in values:
            alone = measure(firm, "opportunities_created", Scope(((name, (value,)),))).frame
            assert alone["n"].iloc[0] == counts.get(value, 0), (name, value)


def test_a_dimension_that_only_contacts_have_is_named(opened):
    snapshot = opened(contacts=[{"contact_id": "c1", "source": "Search"}])
    assert [(n, t, v) for n, t, v in dimension_values(snapshot) if n == "source"] == [
        ("source", "contacts", ["Search"])
    ]


def test_the_seller_region_stands_in_only_where_no_account_has_one(opened):
    deals = [{"opportunity_id": "d1", "account_id": "a1", "owner": "Seat", "stage": "Won", "closed_on": "2024-01-01"}]
    rows = {"stages": {"Won": "won"}, "owners": [{"owner": "Seat", "region": "Emea"}], "opportunities": deals}
    without = opened(accounts=[{"account_id": "a1"}], **rows)
    assert list(measure(without, "win_rate", Scope(by="region")).frame["segment"]) == ["Emea"]
    with_one = opened(accounts=[{"account_id": "a1", "region": "West"}], **rows)
    assert list(measure(with_one, "win_rate", Scope(by="region")).frame["segment"]) == ["West"]
    assert list(measure(with_one, "win_rate", Scope(by="owner_region")).frame["segment"]) == ["Emea"]


def test_columns_of_one_name_are_told_apart_by_their_table(opened):
    snapshot = opened(
        accounts=[{"account_id": "a1", "Class": "A"}],
        opportunities=[{"opportunity_id": "d1", "account_id": "a1", "Class": "B", "stage": "Won"}],
        stages={"Won": "won"},
    )
    names = {name for name, _, _ in dimension_values(snapshot)}
    assert {"accounts.Class", "opportunities.Class"} <= names
    assert list(measure(snapshot, "win_rate", Scope(by="accounts.Class")).frame["segment"]) == ["A"]
    assert list(measure(snapshot, "win_rate", Scope(by="opportunities.Class")).frame["segment"]) == ["B"]


def test_no_value_of_a_dimension_is_cut_away(opened):
    """As many owners as there are, the most frequent first."""
    deals = [{"opportunity_id": f"d{n}", "owner": f"Seat {n % 1003}", "stage": "Open"} for n in range(1004)]
    found = {name: values for name, _, values in dimension_values(opened(stages={"Open": "open"}, opportunities=deals))}
    assert (len(found["owner"]), found["owner"][0]) == (1003, "Seat 0")
