"""Wilson, Newcombe and the median's interval against an independent implementation and published figures."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from metrics.statistics.intervals import median_rank, newcombe, wilson


@given(st.integers(0, 400), st.integers(1, 400))
def test_wilson_is_that_of_statsmodels(k, n):
    k = min(k, n)
    low, high = wilson([k], [n])
    assert (low[0], high[0]) == pytest.approx(proportion_confint(k, n, alpha=0.05, method="wilson"), abs=1e-12)


def test_wilson_of_none_is_undefined():
    low, high = wilson([0, 3], [0, 4])
    assert math.isnan(low[0])
    assert math.isnan(high[0])
    assert 0 < low[1] < 0.75 < high[1] < 1


@given(st.integers(1, 5000))
def test_wilson_ends_exactly_at_none_and_all(n):
    low, high = wilson([0, n], [n, n])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert 0 < low[1] < 1
    assert 0 < high[0] < 1


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_newcombe_is_that_of_statsmodels(k1, n1, k2, n2):
    k1, k2 = min(k1, n1), min(k2, n2)
    expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert newcombe(k1, n1, k2, n2) == pytest.approx(expected, abs=1e-9)


def test_newcombe_of_the_published_example():
    """Newcombe (1998), table II (a): 56/70 − 48/80, method 10: 0.0524 to 0.3339."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(("n", "rank"), [(5, None), (6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (50, 18), (100, 40)])
def test_the_rank_is_that_of_the_published_tables(n, rank):
    assert median_rank(n) == rank


@given(st.integers(6, 5000))
def test_the_rank_is_the_largest_that_keeps_95_percent(n):
    rank = median_rank(n)
    assert rank is not None
    assert binom.cdf(rank - 1, n, 0.5) <= 0.025 < binom.cdf(rank, n, 0.5)


@given(st.integers(6, 5000))
def test_both_ends_lie_where_the_metric_looks_for_them(n):
    """Only rows near n/2 ± 0.98 √n are fetched: both order statistics must be among them."""
    rank = median_rank(n)
    assert rank is not None
    assert abs(rank - n / 2 + 0.98 * math.sqrt(n)) < 4
    assert abs((n + 1 - rank) - n / 2 - 0.98 * math.sqrt(n)) < 4


def median_interval(values):
    """The values at the rank and at its mirror: what the rank is for. NaN where there is none."""
    ordered = np.sort(np.asarray(values, dtype=float))
    k = median_rank(len(ordered))
    return (float(ordered[k - 1]), float(ordered[-k])) if k else (math.nan, math.nan)


def test_the_interval_holds_the_median_and_not_less():
    values = np.random.default_rng(3).permutation(np.arange(1.0, 21.0))
    assert median_interval(values) == (6.0, 15.0)
    assert all(math.isnan(end) for end in median_interval([1, 2, 3, 4, 5]))


def test_the_interval_covers_the_true_median_19_times_in_20():
    rng = np.random.default_rng(11)
    held = sum(
        low <= math.log(2) <= high for low, high in (median_interval(rng.exponential(size=40)) for _ in range(2000))
    )
    assert 0.945 < held / 2000 < 0.985
