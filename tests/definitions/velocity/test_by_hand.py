"""Velocity metrics on companies small enough to count on paper."""

from datetime import date, timedelta

import pytest

from metrics import Scope, list_rows, measure

STAGES = {"Prospecting": "open", "Proposal": "open", "Won": "won", "Lost": "lost"}


def deal(own_id, stage, opened, closed=None, **more):
    return {
        "opportunity_id": own_id, "stage": stage, "opened_on": opened, "closed_on": closed, "pipeline": "Sales", **more
    }  # fmt: skip


def only(answer):
    (row,) = answer.rows()
    return row


def by_stage(answer):
    return {row["stage"]: row for row in answer.rows()}


def test_deal_velocity(opened):
    """As-of 2024-06-30.

    | deal | opened | ends                   | days |
    |------|--------|------------------------|------|
    | d1   | 1 Jan  | won 11 Jan             | 10   |
    | d2   | 1 Jan  | won 31 Jan             | 30   |
    | d3   | 1 Feb  | lost 21 Feb            | 20   |
    | d4   | 1 Jun  | open                   | 29+  |
    | d5   | 9 May  | won 8 May              | −1: left out |
    | d6   | –      | won 1 May              | left out |
    | d7   | 1 Jun  | won 3 July             | closed after as-of |
    | d8   | 1 May  | won, no date           | left out |

    Mean of 10 and 30 = 20. Survival of d1 to d4: ¾ after 10, ½ after 20, so the median is 20. Won by 30: ¼ +
    ½ · 1 (only d2 is left at risk after d4 was censored on day 29) = ¾; nobody was followed for 60 days.
    """
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30",
        opportunities=[
            deal("d1", "Won", "2024-01-01", "2024-01-11"), deal("d2", "Won", "2024-01-01", "2024-01-31"),
            deal("d3", "Lost", "2024-02-01", "2024-02-21"), deal("d4", "Prospecting", "2024-06-01"),
            deal("d5", "Won", "2024-05-09", "2024-05-08"), deal("d6", "Won", None, "2024-05-01"),
            deal("d7", "Won", "2024-06-01", "2024-07-03"), deal("d8", "Won", "2024-05-01", None),
        ],
    )  # fmt: skip
    answer = measure(snapshot, "deal_velocity")
    row = only(answer)
    assert (row["value"], row["n"], row["median"], row["p25"], row["p75"], row["p90"]) == (20, 2, 20, 15, 25, 28)
    assert (row["km_median"], row["won_by_30"], row["won_by_60"]) == (20, 0.75, None)
    assert dict(answer.excluded) == {
        "negative duration": 1, "no opening date": 1, "closed after as-of": 1, "no closing date": 1
    }  # fmt: skip
    assert sorted(list_rows(snapshot, "deal_velocity")["opportunity_id"]) == ["d1", "d2"]
    followed = list_rows(snapshot, "deal_velocity", part="followed").set_index("opportunity_id")["measure"]
    assert followed.to_dict() == {"d1": 10, "d2": 30, "d3": 20, "d4": 29}
    january = only(measure(snapshot, "deal_velocity", Scope(start=date(2024, 1, 1), end=date(2024, 1, 15))))
    assert (january["value"], january["n"]) == (10, 1)


def bulk(n_bulk, n_known):
    """`n_bulk` deals created by an import on one day, `n_known` opened one a day before; all won ten days later."""
    early = date(2024, 1, 1)
    known = [
        deal(f"k{i}", "Won", str(early + timedelta(days=3 * i)), str(early + timedelta(days=3 * i + 10)))
        for i in range(n_known)
    ]
    return [*known, *(deal(f"b{i}", "Won", "2024-05-01", "2024-05-02") for i in range(n_bulk))]


@pytest.mark.parametrize(("known", "value"), [(5, 10), (4, None)])
def test_a_bulk_load_has_no_velocity(opened, known, value):
    """Thirty deals of one day are no openings. With five others their mean stands, with four it is undefined."""
    answer = measure(opened(stages=STAGES, opportunities=bulk(30, known), as_of="2024-06-30"), "deal_velocity")
    assert only(answer)["value"] == value
    assert only(answer)["km_median"] == value
    assert dict(answer.excluded) == {"bulk load": 30}


def test_a_bulk_load_has_no_age(opened):
    rows = [{**row, "stage": "Prospecting", "closed_on": None} for row in bulk(30, 4)]
    snapshot = opened(stages=STAGES, opportunities=rows, as_of="2024-06-30")
    row = only(measure(snapshot, "open_pipeline"))
    assert (row["deals"], row["median_age"]) == (34, None)
    created = measure(snapshot, "opportunities_created")
    assert only(created)["value"] == 34
    assert any("created by an import" in warning for warning in created.warnings)


HISTORY = [
    ("d1", "Prospecting", "2024-01-01"), ("d1", "Prospecting", "2024-01-04"), ("d1", "Proposal", "2024-01-11"),
    ("d1", "Prospecting", "2024-01-31"), ("d1", "Proposal", "2024-02-05"), ("d1", "Won", "2024-02-10"),
    ("d2", "Prospecting", "2024-02-01"), ("d2", "Won", "2024-03-02"),
    ("d3", "Prospecting", "2024-06-01"), ("d3", "Proposal", "2024-06-10"),
    ("d4", "Proposal", "2024-05-01"),
]  # fmt: skip


@pytest.fixture
def walked(opened):
    """As-of 2024-06-30; dates only.

    d1 (won): Prospecting 1 Jan (said twice: one visit) → Proposal 11 Jan → back to Prospecting 31 Jan → Proposal 5 Feb
    → Won 10 Feb. d2 (won): Prospecting 1 Feb → Won 2 Mar, Proposal skipped. d3 (open): Prospecting 1 Jun → Proposal 10
    Jun. d4 (lost): Proposal 1 May, its losing is not in the history, opened only on 5 May.

    Prospecting: 10, 5, 30, 9 days. Proposal: 20 and 5 days; d3 is in it for 20 days; of d4 the end is not known.
    """
    return opened(
        stages=STAGES, as_of="2024-06-30", entered=HISTORY,
        opportunities=[
            deal("d1", "Won", "2024-01-01", "2024-02-10"), deal("d2", "Won", "2024-02-01", "2024-03-02"),
            deal("d3", "Proposal", "2024-06-01"), deal("d4", "Lost", "2024-05-05", "2024-05-20"),
        ],
    )  # fmt: skip


def test_days_in_stage(walked):
    answer = measure(walked, "days_in_stage")
    rows = by_stage(answer)
    first, second = rows["Prospecting"], rows["Proposal"]
    assert list(rows) == ["Prospecting", "Proposal"]
    assert (first["value"], first["n"], first["mean"], first["p75"]) == (9.5, 4, 13.5, 15)
    assert (first["open_n"], first["open_median_age"], first["backward"], first["skipped"]) == (0, None, 1, 1)
    assert (second["value"], second["n"], second["open_n"], second["open_median_age"]) == (12.5, 2, 1, 20)
    assert (second["backward"], second["skipped"]) == (0, 1)
    assert (first["stalled_n"], second["stalled_n"]) == (None, None)
    # 5 and then 20 days, of three; the open one is censored at 20, after the one that ended then
    assert (first["km_median"], second["km_median"]) == (9, 20)
    assert dict(answer.excluded) == {"closed, end of the last visit unknown": 1}


def test_days_in_stage_of_a_period(walked):
    """Left in February: d1's second visits to both stages. Present counts do not follow the period."""
    rows = by_stage(measure(walked, "days_in_stage", Scope(start=date(2024, 2, 1), end=date(2024, 2, 29))))
    assert (rows["Prospecting"]["value"], rows["Prospecting"]["n"]) == (5, 1)
    assert (rows["Proposal"]["value"], rows["Proposal"]["n"]) == (5, 1)
    assert (rows["Proposal"]["open_n"], rows["Proposal"]["open_median_age"]) == (1, 20)
    # entered in February: d2's Prospecting (30 days) and d1's second Proposal (5 days)
    assert (rows["Prospecting"]["km_median"], rows["Proposal"]["km_median"]) == (30, 5)


def test_days_in_stage_added_up(walked):
    """d1: 15 days in Prospecting, 25 in Proposal. d2: 30. d3: 9, and now in Proposal."""
    rows = by_stage(measure(walked, "days_in_stage", options={"visits": "cumulative"}))
    assert (rows["Prospecting"]["value"], rows["Prospecting"]["n"]) == (15, 3)
    assert (rows["Proposal"]["value"], rows["Proposal"]["n"], rows["Proposal"]["km_median"]) == (25, 1, 25)


def test_a_mark_of_days_in_stage_lists_its_visits(walked):
    listed = list_rows(walked, "days_in_stage", where={"stage": "Prospecting"})
    assert sorted(listed["measure"]) == [5, 9, 10, 30]


def test_without_history_only_the_age_of_open_deals_is_known(opened):
    snapshot = opened(
        stages=STAGES,
        as_of="2024-06-30",
        opportunities=[
            deal("d1", "Proposal", "2024-06-01"),
            deal("d2", "Proposal", "2024-06-11"),
            deal("d3", "Won", "2024-01-01", "2024-02-01"),
        ],
    )
    answer = measure(snapshot, "days_in_stage")
    row = only(answer)
    assert (row["stage"], row["value"], row["n"], row["open_n"], row["open_median_age"]) == ("Proposal", None, 0, 2, 24)
    assert (row["stalled_n"], row["backward"], row["skipped"]) == (None, None, None)
    assert any("No stage history" in warning for warning in answer.warnings)
    stalled = measure(snapshot, "stalled_deals")
    assert stalled.rows() == []
    assert dict(stalled.excluded) == {"no stage history": 2}
    assert only(measure(snapshot, "owner_performance"))["stalled_n"] is None


def test_time_stamps_count_fractions_of_days(opened):
    """12 hours in Prospecting; open in Proposal from noon of the 29th to midnight after the 30th: 1.5 days."""
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Proposal", "2024-06-29")],
        entered=[("d1", "Prospecting", "2024-06-29 00:00:00"), ("d1", "Proposal", "2024-06-29 12:00:00")],
    )  # fmt: skip
    rows = by_stage(measure(snapshot, "days_in_stage"))
    assert rows["Prospecting"]["value"] == 0.5
    assert rows["Proposal"]["open_median_age"] == 1.5


def test_visits_before_their_deal_was_opened_stay_and_are_said(opened):
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=[deal("d1", "Proposal", "2024-06-20")],
        entered=[("d1", "Prospecting", "2024-06-10"), ("d1", "Proposal", "2024-06-15")],
    )  # fmt: skip
    answer = measure(snapshot, "days_in_stage")
    assert by_stage(answer)["Prospecting"]["n"] == 1
    assert any(warning.startswith("1 visit was entered before") for warning in answer.warnings)


@pytest.fixture
def crowded(opened):
    """As-of 2024-06-30. Twenty won deals w1 to w20, opened every other day from 3 January, were in Proposal for 1 to 20
    days and then won: p90 = 18.1 days.

    s1 (owner One, account a1) is there for 40 days, s2 (Two, a2) for 19, s3 (Two) for 18. p (Two) is in Prospecting,
    where nobody ever left, for 60 days.
    Every won deal has a buyer and w1 to w9 a champion, s1 a buyer, s2 nobody.
    Touches: s1 had a call in the stage, and one before; its account a form; w1 to w15 a call each on their first day.
    """
    begun = {i: date(2024, 1, 1) + timedelta(days=2 * i) for i in range(1, 21)}
    ended = {i: begun[i] + timedelta(days=i) for i in begun}
    won = [
        deal(f"w{i}", "Won", str(begun[i]), str(ended[i]), account_id=f"aw{i}", owner="One", amount=10) for i in begun
    ]  # fmt: skip
    present = [
        deal("s1", "Proposal", "2024-05-01", owner="One", account_id="a1", amount=900, name="First"),
        deal("s2", "Proposal", "2024-05-01", owner="Two", account_id="a2"),
        deal("s3", "Proposal", "2024-05-01", owner="Two", account_id="a3"),
        deal("p", "Prospecting", "2024-05-01", owner="Two"),
    ]
    entered = [
        *((f"w{i}", "Proposal", str(begun[i])) for i in begun),
        *((f"w{i}", "Won", str(ended[i])) for i in begun),
        ("s1", "Proposal", "2024-05-21"), ("s2", "Proposal", "2024-06-11"), ("s3", "Proposal", "2024-06-12"),
        ("p", "Prospecting", "2024-05-01"),
    ]  # fmt: skip
    people = [
        *({"opportunity_id": f"w{i}", "contact_id": f"b{i}", "role": "Buyer"} for i in range(1, 21)),
        *({"opportunity_id": f"w{i}", "contact_id": f"c{i}", "role": "Champion"} for i in range(1, 10)),
        {"opportunity_id": "s1", "contact_id": "x"},
    ]
    touches = [
        *(
            {"opportunity_id": f"w{i}", "kind": "call", "side": "sales", "occurred_at": f"{begun[i]} 09:00:00"}
            for i in range(1, 16)
        ),
        {"opportunity_id": "s1", "kind": "call", "side": "sales", "occurred_at": "2024-05-02", "contact_id": "y"},
        {"opportunity_id": "s1", "kind": "call", "side": "sales", "occurred_at": "2024-05-25", "contact_id": "x"},
        {"account_id": "a1", "kind": "form", "side": "marketing", "occurred_at": "2024-06-01"},
    ]
    accounts = [
        {"account_id": name, "name": name.upper()} for name in ["a1", "a2", "a3", *(f"aw{i}" for i in range(1, 21))]
    ]

    def make(role_of_x="Buyer", **more):
        people[-1]["role"] = role_of_x
        return opened(
            stages=STAGES,
            as_of="2024-06-30",
            accounts=accounts,
            opportunities=[*won, *present],
            entered=entered,
            opportunity_contacts=people,
            activities=[{"activity_id": f"t{i}", **t} for i, t in enumerate(touches)],
            **more,
        )

    return make


def test_stalled_deals(crowded):
    """s1 and s2 are over 18.1 days, s3 is not; Prospecting is not judged."""
    answer = measure(crowded(), "stalled_deals")
    rows = answer.rows()
    assert [(r["opportunity_id"], r["value"], r["limit_days"]) for r in rows] == [
        ("s1", 40, pytest.approx(18.1)), ("s2", 19, pytest.approx(18.1)),
    ]  # fmt: skip
    first, second = rows
    assert (first["owner"], first["amount"], first["stage"], first["account_name"]) == ("One", 900, "Proposal", "A1")
    assert (first["sales_touches"], first["sales_touches_won"]) == (1, 1)
    assert (first["marketing_touches"], first["marketing_touches_won"]) == (1, 0)
    assert (first["last_touch"], first["people"], first["missing_roles"]) == ("2024-06-01", 2, None)
    assert (second["last_touch"], second["people"], second["sales_touches"]) == (None, 0, 0)
    # nine of twenty won deals had a champion: not half of them
    assert second["missing_roles"] == "Buyer"
    assert dict(answer.excluded) == {"stage not judged: under 20 completed visits, no service level": 1}


def test_won_deals_of_the_stage_stand_beside_the_stalled_ones(crowded):
    """Of the twenty won deals fifteen had a call in Proposal, none a marketing touch there; all had a buyer."""
    there = list_rows(crowded(), "stalled_deals", part="won_there")
    assert (len(there), set(there["stage"])) == (20, {"Proposal"})
    assert (there["sales_touches"].sum(), there["marketing_touches"].sum(), there["lacks_roles"].sum()) == (15, 0, 0)
    of_two = Scope(filters=(("owner", ("Two",)),))
    assert len(list_rows(crowded(), "stalled_deals", of_two, part="won_there")) == 20
    champions = list_rows(crowded(), "stalled_deals", None, {"required_roles": "Champion"}, part="won_there")
    assert champions["lacks_roles"].sum() == 11


def test_required_roles_are_the_users(crowded):
    rows = measure(crowded(), "stalled_deals", options={"required_roles": "Champion, buyer"}).rows()
    assert [r["missing_roles"] for r in rows] == ["Champion", "Champion, buyer"]


def test_a_cell_of_several_roles_is_several_and_any_number_is_required(crowded):
    """s1's buyer is a champion too; of the twelve required roles it has the two."""
    both = crowded(role_of_x="Buyer; Champion")
    roles = ", ".join(["Champion", "Buyer", *(f"Role {letter}" for letter in "ABCDEFGHIJ")])
    first, second = measure(both, "stalled_deals", options={"required_roles": roles}).rows()
    assert first["missing_roles"] == ", ".join(f"Role {letter}" for letter in "ABCDEFGHIJ")
    assert second["missing_roles"].startswith("Buyer, Champion, Role A")
    first, second = measure(both, "stalled_deals").rows()
    assert (first["missing_roles"], second["missing_roles"]) == (None, "Buyer")


@pytest.mark.parametrize("levels", ["Prospecting=30, Proposal=1", "Prospecting=59.5"])
def test_a_service_level_judges_stages_with_few_visits(crowded, levels):
    """Proposal keeps its p90; Prospecting is judged by the level."""
    for snapshot, options in (
        (crowded(), {"service_levels": levels}),
        (crowded(settings={"service_levels": levels}), {}),
    ):
        rows = measure(snapshot, "stalled_deals", options=options).rows()
        assert {r["opportunity_id"] for r in rows} == {"s1", "s2", "p"}
        assert by_stage(measure(snapshot, "days_in_stage", options=options))["Prospecting"]["stalled_n"] == 1


def test_a_filter_does_not_change_what_is_usual(crowded):
    """Owner Two has no completed visit of its own; the limit is that of all."""
    two = Scope(filters=(("owner", ("Two",)),))
    assert [r["opportunity_id"] for r in measure(crowded(), "stalled_deals", two).rows()] == ["s2"]


def test_stalled_in_stage_and_by_owner(crowded):
    snapshot = crowded()
    rows = by_stage(measure(snapshot, "days_in_stage"))
    assert (rows["Proposal"]["stalled_n"], rows["Prospecting"]["stalled_n"]) == (2, None)
    owners = {r["owner"]: r for r in measure(snapshot, "owner_performance").rows()}
    assert {name: r["stalled_n"] for name, r in owners.items()} == {"One": 1, "Two": 1}


def test_owner_performance(crowded):
    """One won twenty deals of 10 after 1 to 20 days, with 17 sales calls; Two closed nothing and has one stalled deal.

    In the first week w1 and w2 were won, and w1, w2 and w3 were called.
    """
    snapshot = crowded(owners=[{"owner": "One", "team": "North"}, {"owner": "Two", "team": "South"}])
    one, two = measure(snapshot, "owner_performance").rows()
    assert (one["owner"], one["value"], one["n"], one["deals"], one["win_rate"]) == ("One", 200, 20, 20, 1)
    assert (one["team"], one["activities"], one["median_days"]) == ("North", 17, 10.5)
    assert one["low"] == pytest.approx(0.8389, abs=1e-4)
    assert (two["owner"], two["value"], two["n"], two["win_rate"], two["activities"]) == ("Two", None, 0, None, 0)
    first_week = Scope(start=date(2024, 1, 1), end=date(2024, 1, 7))
    one, two = measure(snapshot, "owner_performance", first_week).rows()
    assert (one["deals"], one["activities"], one["stalled_n"], two["stalled_n"]) == (2, 3, 1, 1)
    assert len(list_rows(snapshot, "owner_performance", first_week, where={"owner": "One"})) == 2


def test_sellers_of_one_name_keep_their_own_figures(opened):
    sellers, shut = (("1", "East", 10), ("2", "West", 20)), {"opened": "2024-01-01", "closed": "2024-02-01"}
    snapshot = opened(
        stages=STAGES,
        owners=[{"owner": "Desk", "team": team, "_owner_id": own_id} for own_id, team, _ in sellers],
        opportunities=[deal(f"d{i}", "Won", **shut, owner=i, amount=amount) for i, _, amount in sellers],
    )
    figures = {(r["owner"], r["team"], r["value"]) for r in measure(snapshot, "owner_performance").rows()}
    assert figures == {("Desk (1)", "East", 10), ("Desk (2)", "West", 20)}
    by_team = {r["segment"]: r["value"] for r in measure(snapshot, "won_revenue", Scope(by="team")).rows()}
    assert (by_team["East"], by_team["West"]) == (10, 20)


def test_days_are_those_of_the_company(opened):
    """Left at 23:30 UTC on 31 March: that is 1 April in Madrid, the first day of the second quarter."""
    rows = {
        "stages": STAGES, "as_of": "2024-06-30", "opportunities": [deal("d1", "Won", "2024-03-01", "2024-04-01")],
        "entered": [("d1", "Prospecting", "2024-03-01 08:00:00"), ("d1", "Won", "2024-03-31 23:30:00")],
    }  # fmt: skip
    quarter = Scope(start=date(2024, 4, 1), end=date(2024, 6, 30))
    there = measure(opened(**rows, settings={"time_zone": "Europe/Madrid"}), "days_in_stage", quarter)
    here = measure(opened(**rows), "days_in_stage", quarter)
    assert [row["n"] for row in there.rows()] == [1]
    assert [row["n"] for row in here.rows()] in ([], [0])


def test_touches_are_compared_over_the_days_that_won_deals_stayed(opened):
    """Each deal entered Proposal on 1 January.

    deal   days  calls on day        in the first 12 days
    w1-10  4     2                   - : not there for 12 days
    w11-20 20    2, 15               1
    s1     90    30, 60              0
    s2     90    3, 5, 40            2
    The median stay is (4 + 20) ÷ 2 = 12 days; the limit is 20. s1 has more calls than the won deals' median, and yet
    nobody called in the days in which the won deals were there.
    """
    start = date(2024, 1, 1)
    stays = {f"w{i}": 4 if i <= 10 else 20 for i in range(1, 21)}
    calls = {name: (2,) if days == 4 else (2, 15) for name, days in stays.items()} | {"s1": (30, 60), "s2": (3, 5, 40)}
    deals = [
        {
            "opportunity_id": name,
            "pipeline": "Sales",
            "stage": "Won",
            "opened_on": start,
            "closed_on": start + timedelta(days=days),
        }
        for name, days in stays.items()
    ]
    deals += [
        {"opportunity_id": name, "pipeline": "Sales", "stage": "Proposal", "opened_on": start} for name in ("s1", "s2")
    ]
    entered = [(name, "Proposal", str(start), "Sales") for name in calls]
    entered += [(name, "Won", str(start + timedelta(days=days)), "Sales") for name, days in stays.items()]
    touches = [
        {"activity_id": f"{name}-{day}", "opportunity_id": name, "kind": "call", "side": "sales",
         "occurred_at": f"{start + timedelta(days=day)} 09:00:00"}
        for name, days in calls.items() for day in days
    ]  # fmt: skip
    snapshot = opened(
        stages=STAGES, opportunities=deals, entered=entered, activities=touches, as_of=str(start + timedelta(days=90))
    )
    rows = {row["opportunity_id"]: row for row in measure(snapshot, "stalled_deals").rows()}
    told = (
        "limit_days",
        "days_won",
        "sales_touches",
        "sales_touches_won",
        "sales_touches_early",
        "marketing_touches_early",
    )
    assert [rows["s1"][name] for name in told] == [20, 12, 2, 1.5, 0, 0]
    assert [rows["s2"][name] for name in told] == [20, 12, 3, 1.5, 2, 0]
    there = list_rows(snapshot, "stalled_deals", part="won_there").set_index("opportunity_id")["sales_touches_early"]
    assert there.dropna().to_dict() == {f"w{i}": 1 for i in range(11, 21)}
    assert there.isna().sum() == 10
