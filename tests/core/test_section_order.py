"""A metric's sections stand behind those that they read, wherever they are written."""

import re

import pytest

from metrics import DefinitionError, Scope
from metrics.compose import compose
from metrics.metric import read_metric

HEADER = """/*
title = "Deals"
definition = "All deals."
unit = "deal"
clock = "closed_on"
format = "count"
needs = ["opportunities"]
change = {kind = "sum"}
uses = ["shared"]
*/
"""
SHARED = """/*
*/
-- section: ends
SELECT max(n) AS n FROM counted
;
-- section: unused
SELECT n FROM nowhere
"""
OWN = """-- section: answer
SELECT n AS value FROM ends CROSS JOIN seen
;
-- section: counted
SELECT count(*) AS n FROM won
;
-- section: won
SELECT opportunity_id FROM opportunities
;
-- section: seen
SELECT count(*) AS seen FROM won
"""


def written(tmp_path, own, shared=SHARED):
    path = tmp_path / "pipeline" / "deals.sql"
    path.parent.mkdir()
    path.write_text(HEADER + own, encoding="utf-8")
    (tmp_path / "shared.sql").write_text(shared, encoding="utf-8")
    return read_metric(path)


def sql(snapshot, metric):
    return compose(metric, Scope(), snapshot, {}).sql(metric, "answer")


def test_a_shared_section_reads_one_of_the_metric_that_uses_it(opened, tmp_path):
    """`ends` of the shared file reads `counted`, and that `won`, which both come after it; `unused` is left out."""
    snapshot = opened(opportunities=[{"opportunity_id": f"d{n}"} for n in range(3)])
    metric = written(tmp_path, OWN)
    composed = sql(snapshot, metric)
    assert re.findall(r"(\w+) AS \(\n", composed) == ["opportunities", "won", "counted", "ends", "seen"]
    assert snapshot.run(composed)["value"].tolist() == [3]
    assert sql(snapshot, metric) == composed


@pytest.mark.parametrize(
    ("shared", "circle"),
    [
        (SHARED.replace("FROM counted", "FROM counted CROSS JOIN answer_of"), "ends → answer_of → ends"),
        (SHARED.replace("FROM counted", "FROM ends"), "ends → ends"),
    ],
)
def test_sections_that_read_each_other_are_refused(opened, tmp_path, shared, circle):
    metric = written(tmp_path, f"{OWN};\n-- section: answer_of\nSELECT n FROM ends\n", shared)
    with pytest.raises(DefinitionError, match=f"in a circle: {circle}"):
        sql(opened(), metric)
