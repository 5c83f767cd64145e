"""The bootstrap of accounts: what is drawn, against plain Python and against theory."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from metrics.statistics.bootstrap import (
    DRAWS,
    SEED,
    _chosen,
    _draws,
    difference_interval,
    difference_intervals,
    product_interval,
    ratio_intervals,
)


def side(rng, accounts=40, shift=0.0):
    """(measure, weight, account) of one to six rows an account."""
    account = np.repeat(np.arange(accounts), rng.integers(1, 7, accounts))
    measure = rng.lognormal(3, 0.6, len(account)) + shift
    return measure, rng.integers(1, 5, len(account)).astype(float), account


PLAIN = {
    "sum": lambda measure, _: measure.sum(),
    "mean": lambda measure, _: measure.mean(),
    "median": lambda measure, _: np.median(measure),
    "ratio": lambda measure, weight: measure.sum() / weight.sum(),
    "iqr_ratio": lambda measure, _: np.subtract(*np.quantile(measure, [0.75, 0.25])) / np.median(measure),
    "correlation": lambda measure, weight: spearmanr(measure, weight).statistic,
}


@pytest.mark.parametrize("statistic", list(PLAIN))
def test_each_draw_is_the_statistic_of_the_rows_of_the_drawn_accounts(statistic):
    measure, weight, account = side(np.random.default_rng(1))
    ours = _draws(statistic, measure, weight, account, np.random.default_rng(9))
    chosen = np.concatenate(list(_chosen(40, np.random.default_rng(9))))
    assert len(ours) == len(chosen) == DRAWS
    for draw in range(0, DRAWS, 97):
        rows = np.concatenate([np.flatnonzero(account == drawn) for drawn in chosen[draw]])
        assert ours[draw] == pytest.approx(PLAIN[statistic](measure[rows], weight[rows]))


def test_the_median_of_every_draw_lies_among_the_rows_looked_at():
    """One account has most rows, all of them low: its draws move the median far."""
    measure = np.concatenate([np.arange(300.0), 1000 + np.arange(100.0)])
    account = np.array([0] * 300 + list(range(1, 101)))
    ours = _draws("median", measure, np.ones(400), account, np.random.default_rng(2))
    chosen = np.concatenate(list(_chosen(101, np.random.default_rng(2))))
    for draw in range(0, DRAWS, 41):
        rows = np.concatenate([np.flatnonzero(account == drawn) for drawn in chosen[draw]])
        assert ours[draw] == pytest.approx(np.median(measure[rows]))


@pytest.mark.parametrize("statistic", list(PLAIN))
def test_the_same_question_has_the_same_answer(statistic):
    one, other = side(np.random.default_rng(1)), side(np.random.default_rng(2))
    assert difference_interval(statistic, one, other) == difference_interval(statistic, one, other)


def test_the_names_and_order_of_accounts_do_not_matter_to_who_they_are():
    measure, weight, account = side(np.random.default_rng(1))
    named = np.array([f"account {number:03}" for number in account], dtype=object)
    assert difference_interval("mean", (measure, weight, account), (measure, weight, account)) == difference_interval(
        "mean", (measure, weight, named), (measure, weight, named)
    )


def test_the_interval_of_a_mean_is_about_that_of_the_normal_theory():
    """200 accounts of one row: ± 1.96 · √(s²/n + s²/n)."""
    rng = np.random.default_rng(4)
    one, other = rng.normal(10, 2, 200), rng.normal(8, 2, 200)
    low, high = difference_interval("mean", *((x, np.ones(200), np.arange(200)) for x in (one, other)))
    spread = 1.96 * np.sqrt(one.var() / 200 + other.var() / 200)
    assert low == pytest.approx(one.mean() - other.mean() - spread, abs=0.06)
    assert high == pytest.approx(one.mean() - other.mean() + spread, abs=0.06)


def test_many_deals_of_one_account_count_as_one_account():
    """The same 30 values, each ten times over in its account: no more certain than once."""
    rng = np.random.default_rng(5)
    values, rest = rng.normal(10, 2, 30), rng.normal(9, 2, 30)
    once = difference_interval("mean", *((x, np.ones(30), np.arange(30)) for x in (values, rest)))
    tenfold = difference_interval(
        "mean", *((np.repeat(x, 10), np.ones(300), np.repeat(np.arange(30), 10)) for x in (values, rest))
    )
    assert tenfold == pytest.approx(once)


def test_a_ratio_of_nothing_to_nothing_is_undefined():
    empty = np.zeros(3), np.zeros(3), np.arange(3)
    assert all(np.isnan(end) for end in difference_interval("ratio", empty, empty))


def test_several_ratios_of_the_same_accounts_get_what_each_would_get_alone():
    rng = np.random.default_rng(3)
    one, other = ((rng.uniform(0, 9, (n, 3)), rng.uniform(1, 2, (n, 3))) for n in (40, 25))
    lows, highs = ratio_intervals(one, other)
    for column in range(3):
        alone = difference_interval(
            "ratio",
            *(
                (measures[:, column], weights[:, column], np.arange(len(measures)))
                for measures, weights in (one, other)
            ),
        )
        assert (lows[column], highs[column]) == pytest.approx(alone)


@pytest.mark.parametrize("statistic", ["sum", "mean"])
def test_groups_of_rows_are_served_by_the_same_draws(statistic):
    """A group's sum is that of all rows with the others at 0, its mean their ratio to how many rows it has."""
    one, other = side(np.random.default_rng(1)), side(np.random.default_rng(2))
    groups = tuple(np.random.default_rng(3).integers(0, 3, len(rows[0])) for rows in (one, other))
    lows, highs = difference_intervals(statistic, one, other, groups, 3)
    for number in range(3):
        inside = [
            (measure * (group == number), (group == number).astype(float), account)
            for (measure, _, account), group in zip((one, other), groups, strict=True)
        ]
        alone = difference_interval("sum" if statistic == "sum" else "ratio", *inside)
        assert (lows[number], highs[number]) == pytest.approx(alone)


def test_the_median_of_a_group_leaves_out_draws_without_a_row_of_it():
    measure, account = np.array([1.0, 5.0, 9.0, 9.0]), np.array([0, 1, 2, 3])
    sides = (measure, np.ones(4), account), (np.zeros(4), np.ones(4), account)
    group = np.array([0, 1, 1, 1])
    lows, highs = difference_intervals("median", *sides, (group, group), 3)
    assert (lows[0], highs[0]) == (1, 1)
    assert 5 <= lows[1] <= highs[1] <= 9
    assert np.isnan(lows[2])


def totals(rng, accounts):
    """Open deals, wins, closed ones, and the wins' amounts and days, accounts × 5."""
    won = rng.integers(1, 4, accounts)
    columns = [rng.integers(0, 5, accounts), won, won + rng.integers(0, 3, accounts), won * rng.uniform(5, 9, accounts),
               won * rng.uniform(20, 60, accounts)]  # fmt: skip
    return np.stack(columns, axis=1).astype(float)


def test_a_product_of_totals_takes_all_its_factors_of_the_same_accounts():
    one, other = totals(np.random.default_rng(1), 30), totals(np.random.default_rng(2), 20)
    powers = np.array([1.0, 1.0, -1.0, 1.0, -1.0])
    rng, differences = np.random.default_rng(SEED), []
    for side in (one, other):
        chosen = np.concatenate(list(_chosen(len(side), rng)))
        differences.append([np.prod(side[drawn].sum(axis=0) ** powers) for drawn in chosen])
    expected = np.quantile(np.subtract(*differences), [0.025, 0.975])
    assert product_interval(one, other, powers) == pytest.approx(tuple(expected))


def test_a_product_that_divides_by_nothing_has_no_interval():
    side = np.array([[1.0, 0.0]] * 6)
    assert all(np.isnan(end) for end in product_interval(side, side, np.array([1.0, -1.0])))


def test_blocks_of_many_accounts_give_the_interval_of_a_product(monkeypatch):
    one, other = totals(np.random.default_rng(1), 9_000), totals(np.random.default_rng(2), 3_000)
    powers = np.array([1.0, 1.0, -1.0, 1.0, -1.0])
    low, high = product_interval(one, other, powers)
    monkeypatch.setattr("metrics.statistics.bootstrap.BLOCKS", 9_000)
    expected = product_interval(one, other, powers)
    assert (high - low) == pytest.approx(expected[1] - expected[0], rel=0.08)


def test_the_interval_of_a_difference_of_correlations_is_about_that_of_fisher():
    """400 independent pairs a side, ρ ½ and 0: a half width of about 1.96 · √((1 + ρ²/2 …) ÷ (n − 3)) in z."""
    rng = np.random.default_rng(8)
    x, y, z, u = rng.normal(size=(4, 400))
    linked = (x, 0.5 * x + np.sqrt(0.75) * y, np.arange(400))
    low, high = difference_interval("correlation", linked, (z, u, np.arange(400)))
    rho = [spearmanr(*pair).statistic for pair in ((linked[0], linked[1]), (z, u))]
    spread = 1.96 * np.sqrt(sum((1 + r**2 / 2) * (1 - r**2) ** 2 / 397 for r in rho))
    assert (low + high) / 2 == pytest.approx(rho[0] - rho[1], abs=0.02)
    assert (high - low) / 2 == pytest.approx(spread, rel=0.1)


def test_a_correlation_of_what_does_not_vary_has_no_interval():
    side = np.arange(6.0), np.ones(6), np.arange(6)
    assert all(np.isnan(end) for end in difference_interval("correlation", side, side))


def test_a_ratio_over_nothing_has_no_interval():
    side = (np.ones((6, 2)), np.array([[1.0, 0.0]] * 6))
    lows, highs = ratio_intervals(side, side)
    assert (lows[0], highs[0]) == (0, 0)
    assert np.isnan(lows[1])
    assert np.isnan(highs[1])


@pytest.mark.parametrize("statistic", list(PLAIN))
def test_blocks_of_many_accounts_give_the_interval_of_the_accounts(statistic, monkeypatch):
    one, other = side(np.random.default_rng(6), 12_000, 1.0), side(np.random.default_rng(7), 9_000)
    low, high = difference_interval(statistic, one, other)
    monkeypatch.setattr("metrics.statistics.bootstrap.BLOCKS", 12_000)
    expected = difference_interval(statistic, one, other)
    assert (high - low) == pytest.approx(expected[1] - expected[0], rel=0.08)
    assert (low + high) / 2 == pytest.approx(sum(expected) / 2, abs=0.1 * (expected[1] - expected[0]))
