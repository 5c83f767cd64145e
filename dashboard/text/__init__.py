"""Every word that the dashboard shows, by key, in each language.

`say("segments.target")` is the plain text; `say_markdown` is the same for a Streamlit element that renders Markdown:
the sentence keeps its own emphasis, and the values put into it are made safe. Keys live in `<language>.toml` and, a
page or a room each, in `<language>-*.toml` beside it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from dashboard.text import safe

LANGUAGES = ("en",)
_SEGMENTS = {"target": "segments.target", "rest": "segments.rest", "All": "segments.all", "Other": "segments.other"}


class MissingText(KeyError):
    """A key without words: the developer must add it to the language's file."""


@cache
def sentences(language: str = "en") -> dict[str, str]:
    """All texts of a language, flat: "page.part.name" → words."""
    flat: dict[str, str] = {}
    for file in files(__package__).iterdir():
        if file.name == f"{language}.toml" or (file.name.startswith(f"{language}-") and file.name.endswith(".toml")):
            _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", flat)
    return flat


def _flatten(tree: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", into)
        else:
            if f"{prefix}{name}" in into:
                raise MissingText(f"two texts have the key {prefix}{name!r}")
            into[f"{prefix}{name}"] = str(value)


def say(key: str, language: str = "en", **values: object) -> str:
    """The words under the key with the values in their places. With `n=1` the form `<key>_one`, where there is one."""
    words = sentences(language)
    chosen = f"{key}_one" if values.get("n") in (1, "1") and f"{key}_one" in words else key
    if chosen not in words:
        raise MissingText(f"no text {chosen!r} in {language}.toml")
    return words[chosen].format(**values)


def say_markdown(key: str, language: str = "en", **values: object) -> str:
    """`say` for outlets that render Markdown: the values can neither format nor link."""
    return say(
        key,
        language,
        **{name: safe.for_markdown(value) for name, value in values.items() if name != "n"}
        | {"n": values.get("n", "")},
    )


def has(key: str, language: str = "en") -> bool:
    """Whether there are words under this key."""
    return key in sentences(language)


def segment_name(name: object, language: str = "en") -> str:
    """A segment's name for people: "Target", "Rest", "All", else as it stands in the data."""
    return say(_SEGMENTS[str(name)], language) if str(name) in _SEGMENTS else str(name)


def channel_name(name: object, language: str = "en") -> str:
    """A channel's name for people; "(none)" are touches that name none."""
    return say("segments.no_channel", language) if str(name) == "(none)" else str(name)


def dimension_name(name: str, language: str = "en") -> str:
    """A dimension's name for people; a column of an export has its own header, with its table if named."""
    return say(f"dimensions.{name}", language) if has(f"dimensions.{name}", language) else _own_header(name, language)


def dimension_in_sentence(name: str, language: str = "en") -> str:
    """The same inside a sentence: words of ours in small letters, a header as it is."""
    known = has(f"dimensions.{name}", language)
    return say(f"dimensions.{name}", language).lower() if known else _own_header(name, language)


def _own_header(name: str, language: str) -> str:
    """ "accounts.Region", as it is named beside our own region, as "Region (accounts)"; other names as they are."""
    table, _, header = name.partition(".")
    if not header or not has(f"dimensions_of.{table}", language):
        return name
    return say("dimensions_of.named", language, header=header, table=say(f"dimensions_of.{table}", language))
