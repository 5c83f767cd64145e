"""How steady, and how much money a day: velocity_predictability and sales_velocity, by hand and a second time."""

from datetime import date, timedelta
from statistics import mean, stdev

import numpy as np
import pytest
from random_companies import AS_OF, OPEN

from metrics import QuestionError, Scope, list_rows, measure
from metrics.statistics.bootstrap import DRAWS, SEED

STAGES = {"Demo": "open", "Offer": "open", "Won": "won", "Lost": "lost"}
FIRST = date(2024, 1, 1)


def deal(name, stage, opened=FIRST, days=None, **more):
    closed = opened + timedelta(days=days) if days is not None and opened else None
    return {"opportunity_id": name, "stage": stage, "opened_on": opened, "closed_on": closed, "currency": "EUR", **more}


def only(answer):
    (row,) = answer.rows()
    return row


def by_stage(answer):
    return {row["stage"]: row for row in answer.rows()}


def test_predictability_by_hand(opened):
    """
    Eight deals won after 10, 20, … 80 days: p25 27.5, median 45, p75 62.5, so 35 ÷ 45; sd √600, mean 45.
    Each was in Demo for half of that: 5, 10, … 40 days; five of the eight within 25 days.
    Offer: seven visits only (the eighth deal skipped it), so nothing is said of their spread.
    A deal won on the day before it opened, and one lost after a day, are not among the eight.
    """
    deals = [deal(f"d{n}", "Won", days=10 * n) for n in range(1, 9)]
    deals += [deal("x", "Won", days=-1), deal("y", "Lost", days=1)]
    entered = []
    for n in range(1, 9):
        half, whole = FIRST + timedelta(days=5 * n), FIRST + timedelta(days=10 * n)
        entered += [(f"d{n}", "Demo", str(FIRST)), (f"d{n}", "Offer" if n < 8 else "Won", str(half))]
        entered += [(f"d{n}", "Won", str(whole))] if n < 8 else []
    snapshot = opened(
        stages=STAGES, as_of="2024-06-30", opportunities=deals, entered=entered,
        settings={"service_levels": "Demo=25, All=60"},
    )  # fmt: skip
    answer = measure(snapshot, "velocity_predictability")
    rows = by_stage(answer)
    assert list(rows) == ["All", "Demo", "Offer"]
    whole = rows["All"]
    assert (whole["value"], whole["n"], whole["median_days"]) == (pytest.approx(35 / 45), 8, 45)
    assert whole["cv"] == pytest.approx(600**0.5 / 45)
    assert (whole["within_service_level"], whole["service_level"]) == (6 / 8, 60)
    assert rows["Demo"]["value"] == pytest.approx(35 / 45)
    assert rows["Demo"]["within_service_level"] == 5 / 8
    assert (rows["Offer"]["value"], rows["Offer"]["cv"], rows["Offer"]["n"]) == (None, None, 7)
    assert rows["Offer"]["within_service_level"] is None
    assert dict(answer.excluded) == {"negative duration": 1}
    assert len(list_rows(snapshot, "velocity_predictability", where={"stage": "Demo"})) == 8


def test_a_median_of_no_days_has_no_spread(opened):
    snapshot = opened(stages=STAGES, opportunities=[deal(f"d{n}", "Won", days=n // 7) for n in range(9)])
    row = by_stage(measure(snapshot, "velocity_predictability"))["All"]
    assert (row["value"], row["n"], row["median_days"]) == (None, 9, 0)
    assert row["cv"] > 0


def test_without_history_only_opened_to_won_is_known(opened):
    answer = measure(opened(stages=STAGES, opportunities=[deal("d", "Won", days=3)]), "velocity_predictability")
    assert list(by_stage(answer)) == ["All"]
    assert any("No stage history" in warning for warning in answer.warnings)


def test_a_stage_of_two_pipelines_is_pooled_with_a_warning(opened):
    deals = [deal("a", "Won", days=4, pipeline="New"), deal("b", "Won", days=4, pipeline="Old")]
    entered = [("a", "Demo", "2024-01-01", "New"), ("a", "Won", "2024-01-03", "New"),
               ("b", "Demo", "2024-01-01", "Old"), ("b", "Won", "2024-01-04", "Old")]  # fmt: skip
    snapshot = opened(stages=STAGES, opportunities=deals, entered=entered)
    answer = measure(snapshot, "velocity_predictability")
    assert by_stage(answer)["Demo"]["n"] == 2
    assert any("1 stages are in several pipelines" in warning for warning in answer.warnings)
    one = measure(snapshot, "velocity_predictability", Scope(filters=(("pipeline", ("New",)),)))
    assert by_stage(one)["Demo"]["n"] == 1


def test_a_period_takes_the_deals_closed_and_the_visits_left_in_it(opened):
    deals = [deal("a", "Won", days=40), deal("b", "Won", days=10)]
    entered = [("a", "Demo", "2024-01-01"), ("a", "Offer", "2024-01-05"), ("a", "Won", "2024-02-10"),
               ("b", "Demo", "2024-01-01"), ("b", "Won", "2024-01-11")]  # fmt: skip
    snapshot = opened(stages=STAGES, opportunities=deals, entered=entered)
    rows = by_stage(measure(snapshot, "velocity_predictability", Scope(start=FIRST, end=date(2024, 1, 31))))
    assert {stage: row["n"] for stage, row in rows.items()} == {"All": 1, "Demo": 2}


Q1 = Scope(start=date(2024, 1, 1), end=date(2024, 3, 31))


@pytest.mark.parametrize("scope", [Scope(), Q1, Scope(by="owner")], ids=["all", "quarter", "owner"])
def test_predictability_a_second_time(drawn, scope):
    snapshot, deals = drawn
    level = 12
    rows = measure(snapshot, "velocity_predictability", scope, {"service_levels": f"Qualify={level}"}).rows()
    found = {(row["segment"], row["stage"]): row for row in rows}
    expected = {}
    for d in deals:
        segment = d.owner if scope.by else "All"
        if d.outcome == "won" and d.days is not None and inside(d.closed, scope):
            expected.setdefault((segment, "All"), []).append(d.days)
        for visit in d.visits:
            if (
                visit.days is not None
                and visit.days >= 0
                and visit.left.date() <= AS_OF
                and inside(visit.left.date(), scope)
            ):
                expected.setdefault((segment, visit.stage), []).append(visit.days)
    assert {key: row["n"] for key, row in found.items()} == {key: len(days) for key, days in expected.items()}
    for key, days in expected.items():
        low, middle, high = np.quantile(days, [0.25, 0.5, 0.75])
        known = len(days) >= 8
        assert found[key]["value"] == (pytest.approx((high - low) / middle) if known and middle else None)
        assert found[key]["cv"] == (pytest.approx(stdev(days) / mean(days)) if known and mean(days) else None)
        if key[1] == OPEN[0]:
            kept = mean(d <= level for d in days)
            assert found[key]["within_service_level"] == (pytest.approx(kept) if known else None)


def inside(day, scope):
    return scope.start is None or scope.start <= day <= scope.end


def test_sales_velocity_by_hand(opened):
    """As-of 30 June 2024; the 365 days to it begin on 1 July 2023.

    | deal | opened    | ends          | amount | counts as                              |
    |------|-----------|---------------|--------|----------------------------------------|
    | a, b | 1 January | open          | –      | two open deals                         |
    | c    | 1 January | won, 20 days  | 1,000  | won; size 1,000; 20 days               |
    | d    | 1 January | won, 40 days  | 3,000  | won; size 3,000; 40 days               |
    | e    | 1 January | won, 60 days  | –      | won; 60 days; no size                  |
    | f    | 1 January | lost, 5 days  | 9,000  | lost                                   |
    | g    | 1 June 23 | won, 29 days  | 9,000  | closed on 30 June 2023: too long ago   |
    | h    | 1 July    | open          | –      | not opened yet                         |

    2 × ¾ × 2,000 ÷ 40 = 75 a day
    """
    snapshot = opened(stages=STAGES, as_of="2024-06-30", opportunities=[
        deal("a", "Demo"), deal("b", "Offer", amount=7), deal("c", "Won", days=20, amount=1000),
        deal("d", "Won", days=40, amount=3000), deal("e", "Won", days=60), deal("f", "Lost", days=5, amount=9000),
        deal("g", "Won", date(2023, 6, 1), 29, amount=9000), deal("h", "Demo", date(2024, 7, 1)),
    ])  # fmt: skip
    answer = measure(snapshot, "sales_velocity")
    row = only(answer)
    assert (row["value"], row["n"], row["deals"]) == (pytest.approx(75), 2, 2)
    assert (row["win_rate"], row["deal_size"], row["days"]) == (0.75, 2000, 40)
    assert dict(answer.excluded) == {"won, no amount": 1, "opened after as-of": 1}
    assert sorted(list_rows(snapshot, "sales_velocity")["opportunity_id"]) == ["a", "b"]
    june = only(measure(snapshot, "sales_velocity", Scope(start=date(2023, 6, 30), end=date(2023, 6, 30))))
    assert (june["deals"], june["win_rate"], june["days"]) == (2, 1, 29)
    with pytest.raises(QuestionError, match="as-of day"):
        measure(snapshot, "sales_velocity", Scope(grain="month"))


def test_without_wins_there_is_no_pace(opened):
    snapshot = opened(stages=STAGES, opportunities=[deal("a", "Demo"), deal("b", "Lost", days=3, amount=5)])
    row = only(measure(snapshot, "sales_velocity"))
    assert (row["value"], row["deals"], row["win_rate"], row["deal_size"], row["days"]) == (None, 1, 0, None, None)


def test_deals_won_on_the_day_of_their_opening_have_no_pace(opened):
    snapshot = opened(stages=STAGES, opportunities=[deal("a", "Demo"), deal("b", "Won", days=0, amount=5)])
    row = only(measure(snapshot, "sales_velocity"))
    assert (row["value"], row["days"]) == (None, 0)


def test_deals_of_an_import_have_no_days(opened):
    """All thirty were created within 48 hours: nothing says how long they took."""
    deals = [deal(f"d{n}", "Won" if n else "Demo", days=9 if n else None, amount=5) for n in range(30)]
    answer = measure(opened(stages=STAGES, opportunities=deals), "sales_velocity")
    row = only(answer)
    assert (row["value"], row["days"], row["win_rate"]) == (None, None, 1)
    assert dict(answer.excluded)["won, bulk load"] == 29


@pytest.mark.parametrize("scope", [Scope(), Q1, Scope(by="owner"), Scope(by="industry")])
def test_sales_velocity_a_second_time(drawn, scope):
    snapshot, deals = drawn
    start, end = scope.start or AS_OF - timedelta(days=364), scope.end or AS_OF
    found = {row["segment"]: row for row in measure(snapshot, "sales_velocity", scope).rows()}
    for segment in {getattr(d, scope.by) if scope.by else "All" for d in deals}:
        own = [d for d in deals if not scope.by or getattr(d, scope.by) == segment]
        recent = [d for d in own if d.closed and start <= d.closed <= end]
        won = [d for d in recent if d.outcome == "won"]
        lost = [d for d in recent if d.outcome == "lost"]
        sizes = [d.value for d in won if d.value is not None]
        days = [d.days for d in won if d.days is not None]
        n = sum(d.outcome == "open" for d in own)
        row = found[segment]
        assert (row["n"], row["deals"]) == (n, n)
        assert row["win_rate"] == (pytest.approx(len(won) / len(won + lost)) if won + lost else None)
        assert row["deal_size"] == (pytest.approx(mean(sizes)) if sizes else None)
        assert row["days"] == (pytest.approx(mean(days)) if days else None)
        known = sizes and days and mean(days)
        pace = n * len(won) / len(won + lost) * mean(sizes) / mean(days) if known else None
        assert row["value"] == (pytest.approx(pace) if known else None)


TWO = [{"account_id": f"{industry}{n}", "name": f"{industry} {n}", "industry": industry}
       for industry in ("Air", "Rail") for n in range(1, 9)]  # fmt: skip
BY_INDUSTRY = Scope(by="industry")


def drawn_again(air, rail, statistic):
    """The 95 % interval of statistic(air) − statistic(rail), account by account, each a list of its deals."""
    rng, found = np.random.default_rng(SEED), []
    for side in (air, rail):
        chosen = rng.integers(0, len(side), size=(DRAWS, len(side)), dtype=np.int32)
        found.append(np.array([statistic([one for at in draw for one in side[at]]) for draw in chosen]))
    return pytest.approx(tuple(np.quantile(found[0] - found[1], [0.025, 0.975])))


def test_two_sides_of_predictability(opened):
    """
    Air: won after 10, 20, … 80 days, (62.5 − 27.5) ÷ 45; Rail: after 41, 42, … 48, (46.25 − 42.75) ÷ 44.5.
    Rail is steadier: 35 ÷ 45 − 3.5 ÷ 44.5. An account has one deal, so each draw is of eight deals.
    """
    days = {"Air": [10 * n for n in range(1, 9)], "Rail": [40 + n for n in range(1, 9)]}
    deals = [deal(f"{industry}-{n}", "Won", days=took, account_id=f"{industry}{n}")
             for industry, all_days in days.items() for n, took in enumerate(all_days, start=1)]  # fmt: skip
    snapshot = opened(stages=STAGES, as_of="2024-06-30", accounts=TWO, opportunities=deals)
    (found,) = measure(snapshot, "velocity_predictability", BY_INDUSTRY).comparison
    assert (found.segments, found.keys) == (("Air", "Rail"), {"stage": "All"})
    assert found.values == (pytest.approx(35 / 45), pytest.approx(3.5 / 44.5))
    assert found.verdict == "worse"
    assert "Rail is better by" in found.sentence

    def steadiness(took):
        low, middle, high = np.quantile(took, [0.25, 0.5, 0.75])
        return (high - low) / middle

    one_a_deal = [[[took] for took in days[industry]] for industry in ("Air", "Rail")]
    assert (found.low, found.high) == drawn_again(*one_a_deal, steadiness)


def test_seven_durations_are_too_few_to_say(opened):
    deals = [deal(f"{one['account_id']}", "Won", days=20 + n, account_id=one["account_id"])
             for n, one in enumerate(TWO[:-1])]  # fmt: skip
    snapshot = opened(stages=STAGES, as_of="2024-06-30", accounts=TWO, opportunities=deals)
    (found,) = measure(snapshot, "velocity_predictability", BY_INDUSTRY).comparison
    assert (found.difference, found.low, found.verdict) == (None, None, "too few to say")


def paces(wins):
    """Eight accounts a side, each with an open deal; `wins` of Air's and all of Rail's also won one, and all lost one.

    Air: wins of 1,000 after 10 days; Rail: of 100 + n after 40 + n. Opened on different days, so that it is no import.
    """
    deals = []
    for place, one in enumerate(TWO):
        account, number, first = one["account_id"], int(one["account_id"][-1]), FIRST + timedelta(days=4 * place)
        deals.append(deal(f"{account}-open", "Demo", first, account_id=account))
        deals.append(deal(f"{account}-lost", "Lost", first, 5, account_id=account))
        if one["industry"] == "Rail":
            deals.append(deal(f"{account}-won", "Won", first, 40 + number, amount=100 + number, account_id=account))
        elif number <= wins:
            deals.append(deal(f"{account}-won", "Won", first, 10, amount=1000, account_id=account))
    return deals


def test_two_sides_of_sales_velocity(opened):
    """
    Air: 8 open × ½ × 1,000 ÷ 10 = 400 a day; Rail: 8 × ½ × 104.5 ÷ 44.5 = 9.39… Each draw takes eight accounts of a
    side with all their deals. Air's are all alike: 400 in every draw.
    """
    snapshot = opened(stages=STAGES, as_of="2024-06-30", accounts=TWO, opportunities=paces(8))
    (found,) = measure(snapshot, "sales_velocity", BY_INDUSTRY).comparison
    assert found.values == (pytest.approx(400), pytest.approx(8 / 2 * 104.5 / 44.5))
    assert found.lift == pytest.approx((400 - found.values[1]) / found.values[1])
    assert found.verdict == "better"
    air = [[(1000, 10)]] * 8
    rail = [[(100 + n, 40 + n)] for n in range(1, 9)]
    expected = drawn_again(
        air, rail, lambda wins: 8 / 2 * np.mean([w[0] for w in wins]) / np.mean([w[1] for w in wins])
    )
    assert (found.low, found.high) == expected


def test_a_pace_that_rests_on_four_wins_is_too_little_to_say(opened):
    snapshot = opened(stages=STAGES, as_of="2024-06-30", accounts=TWO, opportunities=paces(4))
    (found,) = measure(snapshot, "sales_velocity", BY_INDUSTRY).comparison
    assert (found.verdict, found.low) == ("too few to say", None)
    assert found.difference == pytest.approx(8 * 4 / 12 * 100 - 8 / 2 * 104.5 / 44.5)
    unpriced = ("Air1-won", "Air2-won", "Air3-won", "Air4-won")
    without_amounts = [d | {"amount": None} if d["opportunity_id"] in unpriced else d for d in paces(8)]
    snapshot = opened(stages=STAGES, as_of="2024-06-30", accounts=TWO, opportunities=without_amounts)
    (found,) = measure(snapshot, "sales_velocity", BY_INDUSTRY).comparison
    assert (found.verdict, found.low) == ("too few to say", None)
