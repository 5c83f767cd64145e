"""Contracts, costs and rates in the model: whose campaign a cost is, which report counts, at which rate money is turned."""

# ruff: noqa: E501 - rows are read as rows

from datetime import date

import duckdb
import pytest
from company import write_batch

from metrics.workspace.build import build_in


@pytest.fixture
def merged(tmp_path):
    """`merged({...}, {...}, currency="USD")`: a connection on the snapshot of these imports, in order."""

    def build(*imports, **settings):
        connection = duckdb.connect()
        build_in(connection, [write_batch(tmp_path, number=n, **r) for n, r in enumerate(imports, start=1)], settings)
        return connection

    return build


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def cost(day, amount, until=None, **more):
    return {"spent_on": day, "spent_until": until, "side": "marketing", "amount": amount, "currency": "EUR"} | more


def report(day, amount, until=None, campaign="Spring"):
    return cost(day, amount, until, campaign=campaign, channel="LinkedIn Ads", _is_platform=True)


CAMPAIGNS = [
    {"campaign_id": "c1", "campaign": "Spring", "channel": "Paid social", "program": "abm", "uses_intent": True},
    {"campaign_id": "c2", "campaign": "Brand", "channel": "Search", "program": "other", "uses_intent": False},
]


def test_a_cost_takes_what_its_campaign_says(merged):
    """By name in any case, by id too; what the cost itself says stands above, but an advertising platform's name does
    not; a cost of no campaign that is known stays unallocated."""
    found = merged({
        "campaigns": CAMPAIGNS,
        "spend": [
            report("2024-01-01", 1, campaign="spring"),
            cost("2024-01-02", 2, campaign="c2"),
            cost("2024-01-03", 3, campaign="Brand", channel="Radio", program="shared"),
            report("2024-01-04", 4, campaign="Nobody knows"),
            cost("2024-01-05", 5),
        ],
    })  # fmt: skip
    assert rows(found, "SELECT amount, campaign, channel, program, uses_intent FROM model.spend ORDER BY 1") == [
        (1, "Spring", "Paid social", "abm", True),
        (2, "Brand", "Search", "other", False),
        (3, "Brand", "Radio", "shared", False),
        (4, "Nobody knows", "LinkedIn Ads", None, None),
        (5, None, None, None, None),
    ]


def test_a_newer_report_of_a_platform_restates_the_days_that_it_covers(merged):
    """The first report has days 1 to 15 as one row and 31 Dec; the second days 1 to 31 one by one, with a day without
    cost. 31 Dec lies before it and stays. Costs of no platform are never superseded by other days."""
    found = merged(
        {"spend": [report("2024-01-01", 50, "2024-01-15"), report("2023-12-31", 7), cost("2024-01-09", 3, campaign="Spring")]},
        {"spend": [report("2024-01-01", 10), report("2024-01-31", 60), cost("2024-01-08", 4, "2024-01-20", campaign="Spring")]},
    )  # fmt: skip
    assert rows(found, "SELECT amount FROM model.spend ORDER BY 1") == [(3,), (4,), (7,), (10,), (60,)]


MONTH, DAYS = [report("2024-06-01", 300, "2024-06-30")], [report("2024-06-01", 10), report("2024-06-02", 12)]


def test_a_month_after_its_days_replaces_them(merged):
    assert rows(merged({"spend": DAYS}, {"spend": MONTH}), "SELECT amount FROM model.spend") == [(300,)]


def test_days_replace_their_share_of_the_month_before(merged):
    """300 over 30 days are 10 a day: 28 days of it stay, in one piece or in those around the days that are said anew."""
    found = merged({"spend": MONTH}, {"spend": DAYS})
    assert rows(found, "SELECT spent_on::TEXT, spent_until::TEXT, amount FROM model.spend ORDER BY 1, 3") == [
        ("2024-06-01", None, 10), ("2024-06-02", None, 12), ("2024-06-03", "2024-06-30", 280),
    ]  # fmt: skip
    (quality,) = rows(found, "SELECT value FROM model.about WHERE key = 'quality'")[0]
    assert '"import_id": "2", "kind": "cost of an older report on the same days replaced"' in quality
    again = merged(
        {"spend": [report("2024-06-01", 300, "2024-06-30") | {"impressions": 3000, "clicks": 30}]},
        {"spend": [report("2024-06-11", 1, "2024-06-20")]},
        {"spend": [report("2024-06-15", 5, "2024-06-15"), report("2024-06-29", 7, "2024-07-02", campaign="Autumn")]},
        {"spend": [report("2024-06-30", 2)]},
    )
    assert rows(
        again, "SELECT spent_on::TEXT, spent_until::TEXT, amount::DOUBLE, impressions, clicks FROM model.spend ORDER BY 1, campaign DESC"
    ) == [
        ("2024-06-01", "2024-06-10", 100, 1000, 10), ("2024-06-11", "2024-06-14", 0.4, None, None),
        ("2024-06-15", "2024-06-15", 5, None, None), ("2024-06-16", "2024-06-20", 0.5, None, None),
        ("2024-06-21", "2024-06-29", 90, 900, 9), ("2024-06-29", "2024-07-02", 7, None, None), ("2024-06-30", None, 2, None, None),
    ]  # fmt: skip


def test_a_report_says_which_days_it_covers(merged):
    """Its only cost is of 5 June, and it is of the whole month: the month before it is replaced as a whole."""
    covers = {"_covers_from": "2024-06-01", "_covers_until": "2024-06-30"}
    found = merged({"spend": MONTH}, {"spend": [report("2024-06-05", 310) | covers]})
    assert rows(found, "SELECT spent_on::TEXT, amount FROM model.spend") == [("2024-06-05", 310)]


def test_a_report_uploaded_again_changes_nothing(merged):
    again = {"spend": [report("2024-01-01", 10), report("2024-01-02", 20), cost("2024-01-01", 5)]}
    assert rows(merged(again, again), "SELECT amount FROM model.spend ORDER BY 1") == [(5,), (10,), (20,)]


@pytest.mark.parametrize(("newest", "until"), [("2024-03-10", 10), ("2024-03-05", 5), ("2024-03-12", 2)])
def test_a_campaigns_cost_is_spent_until_the_export(merged, newest, until):
    """c1 runs on after the export of 10 March, or the newest day recorded until then; c2's cost was loaded by day, under its id; c3 has no dates and is told."""
    found = merged({
        "export_day": "2024-03-10",
        "campaigns": [
            {"campaign_id": "c1", "campaign": "Spring", "starts_on": "2024-03-01", "ends_on": "2024-05-31", "actual_cost": 100},
            {"campaign_id": "c2", "campaign": "Brand", "starts_on": "2024-03-01", "ends_on": "2024-03-02", "actual_cost": 70},
            {"campaign_id": "c3", "campaign": "Fair", "actual_cost": 30},
        ],
        "spend": [cost("2024-03-02", 70, campaign="c2", currency=None)],
        "activities": [{"activity_id": "t1", "occurred_at": newest}],
    })  # fmt: skip
    assert rows(found, "SELECT campaign, spent_on, spent_until, amount FROM model.spend ORDER BY 1") == [
        ("Brand", date(2024, 3, 2), None, 70),
        ("Spring", date(2024, 3, 1), date(2024, 3, until), 100),
    ]
    (quality,) = rows(found, "SELECT value FROM model.about WHERE key = 'quality'")[0]
    assert "cost of a campaign without a date" in quality


CONTRACTS = [
    {"contract_id": "k1", "account_id": "a1", "monthly_revenue": 100, "currency": "USD", "started_on": "2024-01-01"},
    {"contract_id": "k2", "account_id": "a1", "monthly_revenue": 100, "currency": "USD", "started_on": "2024-01-01",
     "ended_on": "2024-02-01"},
    {"contract_id": "k3", "account_id": "a1", "monthly_revenue": 100, "currency": "USD", "started_on": "2024-01-01",
     "ended_on": "2025-01-01"},
    {"contract_id": "k4", "account_id": "a1", "monthly_revenue": 100, "currency": "CHF", "started_on": "2024-01-01"},
    {"contract_id": "k5", "account_id": "a1", "monthly_revenue": 100, "currency": "EUR", "started_on": "2024-01-01"},
]  # fmt: skip
RATES = [
    {"currency": "USD", "valid_on": "2024-01-01", "rate": 0.5},
    {"currency": "USD", "valid_on": "2024-02-15", "rate": 0.8},
    {"currency": "USD", "valid_on": "2024-12-01", "rate": 0.9},
]


def test_a_contract_has_one_rate(merged):
    """Running ones that of the as-of day (also where the end is known already), ended ones that of their end; without a
    rate the amount is left out and told."""
    found = merged({"contracts": CONTRACTS, "exchange_rates": RATES, "as_of": "2024-03-01"}, currency="EUR")
    assert rows(found, "SELECT contract_id, monthly_value, value_issue FROM model.contracts ORDER BY 1") == [
        ("k1", 80.0, None), ("k2", 50.0, None), ("k3", 80.0, None), ("k4", None, "no exchange rate"), ("k5", 100.0, None),
    ]  # fmt: skip


def test_rates_to_a_banks_own_currency_lead_to_any_other(merged):
    """In dollars, by rates in euro: a euro of 1 January buys 1 / 0.5 dollars, one of 15 February 1 / 0.8; a franc by both."""
    euro = [{"currency": "EUR", "valid_on": day, "rate": 1} for day in ("2024-01-01", "2024-02-15")]
    franc = [{"currency": "CHF", "valid_on": "2024-01-01", "rate": 1.2}]
    found = merged(
        {
            "exchange_rates": RATES + euro + franc,
            "spend": [cost("2024-01-10", 10), cost("2024-02-20", 10), cost("2024-02-21", 10, currency="CHF"),
                      cost("2024-02-22", 10, currency="USD"), cost("2023-12-31", 10)],
        },
        currency="USD",
    )  # fmt: skip
    assert rows(found, "SELECT value, value_issue FROM model.spend ORDER BY spent_on") == [
        (None, "no exchange rate"), (20.0, None), (12.5, None), (pytest.approx(15.0), None), (10.0, None),
    ]  # fmt: skip


def test_how_many_contracts_found_their_account(merged):
    """k1 by id, k2 by domain, k3 by name; the free mail of k4 is no company's."""
    found = merged({
        "accounts": [{"account_id": "a1", "name": "North"}, {"account_id": "a2", "name": "South", "domain": "south.example"},
                     {"account_id": "a3", "name": "West"}],
        "contracts": [
            {"contract_id": "k1", "account_id": "a1"},
            {"contract_id": "k2", "account_id": "cus_2", "_account_domain": "south.example"},
            {"contract_id": "k3", "account_id": "cus_3", "_account_domain": "gmail.com", "_account_name": "WEST Ltd."},
            {"contract_id": "k4", "account_id": "cus_4", "_account_domain": "gmail.com"},
        ],
    })  # fmt: skip
    assert rows(found, "SELECT contract_id, account_id FROM model.contracts ORDER BY 1") == [
        ("k1", "a1"), ("k2", "a2"), ("k3", "a3"), ("k4", None),
    ]  # fmt: skip
    about = dict(rows(found, "SELECT key, value FROM model.about"))
    assert '"table": "contracts", "rows": 4, "linked": 3' in about["matched"]
    assert "3 of 4 contracts found their account" in about["warnings"]


def test_the_days_on_which_a_contract_renews(merged):
    """Counted back from the day that the source names, on from the start where it names none; up to the export's day, later ones
    nobody has seen; then the next after the as-of day. None on the start, none from the end on; none of a pause."""
    signed = [
        {"contract_id": "m", "started_on": "2024-01-15", "renews_on": "2024-06-15", "_renews_every": 1},
        {"contract_id": "q", "started_on": "2023-11-30", "renews_on": "2024-02-29", "_renews_every": 3},
        {"contract_id": "e", "started_on": "2024-01-15", "ended_on": "2024-03-15", "_renews_every": 1},
        {"contract_id": "w", "started_on": "2024-01-15", "_renews_every": 12 / 52},
        {"contract_id": "p", "started_on": "2024-01-15", "status": "Paused", "_renews_every": 1},
        {"contract_id": "n", "started_on": "2024-01-15", "renews_on": "2024-06-15"},
    ]
    found = merged({"export_day": "2024-05-10", "as_of": "2024-05-31", "contracts": signed})
    assert rows(found, "SELECT contract_id, renews_on::TEXT FROM model.renewal_days ORDER BY ALL") == [
        ("e", "2024-02-15"), ("m", "2024-02-15"), ("m", "2024-03-15"), ("m", "2024-04-15"), ("m", "2024-06-15"),
        ("q", "2024-02-29"), ("q", "2024-08-29"),
    ]  # fmt: skip
    assert rows(found, "SELECT contract_id, term_months FROM model.contracts WHERE contract_id IN ('m', 'n') ORDER BY 1") == [
        ("m", 1), ("n", None),
    ]  # fmt: skip
