"""A choice goes to the URL as plain keys and comes back from it; a name never stands in it."""

from datetime import date

import pytest

from dashboard.filters.choice import Choice, Mark
from dashboard.filters.periods import PRESETS, preset_dates
from dashboard.filters.url import read_url, write_url

KNOWN = {"industry": ["Rail", "Sea"], "owner": ["Seller 1", "Seller 2"], "pipeline": ["Sales"], "tier": ["1"]}


@pytest.mark.parametrize("choice", [
    Choice(),
    Choice(show="target", period="all", compare="none", split="industry", filters=(("pipeline", ("Sales",)),)),
    Choice(filters=(("pipeline", ("(none)",)),)),
    Choice(period="this_quarter", compare="goal"),
    Choice(role="executive", show="rest"),
    Choice(period="custom", start=date(2024, 1, 1), end=date(2024, 2, 29)),
    Choice(filters=(("industry", ("Rail", "Sea")), ("owner", ("Seller 2",)))),
    Choice(switches=(("funnel", "leads"),), mark=Mark("win_rate", (("owner", "Seller 1"), ("stage", "a&b=c")))),
])  # fmt: skip
def test_there_and_back(choice: Choice) -> None:
    assert read_url(write_url(choice), KNOWN) == (choice, [])


def test_the_start_is_an_empty_url() -> None:
    assert write_url(Choice()) == {}


def test_nobody_is_named_in_the_url() -> None:
    choice = Choice(filters=(("owner", ("Seller 1",)),), mark=Mark("owners", (("owner", "Seller 2"),)))
    assert "Seller" not in str(write_url(choice))


def test_unknown_values_are_left_out_and_named() -> None:
    choice, ignored = read_url(
        {
            "show": ["all"],
            "where.industry": ["Rail", "Air"],
            "where.planet": ["Mars"],
            "split": ["x"],
            "from": ["soon"],
        },
        KNOWN,
    )
    assert choice == Choice(filters=(("industry", ("Rail",)),))
    assert set(ignored) == {"show", "where.industry", "where.planet", "split", "from"}


def test_a_custom_period_needs_two_days_in_order() -> None:
    choice, ignored = read_url({"period": ["custom"], "from": ["2024-05-01"], "to": ["2024-04-01"]}, KNOWN)
    assert choice == Choice()
    assert ignored == ["period"]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_end_on_or_after_they_start(preset: str) -> None:
    for as_of in (date(2024, 2, 29), date(2025, 1, 1), date(2024, 12, 31)):
        start, end = preset_dates(preset, as_of)
        assert (start is None) == (end is None)
        assert start is None or start <= end


def test_the_start_default_is_four_full_quarters_and_the_current_one() -> None:
    assert preset_dates("five_quarters", date(2026, 10, 31)) == (date(2025, 10, 1), date(2026, 12, 31))
    assert preset_dates("last_quarter", date(2026, 1, 5)) == (date(2025, 10, 1), date(2025, 12, 31))


def test_presets_follow_the_fiscal_year() -> None:
    """Years from February: 31 October 2026 ends the third quarter (August to October) of the year to January 2027."""
    day = date(2026, 10, 31)
    assert preset_dates("this_quarter", day, 2) == (date(2026, 8, 1), date(2026, 10, 31))
    assert preset_dates("last_quarter", day, 2) == (date(2026, 5, 1), date(2026, 7, 31))
    assert preset_dates("year_to_date", day, 2) == (date(2026, 2, 1), date(2027, 1, 31))
    assert preset_dates("five_quarters", day, 2) == (date(2025, 8, 1), date(2026, 10, 31))
    assert preset_dates("year_to_date", date(2026, 1, 5), 4) == (date(2025, 4, 1), date(2026, 3, 31))
    assert Choice(period="this_quarter", year_starts=2).dates(day) == (date(2026, 8, 1), date(2026, 10, 31))


@pytest.mark.parametrize(("first_day", "compared"), [
    (date(2024, 10, 1), "last-year"), (date(2024, 11, 1), "last-year"), (date(2025, 9, 1), "none"), (None, "last-year"),
])  # fmt: skip
def test_the_comparison_is_with_last_year_where_the_data_reach_that_far(first_day: date | None, compared: str) -> None:
    assert Choice().settled(date(2026, 10, 31), first_day).compare == compared


def test_else_with_the_period_before_or_with_none() -> None:
    as_of = date(2026, 10, 31)
    quarter = Choice(period="last_quarter")
    assert quarter.settled(as_of, date(2026, 4, 1)).compare == "previous"
    assert quarter.settled(as_of, date(2026, 7, 1)).compare == "none"
    assert Choice(period="last_quarter", compare="last-year").settled(as_of, date(2026, 4, 1)).compare == "none"
    assert Choice(period="last_quarter", compare="none").settled(as_of, date(2020, 1, 1)).compare == "none"
    assert Choice(period="all").settled(as_of, date(2020, 1, 1)).compare == "none"
