"""How senior people are, by the words of their seniority or of their job title."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

LEVELS = ("c_level", "vice_president", "director", "manager", "other")
"""The highest first."""
_ASSISTS = "assists"
_UNBOUNDED = re.compile(r"[\u3400-\u9fff]")
"""Chinese is written without spaces: its words stand anywhere."""


def write_levels(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `said_levels` (kind 'title' or 'seniority', said, level), a row each way in which people say it."""
    said = connection.execute(
        "SELECT DISTINCT 'title' AS kind, title AS said FROM people WHERE trim(title) <> '' "
        "UNION ALL SELECT DISTINCT 'seniority', seniority FROM people WHERE trim(seniority) <> ''"
    ).fetchall()
    connection.execute(
        "CREATE TEMP TABLE said_levels AS SELECT unnest(CAST($kinds AS VARCHAR[])) AS kind, "
        "unnest(CAST($said AS VARCHAR[])) AS said, unnest(CAST($levels AS VARCHAR[])) AS level",
        {"kinds": [kind for kind, _ in said], "said": [text for _, text in said],
         "levels": [level_of(text, kind) for kind, text in said]},
    )  # fmt: skip


def level_of(text: str, kind: str = "title") -> str:
    """The highest of LEVELS that the words say; other where they say none, or that somebody assists."""
    pattern, levels = _words(kind)
    found = {levels[match.lastgroup or ""] for match in pattern.finditer(_folded(text))}
    if _ASSISTS in found:
        return LEVELS[-1]
    return next((level for level in LEVELS if level in found), LEVELS[-1])


@cache
def _words(kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern of all words, the longest first, a group a word; and the level of each group."""
    tables = tomllib.loads(files("metrics.model").joinpath("titles.toml").read_text(encoding="utf-8"))
    words = {word: level for level, named in tables["title"].items() for word in named}
    if kind == "seniority":
        words |= {word: level for level, named in tables["seniority"].items() for word in named}
    ordered = sorted(words, key=lambda word: (word.startswith("*"), -len(word), word))
    levels = {f"w{number}": words[word] for number, word in enumerate(ordered)}
    return re.compile("|".join(f"(?P<w{n}>{_pattern(word)})" for n, word in enumerate(ordered))), levels


def _pattern(word: str) -> str:
    text = re.escape(_folded(word.removeprefix("*")))
    if _UNBOUNDED.search(word):
        return text
    beginning = r"\w+" if word.startswith("*") else ""
    return rf"(?<!\w){beginning}{text}(?!\w)"


def _folded(text: str) -> str:
    """Without case and accents, anything but letters and digits as one space."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", letters).strip()
