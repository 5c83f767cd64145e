"""Are we on plan: the sentence for every case that a goal can be in."""

import pytest

from dashboard.text.numbers import NBSP
from dashboard.text.plan import plan_sentence


@pytest.mark.parametrize(("apart", "is_over", "is_reached", "words"), [
    (None, False, False, ""), (None, True, False, ""),
    (0.0, False, False, "Revenue is on plan"), (0.004, False, False, "Revenue is on plan"),
    (-0.0049, False, False, "Revenue is on plan"), (-0.07, False, False, "Revenue is 7 % behind plan"),
    (0.12, False, False, "Revenue is 12 % ahead of plan"), (0.3, False, True, "The revenue goal is reached"),
    (0.0, True, True, "The revenue goal is reached"), (0.04, True, True, "Revenue is 4 % above its goal"),
    (-0.004, True, False, "Revenue is 0.4 % below its goal"), (-1.0, True, False, "Revenue is 100 % below its goal"),
    (-1.0, False, False, "Revenue is 100 % behind plan"),
])  # fmt: skip
def test_the_sentence(apart, is_over, is_reached, words):
    assert plan_sentence(apart, is_over=is_over, is_reached=is_reached).replace(NBSP, " ") == words
