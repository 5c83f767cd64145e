"""Why a figure changed, in words: what is said adds up, and says so where it cannot."""

import math
import re
from decimal import Decimal
from random import Random

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


def test_a_median_says_what_would_have_been_without_those_that_move_it_most():
    parts = (
        Contribution("S0", 30.0, 20.0, 5, 5, without=12.0), Contribution("S1", 30.0, 20.0, 5, 5, without=-15.0),
        Contribution("S2", 30.0, 20.0, 5, 5, without=-10.0), Contribution("S3", 30.0, None, 5, 0),
    )  # fmt: skip
    median = Change("owner", 30.0, 20.0, "none", parts, "median")
    assert words(median, "days", None, OTHER) == (
        "From 30 to 20 (-10 days) against the period before. "
        "Without S0 it would have changed by +12 days, without S1 by -15 days."
    )
    table = change_table(median, "days", None)
    assert "Contribution" not in table
    assert plain(table["Change without it"]) == ["+12", "-15", "-10", "n/a", "-10"]


@pytest.mark.parametrize(("kind", "more"), [("sum", []), ("rate", ["By its own rate", "By its weight"]),
                                            ("mean", ["By its own mean", "By its weight"]),
                                            ("ratio", ["By the numerator", "By the denominator"])])  # fmt: skip
def test_the_table_tells_two_effects_apart_and_ends_with_the_whole(kind, more):
    part = Contribution("target", 0.2, 0.4, 10, 20, 0.1, 0.05)
    table = change_table(Change("target", 0.2, 0.35, kind, (part,)), "percent", None)
    assert table["Segment"].tolist() == ["Target", "All"]
    assert plain(table["Contribution"]) == ["+15.00 pts", "+15.00 pts"]
    assert table.columns[6:].tolist() == more


@pytest.mark.parametrize("seed", range(30))
def test_what_the_table_shows_adds_up_digit_by_digit(seed):
    """Thirds and sevenths, of which no rounding by itself adds up: the last digits are shared out."""
    draw = Random(seed)
    effects = [(draw.uniform(-9, 9) / 7, draw.uniform(-9, 9) / 3) for _ in range(draw.randrange(1, 12))]
    parts = tuple(Contribution(f"S{n}", n / 3, n / 7, 1, 1, *pair) for n, pair in enumerate(effects))
    before = draw.uniform(0, 99)
    change = Change("owner", before, before + math.fsum(own + mix for own, mix in effects), "mean", parts)
    table = change_table(change, "money", "EUR").map(lambda cell: cell.replace(numbers.MINUS, "-"))
    shown = {name: [Decimal(re.sub(r"[^\d.-]", "", cell) or 0) for cell in table[name]] for name in table}
    for name in ("Contribution", "By its own mean", "By its weight"):
        assert sum(shown[name][:-1]) == shown[name][-1]
    assert shown["Contribution"][-1] == shown["Now"][-1] - shown["Before"][-1]
    for row in table.index:
        assert shown["By its own mean"][row] + shown["By its weight"][row] == shown["Contribution"][row]
    for found, part in zip(shown["Contribution"], parts, strict=False):
        assert abs(float(found) - part.effect) < 0.0151


def plain(cells):
    return [cell.replace(numbers.NBSP, " ").replace(numbers.MINUS, "-") for cell in cells]
