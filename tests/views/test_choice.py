"""A choice goes to the URL as plain keys and comes back from it; a name never stands in it."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.filters.choice import Choice, Mark
from dashboard.filters.periods import PRESETS, preset_dates
from dashboard.filters.url import read_url, write_url
from dashboard.text.scope import scope_words

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
    (None, "previous"), (date(2024, 7, 1), "previous"), (date(2024, 8, 1), "previous"),
    (date(2024, 10, 1), "last-year"), (date(2024, 11, 1), "last-year"), (date(2025, 9, 1), "none"),
])  # fmt: skip
def test_more_than_a_year_is_not_held_against_itself_where_the_data_reach_back_far_enough(
    first_day: date | None, compared: str
) -> None:
    """October 2025 to October 2026 and a year before share an October; July 2024 to July 2025 is apart."""
    assert Choice().settled(date(2026, 10, 31), first_day).compare == compared


@pytest.mark.parametrize("period", ["year_to_date", "this_quarter", "last_quarter", "last_12_months"])
def test_a_year_or_less_is_compared_with_last_year(period: str) -> None:
    chosen = Choice(period=period).settled(date(2026, 10, 31), date(2020, 1, 1))
    assert chosen.compare == "last-year"
    assert chosen.shared_days(date(2026, 10, 31), chosen.compare) is None


def test_who_wants_last_year_gets_it_and_the_scope_says_what_is_in_both() -> None:
    as_of = date(2026, 10, 31)
    wanted = Choice(compare="last-year").settled(as_of, date(2020, 1, 1))
    assert wanted.compare == "last-year"
    said = scope_words(wanted, as_of, has_targets=True)
    assert "compared with the same days of last year, 1 October 2024 to 31 October 2025 (" in said
    assert "(1 October to 31 October 2025 is in both)" in said
    before = Choice().settled(as_of, None)
    assert "compared with the same days of the period before, 1 July 2024 to 31 July 2025" in scope_words(
        before, as_of, True
    )
    over = replace(before, period="last_quarter", compare="last-year")
    assert "compared with last year, 1 July to 30 September 2025" in scope_words(over, as_of, has_targets=True)
    assert "in both" not in scope_words(before, as_of, True) + scope_words(over, as_of, has_targets=True)


def test_else_with_the_period_before_or_with_none() -> None:
    as_of = date(2026, 10, 31)
    quarter = Choice(period="last_quarter")
    assert quarter.settled(as_of, date(2026, 4, 1)).compare == "previous"
    assert quarter.settled(as_of, date(2026, 7, 1)).compare == "none"
    assert Choice(period="last_quarter", compare="last-year").settled(as_of, date(2026, 4, 1)).compare == "none"
    assert Choice(period="last_quarter", compare="none").settled(as_of, date(2020, 1, 1)).compare == "none"
    assert Choice(period="all").settled(as_of, date(2020, 1, 1)).compare == "none"
