"""Return on investment: of ABM, of campaigns and channels by linear credit, with and without intent data."""

from datetime import date

import pytest

from metrics import Scope, explain, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
EUR = {"currency": "EUR"}
MARCH = {"start": date(2024, 3, 1), "end": date(2024, 3, 31)}


def won(number, account, amount, closed="2024-03-15", opened="2024-01-01", **more):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": "Won", "opened_on": opened, "closed_on": closed,
        "amount": amount, **EUR, **more,
    }  # fmt: skip


def touch(number, account, channel, campaign=None, at="2024-02-01", kind="form"):
    return {
        "activity_id": f"t{number:03}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "channel": channel, "campaign": campaign, "occurred_at": at,
    }  # fmt: skip


def cost(amount, program=None, spent_on="2024-03-10", **more):
    return {"spent_on": spent_on, "amount": amount, "program": program, **EUR, **more}


def company_of(deals, touches, costs, targets=("a1", "a2"), **more):
    accounts = [
        {"account_id": f"a{n}", "name": f"a{n}", "is_target": f"a{n}" in targets, "industry": ("Air", "Rail")[n % 2]}
        for n in range(1, 6)
    ]
    return {
        "accounts": accounts, "stages": STAGES, "as_of": "2024-06-30", "opportunities": deals, "activities": touches,
        "spend": costs, **more,
    }  # fmt: skip


@pytest.fixture
def sold(opened):
    """
    deal  account        amount  touches on the way                 closed
    d1    a1 (target)    1,000   Web of Spring, Mail of no campaign 15 March
    d2    a2 (target)      200   none; its source is Webinar        15 March
    d3    a3               400   Web of Spring, Web of Fair         15 March; primary campaign Spring
    d4    a4               900   Mail of Fair                       15 April

    cost 300 abm, Spring, Web, uses intent; 150 other, Fair, Event; 60 other, Salaries, sales; 10 of no program
    """
    return opened(**company_of(
        [won(1, "a1", 1000), won(2, "a2", 200, source="Webinar"), won(3, "a3", 400, campaign="Spring"),
         won(4, "a4", 900, "2024-04-15")],
        [touch(1, "a1", "Web", "Spring"), touch(2, "a1", "Mail"), touch(3, "a3", "Web", "Spring"),
         touch(4, "a3", "Web", "Fair"), touch(5, "a4", "Mail", "Fair"), touch(6, "a4", "Mail", "Fair", "2024-05-01"),
         touch(7, "a2", "Mail", None, "2023-09-01")],
        [cost(300, "abm", campaign="Spring", channel="web", uses_intent=True),
         cost(150, "other", campaign="Fair", channel="Event", uses_intent=False),
         cost(60, "other", channel="Salaries", side="sales"), cost(10)],
        campaigns=[{"campaign_id": "c1", "campaign": "Spring", "channel": "Web", "program": "abm", "uses_intent": True,
                    "starts_on": "2024-01-01", "ends_on": "2024-02-29", "actual_cost": 999, **EUR}],
    ))  # fmt: skip


def rows(snapshot, scope=None, options=None, columns=("segment", "value", "cost", "revenue", "sourced", "n", "deals")):
    found = measure(snapshot, "return_on_investment", scope, options).rows()
    return [tuple(pytest.approx(r[c]) if isinstance(r[c], float) else r[c] for c in columns) for r in found]


def test_abm_by_hand(sold):
    """Target accounts: 1,000 of d1; d2 was not touched. (1,000 − 300) ÷ 300."""
    assert rows(sold) == [("All", 700 / 300, 300, 1000, 200, 2, 1)]
    (found,) = measure(sold, "return_on_investment").rows()
    assert found["shared_unallocated"] == 10
    assert rows(sold, None, {"revenue_of": "all"}) == [("All", 900 / 300, 300, 1200, 200, 2, 2)]
    assert rows(sold, None, {"margin": 0.5}) == [("All", 200 / 300, 300, 1000, 200, 2, 1)]
    assert rows(sold, None, {"program": "all"}) == [("All", (2300 - 520) / 520, 520, 2300, 600, 5, 3)]
    assert dict(measure(sold, "return_on_investment").excluded) == {
        "no touch on the way": 1, "cost without a program, or shared": 1,
    }  # fmt: skip
    listed = list_rows(sold, "return_on_investment")
    assert dict(zip(listed["account_id"], listed["revenue"].fillna(0), strict=True)) == {"a1": 1000, "a2": 0}
    told = explain(sold, "return_on_investment")
    assert told["formula"][0].startswith("All: (margin × 1,000 − 300) ÷ 300 = 2.3333")
    assert told["used"] == 2


def test_target_against_the_rest(sold):
    """The rest: 400 + 900 against the 210 of other programs. Other parts of the accounts have no cost."""
    by_target = rows(sold, Scope(by="target"))
    assert by_target == [("target", 700 / 300, 300, 1000, 200, 2, 1), ("rest", 1090 / 210, 210, 1300, 400, 3, 2)]
    assert rows(sold, Scope(filters=(("target", ("rest",)),))) == [("All", *by_target[1][1:])]
    answer = measure(sold, "return_on_investment", Scope(by="industry"))
    assert [(r["segment"], r["value"], r["cost"], r["revenue"]) for r in answer.rows()] == [
        ("Air", None, None, 0), ("Rail", None, None, 1000),
    ]  # fmt: skip
    assert any("Spend has no account" in warning for warning in answer.warnings)


def test_campaigns_by_linear_credit(sold):
    """Spring half of d1 and of d3: 700 against the 300 loaded for it, not its 999. Fair: half of d3 and d4."""
    assert rows(sold, Scope(by="campaign")) == [
        ("(none)", None, 70, 500, 0, 1, 1), ("Fair", 950 / 150, 150, 1100, 0, 2, 2),
        ("Spring", 400 / 300, 300, 700, 400, 2, 2),
    ]  # fmt: skip


def test_channels_by_linear_credit(sold):
    """Web half of d1 and d3. “web” of the spend is “Web” of the touches. Nobody was touched through Event."""
    assert rows(sold, Scope(by="channel")) == [
        ("(none)", None, 10, 0, 0, 0, 0), ("Event", None, 150, 0, 0, 0, 0), ("Mail", None, None, 1400, 0, 2, 2),
        ("Salaries", None, 60, 0, 0, 0, 0), ("Web", 600 / 300, 300, 900, 400, 2, 2),
    ]  # fmt: skip
    warnings = measure(sold, "return_on_investment", Scope(by="channel")).warnings
    assert any("2 of the segments have spend and no touch anywhere" in warning for warning in warnings)


def test_whether_revenue_is_before_margin_is_said(sold):
    for margin, said in ((1, "Revenue is won amounts, before margin."), (0.5, "Revenue is won amounts, × margin.")):
        for by in (None, "campaign"):
            assert said in measure(sold, "return_on_investment", Scope(by=by), {"margin": margin}).warnings


def test_campaigns_too_young_to_have_brought_anything_are_told(opened):
    """
    Five deals were won, each 60 days after its first touch of Spring, except d5: 100 days; the median is 60.

    campaign  began                                                   days to the end of May   young
    Spring    first touch 1 February, cost 1 March                    121                      no
    Fair      cost 1 March, first touch 20 April                      92                       no
    Mail      cost 2 April                                            60: as long as usual     no
    Post      touch on 3 April, cost 1 May                            59                       yes
    Gift      cost 30 May                                             2                        yes
    Ball      no cost and no win, touch on 20 May                     12                       no row
    """
    deals = [won(n, f"a{n}", 100, "2024-04-01", "2024-03-01") for n in range(1, 5)]
    deals.append(won(5, "a5", 100, "2024-05-11", "2024-03-01"))
    touches = [touch(n, f"a{n}", "Web", "Spring", "2024-02-01") for n in range(1, 6)]
    touches += [touch(6, "a4", "Web", "Fair", "2024-04-20"), touch(7, "a4", "Web", "Post", "2024-04-03"),
                touch(8, "a4", "Web", "Ball", "2024-05-20")]  # fmt: skip
    spent = {"Spring": "2024-03-01", "Fair": "2024-03-01", "Mail": "2024-04-02", "Post": "2024-05-01",
             "Gift": "2024-05-30"}  # fmt: skip
    facts = company_of(deals, touches, [cost(10, None, day, campaign=name) for name, day in spent.items()])
    snapshot = opened(**facts | {"as_of": "2024-05-31", "export_day": "2024-06-01"})
    answer = measure(snapshot, "return_on_investment", Scope(by="campaign"))
    young = {r["segment"]: r["is_young"] for r in answer.rows()}
    assert young == {"Spring": False, "Fair": False, "Mail": False, "Post": True, "Gift": True}
    (said,) = (w for w in answer.warnings if w.startswith("Campaigns younger than"))
    assert said.startswith("Campaigns younger than the 60 days that a win usually takes from its first touch: 2.")
    other = measure(snapshot, "return_on_investment", Scope(by="channel"))
    assert {r["is_young"] for r in other.rows()} == {None}
    four = measure(snapshot, "return_on_investment", Scope(by="campaign", end=date(2024, 4, 30)))
    assert {r["is_young"] for r in four.rows()} == {None}  # four wins do not tell how long one takes


def test_campaigns_with_and_without_intent_data(sold):
    """Spring uses it, Fair does not. What has no campaign and does not say stands apart: 70 spent, and half of d1."""
    answer = measure(sold, "return_on_investment", Scope(by="uses_intent"))
    columns = ("segment", "value", "cost", "revenue", "sourced", "shared_unallocated")
    assert [tuple(r[c] for c in columns) for r in answer.rows()] == [
        ("(none)", None, 70, 500, 0, None), ("no", pytest.approx(950 / 150), 150, 1100, 0, None),
        ("yes", pytest.approx(400 / 300), 300, 700, 400, None),
    ]  # fmt: skip
    assert [c.segments for c in answer.comparison] == [("no", "yes")]


def test_without_touches_of_campaigns_nobody_knows_what_intent_returned(opened):
    """300 on a campaign with intent data, 100 on one without: no touch says what either brought; then Fair has one."""
    costs = [
        cost(300, "abm", campaign="Spring", uses_intent=True),
        cost(100, "other", campaign="Fair", uses_intent=False),
    ]
    by = Scope(by="uses_intent")
    columns = ("segment", "value", "cost", "revenue")
    untouched = opened(**company_of([won(1, "a1", 1000)], [], costs))
    assert rows(untouched, by, columns=columns) == [("no", None, 100, 0), ("yes", None, 300, 0)]
    assert "2 of the segments have spend and no touch anywhere" in " ".join(
        measure(untouched, "return_on_investment", by).warnings
    )
    fair = opened(**company_of([won(1, "a1", 1000)], [touch(1, "a1", "Web", "Fair")], costs))
    assert rows(fair, by, columns=columns) == [("no", 9.0, 100, 1000), ("yes", None, 300, 0)]


def test_periods_begin_with_the_first_deal_or_cost(opened):
    """Accounts of 2021, a deal won in 2023, costs of 2024: nothing is said of 2021 and 2022."""
    facts = company_of([won(1, "a1", 1000, "2023-05-01", "2023-02-01")], [touch(1, "a1", "Web", at="2021-03-01")],
                       [cost(100, "abm")])  # fmt: skip
    found = rows(opened(**facts), Scope(grain="year"), columns=("period", "value", "cost", "n"))
    assert found == [("2023", None, None, 2), ("2024", -1.0, 100, 2)]


def test_credit_adds_up_to_the_influenced_revenue(sold):
    for by in ("campaign", "channel"):
        assert sum(r["revenue"] for r in measure(sold, "return_on_investment", Scope(by=by)).rows()) == 2300
    credit = measure(sold, "influence_credit").rows()
    linear = {r["channel"]: r["value"] for r in credit if r["model"] == "linear"}
    found = {r["segment"]: r["revenue"] for r in measure(sold, "return_on_investment", Scope(by="channel")).rows()}
    assert {channel: value for channel, value in found.items() if value} == linear


def test_a_period_holds_its_closings_and_its_costs(sold):
    """All costs are of 10 March: in April there is revenue of Fair and no cost, so no return."""
    assert rows(sold, Scope(**MARCH, by="campaign"))[1:] == [
        ("Fair", 50 / 150, 150, 200, 0, 1, 1), ("Spring", 400 / 300, 300, 700, 400, 2, 2),
    ]  # fmt: skip
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30), by="campaign")
    assert rows(sold, april) == [("Fair", None, None, 900, None, 1, 1)]
    monthly = measure(sold, "return_on_investment", Scope(start=date(2024, 3, 1), grain="month")).rows()
    assert [(r["period"], r["value"], r["cost"]) for r in monthly] == [
        ("2024-03", pytest.approx(700 / 300), 300), *((f"2024-0{n}", None, None) for n in (4, 5, 6)),
    ]  # fmt: skip


def test_no_cost_no_return_and_no_revenue_all_lost(opened):
    deals, touches = [won(1, "a1", 100)], [touch(1, "a1", "Web", "Spring")]
    for costs in ([cost(0, "abm")], [cost(9, "other")]):
        (found,) = measure(opened(**company_of(deals, touches, costs)), "return_on_investment").rows()
        assert (found["value"], found["revenue"]) == (None, 100)
    snapshot = opened(**company_of(deals, [touch(1, "a1", "Web", "Spring", "2024-05-01")], [cost(9, "abm")]))
    assert rows(snapshot) == [("All", -1, 9, 0, None, 2, 0)]
    assert rows(opened(**company_of(deals, [], []))) == [("All", None, None, None, None, 2, 1)]


def test_unknown_amounts_are_no_0(opened):
    """d1 has no amount: of the touched deals none is known, and neither is the return."""
    snapshot = opened(**company_of([won(1, "a1", None)], [touch(1, "a1", "Web")], [cost(9, "abm")]))
    (found,) = measure(snapshot, "return_on_investment").rows()
    assert (found["value"], found["revenue"], found["deals"]) == (None, None, 1)
    assert dict(measure(snapshot, "return_on_investment").excluded) == {"no amount": 1}


def test_costs_and_deals_that_cannot_be_used(opened):
    answer = measure(opened(**company_of(
        [won(1, "a1", 100), won(2, None, 100), won(3, "a2", 100, opened=None), won(4, "a2", 100, closed=None)],
        [touch(1, "a1", "Web")], [cost(9, "abm"), {**cost(9, "abm"), "currency": "GBP"}],
    )), "return_on_investment", Scope(**MARCH))  # fmt: skip
    assert answer.rows()[0]["cost"] == 9
    assert dict(answer.excluded) == {
        "won deal without an account": 1, "no opening date": 1, "no closing date": 1, "cost, no exchange rate": 1,
    }  # fmt: skip


def test_without_touches_all_won_amounts_count_and_it_says_so(opened):
    answer = measure(opened(**company_of([won(1, "a1", 100)], [], [cost(40, "abm")])), "return_on_investment")
    assert answer.rows()[0]["value"] == 1.5
    assert any("all won amounts count" in warning for warning in answer.warnings)


def test_without_targets_there_is_no_abm(opened):
    snapshot = opened(**company_of([won(1, "a1", 100)], [touch(1, "a1", "Web")], [cost(40, "abm")], targets=()))
    answer = measure(snapshot, "return_on_investment")
    assert (answer.rows()[0]["value"], answer.rows()[0]["n"]) == (None, 0)
    assert any("There are no target accounts: the return on ABM" in warning for warning in answer.warnings)
    assert measure(snapshot, "return_on_investment", None, {"program": "all"}).rows()[0]["value"] == 1.5


def test_a_filter_on_deals_or_touches_leaves_no_return(sold):
    for name, value in (("campaign", "Fair"), ("channel", "Mail"), ("pipeline", "(none)")):
        answer = measure(sold, "return_on_investment", Scope(filters=((name, (value,)),)))
        narrowed = any("Spend is of all deals and touches" in warning for warning in answer.warnings)
        assert narrowed == (name != "pipeline"), name
        assert (answer.rows()[0]["value"] is None) == narrowed


def test_when_the_targets_became_targets_is_said(sold):
    said = "Some target accounts have no since-date"
    for scope in (None, Scope(by="target"), Scope(filters=(("target", ("target",)),))):
        warnings = measure(sold, "return_on_investment", scope).warnings
        assert sum(warning.startswith(said) for warning in warnings) == 1
