"""Texts to points in time. Which of day and month comes first is decided by a whole column, never by one cell."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

from metrics.exports.headers import normalised

Order = Literal["dmy", "mdy"]
SWAPPED = ("swapped", "right")
"""What days that a spreadsheet made of texts may be."""
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)

_EXAMPLES, _MONTHS_A_YEAR, _DIGITS_OF_A_DAY = 3, 12, 5

_TIME = r"(?:[ T,]+(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
_HALF = r"\s*(?P<half>[ap]\.?\s?m\.?)?"
_ZONE = r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?"
_TAIL = rf"{_TIME}{_HALF}{_ZONE}$"
_SHORT = re.compile(
    rf"^(?P<first>\d{{1,2}})([./-])(?P<next>\d{{1,2}})\2(?P<year>\d{{4}}|\d{{2}}){_TAIL}", re.IGNORECASE
)
_LONG = re.compile(rf"^(?P<year>\d{{4}})([./-])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_TAIL}", re.IGNORECASE)
_WORDS = re.compile(rf"^(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|º)?[ .-]+(?:de )?(?P<name>[^\W\d]+)\.?,?[ .-]+(?:de )?"
                    rf"|(?P<name2>[^\W\d]+)\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? )"
                    rf"(?P<year>\d{{4}}|(?<=\D)\d\d)(?: ?г\.?)?{_TAIL}", re.IGNORECASE)  # fmt: skip
_MONTH = re.compile(
    r"^(?:(?P<year>\d{4})[-./](?P<number>\d{1,2})(?:[-./]\d{1,2})?|(?P<number2>\d{1,2})[-./](?P<year2>\d{4})"
    r"|(?P<name>[^\W\d]{3,})\.?,?[ -](?:de )?(?P<year3>\d{4}))(?: г\.?)?(?: 00:00(?::00)?)?$"
)
_CHINESE = re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?\s*")
_CHINESE_HALF = re.compile(r"(上午|下午)\s*(\d{1,2})")
_COMPACT = re.compile(r"^(19|20)\d{6}$")
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12, "ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12, "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5,
    "маи": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip


@dataclass
class Evidence:
    """What the cells of a column say about their form: counts of cells, and examples."""

    dmy: int = 0  # day first, as no month is above 12
    mdy: int = 0
    either: int = 0
    told: int = 0  # forms that need no decision
    unreadable: int = 0
    examples: list[str] = field(default_factory=list)
    is_plain: bool = False  # all cells are ISO, which needs no reading of ours
    proofs: dict[str, str] = field(default_factory=dict)  # order → the first cell that proves it
    converted: list[str] = field(default_factory=list)  # a few of the days that a spreadsheet made of texts
    later: int = 0  # how many of those lie after the 12th of a month
    is_mixed: bool = False  # written with several signs between the figures, not all of which prove their order

    @property
    def order(self) -> Order | None:
        """The order that the column itself proves; None if it proves none, or contradicts itself in a single cell."""
        if self.contradicts or not (self.dmy or self.mdy):
            return None
        return "dmy" if self.dmy else "mdy"

    @property
    def contradicts(self) -> bool:
        """Whether it may be written in both orders, so that what one cell proves does not hold for the others."""
        return self.is_mixed or bool(self.dmy and self.mdy)

    @property
    def may_be_swapped(self) -> bool:
        """Whether a spreadsheet seems to have read some of the cells in the other order: none of its days is after the
        12th, and of the texts that it left each is one that it could not read so."""
        return bool(self.converted) and self.order is not None and not self.either and not self.later

    @property
    def is_open(self) -> bool:
        """Whether somebody must say which comes first."""
        return self.order is None and self.dmy + self.mdy + self.either > 0

    def note_converted(self, text: str) -> None:
        day = moment(text, "dmy")
        self.later += day is not None and day.day > _MONTHS_A_YEAR
        if len(self.converted) < _EXAMPLES:
            self.converted.append(text)


def is_converted(text: str) -> bool:
    """Whether a cell is a day as spreadsheets keep them: the number of a day, or year-month-day in a sheet's text."""
    plain = _plain(text)
    return bool(_LONG.match(plain)) or (bool(_NUMBER.match(plain)) and len(plain.split(".")[0]) == _DIGITS_OF_A_DAY)


def turned(text: str) -> datetime | None:
    """The point in time of a cell with its day and month exchanged, where a spreadsheet made it of a text."""
    found = moment(text, "dmy")
    if found is None or found.day > _MONTHS_A_YEAR or not is_converted(text):
        return found
    return found.replace(day=found.month, month=found.day)


def evidence(values: Iterable[tuple[str, int]]) -> Evidence:
    """Weigh distinct cells with their counts."""
    found, kinds = Evidence(), Counter[str]()
    by_sign: dict[str, set[str]] = {}
    for text, n in values:
        form = _form(text)
        kinds[form] += n
        if form in ("dmy", "mdy", "either") and (short := _SHORT.match(text.strip())):
            by_sign.setdefault(short[2], set()).add(form)
        if form == "told" and is_converted(text):
            found.note_converted(text)
        if form in ("dmy", "mdy"):
            found.proofs.setdefault(form, text)
        if form in ("dmy", "mdy", "either") and len(found.examples) < _EXAMPLES:
            found.examples.append(text)
    found.dmy, found.mdy, found.either = kinds["dmy"], kinds["mdy"], kinds["either"]
    found.told, found.unreadable = kinds["told"], kinds["unreadable"]
    found.is_mixed = len(by_sign) > 1 and any(forms == {"either"} for forms in by_sign.values())
    return found


def _form(text: str) -> str:
    short = _SHORT.match(text.strip())
    if short is None:
        return "told" if moment(text, "dmy") is not None else "unreadable"
    first, following = int(short["first"]), int(short["next"])
    if first > 12 or following > 12:
        order: Order = "dmy" if first > 12 else "mdy"
        return order if moment(text, order) is not None else "unreadable"
    if moment(text, "dmy") is None:
        return "unreadable"
    return "told" if first == following else "either"


def moment(text: str, order: Order) -> datetime | None:
    """The point in time of a cell: UTC where the cell names a zone, else as written. None if it cannot be read."""
    text = _plain(text)
    try:
        value = _numeric(text) or _written(text, order)
    except (ValueError, OverflowError):
        return None
    return value if value is not None and _EARLIEST <= value < _LATEST else None


def month(text: str) -> date | None:
    """The first day of a month: `2026-03`, `03/2026`, `March 2026`, `2026年3月`, or of the month of an ISO date."""
    plain = _plain(re.sub(r"月$", "月1日", text.strip()))
    found = _MONTH.match(plain)
    if found is None:
        return None
    number = int(found["number"] or found["number2"] or 0) or _MONTHS.get(normalised(found["name"])[:3], 0)
    return date(int(found["year"] or found["year2"] or found["year3"]), number, 1) if 1 <= number <= 12 else None


def has_zone(text: str) -> bool:
    """Whether a cell names its time zone (or counts seconds since 1970, which are UTC)."""
    plain = _plain(text)
    if _NUMBER.match(plain):
        return len(plain.split(".")[0]) >= 9
    return any(m["zone"] for pattern in (_SHORT, _LONG, _WORDS) if (m := pattern.match(plain)))


def _plain(text: str) -> str:
    text = re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()
    if "月" in text:
        text = _CHINESE.sub(r"\1-\2-\3 ", text).strip()
    if "午" in text:
        text = _CHINESE_HALF.sub(lambda m: f" {m[2]}", text) + (" pm" if "下午" in text else " am")
        text = re.sub(r"\s+", " ", text)
    return text


def _numeric(text: str) -> datetime | None:
    if not _NUMBER.match(text):
        return None
    if _COMPACT.match(text):
        return datetime(int(text[:4]), int(text[4:6]), int(text[6:]))
    whole, number = text.split(".")[0], float(text)
    if len(whole) in (12, 13):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)).replace(tzinfo=None)
    if len(whole) in (9, 10):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).replace(tzinfo=None)
    if 20_000 <= number < 80_000:
        return _EXCEL_DAY_ZERO + timedelta(seconds=round(number * 86_400))
    return None


def _written(text: str, order: Order) -> datetime | None:
    if found := _SHORT.match(text):
        first, following = int(found["first"]), int(found["next"])
        day, month = (first, following) if order == "dmy" else (following, first)
        year = _full_year(found["year"])
    elif found := _LONG.match(text):
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    elif found := _WORDS.match(text):
        name = _MONTHS.get(normalised(found["name"] or found["name2"])[:3])
        if name is None or (found["name2"] and len(found["year"]) == 2):
            return None
        year, month, day = _full_year(found["year"]), name, int(found["day"] or found["day2"])
    else:
        return None
    return _at_time(datetime(year, month, day), found)


def _full_year(digits: str) -> int:
    """Of two digits, the year from 1970 to 2069."""
    return int(digits) + (0 if len(digits) == 4 else 2000 if int(digits) < 70 else 1900)


def _at_time(day: datetime, found: re.Match[str]) -> datetime:
    if found["hour"] is None:
        return day
    hour = int(found["hour"])
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour on a twelve-hour clock")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    fraction = int((found["fraction"] or "0").ljust(6, "0")[:6])
    stamp = day.replace(minute=int(found["minute"]), second=int(found["second"] or 0), microsecond=fraction)
    stamp += timedelta(hours=hour) if hour <= 23 else timedelta(days=400_000)
    zone = found["zone"]
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        stamp = stamp.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset)).astimezone(UTC)
    return stamp.replace(tzinfo=None)
