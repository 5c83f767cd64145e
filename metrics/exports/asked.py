"""What the questions of a survey ask, on which scale, and what the words of their answers are worth."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from metrics.exports.headers import normalised
from metrics.exports.numbers import MARKS, number
from metrics.exports.vendors import question_words

MEASURES = ("nps", "authority", "trust", "alignment")
KINDS = (*MEASURES, "other")
NPS_SCALE = (0.0, 10.0)
SCALES = ((1.0, 5.0), (1.0, 7.0), (0.0, 10.0), (1.0, 10.0))
"""The scales that are offered where a file does not say which one it has."""

Scale = tuple[float, float]
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENDS = r"(4|5|6|7|9|10|100)(?!\d)"
_RANGE = re.compile(rf"(?<![\d.])([01])\s*(?:-|–|—|to|through|\.\.\.?|a|до|至|到)\s*{_ENDS}")
_LEGEND = re.compile(rf"(?<![\d.])([01])\s*=.*?(?<![\d.]){_ENDS}\s*=")
_ANSWER = re.compile(rf"^(?:({'|'.join(KINDS)})\b)?\s*(?:(\d+)\s*[-–]\s*(\d+))?$")
_LABELLED = re.compile(r"^(\d{1,3})\s*[-–—:=.)(]\s*\D+$|^\D+?[-–—:=(]\s*(\d{1,3})\)?$")


@dataclass(frozen=True)
class Told:
    """What is known of a question: its `kind` (None: not certain, one of `kinds`), its scale where that is said."""

    kind: str | None
    kinds: tuple[str, ...]
    scale: Scale | None


def without_tags(text: str) -> str:
    """A question's words; survey tools export their HTML."""
    return " ".join(_TAG.sub(" ", text).split())


def told(text: str) -> Told:
    """What the words of a question say by themselves."""
    plain = normalised(without_tags(text))
    words = question_words()
    certain = [kind for kind in MEASURES if _has(words[kind]["certain"], plain)]
    likely = [kind for kind in MEASURES if _has(words[kind].get("likely", ()), plain)]
    scale = said_scale(plain)
    if len(certain) == 1:
        return Told(certain[0], (certain[0],), scale)
    if certain or likely:
        return Told(None, tuple(dict.fromkeys([*certain, *likely])), scale)
    return Told("other", ("other",), scale)


def is_comment(text: str) -> bool:
    """Whether a free answer to this question explains a score."""
    return _has(question_words()["comment"]["certain"], normalised(without_tags(text)))


def _has(patterns: Iterable[str], plain: str) -> bool:
    return any(re.search(pattern, plain) for pattern in patterns)


def said_scale(plain: str) -> Scale | None:
    """The scale in the words of a question: “(1-5)”, “from 0 to 10”, “1 = not at all, 7 = completely”."""
    found = _RANGE.search(plain) or _LEGEND.search(plain)
    return (float(found[1]), float(found[2])) if found else None


def answered(text: str) -> tuple[str | None, Scale | None] | None:
    """What somebody said of a question: “trust”, “trust 1–5” or “1–5”; None where it says neither."""
    found = _ANSWER.match(text.strip())
    if found is None or not any(found.groups()):
        return None
    scale = (float(found[2]), float(found[3])) if found[2] else None
    return (found[1], scale) if scale is None or scale[0] < scale[1] else None


def kind_of(text: str, answers: Mapping[str, str]) -> str | None:
    """What a question asks: as answered, as its word says, or by its words; None where that is not certain."""
    said = answered(answers.get(text, "")) or answered(normalised(text))
    return said[0] if said and said[0] else told(text).kind


def choices(kinds: Collection[str], scales: Collection[Scale]) -> list[str]:
    """The answers that are offered: every kind on every scale; an NPS has its own, another question needs none."""
    offered = []
    for kind in kinds:
        on = () if kind in ("nps", "other") else scales
        offered += [f"{kind} {in_words(scale)}".strip() for scale in on] or [kind]
    return offered


def in_words(scale: Scale) -> str:
    return f"{scale[0]:g}–{scale[1]:g}"


def scales_of(low: float | None, high: float | None) -> list[Scale]:
    """The usual scales that hold these scores."""
    return [s for s in SCALES if (low is None or s[0] <= low) and (high is None or high <= s[1])]


def scores(texts: Iterable[str]) -> Mapping[str, float]:
    """What the answers of one column are worth, by their text: figures, labelled figures, or words of a known list.

    Words are worth their place in the list, from 1. A text that is none of these is not in it.
    """
    seen = list(texts)
    found = {text: figure for text in seen if (figure := _figure(text)) is not None}
    ladder = word_scale(seen)
    if ladder:
        places = {word: float(place) for place, words in enumerate(ladder, start=1) for word in words}
        found |= {text: places[plain] for text in seen if (plain := normalised(text)) in places}
    return found


def word_scale(texts: Iterable[str]) -> list[list[str]] | None:
    """The list, from the least to the most, with all of the known words among these texts; None where there is none.

    Of seven steps only with a word that shows it: the others are words of five as well.
    """
    ladders: list[list[list[str]]] = list(question_words()["scales"].values())
    known = {word for ladder in ladders for words in ladder for word in words}
    plain = {normalised(text) for text in texts} & known
    fitting = [ladder for ladder in ladders if plain and plain <= {word for words in ladder for word in words}]
    return min(fitting, key=len) if fitting else None


def _figure(text: str) -> float | None:
    figures = (number(text, mark) for mark in MARKS)
    plain = next((float(figure) for figure in figures if figure is not None and "%" not in text), None)
    if plain is not None:
        return plain
    labelled = _LABELLED.match(text.strip())
    return float(labelled[1] or labelled[2]) if labelled else None
