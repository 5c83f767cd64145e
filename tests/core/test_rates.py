"""Which of several rates is clearly another."""

import pytest

from metrics import against_others, clearly_lowest, rates_differ


def test_two_rates_differ_where_the_interval_leaves_out_0():
    """Newcombe (1998), table II (a): 56/70 − 48/80 is 0.0524 to 0.3339."""
    assert rates_differ(56, 70, 48, 80)
    assert not rates_differ(5, 7, 4, 8)
    assert not rates_differ(4, 4, 0, 100), "too few"


def test_each_is_held_against_all_others_together():
    """90 of 100 against 30 of 200; 20 of 100 and 10 of 100 against the others, of which the first is clearly more."""
    above = against_others([90, 20, 10], [100, 100, 100])
    assert above == pytest.approx([0.9 - 0.15, 0.2 - 0.5, 0.1 - 0.55])
    assert list(against_others([3, 4], [6, 8])) == [0, 0]
    assert against_others([6, 0, 0], [6, 0, 4])[:2].tolist() == [0, 0], "others of fewer than five; none of none"


def test_the_lowest_is_clear_where_no_interval_reaches_it():
    assert clearly_lowest([90, 20, 80], [100, 100, 100]) == (1, True)
    assert clearly_lowest([9, 6, 8], [10, 10, 10]) == (1, False)
