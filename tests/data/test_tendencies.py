"""What the generator makes come out on top does so in the metrics: ideal customers, attention that speeds deals up."""

import json
from typing import Any

import pandas as pd
import pytest

from data.generate import HERE
from metrics import Scope, Snapshot, measure

PLANTED: dict[str, Any] = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))["tendencies"]
NEW_BUSINESS = Scope().where("pipeline", "New business")


@pytest.fixture(scope="module")
def profile(sample: Snapshot) -> pd.DataFrame:
    """The lift table of the ideal customer."""
    return measure(sample, "ideal_customer_profile").frame


@pytest.fixture(scope="module")
def acceleration(sample: Snapshot) -> pd.DataFrame:
    """Engagement in the first 30 days against the days that were left, by product."""
    scope = Scope(filters=NEW_BUSINESS.filters, by="product")
    return measure(sample, "engagement_acceleration", scope).frame.set_index("segment")


@pytest.mark.parametrize(("attribute", "best"), PLANTED["ideal_customer"].items())
def test_ideal_customers_attributes_lift_most(attribute: str, best: str, profile: pd.DataFrame) -> None:
    values = profile[(profile["attribute"] == attribute) & (profile["denominator"] >= 20)].set_index("attribute_value")
    assert values["value"].idxmax() == best
    assert values.loc[best, "low"] > values.loc[best, "overall"]


def test_the_fit_tells_later_accounts_apart(profile: pd.DataFrame) -> None:
    assert profile["auc"].iloc[0] > 0.55


def test_attention_speeds_deals_up_where_buyers_care(acceleration: pd.DataFrame) -> None:
    found = acceleration.loc[PLANTED["attention"]["speeds_up"]]
    assert (found["high"] < 0).all()
    assert (found["upper_days"] < found["lower_days"]).all()
    assert (found["p"] < 0.05).all()


def test_long_deals_gather_touches_but_early_ones_tell_nothing(acceleration: pd.DataFrame, sample: Snapshot) -> None:
    product = PLANTED["attention"]["does_nothing"]
    found = acceleration.loc[product]
    assert found["low"] < 0 < found["high"]
    assert found["p"] > 0.1
    meetings = sample.run(f"""
        SELECT date_diff('day', o.opened_on, o.closed_on) AS days, count(a.activity_id) AS touches
        FROM model.opportunities o
        LEFT JOIN model.activities a ON a.opportunity_id = o.opportunity_id AND a.kind = 'meeting'
        WHERE o.product = '{product}' AND o.outcome = 'won'
        GROUP BY o.opportunity_id, o.opened_on, o.closed_on""")
    assert meetings["days"].corr(meetings["touches"], method="spearman") > 0.25


def test_every_model_of_influence_credits_what_is_influenced(sample: Snapshot) -> None:
    credited = measure(sample, "influence_credit").frame.groupby("model")["value"].sum()
    share = measure(sample, "marketing_influence").frame.set_index("of").loc["won", "value"]
    won = measure(sample, "won_revenue").frame["value"].iloc[0]
    assert credited.to_list() == pytest.approx([float(share) * float(won)] * 4)
