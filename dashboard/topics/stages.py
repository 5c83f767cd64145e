"""What is said of the stages of one pipeline, where deals are in several, each of which has stages of its own."""

from collections.abc import Callable

from dashboard.cards.page import Page
from dashboard.text import findings, say


def of_pipeline(page: Page, told: Callable[[int], str], limit: int = findings.CARD) -> str:
    """A finding about stages, which `told` says in so many letters; headed by the pipeline where there are several."""
    return told(limit) if page.is_of_one_pipeline else findings.told_of(page.pipeline, told, limit)


def stages_caption(page: Page, words: str) -> str:
    """A card's caption, and which pipeline's stages it shows where there are several."""
    return words if page.is_of_one_pipeline else f"{words} {say('stages.largest', pipeline=page.pipeline)}"
