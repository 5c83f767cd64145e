"""Traps of the market's metrics: what looks like insight and is the answer looking at itself. None may be weakened."""

import random
from datetime import date, timedelta

import pytest

from metrics import Scope, list_rows, measure

STAGES = {"Open": "open", "Won": "won", "Lost": "lost"}
AS_OF = date(2024, 6, 30)


def deal(number, account, stage, opened, days=30):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": stage, "opened_on": str(opened),
        "closed_on": str(opened + timedelta(days=days)), "amount": 100, "currency": "EUR",
    }  # fmt: skip


def coin_tosses(n=300, **traits):
    """Accounts won by a coin toss, one deal each over four years; `traits`: column → value of (won, drawing)."""
    draw = random.Random(7)
    accounts, deals = [], []
    for i in range(n):
        won = draw.random() < 0.5
        opened = date(2020, 1, 1) + timedelta(days=5 * i)
        accounts.append({
            "account_id": f"a{i}", "name": f"A{i}", "created_on": str(opened), "industry": draw.choice(["Rail", "Air"]),
            **{column: value(won, draw) for column, value in traits.items()},
        })  # fmt: skip
        deals.append(deal(i, f"a{i}", "Won" if won else "Lost", opened))
    return {"stages": STAGES, "as_of": str(AS_OF), "accounts": accounts, "opportunities": deals}


def first(snapshot, **options):
    return measure(snapshot, "ideal_customer_profile", None, {"icp_goal": "won", **options}).rows()


CIRCULAR = {
    "tier": lambda won, _: "Tier 1" if won else "Tier 3",
    "fit_score": lambda won, _: 95 if won else 5,
    "ICP grade": lambda won, _: "A" if won else "C",
    "Customer status": lambda won, _: "Customer" if won else "Prospect",
}


@pytest.mark.parametrize("column", CIRCULAR)
def test_what_somebody_made_of_the_account_is_no_property_of_it(opened, column):
    """A tier given after the deal sorts won from lost perfectly, and predicts nothing."""
    snapshot = opened(**coin_tosses(**{column: CIRCULAR[column]}))
    rows = first(snapshot)
    assert {row["attribute"] for row in rows} == {"industry"}
    assert rows[0]["auc"] == pytest.approx(0.5, abs=0.12)
    switched = first(snapshot, circular_attributes=True)
    assert column in {row["attribute"] for row in switched}
    assert switched[0]["auc"] > 0.98


def test_the_fit_is_not_judged_by_the_accounts_it_learnt_from(opened):
    """Twelve labels drawn at random fit the past by chance; on later accounts they are worth nothing."""
    snapshot = opened(**coin_tosses(n=320, Noise=lambda _, draw: f"label {draw.randrange(12)}"))
    row = first(snapshot)[0]
    assert row["auc"] == pytest.approx(0.5, abs=0.12)
    assert row["auc_n"] == 320 - round(0.7 * 320)


def test_touches_after_the_deal_opened_are_no_reason_for_it(opened):
    """Customers are written to and visit after they have bought: that is no behaviour before the first deal."""
    rows = coin_tosses()
    rows["activities"] = [
        {"activity_id": f"{d['opportunity_id']}.{i}", "account_id": d["account_id"], "kind": "web_visit",
         "side": "marketing", "occurred_at": str(date.fromisoformat(d["opened_on"]) + timedelta(days=40 + i))}
        for d in rows["opportunities"] if d["stage"] == "Won" for i in range(12)
    ]  # fmt: skip
    found = [row for row in first(opened(**rows)) if row["attribute"] == "touches"]
    assert [(row["attribute_value"], row["n"]) for row in found] == [("0", 300)]


def test_deals_from_before_intent_was_observed_were_not_out_of_market(opened):
    """
    Signals since 1 March 2024. Ten deals of 2023, all lost, have none because nobody looked; five of April won with a
    signal, five of April won without. Being in market changes nothing; with the old ones it would double the win rate.
    """
    accounts = [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(20)]
    deals = [deal(n, f"a{n}", "Lost", date(2023, 5, n + 1)) for n in range(10)]
    deals += [deal(n, f"a{n}", "Won", date(2024, 4, n)) for n in range(10, 20)]
    signals = [
        {"account_id": f"a{n}", "topic": "t", "vendor": "V", "score": 90, "observed_on": f"2024-04-0{n - 9}"}
        for n in range(10, 15)
    ] + [{"account_id": "a0", "topic": "t", "vendor": "V", "score": 90, "observed_on": "2024-03-01"}]  # fmt: skip
    snapshot = opened(stages=STAGES, as_of=str(AS_OF), accounts=accounts, opportunities=deals, intent=signals)
    answer = measure(snapshot, "in_market_accounts", Scope(by="in_market"))
    assert [(r["in_market"], r["deals"], r["win_rate"]) for r in answer.rows()] == [("yes", 5, 1.0), ("no", 5, 1.0)]
    assert dict(answer.excluded)["deal opened before the first signal"] == 10


def test_a_signal_repeated_for_each_place_is_one_topic(opened):
    """Bombora names a company and topic once for each metro area, each week again: that is still one topic."""
    weeks = [AS_OF - timedelta(days=7 * n) for n in range(4)]
    signals = [{"account_id": "a1", "topic": "t", "vendor": "V", "score": 90, "observed_on": str(day)} for day in weeks]
    snapshot = opened(as_of=str(AS_OF), accounts=[{"account_id": "a1", "name": "A1"}], intent=signals)
    (row,) = measure(snapshot, "in_market_accounts", None, {"intent_topics": 2}).rows()
    assert row["value"] == 0
    assert list_rows(snapshot, "in_market_accounts")["topics"].tolist() == [1]


def test_a_crm_is_not_the_market(opened):
    snapshot = opened(**coin_tosses(20))
    (market,) = measure(snapshot, "total_available_market").rows()
    (ideal,) = measure(snapshot, "icp_accounts").rows()
    assert (market["value"], market["market_share"], ideal["share_of_market"]) == (None, None, None)
