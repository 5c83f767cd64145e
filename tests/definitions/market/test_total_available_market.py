"""The market: what it is worth, who of it is a customer, and how much of a customer's budget is ours."""

# ruff: noqa: E501 - the rows are tables

import json
import random
from datetime import date, timedelta
from statistics import mean, median

import pytest
from company import company

from metrics import QuestionError, Scope, list_rows, measure, open_snapshot

STAGES = {"Open": "open", "Won": "won", "Lost": "lost"}
AS_OF = date(2024, 6, 30)


def deal(number, account, amount, closed="2024-05-01", stage="Won"):
    return {
        "opportunity_id": f"d{number}", "account_id": account, "stage": stage, "amount": amount, "currency": "EUR",
        "opened_on": "2023-01-01", "closed_on": closed,
    }  # fmt: skip


def company_of(market, opportunities=(), accounts=(), **more):
    return {
        "stages": STAGES, "as_of": str(AS_OF), "accounts": list(accounts), "opportunities": list(opportunities),
        "market": market, **more,
    }  # fmt: skip


def account(name, **more):
    return {"account_id": name, "name": name.title(), "domain": f"{name}.example", **more}


def figures(row):
    return tuple(row[c] for c in ("value", "accounts", "customers", "market_share", "in_data", "at_overall_average"))


def test_by_segments(opened):
    """
    segment       companies  of the accounts       won deals  average  value
    Rail          40         north, east           100, 300   200      8,000
    Air, Spain    10         south (not west, which is of France)  none: the average of all, 250   2,500
    Sea           -          none                  uploaded estimate                               7,000
    west's win of 350 is in no segment, and in the average of all: (100 + 300 + 350) ÷ 3 = 250.
    """
    snapshot = opened(**company_of(
        [{"segment": "Rail", "companies": 40}, {"segment": "Fliers", "industry": "air", "country": "Spain", "companies": 10},
         {"segment": "Sea", "companies": 50, "estimated_value": 7000, "currency": "EUR"}],
        [deal(1, "north", 100), deal(2, "east", 300, "2023-06-30"), deal(3, "west", 350), deal(4, "south", 9, stage="Lost")],
        [account("north", industry="Rail"), account("east", industry="rail"),
         account("south", industry="Air", country="Spain"), account("west", industry="Air", country="France")],
    ))  # fmt: skip
    answer = measure(snapshot, "total_available_market")
    (row,) = answer.rows()
    assert figures(row) == (17_500, 100, 2, 0.02, 0.03, 10)
    assert row["market_share_value"] == pytest.approx(100 / 17_500)  # east's win is of 13 months ago
    assert any("10 companies are valued at the average won deal of all" in said for said in answer.warnings)
    parts = measure(snapshot, "total_available_market", Scope(by="market_segment")).rows()
    assert {r["segment"]: figures(r) for r in parts} == {
        "Rail": (8_000, 40, 2, 0.05, 0.05, 0), "Fliers": (2_500, 10, 0, 0, 0.1, 10), "Sea": (7_000, 50, 0, 0, 0, 0),
    }  # fmt: skip
    listed = list_rows(snapshot, "total_available_market", Scope(by="market_segment"), where={"segment": "Rail"})
    assert set(listed["account_id"]) == {"north", "east"}


def test_by_companies(opened):
    """Four companies: one known by its domain, one by its name only, one not at all, one in an unknown currency."""
    snapshot = opened(**company_of(
        [{"domain": "https://www.north.example/about", "industry": "Rail", "estimated_value": 100, "currency": "EUR"},
         {"name": "South Ltd.", "industry": "Air", "estimated_value": 300, "currency": "EUR"},
         {"name": "Nobody", "industry": "Air", "estimated_value": 600, "currency": "EUR"},
         {"name": "Elsewhere", "industry": "Air", "estimated_value": 5, "currency": "JPY"}],
        [deal(1, "north", 40), deal(2, "other", 60)],
        [account("north"), account("south"), account("other")],
    ))  # fmt: skip
    answer = measure(snapshot, "total_available_market")
    (row,) = answer.rows()
    assert figures(row)[:5] == (pytest.approx(1_000 + 50), 4, 1, 0.25, 0.5)  # the unreadable estimate: an average deal
    parts = measure(snapshot, "total_available_market", Scope(by="industry")).rows()
    assert [(r["segment"], r["accounts"], r["customers"]) for r in parts] == [("Air", 3, 0), ("Rail", 1, 1)]


def test_a_segment_without_a_number_of_companies_is_left_out(opened):
    """
    segment   companies  estimate  of the accounts            worth
    Rail      40         -         north, a customer          40 × 100
    Air       -          -         south, a customer too      unknown: left out, whose customer is no one's
    Sea       -          7,000     east                       7,000, of unknown many companies
    """
    snapshot = opened(**company_of(
        [{"segment": "Rail", "companies": 40}, {"segment": "Air", "industry": "Air"},
         {"segment": "Sea", "estimated_value": 7000, "currency": "EUR"}],
        [deal(1, "north", 50), deal(2, "north", 150), deal(3, "south", 100), deal(4, "east", 100)],
        [account("north", industry="Rail"), account("south", industry="Air"), account("east", industry="Sea")],
    ))  # fmt: skip
    answer = measure(snapshot, "total_available_market")
    (row,) = answer.rows()
    assert figures(row) == (11_000, 40, 1, 0.025, 0.025, 0)
    assert row["market_share_value"] == pytest.approx((200 + 100) / 11_000)
    assert dict(answer.excluded) == {"segment without a number of companies": 2}
    parts = {r["segment"]: r for r in measure(snapshot, "total_available_market", Scope(by="market_segment")).rows()}
    assert figures(parts["Air"]) == (None, None, None, None, None, 0)
    assert figures(parts["Sea"])[:3] == (7_000, None, None)
    listed = list_rows(snapshot, "total_available_market")
    assert dict(zip(listed["account_id"], listed["is_counted"], strict=True)) == {"north": True, "east": False}


def test_segments_that_name_nothing_of_an_account_do_not_say_which_are_theirs(opened):
    snapshot = opened(
        **company_of([{"segment": "Everybody", "companies": 8}], [deal(1, "north", 40)], [account("north")])
    )
    answer = measure(snapshot, "total_available_market")
    (row,) = answer.rows()
    assert figures(row) == (320, 8, None, None, None, 8)
    assert any("which accounts are in it is not known" in said for said in answer.warnings)


def test_a_company_that_is_listed_again_is_one(opened):
    """Alpha three times (domain, domain with www, name of the account), Beta twice by its domain, no account of ours;
    Gamma by one name in one country and in another, and two shops without a domain and a country: one of them twice.

    Newest estimates: Alpha 2,000, Beta 300, Gamma 10 + 20, Shop 5, Corner 7.
    """
    euro = {"currency": "EUR"}
    snapshot = opened(**company_of(
        [{"name": "Alpha", "domain": "alpha.example", "estimated_value": 1000, **euro},
         {"name": "Alpha Inc", "domain": "www.alpha.example", "estimated_value": 2000, **euro},
         {"name": "ALPHA Ltd.", "industry": "Rail"},
         {"name": "Beta", "domain": "https://beta.example/", "estimated_value": 900, **euro},
         {"name": "Beta Group", "domain": "beta.example", "estimated_value": 300, **euro},
         {"name": "Gamma", "country": "Spain", "estimated_value": 10, **euro},
         {"name": "Gamma", "country": "Italy", "estimated_value": 20, **euro},
         {"name": "Shop", "estimated_value": 4, **euro}, {"name": "Shop Inc.", "estimated_value": 5, **euro},
         {"name": "Corner", "estimated_value": 7, **euro}],
        [deal(1, "alpha", 100)], [account("alpha")],
    ))  # fmt: skip
    answer = measure(snapshot, "total_available_market")
    (row,) = answer.rows()
    assert figures(row) == (2_342, 6, 1, pytest.approx(1 / 6), pytest.approx(1 / 6), 0)
    assert dict(answer.excluded) == {"company listed again": 4}
    (wallet,) = measure(snapshot, "share_of_wallet").rows()
    assert (wallet["value"], wallet["estimated"]) == (0.05, 2000)
    (rail,) = [
        r for r in measure(snapshot, "total_available_market", Scope(by="industry")).rows() if r["segment"] == "Rail"
    ]
    assert figures(rail)[:3] == (2_000, 1, 1)
    (quality,) = snapshot.run("SELECT value FROM model.about WHERE key = 'quality'")["value"]
    issues = [i for i in json.loads(quality)["issues"] if i["table"] == "market"]
    assert sum(i["n"] for i in issues) == 4
    assert {i["kind"] for i in issues} == {"company listed again"}


def test_without_a_market_it_is_undefined(opened):
    answer = measure(opened(**company_of([], [deal(1, "north", 40)], [account("north")])), "total_available_market")
    (row,) = answer.rows()
    assert (row["value"], row["n"]) == (None, 0)
    assert any("needs market" in said for said in answer.warnings)


def test_it_is_split_by_what_the_market_knows_only(opened):
    snapshot = opened(**company_of([{"segment": "Rail", "companies": 4}]))
    with pytest.raises(QuestionError, match="cannot be split"):
        measure(snapshot, "total_available_market", Scope(by="owner"))
    filtered = measure(snapshot, "total_available_market", Scope(filters=(("industry", ("Rail",)),)))
    assert any("Not filtered by industry" in said for said in filtered.warnings)


def test_share_of_wallet_by_hand(opened):
    """
    account  budget        revenue of the year to 30 June 2024        share
    north    1,000         100 on 1 July 2023, 50 on 30 June 2023     0.1
    east     200, then 400 80                                         0.2
    south    500           none in the year (50 before)               0
    west     500           never bought                               no customer
    other    -             70                                         no estimate
    """
    snapshot = opened(**company_of(
        [{"name": "North", "estimated_value": 1000, "currency": "EUR"}, {"name": "East", "estimated_value": 200, "currency": "EUR"},
         {"domain": "east.example", "estimated_value": 400, "currency": "EUR"},
         {"name": "South", "estimated_value": 500, "currency": "EUR"}, {"name": "West", "estimated_value": 500, "currency": "EUR"}],
        [deal(1, "north", 100, "2023-07-01"), deal(2, "north", 50, "2023-06-30"), deal(3, "east", 80),
         deal(4, "south", 50, "2023-01-31"), deal(5, "other", 70), deal(6, "west", 5, stage="Lost")],
        [account(name) for name in ("north", "east", "south", "west", "other")],
    ))  # fmt: skip
    answer = measure(snapshot, "share_of_wallet")
    (row,) = answer.rows()
    assert (row["value"], row["n"], row["revenue"], row["estimated"]) == (0.1, 3, 180, 1900)
    assert row["total_share"] == pytest.approx(180 / 1900)
    assert dict(answer.excluded) == {"no customer": 1, "customer without an estimate": 1}
    by_account = measure(snapshot, "share_of_wallet", Scope(by="account")).rows()
    assert {r["account_id"]: r["value"] for r in by_account} == {"north": 0.1, "east": 0.2, "south": 0.0}


def test_contracts_are_worth_their_months(opened):
    """12 months of 10 within the year to 15 June; half of June (15 of 30 days) of a contract that began on 1 June."""
    rows = company_of(
        [{"name": "North", "estimated_value": 1000, "currency": "EUR"}, {"name": "East", "estimated_value": 100, "currency": "EUR"}],
        [], [account("north"), account("east")],
        contracts=[
            {"contract_id": "k1", "account_id": "north", "started_on": "2020-01-01", "monthly_revenue": 10, "currency": "EUR"},
            {"contract_id": "k2", "account_id": "east", "started_on": "2024-06-01", "monthly_revenue": 10, "currency": "EUR"},
        ],
    ) | {"as_of": "2024-06-15"}  # fmt: skip
    shares = {
        r["account_id"]: r["value"] for r in measure(opened(**rows), "share_of_wallet", Scope(by="account")).rows()
    }
    assert shares == {"north": pytest.approx(0.12), "east": pytest.approx(0.05)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_second_answer(seed):
    draw = random.Random(seed)
    industries = ["Rail", "Air", "Sea", None]
    accounts = [account(f"n{n}", industry=draw.choice(industries)) for n in range(30)]
    deals = [
        deal(n, f"n{draw.randrange(30)}", draw.choice([None, 50, 70, 900]), str(AS_OF - timedelta(days=draw.randrange(700))),
             draw.choice(["Won", "Won", "Lost"])) for n in range(60)
    ]  # fmt: skip
    market = [
        {"name": f"N{n}" if n % 3 else f"Unknown {n}", "segment": draw.choice(["One", "Two", None]),
         "industry": draw.choice(industries), "currency": "EUR", "estimated_value": draw.choice([None, 1000, 5000])}
        for n in range(40)
    ]  # fmt: skip
    snapshot = open_snapshot(company(**company_of(market, deals, accounts)))
    known = {a["name"]: a["account_id"] for a in accounts}
    won = [d for d in deals if d["stage"] == "Won"]
    overall = mean(d["amount"] for d in won if d["amount"])
    label = [m["segment"] or m["industry"] or "(none)" for m in market]
    value = 0.0
    for row, own in zip(market, label, strict=True):
        inside = {known.get(m["name"]) for m, other in zip(market, label, strict=True) if other == own} - {None}
        sizes = [d["amount"] for d in won if d["amount"] and d["account_id"] in inside]
        value += row["estimated_value"] or (mean(sizes) if sizes else overall)
    there = {known[m["name"]] for m in market if m["name"] in known}
    buyers = {d["account_id"] for d in won}
    year = {d["opportunity_id"]: d for d in won if d["closed_on"] > "2023-06-30"}
    (row,) = measure(snapshot, "total_available_market").rows()
    assert row["value"] == pytest.approx(value)
    assert (row["accounts"], row["customers"], row["in_data"]) == (
        40,
        len(there & buyers),
        pytest.approx(len(there) / 40),
    )
    revenue = {a: sum(d["amount"] or 0 for d in year.values() if d["account_id"] == a) for a in there & buyers}
    assert row["market_share_value"] == pytest.approx(sum(revenue.values()) / value)
    budget = {a: sum(m["estimated_value"] or 0 for m in market if known.get(m["name"]) == a) for a in revenue}
    shares = [revenue[a] / budget[a] for a in revenue if budget[a]]
    (wallet,) = measure(snapshot, "share_of_wallet").rows()
    assert (wallet["value"], wallet["n"]) == (pytest.approx(median(shares)), len(shares))
    snapshot.close()
