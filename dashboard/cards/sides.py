"""Target against the rest below a chart."""

from collections.abc import Callable

from dashboard.text.against import against_words
from metrics import Answer

RATES = ("step_rate",)


def sides(answer: Answer, name: Callable[[str], str] = str) -> str:
    """The sentence on target and rest of an answer split in two; "" for any other."""
    kind = "percent" if answer.metric.compare_column in RATES else answer.metric.format
    found = [c for c in answer.comparison if c.segments == ("target", "rest")]
    return against_words(found, kind, answer.currency, name=name)
