"""Products: the lines of deals, and lists that name what ids and codes stand for."""

# ruff: noqa: E501 - the lines of the files are as long as they are

import pytest
from places import REAL_DATA

from tests.exports.conftest import Parse

LINE = "line_id, opportunity_id, product, product_id, quantity, amount::TEXT"


def test_lines_of_salesforces_tables(load: Parse) -> None:
    """The total as it stands, else price × quantity; what the source marks deleted is rejected. A line's own name repeats
    the deal's: it is no product."""
    parsed = load(
        "Id,OpportunityId,PricebookEntryId,Product2Id,ProductCode,Name,Quantity,TotalPrice,UnitPrice,IsDeleted\n"
        "00k1G00000A3iyqQAB,0061G00000Ja7B6QAJ,01u1G000002Ks75QAC,01t1G000002Uf3MQAS,C1,North 2026 Core,2,180.00,100.00,false\n"
        "00k1G00000A3iyrQAB,0061G00000Ja7B6QAJ,01u1G000002Ks76QAC,01t1G000002Uf3NQAS,C2,North 2026 Seats,3,,30.00,false\n"
        "00k1G00000A3iysQAB,0061G00000Ja7B6QAJ,01u1G000002Ks76QAC,01t1G000002Uf3NQAS,C2,North 2026 Seats,3,90.00,30.00,true\n"
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "opportunity_products")
    assert parsed.verdict == (3, 2, 1, 0, 0, 0)
    assert parsed.report["tables"] == {"line_items": 2}
    assert "product" not in parsed.columns("line_items")
    assert parsed.rows("line_items", LINE.replace("product, ", "")) == [
        ("00k1G00000A3iyqQAB", "0061G00000Ja7B6QAJ", "01t1G000002Uf3MQAS", 2, "180.0000"),
        ("00k1G00000A3iyrQAB", "0061G00000Ja7B6QAJ", "01t1G000002Uf3NQAS", 3, "90.0000"),
    ]
    assert parsed.rows("rejects", "_reason") == [("deleted in the source",)]


def test_a_report_of_products_finds_deals_by_their_names(load: Parse) -> None:
    """Made the same ids again, the equal lines one each; its total is no line."""
    text = (
        "Opportunity Name,Account Name,Product Name,Quantity,Sales Price,Total Price\nNorth 2026,North,Core,2,10.00,20.00\n"
        "North 2026,North,Core,2,10.00,20.00\nNorth 2026,North,Suite,1,50.00,50.00\nTotal,,,5,,90.00\n"
    )
    parsed = load(text)
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "opportunity_products")
    assert parsed.verdict == (4, 3, 0, 0, 0, 1)
    assert parsed.rows("line_items", "opportunity_id, product, amount::TEXT") == [
        ("North 2026", "Core", "20.0000"), ("North 2026", "Core", "20.0000"), ("North 2026", "Suite", "50.0000"),
    ]  # fmt: skip
    ids = parsed.rows("line_items", "line_id")
    assert len(set(ids)) == 3
    assert load(text).rows("line_items", "line_id") == ids


JOINED = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Account Name,Product Name,Quantity,Sales Price,Total Price\n"
    "0061G00000Ja7B6,North 2026,Closed Won,70.00,3/14/2026,North,Suite,1,50.00,50.00\n"
    "0061G00000Ja7B6,North 2026,Closed Won,70.00,3/14/2026,North,Core,2,10.00,20.00\n"
    "0061G00000Ja7B7,East 2026,Negotiation,30.00,4/14/2026,East,Core,3,10.00,30.00\n"
)


def test_a_report_of_deals_with_their_products_repeats_no_deal(load: Parse) -> None:
    """Three rows, two deals: the second row of a deal is a duplicate of it, and a line of its own."""
    parsed = load(JOINED)
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", "opportunities")
    assert parsed.verdict == (3, 2, 0, 1, 0, 0)
    assert parsed.report["tables"] == {"opportunities": 2, "line_items": 3, "stages": 2}
    assert parsed.rows("opportunities", "opportunity_id, amount::TEXT") == [
        ("0061G00000Ja7B6", "70.0000"), ("0061G00000Ja7B7", "30.0000"),
    ]  # fmt: skip
    assert parsed.rows("line_items", "opportunity_id, product, amount") == [
        ("0061G00000Ja7B6", "Suite", 50), ("0061G00000Ja7B6", "Core", 20), ("0061G00000Ja7B7", "Core", 30),
    ]  # fmt: skip


def test_deals_with_their_products_need_the_deals_ids(load: Parse) -> None:
    """Without one, two rows may be one deal or two, and their amounts would be added up."""
    text = "\n".join(line.split(",", 1)[1] for line in JOINED.splitlines())
    reason = load(text).reason
    assert "a row for each product of a deal" in reason
    assert "Opportunity ID" in reason


def test_deals_without_lines_stay_as_they_are(load: Parse) -> None:
    parsed = load(
        "Opportunity ID,Opportunity Name,Stage,Amount,Product\n0061G00000Ja7B6,North 2026,Closed Won,70.00,Core\n"
    )
    assert parsed.report["tables"] == {"opportunities": 1, "stages": 1}
    assert parsed.rows("opportunities", "product") == [("Core",)]


def test_line_items_of_hubspot(load: Parse) -> None:
    """The net price, else price × quantity; the first deal of several; a line of a quote has no deal."""
    parsed = load(
        '"Record ID","Name","Product ID","Associated Deal","Associated Deal IDs","Quantity","Unit price","Net price"\n'
        '"1","Core","77","North 2026","9001","2","10.0","18.0"\n"2","Suite","78","North 2026;East","9001;9002","3","50.0",""\n'
        '"3","Suite","78","","","1","50.0","50.0"\n"1","Core","77","North 2026","9001","2","10.0","18.0"\n',
        "hubspot-crm-exports-line-items-2026-10-31.csv",
    )
    assert (parsed.report["source"], parsed.report["object"]) == ("hubspot", "line_items")
    assert parsed.verdict == (4, 3, 0, 1, 0, 0)
    assert parsed.rows("line_items", LINE) == [
        ("2", "9001", "Suite", "78", 3, "150.0000"), ("3", None, "Suite", "78", 1, "50.0000"),
        ("1", "9001", "Core", "77", 2, "18.0000"),
    ]  # fmt: skip
    assert any("untested on a real file" in said for said in parsed.report["warnings"])


@pytest.mark.parametrize(
    ("text", "reader", "names"),
    [
        ("Id,Name,ProductCode,Description,IsActive,Family\n01t1G000002Uf3MQAS,Core,C1,,true,Base\n", "salesforce.products",
         ("01t1G000002Uf3MQAS", "Core", "C1", None)),
        ('"Record ID","Name","SKU","Unit price","Product type"\n"77","Core","C1","10.0","Service"\n', "hubspot.products",
         ("77", "Core", "C1", None)),
        ("Price ID,Product ID,Product Name,Created (UTC),Amount,Currency,Interval\nprice_1,prod_1,Core,2026-01-02 01:47,10.00,usd,month\n",
         "stripe.prices", ("price_1", "Core", None, "prod_1")),
        ("plan_id,plan_name,price\nbase-monthly,Core,10\n", "billing.products", ("base-monthly", "Core", None, None)),
    ],
)  # fmt: skip
def test_lists_of_products(load: Parse, text: str, reader: str, names: tuple[str, ...]) -> None:
    parsed = load(text)
    assert f"{parsed.report['source']}.{parsed.report['object']}" == reader
    assert parsed.verdict == (1, 1, 0, 0, 0, 0)
    there = parsed.columns("products")
    columns = [c if c in there else f"NULL AS {c}" for c in ("product_id", "product", "_code", "_other_id")]
    assert parsed.rows("products", ", ".join(columns)) == [names]


def test_a_product_without_a_name_is_rejected_and_the_last_of_an_id_counts(load: Parse) -> None:
    parsed = load("product_id,product_name\np1,Core\np2,\np1,Core 2\n")
    assert parsed.verdict == (3, 1, 1, 1, 0, 0)
    assert parsed.rows("products", "product_id, product") == [("p1", "Core 2")]
    assert parsed.rows("rejects", "_reason") == [("no product",)]


def test_a_table_without_ids_is_no_list_of_products(load: Parse) -> None:
    assert "not those of a known export" in load("product,series,sales_price\nGTX Basic,GTX,550\n").reason


def test_a_mapping_file_names_no_hidden_table(load: Parse) -> None:
    """It may correct a recognised file of lines, as of any other."""
    text = "Opportunity Name,Product Name,Family,Total Price\nNorth 2026,Core 10,Core,20.00\n"
    named = load(text, mapping={"table": "line_items", "columns": {"product": "Family"}})
    assert "there is no table 'line_items'" in named.reason
    assert load(text, mapping={"columns": {"product": "Family"}}).rows("line_items", "product") == [("Core",)]


@pytest.mark.parametrize(("file", "reader", "n"), [
    ("sf_opportunity_line_item_data.csv", "opportunity_products", 10), ("sf_product_2_data.csv", "products", 2),
])  # fmt: skip
def test_real_tables_of_salesforce(load: Parse, file: str, reader: str, n: int) -> None:
    parsed = load(REAL_DATA / "fivetran-salesforce-seeds" / file, file)
    assert (parsed.report["source"], parsed.report["object"]) == ("salesforce", reader)
    assert parsed.verdict == (n, n, 0, 0, 0, 0)
