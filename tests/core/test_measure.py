"""How a scope composes with a metric: filters, splits, periods, grains, options. Figures are counted by hand from
the company in `conftest.py`: 16 deals won (one without account and closing date), 5 lost, 5 open, 5 undecided."""

import json
from datetime import date

import pytest
from hostile import HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import QuestionError, Scope, catalog, measure

D = date.fromisoformat


def one(answer, column="value"):
    """The single row's cell."""
    assert len(answer.frame) == 1
    return answer.frame[column].iloc[0]


def by_segment(answer, column="value"):
    return dict(zip(answer.frame["segment"], answer.frame[column], strict=True))


def test_the_whole(firm):
    answer = measure(firm, "win_rate")
    assert one(answer) == 16 / 21
    assert (one(answer, "n"), one(answer, "numerator"), one(answer, "denominator")) == (21, 16, 21)
    assert one(answer, "segment") == "All"
    assert answer.excluded == ()
    assert list(answer.frame.columns[:3]) == ["segment", "value", "n"]


@pytest.mark.parametrize("position", range(len(HOSTILE)))
def test_a_filter_value_is_only_ever_a_value(firm, position):
    answer = measure(firm, "won_revenue", Scope((("Vertical", (HOSTILE[position],)),)))
    assert (one(answer), one(answer, "deals")) == (100 * (position + 1), 1)
    assert measure(firm, "won_revenue").frame["deals"].iloc[0] == 16


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20).filter(lambda text: text not in HOSTILE and "\x00" not in text))
def test_a_value_that_nobody_has_matches_nothing(firm, text):
    answer = measure(firm, "win_rate", Scope((("Vertical", (text,)),)))
    assert one(answer, "n") == 0
    assert answer.rows()[0]["value"] is None


def test_a_hostile_dimension_is_an_unknown_dimension(firm):
    for name in ('segment" FROM model.accounts; --', "Vertical'", "vertical; DROP TABLE x"):
        with pytest.raises(QuestionError, match="There is no dimension"):
            measure(firm, "win_rate", Scope(((name, ("x",)),)))


def test_an_unknown_dimension_gets_a_suggestion(firm):
    with pytest.raises(QuestionError, match="Did you mean “industry”"):
        measure(firm, "win_rate", Scope(by="industri"))


def test_account_filters_drop_what_has_no_account_and_deal_filters_do_not(firm):
    rail, seat = Scope((("industry", ("Rail", "Air")),)), Scope((("owner", ("Seat 3",)),))
    assert one(measure(firm, "win_rate", rail), "n") == 20
    assert one(measure(firm, "win_rate", seat), "n") == 1


def test_alternatives_of_one_dimension_add_up_and_two_dimensions_narrow(firm):
    both = Scope((("industry", ("Rail", "Air")),))
    rail = Scope((("industry", ("Rail",)),))
    narrow = rail.where("target", "target")
    assert [one(measure(firm, "win_rate", s), "n") for s in (both, rail, narrow)] == [20, 8 + 3, 3 + 1]


def test_segments_add_up_to_the_whole(firm):
    for dimension in (
        "industry",
        "region",
        "owner",
        "team",
        "product",
        "target",
        "size",
        "Vertical",
        "pipeline",
        "stage",
    ):
        answer = measure(firm, "win_rate", Scope(by=dimension))
        assert answer.frame["n"].sum() == 21, dimension
        assert "All" not in set(answer.frame["segment"]), dimension


def test_a_missing_value_is_a_segment(firm):
    # Accounts 2, 5, 8, 11 and 14 have no region, nor has the deal without account; none of theirs was lost.
    assert by_segment(measure(firm, "win_rate", Scope(by="region")), "n") == {"(none)": 6, "East": 10, "West": 5}
    assert one(measure(firm, "win_rate", Scope((("region", ("(none)",)),))), "n") == 5


def test_sizes_follow_the_number_of_employees(firm):
    created = by_segment(measure(firm, "opportunities_created", Scope(by="size")))
    assert created == {"(none)": 1, "1–50": 2, "51–200": 8, "201–1000": 20}


def test_targets_come_first(firm):
    answer = measure(firm, "win_rate", Scope(by="target"))
    assert by_segment(answer, "numerator") == {"target": 6, "rest": 10}
    assert list(answer.frame["segment"]) == ["target", "rest"]
    assert any("no since-date" in warning for warning in answer.warnings)


@pytest.mark.parametrize("scope", [Scope(by="target"), Scope((("target", ("rest",)),)), Scope(by="list")])
def test_without_target_accounts_it_is_said_how_to_add_them(opened, firm, scope):
    rows = {"accounts": [{"account_id": "a1"}], "stages": {"Won": "won"}}
    deals = [{"opportunity_id": "d1", "account_id": "a1", "stage": "Won", "closed_on": "2024-01-01"}]
    answer = measure(opened(**rows, opportunities=deals), "win_rate", scope)
    assert any("no target accounts" in warning and "targets --add" in warning for warning in answer.warnings)
    assert not any("no target accounts" in warning for warning in measure(firm, "win_rate", scope).warnings)


@pytest.mark.parametrize(
    ("accounts", "sentence"),
    [(1, "1 account became a target after its first"), (2, "2 accounts became targets after their first")],
)
def test_accounts_that_became_targets_by_their_deal_are_counted(opened, accounts, sentence):
    snapshot = opened(
        accounts=[{"account_id": f"a{n}", "is_target": True, "target_since": "2024-03-01"} for n in range(accounts)],
        opportunities=[
            {"opportunity_id": f"d{n}", "account_id": f"a{n}", "opened_on": "2024-01-01"} for n in range(accounts)
        ],
    )
    answer = measure(snapshot, "opportunities_created", Scope(by="target"))
    assert f"{sentence} deal had opened." in answer.warnings


def test_a_period_holds_its_first_and_last_day(firm):
    def won(start, end):
        return one(measure(firm, "win_rate", Scope(start=D(start), end=D(end))), "numerator")

    assert won("2024-01-21", "2024-01-21") == 2
    assert won("2024-01-22", "2024-02-20") == 0
    assert won("2024-01-01", "2024-03-31") == 6


def test_a_missing_date_is_left_out_and_counted_only_when_a_period_is_set(firm):
    assert measure(firm, "win_rate", Scope(start=D("2024-01-01"))).excluded == (("no closing date", 1),)
    assert measure(firm, "win_rate", Scope(start=D("2024-01-01")).where("product", "Q")).excluded == ()


def test_a_grain_clips_its_units_to_the_period(firm):
    answer = measure(firm, "win_rate", Scope(start=D("2024-01-15"), end=D("2024-02-20"), grain="month"))
    assert list(zip(answer.frame["period"], answer.frame["n"], strict=True)) == [("2024-01", 4), ("2024-02", 0)]
    answer = measure(firm, "win_rate", Scope(start=D("2024-01-22"), end=D("2024-02-21"), grain="month"))
    assert list(zip(answer.frame["period"], answer.frame["n"], strict=True)) == [("2024-01", 0), ("2024-02", 2)]


@pytest.mark.parametrize(
    ("grain", "periods"), [("quarter", ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]), ("year", ["2024"])]
)
def test_periods_of_a_grain_add_up(firm, grain, periods):
    answer = measure(firm, "win_rate", Scope(grain=grain))
    assert list(answer.frame["period"]) == periods
    assert answer.frame["n"].sum() == 20  # all but the deal without closing date
    assert answer.excluded == (("no closing date", 1),)


def test_a_state_has_no_grain(firm):
    with pytest.raises(QuestionError, match="state on the as-of day"):
        measure(firm, "open_pipeline", Scope(grain="month"))


def test_deals_are_not_shown_by_account(firm):
    with pytest.raises(QuestionError, match="only metrics of accounts"):
        measure(firm, "win_rate", Scope(by="account"))


def test_a_split_that_a_unit_has_many_of_is_refused_with_the_reason(firm):
    with pytest.raises(QuestionError, match=r"cannot be split by channel.*Filter by it instead"):
        measure(firm, "win_rate", Scope(by="channel"))


def test_a_filter_that_does_not_reach_the_metric_is_named(firm):
    answer = measure(firm, "win_rate", Scope((("channel", ("webinar",)),)))
    assert one(answer, "n") == 21
    assert any("Not filtered by channel" in warning for warning in answer.warnings)


def test_unknown_options_are_refused(firm):
    with pytest.raises(QuestionError, match=r"has no option “idle_day”.*Did you mean “idle_days”"):
        measure(firm, "overdue_deals", options={"idle_day": 3})


chosen = st.lists(
    st.sampled_from([("industry", ("Rail",)), ("region", ("East", "West")), ("owner", ("Seat 1",)), ("product", ("P",)),
                     ("target", ("target",)), ("team", ("North",))]),
    unique=True, max_size=4,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen, st.randoms())
def test_filters_narrow_whatever_their_order(firm, filters, random):
    shuffled = filters[:]
    random.shuffle(shuffled)
    counts = [
        one(measure(firm, "opportunities_created", Scope(tuple(filters[:k]))), "n") for k in range(len(filters) + 1)
    ]
    assert counts == sorted(counts, reverse=True)
    assert one(measure(firm, "opportunities_created", Scope(tuple(shuffled))), "n") == counts[-1]


@pytest.mark.parametrize("name", sorted(catalog()))
def test_every_answer_is_json_without_nan_on_any_data(firm, opened, name):
    empty = opened(accounts=[{"account_id": "a1", "name": "Only"}])
    for snapshot, scope in [
        (firm, Scope()),
        (firm, Scope(by="industry" if catalog()[name].splits else None)),
        (empty, Scope()),
    ]:
        answer = measure(snapshot, name, scope)
        told = json.loads(json.dumps(answer.as_json(), allow_nan=False))
        assert told["metric"] == name
        assert all("segment" in row and "value" in row for row in told["rows"])
        keys = [tuple(row.get(key) for key in ("segment", *catalog()[name].keys)) for row in told["rows"]]
        if not catalog()[name].list_of:
            assert len(keys) == len(set(keys)), "two rows of one mark"


@pytest.mark.parametrize(
    ("metric", "filtered", "said"),
    [
        ("win_rate", ("industry", "rail"), "No account has the industry “rail”. Did you mean “Rail”?"),
        ("win_rate", ("industry", "Nope"), "No account has the industry “Nope”."),
        ("win_rate", ("product", "R"), "No deal has the product “R”."),
        ("won_revenue", ("team", "Nor"), "No owner has the team “Nor”. Did you mean “North”?"),
        ("win_rate", ("target", "targets"), "No account has the target “targets”. Did you mean “target”?"),
    ],
)
def test_a_value_that_the_data_do_not_have_is_named(firm, metric, filtered, said):
    name, value = filtered
    answer = measure(firm, metric, Scope(((name, (value,)),)))
    assert one(answer, "n") == 0
    assert said in answer.warnings


def test_values_that_the_data_have_are_not_warned_of(firm):
    scope = Scope((("industry", ("Rail", "Air")), ("region", ("(none)",)), ("target", ("rest",))))
    assert not [warning for warning in measure(firm, "win_rate", scope).warnings if warning.startswith("No ")]


def test_a_comparison_names_its_days_also_where_the_period_has_not_ended(firm):
    """The data end on the last day of 2024: seven months of them are held against the same seven."""
    scope = Scope(start=D("2024-06-01"), end=D("2025-05-31"), compare="last-year")
    told = "Compared: 2024-06-01 to 2024-12-31 with 2023-06-01 to 2023-12-31."
    assert told in measure(firm, "win_rate", scope).warnings
    assert not [w for w in measure(firm, "win_rate", Scope(start=D("2024-06-01"))).warnings if "Compared" in w]
    assert not [w for w in measure(firm, "win_rate", scope).warnings if "both periods" in w]


def test_a_comparison_of_a_period_with_some_of_its_own_days_says_so(firm):
    """Sixteen months, of which the last four are not over: January to December are held against the year before."""
    scope = Scope(start=D("2023-09-01"), end=D("2025-04-30"), compare="last-year")
    said = "2023-09-01 to 2023-12-31 is in both periods compared: what is of then is held against itself."
    assert said in measure(firm, "win_rate", scope).warnings
