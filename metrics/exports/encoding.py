"""Which encoding a text is in, and its UTF-8 copy where it is another one. The whole file is checked, not its start."""

import codecs
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from charset_normalizer import from_bytes

from metrics.errors import FileError
from metrics.exports import mojibake

_BLOCK = 8 << 20
_LATIN = ("cp1252", "cp1250", "cp1254")
_OTHER = ("cp1251", "koi8_r", "cp1253", "shift_jis", "big5", "euc_kr")
_SAMPLE = 200_000
_DECLARED = {
    "windows-1251": "cp1251", "windows-1252": "cp1252", "iso-8859-1": "cp1252", "windows-1250": "cp1250",
    "windows-1254": "cp1254", "koi8-r": "koi8_r", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
    "shift_jis": "shift_jis", "big5": "big5", "euc-kr": "euc_kr",
}  # fmt: skip
"""Encodings that a web page may declare, by its names for them."""


@dataclass(frozen=True)
class Text:
    """A UTF-8 text without byte-order mark at `path`, and what it was before."""

    path: Path
    encoding: str
    warnings: tuple[str, ...] = ()
    is_ascii: bool = False


def utf8(path: Path, name: str, scratch: Path, declared: str | None = None) -> Text:
    """The text in UTF-8; FileError where the bytes are no text. `declared`: the encoding that it says it is in."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    encoding, skip = _by_mark(head)
    if encoding is None:
        encoding = _utf16_without_mark(head)
    if encoding is None and _looks_binary(head):
        raise FileError(f"{name}: this is not a text or a workbook. Export the data as CSV or XLSX and load that.")
    fault, is_ascii = _first_fault(path) if encoding in (None, "utf-8") else (None, False)
    if encoding in (None, "utf-8") and fault is None:
        if not is_ascii and mojibake.encoded_twice(path):
            return _decoded_twice(path, name, scratch)
        warnings = tuple(mojibake.lost_letters(path, name))
        text = Text(path, "utf-8", is_ascii=is_ascii) if skip == 0 else _copied(path, "utf-8", skip, name, scratch)
        return replace(text, warnings=text.warnings + warnings)
    if encoding in (None, "utf-8"):
        encoding = _DECLARED.get(declared or "") or _single_byte(path, fault or 0)
    return _copied(path, encoding, skip, name, scratch)


def _by_mark(head: bytes) -> tuple[str | None, int]:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    return None, 0


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a zero in every second byte."""
    even, odd = head[0::2], head[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _looks_binary(head: bytes) -> bool:
    controls = sum(head.count(bytes([b])) for b in (*range(1, 9), *range(14, 32), 127))
    return head.count(0) + controls > 0.02 * len(head)


def _first_fault(path: Path) -> tuple[int | None, bool]:
    """Where the file stops being UTF-8, or None; and whether it is plain ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    done, is_ascii = 0, True
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            if not (is_ascii and block and block.isascii()):
                is_ascii = is_ascii and not block
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    return max(0, done + error.start - 4), False
            if not block:
                return None, is_ascii
            done += len(block)


def _single_byte(path: Path, fault: int) -> str:
    """The most plausible encoding of a text that is not UTF-8, judged on its lines with other than ASCII letters."""
    with path.open("rb") as stream:
        stream.seek(max(0, fault - 4096))
        block = stream.read(_BLOCK)
    sample = b"\n".join(line for line in block.split(b"\n") if not line.isascii())[:_SAMPLE]
    high = np.frombuffer(sample, dtype=np.uint8) >= 0x80
    edges = np.flatnonzero(np.diff(high, prepend=False, append=False))
    runs = edges[1::2] - edges[::2]
    if runs[runs > 2].sum() <= 0.5 * high.sum():  # accents stand alone or in pairs between plain letters
        return _most_plausible(sample, _LATIN)
    return "gb18030" if _is_chinese(sample) else _most_plausible(sample, _OTHER)


def _is_chinese(sample: bytes) -> bool:
    """Common characters have a first byte of B0 to D7; Cyrillic read as pairs falls on the rare ones."""
    try:
        text = sample.decode("gb18030", errors="ignore")
        signs = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
        common = sum(0xB0 <= sign.encode("gb18030")[0] <= 0xD7 for sign in signs)
    except UnicodeError:
        return False
    foreign = sum(sign > "\x7f" for sign in text)
    return len(signs) > 0 and common > 0.7 * len(signs) and len(signs) > 0.6 * foreign


def _most_plausible(sample: bytes, candidates: tuple[str, ...]) -> str:
    """The candidate whose text is least chaotic; the earlier one where two read the same."""
    scores = {}
    for match in from_bytes(sample, cp_isolation=list(candidates), threshold=0.9, enable_fallback=False):
        for encoding in match.could_be_from_charset:
            scores[encoding] = (round(match.chaos, 2), -round(match.coherence, 1))
    known = [c for c in candidates if c in scores]
    return min(known, key=lambda c: scores[c]) if known else candidates[0]


def _decoded_twice(path: Path, name: str, scratch: Path) -> Text:
    target = scratch / f"{path.name}.once"
    outer, inner = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        while True:
            block = source.read(_BLOCK)
            once = mojibake.once(outer.decode(block, final=not block).removeprefix("\ufeff"))
            sink.write(inner.decode(once, final=not block).removeprefix("\ufeff"))
            if not block:
                break
    return Text(target, "utf-8", (f"{name} had been encoded twice (as in “Ã¼” for “ü”); its letters were restored.",))


def _copied(path: Path, encoding: str, skip: int, name: str, scratch: Path) -> Text:
    target = scratch / f"{path.name}.utf8"
    replaced = 0
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        source.seek(skip)
        while True:
            block = source.read(_BLOCK)
            text = decoder.decode(block, final=not block)
            replaced += text.count("\ufffd")
            sink.write(text.removeprefix("\ufeff"))
            if not block:
                break
    warnings = []
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        warnings.append(f"{name} is not in UTF-8; it was read as {encoding}.")
    if replaced:
        warnings.append(f"{name}: {replaced} characters could not be read in {encoding}.")
    return Text(target, encoding, tuple(warnings))
