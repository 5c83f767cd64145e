"""What tells the order of open stages: their probabilities, their dates, the numbers or the words of their names."""

import re
from collections.abc import Mapping, Sequence

_WORDS = (
    r"prospect|\blead|\bnew\b|inquir|enquir|target",
    r"qualif|\bmql\b|\bsql\b|\bsal\b|\bfit\b",
    r"engag|contact|connect|appointment|discover|needs|analysis|meeting|interest|evaluat|\bdemo|presentation|pilot|trial",
    r"propos|quot|\boffer|pricing|tender",
    r"negotiat|contract|legal|review|commit|verbal|approv",
)
"""Words of stages in the order in which deals pass them."""
_UNKNOWN = len(_WORDS) / 2
_NUMBER = re.compile(r"^\W*(\d+)(?:\.(\d+))?\b")


def by_numbers(stages: Sequence[str]) -> dict[str, tuple[int, int]] | None:
    """The numbers that the names begin with, where each has another one: "1 - Fit", "02. Demo"."""
    found = {stage: match for stage in stages if (match := _NUMBER.match(stage))}
    numbers = {stage: (int(match[1]), int(match[2] or 0)) for stage, match in found.items()}
    return numbers if len(set(numbers.values())) == len(set(stages)) else None


def by_words(stages: Sequence[str]) -> dict[str, float]:
    """Where each stage is likely to come by its words: a guess. A name without a known word is put in the middle."""
    return {stage: _place(stage.casefold()) for stage in stages}


def _place(stage: str) -> float:
    return next((float(place) for place, words in enumerate(_WORDS) if re.search(words, stage)), _UNKNOWN)


def is_told(
    stages: Sequence[str], *, said: Mapping[str, str], probabilities: Sequence[float | None], dated: bool
) -> bool:
    """Whether the order of the open stages of a pipeline is known: as somebody `said`, by dates of entering them, by
    different probabilities, by numbers in their names; or since there is only one."""
    different = None not in probabilities and len(set(probabilities)) == len(probabilities)
    return len(stages) < 2 or set(stages) <= set(said) or dated or different or by_numbers(stages) is not None
