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
_USUAL = (
    (
        "appointment scheduled", "qualified to buy", "presentation scheduled", "decision maker bought-in",
        "contract sent",
    ),
    ("appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent"),
    (
        "prospecting", "qualification", "needs analysis", "value proposition", "id. decision makers",
        "perception analysis", "proposal/price quote", "negotiation/review",
    ),
)  # fmt: skip
"""The open stages that HubSpot (by label, by internal name) and Salesforce begin with, in their order."""
_NOT_UNDER_WAY = re.compile(
    r"sign|clos|paid|deliver|live\b|hold|nurtur|recycl|disqual|unqual|not |reject|archiv|dead|abandon|refus|done"
)
"""Words beside which the others do not tell that a deal is under way."""
_NUMBER = re.compile(r"^\W*(\d+)(?:\.(\d+))?\b")


def by_numbers(stages: Sequence[str]) -> dict[str, tuple[int, int]] | None:
    """The numbers that the names begin with, where each has another one: "1 - Fit", "02. Demo"."""
    found = {stage: match for stage in stages if (match := _NUMBER.match(stage))}
    numbers = {stage: (int(match[1]), int(match[2] or 0)) for stage, match in found.items()}
    return numbers if len(set(numbers.values())) == len(set(stages)) else None


def as_usual(stages: Sequence[str]) -> dict[str, int] | None:
    """The places of stages that are all of those which a system begins with."""
    plain = {stage: " ".join(stage.casefold().split()) for stage in stages}
    usual = next((order for order in _USUAL if set(plain.values()) <= set(order)), None)
    return {stage: usual.index(name) for stage, name in plain.items()} if usual else None


def likely(stages: Sequence[str]) -> Mapping[str, float | tuple[int, int]]:
    """Where each stage comes by its name, whatever the order in which rows name them."""
    return by_numbers(stages) or as_usual(stages) or by_words(stages)


def by_words(stages: Sequence[str]) -> dict[str, float]:
    """Where each stage is likely to come by its words: a guess. A name without a known word is put in the middle."""
    return {stage: _place(stage.casefold()) for stage in stages}


def is_under_way(stage: str) -> bool:
    """Whether a stage's name says that its deals are open: one that a system begins with, or usual words. Of the words
    of last stages few do: what is approved, or given by word of mouth, may be as good as won."""
    plain = " ".join(stage.casefold().split())
    return any(plain in usual for usual in _USUAL) or (
        not _NOT_UNDER_WAY.search(plain) and any(re.search(words, plain) for words in (*_WORDS[:-1], "negotiat"))
    )


def _place(stage: str) -> float:
    return next((float(place) for place, words in enumerate(_WORDS) if re.search(words, stage)), _UNKNOWN)


def is_told(
    stages: Sequence[str], *, said: Mapping[str, str], probabilities: Sequence[float | None], dated: bool
) -> bool:
    """Whether the order of the open stages of a pipeline is known: as somebody `said`, by dates of entering them, by
    different probabilities, by their names (numbers, those that a system begins with); or since there is only one."""
    different = None not in probabilities and len(set(probabilities)) == len(probabilities)
    by_name = by_numbers(stages) or as_usual(stages)
    return len(stages) < 2 or set(stages) <= set(said) or dated or different or by_name is not None
