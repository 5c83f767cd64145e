"""The trap of engagement against speed: long deals gather more touches merely by lasting."""

from datetime import date, datetime, timedelta
from random import Random

from company import company
from scipy.stats import spearmanr

from metrics import measure, open_snapshot

FIRST = date(2023, 1, 1)


def steady(early):
    """80 deals of 40 to 300 days with one click a week for as long as they last, on days of their own.

    `early(days, draw)`: how many webinars fall in the first thirty days of a deal that lasts so long.
    """
    draw = Random(5)
    deals, touches, totals = [], [], []
    for n in range(80):
        days, opened = draw.randrange(40, 300), FIRST + timedelta(days=3 * n)
        deals.append({"opportunity_id": f"d{n}", "account_id": f"a{n}", "stage": "Won", "opened_on": opened,
                      "closed_on": opened + timedelta(days=days)})  # fmt: skip
        kinds = [("email_click", day) for day in range(draw.randrange(7), days, 7)]
        kinds += [("webinar", draw.randrange(30)) for _ in range(early(days, draw))]
        totals.append((len(kinds), days))
        for kind, day in kinds:
            at = datetime.combine(opened + timedelta(days=day), datetime.min.time())
            touches.append({"activity_id": f"t{len(touches)}", "account_id": f"a{n}", "kind": kind,
                            "side": "marketing", "occurred_at": at})  # fmt: skip
    rows = {"accounts": [{"account_id": f"a{n}", "name": f"A{n}"} for n in range(80)], "opportunities": deals,
            "activities": touches, "stages": {"Demo": "open", "Won": "won"}}  # fmt: skip
    return rows, spearmanr(*zip(*totals, strict=True)).statistic


def rho(rows):
    snapshot = open_snapshot(company(**rows, export_day="2024-12-31", as_of="2024-12-31"))
    (row,) = measure(snapshot, "engagement_acceleration").rows()
    snapshot.close()
    return row


def test_an_artefact_of_long_deals_is_no_acceleration():
    """Every deal is touched once a week: all touches follow the length (ρ near 1), the first thirty days do not."""
    rows, of_all_touches = steady(lambda _days, _draw: 0)
    assert of_all_touches > 0.95
    row = rho(rows)
    assert row["low"] < 0 < row["high"]
    assert row["p"] > 0.05


def test_a_real_acceleration_is_found_though_all_touches_say_the_opposite():
    """Quick deals have webinars early; the long ones still gather more touches in all."""
    rows, of_all_touches = steady(lambda days, draw: draw.randrange(3) if days > 150 else 2 + draw.randrange(3))
    assert of_all_touches > 0.5
    row = rho(rows)
    assert row["high"] < -0.3
    assert row["p"] < 0.001
    assert row["upper_days"] < row["lower_days"]
