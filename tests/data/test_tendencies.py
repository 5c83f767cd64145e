"""What the generator makes come out on top does so in the metrics: ideal customers, attention that speeds deals up."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from data import words
from data.drivers import icp
from data.generate import HERE
from metrics import Scope, Snapshot, list_rows, measure

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
    assert profile["auc"].iloc[0] > 0.7


def test_the_fit_is_the_one_that_accounts_were_made_with(sample: Snapshot) -> None:
    """The score of every account goes with what the generator made of its industry, size and technology."""
    judged = list_rows(sample, "icp_accounts", part="judged").set_index("account_id")
    known = sample.run("SELECT account_id, industry, employees, technology FROM model.accounts").set_index("account_id")
    places = [
        {label: place for place, label in enumerate(choice.label for choice in choices)}
        for choices in (words.INDUSTRIES, words.TECHNOLOGIES)
    ]
    industry, technology = (
        known[name].fillna("").map(place).to_numpy(dtype=int)
        for name, place in zip(("industry", "technology"), places, strict=True)
    )
    made = pd.Series(icp(industry, known["employees"].to_numpy(), technology), index=known.index)
    assert judged["score"].corr(made, method="spearman") > 0.6
    graded = judged["grade"].isin(["A", "B"])
    assert made[graded[graded].index].mean() > made[graded[~graded].index].mean() + 0.4


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


@pytest.mark.parametrize("product", [*PLANTED["attention"]["speeds_up"], PLANTED["attention"]["does_nothing"]])
def test_the_halves_that_the_page_draws_are_as_far_apart_as_planted(
    product: str, acceleration: pd.DataFrame, sample: Snapshot
) -> None:
    """The curves of the page are of the listed deals; statsmodels says the same of them."""
    deals = list_rows(sample, "engagement_acceleration", NEW_BUSINESS.where("product", product), part="alive")
    days, won = deals["remaining_days"].to_numpy(), deals["is_won"].to_numpy(dtype=float)
    upper = (deals["half"] == "upper").to_numpy()
    _, p = survdiff(days, won, upper)
    assert p == pytest.approx(acceleration.loc[product, "p"])
    for half, chosen in (("upper", upper), ("lower", ~upper)):
        curve = SurvfuncRight(days[chosen], won[chosen])
        reached = curve.surv_times[curve.surv_prob <= 0.5]
        assert reached[0] == acceleration.loc[product, f"{half}_days"]
    assert (p < 0.05) == (product in PLANTED["attention"]["speeds_up"])


def seated(sample: Snapshot) -> pd.DataFrame:
    """opportunity_id, role: what the deals say of their people, and what these people's own records say."""
    seats = sample.run("SELECT opportunity_id, contact_id, role FROM model.opportunity_contacts")
    people = sample.run("SELECT contact_id, buying_role AS role FROM model.contacts WHERE buying_role IS NOT NULL")
    own = seats[["opportunity_id", "contact_id"]].merge(people, on="contact_id")
    both = pd.concat([seats, own])[["opportunity_id", "role"]].dropna()
    return (
        both.assign(role=both["role"].str.split(";")).explode("role").assign(role=lambda told: told["role"].str.strip())
    )


def test_stalled_deals_miss_the_required_roles_that_nobody_at_their_table_has(sample: Snapshot) -> None:
    roles = PLANTED["required_roles"]
    found = measure(sample, "stalled_deals", NEW_BUSINESS, {"required_roles": ", ".join(roles)}).frame
    present = seated(sample).groupby("opportunity_id")["role"].agg(set)
    missing = [sorted(set(roles) - present.get(deal, set())) for deal in found["opportunity_id"]]
    assert [", ".join(names) or None for names in missing] == found["missing_roles"].astype(object).where(
        found["missing_roles"].notna(), None
    ).to_list()  # fmt: skip
    assert 0 < sum(not names for names in missing) < len(missing)


def test_without_named_roles_stalled_deals_miss_what_half_of_the_won_deals_had(sample: Snapshot) -> None:
    deals = sample.run("SELECT opportunity_id, outcome FROM model.opportunities WHERE pipeline = 'New business'")
    seats = seated(sample).merge(deals, on="opportunity_id")
    won = seats[seats["outcome"] == "won"]
    shares = won.groupby("role")["opportunity_id"].nunique() / won["opportunity_id"].nunique()
    usual = set(shares[shares >= 0.5].index)
    assert usual & set(PLANTED["required_roles"])
    found = measure(sample, "stalled_deals", NEW_BUSINESS).frame.set_index("opportunity_id")["missing_roles"].dropna()
    present = seats.groupby("opportunity_id")["role"].agg(set)
    assert {deal: set(names.split(", ")) for deal, names in found.items()} == {
        deal: usual - present.get(deal, set()) for deal in found.index
    }


def test_renewals_at_risk_have_every_reason(sample: Snapshot) -> None:
    found = measure(sample, "renewals_at_risk").frame
    coming = list_rows(sample, "renewals_at_risk", part="renewing")
    assert 20 < len(found) < len(coming)
    reasons = found["reasons"].str.split(", ").explode().value_counts()
    assert reasons[["falling engagement", "competitor intent", "negative sentiment"]].ge(3).all()


def test_what_a_customer_costs_and_brings_is_believable(sample: Snapshot) -> None:
    year = Scope(start=date(2025, 11, 1), end=date(2026, 10, 31))
    assert 10 < measure(sample, "customer_acquisition_cost", year).frame["payback_months"].iloc[0] < 20
    sides = measure(sample, "customer_lifetime_value", replace(year, by="target")).frame.set_index("segment")["ratio"]
    assert 3 < sides["rest"] < sides["target"] < 6
    steered = measure(sample, "return_on_investment", Scope(by="uses_intent")).frame.set_index("segment")["value"]
    assert steered["yes"] > 1.5 * steered["no"] > 0


def test_every_model_of_influence_credits_what_is_influenced(sample: Snapshot) -> None:
    credited = measure(sample, "influence_credit").frame.groupby("model")["value"].sum()
    share = measure(sample, "marketing_influence").frame.set_index("of").loc["won", "value"]
    won = measure(sample, "won_revenue").frame["value"].iloc[0]
    assert credited.to_list() == pytest.approx([float(share) * float(won)] * 4)
