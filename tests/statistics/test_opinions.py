"""Intervals of opinions: known values, limits, and how often they hold the truth."""

import numpy as np
import pytest

from metrics.statistics.intervals import newcombe, wilson
from metrics.statistics.opinions import change_interval, mean_interval, net_interval


def ends(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval as what it is: the rates x for which (share − x)² = z² x (1 − x) ÷ n."""
    square = 1.959963984540054**2 / n
    low, high = sorted(np.roots([1 + square, -2 * share - square, share**2]))
    return float(low), float(high)


def test_shares_of_one_whole_by_hand():
    """14 and 5 of 41: Newcombe's paired interval with φ = −√(p q ÷ ((1 − p)(1 − q))), as shares of one whole have."""
    p, q = 14 / 41, 5 / 41
    phi = -np.sqrt(p * q / ((1 - p) * (1 - q)))
    (lp, up), (lq, uq) = ends(p, 41), ends(q, 41)
    below = np.sqrt((p - lp) ** 2 - 2 * phi * (p - lp) * (uq - q) + (uq - q) ** 2)
    above = np.sqrt((up - p) ** 2 - 2 * phi * (up - p) * (q - lq) + (q - lq) ** 2)
    low, high = net_interval(14, 5, 41)
    assert (float(low), float(high)) == pytest.approx((p - q - below, p - q + above))


def test_limits_and_symmetry():
    low, high = net_interval([0, 10, 5, 0], [0, 0, 5, 0], [10, 10, 10, 0])
    assert low[0] == pytest.approx(-high[0])
    assert high[1] == pytest.approx(1.0)
    assert 0 < low[1] < 1
    assert low[2] == pytest.approx(-high[2])
    assert np.isnan(low[3])
    assert np.isnan(high[3])
    mirrored = net_interval([3], [7], [20])
    turned = net_interval([7], [3], [20])
    assert mirrored[0] == pytest.approx(-turned[1])


def test_they_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    drawn = rng.multinomial(40, [0.45, 0.2, 0.35], size=4000)
    low, high = net_interval(drawn[:, 0], drawn[:, 1], 40)
    assert 0.93 < np.mean((low <= 0.25) & (high >= 0.25)) < 0.975
    scores = rng.integers(1, 6, size=(4000, 25)) / 4 - 0.25
    low, high = mean_interval(scores.mean(axis=1), scores.std(axis=1, ddof=1), 25)
    assert 0.93 < np.mean((low <= 0.5) & (high >= 0.5)) < 0.97


def test_a_mean_of_few_has_no_interval_and_none_leaves_the_scale():
    low, high = mean_interval([0.9, 0.98, 0.5], [0.2, 0.05, 0.0], [5, 8, 9])
    assert np.isnan(low[0])
    assert high[1] == 1.0
    assert (low[2], high[2]) == (0.5, 0.5)


def test_a_change_of_rates_has_newcombes_interval():
    (low1, low2), (high1, high2) = wilson([12, 30], [40, 60])
    one, other = ((np.array(v), np.array(lo), np.array(hi)) for v, lo, hi in ((0.3, low1, high1), (0.5, low2, high2)))
    low, high = change_interval(one, other)
    assert (float(low), float(high)) == pytest.approx(newcombe(30, 60, 12, 40))
