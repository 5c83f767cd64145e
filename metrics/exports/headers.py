"""Header cells: how they are compared, made unique, and kept."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_ANSWERED = ("response", "open-ended response", "respuesta", "ответ", "回答")
"""What stands under a question that has one column."""
_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]")


@lru_cache(maxsize=50_000)
def normalised(header: str) -> str:
    """The form in which headers are compared: no case, accents, marks, or doubled blanks."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", header)).replace("*", "")
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if unicodedata.category(c) != "Mn")
    return _SPACES.sub(" ", plain).strip()


@lru_cache(maxsize=50_000)
def joined(header: str) -> str:
    """The letters of a normalised header: no blanks, no hyphens and underscores within words."""
    return re.sub(r"(?<=\w)[-_](?=\w)| ", "", header.replace("_", " "))


def two_headers(head: Sequence[Sequence[str]], found: Mapping[str, Sequence[int]]) -> list[str] | None:
    """One header a column of two rows of them: the questions, and under them their choices; None without a second row.

    `found`: the columns (from 1) that are no questions: in a second row of headers they are empty.
    """
    if len(head) < 2:
        return None
    known = {p for positions in found.values() for p in positions}
    width = max(width_of(head[0]), width_of(head[1]))
    first, second = ([*cells, *[""] * width][:width] for cells in head[:2])
    if any(second[p - 1].strip() for p in known) or not any(cell.strip() for cell in second):
        return None
    titles, question = [], ""
    for over, under in zip(first, second, strict=True):
        question = over.strip() or question
        plain = "" if normalised(under) in _ANSWERED else under.strip()
        titles.append(f"{question} - {plain}" if plain and question else question or plain)
    return titles


def unique_headers(cells: Sequence[str], width: int) -> list[str]:
    """One name a column: the header as written, numbered where it is repeated, `Column 7` where there is none."""
    names: list[str] = []
    taken = {"_row", "_reason", "_column"}  # the rejects' own
    for i in range(width):
        cell = cells[i] if i < len(cells) else ""
        base = _SPACES.sub(" ", _INVISIBLE.sub("", cell)).strip() or f"Column {i + 1}"
        name, n = base, 1
        while name.casefold() in taken:
            n += 1
            name = f"{base} ({n})"
        taken.add(name.casefold())
        names.append(name)
    return names


def width_of(cells: Sequence[str]) -> int:
    """The number of cells up to the last that is filled."""
    return max((i + 1 for i, cell in enumerate(cells) if cell.strip()), default=0)
