"""The period presets of the bar, counted back from the as-of day and never from the clock."""

from datetime import date, timedelta

PRESETS = (
    "five_quarters", "year_to_date", "this_quarter", "last_quarter", "last_12_months", "all", "custom",
)  # fmt: skip
START = "five_quarters"


def preset_dates(preset: str, as_of: date, year_starts: int = 1) -> tuple[date | None, date | None]:
    """First and last day of a preset, both inclusive; (None, None) is all time. Years start in month `year_starts`.

    A running unit is given to its end, so that it is compared with whole months; questions stop at the as-of day.
    """
    since_start = (as_of.month - year_starts) % 12
    year = _months_later(as_of.replace(day=1), -since_start)
    quarter = _months_later(year, since_start // 3 * 3)
    quarter_end = _months_later(quarter, 3) - timedelta(days=1)
    if preset == "five_quarters":
        return _months_later(quarter, -12), quarter_end
    if preset == "year_to_date":
        return year, _months_later(year, 12) - timedelta(days=1)
    if preset == "this_quarter":
        return quarter, quarter_end
    if preset == "last_quarter":
        return _months_later(quarter, -3), quarter - timedelta(days=1)
    if preset == "last_12_months":
        month = _months_later(as_of.replace(day=1), 1)
        return _months_later(month, -12), month - timedelta(days=1)
    return None, None


def _months_later(first: date, months: int) -> date:
    """The first of the month that many months later; `first` is a first of a month."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
