"""Spearman's correlation against scipy, and its interval against how often it holds the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from metrics.statistics.correlation import ranks, spearman

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=4, max_size=40)


@given(st.lists(st.integers(-5, 5), min_size=1))
def test_ranks_are_those_of_scipy(values):
    assert ranks(values) == pytest.approx(rankdata(values))


@given(PAIRS)
@settings(deadline=None)
def test_rho_is_that_of_scipy(pairs):
    one, other = zip(*pairs, strict=True)
    rho, low, high = spearman(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert np.isnan([rho, low, high]).all()
        return
    assert rho == pytest.approx(spearmanr(one, other).statistic)
    assert np.isnan(low) or low <= rho <= high


def test_the_interval_by_hand():
    """Ranks 1 … 5 against 2, 1, 4, 3, 5: Σd² = 4, ρ = 1 − 24/120 = 0.8; z = 1.0986 ± 1.96 · √(1.32 / 2)."""
    rho, low, high = spearman([1, 2, 3, 4, 5], [20, 10, 40, 30, 50])
    half = 1.959963984540054 * (1.32 / 2) ** 0.5
    assert rho == pytest.approx(0.8)
    assert (low, high) == pytest.approx((np.tanh(np.log(3) - half), np.tanh(np.log(3) + half)))


def test_too_few_or_perfect_pairs_have_no_interval():
    assert np.isnan(spearman([1, 2, 3], [3, 2, 1])).all()
    rho, low, high = spearman([1, 2, 3, 4], [8, 6, 4, 2])
    assert rho == -1
    assert np.isnan([low, high]).all()


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Of normal pairs with correlation 0.5 the rank correlation is 6/π · asin(0.25) = 0.4826."""
    rng, truth, held = np.random.default_rng(7), 6 / np.pi * np.arcsin(0.25), 0
    for _ in range(400):
        x = rng.standard_normal(40)
        _, low, high = spearman(x, 0.5 * x + np.sqrt(0.75) * rng.standard_normal(40))
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.98
