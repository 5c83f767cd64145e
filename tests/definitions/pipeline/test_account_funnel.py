"""The account funnel: reached or in order, within a window, in a period."""

from datetime import date
from statistics import median

import pytest
from random_customers import is_response, outcome, random_customers

from metrics import QuestionError, Scope, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
STEPS = ["in_scope", "engaged", "with_opportunity", "won"]


def company_of(deals=(), forms=(), accounts=6, **more):
    return {
        "accounts": [{"account_id": f"a{n}", "name": f"a{n}"} for n in range(1, accounts + 1)], "stages": STAGES,
        "opportunities": [
            {"opportunity_id": f"d{n}", "account_id": account, "stage": stage, "opened_on": opened, "closed_on": closed,
             "amount": 100, "currency": "EUR"} for n, (account, stage, opened, closed) in enumerate(deals)
        ],
        "activities": [
            {"activity_id": f"t{n}", "account_id": account, "kind": "form", "side": "marketing", "direction": "in",
             "is_done": True, "occurred_at": at} for n, (account, at) in enumerate(forms)
        ], "as_of": "2024-06-30", **more,
    }  # fmt: skip


HAND = company_of(
    [("a1", "Won", "2024-02-01", "2024-05-01"), ("a2", "Won", "2024-02-01", "2024-03-01"),
     ("a3", "Demo", "2024-03-01", None), ("a4", "Lost", "2024-02-01", "2024-04-01"), ("a1", "Demo", "2024-06-01", None),
     (None, "Won", "2024-02-01", "2024-03-01")],
    [("a1", "2024-01-10 10:00"), ("a2", "2024-02-15 10:00"), ("a3", "2024-02-20 10:00"), ("a5", "2024-02-20 10:00")],
)  # fmt: skip


def columns(answer, *names):
    rows = answer.rows()
    assert [row["step"] for row in rows] == STEPS
    return [tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in rows]


def test_reached_by_hand(opened):
    """
    account  first form  opened      closed          furthest
    a1       10 January  1 February  won 1 May       won, and has a second deal
    a2       15 February 1 February  won 1 March     won
    a3       20 February 1 March     open            with an opportunity
    a4       -           1 February  lost 1 April    with an opportunity, engaged skipped
    a5       20 February -                           engaged
    a6       -           -                           in scope
    """
    answer = measure(opened(**HAND), "account_funnel")
    assert columns(answer, "value", "n", "skipped", "amount") == [
        (6, 6, 0, 500), (5, 6, 1, 500), (4, 6, 0, 500), (2, 6, 0, 300),
    ]  # fmt: skip
    assert columns(answer, "step_rate") == [None, pytest.approx(5 / 6), 0.8, 0.5]
    assert columns(answer, "overall_rate") == [1, pytest.approx(5 / 6), pytest.approx(4 / 6), pytest.approx(2 / 6)]
    # a1: 22 days to the deal and 90 to the win; a3: 10 days; a2's deal was older than its form.
    assert columns(answer, "median_days") == [None, None, 16, 90]
    assert dict(answer.excluded) == {"deal without an account": 1}


def test_strict_by_hand(opened):
    """Only a1 and a3 have a deal after their form (a2's is older, a4 has no form), only a1 won it."""
    snapshot = opened(**HAND)
    strict = measure(snapshot, "account_funnel", None, {"order": "strict"})
    assert columns(strict, "value") == [6, 4, 2, 1]
    # a1's form is 22 days before its deal and 112 before its win, a3's 10 days before its deal.
    for window, expected in ((10, [6, 4, 1, 0]), (22, [6, 4, 2, 0]), (111, [6, 4, 2, 0]), (112, [6, 4, 2, 1])):
        answer = measure(snapshot, "account_funnel", None, {"order": "strict", "window_days": window})
        assert columns(answer, "value") == expected


def test_a_later_touch_may_begin_the_window(opened):
    """A form years before and one 5 days before the deal: within 10 days the second one begins the way."""
    snapshot = opened(**company_of(
        [("a1", "Won", "2024-02-01", "2024-02-04")], [("a1", "2020-01-01"), ("a1", "2024-01-27"), ("a1", "2024-02-03")],
    ))  # fmt: skip
    for window, won in ((7, 0), (8, 1)):
        answer = measure(snapshot, "account_funnel", None, {"order": "strict", "window_days": window})
        assert columns(answer, "value") == [6, 1, 1, won]


def test_the_same_day_is_in_order(opened):
    snapshot = opened(**company_of([("a1", "Won", "2024-02-01", "2024-02-01")], [("a1", "2024-02-01 18:00")]))
    assert columns(measure(snapshot, "account_funnel", None, {"order": "strict"}), "value") == [6, 1, 1, 1]


def test_a_click_lists_as_many_as_the_mark_says(opened):
    snapshot = opened(**HAND)
    for options in ({}, {"order": "strict"}, {"order": "strict", "window_days": 22}):
        for row in measure(snapshot, "account_funnel", None, options).rows():
            listed = list_rows(snapshot, "account_funnel", None, options, where={"step": row["step"]})
            assert len(listed) == row["value"] == listed["account_id"].nunique()


def test_a_period_holds_what_happened_in_it(opened):
    """February: a2, a3, a5 touched; a1, a2, a4 had a deal open; nobody won. May: a1 won, a3 open. The scope stays."""
    snapshot = opened(**HAND)
    answer = measure(snapshot, "account_funnel", Scope(start=date(2024, 2, 1), end=date(2024, 5, 31), grain="month"))
    values = {(row["period"], row["step"]): row["value"] for row in answer.rows()}
    assert [values["2024-02", step] for step in STEPS] == [6, 5, 3, 0]
    assert [values["2024-05", step] for step in STEPS] == [6, 2, 2, 1]


def test_the_comparison_is_about_step_rates(opened):
    answer = measure(
        opened(**HAND, account_lists=[{"account_id": "a1", "list": "L"}]), "account_funnel", Scope(by="target")
    )
    assert [c.column for c in answer.comparison] == ["step_rate"] * 3
    assert [c.keys["step"] for c in answer.comparison] == STEPS[1:]


def test_without_accounts_there_is_no_row(opened):
    assert measure(opened(**company_of(accounts=0)), "account_funnel").rows() == []


def facts(company, account, start, end):
    """The days of touches, openings and wins of the account in the period, and whether it had a deal open."""
    inside = lambda on: on is not None and (start is None or start <= on <= end)  # noqa: E731
    touches = [t["occurred_at"] and t["occurred_at"].date() for t in company.activities
               if t["account_id"] == account and is_response(t)]  # fmt: skip
    touches = [on for on in touches if start is None or inside(on)]
    deals = []
    for deal in company.opportunities:
        if deal["account_id"] != account:
            continue
        opened, closed, state = deal["opened_on"], deal["closed_on"], outcome(deal)
        closed = closed if state != "open" else None
        if start is None:
            was_open = opened is None or opened <= AS_OF or (closed is not None and closed <= AS_OF)
        else:
            lasts = state == "open" or (closed is not None and closed >= start)
            was_open = inside(closed) or (opened is not None and opened <= end and lasts)
        if was_open:
            deals.append((opened, closed if state == "won" and (start is None or inside(closed)) else None,
                          state == "won" and (start is None or inside(closed))))  # fmt: skip
    return touches, deals


def in_order(touches, openings, wins, window):
    """Whether a touch, then an opening (, then a win) lie in order within the window: all ways are tried."""
    ways = [(t, o) for t in touches if t for o in openings if o and t <= o]
    to_deal = any(window == 0 or (o - t).days <= window for t, o in ways)
    to_win = any(o <= w and (window == 0 or (w - t).days <= window) for t, o in ways for w in wins if w)
    return to_deal, to_win


AS_OF = date(2024, 6, 15)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("period", [(None, None), (date(2023, 9, 1), date(2024, 2, 29))])
@pytest.mark.parametrize(("order", "window"), [("reached", 0), ("strict", 0), ("strict", 30), ("strict", 120)])
def test_a_second_answer(seed, period, order, window):
    company = random_customers(seed)
    counts, skipped, days = [0, 0, 0, 0], 0, []
    for account in (a["account_id"] for a in company.accounts):
        touches, deals = facts(company, account, *period)
        engaged, with_deal, won = bool(touches), bool(deals), any(is_won for _, _, is_won in deals)
        skipped += with_deal and not engaged
        openings = [opened for opened, _, _ in deals if opened]
        wins = [closed for _, closed, _ in deals if closed and closed <= AS_OF]
        if order == "strict":
            with_deal, won = in_order(touches, openings, wins, window)
        furthest = 3 if won else 2 if with_deal else 1 if engaged else 0
        for step in range(furthest + 1):
            counts[step] += 1
        first = min((t for t in touches if t), default=None)
        after = [o for o in openings if first and o >= first]
        days += [(min(after) - first).days] if after else []
    options = {"order": order, "window_days": window}
    scope = Scope(start=period[0], end=period[1])
    answer = measure(company.snapshot, "account_funnel", scope, options)
    assert columns(answer, "value") == counts
    assert columns(answer, "skipped")[1] == skipped
    assert columns(answer, "median_days")[2] == pytest.approx(median(days))


def test_the_funnel_agrees_with_its_parts():
    """Without skipping, the step is the share that the metrics of their own say."""
    company = random_customers(1)
    for scope in (Scope(), Scope(start=date(2023, 9, 1), end=date(2024, 2, 29))):
        steps = {row["step"]: row for row in measure(company.snapshot, "account_funnel", scope).rows()}
        (engaged,) = measure(company.snapshot, "engaged_accounts", scope).rows()
        (with_deal,) = measure(company.snapshot, "accounts_with_opportunity", scope).rows()
        assert steps["engaged"]["value"] - steps["engaged"]["skipped"] == engaged["numerator"]
        assert steps["with_opportunity"]["value"] == with_deal["numerator"]


def test_an_account_engaged_by_its_second_touch(opened):
    """engaged_min 2: the second form is the engagement, so the deal between the two is older than it."""
    snapshot = opened(**company_of(
        [("a1", "Demo", "2024-02-10", None), ("a2", "Demo", "2024-02-20", None)],
        [(a, f"2024-02-{day}") for a in ("a1", "a2") for day in ("05", "15")] + [("a3", "2024-02-05")],
    ))  # fmt: skip
    for options in ({"order": "strict"}, {"order": "strict", "window_days": 30}):
        answer = measure(snapshot, "account_funnel", None, {"engaged_min": 2, **options})
        assert columns(answer, "value") == [6, 2, 1, 0]
    assert columns(answer, "median_days")[2] == 5


@pytest.mark.parametrize("by", [None, "target"])
def test_without_activities_engaged_is_not_known(opened, by):
    """Deals alone: nobody can say who was engaged, and the accounts with a deal are held against all in scope."""
    lists = [{"account_id": account, "list": "L"} for account in ("a1", "a2")]
    snapshot = opened(**{**HAND, "activities": []}, account_lists=lists)
    for rows in measure(snapshot, "account_funnel", Scope(by=by)).frame.groupby("segment"):
        steps = rows[1].set_index("step")
        scope, deals = steps.loc["in_scope", "value"], steps.loc["with_opportunity", "value"]
        assert steps.loc["engaged", ["value", "step_rate", "overall_rate", "skipped"]].isna().all()
        assert steps.loc["with_opportunity", "step_rate"] == pytest.approx(deals / scope)
        assert steps.loc["with_opportunity", "denominator"] == scope
        assert steps.loc["won", "denominator"] == deals
    answer = measure(snapshot, "account_funnel")
    assert columns(answer, "value") == [6, None, 4, 2]
    assert any("No activities are loaded" in warning for warning in answer.warnings)
    assert len(list_rows(snapshot, "account_funnel", where={"step": "engaged"})) == 0
    assert columns(measure(snapshot, "account_funnel", None, {"order": "strict"}), "value") == [6, None, None, None]


ALL_STEPS = ["in_scope", "engaged", "qualified", "with_opportunity", "won"]
POINTS = {"qualified_points": 20, "steps": ", ".join(ALL_STEPS)}


def test_qualified_is_a_step_where_it_is_asked(opened):
    """Two forms are 20 points.

    account  forms                 deal                          furthest
    a1       10 and 20 January     opened 1 February, won 1 May  won, in order
    a2       10 January, 1 March   opened 1 February             with an opportunity; qualified only later
    a3       20 February           opened 1 March                with an opportunity, qualified skipped
    a4       -                     opened 1 February             with an opportunity, both skipped
    a5       5 and 25 February     -                             qualified
    a6       20 February           -                             engaged
    """
    snapshot = opened(**company_of(
        [("a1", "Won", "2024-02-01", "2024-05-01"), ("a2", "Demo", "2024-02-01", None),
         ("a3", "Demo", "2024-03-01", None), ("a4", "Demo", "2024-02-01", None)],
        [("a1", "2024-01-10"), ("a1", "2024-01-20"), ("a2", "2024-01-10"), ("a2", "2024-03-01"), ("a3", "2024-02-20"),
         ("a5", "2024-02-05"), ("a5", "2024-02-25"), ("a6", "2024-02-20")],
    ))  # fmt: skip

    def steps(*names, **options):
        answer = measure(snapshot, "account_funnel", None, {**POINTS, **options})
        return {row["step"]: tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]
                for row in answer.rows()}  # fmt: skip

    assert list(steps("value")) == ALL_STEPS
    assert steps("value", "skipped", "denominator") == {
        "in_scope": (6, 0, None), "engaged": (6, 1, 6), "qualified": (5, 2, 6), "with_opportunity": (4, 0, 5),
        "won": (1, 0, 4),
    }  # fmt: skip
    # a1 qualified 10 days after its first form, a2 51, a5 20; a1's deal opened 12 days after that and took 90.
    assert list(steps("median_days").values()) == [None, None, 20, 12, 90]
    assert list(steps("value", order="strict").values()) == [6, 5, 3, 1, 1]
    # The touch that qualifies a1 may begin its way: its deal is 12 days after that, the win 102.
    for window, deals, wins in ((11, 0, 0), (12, 1, 0), (101, 1, 0), (102, 1, 1)):
        expected = [6, 5, 3, deals, wins]
        assert list(steps("value", order="strict", window_days=window).values()) == expected
    assert steps("value", steps="won, in_scope") == {"in_scope": 6, "won": 1}
    assert steps("denominator", steps="won, in_scope")["won"] == 6
    for row in measure(snapshot, "account_funnel", None, POINTS).rows():
        assert len(list_rows(snapshot, "account_funnel", None, POINTS, where={"step": row["step"]})) == row["value"]
    (qualified,) = measure(snapshot, "qualified_accounts", None, {"qualified_points": 20}).rows()
    assert qualified["value"] == 3  # the step counts a3 and a4 too, which came further


def test_steps_that_are_none_are_refused(opened):
    snapshot = opened(**HAND)
    with pytest.raises(QuestionError, match="“in_markets” is not one of in_scope, engaged"):
        measure(snapshot, "account_funnel", None, {"steps": "in_scope, in_markets, won"})
    with pytest.raises(QuestionError, match="name at least one"):
        measure(snapshot, "account_funnel", None, {"steps": " , "})


def test_medians_need_five_deals_beside_a_bulk_load(opened):
    """Twenty deals of one day; four accounts of others were engaged before their deals: too few for a median."""
    bulk = [("a6", "Demo", "2024-01-01", None)] * 20
    four = [(f"a{n}", "Won", f"2024-0{n + 1}-10", f"2024-0{n + 1}-20") for n in range(1, 5)]
    forms = [(f"a{n}", "2024-01-05") for n in range(1, 6)]
    answer = measure(opened(**company_of([*bulk, *four], forms)), "account_funnel")
    assert columns(answer, "median_days") == [None] * 4
    fifth = ("a5", "Won", "2024-06-10", "2024-06-20")
    answer = measure(opened(**company_of([*bulk[:-1], *four, fifth], forms)), "account_funnel")
    assert columns(answer, "median_days") == [None, None, 96, 10]


MARKET = {"steps": "in_scope, engaged, in_market, with_opportunity, won"}
RESEARCH = company_of(
    [("a1", "Won", "2024-02-01", "2024-05-01"), ("a2", "Demo", "2024-02-01", None),
     ("a3", "Demo", "2024-03-01", None), ("a4", "Demo", "2024-02-01", None)],
    [("a1", "2024-01-10"), ("a2", "2024-01-10"), ("a3", "2024-02-20"), ("a5", "2024-02-05"), ("a6", "2024-02-20")],
    intent=[{"account_id": account, "observed_on": day, "score": score, "topic": "Pumps", "vendor": "V"}
            for account, day, score in (
                ("a1", "2024-01-20", 60), ("a2", "2024-01-05", 90), ("a3", "2024-01-01", 90), ("a4", "2024-01-20", 59),
                ("a5", "2024-03-01", 60), (None, "2024-01-01", 90), ("a6", "2024-02-20", None),
                ("a6", "2024-07-01", 90))],
    export_day="2024-07-10",
)  # fmt: skip


def by_step(snapshot, *names, scope=None, **options):
    rows = measure(snapshot, "account_funnel", scope, options).rows()
    return {row["step"]: tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in rows}


def test_in_market_is_a_step_where_it_is_asked(opened):
    """A signal of 60 counts for 30 days.

    account  form         in market             deal                          furthest
    a1       10 January   20 January-18 Feb     opened 1 February, won 1 May  won, in order
    a2       10 January   5 January-3 February  opened 1 February             with an opportunity, in order
    a3       20 February  1-30 January          opened 1 March                with an opportunity; in market too early
    a4       -            never: 59             opened 1 February             with an opportunity, both skipped
    a5       5 February   1-30 March            -                             in market
    a6       20 February  never: a signal after the as-of day, one without a score
    """
    snapshot = opened(**RESEARCH)
    assert by_step(snapshot, "value", "skipped", "denominator", **MARKET) == {
        "in_scope": (6, 0, None), "engaged": (6, 1, 6), "in_market": (5, 1, 6), "with_opportunity": (4, 0, 5),
        "won": (1, 0, 4),
    }  # fmt: skip
    # To being in market: a1 10 days, a2 none, a5 25; from then to the deal: a1 12, a2 22; a1's deal took 90.
    assert list(by_step(snapshot, "median_days", **MARKET).values()) == [None, None, 10, 17, 90]
    assert list(by_step(snapshot, "value", order="strict", **MARKET).values()) == [6, 5, 3, 2, 1]
    assert list(by_step(snapshot, "value").values()) == [6, 6, 4, 1]
    february = Scope(start=date(2024, 2, 1), end=date(2024, 2, 29))
    assert list(by_step(snapshot, "value", scope=february, **MARKET).values()) == [6, 6, 3, 3, 0]
    assert dict(measure(snapshot, "account_funnel", None, MARKET).excluded) == {
        "signal without an account": 1, "signal without a score": 1, "signal after as-of": 1,
    }  # fmt: skip
    for row in measure(snapshot, "account_funnel", None, MARKET).rows():
        assert len(list_rows(snapshot, "account_funnel", None, MARKET, where={"step": row["step"]})) == row["value"]


@pytest.mark.parametrize(
    ("window", "expected"),
    [(9, [6, 5, 1, 0, 0]), (10, [6, 5, 2, 0, 0]), (21, [6, 5, 2, 0, 0]), (22, [6, 5, 2, 2, 0]), (25, [6, 5, 3, 2, 0]),
     (111, [6, 5, 3, 2, 0]), (112, [6, 5, 3, 2, 1])],
)  # fmt: skip
def test_the_window_holds_the_way_through_the_market(opened, window, expected):
    """From the form: a2 is in market on it, a1 after 10 days, a5 after 25; both deals after 22, the win after 112."""
    assert list(by_step(opened(**RESEARCH), "value", order="strict", window_days=window, **MARKET).values()) == expected


def test_qualified_and_in_market_both_lie_between(opened):
    """a1's second form qualifies it on 25 January, when it still is in market; a2 never qualifies, a5 too late."""
    more = [("a1", "2024-01-25"), ("a5", "2024-04-01")]
    forms = [{**RESEARCH["activities"][0], "activity_id": f"m{n}", "account_id": account, "occurred_at": at}
             for n, (account, at) in enumerate(more)]  # fmt: skip
    snapshot = opened(**{**RESEARCH, "activities": RESEARCH["activities"] + forms})
    both = {"steps": ", ".join([*ALL_STEPS[:3], "in_market", *ALL_STEPS[3:]]), "qualified_points": 20}
    assert list(by_step(snapshot, "value", order="strict", **both).values()) == [6, 5, 2, 1, 1, 1]
    # Reached: engaged without a4; qualified a1 and a5, skipped by a2, a3, a4; in market as before.
    assert list(by_step(snapshot, "value", "skipped", **both).values()) == [
        (6, 0), (6, 1), (5, 3), (5, 1), (4, 0), (1, 0),
    ]  # fmt: skip
    assert by_step(snapshot, "median_days", **both)["in_market"] == 0


def test_without_signals_in_market_is_not_known(opened):
    snapshot = opened(**HAND)
    assert by_step(snapshot, "value", "denominator", **MARKET) == {
        "in_scope": (6, None), "engaged": (5, 6), "in_market": (None, 5), "with_opportunity": (4, 5), "won": (2, 4),
    }  # fmt: skip
    assert list(by_step(snapshot, "value", order="strict", **MARKET).values()) == [6, 4, None, None, None]
    answer = measure(snapshot, "account_funnel", None, MARKET)
    assert any("No intent signals are loaded" in warning for warning in answer.warnings)
    assert not any("No intent signals" in warning for warning in measure(snapshot, "account_funnel").warnings)
    signals_only = opened(**{**RESEARCH, "activities": []})
    assert list(by_step(signals_only, "value", **MARKET).values()) == [6, None, 5, 4, 1]
