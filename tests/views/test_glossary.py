"""The glossary: every metric that was promised is in the list, says what it is, and answers.

That every figure on every page has its definition is asserted wherever a page is looked at (`assert_sound`).
"""

import ast
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import dashboard
from metrics import QuestionError, Scope, Snapshot, catalog, find_metric, measure
from metrics.commands import main

PROMISED = {
    "baselines": ("won_revenue", "opportunities_created", "average_deal_size", "open_pipeline", "pipeline_coverage",
                  "pipeline_bridge"),
    "market": ("total_available_market", "share_of_wallet", "ideal_customer_profile", "icp_accounts",
               "in_market_accounts"),
    "engagement": ("engaged_accounts", "qualified_accounts", "engagement_quality", "relationship_strength",
                   "account_penetration"),
    "influence": ("marketing_influence", "influence_credit", "accounts_with_opportunity"),
    "pipeline": ("win_rate", "lead_conversion", "account_funnel", "stage_funnel", "loss_reasons", "overdue_deals"),
    "velocity": ("deal_velocity", "days_in_stage", "velocity_predictability", "engagement_acceleration",
                 "sales_velocity", "marketing_velocity", "stalled_deals", "owner_performance"),
    "customers": ("churn_rate", "renewals_at_risk", "revenue_retention", "customer_acquisition_cost",
                  "customer_lifetime_value", "lifetime_value_impact", "return_on_investment"),
    "cohorts": ("cohort_win_rate", "cohort_conversion", "cohort_logo_retention", "cohort_revenue_retention"),
    "alignment": ("team_alignment", "brand_perception"),
}  # fmt: skip
PERIODS = {"pipeline_coverage": Scope(start=date(2026, 10, 1), end=date(2026, 12, 31))}
"""What is held to a goal is asked for the days of one."""
NAMES = [name for names in PROMISED.values() for name in names]


def test_the_list_is_what_was_promised(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["metrics"]
    assert sorted(metric["name"] for metric in told) == sorted(NAMES)
    for metric in told:
        assert len(metric["definition"].split()) >= 5, metric["name"]


@pytest.mark.parametrize("name", NAMES)
def test_each_answers_on_the_sample_overall_and_by_target(sample: Snapshot, name: str) -> None:
    scope = PERIODS.get(name, Scope())
    whole = measure(sample, name, scope)
    assert any(row["value"] is not None and row["n"] for row in whole.rows()), name
    try:
        split = measure(sample, name, replace(scope, by="target"))
    except QuestionError:
        assert name in WHOLE_ONLY
        return
    assert name not in WHOLE_ONLY
    assert {row["segment"] for row in split.rows()} <= {"target", "rest"}
    column = "expected" if name == "pipeline_coverage" else "value"  # the sample's goals are for the whole
    assert any(row[column] is not None and row["n"] for row in split.rows() if row["segment"] == "target"), name


WHOLE_ONLY = tuple(metric.name for metric in catalog().values() if not metric.splits)


def test_what_cannot_be_split_says_why(sample: Snapshot) -> None:
    for name in WHOLE_ONLY:
        with pytest.raises(QuestionError) as refused:
            measure(sample, name, Scope(by="target"))
        assert find_metric(name).name in str(refused.value)


def test_every_figure_of_a_card_has_a_formula_of_its_own() -> None:
    """A card that shows another figure than the metric's value: its Why would else explain the value. Told from the
    calls of `Figure`: its column is the fourth argument, or named; what is chosen between, both."""
    columns = set()
    for path in Path(dashboard.__file__).parent.glob("topics/*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Figure":
                given = [*call.args[3:4], *(word.value for word in call.keywords if word.arg == "column")]
                chosen = [
                    part for one in given for part in ([one.body, one.orelse] if isinstance(one, ast.IfExp) else [one])
                ]
                columns |= {ast.literal_eval(one) for one in chosen}
    assert {"median", "grr"} <= columns
    assert columns - {"value"} <= {name for metric in catalog().values() for name in metric.figures}
