"""Text from a CRM is hostile until made safe. One function an outlet, and no other way to it.

Streamlit renders Markdown in most labels, plotly renders tags and links in labels, spreadsheets run cells that begin
like a formula. `st.dataframe` and `st.text` show text literally and need nothing of this.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

WORD_JOINER = "\u2060"  # takes no room and breaks no line, but breaks up what would be recognised as a link
_FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPACE = re.compile(r"[ \t-\r\x1c-\x1f\x85\u1680\u2000-\u200a\u2028\u2029\u205f\u3000]+")  # no-break spaces stay
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&\"'=^])")


def one_line(value: object) -> str:
    """The value as one line of visible text: no control or direction-changing characters, white space single."""
    text = _SPACE.sub(" ", str(value)).strip(" ")
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") and not _turns_direction(c))


def _turns_direction(character: str) -> bool:
    return character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def for_plotly(value: object) -> str:
    """For any label, tick or hover text of a figure: shown as it is, neither tag nor link nor formula."""
    text = one_line(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("$", "&#36;").replace("%{", "%&#123;")


def for_markdown(value: object) -> str:
    """For any Streamlit element that renders Markdown: shown as it is, without emphasis, links, icons or formulas."""
    text = one_line(value)
    text = re.sub(r":(?=\S)", f":{WORD_JOINER}", text)
    text = re.sub(r"@(?=\S)", f"@{WORD_JOINER}", text)
    text = re.sub(r"(?i)\bwww(?=\.)", f"www{WORD_JOINER}", text)
    return _PUNCTUATION.sub(r"\\\1", text)


def for_csv(value: Any) -> Any:
    """For a cell of a file that a spreadsheet may open: text that begins like a formula gets a leading apostrophe.

    Numbers, also those written as text, and everything that is not text stay as they are.
    """
    if not isinstance(value, str) or _PLAIN_NUMBER.fullmatch(value):
        return value
    begins = value[:1] in _FORMULA_STARTS or value.lstrip()[:1] in _FORMULA_STARTS
    return f"'{value}" if value and value.lstrip() and begins else value


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as a CSV file that spreadsheets read as UTF-8 and in which no cell or header is a formula."""
    safe = frame.map(for_csv).rename(columns=for_csv)
    return str(safe.to_csv(index=False, lineterminator="\n")).encode("utf-8-sig")


def shorten(value: object, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis where something was cut. Not yet safe for any outlet."""
    text = one_line(value)
    return text if len(text) <= limit else text[: max(limit - 1, 1)].rstrip(" ,.;:-–·") + "…"


def shorten_file(value: object, limit: int) -> str:
    """A file's name of at most `limit` characters, an ellipsis where something was cut: the words and the day at its
    end tell it from others, its kind does not. Not yet safe for any outlet."""
    text = one_line(value)
    if len(text) <= limit:
        return text
    bare = text.rpartition(".")[0] or text
    tail = max(min(len("contacts-2026-01-31"), limit - 6), 1)
    return f"{bare}…" if len(bare) < limit else f"{bare[: limit - tail - 1]}…{bare[-tail:]}"


def shorten_middle(value: object, limit: int) -> str:
    """At most `limit` characters, the middle one an ellipsis where something was cut: a file's name ends in its day
    and kind. Not yet safe for any outlet."""
    text = one_line(value)
    tail = limit // 3
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[-tail:]}"
