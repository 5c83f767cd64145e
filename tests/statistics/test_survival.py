"""Survival against statsmodels, and cumulative incidence against a count by hand."""

from fractions import Fraction
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from metrics.statistics.survival import LifeTable, logrank

FOLLOWED = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["won", "lost", "open"])), min_size=1, max_size=60)


def table(rows):
    """The life table of (days, end) pairs."""
    time = [t for t, _ in rows]
    return LifeTable.of(
        time, [end != "open" for _, end in rows], [end == "won" for _, end in rows], [end == "open" for _, end in rows]
    )


@given(FOLLOWED)
@settings(deadline=None)
def test_the_curve_is_that_of_statsmodels(rows):
    if all(end == "open" for _, end in rows):
        assert table(rows).median() is None
        return
    theirs = SurvfuncRight(np.array([t for t, _ in rows], float), np.array([end != "open" for _, end in rows], float))
    ours = table(rows)
    ended = ours.ended > 0
    assert ours.time[ended] == pytest.approx(theirs.surv_times)
    assert ours.survival[ended] == pytest.approx(theirs.surv_prob, abs=1e-12)
    assert ours.at_risk[ended] == pytest.approx(theirs.n_risk)
    below = theirs.surv_times[theirs.surv_prob <= 0.5 + 1e-9]
    assert ours.median() == (below[0] if len(below) else None)


def test_the_median_of_the_published_example():
    """Freireich's leukaemia patients on 6-MP (Kaplan–Meier's textbook case): S(6) = .857, S(22) = .538, median 23."""
    remission = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    ours = table([(t, "won") for t in remission] + [(t, "open") for t in censored])
    at = dict(zip(ours.time, ours.survival, strict=True))
    assert at[6] == pytest.approx(0.857, abs=5e-4)
    assert at[22] == pytest.approx(0.538, abs=5e-4)
    assert ours.median() == 23


def test_a_curve_that_stays_above_one_half_has_no_median():
    assert table([(5, "won"), (9, "open"), (9, "open")]).median() is None


def test_exactly_one_half_is_reached():
    assert table([(5, "won"), (9, "open")]).median() == 5


def test_one_half_is_one_half_though_its_product_is_a_little_more():
    """24 deals close one a day: after day 12, 23/24 · 22/23 · … · 12/13 is ½, in binary numbers a little above it."""
    ours = table([(day, "won") for day in range(1, 25)])
    assert prod(1 - Fraction(1, left) for left in range(24, 12, -1)) == Fraction(1, 2)
    assert 0.5 < ours.survival[11] < 0.5 + 1e-12
    assert ours.median() == 12


def test_lost_deals_compete_with_won_ones():
    """Ten deals: 2 lost on day 10, 4 won on day 20, 1 open at day 25, 2 won on day 40, 1 lost on day 50.

    By 30: 4/10 = .4 (the lost ones can no longer be won). By 45: S(25) = .4, of the 3 at risk 2 won: .4 + .4 · 2/3.
    """
    ours = table(
        [(10, "lost")] * 2 + [(20, "won")] * 4 + [(25, "open")] + [(40, "won")] * 2 + [(50, "lost")]
    )  # fmt: skip
    assert ours.won_by(30) == pytest.approx(0.4)
    assert ours.won_by(45) == pytest.approx(0.4 + 0.4 * 2 / 3)


def test_nobody_followed_that_long_is_undefined():
    ours = table([(10, "won"), (20, "open")])
    assert ours.won_by(20) == pytest.approx(0.5)
    assert ours.won_by(21) is None


@given(FOLLOWED)
@settings(deadline=None)
def test_won_and_lost_and_open_are_all(rows):
    """Without censoring, the share won by the end is the plain share."""
    closed = [(t, end if end != "open" else "lost") for t, end in rows]
    ours = table(closed)
    assert ours.won_by(float(max(t for t, _ in rows))) == pytest.approx(np.mean([end == "won" for _, end in closed]))


def test_the_band_is_on_the_log_log_scale():
    """S = .5 with Greenwood's variance at n = 4: .5^exp(±1.96 · √.5 / |ln .5|), √(1/(4·3) + 1/(3·2)) = .5."""
    ours = table([(1, "won"), (2, "won"), (3, "open"), (4, "open")])
    low, high = ours.band()
    spread = 1.959963984540054 * 0.5 / np.log(2)
    assert (low[1], high[1]) == pytest.approx((0.5 ** np.exp(spread), 0.5 ** np.exp(-spread)))


@given(FOLLOWED, FOLLOWED)
@settings(deadline=None)
def test_logrank_is_that_of_statsmodels(one, other):
    ended = np.array([end != "open" for _, end in one + other], float)
    group = np.array([0] * len(one) + [1] * len(other))
    time = np.array([t for t, _ in one + other], float)
    ours = logrank(table(one), table(other))
    if ours is None:
        return
    _, theirs = survdiff(time, ended, group)
    assert ours == pytest.approx(theirs, abs=1e-9)
