"""How a row finds its company: by id, by domain, by normalised name; and who is an account while no export says so."""

import pytest


def account_of(built, table, column="account_id"):
    return dict(built.rows(f"SELECT {table[1]}, {column} FROM model.{table[0]}"))


DEALS = ("opportunities", "opportunity_id")


def deals(*keys, **more):
    return [{"opportunity_id": f"d{n}", "account_id": key, **more} for n, key in enumerate(keys, start=1)]


def test_a_company_is_found_by_id_then_domain_then_name(built):
    """d1 by id, d2 by domain, d3 by a URL, d4 by name without its legal form, d5 by nothing."""
    found = built(
        accounts=[
            {"account_id": "a1", "name": "North Rail GmbH", "domain": "northrail.example"},
            {"account_id": "a2", "name": "South, Inc.", "domain": "south.example"},
        ],
        opportunities=deals("a1", "northrail.example", "https://www.south.example/about", "SOUTH", "nobody"),
    )
    assert account_of(found, DEALS) == {"d1": "a1", "d2": "a1", "d3": "a2", "d4": "a2", "d5": None}
    issues = found.about("quality")
    assert (
        '"kind": "account not found", "table": "opportunities", "column": "account_id", "n": 1, "rows": [5]' in issues
    )


def test_the_name_and_domain_beside_an_unknown_id_count(built):
    """HubSpot writes the associated company's id and its name: an unknown id falls back to the name."""
    found = built(
        accounts=[{"account_id": "a1", "name": "North"}, {"account_id": "a2", "domain": "south.example"}],
        opportunities=[
            {"opportunity_id": "d1", "account_id": "99", "_account_name": "north"},
            {"opportunity_id": "d2", "account_id": "98", "_account_domain": "south.example"},
        ],
    )
    assert account_of(found, DEALS) == {"d1": "a1", "d2": "a2"}


def test_salesforce_ids_match_on_fifteen_characters_and_case_counts(built):
    found = built(
        accounts=[
            {"account_id": "0018d00000Abc12AAB", "name": "North"},
            {"account_id": "0018d00000abc12", "name": "South"},
        ],
        opportunities=deals("0018d00000Abc12", "0018d00000abc12AAF", "0018D00000ABC12"),
    )
    assert account_of(found, DEALS) == {"d1": "0018d00000Abc12AAB", "d2": "0018d00000abc12", "d3": None}


def test_long_numbers_are_not_salesforce_ids(built):
    """Two ids that differ in the last of 18 digits are two companies."""
    found = built(
        accounts=[{"account_id": "123456789012345671"}, {"account_id": "123456789012345672"}],
        opportunities=deals("123456789012345672"),
    )
    assert account_of(found, DEALS) == {"d1": "123456789012345672"}


def test_without_accounts_each_distinct_key_is_an_account(built):
    """a1 twice and a2: two accounts, marked derived; the name from beside the id, else the key."""
    found = built(
        opportunities=[
            {"opportunity_id": "d1", "account_id": "11", "_account_name": "North"},
            {"opportunity_id": "d2", "account_id": "11", "_account_name": "North"},
            {"opportunity_id": "d3", "account_id": "12"},
            {"opportunity_id": "d4", "account_id": None},
        ]
    )
    assert found.rows("SELECT account_id, name, is_derived FROM model.accounts ORDER BY 1") == [
        ("11", "North", True),
        ("12", "12", True),
    ]
    assert account_of(found, DEALS) == {"d1": "11", "d2": "11", "d3": "12", "d4": None}


def test_derived_names_are_compared_as_names_and_ids_as_ids(built):
    """'Acme Inc.' and 'ACME' are one company; ids that differ in case are two."""
    found = built(opportunities=deals("Acme Inc.", "ACME", "x1Y", "x1y"))
    assert len(set(account_of(found, DEALS).values())) == 3
    assert account_of(found, DEALS)["d1"] == account_of(found, DEALS)["d2"]


def test_a_name_or_domain_that_an_id_carries_is_no_account_of_its_own(built):
    found = built(
        opportunities=[
            {"opportunity_id": "d1", "account_id": "11", "_account_name": "Acme", "_account_domain": "acme.example"}
        ],
        invoices=[{"invoice_id": "i1", "account_id": "acme", "invoiced_on": "2024-01-01", "amount": 1}],
        activities=[{"activity_id": "t1", "account_id": "acme.example", "occurred_at": "2024-01-01"}],
    )
    assert found.rows("SELECT account_id FROM model.accounts") == [("11",)]
    assert found.one("SELECT account_id FROM model.invoices") == "11"
    assert found.one("SELECT account_id FROM model.activities") == "11"


def test_an_accounts_export_replaces_derived_accounts(built):
    found = built(accounts=[{"account_id": "a1"}], opportunities=deals("a1", "a2"))
    assert found.rows("SELECT account_id, is_derived FROM model.accounts") == [("a1", False)]
    assert account_of(found, DEALS)["d2"] is None


@pytest.mark.parametrize(
    ("contact", "account"),
    [
        ({"account_id": "a1"}, "a1"),
        ({"company_name": "North Inc"}, "a1"),
        ({"email": "someone@north.example"}, "a1"),
        ({"company_name": "a1"}, "a1"),
        ({"email": "someone@gmail.com"}, None),
        ({"account_id": "unknown", "company_name": "North"}, "a1"),
        ({}, None),
    ],
)
def test_a_person_falls_back_to_the_company_name_and_to_the_mail_domain(built, contact, account):
    found = built(
        accounts=[
            {"account_id": "a1", "name": "North", "domain": "north.example"},
            {"account_id": "a2", "domain": "gmail.com"},
        ],
        contacts=[{"contact_id": "c1", **contact}],
    )
    assert found.one("SELECT account_id FROM model.contacts") == account


def test_free_mail_is_no_company_while_accounts_are_derived(built):
    found = built(
        contacts=[
            {"contact_id": "c1", "email": "a@gmail.com"},
            {"contact_id": "c2", "email": "a@north.example"},
            {"contact_id": "c3", "email": "b@north.example", "company_name": "North"},
        ]
    )
    assert found.rows("SELECT account_id, domain FROM model.accounts") == [("North", "north.example")]
    assert account_of(found, ("contacts", "contact_id")) == {"c1": None, "c2": "North", "c3": "North"}


def test_a_touch_belongs_to_its_own_account_else_its_persons_else_its_deals(built):
    found = built(
        accounts=[{"account_id": "a1"}, {"account_id": "a2"}, {"account_id": "a3"}],
        contacts=[{"contact_id": "c2", "account_id": "a2", "email": "two@south.example"}, {"contact_id": "c0"}],
        opportunities=[{"opportunity_id": "d3", "account_id": "a3"}],
        activities=[
            {"activity_id": "t1", "account_id": "a1", "contact_id": "c2", "opportunity_id": "d3"},
            {"activity_id": "t2", "contact_id": "c2", "opportunity_id": "d3"},
            {"activity_id": "t3", "contact_id": "c0", "opportunity_id": "d3"},
            {"activity_id": "t4", "contact_id": "Two@south.example"},
            {"activity_id": "t5"},
        ],
    )
    assert account_of(found, ("activities", "activity_id")) == {
        "t1": "a1",
        "t2": "a2",
        "t3": "a3",
        "t4": "a2",
        "t5": None,
    }


def test_owner_ids_become_names(built):
    found = built(
        owners=[{"owner": "Desk East", "team": "East", "_owner_id": "0058d000002C3D2AAK"}],
        accounts=[{"account_id": "a1", "owner": "0058d000002C3D2"}],
        opportunities=[
            {"opportunity_id": "d1", "owner": "0058d000002C3D2AAK"},
            {"opportunity_id": "d2", "owner": "Desk West"},
        ],
    )
    assert found.one("SELECT owner FROM model.accounts") == "Desk East"
    assert found.rows("SELECT owner FROM model.opportunities ORDER BY opportunity_id") == [
        ("Desk East",),
        ("Desk West",),
    ]


def test_sellers_of_one_name_stay_two_by_their_ids(built):
    found = built(
        owners=[
            {"owner": "Desk", "team": "East", "_owner_id": "u1"},
            {"owner": "Desk", "team": "West", "_owner_id": "u2"},
            {"owner": "Desk South", "team": "South", "_owner_id": "u3"},
        ],
        accounts=[{"account_id": "a1", "owner": "u1"}],
        contacts=[{"contact_id": "c1", "owner": "u2"}],
        opportunities=[
            {"opportunity_id": "d1", "owner": "u1"},
            {"opportunity_id": "d2", "owner": "u2"},
            {"opportunity_id": "d3", "owner": "u3"},
            {"opportunity_id": "d4", "owner": "Desk"},
        ],
    )
    assert found.rows("SELECT opportunity_id, owner FROM model.opportunities ORDER BY 1") == [
        ("d1", "Desk (u1)"),
        ("d2", "Desk (u2)"),
        ("d3", "Desk South"),
        ("d4", "Desk"),
    ]
    assert found.one("SELECT owner FROM model.accounts") == "Desk (u1)"
    assert found.one("SELECT owner FROM model.contacts") == "Desk (u2)"
    assert found.rows("SELECT owner, team FROM model.owners") == [
        ("Desk (u1)", "East"),
        ("Desk (u2)", "West"),
        ("Desk South", "South"),
    ]


def test_one_id_of_both_lengths_is_one_seller(built):
    found = built(
        owners=[
            {"owner": "Desk", "team": "East", "_owner_id": "0058d000002C3D2"},
            {"owner": "Desk", "team": "West", "_owner_id": "0058d000002C3D2AAK"},
        ],
        opportunities=[{"opportunity_id": "d1", "owner": "0058d000002C3D2"}],
    )
    assert found.one("SELECT owner FROM model.opportunities") == "Desk"
    assert found.rows("SELECT owner, team FROM model.owners") == [("Desk", "West")]


def test_a_parent_is_found_by_id_or_name(built):
    found = built(
        accounts=[
            {"account_id": "a1", "name": "Holding"},
            {"account_id": "a2", "parent_account_id": "holding"},
            {"account_id": "a3", "parent_account_id": "a1"},
            {"account_id": "a4", "parent_account_id": "Elsewhere"},
        ]
    )
    assert account_of(found, ("accounts", "account_id"), "parent_account_id") == {
        "a1": None,
        "a2": "a1",
        "a3": "a1",
        "a4": "Elsewhere",
    }


def test_no_link_ever_repeats_a_row(built):
    """Two companies of one name and one domain, two people of one address: every row is there once."""
    found = built(
        accounts=[{"account_id": f"a{n}", "name": "Same", "domain": "same.example"} for n in (1, 2)],
        contacts=[{"contact_id": f"c{n}", "email": "x@same.example"} for n in (1, 2)],
        opportunities=deals("Same", "same.example", name="Same deal"),
        activities=[{"activity_id": "t1", "contact_id": "x@same.example", "opportunity_id": "Same deal"}],
    )
    counts = found.one(
        "SELECT (SELECT count(*) FROM model.accounts), (SELECT count(*) FROM model.contacts), "
        "(SELECT count(*) FROM model.opportunities), (SELECT count(*) FROM model.activities)"
    )
    assert counts == (2, 2, 2, 1)
    assert '"kind": "same domain under several ids"' in found.about("quality")


@pytest.mark.parametrize(
    ("employees", "size"),
    [
        (None, None),
        (0, None),
        (1, "1–50"),
        (50, "1–50"),
        (51, "51–200"),
        (200, "51–200"),
        (201, "201–1000"),
        (1000, "201–1000"),
        (1001, "1001–5000"),
        (5000, "1001–5000"),
        (5001, "5001+"),
    ],
)
def test_size_bands(built, employees, size):
    assert built(accounts=[{"account_id": "a1", "employees": employees}]).one("SELECT size FROM model.accounts") == size
