"""Suggestions for a name that was not found."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """“ Did you mean x?” for the closest known name, or an empty string."""
    close = get_close_matches(name.casefold(), list(known), n=1, cutoff=0.6)
    return f" Did you mean “{close[0]}”?" if close else ""
