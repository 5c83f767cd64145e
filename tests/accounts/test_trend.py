"""An account's figures over the last year, counted by hand, and the last of them beside the list's own."""

from datetime import date, timedelta

import pandas as pd
import pytest

from metrics import account_profile, list_accounts
from metrics.accounts.trend import STEP, account_trend

AS_OF = date(2024, 12, 31)


def ago(days):
    return pd.Timestamp(AS_OF - timedelta(days=days))


def test_the_line_of_each_figure_by_hand():
    """p1: a touch of 30 points 10 days ago; p2: one of 10 points 100 days ago. They fade over 90 days. d3 was lost,
    nobody knows when: it never counts as open.

    days ago  points           people  open                               longest stay
    0         30 × (1 − 10/90)  p1      d1, opened 40 ago: 100             d1 in Offer for 20
    30        10 × (1 − 70/90)  p2      d1, and d2, won 15 ago: 150        d2 in Talk for 170
    90        10 × (1 − 10/90)  p2      d2, opened 200 ago: 50             d2, 110
    180       none yet         none    d2                                 d2, 20
    210       before the data are known
    """
    worth = pd.DataFrame({"occurred_on": [ago(10), ago(100)], "contact_id": ["p1", "p2"], "worth": [30.0, 10.0]})
    deals = pd.DataFrame({
        "opportunity_id": ["d1", "d2", "d3"], "outcome": ["open", "won", "lost"], "amount": [100.0, 50.0, 7.0],
        "opened_on": [ago(40), ago(200), None], "closed_on": [None, ago(15), None],
    })  # fmt: skip
    stages = pd.DataFrame({
        "opportunity_id": ["d1", "d1", "d2", "d2"], "is_closing": [False, False, False, True],
        "entered_on": [ago(40), ago(20), ago(200), ago(15)], "exited_on": [ago(20), None, ago(15), None],
    })  # fmt: skip
    found = account_trend(worth, deals, stages, as_of=AS_OF, window=90, known_from=AS_OF - timedelta(days=185))
    lines = found.drop(columns="day").set_axis([(AS_OF - day).days for day in found["day"]])
    assert lines.index.tolist() == [STEP * n for n in range(12, -1, -1)]
    assert lines.loc[0].tolist() == pytest.approx([30 * 80 / 90, 1, 100, 20])
    assert lines.loc[30].tolist() == pytest.approx([10 * 20 / 90, 1, 150, 170])
    assert lines.loc[90].tolist() == pytest.approx([10 * 80 / 90, 1, 50, 110])
    assert lines.loc[180].tolist() == pytest.approx([0, 0, 50, 20])
    assert lines.loc[360:210].isna().all(axis=None)


def test_the_last_day_is_what_the_list_says(sample):
    """The busiest account, one with several open deals and one with nothing; a fraction of a day is not in the line."""
    everyone = list_accounts(sample, fit=False).set_index("account_id")
    picked = [everyone["points"].idxmax(), everyone["open_deals"].idxmax(), everyone["touches"].idxmin()]
    for account_id in picked:
        last, listed = account_profile(sample, account_id).trend.iloc[-1], everyone.loc[account_id]
        assert last["points"] == pytest.approx(listed["points"])
        assert last["people"] == listed["people"]
        assert last["open_amount"] == pytest.approx(0 if pd.isna(listed["open_amount"]) else listed["open_amount"])
        days = listed["days_in_stage"]
        assert pd.isna(last["days_in_stage"]) if pd.isna(days) else abs(last["days_in_stage"] - days) < 1
