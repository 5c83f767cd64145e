"""What a text says of the mood of its writer, in the languages whose scores agree well enough with people's.

The libraries behind it are imported with the first text: only a child process that is asked to score texts needs them.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import fmean

OFFERED = frozenset({"en"})
"""ISO 639-1 codes of the languages that are scored; why these is in docs/decisions."""

_SURE = 0.5
"""The language of a text must be likelier than all others together, or it is not told."""
_LONGEST = 10_000
"""Characters that are read of a text: a cell may hold a whole correspondence."""

_ENDS_A_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ADDRESS = re.compile(r"(?<!\S)\S*?(?:https?://|www\.|@)\S*")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Mood:
    """What was told of a text: its language (None: cannot be told) and its `score` from -1 to 1 (None: not offered)."""

    language: str | None
    score: float | None


def mood(text: str) -> Mood:
    """The mean score of the text's sentences, where its language is told and offered."""
    plain = plain_text(text)
    language = _language()(plain)
    if language not in OFFERED:
        return Mood(language, None)
    return Mood(language, sentence_mean(plain))


def plain_text(text: str) -> str:
    """The words of a text that may be HTML, without addresses and handles, cut to its first 10,000 characters."""
    lines = html.unescape(_TAG.sub(" ", _ENDS_A_LINE.sub("\n", text[:_LONGEST])))
    return _ADDRESS.sub(" ", lines).strip()


def sentence_mean(plain: str) -> float:
    """The mean of the sentences' scores: the score of a whole text grows with its length alone."""
    score = _english()
    return fmean([score(sentence) for sentence in _BETWEEN_SENTENCES.split(plain) if sentence.strip()] or [0.0])


@cache
def _language() -> Callable[[str], str | None]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=_SURE)

    def told(plain: str) -> str | None:
        language = str(identifier.classify(plain)[0])
        return None if language in ("und", "zxx") else language  # undetermined; no linguistic content

    return told


@cache
def _english() -> Callable[[str], float]:
    from vader import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda sentence: float(analyzer.polarity_scores(sentence)["compound"])
