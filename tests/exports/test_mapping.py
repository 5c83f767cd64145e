"""Mapping files: every fault is one clear sentence; constants, stages, natural-key ids, rejected rows."""

# ruff: noqa: E501 - the lines of the files are as long as they are

from typing import Any

import pytest

from tests.exports.conftest import Parse

TEXT = "id,name,stage,amount,day\n1,A,Open,5,2026-01-01\n2,B,Won,6,2026-01-02\n"
DEALS: dict[str, Any] = {
    "table": "opportunities",
    "columns": {"opportunity_id": "id", "name": "name", "stage": "stage", "amount": "amount", "opened_on": "day"},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "oportunities"}, "no table 'oportunities'. Did you mean 'opportunities'?"),
        ({"columns": {"stagge": "stage"}}, "no column 'stagge' (in [columns]). Did you mean 'stage'?"),
        ({"columns": {"stage": "Etapa"}}, "a column that the file does not have: Etapa. The file has: id, name, stage"),
        ({"columns": {"stage": 9}}, "names column 9, but the file has 5 columns"),
        ({"columns": {"stage": True}}, "must name a header"),
        ({"columns": {}}, "[columns] is empty"),
        ({"stages": {"Open": "opened"}}, "outcome 'opened'; use one of open, won, lost, no_decision"),
        ({"format": {"dates": "myd"}}, "dates = 'myd'"),
        ({"format": {"date": "dmy"}}, "unknown [format] key 'date'. Did you mean 'dates'?"),
        ({"format": {"delimiter": "tab"}}, "delimiter = 'tab'"),
        ({"format": {"currency": "euro"}}, "three letters"),
        ({"constants": {"deal_type": "old"}}, "constant deal_type = 'old'"),
        ({"constants": {"amount": "five"}}, "must be a number"),
        ({"colums": {}}, "unknown section 'colums'. Did you mean 'columns'?"),
        ({"format": "dmy"}, "[format] must be a table"),
    ],
)
def test_faults_are_told(load: Parse, change: dict[str, Any], said: str) -> None:
    assert said in load(TEXT, mapping=DEALS | change).reason


def test_stages_constants_and_currency(load: Parse) -> None:
    parsed = load(
        TEXT,
        mapping=DEALS
        | {
            "stages": {"New": "open", "Open": "open", "Won": "won"},
            "format": {"currency": "EUR"},
            "constants": {"pipeline": "Sales", "deal_type": "new"},
        },
    )
    assert parsed.rows("opportunities", "pipeline, deal_type, currency, amount::TEXT, typeof(amount)") == [
        ("Sales", "new", "EUR", "5.0000", "DECIMAL(18,4)"),
        ("Sales", "new", "EUR", "6.0000", "DECIMAL(18,4)"),
    ]
    assert [(s["pipeline"], s["stage"], s["stage_order"], s["outcome"], s["deals"]) for s in parsed.report["stages"]] == [
        ("Sales", "New", 1, "open", 0), ("Sales", "Open", 2, "open", 1), ("Sales", "Won", 3, "won", 1),
    ]  # fmt: skip
    assert parsed.report["mapping"]["opened_on"] == "day"


def test_the_header_is_found_below_a_preamble(load: Parse) -> None:
    assert load("Report,,\n\nmore\n" + TEXT, mapping=DEALS).rows("opportunities", "_row, opportunity_id") == [
        (5, "1"), (6, "2"),
    ]  # fmt: skip


def test_rows_without_a_required_value_are_rejected_with_the_reason(load: Parse) -> None:
    mapping = {"table": "spend", "columns": {"spent_on": "day", "amount": "cost", "channel": "channel"}}
    parsed = load(
        "day,cost,channel\n2026-01-01,5,Ads\nnever,5,Ads\n2026-01-02,,Ads\n2026-01-03,x,Ads\n,,\n", mapping=mapping
    )
    assert parsed.verdict == (5, 1, 3, 0, 1, 0)
    assert parsed.rows("rejects", "_row, _reason, _column, day") == [
        (3, "unreadable spent on", "day", "never"),
        (4, "no amount", "cost", "2026-01-02"),
        (5, "unreadable amount", "cost", "2026-01-03"),
    ]


def test_a_row_without_an_id_loads_when_it_says_enough(load: Parse) -> None:
    parsed = load("id,name,stage,amount,day\n,A,Open,5,\n,B,,,\n3,,,,\n", mapping=DEALS)
    assert parsed.verdict == (3, 2, 1, 0, 0, 0)
    assert parsed.rows("rejects", "_row, _reason") == [(3, "no id and fewer than two values")]
    made = parsed.rows("opportunities", "opportunity_id")
    assert made[1] == ("3",)
    assert len(made[0][0]) == 20


def test_made_ids_are_the_same_each_time_and_differ_for_equal_rows(load: Parse) -> None:
    mapping = {"table": "activities", "columns": {"account": "a", "occurred_at": "t"}, "constants": {"kind": "form"}}
    text = "a,t\nx,2026-01-01\nx,2026-01-01\ny,2026-01-02\n"
    ids = [i for (i,) in load(text, mapping=mapping).rows("activities", "activity_id")]
    assert len(set(ids)) == 3
    grown = load(text + "z,2026-01-03\n", mapping=mapping).rows("activities", "activity_id")
    assert [i for (i,) in grown][:3] == ids


def test_all_rows_rejected_is_loaded_with_a_warning(load: Parse) -> None:
    parsed = load(
        "id,gone\n1,true\n2,TRUE\n",
        mapping={"table": "accounts", "columns": {"account_id": "id", "is_deleted": "gone"}},
    )
    assert parsed.verdict == (2, 0, 2, 0, 0, 0)
    assert parsed.report["status"] == "loaded"
    assert "none of its 2 rows" in parsed.report["warnings"][0]


def test_a_totals_row_is_a_footer_but_a_company_of_that_name_is_not(load: Parse) -> None:
    mapping = {"table": "accounts", "columns": {"name": "name", "employees": "n"}}
    parsed = load("name,n\nTotal Supplies,5\nAcme,6\nTotal,11\nGrand Totals (2 records),11\n", mapping=mapping)
    assert parsed.verdict == (4, 2, 0, 0, 0, 2)


DEAL_TOTALS = {
    "table": "opportunities",
    "columns": {"opportunity_id": "deal", "name": "name", "opened_on": "opened", "amount": "amt", "currency": "cur"},
}


@pytest.mark.parametrize(
    "word", ["Total", "TOTALS", "Grand Total", "Grand Totals (2 records)", "Total general", "Итого", "总计"]
)
def test_a_total_in_the_id_column_is_a_footer(load: Parse, word: str) -> None:
    text = f"deal,name,opened,amt,cur\n1,A,2026-01-01,150,\n2,B,2026-01-02,50,\n{word},,,200,EUR\n"
    parsed = load(text, mapping=DEAL_TOTALS)
    assert parsed.verdict == (3, 2, 0, 0, 0, 1)
    assert parsed.rows("opportunities", "opportunity_id") == [("1",), ("2",)]


@pytest.mark.parametrize(
    "rows",
    [
        "1,A,2026-01-01,150,,\nTotal,Total,,200,,",  # it has a name
        "1,A,2026-01-01,150,,\nTotal,,2026-01-02,200,,",  # it has a day
        "1,A,2026-01-01,150,,\nTotal,,,200,,renewal",  # it has words in a column of its own
        "1,A,2026-01-01,150,,\nTotal,,,,,",  # it sums nothing
        "1,A,2026-01-01,150,,\nTotal Supplies,,,200,,",  # another name
        "Total,,,200,,\n1,A,2026-01-01,150,,",  # not at the end
    ],
)
def test_a_record_whose_id_is_total_is_a_record(load: Parse, rows: str) -> None:
    assert load(f"deal,name,opened,amt,cur,line\n{rows}\n", mapping=DEAL_TOTALS).verdict == (2, 2, 0, 0, 0, 0)


def test_subtotals_and_a_grand_total_in_the_id_column_are_all_footers(load: Parse) -> None:
    text = "deal,name,opened,amt,cur,n\n1,A,2026-01-01,150,,1\nTotal,,,150,,1\nGrand Total,,,150,,1\n,,,,,\n"
    assert load(text, mapping=DEAL_TOTALS).verdict == (4, 1, 0, 0, 1, 2)


def test_percent_and_fraction_probabilities(load: Parse) -> None:
    mapping = {"table": "opportunities", "columns": {"opportunity_id": "id", "probability": "p"}}
    for cells, values in ((("40", "1"), [0.4, 0.01]), (("0.4", "1"), [0.4, 1.0]), (("40 %", "1 %"), [0.4, 0.01])):
        text = "id,p\n" + "".join(f"{i},{c}\n" for i, c in enumerate(cells))
        assert [p for (p,) in load(text, mapping=mapping).rows("opportunities", "probability")] == values


def test_naive_stamps_are_in_the_time_zone_of_the_request(load: Parse) -> None:
    mapping = {"table": "stage_visits", "columns": {"opportunity_id": "id", "stage": "s", "entered_at": "t"}}
    text = "id,s,t\n1,A,2026-07-01 10:00\n1,B,2026-07-01T10:00:00Z\n1,C,2026-07-01 10:00:00.000+02:00\n"
    assert load(text, mapping=mapping, time_zone="Europe/Madrid").rows("stage_visits", "entered_at::TEXT") == [
        ("2026-07-01 08:00:00",), ("2026-07-01 10:00:00",), ("2026-07-01 08:00:00",),
    ]  # fmt: skip
    dates = "id,s,t\n1,A,2026-07-01\n"
    assert load(dates, mapping=mapping, time_zone="Europe/Madrid").rows("stage_visits", "entered_at::TEXT") == [
        ("2026-07-01 00:00:00",)
    ]


def test_a_dry_run_counts_and_writes_nothing(load: Parse) -> None:
    parsed = load(TEXT, mapping=DEALS, dry_run=True)
    assert parsed.verdict == (2, 2, 0, 0, 0, 0)
    assert [p.name for p in (parsed.out / "0").iterdir()] == ["report.json"]


def test_headers_with_quotes_and_reserved_names(load: Parse) -> None:
    parsed = load('id,"a""b",_row,select,ID\n1,x,y,z,w\n', mapping={"table": "accounts", "columns": {"account_id": 1}})
    assert parsed.columns("accounts") == [
        "_row",
        "account_id",
        'attr:a"b',
        "attr:_row (2)",
        "attr:select",
        "attr:ID (2)",
    ]


def test_currencies_of_columns_headers_cells_and_options(load: Parse) -> None:
    head = "Record ID,Deal Name,Deal Stage,"
    said = load(head + "Amount,Currency\n1,A,Open,5,usd\n2,B,Open,6,\n", currency="eur")
    assert said.rows("opportunities", "currency") == [("USD",), ("EUR",)]
    in_header = load(head + "Amount (GBP)\n1,A,Open,5\n")
    assert in_header.rows("opportunities", "amount::TEXT, currency") == [("5.0000", "GBP")]
    in_cells = load(head + 'Amount\n1,A,Open,"€ 1.234,50"\n2,B,Open,"$5,00"\n')
    assert in_cells.rows("opportunities", "amount::TEXT, currency") == [("1234.5000", "EUR"), ("5.0000", None)]


@pytest.mark.parametrize(
    "option", [{"dates": "myd"}, {"decimal": ";"}, {"currency": "euro"}, {"time_zone": "Mars/North"}]
)
def test_options_that_cannot_be(load: Parse, option: dict[str, str]) -> None:
    assert next(iter(option.values())) in load(TEXT, mapping=DEALS, **option).reason


def order(parsed: Any) -> tuple[list[str], bool]:
    """The stages in order, and whether it is told."""
    stages = parsed.report["stages"]
    assert len({stage["is_order_told"] for stage in stages}) == 1
    return [stage["stage"] for stage in stages], stages[0]["is_order_told"]


@pytest.mark.parametrize(
    ("stages", "prefilled", "told"),
    [
        ("Engaging,Prospecting,Won,Lost", "Prospecting,Engaging,Won,Lost", False),
        ("Negotiation,Lost,Proposal,Odd,Qualified", "Qualified,Odd,Proposal,Negotiation,Lost", False),
        ("B,A,Won", "B,A,Won", False),
        ("2 - Fit,10 - Offer,1 - Talk,Won", "1 - Talk,2 - Fit,10 - Offer,Won", True),
        ("Offer,Won,Lost", "Offer,Won,Lost", True),
    ],
)
def test_the_order_of_open_stages_is_a_guess_where_nothing_in_the_file_tells_it(
    load: Parse, stages: str, prefilled: str, told: bool
) -> None:
    rows = "".join(f"{n},{stage}\n" for n, stage in enumerate(stages.split(",")))
    mapping = {"table": "opportunities", "columns": {"opportunity_id": "key", "stage": "step"}}
    parsed = load("key,step\n" + rows, mapping=mapping)
    assert order(parsed) == (prefilled.split(","), told)
    assert any("tells the order of its open stages" in said for said in parsed.report["warnings"]) is not told
    own = dict.fromkeys([name for name in stages.split(",") if name not in ("Won", "Lost")], "open")
    assert order(load("key,step\n" + rows, mapping=mapping | {"stages": own}))[1]


def test_different_probabilities_tell_the_order_of_open_stages(load: Parse) -> None:
    mapping = {"table": "opportunities",
               "columns": {"opportunity_id": "key", "stage": "step", "probability": "chance"}}  # fmt: skip
    parsed = load("key,step,chance\n1,Prospecting,0.6\n2,Engaging,0.2\n", mapping=mapping)
    assert order(parsed) == (["Engaging", "Prospecting"], True)
    assert not order(load("key,step,chance\n1,Prospecting,0.2\n2,Engaging,0.2\n", mapping=mapping))[1]
