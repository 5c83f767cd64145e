"""What the columns of a file that no reader knows may mean, by their headers. The visitor confirms or changes it."""

import tomllib
import unicodedata
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from metrics import TABLES, table

NOTHING = "-"  # an empty cell would read as None
_FIRST_HAN = "\u4e00"
_IDS = frozenset(("id", "ref", "key", "ид", "код", "codigo", "编号"))


@cache
def hints() -> dict[str, tuple[str, ...]]:
    """Canonical column → the words in a header that hint at it, in four languages."""
    told = tomllib.loads(files(__package__).joinpath("guesses.toml").read_text(encoding="utf-8"))
    return {column: tuple(words) for column, words in told.items()}


def likely_table(headers: list[str]) -> str:
    """The table in which most of these headers seem to name a column; deals where several have as many."""
    score = {t.name: len({guess(header, t.name) for header in headers} - {NOTHING}) for t in TABLES}
    return max(score, key=lambda name: (score[name], name == "opportunities"))


def guess(header: str, name: str) -> str:
    """The canonical column that a header seems to name; NOTHING where none does."""
    own = table(name).names
    plain = _plain(header)
    joined = {name.replace("_", ""): name for name in own}
    close = get_close_matches(plain, own, n=1, cutoff=0.86) or get_close_matches(plain, joined, n=1, cutoff=0.86)
    if close:
        return joined.get(close[0], close[0])
    words = set(plain.split("_"))
    hinted = next((column for column, known in hints().items() if column in own and _says(words, known)), NOTHING)
    is_id = bool(words & _IDS) and hinted in (NOTHING, "name")
    return table(name).id_column or NOTHING if is_id else hinted


def _says(words: set[str], known: tuple[str, ...]) -> bool:
    """Whether one of the known words is among these; Chinese is written without blanks between words."""
    return any(word in words or (word > _FIRST_HAN and any(word in one for one in words)) for word in known)


def _plain(header: str) -> str:
    """The words of a header, without accents; what a copy of a vendor's tables puts around each one is none."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", header.casefold()) if not unicodedata.combining(c))
    words = unicodedata.normalize("NFC", bare).replace("-", " ").replace("_", " ").split()
    return "_".join(words[1:] if words[:1] == ["property"] and len(words) > 1 else words)
