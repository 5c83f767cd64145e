"""Salesforce exports: reports with footers, the API's names, history, campaigns, activities."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import pytest

from tests.exports.conftest import Parse

REPORT = (
    '"Opportunity Name","Account Name","Stage","Amount Currency","Amount","Probability (%)","Close Date","Created Date",'
    '"Opportunity Owner","Lead Source","Street"\n'
    '"Café deal","Acme","Closed Won","EUR","1,234.50","100","3/25/2026","1/5/2026","Rep","Web","a\nb"\n'
    '"Other","Beta","Negotiation","USD","2,000.00","40","4/1/2026","1/6/2026","Rep","Web","c\r\nd"\n'
    '"Third","Beta","Cancelled","USD","","0","4/1/2026","1/6/2026","Rep","",""\n'
    '"Total","","","","3,234.50","","","","","",""\n\n\n'
    '"Confidential Information - Do Not Distribute"\n'
    '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
)


def test_a_report_with_its_footer_in_latin_1(load: Parse) -> None:
    parsed = load(REPORT.encode("latin-1"), "report1700000000000.csv")
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "opportunities")
    assert parsed.verdict == (8, 3, 0, 0, 2, 3)
    columns = "_row, name, stage, amount::TEXT, currency, probability, closed_on::TEXT, opened_on::TEXT, _account_name"
    assert parsed.rows("opportunities", columns) == [
        (2, "Café deal", "Closed Won", "1234.5000", "EUR", 1.0, "2026-03-25", "2026-01-05", "Acme"),
        (3, "Other", "Negotiation", "2000.0000", "USD", 0.4, "2026-04-01", "2026-01-06", "Beta"),
        (4, "Third", "Cancelled", None, "USD", 0.0, "2026-04-01", "2026-01-06", "Beta"),
    ]
    assert len(parsed.rows("opportunities", "opportunity_id")) == 3
    assert parsed.report["formats"]["Close Date"] == {"dates": "mdy"}


def test_lines_above_the_header_are_kept_as_preamble(load: Parse) -> None:
    text = "Pipeline report\nAs of 2026-02-01\n\n" + REPORT
    parsed = load(text)
    assert parsed.report["preamble"] == ["Pipeline report", "As of 2026-02-01"]
    assert parsed.rows("opportunities", "_row")[0] == (5,)


def test_a_chinese_report(load: Parse) -> None:
    text = (
        "业务机会名称,客户名,阶段,金额,结束日期,赢率\n商机一,华为技术,成交,￥123.45,2015-7-25,100\n"
        '商机二,北京公司,输单,"￥1,000.00",2015-7-26,0\n商机三,北京公司,谈判,￥5.00,2015-8-1,50\n'
    )
    parsed = load(text.encode("gb18030"))
    assert parsed.rows("opportunities", "name, amount::TEXT, closed_on::TEXT, probability") == [
        ("商机一", "123.4500", "2015-07-25", 1.0),
        ("商机二", "1000.0000", "2015-07-26", 0.0),
        ("商机三", "5.0000", "2015-08-01", 0.5),
    ]
    assert [(s["stage"], s["outcome"]) for s in parsed.report["stages"]] == [
        ("谈判", "open"), ("成交", "won"), ("输单", "lost"),
    ]  # fmt: skip


def test_opportunities_by_api_names(load: Parse) -> None:
    parsed = load(
        "Id,IsDeleted,AccountId,Name,StageName,Amount,Probability,CloseDate,Type,IsClosed,IsWon,OwnerId,CreatedDate,Product__c\n"
        "0061G00000N38JZQAZ,false,0011G00000N38JZQAZ,A,Abandoned,10.5,0,2026-03-01,Renewal,true,false,0051G00000N38JZ,"
        "2026-02-28T23:30:00.000Z,X\n"
        "0061G00000N38JZQAY,true,0011G00000N38JZQAZ,B,Open,1,10,2026-03-01,,false,false,0051G00000N38JZ,2026-01-01T09:30:00.000Z,Y\n"
        "0061G00000N38JZQAX,false,,C,Fit,1,10,2026-03-01,,false,false,0051G00000N38JZ,2026-01-01T09:30:00.000+0200,Y\n",
        time_zone="Europe/Madrid",
    )
    assert parsed.verdict == (3, 2, 1, 0, 0, 0)
    assert parsed.rows("rejects", "_reason") == [("deleted in the source",)]
    assert parsed.rows("opportunities", "opportunity_id, deal_type, outcome, opened_on::TEXT, owner") == [
        ("0061G00000N38JZQAZ", "renewal", "lost", "2026-03-01", "0051G00000N38JZ"),
        ("0061G00000N38JZQAX", None, "open", "2026-01-01", "0051G00000N38JZ"),
    ]
    assert [(s["stage"], s["outcome"]) for s in parsed.report["stages"]] == [("Fit", "open"), ("Abandoned", "lost")]
    assert "attr:Product__c" in parsed.columns("opportunities")


def test_words_of_a_stage_stand_above_contradicting_flags(load: Parse) -> None:
    parsed = load(
        "Id,Name,StageName,IsClosed,IsWon\n0061G00000N38JZ,A,Closed Won,false,false\n0061G00000N38JY,B,Prospecting,true,true\n"
        "0061G00000N38JX,C,Prospecting,false,false\n"
    )
    assert {s["stage"]: s["outcome"] for s in parsed.report["stages"]} == {"Closed Won": "won", "Prospecting": "open"}


def test_opportunity_history_as_a_report_and_by_the_api(load: Parse) -> None:
    report = load(
        "Opportunity Name,From Stage,To Stage,Stage Duration,Last Modified,Amount\n"
        "A,,Open,0,1/20/2026,5\nA,Open,Closed Won,5,1/25/2026,5\n"
    )
    assert report.report["object"] == "opportunity_history"
    assert report.rows("stage_visits", "opportunity_id, stage, entered_at::TEXT, quality, _position") == [
        ("A", "Open", "2026-01-20 00:00:00", "full", 2),
        ("A", "Closed Won", "2026-01-25 00:00:00", "full", 3),
    ]
    api = load(
        "Id,OpportunityId,StageName,Amount,CloseDate,Probability,CreatedDate\n"
        "0081G00000N38JZ,0061G00000N38JZ,Open,5,2026-03-01,10,2026-01-20T10:00:00.000Z\n"
        "0081G00000N38JY,0061G00000N38JZ,Open,6,2026-03-01,10,2026-01-21T10:00:00.000Z\n"
        "0081G00000N38JX,0061G00000N38JZ,,6,2026-03-01,10,2026-01-22T10:00:00.000Z\n"
    )
    assert api.verdict == (3, 2, 1, 0, 0, 0)
    assert api.rows("rejects", "_reason, _column") == [("no stage", "StageName")]


def test_accounts_contacts_and_leads(load: Parse) -> None:
    accounts = load(
        "Account ID,Account Name,Website,Type,Industry,Employees,Annual Revenue,Billing Country,ABM Tier,Account Owner\n"
        '0011G00000N38JZ,Acme,www.acme.com,Customer,Tech,"1,200","$1,000,000.00",Spain,1,Rep\n'
    )
    assert accounts.rows("accounts", "account_id, domain, employees, annual_revenue::TEXT, tier, country") == [
        ("0011G00000N38JZ", "acme.com", 1200, "1000000.0000", "1", "Spain")
    ]
    contacts = load(
        "Contact ID,First Name,Last Name,Email,Title,Account Name,Lead Source\n0031G00000N38JZ,A,B,a@acme.com,CTO,Acme,Web\n"
    )
    assert contacts.report["object"] == "contacts"
    assert contacts.rows("contacts", "name, _account_name, company_name, is_lead") == [("A B", "Acme", "Acme", False)]
    leads = load(
        "Lead ID,First Name,Last Name,Company / Account,Email,Lead Status,Converted,Converted Date,Create Date\n"
        "00Q1G00000N38JZ,A,B,Acme,a@acme.com,Qualified,1,2026-01-20,2026-01-02\n"
        "00Q1G00000N38JY,C,D,Beta,c@beta.com,Open,0,,2026-01-03\n"
    )
    assert leads.report["object"] == "leads"
    assert leads.rows("contacts", "contact_id, is_converted, converted_on::TEXT, is_lead, _account_name") == [
        ("00Q1G00000N38JZ", True, "2026-01-20", True, "Acme"),
        ("00Q1G00000N38JY", False, None, True, "Beta"),
    ]


def test_campaigns_of_a_plain_table_keep_their_days(load: Parse) -> None:
    """Without its days a cost could not be placed, and would be dropped."""
    found = load(
        "Campaign,Channel,Start Date,End Date,Actual Cost,Currency\nSpring,Social,2024-01-01,2024-03-31,1200,EUR\n",
    )
    assert found.rows(
        "campaigns", "campaign, channel, starts_on::TEXT, ends_on::TEXT, actual_cost::TEXT, currency"
    ) == [("Spring", "Social", "2024-01-01", "2024-03-31", "1200.0000", "EUR")]


def test_campaigns_and_their_members(load: Parse) -> None:
    campaigns = load(
        "Campaign ID,Campaign Name,Type,Status,Start Date,End Date,Budgeted Cost,Actual Cost\n"
        "7011G00000N38JZ,Fair,Event,Done,2026-01-10,2026-01-12,1000,900\n"
    )
    assert campaigns.rows("campaigns", "campaign_id, campaign, channel, starts_on::TEXT, actual_cost::TEXT") == [
        ("7011G00000N38JZ", "Fair", "Event", "2026-01-10", "900.0000")
    ]
    members = load(
        "Campaign Name,Member Status,Responded,Member First Associated Date,First Responded Date,Contact ID,Lead ID\n"
        "Fair,Attended,1,2026-01-05,2026-01-11,0031G00000N38JZ,\nFair,Sent,0,2026-01-05,,,00Q1G00000N38JZ\n"
    )
    assert members.report["object"] == "campaign_members"
    assert members.rows("activities", "kind, direction, side, is_done, occurred_at::TEXT, contact_id, campaign") == [
        ("campaign_response", "in", "marketing", True, "2026-01-11 00:00:00", "0031G00000N38JZ", "Fair"),
        ("campaign_sent", "out", "marketing", True, "2026-01-05 00:00:00", "00Q1G00000N38JZ", "Fair"),
    ]
    ids = [i for (i,) in members.rows("activities", "activity_id")]
    assert len(set(ids)) == 2


def test_tasks_and_events(load: Parse) -> None:
    tasks = load(
        "Id,WhoId,WhatId,AccountId,Subject,ActivityDate,Status,IsClosed,TaskSubtype\n"
        "00T1G00000N38JZ,0031G00000N38JZ,0061G00000N38JZ,0011G00000N38JZ,Call,2026-01-05,Completed,1,Call\n"
        "00T1G00000N38JY,,0011G00000N38JZ,,Email: hello,2026-01-05,Completed,,Email\n"
        "00T1G00000N38JX,,,,Prepare,2026-01-05,Not Started,,Task\n"
    )
    columns = "kind, is_done, contact_id, opportunity_id, account_id"
    assert tasks.rows("activities", columns) == [
        ("call", True, "0031G00000N38JZ", "0061G00000N38JZ", "0011G00000N38JZ"),
        ("email_sent", True, None, None, "0011G00000N38JZ"),
        ("task", False, None, None, None),
    ]
    report = load(
        "Activity ID,Subject,Due Date,Status,Company / Account,Assigned\n00T1G00000N38JZ,Call,1/25/2026,Completed,Acme,R\n"
    )
    assert report.report["object"] == "tasks"
    events = load(
        "Id,WhoId,Subject,StartDateTime,DurationInMinutes\n"
        "00U1G00000N38JZ,0031G00000N38JZ,Demo,2026-01-05T10:00:00.000Z,45\n"
        "00U1G00000N38JY,0031G00000N38JZ,Demo,2026-04-05T10:00:00.000Z,45\n"
    )
    assert events.rows("activities", "kind, is_done, minutes") == [("meeting", True, 45.0), ("meeting", False, 45.0)]


def test_users_roles_and_simple_team_files(load: Parse) -> None:
    users = load("Id,Name,Username,UserRoleId,Division,IsActive\n0051G00000N38JZ,Seller,s@x.com,00E,East,true\n")
    assert users.rows("owners", "owner, team, _owner_id") == [("Seller", "East", "0051G00000N38JZ")]
    namesakes = load(
        "Id,Name,Username,UserRoleId\n0051G00000N38JZ,Seller,a,00E\n0051G00000N38JY,Seller,b,00E\n0051G00000N38JY,Seller,b,00E\n"
    )
    assert namesakes.verdict == (3, 2, 0, 1, 0, 0)
    teams = load("sales_agent,manager,regional_office\nSeller,Lead,Central\n")
    assert teams.rows("owners", "owner, manager, region") == [("Seller", "Lead", "Central")]
    roles = load(
        "Id,OpportunityId,ContactId,Role,IsPrimary\n00K1,0061G00000N38JZ,0031G00000N38JZ,Decision Maker,true\n"
    )
    assert roles.rows("opportunity_contacts", "opportunity_id, contact_id, role, is_primary") == [
        ("0061G00000N38JZ", "0031G00000N38JZ", "Decision Maker", True)
    ]


def test_a_files_own_canonical_headers(load: Parse) -> None:
    stages = load("pipeline,stage,stage_order,outcome,probability\nSales,Open,1,open,0.1\nSales,Won,2,won,1\n")
    assert (stages.report["source"], stages.report["object"]) == ("canonical", "stages")
    assert stages.rows("stages", "stage, outcome, probability") == [("Open", "open", 0.1), ("Won", "won", 1.0)]
    goals = load("metric,starts_on,ends_on,value\nwon_revenue,2026-01-01,2026-03-31,1000\n")
    assert goals.report["object"] == "goals"
    history = load("opportunity_id,stage,entered_at\n1,Open,2026-01-01 10:00\n")
    assert history.report["object"] == "stage_visits"
    lists = load("account,list,since\nacme.com,Tier one,2026-01-01\n")
    assert lists.rows("account_lists", "account_id, list, since::TEXT") == [("acme.com", "Tier one", "2026-01-01")]


def test_what_was_used_or_is_personal_is_no_attribute(load: Parse) -> None:
    """Phone numbers, street addresses and notes are dropped and the form says so; the user's own columns stay."""
    headers = (
        "Id,Name,Phone,Fax,MobilePhone,BillingStreet,BillingPostalCode,BillingAddress,BillingState,Description,"
        "Numéro de Phone 2,PhoneService,Notes,Notes_on_price__c,Industry"
    )
    parsed = load(f"{headers}\n0011G00000N38JZ,Acme{',x' * (headers.count(',') - 1)}\n")
    kept = [c.removeprefix("attr:") for c in parsed.columns("accounts") if c.startswith("attr:")]
    assert kept == ["BillingState", "PhoneService", "Notes_on_price__c"]
    told = {c["header"]: c["reason"] for c in parsed.report["columns"] if c["header"] in ("Phone", "Notes")}
    assert set(told.values()) == {"personal or free text: not kept"}
    users = load("Id,Name,Username,UserRoleId,FirstName,Tier\n0051G00000N38JZ,Seller,s,00E,Sel,1\n")
    kept = [c for c in users.columns("owners") if c.startswith("attr:")]
    assert kept == ["attr:Username", "attr:UserRoleId", "attr:Tier"]


def test_a_mapped_files_phones_are_no_attributes_unless_mapped(load: Parse) -> None:
    mapping = {"table": "accounts", "columns": {"account_id": "id", "name": "Street"}}
    parsed = load("id,Street,Teléfono,Plan\n1,Main,600,Gold\n", mapping=mapping)
    assert parsed.rows("accounts", "name") == [("Main",)]
    assert [c for c in parsed.columns("accounts") if c.startswith("attr:")] == ["attr:Plan"]


def test_a_converted_lead_is_on_its_opportunity(load: Parse) -> None:
    api = load(
        "Id,LastName,Email,Company,Status,IsConverted,ConvertedContactId,ConvertedOpportunityId,CreatedDate\n"
        "00Q1G00000N38JZ,A,a@n.com,North,Done,true,0031G00000N38JZ,0061G00000N38JZ,2024-01-01\n"
        "00Q1G00000N38JY,B,b@n.com,South,Done,true,,0061G00000N38JY,2024-01-01\n"
        "00Q1G00000N38JX,C,c@n.com,West,Open,false,,,2024-01-01\n"
    )
    links = [("0061G00000N38JZ", "0031G00000N38JZ"), ("0061G00000N38JY", "00Q1G00000N38JY")]
    assert api.rows("opportunity_contacts", "opportunity_id, contact_id") == links
    report = load(
        "Lead ID,Last Name,Company / Account,Lead Status,Converted,Converted Opportunity ID\n"
        "00Q1G00000N38JY,B,South,Done,1,0061G00000N38JY\n"
    )
    assert report.rows("opportunity_contacts", "opportunity_id, contact_id") == links[1:]


def test_ids_of_15_and_of_18_characters_are_one_record(load: Parse) -> None:
    parsed = load(
        "Opportunity ID,Opportunity Name,Stage,Amount\n0061G00000N38JZ,old,Open,1\n0061G00000N38JZQAZ,new,Open,2\n"
        "0061G00000N38Jz,other,Open,3\n"
    )
    assert parsed.verdict == (3, 2, 0, 1, 0, 0)
    assert parsed.rows("opportunities", "opportunity_id, name") == [
        ("0061G00000N38JZQAZ", "new"), ("0061G00000N38Jz", "other"),
    ]  # fmt: skip
    roles = load(
        "OpportunityId,ContactId,Role\n0061G00000N38JZ,0031G00000N38JZ,Buyer\n0061G00000N38JZQAZ,0031G00000N38JZQAZ,User\n"
    )
    assert roles.verdict == (2, 1, 0, 1, 0, 0)


def test_the_last_lines_of_a_report_are_footers_where_the_id_comes_first(load: Parse) -> None:
    """A spreadsheet pads them to the width of the table, and the id's column holds their words."""
    text = (
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Created Date\n"
        "006A,x,Closed Won,100,2026-01-05,2026-01-01\n006B,y,Closed Lost,7,2026-02-05,2026-01-01\n"
        "Total,,,107,,\n,,,,,\nConfidential Information - Do Not Distribute,,,,,\n"
        '"Copyright (c) 2000-2025 salesforce.com, inc. All rights reserved.",,,,,\n'
        "Generated By: a seller 3/1/2026 9:00 AM,,,,,\n"
    )
    parsed = load(text, "report.csv")
    assert parsed.verdict == (7, 2, 0, 0, 1, 4)
    assert parsed.rows("opportunities", "opportunity_id, amount::DOUBLE") == [("006A", 100.0), ("006B", 7.0)]


@pytest.mark.parametrize("total", ["Grand Totals (2 records)", "Grand Total", "Total general (2)", "GRAND TOTALS:"])
def test_a_grand_total_without_figures_is_a_footer_where_the_id_comes_first(load: Parse, total: str) -> None:
    parsed = load(
        "Contract Number,Account Name,Status,Contract Start Date,Contract End Date,Contract Term (months)\n"
        "00000101,Alpha,Activated,1/1/2026,12/31/2026,12\n00000102,Beta,Activated,1/15/2025,1/14/2026,12\n"
        f'{total},,,,,\n"Confidential Information - Do Not Distribute",,,,,\n'
    )
    assert parsed.verdict == (4, 2, 0, 0, 0, 2)
    assert parsed.rows("contracts", "contract_id") == [("00000101",), ("00000102",)]


def test_a_report_without_ids_knows_its_rows_by_their_accounts_too(load: Parse) -> None:
    """Two deals alike but for their accounts keep their ids in whatever order they come; that ids lack is said."""
    head = "Opportunity Name,Account Name,Stage,Amount,Close Date,Created Date\n"
    deals = [f"Renewal,{account},Prospecting,100,2026-05-31,2025-03-31\n" for account in ("Company A", "Company B")]
    told = [load(head + "".join(order), "report.csv") for order in (deals, deals[::-1])]
    known = [dict(one.rows("opportunities", "_account_name, opportunity_id")) for one in told]
    assert known[0] == known[1]
    assert len(set(known[0].values())) == 2
    assert any(
        "has no column of ids: its opportunities are known by all" in said for said in told[0].report["warnings"]
    )
