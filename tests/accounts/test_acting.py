"""The three accounts to act on, by the rules and never one twice."""

import pytest
from company import company

from metrics import Scope, accounts_to_act_on, open_snapshot

STAGES = {"Talk": "open", "Won": "won"}


def touch(number, account, day, kind="content", side="marketing", **more):
    return {"activity_id": f"t{number}", "account_id": account, "kind": kind, "side": side, "is_done": True,
            "occurred_at": day, **more}  # fmt: skip


def deal(number, account, since, amount=None):
    return {"opportunity_id": f"d{number}", "account_id": account, "name": f"Deal {number}", "stage": "Talk",
            "opened_on": since, "amount": amount}  # fmt: skip


def contract(account, ends):
    return {"contract_id": f"k{account}", "account_id": account, "started_on": "2023-01-01", "ended_on": ends,
            "monthly_revenue": 10}  # fmt: skip


def acting(scope=None, **more):
    """As of 30 June 2024; a deal in Talk is stalled after 10 days.

    account  stalled     content, no sales touch in 14 days       contract with ill-tempered touches ends
    a        500         two                                      5 July
    b        900         three                                    -
    c        no amount   one, and a call by sales on 1 June       10 July
    d        -           one, and a call by sales on 20 June      8 July
    e        -           -                                        20 July
    """
    accounts = [{"account_id": name, "name": name.upper(), "industry": "Rail" if name in "ac" else "Sea"}
                for name in "abcde"]  # fmt: skip
    cross = {"sentiment": -0.5}
    touches = [
        touch(1, "a", "2024-06-20", **cross), touch(2, "a", "2024-06-21"), touch(3, "b", "2024-06-20"),
        touch(4, "b", "2024-06-21"), touch(5, "b", "2024-06-22"), touch(6, "c", "2024-06-20", **cross),
        touch(7, "c", "2024-06-01", "call", "sales"), touch(8, "d", "2024-06-20", **cross),
        touch(9, "d", "2024-06-20", "call", "sales"), touch(10, "e", "2024-01-20", **cross),
        touch(11, "e", "2024-06-25", "email_sent", **cross),
    ]  # fmt: skip
    rows = {
        "accounts": accounts, "activities": touches,
        "opportunities": [deal(1, "a", "2024-06-01", 500), deal(2, "b", "2024-06-05", 900), deal(3, "c", "2024-01-01")],
        "entered": [("d1", "Talk", "2024-06-01"), ("d2", "Talk", "2024-06-05"), ("d3", "Talk", "2024-01-01")],
        "contracts": [contract("a", "2024-07-05"), contract("c", "2024-07-10"), contract("d", "2024-07-08"),
                      contract("e", "2024-07-20")],
    } | more  # fmt: skip
    snapshot = open_snapshot(company(
        stages=STAGES, as_of="2024-06-30", settings={"service_levels": "Talk=10"}, **rows))  # fmt: skip
    try:
        return [(one.account_id, one.step.rule) for one in accounts_to_act_on(snapshot, scope)]
    finally:
        snapshot.close()


def test_the_largest_stalled_deal_the_most_engaged_quiet_account_and_the_nearest_renewal():
    """b has the most points too, a the nearest renewal: each is named once, the next one stands in its place."""
    assert acting() == [("b", "stalled_deal"), ("a", "no_sales_touch"), ("d", "renewal_at_risk")]


def test_within_a_scope_others_come_first():
    rail = acting(Scope(filters=(("industry", ("Rail",)),)))
    assert rail == [("a", "stalled_deal"), ("c", "no_sales_touch")]


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"contracts": []}, [("b", "stalled_deal"), ("a", "no_sales_touch")]),
        ({"entered": []}, [("b", "no_sales_touch"), ("a", "renewal_at_risk")]),
        ({"opportunities": [], "entered": [], "activities": [], "contracts": []}, []),
    ],
)
def test_a_rule_without_its_data_names_no_account(lacking, named):
    assert acting(**lacking) == named
