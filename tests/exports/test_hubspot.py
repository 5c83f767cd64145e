"""HubSpot exports as users make them: wide stage dates, associations, languages, internal names, Excel's damage."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import pytest

from tests.exports.conftest import Parse, Parsed

DEALS = '''"Record ID","Deal Name","Deal Stage","Pipeline","Amount","Close Date","Create Date","Deal owner","Deal Type",\
"Is Closed Won","Associated Company IDs (Primary)","Associated Company IDs","Associated Contact IDs",\
"Billing Contact IDs","Billing Contact IDs","Date entered ""Demo (held) (Sales Pipeline)""",\
"Date exited ""Demo (held) (Sales Pipeline)""","Date entered ""Closed Won (Sales Pipeline)""",\
"Date entered ""Signed (Partner (EU))""","Cumulative time in ""Demo (held) (Sales Pipeline)""",\
"Date entered current stage","Region"
"9001","Acme, deal","Closed Won","Sales Pipeline","117.0","2023-11-15 20:09","2023-10-01 08:00","Rep one","newbusiness",\
"Yes","501","501;502","7;8","","","2023-10-02 09:00","2023-11-15 20:09","2023-11-15 20:09","","123","2023-11-15 20:09","North"
"9002","Beta","Demo (held)","Sales Pipeline","","2024-01-31","2023-12-01 10:00","Rep two","existingbusiness",\
"No","","503;504","","","","2023-12-05 10:00","","","","","2023-12-05 10:00",""
"9003","Gamma","Signed","Partner (EU)","1000","2024-01-31","2023-12-01 10:00","Rep two","Barter",\
"No","","","9","","","","","","2023-12-09 10:00","","",""
'''


def test_deals_with_stage_dates_contacts_and_two_pipelines(load: Parse) -> None:
    parsed = load(DEALS, "hubspot-crm-exports-all-deals-2024-02-03.csv")
    report = parsed.report
    assert (report["source"], report["object"], report["export_day"]) == ("hubspot", "deals", "2024-02-03")
    assert parsed.verdict == (3, 3, 0, 0, 0, 0)
    assert parsed.rows(
        "opportunities",
        "opportunity_id, account_id, outcome, amount::TEXT, opened_on::TEXT, closed_on::TEXT, deal_type",
    ) == [
        ("9001", "501", "won", "117.0000", "2023-10-01", "2023-11-15", "new"),
        ("9002", "503", None, None, "2023-12-01", "2024-01-31", "expansion"),
        ("9003", None, None, "1000.0000", "2023-12-01", "2024-01-31", None),
    ]
    assert parsed.rows("opportunity_contacts", "opportunity_id, contact_id") == [
        ("9001", "7"),
        ("9001", "8"),
        ("9003", "9"),
    ]
    visits = "opportunity_id, pipeline, stage, entered_at::TEXT, exited_at::TEXT, quality"
    assert sorted(parsed.rows("stage_visits", visits)) == [
        ("9001", "Sales Pipeline", "Closed Won", "2023-11-15 20:09:00", None, "partial"),
        ("9001", "Sales Pipeline", "Demo (held)", "2023-10-02 09:00:00", "2023-11-15 20:09:00", "partial"),
        ("9002", "Sales Pipeline", "Demo (held)", "2023-12-05 10:00:00", None, "partial"),
        ("9003", "Partner (EU)", "Signed", "2023-12-09 10:00:00", None, "partial"),
    ]
    assert [(s["pipeline"], s["stage"], s["stage_order"], s["outcome"]) for s in report["stages"]] == [
        ("Partner (EU)", "Signed", 1, "open"),
        ("Sales Pipeline", "Demo (held)", 1, "open"),
        ("Sales Pipeline", "Closed Won", 2, "won"),
    ]
    assert report["issues"] == [{"kind": "unknown value", "column": "Deal Type", "n": 1, "rows": [4]}]
    assert "attr:Region" in parsed.columns("opportunities")
    assert "attr:Deal Type" in parsed.columns("opportunities")
    assert not any(c.startswith(('attr:Date entered "', "attr:Cumulative")) for c in parsed.columns("opportunities"))


def test_every_column_is_reported_with_samples_and_a_reason(load: Parse) -> None:
    columns = {c["header"]: c for c in load(DEALS).report["columns"]}
    assert columns["Deal Stage"]["canonical"] == "opportunities.stage"
    assert columns["Deal Stage"]["samples"] == ["Closed Won", "Demo (held)", "Signed"]
    assert columns["Deal Stage"]["certainty"] == "certain"
    assert columns["Region"]["certainty"] == "unknown"
    assert columns['Date entered "Signed (Partner (EU))"']["canonical"] == "stage_visits.entered_at"
    assert all(c["reason"] for c in columns.values())


def test_spanish_headers_mixed_with_english_ones(load: Parse) -> None:
    parsed = load(
        "ID de registro,Nombre del negocio,Etapa del negocio,Pipeline,Valor,Fecha de cierre,Propietario del negocio,"
        'Associated Company IDs,"Date entered ""Propuesta (Ventas)"""\n'
        "1,Uno,Cerrada ganada,Ventas,10,2026-01-05 12:05,Rep,5,2025-12-01 10:00\n"
        "2,Dos,Cerrada perdida,Ventas,20,2026-01-06 12:05,Rep,6,\n3,Tres,Propuesta,Ventas,30,2026-05-05 12:05,Rep,6,\n"
    )
    assert [(s["stage"], s["outcome"]) for s in parsed.report["stages"]] == [
        ("Propuesta", "open"),
        ("Cerrada ganada", "won"),
        ("Cerrada perdida", "lost"),
    ]
    assert parsed.rows("opportunities", "account_id, owner") == [("5", "Rep"), ("6", "Rep"), ("6", "Rep")]
    assert parsed.rows("stage_visits", "stage, pipeline") == [("Propuesta", "Ventas")]


def test_internal_names(load: Parse) -> None:
    parsed = load(
        "hs_object_id,dealname,dealstage,pipeline,amount,closedate,createdate,hubspot_owner_id,hs_is_closed_won,"
        "hs_v2_date_entered_appointmentscheduled,hs_v2_date_exited_appointmentscheduled,hs_v2_date_entered_current_stage\n"
        "1,A,closedwon,default,5,1700000000000,2023-10-01T08:00:00.123Z,77,true,2023-10-02T08:00:00Z,2023-11-01T08:00:00Z,x\n"
        "2,B,appointmentscheduled,default,6,1700000000000,2023-10-01T08:00:00.123Z,77,false,2023-10-03T08:00:00Z,,x\n"
    )
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert parsed.rows("opportunities", "outcome, closed_on::TEXT, opened_on::TEXT") == [
        ("won", "2023-11-14", "2023-10-01"),
        (None, "2023-11-14", "2023-10-01"),
    ]
    assert parsed.rows("stage_visits", "stage, pipeline, exited_at IS NULL") == [
        ("appointmentscheduled", "default", False),
        ("appointmentscheduled", "default", True),
    ]


def test_the_same_file_after_a_spreadsheet(load: Parse) -> None:
    text = (
        "Record ID;Deal Name;Deal Stage;Amount;Close Date;Create Date\n"
        "9001;Uno;Ganada;1.234,56;15/11/2023;01/10/2023\n9002;Año;Perdida;2.000,00;03/04/2023;01/02/2023\n"
        "6,89813E+11;Dañado;Abierta;5,00;03/04/2023;01/02/2023\n9003.0;Tres;Abierta;n/a;31/31/2023;01/02/2023\n"
    )
    parsed = load(text.replace("6,89813E", "6.89813E").encode("cp1252"))
    assert parsed.verdict == (4, 3, 1, 0, 0, 0)
    assert parsed.rows("opportunities", "opportunity_id, name, amount::TEXT, closed_on::TEXT") == [
        ("9001", "Uno", "1234.5600", "2023-11-15"),
        ("9002", "Año", "2000.0000", "2023-04-03"),
        ("9003", "Tres", None, None),
    ]
    assert parsed.rows("rejects", '_row, _reason, "Record ID"') == [(4, "id damaged by a spreadsheet", "6.89813E+11")]
    assert parsed.report["issues"] == [{"kind": "unreadable date", "column": "Close Date", "n": 1, "rows": [5]}]
    assert parsed.report["formats"]["Amount"] == {"decimal": ","}
    assert parsed.report["formats"]["Create Date"] == {"dates": "dmy"}


def test_companies_with_their_target_flag(load: Parse) -> None:
    parsed = load(
        "Record ID,Company name,Company Domain Name,Website URL,Industry,Number of Employees,Country/Region,Target Account,"
        "Ideal Customer Profile Tier,Lifecycle Stage,Create Date,Technology\n"
        '1,A,https://www.A.com/home,,SOFTWARE,"1,200",Spain,true,Tier 1,customer,2023-01-01 10:00,T1\n'
        "2,B,,http://b.example/x,,50,,,,lead,2023-01-02 10:00,\n"
    )
    assert parsed.report["object"] == "companies"
    assert parsed.rows(
        "accounts", "account_id, domain, employees, is_target, _is_target_known, fit_tier, technology"
    ) == [
        ("1", "a.com", 1200, True, True, "Tier 1", "T1"),
        ("2", "b.example", 50, None, False, None, None),
    ]
    own = next(c for c in parsed.report["columns"] if c["header"] == "Technology")
    assert own["certainty"] == "certain"


def test_contacts_with_lifecycle_dates(load: Parse) -> None:
    parsed = load(
        "Record ID,First Name,Last Name,Email,Job Title,Associated Company IDs (Primary),Associated Company IDs,Company Name,"
        'Buying Role,Lifecycle Stage,"Date entered ""Marketing Qualified Lead (Lifecycle Stage Pipeline)""",Create Date\n'
        "1,Role,One,R1@A.com,CTO,5,5;6,Acme,DECISION_MAKER,customer,2024-01-02 10:00,2024-01-01 10:00\n"
        "2,Role,,r2@b.com,,,6;7,Beta,,lead,,2024-01-01 10:00\n"
    )
    columns = "contact_id, account_id, name, email, mql_on::TEXT, is_converted, _account_name, _account_domain"
    assert parsed.rows("contacts", columns) == [
        ("1", "5", "Role One", "r1@a.com", "2024-01-02", True, "Acme", "a.com"),
        ("2", "6", "Role", "r2@b.com", None, False, "Beta", "b.com"),
    ]


def test_calls_meetings_tasks_and_notes(load: Parse) -> None:
    rest = "Associated Company IDs,Associated Contact IDs,Associated Deal IDs"
    calls = load(
        f"Record ID,Activity date,Call Title,Call outcome,Call status,Call direction,Call duration,{rest}\n"
        "1,2026-02-01 10:00,Hi,Connected,COMPLETED,OUTBOUND,60000,5;6,7;8,9\n"
        "2,2026-02-02 10:00,Hi,No answer,COMPLETED,INBOUND,00:02:30,5,,\n"
    )
    columns = "kind, side, direction, is_done, minutes, account_id, contact_id, opportunity_id"
    assert calls.rows("activities", columns) == [
        ("call", "sales", "out", True, 1.0, "5", "7", "9"),
        ("call", "sales", "in", False, 2.5, "5", None, None),
    ]
    meetings = load(
        f"Record ID,Activity date,Meeting name,Meeting outcome,Start Time,End Time,{rest}\n"
        "1,2026-02-01 10:00,M,COMPLETED,2026-02-01 10:00,2026-02-01 10:45,5,,\n"
        "2,2026-02-01 10:00,M,NO_SHOW,2026-02-01 10:00,2026-02-01 10:30,5,,\n"
        "3,2026-02-01 10:00,M,,2026-02-01 10:00,2026-02-01 10:30,5,,\n"
        "4,2026-02-01 10:00,M,,2026-04-01 10:00,2026-04-01 10:30,5,,\n"
    )
    assert meetings.rows("activities", "kind, is_done, minutes") == [
        ("meeting", True, 45.0),
        ("meeting", False, 30.0),
        ("meeting", True, 30.0),
        ("meeting", False, 30.0),
    ]
    tasks = load(
        f"Record ID,Activity date,Task Title,Task Status,Task Type,{rest}\n"
        "1,2026-02-01 10:00,T,COMPLETED,CALL,5,,\n2,2026-02-01 10:00,T,NOT_STARTED,TODO,5,,\n"
    )
    assert tasks.rows("activities", "kind, is_done") == [("call", True), ("task", False)]
    notes = load(f"Record ID,Activity date,Note body,{rest}\n1,2026-02-01 10:00,<p>text</p>,5,,\n")
    assert notes.rows("activities", "kind, is_done, occurred_at::TEXT") == [("note", True, "2026-02-01 10:00:00")]
    assert "text" not in notes.columns("activities")


CALLS = {
    True: ("Connected", "CONNECTED", "Connected – Qualified", "Left live message", "f240bbac-87c9-4f6e-bf70-924b57d47db7",
           "Conectado", "Contestó", "Дозвонились", "Разговор состоялся", "已接通"),
    False: ("No answer", "NO_ANSWER", "Left voicemail", "Not connected", "73a0d17f-1163-4015-bdd5-ec830791da20",
            "Sin respuesta", "No conectado", "Número equivocado", "Не дозвонились", "Нет ответа", "无人接听", "未接通"),
}  # fmt: skip
MEETINGS = {
    True: ("COMPLETED", "Completed", "Completada", "Realizada", "Состоялась", "Проведена", "已完成"),
    False: ("NO_SHOW", "No show", "Scheduled", "RESCHEDULED", "Canceled", "No se presentó", "Programada", "Не состоялась",
            "Отменена", "未完成", "已取消"),
}  # fmt: skip


def _done(parsed: Parsed) -> list[bool]:
    return [done for (done,) in parsed.rows("activities", "is_done")]


def test_a_list_as_long_as_hubspot_writes_it_may_be_cut_and_says_so(load: Parse) -> None:
    def deals(n: int) -> str:
        ids = ";".join(map(str, range(n)))
        return f"Record ID,Deal Name,Deal Stage,Associated Contact IDs\n1,A,Open,7;8\n2,B,Open,{ids}\n"

    assert load(deals(999)).report["issues"] == []
    (issue,) = load(deals(1000)).report["issues"]
    assert (issue["column"], issue["n"], issue["rows"]) == ("Associated Contact IDs", 1, [3])
    assert "1,000 linked records" in issue["kind"]
    whole = load(deals(1200))
    assert whole.report["tables"]["opportunity_contacts"] == 1202
    assert len(whole.report["issues"]) == 1


@pytest.mark.parametrize("happened", [True, False])
def test_outcomes_are_known_in_four_languages_and_as_internal_values(load: Parse, happened: bool) -> None:
    """The day says the contrary: words stand above it."""
    day = "2026-04-01 10:00" if happened else "2026-02-01 10:00"
    calls = "".join(f"{i},{day},Hi,{said}\n" for i, said in enumerate(CALLS[happened]))
    assert set(_done(load("Record ID,Activity date,Call Title,Call outcome\n" + calls))) == {happened}
    meetings = "".join(f"{i},{day},M,{said}\n" for i, said in enumerate(MEETINGS[happened]))
    assert set(_done(load("Record ID,Start Time,Meeting name,Meeting outcome\n" + meetings))) == {happened}


def test_an_outcome_in_unknown_words_leaves_it_to_the_status_then_to_the_day(load: Parse) -> None:
    calls = load(
        "Record ID,Activity date,Call Title,Call outcome,Call status\n"
        "1,2026-02-01 10:00,Hi,Gatekeeper,COMPLETED\n2,2026-02-01 10:00,Hi,Gatekeeper,MISSED\n"
        "3,2026-02-01 10:00,Hi,e448b440-6d4a-4830-9408-9504e32407e5,\n4,2026-04-01 10:00,Hi,Gatekeeper,\n"
    )
    assert _done(calls) == [True, False, True, False]
    assert calls.report["issues"] == []
    meetings = load(
        "Record ID,Start Time,Meeting name,Meeting outcome\n1,2026-02-01 10:00,M,Great fit\n2,2026-04-01 10:00,M,Great fit\n"
    )
    assert _done(meetings) == [True, False]


def test_amounts_in_the_companys_currency_count_where_no_other_currency_is_named(load: Parse) -> None:
    head = "Record ID,Deal Name,Deal Stage,Amount,Amount in company currency"
    assert load(f"{head}\n1,A,Open,100,90\n").rows("opportunities", "amount::TEXT") == [("90.0000",)]
    named = load(f"{head},Currency\n1,A,Open,100,90,USD\n")
    assert named.rows("opportunities", "amount::TEXT, currency") == [("100.0000", "USD")]
    alone = load("Record ID,Deal Name,Deal Stage,Amount in company currency,Currency\n1,A,Open,90,USD\n")
    assert alone.rows("opportunities", "amount::TEXT") == [("90.0000",)]
    assert "currency" not in alone.columns("opportunities")


@pytest.mark.parametrize(
    "header",
    [
        "Became an Opportunity Date",
        "hs_lifecyclestage_opportunity_date",
        'Date entered ""Opportunity (Lifecycle Stage Pipeline)""',
    ],
)
def test_a_contacts_own_day_of_becoming_an_opportunity(load: Parse, header: str) -> None:
    parsed = load(f'Record ID,First Name,Last Name,Email,"{header}"\n1,A,B,a@b.com,2026-02-01\n')
    assert parsed.report["object"] == "contacts"
    assert parsed.rows("contacts", "_opportunity_on::TEXT") == [("2026-02-01",)]


def test_users_and_their_teams(load: Parse) -> None:
    parsed = load("User ID,First name,Last name,Email,Main team\n7,Seller,North,s@x.com,East\n8,,,t@x.com,West\n")
    assert parsed.rows("owners", "owner, team, _owner_id") == [("Seller North", "East", "7"), ("t@x.com", "West", "8")]


def test_a_date_that_shows_nothing_takes_after_its_sibling(load: Parse) -> None:
    text = "Record ID,Deal Name,Deal Stage,Close Date,Create Date\n1,A,Open,03/04/2025,25/12/2024\n"
    assert load(text).rows("opportunities", "closed_on::TEXT, opened_on::TEXT") == [("2025-04-03", "2024-12-25")]


def test_ambiguous_dates_are_asked_once_a_file_never_guessed(load: Parse) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Close Date,Create Date,Last Modified Date\n"
        "1,A,Open,03/04/2025,01/02/2025,2025-01-02\n"
    )
    asked = load(text)
    said = "columns 'Close Date', 'Create Date' do not show which is day and which is month (03/04/2025)"
    assert asked.reason == f"file.csv: {said}."
    (question,) = asked.report["questions"]
    assert (question["column"], question["kind"], question["choices"]) == ("Close Date", "dates", ["dmy", "mdy"])
    assert question["columns"] == ["Close Date", "Create Date"]
    assert question["examples"] == ["03/04/2025"]
    assert asked.report["columns"]
    days = "closed_on::TEXT, opened_on::TEXT"
    assert load(text, dates="mdy").rows("opportunities", days) == [("2025-03-04", "2025-01-02")]
    one = load(text, answers={"Close Date": "dmy"})
    assert one.rows("opportunities", days) == [("2025-04-03", "2025-02-01")]
    each = load(text, answers={"Close Date": "dmy", "Create Date": "mdy"})
    assert each.rows("opportunities", days) == [("2025-04-03", "2025-01-02")]


def test_an_answer_does_not_touch_columns_that_prove_their_order(load: Parse) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Close Date,Create Date,Last Modified Date\n"
        "1,A,Open,03/04/2025,01/13/2025,14/12/2025\n2,B,Open,03/05/2025,01/02/2025,01/12/2025\n"
    )
    (question,) = load(text).report["questions"]
    assert question["columns"] == ["Close Date"]
    answered = load(text, answers={"Close Date": "dmy"})
    assert answered.rows("opportunities", "closed_on::TEXT, opened_on::TEXT") == [
        ("2025-04-03", "2025-01-13"), ("2025-05-03", "2025-01-02"),
    ]  # fmt: skip


def test_an_ambiguous_decimal_mark_is_asked(load: Parse) -> None:
    text = "Record ID,Deal Name,Deal Stage,Amount\n1,A,Open,1.234\n2,B,Open,12.500\n"
    assert load(text).report["questions"] == [
        {
            "column": "Amount",
            "kind": "decimal",
            "choices": [",", "."],
            "examples": ["1.234", "12.500"],
            "rows": [{"row": 2, "name": "A", "value": "1.234"}, {"row": 3, "name": "B", "value": "12.500"}],
        }
    ]
    assert load(text, decimal=",").rows("opportunities", "amount::TEXT") == [("1234.0000",), ("12500.0000",)]
    assert load(text, decimal=".").rows("opportunities", "amount::TEXT") == [("1.2340",), ("12.5000",)]
    (asked,) = load(text + "3,C,Open,1.5\n").report["questions"]  # the others may be thousands all the same
    assert (asked["kind"], asked["examples"]) == ("decimal", ["1.234", "12.500"])
    proven = load(text + "3,C,Open,0.125\n")
    assert proven.rows("opportunities", "amount::TEXT") == [("1.2340",), ("12.5000",), ("0.1250",)]


def test_the_newest_of_two_rows_with_one_id_stays(load: Parse) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Last Modified Date\n1,new,Open,2025-02-01\n1,old,Open,2025-01-01\n2,B,Open,\n"
    )
    parsed = load(text)
    assert parsed.verdict == (3, 2, 0, 1, 0, 0)
    assert parsed.rows("opportunities", "name") == [("new",), ("B",)]


def test_corrections_stand_above_what_was_recognised(load: Parse) -> None:
    parsed = load(DEALS, mapping={"columns": {"source": "Region", "deal_type": ""}, "stages": {"Signed": "won"}})
    assert parsed.report["object"] == "deals"
    assert parsed.rows("opportunities", "source, opportunity_id") == [("North", "9001"), (None, "9002"), (None, "9003")]
    assert parsed.report["tables"]["stage_visits"] == 4
    assert {s["stage"]: s["outcome"] for s in parsed.report["stages"]}["Signed"] == "won"
    assert "deal_type" not in parsed.columns("opportunities")


def test_associated_records_and_flags_that_were_used_are_no_attributes(load: Parse) -> None:
    parsed = load(
        "Record ID,Deal Name,Deal Stage,Amount,Is Closed Won,Is Deal Closed?,Associated Company (Primary),Associated Company,"
        "Associated Company IDs,Associated Note,Close Date,Region\n1,A,Open,5,false,false,North,North,9,n,2026-01-01,East\n"
    )
    assert [c for c in parsed.columns("opportunities") if c.startswith("attr:")] == ["attr:Region"]


def test_lifecycle_stages_have_one_name_in_every_language(load: Parse) -> None:
    said = ("Lead calificado para marketing", "salesqualifiedlead", "Oportunidad", "Cliente", "Customer", "Partner one")
    rows = "".join(f"{n},A,B,a@n.com,{stage},2024-01-01 10:00\n" for n, stage in enumerate(said, start=1))
    parsed = load("ID de registro,Nombre,Apellidos,Correo,Etapa del ciclo de vida,Fecha de creación\n" + rows)
    assert parsed.rows("contacts", "lifecycle_stage, is_converted") == [
        ("Marketing Qualified Lead", False),
        ("Sales Qualified Lead", False),
        ("Opportunity", False),
        ("Customer", True),
        ("Customer", True),
        ("Partner one", False),
    ]
    assert parsed.report["issues"] == []


def test_the_day_of_becoming_a_customer_is_not_that_of_the_opportunity(load: Parse) -> None:
    parsed = load(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Became a Customer Date,Create Date\n"
        "1,A,B,a@n.com,Opportunity,2024-05-01 10:00,2024-01-01 10:00\n"
    )
    assert parsed.rows("contacts", "_customer_on::TEXT, is_converted") == [("2024-05-01", True)]
    assert "converted_on" not in parsed.columns("contacts")


def test_amounts_in_the_companys_currency_are_not_in_the_deals(load: Parse) -> None:
    head = "Record ID,Deal Name,Deal Stage,Currency,Amount in company currency"
    alone = load(f"{head}\n1,A,Open,USD,100\n2,B,Open,EUR,200\n")
    assert alone.rows("opportunities", "amount::TEXT") == [("100.0000",), ("200.0000",)]
    assert not {"currency", "attr:Currency"} & set(alone.columns("opportunities"))
    columns = {c["header"]: c for c in alone.report["columns"]}
    assert columns["Amount in company currency"]["canonical"] == "opportunities.amount"
    assert columns["Currency"]["canonical"] is None
    both = load(f"{head},Amount\n1,A,Open,USD,100,110\n2,B,Open,EUR,200,\n")
    assert both.rows("opportunities", "amount::TEXT, currency") == [("110.0000", "USD"), (None, "EUR")]
