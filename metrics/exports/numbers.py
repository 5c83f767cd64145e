"""Texts to numbers. Which sign is the decimal mark is decided by a whole column, never by one cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

Mark = Literal[".", ","]
MARKS: tuple[Mark, ...] = (".", ",")

_CURRENCY = r"(?:US\$|[$€£¥￥₽₴₸₹₩₺]|руб\.?|р\.|kr\.?|zł|[A-Z]{3})"
_FRAME = re.compile(
    rf"^(?P<open>\()?\s*(?P<sign>[-−+])?\s*{_CURRENCY}?\s*(?P<sign2>[-−+])?\s*(?P<digits>\d[\d.,' ’]*|[.,]\d+)"
    rf"\s*(?P<unit>тыс\.?|млн\.?|k|K|m|M|mln|bn|B|万|亿)?\s*(?P<percent>%)?\s*{_CURRENCY}?\s*(?P<close>\))?$"
)
_POWERS = {"k": 3, "тыс": 3, "万": 4, "m": 6, "mln": 6, "млн": 6, "亿": 8, "b": 9, "bn": 9}
_GROUPED = re.compile(r"^[1-9]\d{0,2}([.,])\d{3}$")
_BETWEEN = re.compile(r"[ '’]")
_EXAMPLES = 3
_BLANKS = re.compile(r"[\u00a0\u202f\u2009\s]+")


@dataclass
class Evidence:
    """What the cells of a column say about their decimal mark: counts of cells, and examples.

    `ambiguous`: a few cells like `1.234` by the sign in them; `decimals`: the most that a cell with a proven mark has.
    """

    point: int = 0
    comma: int = 0
    either: int = 0
    unreadable: int = 0
    decimals: int = 0
    examples: list[str] = field(default_factory=list)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)

    @property
    def mark(self) -> Mark | None:
        """The decimal mark that the column proves; None if it proves none, or contradicts itself in a single cell."""
        if bool(self.point) == bool(self.comma):
            return None
        return "." if self.point else ","

    @property
    def doubtful(self) -> list[str]:
        """Cells like `1.234` in a column of amounts with a decimal point: they would be the only ones with three
        decimals, and may be thousands that somebody wrote otherwise."""
        return self.ambiguous.get(self.mark or "", []) if self.decimals < 3 else []

    @property
    def is_open(self) -> bool:
        return self.mark is None and self.point + self.comma + self.either > 0


def evidence(values: Iterable[tuple[str, int]]) -> Evidence:
    """Weigh distinct cells with their counts. `1.234` alone proves nothing: a thousand or a bit over one."""
    found = Evidence()
    for text, n in values:
        frame = _frame(text)
        if frame is None:
            found.unreadable += n
            continue
        digits = _BETWEEN.sub("", frame["digits"])
        proven = _proven_mark(digits)
        if proven in MARKS:
            found.decimals = max(found.decimals, len(digits.rpartition(proven)[2]) if proven in digits else 0)
        if proven == "?" and len(few := found.ambiguous.setdefault("." if "." in digits else ",", [])) < _EXAMPLES:
            few.append(text)
        if proven == ".":
            found.point += n
        elif proven == ",":
            found.comma += n
        elif proven == "?":
            found.either += n
        if proven != "" and len(found.examples) < _EXAMPLES:
            found.examples.append(text)
    return found


def as_proven(text: str, mark: Mark) -> Decimal | None:
    """The value of a cell with the decimal mark that it proves by itself, else with this one."""
    frame = _frame(text)
    proven = _proven_mark(_BETWEEN.sub("", frame["digits"])) if frame else ""
    return number(text, "." if proven == "." else "," if proven == "," else mark)


def _frame(text: str) -> re.Match[str] | None:
    return _FRAME.match(_BLANKS.sub(" ", text).strip())


def _proven_mark(digits: str) -> str:
    """The decimal mark that one figure proves; '?' where it may be either; '' where it has none."""
    if "." in digits and "," in digits:
        return max(".,", key=digits.rfind)
    sign = "." if "." in digits else ","
    if sign not in digits:
        return ""
    other = "," if sign == "." else "."
    if digits.count(sign) > 1:
        return other
    return "?" if _GROUPED.match(digits) else sign


def number(text: str, mark: Mark) -> Decimal | None:
    """The value of a cell; percent as a fraction of 1. None if it cannot be read with that decimal mark."""
    frame = _frame(text)
    if frame is None or bool(frame["open"]) != bool(frame["close"]) or (frame["sign"] and frame["sign2"]):
        return None
    thousands = "," if mark == "." else "."
    whole, _, fraction = frame["digits"].rstrip(" ").partition(mark)
    if thousands in fraction or mark in fraction or not _is_grouped(whole, thousands):
        return None
    plain = re.sub(r"[.,'’ ]", "", whole) or "0"
    try:
        value = Decimal(f"{plain}.{fraction or '0'}".replace(" ", ""))
    except InvalidOperation:
        return None
    value = value.scaleb(_POWERS.get((frame["unit"] or "").lower().rstrip("."), 0))
    value = value / 100 if frame["percent"] else value
    signs = (frame["sign"] or "") + (frame["sign2"] or "") + ("-" if frame["open"] else "")
    return -value if signs.count("-") + signs.count("−") == 1 else value


def _is_grouped(whole: str, thousands: str) -> bool:
    """Whether the part before the decimal mark is plain digits, or in groups parted by one kind of sign."""
    signs = {c for c in whole if not c.isdigit()}
    if not signs:
        return True
    if len(signs) > 1 or not signs <= {thousands, " ", "'", "’"}:
        return False
    first, *rest = whole.split(signs.pop())
    return 1 <= len(first) <= 3 and len(rest[-1]) == 3 and all(2 <= len(group) <= 3 for group in rest)
