"""Products in the model: the one under which a deal counts, ids that a list names, contracts of several."""

# ruff: noqa: E501 - rows are read as rows

import json

import duckdb
import pytest
from company import write_batch

from metrics.workspace import Workspace
from metrics.workspace.build import build_in

DEALS = [
    {"opportunity_id": f"d{n}", "name": name, "stage": "Won", "outcome": "won", "amount": amount, "currency": "EUR",
     "opened_on": "2024-01-01", "closed_on": "2024-02-01", "product": product}
    for n, (name, amount, product) in enumerate(
        [("North", 170, None), ("East", 60, None), ("South", 50, "Own"), ("West", 40, None), ("Same", 10, None), ("Same", 10, None)], start=1
    )
]  # fmt: skip
LINES = [
    {"line_id": "l1", "opportunity_id": "d1", "product": "Suite", "amount": 100},
    {"line_id": "l2", "opportunity_id": "d1", "product": "Core", "amount": 60},
    {"line_id": "l3", "opportunity_id": "d1", "product": "Core", "amount": 60},
    {"line_id": "l4", "opportunity_id": "East", "product": "Zeta", "amount": 30},
    {"line_id": "l5", "opportunity_id": "d2", "product": "Alpha", "amount": 30},
    {"line_id": "l6", "opportunity_id": "d3", "product": "Core", "amount": 50},
    {"line_id": "l7", "opportunity_id": "d9", "product": "Core", "amount": 5},
    {"line_id": "l8", "opportunity_id": "Same", "product": "Core", "amount": 5},
    {"line_id": "l9", "product": "Core", "amount": 5},
]
NAMED = "SELECT opportunity_id, product FROM model.opportunities ORDER BY 1"


@pytest.fixture
def merged(tmp_path):
    """`merged({...}, {...})`: a connection on the snapshot of these imports, in order."""

    def build(*imports, **settings):
        connection = duckdb.connect()
        batches = [write_batch(tmp_path, number=n, **r) for n, r in enumerate(imports, start=1)]
        build_in(connection, batches, settings)
        return connection

    return build


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def about(connection, key):
    return json.loads(rows(connection, f"SELECT value FROM model.about WHERE key = '{key}'")[0][0])


def test_a_deal_counts_under_the_product_with_the_largest_amount(merged):
    """d1: two lines of Core, 120 in all, beat 100 of Suite. d2: equal amounts, the first by name, one line found by the deal's
    name. d3 keeps its own. d4 has no lines. A line of no deal that is known and one of several of a name are told."""
    found = merged({"opportunities": DEALS}, {"line_items": LINES, "file": "lines.csv"})
    assert rows(found, NAMED) == [
        ("d1", "Core"),
        ("d2", "Alpha"),
        ("d3", "Own"),
        ("d4", None),
        ("d5", None),
        ("d6", None),
    ]
    assert about(found, "reading") == [
        "lines.csv: products of 3 deals. 2 have several: each counts under the one with the largest amount. 1 keep the "
        "product that the export of deals names."
    ]
    issues = {(i["kind"], i["table"]): i["n"] for i in about(found, "quality")["issues"]}
    assert issues == {("deal not found", "line_items"): 1, ("several deals of that name", "line_items"): 1}


def test_the_order_of_the_lines_changes_nothing(merged):
    one = merged({"opportunities": DEALS}, {"line_items": LINES})
    other = merged({"line_items": LINES[::-1]}, {"opportunities": DEALS[::-1]})
    assert rows(one, NAMED) == rows(other, NAMED)


def test_a_report_of_deals_and_products_says_no_product_of_the_deal_itself(merged):
    """There the deal's product is that of one of its lines, whichever came last."""
    deals = [DEALS[0] | {"product": "Suite"}]
    assert rows(merged({"opportunities": deals, "line_items": LINES[:3]}), NAMED) == [("d1", "Core")]


def test_a_newer_export_replaces_all_lines_of_the_deals_that_it_names(merged):
    """Core was taken out of d1; d2 is not in it and keeps its lines."""
    newer = [{"line_id": "l1", "opportunity_id": "d1", "product": "Suite", "amount": 100}]
    found = merged({"opportunities": DEALS}, {"line_items": LINES}, {"line_items": newer})
    assert rows(found, NAMED)[:2] == [("d1", "Suite"), ("d2", "Alpha")]


def test_ids_and_codes_are_named_by_a_list_of_products(merged):
    """In deals, lines, contracts and invoices; both lengths of Salesforce's ids are one; an id that no list has stays."""
    products = [
        {"product_id": "01t1G000002Uf3MQAS", "product": "Core", "_code": "C1"},
        {"product_id": "price_1", "product": "Core", "_other_id": "prod_1"},
        {"product_id": "price_2", "product": "Seats", "_other_id": "prod_2"},
    ]
    found = merged({
        "products": products,
        "opportunities": [DEALS[0], DEALS[1] | {"product": "01t1G000002Uf3M"}],
        "line_items": [{"line_id": "l1", "opportunity_id": "d1", "product_id": "C1", "amount": 5}],
        "contracts": [
            {"contract_id": "k1", "account_id": "a1", "product": "price_2 + price_1", "_products": ["price_2", "price_1"]},
            {"contract_id": "k2", "account_id": "a1", "product": "prod_1 + price_1", "_products": ["prod_1", "price_1"]},
            {"contract_id": "k3", "account_id": "a1", "product": "Nuts + Bolts"},
            {"contract_id": "k4", "account_id": "a1"},
        ],
        "invoices": [{"invoice_id": f"i{n}", "account_id": "a1", "product": p, "invoiced_on": "2024-01-01", "amount": 1}
                     for n, p in enumerate(["prod_2", "unknown", None])],
    })  # fmt: skip
    assert rows(found, NAMED) == [("d1", "Core"), ("d2", "Core")]
    assert rows(found, "SELECT contract_id, product FROM model.contracts ORDER BY 1") == [
        ("k1", "Core + Seats"), ("k2", "Core"), ("k3", "Nuts + Bolts"), ("k4", None),
    ]  # fmt: skip
    assert rows(found, "SELECT contract_id, product FROM model.contract_products ORDER BY ALL") == [
        ("k1", "Core"), ("k1", "Seats"), ("k2", "Core"), ("k3", "Nuts + Bolts"),
    ]  # fmt: skip
    assert rows(found, "SELECT product FROM model.invoices ORDER BY invoice_id") == [("Seats",), ("unknown",), (None,)]


DEALS_FILE = (
    '"Record ID","Deal Name","Deal Stage","Amount","Close Date"\n"9001","North","Closed Won","70","2026-03-14"\n'
)
LINES_FILE = '"Record ID","Name","Associated Deal IDs","Quantity","Unit price"\n"1","Core","9001","2","10.0"\n"2","Suite","9001","1","50.0"\n'


def test_lines_are_loaded_once_and_taken_back(tmp_path):
    """The same file twice changes nothing; taken back, the deal has no product, as before."""
    workspace = Workspace(tmp_path / "w")
    for name, text in (("deals", DEALS_FILE), ("lines", LINES_FILE)):
        (tmp_path / f"{name}.csv").write_text(text)

    def product():
        with duckdb.connect(str(workspace.current()), read_only=True) as connection:
            return rows(connection, "SELECT product FROM model.opportunities")

    workspace.load(tmp_path / "deals.csv")
    before = workspace.snapshot_id()
    assert product() == [(None,)]
    (loaded,) = workspace.load(tmp_path / "lines.csv")
    assert loaded.tables == {"line_items": 2}
    assert product() == [("Suite",)]
    assert workspace.load(tmp_path / "lines.csv")[0].status == "unchanged"
    workspace.undo(loaded.import_id)
    assert product() == [(None,)]
    assert workspace.snapshot_id() == before
