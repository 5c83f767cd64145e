"""Cells to values, as properties: what is written in any of the accepted forms is read back exactly."""

# ruff: noqa: E501 - the lines of the files are as long as they are

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.exports.dates import evidence, has_zone, moment
from metrics.exports.numbers import evidence as number_evidence
from metrics.exports.numbers import number
from metrics.exports.words import choice, currency, currency_in_amount
from metrics.model import table

moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)).map(lambda d: d.replace(microsecond=0))
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)


@given(moments, st.sampled_from("./-"), st.sampled_from(["dmy", "mdy"]), st.booleans())
def test_day_and_month_in_either_order(value: datetime, sign: str, order: str, padded: bool) -> None:
    day, month = (f"{value.day:02}", f"{value.month:02}") if padded else (value.day, value.month)
    first, following = (day, month) if order == "dmy" else (month, day)
    text = f"{first}{sign}{following}{sign}{value.year} {value:%H:%M:%S}"
    assert moment(text, order) == value
    found = evidence([(text, 1)])
    assert found.unreadable == 0
    assert found.order in (None, order)
    assert found.is_open == (value.day <= 12 and value.day != value.month)


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_offsets_become_utc(value: datetime, minutes: int) -> None:
    there = value.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    assert moment(there.isoformat(), "dmy") == value
    assert has_zone(there.isoformat())
    assert moment(f"{value:%Y-%m-%dT%H:%M:%S}.000Z", "dmy") == value


@given(moments)
def test_twelve_hour_clock_and_serials_and_epochs(value: datetime) -> None:
    assert moment(f"{value.month}/{value.day}/{value.year}, {value:%I:%M:%S %p}", "mdy") == value
    half = "上午" if value.hour < 12 else "下午"
    assert moment(f"{value.year}-{value.month}-{value.day} {half}{value.hour % 12 or 12}:{value:%M:%S}", "mdy") == value
    stamp = int(value.replace(tzinfo=UTC).timestamp())
    if 10**9 <= stamp < 10**10:
        assert moment(str(stamp), "dmy") == moment(str(stamp * 1000), "dmy") == value
    days = (value - datetime(1899, 12, 30)) / timedelta(days=1)
    if 20_000 <= days < 80_000:
        assert moment(repr(days), "dmy") == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-01-07 6:49:18", "2021-01-07 06:49:18"),
        ("2023-11-15 20:09", "2023-11-15 20:09:00"),
        ("20240105", "2024-01-05 00:00:00"),
        ("45631", "2024-12-05 00:00:00"),
        ("2026年3月1日", "2026-03-01 00:00:00"),
        ("2015-7-25 上午8:47", "2015-07-25 08:47:00"),
        ("5 ene. 2024", "2024-01-05 00:00:00"),
        ("5-Jan-24", "2024-01-05 00:00:00"),
        ("25-мар-71 9:30", "1971-03-25 09:30:00"),
        ("5 de marzo de 2024", "2024-03-05 00:00:00"),
        ("5 марта 2024 г.", "2024-03-05 00:00:00"),
        ("Mar 5, 2024 10:00 PM", "2024-03-05 22:00:00"),
        ("01.03.26", "2026-03-01 00:00:00"),
        ("31/02/2024", None),
        ("13:00", None),
        ("tomorrow", None),
        ("01/01/0026", None),
        ("2024-01-01 24:10", None),
    ],
)
def test_dates_one_by_one(text: str, expected: str | None) -> None:
    found = moment(text, "dmy")
    assert (str(found) if found else None) == expected


def _written(value: Decimal, group: str, mark: str) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)


@given(amounts, st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("'", ".")]))
def test_grouped_numbers(value: Decimal, signs: tuple[str, str]) -> None:
    group, mark = signs
    text = _written(value, group, mark)
    assert number(text, mark) == value  # type: ignore[arg-type]
    assert number_evidence([(text, 1)]).mark == mark
    other = "," if mark == "." else "."
    assert number(text, other) is None or number(text, other) != value or value == 0  # type: ignore[arg-type]


@given(amounts)
def test_signs_brackets_currencies_and_percent(value: Decimal) -> None:
    plain = _written(abs(value), ",", ".")
    assert number(f"({plain})", ".") == -abs(value)
    assert number(f"−{plain}", ".") == -abs(value)
    for dressed in (f"${plain}", f"€ {plain}", f"{plain} ₽", f"USD {plain}", f"{plain} EUR"):
        assert number(dressed, ".") == abs(value)
    assert number(f"{plain} %", ".") == abs(value) / 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45k", 45_000),
        ("1.2M", 1_200_000),
        ("3 тыс.", 3_000),
        ("1.2万", 12_000),
        (".5", "0.5"),
        ("1,23,456.78", "123456.78"),
    ],
)
def test_units(text: str, value: object) -> None:
    assert number(text, ".") == Decimal(str(value))


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "12,34", "1 2 3", "--5", "(5", "1e5", "5)"])
def test_no_numbers(text: str) -> None:
    assert number(text, ".") is None


def test_one_group_of_three_proves_no_mark() -> None:
    assert number_evidence([("1.234", 5), ("12,345", 1)]).is_open
    assert number_evidence([("0.125", 1)]).mark == "."
    assert number_evidence([("1.234", 5), ("1.5", 1)]).mark == "."
    assert not number_evidence([("1234", 5)]).is_open


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        ("1.234 12,500.00 2,500.00", ["1.234"]),
        ("1.234 2.500 12.50", ["1.234", "2.500"]),
        ("1,234 12.500,00", ["1,234"]),
        ("1,234 12,500.00", []),  # a thousand, as the column groups them
        ("1.234 0.125 12.50", []),  # others have three decimals too
        ("1.234 1234.567", []),
        ("12.50 1234", []),
    ],
)
def test_a_cell_that_may_be_a_thousand_among_amounts_with_fewer_decimals(cells: str, doubtful: list[str]) -> None:
    assert number_evidence([(text, 1) for text in cells.split()]).doubtful == doubtful


@given(st.text())
def test_nothing_raises(text: str) -> None:
    moment(text, "dmy")
    evidence([(text, 1)])
    number(text, ".")
    number(text, ",")
    number_evidence([(text, 1)])
    currency(text)


def test_words() -> None:
    kinds = table("opportunities")["deal_type"].choices
    assert [choice("deal_type", w, kinds) for w in ("newbusiness", "Existing Business", "Renewal", "New Customer", "x")] == [
        "new", "expansion", "renewal", "new", None,
    ]  # fmt: skip
    activity = table("activities")
    assert choice("direction", "OUTBOUND", activity["direction"].choices) == "out"
    assert choice("kind", "Web visit", activity["kind"].choices) == "web_visit"
    assert (currency("us dollar"), currency("eur"), currency("usd"), currency("€"), currency("??")) == (
        "USD", "EUR", "USD", "EUR", None,
    )  # fmt: skip
    assert (currency_in_amount("€ 5"), currency_in_amount("5 USD"), currency_in_amount("$5")) == ("EUR", "USD", None)
