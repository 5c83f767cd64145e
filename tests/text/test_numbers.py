"""Every number on the screen is written by one formatter: spelled out here, once a kind."""

import datetime as dt

import pandas as pd
import pytest

from dashboard.text import numbers

N = numbers.NBSP


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (8_400_000, "EUR", f"€{N}8.4{N}M"),
        (410_000, "EUR", f"€{N}410{N}k"),
        (76_000, "EUR", f"€{N}76{N}k"),
        (1_234_567, "USD", f"${N}1.23{N}M"),
        (999_999, "EUR", f"€{N}1{N}M"),
        (999, None, "999"),
        (0, "EUR", f"€{N}0"),
        (-500_000, "EUR", f"{numbers.MINUS}€{N}500{N}k"),
        (12.5, "CHF", f"CHF{N}12.5"),
        (None, "EUR", "n/a"),
        (float("nan"), "EUR", "n/a"),
    ],
)
def test_money_has_three_significant_digits_and_its_currency_in_front(value, currency, text):
    assert numbers.money(value, currency) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.314, f"31{N}%"),
        (0, f"0{N}%"),
        (1, f"100{N}%"),
        (1.04, f"104{N}%"),
        (0.004, f"0.4{N}%"),
        (0.00001, f"<{N}0.1{N}%"),
        (0.9999, f">{N}99.9{N}%"),
        (-0.07, f"{numbers.MINUS}7{N}%"),
        (None, "n/a"),
    ],
)
def test_a_share_that_is_not_none_or_all_never_reads_as_such(share, text):
    assert numbers.percent(share) == text


def test_counts_are_grouped_and_ratios_have_their_sign():
    assert numbers.count(1284) == "1,284"
    assert numbers.times(2.91) == "2.9×"
    assert numbers.number(0.6134) == "0.613"
    assert numbers.number(12345) == "12,345"
    assert numbers.exact(1234.56789) == "1,234.56789"


def test_differences_carry_their_sign_and_unit():
    assert numbers.points(0.06) == f"+6{N}pts"
    assert numbers.points(-0.01) == f"{numbers.MINUS}1{N}pt"
    assert numbers.points(0) == f"0{N}pts"
    assert numbers.difference(9, "days") == f"+9{N}days"
    assert numbers.difference(30_000, "money", "EUR") == f"+€{N}30{N}k"
    assert numbers.difference(0.0, "count") == "0"


def test_days_are_whole_from_ten_on():
    assert numbers.days(84.25) == "84"
    assert numbers.days(8.5) == "8.5"
    assert numbers.days(1, unit=True) == f"1{N}day"
    assert numbers.days(84, unit=True) == f"84{N}days"


def test_an_interval_names_its_unit_once():
    assert numbers.interval(0.27, 0.36, "percent") == f"27–36{N}%"
    assert numbers.interval(77, 92, "days") == "77–92"
    assert numbers.interval(1.2e6, 1.5e6, "money", "EUR") == f"€{N}1.2–1.5{N}M"
    assert numbers.interval(9e5, 1.5e6, "money", "EUR") == f"€{N}900{N}k–1.5{N}M"
    assert numbers.interval(-0.07, 0.05, "percent") == f"{numbers.MINUS}7 to +5{N}pts"
    assert numbers.interval(-1, 31, "days") == f"{numbers.MINUS}1 to +31"
    assert numbers.interval(None, 0.3, "percent") == "n/a"


def test_fewer_than_five_are_counted_not_rated():
    assert numbers.rate(0.75, 3, 4) == "3 of 4"
    assert numbers.rate(0.6, 3, 5) == f"60{N}%"
    assert numbers.rate(None, 0, 0) == "0 of 0"


@pytest.mark.parametrize(
    ("rate", "of", "text"),
    [(0.0128, 234, f"1.3{N}%"), (0.02, 100, f"2{N}%"), (0.0994, 234, f"9.9{N}%"), (0.0996, 234, f"10{N}%"),
     (0.004, 234, f"0.4{N}%"), (0.27, 234, f"27{N}%"), (0.0, 234, f"0{N}%"), (0.05, 4, "0 of 4")],
)  # fmt: skip
def test_rates_of_single_months_differ_by_tenths(rate, of, text):
    assert numbers.fine_rate(rate, rate * of, of) == text


def test_what_is_below_something_has_no_plus():
    assert numbers.signed_percent(0.0001) == f"<{N}0.1{N}%"
    assert numbers.signed_percent(0.001) == f"+0.1{N}%"


def test_dates_and_periods_are_in_words():
    assert numbers.date("2026-10-31") == "31 Oct 2026"
    assert numbers.date(dt.date(2026, 1, 2)) == "2 Jan 2026"
    assert numbers.date(pd.NaT) == "n/a"
    assert numbers.month_and_day("2026-01-01") == "1 January"
    assert numbers.period("2026-03") == f"Mar{N}2026"
    assert numbers.period("2026-03", short=True) == "Mar"
    assert numbers.period("2026-Q1") == f"Q1{N}2026"
    assert numbers.period("2026") == "2026"
    assert numbers.period("(none)") == "(none)"


@pytest.mark.parametrize("kind", ["percent", "money", "days", "count", "ratio", "score"])
@pytest.mark.parametrize("missing", [None, float("nan"), float("inf"), pd.NA, pd.NaT])
def test_what_is_missing_never_reads_as_nan(kind, missing):
    assert numbers.shown(missing, kind, "EUR", unit=True) == "n/a"


def test_another_language_writes_its_own_separators():
    assert numbers.count(1284567, "es") == "1.284.567"
    assert numbers.count(1284567, "ru") == f"1{N}284{N}567"
    assert numbers.date("2026-10-31", "ru").startswith("31 ")


def test_no_line_ends_between_a_sign_and_its_amount():
    assert numbers.unbroken(f"+€{N}3{N}M") == f"+\u2060€{N}3{N}M"
    assert numbers.unbroken(f"{numbers.MINUS}€ 3") == f"{numbers.MINUS}\u2060€{N}3"
    assert numbers.unbroken("+3 pts") == f"+3{N}pts"
