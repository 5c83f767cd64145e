"""From which day on there are data: the day of the first row, not the first of its month."""

from datetime import date

from metrics.beginning import first_day, stray_deals


def deals(*days):
    return [{"opportunity_id": f"d{i}", "opened_on": day} for i, day in enumerate(days)]


def test_the_day_of_the_first_deal_is_named_and_not_the_first_of_its_month(opened):
    assert first_day(opened(opportunities=deals("2024-01-12", "2024-01-20", "2024-02-03"))) == date(2024, 1, 12)


def test_deals_that_an_import_created_begin_with_the_first_that_closed(opened):
    """20 deals created on one day, five of which had closed in the months before: the first on 7 May 2023."""
    closed = ["2023-05-07", "2023-05-09", "2023-08-01", "2023-11-30", "2024-01-15"]
    rows = [
        {"opportunity_id": f"d{i}", "opened_on": "2024-01-22", "closed_on": day, "stage": "Won" if day else "Open"}
        for i, day in enumerate([*closed, *[None] * 15])
    ]
    stages = {"Open": "open", "Won": "won"}
    assert first_day(opened(opportunities=rows, stages=stages, as_of="2024-02-03")) == date(2023, 5, 7)


def test_a_stray_deal_in_a_hundred_is_no_beginning(opened):
    """1 of 101 deals (0.99 %) is of 2019: the others begin on 9 March 2024. 2 of 102 are no longer stray."""
    many = ["2024-03-09", *["2024-03-20"] * 99]
    begun = opened(opportunities=deals("2019-05-04", *many))
    assert (first_day(begun), stray_deals(begun)) == (date(2024, 3, 9), 1)
    begun = opened(opportunities=deals("2019-05-04", "2019-05-11", *many))
    assert (first_day(begun), stray_deals(begun)) == (date(2019, 5, 4), 0)


def test_a_deal_opened_after_the_as_of_day_is_none(opened):
    assert first_day(opened(opportunities=deals("2024-01-12", "2024-05-20"), as_of="2024-04-30")) == date(2024, 1, 12)
    planned = opened(opportunities=deals("2024-05-20"), accounts=[{"account_id": "a1", "created_on": "2024-01-05"}],
                     as_of="2024-04-30")  # fmt: skip
    assert first_day(planned) == date(2024, 1, 5)


def test_without_deals_the_data_begin_with_anything(opened):
    assert first_day(opened(accounts=[{"account_id": "a1", "created_on": "2023-11-17"}])) == date(2023, 11, 17)
    assert stray_deals(opened(accounts=[{"account_id": "a1", "created_on": "2023-11-17"}])) == 0
