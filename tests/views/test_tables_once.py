"""What a table of an answer shows: each figure once."""

import pandas as pd

from dashboard.cards.tables import _each_once


def test_the_n_of_a_count_is_not_shown_beside_it() -> None:
    counts = pd.DataFrame({"value": [5, 3], "n": [5, 3], "numerator": [5, 3], "denominator": [9, 5]})
    assert list(_each_once(counts)) == ["value", "denominator"]
    assert list(_each_once(counts.astype({"value": float}))) == ["value", "denominator"]
    shares = counts.assign(value=[0.5, 0.6])
    assert list(_each_once(shares)) == list(shares)
    assert list(_each_once(counts.assign(n=[5, 4]))) == ["value", "n", "denominator"]
