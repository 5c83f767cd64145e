"""Lead conversion: the steps that the data can tell, and who reached them."""

from datetime import date
from statistics import median

import pytest
from random_customers import AS_OF, outcome, random_customers

from metrics import Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}


def contact(number, **columns):
    return {"contact_id": f"c{number}", **columns}


def company_of(*contacts, **more):
    people = [contact(n, **columns) for n, columns in enumerate(contacts, start=1)]
    return {"stages": STAGES, "as_of": "2024-06-30", "contacts": people, **more}


def values(answer, name="value", segment="All"):
    return {row["step"]: row[name] for row in answer.rows() if row["segment"] == segment}


HAND = company_of(
    {"created_on": "2024-01-01", "mql_on": "2024-01-11", "sql_on": "2024-01-21"},
    {"created_on": "2024-01-01", "mql_on": "2024-01-05"},
    {"created_on": "2024-02-01", "sql_on": "2024-02-02"},
    {"created_on": "2024-02-01"},
    {"mql_on": "2024-03-01"},
    opportunities=[
        {"opportunity_id": "d1", "stage": "Won", "opened_on": "2024-02-01", "closed_on": "2024-03-01"},
        {"opportunity_id": "d2", "stage": "Demo", "opened_on": "2024-02-12"},
    ],
    opportunity_contacts=[
        {"opportunity_id": "d1", "contact_id": "c1"}, {"opportunity_id": "d2", "contact_id": "c1"},
        {"opportunity_id": "d2", "contact_id": "c3"},
    ],
)  # fmt: skip


def test_by_hand(opened):
    """
    contact  created     MQL         SQL         on deals          furthest
    c1       1 January   11 January  21 January  d1 (won), d2      customer
    c2       1 January   5 January                                 MQL
    c3       1 February              2 February  d2, 12 February   opportunity
    c4       1 February                                            lead
    c5       unknown     1 March                                   MQL
    """
    snapshot = opened(**HAND)
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == values(answer, "n") == {"lead": 5, "mql": 4, "sql": 2, "opportunity": 2, "customer": 1}
    assert values(answer, "step_rate") == {"lead": None, "mql": 0.8, "sql": 0.5, "opportunity": 1, "customer": 0.5}
    assert values(answer, "overall_rate") == {"lead": 1, "mql": 0.8, "sql": 0.4, "opportunity": 0.4, "customer": 0.2}
    # MQL: 10 and 4 days; SQL: 10 (c3 has no MQL day); opportunity: 11 and 10; customer: 29.
    assert values(answer, "median_days") == {"lead": None, "mql": 7, "sql": 10, "opportunity": 10.5, "customer": 29}
    for row in answer.rows():
        assert len(list_rows(snapshot, "lead_conversion", where={"step": row["step"]})) == row["value"]


def test_a_period_is_about_the_day_of_creation(opened):
    answer = measure(opened(**HAND), "lead_conversion", Scope(start=date(2024, 1, 1), end=date(2024, 1, 31)))
    assert values(answer) == {"lead": 2, "mql": 2, "sql": 1, "opportunity": 1, "customer": 1}
    assert dict(answer.excluded) == {"no creation date": 1}


def test_a_converted_flag_alone_gives_lead_and_customer(opened):
    snapshot = opened(**company_of(
        {"is_converted": True, "source": "Web"}, {"is_converted": False, "source": "Web"},
        {"is_converted": False, "source": "Event"}, {"is_converted": None},
    ))  # fmt: skip
    assert values(measure(snapshot, "lead_conversion")) == {"lead": 4, "customer": 1}
    by_source = measure(snapshot, "lead_conversion", Scope(by="source"))
    assert values(by_source, segment="Web") == {"lead": 2, "customer": 1}
    assert values(by_source, segment="Event") == {"lead": 1, "customer": 0}
    assert values(by_source, "step_rate", segment="(none)") == {"lead": None, "customer": 0}


def test_a_converted_lead_is_an_opportunity_where_deals_tell_who_bought(opened):
    snapshot = opened(**company_of(
        {"is_converted": True, "converted_on": "2024-02-10", "created_on": "2024-02-01"}, {}, {},
        opportunities=[{"opportunity_id": "d", "stage": "Won", "opened_on": "2024-02-01", "closed_on": "2024-03-01"}],
        opportunity_contacts=[{"opportunity_id": "d", "contact_id": "c2"}],
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == {"lead": 3, "opportunity": 2, "customer": 1}
    assert values(answer, "median_days")["opportunity"] == 9


def test_the_contacts_own_day_of_becoming_an_opportunity_stands_before_its_deals(opened):
    """c1 after 4 days by its own date, 19 by its deal; c2 after 6, without a deal; c3 after 11, by its deal."""
    snapshot = opened(**company_of(
        {"created_on": "2024-02-01", "_opportunity_on": "2024-02-05"},
        {"created_on": "2024-02-01", "_opportunity_on": "2024-02-07"}, {"created_on": "2024-02-09"}, {},
        opportunities=[{"opportunity_id": "d", "stage": "Won", "opened_on": "2024-02-20", "closed_on": "2024-03-01"}],
        opportunity_contacts=[{"opportunity_id": "d", "contact_id": c} for c in ("c1", "c3")],
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == {"lead": 4, "opportunity": 3, "customer": 2}
    assert values(answer, "median_days")["opportunity"] == 6


def test_the_lifecycle_stage_tells(opened):
    stages = ("Lead", "Marketing Qualified Lead", "salesqualifiedlead", "Opportunity", "Customer", "Evangelist", None)
    snapshot = opened(**company_of(*({"lifecycle_stage": stage} for stage in stages)))
    assert values(measure(snapshot, "lead_conversion")) == {
        "lead": 7,
        "mql": 5,
        "sql": 4,
        "opportunity": 3,
        "customer": 2,
    }


def test_where_deals_are_loaded_they_say_who_is_a_customer(opened):
    """
    c1 Customer since 1 June, on the lost deal: opportunity since 1 March; c2 Customer without a deal: opportunity;
    c3 on the won deal: customer; c4 Opportunity, and a customer since 1 May by its date: opportunity, of no known day.
    """
    snapshot = opened(**company_of(
        {"created_on": "2024-02-01", "lifecycle_stage": "Customer", "_customer_on": "2024-06-01"},
        {"created_on": "2024-02-01", "lifecycle_stage": "Customer"}, {"created_on": "2024-02-01"},
        {"created_on": "2024-02-01", "lifecycle_stage": "Opportunity", "_customer_on": "2024-05-01"},
        opportunities=[
            {"opportunity_id": "d1", "stage": "Lost", "opened_on": "2024-03-01", "closed_on": "2024-04-01"},
            {"opportunity_id": "d2", "stage": "Won", "opened_on": "2024-03-01", "closed_on": "2024-03-11"},
        ],
        opportunity_contacts=[
            {"opportunity_id": "d1", "contact_id": "c1"}, {"opportunity_id": "d2", "contact_id": "c3"},
        ],
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == {"lead": 4, "opportunity": 4, "customer": 1}
    assert values(answer, "median_days") == {"lead": None, "opportunity": 29, "customer": 10}


def test_a_day_of_becoming_a_customer_dates_that_step_alone(opened):
    snapshot = opened(**company_of(
        {"created_on": "2024-02-01", "sql_on": "2024-02-11", "_customer_on": "2024-03-12"}, {"sql_on": "2024-02-11"},
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == {"lead": 2, "sql": 2, "customer": 1}
    assert values(answer, "median_days") == {"lead": None, "sql": 10, "customer": 30}


def test_links_to_deals_that_are_not_loaded_do_not_tell_who_bought(opened):
    snapshot = opened(**company_of(
        {"is_converted": True}, {"is_converted": False},
        opportunity_contacts=[{"opportunity_id": "elsewhere", "contact_id": "c1"}],
    ))  # fmt: skip
    assert values(measure(snapshot, "lead_conversion")) == {"lead": 2, "customer": 1}


def test_names_alone_are_leads(opened):
    assert values(measure(opened(**company_of({}, {})), "lead_conversion")) == {"lead": 2}


def test_without_contacts_there_is_no_row_and_a_warning(opened):
    answer = measure(opened(accounts=[{"account_id": "a1", "name": "a1"}]), "lead_conversion")
    assert answer.rows() == []
    assert any("needs contacts" in warning for warning in answer.warnings)


def test_a_step_that_nobody_of_a_segment_reached_has_no_rate_after_it(opened):
    snapshot = opened(**company_of(
        {"source": "Web", "mql_on": "2024-01-05", "sql_on": "2024-01-09"}, {"source": "Event"},
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion", Scope(by="source"))
    assert values(answer, "step_rate", segment="Event") == {"lead": None, "mql": 0, "sql": None}


def test_two_deals_of_a_contact_are_one_contact(opened):
    snapshot = opened(**HAND)
    listed = list_rows(snapshot, "lead_conversion", where={"step": "opportunity"})
    assert sorted(listed["contact_id"]) == ["c1", "c3"]


def test_negative_durations_are_left_out_and_counted(opened):
    snapshot = opened(**company_of({"created_on": "2024-02-01", "mql_on": "2024-01-30"},
                                   {"created_on": "2024-02-01", "mql_on": "2024-02-05"}))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer, "median_days") == {"lead": None, "mql": 4}
    assert dict(answer.excluded) == {"negative duration": 1}


def test_contacts_of_an_import_have_no_creation_day_to_count_from(opened):
    """20 contacts created within two days and 3 others: too few remain for a median from creation."""
    imported = [
        {"created_on": f"2024-01-0{n % 2 + 1}", "mql_on": "2024-01-20", "sql_on": "2024-01-21"} for n in range(20)
    ]
    others = [{"created_on": "2024-03-01", "mql_on": "2024-03-11"}] * 3
    answer = measure(opened(**company_of(*imported, *others)), "lead_conversion")
    assert values(answer, "median_days") == {"lead": None, "mql": None, "sql": 1}
    assert dict(answer.excluded) == {"bulk load": 20}
    answer = measure(opened(**company_of(*imported, *others, *others)), "lead_conversion")
    assert values(answer, "median_days")["mql"] == 10


LIFECYCLE = {"Sales Qualified Lead": 3, "Customer": 4}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("period", [(None, None), (date(2023, 5, 1), date(2024, 1, 31))])
@pytest.mark.parametrize("segment", [None, "Web"])
def test_a_second_answer(seed, period, segment):
    """All five steps are told here: dates, a lifecycle stage and people on deals."""
    company = random_customers(seed)
    deals = {d["opportunity_id"]: d for d in company.opportunities}
    reached, days = [0] * 6, []
    for person in company.contacts:
        created, mql_on, sql_on = (
            day if (day := person[name]) and day <= AS_OF else None for name in ("created_on", "mql_on", "sql_on")
        )
        if (person["created_on"] and not created) or (segment and person["source"] != segment):
            continue
        if period[0] and not (created and period[0] <= created <= period[1]):
            continue
        linked = [deals[link["opportunity_id"]] for link in company.opportunity_contacts
                  if link["contact_id"] == person["contact_id"]]  # fmt: skip
        own = [deal for deal in linked if not deal["opened_on"] or deal["opened_on"] <= AS_OF]
        furthest = max(
            1, 2 * bool(mql_on), 3 * bool(sql_on),
            4 * (bool(own) or person["is_converted"] is True),
            5 * any(outcome(d) == "won" for d in own), LIFECYCLE.get(person["lifecycle_stage"], 1),
        )  # fmt: skip
        for step in range(1, furthest + 1):
            reached[step] += 1
        if mql_on and created and mql_on >= created:
            days.append((mql_on - created).days)
    scope = Scope(filters=(("source", (segment,)),) if segment else (), start=period[0], end=period[1])
    answer = measure(company.snapshot, "lead_conversion", scope)
    assert list(values(answer).values()) == reached[1:]
    assert values(answer, "median_days")["mql"] == pytest.approx(median(days))


def test_what_comes_after_the_as_of_day_is_not_there_yet(opened):
    """
    As of 30 June    created     MQL          SQL       on a deal
    c1               1 May       1 August                         lead
    c2               1 May       10 May                 opened 1 August: MQL
    c3               1 July                                       not there yet
    c4               1 May       2 May        3 May               SQL
    """
    snapshot = opened(**company_of(
        {"created_on": "2024-05-01", "mql_on": "2024-08-01"}, {"created_on": "2024-05-01", "mql_on": "2024-05-10"},
        {"created_on": "2024-07-01", "mql_on": "2024-07-02"},
        {"created_on": "2024-05-01", "mql_on": "2024-05-02", "sql_on": "2024-05-03"},
        opportunities=[{"opportunity_id": "d1", "stage": "Demo", "opened_on": "2024-08-01"}],
        opportunity_contacts=[{"opportunity_id": "d1", "contact_id": "c2"}],
    ))  # fmt: skip
    answer = measure(snapshot, "lead_conversion")
    assert values(answer) == {"lead": 3, "mql": 2, "sql": 1, "opportunity": 0, "customer": 0}
    assert ("created after as-of", 1) in answer.excluded
