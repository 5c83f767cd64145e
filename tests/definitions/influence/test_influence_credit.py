"""Influence credit: who earns what under each model, that each model adds up to the influenced amount, and journeys."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from random_customers import AS_OF, happened, is_response, outcome, random_customers

from metrics import Scope, explain, list_rows, measure

STAGES = {"Demo": "open", "Won": "won", "Lost": "lost"}
MODELS = ("first", "last", "linear", "position")


def won(number, account, amount, opened="2024-03-01", closed="2024-04-01", **more):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": "Won", "opened_on": opened, "closed_on": closed,
        "amount": amount, "currency": "EUR", **more,
    }  # fmt: skip


def touch(number, account, channel, at, kind="form", **more):
    return {
        "activity_id": f"t{number:03}", "account_id": account, "kind": kind, "side": "marketing", "direction": "in",
        "is_done": True, "channel": channel, "occurred_at": at, **more,
    }  # fmt: skip


def company_of(deals, touches, **more):
    accounts = sorted({d["account_id"] for d in deals if d["account_id"]} | {t["account_id"] for t in touches} - {None})
    return {
        "accounts": [{"account_id": a, "name": a} for a in accounts], "stages": STAGES, "as_of": "2024-06-30",
        "opportunities": deals, "activities": touches, **more,
    }  # fmt: skip


def credit(answer, column="value"):
    """{model: {channel: …}}"""
    found = defaultdict(dict)
    for row in answer.rows():
        found[row["model"]][row["channel"]] = row[column]
    return dict(found)


def test_by_hand(opened):
    """
    deal  amount  touches in order                       first    last     linear           position
    d1    1,000   Web, Web, Mail, Event                  Web      Event    Web 500,         Web 400 + 100, Mail 100,
                                                                           Mail, Event 250  Event 400
    d2    300     Mail, Web                              Mail     Web      150 each         150 each
    d3    50      Event                                  Event    Event    50               50
    d4    700     none                                   influenced nobody
    all   1,350 influenced: first Web 1,000, Mail 300, Event 50; last Event 1,050, Web 300;
          linear Web 650, Mail 400, Event 300; position Web 650, Mail 250, Event 450
    """
    snapshot = opened(**company_of(
        [won(1, "a1", 1000), won(2, "a2", 300), won(3, "a3", 50), won(4, "a4", 700)],
        [touch(1, "a1", "Web", "2024-02-01"), touch(2, "a1", "Web", "2024-02-20"), touch(3, "a1", "Mail", "2024-03-05"),
         touch(4, "a1", "Event", "2024-04-01 23:00"), touch(5, "a2", "Mail", "2024-02-10"),
         touch(6, "a2", "Web", "2024-03-10"), touch(7, "a3", "Event", "2024-03-10")],
    ))  # fmt: skip
    answer = measure(snapshot, "influence_credit")
    assert credit(answer) == {
        "first": {"Web": 1000, "Mail": 300, "Event": 50},
        "last": {"Event": 1050, "Web": 300},
        "linear": {"Web": 650, "Mail": 400, "Event": 300},
        "position": {"Web": pytest.approx(650), "Mail": pytest.approx(250), "Event": pytest.approx(450)},
    }
    assert credit(answer, "share")["last"] == {"Event": pytest.approx(1050 / 1350), "Web": pytest.approx(300 / 1350)}
    assert credit(answer, "deals")["linear"] == {"Web": 2, "Mail": 2, "Event": 2}
    assert dict(answer.excluded) == {"no touch on the way": 1}
    listed = list_rows(snapshot, "influence_credit", where={"model": "position", "channel": "Web"})
    assert dict(zip(listed["opportunity_id"], listed["measure"], strict=True)) == {
        "d1": pytest.approx(500), "d2": pytest.approx(150),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "options", "counts"),
    [
        ("2023-12-02 00:00", {}, True),  # 90 days before the opening on 1 March
        ("2023-12-01 23:59", {}, False),
        ("2023-12-01 23:59", {"window_days": 91}, True),
        ("2015-01-01 00:00", {"window_days": 0}, True),
        ("2024-04-01 23:59", {}, True),
        ("2024-04-02 00:00", {}, False),  # after the closing
        ("2024-04-02 00:00", {"window_days": 0}, False),
    ],
)
def test_the_edges_of_the_way(opened, at, options, counts):
    snapshot = opened(**company_of([won(1, "a1", 100)], [touch(1, "a1", "Web", at)]))
    assert bool(measure(snapshot, "influence_credit", None, options).rows()) == counts


def test_sends_and_impressions_count_only_when_any_touch_does(opened):
    snapshot = opened(**company_of([won(1, "a1", 100)], [
        touch(1, "a1", "Ads", "2024-03-02", "ad_impression", direction="out"), touch(2, "a1", "Web", "2024-03-03"),
        touch(3, "a1", "Call", "2024-03-04", "call", side="sales"),
        touch(4, "a1", "Event", "2024-03-05", "event", is_done=False),
    ]))  # fmt: skip
    assert credit(measure(snapshot, "influence_credit"))["linear"] == {"Web": 100}
    assert credit(measure(snapshot, "influence_credit", None, {"touch": "any"}))["linear"] == {"Ads": 50, "Web": 50}


def test_what_cannot_be_credited_is_counted(opened):
    """Without amount a deal still counts among the deals; without a day of opening or closing it has no way."""
    snapshot = opened(**company_of(
        [won(1, "a1", None), won(2, "a1", 100, opened=None), won(3, "a1", 100, closed=None), won(4, None, 100)],
        [touch(1, "a1", None, "2024-03-02"), touch(2, None, "Web", "2024-03-02"), touch(3, "a1", "Web", None)],
    ))  # fmt: skip
    answer = measure(snapshot, "influence_credit")
    assert [(r["model"], r["channel"], r["value"], r["n"], r["share"], r["deals"]) for r in answer.rows()] == [
        (model, "(none)", None, 0, None, 1) for model in MODELS
    ]
    assert dict(answer.excluded) == {
        "no amount": 1, "no opening date": 1, "no closing date": 1, "no touch on the way": 1,
        "touch without an account": 1, "touch without a date": 1,
    }  # fmt: skip


def test_a_period_takes_the_deals_won_in_it_and_the_touches_before_it(opened):
    snapshot = opened(**company_of(
        [won(1, "a1", 100), won(2, "a1", 900, closed="2024-05-01")], [touch(1, "a1", "Web", "2024-02-20")],
    ))  # fmt: skip
    april = Scope(start=date(2024, 4, 1), end=date(2024, 4, 30))
    assert credit(measure(snapshot, "influence_credit", april))["first"] == {"Web": 100}
    monthly = measure(snapshot, "influence_credit", Scope(start=date(2024, 4, 1), grain="month"))
    assert [(r["period"], r["value"]) for r in monthly.rows() if r["model"] == "last"] == [
        ("2024-04", 100), ("2024-05", 900),
    ]  # fmt: skip


def test_a_filter_by_channel_narrows_the_touches(opened):
    snapshot = opened(**company_of(
        [won(1, "a1", 100), won(2, "a2", 50)],
        [touch(1, "a1", "Web", "2024-03-02"), touch(2, "a1", "Mail", "2024-03-03"),
         touch(3, "a2", "Mail", "2024-03-03")],
    ))  # fmt: skip
    web = Scope(filters=(("channel", ("Web",)),))
    assert credit(measure(snapshot, "influence_credit", web))["last"] == {"Web": 100}


def journey(name, channels, value=None, converts=True, **more):
    """A row a touch; the last one converts."""
    last = len(channels)
    return [
        {"journey_id": name, "position": n, "channel": channel, "is_conversion": converts and n == last,
         "value": value if n == last else None, **more}
        for n, channel in enumerate(channels, start=1)
    ]  # fmt: skip


def test_ready_journeys_come_first_and_one_without_a_conversion_earns_nothing(opened):
    """
    j1  Web, Web, Mail, Event  converts, weight 10:  position: Web 4 + 1, Mail 1, Event 4
    j2  Mail                   converts, weight 2
    j3  Web, Mail              does not convert, though it carries a value
    j4  Event                  converts without a value: counted, earns nothing
    """
    rows = [*journey("j1", ["Web", "Web", "Mail", "Event"], 10), *journey("j2", ["Mail"], 2),
            *journey("j3", ["Web", "Mail"], 99, converts=False), *journey("j4", ["Event"])]  # fmt: skip
    touches = [touch(1, "a1", "Radio", "2024-03-02")]
    snapshot = opened(**company_of([won(1, "a1", 100)], touches, journeys=rows))
    answer = measure(snapshot, "influence_credit")
    assert credit(answer) == {
        "first": {"Web": 10, "Mail": 2, "Event": None}, "last": {"Event": 10, "Mail": 2},
        "linear": {"Web": 5, "Mail": 4.5, "Event": 2.5},
        "position": {"Web": pytest.approx(5), "Mail": pytest.approx(3), "Event": pytest.approx(4)},
    }  # fmt: skip
    assert credit(answer, "deals")["last"] == {"Event": 2, "Mail": 1}
    assert dict(answer.excluded) == {"conversion without a value": 1, "journey without a conversion": 1}
    assert any("4 ready-made journeys" in warning for warning in answer.warnings)
    own = measure(snapshot, "influence_credit", None, {"journeys": "touches"})
    assert credit(own) == {model: {"Radio": 100} for model in MODELS}
    assert not any("ready-made" in warning for warning in own.warnings)


def test_touches_after_a_conversion_earn_nothing_and_each_conversion_is_a_journey(opened):
    """Web, Mail (converts, 10), Event, Web (converts, 6): the second conversion has four touches behind it."""
    rows = [
        {"journey_id": "j", "position": n, "channel": c, "is_conversion": v is not None, "value": v}
        for n, (c, v) in enumerate([("Web", None), ("Mail", 10), ("Event", None), ("Web", 6), ("Radio", None)], start=1)
    ]
    answer = measure(opened(journeys=rows), "influence_credit")
    assert credit(answer)["last"] == {"Mail": 10, "Web": 6}
    assert credit(answer)["linear"] == {"Web": 5 + 3, "Mail": 5 + 1.5, "Event": 1.5}


def test_the_journeys_behind_a_channel_are_listed(opened):
    """As many as the mark says: Web has touched j once before its first conversion, twice before its second, and k."""
    rows = [
        {"journey_id": "j", "position": n, "channel": c, "is_conversion": v is not None, "value": v}
        for n, (c, v) in enumerate([("Web", None), ("Mail", 10), ("Event", None), ("Web", 6)], start=1)
    ]
    snapshot = opened(**company_of([won(1, "a1", 100)], [touch(1, "a1", "Radio", "2024-03-02")], journeys=[
        *rows, *journey("k", ["Web", "Mail"], 9),
    ]))  # fmt: skip
    listed = list_rows(snapshot, "influence_credit", where={"model": "linear", "channel": "Web"})
    columns = ["journey_id", "conversion", "journey_touches", "channel_touches", "journey_value", "measure"]
    assert listed[columns].to_numpy().tolist() == [["j", 2, 2, 1, 10, 5], ["j", 4, 4, 2, 6, 3], ["k", 2, 2, 1, 9, 4.5]]
    assert listed[["deal", "target", "deal_amount"]].isna().all(axis=None)
    told = explain(snapshot, "influence_credit", rows=True)
    assert (told["used"], len(told["rows"])) == (3, 20)
    own = list_rows(snapshot, "influence_credit", None, {"journeys": "touches"}, {"model": "linear"})
    assert list(own["opportunity_id"]) == ["d1"]


def test_a_conversion_row_without_a_channel_is_no_touch(opened):
    rows = [
        {"journey_id": "j", "position": 1, "channel": "Web", "is_conversion": False},
        {"journey_id": "j", "position": 2, "channel": None, "is_conversion": True, "value": 8},
    ]
    assert credit(measure(opened(journeys=rows), "influence_credit")) == {model: {"Web": 8} for model in MODELS}


def test_journeys_without_positions_stand_in_the_order_of_time_and_have_periods(opened):
    rows = [
        {"journey_id": "j", "channel": "Mail", "touched_at": "2024-02-02", "is_conversion": True, "value": 8},
        {"journey_id": "j", "channel": "Web", "touched_at": "2024-01-02"},
        {"journey_id": "k", "position": 1, "channel": "Web", "is_conversion": True, "value": 4},
    ]
    snapshot = opened(journeys=rows)
    assert credit(measure(snapshot, "influence_credit"))["first"] == {"Web": 12}
    february = measure(snapshot, "influence_credit", Scope(start=date(2024, 2, 1), end=date(2024, 2, 29)))
    assert credit(february)["first"] == {"Web": 8}
    assert dict(february.excluded) == {"conversion without a date": 1}


def second_answer(company, any_touch, window):
    """{(model, channel): credit}, one deal and one touch at a time."""
    sent = {"email_sent", "direct_mail", "campaign_sent", "ad_impression"}
    found = defaultdict(float)
    for deal in company.opportunities:
        start, end = deal["opened_on"], deal["closed_on"]
        if outcome(deal) != "won" or start is None or end is None or deal["amount"] is None or not deal["account_id"]:
            continue
        path = []
        for t in company.activities:
            counts = is_response(t) or (any_touch and t["kind"] in sent and t["side"] != "sales" and happened(t))
            if not counts or t["account_id"] != deal["account_id"] or t["occurred_at"] is None:
                continue
            day = t["occurred_at"].date()
            if day <= min(end, AS_OF) and (not window or day >= start - timedelta(days=window)):
                path.append((t["occurred_at"], t["activity_id"], t["channel"] or "(none)"))
        channels = [channel for *_, channel in sorted(path)]
        for n, channel in enumerate(channels):
            edges = (n == 0) + (n == len(channels) - 1)
            middle = 0.2 / (len(channels) - 2) if len(channels) > 2 else 0
            shares = {
                "first": n == 0, "last": n == len(channels) - 1, "linear": 1 / len(channels),
                "position": edges / 2 if len(channels) <= 2 else (0.4 if edges else middle),
            }  # fmt: skip
            for model, share in shares.items():
                found[model, channel] += share * deal["amount"]
    return found


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("touch", ["response", "any"])
@pytest.mark.parametrize("window", [0, 30, 90])
def test_a_second_answer_and_every_model_adds_up_to_the_influenced_amount(seed, touch, window):
    company = random_customers(seed)
    options = {"touch": touch, "window_days": window}
    rows = measure(company.snapshot, "influence_credit", None, options).rows()
    expected = second_answer(company, touch == "any", window)
    mine = {(r["model"], r["channel"]): r["value"] or 0 for r in rows}
    assert {key: value for key, value in mine.items() if value} == pytest.approx(
        {k: v for k, v in expected.items() if v}
    )
    influence = measure(company.snapshot, "marketing_influence", None, options).rows()
    amount = next(r["value"] * r["amount"] for r in influence if r["of"] == "won")
    for model in MODELS:
        assert sum(value for (of, _), value in mine.items() if of == model) == pytest.approx(amount)
        assert sum(r["share"] or 0 for r in rows if r["model"] == model) == pytest.approx(1)
