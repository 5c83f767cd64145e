"""Letters that an earlier program broke: encoded twice (they come back), or replaced by marks (they do not)."""

import codecs
from pathlib import Path

_BLOCK = 8 << 20
_FEW = 3
"""Words of question marks that may stand in a healthy file."""


def encoded_twice(path: Path) -> bool:
    """Whether the whole UTF-8 file, read as cp1252 bytes, is UTF-8 again, and not only in ASCII."""
    outer, inner = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("utf-8")()
    foreign = False
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            if not block or not block.isascii():
                text = outer.decode(block, final=not block).removeprefix("\ufeff")
                foreign = foreign or not text.isascii()
                try:
                    inner.decode(once(text), final=not block)
                except UnicodeError:
                    return False
            if not block:
                return foreign


def once(text: str) -> bytes:
    """The bytes that were taken for cp1252; UnicodeEncodeError where a letter is in no such byte."""
    return text.encode("cp1252", errors=_C1)


def lost_letters(path: Path, name: str) -> list[str]:
    """Warnings on letters that are gone: replacement marks, and words of question marks in a file of plain ASCII."""
    marks = questions = 0
    ascii_only = True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            ascii_only = ascii_only and block.isascii()
            if not ascii_only:
                marks += block.count(b"\xef\xbf\xbd")
            elif b"?" in block:  # one letter is found ten times sooner than three
                questions += block.count(b"???")
    if marks:
        return [f"{name}: {marks:,} characters were lost before this export. Export it again in UTF-8."]
    if ascii_only and questions > _FEW:
        return [
            f"{name}: words of question marks ({questions:,}) stand where letters were: the export was written in an "
            "encoding that lacks them. Export it again in UTF-8."
        ]
    return []


def _pass_controls(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes that cp1252 leaves undefined are read by most programs as the control characters of their numbers."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    if any(not "\x80" <= letter <= "\x9f" for letter in letters):
        raise error
    return letters.encode("latin-1"), error.end


_C1 = "cp1252-controls"
codecs.register_error(_C1, _pass_controls)
