"""Renewals at risk: which contracts come up, and each of the three signs, by hand."""

from datetime import date, timedelta

import pytest

from metrics import Scope, list_rows, measure

AS_OF = date(2024, 6, 30)


def contract(account, renews=None, ended=None, revenue=100, **more):
    return {"contract_id": f"k-{account}", "account_id": account, "started_on": "2023-01-01", "ended_on": ended,
            "renews_on": renews, "monthly_revenue": revenue, "currency": "EUR", "product": "Pumps", **more}  # fmt: skip


def touch(account, days_ago, kind="meeting", sentiment=None):
    return {"account_id": account, "kind": kind, "side": "sales", "is_done": True, "sentiment": sentiment,
            "occurred_at": f"{AS_OF - timedelta(days=days_ago)} 10:00"}  # fmt: skip


def firm(opened, contracts, touches=(), **more):
    names = [c["account_id"] for c in contracts if c["account_id"]]
    return opened(
        accounts=[{"account_id": n, "name": n.upper(), "owner": "East"} for n in dict.fromkeys(names)],
        contracts=contracts, activities=[{"activity_id": f"t{n}", **t} for n, t in enumerate(touches)],
        as_of=str(AS_OF), export_day="2024-09-30", **more,
    )  # fmt: skip


def reasons(answer):
    return {r["contract_id"].removeprefix("k-"): r["reasons"] for r in answer.rows()}


def falling(*names):
    """A meeting a while ago, and none in the last 90 days."""
    return [touch(name, 100) for name in names]


def test_which_contracts_come_up(opened):
    """
    contract  renews                 ends               in the 90 days to 28 September
    today     on the as-of day       -                  yes
    last      90 days later          -                  yes
    later     91 days later          -                  no
    ends      -                      30 days later      yes: that is when it must be renewed
    both      60 days later          30 days later      yes, by its end
    past      100 days ago           -                  no: its next renewal is not known
    none      -                      -                  no
    over      10 days later          on the as-of day   no: it is over
    signed    -                      30 days later      no: the next contract follows
    begins    10 days later          -                  no: it begins after the as-of day
    """

    def day(n):
        return str(AS_OF + timedelta(days=n))

    contracts = [
        contract("today", day(0)), contract("last", day(90)), contract("later", day(91)),
        contract("ends", None, day(30)), contract("both", day(60), day(30)), contract("past", day(-100)),
        contract("none"), contract("over", day(10), day(0)), contract("signed", None, day(30)),
        {**contract("signed"), "contract_id": "k-next", "started_on": day(40)},
        {**contract("begins", day(10)), "started_on": day(1)},
    ]  # fmt: skip
    names = sorted({c["account_id"] for c in contracts})
    snapshot = firm(opened, contracts, falling(*names))
    answer = measure(snapshot, "renewals_at_risk")
    assert [(r["contract_id"], r["renews_on"], r["days_left"]) for r in answer.rows()] == [
        ("k-today", day(0), 0), ("k-both", day(30), 30), ("k-ends", day(30), 30), ("k-last", day(90), 90),
    ]  # fmt: skip
    assert dict(answer.excluded) == {"contract without a renewal to come": 2, "renewed already": 1}
    assert set(reasons(measure(snapshot, "renewals_at_risk", options={"renewal_days": 91}))) == {
        "today", "both", "ends", "last", "later",
    }  # fmt: skip
    assert len(list_rows(snapshot, "renewals_at_risk", part="renewing")) == 5


def test_the_next_renewal_of_a_contract_that_renews_every_so_many_months(opened):
    """
    contract  renewed last  every      ends          comes up
    yearly    15 Aug 2023   12 months  -             15 Aug 2024, 46 days later
    notice    15 Aug 2023   12 months  15 Aug 2024   on its end
    monthly   30 May 2024   month      -             on the as-of day
    far       15 Dec 2023   12 months  -             in 168 days: not yet
    unknown   15 Aug 2023   -          -             nobody knows when
    """
    said = {
        "yearly": ("2023-08-15", None, 12), "notice": ("2023-08-15", "2024-08-15", 12),
        "monthly": ("2024-05-30", None, 1), "far": ("2023-12-15", None, 12), "unknown": ("2023-08-15", None, None),
    }  # fmt: skip
    contracts = [contract(name, on, ended, _renews_every=months) for name, (on, ended, months) in said.items()]
    answer = measure(firm(opened, contracts, falling(*said)), "renewals_at_risk")
    assert [(r["contract_id"], r["renews_on"], r["days_left"]) for r in answer.rows()] == [
        ("k-monthly", "2024-06-30", 0), ("k-notice", "2024-08-15", 46), ("k-yearly", "2024-08-15", 46),
    ]  # fmt: skip
    assert dict(answer.excluded) == {"contract without a renewal to come": 1}


def test_a_contract_whose_successor_has_begun_is_not_at_risk(opened):
    """
    account  comes up            next contract                      at risk
    early    ends 1 August       from 15 June, to next year         no
    other    ends 1 August       the same, another product          yes
    brief    ends 1 August       from 15 June to 1 August           yes
    active   renews 1 August     from 1 August, signed              no
    """
    due, begun = "2024-08-01", {"started_on": "2024-06-15", "contract_id": "n-"}
    contracts = [contract("early", None, due), contract("other", None, due), contract("brief", None, due),
                 contract("active", due)]  # fmt: skip
    following = [
        contract("early", "2025-06-15", **begun),
        contract("other", "2025-06-15", **begun | {"product": "Fans"}),
        contract("brief", None, due, **begun),
        contract("active", "2025-08-01", **begun | {"started_on": due}),
    ]
    following = [k | {"contract_id": "n-" + k["account_id"]} for k in following]
    names = ("early", "other", "brief", "active")
    snapshot = firm(opened, contracts + following, falling(*names))
    answer = measure(snapshot, "renewals_at_risk")
    assert sorted(r["contract_id"] for r in answer.rows()) == ["k-brief", "k-other", "n-brief"]
    assert dict(answer.excluded)["renewed already"] == 2


SOON = "2024-08-01"


def test_each_sign_of_risk(opened):
    """
    account  points now, before  intent                           sentiment   at risk for
    fell     30, 60              -                                -           falling engagement
    dipped   60 + 20, 90         -                                -           - (a ninth less)
    rose     60, 30              -                                -0.2, 0.3   -
    fresh    -, - (older only)   -                                -           -
    rival    30, 30              a competitor, strong             -           competitor intent
    mild     30, 30              a competitor, weak               -           -
    other    30, 30              pumps, strong                    -           -
    named    30, 30              "acme rival review", strong      -           competitor intent
    sour     32, 32              -                                -0.6, 0.1   negative sentiment
    bygone   30, 30              long ago                         long ago    -
    all      -, 30               a competitor, strong             -1          all three
    """
    names = ("fell", "dipped", "rose", "fresh", "rival", "mild", "other", "named", "sour", "bygone", "all")
    steady = ("rival", "mild", "other", "named", "sour", "bygone")
    touches = [
        touch("fell", 0), touch("fell", 90), touch("fell", 179), touch("dipped", 1), touch("dipped", 2),
        touch("dipped", 3, "content"), touch("dipped", 4, "content"), touch("dipped", 91), touch("dipped", 92),
        touch("dipped", 93), touch("rose", 10, sentiment=-0.2), touch("rose", 89, sentiment=0.3), touch("rose", 90),
        touch("fresh", 180), *(touch(name, ago) for name in steady for ago in (20, 120)),
        touch("sour", 5, "call", -0.6), touch("sour", 95, "call"), touch("sour", 6, "email_sent", 0.1),
        touch("bygone", 91, "email_sent", -1),
        touch("all", 150), touch("all", 4, "email_sent", -1),
    ]  # fmt: skip
    for t in touches:
        if t["kind"] == "content":
            t["side"] = "marketing"
    intent = [
        {"account_id": account, "vendor": "V", "topic": topic, "score": score, "scale": 100, "is_competitor": rival,
         "observed_on": str(AS_OF - timedelta(days=ago))}
        for account, topic, score, rival, ago in (
            ("rival", "Gizmo", 80, True, 0), ("mild", "Gizmo", 59, True, 0), ("other", "Pumps", 90, False, 0),
            ("named", "acme rival review", 60, False, 29), ("bygone", "Gizmo", 80, True, 30),
            ("all", "Gizmo", 99, True, 3),
        )
    ]  # fmt: skip
    snapshot = firm(opened, [contract(name, SOON) for name in names], touches, intent=intent)
    answer = measure(snapshot, "renewals_at_risk", options={"competitors": "acme rival review"})
    assert reasons(answer) == {
        "fell": "falling engagement", "rival": "competitor intent", "named": "competitor intent",
        "sour": "negative sentiment", "all": "falling engagement, competitor intent, negative sentiment",
    }  # fmt: skip
    (everything,) = [r for r in answer.rows() if r["account_id"] == "all"]
    assert (everything["value"], everything["owner"], everything["account_name"]) == (1200, "East", "ALL")
    assert (everything["points"], everything["points_before"], everything["competitors"]) == (0, 30, "Gizmo")
    assert "dipped" in reasons(measure(snapshot, "renewals_at_risk", options={"least_fall": 0.1}))


def test_what_is_not_loaded_is_said(opened):
    answer = measure(firm(opened, [contract("a1", SOON)]), "renewals_at_risk")
    assert answer.rows() == []
    for missing in ("whether engagement falls", "who researches a competitor", "No sentiment"):
        assert any(missing in warning for warning in answer.warnings), missing


def test_mentions_have_a_mood_too(opened):
    mentions = [{"account_id": "a1", "brand": "We", "sentiment": -0.5, "published_on": "2024-06-01"},
                {"account_id": "a2", "brand": "They", "sentiment": -0.5, "published_on": "2024-06-01",
                 "is_competitor": True}]  # fmt: skip
    snapshot = firm(opened, [contract("a1", SOON), contract("a2", SOON)], mentions=mentions)
    assert reasons(measure(snapshot, "renewals_at_risk")) == {"a1": "negative sentiment"}


def test_without_an_amount_or_an_account(opened):
    """A renewal without its revenue is listed; one without an account cannot be judged."""
    contracts = [contract("a1", SOON, revenue=None), contract("a2", SOON, revenue=5), contract(None, SOON)]
    answer = measure(firm(opened, contracts, falling("a1", "a2")), "renewals_at_risk")
    assert [(r["contract_id"], r["value"]) for r in answer.rows()] == [("k-a2", 60), ("k-a1", None)]
    assert dict(answer.excluded) == {"contract without an account": 1, "no amount (listed without its revenue)": 1}


@pytest.mark.parametrize(
    ("filters", "found"),
    [((("owner", ("East",)),), {"a1"}), ((("product", ("Valves",)),), {"d1"}), ((("team", ("Two",)),), {"d1"}),
     ((("target", ("target",)),), {"d1"})],
)  # fmt: skip
def test_a_contract_has_the_owner_of_its_account_and_a_product_of_its_own(opened, filters, found):
    contracts = [contract("a1", SOON), contract("d1", SOON, product="Valves")]
    snapshot = opened(
        accounts=[{"account_id": "a1", "owner": "East"}, {"account_id": "d1", "owner": "West", "is_target": True}],
        owners=[{"owner": "East", "team": "One"}, {"owner": "West", "team": "Two"}], contracts=contracts,
        activities=[{"activity_id": f"t{n}", **t} for n, t in enumerate(falling("a1", "d1"))],
        as_of=str(AS_OF), export_day="2024-09-30",
    )  # fmt: skip
    assert set(reasons(measure(snapshot, "renewals_at_risk", Scope(filters=filters)))) == found
    ((name, _),) = filters
    split = measure(snapshot, "renewals_at_risk", Scope(by=name)).rows()
    assert {r["account_id"]: r["segment"] for r in split}[next(iter(found))] == filters[0][1][0]
    assert len(split) == 2


def test_what_is_behind_a_contract_at_risk_is_of_its_account_alone(opened):
    """
    account  contracts              touches (days ago)       open deals
    a        k-a at risk, k-old     100 meeting, 120 call    one of two: the other is won
    b        k-b, not at risk       none                     one
    Of 60 touches of a the newest fifty are listed.
    """
    contracts = [contract("a", str(AS_OF + timedelta(days=30))), contract("b", str(AS_OF + timedelta(days=30))),
                 {**contract("a", None, "2023-06-30"), "contract_id": "k-old", "monthly_revenue": 40}]  # fmt: skip
    deals = [{"opportunity_id": name, "account_id": account, "stage": "Offer", "outcome": outcome, "amount": 7,
              "currency": "EUR", "opened_on": "2024-01-01", "closed_on": "2024-02-01" if outcome == "won" else None}
             for name, account, outcome in (("o1", "a", "open"), ("o2", "a", "won"), ("o3", "b", "open"))]  # fmt: skip
    snapshot = firm(opened, contracts, [touch("a", 100), touch("a", 120, "call")], opportunities=deals)
    behind = {part: list_rows(snapshot, "renewals_at_risk", where={"contract_id": "k-a"}, part=part)
              for part in ("contracts_held", "last_touches", "open_deals")}  # fmt: skip
    held = behind["contracts_held"].set_index("held_id")
    assert dict(held["yearly_value"]) == {"k-a": 1200, "k-old": 480}
    assert dict(held["is_this"]) == {"k-a": True, "k-old": False}
    assert dict(zip(behind["last_touches"]["kind"], behind["last_touches"]["place"], strict=True)) == {
        "meeting": 1,
        "call": 2,
    }
    assert list(behind["open_deals"]["opportunity_id"]) == ["o1"]
    none = list_rows(snapshot, "renewals_at_risk", where={"contract_id": "k-b"}, part="contracts_held")
    assert none.empty

    many = firm(opened, contracts, [touch("a", 100 + n) for n in range(60)])
    newest = list_rows(many, "renewals_at_risk", where={"contract_id": "k-a"}, part="last_touches")
    assert len(newest) == 50
    assert min(newest["occurred_on"]).date() == AS_OF - timedelta(days=149)


def test_a_fall_needs_something_to_fall_from(opened):
    """A download, 10 points, before and nothing since is a fall; two visits before are chance, unless two points are
    enough."""
    touches = [touch("much", 120, "content"), touch("little", 120, "web_visit"), touch("little", 121, "web_visit")]
    for row in touches:
        row["side"] = "marketing"
    snapshot = firm(opened, [contract(name, SOON) for name in ("much", "little")], touches)
    assert reasons(measure(snapshot, "renewals_at_risk")) == {"much": "falling engagement"}
    assert set(reasons(measure(snapshot, "renewals_at_risk", options={"least_points": 2}))) == {"much", "little"}
    assert reasons(measure(snapshot, "renewals_at_risk", options={"least_points": 10.5})) == {}
