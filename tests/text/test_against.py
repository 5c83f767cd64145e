"""Target against the rest in words: every clear difference is named, up to a number, and the others are counted."""

from typing import Any

import pytest

from dashboard.text.against import against_words
from metrics import Comparison


def found(stage: str, target: float, rest: float, verdict: Any = "better", *, half: float = 0.05) -> Comparison:
    difference = target - rest
    ends = (None, None) if verdict == "too few to say" else (difference - half, difference + half)
    lift = difference / rest
    return Comparison(
        {"stage": stage}, "value", ("target", "rest"), (target, rest), difference, lift, *ends, verdict, ""
    )


CLEAR = [found("Qualified", 0.84, 0.71), found("Negotiation", 0.62, 0.75, "worse")]
UNCLEAR = [found(name, 0.75, 0.70, "no clear difference", half=0.1) for name in ("Proposal", "Review", "Won")]


def test_every_clear_difference_is_named_in_the_order_of_the_answer() -> None:
    assert against_words([CLEAR[0], *UNCLEAR[:2], CLEAR[1], UNCLEAR[2]], "percent") == (
        "Qualified: Target 84\u00a0% against Rest 71\u00a0% (difference +8 to +18\u00a0pts); "
        "Negotiation: Target 62\u00a0% against Rest 75\u00a0% (difference −18 to −8\u00a0pts). Unclear at 3 others."
    )


def test_one_clear_difference_is_told_in_full_and_the_others_are_counted() -> None:
    said = against_words([CLEAR[0], UNCLEAR[0], found("Won", 0.5, 0.4, "too few to say")], "percent")
    assert "a difference of +13\u00a0pts (95\u00a0% interval +8 to +18\u00a0pts). Unclear at 1 other." in said
    assert said.endswith("Too few to say at 1.")


def test_beyond_three_the_largest_are_named_and_the_rest_counted() -> None:
    many = [found(f"Stage {n}", 0.5 + n / 20, 0.5) for n in range(1, 6)]
    said = against_words(many, "percent")
    assert [f"Stage {n}:" in said for n in range(1, 6)] == [False, False, True, True, True]
    assert said.endswith("Clear at 2 more.")


@pytest.mark.parametrize(
    ("comparisons", "words"),
    [
        ([], ""),
        (UNCLEAR, "Target and rest do not differ clearly in any of 3 comparisons."),
        ([found("A", 0.5, 0.4, "too few to say"), found("B", 0.5, 0.4, "too few to say")], "Too few to say at 2."),
    ],
)
def test_without_a_clear_difference_none_is_named(comparisons: list[Comparison], words: str) -> None:
    assert against_words(comparisons, "percent") == words
