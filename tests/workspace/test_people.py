"""A converted lead and the contact that it became are one person."""

import json
from datetime import date, timedelta

import duckdb
from company import company, write_batch

from metrics import measure, open_snapshot
from metrics.workspace.build import build_in

LEAD, BECAME, BECAME_15 = "00Q1G00000N38JZ", "0031G00000N38JZQAZ", "0031G00000N38JZ"


def lead(key=LEAD, became=BECAME_15, **more):
    return {"contact_id": key, "is_lead": True, "is_converted": True, "_converted_contact_id": became, **more}


def contact(key=BECAME, **more):
    return {"contact_id": key, "is_lead": False, **more}


def test_the_contacts_row_stays_and_the_lead_fills_it(built):
    found = built(
        contacts=[
            contact(name="Buyer", title="Head", created_on="2024-02-01", account_id="a1"),
            lead(
                name="Lead", lead_status="Qualified", source="Web", created_on="2024-01-05", converted_on="2024-02-01"
            ),
            contact("c9", created_on="2024-03-01"),
        ]
    )
    assert found.rows(
        "SELECT contact_id, name, title, lead_status, source, created_on, converted_on, is_converted, is_lead "
        "FROM model.contacts ORDER BY created_on"
    ) == [
        (BECAME, "Buyer", "Head", "Qualified", "Web", date(2024, 1, 5), date(2024, 2, 1), True, True),
        ("c9", None, None, None, None, date(2024, 3, 1), None, None, False),
    ]


def test_what_names_the_lead_is_the_contacts(built):
    found = built(
        accounts=[{"account_id": "a1"}],
        contacts=[contact(account_id="a1"), lead()],
        opportunities=[{"opportunity_id": "d1", "account_id": "a1"}],
        opportunity_contacts=[
            {"opportunity_id": "d1", "contact_id": LEAD},
            {"opportunity_id": "d1", "contact_id": BECAME},
        ],
        activities=[
            {"activity_id": "t1", "contact_id": LEAD, "occurred_at": "2024-01-01"},
            {"activity_id": "t2", "contact_id": BECAME_15, "occurred_at": "2024-01-02"},
        ],
    )
    assert found.rows("SELECT DISTINCT contact_id, account_id FROM model.activities") == [(BECAME, "a1")]
    assert found.rows("SELECT contact_id FROM model.opportunity_contacts") == [(BECAME,)]
    assert "contact not found" not in found.about("quality")


def test_two_leads_of_one_contact_are_one_person_since_the_first(built):
    found = built(
        contacts=[
            lead("l1", source="Second", created_on="2024-01-09"),
            lead("l2", source="First", created_on="2024-01-02"),
            contact(created_on="2024-02-01"),
        ],
        activities=[
            {"activity_id": "t1", "contact_id": "l1", "occurred_at": "2024-01-01"},
            {"activity_id": "t2", "contact_id": "l2", "occurred_at": "2024-01-02"},
        ],
    )
    assert found.rows("SELECT contact_id, source, created_on FROM model.contacts") == [
        (BECAME, "First", date(2024, 1, 2))
    ]
    assert found.rows("SELECT DISTINCT contact_id FROM model.activities") == [(BECAME,)]


def test_without_the_contact_the_lead_stands_for_it(built):
    found = built(
        contacts=[lead()], activities=[{"activity_id": "t1", "contact_id": BECAME, "occurred_at": "2024-01-01"}]
    )
    assert found.rows("SELECT contact_id FROM model.contacts") == [(LEAD,)]
    assert found.rows("SELECT contact_id FROM model.activities") == [(LEAD,)]


def test_a_lead_that_became_itself_stays(built):
    assert built(contacts=[lead("c1", "c1")]).rows("SELECT contact_id FROM model.contacts") == [("c1",)]


def test_lead_conversion_counts_the_person_once(tmp_path):
    path = company(
        directory=tmp_path,
        contacts=[
            contact(created_on="2024-02-01"),
            lead(created_on="2024-01-05", converted_on="2024-02-01"),
            contact("c9", created_on="2024-01-20"),
        ],
    )
    snapshot = open_snapshot(path)
    try:
        frame = measure(snapshot, "lead_conversion").frame
    finally:
        snapshot.close()
    assert dict(zip(frame["step"], frame["value"], strict=True)) == {"lead": 2, "customer": 1}


def test_who_is_on_a_deal_does_not_take_the_role_away(tmp_path):
    """An older import names the role, a newer one only says that the person is on the deal."""
    said = {"opportunity_id": "d1", "contact_id": BECAME}
    links = ({**said, "role": "Buyer; Champion"}, {**said, "contact_id": BECAME_15})
    batches = [write_batch(tmp_path, number=n, opportunity_contacts=[link]) for n, link in enumerate(links, start=1)]
    batches.append(write_batch(tmp_path, number=3, contacts=[contact()]))
    with duckdb.connect() as connection:
        build_in(connection, batches, {})
        roles = connection.execute("SELECT role FROM model.opportunity_contacts").fetchall()
        assert roles == [("Buyer; Champion",)]
        each = connection.execute("SELECT role FROM model.deal_roles ORDER BY role").fetchall()
        assert each == [("Buyer",), ("Champion",)]


def test_a_converted_lead_whose_deal_was_lost_is_no_customer(tmp_path):
    path = company(
        directory=tmp_path,
        stages={"Lost": "lost"},
        contacts=[lead("l1", None), {"contact_id": "l2", "is_lead": True, "is_converted": False}],
        opportunities=[{"opportunity_id": "d1", "stage": "Lost"}],
        opportunity_contacts=[{"opportunity_id": "d1", "contact_id": "l1"}],
    )
    snapshot = open_snapshot(path)
    try:
        frame = measure(snapshot, "lead_conversion").frame
    finally:
        snapshot.close()
    assert dict(zip(frame["step"], frame["value"], strict=True)) == {"lead": 2, "opportunity": 1, "customer": 0}


def test_contacts_of_a_bulk_load_have_no_known_day_of_creation(built):
    """20 of 41 contacts on two consecutive days are not half of them; 21 of 42 are. One has no day at all."""

    def known(together):
        days = [date(2024, 3, 1) + timedelta(days=n % 2) for n in range(together)]
        days += [date(2024, 4, 1) + timedelta(days=3 * n) for n in range(20)]
        rows = [{"contact_id": f"c{n}", "created_on": day} for n, day in enumerate([*days, None])]
        found = built(contacts=rows)
        return (
            found.one(
                "SELECT count(*) FILTER (NOT created_known), count(*) FILTER (created_known) FROM model.contacts"
            ),
            json.loads(found.about("bulk_load")),
        )

    assert known(20) == ((1, 40), [])
    assert known(21) == ((22, 20), ["contacts"])


def test_a_lead_and_its_contact_are_one_when_a_bulk_load_is_looked_for(built):
    """20 contacts of one day came of leads of other days: the person's day is the lead's, and no bulk load is left."""
    leads = [{"contact_id": f"l{n}", "is_lead": True, "created_on": date(2024, 1, 1) + timedelta(days=5 * n),
              "_converted_contact_id": f"c{n}"} for n in range(20)]  # fmt: skip
    found = built(contacts=[*leads, *({"contact_id": f"c{n}", "created_on": date(2024, 6, 1)} for n in range(20))])
    assert found.one("SELECT count(*) FILTER (created_known), count(*) FROM model.contacts") == (20, 20)
