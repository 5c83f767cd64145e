"""Suggestions for a name that was not found."""

from collections.abc import Iterable
from difflib import get_close_matches

_TELLING = 3  # letters from which a part of a name tells which one is meant


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """“ Did you mean x?” for the closest known name, else for one that begins with it, or an empty string."""
    written = {other.casefold(): other for other in known}
    wanted = name.casefold()
    close = get_close_matches(wanted, list(written), n=1, cutoff=0.6)
    if not close and len(wanted) >= _TELLING:
        close = [other for other in written if other.startswith(wanted)][:1]
    return f" Did you mean “{written[close[0]]}”?" if close else ""
