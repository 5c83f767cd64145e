"""Market with the sample company, with little data, and in a scope of nothing: figures, lists, the goal calculator."""

from collections.abc import Callable
from pathlib import Path

import pytest
from page_reading import assert_sound, figures, texts
from streamlit.testing.v1 import AppTest

from dashboard.cards.tables import LISTED
from metrics import Scope, Snapshot, Workspace, goal_plan, goal_rates, list_rows, measure

Visit = Callable[..., AppTest]


def said(app: AppTest, part: str) -> str:
    """The one text of the page that holds these words."""
    found = [text for text in texts(app) if part in text]
    assert found, (part, texts(app))
    return found[0]


def test_without_data_the_page_leads_to_the_upload(visit: Visit) -> None:
    app = visit("market")
    assert_sound(app)
    assert "Upload exports" in {button.label for button in app.button}
    assert not figures(app)


def test_with_the_sample_every_card_has_its_finding(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("market", sample_workspace.directory)
    assert_sound(app)
    assert len(figures(app)) == 6
    assert [metric.label for metric in app.metric] == [
        "Total available market", "Market share", "Targets that fit the ideal", "Accounts in market", "Share of wallet",
    ]  # fmt: skip
    assert "No market yet" not in " ".join(texts(app))
    assert "Load an export" not in {button.label for button in app.button}


def test_the_way_from_the_market_to_customers_is_nested(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot
) -> None:
    """Every step is counted again from the rows of the metrics, each only among those of the step before: an ideal
    account that is no company of the market is no part of it."""
    companies = measure(sample, "total_available_market").rows()[0]["accounts"]
    judged = list_rows(sample, "icp_accounts", part="judged")
    inside = set(sample.run("SELECT account_id FROM model.market WHERE account_id IS NOT NULL")["account_id"])
    outside = judged[judged["is_ideal"].fillna(False).astype(bool) & ~judged["account_id"].isin(inside)]
    judged = judged[judged["account_id"].isin(inside)]
    ideal = judged[judged["is_ideal"].fillna(False).astype(bool)]
    targets = ideal[ideal["target"] == "target"]
    paying = "SELECT account_id FROM model.invoices UNION SELECT account_id FROM model.contracts WHERE started_on <= "
    bought = set(sample.run(f"{paying} DATE '{sample.as_of}'")["account_id"])
    customers = targets[targets["account_id"].isin(bought)]
    app = visit("market", sample_workspace.directory)
    labels = [note["text"] for note in figures(app)[0]["layout"]["annotations"]]
    for count in (companies, len(ideal), len(targets), len(customers)):
        assert any(f">{count:,}<" in text for text in labels), (count, labels)
    assert said(app, "ideal customer accounts are targets") == (
        f"{len(targets):,} of {len(ideal):,} ideal customer accounts are targets"
    )
    assert len(outside) > 0
    assert f"{len(outside):,} ideal customer accounts are not in the uploaded market" in " ".join(texts(app))
    (share,) = {row["share_of_market"] for row in measure(sample, "icp_accounts").rows()}
    assert share == len(ideal) / companies


def test_what_targets_fit_stands_beside_the_rest(visit: Visit, sample_workspace: Workspace, sample: Snapshot) -> None:
    """The share of all accounts that fit is 40 % in any company."""
    shares = {row["segment"]: row["share"] for row in measure(sample, "icp_accounts", Scope(by="target")).rows()}
    app = visit("market", sample_workspace.directory)
    figure = next(metric for metric in app.metric if metric.label == "Targets that fit the ideal")
    assert figure.value == f"{shares['target']:.0%}".replace("%", "\u00a0%")
    assert f"{shares['rest']:.0%} of the rest".replace("%", "\u00a0%") in texts(app)


@pytest.mark.parametrize(
    ("mark", "ending"),
    [
        ({"mark": "market_way", "mark.step": "target"}, "target accounts among them"),
        ({"mark": "market_way", "mark.step": "customer"}, "customers among them"),
        ({"mark": "engaged_tier", "mark.across": "Tier 2", "mark.down": "Chemicals"}, "Tier 2, Chemicals"),
        ({"mark": "in_market_change", "mark.measure": "win_rate"}, "deals won or lost"),
        ({"mark": "in_market_change", "mark.measure": "amount_per_deal"}, "deals with an amount"),
        ({"mark": "icp_grades", "mark.grade": "A"}, "accounts: A"),
        ({"mark": "ideal_customer_profile", "mark.attribute": "industry", "mark.attribute_value": "Chemicals"},
         "Industry Chemicals"),
    ],
)  # fmt: skip
def test_a_click_lists_what_the_mark_counts(
    visit: Visit, sample_workspace: Workspace, mark: dict[str, str], ending: str
) -> None:
    app = visit("market", sample_workspace.directory, **mark)
    assert_sound(app)
    title = next(text for text in texts(app) if text.endswith(ending))
    counted = int(title.split()[0].replace(",", ""))
    assert min(counted, LISTED) in [len(table.value) for table in app.dataframe]


def test_deals_of_accounts_in_market_are_those_that_the_metric_counts(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot
) -> None:
    sides = {row["in_market"]: row for row in measure(sample, "in_market_accounts", Scope(by="in_market")).rows()}
    mark = {"mark": "in_market_change", "mark.measure": "amount_per_deal"}
    app = visit("market", sample_workspace.directory, **mark)
    deals = sum(round(side["amount"] / side["amount_per_deal"]) for side in sides.values())
    assert said(app, "deals with an amount").startswith(f"{deals:,} deals")


def test_the_list_of_accounts_in_market_has_them_all(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot
) -> None:
    row = measure(sample, "in_market_accounts").rows()[0]
    rivals = list_rows(sample, "in_market_accounts", Scope(by="competitor"))
    app = visit("market", sample_workspace.directory)
    assert said(app, "accounts are in market, ").startswith(f"{row['value']} accounts")
    assert {row["value"], len(rivals)} <= {len(table.value) for table in app.dataframe}
    assert said(app, "research a competitor").startswith(f"{rivals['account_id'].nunique()} ideal")


def test_the_goal_and_the_scenarios_can_be_changed_and_stand_in_the_url(
    visit: Visit, sample_workspace: Workspace, sample: Snapshot
) -> None:
    app = visit("market", sample_workspace.directory)
    app.number_input(key="goals.goal").set_value(9_000_000.0).run()
    app.number_input(key="goals.growth_2").set_value(80).run()
    assert_sound(app)
    assert app.query_params["view.goal"] in ("9000000", ["9000000"])
    assert app.query_params["view.growth_2"] in ("80", ["80"])
    plan = goal_plan(goal_rates(sample), 9_000_000.0)[0]
    assert plan.target_accounts is not None
    needed = -int(-plan.target_accounts // 1)
    assert said(app, "takes").startswith(f"€ 9 M takes {needed:,} target accounts".replace("€ 9 M", "€\u00a09\u00a0M"))
    rows = [note["text"] for note in figures(app)[-1]["layout"]["annotations"]]
    assert any("+80" in text for text in rows)
    assert any("Your goal" in text for text in rows)


def test_the_plans_are_shown_as_a_table_too(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("market", sample_workspace.directory)
    charts, tables = len(figures(app)), len(app.dataframe)
    app.button(key="goals.toggle").click().run()
    assert_sound(app)
    assert (len(figures(app)), len(app.dataframe)) == (charts - 1, tables + 1)
    assert list(app.dataframe[-1].value["Plan"]) == ["+10\u00a0%", "+25\u00a0%", "+50\u00a0%"]


def test_every_difference_of_being_in_market_has_its_interval(visit: Visit, sample_workspace: Workspace) -> None:
    words = said(visit("market", sample_workspace.directory), "95 % intervals: ")
    names = ("Win rate", "Median days to won", "Amount a deal", "Leads to SQL", "Cost per customer")
    assert all(name in words for name in names)


def test_without_any_fit_the_grades_lead_to_the_upload(visit: Visit, full_workspace: Path) -> None:
    app = visit("market", full_workspace)
    assert any("No account can be graded yet" in text for text in texts(app))
    assert app.button(key="icp_grades.load").label == "Load an export"


@pytest.mark.parametrize("goal", ["-500", "nan", "<b>", "1e99"])
def test_a_goal_in_a_link_that_is_none_is_as_if_there_were_none(
    visit: Visit, sample_workspace: Workspace, goal: str
) -> None:
    app = visit("market", sample_workspace.directory, **{"view.goal": goal, "view.growth_0": goal})
    assert_sound(app)
    assert said(app, "takes").startswith("+10")


def test_one_side_alone_and_one_industry_start_at_the_accounts(visit: Visit, sample_workspace: Workspace) -> None:
    for narrowed in ({"show": "target"}, {"show": "rest"}, {"where.industry": "Chemicals"}):
        app = visit("market", sample_workspace.directory, **narrowed)
        assert_sound(app)
        assert any("the whole market is not narrowed by filters" in text for text in texts(app))


def test_what_was_not_uploaded_is_named_with_the_way_to_load_it(visit: Visit, full_workspace: Path) -> None:
    app = visit("market", full_workspace)
    assert_sound(app)
    assert any("no market is uploaded" in text for text in texts(app))
    assert any("No intent signals yet" in text for text in texts(app))
    assert "Load an export" in {button.label for button in app.button}


def test_deals_alone_leave_the_rest_empty_with_a_reason(visit: Visit, deals_workspace: Path) -> None:
    app = visit("market", deals_workspace)
    assert_sound(app)
    assert any("No activities yet" in text or "No target accounts yet" in text for text in texts(app))


def test_a_scope_that_matches_nothing_says_which_filter_empties_it(visit: Visit, sample_workspace: Workspace) -> None:
    app = visit("market", sample_workspace.directory, show="target", **{"where.size": "5001+", "where.region": "Italy"})
    assert_sound(app)
    assert any("Nothing matches these filters" in text for text in texts(app))
    app = visit("market", sample_workspace.directory, period="custom", **{"from": "1999-01-01", "to": "1999-12-31"})
    assert_sound(app)
    assert any("Nothing matches these filters" in text for text in texts(app))
