"""What a metric reads: told from its SQL alone, and held against what the database itself says that it scans."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import random_money
from company import company
from random_customers import AS_OF, STAGES

from metrics import Scope, Snapshot, catalog, columns_read, find_metric, open_snapshot, settled, table
from metrics.compose import compose
from metrics.model.origins import MADE_OF, origins
from metrics.reading import read_by

PLANNED = (
    "win_rate", "average_deal_size", "open_pipeline", "loss_reasons", "deal_velocity", "marketing_influence",
    "accounts_with_opportunity", "cohort_win_rate", "lead_conversion",
)  # fmt: skip
"""Metrics of each topic of which the database plans quickly."""


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    rows = random_money.drawn(4, "contracts")[0]
    found = open_snapshot(company(stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", **rows))
    yield found
    found.close()


def scanned(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(table, column) of every scan in a plan that hands columns on; those of its filters alone are not told apart."""
    told = node.get("extra_info", {})
    if "SCAN" in node["name"] and told.get("Projections"):
        columns = told["Projections"]
        for column in [columns] if isinstance(columns, str) else columns:
            yield told["Table"].rpartition(".")[2], column
    for child in node.get("children", []):
        yield from scanned(child)


@pytest.mark.parametrize("name", PLANNED)
def test_all_that_the_database_scans_is_said_to_be_read(snapshot, name):
    """As the metric is set, and with each of the choices that change what it is."""
    metric = find_metric(name)
    chosen = [{}, *({option.name: choice} for option in metric.options.values() for choice in option.choices)]
    for options in chosen:
        composition = compose(metric, Scope(), snapshot, settled(snapshot, name, options))
        sql = composition.sql(metric, "answer")
        plan = snapshot.run(f"EXPLAIN (FORMAT json) {sql}", composition.used(sql))["explain_value"].iloc[0]
        found = {pair for root in json.loads(plan) for pair in scanned(root)}
        assert found, options
        assert found <= read_by(metric), options


def test_of_every_metric_something_is_read_and_all_that_it_needs():
    for name, metric in catalog().items():
        found = columns_read(name)
        assert found, name
        assert set(metric.needs) <= set(found), name
        assert all(columns for columns in found.values()), name


def test_win_rate_reads_the_amounts_that_it_is_also_counted_by():
    """Prepared columns are told as files give them: `value` is the amount at a rate of exchange."""
    assert columns_read("win_rate") == {
        "opportunities": ("opportunity_id", "account_id", "outcome", "amount", "currency", "closed_on"),
        "exchange_rates": ("currency", "valid_on", "rate"),
    }


def test_what_only_tells_the_rows_left_out_is_not_read_by_the_figure():
    """The section `won` holds the deal, its account and why an amount is missing too: the mean asks for neither."""
    assert columns_read("average_deal_size")["opportunities"] == ("outcome", "amount", "currency", "closed_on")


def test_what_a_step_reads_is_read():
    assert "goals" in columns_read("pipeline_coverage")


def test_every_origin_is_a_column_of_a_file():
    for place, columns in MADE_OF.items():
        for name in columns:
            for source, original in origins(place, name):
                assert original in {column.name for column in table(source).columns}, (place, name)
