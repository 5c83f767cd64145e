"""Pipeline coverage: open amount expected in a period against what is left of its goal."""

from datetime import date, timedelta

import pytest
from random_companies import AS_OF, random_company, read

from metrics import Scope, measure

D = date.fromisoformat
QUARTER = Scope(start=D("2024-04-01"), end=D("2024-06-30"))


def deal(number, account, stage, closes, amount=None, **more):
    return {"opportunity_id": f"d{number}", "account_id": account, "stage": stage, "opened_on": "2024-01-01",
            "closed_on": closes, "amount": amount, "currency": "EUR", **more}  # fmt: skip


def goal(starts, ends, value, dimension=None, segment=None, metric="won_revenue"):
    return {"metric": metric, "starts_on": starts, "ends_on": ends, "value": value, "dimension": dimension,
            "segment": segment}  # fmt: skip


GOALS = [
    goal("2024-04-01", "2024-06-30", 1000), goal("2024-01-01", "2024-03-31", 50),
    goal("2024-04-01", "2024-06-30", 300, "industry", "Air"),
    goal("2024-04-01", "2024-06-30", 0.5, metric="win_rate"),
]  # fmt: skip


@pytest.fixture
def firm(opened):
    """As of 15 May 2024.

    account         won                      expected (open)
    a0 Rail         200 on 30 April          300 on 30 June, 100 on 1 April (late), 70 on 1 July
    a1 Air          60 on 31 March           400 on 1 June, one without an amount on 2 June, 80 without a day
    """
    return opened(
        stages={"Open": "open", "Won": "won", "Lost": "lost"}, as_of="2024-05-15",
        accounts=[{"account_id": "a0", "industry": "Rail"}, {"account_id": "a1", "industry": "Air"}],
        opportunities=[
            deal(1, "a0", "Won", "2024-04-30", 200), deal(2, "a0", "Open", "2024-06-30", 300),
            deal(3, "a0", "Open", "2024-04-01", 100), deal(4, "a0", "Open", "2024-07-01", 70),
            deal(5, "a1", "Won", "2024-03-31", 60), deal(6, "a1", "Open", "2024-06-01", 400),
            deal(7, "a1", "Open", "2024-06-02"), deal(8, "a1", "Open", None, 80),
            deal(9, "a1", "Lost", "2024-06-02", 900),
        ],
        goals=GOALS,
    )  # fmt: skip


def row(answer):
    (only,) = answer.rows()
    return only


def test_by_hand(firm):
    """300 + 100 + 400 expected; of the goal of 1,000 200 are won: 800 ÷ 800."""
    answer = measure(firm, "pipeline_coverage", QUARTER)
    found = row(answer)
    assert (found["expected"], found["goal"], found["won"]) == (800, 1000, 200)
    assert (found["value"], found["n"], found["deals"]) == (1.0, 3, 4)
    assert dict(answer.excluded) == {"no amount": 1, "no expected closing": 1}


def test_a_segment_has_the_goal_of_its_own(firm):
    """Air: 400 expected, nothing won in the quarter, a goal of 300. Rail has no goal."""
    found = {r["segment"]: r for r in measure(firm, "pipeline_coverage", Scope(
        start=QUARTER.start, end=QUARTER.end, by="industry")).rows()}  # fmt: skip
    assert (found["Air"]["expected"], found["Air"]["goal"], found["Air"]["won"]) == (400, 300, None)
    assert found["Air"]["value"] == pytest.approx(4 / 3)
    assert (found["Rail"]["expected"], found["Rail"]["goal"], found["Rail"]["value"]) == (400, None, None)
    air = Scope(start=QUARTER.start, end=QUARTER.end, filters=(("industry", ("Air",)),))
    assert row(measure(firm, "pipeline_coverage", air))["value"] == pytest.approx(4 / 3)


def test_a_goal_that_is_reached_has_nothing_left_to_cover(firm):
    answer = measure(firm, "pipeline_coverage", Scope(start=D("2024-01-01"), end=D("2024-03-31")))
    assert (row(answer)["goal"], row(answer)["won"], row(answer)["value"]) == (50, 60, None)
    assert any("goal is reached" in said for said in answer.warnings)


def test_goals_of_quarters_make_up_the_half_year(firm):
    found = row(measure(firm, "pipeline_coverage", Scope(start=D("2024-01-01"), end=D("2024-06-30"))))
    assert (found["goal"], found["won"], found["expected"]) == (1050, 260, 800)
    assert found["value"] == pytest.approx(800 / 790)


def test_a_row_a_quarter(firm):
    quarters = Scope(start=D("2024-01-01"), end=D("2024-06-30"), grain="quarter")
    found = {
        r["period"]: (r["expected"], r["goal"], r["value"]) for r in measure(firm, "pipeline_coverage", quarters).rows()
    }
    assert found == {"2024-Q1": (None, 50, None), "2024-Q2": (800, 1000, 1.0)}


def test_without_a_goal_it_is_not_known_and_says_so(firm):
    for scope in (Scope(), Scope(start=D("2024-07-01"), end=D("2024-09-30"))):
        answer = measure(firm, "pipeline_coverage", scope)
        assert row(answer)["value"] is None
        assert row(answer)["expected"] is not None
        assert any("no goal" in said for said in answer.warnings)


def test_a_part_that_no_goal_can_name_is_not_known(firm):
    narrowed = Scope(start=QUARTER.start, end=QUARTER.end, filters=(("industry", ("Air", "Rail")),))
    answer = measure(firm, "pipeline_coverage", narrowed)
    assert (row(answer)["goal"], row(answer)["value"]) == (None, None)
    assert any("one segment" in said for said in answer.warnings)


def test_nothing_expected_covers_nothing(opened):
    snapshot = opened(
        stages={"Open": "open", "Won": "won"}, as_of="2024-05-15", goals=GOALS[:1],
        accounts=[{"account_id": "a0"}], opportunities=[deal(1, "a0", "Won", "2024-04-30", 200)],
    )  # fmt: skip
    found = row(measure(snapshot, "pipeline_coverage", QUARTER))
    assert (found["value"], found["expected"], found["n"]) == (0, None, 0)


@pytest.mark.parametrize("seed", [5, 12, 31])
def test_a_second_answer(opened, seed):
    """From the rows of a company drawn at random, in plain Python: the month around the as-of day, by industry."""
    rows = random_company(seed)
    start, end = AS_OF - timedelta(days=30), AS_OF + timedelta(days=30)
    goals = [goal(str(start), str(end), 90_000), goal(str(start), str(end), 40_000, "industry", "Rail")]
    snapshot = opened(**rows, goals=goals)
    industry = {a["account_id"]: a["industry"] for a in rows["accounts"]}
    deals = [d for d in read(rows) if d.opened is None or d.outcome != "open" or d.opened <= AS_OF]
    for by, whose, target in ((None, None, 90_000), ("industry", "Rail", 40_000)):
        own = [d for d in deals if whose is None or industry.get(d.account) == whose]
        due = [d for d in own if d.outcome == "open" and d.expected and start <= d.expected <= end]
        won = [d for d in own if d.outcome == "won" and d.closed and start <= d.closed <= end]
        expected = sum(d.value for d in due if d.value is not None)
        had = sum(d.value for d in won if d.value is not None)
        answer = measure(snapshot, "pipeline_coverage", Scope(start=start, end=end, by=by))
        found = next(r for r in answer.rows() if r["segment"] == (whose or "All"))
        assert found["value"] == pytest.approx(expected / (target - had))
        assert found["n"] == sum(d.value is not None for d in due)
