"""Deals, money, the as-of day and target accounts, each rule on a few rows."""

import json
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from company import write_batch

from metrics.workspace.build import build_in

STAGES = {"Open": "open", "Won": "won", "Lost": "lost", "Shelved": "no_decision"}


def deal(key="d1", stage="Open", **more):
    return {"opportunity_id": key, "stage": stage, **more}


def deals(found, columns):
    return found.rows(f"SELECT {columns} FROM model.opportunities ORDER BY opportunity_id")


def test_the_close_date_of_an_open_deal_is_its_expected_closing(built):
    found = built(
        stages=STAGES,
        opportunities=[
            deal(closed_on="2024-05-01"),
            deal("d2", closed_on="2024-05-01", expected_close_on="2024-06-01"),
            deal("d3", "Won", closed_on="2024-05-01", expected_close_on="2024-06-01"),
        ],
    )
    may, june = date(2024, 5, 1), date(2024, 6, 1)
    assert deals(found, "closed_on, expected_close_on") == [(None, may), (None, june), (may, june)]


def test_amounts_at_the_rate_of_their_day(built):
    """USD: 0.5 from January, 0.8 from March. Won in February at 0.5, open at the latest, GBP has no rate."""
    found = built(
        stages=STAGES,
        settings={"currency": "EUR"},
        as_of="2024-04-30",
        exchange_rates=[
            {"currency": "USD", "valid_on": "2024-01-01", "rate": 0.5},
            {"currency": "USD", "valid_on": "2024-03-01", "rate": 0.8},
            {"currency": "USD", "valid_on": "2024-06-01", "rate": 9},
        ],
        opportunities=[
            deal("d1", "Won", amount=100, currency="USD", closed_on="2024-02-10"),
            deal("d2", amount=100, currency="USD"),
            deal("d3", "Won", amount=100, currency="GBP", closed_on="2024-02-10"),
            deal("d4", "Won", amount=100, currency="EUR", closed_on="2024-02-10"),
            deal("d5", "Won", amount=100, currency="USD", closed_on="2023-02-10"),
            deal("d6", "Won", amount=100, currency="usd"),
        ],
    )
    assert deals(found, "value, value_issue") == [
        (50.0, None),
        (80.0, None),
        (None, "no exchange rate"),
        (100.0, None),
        (None, "no exchange rate"),
        (80.0, None),
    ]


def test_a_zero_on_an_open_deal_is_no_amount(built):
    found = built(
        stages=STAGES, opportunities=[deal(amount=0), deal("d2"), deal("d3", "Lost", amount=0), deal("d4", amount=7)]
    )
    assert deals(found, "value, value_issue") == [(None, "no amount"), (None, "no amount"), (0.0, None), (7.0, None)]
    assert found.about("currency") is None
    assert "No file names a currency" in found.about("warnings")


def test_beside_rows_that_name_a_currency_one_without_is_left_out(built):
    found = built(
        stages=STAGES,
        opportunities=[
            deal("d1", "Won", amount=5, currency="EUR"),
            deal("d2", "Won", amount=5),
            deal("d3", "Won"),
        ],
        contracts=[
            {"contract_id": "c1", "monthly_revenue": 3}, {"contract_id": "c2", "monthly_revenue": 3, "currency": "EUR"},
        ],
        spend=[{"spent_on": "2024-01-01", "amount": 2}, {"spent_on": "2024-01-02", "amount": 2, "currency": "EUR"}],
        campaigns=[{"campaign_id": "k1", "campaign": "Spring", "starts_on": "2024-01-03", "actual_cost": 4}],
        invoices=[{"invoice_id": "i1", "invoiced_on": "2024-01-01", "amount": 3}],
    )  # fmt: skip
    assert deals(found, "value, value_issue") == [(5.0, None), (None, "no currency"), (None, "no amount")]
    assert found.rows("SELECT monthly_value, value_issue FROM model.contracts ORDER BY contract_id") == [
        (None, "no currency"), (3.0, None)
    ]  # fmt: skip
    assert found.rows("SELECT value, value_issue FROM model.spend ORDER BY spent_on") == [
        (None, "no currency"), (2.0, None), (4.0, None)
    ]  # fmt: skip
    assert found.rows("SELECT value, value_issue FROM model.invoices") == [(3.0, None)]
    warnings = json.loads(found.about("warnings"))
    assert [w for w in warnings if "invoices" in w and "(1)" in w and "EUR" in w]
    assert [w for w in warnings if "campaigns" in w and "(1)" in w]
    assert not [w for w in warnings if "of opportunities" in w or "of spend" in w or "No file" in w]


def test_amounts_whose_currency_cannot_be_read_are_in_no_known_one(tmp_path):
    """The file names a currency for them, in a word that means none: not the reporting one in silence."""
    first = write_batch(tmp_path, number=1, stages=STAGES, opportunities=[deal("d1", "Won", amount=5, currency="EUR")])
    second = write_batch(tmp_path, number=2, opportunities=[deal("d2", "Won", amount=5)])
    for issues, expected in (
        ((), (5.0, None)),
        (({"kind": "unknown currency", "column": "Currency", "n": 1},), (None, "no currency")),
    ):
        with duckdb.connect() as connection:
            build_in(connection, [first, replace(second, issues=issues)], {})
            found = connection.execute("SELECT value, value_issue FROM model.opportunities WHERE opportunity_id = 'd2'")
            assert found.fetchall() == [expected]


@pytest.mark.parametrize(
    ("rates", "currency"), [([], "USD"), ([{"currency": "USD", "valid_on": "2024-01-01", "rate": 0.9}], "EUR")]
)
def test_the_reporting_currency_is_what_rates_convert_to_else_the_most_frequent(built, rates, currency):
    found = built(
        exchange_rates=rates,
        opportunities=[
            deal(amount=1, currency="USD"),
            deal("d2", amount=1, currency="USD"),
            deal("d3", amount=1, currency="EUR"),
        ],
    )
    assert found.about("currency") == currency


def test_a_bulk_load_has_no_opening_days(built):
    """20 of 40 deals on two consecutive days; 19 of 38 are too few."""

    def company(many):
        opened = [date(2024, 3, 1) + timedelta(days=n % 2) for n in range(many)]
        opened += [date(2024, 4, 1) + timedelta(days=3 * n) for n in range(many)]
        return built(opportunities=[deal(f"d{n}", opened_on=day) for n, day in enumerate(opened)])

    assert company(20).one("SELECT count(*) FILTER (NOT opening_known), count(*) FROM model.opportunities") == (20, 40)
    assert json.loads(company(20).about("bulk_load")) == ["opportunities"]
    assert company(19).one("SELECT count(*) FROM model.opportunities WHERE NOT opening_known") == 0


def test_closed_after_the_as_of_day_is_marked_and_keeps_its_outcome(built):
    found = built(
        stages=STAGES,
        as_of="2024-02-03",
        opportunities=[deal("d1", "Won", closed_on="2024-02-03"), deal("d2", "Won", closed_on="2024-02-04")],
    )
    assert deals(found, "outcome, closed_after_as_of") == [("won", False), ("won", True)]
    assert "set by hand" in found.about("warnings")


@pytest.mark.parametrize(
    ("rows", "as_of"),
    [
        ({"opportunities": [deal(opened_on="2024-01-05", closed_on="2024-09-01")]}, "2024-01-05"),  # open: not expected
        ({"opportunities": [deal("d1", "Won", closed_on="2024-01-05")]}, "2024-01-05"),
        (
            {"opportunities": [deal("d1", "Won", opened_on="2024-01-01", closed_on="2025-01-05")]},
            "2024-01-01",
        ),  # after export
        (
            {"accounts": [{"account_id": "a", "created_on": "2024-01-06", "last_activity_on": "2024-02-01"}]},
            "2024-01-06",
        ),
        ({"activities": [{"activity_id": "t", "occurred_at": "2024-01-07 23:59:59"}]}, "2024-01-07"),
        (
            {"activities": [{"activity_id": "t", "occurred_at": "2024-01-07", "is_done": False}]},
            "2024-12-31",
        ),  # no event
        ({"invoices": [{"invoice_id": "i", "invoiced_on": "2024-01-08", "amount": 1}]}, "2024-01-08"),
        ({"contracts": [{"contract_id": "c", "started_on": "2024-01-08", "ended_on": "2024-01-09"}]}, "2024-01-09"),
        ({"contracts": [{"contract_id": "c", "started_on": "2024-01-08", "ended_on": "2025-06-01"}]}, "2024-01-08"),
        ({"intent": [{"domain": "x.example", "score": 1, "observed_on": "2024-01-10"}]}, "2024-01-10"),
        ({"survey_answers": [{"answer_id": "s", "answered_on": "2024-01-11"}]}, "2024-01-11"),
        ({"mentions": [{"mention_id": "m", "published_on": "2024-01-12"}]}, "2024-01-12"),
        ({"spend": [{"spent_on": "2024-01-13", "amount": 1}]}, "2024-01-13"),
        ({"entered": [("d1", "Open", "2024-01-14 10:00:00")]}, "2024-01-14"),
        ({}, "2024-12-31"),  # without any date: the export's day
    ],
)
def test_the_as_of_day_is_the_newest_recorded_event(built, rows, as_of):
    assert built(stages=STAGES, **rows).about("as_of") == as_of


def test_the_as_of_day_ends_at_midnight_of_the_company(built):
    """23:30 UTC on the 7th is the 8th in Madrid; that day ends at 23:00 UTC in winter."""
    found = built(
        activities=[{"activity_id": "t", "occurred_at": "2024-01-07 23:30:00"}], settings={"time_zone": "Europe/Madrid"}
    )
    assert (found.about("as_of"), found.about("as_of_end")) == ("2024-01-08", "2024-01-08T23:00:00")


def test_contracts_that_know_only_their_age_start_that_many_months_ago(built):
    found = built(
        as_of="2020-01-31",
        contracts=[
            {"contract_id": "c1", "account_id": "a", "_tenure_months": 12, "_churned": True},
            {"contract_id": "c2", "account_id": "a", "_tenure_months": 1, "_churned": False},
        ],
    )
    assert found.rows("SELECT started_on, ended_on FROM model.contracts ORDER BY contract_id") == [
        (date(2019, 1, 31), date(2020, 1, 31)),
        (date(2019, 12, 31), None),
    ]


def test_a_campaigns_cost_is_spend_unless_spend_was_loaded_for_it(built):
    """Fair has no spend of its own; Mail has; Free costs nothing."""
    found = built(
        campaigns=[
            {
                "campaign_id": "k1",
                "campaign": "Fair",
                "actual_cost": 500,
                "starts_on": "2024-01-01",
                "ends_on": "2024-01-05",
                "program": "abm",
                "channel": "event",
            },
            {"campaign_id": "k2", "campaign": "Mail", "actual_cost": 70, "starts_on": "2024-01-01"},
            {"campaign_id": "k3", "campaign": "Free", "actual_cost": 0, "starts_on": "2024-01-01"},
        ],
        spend=[{"spent_on": "2024-01-02", "amount": 60, "campaign": "mail"}],
        as_of="2024-01-31",
    )
    assert found.rows("SELECT campaign, value, program, spent_on, spent_until FROM model.spend ORDER BY campaign") == [
        ("Fair", 500.0, "abm", date(2024, 1, 1), date(2024, 1, 5)),
        ("Mail", 60.0, None, date(2024, 1, 2), None),
    ]


def test_target_is_of_the_opening_for_deals_and_of_the_as_of_day_for_accounts(built):
    """a1 since May until (not including) September, a2 without a date, a3 from next year, a4 never."""
    found = built(
        stages=STAGES,
        as_of="2024-12-31",
        accounts=[
            {"account_id": "a1", "is_target": True, "target_since": "2024-05-01", "target_until": "2024-09-01"},
            {"account_id": "a2", "is_target": True},
            {"account_id": "a3", "target_since": "2025-01-01"},
            {"account_id": "a4", "is_target": False},
        ],
        opportunities=[
            deal("d1", account_id="a1", opened_on="2024-04-30"),
            deal("d2", account_id="a1", opened_on="2024-05-01"),
            deal("d3", account_id="a1", opened_on="2024-09-01"),
            deal("d4", account_id="a2", opened_on="2020-01-01"),
            deal("d5", account_id="a1"),
            deal("d6", account_id="a4", opened_on="2024-06-01"),
            deal("d7", opened_on="2024-06-01"),
        ],
    )
    assert found.rows("SELECT account_id FROM model.accounts WHERE target ORDER BY 1") == [("a2",)]
    assert [key for key, target in deals(found, "opportunity_id, target") if target] == ["d2", "d4"]
    assert found.about("target_dates") == "some"


def test_lists_come_from_files_pastes_and_rules(built):
    found = built(
        accounts=[
            {"account_id": "a1", "name": "North", "tier": "1", "domain": "north.example"},
            {"account_id": "a2", "name": "South", "tier": "2"},
            {"account_id": "a3", "name": "West", "tier": "1", "Grade": "A"},
        ],
        account_lists=[{"account_id": "south", "list": "Fair"}, {"account_id": "nobody", "list": "Fair"}],
        settings={
            "targets": [
                {"list": "Pasted", "since": "2024-01-01", "keys": ["north.example", "WEST", "nobody"]},
                {"list": "Tier one", "since": None, "rule": "tier=1"},
                {"list": "Best", "since": None, "rule": "tier=1 and Grade=a"},
                {"list": "Wrong", "since": None, "rule": "colour=red"},
            ]
        },
    )
    assert found.rows("SELECT list, account_id, since FROM model.target_spans ORDER BY 1, 2") == [
        ("Best", "a3", None),
        ("Fair", "a2", None),
        ("Pasted", "a1", date(2024, 1, 1)),
        ("Pasted", "a3", date(2024, 1, 1)),
        ("Tier one", "a1", None),
        ("Tier one", "a3", None),
    ]
    told = json.loads(found.about("targets"))
    assert [(t["matched"], t["unmatched"], t["unknown"]) for t in told] == [
        (2, ["nobody"], []),
        (2, [], []),
        (1, [], []),
        (0, [], ["colour"]),
    ]


def test_dimensions_are_text_with_few_values(built):
    """Numbers and dates are none, 0 and 1 are; over 200 values are too many; shared names get their table's."""
    rows = [
        {
            "account_id": f"a{n}",
            "Vertical": "Rail" if n % 2 else None,
            "Score": str(n),
            "Flag": str(n % 2),
            "Asked": f"2024-01-{n % 28 + 1:02}",
            "Wide": f"w{n}",
            "Both": "x",
            "Segment": "S",
            "Industry": "own",
            "Empty": None,
        }
        for n in range(201)
    ]
    found = built(accounts=rows, opportunities=[deal(Both="y", Stage="own")])
    assert found.rows("SELECT name, table_name, column_name, n_values FROM model.dimensions ORDER BY name") == [
        ("Flag", "accounts", "Flag", 2),
        ("Segment", "accounts", "accounts.Segment", 1),
        ("Vertical", "accounts", "Vertical", 1),
        ("accounts.Both", "accounts", "accounts.Both", 1),
        ("accounts.Industry", "accounts", "accounts.Industry", 1),
        ("opportunities.Both", "opportunities", "opportunities.Both", 1),
        ("opportunities.Stage", "opportunities", "opportunities.Stage", 1),
    ]
    assert found.one('SELECT count("Score") FROM model.accounts') == 201


@pytest.mark.parametrize(
    "header",
    [
        "Id", "Record ID", "CreatedById", "Pricebook2Id", "External_id__c", "portal_id", "Associated Contact IDs",
        "IsActive", "HasOpenActivity", "is_active", "Closed", "Won", "Is Deal Closed?", "Is Closed Won",
        "Created By", "LastModifiedBy", "PhotoUrl", "full_photo_url", "Record link",
    ],
)  # fmt: skip
def test_the_sources_plumbing_is_no_dimension(built, header):
    assert built(opportunities=[deal(**{header: "true"})]).rows("SELECT name FROM model.dimensions") == []


@pytest.mark.parametrize(
    "header",
    [
        "Product__c", "ABM Tier", "Vertical", "Contract", "department", "responsible_section", "Branch__c", "Isle",
        "HasBudget__c", "Won over by", "Hash", "Paid", "Closed Lost Category", "PhoneService", "Is active customer",
    ],
)  # fmt: skip
def test_columns_of_the_users_own_are_dimensions(built, header):
    found = built(opportunities=[deal(**{header: "Yes"}), deal("d2", **{header: "No"})])
    assert found.rows("SELECT column_name, n_values FROM model.dimensions") == [(header, 2)]


@pytest.mark.parametrize(
    "value",
    ["0011G00000N3{:03}", "https://x.example/{}", "seller{}@x.example", "0a1b2c3d-0000-0000-0000-00000000{:04}"],
)
def test_ids_links_and_addresses_are_no_dimension(built, value):
    rows = [deal(f"d{n}", Custom=value.format(n % 3)) for n in range(9)]
    assert built(opportunities=rows).rows("SELECT name FROM model.dimensions") == []


def test_a_name_for_each_row_is_no_dimension(built):
    """30 rows: 30 names say nothing in common; 15 do; 20 rows with 20 names are a small company."""
    rows = [deal(f"d{n}", Name_of=f"Deal {n}", Kind_of=f"Kind {n % 15}") for n in range(30)]
    assert built(opportunities=rows).rows("SELECT name FROM model.dimensions") == [("Kind_of",)]
    assert built(opportunities=rows[:20]).rows("SELECT name FROM model.dimensions ORDER BY 1") == [
        ("Kind_of",),
        ("Name_of",),
    ]


def test_the_calendar_covers_the_data_up_to_the_as_of_day(built):
    found = built(
        stages=STAGES, opportunities=[deal(opened_on="2023-11-20"), deal("d2", "Won", closed_on="2024-02-10")]
    )
    assert found.rows(
        "SELECT label, starts_on, ends_before FROM model.calendar WHERE grain = 'quarter' ORDER BY unit"
    ) == [
        ("2023-Q4", date(2023, 10, 1), date(2024, 1, 1)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 4, 1)),
    ]
    assert [row[0] for row in found.rows("SELECT label FROM model.calendar WHERE grain = 'month' ORDER BY unit")] == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    units = found.one("SELECT max(unit) - min(unit) + 1 = count(*) FROM model.calendar WHERE grain = 'month'")
    assert units is True


def test_a_fiscal_year_has_the_number_of_the_year_in_which_it_ends(built):
    """
    The fiscal year starts in   November 2023 is in           February 2024 is in
    April                       FY2024, its Q3 (Oct–Dec)      FY2024, its Q4 (Jan–Mar)
    February                    FY2024, its Q4 (Nov–Jan)      FY2025, its Q1 (Feb–Apr)
    """
    deals = [deal(opened_on="2023-11-20"), deal("d2", "Won", closed_on="2024-02-10")]
    spans = "SELECT label, starts_on, ends_before FROM model.calendar WHERE grain = '{}' ORDER BY unit"
    found = built(stages=STAGES, opportunities=deals, settings={"fiscal_year_start": 4})
    assert found.rows(spans.format("quarter")) == [
        ("FY2024-Q3", date(2023, 10, 1), date(2024, 1, 1)), ("FY2024-Q4", date(2024, 1, 1), date(2024, 4, 1)),
    ]  # fmt: skip
    assert found.rows(spans.format("year")) == [("FY2024", date(2023, 4, 1), date(2024, 4, 1))]
    found = built(stages=STAGES, opportunities=deals, settings={"fiscal_year_start": 2})
    assert found.rows(spans.format("quarter")) == [
        ("FY2024-Q4", date(2023, 11, 1), date(2024, 2, 1)), ("FY2025-Q1", date(2024, 2, 1), date(2024, 5, 1)),
    ]  # fmt: skip
    assert found.rows(spans.format("year")) == [
        ("FY2024", date(2023, 2, 1), date(2024, 2, 1)), ("FY2025", date(2024, 2, 1), date(2025, 2, 1)),
    ]  # fmt: skip
    assert found.one("SELECT max(label) FROM model.calendar WHERE grain = 'month'") == "2024-02"


def test_an_old_source_warns(built):
    """Calls end 20 days before the as-of day. How long ago the newest company, person or contract began says nothing:
    their export may be of today."""
    calls = [{"activity_id": "v", "occurred_at": "2024-01-01", "kind": "call"}]
    assert "20 days before the as-of date 2024-01-21" in built(activities=calls, as_of="2024-01-21").about("warnings")
    assert json.loads(built(activities=calls, as_of="2024-01-15").about("warnings")) == []
    kept = {
        "accounts": [{"account_id": "a", "created_on": "2023-01-01"}],
        "contacts": [{"contact_id": "c", "created_on": "2023-01-01", "mql_on": "2023-02-01"}],
        "contracts": [{"contract_id": "k", "account_id": "a", "started_on": "2023-01-01"}],
    }
    assert json.loads(built(**kept, as_of="2024-01-21").about("warnings")) == []


def test_an_empty_company_has_every_table(built):
    found = built()
    assert found.one("SELECT count(*) FROM model.opportunities") == 0
    assert found.about("revenue_source") is None
    assert json.loads(found.about("quality"))["share"] is None


def test_columns_of_the_users_that_are_called_like_the_builds_own_stay_what_they_are(built):
    """100 EUR at no rate, of one deal in stage 1: the user's rate, row id and order change none of that."""
    theirs = {"rate": "7", "rowid": "9", "present_order": "8"}
    found = built(stages=STAGES, opportunities=[deal(amount=100, currency="EUR", **theirs), deal("d2", rowid="0")])
    assert deals(found, 'value, "opportunities.rate", "opportunities.rowid", "opportunities.present_order"') == [
        (100.0, "7", "9", "8"), (None, None, "0", None),
    ]  # fmt: skip
    assert deals(found, "stage_order")[0] == deals(found, "stage_order")[1]
