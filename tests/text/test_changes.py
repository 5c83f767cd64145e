"""Why a figure changed, in words: what is said adds up, and says so where it cannot."""

import pytest

from dashboard.text import numbers
from dashboard.text.changes import change_table, change_words, contributions_words
from metrics import Change, Contribution

OTHER = "the period before"


def change(kind, *effects, before=100.0, now=None):
    parts = tuple(
        Contribution(f"S{place}", 10.0, 10.0 + effect, 3, 4, effect, 0.0) for place, effect in enumerate(effects)
    )
    return Change("owner", before, before + sum(effects) if now is None else now, kind, parts)


def words(*args):
    return change_words(*args).replace(numbers.NBSP, " ").replace(numbers.MINUS, "-")


def test_the_three_largest_are_named_and_the_others_are_one():
    found = words(change("sum", 40, -20, 10, 5, 4, -1), "count", None, OTHER)
    assert found == "From 100 to 138 (+38) against the period before: S0 +40, S1 -20, S2 +10, the other 3 together +8."


def test_a_fourth_one_is_named_instead_of_being_the_other_one():
    found = words(change("sum", 40, -20, 10, 5), "count", None, OTHER)
    assert found.endswith(": S0 +40, S1 -20, S2 +10, S3 +5.")


def test_segments_that_did_nothing_are_not_named():
    assert contributions_words(change("sum", 40, 0), "count", None) == ["S0 +40"]


def test_a_tie_says_that_nothing_changed():
    assert (
        words(change("sum", 40, -40), "count", None, OTHER) == "100 in both periods, compared with the period before."
    )


def test_nothing_before_is_a_0_for_a_sum_and_unknown_for_a_rate():
    began = Change("owner", None, 7.0, "sum", (Contribution("S0", None, 7.0, 0, 2, 7.0, 0.0),))
    assert words(began, "count", None, OTHER) == "From 0 to 7 (+7) against the period before: S0 +7."
    unknown = Change("owner", None, 0.5, "none", (Contribution("S0", None, 0.5, 0, 2),))
    assert "Nothing is known" in words(unknown, "percent", None, OTHER)


def test_a_middle_value_names_no_contributions():
    median = Change("owner", 30.0, 20.0, "none", (Contribution("S0", 30.0, 20.0, 5, 5),))
    assert words(median, "days", None, OTHER) == "From 30 to 20 (-10 days) against the period before."
    assert "Contribution" not in change_table(median, "days", None)


@pytest.mark.parametrize(("kind", "more"), [("sum", 0), ("rate", 2), ("mean", 2)])
def test_the_table_tells_a_rate_s_two_effects_apart(kind, more):
    part = Contribution("target", 0.2, 0.4, 10, 20, 0.1, 0.05)
    table = change_table(Change("target", 0.2, 0.35, kind, (part,)), "percent", None)
    assert table["Segment"].tolist() == ["Target"]
    assert table["Contribution"].str.replace(numbers.NBSP, " ").tolist() == ["+15 pts"]
    assert len(table.columns) == 6 + more
