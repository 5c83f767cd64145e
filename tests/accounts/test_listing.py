"""The list of accounts, counted by hand, and beside the metrics that tell the same."""

from datetime import date

import pandas as pd
import pytest
from company import company

from metrics import Scope, account_fits, account_profile, list_accounts, list_rows, measure, open_snapshot, with_fit
from metrics.accounts.listing import FIT, account_row

STAGES = {"Talk": "open", "Offer": "open", "Won": "won", "Lost": "lost"}


def touch(number, account, kind, side, day, **more):
    return {"activity_id": f"t{number}", "account_id": account, "kind": kind, "side": side, "is_done": True,
            "occurred_at": day, **more}  # fmt: skip


@pytest.fixture(scope="module")
def known():
    """As of 30 June 2024.

    account  list since   touches (worth, days ago)                               deals
    a        1 Jan 2024   content 20 Jun (10, 10), visit 1 Jan (outside 90 days);  open in Offer 100 and in Talk 50;
                          a meeting by sales 31 May (30, 30), p1                   won 400
    b        -            visit 29 Jun (1, 1), p3; call by sales 20 Jun (2, 10)    none
    c        -            nothing                                                  lost 70
    """
    snapshot = open_snapshot(company(
        stages=STAGES, as_of="2024-06-30", settings={"required_roles": "Buyer, User"},
        accounts=[
            {"account_id": "a", "name": "Acme", "industry": "Rail", "owner": "Seller 1", "domain": "acme.example"},
            {"account_id": "b", "name": "Bell", "industry": "Rail", "owner": "Seller 2"},
            {"account_id": "c", "name": "Cord", "industry": "Sea", "owner": "Seller 1"},
        ],
        account_lists=[{"account_id": "a", "list": "A", "since": "2024-01-01"}],
        contacts=[
            {"contact_id": "p1", "account_id": "a", "department": "IT", "buying_role": "User"},
            {"contact_id": "p2", "account_id": "a", "department": "Legal", "buying_role": "Buyer"},
            {"contact_id": "p3", "account_id": "b", "department": "IT"},
        ],
        opportunities=[
            {"opportunity_id": "d1", "account_id": "a", "name": "One", "stage": "Offer", "opened_on": "2024-03-01",
             "amount": 100, "closed_on": "2024-06-20"},
            {"opportunity_id": "d2", "account_id": "a", "name": "Two", "stage": "Talk", "opened_on": "2024-06-01",
             "amount": 50, "closed_on": "2024-09-01"},
            {"opportunity_id": "d3", "account_id": "a", "name": "Three", "stage": "Won", "opened_on": "2023-01-01",
             "closed_on": "2023-05-01", "amount": 400},
            {"opportunity_id": "d4", "account_id": "c", "name": "Four", "stage": "Lost", "opened_on": "2023-01-01",
             "closed_on": "2023-05-01", "amount": 70},
        ],
        entered=[("d1", "Talk", "2024-03-01"), ("d1", "Offer", "2024-04-01"), ("d2", "Talk", "2024-06-01")],
        activities=[
            touch(1, "a", "content", "marketing", "2024-06-20", contact_id="p1"),
            touch(2, "a", "web_visit", "marketing", "2024-01-01"),
            touch(3, "a", "meeting", "sales", "2024-05-31", contact_id="p1"),
            touch(4, "b", "web_visit", "marketing", "2024-06-29", contact_id="p3"),
            touch(5, "b", "call", "sales", "2024-06-20"),
            touch(6, "c", "email_sent", "marketing", "2024-06-20"),
        ],
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


def rows(snapshot, scope=None):
    return list_accounts(snapshot, scope).set_index("account_id")


def test_every_account_is_a_row_by_its_id(known):
    found = rows(known)
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["target"].tolist() == ["target", "rest", "rest"]
    assert found.loc["a", "lists"] == "A"
    assert found.loc["a", "target_since"].date() == date(2024, 1, 1)
    assert found["owner"].tolist() == ["Seller 1", "Seller 2", "Seller 1"]


def test_engagement_is_of_the_last_ninety_days_and_fades(known):
    """a: 10 × (1 − 10/90) + 30 × (1 − 30/90); b: 1 × (1 − 1/90) + 2 × (1 − 10/90); c: nothing but a send."""
    found = rows(known)
    assert found["points"].tolist() == pytest.approx([80 / 9 + 20, 89 / 90 + 16 / 9, 0])
    assert found["touches"].tolist() == [2, 2, 0]
    assert found["people"].tolist() == [1, 1, 0]
    assert found["is_engaged"].tolist() == [True, True, False]
    assert found["people_known"].fillna(0).tolist() == [2, 1, 0]


def test_the_last_touch_of_each_side(known):
    """A send of marketing's is no response. Sales touched a 30 days ago, b 10: a is quiet."""
    found = rows(known)
    assert [d.date() if d == d else None for d in found["last_marketing_on"]] == [
        date(2024, 6, 20), date(2024, 6, 29), None,
    ]  # fmt: skip
    assert found["days_since_sales"].iloc[:2].tolist() == [30, 10]
    assert found["days_since_sales"].isna().tolist() == [False, False, True]
    assert found["is_quiet"].tolist() == [True, False, False]


def test_deals_and_what_stands_open(known):
    found = rows(known)
    assert found["open_deals"].tolist() == [2, 0, 0]
    assert found.loc["a", "open_amount"] == 150
    assert found.loc["a", "stage"] == "Offer"
    assert found.loc["a", "days_in_stage"] == 90  # in Offer since 1 April
    assert found["won_amount"].tolist() == [400, 0, 0]
    assert found["standing"].tolist() == ["open_deal", "no_deal", "no_deal"]


def test_missing_roles_are_those_that_no_engaged_person_has(known):
    """The user of a is engaged, its buyer is known but not engaged; nobody of b has a role."""
    found = rows(known)
    assert found["missing_roles"].tolist() == ["Buyer", "Buyer, User", "Buyer, User"]
    window = Scope(start=date(2024, 4, 2), end=date(2024, 6, 30))  # the last 90 days
    penetration = list_rows(known, "account_penetration", window).set_index("account_id")
    assert found["roles_covered"].tolist() == penetration.loc[found.index, "roles_covered"].tolist() == [1, 0, 0]
    assert found["people"].tolist() == penetration.loc[found.index, "measure"].tolist()


def test_filters_narrow_the_list_as_they_narrow_metrics(known):
    assert rows(known, Scope((("industry", ("Rail",)),))).index.tolist() == ["a", "b"]
    assert rows(known, Scope((("target", ("target",)),))).index.tolist() == ["a"]
    assert rows(known, Scope((("target", ("target",)),), end=date(2023, 12, 31))).empty  # not yet one by then
    narrowed = rows(known, Scope((("stage", ("Talk",)),)))
    assert narrowed["open_deals"].tolist() == [1, 0, 0]  # a filter on deals leaves the accounts
    assert narrowed.loc["a", "open_amount"] == 50


def test_the_profile_of_an_account(known):
    """d1 is 90 days in Offer, past its expected closing by 10. No visit to Offer is over: no median, not judged."""
    told = account_profile(known, "a")
    deals = told.deals.set_index("opportunity_id")
    assert deals.index.tolist() == ["d1", "d2", "d3"]  # open ones first, the largest on top
    assert deals.loc["d1", "days_in_stage"] == 90
    assert deals["median_days"].isna().tolist() == [True, False, True]
    assert deals.loc["d2", "median_days"] == 31  # the one visit to Talk that is over: 1 March to 1 April
    assert told.touches["touches"].sum() == 3
    assert told.stages["stage"].tolist() == ["Talk", "Offer", "Talk"]
    people = told.people.set_index("contact_id")
    assert people["is_engaged"].tolist() == [True, False]
    assert people.loc["p1", "touches"] == 2
    assert told.roles.set_index("role")["is_covered"].to_dict() == {"Buyer": False, "User": True}
    assert not {"name", "email"} & set(told.people.columns)


def test_next_steps_say_the_rule_and_its_figures(known):
    steps = {step.rule: step.facts for step in account_profile(known, "a").steps}
    assert list(steps) == ["no_sales_touch", "past_expected_close", "missing_roles", "single_threaded"]
    assert steps["no_sales_touch"]["days_since_sales"] == 30
    assert steps["past_expected_close"]["deal"] == "One"
    assert steps["past_expected_close"]["days"] == 10
    assert steps["missing_roles"]["missing_roles"] == "Buyer"
    assert [step.rule for step in account_profile(known, "b").steps] == ["no_open_deal"]
    assert account_profile(known, "c").steps == ()


def test_a_person_has_the_roles_of_the_record_and_of_deals_everywhere(tmp_path):
    """As of 30 June 2024. Required: Buyer, Champion, User, Legal. p1 is engaged, p2 is not.

    person  record says  deal d1 says  deal d2 says     both kinds together
    p1      User         Buyer         -                Buyer, User
    p2      Champion     -             user; Champion   Champion, User

    The account: p1 covers Buyer and User; nobody engaged is Champion, nobody at all is Legal.
    d1: Buyer by the deal, User by the record; lacks Champion and Legal, which the account lacks already.
    d2: Champion and User; lacks Buyer and Legal. p1 is a Buyer: the step names the role as held.
    """
    snapshot = open_snapshot(company(
        directory=tmp_path, stages=STAGES, as_of="2024-06-30",
        settings={"required_roles": "Buyer, Champion, User, Legal"}, accounts=[{"account_id": "a", "name": "Acme"}],
        contacts=[{"contact_id": "p1", "account_id": "a", "buying_role": "User"},
                  {"contact_id": "p2", "account_id": "a", "buying_role": "Champion"}],
        opportunities=[{"opportunity_id": name, "account_id": "a", "name": name, "stage": "Talk", "amount": 10 * n,
                        "opened_on": "2024-06-01"} for n, name in enumerate(("d1", "d2"), start=1)],
        opportunity_contacts=[{"opportunity_id": "d1", "contact_id": "p1", "role": "Buyer"},
                              {"opportunity_id": "d2", "contact_id": "p2", "role": "user; Champion"}],
        activities=[touch(1, "a", "content", "marketing", "2024-06-20", contact_id="p1")],
    ))  # fmt: skip
    told = account_profile(snapshot, "a")
    people = told.people.set_index("contact_id")["roles"].str.lower()
    assert people.to_dict() == {"p1": "buyer; user", "p2": "champion; user"}
    covered = {"Buyer": True, "Champion": False, "Legal": False, "User": True}
    assert told.roles.set_index("role")["is_covered"].to_dict() == covered
    assert told.roles.set_index("role")["people_known"].to_dict() == {"Buyer": 1, "Champion": 1, "Legal": 0, "User": 2}
    assert told.facts["missing_roles"] == "Champion, Legal"
    lacking = told.deals.set_index("opportunity_id")["missing_roles"].to_dict()
    assert lacking == {"d1": "Champion, Legal", "d2": "Buyer, Legal"}
    steps = {step.rule: step.facts for step in told.steps}
    assert steps["missing_roles"]["missing_roles"] == "Champion, Legal"
    assert steps["deal_roles"] == {
        "opportunity_id": "d2",
        "deal": "d2",
        "amount": 20,
        "missing_roles": "Buyer",
        "held": "Buyer",
        "others": 0,
    }
    (row,) = list_rows(snapshot, "account_penetration").to_dict("records")
    assert (row["roles_covered"], row["roles_required"]) == (2, 4)
    snapshot.close()


def test_where_nobody_is_on_a_deal_no_deal_lacks_a_role(known):
    """Required roles are named, and no export says who is on which deal."""
    assert account_profile(known, "a").deals["missing_roles"].isna().all()


def test_the_list_agrees_with_the_metrics(sample):
    """Accounts, open deals and amounts, stalled deals, renewals, fit, in market, points: each by its own metric."""
    found = list_accounts(sample)
    pipeline = measure(sample, "open_pipeline").frame
    assert len(found) == measure(sample, "engaged_accounts").frame["n"].sum()
    assert found["open_deals"].sum() == pipeline["deals"].sum()
    assert found["open_amount"].sum() == pytest.approx(pipeline["value"].sum())
    assert found["stalled_deals"].sum() == len(measure(sample, "stalled_deals").frame)
    assert found["renewals_at_risk"].sum() == len(measure(sample, "renewals_at_risk").frame)
    assert found["in_market"].sum() == measure(sample, "in_market_accounts").frame["value"].sum()
    assert found["is_ideal"].sum() == measure(sample, "icp_accounts").frame["value"].sum()
    quality = list_rows(sample, "engagement_quality").set_index("account_id")["points"]
    listed = found.set_index("account_id").loc[quality.index, "points"]
    assert listed.tolist() == pytest.approx(quality.tolist())
    unworked = list_rows(sample, "engagement_quality", part="not_worked")["account_id"]
    longest = found.set_index("account_id").loc[unworked, "days_since_sales"]
    assert not (longest < 90).any()


def test_a_filter_counts_the_same_as_in_the_metrics(sample):
    scope = Scope((("target", ("target",)), ("industry", ("Chemicals",))))
    found = list_accounts(sample, scope)
    assert len(found) == measure(sample, "engaged_accounts", scope).frame["n"].sum()
    assert set(found["target"]) == {"target"}
    whole = list_accounts(sample).set_index("account_id")
    assert found.set_index("account_id")["points"].to_dict() == whole.loc[found["account_id"], "points"].to_dict()


def test_without_the_fit_all_else_is_the_same(sample):
    whole, quick = list_accounts(sample), list_accounts(sample, fit=False)
    assert whole["grade"].notna().any()
    assert quick[list(FIT)].isna().all().all()
    others = [name for name in whole if name not in FIT]
    pd.testing.assert_frame_equal(whole[others], quick[others])
    pd.testing.assert_frame_equal(with_fit(quick, account_fits(sample)), whole, check_like=True)


def test_one_account_alone_is_the_same_as_in_the_list(sample):
    """One with a renewal at risk, one with a stalled deal, one target that nobody touched."""
    quick = list_accounts(sample, fit=False).set_index("account_id", drop=False)
    picked = [quick["renewals_at_risk"].idxmax(), quick["stalled_amount"].idxmax(),
              quick.loc[(quick["target"] == "target") & (quick["touches"] == 0), "account_id"].iloc[0]]  # fmt: skip
    for account_id in picked:
        assert account_row(sample, account_id).iloc[0].dropna().to_dict() == quick.loc[account_id].dropna().to_dict()
    assert account_row(sample, "nobody").empty
