"""A figure against its goal: which goal is meant, and whether it is met."""

import re
from datetime import date, timedelta

import pandas as pd
import pytest

from metrics import QuestionError, Scope, held_to_goal, known_goals, measure, read_goal

D = date.fromisoformat
FIRST_QUARTER = Scope(start=D("2024-01-01"), end=D("2024-03-31"), compare="goal")


@pytest.fixture
def make_firm(opened):
    """Ten deals of 100 won in January, five lost; goals by month for the sum, for the year for the rate."""
    deals = [
        {"opportunity_id": f"d{i}", "account_id": f"a{i % 2}", "stage": "Won" if i < 10 else "Lost", "amount": 100,
         "currency": "EUR", "opened_on": "2024-01-01", "closed_on": "2024-01-20"}
        for i in range(15)
    ]  # fmt: skip
    accounts = [{"account_id": "a0", "industry": "Rail"}, {"account_id": "a1", "industry": "Air"}]
    goals = [
        {"metric": "won_revenue", "starts_on": f"2024-{m:02}-01", "ends_on": end, "value": 400}
        for m, end in ((1, "2024-01-31"), (2, "2024-02-29"), (3, "2024-03-31"))
    ]
    goals += [
        {"metric": "win_rate", "starts_on": "2024-01-01", "ends_on": "2024-12-31", "value": 0.3},
        {"metric": "won_revenue", "starts_on": "2024-01-01", "ends_on": "2024-01-31", "value": 300,
         "dimension": "industry", "segment": "Rail"},
    ]  # fmt: skip
    rows = {"accounts": accounts, "opportunities": deals, "goals": goals}
    return lambda **more: opened(stages={"Won": "won", "Lost": "lost"}, **rows, **more)


@pytest.fixture
def firm_with_goals(make_firm):
    """At the end of the first quarter."""
    return make_firm(as_of="2024-03-31")


def test_goals_of_a_sum_add_up_over_the_period(firm_with_goals):
    (found,) = measure(firm_with_goals, "won_revenue", FIRST_QUARTER).comparison
    assert (found.values, found.difference, found.verdict) == ((1000, 1200), -200, "worse")
    assert found.lift == pytest.approx(-1 / 6)
    assert found.sentence == "Won revenue: 1,000 against the goal of 1,200; below it by 200, 83.3 % of it."
    assert found.segments == ("this period", "the goal")


def test_what_is_short_of_a_goal_whose_days_are_not_over_is_not_missed(make_firm):
    """On 20 January 71 of the quarter's 91 days are to come, and more may be won; due are 20/31 of January's 400 and
    nothing of the other months'. A rate is what it is."""
    early = make_firm(as_of="2024-01-20")
    (won,) = measure(early, "won_revenue", FIRST_QUARTER).comparison
    assert won.verdict == "no clear difference"
    assert won.sentence == (
        "Won revenue: 1,000 against the goal of 1,200; 83.3 % of it, with 71 of the period's 91 days to come; 288 % "
        "ahead of the 258 of it due by 2024-01-20."
    )
    (rate,) = measure(early, "win_rate", FIRST_QUARTER).comparison
    assert (rate.verdict, rate.due) == ("better", None)


QUARTERS = [("2025-10-01", "2025-12-31", 3.2e6), ("2026-01-01", "2026-03-31", 2.5e6),
            ("2026-04-01", "2026-06-30", 2.9e6), ("2026-07-01", "2026-09-30", 3.3e6),
            ("2026-10-01", "2026-12-31", 4.0e6)]  # fmt: skip
YEAR = [("2026-01-01", "2026-12-31", 36.5e6)]


@pytest.mark.parametrize(("goals", "start", "end", "as_of", "due", "said"), [
    (QUARTERS, "2025-10-01", "2026-12-31", "2026-10-31", 11.9e6 + 4.0e6 * 31 / 92,
     "85.1 % of it, with 61 of the period's 457 days to come; 2.11 % ahead of the 13,247,826 of it due by 2026-10-31."),
    (QUARTERS, "2025-10-01", "2026-12-31", "2026-09-30", 11.9e6,
     "85.1 % of it, with 92 of the period's 457 days to come; 13.7 % ahead of the 11,900,000 of it due by 2026-09-30."),
    (QUARTERS, "2025-10-01", "2026-12-31", "2026-12-30", 11.9e6 + 4.0e6 * 91 / 92,
     "85.1 % of it, with 1 of the period's 457 days to come; 14.7 % behind the 15,856,522 of it due by 2026-12-30."),
    (YEAR, "2026-01-01", "2026-12-31", "2026-10-31", 30.4e6,
     "37.1 % of it, with 61 of the period's 365 days to come; 55.5 % behind the 30,400,000 of it due by 2026-10-31."),
    (YEAR, "2026-01-01", "2026-12-31", "2025-12-31", None, "too few to say."),
    (QUARTERS[:4], "2025-10-01", "2026-09-30", "2026-10-31", None, "above it by 1,627,550, 114 % of it."),
    (QUARTERS[:3], "2025-10-01", "2026-12-31", "2026-10-31", None, None), ([], "2026-01-01", "2026-12-31",
                                                                           "2026-10-31", None, None),
])  # fmt: skip
def test_what_of_the_goal_was_due_by_now_is_of_each_of_its_parts(opened, goals, start, end, as_of, due, said):
    """Goals that have ended count in full, the running one by its own days: 31 of the last quarter's 92, 304 of the
    year's 365. The second count spreads each goal over its days and adds those until the as-of day."""
    closed = D("2026-02-01") if D(as_of) > D("2026-02-01") else None
    deal = {"opportunity_id": "d", "account_id": "a", "amount": 13_527_550, "currency": "EUR",
            "stage": "Won" if closed else "Open", "opened_on": "2025-10-05", "closed_on": closed}  # fmt: skip
    rows = [{"metric": "won_revenue", "starts_on": first, "ends_on": last, "value": value}
            for first, last, value in goals]  # fmt: skip
    firm = opened(stages={"Won": "won", "Open": "open"}, accounts=[{"account_id": "a"}], opportunities=[deal],
                  goals=rows, as_of=as_of)  # fmt: skip
    found = held_to_goal(firm, measure(firm, "won_revenue", Scope(start=D(start), end=D(end))))
    if said is None:
        assert found is None
        return
    assert found.sentence.partition("; ")[2] == said
    assert found.due == (due if due is None else pytest.approx(due))
    days = [pd.Series(value / len(pd.date_range(first, last)), pd.date_range(first, last))
            for first, last, value in goals]  # fmt: skip
    counted = pd.concat(days)[:as_of].sum()
    assert counted == pytest.approx(found.values[1] if found.to_come is None else found.due or 0)


def test_a_goal_that_is_passed_early_is_passed(make_firm):
    january = Scope(start=D("2024-01-01"), end=D("2024-01-31"), compare="goal", filters=(("industry", ("Rail",)),))
    (won,) = measure(make_firm(as_of="2024-01-20"), "won_revenue", january).comparison
    assert (won.values, won.verdict) == ((500, 300), "better")


def test_a_share_of_accounts_grows_with_its_period(opened):
    """One of two accounts is engaged in the quarter: the year's goal says nothing of a quarter, the quarter's own does,
    and with days to come it is not missed."""
    goals = [{"metric": "engaged_accounts", "starts_on": "2024-01-01", "ends_on": end, "value": 0.8}
             for end in ("2024-12-31", "2024-03-31")]  # fmt: skip
    touches = [{"activity_id": f"t{i}", "account_id": "a0", "kind": "meeting", "occurred_at": f"2024-01-1{i}",
                "is_done": True} for i in range(3)]  # fmt: skip

    def held(goals, as_of):
        firm = opened(
            accounts=[{"account_id": f"a{i}"} for i in range(12)], activities=touches, goals=goals, as_of=as_of
        )
        scope = Scope(start=FIRST_QUARTER.start, end=FIRST_QUARTER.end)
        return held_to_goal(firm, measure(firm, "engaged_accounts", scope))

    assert held(goals[:1], "2024-03-31") is None
    assert held(goals, "2024-03-31").verdict == "worse"
    early = held(goals, "2024-01-31")
    assert (early.verdict, early.due) == ("no clear difference", None)
    assert early.sentence.endswith("below it, with 60 of the period's 91 days to come.")


def test_a_goal_missed_and_the_others_that_no_goal_is_for(firm_with_goals):
    """What a page asks: never an error. A goal of another segment, of other days, or of a part is none."""
    quarter = Scope(start=FIRST_QUARTER.start, end=FIRST_QUARTER.end)

    def held(name, scope):
        return held_to_goal(firm_with_goals, measure(firm_with_goals, name, scope))

    assert held("won_revenue", quarter).verdict == "worse"
    january = Scope(start=D("2024-01-01"), end=D("2024-01-31"))
    assert held("won_revenue", january.where("industry", "Rail")).values == (500, 300)
    assert held("won_revenue", january.where("industry", "Air")) is None
    assert held("won_revenue", january.where("industry", ("Rail", "Air"))) is None
    assert held("won_revenue", Scope(start=D("2024-02-01"), end=D("2024-04-30"))) is None
    assert held("won_revenue", Scope()) is None
    assert held("opportunities_created", quarter) is None
    assert held("loss_reasons", quarter) is None


def test_a_rate_has_the_goal_of_the_time_around_it(firm_with_goals):
    """10 of 15 won: the interval, 42 to 85 %, leaves the goal of 30 % below it."""
    (found,) = measure(firm_with_goals, "win_rate", FIRST_QUARTER).comparison
    assert found.values == (10 / 15, 0.3)
    assert found.verdict == "better"
    assert found.sentence == "Win rate: 66.7 % against the goal of 30 %; above it by 36.7 points."
    assert found.low == pytest.approx(0.4171 - 0.3, abs=1e-4)


def test_a_segment_has_its_own_goal(firm_with_goals):
    january = Scope(start=D("2024-01-01"), end=D("2024-01-31"), compare="goal")
    (by_filter,) = measure(firm_with_goals, "won_revenue", january.where("industry", "Rail")).comparison
    (by_split,) = measure(
        firm_with_goals, "won_revenue", Scope(start=january.start, end=january.end, compare="goal", by="industry")
    ).comparison
    assert by_filter.values == by_split.values == (500, 300)
    assert by_split.keys == {"segment": "Rail"}
    assert by_split.sentence.startswith("Won revenue of Rail: 500 against the goal of 300;")


@pytest.mark.parametrize(
    ("metric", "scope", "message"),
    [
        ("won_revenue", Scope(compare="goal"), "needs a period"),
        ("won_revenue", Scope(start=D("2024-01-01"), end=D("2024-04-30"), compare="goal"), "There is no goal"),
        ("won_revenue", Scope(start=D("2024-01-02"), end=D("2024-01-31"), compare="goal"), "There is no goal"),
        ("opportunities_created", FIRST_QUARTER, "There is no goal for opportunities_created"),
        ("opportunities_created", FIRST_QUARTER, "goals opportunities_created=… --from 2024-01-01 --to 2024-03-31"),
        ("opportunities_created", FIRST_QUARTER, "a sheet of goals .* mapping file"),
        ("loss_reasons", FIRST_QUARTER, "only one figure can have a goal"),
        ("win_rate", FIRST_QUARTER.where("industry", ("Rail", "Air")), "leave out the other filters"),
    ],
)
def test_where_there_is_no_goal_the_question_is_refused(firm_with_goals, metric, scope, message):
    with pytest.raises(QuestionError, match=message):
        measure(firm_with_goals, metric, scope)


def test_a_median_beside_a_mean_has_a_goal_of_its_own(opened):
    """Ten deals won after 10 to 100 days: mean and median 55, the median's exact interval 20 to 90 days (n = 10)."""
    deals = [
        {"opportunity_id": f"d{i}", "account_id": "a", "stage": "Won", "amount": 100, "currency": "EUR",
         "opened_on": "2024-01-01", "closed_on": D("2024-01-01") + timedelta(days=10 * i)}
        for i in range(1, 11)
    ]  # fmt: skip
    goal = {"starts_on": "2024-01-01", "ends_on": "2024-12-31"}
    firm = opened(
        stages={"Won": "won"}, accounts=[{"account_id": "a"}], opportunities=deals, as_of="2024-12-31",
        goals=[goal | {"metric": "deal_velocity.median", "value": 15}, goal | {"metric": "deal_velocity", "value": 60}],
    )  # fmt: skip
    answer = measure(firm, "deal_velocity", Scope(start=D("2024-01-01"), end=D("2024-12-31")))
    median, mean = held_to_goal(firm, answer, column="median"), held_to_goal(firm, answer)
    assert (median.column, median.values, median.verdict) == ("median", (55, 15), "worse")
    assert (median.low, median.high) == (20 - 15, 90 - 15)
    assert median.sentence == (
        "Deal velocity, median: 55.0 days against the goal of 15.0 days; above it by 40.0 days, 367 % of it."
    )
    assert (mean.column, mean.values) == ("value", (55, 60))
    assert held_to_goal(firm, answer, column="p90") is None
    compared = measure(firm, "deal_velocity", Scope(start=D("2024-01-01"), end=D("2024-12-31"), compare="goal"))
    assert [found.column for found in compared.comparison] == ["value", "median"]


def test_a_goal_of_no_days_or_no_segment_of_the_data_is_set_aside(opened):
    """A typing error, a dimension that nobody has, one of another unit, a segment without its dimension, days that end
    before they begin, and an amount below 0; the goal for Rail stands, and the whole has none."""
    year = {"metric": "won_revenue", "starts_on": "2024-01-01", "ends_on": "2024-12-31", "value": 9}
    wrong = {
        "The data know no industry “Rial”. Did you mean “Rail”?": {"dimension": "industry", "segment": "Rial"},
        "no dimension “planet”": {"dimension": "planet", "segment": "Mars"},
        "not of which dimension": {"segment": "Rail"},
        "before it begins": {"starts_on": "2025-01-01"},
        "cannot be below 0": {"value": -9, "dimension": "industry", "segment": "Rail", "ends_on": "2025-12-31"},
    }
    firm = opened(
        stages={"Won": "won"}, accounts=[{"account_id": "a", "industry": "Rail"}], as_of="2024-12-31",
        opportunities=[{"opportunity_id": "d", "account_id": "a", "stage": "Won", "opened_on": "2024-01-01",
                        "closed_on": "2024-02-01", "amount": 7}],
        goals=[year | {"dimension": "industry", "segment": "Rail"}, *(year | one for one in wrong.values())],
    )  # fmt: skip
    known = known_goals(firm).set_index("line")["problem"]
    assert known[1] == ""
    for line, said in enumerate(wrong, start=2):
        assert said in known[line]
    scope = Scope(start=D("2024-01-01"), end=D("2024-12-31"))
    assert held_to_goal(firm, measure(firm, "won_revenue", scope)) is None
    assert held_to_goal(firm, measure(firm, "won_revenue", scope.where("industry", "Rail"))).values == (7, 9)
    with pytest.raises(QuestionError, match="Did you mean “Rail”"):
        read_goal(firm, "won_revenue", 9, segment=("industry", "Rial"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("won_revenu", 5, "won_revenu"),
        ("loss_reasons", 0.3, "has several figures"),
        ("won_revenue.median", 5, "has no median"),
        ("win_rate", 30, r"lies between 0 and 1 \(0.35 is 35 %\), not 30. In a file write 35 % or 0.35"),
    ],
)
def test_a_goal_of_a_file_that_no_figure_can_be_held_to_is_set_aside_with_the_reason(opened, name, value, said):
    goals = [{"metric": name, "starts_on": "2024-01-01", "ends_on": "2024-03-31", "value": value},
             {"metric": "average_deal_size.median", "starts_on": None, "ends_on": None, "value": 5}]  # fmt: skip
    deal = {"opportunity_id": "d", "account_id": "a", "stage": "Won", "opened_on": "2024-01-01",
            "closed_on": "2024-02-01"}  # fmt: skip
    firm = opened(stages={"Won": "won"}, accounts=[{"account_id": "a"}], opportunities=[deal], goals=goals)
    problems = dict(known_goals(firm)[["metric", "problem"]].itertuples(index=False))
    assert problems["average_deal_size.median"] == ""
    assert re.search(said, problems[name])
    with pytest.raises(QuestionError, match=said):
        read_goal(firm, name, value)
    if name == "win_rate":
        answer = measure(firm, "win_rate", Scope(start=D("2024-01-01"), end=D("2024-03-31")))
        assert held_to_goal(firm, answer) is None
