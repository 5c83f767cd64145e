"""The shape in which every answer is told."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from metrics import Scope, measure
from metrics.answer import plain


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (None, None), (float("nan"), None), (float("inf"), None), (pd.NaT, None), (pd.NA, None),
        (np.float64("nan"), None),
        (np.int64(3), 3), (np.float64(0.5), 0.5), (np.bool_(True), True), (np.datetime64("NaT"), None),
        (date(2024, 1, 2), "2024-01-02"), (datetime(2024, 1, 2), "2024-01-02"),
        (pd.Timestamp("2024-01-02 03:04:05"), "2024-01-02T03:04:05"), (np.datetime64("2024-01-02"), "2024-01-02"),
        ("x", "x"),
    ],
)  # fmt: skip
def test_a_cell_as_json_has_it(cell, told):
    assert plain(cell) == told
    assert type(plain(cell)) is type(told)


def test_show_has_always_this_shape(firm):
    told = measure(
        firm, "win_rate", Scope(start=date(2024, 1, 1), end=date(2024, 12, 31)).where("region", "East")
    ).as_json()
    assert list(told) == ["metric", "title", "unit", "as_of", "scope", "currency", "rows", "excluded", "warnings"]
    assert told["scope"] == "deals closed 2024-01-01 to 2024-12-31, region is East"
    assert (told["metric"], told["title"], told["unit"], told["as_of"]) == (
        "win_rate",
        "Win rate",
        "percent",
        "2024-12-31",
    )
    (row,) = told["rows"]
    assert list(row)[:5] == ["segment", "value", "n", "numerator", "denominator"]


def test_money_names_its_currency(firm, opened):
    assert measure(firm, "won_revenue").as_json()["currency"] == "EUR"
    nameless = opened(stages={"Won": "won"}, opportunities=[{"opportunity_id": "d1", "stage": "Won", "amount": 5}])
    answer = measure(nameless, "won_revenue")
    assert answer.as_json()["currency"] is None
    assert len([warning for warning in answer.warnings if "currency" in warning]) == 1, "said once"


def test_a_missing_export_is_said_and_gives_null(opened):
    answer = measure(opened(accounts=[{"account_id": "a1"}]), "win_rate")
    assert answer.is_empty
    assert answer.rows()[0]["value"] is None
    assert answer.rows()[0]["n"] == 0
    assert any("needs opportunities" in warning for warning in answer.warnings)
