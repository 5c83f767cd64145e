"""The one place where a number becomes text, for cards, charts, sentences and tables alike.

Every function takes a `language` (a Babel locale) and never returns `nan` or `None`: what is missing is "n/a".
Rates are fractions of 1, durations days, money plain numbers beside a currency code.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_symbol

NBSP = "\u00a0"
MINUS = "\u2212"
_JOINER = "\u2060"
MISSING = "n/a"
FEW = 5
SMALL = 30
_SCALES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
_PERIOD = re.compile(r"((?:FY)?\d{4})(?:-(?:Q([1-4])|(\d{2})))?")


def is_missing(value: Any) -> bool:
    """True for None, NaN, NaT, pandas' NA and infinity."""
    if value is None:
        return True
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError):
        return str(value) in ("NaT", "<NA>", "nan")


def _half_up(value: float, digits: int) -> Decimal:
    """Rounded as people do, half away from zero: 14.5 → 15. What the number's shortest text says is its half."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def _plain(value: float, digits: int, language: str, *, fixed: bool = False) -> str:
    pattern = "#,##0" + ("." + ("0" if fixed else "#") * digits if digits else "")
    text = format_decimal(_half_up(value, digits), format=pattern, locale=language)
    return text.replace("-", MINUS).replace("\u202f", NBSP)


def count(value: Any, language: str = "en") -> str:
    """1284 → "1,284"."""
    return MISSING if is_missing(value) else _plain(float(value), 0, language)


def number(value: Any, language: str = "en", significant: int = 3) -> str:
    """Three significant digits, whole numbers in full: 0.6134 → "0.613", 84.25 → "84.3", 12345 → "12,345"."""
    if is_missing(value):
        return MISSING
    x = float(value)
    if x == 0 or abs(x) >= 10 ** (significant - 1):
        return _plain(x, 0, language)
    return _plain(x, significant - 1 - math.floor(math.log10(abs(x))), language)


def exact(value: Any, language: str = "en") -> str:
    """All digits that matter in a table: grouped, at most six decimals."""
    return MISSING if is_missing(value) else _plain(float(value), 6, language)


def _compact(value: float, language: str) -> tuple[str, str]:
    """(number, scale) of three significant digits at most: 8_400_000 → ("8.4", "M")."""
    size = abs(value)
    for scale, name in _SCALES:
        if size >= scale * 0.9995:
            scaled = value / scale
            return _plain(scaled, 0 if abs(scaled) >= 99.95 else 1 if abs(scaled) >= 9.995 else 2, language), name
    return _plain(value, 0 if size >= 99.5 or size == int(size) else 2, language), ""


def compact(value: Any, language: str = "en") -> str:
    """1284000 → "1.28 M", 410000 → "410 k"."""
    if is_missing(value):
        return MISSING
    text, scale = _compact(float(value), language)
    return f"{text}{NBSP}{scale}" if scale else text


def money(value: Any, currency: str | None = None, language: str = "en") -> str:
    """8400000, "EUR" → "€ 8.4 M". Without a currency the number alone."""
    if is_missing(value):
        return MISSING
    text = compact(abs(float(value)), language)
    symbol = get_currency_symbol(currency, locale=language) if currency else ""
    sign = MINUS if float(value) < 0 and text != "0" else ""
    return f"{sign}{symbol}{NBSP}{text}" if symbol else f"{sign}{text}"


def currency_symbol(currency: str | None, language: str = "en") -> str:
    """ "EUR" → "€"; empty without a currency."""
    return str(get_currency_symbol(currency, locale=language)) if currency else ""


def percent(value: Any, language: str = "en") -> str:
    """0.314 → "31 %". Below one percent one decimal; a share that is not 0 never reads as 0, nor one below 1 as 100."""
    if is_missing(value):
        return MISSING
    x = round(float(value) * 100, 9)  # 0.9999999999999998 is a whole
    if x != 0 and abs(x) < 0.05:
        return f"{'<' if x > 0 else '>' + MINUS}{NBSP}0.1{NBSP}%"
    digits = 1 if 0 < abs(x) < 0.95 or 99.5 <= x < 100 else 0
    if digits and 99.95 <= x < 100:
        return f">{NBSP}{_plain(99.9, 1, language)}{NBSP}%"
    return f"{_plain(x, digits, language)}{NBSP}%"


def signed(text: str, value: Any) -> str:
    """The text of a number with "+" in front where it is above 0 and does not read as 0, nor as below something."""
    above = not is_missing(value) and float(value) > 0 and text[:1] != "<"
    return f"+{text}" if above and re.search("[1-9]", text) else text


def signed_percent(value: Any, language: str = "en") -> str:
    """0.41 → "+41 %"."""
    return signed(percent(value, language), value)


def points(value: Any, language: str = "en") -> str:
    """A difference of two rates: 0.06 → "+6 pts", −0.01 → "−1 pt"."""
    if is_missing(value):
        return MISSING
    x = float(value) * 100
    text = _plain(x, 1 if 0.05 <= abs(x) < 0.95 else 0, language)
    return f"{signed(text, x)}{NBSP}{'pt' if text.lstrip(MINUS) == '1' else 'pts'}"


def times(value: Any, language: str = "en") -> str:
    """2.91 → "2.9×"."""
    if is_missing(value):
        return MISSING
    return f"{_plain(float(value), 0 if abs(float(value)) >= 99.5 else 1, language, fixed=True)}×"


def days(value: Any, language: str = "en", *, unit: bool = False) -> str:
    """84.25 → "84"; below ten one decimal where there is one. With `unit` "84 days"."""
    if is_missing(value):
        return MISSING
    text = _plain(float(value), 1 if abs(float(value)) < 9.95 else 0, language)
    return f"{text}{NBSP}{'day' if text == '1' else 'days'}" if unit else text


def few(numerator: Any, denominator: Any, language: str = "en") -> str:
    """3, 4 → "3 of 4"."""
    if is_missing(denominator):
        return MISSING
    return f"{count(0 if is_missing(numerator) else numerator, language)} of {count(denominator, language)}"


def rate(value: Any, numerator: Any, denominator: Any, language: str = "en") -> str:
    """A percentage, or "3 of 4" where fewer than five are behind it."""
    if not is_missing(denominator) and float(denominator) < FEW:
        return few(numerator, denominator, language)
    return percent(value, language)


def fine_rate(value: Any, numerator: Any, denominator: Any, language: str = "en") -> str:
    """The same, with one decimal below ten percent: rates of single months differ by tenths."""
    whole = rate(value, numerator, denominator, language)
    if is_missing(value) or whole == few(numerator, denominator, language) or not 0.0095 <= abs(float(value)) < 0.0995:
        return whole
    return f"{_plain(float(value) * 100, 1, language)}{NBSP}%"


def shown(value: Any, kind: str, currency: str | None = None, language: str = "en", *, unit: bool = False) -> str:
    """A figure by the `format` of its metric: percent, money, days, count, ratio, score; "times" is a ratio as 2.9×."""
    if kind == "percent":
        return percent(value, language)
    if kind == "money":
        return money(value, currency, language)
    if kind == "days":
        return days(value, language, unit=unit)
    if kind == "times":
        return times(value, language)
    if kind == "ratio":
        return times(value, language) if unit else number(value, language)
    return count(value, language) if kind == "count" else number(value, language)


def difference(value: Any, kind: str, currency: str | None = None, language: str = "en") -> str:
    """A change of such a figure: "+6 pts", "+€ 30 k", "+9 days", "+41"."""
    if kind == "percent":
        return points(value, language)
    return signed(shown(value, kind, currency, language, unit=kind == "days"), value)


def full(value: Any, kind: str, digits: int, currency: str | None = None, language: str = "en") -> str:
    """The same with so many decimals, for tables whose rows are added up: "38.97 %", "€ 1,234.50", "96.00". Those of a
    percentage are its fraction's: four for two."""
    if is_missing(value):
        return MISSING
    if kind == "percent":
        return f"{_plain(float(value) * 100, digits - 2, language, fixed=True)}{NBSP}%"
    text = _plain(abs(float(value)), digits, language, fixed=True)
    symbol = f"{currency_symbol(currency, language)}{NBSP}" if kind == "money" and currency else ""
    sign = MINUS if float(value) < 0 and re.search("[1-9]", text) else ""
    return f"{sign}{symbol}{text}"


def full_difference(value: Any, kind: str, digits: int, currency: str | None = None, language: str = "en") -> str:
    """A change of such a figure: "+3.51 pts", "−€ 1,234.50"."""
    text = signed(full(value, kind, digits, currency, language), value)
    return text.replace(f"{NBSP}%", f"{NBSP}pts") if kind == "percent" else text


def interval(low: Any, high: Any, kind: str, currency: str | None = None, language: str = "en") -> str:
    """The two ends with the unit once: "27–36 %", "77–92", "€ 1.2–1.5 M"; below zero "−7 to +5 pts"."""
    if is_missing(low) or is_missing(high):
        return MISSING
    if float(low) < 0 and kind == "percent":  # rates have no negative ends, differences of rates do
        start, end = (points(x, language) for x in (low, high))
        return f"{start.split(NBSP)[0]} to {end}"
    start, end = (shown(x, kind, currency, language) for x in (low, high))
    if float(low) < 0:
        return f"{start} to {signed(end, high)}"
    if start[0] in "<>" or end[0] in "<>":  # a dash before "> 99.9 %" reads as an arrow
        return f"{start} to {end}"
    if kind == "money" and currency:
        end = end.removeprefix(f"{currency_symbol(currency, language)}{NBSP}")
    unit = end.rpartition(NBSP)[2]
    if unit != end and start.endswith(f"{NBSP}{unit}"):
        start = start.removesuffix(f"{NBSP}{unit}")
    return f"{start}–{end}"


def difference_interval(low: Any, high: Any, kind: str, currency: str | None = None, language: str = "en") -> str:
    """The ends of a difference, each with its sign: "+18 to +36 pts", "−42 to −7 days", "−€ 4.36 k to −€ 1.91 k"."""
    if is_missing(low) or is_missing(high):
        return MISSING
    start, end = (difference(x, kind, currency, language) for x in (low, high))
    return f"{start.split(NBSP)[0] if kind in ('percent', 'days') else start} to {end}"


def unbroken(text: str) -> str:
    """The same words in one piece, which no line ends inside: "45–51 %", "n 1,240", "+€ 3 M"."""
    joined = text.replace(" ", NBSP).replace("–", f"{_JOINER}–{_JOINER}")
    return re.sub(rf"([+{MINUS}])(?=[^\d{_JOINER}])", rf"\1{_JOINER}", joined)


def date(value: dt.date | str | None, language: str = "en") -> str:
    """2026-10-31 → "31 Oct 2026"."""
    day = _day(value)
    return MISSING if day is None else str(format_date(day, "d MMM y", locale=language))


def _day(value: Any) -> dt.date | None:
    if value is None or str(value) in ("NaT", "nan", "<NA>", ""):
        return None
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def period(label: Any, language: str = "en", *, short: bool = False) -> str:
    """A calendar unit's label for people: "2026-03" → "Mar 2026" (short "Mar"), "FY2026-Q1" → "Q1 FY2026", "2026"."""
    found = _PERIOD.fullmatch(str(label))
    if found is None:
        return str(label)
    year, quarter, month = found.groups()
    if quarter:
        return f"Q{quarter}" if short else f"Q{quarter}{NBSP}{year}"
    if not month:
        return year
    first = dt.date(int(year), int(month), 1)
    return str(format_date(first, "LLL" if short else "LLL y", locale=language)).replace(" ", NBSP)


def month_and_day(value: dt.date | str, language: str = "en") -> str:
    """2026-01-01 → "1 January" for the scope sentence."""
    day = _day(value)
    if day is None:
        return MISSING
    pattern = "d MMMM" if Locale.parse(language).language == "en" else None
    return str(
        format_date(day, pattern, locale=language) if pattern else format_skeleton("MMMMd", day, locale=language)
    )
