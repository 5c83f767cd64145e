"""Contracts, invoices and customers with their tenure: Stripe, Salesforce, Chargebee, any other billing system."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import pytest
from places import REAL_DATA

from tests.exports.conftest import Parse

SUBSCRIPTIONS = (
    "id,Customer ID,Customer Name,Customer Email,Status,Cancellation Reason,Created (UTC),Start Date (UTC),Current Period Start (UTC),"
    "Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Canceled At (UTC),Cancel At Period End,Ended At (UTC),Plan,Product,"
    "Quantity,Currency,Amount,Interval,crm_id (metadata)\n"
)
CONTRACT = (
    "contract_id, product, started_on::TEXT, ended_on::TEXT, renews_on::TEXT, monthly_revenue::TEXT, currency, status"
)


def subscription(key: str, status: str, **more: str) -> str:
    cells = {
        "key": key, "status": status, "reason": "", "start": "2026-01-02 01:47", "end": "2026-11-02 01:47", "trial": "",
        "canceled": "", "cancels": "false", "ended": "", "plan": "core", "product": "Core", "n": "1", "currency": "eur",
        "amount": "19.00", "every": "month", "crm": "",
    } | more  # fmt: skip
    return (
        "{key},cus_{key},North,pay@north.example,{status},{reason},{start},{start},2026-10-02 01:47,{end},,{trial},{canceled},"
        "{cancels},{ended},{plan},{product},{n},{currency},{amount},{every},{crm}\n"
    ).format(**cells)


def test_subscriptions_of_stripe(load: Parse) -> None:
    """s1 repeats its id for two items: 2 × 19 + 5 × 120 / 12. s2 and s3 pay nothing yet. s4 has ended, s5 will end with
    its period, s6 is paid by the week (3 × 7 × 52 / 12), s7 every three months; s8 began to pay after its trial."""
    parsed = load(
        SUBSCRIPTIONS
        + subscription("s1", "active", n="2", crm="A1")
        + subscription("s1", "active", n="5", plan="seats", product="Seats", amount="120.00", every="year", crm="A1")
        + subscription("s2", "trialing", trial="2026-11-20 00:00")
        + subscription("s3", "incomplete")
        + subscription("s4", "canceled", reason="too expensive", canceled="2026-01-15 09:00", ended="2026-02-01 10:00")
        + subscription("s5", "active", canceled="2026-10-15 09:00", cancels="true")
        + subscription("s6", "past_due", n="3", amount="7.00", every="week", currency="usd")
        + subscription("s7", "active", amount="30.00", every="3 months")
        + subscription("s8", "active", trial="2026-01-16 01:47"),
        "subscriptions-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("stripe", "subscriptions")
    assert parsed.verdict == (9, 9, 0, 0, 0, 0)
    assert parsed.report["tables"] == {"contracts": 8}
    assert parsed.rows("contracts", CONTRACT) == [
        ("s1", "Core + Seats", "2026-01-02", None, "2026-11-02", "88.0000", "EUR", "active"),
        ("s2", "Core", None, None, None, None, "EUR", "trialing"),
        ("s3", "Core", None, None, None, None, "EUR", "incomplete"),
        ("s4", "Core", "2026-01-02", "2026-02-01", None, "19.0000", "EUR", "canceled"),
        ("s5", "Core", "2026-01-02", "2026-11-02", None, "19.0000", "EUR", "active"),
        ("s6", "Core", "2026-01-02", None, "2026-11-02", "91.0000", "USD", "past_due"),
        ("s7", "Core", "2026-01-02", None, "2026-11-02", "10.0000", "EUR", "active"),
        ("s8", "Core", "2026-01-16", None, "2026-11-02", "19.0000", "EUR", "active"),
    ]
    links = parsed.rows("contracts", "account_id, _account_domain, _account_name")
    assert links[:2] == [("A1", "north.example", "North"), ("cus_s2", "north.example", "North")]


def test_the_months_after_which_a_subscription_renews(load: Parse) -> None:
    """The shortest of its items' intervals; its products one by one beside the text of all."""
    parsed = load(
        SUBSCRIPTIONS
        + subscription("s1", "active", every="year")
        + subscription("s1", "active", plan="seats", product="Seats")
        + subscription("s2", "active", every="3 months")
    )
    assert parsed.rows("contracts", "contract_id, product, _products, _renews_every") == [
        ("s1", "Core + Seats", ["Core", "Seats"], 1), ("s2", "Core", ["Core"], 3),
    ]  # fmt: skip


def test_the_same_item_twice_is_counted_once(load: Parse) -> None:
    parsed = load(SUBSCRIPTIONS + subscription("s1", "active") * 2 + subscription("s1", "active", plan="seats"))
    assert parsed.verdict == (3, 2, 0, 1, 0, 0)
    assert parsed.rows("contracts", "contract_id, monthly_revenue::TEXT") == [("s1", "38.0000")]


def test_stamps_under_a_header_with_utc_are_of_that_zone(load: Parse) -> None:
    text = SUBSCRIPTIONS + subscription("s1", "active", start="2026-01-02 01:47")
    assert load(text, time_zone="America/New_York").rows("contracts", "started_on::TEXT") == [("2026-01-01",)]
    assert load(text, time_zone="Asia/Tokyo").rows("contracts", "started_on::TEXT") == [("2026-01-02",)]


def test_stripes_tables_count_in_the_smallest_unit(load: Parse) -> None:
    """100000 cents a quarter, twice; 5000 yen have no smaller unit; 30000 are 30 dinars."""
    parsed = load(
        "id,customer_id,status,current_period_end,created,unit_amount,quantity,interval,interval_count,currency\n"
        "s1,c1,active,1764547200,1704067200,100000,2,month,3,usd\n"
        "s2,c2,active,1764547200,1704067200,5000,1,month,1,jpy\n"
        "s3,c3,active,1764547200,1704067200,30000,,month,1,kwd\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("stripe", "api_subscriptions")
    assert parsed.rows("contracts", "account_id, started_on::TEXT, monthly_revenue::TEXT") == [
        ("c1", "2024-01-01", "666.6667"), ("c2", "2024-01-01", "5000.0000"), ("c3", "2024-01-01", "30.0000"),
    ]  # fmt: skip


def test_invoices_of_stripe_are_what_was_paid(load: Parse) -> None:
    """One paid, one paid in part, one open, one void: what brought nothing is rejected with the reason."""
    parsed = load(
        "id,Number,Customer ID,Customer Name,Customer Email,Subscription,Product,Status,Currency,Amount Due,Amount Paid,Total,Created (UTC),Due Date (UTC),Paid At (UTC),crm_id (metadata)\n"
        "i1,N1,c1,North,pay@north.example,s1,Core,paid,eur,88.00,88.00,88.00,2026-10-02 01:47,,2026-10-03 23:30,A1\n"
        "i2,N2,c1,North,pay@north.example,s1,Core,open,eur,88.00,40.00,88.00,2026-10-02 01:47,,,A1\n"
        "i3,N3,c1,North,pay@north.example,s1,Core,open,eur,88.00,0.00,88.00,2026-10-02 01:47,,,A1\n"
        "i4,N4,c1,North,pay@north.example,s1,Core,void,eur,88.00,0.00,88.00,2026-10-02 01:47,,,A1\n",
        "invoices-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("stripe", "invoices")
    assert parsed.verdict == (4, 2, 2, 0, 0, 0)
    assert parsed.rows("invoices", "invoice_id, account_id, product, invoiced_on::TEXT, amount::TEXT, currency") == [
        ("i1", "A1", "Core", "2026-10-03", "88.0000", "EUR"), ("i2", "A1", "Core", "2026-10-02", "40.0000", "EUR"),
    ]  # fmt: skip
    assert parsed.rows("rejects", "_reason") == [("not paid yet",), ("void, draft or uncollectible: no revenue",)]


def test_invoices_of_stripes_tables(load: Parse) -> None:
    parsed = load(
        "id,customer,status,currency,amount_due,amount_paid,total,created\ni1,c1,paid,usd,8800,8800,8800,1764547200\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("stripe", "api_invoices")
    assert parsed.rows("invoices", "account_id, invoiced_on::TEXT, amount::TEXT") == [("c1", "2025-12-01", "88.0000")]


def test_contracts_of_salesforce(load: Parse) -> None:
    """Running until its last day; run out; a draft; ended early without a day; ended on a day; by its term and total."""
    contract = "800{0}N38JZQAZ,{1},{0},0011G00000N38JZQAZ,{2},{3},{4},{5},EUR,{6},{7},Core,{8}\n".format
    parsed = load(
        "Id,IsDeleted,ContractNumber,AccountId,Status,StartDate,EndDate,ContractTerm,CurrencyIsoCode,ARR__c,TCV__c,Product__c,Termination_Date__c\n"
        + contract("1G0001", "false", "Activated", "2026-01-01", "2026-12-31", "12", "1200", "", "")
        + contract("1G0002", "false", "Activated", "2025-01-01", "2025-12-31", "12", "1200", "", "")
        + contract("1G0003", "false", "Draft", "2026-12-01", "", "12", "1200", "", "")
        + contract("1G0004", "false", "Terminated", "2026-06-01", "", "12", "1200", "", "")
        + contract("1G0005", "false", "Terminated", "2026-06-01", "", "12", "1200", "", "2026-08-01")
        + contract("1G0006", "false", "Activated", "2026-06-01", "", "24", "", "4800", "")
        + contract("1G0007", "true", "Activated", "2026-06-01", "", "24", "", "4800", ""),
        "Contract-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "contracts")
    assert parsed.verdict == (7, 6, 1, 0, 0, 0)
    assert parsed.rows(
        "contracts", "started_on::TEXT, ended_on::TEXT, renews_on::TEXT, monthly_revenue::TEXT, product"
    ) == [
        ("2026-01-01", None, "2027-01-01", "100.0000", "Core"),
        ("2025-01-01", "2026-01-01", None, "100.0000", "Core"),
        (None, None, None, None, "Core"),
        ("2026-06-01", "2026-10-31", None, "100.0000", "Core"),
        ("2026-06-01", "2026-08-01", None, "100.0000", "Core"),
        ("2026-06-01", None, "2028-06-01", "200.0000", "Core"),
    ]


def test_a_contract_report_of_salesforce_with_its_totals(load: Parse) -> None:
    parsed = load(
        "Contract Number,Account Name,Status,Contract Start Date,Contract End Date,Contract Term (months),Annual Value Currency,Annual Value,Product\n"
        "001,North,Activated,1/13/2026,,24,EUR,1200,Core\nTotal,,,,,,,1200,\n",
        "report-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "contracts")
    assert parsed.verdict == (2, 1, 0, 0, 0, 1)
    assert parsed.rows("contracts", CONTRACT) == [
        ("001", "Core", "2026-01-13", None, "2028-01-13", "100.0000", "EUR", "Activated")
    ]


def test_contracts_of_any_other_system(load: Parse) -> None:
    """The end date is the last day, the cancellation the first without; an active contract past its end runs on."""
    parsed = load(
        "Contract ID,Account ID,Domain,Product,Start Date,End Date,Cancellation Date,Renewal Date,MRR,Currency,Status,Churn Reason\n"
        "k1,A1,north.example,Core,2026-01-01,,,2027-01-01,100,EUR,active,\n"
        "k2,A1,north.example,Core,2025-01-01,2025-12-31,,,100,EUR,,\n"
        "k3,A2,south.example,Core,2025-01-01,2026-12-31,2026-03-01,,100,EUR,cancelled,price\n"
        "k4,A2,south.example,Core,2025-01-01,2025-12-31,,,100,EUR,active,\n"
        "k5,A2,south.example,Core,2026-01-01,,,,100,EUR,paused,\n",
        "contracts-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("billing", "contracts")
    assert parsed.rows(
        "contracts", "contract_id, ended_on::TEXT, renews_on::TEXT, monthly_revenue::TEXT, end_reason"
    ) == [
        ("k1", None, "2027-01-01", "100.0000", None),
        ("k2", "2026-01-01", None, "100.0000", None),
        ("k3", "2026-03-01", None, "100.0000", "price"),
        ("k4", None, None, "100.0000", None),
        ("k5", None, None, "0.0000", None),
    ]


@pytest.mark.parametrize(
    ("headers", "cells", "monthly"),
    [
        ("ARR", "1200", "100.0000"),
        ("Annual Contract Value (EUR)", "1200", "100.0000"),
        ("Amount,Quantity,Billing Interval", "300,2,quarterly", "200.0000"),
        ("Total Contract Value,Contract Term (months)", "3600,36", "100.0000"),
        ("Total Contract Value,End Date", "2400,2027-12-31", "100.0000"),
        ("Amount,Billing Interval", "300,whenever", None),
    ],
)
def test_every_amount_becomes_a_monthly_one(load: Parse, headers: str, cells: str, monthly: str | None) -> None:
    parsed = load(f"Subscription ID,Customer,Start Date,{headers}\nk1,North,2026-01-01,{cells}\n", "s-2026-10-31.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("billing", "contracts")
    assert parsed.rows("contracts", "monthly_revenue::TEXT") == [(monthly,)]


def test_chargebee_says_that_it_is_untested(load: Parse) -> None:
    parsed = load(
        "Subscription Id,Customer Id,Customer Email,Status,Plan Id,Plan Quantity,Currency,MRR,Started At,Current Term End,Next Billing At,Cancelled At\n"
        "s1,c1,pay@north.example,active,core,2,EUR,100.00,2026-01-01,2026-11-01,2026-11-01,\n"
        "s2,c2,pay@south.example,non_renewing,core,2,EUR,100.00,2026-01-01,2026-11-01,,2026-10-02\n"
        "s3,c3,pay@west.example,in_trial,core,2,EUR,0.00,2026-10-20,2026-11-01,2026-11-01,\n"
        "s4,c4,pay@east.example,cancelled,core,2,EUR,100.00,2026-01-01,2026-04-01,,2026-04-01\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("chargebee", "subscriptions")
    assert parsed.rows("contracts", CONTRACT) == [
        ("s1", "core", "2026-01-01", None, "2026-11-01", "100.0000", "EUR", "active"),
        ("s2", "core", "2026-01-01", "2026-11-01", None, "100.0000", "EUR", "non_renewing"),
        ("s3", "core", None, None, None, None, "EUR", "in_trial"),
        ("s4", "core", "2026-01-01", "2026-04-01", None, "100.0000", "EUR", "cancelled"),
    ]
    (warning,) = parsed.report["warnings"]
    assert "untested on a real file" in warning


def test_invoices_of_any_other_system(load: Parse) -> None:
    parsed = load(
        "Invoice Number,Customer,Product,Invoice Date,Total Amount (EUR),Status\n"
        'I1,North,Core,13.01.2026,"1.200,50",paid\nI1,North,Core,13.01.2026,"1.200,50",paid\nI2,North,Core,14.01.2026,"10,00",void\nTotal,,,,"1.210,50",\n'
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("billing", "invoices")
    assert parsed.verdict == (4, 1, 1, 1, 0, 1)
    assert parsed.rows("invoices", "invoice_id, _account_name, invoiced_on::TEXT, amount::TEXT, currency") == [
        ("I1", "North", "2026-01-13", "1200.5000", "EUR")
    ]


@pytest.mark.skipif(not REAL_DATA.exists(), reason="the public data sets are not beside this checkout")
def test_customers_with_their_tenure(load: Parse) -> None:
    name = "WA_Fn-UseC_-Telco-Customer-Churn.csv"
    parsed = load(REAL_DATA / "ibm-telco-churn" / name, name)
    assert (parsed.report["source"], parsed.report["object"]) == ("billing", "tenure")
    assert parsed.verdict == (7043, 7043, 0, 0, 0, 0)
    found = parsed.rows("contracts", "contract_id, account_id, monthly_revenue::TEXT, _tenure_months, _churned")
    assert found[2] == ("3668-QPYBK", "3668-QPYBK", "53.8500", 2.0, True)
    assert sum(churned for *_, churned in found) == 1869


NEAR = {
    "hubspot.deals": "Record ID,Deal Name,Deal Stage,Amount,Close Date,Annual recurring revenue,Contract Start Date,Currency\n1,D,Won,5,2026-01-01,1,2026-01-01,EUR\n",
    "hubspot.companies": "Record ID,Company name,Company Domain Name,Annual Revenue,MRR,Renewal Date,Currency\n1,North,north.example,5,1,2026-01-01,EUR\n",
    "salesforce.opportunities": "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date,ARR,Contract Start Date,Contract Term (months)\n0061G00000N38JZ,D,North,Won,5,2026-01-01,1,2026-01-01,12\n",
    "salesforce.accounts": "Account ID,Account Name,Industry,Annual Revenue,Contract Start Date,MRR\n0011G00000N38JZ,North,Rail,5,2026-01-01,1\n",
    "salesforce.campaigns": "Campaign ID,Campaign Name,Type,Start Date,End Date,Budgeted Cost,Actual Cost\n7011G00000N38JZ,Fair,Event,2026-01-01,2026-01-02,1,2\n",
    "salesforce.tasks": "Activity ID,Subject,Date,Status,Company / Account\n00T1G00000N38JZ,Call,2026-01-01,Completed,North\n",
    "market.companies": "Company Name,Domain,Industry,Annual Budget,Currency\nNorth,north.example,Rail,5,EUR\n",
    "intent.signals": "Date,Source,Company Name,Topic,Intent Score\n2026-02-02,V,North,payroll,61\n",
    "teams.owners": "Sales Agent,Manager,Regional Office\nA,B,East\n",
}


@pytest.mark.parametrize("what", NEAR)
def test_other_exports_with_words_of_billing_stay_what_they_are(load: Parse, what: str) -> None:
    report = load(NEAR[what]).report
    assert f"{report['source']}.{report['object']}" == what


@pytest.mark.parametrize(
    "text",
    [
        "Order Date,Customer,Total\n2026-01-01,North,5\n",
        "Date,ARR,MRR\n2026-01-01,5,6\n",
        "Customer ID,Tenure,Churn\n1,5,No\n",
        "Company,Amount,Start Date\nNorth,5,2026-01-01\n",
        "Date,Campaign,Opens,Clicks\n2026-01-01,Fair,5,6\n",
    ],
    ids=["orders", "measures", "tenure without its unit", "an amount of something", "a mailing"],
)
def test_what_only_looks_like_billing_is_asked_for(load: Parse, text: str) -> None:
    assert load(text).report["source"] is None
