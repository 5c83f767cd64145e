"""Engagement against speed: who is compared, which touches count, and the survival of both halves."""

from datetime import date, datetime, timedelta
from random import Random

import numpy as np
import pytest
from company import company
from scipy.stats import spearmanr
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from metrics import Scope, list_rows, measure, open_snapshot
from metrics.statistics.bootstrap import DRAWS, SEED

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost", "Dropped": "no_decision"}
FIRST, AS_OF = date(2024, 1, 1), date(2024, 6, 30)
POINTS = {"web_visit": 1, "email_click": 1, "email_reply": 2, "content": 10, "webinar": 30, "meeting": 30}


def deal(name, account, days=None, stage="Won", opened=FIRST):
    closed = opened + timedelta(days=days) if days is not None and opened else None
    return {"opportunity_id": name, "account_id": account, "stage": "Demo" if days is None else stage,
            "opened_on": opened, "closed_on": closed, "amount": 1}  # fmt: skip


def touch(number, account, kind, day, **more):
    at = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    return {"activity_id": f"t{number}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
            "is_done": True, "occurred_at": at, **more}  # fmt: skip


def only(answer):
    (row,) = answer.rows()
    return row


BY_HAND = {
    "stages": STAGES, "as_of": "2024-06-30",
    "accounts": [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(1, 10)],
    "opportunities": [
        deal("d1", "a1", 40), deal("d2", "a2", 60), deal("d3", "a3", 50), deal("d4", "a4", 90), deal("d5", "a5", 70),
        deal("d6", "a6", 100, "Lost"), deal("d7", "a7"), deal("d8", "a8", 30),
        deal("d9", "a9", opened=date(2024, 6, 1)),
    ],
    "activities": [
        touch(1, "a1", "meeting", 0), touch(2, "a2", "webinar", 29), touch(3, "a2", "content", 30),
        touch(4, "a3", "content", 3), touch(5, "a4", "web_visit", 3), touch(6, "a4", "webinar", -1),
        touch(7, "a6", "content", 5), touch(8, "a6", "content", 6), touch(9, "a7", "email_reply", 7),
        touch(10, "a3", "content", 4), touch(11, "a3", "content", 5), touch(12, "a1", "web_visit", 2),
    ],
}  # fmt: skip


def test_by_hand(opened):
    """Landmark on the 30th day after the opening; as-of 182 days after 1 January.

    | deal | points before it          | then                    | half  |
    |------|---------------------------|-------------------------|-------|
    | d1   | meeting 30 + visit 1 = 31 | won after 10 more days  | upper |
    | d2   | webinar 30 (content late) | won after 30            | upper |
    | d3   | 3 × content = 30          | won after 20            | upper |
    | d4   | visit 1 (webinar before)  | won after 60            | lower |
    | d5   | none = 0                  | won after 40            | lower |
    | d6   | 2 × content = 20          | lost after 70           | lower |
    | d7   | reply 2                   | open, followed for 151  | lower |
    | d8   |                           | won on the landmark day: not compared   |
    | d9   |                           | open, 29 days old: not compared         |

    Won: ranks of points 5, 3½, 3½, 2, 1 against days 10, 30, 20, 60, 40: ranks 1, 3, 2, 5, 4.
    The middle of 31, 30, 30, 1, 0, 20, 2 points is 20, and d6 is not above it. Upper: ⅔, ⅓, 0 left after 10, 20, 30
    days, so 20; lower: ¾, ½ left after 40, 60, so 60.
    """
    snapshot = opened(**BY_HAND)
    answer = measure(snapshot, "engagement_acceleration")
    row = only(answer)
    assert row["value"] == pytest.approx(spearmanr([31, 30, 30, 1, 0], [10, 30, 20, 60, 40]).statistic)
    assert (row["n"], row["alive_n"], row["upper_n"], row["lower_n"]) == (5, 7, 3, 4)
    assert (row["upper_days"], row["lower_days"]) == (20, 60)
    _, p = survdiff(
        np.array([10, 30, 20, 60, 40, 70, 152]), np.array([1, 1, 1, 1, 1, 0, 0]), np.array([0, 0, 0, 1, 1, 1, 1])
    )
    assert row["p"] == pytest.approx(p)
    assert dict(answer.excluded) == {"closed by the landmark": 1, "not yet past the landmark": 1}
    listed = list_rows(snapshot, "engagement_acceleration")
    assert list(listed["opportunity_id"]) == ["d1", "d2", "d3", "d4", "d5"]
    assert listed["points_a_day"].to_list() == pytest.approx([31 / 30, 1, 1, 1 / 30, 0])
    assert len(list_rows(snapshot, "engagement_acceleration", where={"half": "upper"}, part="alive")) == 3


def test_touches_of_another_deal_and_planned_ones_do_not_count(opened):
    rows = BY_HAND | {"activities": [
        *BY_HAND["activities"], touch(20, "a5", "meeting", 3, opportunity_id="d1"),
        touch(21, "a5", "meeting", 3, is_done=False), touch(22, "a5", "email_sent", 3, direction="out"),
        touch(23, None, "meeting", 3, opportunity_id="d5"),
    ]}  # fmt: skip
    listed = list_rows(opened(**rows), "engagement_acceleration").set_index("opportunity_id")
    assert listed.loc["d5", "points_a_day"] == pytest.approx(1)
    assert listed.loc["d1", "points_a_day"] == pytest.approx(61 / 30)


def test_what_is_late_cannot_change_it(opened):
    """Touches from the landmark on are of no account, however many."""
    late = [touch(100 + n, f"a{1 + n % 7}", "meeting", 30 + n) for n in range(60)]
    before = only(measure(opened(**BY_HAND), "engagement_acceleration"))
    after = only(
        measure(opened(**BY_HAND | {"activities": [*BY_HAND["activities"], *late]}), "engagement_acceleration")
    )
    assert before == after


def test_few_deals_or_equal_engagement_say_nothing(opened):
    three = BY_HAND | {"opportunities": BY_HAND["opportunities"][:3]}
    row = only(measure(opened(**three), "engagement_acceleration"))
    assert (row["value"], row["low"], row["n"]) == (None, None, 3)
    equal = BY_HAND | {"activities": [touch(1, "a8", "form", 1)]}
    row = only(measure(opened(**equal), "engagement_acceleration"))
    assert (row["value"], row["p"], row["upper_days"], row["n"]) == (None, None, None, 5)


def test_a_period_takes_the_deals_opened_in_it(opened):
    later = Scope(start=date(2024, 1, 2))
    answer = measure(opened(**BY_HAND), "engagement_acceleration", later)
    assert (only(answer)["value"], only(answer)["n"]) == (None, 0)
    assert dict(answer.excluded) == {"not yet past the landmark": 1}


def test_other_points_and_another_landmark(opened):
    snapshot = opened(**BY_HAND)
    assert only(measure(snapshot, "engagement_acceleration", None, {"landmark_days": 31}))["n"] == 5
    listed = list_rows(snapshot, "engagement_acceleration", None, {"landmark_days": 60, "webinar_points": 6})
    assert dict(zip(listed["opportunity_id"], listed["points_a_day"], strict=True)) == {
        "d4": pytest.approx(1 / 60), "d5": 0,
    }  # fmt: skip


def drawn(seed):
    """(rows of a company, its deals as (segment, points, days, won) past the landmark)."""
    draw = Random(seed)
    accounts = [{"account_id": f"a{n}", "name": f"A{n}", "industry": draw.choice(["Rail", "Air"])} for n in range(60)]
    deals, touches, read = [], [], []
    for n, account in enumerate(accounts):
        opened = FIRST + timedelta(days=draw.randrange(120))
        days = draw.choice([None, *range(5, 100)])
        stage = draw.choice(["Won", "Won", "Won", "Lost", "Dropped"])
        deals.append(deal(f"d{n}", account["account_id"], days, stage, opened))
        points = 0
        for _ in range(draw.randrange(5)):
            kind, day = draw.choice(list(POINTS)), draw.randrange(-10, 45)
            offset = (opened - FIRST).days + day
            touches.append(touch(len(touches), account["account_id"], kind, offset))
            points += POINTS[kind] * (0 <= day < 30)
        until = opened + timedelta(days=days) if days is not None else AS_OF
        if until <= AS_OF and (until - opened).days > 30:
            read.append((account["industry"], points, (until - opened).days - 30, days is not None and stage == "Won"))
    rows = {"accounts": accounts, "opportunities": deals, "activities": touches, "stages": STAGES, "as_of": str(AS_OF)}
    return rows, read


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by", [None, "industry"])
def test_a_second_answer(seed, by):
    rows, read = drawn(seed)
    snapshot = open_snapshot(company(**rows))
    found = {row["segment"]: row for row in measure(snapshot, "engagement_acceleration", Scope(by=by)).rows()}
    for segment in {deal[0] if by else "All" for deal in read}:
        own = [deal for deal in read if not by or deal[0] == segment]
        won = [(points, days) for _, points, days, is_won in own if is_won]
        row = found[segment]
        assert (row["n"], row["alive_n"]) == (len(won), len(own))
        assert row["value"] == pytest.approx(spearmanr(*zip(*won, strict=True)).statistic)
        middle = np.median([points for _, points, *_ in own])
        upper = np.array([points > middle for _, points, *_ in own])
        time, ended = np.array([d for *_, d, _ in own], float), np.array([w for *_, w in own], float)
        assert row["p"] == pytest.approx(survdiff(time, ended, upper)[1])
        for half, chosen in (("upper", upper), ("lower", ~upper)):
            curve = SurvfuncRight(time[chosen], ended[chosen])
            below = curve.surv_times[curve.surv_prob <= 0.5 + 1e-9]
            assert row[f"{half}_days"] == (below[0] if len(below) else None)
            assert row[f"{half}_n"] == chosen.sum()
    snapshot.close()


def test_two_sides_have_the_difference_of_their_correlations():
    """Each account has one deal: a draw takes as many won deals as the side has, and ranks them anew."""
    rows, read = drawn(1)
    snapshot = open_snapshot(company(**rows))
    (found,) = measure(snapshot, "engagement_acceleration", Scope(by="industry")).comparison
    listed = list_rows(snapshot, "engagement_acceleration", Scope(by="industry")).sort_values("account_id")
    rng, draws = np.random.default_rng(SEED), []
    for side in ("Air", "Rail"):
        own = listed[listed["segment"] == side][["points_a_day", "measure"]].to_numpy()
        chosen = rng.integers(0, len(own), size=(DRAWS, len(own)), dtype=np.int32)
        draws.append(np.array([spearmanr(own[draw]).statistic for draw in chosen]))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(draws[0] - draws[1], [0.025, 0.975])))
    values = [spearmanr([p for i, p, _, w in read if w and i == side], [d for i, _, d, w in read if w and i == side])
              for side in ("Air", "Rail")]  # fmt: skip
    assert found.values == (pytest.approx(values[0].statistic), pytest.approx(values[1].statistic))
    assert found.lift is None, "a share of a correlation says nothing"
    assert found.verdict == "no clear difference"
    assert "better" not in found.sentence
    snapshot.close()
