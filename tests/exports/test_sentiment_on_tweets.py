"""How well texts are scored, on 870 labelled tweets a language: the figures of the decision record are those."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from metrics.exports import sentiment

LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es"}
LEAST = 0.45
"""A language whose macro-F1 is lower is not offered."""
SIGN = 0.05
"""From here on a score is positive, from its opposite on negative: what the makers of the lexicon say."""
RECORD = next(Path(__file__).parents[2].joinpath("docs/decisions").glob("*-english-texts-are-scored*.md"))


@pytest.fixture(scope="module")
def tweets(real_data: Path) -> Path:
    return real_data / "umsab-sentiment"


def _truth(tweets: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((tweets / "truth.json").read_text(encoding="utf-8"))
    return told


def _labelled(tweets: Path, language: str) -> Iterator[tuple[str, int]]:
    texts = (tweets / f"{language}_test_text.txt").read_text(encoding="utf-8").split("\n")
    labels = (tweets / f"{language}_test_labels.txt").read_text(encoding="utf-8").split("\n")
    return zip(texts, map(int, labels), strict=True)


def _class(score: float) -> int:
    """0 negative, 1 neutral, 2 positive."""
    return 2 if score >= SIGN else 0 if score <= -SIGN else 1


def _macro_f1(pairs: Sequence[tuple[int, int]]) -> float:
    """The mean of the three classes' F1 of (truth, prediction)."""
    of_each = []
    for label in (0, 1, 2):
        right = sum(truth == told == label for truth, told in pairs)
        of_each.append(2 * right / sum((truth == label) + (told == label) for truth, told in pairs))
    return sum(of_each) / 3


def _by_rules(tweets: Path, language: str, *, without_pictures: bool = False) -> float:
    """Macro-F1 of the English rules, whatever the language."""
    pairs = []
    for text, truth in _labelled(tweets, language):
        plain = sentiment.plain_text(text)
        words = re.sub(r"[^\w\s.,;!?'\"-]", "", plain) if without_pictures else plain
        pairs.append((truth, _class(sentiment.sentence_mean(words))))
    return _macro_f1(pairs)


def _as_loaded(tweets: Path, language: str) -> tuple[float, float | None]:
    """The share of the texts that a load scores, and the macro-F1 of those."""
    pairs, texts = [], 0
    for text, truth in _labelled(tweets, language):
        texts += 1
        if (score := sentiment.mood(text).score) is not None:
            pairs.append((truth, _class(score)))
    return len(pairs) / texts, _macro_f1(pairs) if len({truth for truth, _ in pairs}) == 3 else None


def _recorded() -> dict[str, list[str]]:
    """The rows of the record's first table by language."""
    rows = re.findall(
        r"^\| (english|german|french|spanish) \|(.+)\|$", RECORD.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {language: [cell.strip() for cell in cells.split("|")] for language, cells in rows}


def test_the_set_is_the_one_that_was_measured(tweets: Path) -> None:
    truth = _truth(tweets)
    for name, told in truth["files"].items():
        assert hashlib.sha256((tweets / name).read_bytes()).hexdigest() == told["sha256"], name
    for language, told in truth["languages"].items():
        labels = [label for _, label in _labelled(tweets, language)]
        assert len(labels) == told["texts"]
        assert [labels.count(i) for i in (0, 1, 2)] == list(told["labels"].values())
        assert _macro_f1([(label, 1) for label in labels]) == pytest.approx(told["majority_macro_f1"], abs=1e-6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_tells_what_is_measured(tweets: Path, language: str) -> None:
    share, f1 = _as_loaded(tweets, language)
    measured = [
        f"{_by_rules(tweets, language):.3f}",
        f"{_by_rules(tweets, language, without_pictures=True):.3f}",
        f"{share:.1%}",
        f"{f1:.3f}" if LANGUAGES[language] in sentiment.OFFERED else "not offered",
    ]
    assert _recorded()[language][: len(measured)] == measured


def test_every_offered_language_is_scored_well_enough(tweets: Path) -> None:
    measured = {code: language for language, code in LANGUAGES.items()}
    assert measured.keys() >= sentiment.OFFERED, "a language is offered that was never measured"
    for code in sentiment.OFFERED:
        language = measured[code]
        _, as_loaded = _as_loaded(tweets, language)
        assert as_loaded is not None
        figures = [_by_rules(tweets, language), _by_rules(tweets, language, without_pictures=True), as_loaded]
        assert min(figures) >= LEAST, (language, figures)
        assert min(figures) > _truth(tweets)["languages"][language]["majority_macro_f1"]


@pytest.mark.parametrize("language", ["german", "french", "spanish"])
def test_a_language_that_is_not_offered_is_hardly_ever_taken_for_one_that_is(tweets: Path, language: str) -> None:
    share, _ = _as_loaded(tweets, language)
    assert share < 0.02
