"""The matching of the import page as a file: it says to the command line what it said to the page."""

import tomllib
from pathlib import Path

from dashboard.loading.incoming import Incoming
from dashboard.loading.mapping_file import mapping_file


def test_it_reads_back_as_what_was_matched() -> None:
    one = Incoming("deals.csv", Path("deals.csv"), table="opportunities")
    one.columns = {"opportunity_id": 'Ref "no."', "stage": "Шаг\\\t\x7f"}
    one.stages = {"Won = all": "won", "": "open"}
    one.currency = "usd"
    one.rest = {"format": {"header": True}, "constants": {"pipeline": "Sales", "probability": 0.5}}
    assert tomllib.loads(mapping_file(one)) == {
        "table": "opportunities", "columns": one.columns, "stages": one.stages,
        "format": {"header": True, "currency": "USD"}, "constants": one.rest["constants"],
    }  # fmt: skip


def test_corrections_alone_name_no_table_and_nothing_makes_no_file() -> None:
    one = Incoming("deals.csv", Path("deals.csv"))
    assert mapping_file(one) == ""
    one.columns = {"source": "Region", "deal_type": ""}
    assert tomllib.loads(mapping_file(one)) == {"columns": one.columns}
