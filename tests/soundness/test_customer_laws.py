"""What holds for customers and money, whatever the company: contracts, invoices, spend, lists with days, regions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random

import pytest
from company import company
from hostile import HOSTILE
from random_customers import AS_OF, FIRST, STAGES, random_customers
from random_regions import with_regions_and_lists

from metrics import Scope, Snapshot, catalog, find_metric, list_rows, measure, open_snapshot

COUNTED = {
    "churn_rate": ("customers", "gone"),
    "revenue_retention": ("customers", "renewals_due", "revenue_start", "expansion", "contraction", "lost", "new"),
    "renewals_at_risk": ("n",), "customer_acquisition_cost": ("customers",),
    "customer_lifetime_value": ("n", "revenue", "customers_lost", "customer_months"),
    "lifetime_value_impact": ("n", "revenue"), "return_on_investment": ("n", "deals", "sourced"),
}  # fmt: skip
"""Of each metric the columns that add up; the first of them counts units, so that narrowing never raises it."""
OPTIONS = {"return_on_investment": {"program": "all"}, "renewals_at_risk": {"renewal_days": 400}}
"""As a whole the return is that of target accounts; with program=all it is the whole that segments are parts of."""
ADD_UP = ("target", "region", "team")
AS_OF_THE_DAY = ("renewals_at_risk", "customer_lifetime_value")
SPLITS = ("target", "list", "region", "team")
FILTERS = (
    ("target", ("target",)), ("target", ("rest",)), ("list", ("Tier 1",)), ("list", ("(none)", "Fair")),
    ("region", ("East", "(none)")), ("team", ("North",)),
)  # fmt: skip
HALF_YEAR = {"start": date(2023, 11, 10), "end": date(2024, 4, 20)}
QUARTERS = (
    ("2023-Q4", date(2023, 11, 10), date(2023, 12, 31)), ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
    ("2024-Q2", date(2024, 4, 1), date(2024, 4, 20)),
)  # fmt: skip


@pytest.fixture(scope="module", params=[3])
def drawn(request: pytest.FixtureRequest) -> Iterator[Snapshot]:
    """Contracts with products and renewals, invoices, won deals, costs, competitors' signals, moods, hostile names."""
    draw = Random(request.param)
    rows = with_regions_and_lists(random_customers(request.param, "both"), request.param)
    for account, text in zip(rows["accounts"], HOSTILE, strict=False):
        account["Vertical"] = text
    snapshot = open_snapshot(company(
        stages=STAGES, as_of=AS_OF.isoformat(), export_day="2024-09-30", settings={"currency": "EUR"}, **{
            **rows,
            "activities": [touch | {"sentiment": draw.choice([-0.8, 0.2, None]),
                                    "campaign": draw.choice(["Spring", "Fair", None])} for touch in rows["activities"]],
            "invoices": rows["invoices"][:45],
            "contracts": [contract(draw, n) for n in range(50)], "spend": [cost(draw) for _ in range(80)],
            "intent": [{"account_id": f"a{n}", "topic": "Rival", "vendor": "V", "score": 90, "is_competitor": True,
                        "observed_on": AS_OF - timedelta(days=draw.randrange(60))} for n in range(0, 24, 3)],
        },
    ))  # fmt: skip
    yield snapshot
    snapshot.close()


def contract(draw, n):
    started = FIRST + timedelta(days=draw.randrange(-200, 460)) if draw.random() < 0.95 else None
    ended = started + timedelta(days=draw.randrange(0, 450)) if started and draw.random() < 0.8 else None
    return {
        "contract_id": f"k{n}", "account_id": f"a{draw.randrange(26)}" if draw.random() < 0.95 else None,
        "product": draw.choice(["A", "B", None]), "started_on": started, "ended_on": ended,
        "renews_on": started + timedelta(days=365) if started and draw.random() < 0.4 else None,
        "monthly_revenue": draw.choice([100, 250.5, 40, 60, None]), "currency": draw.choice([*["EUR"] * 9, "GBP"]),
    }  # fmt: skip


def cost(draw):
    first = FIRST + timedelta(days=draw.randrange(460))
    return {
        "spent_on": first, "spent_until": draw.choice([None, first + timedelta(days=draw.randrange(70))]),
        "amount": draw.choice([0, 10, 333.3, 1200]), "currency": "EUR",
        "program": draw.choice(["abm", "other", "shared", None]), "campaign": draw.choice(["Spring", "Fair", None]),
    }  # fmt: skip


def asked(snapshot, metric, scope=None):
    return measure(snapshot, metric, scope, OPTIONS.get(metric))


def added(snapshot, metric, scope, columns=None):
    """{(keys…, column): what it adds up to over all segments and periods}, where that is not nothing."""
    answer = asked(snapshot, metric, scope)
    columns, found = columns or COUNTED[metric], dict[tuple[object, ...], list[float]]()
    for row in answer.rows():
        key = tuple(row[k] for k in answer.metric.keys)
        sums = found.setdefault(key, [0] * len(columns))
        found[key] = [total + (row[column] or 0) for total, column in zip(sums, columns, strict=True)]
    return {(*key, column): total for key, sums in found.items()
            for column, total in zip(columns, sums, strict=True) if total}  # fmt: skip


def counts(snapshot, metric, scope):
    return added(snapshot, metric, scope, COUNTED[metric][:1])


def figures(rows, without=("segment",)):
    return [{key: value for key, value in row.items() if key not in without} for row in rows]


def assert_alike(rows, others, told):
    assert len(rows) == len(others), told
    for one, other in zip(rows, others, strict=True):
        assert one == pytest.approx(other), told


def test_every_metric_of_customers_is_under_the_laws():
    assert set(COUNTED) == {m.name for m in catalog().values() if m.topic == "customers"}


@pytest.mark.parametrize("metric", COUNTED)
def test_the_company_has_something_to_say_of_each(drawn, metric):
    """Laws about nothing would hold too."""
    for scope in (Scope(), Scope(by="target")):
        answer = asked(drawn, metric, scope)
        assert answer.frame["value"].notna().sum() >= len(set(answer.frame["segment"]))
    listed = list_rows(drawn, metric, options=OPTIONS.get(metric))
    assert len(listed) > 3


@pytest.mark.parametrize("metric", COUNTED)
def test_segments_add_up_to_the_whole(drawn, metric):
    for period in ({}, *([] if metric in AS_OF_THE_DAY else [HALF_YEAR])):
        whole = added(drawn, metric, Scope(**period))
        for dimension in ADD_UP:
            parts = added(drawn, metric, Scope(by=dimension, **period))
            assert parts == pytest.approx(whole), (dimension, period)


@pytest.mark.parametrize("metric", [m for m in COUNTED if find_metric(m).unit == "account"])
def test_accounts_add_up_to_the_whole(drawn, metric):
    """But for the renewals that were due: an account that was a customer on neither end has no retention and no row,
    though a contract of it may have ended in between. And two accounts are no two sides to be compared."""
    columns = tuple(column for column in COUNTED[metric] if column != "renewals_due")
    for period in ({}, *([] if metric in AS_OF_THE_DAY else [HALF_YEAR])):
        accounts = Scope(by="account", **period)
        assert added(drawn, metric, accounts, columns) == pytest.approx(added(drawn, metric, Scope(**period), columns))
        assert not asked(drawn, metric, accounts).comparison


@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize("dimension", SPLITS)
def test_a_segment_is_what_its_filter_gives(drawn, metric, dimension):
    """But for contracts without an account: a filter leaves them out, a split has them in (none), or in rest."""
    apart = {"(none)", "rest"} if find_metric(metric).unit == "contract" else set()
    for period in ({} if metric in AS_OF_THE_DAY else HALF_YEAR,):
        split = asked(drawn, metric, Scope(by=dimension, **period)).rows()
        assert split
        for segment in {row["segment"] for row in split} - apart:
            alone = asked(drawn, metric, Scope(((dimension, (segment,)),), **period))
            own = [row for row in split if row["segment"] == segment]
            assert_alike(figures(own), figures(alone.rows()), (segment, period))


@pytest.mark.parametrize("metric", COUNTED)
def test_narrowing_never_raises_a_count_and_the_order_of_filters_is_immaterial(drawn, metric):
    draw = Random(metric)
    names = draw.sample(sorted({name for name, _ in FILTERS}), 3)
    chosen = [draw.choice([pair for pair in FILTERS if pair[0] == name]) for name in names]
    whole = counts(drawn, metric, Scope(**HALF_YEAR))
    for more in range(1, len(chosen) + 1):
        narrowed = counts(drawn, metric, Scope(tuple(chosen[:more]), **HALF_YEAR))
        assert all(n <= whole.get(key, 0) for key, n in narrowed.items()), chosen
        whole = narrowed
    first, last = (asked(drawn, metric, Scope(tuple(order), **HALF_YEAR)).rows() for order in (chosen, chosen[::-1]))
    assert_alike(first, last, chosen)


@pytest.mark.parametrize("text", [*HOSTILE[::3], "nothing of that name"])
def test_a_filter_value_is_only_a_value(drawn, text):
    """It selects the account that is called so, or nothing; never more, and it breaks nothing."""
    for metric in COUNTED:
        own = [row for row in by_vertical(drawn, metric) if row["segment"] == text]
        assert_alike(by_vertical(drawn, metric, (("Vertical", (text,)),)), own, metric)


@cache
def by_vertical(snapshot, metric, filters=()):
    return asked(snapshot, metric, Scope(filters, by="Vertical")).rows()


@pytest.mark.parametrize("metric", [m for m in COUNTED if m not in AS_OF_THE_DAY])
@pytest.mark.parametrize("scope", [Scope(by="target"), Scope((("list", ("Tier 1",)),))], ids=["by target", "on a list"])
def test_a_quarter_asked_alone_is_its_row_of_the_quarters(drawn, metric, scope):
    quarters = asked(drawn, metric, replace(scope, grain="quarter", **HALF_YEAR)).rows()
    for label, start, end in QUARTERS:
        alone = asked(drawn, metric, replace(scope, start=start, end=end)).rows()
        rows = figures([row for row in quarters if row["period"] == label], ("period",))
        keys = ("segment", *find_metric(metric).keys)
        found = {tuple(row[key] for key in keys): row for row in alone}
        assert set(found) <= {tuple(row[key] for key in keys) for row in rows}
        for row in rows:
            other = found.get(tuple(row[key] for key in keys))
            if other is None:
                assert not row[COUNTED[metric][0]], label
            else:
                assert row == pytest.approx(other), label


@pytest.mark.parametrize(
    ("metric", "columns"),
    [("customer_acquisition_cost", ("customers", "spend", "abm", "other", "shared_unallocated")),
     ("return_on_investment", ("deals", "sourced", "revenue", "cost")),
     ("lifetime_value_impact", ("n", "revenue")), ("revenue_retention", ("renewals_due",))],
)  # fmt: skip
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_months_and_quarters_add_up_to_their_period(drawn, metric, columns, grain):
    """Costs by their days, wins and revenue by theirs. Not customers, who are those of each period's own first day."""
    whole = added(drawn, metric, Scope(**HALF_YEAR), columns)
    assert {key[-1] for key in whole} == set(columns)
    assert added(drawn, metric, Scope(grain=grain, **HALF_YEAR), columns) == pytest.approx(whole)


@pytest.mark.parametrize("by", [None, "region"])
def test_what_a_month_ends_with_the_next_begins_with(drawn, by):
    """Of customers counted at the end of the day before, and of amounts that are known at both ends."""
    scope = Scope((("region", ("East", "West")),), by=by, grain="month", **HALF_YEAR)
    frame = measure(drawn, "revenue_retention", scope, {"first_day_leavers": True}).frame
    for _, months in frame.groupby("segment"):
        ends = months["revenue_start"] + months["expansion"] - months["contraction"] - months["lost"] + months["new"]
        assert ends.tolist() == pytest.approx(months["revenue_end"].tolist())


def test_the_cost_of_a_part_is_known_of_target_accounts_and_the_rest_only(drawn):
    """Spend has no account: by any other part it is not shared out, rather than guessed. With the shared spend, the
    two sides add up to the whole."""
    for metric, spent in (("customer_acquisition_cost", "spend"), ("return_on_investment", "cost")):
        for dimension in ("region", "team", "industry", "list"):
            rows = asked(drawn, metric, Scope(by=dimension, **HALF_YEAR)).rows()
            rows = [row for row in rows if (dimension, row["segment"]) != ("list", "(none)")]  # that is the rest
            assert {(row[spent], row["value"]) for row in rows} == {(None, None)}, (metric, dimension)
        (whole,) = asked(drawn, metric, Scope(**HALF_YEAR)).rows()
        sides = asked(drawn, metric, Scope(by="target", **HALF_YEAR)).rows()
        shared = {row["shared_unallocated"] for row in (whole, *sides)}
        assert len(shared) == 1
        assert sum(row[spent] for row in sides) + shared.pop() == pytest.approx(whole[spent])


@pytest.mark.parametrize("by", ["campaign", "channel", "uses_intent"])
@pytest.mark.parametrize("scope", [Scope(), Scope((("target", ("target",)),)), Scope((("region", ("East",)),))])
def test_credit_adds_up_to_the_influenced_amount_of_the_accounts_asked(drawn, by, scope):
    """Whatever the accounts are; touches of no campaign are in the segment “(none)”."""
    options = {"program": "all"}
    (whole,) = measure(drawn, "return_on_investment", scope, options).rows()
    credited = measure(drawn, "return_on_investment", replace(scope, by=by), options).frame["revenue"].sum()
    assert credited == pytest.approx(whole["revenue"])


@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize("by", [None, "region"])
def test_a_mark_lists_as_many_as_it_says(drawn, metric, by):
    """No unit twice in one mark, and each row of the answer has its rows behind it."""
    scope, keys = Scope(by=by), find_metric(metric).keys
    unit = "contract_id" if find_metric(metric).unit == "contract" else "account_id"
    for row in asked(drawn, metric, scope).rows():
        mark = {key: row[key] for key in ("segment", *keys)}
        listed = list_rows(drawn, metric, scope, OPTIONS.get(metric), where=mark)
        assert not listed[unit].duplicated().any()
        assert len(listed) == row[COUNTED[metric][0]], mark
